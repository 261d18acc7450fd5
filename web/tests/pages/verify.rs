//! `/verify`: files, pictures, scans and typing.

use notary::render::Symbol;

use super::*;

#[test]
fn a_certificate_is_verified_in_every_form_it_has() {
    let house = House::new();
    let (accepted, issued) = issue(&house, sample("report-special-clean.json"));
    let qr = qr_text(&house, &issued);
    let (prefix, digits) = verifier::qr::url(house.office.host(), issued.qr.as_ref().unwrap());
    let picture = Symbol::new(&prefix, &digits).unwrap().png();
    let full_width: String =
        window_code(&accepted).chars().map(|c| char::from_u32(u32::from(c) - 48 + 0xff10).unwrap()).collect();

    let mut browser = house.browser();
    for text in [qr.as_str(), &format!(" {qr}\r\n"), &window_code(&accepted), &full_width] {
        let answer = browser.post("/verify", &[("text", text)]);
        assert_eq!(answer.status, 200);
        assert_eq!(verdict(&answer), says("valid", "VALID"), "{text}");
        let page = answer.text();
        assert_eq!(inside(&page, "verdict-sentence"), "核验通过，证书真实有效");
        assert_eq!(inside(&page, "holder-name"), issued.certificate.core().holder().unwrap().name());
        assert_eq!(inside(&page, "holder-code"), issued.certificate.core().holder().unwrap().code());
        assert!(page.contains("仅限用于：行政审批") && page.contains("状态截至"), "{page}");
    }
    for file in [issued.certificate.encode(), picture, qr.clone().into_bytes()] {
        assert_eq!(verdict(&upload(house.at, "/verify", &[], &file, "zh")), says("valid", "VALID"));
        // The file counts, whatever stands in the box.
        let both = upload(house.at, "/verify", &[("text", "123")], &file, "zh");
        assert_eq!(verdict(&both), says("valid", "VALID"));
    }
    let answer = upload(house.at, "/verify", &[], &issued.certificate.encode(), "en");
    assert_eq!(inside(&answer.text(), "verdict-sentence"), "Verified: genuine and valid");
    assert!(answer.text().contains("L2: included in the signed public ledger"));
}

#[test]
fn a_changed_certificate_shows_nothing_of_what_it_claims() {
    let house = House::new();
    let (_, issued) = issue(&house, sample("report-special-clean.json"));
    let file = String::from_utf8(issued.certificate.encode()).unwrap();
    // One letter of the batch note's signature.
    let note = issued.certificate.batch_note().encode().replace('\n', "\\n");
    let place = file.find(&note).unwrap() + note.len() - 20;
    let letter = if file.as_bytes()[place] == b'A' { "B" } else { "A" };
    let changed = format!("{}{letter}{}", &file[..place], &file[place + 1..]);
    let answer = upload(house.at, "/verify", &[], changed.as_bytes(), "zh");
    let (outcome, _) = verdict(&answer);
    assert_eq!(outcome, "invalid");
    let page = answer.text();
    let holder = issued.certificate.core().holder().unwrap();
    assert!(!page.contains(holder.name()) && !page.contains(holder.code()), "{page}");
    assert!(page.contains("请勿据此办理"));
}

#[test]
fn a_printed_certificate_is_verified_and_what_was_added_is_found() {
    let house = House::new();
    let (accepted, issued) = issue(&house, sample("report-special-clean.json"));
    let pdf = house.office.pdf(&accepted.number).unwrap();
    let answer = upload(house.at, "/verify", &[], &pdf, "zh");
    assert_eq!(verdict(&answer), says("valid", "VALID"));
    let holder = issued.certificate.core().holder().unwrap();
    assert_eq!(inside(&answer.text(), "holder-name"), holder.name());
    // One more attached, one byte changed, the end cut off.
    let another = b"\n900 0 obj\n<</Type/EmbeddedFile/Length 2>>\nstream\n{}\nendstream\nendobj\n%%EOF\n";
    let mut changed = pdf.clone();
    *changed.last_mut().unwrap() ^= 1;
    for (what, file) in [("two", [&pdf, another.as_slice()].concat()), ("a byte", changed)] {
        let answer = upload(house.at, "/verify", &[], &file, "zh");
        assert_eq!(verdict(&answer), says("invalid", "PDF_ALTERED"), "{what}");
        let sentence = "PDF文件在签发后被改动，版面内容不可采信，请索取原始电子文件";
        assert_eq!(inside(&answer.text(), "verdict-sentence"), sentence, "{what}");
    }
    let (outcome, _) = verdict(&upload(house.at, "/verify", &[], &pdf[..pdf.len() - 2000], "zh"));
    assert_ne!(outcome, "valid");
}

