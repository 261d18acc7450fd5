//! A malicious office: it has all its keys, and whatever it publishes is signed as it has to be. Each misdeed is caught by the
//! check that `AUDIT.md` names.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use verifier::base64;
use verifier::core::{Claim, Core};
use verifier::entry::Entry;
use verifier::event::{Event, EventFields, EventKind};
use verifier::hash::Hash;
use verifier::number::CertificateNumber;
use verifier::registry::ClaimValue;
use verifier::status::Status;
use verifier::time::Time;
use verifier::trust::{KeyUse, OfficeKey, TrustBundle};

use super::house::{BEGIN, House};
use crate::audit::export::{Against, EventLine, ExportManifest, FileDigest, Line, MANIFEST, MANIFEST_NOTE};
use crate::audit::{AuditOptions, AuditReport, audit_watched};
use crate::disk::Disk;
use crate::keys::{Passphrase, example};
use crate::ledger::testing::TestKey;
use crate::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind};
use verifier::origin::Origin;

const SAMPLES: [&str; 3] = [
    include_str!("../../../../tests/samples/report-general-penalty.json"),
    include_str!("../../../../tests/samples/report-person.json"),
    include_str!("../../../../tests/samples/commitment-tolerance.json"),
];
const NONCE: [u8; 16] = [7; 16];

struct Fixed(Time);

impl Clock for Fixed {
    fn now(&self) -> Time {
        self.0
    }
}

