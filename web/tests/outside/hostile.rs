//! A log that is not what it should be: whatever it answers, an audit ends in time, says why, and keeps what it had seen.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::common::{Served, get};
use super::issue;
use notary::audit::follow::{Followed, follow};
use notary::audit::{AuditOptions, Verdict, origin_of};
use notary::keys::{KeyFile, KeyUse, Passphrase, Signer as _};
use verifier::key::KeyName;
use web::audit_source::{HttpSource, Pace};
use web::outgoing::{Outgoing, OutgoingSettings, PlainHttp};

/// What stands between an auditor and the office and has its way with the answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Honest,
    /// Checkpoints without an end.
    Huge,
    /// Tiles that begin and then come to nothing, cut off in the middle.
    Cut,
    /// Leads elsewhere.
    Redirect,
    /// A page for everything but the checkpoint.
    Page,
    /// The head as it was before: sizes shrink.
    Older,
    /// A head of another ledger, well signed by that one's key.
    OtherLedger,
    /// A larger head in the name of the ledger, signed by a key of somebody else.
    OtherKey,
    /// The first batch file in the place of every other one.
    Replay,
    /// A larger head, with the signature of the true one.
    Ahead,
    /// Takes the question and says nothing.
    Hang,
    /// Tiles a byte at a time, without an end.
    Drip,
}

impl Manner {
    /// What an audit calls it first.
    fn named(self) -> &'static str {
        match self {
            Manner::Honest => "",
            Manner::Huge | Manner::Redirect => "SOURCE_BAD",
            Manner::Cut | Manner::Hang | Manner::Drip => "SOURCE_UNREACHABLE",
            Manner::Page | Manner::Replay => "BATCH_BAD",
            Manner::Older => "ROLLBACK",
            Manner::OtherLedger => "CHECKPOINT_BAD",
            Manner::OtherKey => "SIGNER_UNKNOWN",
            Manner::Ahead => "SIG_BAD",
        }
    }

    /// How long it is waited for. Only those that are slow on purpose get little time: a busy machine makes an honest
    /// answer slow, too, and that must not be what is seen of the others.
    fn pace(self) -> Pace {
        let ms = Duration::from_millis;
        match self {
            Manner::Hang | Manner::Drip => {
                Pace { pause: ms(1), file: ms(500), slow: ms(300), slow_in_all: ms(1200) }
            }
            _ => Pace { pause: ms(1), ..Pace::default() },
        }
    }
}

/// A proxy of the ledger at `at`, which misbehaves from now on as the cell says.
fn proxy(at: SocketAddr, before: String, manner: Arc<Mutex<Manner>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (Ok(stream), manner, before) = (stream, *manner.lock().unwrap(), before.clone()) else {
                return;
            };
            thread::spawn(move || pass_on(stream, at, manner, &before));
        }
    });
    address
}

fn pass_on(mut stream: TcpStream, at: SocketAddr, manner: Manner, before: &str) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") && stream.read_exact(&mut byte).is_ok() {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let Some(path) = head.split(' ').nth(1) else { return };
    let says = |stream: &mut TcpStream, status: u16, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
    };
    let is_checkpoint = path.ends_with("/checkpoint");
    let true_one = get(at, path);
    let larger = || {
        let text = true_one.text();
        let size = text.lines().nth(1).unwrap().to_string();
        text.replacen(&format!("\n{size}\n"), &format!("\n{size}0\n"), 1)
    };
    match manner {
        Manner::Huge if is_checkpoint => {
            let _ = stream.write_all(b"HTTP/1.1 200 x\r\nconnection: close\r\n\r\n");
            while stream.write_all(&[b'x'; 65_536]).is_ok() {}
        }
        Manner::Cut if path.contains("/tile/") => {
            let _ = stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 8192\r\n\r\nshort");
        }
        Manner::Redirect => {
            let _ = stream
                .write_all(b"HTTP/1.1 307 x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
        }
        Manner::Page if !is_checkpoint => says(&mut stream, 200, b"<!DOCTYPE html><p>welcome"),
        Manner::Older if is_checkpoint => says(&mut stream, 200, before.as_bytes()),
        Manner::OtherLedger if is_checkpoint => {
            says(&mut stream, 200, signed("example.com/other", &true_one.text()).as_bytes())
        }
        Manner::OtherKey if is_checkpoint => {
            let origin = true_one.text().lines().next().unwrap().to_string();
            says(&mut stream, 200, signed(&origin, &larger()).as_bytes());
        }
        Manner::Replay if path.contains("/batch/") => {
            says(&mut stream, 200, &get(at, "/ledger/batch/000").body)
        }
        Manner::Ahead if is_checkpoint => says(&mut stream, 200, larger().as_bytes()),
        Manner::Hang => thread::sleep(Duration::from_secs(60)),
        Manner::Drip if path.contains("/tile/") => {
            let _ = stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 8192\r\n\r\n");
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(20));
            }
        }
        _ => says(&mut stream, true_one.status, &true_one.body),
    }
}

