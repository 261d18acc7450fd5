//! Why nothing was judged: exit status 3.

use verifier::text::Lang;

/// A call that can't be served. Its code is stable; the message says what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Stable, e.g. `TRUST_BAD`.
    pub code: &'static str,
    /// For people, in their language.
    pub message: String,
}

impl Usage {
    /// With a message of its own.
    pub fn new(code: &'static str, message: impl Into<String>) -> Usage {
        Usage { code, message: message.into() }
    }

    /// With a message that names one thing, put where `{}` is.
    pub fn about(code: &'static str, lang: Lang, zh: &str, en: &str, what: &str) -> Usage {
        Usage::new(code, lang.pick(zh, en).replace("{}", what))
    }
}

/// The exit status of a call that can't be served.
pub const EXIT: u8 = 3;
