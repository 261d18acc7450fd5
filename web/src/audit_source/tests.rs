use super::*;
use crate::outgoing::{OutgoingSettings, PlainHttp};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::AtomicUsize;
use std::thread;

/// How a server behaves towards one path: the n-th request of it, from 0.
type Manner = dyn Fn(&str, usize, &mut TcpStream) + Send + Sync;

/// A server of one request a connection, with what was asked of it.
fn server(manner: Box<Manner>) -> (SocketAddr, Arc<Mutex<BTreeMap<String, usize>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(BTreeMap::new())));
    let (manner, seen): (Arc<Manner>, _) = (Arc::from(manner), Arc::clone(&asked));
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(mut stream), manner, seen) = (stream, Arc::clone(&manner), Arc::clone(&seen)) else {
                return;
            };
            thread::spawn(move || {
                let mut head = [0; 4096];
                let length = stream.read(&mut head).unwrap_or(0);
                let head = String::from_utf8_lossy(&head[..length]).into_owned();
                let path = head.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
                let times = {
                    let mut seen = seen.lock().unwrap();
                    let times = seen.entry(path.clone()).or_insert(0);
                    *times += 1;
                    *times - 1
                };
                manner(&path, times, &mut stream);
            });
        }
    });
    (address, asked)
}

fn says(stream: &mut TcpStream, status: &str, body: &[u8]) {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}

const CHECKPOINT: &[u8] = b"office.example/ledger\n131328\nrootrootroot\n";

fn open(address: SocketAddr) -> Result<HttpSource, SourceTrouble> {
    let settings = OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere };
    let outgoing = Outgoing::new(&settings).unwrap();
    let pace = Pace { pause: Duration::from_millis(1), ..Pace::default() };
    HttpSource::with_pace(outgoing, &format!("http://{address}/"), pace)
}

/// A ledger at the root of its address, where one path has a manner of its own.
fn odd(path: &'static str, manner: impl Fn(usize, &mut TcpStream) + Send + Sync + 'static) -> HttpSource {
    let (address, _) = server(Box::new(move |asked, times, stream| match asked {
        _ if asked == path => manner(times, stream),
        "checkpoint" => says(stream, "200 OK", CHECKPOINT),
        _ => says(stream, "404 Not Found", b"nothing"),
    }));
    open(address).unwrap()
}

#[test]
fn the_ledger_is_found_at_its_address_or_below() {
    for at in ["checkpoint", "ledger/checkpoint"] {
        let (address, _) = server(Box::new(move |asked, _, stream| match asked == at {
            true => says(stream, "200 OK", CHECKPOINT),
            false => says(stream, "404 Not Found", b""),
        }));
        let source = open(address).unwrap();
        assert_eq!(source.read("checkpoint", 1000).unwrap().as_deref(), Some(CHECKPOINT));
        assert_eq!(source.base().ends_with("/ledger"), at != "checkpoint");
    }
    // A page for every address is none.
    let (address, _) = server(Box::new(|_, _, stream| says(stream, "200 OK", b"<!DOCTYPE html>")));
    assert_eq!(open(address).err().unwrap().code, "SOURCE_BAD");
}

#[test]
fn what_fails_by_chance_is_tried_again() {
    let source = odd("batch/000", |times, stream| match times {
        0 => says(stream, "503 Service Unavailable", b""),
        1 => says(stream, "429 Too Many Requests", b""),
        2 => drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nshort")),
        _ => says(stream, "200 OK", b"whole"),
    });
    assert_eq!(source.read("batch/000", 1000).unwrap().unwrap(), b"whole");
    // A tile that the head says is there comes late; one that it does not say is not there.
    let source = odd("tile/0/x001/001", |_, stream| says(stream, "404 Not Found", b""));
    assert_eq!(source.read("tile/0/x001/001", 8192).unwrap(), None);
    let source = odd("tile/0/512", |times, stream| match times {
        0 | 1 => says(stream, "404 Not Found", b""),
        _ => says(stream, "200 OK", &[7; 8192]),
    });
    assert_eq!(source.read("tile/0/512", 8192).unwrap().unwrap().len(), 8192);
}

