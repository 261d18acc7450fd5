//! The one form of the window: what is scanned next, and what stays between scans.
//!
//! ```text
//! code=…             the box that a scanner gun types into
//! number, check_code a typed number, and the check code that was asked for
//! case, matter       办件编号, 事项; kept for the next scan only if `keep` is set
//! purpose, audience  what this window verifies for: warns where a certificate names another; kept in a cookie
//! last               what was verified last: a receipt is made of it
//! last_case, …       what case and matter were then, so that an old one is not taken for the next holder's
//! ```

use actix_web::HttpRequest;
use actix_web::http::header::COOKIE;
use verifier::qr;
use verifier::registry::Purpose;

use crate::pages::judged::Asked;
use crate::pages::posted::Posted;

/// Digits of a window code: a clerk may scan one where only the check code was asked for.
const WINDOW_CODE_DIGITS: usize = 32;

/// Characters of a unit's code.
const AUDIENCE_MAX: usize = 18;
/// The cookie that keeps what this window verifies for: `counter=BIDDING.91619900MA0DEM0131`. It names no person.
const COOKIE_NAME: &str = "counter";
/// It is kept so long: a year, in seconds.
const COOKIE_SECONDS: u32 = 31_536_000;

/// The form as it was sent, and as it is shown again.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    presented: String,
    /// What was presented last and could be judged.
    pub last: String,
    /// 办件编号.
    pub case: String,
    /// 事项.
    pub matter: String,
    /// Whether both stay for the next scan.
    pub keep: bool,
    /// The name of the purpose; empty for none.
    pub purpose: String,
    /// The code of the window's own unit; empty for none.
    pub audience: String,
}

impl Counter {
    /// Nothing scanned yet, set as this window was set last.
    pub fn of(request: &HttpRequest) -> Counter {
        let cookies = request.headers().get_all(COOKIE).filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let kept = pairs.find(|(name, _)| *name == COOKIE_NAME).and_then(|(_, value)| value.split_once('.'));
        let (purpose, audience) = kept.unwrap_or_default();
        Counter { purpose: known(purpose), audience: code(audience), ..Counter::default() }
    }

    /// The cookie that keeps it.
    pub fn cookie(&self) -> String {
        let (purpose, audience) = (&self.purpose, &self.audience);
        format!(
            "{COOKIE_NAME}={purpose}.{audience}; Path=/window; Max-Age={COOKIE_SECONDS}; SameSite=Strict; HttpOnly"
        )
    }

    /// What a form sent. A form without purpose and audience leaves them as they were `set`.
    pub fn read(posted: &Posted, set: Counter) -> Counter {
        let keep = !posted.field("keep").is_empty();
        // What stood there when the last verdict was shown was for that holder; only what is new, or kept, is for this.
        let still = |name: &str, before: &str| {
            let (now, before) = (posted.field(name).trim(), posted.field(before).trim());
            let old = !keep && !before.is_empty() && now == before && !posted.field("code").trim().is_empty();
            if old { String::new() } else { now.to_string() }
        };
        Counter {
            presented: presented(posted),
            last: posted.field("last").to_string(),
            case: still("case", "last_case"),
            matter: still("matter", "last_matter"),
            keep,
            purpose: if posted.has("purpose") { known(posted.field("purpose")) } else { set.purpose },
            audience: if posted.has("audience") { code(posted.field("audience")) } else { set.audience },
        }
    }

    /// What is to be judged now.
    pub fn presented(&self) -> &str {
        &self.presented
    }

    /// What the window verifies for.
    pub fn asked(&self) -> Asked {
        Asked { purpose: Purpose::from_name(&self.purpose), audience: self.audience.clone() }
    }

    /// After judging: what was presented is the last one, if there is a verdict on it.
    pub fn done(&mut self, judged: bool) {
        self.last = if judged { std::mem::take(&mut self.presented) } else { String::new() };
    }

    /// All purposes, for the list.
    pub fn purposes(&self) -> &'static [Purpose] {
        Purpose::ALL
    }

    /// Whether this purpose is chosen.
    pub fn is_for(&self, purpose: &Purpose) -> bool {
        purpose.name() == self.purpose
    }
}

