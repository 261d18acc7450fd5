//! A strict reader over a JSON value that knows where it is.
//!
//! ```text
//! place.members(&["item_id", "title", "flags?"])?     the members of spec/document.md, `?` where one may be absent
//!   MEMBER_UNKNOWN /sections/honest/0/titel           first what nobody knows,
//!   MEMBER_MISSING /sections/honest/0/title           then what is missing,
//!   TYPE_WRONG     /sections/honest/0/title           then what is wrong
//! ```
//!
//! Every reading either gives a typed value or a [`Refusal`] with the JSON pointer of the value. What is not here: the
//! values of this domain (`value.rs`) and rules between values (each document's own).

use verifier::json::{Value, pointer};
use verifier::{characters, limits, time::Time};

use crate::calendar::Day;
use crate::code::{PersonId, UnifiedCode};
use crate::refusal::{Refusal, RefusalCode};

/// The most elements of any list of a document. A report's records are all disclosures, of which there are no more.
pub const LIST_MAX: usize = limits::DISCLOSURES;
/// The most characters of a text.
pub const TEXT_MAX: usize = 4_000;
/// The most characters of a name.
pub const NAME_MAX: usize = 200;
/// The largest count: more records than any document has, and small in every encoding.
pub const COUNT_MAX: u64 = 1_000_000_000;

/// A value and its JSON pointer in the document.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    value: &'a Value,
    at: String,
}

/// A closed vocabulary of a document.
pub(crate) trait Word: Copy + Eq + 'static {
    /// Every word.
    const ALL: &'static [Self];
    /// The word as documents spell it.
    fn spelling(self) -> &'static str;
}

impl<'a> Place<'a> {
    /// The whole document.
    pub fn root(value: &'a Value) -> Self {
        Place { value, at: String::new() }
    }

    /// The JSON pointer.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// The refusal of this value.
    pub fn refuse(&self, code: RefusalCode) -> Refusal {
        Refusal::new(code).at(&self.at)
    }

    /// Nothing where the value is `null`.
    pub fn not_null(self) -> Option<Self> {
        if self.value.is_null() { None } else { Some(self) }
    }

