//! `demo`: an example office, the samples as certificates, and the service.
//!
//! The second run goes on with the same folder: a sample's own number makes it known, so nothing is issued twice.

mod show;

use std::io;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use notary::document::{Document, Intake, Templates};
use notary::keys::example;
use notary::office::{Clock, NewOffice, NotBefore, Office, OpenOptions, SealPolicy, SystemClock};
use verifier::certificate::Certificate;
use verifier::origin::Origin;
use verifier::registry::ClaimValue;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::trust::{TrustBundle, fingerprint};
use verifier::verdict::Verdict;
use verifier::verify::{Presented, Terms, verify};
use web::Settings;

use self::show::{Row, Shown, command, describe};
use super::{certificate, serve, status};
use crate::args::{Common, Demo};
use crate::door::reach::unexpected;
use crate::door::{self, Bytes, List, NewDocument, Request, Response, perform};
use crate::lang::Lang;
use crate::output::{Answer, COULD_NOT, Failure};
use crate::passphrase::passphrase;
use crate::samples::SAMPLES;
use crate::{files, first_accounts, say};

/// The folder of certificates in the example office's.
const CERTIFICATES: &str = "certificates";
/// So many ports are tried.
const PORTS: u16 = 100;

pub fn run(args: &Demo, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let latest = latest_sample()?;
    let office = Arc::new(open(&args.dir, latest)?);
    serve::report(&office);
    let mut shown = issue(&office, &args.dir, lang)?;
    let all_valid = shown.certificates.iter().all(|row| row.verdict == "valid");
    if args.once {
        let text = describe(&shown, lang);
        return Ok(Answer::new(&shown, text).exit(if all_valid { 0 } else { COULD_NOT }));
    }
    let listener = free_port(args.port)?;
    let settings = Settings { signals: true, ..Settings::default() };
    let served = serve::serve(office, listener, settings, |address| {
        shown.listening = Some(format!("http://{address}"));
        let text = describe(&shown, lang)
            + &say!(
                lang,
                "\n正在服务：http://{address}/（Ctrl-C 停止）\n",
                "\nserving at http://{address}/ (Ctrl-C stops it)\n"
            );
        Answer::new(&shown, text).show(common.json);
    });
    serve::ended(served, common, lang)
}

/// A calendar for the demo.
const CALENDAR: &str = r#"{"format":"xinzheng/calendar/v1","year":{year},"source":"示例日历：只有固定日期的节日，不是放假安排",
"off":[{"name":"元旦","from":"{year}-01-01","to":"{year}-01-01"},{"name":"劳动节","from":"{year}-05-01","to":"{year}-05-01"},
{"name":"国庆节","from":"{year}-10-01","to":"{year}-10-03"}],"working":[]}"#;

/// The example office, made on the first run.
fn open(dir: &Path, latest: Time) -> Result<Office, Failure> {
    let clock = NotBefore(latest);
    if !dir.join("office.json").exists() {
        let bad = |refused: verifier::error::Refused| {
            Failure::could_not("SELF_CHECK_FAILED", refused.to_string(), refused.to_string())
        };
        let example = NewOffice {
            origin: Origin::parse(example::ORIGIN).map_err(bad)?,
            name: "示例县公共信用信息中心".into(),
            organisation: Some("12619900990000084G".into()),
            host: None,
            seal: SealPolicy::default(),
        };
        Office::create_example(dir, &example, clock.now())?;
    }
    let options = OpenOptions { clock: Arc::new(clock), allow_example_keys: true, allow_later: false };
    Ok(Office::open(dir, &passphrase(example::PASSPHRASE)?, options)?)
}

/// When the latest sample was made: the demo's time is not before it.
fn latest_sample() -> Result<Time, Failure> {
    let templates = Templates::every();
    let intake = Intake { now: SystemClock.now(), allow_later: true, templates: &templates };
    let mut latest = Time::new(0).unwrap_or(SystemClock.now());
    for sample in SAMPLES {
        latest = latest.max(Document::parse(sample.bytes, &intake)?.dated().unwrap_or(latest));
    }
    Ok(latest)
}

