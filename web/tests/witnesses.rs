//! The real server and its witnesses: asked, cosigned, refused; and the server as a witness of others.

mod common;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::{PATIENCE, Served, raw};
use notary::disk::testing::MemoryDisk;
use notary::keys::{KeyFile, KeyUse, Passphrase, Signer};
use notary::office::{QuorumEdit, Submission, SubmissionKind, SystemClock, TrustEdit};
use notary::witness::{Refused, Witness, origin_name};
use verifier::checkpoint::Checkpoint;
use verifier::hash;
use verifier::key::{KeyName, VerifierKey};
use verifier::note::Note;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::Threshold;
use verifier::witnessing::AddCheckpoint;
use web::outgoing::{OutgoingSettings, PlainHttp};
use web::settings::{Settings, WitnessAddress};
use web::witnessing::Asked;

const ORIGIN: &str = "credit.example.gov.cn/ledger";

/// A key of its own, which asks for no time to be opened.
#[derive(Clone)]
struct Key(Arc<KeyFile>);

impl Key {
    fn new(name: &str, key_use: KeyUse) -> Key {
        let dir = tempfile::tempdir().unwrap();
        let passphrase = Arc::new(Passphrase::new("a passphrase of a test").unwrap());
        let file =
            KeyFile::generate(dir.path(), key_use, &KeyName::parse(name).unwrap(), passphrase, 1).unwrap();
        file.unlock().unwrap();
        Key(Arc::new(file))
    }

    fn public(&self) -> &VerifierKey {
        self.0.key()
    }
}

/// How a witness behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Manner {
    Honest,
    Huge,
    Drip,
    /// Takes the connection and says nothing.
    Hangs,
    Redirect,
    OtherKey,
    OtherCheckpoint,
    TimeZero,
    Future,
    Garbage,
    Ahead,
    Sizes,
    /// Cosigns with a time that lies before the batch.
    Past,
    /// Gives the cosignature of the checkpoint that it was asked for before.
    Replay,
    /// More lines than an answer has.
    Many,
    /// A size, and not said to be one.
    Untyped,
    /// Says that it has seen nothing, once it has cosigned.
    Forgets,
    Status(u16),
    Close,
    /// Shows this text as the head that it saw, and says that it is larger.
    Shows(String),
}

/// A witness on a port of its own.
struct Other {
    at: SocketAddr,
    key: Key,
    manner: Arc<Mutex<Manner>>,
}

impl Other {
    fn new(seed: u8, manner: Manner) -> Other {
        let key = Key::new(&format!("w{seed}.example.cn/witness"), KeyUse::Witness);
        let own = Origin::parse(&format!("w{seed}.example.cn")).unwrap();
        let witness =
            Witness::open(Arc::new(MemoryDisk::default()), Arc::new(SystemClock), key.0.clone(), own)
                .unwrap();
        let ledger = VerifierKey::parse(
            "credit.example.gov.cn/ledger+54911cd3+AaMHkl7wuiw3CbE6UlzPwqKeWwPHNvyhxJh5IrGXRq5e",
        );
        witness.add(&[ledger.unwrap()]).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (at, manner) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(manner)));
        let (held, secret) = (manner.clone(), key.clone());
        thread::spawn(move || {
            let witness = Arc::new(witness);
            for stream in listener.incoming() {
                let (Ok(stream), manner) = (stream, held.lock().unwrap().clone()) else { return };
                let (witness, secret) = (witness.clone(), secret.clone());
                thread::spawn(move || answer(stream, &manner, &witness, &secret));
            }
        });
        Other { at, key, manner }
    }

    fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    fn address(&self) -> WitnessAddress {
        WitnessAddress::new(self.key.public().clone(), &format!("http://{}", self.at)).unwrap()
    }
}

