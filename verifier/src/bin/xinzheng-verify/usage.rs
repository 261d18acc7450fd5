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

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_is_in_the_spec() {
        let spec = include_str!("../../../spec/verdict.md");
        let sources = [
            include_str!("main.rs"),
            include_str!("call.rs"),
            include_str!("trust.rs"),
            include_str!("proof.rs"),
        ]
        .concat();
        let mut codes = 0;
        for call in ["Usage::new(", "Usage::about("] {
            for after in sources.split(call).skip(1) {
                let code =
                    after.trim_start().strip_prefix('"').and_then(|after| after.split('"').next()).unwrap();
                assert!(spec.contains(&format!("`{code}`")), "{code}");
                codes += 1;
            }
        }
        assert!(codes > 10, "the calls are found");
    }
}
