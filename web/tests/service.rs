//! The real server on a port of its own, asked over TCP.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notary::disk::{Disk, DiskError, RealDisk};
use notary::keys::{Passphrase, example};
use notary::office::{
    Clock, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind, SystemClock,
};
use verifier::origin::Origin;
use web::{Running, ServeError, Settings, start};

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

fn office(dir: &Path, seal: SealPolicy) -> Arc<Office> {
    let new = NewOffice {
        origin: Origin::parse("credit.example.gov.cn/ledger").unwrap(),
        name: "示例县 <公共信用> 信息中心".into(),
        organisation: None,
        host: None,
        seal,
    };
    Office::create_example(dir, &new, SystemClock.now()).unwrap();
    Arc::new(Office::open(dir, &passphrase(), options()).unwrap())
}

fn options() -> OpenOptions {
    OpenOptions { clock: Arc::new(SystemClock), allow_example_keys: true, allow_later: false }
}

fn passphrase() -> Arc<Passphrase> {
    Arc::new(Passphrase::new(example::PASSPHRASE).unwrap())
}

fn serve(office: &Arc<Office>) -> Running {
    start(office.clone(), TcpListener::bind("127.0.0.1:0").unwrap(), Settings::default()).unwrap()
}

fn file(name: &str) -> Submission {
    Submission {
        bytes: name.as_bytes().to_vec(),
        kind: SubmissionKind::File { name: name.into(), media_type: None },
        idempotency_key: None,
        corrects: None,
        qr: true,
    }
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// One request as it is written, so that nothing is cleaned on the way.
fn ask(address: SocketAddr, line: &str, more: &str) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{more}\r\n").unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_ascii_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Answer { status, head, body: bytes[end..].to_vec() }
}

fn get(address: SocketAddr, path: &str) -> Answer {
    ask(address, &format!("GET {path}"), "")
}

#[test]
fn what_is_accepted_is_sealed_and_its_ledger_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let office = office(&dir.path().join("office"), SealPolicy::IntervalMs(20));
    let running = serve(&office);
    let at = running.address();

    let health = get(at, "/health");
    assert_eq!((health.status, health.head.contains("application/json")), (200, true));
    let health: serde_json::Value = serde_json::from_slice(&health.body).unwrap();
    assert_eq!(
        (&health["status"], &health["origin"]),
        (&"ok".into(), &"credit.example.gov.cn/ledger".into())
    );

    let accepted = office.submit(file("a.txt")).unwrap();
    assert!(office.wait_sealed(&accepted.number, PATIENCE).unwrap().is_some(), "the loop seals");

    let ledger = dir.path().join("office/ledger");
    for (path, kind, cache) in
        [("checkpoint", "text/plain", "max-age=1"), ("batch/000", "application/json", "immutable")]
    {
        let answer = get(at, &format!("/ledger/{path}"));
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.head.contains(kind) && answer.head.contains(cache), "{path}: {}", answer.head);
        assert!(answer.head.contains("nosniff"));
        assert_eq!(answer.body, std::fs::read(ledger.join(path)).unwrap(), "{path}");
    }
    let head = ask(at, "HEAD /ledger/checkpoint", "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    running.stop();
    running.wait(|| ()).unwrap();
}

#[test]
fn nothing_but_the_ledgers_files_can_be_had() {
    let dir = tempfile::tempdir().unwrap();
    let office = office(&dir.path().join("office"), SealPolicy::IntervalMs(20));
    let ledger = dir.path().join("office/ledger");
    std::fs::write(ledger.join(".secret"), "x").unwrap();
    std::fs::create_dir_all(ledger.join("tile/0")).unwrap();
    std::fs::write(ledger.join("tile/0/000.tmp"), "x").unwrap();
    let running = serve(&office);
    let at = running.address();
    for path in [
        "/ledger",
        "/ledger/",
        "/ledger/tile",
        "/ledger/tile/",
        "/ledger/tile/0/",
        "/ledger/.secret",
        "/ledger/tile/0/000.tmp",
        "/ledger/../office.json",
        "/ledger/tile/../../office.json",
        "/ledger/%2e%2e/office.json",
        "/ledger/..%2foffice.json",
        "/ledger//checkpoint",
        "/ledger/./checkpoint",
        "//ledger/checkpoint",
        "/office.json",
        "/nothing",
    ] {
        assert_eq!(get(at, path).status, 404, "{path}");
    }
    assert_eq!(ask(at, "POST /ledger/checkpoint", "Content-Length: 0\r\n").status, 404);
    assert_eq!(ask(at, "DELETE /", "").status, 404);
    running.stop();
    running.wait(|| ()).unwrap();
}

