//! An office and its anchors: what is wanted when, what is kept, what certificates carry, crashes at every step.

mod chaos;

use verifier::anchor::{Anchor, AnchorKind, Evidence, Http};
use verifier::certificate::Certificate;

use super::*;
use crate::anchor::{PROGRESS_MAX, Target, Work};

const HOUR: u64 = 3_600;
const DAY: u64 = 86_400;

fn gateway(label: &str) -> Target {
    Target::new(AnchorKind::Http, label).unwrap()
}

/// What a gateway answered at this time.
fn answered(work: &Work, at: Time) -> Anchor {
    let http = Http {
        address: "https://gateway.example/anchor".into(),
        at,
        content_type: "application/json".into(),
        answer: b"{\"height\":41}".to_vec(),
    };
    Anchor::new(work.target().label(), work.head().note.clone(), Evidence::Http(http)).unwrap()
}

fn sealed(office: &Office, sample: usize) -> CertificateNumber {
    let number = office.submit(json(SAMPLES[sample])).unwrap().number;
    office.seal().unwrap();
    number
}

fn wanted(office: &Office, target: &Target) -> Option<Work> {
    office.anchors().wanted(target, HOUR, office.now()).unwrap()
}

fn keep(office: &Office, target: &Target) -> u64 {
    let work = wanted(office, target).unwrap();
    office.anchors().keep(&work, &answered(&work, office.now())).unwrap()
}

fn sizes(certificate: &Certificate) -> Vec<(String, u64)> {
    let of = |anchor: &Anchor| (anchor.label().unwrap().to_string(), anchor.checkpoint().unwrap().size());
    certificate.anchors().iter().map(of).collect()
}

#[test]
fn the_newest_head_is_wanted_at_the_pace_and_certificates_carry_the_earliest_over_them() {
    let desk = Desk::new();
    let office = desk.open();
    let (one, two) = (gateway("one"), gateway("two"));
    assert!(wanted(&office, &one).is_none(), "nothing is sealed");
    let first = sealed(&office, 0);
    assert_eq!(sizes(&office.certificate(&first).unwrap().certificate), []);
    let printed = office.pdf(&first).unwrap();
    assert_eq!(keep(&office, &one), 0);
    assert!(wanted(&office, &one).is_none(), "it is anchored");
    let second = sealed(&office, 1);
    assert!(wanted(&office, &one).is_none(), "not an hour later");
    desk.later(HOUR);
    let third = sealed(&office, 2);
    // One anchor over two batches; another target comes later and covers all with one.
    assert_eq!(keep(&office, &one), 1);
    assert_eq!(keep(&office, &two), 2);
    let carried = |number| sizes(&office.certificate(number).unwrap().certificate);
    let named = |label: &str, size| (label.to_string(), size);
    assert_eq!(carried(&first), [named("one", 2), named("two", 4)]);
    assert_eq!(carried(&second), [named("one", 4), named("two", 4)]);
    assert_eq!(carried(&third), [named("one", 4), named("two", 4)]);
    for number in [&first, &second, &third] {
        let issued = office.certificate(number).unwrap();
        // The path of each leads from the entry to its checkpoint, and the file is read again as it was written.
        for anchor in issued.certificate.anchors() {
            let entry = office.proof(number).unwrap().entry;
            let leaf = verifier::hash::leaf_hash(entry.as_bytes());
            let checkpoint = anchor.checkpoint().unwrap();
            verifier::merkle::verify_inclusion(
                &leaf,
                issued.certificate.index(),
                verifier::merkle::Subtree::whole(checkpoint.size()),
                anchor.path().unwrap(),
                checkpoint.root(),
            )
            .unwrap();
        }
        assert_eq!(Certificate::parse(&issued.certificate.encode()).unwrap(), issued.certificate);
    }
    assert_eq!(office.pdf(&first).unwrap(), printed, "what was printed stays as it was");
    assert_eq!(findings(&desk), []);

    // A restart knows all of it, from the files alone.
    let before = office.certificate(&first).unwrap().certificate;
    drop(office);
    let office = desk.open();
    assert_eq!(office.certificate(&first).unwrap().certificate, before);
    assert_eq!((office.anchors().count(), office.anchors().last(&one).unwrap().n), (3, 1));
    assert!(office.anchors().show(2).unwrap().path().is_none());
    assert_eq!(office.anchors().show(3).unwrap_err().code(), RefusalCode::AnchorUnknown);
}