    /// One member of an object, before it is known which members it can have.
    pub fn member(&self, key: &str) -> Result<Place<'a>, Refusal> {
        let pairs = self.value.as_object().ok_or_else(|| self.wrong_type("object"))?;
        Members { pairs, at: self.at.clone() }.need(key)
    }

    /// The members of an object. `known` names them as the spec does, with `?` after one that may be absent.
    pub fn members(&self, known: &[&str]) -> Result<Members<'a>, Refusal> {
        let pairs = self.value.as_object().ok_or_else(|| self.wrong_type("object"))?;
        let unknown = pairs.iter().find(|(key, _)| !known.iter().any(|k| k.trim_end_matches('?') == key));
        if let Some((key, _)) = unknown {
            return Err(Refusal::new(RefusalCode::MemberUnknown)
                .at(pointer::join(&self.at, key))
                .found(key)
                .right(known.iter().map(|k| k.trim_end_matches('?')).collect::<Vec<_>>().join(", ")));
        }
        let members = Members { pairs, at: self.at.clone() };
        for key in known.iter().filter(|k| !k.ends_with('?')) {
            members.need(key)?;
        }
        Ok(members)
    }

    /// The elements of an array, at most [`LIST_MAX`].
    pub fn list(&self) -> Result<Vec<Place<'a>>, Refusal> {
        let elements = self.value.as_array().ok_or_else(|| self.wrong_type("array"))?;
        if elements.len() > LIST_MAX {
            return Err(self.refuse(RefusalCode::ListLong).found(elements.len()).right(LIST_MAX));
        }
        let place = |(n, value)| Place { value, at: pointer::join(&self.at, &usize::to_string(&n)) };
        Ok(elements.iter().enumerate().map(place).collect())
    }

    /// Every element of an array, each read by `read`.
    pub fn each<T>(&self, read: impl Fn(&Place<'a>) -> Result<T, Refusal>) -> Result<Vec<T>, Refusal> {
        self.list()?.iter().map(read).collect()
    }

    /// A string of any content.
    pub fn string(&self) -> Result<&'a str, Refusal> {
        self.value.as_str().ok_or_else(|| self.wrong_type("string"))
    }

    /// A text: 1 to [`TEXT_MAX`] characters, not all of them white space.
    pub fn text(&self) -> Result<String, Refusal> {
        self.bounded(TEXT_MAX)
    }

    /// A name: one line of 1 to [`NAME_MAX`] characters without white space at its ends, as a core can carry it.
    pub fn name(&self) -> Result<String, Refusal> {
        let name = self.bounded(NAME_MAX)?;
        if name.trim() != name || characters::check_line(&name).is_err() {
            return Err(self.refuse(RefusalCode::TextLine));
        }
        if name.len() > limits::CORE_TEXT_BYTES {
            return Err(self.refuse(RefusalCode::TextBytes).found(name.len()).right(limits::CORE_TEXT_BYTES));
        }
        Ok(name)
    }

    /// A word of a closed vocabulary.
    pub fn word<T: Word>(&self) -> Result<T, Refusal> {
        let text = self.string()?;
        T::ALL.iter().copied().find(|word| word.spelling() == text).ok_or_else(|| {
            let words: Vec<&str> = T::ALL.iter().map(|word| word.spelling()).collect();
            self.refuse(RefusalCode::WordUnknown).found(text).right(words.join(", "))
        })
    }

    /// A list of words, none twice.
    pub fn words<T: Word>(&self) -> Result<Vec<T>, Refusal> {
        let mut words = Vec::new();
        for place in self.list()? {
            let word: T = place.word()?;
            if words.contains(&word) {
                return Err(place.refuse(RefusalCode::WordTwice).found(word.spelling()));
            }
            words.push(word);
        }
        Ok(words)
    }

    /// A count of 0 to [`COUNT_MAX`].
    pub fn count(&self) -> Result<u64, Refusal> {
        let number = self.value.as_integer().ok_or_else(|| self.wrong_type("number"))?;
        u64::try_from(number).ok().filter(|n| *n <= COUNT_MAX).ok_or_else(|| {
            self.refuse(RefusalCode::NumberRange).found(number).right(format_args!("0…{COUNT_MAX}"))
        })
    }

    /// A date, `YYYY-MM-DD`.
    pub fn day(&self) -> Result<Day, Refusal> {
        self.form(RefusalCode::DateForm, Day::parse)
    }

    /// An instant, `YYYY-MM-DDThh:mm:ss+08:00`.
    pub fn time(&self) -> Result<Time, Refusal> {
        self.form(RefusalCode::InstantForm, |text| Time::parse_rfc3339_china(text).ok())
    }

    /// A unified social credit code, exactly written.
    pub fn code(&self) -> Result<UnifiedCode, Refusal> {
        UnifiedCode::parse(self.string()?).map_err(|fault| fault.refusal(&self.at))
    }

    /// An ID number with a birthday that is not after `today`, where that is given.
    pub fn person_id(&self, today: Option<Day>) -> Result<PersonId, Refusal> {
        PersonId::parse(self.string()?, today).map_err(|fault| fault.refusal(&self.at))
    }

    /// A string in a form of its own.
    pub fn form<T>(&self, code: RefusalCode, read: impl FnOnce(&'a str) -> Option<T>) -> Result<T, Refusal> {
        let text = self.string()?;
        read(text).ok_or_else(|| self.refuse(code).found(text))
    }

    fn bounded(&self, max: usize) -> Result<String, Refusal> {
        let text = self.string()?;
        let length = text.chars().count();
        if length == 0 || length > max {
            return Err(self.refuse(RefusalCode::TextLength).found(length).right(format_args!("1…{max}")));
        }
        if text.trim().is_empty() {
            return Err(self.refuse(RefusalCode::TextBlank));
        }
        Ok(text.to_owned())
    }

    fn wrong_type(&self, right: &str) -> Refusal {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "true/false",
            Value::Integer(_) => "number",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        self.refuse(RefusalCode::TypeWrong).found(found).right(right)
    }
}

/// The members of one object, all of them known.
pub(crate) struct Members<'a> {
    pairs: &'a [(String, Value)],
    at: String,
}

impl<'a> Members<'a> {
    /// The member, which must be there.
    pub fn need(&self, key: &str) -> Result<Place<'a>, Refusal> {
        self.maybe(key).ok_or_else(|| {
            Refusal::new(RefusalCode::MemberMissing).at(pointer::join(&self.at, key)).right(key)
        })
    }

    /// The member, where it is there.
    pub fn maybe(&self, key: &str) -> Option<Place<'a>> {
        let (_, value) = self.pairs.iter().find(|(k, _)| k == key)?;
        Some(Place { value, at: pointer::join(&self.at, key) })
    }

    /// The member read by `read`, where it is there and not `null`.
    pub fn given<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Place<'a>) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        self.maybe(key).and_then(Place::not_null).map(|place| read(&place)).transpose()
    }

    /// The member read by `read`, where it is there; `null` is a value like any other to `read`.
    pub fn optional<T>(
        &self,
        key: &str,
        read: impl FnOnce(&Place<'a>) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        self.maybe(key).map(|place| read(&place)).transpose()
    }

    /// Refuses the member `key`, which goes only with `with`.
    pub fn refuse_misplaced(&self, key: &str, with: &str) -> Result<(), Refusal> {
        match self.maybe(key) {
            Some(place) => Err(place.refuse(RefusalCode::MemberMisplaced).found(key).right(with)),
            None => Ok(()),
        }
    }
}
