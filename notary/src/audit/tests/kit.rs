//! An office with documents, events and status lists, and the export that goes with its ledger. It has all its keys, and signs
//! whatever it is told to.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use verifier::base64;
use verifier::core::Core;
use verifier::entry::Entry;
use verifier::event::{Event, EventFields, EventKind};
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
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
pub(super) struct Kit {
    pub(super) house: House,
    pub(super) lines: Vec<Line>,
    pub(super) pdf: TestKey,
}

/// The parts of a document's line.
pub(super) fn parts(
    line: &mut Line,
) -> (&mut u64, &mut String, &mut String, &mut String, &mut Vec<EventLine>) {
    match line {
        Line::Document { index, number, document, core, events, .. } => {
            (index, number, document, core, events)
        }
        Line::Erased { .. } => panic!("nothing is erased here"),
    }
}

pub(super) fn core_of(line: &mut Line) -> Core {
    Core::parse(&base64::decode(parts(line).3).unwrap()).unwrap()
}

/// An event of the document in this line, which is told there; its entry.
fn happen(
    origin: &Origin,
    line: &mut Line,
    index: u64,
    previous: Entry,
    kind: EventKind,
    alter: &dyn Fn(&mut EventFields),
) -> Entry {
    let mut fields = EventFields {
        certificate: CertificateNumber::parse(parts(line).1).unwrap(),
        sequence: parts(line).4.len() as u32 + 1,
        previous,
        kind,
        at: Time::new(BEGIN).unwrap(),
        by: "A00004".into(),
        reason_code: "OBJECTION".into(),
        reason: "异议核实中".into(),
        basis: String::new(),
        detail: vec![],
    };
    alter(&mut fields);
    let event = Event::new(fields).unwrap();
    let told = EventLine { index, nonce: base64::encode(&NONCE), body: event.encode() };
    parts(line).4.push(told);
    event.entry(origin, &NONCE)
}

/// What an office does before it seals.
pub(super) type Change<'a> = &'a dyn Fn(&mut Vec<Line>);

impl Kit {
    /// The change is made to the documents before they are sealed; the first certificate is suspended.
    pub(super) fn new(change: Change<'_>, listed: Status) -> Kit {
        Kit::dated(change, listed, BEGIN)
    }

    /// The same with another date of the event.
    pub(super) fn dated(change: Change<'_>, listed: Status, at: u64) -> Kit {
        let alter = |fields: &mut EventFields| fields.at = Time::new(at).unwrap();
        let says = [(0, listed)];
        let says = if listed == Status::Valid { &[][..] } else { &says };
        Kit::living(change, &[(0, EventKind::Suspended)], &alter, says)
    }

    /// This happens to these documents, in events that are altered before they are sealed; then a list says it.
    pub(super) fn living(
        change: Change<'_>,
        happens: &[(usize, EventKind)],
        alter: &dyn Fn(&mut EventFields),
        listed: &[(u64, Status)],
    ) -> Kit {
        let mut house = House::new();
        let origin = house.office.origin();
        let mut lines = documents();
        lines.iter_mut().zip(0u64..).for_each(|(line, index)| *parts(line).0 = index);
        change(&mut lines);
        let entry = |line: &mut Line| Entry::of_core(&origin, &base64::decode(parts(line).3).unwrap());
        let mut entries: Vec<Entry> = lines.iter_mut().map(entry).collect();
        let (documents, mut last) = (entries.len() as u64, entries.clone());
        for (document, kind) in happens {
            let (line, index) = (&mut lines[*document], entries.len() as u64);
            last[*document] = happen(&origin, line, index, last[*document], *kind, alter);
            entries.push(last[*document]);
        }
        house.office.seal(&mut house.ledger, entries, &[], BEGIN).unwrap();
        house.status(documents, &[]);
        if !listed.is_empty() {
            house.status(documents, listed);
        }
        let pdf = TestKey::new(origin.pdf_key_name().as_str(), 77);
        Kit { house, lines, pdf }
    }

    pub(super) fn honest() -> Kit {
        Kit::new(&|_| (), Status::Suspended)
    }

    /// This happens then to the first document, which has no event, when the lists are published.
    pub(super) fn happens_later(&mut self, kind: EventKind, at: u64) {
        let (origin, index) = (self.house.office.origin(), self.house.ledger.head().size);
        let line = &mut self.lines[0];
        let core = Entry::of_core(&origin, &base64::decode(parts(line).3).unwrap());
        let alter = |fields: &mut EventFields| fields.at = Time::new(at).unwrap();
        let entry = happen(&origin, line, index, core, kind, &alter);
        self.house.office.seal(&mut self.house.ledger, vec![entry], &[], BEGIN + 3600).unwrap();
    }

    fn trust(&self) -> TrustBundle {
        let key = self.pdf.public.clone();
        self.house.trust(|fields| {
            let like = fields.offices[0].keys[0].clone();
            fields.offices[0].keys.push(OfficeKey { usage: KeyUse::Pdf, key, ..like });
        })
    }

    /// Writes the export, signed by this key.
    pub(super) fn export(&self, dir: &Path, signer: &TestKey) {
        self.export_as(dir, signer, &|_| ());
    }

    /// The same with another manifest, which is signed.
    pub(super) fn export_as(&self, dir: &Path, signer: &TestKey, alter: &dyn Fn(&mut ExportManifest)) {
        let name = "entries-000000000000.jsonl".to_string();
        let text: String =
            self.lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
        let mut digest = FileDigest::default();
        digest.update(text.as_bytes());
        fs::write(dir.join(&name), &text).unwrap();
        let published = self.house.disk.files()["ledger/checkpoint"].clone();
        let mut manifest = ExportManifest {
            format: "xinzheng/export/v1".into(),
            origin: self.house.office.origin().as_str().into(),
            size: self.house.ledger.head().size,
            checkpoint: String::from_utf8(published).unwrap(),
            made: BEGIN + 600,
            documents: self.lines.len() as u64,
            erased: 0,
            files: vec![digest.named(name)],
        };
        alter(&mut manifest);
        fs::write(dir.join(MANIFEST), manifest.encode()).unwrap();
        let note = signer.sign(manifest.note_text(&self.house.office.origin()));
        fs::write(dir.join(MANIFEST_NOTE), note.encode()).unwrap();
    }

    pub(super) fn audit(&self) -> Vec<(String, String)> {
        let dir = tempfile::tempdir().unwrap();
        self.export(dir.path(), &self.pdf);
        self.audit_of(dir.path())
    }

    pub(super) fn audit_of(&self, dir: &Path) -> Vec<(String, String)> {
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

pub(super) fn one(code: &str, at: &str) -> Vec<(String, String)> {
    vec![(code.to_string(), at.to_string())]
}
