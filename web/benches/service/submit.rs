//! Submission with a durable seal: how many a second, and how long one takes.

use std::fs::File;
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::client::Client;
use super::desk::Desk;
use super::{per_mille, postgres, row, timed};

/// Connections that submit at the same time.
const CLIENTS: usize = 256;
/// How long each rate is measured.
const SPAN: Duration = Duration::from_secs(6);
/// Documents one after the other.
const SINGLE: usize = 40;
/// The office's interval, in milliseconds.
const SEAL_MS: u64 = 200;

pub fn run() {
    let desk = Desk::new(SEAL_MS);
    let rate = submitted(&desk);
    let appended = appended(&desk);
    let what =
        format!("submission over HTTP until sealed, {CLIENTS} connections, seal interval {SEAL_MS} ms");
    let measured = format!("{rate:.0}/s");
    let compared = format!("one record appended and flushed (fdatasync) at a time: {appended:.0}/s");
    row(&what, &measured, &compared, Some(rate / appended), "≥ 5");
    for clients in [1, 16] {
        match postgres::inserts(clients, desk.document().as_bytes(), SPAN) {
            Ok(inserts) => {
                let compared =
                    format!("PostgreSQL, single-row inserts by pgbench, {clients} client(s): {inserts:.0}/s");
                row("…", &measured, &compared, Some(rate / inserts), if clients == 1 { "≥ 5" } else { "" });
            }
            Err(why) => row("…", &measured, &format!("PostgreSQL was not measured: {why}"), None, "≥ 5"),
        }
    }
    drop(desk);
    for interval in [20, SEAL_MS] {
        let desk = Desk::new(interval);
        let mut client = Client::new(desk.at);
        let mut times: Vec<Duration> = (0..SINGLE)
            .map(|_| {
                let request = desk.submission();
                let (time, answer) = timed(|| client.ask(&request));
                assert_eq!(answer.0, 201);
                time
            })
            .collect();
        let p50 = per_mille(&mut times, 500);
        row(
            &format!("submission until sealed, one at a time, seal interval {interval} ms"),
            &format!("p50 {p50:.1?}"),
            &format!("the interval: {interval} ms"),
            Some(p50.as_secs_f64() * 1_000.0 / interval as f64),
            "p50 ≤ interval + 20 ms",
        );
    }
}

/// Submissions a second that were answered with a sealed certificate.
fn submitted(desk: &Desk) -> f64 {
    let done = AtomicUsize::new(0);
    let until = Instant::now() + SPAN;
    let (time, ()) = timed(|| {
        thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| {
                    let mut client = Client::new(desk.at);
                    while Instant::now() < until {
                        assert_eq!(client.ask(&desk.submission()).0, 201);
                        done.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
    });
    done.into_inner() as f64 / time.as_secs_f64()
}

/// Records a second, each flushed before the next.
fn appended(desk: &Desk) -> f64 {
    let record = desk.document().into_bytes();
    let mut file = File::create(desk.dir().join("appended")).unwrap();
    let until = Instant::now() + SPAN;
    let mut count = 0_u32;
    let (time, ()) = timed(|| {
        while Instant::now() < until {
            file.write_all(&record).unwrap();
            file.sync_data().unwrap();
            count += 1;
        }
    });
    f64::from(count) / time.as_secs_f64()
}
