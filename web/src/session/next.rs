//! Where to go after signing in: to a page of this service, never elsewhere.

use actix_web::HttpRequest;
use actix_web::http::Method;

/// The longest address that is remembered.
const NEXT_MAX: usize = 512;

/// The address of this request, to come back to it; `/` where that makes no sense.
pub(super) fn of(request: &HttpRequest) -> String {
    let uri = request.uri().path_and_query().map_or("/", |address| address.as_str());
    match *request.method() {
        Method::GET | Method::HEAD if is_own(uri) => uri.to_string(),
        _ => String::new(),
    }
}

/// The page to go to: `next`, if it is one of ours.
pub(super) fn checked(next: &str) -> Option<&str> {
    is_own(next).then_some(next)
}

/// A path that every browser takes for one of this host. `//host`, `/\host` and `/\t/host` are read as others.
fn is_own(address: &str) -> bool {
    let plain = address.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let ours = ["/sign-in", "/sign-out", "/password"];
    address.len() <= NEXT_MAX
        && plain
        && path.starts_with('/')
        && !path.starts_with("//")
        && !ours.contains(&path)
}

/// The address of the page to sign in on.
pub(super) fn sign_in(next: &str) -> String {
    match next {
        "" | "/" => "/sign-in".to_string(),
        next => format!("/sign-in?next={}", encoded(next)),
    }
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(b))
            }
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_follow_a_sign_in() {
        for good in ["/", "/window", "/operator/drafts/D00017?page=2&x=%E7%8E%8B", "/admin/log#end"] {
            assert_eq!(checked(good), Some(good));
        }
        for bad in [
            "",
            "window",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/\t/evil.example",
            "/\n/evil.example",
            " /window",
            "/a b",
            "/王",
            "/sign-in",
            "/sign-out?x",
            "/password",
            &("/".to_string() + &"a".repeat(600)),
        ] {
            assert_eq!(checked(bad), None, "{bad:?}");
        }
        assert_eq!(sign_in("/a?b=c&d=%20"), "/sign-in?next=/a%3Fb%3Dc%26d%3D%2520");
        assert_eq!(sign_in(""), "/sign-in");
    }
}
