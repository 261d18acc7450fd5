//! Every parser against seeded mutations of the vectors, on a stable compiler. The same targets run under libFuzzer,
//! see `verifier/fuzz/README.md`.
//!
//! `XINZHENG_FUZZ_ROUNDS` sets how many inputs each target gets: 20,000 without it, a million in `tests/run`.
//! A failure prints the input. The same rounds make the same inputs, so a failure repeats.

use e2e::mutate::{Mutator, rounds};
use e2e::targets::notary as office;
use e2e::targets::verifier as targets;
use e2e::{paths, seeds};
use std::collections::BTreeSet;

#[test]
fn note() {
    fuzz("note", targets::note);
}

#[test]
fn checkpoint() {
    fuzz("checkpoint", targets::checkpoint);
}

#[test]
fn tile_path() {
    fuzz("tile_path", targets::tile_path);
}

#[test]
fn json() {
    fuzz("json", targets::json);
}

#[test]
fn core() {
    fuzz("core", targets::core);
}

#[test]
fn disclosure() {
    fuzz("disclosure", targets::disclosure);
}

#[test]
fn trust_bundle() {
    fuzz("trust_bundle", targets::trust_bundle);
}

#[test]
fn status_index() {
    fuzz("status_index", targets::status_index);
}

#[test]
fn status_list() {
    fuzz("status_list", targets::status_list);
}

#[test]
fn tlog_proof() {
    fuzz("tlog_proof", targets::tlog_proof);
}

#[test]
fn witness_request() {
    fuzz("witness_request", targets::witness_request);
}

#[test]
fn misbehaviour() {
    fuzz("misbehaviour", targets::misbehaviour);
}

#[test]
fn anchor() {
    fuzz("anchor", targets::anchor);
}

#[test]
fn timestamp() {
    fuzz("timestamp", targets::timestamp);
}

#[test]
fn evm() {
    fuzz("evm", targets::evm);
}

#[test]
fn batch_file() {
    fuzz("batch_file", targets::batch_file);
}

#[test]
fn qr_text() {
    fuzz("qr_text", targets::qr_text);
}

#[test]
fn qr_payload() {
    fuzz("qr_payload", targets::qr_payload);
}

#[test]
fn certificate() {
    fuzz("certificate", targets::certificate);
}

#[test]
fn pdf() {
    fuzz("pdf", targets::pdf);
}

#[test]
fn document_json() {
    fuzz("document_json", office::document_json);
}

/// A target that only one kind of fuzzing knows would be forgotten.
#[test]
fn both_kinds_of_fuzzing_know_the_same_targets() {
    let known: BTreeSet<String> = seeds::TARGETS.iter().map(|t| t.0.to_owned()).collect();
    let mut files = BTreeSet::new();
    let mut manifests = String::new();
    for fuzz in ["verifier/fuzz", "notary/fuzz"] {
        let prefix = format!("{fuzz}/fuzz_targets/");
        let tracked = paths::tracked();
        let named = tracked.iter().filter_map(|f| f.strip_prefix(&prefix)?.strip_suffix(".rs"));
        files.extend(named.map(str::to_owned));
        if tracked.iter().any(|f| f.starts_with(&prefix)) {
            manifests += &paths::read(&format!("{fuzz}/Cargo.toml"));
        }
    }
    assert_eq!(files, known);
    for name in &known {
        assert!(manifests.contains(&format!("name = \"{name}\"\n")), "no [[bin]] for {name}");
        let here = paths::read("tests/e2e/fuzz.rs");
        assert!(here.contains(&format!("fuzz(\"{name}\", ")), "no test for {name}");
    }
}

/// Mutates seeds and hands the results to `target`, which panics where a promise is broken.
fn fuzz(name: &str, target: fn(&[u8]) -> bool) {
    for (n, seed) in seeds::own(name).iter().enumerate() {
        assert!(target(seed), "{name} does not read its own seed {n}");
    }
    let seeds = seeds::seeds(name);
    let good = seeds.iter().filter(|s| target(s)).count();
    assert!(good > 0, "{name} reads none of its {} seeds", seeds.len());
    let count = seeds.len();
    let mut mutator = Mutator::new(count as u64, seeds, seeds::tokens());
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
    println!("{name}: {count} seeds, {good} of them read; {rounds} inputs, {read} of them read");
    assert!(read > 0, "no mutation got through: the seeds or the target have lost touch");
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