#[test]
fn an_outage_of_days_ends_with_one_anchor_of_the_newest_head() {
    let desk = Desk::new();
    let office = desk.open();
    let target = gateway("one");
    for (day, sample) in [(0, 0), (1, 1), (2, 2)] {
        sealed(&office, sample);
        desk.later(DAY);
        assert_eq!(wanted(&office, &target).unwrap().head().checkpoint.size(), 2 + day);
    }
    keep(&office, &target);
    assert!(wanted(&office, &target).is_none());
    assert_eq!((office.anchors().count(), office.anchors().last(&target).unwrap().size), (1, 4));
}

#[test]
fn what_a_target_owes_is_as_old_after_a_start_as_before() {
    let desk = Desk::new();
    let office = desk.open();
    let target = gateway("a");
    sealed(&office, 0);
    assert_eq!(office.anchors().owed_since(&target, 60).unwrap(), None, "it never gave one");
    keep(&office, &target);
    let last = office.anchors().last(&target).unwrap().time;
    assert_eq!(office.anchors().owed_since(&target, 60).unwrap(), None, "it has the newest head");
    desk.later(DAY);
    let closed = office.now();
    sealed(&office, 1);
    desk.later(DAY);
    sealed(&office, 2);
    let owed = |office: &Office, pace| office.anchors().owed_since(&target, pace).unwrap();
    assert_eq!(owed(&office, 60), Some(closed), "the first batch that it lacks");
    assert_eq!(owed(&office, 3 * DAY), Some(last.saturating_add(3 * DAY)), "at its pace");
    drop(office);
    assert_eq!(owed(&desk.open(), 60), Some(closed));
}

#[test]
fn what_is_not_of_the_work_is_not_kept() {
    let desk = Desk::new();
    let office = desk.open();
    sealed(&office, 0);
    let target = gateway("one");
    let old = wanted(&office, &target).unwrap();
    desk.later(HOUR);
    sealed(&office, 1);
    let work = wanted(&office, &target).unwrap();
    let now = office.now();
    let unsigned =
        Anchor::new("two", work.head().note.clone(), answered(&work, now).evidence().unwrap().clone());
    for bad in [
        answered(&old, now),
        unsigned.unwrap(),
        answered(&work, now.saturating_add(HOUR)),
        answered(&work, Time::new(now.seconds() - HOUR).unwrap()),
    ] {
        let refusal = office.anchors().keep(&work, &bad).unwrap_err();
        assert_eq!(refusal.code(), RefusalCode::AnchorBad, "{refusal}");
    }
    assert_eq!(office.anchors().count(), 0);
    assert_eq!(
        std::fs::read_dir(desk.path().join("ledger"))
            .unwrap()
            .filter(|e| { e.as_ref().unwrap().file_name() == "anchors" })
            .count(),
        0
    );
    // With a path it is kept without one.
    let with = answered(&work, now).with_path(Vec::new()).unwrap();
    office.anchors().keep(&work, &with).unwrap();
    assert!(office.anchors().show(0).unwrap().path().is_none());
}

