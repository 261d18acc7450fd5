//! Every parser against seeded mutations of the vectors, on a stable compiler. The same targets run under libFuzzer,
//! see `verifier/fuzz/README.md`.
//!
//! `XINZHENG_FUZZ_ROUNDS` sets how many inputs each target gets: 20,000 without it, a million in `tests/run`.
//! A failure prints the input. The same rounds make the same inputs, so a failure repeats.

use e2e::mutate::Mutator;
use e2e::seeds;
use e2e::targets::verifier as targets;

/// The dictionary of both kinds of fuzzing.
const TOKENS: &str = "verifier/fuzz/tokens.dict";

#[test]
fn note() {
    let text = "credit.example.gov.cn/ledger\n41\n4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=\n";
    let note = format!("{text}\n— credit.example.gov.cn/ledger {}\n", verifier::base64::encode(&[7; 68]));
    fuzz(
        targets::note,
        &["note", "notes"],
        &[&note, &format!("{note}— b.example/w {}\n", verifier::base64::encode(&[9; 76]))],
    );
}

#[test]
fn checkpoint() {
    let hash = "4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=";
    let checkpoint = format!("credit.example.gov.cn/ledger\n41\n{hash}\n");
    let batch = format!("credit.example.gov.cn/ledger/batch\n32 41\n{hash}\n1795310130\n");
    let line = format!("\n— credit.example.gov.cn/ledger {}\n", verifier::base64::encode(&[7; 68]));
    let signed = [format!("{checkpoint}{line}"), format!("{batch}{line}")];
    fuzz(
        targets::checkpoint,
        &["note", "notes", "checkpoint"],
        &[&checkpoint, &batch, &signed[0], &signed[1]],
    );
}

#[test]
fn tile_path() {
    let paths = ["tile/0/000", "tile/0/x001/x234/067", "tile/entries/000.p/41", "tile/63/x001/000.p/255"];
    fuzz(targets::tile_path, &["tile", "ledger"], &paths);
}

#[test]
fn json() {
    fuzz(
        targets::json,
        &["json"],
        &[r#"{"a":[1,-2,"文 \"q\" \n",null,true,{"b":{}}],"c":"é"}"#, "[]", "\" \\u00e9\""],
    );
}

/// Mutates seeds and hands the results to `target`, which panics where a promise is broken.
fn fuzz(target: fn(&[u8]) -> bool, folders: &[&str], own: &[&str]) {
    let mut seeds = seeds::from_vectors(folders);
    seeds.extend(own.iter().map(|s| s.as_bytes().to_vec()));
    let good = seeds.iter().filter(|s| target(s)).count();
    assert!(good >= own.len(), "the target reads only {good} of its own {} seeds", own.len());
    let mut mutator = Mutator::new(seeds.len() as u64, seeds, seeds::tokens(TOKENS));
    let (rounds, mut read) = (rounds(), 0u64);
    for _ in 0..rounds {
        let shown = Shown(mutator.next_input());
        let through = target(shown.0);
        drop(shown);
        if through {
            read += 1;
            mutator.keep();
        }
    }
    println!("{rounds} inputs, {read} of them read");
    assert!(read > 0, "no mutation got through: the seeds or the target have lost touch");
}

fn rounds() -> u64 {
    let asked = std::env::var("XINZHENG_FUZZ_ROUNDS").ok();
    asked.map_or(20_000, |n| n.parse().expect("XINZHENG_FUZZ_ROUNDS is a number"))
}

/// Prints the input when the target panics on it.
struct Shown<'a>(&'a [u8]);

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("input, {} bytes, base64:\n{}", self.0.len(), verifier::base64::encode(self.0));
            println!("as text: {}", String::from_utf8_lossy(self.0));
        }
    }
}
