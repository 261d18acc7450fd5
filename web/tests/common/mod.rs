//! What the tests of the server share: an office, a server of it on a port of its own, and requests as they are written.

#![allow(dead_code, reason = "each test binary uses its part")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use notary::keys::{Passphrase, example};
use notary::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, SystemClock};
use verifier::origin::Origin;
use web::{Running, Settings, start};

/// Long enough for the slowest machine; nothing waits for it to pass.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A new example office in this folder.
pub fn office(dir: &Path, seal: SealPolicy) -> Arc<Office> {
    let new = NewOffice {
        origin: Origin::parse("credit.example.gov.cn/ledger").unwrap(),
        name: "示例县 <公共信用> 信息中心".into(),
        organisation: None,
        host: None,
        seal,
    };
    Office::create_example(dir, &new, SystemClock.now()).unwrap();
    let options = OpenOptions { clock: Arc::new(SystemClock), allow_example_keys: true, allow_later: false };
    let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
    Arc::new(Office::open(dir, &passphrase, options).unwrap())
}

/// A server on a port of its own, gone with its folder when dropped.
pub struct Served {
    pub at: SocketAddr,
    pub metrics: Option<SocketAddr>,
    pub office: Arc<Office>,
    running: Option<Running>,
    _dir: tempfile::TempDir,
}

impl Served {
    /// With these settings.
    pub fn with(settings: Settings) -> Served {
        let dir = tempfile::tempdir().unwrap();
        let office = office(&dir.path().join("office"), SealPolicy::IntervalMs(20));
        let running = start(office.clone(), TcpListener::bind("127.0.0.1:0").unwrap(), settings).unwrap();
        Served {
            at: running.address(),
            metrics: running.metrics_address(),
            office,
            running: Some(running),
            _dir: dir,
        }
    }

    /// As the tests mostly need it.
    pub fn new() -> Served {
        Served::with(Settings::default())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        running.stop();
        let ended = running.wait(|| ());
        assert!(std::thread::panicking() || ended.is_ok(), "{ended:?}");
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// Lower case.
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// The value of a header that is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        let start = format!("{name}: ");
        let mut values = self.head.lines().filter_map(|line| line.strip_prefix(start.as_str()));
        let value = values.next();
        assert!(values.next().is_none(), "{name} twice: {}", self.head);
        value
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// The code of a problem.
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{self:?}");
        let json = self.json();
        assert_eq!(json["status"], self.status, "{json}");
        assert_eq!(json["type"], format!("/problems/{}", json["code"].as_str().unwrap()), "{json}");
        json["code"].as_str().unwrap().to_string()
    }
}

/// Sends these bytes and reads until the other side closes.
pub fn raw(at: SocketAddr, bytes: &[u8]) -> Answer {
    let mut stream = connect(at);
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(bytes);
    read(&mut stream)
}

pub fn connect(at: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// One answer, by the length that it says it has.
pub fn read_one(stream: &mut impl Read) -> Answer {
    let (mut bytes, mut byte) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        bytes.push(byte[0]);
    }
    let mut answer = parse(&bytes);
    let length = answer.header("content-length").expect("a length").parse().unwrap();
    answer.body = vec![0; length];
    stream.read_exact(&mut answer.body).unwrap();
    answer
}

/// Everything until the other side closes, as one answer.
pub fn read(stream: &mut impl Read) -> Answer {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    // A reset after the answer is an end too.
    while let Ok(n @ 1..) = stream.read(&mut part) {
        bytes.extend_from_slice(&part[..n]);
    }
    parse(&bytes)
}

pub fn parse(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or_else(|| {
        panic!("no head in {:?}", String::from_utf8_lossy(bytes));
    }) + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[end..].to_vec() }
}

/// One request: its line, and more header lines, each with its line end.
pub fn ask(at: SocketAddr, line: &str, more: &str) -> Answer {
    raw(at, format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n").as_bytes())
}

pub fn get(at: SocketAddr, path: &str) -> Answer {
    ask(at, &format!("GET {path}"), "")
}
