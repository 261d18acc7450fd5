//! Files of the ledger, against a handler that says hello and nothing else.

use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};

use actix_web::{App, HttpServer, web};

use super::client::Client;
use super::desk::Desk;
use super::row;

const CLIENTS: usize = 8;
const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_millis(1_000);

pub fn run() {
    let desk = Desk::new(50);
    // A full tile: 256 hashes, 8 KiB.
    desk.fill(512);
    let hello = hello();
    for (path, bytes) in [("/ledger/checkpoint", 0), ("/ledger/tile/0/000", 8_192)] {
        let (mut file, mut bare) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            file.push(rate(desk.at, path, bytes));
            bare.push(rate(hello, "/", 5));
        }
        let (file, bare) = (middle(file), middle(bare));
        row(
            &format!("GET {path}, {CLIENTS} connections"),
            &format!("{file:.0}/s"),
            &format!("bare actix \"hello\": {bare:.0}/s"),
            Some(file / bare),
            "≥ 0.5",
        );
    }
}

/// Requests answered a second.
fn rate(at: SocketAddr, path: &str, least: usize) -> f64 {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes();
    let until = Instant::now() + SPAN;
    let count = |request: &[u8]| {
        let mut client = Client::new(at);
        let mut count = 0_u32;
        while Instant::now() < until {
            let (status, length) = client.ask(request);
            assert!(status == 200 && length >= least);
            count += 1;
        }
        f64::from(count)
    };
    let total: f64 = thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| count(&request))).collect();
        clients.into_iter().map(|client| client.join().unwrap()).sum()
    });
    total / SPAN.as_secs_f64()
}

/// The least that a server can do, with as many threads. It ends with the process.
fn hello() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = || App::new().route("/", web::get().to(async || "hello"));
            HttpServer::new(app).workers(2).disable_signals().listen(listener).unwrap().run().await.unwrap();
        });
    });
    at
}

fn middle(mut rates: Vec<f64>) -> f64 {
    rates.sort_unstable_by(f64::total_cmp);
    rates[rates.len() / 2]
}
