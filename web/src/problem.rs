//! What a request is told that can't be answered: a problem of RFC 9457, or a page for a browser.
//!
//! ```text
//! HTTP/1.1 409 Conflict
//! Content-Type: application/problem+json
//!
//! {"type":"/problems/NOT_SEALED","title":"与当前状态冲突","status":409,"code":"NOT_SEALED",
//!  "detail":"证书 2026112240170938612531 尚未封存入批；请先封存批次","request_id":"01J…"}
//! ```
//!
//! `type` and `code` are stable and the same in every language; `title` goes with the status, `detail` with the case.
//! A handler returns `Result<_, Problem>`; language, request id and form are put in on the way out (`outer`), so that a
//! problem looks the same wherever it comes from. What stands behind a fault of the server is logged, not told.
//! Not here: verdicts on certificates. "Not valid" is an answer, not a problem.

mod causes;
mod common;
mod pages;
mod status;

use std::borrow::Cow;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER, VARY,
};
use actix_web::{HttpResponse, ResponseError};
use notary::refusal::Refusal;
use serde::Serialize;
use verifier::text::Lang;

pub use causes::of_error;
pub use common::{Common, of_status};
pub use pages::configure;
pub use status::status_of;

/// Media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Why a request was not answered as it hoped: status, stable code, and what is wrong in two languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: Cow<'static, str>,
    detail: [Cow<'static, str>; 2],
    at: Option<String>,
    retry_after: Option<u32>,
}

impl Problem {
    /// A problem with a code of its own (`UPPER_CASE`, never changed once released) and one sentence in Chinese and
    /// English that says what is wrong and what to do. Never personal data in either.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        zh: impl Into<Cow<'static, str>>,
        en: impl Into<Cow<'static, str>>,
    ) -> Problem {
        Problem {
            status,
            code: Cow::Borrowed(code),
            detail: [zh.into(), en.into()],
            at: None,
            retry_after: None,
        }
    }

    /// Where: a member's name, a JSON pointer, a row. Empty says nothing.
    #[must_use]
    pub fn at(mut self, at: impl Into<String>) -> Problem {
        self.at = Some(at.into()).filter(|at| !at.is_empty());
        self
    }

    /// When to come again, in seconds: `Retry-After`.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Problem {
        self.retry_after = Some(seconds);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong and what to do.
    pub fn message(&self, lang: Lang) -> &str {
        let [zh, en] = &self.detail;
        lang.pick(zh, en)
    }

    /// Where, if that is known.
    pub fn where_(&self) -> Option<&str> {
        self.at.as_deref()
    }

    /// The title that goes with the status.
    pub fn title(&self, lang: Lang) -> &'static str {
        status::title(self.status, lang)
    }

    /// The problem as JSON; `request_id` is left out where it is empty.
    pub fn json(&self, lang: Lang, request_id: &str) -> String {
        let body = Body {
            kind: format!("/problems/{}", self.code),
            title: self.title(lang),
            status: self.status.as_u16(),
            code: &self.code,
            detail: self.message(lang),
            at: self.at.as_deref(),
            request_id,
        };
        // Strings and a number: that can't fail.
        serde_json::to_string(&body).unwrap_or_default()
    }

    /// The answer for a program.
    pub fn answer(&self, lang: Lang, request_id: &str) -> HttpResponse {
        let mut answer = self.empty();
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        answer.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.pick("zh-CN", "en")));
        answer.set_body(BoxBody::new(self.json(lang, request_id)))
    }

    /// Status and headers that do not depend on the form. The problem rides along for whoever gives it its last form.
    pub fn empty(&self) -> HttpResponse {
        let mut answer = HttpResponse::new(self.status);
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        answer.headers_mut().insert(VARY, HeaderValue::from_static("Accept, Accept-Language"));
        if let Some(seconds) = self.retry_after {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        answer.extensions_mut().insert(self.clone());
        answer
    }
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'a str,
    status: u16,
    code: &'a str,
    detail: &'a str,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    at: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    request_id: &'a str,
}

