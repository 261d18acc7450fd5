//! What a request says beside its file: members of a JSON body, parameters of the address, fields of a form.
//!
//! ```text
//! {"text":"https://…/v#0047…","purpose":"BIDDING","at":"2026-11-22T09:15:30+08:00"}
//!   MEMBER_UNKNOWN /purpos      MEMBER_MISSING /text      TYPE_WRONG /max_age
//! ```
//!
//! Not here: what the values mean, and documents, which have a stricter reader of their own (`notary::document`).

use std::fmt;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use notary::refusal::{Refusal, RefusalCode};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use verifier::json::pointer;
use verifier::moment::{parse_moment, parse_span};
use verifier::registry::Purpose;
use verifier::time::Time;
use verifier::verify::Terms;

use super::body::{Field, shown};
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// Parameters of an address, and members of an object that are looked at: more than any has that is known.
const PARAMETERS_MAX: usize = 16;

/// Named values of a request, each taken once; what is left over in the end is refused.
#[derive(Debug)]
pub struct Input {
    values: Vec<(String, Value)>,
    source: Source,
}

/// Where the values stand; decides how a place is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Json,
    Query,
    Fields,
}

impl Input {
    /// The members of a JSON object. Texts are taken as they are, control characters and all: scanners send them.
    ///
    /// # Errors
    /// `JSON_SYNTAX`, `JSON_KEY_TWICE` with the place; `TYPE_WRONG` where it is no object.
    pub fn json(bytes: &[u8]) -> Result<Input, Problem> {
        let members: Members = serde_json::from_slice(bytes).map_err(|error| {
            let code = match error.classify() {
                _ if std::str::from_utf8(bytes).is_err() => RefusalCode::JsonUtf8,
                Category::Eof => RefusalCode::JsonCutOff,
                Category::Data => RefusalCode::TypeWrong,
                _ => RefusalCode::JsonSyntax,
            };
            let place = format!("{}:{}", error.line(), error.column());
            match code {
                RefusalCode::TypeWrong => Refusal::new(code).found("?").right("object"),
                code => Refusal::new(code).found(place),
            }
        })?;
        let mut values = Vec::with_capacity(members.0.len());
        for (name, value) in members.0 {
            if values.iter().any(|(known, _)| *known == name) {
                return Err(Refusal::new(RefusalCode::JsonKeyTwice).at(pointer::join("", &name)).into());
            }
            values.push((name, value));
        }
        Ok(Input { values, source: Source::Json })
    }

    /// The parameters of the address.
    ///
    /// # Errors
    /// `QUERY_BAD` where one stands twice or is not UTF-8.
    pub fn query(request: &HttpRequest) -> Result<Input, Problem> {
        let mut values: Vec<(String, Value)> = Vec::new();
        let pairs = serde_urlencoded_pairs(request.query_string())?;
        for (name, value) in pairs {
            if values.len() == PARAMETERS_MAX || values.iter().any(|(known, _)| *known == name) {
                return Err(Problem::from(Common::QueryBad).at(shown(&name)));
            }
            values.push((name, Value::String(value)));
        }
        Ok(Input { values, source: Source::Query })
    }

