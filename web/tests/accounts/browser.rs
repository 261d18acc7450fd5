//! An office with people, its server, and a browser that keeps cookies and finds the token of a form.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use notary::keys::{Passphrase, example};
use notary::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy};
use notary::people::{Account, NewAccount, Role};
use verifier::origin::Origin;
use verifier::time::Time;
use web::{Running, Settings, start};

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);
/// The own password of everybody here.
pub const PASSWORD: &str = "correct horse battery";
/// What the holder here speaks for.
pub const CODE: &str = "91619900MA0DEM021U";

/// A clock that is set.
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
    hands: Arc<Hands>,
    running: Option<Running>,
    _dir: tempfile::TempDir,
}

impl House {
    pub fn new() -> House {
        // All of a test comes from one address.
        let mut settings = Settings::default();
        settings.hourly.sign_ins = 0;
        House::with(settings)
    }

    pub fn with(settings: Settings) -> House {
        House::prepared(settings, |_| ())
    }

    /// With something done to the office's folder before it is opened.
    pub fn prepared(settings: Settings, prepare: impl FnOnce(&Path)) -> House {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office");
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".into(),
            organisation: None,
            host: None,
            seal: SealPolicy::IntervalMs(20),
        };
        // The day that the samples were made for, and not today: terms and lists in them end.
        let now = Time::parse_rfc3339_china("2026-11-23T09:30:00+08:00").unwrap();
        Office::create_example(&path, &new, now).unwrap();
        prepare(&path);
        let hands = Arc::new(Hands(Mutex::new(now)));
        let options = OpenOptions { clock: hands.clone(), allow_example_keys: true, allow_later: true };
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let office = Arc::new(Office::open(&path, &passphrase, options).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let running = start(office.clone(), listener, settings).unwrap();
        House { office, at: running.address(), hands, running: Some(running), _dir: dir }
    }

    /// Until the certificate is sealed: approving waits a little for it, and a busy machine takes longer.
    #[allow(dead_code, reason = "not every test binary issues by the desk")]
    pub fn sealed(&self, number: &str) {
        let number = verifier::number::CertificateNumber::parse(number).unwrap();
        assert!(self.office.wait_sealed(&number, PATIENCE).unwrap().is_some());
    }

    /// An account whose password is a one-time one.
    pub fn newcomer(&self, name: &str, person: &str, role: Role) -> (Account, String) {
        let code = (role == Role::Holder).then_some(CODE);
        let new = NewAccount::new(name, person, "示例单位", role, code).unwrap();
        let (account, password) = self.office.people().add(new).unwrap();
        (account, password.as_str().to_string())
    }

    /// An account with its own password, [`PASSWORD`].
    pub fn account(&self, name: &str, person: &str, role: Role) -> Account {
        let (account, password) = self.newcomer(name, person, role);
        let people = self.office.people();
        let generation = people.sign_in(name, &password, "test").unwrap().account.generation();
        people.set_password(account.id(), generation, None, PASSWORD, "test").unwrap()
    }

    /// Somebody of this role, signed in.
    pub fn signed_in(&self, role: Role) -> Browser {
        let name = role.as_str();
        if self.office.people().by_name(name).is_none() {
            self.account(name, &format!("测试{name}"), role);
        }
        let mut browser = self.browser();
        let answer = browser.sign_in(name, PASSWORD);
        assert_eq!(answer.status, 303, "{}", answer.text());
        browser
    }

    pub fn browser(&self) -> Browser {
        Browser { at: self.at, cookies: BTreeMap::new() }
    }

    pub fn pass(&self, seconds: u64) {
        let mut now = self.hands.0.lock().unwrap();
        *now = now.saturating_add(seconds);
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
            let _ = running.wait(|| ());
        }
    }
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub head: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.head.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.head.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    /// The token of the forms on this page.
    pub fn csrf(&self) -> String {
        let text = self.text();
        let (_, rest) = text.split_once("name=\"csrf\" value=\"").expect("a form with a token");
        rest.split_once('"').unwrap().0.to_string()
    }
}

/// Keeps cookies as a browser does, of one host.
#[derive(Clone)]
pub struct Browser {
    pub at: SocketAddr,
    pub cookies: BTreeMap<String, String>,
}

impl Browser {
    /// One without a house: of a server at this address.
    pub fn new(at: SocketAddr) -> Browser {
        Browser { at, cookies: BTreeMap::new() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &[], "")
    }

    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(key, value)| format!("{key}={}", encoded(value))).collect();
        let kind = ("Content-Type", "application/x-www-form-urlencoded");
        self.ask("POST", path, &[kind], &body.join("&"))
    }

    /// Takes the token of a page that this browser has open, and sends a form with it.
    pub fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(page).csrf();
        self.post(path, &[&[("csrf", csrf.as_str())], fields].concat())
    }

    pub fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        self.submit("/sign-in", "/sign-in", &[("name", name), ("password", password)])
    }

    pub fn ask(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.at).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Accept") {
            head += "Accept: text/html\r\n";
        }
        if !cookies.is_empty() {
            head += &format!("Cookie: {}\r\n", cookies.join("; "));
        }
        if !matches!(method, "GET" | "HEAD") {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        write!(stream, "{head}\r\n{body}").unwrap();
        let answer = parsed(&whole(&mut stream));
        for cookie in answer.headers("set-cookie") {
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            match attributes.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_string(), value.to_string())),
            }
        }
        answer
    }
}

/// Reads one answer. Where a body was refused unread the server keeps the connection for a while: its end is not waited for.
fn whole(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut part = [0; 16_384];
    loop {
        let length = stream.read(&mut part).unwrap();
        bytes.extend_from_slice(&part[..length]);
        if length == 0 || is_whole(&bytes) {
            return bytes;
        }
    }
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    length.is_some_and(|length| bytes.len() >= end + 4 + length)
}

pub fn parsed(bytes: &[u8]) -> Answer {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let text = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = text.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let head: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_string()))
        .collect();
    let chunked = head.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = if chunked { unchunked(&bytes[end..]) } else { bytes[end..].to_vec() };
    Answer { status, head, body }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if length == 0 {
            break;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 2 + length + 2..];
    }
    body
}

fn encoded(text: &str) -> String {
    let safe = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    text.bytes().map(|b| if safe(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
