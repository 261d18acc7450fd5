//! The real server and its timestamp authorities: asked, verified, kept, served; and whatever they do instead.

#![allow(clippy::unwrap_used)]

mod authority;
#[path = "../common/mod.rs"]
mod common;

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use authority::{Authority, Manner, OTHER_POLICY, POLICY};
use common::{PATIENCE, Served, raw};
use notary::anchor::Target;
use notary::keys::{KeyFile, Passphrase, Signer, example};
use notary::office::{
    Clock, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind, SystemClock,
};
use notary::refusal::RefusalCode;
use verifier::anchor::{Anchor, AnchorKind, Evidence};
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::shelf::StatusShelf;
use verifier::time::Time;
use verifier::timestamp::Policy;
use verifier::trust::TrustBundle;
use verifier::verify::{Presented, Terms, verify};
use web::outgoing::{OutgoingSettings, PlainHttp};
use web::settings::{AnchorTarget, Settings};

const HOUR: Duration = Duration::from_secs(3_600);

fn settings(targets: Vec<AnchorTarget>) -> Settings {
    let outgoing = OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere };
    Settings { anchors: targets, outgoing, ..Settings::default() }
}

fn target(label: &str, authority: &Authority) -> AnchorTarget {
    AnchorTarget::authority(label, &authority.url(), HOUR, None).unwrap()
}

/// Puts these authorities into the office's trust bundle: label, token, who.
fn trust(office: &Office, authorities: &[(&str, &str, &Authority)]) {
    let mut fields = office.trust().fields().clone();
    fields.sequence += 1;
    fields.authorities = authorities
        .iter()
        .map(|(label, token, authority)| verifier::trust::Authority {
            label: label.to_string(),
            token: token.to_string(),
            certificate: authority.certificate(),
        })
        .collect();
    let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
    let root = KeyFile::open(&office.dir().join("keys/root.pem"), passphrase).unwrap();
    root.unlock().unwrap();
    let signed = root.sign_note(&fields.text().unwrap()).unwrap();
    office.take_trust(&signed.encode()).unwrap();
}