#[test]
fn what_does_not_come_is_named() {
    let source = odd("batch/000", |_, stream| says(stream, "500 Internal Server Error", b""));
    let error = source.read("batch/000", 1000).unwrap_err();
    assert_eq!((error.code(), error.path()), ("DISK_FAILED", Some("batch/000")));
    let trouble = source.trouble().unwrap();
    assert_eq!((trouble.code, &*trouble.path), ("SOURCE_UNREACHABLE", "batch/000"));
    assert!(trouble.why.contains("500"), "{}", trouble.why);
    for status in ["302 Found\r\nlocation: /elsewhere", "401 Unauthorized"] {
        let source = odd("batch/000", move |_, stream| says(stream, status, b""));
        source.read("batch/000", 1000).unwrap_err();
        assert_eq!(source.trouble().unwrap().code, "SOURCE_BAD", "{status}");
    }
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert_eq!(open(nobody).err().unwrap().code, "SOURCE_UNREACHABLE");
}

#[test]
fn a_server_that_is_slow_with_every_file_is_given_up() {
    let (address, _) = server(Box::new(|path, _, stream| {
        if path != "checkpoint" {
            thread::sleep(Duration::from_millis(30));
        }
        says(stream, "200 OK", CHECKPOINT);
    }));
    let settings = OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere };
    let ms = Duration::from_millis;
    let pace = Pace { slow: ms(20), slow_in_all: ms(100), ..Pace::default() };
    let source =
        HttpSource::with_pace(Outgoing::new(&settings).unwrap(), &format!("http://{address}/"), pace)
            .unwrap();
    // On a busy machine the checkpoint alone may have taken the time.
    source.begin();
    let read = |n: u64| source.read(&format!("public/00{n}"), 1000);
    assert!(read(0).is_ok());
    assert!((1..9).any(|n| read(n).is_err()), "it goes on for ever");
    let trouble = source.trouble().unwrap();
    assert_eq!(trouble.code, "SOURCE_UNREACHABLE");
    assert!(trouble.why.contains("too slowly"), "{}", trouble.why);
    // The next audit has as much time again.
    source.begin();
    assert!(read(9).is_ok());
}

#[test]
fn what_is_too_large_is_not_read_packed_or_not() {
    let source = odd("batch/000", |_, stream| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n");
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert_eq!(source.read("batch/000", 1000).unwrap_err().code(), "DISK_FILE_TOO_LARGE");
    let packed = |length: usize| {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0; length]).unwrap();
        packer.finish().unwrap()
    };
    let source = odd("tile/entries/000", move |times, stream| {
        says(stream, "200 OK", &packed(if times == 0 { 8704 } else { 4 << 20 }));
    });
    assert_eq!(source.read("tile/entries/000", 8704).unwrap().unwrap(), [0; 8704]);
    assert_eq!(source.read("tile/entries/000", 8704).unwrap_err().code(), "DISK_FILE_TOO_LARGE");
    // Hashes may begin as packed data does.
    let source = odd("tile/0/000", |_, stream| says(stream, "200 OK", &[GZIP[0], GZIP[1], 0]));
    assert_eq!(source.read("tile/0/000", 100).unwrap().unwrap(), [GZIP[0], GZIP[1], 0]);
}

#[test]
fn preimages_are_listed_by_their_list_and_nothing_else_is() {
    let source = odd("public/x001/list", |_, stream| says(stream, "200 OK", b"007\n040\n../etc\n1\n"));
    assert_eq!(source.list("public/x001").unwrap().unwrap(), ["007", "040"]);
    assert_eq!(source.list("public").unwrap(), None);
    assert_eq!(source.list("").unwrap(), None);
}

#[test]
fn files_in_a_row_are_read_ahead_and_each_is_asked_for_once() {
    static AT_ONCE: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let (address, asked) = server(Box::new(|path, _, stream| {
        let now = AT_ONCE.fetch_add(1, Ordering::SeqCst) + 1;
        MOST.fetch_max(now, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(5));
        AT_ONCE.fetch_sub(1, Ordering::SeqCst);
        match path.strip_prefix("tile/entries/").and_then(|n| n.parse::<u8>().ok()) {
            Some(n) if n < 60 => says(stream, "200 OK", &[n; 8704]),
            _ if path == "checkpoint" => says(stream, "200 OK", CHECKPOINT),
            _ => says(stream, "404 Not Found", b""),
        }
    }));
    let source = open(address).unwrap();
    for n in 0..60u8 {
        let bytes = source.read(&format!("tile/entries/{n:03}"), 8704).unwrap().unwrap();
        assert!(bytes.iter().all(|b| *b == n), "{n}");
    }
    let asked = asked.lock().unwrap();
    for n in 0..60 {
        assert_eq!(asked.get(&format!("tile/entries/{n:03}")), Some(&1), "{n}");
    }
    // No further than the depth behind the end.
    assert!(asked.len() <= 60 + 2 + 8, "{asked:?}");
    assert!(MOST.load(Ordering::SeqCst) > 1);
}
