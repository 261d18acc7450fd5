//! Speeds that were promised, each as a ratio of two measurements within one run.
//!
//! ```text
//! cargo bench -p notary                     all of them
//! cargo bench -p notary -- verify witness   some
//! ```
//!
//! A ratio is of medians, both sides taken in turn, so that what else the machine does hits both. `BENCHMARKS.md` has the
//! results. Nothing here is a test: a slow machine fails nothing.

mod audit;
mod cold;
mod paths;
mod seal;
mod verify;
mod witness;

use std::time::{Duration, Instant};

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let all: [(&str, fn()); 6] = [
        ("verify", verify::run),
        ("paths", paths::run),
        ("seal", seal::run),
        ("audit", audit::run),
        ("cold", cold::run),
        ("witness", witness::run),
    ];
    println!("| what | measured | compared with | ratio | target |\n| --- | --- | --- | --- | --- |");
    for (name, run) in all {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            run();
        }
    }
}

/// One row of the table.
pub fn row(what: &str, measured: Duration, with: &str, compared: Duration, ratio: f64, target: &str) {
    println!("| {what} | {measured:.2?} | {with}: {compared:.2?} | {ratio:.2} | {target} |");
}

/// Medians of two things done in turn, so often each.
pub fn in_turn(rounds: usize, mut one: impl FnMut(), mut other: impl FnMut()) -> (Duration, Duration) {
    let mut times = (Vec::with_capacity(rounds), Vec::with_capacity(rounds));
    for _ in 0..rounds {
        times.0.push(timed(&mut one));
        times.1.push(timed(&mut other));
    }
    (median(times.0), median(times.1))
}

/// How long it takes.
pub fn timed(mut what: impl FnMut()) -> Duration {
    let start = Instant::now();
    what();
    start.elapsed()
}

/// The middle one.
pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// How many times the one goes into the other.
pub fn ratio(of: Duration, to: Duration) -> f64 {
    of.as_secs_f64() / to.as_secs_f64()
}
