//! An audit over loopback, against the same audit of the files on disk, and against fetching these files and nothing else.

use std::path::Path;
use std::time::Duration;

use notary::audit::{AuditOptions, DirSource, LedgerSource, Verdict, audit_ledger};
use web::audit_source::HttpSource;
use web::outgoing::{Outgoing, OutgoingSettings, PlainHttp};

use super::client::Client;
use super::desk::Desk;
use super::{row, timed};

const ENTRIES: usize = 65_536;
const ROUNDS: usize = 3;

pub fn run() {
    let desk = Desk::new(200);
    desk.fill(ENTRIES);
    let origin = desk.office.origin().clone();
    let audit = |source: &dyn LedgerSource| {
        let report = audit_ledger(source, &origin, None, &AuditOptions::default()).unwrap();
        assert!(report.verdict == Verdict::Clean && report.size > ENTRIES as u64);
    };
    let folder = desk.dir().join("office").join("ledger");
    let disk = DirSource::new(&folder).unwrap();
    let mut paths = Vec::new();
    files(&folder, "", &mut paths);
    let settings = OutgoingSettings { roots: None, plain_http: PlainHttp::Anywhere };
    let over_http = || {
        let outgoing = Outgoing::new(&settings).unwrap();
        audit(&HttpSource::open(outgoing, &format!("http://{}", desk.at)).unwrap());
    };
    let (mut http, mut local, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        http.push(timed(over_http).0);
        local.push(timed(|| audit(&disk)).0);
        bare.push(timed(|| fetch(&desk, &paths)).0);
    }
    let (http, local, bare) = (middle(http), middle(local), middle(bare));
    let ratio = |other: Duration| Some(http.as_secs_f64() / other.as_secs_f64());
    row(
        &format!("audit of {ENTRIES} entries in {} files over loopback", paths.len()),
        &format!("{http:.0?}"),
        &format!("of the same files on disk: {local:.0?}"),
        ratio(local),
        "",
    );
    row(
        "…",
        &format!("{http:.0?}"),
        &format!("GET of these files alone, one connection: {bare:.0?}"),
        ratio(bare),
        "",
    );
}

/// These files, one after the other on one connection.
fn fetch(desk: &Desk, paths: &[String]) {
    let mut client = Client::new(desk.at);
    for path in paths {
        let request = format!("GET /ledger/{path} HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(client.ask(request.as_bytes()).0, 200, "{path}");
    }
}

/// What is in a folder and below, as paths of the ledger.
fn files(folder: &Path, prefix: &str, all: &mut Vec<String>) {
    for file in std::fs::read_dir(folder).unwrap() {
        let file = file.unwrap();
        let path = format!("{prefix}{}", file.file_name().to_str().unwrap());
        match file.file_type().unwrap().is_dir() {
            true => files(&file.path(), &format!("{path}/"), all),
            false => all.push(path),
        }
    }
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