#[test]
fn the_page_is_in_the_readers_language_and_names_are_escaped() {
    let dir = tempfile::tempdir().unwrap();
    let office = office(&dir.path().join("office"), SealPolicy::Manual);
    let running = serve(&office);
    let page = |language: &str| {
        let answer = ask(running.address(), "GET /", &format!("Accept-Language: {language}\r\n"));
        assert_eq!(answer.status, 200);
        assert!(answer.head.contains("default-src 'none'"));
        String::from_utf8(answer.body).unwrap()
    };
    assert!(page("zh-CN,zh;q=0.9").contains("lang=\"zh-CN\"") && page("en").contains("lang=\"en\""));
    assert!(page("zh").contains("&#60;公共信用&#62;") && !page("zh").contains("<公共信用>"));
    running.stop();
    running.wait(|| ()).unwrap();
}

/// A disk that works until it is broken: from then on no write succeeds, and nobody knows how far it came.
#[derive(Debug)]
struct Breakable {
    disk: RealDisk,
    broken: Arc<AtomicBool>,
}

impl Breakable {
    fn check(&self, path: &str) -> Result<(), DiskError> {
        match self.broken.load(Ordering::SeqCst) {
            true => {
                Err(DiskError::Unknown { path: path.into(), step: "fsync", why: "broken by the test".into() })
            }
            false => Ok(()),
        }
    }
}

impl Disk for Breakable {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        self.disk.read(path, limit)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        self.disk.list(folder)
    }

    fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.check(path).and_then(|()| self.disk.write_new(path, bytes))
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.check(path).and_then(|()| self.disk.replace(path, bytes))
    }

    fn remove(&self, path: &str) -> Result<(), DiskError> {
        self.check(path).and_then(|()| self.disk.remove(path))
    }
}

/// After a failed write nothing more may be promised: the server ends by itself and says why.
#[test]
fn a_failed_write_ends_the_service() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("office");
    drop(office(&path, SealPolicy::IntervalMs(20)));
    let broken = Arc::new(AtomicBool::new(false));
    let disk = Breakable { disk: RealDisk::open(&path).unwrap(), broken: broken.clone() };
    let office = Arc::new(Office::open_on(&path, Arc::new(disk), &passphrase(), options()).unwrap());
    let running = serve(&office);
    let accepted = office.submit(file("a.txt")).unwrap();
    office.wait_sealed(&accepted.number, PATIENCE).unwrap();
    broken.store(true, Ordering::SeqCst);
    office.submit(file("b.txt")).unwrap();
    let Err(ServeError::Office(why)) = running.wait(|| ()) else {
        panic!("the service ended without a reason")
    };
    assert!(why.code().as_str().starts_with("DISK_") || why.code().as_str() == "OFFICE_STOPPED", "{why}");
    assert_eq!(office.submit(file("c.txt")).unwrap_err().code().as_str(), "OFFICE_STOPPED");
}

#[test]
fn a_full_batch_does_not_wait_for_its_time() {
    let dir = tempfile::tempdir().unwrap();
    // An interval that does not pass within the test.
    let office = office(&dir.path().join("office"), SealPolicy::IntervalMs(3_600_000));
    let running = serve(&office);
    let first = office.submit(file("first")).unwrap();
    assert!(!office.batch_is_full());
    std::thread::scope(|scope| {
        for part in 0..8 {
            let office = &office;
            scope.spawn(move || {
                (0..512).for_each(|n| assert!(office.submit(file(&format!("{part}-{n}"))).is_ok()));
            });
        }
    });
    assert!(office.wait_sealed(&first.number, PATIENCE).unwrap().is_some());
    running.stop();
    running.wait(|| {}).unwrap();
}

#[test]
fn stopping_seals_what_was_accepted() {
    let dir = tempfile::tempdir().unwrap();
    // An interval that does not pass within the test: only the end seals.
    let office = office(&dir.path().join("office"), SealPolicy::IntervalMs(3_600_000));
    let running = serve(&office);
    let mut closed = false;
    office.submit(file("a.txt")).unwrap();
    let waiting = office.summary().pending;
    assert!(waiting >= 1);
    running.stop();
    running.wait(|| closed = true).unwrap();
    assert!(closed);
    assert_eq!((office.summary().pending, office.summary().stopped), (0, false));
    assert!(office.summary().size >= waiting);
}
