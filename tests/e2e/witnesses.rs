//! Two real instances witness each other, with the real programs: certificates rise to L3, whichever is killed at
//! whatever moment; no two cosignatures contradict each other; one that is wiped and put back signs nothing until it is
//! told what it signed; and a copy of an office that goes another way is stopped, caught and proven.
//!
//! ```text
//! a ⇄ b     each the witness of the other, over plain HTTP to 127.0.0.1 as the settings allow
//! a → a'    a copy with the same keys signs another batch: b keeps the proof, a' stops
//! b → b'    restored from a backup: asleep until `witness b wake`
//! ```
//!
//! `XINZHENG_KILLS` says how often one is killed at a moment chosen by `XINZHENG_SEED`: a tenth of it, at least 6.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use e2e::instance::{Instance, PATIENCE, copy, text};
use e2e::mutate::Dice;
use e2e::programs::{run, run_json, said, xinzheng, xinzheng_verify};
use e2e::{documents, ledger};
use serde_json::Value;
use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::hash::{self, Hash};
use verifier::key::VerifierKey;

/// How often one of the two is killed, between batches.
const KILLS: u64 = 4;
/// Documents of one round of kills; a later round begins where no other did.
const ROUND: u32 = 1_000;

#[test]
fn two_instances_witness_each_other_and_a_fork_is_caught() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut a, mut b) = (Instance::new(folder.path(), "a"), Instance::new(folder.path(), "b"));
    a.knows(&b);
    b.knows(&a);
    a.serve();
    b.serve();
    let (first, second) = (a.submit(1), b.submit(1));
    a.rises(&first);
    b.rises(&second);

    // Killed at whatever moment and started again, each catches up with the other.
    for kill in 0..KILLS {
        let n = 10 + u32::try_from(kill).unwrap_or(0);
        let (mine, yours) = (a.submit(n), b.submit(n));
        std::thread::sleep(Duration::from_millis(37 * kill));
        if kill % 2 == 0 {
            a.kill()
        } else {
            b.kill()
        };
        if kill % 2 == 0 {
            a.serve()
        } else {
            b.serve()
        };
        a.rises(&mine);
        b.rises(&yours);
    }

    // A copy of a with its keys, from which another batch is signed.
    a.kill();
    copy(&folder.path().join("a"), &folder.path().join("copy"));
    a.serve();
    let mut next = 30;
    // At a power of two a proof of consistency does not tell where it leads from.
    let seen = loop {
        let honest = a.submit(next);
        a.rises(&honest);
        next += 1;
        let seen = b.seen_of(&a);
        if !seen.is_power_of_two() {
            break seen;
        }
    };
    a.kill();
    std::fs::rename(folder.path().join("a"), folder.path().join("honest")).expect("a name");
    std::fs::rename(folder.path().join("copy"), folder.path().join("a")).expect("a name");
    for n in 100.. {
        let file = a.at("other.json");
        std::fs::write(&file, documents::commitment(n)).expect("a document");
        let said = run_json(xinzheng().args(["submit", &a.dir(), &file, "--json"]));
        if said["accepted"][0]["index"].as_u64().expect("an index") + 1 >= seen {
            break;
        }
    }
    a.serve();
    // It stops by itself as soon as b shows what it has seen.
    let began = Instant::now();
    let ended = loop {
        let child = a.server.as_mut().expect("a server");
        if let Some(status) = child.try_wait().expect("its state") {
            break status;
        }
        assert!(began.elapsed() < PATIENCE, "the copy serves on");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(!ended.success(), "{ended}");
    let shown = run_json(xinzheng().args(["witness", &b.dir(), "list", "--json"]));
    assert_eq!(text(&shown["forks"][0]["origin"]), "a.example.gov.cn/ledger", "{shown}");
    // Anybody can check the proof, with the bundle alone.
    let proof = format!("{}/{}", b.dir(), text(&shown["forks"][0]["file"]));
    let bundle = a.at("a.xzt");
    let said = run(xinzheng_verify(folder.path()).args(["--trust", &bundle, "--json", &proof]));
    assert_eq!(said.code, Some(1), "{said}");
    let fork = said.json()["forks"][0].clone();
    assert_eq!(
        (text(&fork["code"]).as_str(), &fork["proven"]),
        ("LEDGER_FORKED", &Value::Bool(true)),
        "{said}"
    );
    assert_ne!(fork["heads"][0]["root"], fork["heads"][1]["root"]);

    b.kill();
    for dir in ["b", "honest"] {
        let audited = run(xinzheng().args(["audit", &a.at(dir), "--json"]));
        assert_eq!(audited.code, Some(0), "{dir}: {audited}");
    }
}

