//! A malicious office: it has all its keys, and whatever it publishes is signed as it has to be. Each misdeed is caught by the
//! check that `AUDIT.md` names.

use std::fs;

use verifier::base64;
use verifier::core::{Claim, Core};
use verifier::entry::Entry;
use verifier::event::{EventFields, EventKind};
use verifier::hash::Hash;
use verifier::number::CertificateNumber;
use verifier::registry::ClaimValue;
use verifier::status::Status;

use super::altered::OTHER;
use super::house::{BEGIN, House};
use super::kit::{Change, Kit, core_of, one, parts};
use crate::audit::AuditOptions;
use crate::audit::export::{ExportManifest, Line, MANIFEST};
use crate::ledger::testing::{ORIGIN, TestKey};

#[test]
fn an_honest_office_is_clean() {
    assert_eq!(Kit::honest().audit(), []);
}

#[test]
fn a_public_entry_is_none_of_an_erased_certificate() {
    let erased = |index, events| Line::Erased { index, number: "0000000000000000079444".into(), events };
    let finds = |change: Change<'_>, hide: bool| {
        let mut kit = Kit::honest();
        let size = kit.house.ledger.head().size;
        assert_eq!(size, 6, "three documents, an event, and the notes of two lists");
        change(&mut kit.lines);
        if hide {
            kit.house.disk.damage("ledger/public/005", None);
            kit.house.disk.damage("ledger/public/list", Some(b"004\n".to_vec()));
        }
        kit.audit()
    };
    let extra = one("EXPORT_EXTRA", "export#5");
    // A document that was erased, and its event.
    let honest: [Change<'_>; 2] =
        [&|lines| lines[2] = erased(2, vec![]), &|lines| lines[0] = erased(0, vec![3])];
    for change in honest {
        assert_eq!(finds(change, false), []);
    }
    // The note of a list is passed off as one, or as an event of one.
    let passed_off: [Change<'_>; 2] =
        [&|lines| lines.push(erased(5, vec![])), &|lines| lines[2] = erased(2, vec![5])];
    for change in passed_off {
        assert_eq!(finds(change, false), extra);
        // As long as its preimage is held back nothing of it shows here; the lists that are there show it.
        let lists =
            [one("STATUS_NEWEST", "status/0.xzs"), one("STATUS_NOT_LOGGED", "status/0/2.xzs")].concat();
        assert_eq!(finds(change, true), lists);
    }
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
fn a_core_that_is_not_the_one_in_the_ledger_is_caught() {
    // The same number, document and claims under another nonce.
    let mut kit = Kit::honest();
    let mut fields = core_of(&mut kit.lines[2]).fields().clone();
    fields.nonce[0] ^= 1;
    *parts(&mut kit.lines[2]).3 = base64::encode(Core::new(fields).unwrap().as_bytes());
    assert_eq!(kit.audit(), one("DOCUMENT_DIFFERS", "export#2"));
    // The right core, told under another number.
    let mut kit = Kit::honest();
    *parts(&mut kit.lines[2]).1 = "0000000000000000079444".into();
    assert_eq!(kit.audit(), one("DOCUMENT_DIFFERS", "export#2"));
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
    // An event that is dated in the future is hidden no better: the list covers it.
    let kit = Kit::dated(&|_| (), Status::Valid, BEGIN + 1_000_000);
    assert_eq!(kit.audit(), one("STATUS_HIDDEN", "export#0"));
    assert_eq!(Kit::dated(&|_| (), Status::Suspended, BEGIN + 1_000_000).audit(), []);
    // The list says it, and the event is not told.
    let mut kit = Kit::honest();
    parts(&mut kit.lines[0]).4.clear();
    assert_eq!(kit.audit(), one("EXPORT_MISSING", "export#3"));
    // It is told where the ledger has no entry.
    let mut kit = Kit::honest();
    parts(&mut kit.lines[0]).4[0].index = 40;
    let both = [one("EXPORT_MISSING", "export#3"), one("EXPORT_EXTRA", "export#40")].concat();
    assert_eq!(kit.audit(), both);
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
fn a_list_that_is_older_than_an_event_does_not_hide_it() {
    // The newest list was issued a minute after the beginning, before the event had its entry.
    for (at, expected) in [
        (61, vec![]),
        (3600, vec![]),
        (60, one("STATUS_HIDDEN", "export#0")),
        (0, one("STATUS_HIDDEN", "export#0")),
    ] {
        let mut kit = Kit::living(&|_| (), &[], &|_| (), &[]);
        kit.happens_later(EventKind::Suspended, BEGIN + at);
        assert_eq!(kit.audit(), expected, "{at}");
    }
}

#[test]
fn an_event_that_does_not_continue_its_certificates_chain_is_caught() {
    let number = CertificateNumber::parse("0000000000000000079444").unwrap();
    let suspended = [(0, EventKind::Suspended)];
    let alters: [&dyn Fn(&mut EventFields); 3] = [
        &|fields| fields.certificate = number,
        &|fields| fields.previous = Entry::from_bytes([7; 32]),
        &|fields| fields.sequence = 2,
    ];
    // All of them are in the ledger as they are told.
    for alter in alters {
        let kit = Kit::living(&|_| (), &suspended, alter, &[(0, Status::Suspended)]);
        assert_eq!(kit.audit(), one("EVENT_CHAIN", "export#3"));
    }
}

#[test]
fn an_event_that_may_not_happen_is_caught() {
    let lives = |happens: [EventKind; 2]| {
        let happens = happens.map(|kind| (0, kind));
        Kit::living(&|_| (), &happens, &|_| (), &[]).audit()
    };
    assert_eq!(lives([EventKind::Suspended, EventKind::Resumed]), []);
    // The lists never said that it was revoked, so they are no help.
    assert_eq!(lives([EventKind::Revoked, EventKind::Resumed]), one("STATUS_CHANGE", "export#4"));
}

#[test]
fn of_a_natural_person_the_lists_say_valid_or_revoked() {
    for (kind, listed, is_good) in [
        (EventKind::Suspended, None, true),
        (EventKind::Suspended, Some(Status::Suspended), false),
        (EventKind::Suspended, Some(Status::Revoked), false),
        (EventKind::ObjectionNoted, None, true),
        (EventKind::Repaired, Some(Status::Revoked), true),
        (EventKind::Repaired, Some(Status::Replaced), false),
        (EventKind::Revoked, None, false),
    ] {
        let listed = Vec::from_iter(listed.map(|status| (1, status)));
        let kit = Kit::living(&|_| (), &[(1, kind)], &|_| (), &listed);
        let expected = if is_good { vec![] } else { one("STATUS_HIDDEN", "export#1") };
        assert_eq!(kit.audit(), expected, "{kind:?}, {listed:?}");
    }
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
    // As many bytes, and the same meaning.
    let turned = text.replacen("\"name\":null,\"media_type\":null", "\"media_type\":null,\"name\":null", 1);
    assert!(turned != text && turned.len() == text.len());
    fs::write(&path, turned).unwrap();
    assert_eq!(kit.audit_of(dir.path()), one("EXPORT_BAD", "export/entries-000000000000.jsonl"));
    fs::write(&path, text.lines().rev().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    assert!(kit.audit_of(dir.path()).iter().any(|(code, _)| code == "EXPORT_BAD"));
    fs::write(dir.path().join(MANIFEST), "{}").unwrap();
    assert_eq!(kit.audit_of(dir.path()).first().unwrap().0, "EXPORT_BAD");
}

#[test]
fn a_manifest_says_what_is_there() {
    let kit = Kit::honest();
    let (dir, size) = (tempfile::tempdir().unwrap(), kit.house.ledger.head().size);
    let manifest = "manifest.json";
    type Case<'a> = (&'a dyn Fn(&mut ExportManifest), &'a str);
    let cases: [Case<'_>; 5] = [
        (&|says| says.origin = OTHER.to_owned(), manifest),
        (&|says| says.size = size - 1, manifest),
        (&|says| says.checkpoint = says.checkpoint.replacen(ORIGIN, OTHER, 1), manifest),
        // Before the key was in use.
        (&|says| says.made = BEGIN - 1, manifest),
        (&|says| says.files[0].bytes += 1, "export/entries-000000000000.jsonl"),
    ];
    for (place, (alter, at)) in cases.into_iter().enumerate() {
        kit.export_as(dir.path(), &kit.pdf, alter);
        assert_eq!(kit.audit_of(dir.path()), one("EXPORT_BAD", at), "{place}");
    }
    // Another manifest than the one that was signed.
    kit.export(dir.path(), &kit.pdf);
    let path = dir.path().join(MANIFEST);
    let text = fs::read_to_string(&path).unwrap().replacen("\"erased\":0", "\"erased\":1", 1);
    fs::write(&path, text).unwrap();
    assert_eq!(kit.audit_of(dir.path()), one("EXPORT_BAD", manifest));
}

#[test]
fn lines_come_in_the_order_of_the_entries() {
    let mut kit = Kit::honest();
    kit.lines.reverse();
    let bad = "export/entries-000000000000.jsonl";
    let expected = [
        ("EXPORT_MISSING", "export#0"),
        ("EXPORT_MISSING", "export#1"),
        ("EXPORT_BAD", bad),
        ("EXPORT_BAD", bad),
        ("EXPORT_MISSING", "export#3"),
    ];
    assert_eq!(kit.audit(), expected.map(|(code, at)| (code.to_owned(), at.to_owned())));
    // One entry has one line.
    let mut kit = Kit::honest();
    kit.lines.insert(1, kit.lines[0].clone());
    assert_eq!(kit.audit(), one("EXPORT_BAD", bad));
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
