//! What does not belong in a form.

use notary::people::Role;

use super::browser::{House, PASSWORD};
use super::{body, by_id, sample, upload};

#[test]
fn pages_are_for_their_roles_and_forms_for_their_sessions() {
    let house = House::new();
    let pages = [
        ("/holder", Role::Holder),
        ("/holder/ask", Role::Holder),
        ("/holder/ask/BIDDING", Role::Holder),
        ("/operator", Role::Operator),
        ("/operator/submit", Role::Operator),
        ("/operator/certificates?number=1", Role::Operator),
        ("/review", Role::Reviewer),
    ];
    for role in Role::ALL {
        let mut browser = house.signed_in(role);
        for (page, whose) in pages {
            let answer = browser.get(page);
            let right = if page.contains('?') { 422 } else { 200 };
            assert_eq!(answer.status, if role == whose { right } else { 403 }, "{page} {role:?}");
        }
    }
    let mut nobody = house.browser();
    for (page, _) in pages {
        let answer = nobody.get(page);
        assert!(answer.status == 303 && answer.header("location").starts_with("/sign-in"), "{page}");
    }
    // A form without this session's token, or with another session's.
    let mut operator = house.signed_in(Role::Operator);
    let others = house.signed_in(Role::Operator).get("/operator/submit").csrf();
    let forms = [
        "/operator/drafts/1/approve",
        "/operator/drafts/1/discard",
        "/operator/requests/1/refuse",
        "/operator/certificates/2026112240170938612531/status",
    ];
    for token in ["", "x", others.as_str()] {
        for form in forms {
            let fields = [("csrf", token), ("version", "1"), ("reason", "x"), ("sure", "yes")];
            assert_eq!(operator.post(form, &fields).status, 403, "{form}");
        }
        for form in ["/operator/submit", "/operator/drafts/1/edit"] {
            let parts = body(&[("csrf", None, token), ("text", None, "{}"), ("version", None, "1")]);
            let kind = ("Content-Type", "multipart/form-data; boundary=XXBOUNDARYXX");
            assert_eq!(operator.ask("POST", form, &[kind], &parts).status, 403, "{form}");
        }
    }
    assert_eq!(house.office.desk().open_drafts().len(), 0);
}

#[test]
fn broken_and_oversized_forms_are_refused_and_hurt_nobody() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let csrf = operator.get("/operator/submit").csrf();
    let kind = ("Content-Type", "multipart/form-data; boundary=XXBOUNDARYXX");
    let whole = body(&[("csrf", None, csrf.as_str()), ("files", Some("a.json"), "{}")]);
    let cut = &whole[..whole.len() - 30];
    for (kind, text, status) in [
        (kind, cut, 400),
        (kind, "", 400),
        (kind, "rubbish", 400),
        (("Content-Type", "multipart/form-data"), whole.as_str(), 400),
        (("Content-Type", "text/plain"), whole.as_str(), 415),
        // The token has to come first.
        (kind, &body(&[("text", None, "{}"), ("csrf", None, csrf.as_str())]), 403),
    ] {
        let answer = operator.ask("POST", "/operator/submit", &[kind], text);
        assert_eq!(answer.status, status, "{kind:?} {text:.40}");
        assert!(answer.text().contains("<html"), "a page, not a bare error");
    }
    let empty = upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, " \n ")]);
    assert_eq!(empty.status, 400);
    let large = "x".repeat(9 << 20);
    let answer =
        upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, large.as_str())]);
    assert_eq!(answer.status, 413);
    let pasted = format!("{{\"schema\":\"{}\"}}", "长".repeat(1 << 21));
    let answer =
        upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, pasted.as_str())]);
    assert!(answer.status == 422 && answer.text().contains("JSON_LARGE"), "{}", answer.status);
    let many: Vec<(&str, Option<&str>, &str)> = (0..51).map(|_| ("files", Some("a.txt"), "x")).collect();
    assert_eq!(upload(&mut operator, "/operator/submit", "/operator/submit", &many).status, 413);
    assert_eq!(house.office.desk().open_drafts().len(), 0);
    assert_eq!(operator.get("/operator").status, 200);
}