    /// The fields of a form that are no files; the files are given back.
    ///
    /// # Errors
    /// `MULTIPART_BAD` where a field is no text.
    pub fn fields(fields: Vec<Field>) -> Result<(Input, Vec<Field>), Problem> {
        let (files, texts): (Vec<_>, Vec<_>) =
            fields.into_iter().partition(|field| field.file_name.is_some() || field.name == "file");
        let text = |field: &Field| Ok((field.name.clone(), Value::String(field.text()?.to_owned())));
        let values = texts.iter().map(text).collect::<Result<_, Problem>>()?;
        Ok((Input { values, source: Source::Fields }, files))
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// `MEMBER_MISSING`, `TYPE_WRONG`.
    pub fn text(&mut self, name: &str) -> Result<String, Problem> {
        self.optional_text(name)?
            .ok_or_else(|| Refusal::new(RefusalCode::MemberMissing).at(self.place(name)).right(name).into())
    }

    /// A text that may be there; `null` is as good as none.
    ///
    /// # Errors
    /// `TYPE_WRONG`.
    pub fn optional_text(&mut self, name: &str) -> Result<Option<String>, Problem> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong_type(&self.place(name), &other, "string")),
        }
    }

    /// A list of texts that must be there, `most` at most.
    ///
    /// # Errors
    /// `MEMBER_MISSING`, `TYPE_WRONG`, `LIST_LONG`.
    pub fn texts(&mut self, name: &str, most: usize) -> Result<Vec<String>, Problem> {
        let place = self.place(name);
        let found = match self.take(name) {
            None => return Err(Refusal::new(RefusalCode::MemberMissing).at(place).right(name).into()),
            Some(found) => found,
        };
        let Value::Array(list) = found else { return Err(wrong_type(&place, &found, "array")) };
        if list.len() > most {
            return Err(Refusal::new(RefusalCode::ListLong).at(place).found(list.len()).right(most).into());
        }
        let text = |(n, value)| match value {
            Value::String(text) => Ok(text),
            other => Err(wrong_type(&format!("{place}/{n}"), &other, "string")),
        };
        (0..).zip(list).map(|(n, value): (usize, Value)| text((n, value))).collect()
    }

    /// A number that may be there.
    ///
    /// # Errors
    /// `TYPE_WRONG`, `NUMBER_RANGE`.
    pub fn optional_number(&mut self, name: &str, most: u64) -> Result<Option<u64>, Problem> {
        let found = self.take(name);
        let number = match &found {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) if self.source != Source::Json => verifier::time::parse_decimal(text),
            Some(value) => value.as_u64(),
        };
        let place = self.place(name);
        match (number, found) {
            (Some(number), _) if number <= most => Ok(Some(number)),
            (Some(number), _) => Err(Refusal::new(RefusalCode::NumberRange)
                .at(place)
                .found(number)
                .right(format!("0–{most}"))
                .into()),
            (None, Some(other)) => Err(wrong_type(&place, &other, "number")),
            (None, None) => Ok(None),
        }
    }

    /// Yes or no, if it is there: `true` and `false`, in an address also as text.
    ///
    /// # Errors
    /// `TYPE_WRONG`.
    pub fn optional_bool(&mut self, name: &str) -> Result<Option<bool>, Problem> {
        match self.take(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(Value::String(text)) if self.source != Source::Json && text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if self.source != Source::Json && text == "false" => Ok(Some(false)),
            Some(other) => Err(wrong_type(&self.place(name), &other, "true, false")),
        }
    }

    /// A list of texts, if it is there.
    ///
    /// # Errors
    /// `TYPE_WRONG`, `LIST_LONG`.
    pub fn optional_texts(&mut self, name: &str, most: usize) -> Result<Vec<String>, Problem> {
        let place = self.place(name);
        let values = match self.take(name) {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Array(values)) => values,
            Some(other) => return Err(wrong_type(&place, &other, "array of strings")),
        };
        if values.len() > most {
            return Err(Refusal::new(RefusalCode::ListLong).at(place).found(values.len()).right(most).into());
        }
        let text = |value: Value| match value {
            Value::String(text) => Ok(text),
            other => Err(wrong_type(&place, &other, "string")),
        };
        values.into_iter().map(text).collect()
    }

    /// A value of any shape, if it is there; whoever takes it says what is wrong with it.
    pub fn optional_value(&mut self, name: &str) -> Option<Value> {
        self.take(name)
    }

    /// One of a few words, if it is there.
    ///
    /// # Errors
    /// `WORD_UNKNOWN`, `TYPE_WRONG`.
    pub fn optional_word<'a>(&mut self, name: &str, words: &[&'a str]) -> Result<Option<&'a str>, Problem> {
        let Some(found) = self.optional_text(name)? else { return Ok(None) };
        let known = words.iter().find(|word| **word == found).copied();
        known.map(Some).ok_or_else(|| self.unknown_word(name, &found, &words.join(", ")))
    }

    /// That nothing is left that nobody asked for. `known` are all names, for the message.
    ///
    /// # Errors
    /// `MEMBER_UNKNOWN` with the place.
    pub fn end(self, known: &[&str]) -> Result<(), Problem> {
        match self.values.first() {
            None => Ok(()),
            Some((name, _)) => Err(Refusal::new(RefusalCode::MemberUnknown)
                .at(self.place(&shown(name)))
                .found(shown(name))
                .right(known.join(", "))
                .into()),
        }
    }

    /// The terms of a verification: `purpose`, `audience`, `at`, `max_age`.
    ///
    /// # Errors
    /// What is wrong with them, with its place.
    pub fn wishes(&mut self, shared: &Shared) -> Result<Wishes, Problem> {
        let now = shared.office().now();
        let purpose = self.purpose()?;
        let audience = self.optional_text("audience")?.filter(|code| !code.is_empty());
        let at = self.at(now)?;
        let max_age = match self.optional_text("max_age")? {
            None => None,
            Some(text) => Some(parse_span(&text).ok_or_else(|| self.bad("max_age", "MAX_AGE_BAD", MAX_AGE))?),
        };
        Ok(Wishes { now, purpose, audience, at, max_age })
    }

    /// `purpose`: the caller's, if it is there.
    ///
    /// # Errors
    /// `WORD_UNKNOWN`, `TYPE_WRONG`.
    pub fn purpose(&mut self) -> Result<Option<Purpose>, Problem> {
        let Some(text) = self.optional_text("purpose")? else { return Ok(None) };
        let known = || Purpose::ALL.iter().map(|purpose| purpose.name()).collect::<Vec<_>>().join(", ");
        purpose(&text).map(Some).ok_or_else(|| self.unknown_word("purpose", &text, &known()))
    }

    /// `at`: the moment to judge, if it is there.
    ///
    /// # Errors
    /// `AT_BAD`, `TYPE_WRONG`.
    pub fn at(&mut self, now: Time) -> Result<Option<Time>, Problem> {
        let Some(text) = self.optional_text("at")? else { return Ok(None) };
        parse_moment(&text, now).map(Some).ok_or_else(|| self.bad("at", "AT_BAD", AT))
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        let place = self.values.iter().position(|(known, _)| known == name)?;
        Some(self.values.swap_remove(place).1)
    }

    fn place(&self, name: &str) -> String {
        match self.source {
            Source::Json => pointer::join("", name),
            Source::Query => format!("?{name}"),
            Source::Fields => name.to_owned(),
        }
    }

    fn unknown_word(&self, name: &str, found: &str, right: &str) -> Problem {
        Refusal::new(RefusalCode::WordUnknown).at(self.place(name)).found(found).right(right).into()
    }

    fn bad(&self, name: &str, code: &'static str, [zh, en]: [&'static str; 2]) -> Problem {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en).at(self.place(name))
    }
}