/// The head of this text as that of another origin, signed by a key that nobody knows.
fn signed(origin: &str, like: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    let words = Arc::new(Passphrase::new("of a test").unwrap());
    let key =
        KeyFile::generate(dir.path(), KeyUse::Ledger, &KeyName::parse(origin).unwrap(), words, 1).unwrap();
    let mut lines: Vec<&str> = like.lines().take(3).collect();
    lines[0] = origin;
    key.sign_note(&(lines.join("\n") + "\n")).unwrap().encode()
}

#[test]
fn whatever_a_ledger_answers_an_audit_ends_and_what_it_had_seen_stays() {
    let served = Served::new();
    issue(&served, 0, 20);
    let manner = Arc::new(Mutex::new(Manner::Honest));
    let older = get(served.at, "/ledger/checkpoint").text();
    issue(&served, 1_000, 20);
    let at = proxy(served.at, older, manner.clone());
    let settings = OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere };
    let open = |manner: Manner| {
        HttpSource::with_pace(Outgoing::new(&settings).unwrap(), &format!("http://{at}"), manner.pace())
    };
    let trust = served.office.trust().clone();
    let source = open(Manner::Honest).unwrap();
    let mut followed = Followed::new(origin_of(&source).unwrap().unwrap());
    let audit = |source: &HttpSource, followed: &mut Followed| {
        let options = AuditOptions { now: Some(served.office.now()), ..AuditOptions::default() };
        follow(source, Some(&trust), followed, &options, &mut (), &mut |_| {})
    };
    assert_eq!(audit(&source, &mut followed).unwrap().verdict, Verdict::Clean);
    let seen = followed.audited();
    issue(&served, 2_000, 30);
    for bad in [
        Manner::Huge,
        Manner::Cut,
        Manner::Redirect,
        Manner::Page,
        Manner::Older,
        Manner::OtherLedger,
        Manner::OtherKey,
        Manner::Replay,
        Manner::Ahead,
        Manner::Hang,
        Manner::Drip,
    ] {
        *manner.lock().unwrap() = bad;
        let mut state = Followed::parse(followed.encode().as_bytes()).unwrap();
        let named = match open(bad) {
            Err(trouble) => trouble.code.to_string(),
            Ok(source) => match audit(&source, &mut state) {
                Err(_) => source.trouble().map(|trouble| trouble.code.to_string()).unwrap_or_default(),
                Ok(report) => {
                    assert_ne!(report.verdict, Verdict::Clean, "{bad:?}");
                    report.findings[0].code.as_str().to_string()
                }
            },
        };
        assert_eq!(named, bad.named(), "{bad:?}");
        assert!(state.audited() >= seen, "{bad:?}: {named}");
        // Whoever comes to his senses is followed on, from what was seen before.
        *manner.lock().unwrap() = Manner::Honest;
        let report = audit(&open(Manner::Honest).unwrap(), &mut state).unwrap();
        assert_eq!((report.verdict, report.findings), (Verdict::Clean, vec![]), "{bad:?}: {named}");
        assert_eq!(state.audited(), report.size, "{bad:?}");
    }
}
