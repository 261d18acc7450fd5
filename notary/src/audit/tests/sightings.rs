//! What counts as seen by somebody else: by whom, of what, and before which moment.

use ed25519_dalek::SigningKey;
use verifier::anchor::{Anchor, Evidence, Http, Rfc3161, anchored_digest};
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::note::Note;
use verifier::row::hex;
use verifier::time::Time;
use verifier::trust::{
    Authority, Compromised, Group, Organisation, Threshold, TrustBundle, TrustFields, Witness,
};

use super::altered::{OTHER, of_other};
use super::authority::{Stamp, Workshop};
use super::evidence::{WITNESS, cosign, dated, head_of, report, trusting};
use super::following::begin;
use super::house::{BEGIN, House, told, with};
use crate::audit::AuditOptions;
use crate::audit::follow::{Followed, follow};
use crate::disk::Disk;
use crate::disk::testing::MemoryDisk;
use crate::ledger::testing::{ORIGIN, TestKey, entries};
use crate::refusal::Lang;

const HOUR: u64 = 3600;

/// What is found where the ledger key of `dated(&[0, 60, 120])` was stolen after the first batch, and nobody saw the others before.
const STOLEN: [&str; 3] =
    ["KEY_COMPROMISED checkpoint", "KEY_COMPROMISED batch/001", "KEY_COMPROMISED batch/002"];
/// When it was stolen.
const THEFT: u64 = 150;

/// This key of the office was stolen then; the last good head is that of the first batch.
fn steal(house: &House, fields: &mut TrustFields, key: usize, from: u64) {
    let (from, root) = (Time::new(BEGIN + from).unwrap(), house.ledger.root_at(10).unwrap());
    fields.offices[0].keys[key].compromised = Some(Compromised { from, size: 10, root });
}

/// The head of the last batch in the words of a stranger, and of another ledger.
fn strange(house: &House) -> (Note, Note) {
    let head = head_of(house, 2);
    let stranger = TestKey::new(ORIGIN, 99).sign(head.text().to_owned());
    (stranger, of_other(&head, &house.office.ledger))
}

#[test]
fn a_head_that_was_the_newest_is_remembered_until_the_next_batch_is_there() {
    for (dated_at, expected) in [
        (120, &["BATCH_BACKDATED batch/002"][..]),
        (4 * HOUR, &[]),
        (4 * HOUR - 1, &["BATCH_BACKDATED batch/002"]),
    ] {
        let mut house = dated(&[0, 60]);
        let trust = trusting(&house, |_| ());
        let mut followed = begin(&house);
        let mut finds = |disk: &MemoryDisk| {
            let (source, options) = (disk as &dyn Disk, AuditOptions::default());
            let mut kept = followed.clone();
            let mut keep = |state: &Followed| kept = Followed::parse(state.encode().as_bytes()).unwrap();
            let report = follow(&source, Some(&trust), &mut followed, &options, &mut (), &mut keep).unwrap();
            followed = kept;
            told(&report)
        };
        // Two saw the head of the second batch, the later one first; a third the one before. Each file once.
        for (n, (batch, seen)) in [(0, 30), (1, 5 * HOUR), (1, 2 * HOUR)].into_iter().enumerate() {
            let path = format!("ledger/cosigned/{n:03}");
            house.disk.damage(&path, Some(cosign(&head_of(&house, batch), BEGIN + seen)));
        }
        assert_eq!(finds(&house.disk), Vec::<String>::new());
        // The third batch is on its way, and nobody was shown it.
        let head = house.disk.files()["ledger/checkpoint"].clone();
        house.office.seal(&mut house.ledger, entries(20, 10), &[], BEGIN + dated_at).unwrap();
        let on_its_way = with(&house.disk.files(), "ledger/checkpoint", Some(head));
        assert_eq!(finds(&on_its_way), Vec::<String>::new());
        assert_eq!(told(&report(&on_its_way, &trust)), Vec::<String>::new());
        assert_eq!(finds(&house.disk), expected, "{dated_at}");
        assert_eq!(finds(&house.disk), expected, "again, until it is put right");
        assert_eq!(told(&report(&house.disk, &trust)), expected, "whoever sees it all at once");
    }
}

