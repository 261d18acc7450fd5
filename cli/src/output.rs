//! What a command answers: one JSON object for machines, or text for people, and the exit code.
//!
//! ```text
//! {"error":{"code":"OFFICE_BUSY","message":"…","where":"…"}}
//! 错误 OFFICE_BUSY:…
//! ```
//!
//! Exit codes: 0 done · 1 something was refused or found · 2 it could not be done · 3 the call is wrong. With `--json`
//! there is exactly one object on standard output, whatever the exit code.

use serde::{Deserialize, Serialize};

use crate::codes;
use crate::console;
use crate::lang::Lang;

/// Done.
pub const OK: u8 = 0;
/// Something was refused, or an audit found something.
pub const REFUSED: u8 = 1;
/// It could not be done.
pub const COULD_NOT: u8 = 2;
/// The call itself is wrong.
pub const USAGE: u8 = 3;

/// A command's answer.
pub struct Answer {
    json: String,
    text: String,
    exit: u8,
}

impl Answer {
    /// The same answer for machines and for people; `text` is whole lines.
    pub fn new(json: &impl Serialize, text: impl Into<String>) -> Answer {
        // Shapes of this program are structs of strings, numbers and lists: writing them can't fail.
        let json = serde_json::to_string(json).expect("an answer is plain data");
        Answer { json, text: text.into(), exit: OK }
    }

    /// A last word to people where the object for machines was shown already.
    pub fn silent(text: &str) -> Answer {
        Answer { json: String::new(), text: text.to_string(), exit: OK }
    }

    /// Shows it, as a command does that goes on working.
    pub fn show(&self, json: bool) {
        match (json, self.json.is_empty()) {
            (true, true) => {}
            (true, false) => console::json(&self.json),
            (false, _) => console::out(&self.text),
        }
    }

    /// With more for people before it.
    pub fn after(mut self, text: &str) -> Answer {
        self.text.insert_str(0, text);
        self
    }

    /// With another exit code than 0.
    pub fn exit(mut self, exit: u8) -> Answer {
        self.exit = exit;
        self
    }
}

/// Why a command did not do what it was asked: a stable code, the sentence in both languages, the place.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure {
    code: String,
    zh: String,
    en: String,
    where_: Option<String>,
    exit: u8,
}

impl Failure {
    /// Nothing could be done (exit 2).
    pub fn could_not(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Failure {
        Failure { code: code.to_string(), zh: zh.into(), en: en.into(), where_: None, exit: COULD_NOT }
    }

    /// Refused (exit 1).
    pub fn refused(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Failure {
        Failure { exit: REFUSED, ..Failure::could_not(code, zh, en) }
    }

    /// The call is wrong (exit 3).
    pub fn usage(zh: impl Into<String>, en: impl Into<String>) -> Failure {
        Failure { exit: USAGE, ..Failure::could_not(codes::USAGE, zh, en) }
    }

    /// With the place: a file, a JSON pointer.
    pub fn at(mut self, where_: impl Into<String>) -> Failure {
        self.where_ = Some(where_.into()).filter(|text| !text.is_empty());
        self
    }

    /// With this exit code.
    pub fn exit(mut self, exit: u8) -> Failure {
        self.exit = exit;
        self
    }

    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        self.exit
    }

    /// The stable code.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The sentence.
    pub fn message(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// `{"error":{…}}`
    pub fn json(&self, lang: Lang) -> String {
        let error = Error { code: &self.code, message: self.message(lang), where_: self.where_() };
        Answer::new(&Wrapped { error }, "").json
    }

    /// The place, where there is one.
    pub fn where_(&self) -> Option<&str> {
        self.where_.as_deref()
    }
}

/// Writes the answer or the failure and returns the exit code.
pub fn finish(result: Result<Answer, Failure>, lang: Lang, json: bool) -> u8 {
    match result {
        Ok(answer) => {
            answer.show(json);
            answer.exit
        }
        Err(failure) => {
            if json {
                console::json(&failure.json(lang));
            } else {
                console::err(&failure_text(&failure, lang));
            }
            failure.exit
        }
    }
}

fn failure_text(failure: &Failure, lang: Lang) -> String {
    let head = format!("{} {}{}", lang.pick("错误", "error"), failure.code, lang.pick("：", ": "));
    let place =
        failure.where_().map(|at| format!("  {}{at}\n", lang.pick("位置：", "at: "))).unwrap_or_default();
    format!("{head}{}\n{place}", failure.message(lang))
}

#[derive(Serialize)]
struct Wrapped<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'a str,
    message: &'a str,
    #[serde(rename = "where", skip_serializing_if = "Option::is_none")]
    where_: Option<&'a str>,
}
