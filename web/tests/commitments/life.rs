//! What becomes of commitments, on operators' pages and on everybody's.

use notary::office::{Accepted, Submission, SubmissionKind};
use notary::operator_log::Filter;
use notary::people::Role;

use super::browser::{Answer, Browser, House};
use super::{by_id, sample, send, until};

/// A commitment of the samples, sealed; its code.
pub fn issued(house: &House, name: &str) -> String {
    let bytes = sample(name);
    let document: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    accepted(house, bytes);
    document["code"].as_str().unwrap().to_owned()
}

/// A document, sealed.
pub fn accepted(house: &House, bytes: Vec<u8>) -> Accepted {
    let submission =
        Submission { bytes, kind: SubmissionKind::Json, idempotency_key: None, qr: true, corrects: None };
    let accepted = house.office.submit(submission).unwrap();
    until(|| house.office.index_of(&accepted.number).unwrap());
    accepted
}

/// Sends an event's form as a browser without scripts does.
pub fn record(operator: &mut Browser, code: &str, fields: &[(&str, &str)], file: Option<&str>) -> Answer {
    let address = format!("/operator/commitments/{code}");
    let page = operator.get(&address);
    let csrf = page.csrf();
    let seen = hidden(&page, "seen");
    let has = |name: &str| fields.iter().any(|(known, _)| *known == name);
    let own = [("csrf", csrf.as_str()), ("seen", seen.as_str())];
    let own = own.into_iter().filter(|(name, _)| !has(name));
    let mut body = String::new();
    for (name, value) in own.chain(fields.iter().copied()) {
        body += &format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    if let Some(content) = file {
        body += &format!(
            "--XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"证据.pdf\"\r\n\r\n{content}\r\n"
        );
    }
    body += "--XX--\r\n";
    let kind = [("Content-Type", "multipart/form-data; boundary=XX"), ("Accept", "text/html")];
    send(operator, "POST", &address, &kind, body.as_bytes())
}

fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    match text.split_once(&format!("name=\"{name}\" value=\"")) {
        Some((_, rest)) => rest.split_once('"').unwrap().0.to_owned(),
        None => "0".to_owned(),
    }
}

pub const PUBLICISED: [(&str, &str); 3] =
    [("kind", "PUBLICISED"), ("site_0", "信用中国（陕西）"), ("url_0", "https://credit.example.gov.cn/c/1")];

fn search(house: &House, word: &str) -> Answer {
    house.browser().post("/commitments", &[("word", word)])
}