/// Documents as an honest office notarizes them.
fn documents() -> Vec<Line> {
    let dir = tempfile::tempdir().unwrap();
    let now =
        Time::new(BEGIN + 60).unwrap().max(Time::parse_rfc3339_china("2026-11-22T10:00:00+08:00").unwrap());
    let new = NewOffice {
        origin: Origin::parse(example::ORIGIN).unwrap(),
        name: "示例县公共信用信息中心".to_string(),
        organisation: None,
        host: None,
        seal: SealPolicy::Manual,
    };
    let path = dir.path().join("office");
    Office::create_example(&path, &new, now).unwrap();
    let options = OpenOptions { clock: Arc::new(Fixed(now)), allow_example_keys: true, allow_later: true };
    let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
    let office = Office::open(&path, &passphrase, options).unwrap();
    for sample in SAMPLES {
        let submission = Submission {
            bytes: sample.as_bytes().to_vec(),
            kind: SubmissionKind::Json,
            idempotency_key: None,
            corrects: None,
            qr: true,
        };
        office.submit(submission).unwrap();
    }
    office.seal_all().unwrap();
    let size = office.published_size();
    let lines = office.audit_export(0, size).unwrap().lines;
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A ledger with documents, an event, two status lists; and the export that goes with it.
struct Kit {
    house: House,
    lines: Vec<Line>,
    pdf: TestKey,
}

/// The parts of a document's line.
fn parts(line: &mut Line) -> (&mut u64, &mut String, &mut String, &mut String, &mut Vec<EventLine>) {
    match line {
        Line::Document { index, number, document, core, events, .. } => {
            (index, number, document, core, events)
        }
        Line::Erased { .. } => panic!("nothing is erased here"),
    }
}

fn core_of(line: &mut Line) -> Core {
    Core::parse(&base64::decode(parts(line).3).unwrap()).unwrap()
}

/// What an office does before it seals.
type Change<'a> = &'a dyn Fn(&mut Vec<Line>);

impl Kit {
    /// The change is made to the documents before they are sealed.
    fn new(change: Change<'_>, listed: Status) -> Kit {
        let mut house = House::new();
        let origin = house.office.origin();
        let mut lines = documents();
        lines.iter_mut().zip(0u64..).for_each(|(line, index)| *parts(line).0 = index);
        change(&mut lines);
        let entry = |line: &mut Line| Entry::of_core(&origin, &base64::decode(parts(line).3).unwrap());
        let mut entries: Vec<Entry> = lines.iter_mut().map(entry).collect();
        // The first certificate is suspended.
        let event = Event::new(EventFields {
            certificate: CertificateNumber::parse(parts(&mut lines[0]).1).unwrap(),
            sequence: 1,
            previous: entries[0],
            kind: EventKind::Suspended,
            at: Time::new(BEGIN).unwrap(),
            by: "A00004".into(),
            reason_code: "OBJECTION".into(),
            reason: "异议核实中".into(),
            basis: String::new(),
            detail: vec![],
        })
        .unwrap();
        let index = entries.len() as u64;
        entries.push(event.entry(&origin, &NONCE));
        let line = EventLine { index, nonce: base64::encode(&NONCE), body: event.encode() };
        parts(&mut lines[0]).4.push(line);
        let count = entries.len() as u64;
        house.office.seal(&mut house.ledger, entries, &[], BEGIN).unwrap();
        house.status(count - 1, &[]);
        if listed != Status::Valid {
            house.status(count - 1, &[(0, listed)]);
        }
        let pdf = TestKey::new(origin.pdf_key_name().as_str(), 77);
        Kit { house, lines, pdf }
    }

    fn honest() -> Kit {
        Kit::new(&|_| (), Status::Suspended)
    }

    fn trust(&self) -> TrustBundle {
        let key = self.pdf.public.clone();
        self.house.trust(|fields| {
            let like = fields.offices[0].keys[0].clone();
            fields.offices[0].keys.push(OfficeKey { usage: KeyUse::Pdf, key, ..like });
        })
    }

    /// Writes the export, signed by this key.
    fn export(&self, dir: &Path, signer: &TestKey) {
        let name = "entries-000000000000.jsonl".to_string();
        let text: String =
            self.lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
        let mut digest = FileDigest::default();
        digest.update(text.as_bytes());
        fs::write(dir.join(&name), &text).unwrap();
        let published = self.house.disk.files()["ledger/checkpoint"].clone();
        let manifest = ExportManifest {
            format: "xinzheng/export/v1".into(),
            origin: self.house.office.origin().as_str().into(),
            size: self.house.ledger.head().size,
            checkpoint: String::from_utf8(published).unwrap(),
            made: BEGIN + 600,
            documents: self.lines.len() as u64,
            erased: 0,
            files: vec![digest.named(name)],
        };
        fs::write(dir.join(MANIFEST), manifest.encode()).unwrap();
        let note = signer.sign(manifest.note_text(&self.house.office.origin()));
        fs::write(dir.join(MANIFEST_NOTE), note.encode()).unwrap();
    }

    fn audit(&self) -> Vec<(String, String)> {
        let dir = tempfile::tempdir().unwrap();
        self.export(dir.path(), &self.pdf);
        self.audit_of(dir.path())
    }

    fn audit_of(&self, dir: &Path) -> Vec<(String, String)> {
        let (trust, origin) = (self.trust(), self.house.office.origin());
        let disk = &self.house.disk as &dyn Disk;
        let mut against = Against::open(dir, &origin, Some(&trust), 100).unwrap();
        let options = AuditOptions { seen: against.checkpoint(), ..AuditOptions::default() };
        let mut report: AuditReport =
            audit_watched(&disk, &origin, Some(&trust), &options, &mut against).unwrap();
        against.finish(&disk, &mut report).unwrap();
        report.findings.iter().map(|found| (found.code.as_str().to_string(), found.where_.clone())).collect()
    }
}

fn one(code: &str, at: &str) -> Vec<(String, String)> {
    vec![(code.to_string(), at.to_string())]
}

#[test]
fn an_honest_office_is_clean() {
    assert_eq!(Kit::honest().audit(), []);
}

#[test]
fn an_edited_document_is_caught() {
    for at in 0..3 {
        let mut kit = Kit::honest();
        let document = parts(&mut kit.lines[at]).2;
        let text = String::from_utf8(base64::decode(document).unwrap()).unwrap();
        *document = base64::encode(text.replacen("2026", "2025", 1).as_bytes());
        assert_eq!(kit.audit(), one("DOCUMENT_DIFFERS", &format!("export#{at}")), "{at}");
    }
}

#[test]
fn a_wrong_claim_is_caught() {
    let kit = Kit::new(
        &|lines| {
            let mut fields = core_of(&mut lines[0]).fields().clone();
            let no = fields.claims.iter().position(|claim| claim.value() == ClaimValue::No).unwrap();
            let claim = fields.claims[no];
            fields.claims[no] = Claim::new(claim.rule(), ClaimValue::Yes, claim.counts()).unwrap();
            *parts(&mut lines[0]).3 = base64::encode(Core::new(fields).unwrap().as_bytes());
        },
        Status::Suspended,
    );
    assert_eq!(kit.audit(), one("CLAIM_WRONG", "export#0"));
}

#[test]
fn a_number_that_is_used_twice_is_caught() {
    let kit = Kit::new(
        &|lines| {
            let number = parts(&mut lines[0]).1.clone();
            let mut fields = core_of(&mut lines[2]).fields().clone();
            fields.number = CertificateNumber::parse(&number).unwrap();
            *parts(&mut lines[2]).1 = number;
            *parts(&mut lines[2]).3 = base64::encode(Core::new(fields).unwrap().as_bytes());
        },
        Status::Suspended,
    );
    assert_eq!(kit.audit(), one("NUMBER_TWICE", "export#2"));
}

#[test]
fn a_document_that_is_left_out_or_put_in_is_caught() {
    let mut kit = Kit::honest();
    kit.lines.remove(1);
    assert_eq!(kit.audit(), one("EXPORT_MISSING", "export#1"));
    let mut kit = Kit::honest();
    let mut line = kit.lines[2].clone();
    *parts(&mut line).0 = 40;
    *parts(&mut line).1 = "0000000000000000079444".into();
    kit.lines.push(line);
    assert_eq!(kit.audit(), one("EXPORT_EXTRA", "export#40"));
    // In place of a public entry.
    let mut kit = Kit::honest();
    let mut line = kit.lines[2].clone();
    *parts(&mut line).0 = 4;
    *parts(&mut line).1 = "0000000000000000079444".into();
    kit.lines.push(line);
    assert_eq!(kit.audit(), one("DOCUMENT_DIFFERS", "export#4"));
}

#[test]
fn a_status_change_that_is_hidden_is_caught() {
    // It is in the ledger, and no list says it.
    let kit = Kit::new(&|_| (), Status::Valid);
    assert_eq!(kit.audit(), one("STATUS_HIDDEN", "export#0"));
    // The list says it, and the event is not told.
    let mut kit = Kit::honest();
    parts(&mut kit.lines[0]).4.clear();
    assert_eq!(kit.audit(), one("EXPORT_MISSING", "export#3"));
    // Another event is told in its place.
    let mut kit = Kit::honest();
    let event = &mut parts(&mut kit.lines[0]).4[0];
    event.body = event.body.replace("异议核实中", "其他");
    assert_eq!(kit.audit(), one("DOCUMENT_DIFFERS", "export#3"));
    let mut kit = Kit::honest();
    let event = &mut parts(&mut kit.lines[0]).4[0];
    event.body = event.body.replace("\"sequence\":1", "\"sequence\":2");
    assert_eq!(kit.audit(), one("EVENT_CHAIN", "export#3"));
}

#[test]
fn an_export_that_is_not_the_offices_is_caught() {
    let kit = Kit::honest();
    let dir = tempfile::tempdir().unwrap();
    let stranger = TestKey::new(kit.house.office.origin().pdf_key_name().as_str(), 78);
    kit.export(dir.path(), &stranger);
    assert_eq!(kit.audit_of(dir.path()), one("EXPORT_BAD", "manifest.json"));
    kit.export(dir.path(), &kit.pdf);
    let path = dir.path().join("entries-000000000000.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"name\":null", "\"name\": null", 1)).unwrap();
    assert_eq!(kit.audit_of(dir.path()), one("EXPORT_BAD", "export/entries-000000000000.jsonl"));
    fs::write(&path, text.lines().rev().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    assert!(kit.audit_of(dir.path()).iter().any(|(code, _)| code == "EXPORT_BAD"));
    fs::write(dir.path().join(MANIFEST), "{}").unwrap();
    assert_eq!(kit.audit_of(dir.path()).first().unwrap().0, "EXPORT_BAD");
}

#[test]
fn a_backdated_batch_and_a_stranger_signature_are_caught() {
    let mut house = House::new();
    house.seal(5);
    house.office.seal(&mut house.ledger, crate::ledger::testing::entries(5, 2), &[], BEGIN - 60).unwrap();
    let report = house.report(true);
    let codes: Vec<&str> = report.findings.iter().map(|found| found.code.as_str()).collect();
    assert!(codes.contains(&"BATCH_TIME"), "{codes:?}");
    let mut house = House::new();
    house.seal(5);
    let trust = house.trust(|fields| {
        let other = TestKey::new("office.example/ledger", 99).public.clone();
        fields.offices[0].keys[0].key = other;
    });
    let report = super::house::audit(&house.disk, Some(&trust), &AuditOptions::default());
    assert!(report.findings.iter().any(|found| found.code.as_str() == "SIGNER_UNKNOWN"));
    let _: Hash = report.root.unwrap();
}
