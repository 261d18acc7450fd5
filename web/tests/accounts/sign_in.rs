//! Signing in and out: the first time, wrong, locked out, from elsewhere, for too long.

use notary::people::{FAILURES_MAX, LOCKED_FOR, Role};
use web::Settings;
use web::session::LASTS;

use crate::browser::{House, PASSWORD};

/// The session's cookie on a network without TLS.
const COOKIE: &str = "xinzheng";

#[test]
fn a_newcomer_chooses_a_password_before_anything_else() {
    let house = House::new();
    let (_, one_time) = house.newcomer("window-1", "王芳", Role::Window);
    let mut browser = house.browser();
    let answer = browser.sign_in("window-1", &one_time);
    assert_eq!((answer.status, answer.header("location")), (303, "/password"), "{}", answer.text());
    let page = browser.get("/password");
    assert!(page.status == 200 && page.text().contains("一次性密码"));
    assert!(!page.text().contains("/sign-out"), "the frame shows nobody yet");
    let first = browser.cookies[COOKIE].clone();

    let short = browser.submit("/password", "/password", &[("password", "short"), ("again", "short")]);
    assert!(short.status == 422 && short.text().contains("role=\"alert\""));
    let typo = browser.submit("/password", "/password", &[("password", PASSWORD), ("again", "other")]);
    assert!(typo.status == 422 && typo.text().contains("两次"));
    let done = browser.submit("/password", "/password", &[("password", PASSWORD), ("again", PASSWORD)]);
    assert_eq!((done.status, done.header("location")), (303, "/window"), "{}", done.text());
    assert_ne!(browser.cookies[COOKIE], first, "a new identifier with the new password");

    let again = house.browser().sign_in("window-1", &one_time);
    assert_eq!(again.status, 401, "a one-time password is good for one sign-in");
    assert_eq!(house.browser().sign_in("window-1", PASSWORD).status, 303);
}

#[test]
fn a_one_time_password_that_was_used_and_not_replaced_is_spent() {
    let house = House::new();
    let (_, one_time) = house.newcomer("window-1", "王芳", Role::Window);
    assert_eq!(house.browser().sign_in("window-1", &one_time).status, 303);
    let answer = house.browser().sign_in("window-1", &one_time);
    assert!(answer.status == 401 && answer.text().contains("一次性密码已使用或已过期"), "{}", answer.text());
}

#[test]
fn the_identifier_is_new_at_every_sign_in_and_an_old_one_is_worth_nothing() {
    let house = House::new();
    let mut browser = house.signed_in(Role::Window);
    let first = browser.cookies[COOKIE].clone();
    // Planted by somebody who knows it: it does not become a session.
    let mut victim = house.browser();
    victim.cookies.insert(COOKIE.into(), "A".repeat(43));
    let answer = victim.sign_in("window", PASSWORD);
    assert_eq!(answer.status, 303);
    assert_ne!(victim.cookies[COOKIE], "A".repeat(43));

    let answer = browser.submit("/password", "/sign-out", &[]);
    assert_eq!(answer.status, 303);
    assert!(!browser.cookies.contains_key(COOKIE));
    browser.cookies.insert(COOKIE.into(), first);
    assert_eq!(browser.get("/password").header("location"), "/sign-in");
}

#[test]
fn a_session_ends_when_idle_and_after_a_day_in_any_case() {
    let house = House::new();
    let mut browser = house.signed_in(Role::Window);
    house.pass(15 * 60 - 1);
    assert_eq!(browser.get("/password").status, 200);
    house.pass(15 * 60);
    assert_eq!(browser.get("/password").status, 303, "idle for 15 minutes");

    let mut busy = house.signed_in(Role::Window);
    for _ in 0..LASTS / 600 - 1 {
        house.pass(600);
        assert_eq!(busy.get("/password").status, 200);
    }
    house.pass(600);
    assert_eq!(busy.get("/password").status, 303, "12 hours");
}

#[test]
fn suspension_ends_sessions_at_once() {
    let house = House::new();
    let mut browser = house.signed_in(Role::Window);
    let account = house.office.people().by_name("window").unwrap();
    house.office.people().suspend(None, account.id()).unwrap();
    assert_eq!(browser.get("/password").status, 303);
}

