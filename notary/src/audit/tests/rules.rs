//! Well-formed ledgers that break a rule: changes of status, chains, keys, times.

use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::status::Status;
use verifier::time::Time;
use verifier::trust::{Compromised, OfficeKey, TrustFields};

use super::altered::batch_with;
use super::evidence::{dated, head_of};
use super::house::{BEGIN, House, audit, codes, small, told, with};
use crate::audit::{AuditOptions, FindingCode};
use crate::ledger::testing::{ORIGIN, TestKey, entries};
use crate::refusal::Lang;

#[test]
fn statuses_change_only_as_they_may() {
    let mut house = small();
    house.seal(1);
    // Revoked stays revoked; 302 was covered as no certificate's and stays that; suspended may become valid; 306 is new.
    let changes = [(7, Status::Valid), (9, Status::Valid), (302, Status::Valid), (306, Status::Revoked)];
    house.status(300, &changes);
    let path = "status/0/3.xzs";
    let report = house.report(true);
    let expected = [(7, "revoked to valid"), (302, "not-issued to valid")];
    assert_eq!(report.findings.len(), expected.len(), "{:?}", codes(&report));
    for (finding, (index, words)) in report.findings.iter().zip(expected) {
        assert_eq!(
            (finding.code, finding.path(), finding.index()),
            (FindingCode::StatusChange, path, Some(index))
        );
        assert!(finding.message(Lang::En).contains(words), "{finding}");
    }
}

#[test]
fn a_broken_chain_of_status_notes_is_found() {
    let mut house = small();
    house.lists[1].1 = Entry::from_bytes([7; 32]);
    house.status(300, &[]);
    assert_eq!(codes(&house.report(true)), [("STATUS_CHAIN", "public/306#306")]);
    // A list that goes back to an older one.
    let files = house.disk.files();
    let disk = with(&files, "ledger/status/0.xzs", Some(files["ledger/status/0/1.xzs"].clone()));
    assert!(
        codes(&audit(&disk, None, &AuditOptions::default())).contains(&("STATUS_NEWEST", "status/0.xzs"))
    );
}

#[test]
fn keys_count_only_in_their_time() {
    let house = small();
    let with_keys = |change: &dyn Fn(&mut TrustFields)| {
        let bundle = house.trust(|fields| {
            fields.sequence = 2;
            change(fields);
        });
        let report = audit(&house.disk, Some(&bundle), &AuditOptions::default());
        let found: Vec<(String, String)> =
            report.findings.iter().map(|f| (f.code.to_string(), f.path().to_owned())).collect();
        found
    };
    let at = |seconds| Time::new(seconds).unwrap();
    let is = |code: &str, path: &str| (code.to_owned(), path.to_owned());
    // The batch key came into use with the third batch.
    let late = with_keys(&|fields| fields.offices[0].keys[1].sign_from = at(BEGIN + 120));
    assert_eq!(late, [is("KEY_DATES", "batch/000"), is("KEY_DATES", "batch/001")]);
    let other = with_keys(&|fields| {
        fields.offices[0].keys[2].key = TestKey::new("office.example/ledger/status", 77).public
    });
    assert_eq!(other, [is("SIGNER_UNKNOWN", "public/303"), is("SIGNER_UNKNOWN", "public/305")]);
    // The ledger key was somebody else's from the third batch on; the last good size is that of the second.
    let good = house.ledger.root_at(300).unwrap();
    let since = |root| Compromised { from: at(BEGIN + 120), size: 300, root };
    let stolen = with_keys(&|fields| fields.offices[0].keys[0].compromised = Some(since(good)));
    let expected: Vec<_> = ["checkpoint", "batch/002", "batch/003", "batch/004", "batch/005", "batch/006"]
        .map(|p| is("KEY_COMPROMISED", p))
        .into();
    assert_eq!(stolen, expected);
    let forked =
        with_keys(&|fields| fields.offices[0].keys[0].compromised = Some(since(Hash::from_bytes([7; 32]))));
    let mut with_last_good = expected;
    with_last_good.insert(1, is("KEY_COMPROMISED", "batch/001"));
    assert_eq!(forked, with_last_good);
    let elsewhere = with_keys(&|fields| fields.offices.clear());
    assert_eq!(elsewhere, [is("OFFICE_UNKNOWN", "checkpoint")]);
}

