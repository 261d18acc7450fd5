//! The language of an answer: Chinese first, English for whoever prefers it.
//!
//! ```text
//! GET /verify                                  zh
//! GET /verify        Accept-Language: en-GB    en
//! GET /verify?lang=en                          en, and kept in the cookie `lang`
//! ```
//!
//! Here: which language a request asks for. Not here: any sentence. Those stand where they are shown, both languages side
//! by side: `lang.pick("窗口", "Window")`.

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, COOKIE};
use actix_web::{FromRequest, HttpRequest};
use verifier::text;

/// The name of the cookie and of the parameter that hold a choice.
pub const NAME: &str = "lang";

/// A language that every page and every message is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// One of two texts.
    #[must_use]
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// The tag of BCP 47: `zh-CN` or `en`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Lang::Zh => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The value of the cookie and of the parameter: `zh` or `en`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Lang::Zh => "zh",
            Lang::En => "en",
        }
    }

    /// The same language, for the sentences of the verifier and of refusals.
    #[must_use]
    pub fn words(self) -> text::Lang {
        match self {
            Lang::Zh => text::Lang::Zh,
            Lang::En => text::Lang::En,
        }
    }

    /// Whether English is meant.
    #[must_use]
    pub fn is_en(self) -> bool {
        self == Lang::En
    }

    /// What the request asks for: the parameter, else the cookie, else the header.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Lang {
        if let Some(chosen) = Lang::chosen(request) {
            return chosen;
        }
        if let Some(kept) = Lang::kept(request) {
            return kept;
        }
        let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Lang::accepted(accepted.unwrap_or_default())
    }

    /// What the parameter `lang` says, if it is there.
    #[must_use]
    pub fn chosen(request: &HttpRequest) -> Option<Lang> {
        let value = request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang="))?;
        Lang::parse(value)
    }

    /// What the cookie says, if there is one.
    fn kept(request: &HttpRequest) -> Option<Lang> {
        let cookies = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(name, value)| if name == NAME { Lang::parse(value) } else { None })
    }

    fn parse(value: &str) -> Option<Lang> {
        match value {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The first language of the header that is spoken here. Browsers list them in the order of preference.
    fn accepted(header: &str) -> Lang {
        let spoken = header.split(',').map(|item| item.trim().to_ascii_lowercase()).find_map(|item| {
            if item.starts_with("zh") { Some(Lang::Zh) } else { item.starts_with("en").then_some(Lang::En) }
        });
        spoken.unwrap_or_default()
    }
}

impl From<Lang> for text::Lang {
    fn from(lang: Lang) -> text::Lang {
        lang.words()
    }
}

impl FromRequest for Lang {
    type Error = Infallible;
    type Future = Ready<Result<Lang, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Lang::of(request)))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_first_language_that_is_spoken_here_counts() {
        for (header, lang) in [
            ("", Lang::Zh),
            ("zh-CN,zh;q=0.9,en;q=0.8", Lang::Zh),
            ("en-US,en;q=0.9,zh;q=0.8", Lang::En),
            ("de-DE, en;q=0.5", Lang::En),
            ("de-DE", Lang::Zh),
        ] {
            assert_eq!(Lang::accepted(header), lang, "{header}");
        }
    }

    #[test]
    fn a_choice_counts_more_than_the_header() {
        let request = |address: &str, kept: &str| {
            let request = TestRequest::with_uri(address).insert_header((ACCEPT_LANGUAGE, "zh"));
            request.insert_header((COOKIE, format!("a=b; lang={kept}"))).to_http_request()
        };
        assert_eq!(Lang::of(&request("/verify?lang=en", "zh")), Lang::En);
        assert_eq!(Lang::of(&request("/verify?x=1&lang=zh", "en")), Lang::Zh);
        assert_eq!(Lang::of(&request("/verify", "en")), Lang::En);
        assert_eq!(Lang::of(&request("/verify?lang=fr", "fr")), Lang::Zh);
    }
}