#[test]
fn hostile_text_is_shown_as_text_and_never_as_anything_else() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let report = sample("report-general-clean.json");
    let name = notary::document::Document::reread(report.as_bytes()).unwrap().holder().unwrap().name.clone();
    let hostile = "<script>alert(1)</script>&\"'=1+1";
    let report = report.replace(&name, &hostile.replace('"', "\\\""));
    let made =
        upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, report.as_str())]);
    assert_eq!(made.status, 303, "{}", made.text());
    for page in ["/operator", "/operator/drafts/1", "/operator/drafts/1/edit"] {
        let text = operator.get(page).text();
        assert!(!text.contains("<script>alert") && text.contains("alert(1)"), "{page}");
    }
    let bidi = report.replace("alert", "\u{202e}alert");
    let refused =
        upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, bidi.as_str())]);
    assert!(refused.status == 422 && refused.text().contains("JSON_TEXT"));
    assert!(!refused.text().contains('\u{202e}'));
    // A recipient's name goes through three pages and back.
    let mut holder = house.signed_in(Role::Holder);
    let fields = [
        ("audience_name", "\u{202e}<b>局</b>"),
        ("audience_code", "11619900990000068X"),
        ("from", "2023-11-22"),
        ("to", "2026-11-21"),
        ("purpose", "BIDDING"),
    ];
    let confirm = holder.submit("/holder/ask/BIDDING", "/holder/ask/BIDDING", &fields);
    assert!(confirm.status == 200 && !confirm.text().contains("<b>局"));
    let asked = holder.post("/holder/ask", &[&[("csrf", confirm.csrf().as_str())][..], &fields].concat());
    assert_eq!(asked.status, 303, "{}", asked.text());
    let page = operator.get("/operator/requests/1").text();
    assert!(page.contains("&#60;b&#62;局&#60;/b&#62;") && !page.contains('\u{202e}'), "{page}");
    for (field, value, code) in [
        ("audience_code", "11619900990000060X", "校验位"),
        ("audience_code", "", "18 位"),
        ("to", "2099-01-01", "查询期"),
        ("from", "nie", "日期"),
    ] {
        let mut other: Vec<(&str, &str)> = fields.to_vec();
        other.iter_mut().filter(|(name, _)| *name == field).for_each(|pair| pair.1 = value);
        let refused = holder.submit("/holder/ask/BIDDING", "/holder/ask/BIDDING", &other);
        assert!(
            refused.status == 422 && refused.text().contains(code),
            "{field} {value}: {}",
            refused.text()
        );
    }
    assert_eq!(holder.get("/holder/ask/NOTHING").status, 404);
}

#[test]
fn one_person_with_two_accounts_is_no_second_person() {
    let house = House::new();
    house.account("wang-op", "王芳", Role::Operator);
    house.account("wang-rev", "王芳", Role::Reviewer);
    let (mut operator, mut reviewer) = (house.browser(), house.browser());
    assert_eq!(operator.sign_in("wang-op", PASSWORD).status, 303);
    assert_eq!(reviewer.sign_in("wang-rev", PASSWORD).status, 303);
    let report = sample("report-general-penalty.json");
    upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, report.as_str())]);
    let approved = reviewer.submit("/review/drafts/1", "/review/drafts/1/approve", &[("version", "1")]);
    assert!(approved.status == 403 && approved.text().contains("FOUR_EYES"));
    let mut second = house.signed_in(Role::Reviewer);
    let approved = second.submit("/review/drafts/1", "/review/drafts/1/approve", &[("version", "1")]);
    assert_eq!(approved.status, 303);
    assert_eq!(by_id(&second.get("/review/drafts/1"), "state"), "已签发");
}
