//! What pages and programs read: batches, entries, certificates by number and check code.

use verifier::number::{CheckCode, WindowCode};

use super::*;

#[test]
fn batches_follow_each_other_and_every_entry_is_proven_under_the_newest_head() {
    let desk = Desk::new();
    let office = desk.open();
    office.seal_all().unwrap();
    for sample in SAMPLES {
        office.submit(json(sample)).unwrap();
        office.seal_all().unwrap();
    }
    let count = office.batch_count();
    let batches = office.batches(0, BATCHES_AT_A_TIME).unwrap();
    assert_eq!(batches.len() as u64, count);
    let mut end = 0;
    for (number, batch) in (0u64..).zip(&batches) {
        assert_eq!((batch.number(), batch.file.start(), batch.before.size), (number, end, end));
        assert!(batch.entries() > 0);
        let alone = office.batch(number).unwrap();
        assert_eq!((alone.file, alone.before), (batch.file.clone(), batch.before));
        end = batch.file.end();
    }
    assert_eq!(end, office.summary().size);
    let newest = batches.last().unwrap();
    assert_eq!(office.batches(count - 1, 5).unwrap()[0].root(), newest.root());
    for index in 0..end {
        let entry = office.entry(index).unwrap();
        assert!((entry.batch.file.start()..entry.batch.file.end()).contains(&index));
        assert_eq!(entry.proof.checkpoint().size(), end);
        let subtree = verifier::merkle::Subtree::whole(end);
        let path = entry.proof.path();
        verifier::merkle::verify_inclusion(&entry.leaf, index, subtree, path, newest.root()).unwrap();
    }
    assert_eq!(office.batch(count).unwrap_err().code(), RefusalCode::BatchUnknown);
    assert_eq!(office.entry(end).unwrap_err().code(), RefusalCode::EntryUnknown);
    assert!(office.batches(count, 5).unwrap().is_empty());
    assert_eq!(office.checkpoint().unwrap().unwrap().text(), newest.file.checkpoint_note().text());
}

#[test]
fn the_newest_lists_are_named() {
    let desk = Desk::new();
    let office = desk.open();
    office.submit(json(SAMPLES[0])).unwrap();
    office.publish_status().unwrap();
    let first = office.newest_lists();
    desk.later(3600);
    office.publish_status().unwrap();
    let second = office.newest_lists();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(second[0].sequence, first[0].sequence + 1);
    let file = office.newest_list_of(0).unwrap();
    assert_eq!(StatusList::parse(file.as_bytes()).unwrap().says().fields().sequence, second[0].sequence);
    let at = |time: Time| {
        let file = office.list_at(0, time).unwrap();
        file.map(|file| StatusList::parse(file.as_bytes()).unwrap().says().fields().sequence)
    };
    assert_eq!(at(second[0].issued), Some(second[0].sequence));
    assert_eq!(at(second[0].issued.saturating_sub(1)), Some(first[0].sequence));
    assert_eq!(at(Time::ZERO), None);
    assert_eq!(office.list_at(7, Time::MAX).unwrap(), None);
    assert!(office.newest_list_of(1).is_none() && office.newest_list_of(u64::MAX).is_none());
}

#[test]
fn a_certificate_is_found_only_by_both_its_numbers() {
    let desk = Desk::new();
    let office = desk.open();
    let nobody = CertificateNumber::with_check("20261122000000000001").unwrap();
    let any = CheckCode::parse("0000000000").unwrap();
    let code = |number, check| WindowCode::new(number, check);
    let refused = |office: &Office, code: WindowCode| office.look_up_certificate(&code).unwrap_err().code();
    assert_eq!(refused(&office, code(nobody, any)), RefusalCode::CertificateUnknown, "an empty office");
    let a = office.submit(json(SAMPLES[0])).unwrap();
    let b = office.submit(json(SAMPLES[1])).unwrap();
    assert_eq!(refused(&office, code(a.number, a.check_code)), RefusalCode::NotSealed);
    assert_eq!(refused(&office, code(a.number, b.check_code)), RefusalCode::CertificateUnknown);
    office.seal_all().unwrap();
    let found = office.look_up_certificate(&code(a.number, a.check_code)).unwrap();
    assert_eq!(found.certificate.core().number(), a.number);
    for wrong in [code(a.number, b.check_code), code(a.number, any), code(nobody, a.check_code)] {
        assert_eq!(refused(&office, wrong), RefusalCode::CertificateUnknown);
    }
    office.erase(&a.number, "到期").unwrap();
    assert_eq!(refused(&office, code(a.number, a.check_code)), RefusalCode::CertificateUnknown, "erased");
}

#[test]
fn whatever_is_said_to_be_sealed_can_be_fetched_at_once() {
    let desk = Desk::new();
    let office = desk.open();
    let sealing = AtomicBool::new(true);
    std::thread::scope(|scope| {
        let (office, sealing) = (&office, &sealing);
        scope.spawn(move || {
            while sealing.load(Ordering::SeqCst) {
                office.seal_all().unwrap();
            }
        });
        let submitters: Vec<_> = (0..4)
            .map(|part| {
                scope.spawn(move || {
                    for n in 0..25 {
                        let submission = Submission {
                            bytes: format!("{part}-{n}").into_bytes(),
                            kind: SubmissionKind::File { name: "a.txt".into(), media_type: None },
                            idempotency_key: None,
                            corrects: None,
                            qr: true,
                        };
                        let number = office.submit(submission).unwrap().number;
                        while office.index_of(&number).unwrap().is_none() {
                            std::thread::yield_now();
                        }
                        assert_eq!(office.certificate(&number).unwrap().certificate.core().number(), number);
                    }
                })
            })
            .collect();
        let ended: Vec<_> = submitters.into_iter().map(|thread| thread.join()).collect();
        sealing.store(false, Ordering::SeqCst);
        assert!(ended.iter().all(Result::is_ok));
    });
}