#[test]
fn bad_news_is_said_beside_a_good_sentence() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-special-serious.json"));
    let answer = house.browser().post("/verify", &[("text", &window_code(&accepted))]);
    assert_eq!(verdict(&answer), says("valid", "VALID"));
    let page = answer.text();
    assert!(page.contains("项不成立") && page.contains("class=\"claim-no\"") && page.contains("✕"), "{page}");
}

#[test]
fn a_number_alone_is_asked_for_its_check_code() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let mut browser = house.browser();
    let answer = browser.post("/verify", &[("text", accepted.number.as_str())]);
    html::check("verify-code", &answer.text());
    assert!(answer.text().contains("action=\"/certificate\"") && !answer.text().contains("id=\"verdict\""));
    let form = [("number", accepted.number.as_str()), ("check_code", accepted.check_code.as_str())];
    assert_eq!(verdict(&browser.post("/certificate", &form)), says("valid", "VALID"));
}

#[test]
fn what_is_no_certificate_is_never_called_forged() {
    let house = House::new();
    let (_, issued) = issue(&house, sample("report-full.json"));
    let qr = qr_text(&house, &issued);
    let file = issued.certificate.encode();
    let mut browser = house.browser();
    for (text, code) in [
        ("你好", "NOT_RECOGNISED"),
        ("<script>alert(1)</script>", "NOT_RECOGNISED"),
        ("2026112240170938612532", "SCAN_INCOMPLETE"),
        (&qr[..qr.len() - 40], "SCAN_INCOMPLETE"),
    ] {
        let answer = browser.post("/verify", &[("text", text)]);
        assert_eq!(verdict(&answer), says("undetermined", code), "{text}");
        assert!(!answer.text().contains("alert(1)"));
    }
    for (bytes, code) in [
        (b"\x89PNG\r\n\x1a\n".to_vec(), "NOT_RECOGNISED"),
        (b"%PDF-1.7 nothing".to_vec(), "NOT_RECOGNISED"),
        (file[..file.len() / 2].to_vec(), "FILE_INCOMPLETE"),
        (vec![0xff; 5000], "NOT_RECOGNISED"),
    ] {
        let (outcome, found) = verdict(&upload(house.at, "/verify", &[], &bytes, "zh"));
        assert_eq!(outcome, "undetermined", "{found}");
        // Which of the two a damaged PDF is, its reader says.
        assert!(found == code || bytes.starts_with(b"%PDF"), "{found}");
    }
}

#[test]
fn broken_forms_are_refused_in_a_page() {
    let house = House::new();
    let mut browser = house.browser();
    let empty = browser.post("/verify", &[("text", " ")]);
    assert_eq!(empty.status, 400);
    html::check("verify", &empty.text());
    let cut = browser.ask(
        "POST",
        "/verify",
        &[("Content-Type", "multipart/form-data; boundary=XX")],
        "--XX\r\nCont",
    );
    assert_eq!(cut.status, 400, "{}", cut.text());
    html::check("cut", &cut.text());
    let json = browser.ask("POST", "/verify", &[("Content-Type", "application/json")], "{}");
    assert_eq!(json.status, 415, "{}", json.text());
    let large = "9".repeat(70_000);
    assert_eq!(browser.post("/verify", &[("text", &large)]).status, 413);
    let parts: String = (0..40)
        .map(|n| format!("--XX\r\nContent-Disposition: form-data; name=\"a{n}\"\r\n\r\nx\r\n"))
        .collect();
    let many = format!("{parts}--XX--\r\n");
    let many = browser.ask("POST", "/verify", &[("Content-Type", "multipart/form-data; boundary=XX")], &many);
    assert_eq!(many.status, 400, "{}", many.text());
}