#[test]
fn each_theft_has_its_own_moment() {
    let house = dated(&[0, 60, 120]);
    let seen = cosign(&head_of(&house, 2), BEGIN + 200);
    let disk = with(&house.disk.files(), "ledger/cosigned/000", Some(seen));
    // The ledger key was stolen after the witness saw all; the batch key then, before, and in that second.
    for (batch_key, expected) in [(201, &[][..]), (100, &STOLEN[1..]), (200, &STOLEN[1..])] {
        let trust = trusting(&house, |fields| {
            steal(&house, fields, 0, 300);
            steal(&house, fields, 1, batch_key);
        });
        assert_eq!(told(&report(&disk, &trust)), expected, "{batch_key}");
    }
}

#[test]
fn a_thief_can_not_be_his_own_witness() {
    let house = dated(&[0, 60, 120]);
    let (head, (stranger, other)) = (head_of(&house, 2), strange(&house));
    for (organisation, note, expected) in [
        ("province.example.gov.cn", &head, None),
        ("office.example", &head, Some("KEY_COMPROMISED cosigned/000")),
        ("province.example.gov.cn", &stranger, Some("SIGNER_UNKNOWN cosigned/000")),
        ("province.example.gov.cn", &other, Some("COSIGNED_BAD cosigned/000")),
    ] {
        let trust = trusting(&house, |fields| {
            steal(&house, fields, 0, THEFT);
            fields.witnesses[0].organisation.token = organisation.to_owned();
        });
        let disk = with(&house.disk.files(), "ledger/cosigned/000", Some(cosign(note, BEGIN + 140)));
        let all: Vec<&str> = expected.map_or(vec![], |last| [&STOLEN[..], &[last]].concat());
        assert_eq!(told(&report(&disk, &trust)), all, "{organisation}: {}", note.encode());
    }
}

/// An authority of `openssl`, and its tokens.
struct Stamper {
    workshop: Workshop,
    names: Vec<String>,
}

impl Stamper {
    fn new(prefix: &str) -> Stamper {
        let workshop = Workshop::new();
        let names = workshop.chain(prefix, &["prime256v1", "prime256v1"], "sha256");
        Stamper { workshop, names }
    }

    fn authority(&self, label: &str, token: &str) -> Authority {
        let certificate = self.workshop.read(&format!("{}.der", self.names[0]));
        Authority { label: label.to_owned(), token: token.to_owned(), certificate }
    }

    /// The token over the checkpoint in this note, of 01:15:25, 125 seconds after the beginning.
    fn stamp(&self, note: &Note) -> Evidence {
        let token = self.workshop.stamp(&Stamp {
            digest: &hex(&anchored_digest(note.text())),
            time: "20261122011525Z",
            policy: "1.2.3.4.1",
            more: "",
            signer: &self.names[1],
            key: &self.names[1],
            chain: &[],
            arguments: &["-cades", "-md", "sha256"],
        });
        Evidence::Rfc3161(Rfc3161 { token, chain: vec![] })
    }
}

/// What a gateway answered then.
pub(super) fn answer(at: u64) -> Evidence {
    Evidence::Http(Http {
        address: "https://gateway.example.cn/".into(),
        at: Time::new(at).unwrap(),
        content_type: "a/b".into(),
        answer: b"{}".to_vec(),
    })
}

pub(super) fn anchor(label: &str, note: &Note, evidence: &Evidence) -> Vec<u8> {
    (Anchor::new(label, note.clone(), evidence.clone()).unwrap().encode() + "\n").into_bytes()
}