/// Whether whoever asks is a browser that shows a page: it names HTML and the address is none of a machine's.
pub fn wants_html(path: &str, headers: &HeaderMap) -> bool {
    const MACHINES: [&str; 5] = ["/api/", "/ledger/", "/metrics", "/health", "/ready"];
    let accept = headers.get("accept").and_then(|value| value.to_str().ok()).unwrap_or_default();
    !MACHINES.iter().any(|machine| path.starts_with(machine)) && accept.contains("text/html")
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message(Lang::En))
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        self.answer(Lang::Zh, "")
    }
}

impl From<Common> for Problem {
    fn from(common: Common) -> Problem {
        common.problem()
    }
}

/// A refusal keeps its code, place and message. Where the office itself is at fault only the code is told: the message
/// may name its files, and goes to the log.
impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let status = status_of(refusal.code());
        let code = refusal.code().as_str();
        if status.is_server_error() {
            tracing::error!(target: "office", code, what = %refusal, "refused");
            let [zh, en] = status::own_fault(status);
            let problem = Problem::new(status, code, zh, en);
            return if status == StatusCode::SERVICE_UNAVAILABLE { problem.retry_after(30) } else { problem };
        }
        let problem = Problem::new(status, code, refusal.message(Lang::Zh), refusal.message(Lang::En))
            .at(refusal.where_());
        if refusal.code() == notary::refusal::RefusalCode::NotSealed {
            problem.retry_after(1)
        } else {
            problem
        }
    }
}

#[cfg(test)]
mod tests {
    use notary::refusal::RefusalCode;

    use super::*;

    #[test]
    fn a_refusal_keeps_code_place_and_message() {
        let refusal = Refusal::new(RefusalCode::CounterDisagrees).at("/summary/penalties").found(0).right(1);
        let problem = Problem::from(refusal);
        let json: serde_json::Value = serde_json::from_str(&problem.json(Lang::Zh, "id-1")).unwrap();
        assert_eq!(json["type"], "/problems/COUNTER_DISAGREES");
        assert_eq!((&json["status"], &json["code"]), (&422.into(), &"COUNTER_DISAGREES".into()));
        assert_eq!((&json["where"], &json["request_id"]), (&"/summary/penalties".into(), &"id-1".into()));
        assert_eq!(json["detail"], "计数与所列记录不符：填 0，应为 1");
        assert_eq!(
            problem.message(Lang::En),
            "the counter disagrees with the records listed: 0 given, 1 counted"
        );
    }

    #[test]
    fn a_fault_of_the_office_is_told_by_its_code_alone() {
        let problem =
            Problem::from(Refusal::new(RefusalCode::DiskFailed).at("keys/root.pem").found("keys/root.pem"));
        let json = problem.json(Lang::En, "");
        assert!(
            json.contains("DISK_FAILED") && !json.contains("root.pem") && !json.contains("request_id"),
            "{json}"
        );
    }

    #[test]
    fn an_answer_has_its_media_type_and_is_not_kept() {
        let answer = Problem::from(Common::RateLimited).retry_after(7).answer(Lang::En, "x");
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap().to_string();
        assert_eq!(answer.status(), 429);
        assert_eq!(header("content-type"), PROBLEM_JSON);
        assert_eq!((header("retry-after"), header("cache-control")), ("7".into(), "no-store".into()));
        assert_eq!(header("content-language"), "en");
    }

    #[test]
    fn machines_get_json_whatever_they_accept() {
        let mut headers = HeaderMap::new();
        assert!(!wants_html("/verify", &headers));
        headers.insert("accept".parse().unwrap(), HeaderValue::from_static("text/html,*/*;q=0.8"));
        assert!(wants_html("/verify", &headers) && wants_html("/api", &headers));
        assert!(!wants_html("/api/v1/documents", &headers) && !wants_html("/ledger/x", &headers));
    }
}