fn submit(office: &Office, name: &str) -> CertificateNumber {
    let submission = Submission {
        bytes: name.as_bytes().to_vec(),
        kind: SubmissionKind::File { name: name.into(), media_type: None },
        idempotency_key: None,
        corrects: None,
        qr: true,
    };
    let number = office.submit(submission).unwrap().number;
    assert!(office.wait_sealed(&number, PATIENCE).unwrap().is_some(), "sealing waits for nobody");
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

fn get(served: &Served, path: &str) -> common::Answer {
    raw(served.at, format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").as_bytes())
}

/// What the public endpoint says of a certificate file.
fn judged(served: &Served, file: &[u8]) -> serde_json::Value {
    let head = format!(
        "POST /api/v1/verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: {}\r\n\r\n",
        file.len()
    );
    raw(served.at, &[head.as_bytes(), file].concat()).json()
}

fn authority_of(label: &str) -> Target {
    Target::new(AnchorKind::Rfc3161, label).unwrap()
}

/// Whether this target has anchored a head over this certificate's entry.
fn is_anchored(office: &Office, label: &str, number: &CertificateNumber) -> bool {
    let index = office.index_of(number).unwrap().unwrap();
    office.anchors().last(&authority_of(label)).is_some_and(|last| last.size > index)
}

fn level(office: &Office, number: &CertificateNumber) -> u8 {
    let file = Presented::File(office.certificate(number).unwrap().certificate);
    let trust = TrustBundle::open(office.trust_text(), None).unwrap();
    let mut terms = Terms::at(office.now());
    terms.status_asked = false;
    verify(&file, &trust, &StatusShelf::default(), &terms).level
}

#[test]
fn a_checkpoint_is_timestamped_and_certificates_carry_the_token() {
    let (rsa, curve) = (Authority::new("RSA"), Authority::new("P-256"));
    let served = Served::with(settings(vec![target("rsa", &rsa), target("curve", &curve)]));
    let office = &served.office;
    // Before anybody is asked, so that the first head that anybody is asked for lies above it.
    let number = submit(office, "one");
    trust(office, &[("curve", "tsa.example.cn", &curve), ("rsa", "tsa.example.org", &rsa)]);
    until("both have timestamped the newest head", || {
        is_anchored(office, "rsa", &number) && is_anchored(office, "curve", &number)
    });

    // Everybody can read it, and stock tools say the same.
    for n in ["000", "001"] {
        let file = get(&served, &format!("/ledger/anchors/{n}"));
        assert_eq!((file.status, file.header("content-type")), (200, Some("application/json")));
        assert_eq!(file.header("cache-control"), Some("public, max-age=31536000, immutable"));
        let anchor = Anchor::parse(file.text().strip_suffix('\n').unwrap()).unwrap();
        assert!(anchor.path().is_none());
        let Some(Evidence::Rfc3161(stamp)) = anchor.evidence() else { panic!("{anchor:?}") };
        let who = if anchor.label() == Some("rsa") { &rsa } else { &curve };
        assert!(who.verifies(anchor.note().unwrap().text().as_bytes(), &stamp.token));
        assert!(!who.verifies(b"another text", &stamp.token), "the tool can say no");
    }
    assert_eq!(get(&served, "/ledger/anchors/002").status, 404);
    assert_eq!(get(&served, "/ledger/anchors/").status, 404);

    let certificate = office.certificate(&number).unwrap().certificate;
    assert_eq!(certificate.anchors().len(), 2);
    assert!(certificate.anchors().iter().all(|anchor| anchor.path().is_some()));
    assert_eq!(level(office, &number), 3, "one kind of evidence by others");

    // Programs are told which there are, and what they show in a certificate.
    let listed = get(&served, "/api/v1/anchors?limit=1").json();
    assert_eq!((listed["count"].as_u64(), listed["targets"].as_array().unwrap().len()), (Some(2), 2));
    let first = &listed["anchors"][0];
    assert_eq!((first["number"].as_u64(), first["file"].as_str()), (Some(0), Some("/ledger/anchors/000")));
    assert_eq!(listed["next"], "/api/v1/anchors?from=1&limit=1");
    let rest = get(&served, "/api/v1/anchors?from=1").json();
    assert!(rest["anchors"][0]["number"] == 1 && rest.get("next").is_none(), "{rest}");
    assert_eq!(get(&served, "/api/v1/anchors?from=7").json()["anchors"], serde_json::json!([]));
    let told = judged(&served, &certificate.encode());
    let stamps = told["timestamps"].as_array().unwrap();
    let labels: Vec<&str> = stamps.iter().map(|stamp| stamp["label"].as_str().unwrap()).collect();
    assert!(labels.len() == 2 && labels.contains(&"rsa") && labels.contains(&"curve"), "{told}");
    assert!(stamps.iter().all(|stamp| stamp["independent"] == true && stamp["at"].is_string()), "{told}");
    assert_eq!(told["cosigners"], serde_json::json!([]));

    let metrics = get(&served, "/metrics").text();
    for line in [
        "xinzheng_anchor_age_seconds{kind=\"rfc3161\",target=\"rsa\"} ",
        "xinzheng_anchored_entries{kind=\"rfc3161\",target=\"curve\"} ",
        "xinzheng_anchor_waiting_seconds{kind=\"rfc3161\",target=\"rsa\"} 0\n",
        "xinzheng_anchor_alarm{kind=\"rfc3161\",target=\"rsa\"} 0\n",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
    assert!(get(&served, "/health").text().contains("\"anchor_alarms\":0"));

    // The next head is asked for an hour later, or when somebody asks for it.
    let asked = rsa.asked.load(Ordering::SeqCst);
    let two = submit(office, "two");
    assert!(!is_anchored(office, "rsa", &two));
    assert_eq!(rsa.asked.load(Ordering::SeqCst), asked);
    office.anchors().hurry();
    until("the newest head", || is_anchored(office, "rsa", &two) && is_anchored(office, "curve", &two));
    let again = office.certificate(&number).unwrap().certificate;
    assert_eq!(again.anchors(), certificate.anchors(), "the earliest stays");
}

#[test]
fn an_authority_with_a_new_certificate_vouches_for_older_entries_by_its_next_timestamp() {
    let (old, new) = (Authority::new("P-256"), Authority::new("P-384"));
    let (old_certificate, new_certificate) = (old.certificate(), new.certificate());
    let listed = [("old", "tsa.example.cn", &old)];
    // One label in the settings; who answers there changes.
    let served = Served::with(settings(vec![target("old", &old)]));
    let office = &served.office;
    let first = submit(office, "one");
    trust(office, &listed);
    until("the old one", || is_anchored(office, "old", &first));
    assert_eq!(level(office, &first), 3);
    assert_ne!(old_certificate, new_certificate);
    old.becomes(&new);
    trust(office, &[("old", "tsa.example.cn", &new)]);
    assert_eq!(level(office, &first), 2, "nobody can check the old token by the new bundle");
    assert!(office.certificate(&first).unwrap().certificate.anchors().is_empty(), "so it is not carried");
    let second = submit(office, "two");
    office.anchors().hurry();
    until("the new one", || is_anchored(office, "old", &second));
    assert_eq!((level(office, &first), level(office, &second)), (3, 3));
    // Taken out of the bundle, it is carried no more, and stays in the ledger.
    trust(office, &[]);
    assert!(office.certificate(&first).unwrap().certificate.anchors().is_empty());
    assert_eq!(office.anchors().count(), 2);
}

#[test]
fn whatever_an_authority_does_nothing_is_kept_and_nothing_waits() {
    let manners = [
        (Manner::WrongType, "content-type"),
        (Manner::Replay, "other-request"),
        (Manner::OtherAuthority, "chain"),
        (Manner::OtherDigest, "other-request"),
        (Manner::Broken, "signature"),
        (Manner::Cut, "unreadable"),
        (Manner::Garbage, "unreadable"),
        (Manner::Rejects, "rejected"),
        (Manner::Huge, "too-large"),
        (Manner::Drip, "timed-out"),
        (Manner::Redirect, "redirect"),
        (Manner::Status(500), "refused-500"),
        (Manner::Hangs, "timed-out"),
        (Manner::Close, "connection"),
    ];
    let authorities: Vec<Authority> = manners.iter().map(|_| Authority::new("P-256")).collect();
    let label = |n: usize| format!("a{n}");
    for (authority, (manner, _)) in authorities.iter().zip(&manners) {
        authority.behave(*manner);
    }
    let targets = authorities.iter().enumerate().map(|(n, authority)| target(&label(n), authority)).collect();
    let served = Served::with(settings(targets));
    let office = &served.office;
    let labels: Vec<String> = (0..manners.len()).map(label).collect();
    let mut listed: Vec<(&str, &str, &Authority)> =
        labels.iter().zip(&authorities).map(|(label, who)| (label.as_str(), "tsa.example.cn", who)).collect();
    listed.sort_by_key(|(label, ..)| label.to_string());
    trust(office, &listed);
    let number = submit(office, "one");
    for (n, (manner, kind)) in manners.iter().enumerate() {
        let counted =
            format!("xinzheng_anchor_failures_total{{kind=\"rfc3161\",target=\"a{n}\",reason=\"{kind}\"}} ");
        until(&format!("{manner:?}"), || get(&served, "/metrics").text().contains(&counted));
        // Sealing goes on meanwhile.
        submit(office, &format!("{manner:?}"));
    }
    assert_eq!(office.anchors().count(), 0);
    assert!(!office.dir().join("ledger/anchors").exists());
    // One that comes to its senses is taken.
    authorities[0].behave(Manner::Honest);
    office.anchors().hurry();
    until("an honest answer", || is_anchored(office, "a0", &number));
    assert_eq!(office.anchors().count(), 1);
}

#[test]
fn a_target_that_the_bundle_does_not_list_is_not_asked_and_a_policy_is_demanded() {
    let (listed, stranger) = (Authority::new("P-256"), Authority::new("P-256"));
    let policy = |text: &str| Some(Policy::parse(text).unwrap());
    let targets = vec![
        AnchorTarget::authority("any", &listed.url(), HOUR, None).unwrap(),
        AnchorTarget::authority("right", &listed.url(), HOUR, policy(POLICY)).unwrap(),
        AnchorTarget::authority("second", &listed.url(), HOUR, policy(OTHER_POLICY)).unwrap(),
        AnchorTarget::authority("unknown", &listed.url(), HOUR, policy("1.3.6.1.4.1.99999.3")).unwrap(),
        target("stranger", &stranger),
    ];
    let served = Served::with(settings(targets));
    let office = &served.office;
    let all: Vec<_> =
        ["any", "right", "second", "unknown"].map(|label| (label, "tsa.example.cn", &listed)).to_vec();
    trust(office, &all);
    let number = submit(office, "one");
    until("three policies", || {
        ["any", "right", "second"].iter().all(|label| is_anchored(office, label, &number))
    });
    let failed = |label: &str, reason: &str| {
        let line = format!(
            "xinzheng_anchor_failures_total{{kind=\"rfc3161\",target=\"{label}\",reason=\"{reason}\"}} "
        );
        until(&line, || get(&served, "/metrics").text().contains(&line));
    };
    // The authority says itself that it has no such policy.
    failed("unknown", "rejected");
    failed("stranger", "not-trusted");
    assert_eq!(stranger.asked.load(Ordering::SeqCst), 0);
    assert!(get(&served, "/health").text().contains("\"anchor_alarms\":"));
    assert!(
        get(&served, "/metrics")
            .text()
            .contains("xinzheng_anchor_alarm{kind=\"rfc3161\",target=\"stranger\"} 1\n")
    );
}

/// The computer's clock, so many seconds ago; ahead of it where that is negative.
struct Ago(Mutex<i64>);

impl Clock for Ago {
    fn now(&self) -> Time {
        Time::new(SystemClock.now().seconds().saturating_add_signed(-*self.0.lock().unwrap())).unwrap()
    }
}

#[test]
fn days_without_an_authority_end_with_one_token_of_the_newest_head() {
    const DAY: i64 = 86_400;
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("office");
    let clock = Arc::new(Ago(Mutex::new(3 * DAY)));
    let new = NewOffice {
        origin: Origin::parse(example::ORIGIN).unwrap(),
        name: "N".into(),
        organisation: None,
        host: None,
        seal: SealPolicy::IntervalMs(20),
    };
    Office::create_example(&path, &new, clock.now()).unwrap();
    let options = OpenOptions { clock: clock.clone(), allow_example_keys: true, allow_later: false };
    let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
    let office = Arc::new(Office::open(&path, &passphrase, options).unwrap());
    let authority = Authority::new("P-256");
    trust(&office, &[("tsa", "tsa.example.cn", &authority)]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = web::start(office.clone(), listener, settings(vec![target("tsa", &authority)])).unwrap();
    let asked = || authority.asked.load(Ordering::SeqCst);
    let mut numbers = Vec::new();
    for day in 0..4 {
        // Down, and then up with a clock that is days ahead of the office's: its token can't be.
        authority.behave(if day < 2 { Manner::Status(503) } else { Manner::Honest });
        numbers.push(submit(&office, &format!("day {day}")));
        if day < 3 {
            let before = asked();
            office.anchors().hurry();
            until("asked in vain", || asked() > before);
            until("counted", || running_failures(running.address()) > day);
            *clock.0.lock().unwrap() -= DAY;
        }
    }
    office.anchors().hurry();
    until("the newest head", || is_anchored(&office, "tsa", numbers.last().unwrap()));
    assert_eq!(office.anchors().count(), 1, "one for all the days");
    assert!(numbers.iter().all(|number| level(&office, number) == 3));
    running.stop();
    running.wait(|| ()).unwrap();

    // It goes down again, for a day; a server that starts then knows how long.
    authority.behave(Manner::Status(503));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = web::start(office.clone(), listener, settings(vec![target("tsa", &authority)])).unwrap();
    submit(&office, "lacks");
    running.stop();
    running.wait(|| ()).unwrap();
    *clock.0.lock().unwrap() -= DAY;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let running = web::start(office.clone(), listener, settings(vec![target("tsa", &authority)])).unwrap();
    let waited = || {
        let text =
            raw(running.address(), b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .text();
        let line = text.lines().find(|line| line.starts_with("xinzheng_anchor_waiting_seconds{"));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).unwrap_or_default()
    };
    until("as old as it is", || waited() > 43_200);
    running.stop();
    running.wait(|| ()).unwrap();
}

#[test]
fn who_fails_has_failed_as_long_after_a_restart() {
    const TSA: &str = "rfc3161 tsa";
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("office");
    let authority = Authority::new("P-256");
    authority.behave(Manner::Status(500));
    let office = common::office(&path, SealPolicy::IntervalMs(20));
    trust(&office, &[("tsa", "tsa.example.cn", &authority)]);
    let start = |office: &Arc<Office>| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        web::start(office.clone(), listener, settings(vec![target("tsa", &authority)])).unwrap()
    };
    let is_alarm = |at: SocketAddr| {
        let text = raw(at, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").text();
        text.contains("xinzheng_anchor_alarm{kind=\"rfc3161\",target=\"tsa\"} 1\n")
    };
    let running = start(&office);
    let number = submit(&office, "one");
    until("three failures in a row", || {
        office.anchors().hurry();
        is_alarm(running.address())
    });
    running.stop();
    running.wait(|| ()).unwrap();
    let noted = office.failing(TSA).unwrap();
    assert!(noted.times >= 3 && noted.kind == "refused-500", "{noted:?}");
    drop(office);
    let file = std::fs::read_to_string(path.join("anchor/failing")).unwrap();
    assert!(file.contains("refused-500") && !file.contains("127.0.0.1"), "{file}");

    let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
    let began = Instant::now();
    let office = loop {
        let options =
            OpenOptions { clock: Arc::new(SystemClock), allow_example_keys: true, allow_later: false };
        match Office::open(&path, &passphrase, options) {
            // A thread of the server that ended may hold it for a moment more.
            Err(refusal) if refusal.code() == RefusalCode::OfficeBusy && began.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(20));
            }
            opened => break Arc::new(opened.unwrap()),
        }
    };
    let running = start(&office);
    assert!(is_alarm(running.address()), "one failure of this process, if any");
    until("it fails again", || {
        office.anchors().hurry();
        office.failing(TSA).is_some_and(|now| now.times > noted.times && now.since == noted.since)
    });
    authority.behave(Manner::Honest);
    until("all is well", || {
        office.anchors().hurry();
        is_anchored(&office, "tsa", &number) && office.failing(TSA).is_none() && !is_alarm(running.address())
    });
    running.stop();
    running.wait(|| ()).unwrap();
    assert_eq!(std::fs::read_to_string(path.join("anchor/failing")).unwrap().matches("who").count(), 0);
}

/// Failures that the server has counted.
fn running_failures(at: SocketAddr) -> usize {
    let metrics = raw(at, b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").text();
    let counts = metrics.lines().filter(|line| line.starts_with("xinzheng_anchor_failures_total{"));
    counts.filter_map(|line| line.rsplit(' ').next()?.parse::<usize>().ok()).sum()
}