#[test]
fn a_commitment_is_made_public_found_and_its_result_shown_once_it_counts() {
    let house = House::new();
    let code = issued(&house, "commitment-tolerance.json");
    let mut operator = house.signed_in(Role::Operator);
    // Nobody finds what was not made public yet.
    for word in ["渭水", code.as_str(), "91619900MA0DEM021U"] {
        let found = search(&house, word);
        assert!(found.status == 200 && found.text().contains("id=\"none\""), "{word}: {}", found.text());
    }
    assert_eq!(house.browser().get(&format!("/commitments/{code}")).status, 404);

    let list = operator.get("/operator/commitments");
    assert!(list.text().contains(&code) && list.text().contains("渭水样例食品有限公司"));
    let found = operator.submit("/operator/commitments", "/operator/commitments", &[("word", &code)]);
    assert_eq!((found.status, found.header("location")), (303, &*format!("/operator/commitments/{code}")));
    let of =
        operator.submit("/operator/commitments", "/operator/commitments", &[("word", "91619900ma0dem021u")]);
    assert!(of.status == 200 && of.text().contains(&code));

    let done = record(&mut operator, &code, &PUBLICISED, None);
    assert_eq!(done.status, 303, "{}", done.text());
    for word in ["渭水", "样例食品", code.as_str(), "91619900MA0DEM021U"] {
        let found = search(&house, word);
        assert!(found.text().contains("id=\"found\""), "{word}: {}", found.text());
        assert!(found.body.len() < 50_000 && found.header("cache-control") == "no-store");
    }
    let page = house.browser().get(&format!("/commitments/{code}"));
    assert!(page.status == 200 && page.text().contains("渭水样例食品有限公司"), "{}", page.text());
    assert!(page.body.len() < 50_000);

    // An adverse result lacks what it needs: told at the field, and nothing that was typed is lost.
    record(&mut operator, &code, &[("kind", "SUPPLEMENTED")], None);
    record(&mut operator, &code, &[("kind", "CHECK_STARTED")], None);
    let bad = [
        ("kind", "FOUND_FALSE"),
        ("unperformed", "提交的检测报告系伪造"),
        ("liability", ""),
        ("unit", "示例县市场监督管理局"),
        ("unit_code", "11619900990000121R"),
    ];
    let told = record(&mut operator, &code, &bad, Some("扫描件"));
    assert_eq!(told.status, 422, "{}", told.text());
    let text = told.text();
    assert!(
        text.contains("id=\"found_false-liability-error\"") && text.contains("履行状态非“全部履行”时"),
        "{text}"
    );
    assert!(text.contains("提交的检测报告系伪造") && text.contains("value=\"11619900990000121R\""), "{text}");
    // SHA-256 of 扫描件.
    let digest = verifier::row::hex(&verifier::hash::sha256(&["扫描件".as_bytes()]));
    assert!(text.contains(&format!("sha256:{digest}")), "{text}");

    let good = bad.map(|(name, value)| (name, if name == "liability" { "撤销许可" } else { value }));
    let done = record(&mut operator, &code, &good, Some("扫描件"));
    assert_eq!(done.status, 303, "{}", done.text());
    let page = operator.get(&format!("/operator/commitments/{code}"));
    assert_eq!(by_id(&page, "stage"), "承诺不实");
    assert!(page.text().contains("撤销许可") && page.text().contains("测试operator"));
    // Everybody is told once the window is over.
    let public = house.browser().get(&format!("/commitments/{code}")).text();
    assert!(!public.contains("承诺不实") && !public.contains("伪造"), "{public}");
    assert!(public.contains("待定"), "{public}");

    // Nothing that was searched for, and no name, is in the operator log.
    let entries = house.office.operator_log().page(None, 500, &Filter::default()).unwrap().entries;
    assert!(entries.iter().any(|entry| entry.action().as_str() == "commitment-event"));
    assert!(entries.iter().all(|entry| !entry.object().contains("渭水")));
}

#[test]
fn who_sends_the_form_of_an_old_page_is_told_and_loses_nothing() {
    let house = House::new();
    let code = issued(&house, "commitment-voluntary.json");
    let mut operator = house.signed_in(Role::Operator);
    let done = record(&mut operator, &code, &PUBLICISED, None);
    assert_eq!(done.status, 303, "{}", done.text());
    let old = [("kind", "CHECK_STARTED"), ("seen", "0"), ("reason", "年度抽查第三批")];
    let stale = record(&mut operator, &code, &old, None);
    assert_eq!(stale.status, 409, "{}", stale.text());
    let text = stale.text();
    assert!(text.contains("您打开页面之后") && text.contains("年度抽查第三批"), "{text}");
    // Once more with the page as it is now.
    let now = [("kind", "CHECK_STARTED"), ("reason", "年度抽查第三批")];
    assert_eq!(record(&mut operator, &code, &now, None).status, 303);
    // What can't happen any more is told, with what was typed.
    assert_eq!(record(&mut operator, &code, &[("kind", "CLOSED")], None).status / 100, 4);
    let back = [("kind", "TAKEN_BACK"), ("reason", "改按一般程序办理")];
    let gone = record(&mut operator, &code, &back, None);
    assert!((400..500).contains(&gone.status), "{}", gone.status);
    assert!(gone.text().contains("您填写的内容") && gone.text().contains("改按一般程序办理"));
    assert_eq!(record(&mut operator, &code, &[("kind", "NOTHING")], None).status, 400);
    assert_eq!(record(&mut operator, &code, &[("kind", "REVOKED")], None).status / 100, 4);
}

