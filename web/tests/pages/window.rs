//! `/window`: the clerk's page, by plain forms and as its script uses it.

use notary::people::Role;
use serde_json::Value;

use super::*;

fn scan(browser: &mut Browser, fields: &[(&str, &str)]) -> Answer {
    browser.submit("/window", "/window", fields)
}

fn told(browser: &mut Browser, csrf: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let body: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", value.replace('+', "%2B"))).collect();
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Accept", "application/json"),
        ("X-CSRF-Token", csrf),
    ];
    let answer = browser.ask("POST", "/window", &headers, &body.join("&"));
    (answer.status, serde_json::from_slice(&answer.body).unwrap())
}

#[test]
fn the_window_is_for_clerks_only() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let code = window_code(&accepted);
    assert!(house.browser().get("/window").header("location").starts_with("/sign-in?next="));
    for role in [Role::Holder, Role::Operator, Role::Reviewer, Role::Auditor, Role::SystemAdministrator] {
        let mut browser = house.signed_in(role);
        assert_eq!(browser.get("/window").status, 403, "{role:?}");
        let csrf = browser.get("/").csrf();
        assert_eq!(browser.post("/window", &[("csrf", &csrf), ("code", &code)]).status, 403, "{role:?}");
        assert_eq!(
            browser.post("/window/receipt", &[("csrf", &csrf), ("last", &code)]).status,
            403,
            "{role:?}"
        );
    }
    let mut clerk = house.signed_in(Role::Window);
    assert_eq!(clerk.post("/window", &[("code", &code)]).status, 403, "without a token");
    assert_eq!(clerk.post("/window", &[("csrf", "x"), ("code", &code)]).status, 403);
    let (status, problem) = told(&mut house.browser(), "x", &[("code", &code)]);
    assert_eq!((status, problem["code"].as_str()), (401, Some("SIGN_IN_NEEDED")));
}

#[test]
fn every_answer_has_the_box_focused_for_the_next_scan() {
    let house = House::new();
    let (accepted, issued) = issue(&house, sample("report-special-clean.json"));
    let mut clerk = house.signed_in(Role::Window);
    let first = clerk.get("/window");
    let qr = qr_text(&house, &issued);
    let answers = [&window_code(&accepted), &qr, "垃圾", "2026112240170938612532"]
        .map(|code| scan(&mut clerk, &[("code", code)]));
    for (answer, outcome) in
        [first].iter().chain(&answers).zip(["", "valid", "valid", "undetermined", "undetermined"])
    {
        let page = answer.text();
        html::check("window", &page);
        let tags = html::tags(&page);
        let focused: Vec<_> = tags.iter().filter(|tag| tag.get("autofocus").is_some()).collect();
        assert_eq!(focused.len(), 1);
        assert_eq!((focused[0].get("id"), focused[0].get("value")), (Some("code"), None));
        assert_eq!(answer.header("cache-control"), "no-store");
        if !outcome.is_empty() {
            assert_eq!(verdict(answer).0, outcome);
        }
    }
}

#[test]
fn a_typed_number_is_asked_for_its_check_code_in_place() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let mut clerk = house.signed_in(Role::Window);
    let number = accepted.number.as_str();
    let asked = scan(&mut clerk, &[("code", number), ("case", "A-1")]);
    let page = asked.text();
    html::check("window", &page);
    assert!(
        page.contains("id=\"check_code\"")
            && page.contains("value=\"A-1\"")
            && !page.contains("id=\"verdict\"")
    );
    let with_code =
        [("code", ""), ("number", number), ("check_code", accepted.check_code.as_str()), ("case", "A-1")];
    let answer = scan(&mut clerk, &with_code);
    assert_eq!(verdict(&answer), says("valid", "VALID"));
    assert!(answer.text().contains("name=\"last_case\" value=\"A-1\""));
    // A window code scanned into the other box is one.
    let scanned = [("code", ""), ("number", number), ("check_code", &window_code(&accepted))];
    assert_eq!(verdict(&scan(&mut clerk, &scanned)), says("valid", "VALID"));
    let wrong = [("code", ""), ("number", number), ("check_code", "0000000000")];
    assert_eq!(verdict(&scan(&mut clerk, &wrong)).1, "CERTIFICATE_UNKNOWN");
}

#[test]
fn another_purpose_or_recipient_is_a_warning() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-special-clean.json"));
    let code = window_code(&accepted);
    let mut clerk = house.signed_in(Role::Window);
    let other = [("code", code.as_str()), ("purpose", "FINANCING"), ("audience", "91619900MA0DEM0131")];
    let page = scan(&mut clerk, &other).text();
    assert!(page.contains("用途不符：仅限用于行政审批") && page.contains("接收单位不符"), "{page}");
    assert!(
        page.contains("<option value=\"FINANCING\" selected>")
            && page.contains("value=\"91619900MA0DEM0131\"")
    );
    let same = [("code", code.as_str()), ("purpose", "ADMIN_APPROVAL"), ("audience", "11619900990000068X")];
    let answer = scan(&mut clerk, &same);
    assert!(!answer.text().contains("不符") && verdict(&answer).0 == "valid", "{}", answer.text());
}

#[test]
fn the_script_is_told_the_same_and_loses_nothing() {
    let house = House::new();
    let issued: Vec<_> = ["report-full.json", "report-general-clean.json", "report-special-serious.json"]
        .map(|name| issue(&house, sample(name)))
        .into();
    let mut clerk = house.signed_in(Role::Window);
    let csrf = clerk.get("/window").csrf();
    for turn in 0..200 {
        let (accepted, certificate) = &issued[turn % issued.len()];
        let (status, told) = told(&mut clerk, &csrf, &[("code", &window_code(accepted))]);
        assert_eq!((status, &told["kind"]), (200, &"verdict".into()), "{turn}");
        assert_eq!(told["verdict"]["outcome"], "valid");
        assert_eq!(told["verdict"]["subject"]["number"], accepted.number.as_str());
        let holder = certificate.certificate.core().holder().unwrap();
        assert_eq!(told["verdict"]["subject"]["holder"][0], holder.name());
        assert_eq!(told["last"], window_code(accepted));
        assert!(told["html"].as_str().unwrap().contains("id=\"verdict\"") && told["receipt"] == true);
    }
    let number = issued[0].0.number.as_str();
    let (_, told_number) = told(&mut clerk, &csrf, &[("code", number)]);
    assert_eq!((&told_number["kind"], &told_number["number"]), (&"needs-code".into(), &number.into()));
    let (_, unread) = told(&mut clerk, &csrf, &[("code", "x")]);
    assert_eq!(
        (&unread["kind"], &unread["receipt"], &unread["last"]),
        (&"not-read".into(), &false.into(), &"".into())
    );
}
