//! The published checkpoint: whose it is, how far it goes, and that it has all that the last batch's has.

use verifier::checkpoint::Checkpoint;

use super::altered::{OTHER, batch_with, bytes, of_other};
use super::evidence::{cosignature, dated, head_of, trusting};
use super::house::{BEGIN, audit, small, told, with};
use crate::audit::{AuditOptions, AuditReport};
use crate::ledger::testing::TestKey;
use crate::refusal::Lang;

#[test]
fn a_checkpoint_of_another_ledger_is_no_head_of_this_one() {
    let house = dated(&[0, 60]);
    let (trust, head) = (trusting(&house, |_| ()), head_of(&house, 1));
    for key in [&house.office.ledger, &TestKey::new(OTHER, 1)] {
        let disk = with(&house.disk.files(), "ledger/checkpoint", bytes(&of_other(&head, key)));
        for trust in [None, Some(&trust)] {
            let report = audit(&disk, trust, &AuditOptions::default());
            assert_eq!(told(&report), ["CHECKPOINT_BAD checkpoint"]);
            assert!(report.findings[0].message(Lang::En).contains(OTHER), "{}", report.findings[0]);
            assert_eq!((report.size, report.checkpoint), (20, None));
        }
    }
}

#[test]
fn a_checkpoint_without_entries_is_none() {
    let house = dated(&[0, 60]);
    let root = *Checkpoint::from_text(head_of(&house, 1).text()).unwrap().root();
    for (size, found) in [(20, vec![]), (25, vec!["CHECKPOINT_BAD checkpoint"])] {
        let text = Checkpoint::new(house.office.origin(), size, root).unwrap().text();
        let disk = with(&house.disk.files(), "ledger/checkpoint", bytes(&house.office.ledger.sign(text)));
        for trust in [None, Some(&house.trust(|_| ()))] {
            let report = audit(&disk, trust, &AuditOptions::default());
            assert_eq!((told(&report), report.size), (found.iter().map(|f| f.to_string()).collect(), 20));
        }
    }
}

#[test]
fn a_checkpoint_that_is_none_explains_nothing() {
    let house = small();
    let files = house.disk.files();
    let disk = with(&files, "ledger/status/0.xzs", Some(files["ledger/status/0/1.xzs"].clone()));
    // The office signed it, and has no entries for it.
    let text = Checkpoint::new(house.office.origin(), 900, house.ledger.head().root).unwrap().text();
    disk.damage("ledger/checkpoint", bytes(&house.office.ledger.sign(text)));
    let report = audit(&disk, Some(&house.trust(|_| ())), &AuditOptions::default());
    assert_eq!(told(&report), ["CHECKPOINT_BAD checkpoint", "STATUS_NEWEST status/0.xzs"]);
}

#[test]
fn the_checkpoint_has_every_signature_of_the_last_batchs() {
    let house = dated(&[0, 60]);
    let (trust, files, head) = (trusting(&house, |_| ()), house.disk.files(), head_of(&house, 1));
    let more = head.clone().with_signature(cosignature(&head, BEGIN + 70)).unwrap();
    let differs = vec!["CHECKPOINT_DIFFERS checkpoint".to_owned()];
    for (in_batch, published, found) in [
        (&head, &head, vec![]),
        (&head, &more, vec![]),
        (&more, &more, vec![]),
        // What a witness signed for the batch is kept from whoever reads the checkpoint alone.
        (&more, &head, differs),
    ] {
        let disk = with(&files, "ledger/batch/001", Some(batch_with(&house, 1, in_batch.clone())));
        disk.damage("ledger/checkpoint", bytes(published));
        for trust in [None, Some(&trust)] {
            assert_eq!(told(&audit(&disk, trust, &AuditOptions::default())), found);
        }
    }
}

#[test]
fn a_cosignature_that_does_not_verify_spoils_the_checkpoint() {
    let house = dated(&[0, 60]);
    let (trust, head) = (trusting(&house, |_| ()), head_of(&house, 1));
    // The witness signed the head before.
    let line = cosignature(&head_of(&house, 0), BEGIN + 70);
    let disk = with(&house.disk.files(), "ledger/checkpoint", bytes(&head.with_signature(line).unwrap()));
    let report = |trust| -> AuditReport { audit(&disk, trust, &AuditOptions::default()) };
    assert_eq!(told(&report(Some(&trust))), ["SIG_BAD checkpoint"]);
    // Nobody knows that it is a witness's.
    assert_eq!(told(&report(None)), Vec::<String>::new());
    assert_eq!(told(&report(Some(&house.trust(|_| ())))), Vec::<String>::new());
}
