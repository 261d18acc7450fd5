//! An office with keys for programs, its server, and requests to it.

use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use notary::keys::{Passphrase, example};
use notary::office::{
    Accepted, Clock, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind,
};
use notary::people::{NewApiKey, Scope};
use notary::refusal::RefusalCode;
use serde_json::Value;
use verifier::number::WindowCode;
use verifier::origin::Origin;
use verifier::time::Time;
use web::{Running, Settings, start};

use crate::common::{Answer, PATIENCE, raw};

pub const COMMITMENT: &str = include_str!("../../../tests/samples/commitment-tolerance.json");
pub const REPORT: &str = include_str!("../../../tests/samples/report-general-clean.json");
pub const PERSON: &str = include_str!("../../../tests/samples/report-person.json");

/// A clock that is set: later than every sample.
pub struct Hands(Mutex<Time>);

impl Clock for Hands {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

/// An office that is served.
pub struct House {
    pub office: Arc<Office>,
    pub at: SocketAddr,
    pub key: String,
    pub hands: Arc<Hands>,
    running: Option<Running>,
    dir: tempfile::TempDir,
}

impl House {
    pub fn new() -> House {
        House::sealing(SealPolicy::IntervalMs(20))
    }

    pub fn sealing(seal: SealPolicy) -> House {
        let dir = tempfile::tempdir().unwrap();
        let now = Time::parse_rfc3339_china("2026-11-23T09:30:00+08:00").unwrap();
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".into(),
            organisation: None,
            host: None,
            seal,
        };
        Office::create_example(&dir.path().join("office"), &new, now).unwrap();
        House::open(dir, Arc::new(Hands(Mutex::new(now))))
    }

    fn open(dir: tempfile::TempDir, hands: Arc<Hands>) -> House {
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let began = Instant::now();
        let office = loop {
            let options = OpenOptions { clock: hands.clone(), allow_example_keys: true, allow_later: true };
            match Office::open(&dir.path().join("office"), &passphrase, options) {
                Ok(office) => break Arc::new(office),
                // A request whose connection broke may still be at work for the server that was stopped.
                Err(refusal) if refusal.code() == RefusalCode::OfficeBusy && began.elapsed() < PATIENCE => {
                    std::thread::sleep(Duration::from_millis(10));
                }
                Err(refusal) => panic!("{refusal:?}"),
            }
        };
        let mut settings = Settings::default();
        // All of a test comes from one address.
        settings.hourly.decodings = 0;
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let running = start(office.clone(), listener, settings).unwrap();
        let (at, key) = (running.address(), key(&office, &Scope::ALL));
        House { office, at, key, hands, running: Some(running), dir }
    }

    /// Ends the server and the office, and starts both again on the same folder.
    pub fn restarted(mut self) -> House {
        self.stop();
        let (dir, hands) =
            (std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap()), self.hands.clone());
        drop(self);
        House::open(dir, hands)
    }

    /// A second passes.
    pub fn later(&self) {
        let mut now = self.hands.0.lock().unwrap();
        *now = now.saturating_add(1);
    }

    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
            let ended = running.wait(|| ());
            assert!(std::thread::panicking() || ended.is_ok(), "{ended:?}");
        }
    }

    pub fn key_for(&self, scopes: &[Scope]) -> String {
        key(&self.office, scopes)
    }

    /// A sealed certificate, made without the API.
    pub fn issue(&self, document: &str) -> Accepted {
        let submission = Submission {
            bytes: document.as_bytes().to_vec(),
            kind: SubmissionKind::Json,
            idempotency_key: None,
            corrects: None,
            qr: true,
        };
        let accepted = self.office.submit(submission).unwrap();
        assert!(self.office.wait_sealed(&accepted.number, PATIENCE).unwrap().is_some());
        accepted
    }

    /// One request, with the key, unless another `Authorization` stands in `headers`.
    pub fn ask(&self, line: &str, headers: &str, body: &[u8]) -> Answer {
        let own = if headers.contains("Authorization") {
            String::new()
        } else {
            format!("Authorization: Bearer {}\r\n", self.key)
        };
        self.public(line, &format!("{own}{headers}"), body)
    }

    /// One request of somebody who has no key.
    pub fn public(&self, line: &str, headers: &str, body: &[u8]) -> Answer {
        let length =
            if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let line = line.replacen(" /", " /api/v1/", 1);
        let head =
            format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}{length}\r\n");
        raw(self.at, &[head.as_bytes(), body].concat())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), "", b"")
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.ask(&format!("POST {path}"), JSON, body.to_string().as_bytes())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        self.stop();
    }
}

pub const JSON: &str = "Content-Type: application/json\r\n";

fn key(office: &Office, scopes: &[Scope]) -> String {
    let new = NewApiKey::new("审批系统", "政务服务中心", scopes, 30).unwrap();
    office.people().add_api_key(new).unwrap().1.as_str().to_owned()
}

/// A multipart body and its header: fields, and one file.
pub fn form(fields: &[(&str, &str)], file: Option<(&str, &str, &[u8])>) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    if let Some((name, media_type, bytes)) = file {
        let head = format!(
            "--limit\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: {media_type}\r\n\r\n"
        );
        body.extend(head.bytes().chain(bytes.iter().copied()).chain(*b"\r\n"));
    }
    body.extend(b"--limit--\r\n");
    ("Content-Type: multipart/form-data; boundary=limit\r\n".to_owned(), body)
}

pub fn window_code(accepted: &Accepted) -> String {
    WindowCode::new(accepted.number, accepted.check_code).to_string()
}

/// The text of a certificate's QR code.
pub fn qr_text(house: &House, accepted: &Accepted) -> String {
    let issued = house.office.certificate(&accepted.number).unwrap();
    let (prefix, digits) = verifier::qr::url(house.office.host(), &issued.qr.unwrap());
    format!("{prefix}{digits}")
}
