//! The frame of every page: language, title, who is signed in, navigation, and the answer around a template.
//!
//! ```text
//! #[derive(Template)]
//! #[template(path = "hello.html")]              {% extends "layout.html" %}{% block content %}…{% endblock %}
//! struct Hello<'a> { page: &'a Page, … }
//!
//! async fn hello(page: Page) -> HttpResponse {
//!     let page = page.titled("你好", "Hello").at(Section::Home);
//!     page.html(StatusCode::OK, &Hello { page: &page })
//! }
//! ```
//!
//! A page is not stored anywhere (`no-store`) unless it says that it is the same for everybody ([`Page::public`]). Not
//! here: what the pages say (`pages` and its neighbours), the classes of their parts (`static/style.css`, at its top).

use std::convert::Infallible;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_TYPE, SET_COOKIE, VARY};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use askama::Template;

use crate::lang::{self, Lang};
use crate::server::Shared;
use crate::static_files;

mod error;
pub mod fork;
pub mod verdict;
pub mod words;

pub use error::{Trouble, error, error_page};

/// A choice of language is kept so long: a year, in seconds.
const LANG_SECONDS: u32 = 31_536_000;

/// Numbers of an address that the link to the other language keeps, and digits of one.
const NUMBERS_MAX: usize = 4;
const NUMBER_MAX: usize = 20;

/// Where in the service a page stands; its door in the navigation is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Section {
    /// Nowhere in particular.
    #[default]
    Elsewhere,
    /// `/`.
    Home,
    /// `/verify` and what belongs to it.
    Verify,
    /// `/certificate`.
    Certificate,
    /// `/commitments`.
    Commitments,
    /// `/window`.
    Window,
    /// `/receipt`.
    Receipt,
    /// `/batches`.
    Batches,
    /// `/how-to-check`.
    HowToCheck,
    /// `/holder`.
    Holder,
    /// `/operator`.
    Operator,
    /// `/review`.
    Review,
    /// `/admin`.
    Admin,
    /// `/sign-in`, `/password`.
    SignIn,
}

/// One entry of the navigation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// Its address.
    pub address: &'static str,
    /// What it is called.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// Which section it leads to.
    pub section: Section,
}

impl Door {
    /// A door.
    #[must_use]
    pub const fn new(address: &'static str, zh: &'static str, en: &'static str, section: Section) -> Door {
        Door { address, zh, en, section }
    }
}

/// Whoever is signed in, as the frame shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The name to show.
    pub name: String,
    /// The role in the page's language.
    pub role: String,
    /// What the role may open, before the doors that are open to everybody.
    pub doors: Vec<Door>,
    /// The token of the form that signs out.
    pub csrf: String,
}

/// What stands around the content of a page. As an extractor it never fails.
#[derive(Clone, Debug)]
pub struct Page {
    /// The language.
    pub lang: Lang,
    /// The title, in the page's language; the heading is the template's.
    pub title: String,
    /// The name of the office.
    pub office: String,
    /// Where the page stands.
    pub section: Section,
    /// Who is signed in.
    pub signed_in: Option<Person>,
    /// Addresses of scripts to load after the page. Every page works without them.
    pub scripts: Vec<&'static str>,
    /// Where the choice of the other language leads.
    address: String,
    /// Whether the language was chosen by this very request.
    chose: bool,
    /// Whether the page is the same for everybody.
    public: bool,
}

/// Open to everybody.
const PUBLIC_DOORS: &[Door] = &[
    Door::new("/verify", "核验证书", "Verify", Section::Verify),
    Door::new("/certificate", "证书查询", "Look up", Section::Certificate),
    Door::new("/commitments", "承诺公示", "Commitments", Section::Commitments),
    Door::new("/receipt", "回执复核", "Receipts", Section::Receipt),
    Door::new("/batches", "公开账本", "Ledger", Section::Batches),
    Door::new("/how-to-check", "自行核验", "Check it yourself", Section::HowToCheck),
];