#[test]
fn persons_and_what_is_not_public_are_never_found() {
    let house = House::new();
    let person = issued(&house, "commitment-person.json");
    let document: serde_json::Value = serde_json::from_slice(&sample("commitment-person.json")).unwrap();
    let committer = &document["committer"];
    let (name, id) = (committer["name"].as_str().unwrap(), committer["person_id"].as_str().unwrap());
    let mut operator = house.signed_in(Role::Operator);
    // It can't be made public, whatever form is sent.
    assert_eq!(record(&mut operator, &person, &PUBLICISED, None).status / 100, 4);
    for word in [name, id, person.as_str()] {
        let found = search(&house, word);
        assert!(found.status == 200 && found.text().contains("id=\"none\""), "{word}");
    }
    assert_eq!(house.browser().get(&format!("/commitments/{person}")).status, 404);
    let page = operator.get(&format!("/operator/commitments/{person}")).text();
    assert!(!page.contains(id), "an ID number is starred out");
    // A name of one character is too short.
    assert_eq!(search(&house, "王").status, 422);
    assert_eq!(search(&house, " ").status, 422);
    // What is revoked is found no longer.
    let code = issued(&house, "commitment-voluntary.json");
    assert_eq!(record(&mut operator, &code, &PUBLICISED, None).status, 303);
    let number = hidden_number(&mut operator, &code);
    assert!(search(&house, &code).text().contains("id=\"found\""));
    house.office.set_status(&number, verifier::status::Status::Revoked, "误发").unwrap();
    assert!(search(&house, &code).text().contains("id=\"none\""));
}

fn hidden_number(operator: &mut Browser, code: &str) -> verifier::number::CertificateNumber {
    let text = operator.get(&format!("/operator/commitments/{code}")).text();
    let (_, rest) = text.split_once("/operator/certificates/").unwrap();
    verifier::number::CertificateNumber::parse(&rest[..22]).unwrap()
}

#[test]
fn what_is_due_is_listed_with_the_years_that_are_missing() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let page = operator.get("/operator/due");
    assert!(
        page.text().contains("id=\"calendar\"") && page.text().contains("xinzheng calendar D import FILE")
    );
    issued(&house, "commitment-tolerance.json");
    let page = operator.get("/operator/due");
    assert!(
        page.text().contains("材料补正") && page.text().contains("渭水样例食品有限公司"),
        "{}",
        page.text()
    );
    assert_ne!(by_id(&page, "count-open"), "0");
    assert_ne!(by_id(&operator.get("/operator"), "count-due"), "0");
    assert_eq!(operator.get("/operator/due?overdue=1").status, 200);
}

#[test]
fn matters_and_templates_are_registered_and_who_may_commit_itself_is_told() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let add = |operator: &mut Browser, text: &str| {
        let csrf = operator.get("/operator/matters").csrf();
        let part = |name: &str, value: &str| {
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let fields = [
            ("csrf", csrf.as_str()),
            ("id", "CN-RC"),
            ("version", "1"),
            ("name", "容缺受理承诺书"),
            ("text", text),
        ];
        let body: String = fields.iter().map(|(name, value)| part(name, value)).collect();
        let kind = [("Content-Type", "multipart/form-data; boundary=XX"), ("Accept", "text/html")];
        send(operator, "POST", "/operator/templates", &kind, format!("{body}--XX--\r\n").as_bytes())
    };
    let added = add(&mut operator, "本单位承诺：在七个工作日内补齐材料。");
    assert_eq!(added.status, 303, "{}", added.text());
    assert!(operator.get("/operator/matters").text().contains("容缺受理承诺书"));
    assert!(operator.get("/operator/templates?id=CN-RC&version=1").text().contains("在七个工作日内补齐材料"));
    // A version never changes; what was typed is still there.
    let changed = add(&mut operator, "另一段文字，不同于登记的样式。");
    assert_eq!(changed.status, 409, "{}", changed.text());
    assert!(changed.text().contains("TEMPLATE_THERE") && changed.text().contains("另一段文字"));
    let may =
        operator.submit("/operator/matters", "/operator/matters/eligible", &[("uscc", "91619900MA0DEM021U")]);
    assert!(may.status == 200 && may.text().contains("可适用告知承诺"), "{}", may.text());
    let wrong =
        operator.submit("/operator/matters", "/operator/matters/eligible", &[("uscc", "91619900MA0DEM0132")]);
    assert!(wrong.status == 422 && wrong.text().contains("role=\"alert\""), "{}", wrong.text());
}