/// The name of a purpose, if there is such a one.
fn known(name: &str) -> String {
    Purpose::from_name(name).map_or("", Purpose::name).to_string()
}

/// A code as it is compared: plain letters and digits.
fn code(typed: &str) -> String {
    let typed = qr::fold(typed).to_ascii_uppercase();
    typed.chars().filter(char::is_ascii_alphanumeric).take(AUDIENCE_MAX).collect()
}

/// The box counts first; then a check code with its number. A whole window code scanned into the check code's box is one.
fn presented(posted: &Posted) -> String {
    let (code, number, check) = (posted.field("code"), posted.field("number"), posted.field("check_code"));
    if !code.trim().is_empty() {
        return code.to_string();
    }
    let digits = qr::fold(check).chars().filter(char::is_ascii_digit).count();
    if digits >= WINDOW_CODE_DIGITS || number.is_empty() {
        check.to_string()
    } else {
        format!("{number}{check}")
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Counter {
        Counter::read(&Posted::of(pairs), Counter::default())
    }

    #[test]
    fn a_case_of_the_last_holder_is_not_taken_for_the_next_ones() {
        let fresh = read(&[("code", "1"), ("case", "A-1"), ("last_case", "")]);
        assert_eq!(fresh.case, "A-1");
        let old = read(&[
            ("code", "2"),
            ("case", "A-1"),
            ("last_case", "A-1"),
            ("matter", "M"),
            ("last_matter", "M"),
        ]);
        assert_eq!((old.case.as_str(), old.matter.as_str()), ("", ""));
        let kept = read(&[("code", "2"), ("case", "A-1"), ("last_case", "A-1"), ("keep", "1")]);
        assert_eq!(kept.case, "A-1");
        let typed_anew = read(&[("code", "2"), ("case", "A-2"), ("last_case", "A-1")]);
        assert_eq!(typed_anew.case, "A-2");
        // For the receipt itself nothing is scanned: it is for the holder that is on the screen.
        assert_eq!(read(&[("case", "A-1"), ("last_case", "A-1"), ("last", "x")]).case, "A-1");
    }

    #[test]
    fn the_check_code_goes_behind_its_number() {
        let number = "2026112240170938612531";
        assert_eq!(
            read(&[("number", number), ("check_code", "5390217746")]).presented(),
            format!("{number}5390217746")
        );
        let whole = format!("{number}5390217746");
        assert_eq!(read(&[("number", "1"), ("check_code", &whole)]).presented(), whole);
        assert_eq!(read(&[("code", "x"), ("number", number), ("check_code", "1")]).presented(), "x");
    }

    #[test]
    fn only_known_purposes_count() {
        let asked = read(&[("purpose", "BIDDING"), ("audience", " 91619900ma0dem0131 ")]).asked();
        assert_eq!((asked.purpose, asked.audience.as_str()), (Some(Purpose::Bidding), "91619900MA0DEM0131"));
        assert_eq!(read(&[("purpose", "<script>")]).purpose, "");
    }

    #[test]
    fn a_window_stays_set() {
        let set = read(&[("purpose", "BIDDING"), ("audience", "９１６１9900ma0dem0131")]);
        let cookie = set.cookie();
        let (kept, _) = cookie.split_once(';').unwrap();
        assert_eq!(kept, "counter=BIDDING.91619900MA0DEM0131");
        let request = |cookie: &str| {
            TestRequest::default().insert_header((COOKIE, format!("a=b; {cookie}"))).to_http_request()
        };
        let again = Counter::of(&request(kept));
        assert_eq!((&again.purpose, &again.audience), (&set.purpose, &set.audience));
        // A form that does not name them leaves them; one that does counts.
        let next = Counter::read(&Posted::of(&[("code", "1")]), again.clone());
        assert_eq!(next.purpose, "BIDDING");
        assert_eq!(Counter::read(&Posted::of(&[("code", "1"), ("purpose", "")]), again).purpose, "");
        let other = Counter::of(&request("counter=<b>.\"><script>"));
        assert_eq!((other.purpose.as_str(), other.audience.as_str()), ("", "SCRIPT"));
    }
}
