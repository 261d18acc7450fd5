//! Batch files that do not fit their place: ranges that do not tile, another ledger's, a line that is no witness's.

use verifier::batch_file::BatchFile;

use super::altered::{OTHER, batch_of, batch_with, of_other};
use super::evidence::{cosign, cosignature, dated, head_of, report, trusting};
use super::house::{BEGIN, House, audit, told, with};
use crate::audit::AuditOptions;
use crate::refusal::Lang;

/// The same entries in batches of these sizes.
fn cut(sizes: &[u64]) -> House {
    let mut house = House::new();
    sizes.iter().for_each(|size| house.seal(*size));
    house
}

#[test]
fn ranges_tile_up_to_the_head() {
    let house = cut(&[10, 10, 10]);
    let (files, trust) = (house.disk.files(), house.trust(|_| ()));
    // The second batch of an office that cut the same entries otherwise; all of it is signed, and its hashes are right.
    for (sizes, expected) in [
        ([10, 10], None),
        ([12, 8], Some("BATCH_RANGE batch/001")),
        ([8, 12], Some("BATCH_RANGE batch/001")),
        // It ends beyond the head: nobody would ever come to its end.
        ([10, 25], Some("BATCH_RANGE batch/001")),
        // It is in its place, and the next one is not.
        ([10, 5], Some("BATCH_RANGE batch/002")),
        ([10, 15], Some("BATCH_RANGE batch/002")),
    ] {
        let other = cut(&sizes).disk.files()["ledger/batch/001"].clone();
        let disk = with(&files, "ledger/batch/001", Some(other));
        for trust in [None, Some(&trust)] {
            let found = told(&audit(&disk, trust, &AuditOptions::default()));
            assert_eq!(found, Vec::from_iter(expected), "{sizes:?}");
        }
    }
}

#[test]
fn a_batch_of_another_ledger_is_none_of_this_one() {
    let house = cut(&[10, 10, 10]);
    let (file, trust) = (batch_of(&house, 1), house.trust(|_| ()));
    let checkpoint = of_other(file.checkpoint_note(), &house.office.ledger);
    let notes = file.notes().iter().map(|(_, note)| of_other(note, &house.office.batch)).collect();
    let other = BatchFile::new(1, 10, checkpoint, notes).unwrap().encode();
    let disk = with(&house.disk.files(), "ledger/batch/001", Some(other.into_bytes()));
    for trust in [None, Some(&trust)] {
        let report = audit(&disk, trust, &AuditOptions::default());
        assert_eq!(told(&report), ["BATCH_BAD batch/001"]);
        assert!(report.findings[0].message(Lang::En).contains(OTHER), "{}", report.findings[0]);
    }
}

#[test]
fn a_cosignature_that_does_not_verify_spoils_a_batch() {
    let house = dated(&[0, 60, 120]);
    let (trust, head) = (trusting(&house, |_| ()), head_of(&house, 1));
    let found = |line, trust| {
        let note = head.clone().with_signature(line).unwrap();
        let disk = with(&house.disk.files(), "ledger/batch/001", Some(batch_with(&house, 1, note)));
        told(&audit(&disk, trust, &AuditOptions::default()))
    };
    let (good, bad) = (cosignature(&head, BEGIN + 70), cosignature(&head_of(&house, 0), BEGIN + 70));
    assert_eq!(found(good, Some(&trust)), Vec::<String>::new());
    assert_eq!(found(bad.clone(), Some(&trust)), ["SIG_BAD batch/001"]);
    assert_eq!(found(bad, None), Vec::<String>::new());
}

#[test]
fn evidence_is_not_held_against_a_batch_of_another_number() {
    let house = dated(&[0, 60, 120]);
    let trust = trusting(&house, |_| ());
    let files = house.disk.files();
    let disk = with(&files, "ledger/batch/001", Some(files["ledger/batch/002"].clone()));
    disk.damage("ledger/cosigned/000", Some(cosign(&head_of(&house, 1), BEGIN + 70)));
    let report = report(&disk, &trust);
    // Whether a batch ends where the witness says can't be told, so it is neither found nor counted.
    assert_eq!((told(&report), report.looked.cosigned), (vec!["BATCH_BAD batch/001".to_owned()], 0));
}
