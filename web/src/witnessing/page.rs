//! `GET /witness`: whose key this is, which ledgers it cosigns, and who cosigns this one. Public, for people and programs.

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::office::Office;
use notary::witness::origin_name;
use serde::Serialize;

use super::watch::{Alarm, AskedView, reason};
use crate::page::words::moment;
use crate::page::{Page, Section};
use crate::server::Shared;

#[derive(Template)]
#[template(path = "witness/witness.html")]
struct Shown<'a> {
    page: &'a Page,
    key: Option<String>,
    ledgers: Vec<LedgerRow>,
    forks: usize,
    witnesses: Vec<WitnessRow>,
    cosigned: Option<u64>,
}

struct LedgerRow {
    origin: String,
    head: Option<(u64, String)>,
    address: String,
    asleep: bool,
}

struct WitnessRow {
    name: String,
    organisation: String,
    own: bool,
    cosigned: bool,
}

/// The same for a program.
#[derive(Serialize)]
struct Told {
    origin: String,
    key: Option<String>,
    ledgers: Vec<LedgerTold>,
}

#[derive(Serialize)]
struct LedgerTold {
    origin: String,
    keys: Vec<String>,
    size: Option<u64>,
    cosigned_at: Option<u64>,
    asleep: bool,
    checkpoint: String,
}

/// The page, or the object.
pub async fn show(page: Page, request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let office = shared.office();
    if wants_json(&request) {
        return HttpResponse::Ok().insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*")).json(told(office));
    }
    let page = page.titled("账本见证", "Witnessing").at(Section::Batches).public();
    let newest = office.newest_cosigned();
    let trust = office.trust();
    let own = trust.office(office.origin()).map(|own| own.organisation.token.clone());
    let witnesses = trust.witnesses().iter().map(|witness| WitnessRow {
        name: witness.key.name().to_string(),
        organisation: witness.organisation.name.clone(),
        own: Some(&witness.organisation.token) == own.as_ref(),
        cosigned: newest
            .as_ref()
            .is_some_and(|(_, note)| note.signatures().iter().any(|line| line.names(&witness.key))),
    });
    let ledgers = office.witness().map(|witness| witness.ledgers()).unwrap_or_default().into_iter();
    let ledgers = ledgers.map(|ledger| LedgerRow {
        head: ledger.head.map(|(size, time)| (size, moment(page.lang, time))),
        address: address(&ledger.origin),
        asleep: ledger.asleep,
        origin: ledger.origin,
    });
    let shown = Shown {
        page: &page,
        key: office.witness().map(|witness| witness.key().encode()),
        ledgers: ledgers.collect(),
        forks: office.witness().map_or(0, |witness| witness.evidence().len()),
        witnesses: witnesses.collect(),
        cosigned: newest.map(|(size, _)| size),
    };
    page.html(StatusCode::OK, &shown)
}

fn told(office: &Office) -> Told {
    let ledgers = office.witness().map(|witness| witness.ledgers()).unwrap_or_default().into_iter();
    Told {
        origin: office.origin().to_string(),
        key: office.witness().map(|witness| witness.key().encode()),
        ledgers: ledgers
            .map(|ledger| LedgerTold {
                keys: ledger.keys.iter().map(|key| key.encode()).collect(),
                size: ledger.head.map(|(size, _)| size),
                cosigned_at: ledger.head.map(|(_, time)| time.seconds()),
                asleep: ledger.asleep,
                checkpoint: address(&ledger.origin),
                origin: ledger.origin,
            })
            .collect(),
    }
}

fn address(origin: &str) -> String {
    format!("{}/{}/checkpoint", super::PREFIX, origin_name(origin))
}

fn wants_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// A witness that is asked, as the officers' page shows it.
pub struct AskedRow {
    /// Whose it is, by the trust bundle; empty where the bundle does not name it.
    pub organisation: String,
    /// The name of its key.
    pub name: String,
    /// Its address.
    pub url: String,
    /// When it last cosigned, and how far.
    pub cosigned: String,
    /// What somebody has to look at; empty where nothing is.
    pub alarm: String,
    /// What is to be done about that.
    pub next: &'static str,
    /// Since when nothing but failures came; empty where the last try went well.
    pub waits: String,
    /// The last failure; empty where there was none since the last success, or where the alarm tells of it.
    pub failure: String,
}

/// The witnesses that are asked, for the officers.
pub fn asked_rows(page: &Page, shared: &Shared) -> Vec<AskedRow> {
    let (lang, words) = (page.lang, page.lang.words());
    let trust = shared.office().trust();
    let of = |name: &str| trust.witnesses().iter().find(|witness| witness.key.name().to_string() == name);
    let row = |view: AskedView| {
        let told = matches!(view.alarm, Some(Alarm::Failing(_)));
        AskedRow {
            organisation: of(&view.name).map(|one| one.organisation.name.clone()).unwrap_or_default(),
            cosigned: match view.cosigned {
                Some((size, time)) => {
                    format!("{} · {size} {}", moment(lang, time), lang.pick("条存证", "entries"))
                }
                None => lang.pick("启动后尚未", "not since the start").to_string(),
            },
            alarm: view.alarm.as_ref().map(|alarm| alarm.text(words)).unwrap_or_default(),
            next: view.alarm.as_ref().map_or("", |alarm| alarm.next(words)),
            waits: view.failing_since.map_or_else(String::new, |since| {
                format!(
                    "{}{}{}",
                    lang.pick("自 ", "failing since "),
                    moment(lang, since),
                    lang.pick(" 起未成功", "")
                )
            }),
            failure: view.failure.filter(|_| view.failing_since.is_some() && !told).map_or_else(
                String::new,
                |(time, kind)| {
                    let what = lang.pick("最近一次失败：", "last failure: ");
                    format!("{what}{} · {}", moment(lang, time), reason(&kind, words))
                },
            ),
            name: view.name,
            url: view.url,
        }
    };
    shared.asked().views(shared.office()).into_iter().map(row).collect()
}

/// How many alarms there are about witnessing: of witnesses that are asked, and of ledgers that were forked.
pub fn alarms(shared: &Shared) -> usize {
    let asked = shared.asked().views(shared.office());
    let forks = shared.office().witness().map_or(0, |witness| witness.evidence().len());
    asked.iter().filter(|view| view.alarm.is_some()).count() + forks + asleep(shared.office())
}

/// How many ledgers a restored witness does not cosign, for nobody has told it what it cosigned last.
pub fn asleep(office: &Office) -> usize {
    let ledgers = office.witness().map(|witness| witness.ledgers()).unwrap_or_default();
    ledgers.iter().filter(|ledger| ledger.asleep).count()
}