const AT: [&str; 2] = [
    "时刻的写法不对；应如 2026-11-22 或 2026-11-22T09:15:30+08:00",
    "not a moment; write it as 2026-11-22 or 2026-11-22T09:15:30+08:00",
];
const MAX_AGE: [&str; 2] =
    ["时长的写法不对；应如 90s、30m、24h 或 7d", "not a span of time; write it as 90s, 30m, 24h or 7d"];

const NOW_ALONE: [&str; 2] = [
    "核验回执只记载当下的核验；请去掉 at 和 max_age",
    "a receipt is of a verification now: leave out at and max_age",
];

/// What the caller asks of a verification.
#[derive(Clone, Debug)]
pub struct Wishes {
    now: Time,
    purpose: Option<Purpose>,
    audience: Option<String>,
    at: Option<Time>,
    max_age: Option<u64>,
}

impl Wishes {
    /// As the verifier takes them.
    pub fn terms(&self) -> Terms<'_> {
        let mut terms = Terms::at(self.now);
        terms.at = self.at;
        terms.purpose = self.purpose;
        terms.audience = self.audience.as_deref();
        terms.max_age = self.max_age.unwrap_or(terms.max_age);
        terms
    }

    /// Whether now is judged, by the usual limit of age.
    ///
    /// # Errors
    /// `AT_BAD`, `MAX_AGE_BAD` otherwise.
    pub fn check_now(&self) -> Result<(), Problem> {
        let (code, place) = match (self.at, self.max_age) {
            (None, None) => return Ok(()),
            (Some(_), _) => ("AT_BAD", "at"),
            (None, Some(_)) => ("MAX_AGE_BAD", "max_age"),
        };
        let [zh, en] = NOW_ALONE;
        Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en).at(place))
    }

    /// The moment that is judged.
    pub fn judged(&self) -> Time {
        self.at.unwrap_or(self.now)
    }
}

/// A purpose by its name or its Chinese words.
fn purpose(text: &str) -> Option<Purpose> {
    let by_words = || Purpose::ALL.iter().copied().find(|purpose| purpose.zh() == text);
    Purpose::from_name(&text.to_ascii_uppercase()).or_else(by_words)
}

fn wrong_type(place: &str, found: &Value, right: &str) -> Problem {
    let kind = match found {
        Value::Null => "null",
        Value::Bool(_) => "true, false",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    Refusal::new(RefusalCode::TypeWrong).at(place).found(kind).right(right).into()
}

/// The members of an object in the order in which they were written, a name twice as often as it stands there.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members, M::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    if members.len() < PARAMETERS_MAX {
                        members.push(member);
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

/// `a=1&b=%E4%B8%AD`, decoded.
fn serde_urlencoded_pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    let parsed = actix_web::web::Query::<Vec<(String, String)>>::from_query(query);
    parsed.map(|pairs| pairs.into_inner()).map_err(|_| Common::QueryBad.into())
}
