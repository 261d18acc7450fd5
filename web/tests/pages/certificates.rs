//! `/certificate`: nothing is told to whoever does not have both numbers.

use web::Settings;

use super::*;

/// What is the same in every answer: without the moment.
fn uniform(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let head = answer.head.iter().filter(|(name, _)| !matches!(name.as_str(), "date" | "x-request-id"));
    let mut head: Vec<_> = head.cloned().collect();
    head.sort();
    let text = answer.text();
    let (before, after) = text.split_once("核验时间").unwrap_or((&text, ""));
    let after = after.split_once("</p>").map_or("", |(_, after)| after);
    (answer.status, head, format!("{before}{after}"))
}

#[test]
fn unknown_numbers_wrong_codes_and_erased_documents_look_alike() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let (erased, _) = issue(&house, sample("report-general-clean.json"));
    house.office.erase(&erased.number, "测试").unwrap();
    let other = if accepted.check_code.as_str() == "0000000000" { "1111111111" } else { "0000000000" };
    let unknown = verifier::number::CertificateNumber::with_check("20261122000000000000").unwrap();
    let mut browser = house.browser();
    let mut ask =
        |number: &str, code: &str| browser.post("/certificate", &[("number", number), ("check_code", code)]);
    let wrong = ask(accepted.number.as_str(), other);
    assert_eq!(verdict(&wrong), says("undetermined", "CERTIFICATE_UNKNOWN"));
    assert_eq!(inside(&wrong.text(), "verdict-sentence"), "未查到该证书或查验码不符");
    assert!(!wrong.text().contains(accepted.number.as_str()));
    let wrong = uniform(&wrong);
    assert_eq!(uniform(&ask(unknown.as_str(), accepted.check_code.as_str())), wrong);
    assert_eq!(uniform(&ask(erased.number.as_str(), erased.check_code.as_str())), wrong);
    assert_eq!(verdict(&ask(accepted.number.as_str(), accepted.check_code.as_str())), says("valid", "VALID"));
    // The same at the other door.
    let code = format!("{}{other}", accepted.number);
    assert_eq!(
        verdict(&browser.post("/verify", &[("text", &code)])),
        says("undetermined", "CERTIFICATE_UNKNOWN")
    );
}

#[test]
fn numbers_are_forgiven_what_people_do_to_them() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let number = accepted.number.as_str();
    let spaced = format!(" {} {}-{}\t", &number[..4], &number[4..10], &number[10..]);
    let code: String = accepted
        .check_code
        .as_str()
        .chars()
        .map(|c| char::from_u32(u32::from(c) - 48 + 0xff10).unwrap())
        .collect();
    let mut browser = house.browser();
    let answer = browser.post("/certificate", &[("number", &spaced), ("check_code", &code)]);
    assert_eq!(verdict(&answer), says("valid", "VALID"));
    for (number, code) in
        [("", ""), ("1", "1"), (number, "12"), ("<b>", "1111111111"), (&number[..21], "1111111111")]
    {
        let answer = browser.post("/certificate", &[("number", number), ("check_code", code)]);
        assert_eq!(answer.status, 400, "{number}");
        html::check("certificate", &answer.text());
        assert!(answer.text().contains("aria-invalid=\"true\"") && !answer.text().contains("<b>\""));
    }
}

#[test]
fn a_natural_person_stays_masked() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-person.json"));
    let form = [("number", accepted.number.as_str()), ("check_code", accepted.check_code.as_str())];
    let answer = house.browser().post("/certificate", &form);
    assert_eq!(verdict(&answer), says("valid", "VALID"));
    let page = answer.text();
    assert_eq!(inside(&page, "holder-name"), "欧***");
    assert!(!page.contains("619900198501010010") && !page.contains("欧阳"), "{page}");
}

#[test]
fn whoever_guesses_is_stopped() {
    let mut settings = Settings::default();
    settings.hourly.wrong_look_ups = 24;
    let house = House::with(settings);
    let (accepted, issued) = issue(&house, sample("report-full.json"));
    let mut browser = house.browser();
    let mut refused = None;
    for guess in 0..40u64 {
        let code = format!("{guess:010}");
        let answer =
            browser.post("/certificate", &[("number", accepted.number.as_str()), ("check_code", &code)]);
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
        assert_eq!(verdict(&answer).1, "CERTIFICATE_UNKNOWN");
    }
    let refused = refused.expect("a limit");
    html::check("429", &refused.text());
    assert!(refused.text().contains("查询过于频繁，请稍后再试"), "{}", refused.text());
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    // The certificate's own proof needs no code and goes on being verified.
    let answer = browser.post("/verify", &[("text", &qr_text(&house, &issued))]);
    assert_eq!(verdict(&answer), says("valid", "VALID"));
}

#[test]
fn of_a_replaced_certificate_the_numbers_show_nothing_and_the_certificate_itself_what_it_said() {
    let house = House::new();
    let (accepted, issued) = issue(&house, sample("report-general-penalty.json"));
    let holder = issued.certificate.core().holder().unwrap().name().to_string();
    let before = house.browser().post("/verify", &[("text", &window_code(&accepted))]);
    assert!(before.text().contains(&holder));
    house.office.set_status(&accepted.number, verifier::status::Status::Replaced, "信息更正").unwrap();
    house.office.publish_status().unwrap();
    let code = house.browser().post("/verify", &[("text", &window_code(&accepted))]);
    assert_eq!(verdict(&code), says("invalid", "REPLACED"));
    assert!(!code.text().contains(&holder), "its content is served no more");
    let numbers = [("number", accepted.number.as_str()), ("check_code", accepted.check_code.as_str())];
    let looked_up = house.browser().post("/certificate", &numbers);
    assert_eq!(verdict(&looked_up), says("invalid", "REPLACED"));
    assert!(!looked_up.text().contains(&holder));
    let own = house.browser().post("/verify", &[("text", &qr_text(&house, &issued))]);
    assert_eq!(verdict(&own), says("invalid", "REPLACED"));
    assert!(own.text().contains(&holder));
}

#[test]
fn a_revoked_certificate_says_so() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    house.office.set_status(&accepted.number, verifier::status::Status::Revoked, "错误出具").unwrap();
    house.office.publish_status().unwrap();
    let answer = house.browser().post("/verify", &[("text", &window_code(&accepted))]);
    assert_eq!(verdict(&answer), says("invalid", "REVOKED"));
    assert_eq!(inside(&answer.text(), "verdict-sentence"), "证书已撤销，不得使用");
}