/// Heads of one ledger that one witness cosigned, by size.
#[derive(Default)]
struct Cosigned(BTreeMap<u64, Hash>);

impl Cosigned {
    /// Takes in a checkpoint that bears the witness's signature; nothing else may stand where one is published.
    fn saw(&mut self, text: &str, witness: &VerifierKey) {
        let (head, note) = Checkpoint::parse_note(text).expect("a checkpoint");
        let mut lines = note.signatures().iter();
        if lines.any(|line| cosignature::verify(witness, line, note.text()).is_ok()) {
            let before = self.0.insert(head.size(), *head.root());
            assert!(before.is_none_or(|root| root == *head.root()), "two roots of size {}", head.size());
        }
    }

    /// What a witness shows as the last head that it cosigned, and what the ledger has published.
    fn look(&mut self, witness: &Instance, of: &Instance, key: &VerifierKey) {
        let origin = format!("{}.example.gov.cn/ledger", of.name);
        let name = verifier::row::hex(&hash::sha256(&[origin.as_bytes()]));
        if let (200, shown) = witness.get(&format!("/witness/{name}/checkpoint")) {
            self.saw(&String::from_utf8(shown).expect("a checkpoint"), key);
        }
        let published = format!("{}/ledger/cosigned", of.dir());
        for (_, bytes) in ledger::files(Path::new(&published)) {
            self.saw(&String::from_utf8(bytes).expect("a checkpoint"), key);
        }
    }