#[test]
fn wrong_names_and_wrong_passwords_get_one_answer_and_one_lockout() {
    let house = House::new();
    house.account("window-1", "王芳", Role::Window);
    let answers = |name: &str| -> Vec<(u16, String)> {
        let mut browser = house.browser();
        let answers = (0..=FAILURES_MAX).map(|_| {
            let answer = browser.sign_in(name, "not the password");
            (answer.status, answer.text().replace(name, "NAME").replace(&answer.csrf(), "TOKEN"))
        });
        answers.collect()
    };
    let (somebody, nobody) = (answers("window-1"), answers("nobody-x"));
    assert_eq!(somebody, nobody);
    let statuses: Vec<u16> = somebody.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [401, 401, 401, 401, 401, 429]);
    assert_eq!(house.browser().sign_in("window-1", PASSWORD).status, 429, "the right one neither");
    house.pass(LOCKED_FOR);
    assert_eq!(house.browser().sign_in("window-1", PASSWORD).status, 303);
}

#[test]
fn signing_in_leads_to_pages_of_this_service_only() {
    let house = House::new();
    house.account("window-1", "王芳", Role::Window);
    for (next, to) in [
        ("/receipt?x=1", "/receipt?x=1"),
        ("", "/window"),
        ("//evil.example", "/window"),
        ("https://evil.example", "/window"),
        ("/\\evil.example", "/window"),
        ("/sign-out", "/window"),
    ] {
        let mut browser = house.browser();
        let page = browser.get(&format!("/sign-in?next={}", next.replace('\\', "%5C").replace('?', "%3F")));
        assert!(!page.text().contains("evil.example"), "{next}");
        let fields = [("csrf", page.csrf()), ("next", next.to_string())];
        let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (*key, value.as_str())).collect();
        let answer = browser
            .post("/sign-in", &[&fields[..], &[("name", "window-1"), ("password", PASSWORD)]].concat());
        assert_eq!((answer.status, answer.header("location")), (303, to), "{next}");
    }
}

#[test]
fn another_site_can_sign_nobody_in() {
    let house = House::new();
    house.account("window-1", "王芳", Role::Window);
    let mut browser = house.browser();
    let fields = [("name", "window-1"), ("password", PASSWORD)];
    assert_eq!(browser.post("/sign-in", &fields).status, 403, "no token at all");
    let theirs = house.browser().get("/sign-in").csrf();
    let answer = browser.post("/sign-in", &[&[("csrf", theirs.as_str())], &fields[..]].concat());
    assert_eq!(answer.status, 403, "a token of another browser");
    assert!(!browser.cookies.contains_key(COOKIE));
}

#[test]
fn cookies_and_pages_are_kept_from_scripts_and_caches() {
    let house = House::new();
    house.account("window-1", "王芳", Role::Window);
    let mut browser = house.browser();
    let answer = browser.sign_in("window-1", PASSWORD);
    let cookie = answer.headers("set-cookie").into_iter().find(|c| c.starts_with("xinzheng=")).unwrap();
    for attribute in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "plain HTTP here: {cookie}");
    assert_eq!(browser.cookies[COOKIE].len(), 43, "256 bits");
    let page = browser.get("/password");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert!(page.header("vary").contains("Cookie"));
}

#[test]
fn over_tls_the_cookie_is_this_hosts_alone() {
    let proxies = web::client::Proxies::new(vec!["127.0.0.1".parse().unwrap()], Default::default());
    let settings = Settings { proxies, ..Settings::default() };
    let house = House::with(settings);
    house.account("window-1", "王芳", Role::Window);
    let mut browser = house.browser();
    let tls = [("X-Forwarded-Proto", "https"), ("X-Forwarded-For", "203.0.113.9")];
    let csrf = browser.ask("GET", "/sign-in", &tls, "").csrf();
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("csrf={csrf}&name=window-1&password={}", PASSWORD.replace(' ', "+"));
    let answer = browser.ask("POST", "/sign-in", &[&tls[..], &form].concat(), &body);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let cookie =
        answer.headers("set-cookie").into_iter().find(|c| c.starts_with("__Host-xinzheng=")).unwrap();
    assert!(
        cookie.contains("; Secure") && cookie.contains("; Path=/") && !cookie.contains("Domain"),
        "{cookie}"
    );
    assert_eq!(browser.ask("GET", "/window", &tls, "").status, 200);
    assert_eq!(
        browser.ask("GET", "/window", &[], "").status,
        303,
        "the same cookie counts for nothing without TLS"
    );
}

#[test]
fn one_address_tries_only_so_often() {
    let mut settings = Settings::default();
    settings.hourly.sign_ins = 24;
    let house = House::with(settings);
    let statuses: Vec<u16> =
        (0..4).map(|n| house.browser().sign_in(&format!("nobody-{n}"), "x").status).collect();
    assert_eq!(statuses, [401, 401, 429, 429], "a twelfth of an hour's at once");
}