#[test]
fn a_timestamp_is_its_authoritys_word_about_this_office() {
    let house = dated(&[0, 60, 120]);
    let (head, (stranger, other)) = (head_of(&house, 2), strange(&house));
    let (stamper, second) = (Stamper::new("one"), Stamper::new("two"));
    let (own, elsewhere) = (stamper.stamp(&head), stamper.stamp(&other));
    let found = |trust: &TrustBundle, bytes: Vec<u8>| {
        told(&report(&with(&house.disk.files(), "ledger/anchors/000", Some(bytes)), trust))
    };
    // A token counts for the authority that made it, not for the one whose label the office wrote.
    let trust = trusting(&house, |fields| {
        fields.authorities = vec![
            stamper.authority("tsa-one", "tsa.example.cn"),
            second.authority("tsa-two", "other-tsa.example.cn"),
        ];
    });
    assert_eq!(found(&trust, anchor("tsa-one", &head, &own)), Vec::<String>::new());
    assert_eq!(found(&trust, anchor("tsa-two", &head, &own)), ["ANCHOR_BAD anchors/000"]);
    // Seen before the theft: by another organisation, what the office itself signed of its own ledger.
    for (organisation, note, evidence, expected) in [
        ("tsa.example.cn", &head, &own, None),
        ("office.example", &head, &own, Some("KEY_COMPROMISED anchors/000")),
        ("tsa.example.cn", &stranger, &own, Some("SIGNER_UNKNOWN anchors/000")),
        ("tsa.example.cn", &other, &elsewhere, Some("ANCHOR_BAD anchors/000")),
    ] {
        let trust = trusting(&house, |fields| {
            steal(&house, fields, 0, THEFT);
            fields.authorities = vec![stamper.authority("tsa-one", organisation)];
        });
        let all: Vec<&str> = expected.map_or(vec![], |last| [&STOLEN[..], &[last]].concat());
        assert_eq!(
            found(&trust, anchor("tsa-one", note, evidence)),
            all,
            "{organisation}: {}",
            note.encode()
        );
    }
}

#[test]
fn level_four_by_witnesses_takes_the_quorum_of_the_bundle() {
    let house = dated(&[0, 60]);
    let seen = cosign(&head_of(&house, 0), BEGIN + 30);
    let disk = with(&house.disk.files(), "ledger/cosigned/000", Some(seen));
    let second = "city.example.gov.cn/witness";
    for (quorum, levels) in [(None, (10, 0)), (Some(WITNESS), (10, 10)), (Some("both"), (10, 0))] {
        let trust = trusting(&house, |fields| {
            let public = SigningKey::from_bytes(&[22; 32]).verifying_key();
            let name = KeyName::parse(second).unwrap();
            let key = VerifierKey::new(name, KeyKind::Cosignature, public.as_bytes()).unwrap();
            let organisation = Organisation { token: "city.example.gov.cn".into(), name: "市中心".into() };
            fields.witnesses.push(Witness { key, organisation });
            let members = vec![second.to_owned(), WITNESS.to_owned()];
            fields.groups = vec![Group { label: "both".into(), threshold: Threshold::All, members }];
            fields.quorum = quorum.map(str::to_owned);
        });
        let report = report(&disk, &trust);
        assert_eq!(told(&report), Vec::<String>::new());
        assert_eq!((report.looked.level(3), report.looked.level(4)), levels, "{quorum:?}");
    }
}

#[test]
fn what_is_of_another_ledger_is_found_and_hides_nothing_behind_it() {
    let house = dated(&[0, 60]);
    let (trust, files) = (trusting(&house, |_| ()), house.disk.files());
    let own = head_of(&house, 1);
    let http = |at: u64| answer(BEGIN + at);
    // As large as this one, and larger than it will ever be.
    for larger in [false, true] {
        let text = own.text().replace("\n20\n", if larger { "\n900\n" } else { "\n20\n" });
        let other = of_other(&house.office.ledger.sign(text), &TestKey::new(OTHER, 1));
        let disk = with(&files, "ledger/cosigned/000", Some(cosign(&other, BEGIN + 70)));
        disk.damage("ledger/cosigned/001", Some(cosign(&own, BEGIN + 70)));
        disk.damage("ledger/anchors/000", Some(anchor("gateway", &other, &http(70))));
        disk.damage("ledger/anchors/001", Some(anchor("gateway", &own, &http(70))));
        let report = report(&disk, &trust);
        assert_eq!(told(&report), ["COSIGNED_BAD cosigned/000", "ANCHOR_BAD anchors/000"]);
        assert!(
            report.findings.iter().all(|found| found.message(Lang::En).contains(OTHER)),
            "{:?}",
            report.findings
        );
        let anchored: Vec<u64> = report.looked.anchors.values().map(|seen| seen.count).collect();
        assert_eq!((report.looked.cosigned, anchored), (1, vec![1]));
    }
}
