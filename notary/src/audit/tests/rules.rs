//! Well-formed ledgers that break a rule: changes of status, chains, keys, times.

use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::status::Status;
use verifier::time::Time;
use verifier::trust::{Compromised, TrustFields};

use super::house::{BEGIN, House, audit, codes, small, with};
use crate::audit::{AuditOptions, FindingCode};
use crate::ledger::testing::{TestKey, entries};

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
        assert!(finding.message.contains(words), "{finding}");
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
        let bundle = house.trust(|fields| change(fields));
        let report = audit(&house.disk, Some(&bundle), &AuditOptions::default());
        let found: Vec<(String, String)> =
            report.findings.iter().map(|f| (f.code.to_string(), f.path().to_owned())).collect();
        found
    };
    let at = |seconds| Time::new(seconds).unwrap();
    let is = |code: &str, path: &str| (code.to_owned(), path.to_owned());
    // The batch key came into use with the third batch.
    let late = with_keys(&|fields| fields.offices[0].keys[1].sign_from = at(BEGIN + 120));
    assert_eq!(
        late,
        [is("KEY_DATES", "batch/000"), is("KEY_DATES", "batch/001"), is("KEY_DATES", "batch/001")]
    );
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
    assert!(forked.contains(&is("KEY_COMPROMISED", "batch/001")));
    let elsewhere = with_keys(&|fields| fields.offices.clear());
    assert_eq!(elsewhere, [is("OFFICE_UNKNOWN", "checkpoint")]);
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
