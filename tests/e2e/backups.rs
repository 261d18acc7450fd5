//! Backups while programs write at the HTTP door, with the real programs, many times: everything that was acknowledged before a
//! backup began is in it with its certificate, nothing is half, and a state older than what was published is refused.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use e2e::documents;
use e2e::programs::{Said, run, run_json, xinzheng};

use crate::api::House;

/// Backups of one office while it is written to.
const BACKUPS: usize = 5;
/// Programs that submit side by side.
const WRITERS: u32 = 4;
/// Documents that a writer submits, at most: a slow disk would have each backup find more than the one before.
const EACH: u32 = 400;

#[test]
fn a_backup_under_load_has_all_that_was_acknowledged_before_it_and_nothing_half() {
    let house = House::new();
    let server = house.serve();
    let acknowledged = Mutex::new(BTreeSet::new());
    let (over, next) = (AtomicBool::new(false), AtomicU32::new(0));
    let published = house.at("checkpoint");
    let mut before: Vec<BTreeSet<String>> = Vec::new();
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (server, acknowledged, over, next) = (&server, &acknowledged, &over, &next);
            scope.spawn(move || {
                for _ in 0..EACH {
                    if over.load(Ordering::Relaxed) {
                        return;
                    }
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    // Some wait for the seal, some only for what is promised at once.
                    let wait = if (n + writer) % 3 == 0 { "accepted" } else { "sealed" };
                    let answer = server.submit(&documents::commitment(n), wait);
                    assert!([201, 202].contains(&answer.status), "{answer}");
                    let number = answer.json()["number"].as_str().expect("a number").to_string();
                    acknowledged.lock().expect("nobody failed").insert(number);
                }
            });
        }
        for n in 0..BACKUPS {
            // A few more each time.
            let enough = (n + 1) * 8;
            while acknowledged.lock().expect("nobody failed").len() < enough {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            before.push(acknowledged.lock().expect("nobody failed").clone());
            let to = house.at(&format!("backup-{n}"));
            run_json(xinzheng().arg("backup").arg(house.at("office")).arg(&to).arg("--json"));
        }
        over.store(true, Ordering::Relaxed);
    });
    let after = acknowledged.into_inner().expect("nobody failed");
    // One more, so that the newest checkpoint is later than every backup.
    assert_eq!(server.submit(&documents::commitment(900_000), "sealed").status, 201);
    let checkpoint = server.get("/ledger/checkpoint");
    std::fs::write(&published, &checkpoint.body).expect("a checkpoint");
    server.stop();
    for (n, before) in before.iter().enumerate() {
        assert!(before.is_subset(&after));
        let (from, to) = (house.at(&format!("backup-{n}")), house.at(&format!("restored-{n}")));
        let restore = |more: &[&str]| -> Said {
            run(xinzheng().arg("restore").arg(&from).arg(&to).args(more).arg("--json"))
        };
        let refused = restore(&["--checkpoint", &published.display().to_string()]);
        assert_eq!(refused.json()["error"]["code"], "BACKUP_OLDER", "{refused}");
        assert!(!to.exists(), "nothing is left of a refusal");
        let done = restore(&["--nothing-published-since"]);
        assert_eq!(done.code, Some(0), "{done}");
        let audit = || run(xinzheng().arg("audit").arg(&to).arg("--json"));
        let said = audit();
        assert_eq!((said.code, said.json()["verdict"].as_str()), (Some(0), Some("clean")), "{n}: {said}");
        // What was accepted and not sealed yet is sealed now; then each has its certificate.
        run_json(xinzheng().arg("seal").arg(&to).arg("--json"));
        let out = house.at(&format!("out-{n}"));
        for number in before {
            let said =
                run(xinzheng().arg("certificate").arg(&to).arg(number).arg("--out").arg(&out).arg("--json"));
            assert_eq!(said.code, Some(0), "backup {n} lacks {number}: {said}");
        }
        let said = audit();
        assert_eq!(said.code, Some(0), "{n}: {said}");
    }
}
