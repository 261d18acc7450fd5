//! An office with a running service, and documents for it without end.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use notary::keys::{Passphrase, example};
use notary::office::{
    Accepted, Clock, NewOffice, NotBefore, Office, OpenOptions, SealPolicy, Submission, SubmissionKind,
};
use notary::people::{NewApiKey, Scope};
use verifier::origin::Origin;
use verifier::time::Time;
use web::rate::Hourly;
use web::{Running, Settings, start};

const SAMPLE: &str = include_str!("../../../tests/samples/commitment-approval-substitute.json");
/// The sample's own code of its commitment; each document gets another.
const CODE: &str = "61990020261122000001";

/// An office and its server; both gone when dropped.
pub struct Desk {
    pub at: SocketAddr,
    pub office: Arc<Office>,
    /// May submit documents.
    pub key: String,
    count: AtomicU64,
    running: Option<Running>,
    dir: tempfile::TempDir,
}

impl Desk {
    /// Batches close at this interval.
    pub fn new(seal_ms: u64) -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office");
        let clock = NotBefore(Time::parse_rfc3339_china("2026-11-22T12:00:00+08:00").unwrap());
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".into(),
            organisation: Some("12619900990000084G".into()),
            host: None,
            seal: SealPolicy::IntervalMs(seal_ms),
        };
        Office::create_example(&path, &new, clock.now()).unwrap();
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let options = OpenOptions { clock: Arc::new(clock), allow_example_keys: true, allow_later: true };
        let office = Arc::new(Office::open(&path, &passphrase, options).unwrap());
        let key = NewApiKey::new("bench", "bench", &[Scope::DocumentsSubmit], 30).unwrap();
        let (_, key) = office.people().add_api_key(key).unwrap();
        let hourly =
            Hourly { look_ups: 0, wrong_look_ups: 0, sign_ins: 0, decodings: 0, submissions: 0, requests: 0 };
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let running = start(office.clone(), listener, Settings { hourly, ..Settings::default() }).unwrap();
        let count = AtomicU64::new(0);
        Desk {
            at: running.address(),
            office,
            key: key.as_str().to_string(),
            count,
            running: Some(running),
            dir,
        }
    }

    /// A folder on the same disk.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// A commitment that nobody has submitted yet.
    pub fn document(&self) -> String {
        let n = self.count.fetch_add(1, Ordering::Relaxed);
        SAMPLE.replace(CODE, &format!("619900202611{:08}", 22_000_000 + n))
    }

    /// The request that submits one and waits for its certificate.
    pub fn submission(&self) -> Vec<u8> {
        let document = self.document();
        format!(
            "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{document}",
            self.key,
            document.len()
        )
        .into_bytes()
    }

    /// Takes so many in without HTTP, and waits until they are sealed.
    pub fn fill(&self, count: usize) -> Vec<Accepted> {
        let submit = || {
            let submission = Submission {
                bytes: self.document().into_bytes(),
                kind: SubmissionKind::Json,
                idempotency_key: None,
                corrects: None,
                qr: true,
            };
            self.office.submit(submission).unwrap()
        };
        let accepted = std::thread::scope(|scope| {
            let parts: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| (0..count / 8).map(|_| submit()).collect::<Vec<_>>()))
                .collect();
            parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
        });
        self.office.seal_all().unwrap();
        accepted
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            running.stop();
            running.wait(|| ()).unwrap();
        }
    }
}