#[test]
fn a_key_is_told_once_a_batch_with_all_that_it_signed_there() {
    let house = small();
    let id = |key: &TestKey| key.public.id().to_string();
    let told = |change: &dyn Fn(&mut TrustFields)| {
        let report = audit(&house.disk, Some(&house.trust(change)), &AuditOptions::default());
        let of_batch = report.findings.iter().filter(|found| found.path() == "batch/001");
        of_batch.map(|found| (found.code, found.message(Lang::En))).collect::<Vec<_>>()
    };
    // The second batch lies under two batch notes.
    let both = "the batch note over [248, 256), the batch note over [256, 300)";
    let late = told(&|fields| fields.offices[0].keys[1].sign_from = Time::new(BEGIN + 120).unwrap());
    let [(FindingCode::KeyDates, words)] = &late[..] else { panic!("{late:?}") };
    assert!(words.contains(&id(&house.office.batch)) && words.ends_with(&format!("(in {both})")), "{words}");
    // Two keys are two findings, and each is named.
    let office = &house.office;
    let strangers = told(&|fields| {
        for (place, key) in [&office.ledger, &office.batch].into_iter().enumerate() {
            fields.offices[0].keys[place].key = TestKey::new(key.public.name().as_str(), 77).public;
        }
    });
    assert_eq!(strangers.len(), 2, "{strangers:?}");
    for ((code, words), (key, place)) in
        strangers.iter().zip([(&office.ledger, "the checkpoint"), (&office.batch, both)])
    {
        assert_eq!(*code, FindingCode::SignerUnknown);
        let named = format!("{}+{}", key.public.name(), id(key));
        assert!(words.contains(&named) && words.ends_with(&format!("(in {place})")), "{words}");
    }
}

#[test]
fn every_key_that_signed_was_in_use_then_give_or_take_five_minutes() {
    let house = dated(&[0, 1000, 2000]);
    // The second batch was closed at 1000 and has two signatures under its checkpoint, of an old key and a new one.
    let (head, second) = (head_of(&house, 1), TestKey::new(ORIGIN, 71));
    let line = second.sign(head.text().to_owned()).signatures()[0].clone();
    let both = batch_with(&house, 1, head.with_signature(line).unwrap());
    let disk = with(&house.disk.files(), "ledger/batch/001", Some(both));
    let finds = |from: u64, until: u64| {
        let at = |seconds| Time::new(BEGIN + seconds).unwrap();
        let trust = house.trust(|fields| {
            let key = second.public.clone();
            let like = fields.offices[0].keys[0].clone();
            fields.offices[0].keys.push(OfficeKey {
                key,
                sign_from: at(from),
                sign_until: at(until),
                ..like
            });
        });
        told(&audit(&disk, Some(&trust), &AuditOptions::default()))
    };
    for (from, until) in [(0, 5000), (1300, 5000), (0, 700)] {
        assert_eq!(finds(from, until), Vec::<String>::new(), "{from} {until}");
    }
    for (from, until) in [(1301, 5000), (0, 699)] {
        assert_eq!(finds(from, until), ["KEY_DATES batch/001"], "{from} {until}");
    }
}

#[test]
fn times_do_not_fall_and_ranges_tile() {
    let mut house = House::new();
    house.seal(3);
    let at = house.ledger.head().size;
    house.office.seal(&mut house.ledger, entries(at, 2), &[], BEGIN - 1).unwrap();
    house.seal(4);
    assert_eq!(codes(&house.report(false)), [("BATCH_TIME", "batch/001")]);
    // The second batch told again as the third.
    let files = house.disk.files();
    let disk = with(&files, "ledger/batch/002", Some(files["ledger/batch/001"].clone()));
    assert_eq!(codes(&audit(&disk, None, &AuditOptions::default()))[1], ("BATCH_BAD", "batch/002"));
}
