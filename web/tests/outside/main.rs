//! The ledger as strangers read it over HTTP: our own audit from outside, and a small reader written after C2SP tlog-tiles
//! and tlog-checkpoint alone, without a line of this project's formats.

#[path = "../common/mod.rs"]
mod common;
mod hostile;

use std::time::Duration;

use common::{Served, get};
use notary::audit::follow::{Followed, follow};
use notary::audit::{AuditOptions, LedgerSource as _, Verdict, origin_of};
use notary::office::{Submission, SubmissionKind};
use sha2::{Digest, Sha256};
use web::audit_source::{HttpSource, Pace};
use web::outgoing::{Outgoing, OutgoingSettings, PlainHttp};

/// An office with this many more files in its ledger, sealed.
fn issue(served: &Served, from: usize, count: usize) {
    let submissions = (from..from + count).map(|n| Submission {
        bytes: format!("file {n}").into_bytes(),
        kind: SubmissionKind::File { name: format!("{n}.txt"), media_type: None },
        idempotency_key: Some(n.to_string()),
        corrects: None,
        qr: true,
    });
    let answers = served.office.submit_many(submissions.collect()).unwrap();
    assert!(answers.iter().all(Result::is_ok));
    served.office.publish_status().unwrap();
}

fn source(served: &Served) -> HttpSource {
    let settings = OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere };
    let outgoing = Outgoing::new(&settings).unwrap();
    let pace = Pace { pause: Duration::from_millis(1), ..Pace::default() };
    HttpSource::with_pace(outgoing, &format!("http://{}", served.at), pace).unwrap()
}

#[test]
fn a_stranger_audits_and_follows_the_ledger_with_nothing_but_the_trust_bundle() {
    let served = Served::new();
    issue(&served, 0, 300);
    let (source, trust) = (source(&served), served.office.trust().clone());
    let origin = origin_of(&source).unwrap().unwrap();
    let mut followed = Followed::new(origin);
    for more in [0, 1, 300] {
        if more > 0 {
            issue(&served, 1000 * more, more);
        }
        let options = AuditOptions { now: Some(served.office.now()), ..AuditOptions::default() };
        let report = follow(&source, Some(&trust), &mut followed, &options, &mut (), &mut |_| {}).unwrap();
        assert_eq!((report.verdict, report.findings), (Verdict::Clean, vec![]), "{more}");
        assert_eq!(followed.audited(), report.size);
    }
    assert!(source.list("public").unwrap().unwrap().len() > 3);
}

/// MTH of RFC 6962.
fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [] => Sha256::digest([]).into(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            let node = [[1].as_slice(), &root(left), &root(right)].concat();
            Sha256::digest(node).into()
        }
    }
}

/// `x001/x234/067`
fn path(n: usize) -> String {
    let mut path = format!("{:03}", n % 1000);
    let mut n = n / 1000;
    while n > 0 {
        path = format!("x{:03}/{path}", n % 1000);
        n /= 1000;
    }
    path
}

#[test]
fn a_reader_after_c2sp_alone_reads_all_of_it() {
    let served = Served::new();
    issue(&served, 0, 600);
    let fetch = |path: &str, media_type: &str, keep: &str| {
        let answer = get(served.at, &format!("/ledger/{path}"));
        assert_eq!(answer.status, 200, "{path}");
        assert!(answer.header("content-type").unwrap().starts_with(media_type), "{path}");
        assert!(answer.header("cache-control").unwrap().contains(keep), "{path}");
        answer.body
    };
    let note = String::from_utf8(fetch("checkpoint", "text/plain", "max-age=1")).unwrap();
    let (text, signatures) = note.rsplit_once("\n\n").unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let (origin, size) = (lines[0], lines[1].parse::<usize>().unwrap());
    assert!(signatures.lines().any(|line| line.starts_with(&format!("\u{2014} {origin} "))));
    assert!(size > 600);
    let mut leaves: Vec<[u8; 32]> = Vec::new();
    for n in 0..size.div_ceil(256) {
        let width = (size - 256 * n).min(256);
        let part = if width == 256 { String::new() } else { format!(".p/{width}") };
        let name = |level: &str| format!("tile/{level}/{}{part}", path(n));
        let bundle = fetch(&name("entries"), "application/octet-stream", "immutable");
        let mut rest = &bundle[..];
        let mut own: Vec<[u8; 32]> = Vec::new();
        while let [high, low, after @ ..] = rest {
            let (entry, next) = after.split_at(usize::from(u16::from_be_bytes([*high, *low])));
            own.push(Sha256::digest([[0].as_slice(), entry].concat()).into());
            rest = next;
        }
        assert_eq!(own.len(), width);
        assert_eq!(fetch(&name("0"), "application/octet-stream", "immutable"), own.concat());
        leaves.extend(own);
    }
    let above: Vec<[u8; 32]> = leaves.chunks_exact(256).map(root).collect();
    assert_eq!(
        fetch(&format!("tile/1/000.p/{}", above.len()), "application/octet-stream", "immutable"),
        above.concat()
    );
    use base64::Engine as _;
    assert_eq!(lines[2], base64::engine::general_purpose::STANDARD.encode(root(&leaves)));
}
