//! Today's scans of an account, out of the operator log: number, time, verdict, and nothing of anybody.
//!
//! ```text
//! verified  2026112240170938612531/REVOKED      verified  /SIG_BAD: where nothing was verified there is no number
//! ```

use actix_web::web::{Data, block};
use notary::operator_log::{Action, Filter, Outcome};
use notary::refusal::Refusal;
use verifier::number::CertificateNumber;
use verifier::time::Time;
use verifier::verdict::{Code, Effect};

use crate::lang::Lang;
use crate::page::words::{grouped, moment};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// Scans that the page lists.
const SHOWN: usize = 50;
/// Pages of the log that are read for them.
const PAGES: usize = 20;

/// Today's scans.
pub struct Scans {
    /// The newest of them.
    pub rows: Vec<Scan>,
    /// How many are listed.
    pub count: usize,
    /// Whether there are more.
    pub more: bool,
}

/// One scan.
pub struct Scan {
    /// When.
    pub time: String,
    /// Which certificate, where that was verified.
    pub number: String,
    /// The verdict in a word.
    pub word: &'static str,
    /// Its class.
    pub tag: &'static str,
    /// Why.
    pub message: &'static str,
}

/// Writes down what was scanned and what came of it, before it is shown.
pub async fn note(
    shared: &Data<Shared>,
    by: &SignedIn,
    number: Option<CertificateNumber>,
    code: Code,
) -> Result<(), Problem> {
    let (office, actor) = (shared.clone(), by.actor());
    let number = number.map(|number| number.as_str().to_owned()).unwrap_or_default();
    let object = format!("{number}/{code}");
    let noted =
        move || office.office().operator_log().append(&actor, Action::Verified, &object, Outcome::Done);
    block(noted).await.map_err(|_| Problem::from(Common::Internal))?.map_err(Problem::from).map(|_| ())
}

/// Today's scans of this account.
pub async fn today(shared: &Data<Shared>, by: &SignedIn, lang: Lang) -> Result<Scans, Problem> {
    let (office, actor) = (shared.clone(), by.actor());
    let read = block(move || {
        let office = office.office();
        let today = office.now().china_date();
        let midnight = Time::parse_rfc3339_china(&format!("{today}T00:00:00+08:00")).ok();
        let filter = Filter { from: midnight, until: None, action: Some(Action::Verified) };
        let (mut found, mut before) = (Vec::new(), None);
        for _ in 0..PAGES {
            let page = office.operator_log().page(before, notary::operator_log::PAGE_MAX, &filter)?;
            let own = page.entries.into_iter().filter(|entry| entry.actor() == actor);
            found.extend(own.map(|entry| (entry.at(), entry.object().to_owned())));
            before = page.next;
            if before.is_none() || found.len() > SHOWN {
                break;
            }
        }
        Ok::<_, Refusal>(found)
    });
    let found = read.await.map_err(|_| Problem::from(Common::Internal))??;
    let more = found.len() > SHOWN;
    let rows: Vec<Scan> = found.iter().take(SHOWN).map(|(at, object)| scan(lang, *at, object)).collect();
    Ok(Scans { count: rows.len(), more, rows })
}

fn scan(lang: Lang, at: Time, object: &str) -> Scan {
    let (number, code) = object.split_once('/').unwrap_or((object, ""));
    let code = Code::ALL.iter().copied().find(|known| known.as_str() == code);
    let (word, tag) = match code.map(Code::effect) {
        Some(Effect::Holds | Effect::Warns) => (lang.pick("有效", "valid"), "tag-ok"),
        Some(Effect::Fails) => (lang.pick("无效", "invalid"), "tag-error"),
        Some(Effect::Leaves) => (lang.pick("无法判定", "undetermined"), "tag-warn"),
        None => (lang.pick("已核验", "verified"), ""),
    };
    Scan {
        time: moment(lang, at),
        number: if number.is_empty() { String::new() } else { grouped(number) },
        word,
        tag,
        message: code.map_or("", |code| code.message(lang.words())),
    }
}