impl Page {
    /// The frame of an answer to this request.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Page {
        let office = request.app_data::<Data<Shared>>().map(|shared| shared.office().summary().name);
        Page {
            lang: Lang::of(request),
            title: String::new(),
            office: office.unwrap_or_default(),
            section: Section::Elsewhere,
            signed_in: crate::session::person(request),
            scripts: Vec::new(),
            address: address(request),
            chose: Lang::chosen(request).is_some(),
            public: false,
        }
    }

    /// With this title.
    #[must_use]
    pub fn titled(mut self, zh: &str, en: &str) -> Page {
        self.title = self.lang.pick(zh, en).to_string();
        self
    }

    /// In this section.
    #[must_use]
    pub fn at(mut self, section: Section) -> Page {
        self.section = section;
        self
    }

    /// With a script of `static/` to load, if there is such a one: a page works without.
    #[must_use]
    pub fn script(mut self, name: &'static str) -> Page {
        self.scripts.extend(static_files::find(name).map(|_| static_files::address(name)));
        self
    }

    /// With somebody signed in.
    #[must_use]
    pub fn by(mut self, person: Person) -> Page {
        self.signed_in = Some(person);
        self
    }

    /// The same for everybody who is not signed in: may be kept, if it is asked for again each time.
    #[must_use]
    pub fn public(mut self) -> Page {
        self.public = true;
        self
    }

    /// The navigation.
    #[must_use]
    pub fn doors(&self) -> Vec<Door> {
        let own = self.signed_in.iter().flat_map(|person| person.doors.iter().cloned());
        own.chain(PUBLIC_DOORS.iter().cloned()).collect()
    }

    /// Whether this door leads to where the page stands.
    #[must_use]
    pub fn is_at(&self, door: &Door) -> bool {
        self.section == door.section
    }

    /// This page in the other language.
    #[must_use]
    pub fn other_language(&self) -> String {
        format!("{}lang={}", self.address, self.lang.pick("en", "zh"))
    }

    /// The address of the style sheet.
    #[must_use]
    pub fn style(&self) -> &'static str {
        static_files::address("style.css")
    }

    /// The address of the icon.
    #[must_use]
    pub fn icon(&self) -> &'static str {
        static_files::address("icon.svg")
    }

    /// The answer with this template.
    #[must_use]
    pub fn html(&self, status: StatusCode, template: &impl Template) -> HttpResponse {
        let Ok(text) = template.render() else {
            return HttpResponse::InternalServerError()
                .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
                .insert_header((CACHE_CONTROL, "no-store"))
                .body("500\n");
        };
        let kept = if self.public && self.signed_in.is_none() { "no-cache" } else { "no-store" };
        let mut answer = HttpResponse::build(status);
        answer
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((CONTENT_LANGUAGE, self.lang.tag()))
            .insert_header((VARY, "Accept-Language, Cookie"))
            .insert_header((CACHE_CONTROL, kept));
        if self.chose {
            let (name, value) = (lang::NAME, self.lang.as_str());
            let cookie = format!("{name}={value}; Path=/; Max-Age={LANG_SECONDS}; SameSite=Lax; HttpOnly");
            answer.append_header((SET_COOKIE, cookie));
        }
        answer.body(text)
    }
}

impl FromRequest for Page {
    type Error = Infallible;
    type Future = Ready<Result<Page, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Page::of(request)))
    }
}

/// The path and its numbers, if they are plain: nothing else of what was asked for goes into a link.
fn address(request: &HttpRequest) -> String {
    let path = request.path();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'.');
    let own = path.starts_with('/') && !path.starts_with("//") && path.bytes().all(plain);
    let mut address = if own { format!("{path}?") } else { "/?".to_string() };
    let pairs = request.query_string().split('&').filter_map(|pair| pair.split_once('='));
    let numbers = pairs.filter(|(name, value)| {
        let name_is_plain = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase());
        name_is_plain && (1..=NUMBER_MAX).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit())
    });
    for (name, value) in numbers.take(NUMBERS_MAX) {
        address.push_str(&format!("{name}={value}&"));
    }
    address
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_other_language_is_a_link_to_the_same_path_and_nowhere_else() {
        let link =
            |address: &str| Page::of(&TestRequest::with_uri(address).to_http_request()).other_language();
        assert_eq!(link("/batches/7?from=3"), "/batches/7?from=3&lang=en");
        assert_eq!(link("/x?next=//evil&a=%22&b=1&lang=en"), "/x?b=1&lang=zh");
        assert_eq!(link("/batches/7?lang=en"), "/batches/7?lang=zh");
        assert_eq!(link("//evil.example/x"), "/?lang=en");
        assert_eq!(link("/a%22b"), "/?lang=en");
    }
}