#[test]
fn progress_is_there_again_after_a_restart_and_goes_with_its_end() {
    let desk = Desk::new();
    let target = gateway("one");
    let office = desk.open();
    sealed(&office, 0);
    let work = wanted(&office, &target).unwrap();
    let long = office.anchors().note_progress(&work, vec![0; PROGRESS_MAX + 1]).unwrap_err();
    assert_eq!(long.code(), RefusalCode::AnchorProgress);
    office.anchors().note_progress(&work, b"first".to_vec()).unwrap();
    office.anchors().note_progress(&work, b"second".to_vec()).unwrap();
    desk.later(HOUR);
    sealed(&office, 1);
    drop(office);

    // The same checkpoint with what was noted last, though there is a newer head.
    let office = desk.open();
    let again = wanted(&office, &target).unwrap();
    assert_eq!(
        (again.head().note.clone(), again.progress()),
        (work.head().note.clone(), Some(&b"second"[..]))
    );
    assert!(wanted(&office, &gateway("two")).unwrap().progress().is_none());
    office.anchors().keep(&again, &answered(&again, office.now())).unwrap();
    assert!(!desk.path().join("anchor/http-one").exists());
    // The same anchor again is the one that is kept.
    assert_eq!(office.anchors().keep(&again, &answered(&again, office.now())).unwrap(), 0);
    desk.later(HOUR);
    let next = wanted(&office, &target).unwrap();
    assert_eq!((next.head().checkpoint.size(), next.progress()), (3, None));

    // What can't come to an end is given up.
    office.anchors().note_progress(&next, b"lost".to_vec()).unwrap();
    office.anchors().give_up(&target).unwrap();
    assert!(wanted(&office, &target).unwrap().progress().is_none());
    drop(office);

    // Damage stops this target and nothing else, and is not written over.
    for (bytes, at) in [(&b"{}"[..], "anchor/http-one"), (&[b'x'; 1 << 20][..], "anchor/http-one")] {
        std::fs::create_dir_all(desk.path().join("anchor")).unwrap();
        std::fs::write(desk.path().join("anchor/http-one"), bytes).unwrap();
        let office = desk.open();
        let refusal = office.anchors().wanted(&target, HOUR, office.now()).unwrap_err();
        assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::AnchorWorkDamaged, at));
        assert!(wanted(&office, &gateway("two")).is_some());
        assert_eq!(std::fs::read(desk.path().join("anchor/http-one")).unwrap(), bytes);
    }
}

#[test]
fn a_disk_that_fails_anywhere_loses_no_progress_and_keeps_no_anchor_twice() {
    for failure in [Failure::Lost, Failure::Persisted] {
        for at in 1.. {
            let desk = Desk::new();
            let target = gateway("one");
            {
                let office = desk.open();
                sealed(&office, 0);
            }
            let disk = Arc::new(FailingDisk::new(RealDisk::open(&desk.path()).unwrap(), at, failure));
            let (mut noted, mut kept) = (false, false);
            {
                let office =
                    Office::open_on(&desk.path(), disk.clone(), &passphrase(), desk.options()).unwrap();
                let work = wanted(&office, &target).unwrap();
                noted |= office.anchors().note_progress(&work, b"sent".to_vec()).is_ok();
                if noted {
                    kept |= office.anchors().keep(&work, &answered(&work, office.now())).is_ok();
                }
                let stopped = disk.changes() >= at;
                assert_eq!(office.summary().stopped, stopped, "{failure:?} at {at}");
            }
            let office = desk.open();
            let work = wanted(&office, &target);
            let files = office.anchors().count();
            assert!(files <= 1 && (!kept || files == 1), "{failure:?} at {at}");
            match files {
                1 => assert!(work.is_none() && !desk.path().join("anchor/http-one").exists()),
                _ => {
                    let work = work.unwrap();
                    assert!(!noted || work.progress() == Some(b"sent"), "{failure:?} at {at}");
                    office.anchors().keep(&work, &answered(&work, office.now())).unwrap();
                }
            }
            assert_eq!(findings(&desk), []);
            if kept && disk.changes() < at {
                break;
            }
            assert!(at < 20);
        }
    }
}

#[test]
fn a_journal_behind_an_anchor_is_an_older_copy() {
    let desk = Desk::new();
    let office = desk.open();
    sealed(&office, 0);
    drop(office);
    let old = tempfile::tempdir().unwrap();
    for name in ["journal", "ledger"] {
        copied(&desk.path().join(name), &old.path().join(name));
    }
    let office = desk.open();
    sealed(&office, 1);
    keep(&office, &gateway("one"));
    drop(office);
    for name in ["journal", "ledger"] {
        if name == "journal" {
            std::fs::remove_dir_all(desk.path().join(name)).unwrap();
        }
        copied(&old.path().join(name), &desk.path().join(name));
    }
    let refused = Office::open(&desk.path(), &passphrase(), desk.options()).err().unwrap();
    assert_eq!(refused.code(), RefusalCode::JournalBehind);
}

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copied(&entry.path(), &to),
            false => drop(std::fs::copy(entry.path(), to).unwrap()),
        }
    }
}
