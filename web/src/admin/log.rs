//! `/admin/log`: the operator log, for the auditor.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query};
use askama::Template;
use notary::operator_log::{Action, Entry, Filter, Head, Outcome};
use notary::people::Role;
use serde::Deserialize;
use verifier::time::{Date, Time};

use super::account::Nothing;
use super::{Notice, logged};
use crate::lang::Lang;
use crate::page::words::exact;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn, blocking};

/// Entries on a page.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "admin/log.html")]
struct Log<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    rows: Vec<Row>,
    size: u64,
    head: String,
    actions: Vec<(&'static str, &'static str, bool)>,
    asked: &'a Asked,
    older: Option<String>,
    csrf: &'a str,
}

struct Row {
    number: u64,
    at: String,
    who: String,
    role: &'static str,
    action: &'static str,
    object: String,
    refused: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    action: String,
    before: Option<u64>,
}

impl Asked {
    /// Days are whole ones in China's time.
    fn filter(&self) -> Result<Filter, Problem> {
        let wrong = || Problem::from(Common::QueryBad);
        let day = |text: &str, plus: u64| -> Result<Option<Time>, Problem> {
            if text.is_empty() {
                return Ok(None);
            }
            let day = Date::parse(text).map_err(|_| wrong())?;
            let start = Time::parse_rfc3339_china(&format!("{day}T00:00:00+08:00")).map_err(|_| wrong())?;
            Ok(Some(start.saturating_add(plus)))
        };
        let action = match self.action.as_str() {
            "" => None,
            word => Some(Action::parse(word).ok_or_else(wrong)?),
        };
        Ok(Filter { from: day(&self.from, 0)?, until: day(&self.until, 86_400)?, action })
    }
}

pub(super) async fn show(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Auditor])?;
    shown(&signed_in, page, &shared, &asked, None).await
}

async fn shown(
    signed_in: &SignedIn,
    page: Page,
    shared: &Data<Shared>,
    asked: &Asked,
    notice: Option<Notice>,
) -> Result<HttpResponse, Problem> {
    let page = page.titled("操作日志", "Operator log").at(Section::Admin);
    let (filter, before, actor) = (asked.filter()?, asked.before, signed_in.actor());
    let (entries, head) = blocking(shared, move |shared| {
        let log = shared.office().operator_log();
        log.append(&actor, Action::LogViewed, "", Outcome::Done)?;
        Ok((log.page(before, ROWS, &filter)?, log.head()))
    })
    .await?;
    let words = page.lang.words();
    let log = Log {
        page: &page,
        notice,
        rows: entries.entries.iter().map(|entry| row(entry, page.lang)).collect(),
        size: head.size,
        head: head.chain.to_base64(),
        actions: Action::ALL
            .iter()
            .map(|action| (action.as_str(), action.word(words), action.as_str() == asked.action))
            .collect(),
        asked,
        older: entries.next.map(|next| {
            let Asked { from, until, action, .. } = asked;
            format!("/admin/log?from={from}&until={until}&action={action}&before={next}")
        }),
        csrf: signed_in.csrf(),
    };
    Ok(page.html(StatusCode::OK, &log))
}

fn row(entry: &Entry, lang: Lang) -> Row {
    use notary::operator_log::Actor;
    let (who, role) = match entry.actor() {
        Actor::Account(id, role) => (id.to_string(), role.word(lang.words())),
        Actor::ApiKey(id) => (id.to_string(), lang.pick("接口密钥", "API key")),
        Actor::Command => ("—".to_string(), lang.pick("本机命令", "command")),
        Actor::Service => ("—".to_string(), lang.pick("服务", "service")),
        Actor::Nobody => ("—".to_string(), lang.pick("未登录", "nobody")),
    };
    Row {
        number: entry.number(),
        at: exact(lang, entry.at()),
        who,
        role,
        action: entry.action().word(lang.words()),
        object: entry.object().to_string(),
        refused: match entry.outcome() {
            Outcome::Done => None,
            Outcome::Refused(code) => Some(code.as_str().to_string()),
        },
    }
}

/// Reads the whole log and checks every entry against the one before.
pub(super) async fn verify(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Auditor])?;
    let actor = signed_in.actor();
    let checked = blocking(&shared, move |shared| {
        logged(shared, &actor, Action::LogVerified, "", |shared| shared.office().operator_log().verify())
    })
    .await;
    let notice = match checked {
        Ok(Head { size, chain }) => Notice {
            good: true,
            text: match page.lang {
                Lang::Zh => format!("{size} 条日志逐条校验一致，链头 {chain}"),
                Lang::En => format!("Each of the {size} entries follows from the one before; head {chain}"),
            },
        },
        Err(refusal) => {
            // The auditor is who has to know, place and all.
            Notice { good: false, text: refusal.message(page.lang.words()) }
        }
    };
    shown(&signed_in, page, &shared, &Asked::default(), Some(notice)).await
}