fn answer(mut stream: TcpStream, manner: &Manner, witness: &Witness, secret: &Key) {
    let Some((line, body)) = request(&mut stream) else { return };
    let say = |stream: &mut TcpStream, status: u16, kind: &str, body: &str| {
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
    };
    let (text, size) = ("text/plain", "text/x.tlog.size");
    if line.starts_with("GET ") {
        return match manner {
            Manner::Shows(head) => say(&mut stream, 200, text, head),
            _ => say(&mut stream, 404, text, "none\n"),
        };
    }
    assert!(line.starts_with("POST /add-checkpoint "), "{line}");
    let checkpoint = AddCheckpoint::parse(&body).unwrap();
    let cosign = |key: &Key, seconds: u64, text: &str| {
        let time = Time::new(seconds).unwrap();
        let signature = key.0.sign(&verifier::cosignature::signed_bytes(time, text)).unwrap();
        verifier::note::SignatureLine::cosignature(key.public(), time, signature).encode() + "\n"
    };
    let now = notary::office::Clock::now(&SystemClock).seconds();
    let of = checkpoint.head().note().text();
    match manner {
        Manner::Honest => match witness.add_checkpoint(&body) {
            Ok(lines) => say(&mut stream, 200, text, &(lines[0].encode() + "\n")),
            Err(Refused::Conflict { size: seen }) => say(&mut stream, 409, size, &format!("{seen}\n")),
            Err(refused) => say(&mut stream, refused.status(), text, &refused.to_string()),
        },
        Manner::Huge => {
            let _ = stream.write_all(b"HTTP/1.1 200 x\r\nconnection: close\r\n\r\n");
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        }
        Manner::Drip => {
            let _ = stream.write_all(b"HTTP/1.1 200 x\r\ncontent-length: 5000\r\n\r\n");
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        }
        Manner::Hangs => thread::sleep(PATIENCE),
        Manner::Redirect => {
            let _ = stream
                .write_all(b"HTTP/1.1 307 x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
        }
        Manner::OtherKey => {
            say(&mut stream, 200, text, &cosign(&Key::new("w.cn/witness", KeyUse::Witness), now, of))
        }
        Manner::OtherCheckpoint => {
            say(&mut stream, 200, text, &cosign(secret, now, "credit.example.gov.cn/ledger\n1\nAAAA\n"))
        }
        Manner::TimeZero => say(&mut stream, 200, text, &cosign(secret, 0, of)),
        Manner::Future => say(&mut stream, 200, text, &cosign(secret, now + 86_400, of)),
        Manner::Past => say(&mut stream, 200, text, &cosign(secret, now - 86_400, of)),
        Manner::Replay => {
            let before = of.replacen(&format!("\n{}\n", checkpoint.head().size()), "\n0\n", 1);
            say(&mut stream, 200, text, &cosign(secret, now, &before))
        }
        Manner::Many => say(&mut stream, 200, text, &cosign(secret, now, of).repeat(17)),
        Manner::Untyped => say(&mut stream, 409, text, "1\n"),
        Manner::Forgets if checkpoint.old() > 0 => say(&mut stream, 409, size, "0\n"),
        Manner::Forgets => say(&mut stream, 200, text, &cosign(secret, now, of)),
        Manner::Garbage => say(&mut stream, 200, text, "<html>\n"),
        Manner::Ahead | Manner::Shows(_) => say(&mut stream, 409, size, "1000000\n"),
        Manner::Sizes => say(&mut stream, 409, size, if checkpoint.old() == 0 { "1\n" } else { "0\n" }),
        Manner::Status(status) => say(&mut stream, *status, text, "no\n"),
        Manner::Close => {}
    }
}

/// First line and body of a request.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.to_ascii_lowercase();
    let length = length.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.and_then(|text| text.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some((head.lines().next()?.to_string(), body))
}

fn settings(witnesses: &[&Other]) -> Settings {
    let hosts: BTreeSet<String> = witnesses.iter().map(|witness| witness.at.to_string()).collect();
    Settings {
        witnesses: witnesses.iter().map(|witness| witness.address()).collect(),
        outgoing: OutgoingSettings { roots: None, plain_http: PlainHttp::Hosts(hosts) },
        ..Settings::default()
    }
}

fn submit(served: &Served, name: &str) -> verifier::number::CertificateNumber {
    let submission = Submission {
        bytes: name.as_bytes().to_vec(),
        kind: SubmissionKind::File { name: name.into(), media_type: None },
        idempotency_key: None,
        corrects: None,
        qr: true,
    };
    let number = served.office.submit(submission).unwrap().number;
    assert!(served.office.wait_sealed(&number, PATIENCE).unwrap().is_some(), "sealing waits for nobody");
    number
}

/// Until it is so, or the patience ends.
fn until(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn cosigned_by(served: &Served, others: &[&Other]) -> bool {
    let Some((size, note)) = served.office.newest_cosigned() else { return false };
    let head = served.office.own_head().unwrap().unwrap();
    size == head.checkpoint.size()
        && others.iter().all(|other| note.signatures().iter().any(|line| line.names(other.key.public())))
}

fn ask(at: SocketAddr, line: &str, more: &str, body: &[u8]) -> common::Answer {
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\ncontent-length: {length}\r\n{more}\r\n"
    );
    raw(at, &[head.as_bytes(), body].concat())
}

fn get(at: SocketAddr, path: &str) -> common::Answer {
    ask(at, &format!("GET {path}"), "", b"")
}

#[test]
fn a_checkpoint_is_cosigned_and_a_certificate_rises() {
    let (first, second) = (Other::new(1, Manner::Honest), Other::new(2, Manner::Honest));
    let served = Served::with(settings(&[&first, &second]));
    let add = |other: &Other| TrustEdit::AddWitness {
        key: other.key.public().clone(),
        token: format!("{}.example.cn", &other.key.public().name().as_str()[..2]),
        name: "示例见证方".into(),
    };
    let quorum = TrustEdit::Quorum(QuorumEdit::Of(Threshold::All, Vec::new()));
    served.office.edit_trust(&[add(&first), add(&second), quorum]).unwrap();
    let number = submit(&served, "one");
    until("two cosignatures", || cosigned_by(&served, &[&first, &second]));
    // Under way, another batch may have been sealed; what was cosigned is on the disk for everybody.
    let file = get(served.at, "/ledger/cosigned/000");
    assert_eq!((file.status, file.header("content-type")), (200, Some("text/plain; charset=utf-8")));
    let checkpoint = Note::parse(&get(served.at, "/ledger/checkpoint").text()).unwrap();
    assert_eq!(checkpoint.verify(&[first.key.public(), second.key.public()]), Ok(vec![0, 1]));
    let proof = served.office.certificate(&number).unwrap().tlog_proof;
    assert_eq!(
        proof.note().verify(&[first.key.public(), second.key.public()]),
        Ok(vec![0, 1]),
        "of the quorum"
    );
    let office = served.office.trust().office(served.office.origin()).unwrap();
    assert_eq!(verifier::verify::level_of_checkpoint(proof.note(), office, served.office.trust()), Some(4));
    let page = get(served.at, "/witness").text();
    assert!(page.contains("w1.example.cn/witness") && page.contains("已见证"), "{page}");
    // A verdict names who bore witness, and when.
    let file = served.office.certificate(&number).unwrap().certificate.encode();
    let body = [
        b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xzc\"\r\n\r\n",
        &file[..],
        b"\r\n--x--\r\n",
    ];
    let posted =
        ask(served.at, "POST /verify", "Content-Type: multipart/form-data; boundary=x\r\n", &body.concat());
    let page = posted.text();
    for said in
        ["id=\"vouchers\"", "示例见证方 w1.example.cn/witness", "示例见证方 w2.example.cn/witness", "L4："]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let metrics = get(served.at, "/metrics").text();
    assert!(
        metrics.contains("xinzheng_witness_cosignature_age_seconds{witness=\"w1.example.cn/witness\"} "),
        "{metrics}"
    );
    // The ledger goes on from what each has seen.
    submit(&served, "two");
    until("the next one, too", || cosigned_by(&served, &[&first, &second]));
    assert!(!get(served.at, "/metrics").text().contains("xinzheng_witness_failures_total{"));
}

#[test]
fn whatever_a_witness_does_nothing_is_believed_and_nothing_waits() {
    let manners = [
        (Manner::Huge, "too-large"),
        (Manner::Drip, "timed-out"),
        (Manner::Redirect, "redirect"),
        (Manner::OtherKey, "no-cosignature"),
        (Manner::OtherCheckpoint, "cosignature"),
        (Manner::TimeZero, "cosignature"),
        (Manner::Future, "cosignature"),
        (Manner::Garbage, "unreadable"),
        (Manner::Ahead, "ahead"),
        (Manner::Sizes, "conflict"),
        (Manner::Status(422), "refused-422"),
        (Manner::Status(404), "refused-404"),
        (Manner::Close, "connection"),
    ];
    misbehaved(&manners);
}

#[test]
fn replays_and_answers_of_another_form_are_not_believed_either() {
    let manners = [
        (Manner::Past, "cosignature"),
        (Manner::Replay, "cosignature"),
        (Manner::Many, "unreadable"),
        (Manner::Untyped, "refused-409"),
        (Manner::Hangs, "timed-out"),
    ];
    misbehaved(&manners);
}

/// A witness of each manner, at most as many as one checkpoint can hold the signatures of.
fn misbehaved(manners: &[(Manner, &str)]) {
    let others: Vec<Other> =
        (11u8..).zip(manners).map(|(seed, (manner, _))| Other::new(seed, manner.clone())).collect();
    let all: Vec<&Other> = others.iter().collect();
    let served = Served::with(settings(&all));
    submit(&served, "one");
    for (other, (manner, kind)) in others.iter().zip(manners) {
        let name = other.key.public().name();
        let counted = format!("xinzheng_witness_failures_total{{witness=\"{name}\",kind=\"{kind}\"}} ");
        until(&format!("{manner:?} is {kind}: {}", get(served.at, "/metrics").text()), || {
            get(served.at, "/metrics").text().contains(&counted)
        });
    }
    assert_eq!(served.office.newest_cosigned(), None, "nothing of it is kept");
    submit(&served, "two");
    assert!(!served.office.summary().stopped);
    // A server that starts now knows since when.
    let noted = |other: &Other| served.office.failing(&format!("witness {}", other.key.public().encode()));
    let again = Asked::new(settings(&all).witnesses, &served.office).views(&served.office);
    for (other, view) in others.iter().zip(again) {
        let failing = noted(other).unwrap();
        assert_eq!(view.failing_since, Some(failing.since));
        assert!(view.failure.is_some_and(|(last, _)| last <= failing.last));
    }
    // Once they behave, all of them cosign.
    others.iter().for_each(|other| other.behave(Manner::Honest));
    until("all of them", || cosigned_by(&served, &all));
    until("nobody fails any more", || served.office.all_who_fail().is_empty());
}

#[test]
fn a_witness_that_forgets_what_it_signed_is_an_alarm() {
    let other = Other::new(41, Manner::Honest);
    let served = Served::with(settings(&[&other]));
    submit(&served, "one");
    until("the first", || cosigned_by(&served, &[&other]));
    let forgotten = || get(served.at, "/metrics").text().contains("kind=\"went-back\"} ");
    assert!(!forgotten());
    other.behave(Manner::Forgets);
    submit(&served, "two");
    // Its signature of this ledger counts on; that it could sign another one is told, and stays told.
    until("the second", || cosigned_by(&served, &[&other]));
    assert!(forgotten());
}

#[test]
fn a_witness_that_shows_a_newer_checkpoint_of_this_office_stops_it() {
    // The same keys in another folder, which went on longer.
    let longer = Served::new();
    submit(&longer, "one");
    submit(&longer, "two");
    let shown = longer.office.own_head().unwrap().unwrap().note.encode();
    let other = Other::new(31, Manner::Shows(shown));
    let dir = tempfile::tempdir().unwrap();
    let office = common::office(&dir.path().join("office"), notary::office::SealPolicy::IntervalMs(20));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = web::start(office.clone(), listener, settings(&[&other])).unwrap();
    // The trust bundle is the first entry; that is enough to be asked about.
    until("it stops", || office.summary().stopped);
    let ended = running.wait(|| ()).unwrap_err();
    assert!(
        matches!(&ended, web::ServeError::Office(why) if why.code().as_str() == "LEDGER_SEEN_ELSEWHERE"),
        "{ended}"
    );
}

#[test]
fn the_server_is_a_witness_as_the_specification_says() {
    let served = Served::new();
    let ledger = Key::new("b.example.cn/ledger", KeyUse::Ledger);
    let post = |body: &str| ask(served.at, "POST /witness/add-checkpoint", "", body.as_bytes());
    let head = |size: u64, leaf: u8| {
        let origin = Origin::parse("b.example.cn/ledger").unwrap();
        let root = if size == 0 { hash::empty_root() } else { hash::leaf_hash(&[leaf]) };
        ledger.0.sign_note(&Checkpoint::new(origin, size, root).unwrap().text()).unwrap()
    };
    let ask_for = |old: u64, note: Note| post(&AddCheckpoint::new(old, Vec::new(), note).unwrap().encode());
    assert_eq!(ask_for(0, head(1, 1)).status, 404, "not yet one of its ledgers");
    served.office.witness().unwrap().add(&[ledger.public().clone()]).unwrap();
    assert_eq!(post("old 0").status, 400);
    assert_eq!(ask_for(2, head(1, 1)).status, 400);
    let good = ask_for(0, head(1, 1));
    assert_eq!(good.status, 200);
    let line = verifier::witnessing::read_cosignatures(&good.body).unwrap().remove(0);
    let key = served.office.witness().unwrap().key().clone();
    assert!(verifier::cosignature::verify(&key, &line, head(1, 1).text()).is_ok());
    let conflict = ask_for(0, head(1, 1));
    assert_eq!(
        (conflict.status, conflict.header("content-type"), conflict.text().as_str()),
        (409, Some("text/x.tlog.size"), "1\n")
    );
    assert_eq!(ask_for(1, head(1, 2)).status, 422, "another root of the same size");
    assert_eq!(served.office.witness().unwrap().evidence().len(), 1);
    let stranger = Key::new("b.example.cn/ledger", KeyUse::Ledger);
    let spoiled = head(1, 1).text().to_string();
    let signature = stranger.0.sign(spoiled.as_bytes()).unwrap();
    let spoiled = Note::new(spoiled)
        .unwrap()
        .with_signature(verifier::note::SignatureLine::new(ledger.public(), signature));
    assert_eq!(ask_for(1, spoiled.unwrap()).status, 403);
    let large = vec![b'x'; verifier::limits::WITNESS_REQUEST_BYTES + 1];
    assert_eq!(ask(served.at, "POST /witness/add-checkpoint", "", &large).status, 413);
    assert_eq!(ask(served.at, "GET /witness/add-checkpoint", "", b"").status, 404);

    // What monitors read.
    let name = origin_name("b.example.cn/ledger");
    let shown = get(served.at, &format!("/witness/{name}/checkpoint"));
    assert_eq!(shown.status, 200);
    let note = Note::parse(&shown.text()).unwrap();
    assert_eq!(note.verify(&[ledger.public(), &key]), Ok(vec![0, 1]));
    assert!(note.signatures().contains(&line), "the very cosignature that was given");
    assert_eq!(get(served.at, &format!("/witness/{}/checkpoint", origin_name(ORIGIN))).status, 404);

    let told = ask(served.at, "GET /witness", "Accept: application/json\r\n", b"").json();
    assert_eq!(told["key"], key.encode());
    assert_eq!(told["ledgers"][0]["size"], 1);
    let page = get(served.at, "/witness").text();
    assert!(page.contains("b.example.cn/ledger") && page.contains("发现账本分叉"), "{page}");
    let metrics = get(served.at, "/metrics").text();
    assert!(metrics.contains("xinzheng_misbehaviour_proofs 1"), "{metrics}");
    assert!(
        metrics.contains(
            "xinzheng_witness_refusals_total{ledger=\"b.example.cn/ledger\",kind=\"other-root\"} 1"
        ),
        "{metrics}"
    );
}