/// Issues what is not issued yet, publishes the status, writes the files, and judges each as a stranger would.
fn issue(office: &Office, dir: &Path, lang: Lang) -> Result<Shown, Failure> {
    calendars(office)?;
    let numbers = submit(office)?;
    office.seal_all()?;
    let published = ask(office, Request::Status(door::status::Ask::Publish))?;
    let Response::Status(door::status::Told::Published { lists }) = published else {
        return Err(unexpected());
    };
    let out = dir.join(CERTIFICATES);
    status::copies(&lists, Some(&out))?;
    let trust = TrustBundle::open(office.trust_text(), None)
        .map_err(|error| Failure::could_not("TRUST_BAD", error.to_string(), error.to_string()))?;
    let shelf = shelf(&lists, &trust)?;
    let mut rows = Vec::new();
    for (sample, number) in numbers {
        // Who plays with the demo may have had one replaced or erased: its content is served no more.
        let issued = match ask(office, Request::Certificate { number: number.clone() }) {
            Ok(Response::Certificate(issued)) => issued,
            Err(failure) if ["CONTENT_WITHDRAWN", "ERASED"].contains(&failure.code()) => continue,
            Err(failure) => return Err(failure),
            Ok(_) => return Err(unexpected()),
        };
        files::make_dir(&out)?;
        certificate::write(&number, &issued, &out)?;
        let file = out.join(format!("{number}.xzc"));
        rows.push(judge(sample, number, &file, &trust, &shelf, office.now(), lang)?);
    }
    let root = trust.roots().first().ok_or_else(unexpected)?;
    let example = rows.first().map(|row| row.file.clone()).unwrap_or_default();
    let (root_text, print) = (root.encode(), fingerprint(root));
    Ok(Shown {
        dir: dir.display().to_string(),
        origin: office.origin().to_string(),
        verify: command(dir, &root_text, &example, office.now()),
        certificates: rows,
        trust: dir.join("trust.xzt").display().to_string(),
        root: root_text,
        fingerprint: print,
        accounts: first_accounts::examples(office)?,
        listening: None,
    })
}

/// Deadlines need the working days of this year and the next. These have the fixed days off only and say that they are no
/// real calendars; whoever imports one keeps it.
fn calendars(office: &Office) -> Result<(), Failure> {
    let (year, ..) = office.now().china_date().to_ymd();
    let known = office.work_calendar()?;
    for year in year..=year + 1 {
        if !known.years().any(|known| known.year() == year) {
            office.import_calendar(CALENDAR.replace("{year}", &year.to_string()).as_bytes())?;
        }
    }
    Ok(())
}

fn submit(office: &Office) -> Result<Vec<(&'static str, String)>, Failure> {
    let one = |sample: &'static crate::samples::Sample| {
        let document = NewDocument {
            bytes: Bytes(sample.bytes.to_vec()),
            file: None,
            key: None,
            corrects: None,
            qr: true,
        };
        match ask(office, Request::Submit(document)).map_err(|failure| failure.at(sample.name))? {
            Response::Accepted { number, .. } => Ok((sample.name, number)),
            _ => Err(unexpected()),
        }
    };
    SAMPLES.iter().map(one).collect()
}

fn ask(office: &Office, request: Request) -> Result<Response, Failure> {
    match perform(office, request) {
        Response::Failed(failure) => Err(failure),
        response => Ok(response),
    }
}

fn shelf(lists: &[List], trust: &TrustBundle) -> Result<StatusShelf, Failure> {
    let parse = |list: &List| StatusList::parse(list.file.as_bytes());
    let parsed = lists.iter().map(parse).collect::<Result<Vec<_>, _>>();
    let parsed = parsed.map_err(|refused| {
        Failure::could_not("SELF_CHECK_FAILED", refused.to_string(), refused.to_string())
    })?;
    Ok(StatusShelf::new(parsed, trust))
}

/// Reads the file back and verifies what is in it.
fn judge(
    sample: &'static str,
    number: String,
    file: &Path,
    trust: &TrustBundle,
    shelf: &StatusShelf,
    now: Time,
    lang: Lang,
) -> Result<Row, Failure> {
    let bytes = files::read(file, verifier::limits::CERTIFICATE_BYTES)?;
    let certificate = Certificate::parse(&bytes)
        .map_err(|refused| Failure::could_not("FORMAT_BAD", refused.to_string(), refused.to_string()))?;
    let verdict = verify(&Presented::File(certificate), trust, shelf, &Terms::at(now));
    let (holder, title, not_yes) = fields(&verdict, lang);
    let file = file.display().to_string();
    Ok(Row {
        sample,
        file,
        number,
        holder,
        title,
        not_yes,
        verdict: verdict.outcome.as_str(),
        code: verdict.code.as_str(),
    })
}

fn fields(verdict: &Verdict, lang: Lang) -> (String, String, Vec<String>) {
    let Some(fields) = &verdict.fields else { return Default::default() };
    let core = &fields.core;
    let claims = core.claims().iter().filter(|claim| claim.value() != ClaimValue::Yes);
    let word = |claim: &verifier::core::Claim| match lang {
        Lang::Zh => format!("{}：{}", claim.rule().zh(), claim.value().zh()),
        Lang::En => format!("{}: {}", claim.rule().en(), claim.value().en()),
    };
    let holder = core.holder().map(|holder| holder.name().to_string()).unwrap_or_default();
    (holder, core.title().to_string(), claims.map(word).collect())
}

fn free_port(first: u16) -> Result<TcpListener, Failure> {
    let mut port = first;
    loop {
        match TcpListener::bind(("127.0.0.1", port)) {
            Err(error)
                if error.kind() == io::ErrorKind::AddrInUse && port < u16::MAX && port - first < PORTS =>
            {
                port += 1;
            }
            Err(error) => return Err(serve::cannot_listen(&format!("127.0.0.1:{port}"), &error)),
            Ok(listener) => return Ok(listener),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_moves_to_the_next() {
        let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let Ok(next) = free_port(port) else { panic!("no port free after {port}") };
        assert!(next.local_addr().unwrap().port() > port);
    }
}
