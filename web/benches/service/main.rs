//! Speeds of the running service that were promised, each beside something it is compared with, in one run.
//!
//! ```text
//! cargo bench -p web                     all of them
//! cargo bench -p web -- window render    some
//! ```
//!
//! Server and clients share the machine: the clients' work is in the numbers. Limits of rate are off, everything else is
//! as `serve` has it. Nothing here is a test: a slow machine fails nothing.

mod audit;
mod client;
mod desk;
mod files;
mod postgres;
mod render;
mod submit;
mod window;

use std::time::{Duration, Instant};

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let all: [(&str, fn()); 5] = [
        ("window", window::run),
        ("submit", submit::run),
        ("files", files::run),
        ("render", render::run),
        ("audit", audit::run),
    ];
    println!("| what | measured | compared with | ratio | target |\n| --- | --- | --- | --- | --- |");
    for (name, run) in all {
        if wanted.is_empty() || wanted.iter().any(|w| w == name) {
            run();
        }
    }
}

/// One row of the table.
pub fn row(what: &str, measured: &str, compared: &str, ratio: Option<f64>, target: &str) {
    let ratio = ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
    println!("| {what} | {measured} | {compared} | {ratio} | {target} |");
}

/// How long it takes.
pub fn timed<T>(what: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = what();
    (start.elapsed(), result)
}

/// The time that so many in a thousand do not exceed.
pub fn per_mille(times: &mut [Duration], n: usize) -> Duration {
    times.sort_unstable();
    times[(times.len() * n / 1000).min(times.len() - 1)]
}