    /// All of them lie in the tree that the ledger has become.
    fn fits(&self, of: &Instance) {
        let leaves = ledger::leaves(Path::new(&format!("{}/ledger", of.dir())));
        for (size, root) in &self.0 {
            let beginning = &leaves[..usize::try_from(*size).expect("a size")];
            assert_eq!(ledger::root(beginning), *root, "{} at {size}", of.name);
        }
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}

#[test]
fn killed_at_any_moment_no_two_cosignatures_contradict_each_other() {
    let (kills, seed) = ((number("XINZHENG_KILLS", 20) / 10).max(6), number("XINZHENG_SEED", 20_261_122));
    println!("{kills} kills, seed {seed}");
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let mut both = [Instance::new(folder.path(), "a"), Instance::new(folder.path(), "b")];
    both[0].knows(&both[1]);
    both[1].knows(&both[0]);
    let keys = [0, 1].map(|n| VerifierKey::parse(&both[n].keys().1).expect("a witness key"));
    both.iter_mut().for_each(Instance::serve);
    let mut cosigned: [Cosigned; 2] = Default::default();
    let mut acknowledged: [Vec<String>; 2] = Default::default();
    for kill in 0..u32::try_from(kills).expect("a number") {
        // Documents are on their way at both while one is killed: in a submission, a seal, a cosignature, or between.
        let mut on_the_way = Vec::new();
        for (n, instance) in both.iter().enumerate() {
            for part in 0..3 {
                let file = instance.at(&format!("{}-{kill}-{part}.json", instance.name));
                std::fs::write(&file, documents::commitment(ROUND * (kill + 1) + part)).expect("a document");
                let mut command = xinzheng();
                command.args(["submit", &instance.dir(), &file, "--json"]);
                let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a program");
                on_the_way.push((n, child));
            }
        }
        std::thread::sleep(Duration::from_micros(dice.below(700_000) as u64));
        let victim = dice.below(2);
        both[victim].kill();
        for (n, child) in on_the_way {
            let said = said(&child.wait_with_output().expect("its end"));
            let answer: Option<Value> = serde_json::from_str(&said.out).ok();
            let number = answer.as_ref().and_then(|answer| answer["accepted"][0]["number"].as_str());
            acknowledged[n].extend(number.filter(|_| said.code == Some(0)).map(str::to_string));
        }
        if dice.below(3) == 0 {
            // The start is killed, too.
            both[victim].serve();
            std::thread::sleep(Duration::from_micros(dice.below(100_000) as u64));
            both[victim].kill();
        }
        both[victim].serve();
        for n in [0, 1] {
            cosigned[n].look(&both[1 - n], &both[n], &keys[1 - n]);
        }
    }
    // In the end each catches up with the other, and everything that was ever promised rises.
    for n in [0, 1] {
        let last = both[n].submit(900_000);
        both[n].rises(&last);
        assert!(!acknowledged[n].is_empty(), "no submission got through");
        acknowledged[n].iter().for_each(|number| both[n].rises(number));
        cosigned[n].look(&both[1 - n], &both[n], &keys[1 - n]);
    }
    both.iter_mut().for_each(Instance::kill);
    for n in [0, 1] {
        assert!(cosigned[n].0.len() > 1, "{:?}", cosigned[n].0.keys());
        cosigned[n].fits(&both[n]);
        let audited = run(xinzheng().args(["audit", &both[n].dir(), "--json"]));
        assert_eq!(audited.code, Some(0), "{audited}");
        let shown = run_json(xinzheng().args(["witness", &both[n].dir(), "list", "--json"]));
        assert_eq!(shown["forks"], serde_json::json!([]), "{shown}");
    }
}

#[test]
fn a_witness_put_back_from_a_backup_waits_to_be_told_what_it_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut a, mut b) = (Instance::new(folder.path(), "a"), Instance::new(folder.path(), "b"));
    a.knows(&b);
    b.knows(&a);
    a.serve();
    b.serve();
    let (first, second) = (a.submit(1), b.submit(1));
    a.rises(&first);
    b.rises(&second);
    let old = b.at("old");
    run_json(xinzheng().args(["backup", &b.dir(), &old, "--json"]));
    let later = a.submit(2);
    a.rises(&later);
    let seen = b.seen_of(&a);

    // Wiped, and put back: what it knows of its own ledger is the newest, what it knows of a's is not.
    let (_, own) = b.get("/ledger/checkpoint");
    let checkpoint = b.at("own");
    std::fs::write(&checkpoint, own).expect("a checkpoint");
    b.kill();
    std::fs::remove_dir_all(b.dir()).expect("a folder that is gone");
    let restored = run(xinzheng().args(["restore", &old, &b.dir(), "--checkpoint", &checkpoint]));
    assert_eq!(restored.code, Some(0), "{restored}");
    assert!(restored.out.contains("wake"), "{restored}");
    b.serve();
    let listed = run_json(xinzheng().args(["witness", &b.dir(), "list", "--json"]));
    assert_eq!(listed["ledgers"][0]["asleep"], Value::Bool(true), "{listed}");
    assert!(listed["ledgers"][0]["size"].as_u64().expect("a size") < seen, "it has forgotten");
    let waits = a.submit(3);
    let began = Instant::now();
    let failed =
        "xinzheng_witness_failures_total{witness=\"b.example.gov.cn/ledger/witness\",kind=\"refused-503\"}";
    while !String::from_utf8_lossy(&a.get("/metrics").1).contains(failed) {
        assert!(began.elapsed() < PATIENCE, "a asks b");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(a.level(&waits) < 3);
    assert!(String::from_utf8_lossy(&b.get("/metrics").1).contains("xinzheng_witness_asleep_ledgers 1"));

    // Neither a head that it did not sign nor an older one wakes it; what a has published with its signature does.
    let wake = |files: &[&str]| {
        run(xinzheng()
            .args(["witness", &b.dir(), "wake", "a.example.gov.cn/ledger"])
            .args(files)
            .arg("--json"))
    };
    let published = ledger::files(Path::new(&format!("{}/ledger/cosigned", a.dir())));
    let mut heads: Vec<(u64, String)> = published
        .iter()
        .map(|(path, text)| {
            let text = String::from_utf8_lossy(text);
            (Checkpoint::parse_note(&text).expect("a checkpoint").0.size(), path.display().to_string())
        })
        .collect();
    heads.sort();
    let (newest, oldest) = (heads.last().expect("a head").clone(), heads.first().expect("a head").clone());
    assert!(newest.0 >= seen && oldest.0 < newest.0, "{heads:?}");
    let unsigned = a.at("unsigned");
    std::fs::write(&unsigned, std::fs::read(format!("{}/ledger/checkpoint", a.dir())).expect("a checkpoint"))
        .expect("a file");
    for bad in [[unsigned.as_str()], [checkpoint.as_str()]] {
        let refused = wake(&bad);
        assert_eq!(text(&refused.json()["error"]["code"]), "WITNESS_HEAD", "{refused}");
    }
    let woken = wake(&[&oldest.1, &newest.1]);
    assert_eq!(woken.code, Some(0), "{woken}");
    assert_eq!(woken.json()["ledgers"][0]["asleep"], Value::Bool(false), "{woken}");
    a.rises(&waits);
    assert!(b.seen_of(&a) > seen);
    a.kill();
    b.kill();
    for instance in [&a, &b] {
        let audited = run(xinzheng().args(["audit", &instance.dir(), "--json"]));
        assert_eq!(audited.code, Some(0), "{audited}");
    }
}
