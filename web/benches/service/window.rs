//! The window: verification by code at a steady rate, while documents are being submitted.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use verifier::number::WindowCode;

use super::client::Client;
use super::desk::Desk;
use super::{per_mille, row};

/// Requests a second.
const RATE: usize = 100;
const SECONDS: usize = 15;
/// Connections that share them.
const WINDOWS: usize = 8;
/// Certificates that are asked for in turn.
const CERTIFICATES: usize = 4_000;
/// Connections that submit, each one document after the other.
const SUBMITTERS: usize = 4;

pub fn run() {
    let desk = Desk::new(200);
    let codes: Vec<Vec<u8>> = desk
        .fill(CERTIFICATES)
        .iter()
        .map(|accepted| {
            let code = WindowCode::new(accepted.number, accepted.check_code);
            let body = format!("{{\"text\":\"{code}\"}}");
            let head = "POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
            format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
        })
        .collect();
    let mut alone = asked(&desk, &codes, 0).0;
    let (mut times, submitted) = asked(&desk, &codes, SUBMITTERS);
    let (p50, p99) = (per_mille(&mut times, 500), per_mille(&mut times, 990));
    let (alone50, alone99) = (per_mille(&mut alone, 500), per_mille(&mut alone, 990));
    row(
        &format!(
            "window: verification by code, {RATE} requests/s, {:.0} documents/s submitted meanwhile",
            submitted as f64 / SECONDS as f64
        ),
        &format!("p50 {p50:.2?}, p99 {p99:.2?}"),
        &format!("nothing submitted: p50 {alone50:.2?}, p99 {alone99:.2?}"),
        Some(p99.as_secs_f64() / alone99.as_secs_f64()),
        "p99 ≤ 50 ms",
    );
}

/// Times from when each request was due, so that a stall counts for all that it delays; and the documents submitted.
fn asked(desk: &Desk, codes: &[Vec<u8>], submitters: usize) -> (Vec<Duration>, usize) {
    let (over, submitted) = (AtomicBool::new(false), AtomicUsize::new(0));
    let (next, times) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..submitters {
            scope.spawn(|| {
                let mut client = Client::new(desk.at);
                while !over.load(Ordering::Relaxed) {
                    assert_eq!(client.ask(&desk.submission()).0, 201);
                    submitted.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let windows: Vec<_> = (0..WINDOWS)
            .map(|_| {
                scope.spawn(|| {
                    let mut client = Client::new(desk.at);
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= RATE * SECONDS {
                            break;
                        }
                        let due = start + Duration::from_secs(1) * n as u32 / RATE as u32;
                        thread::sleep(due.saturating_duration_since(Instant::now()));
                        // A step that shares no divisor with their number visits all of them.
                        assert_eq!(client.ask(&codes[n * 1_237 % codes.len()]).0, 200);
                        times.lock().unwrap().push(due.elapsed());
                    }
                })
            })
            .collect();
        windows.into_iter().for_each(|window| window.join().unwrap());
        over.store(true, Ordering::Relaxed);
    });
    (times.into_inner().unwrap(), submitted.into_inner())
}
