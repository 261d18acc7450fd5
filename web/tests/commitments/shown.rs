//! How a commitment is kept, wherever its certificate is shown: pages, the window, the API, paper.

use std::io::Write;
use std::process::{Command, Stdio};

use notary::people::{NewApiKey, Role, Scope};
use serde_json::{Value, json};
use verifier::number::CertificateNumber;

use super::browser::{Answer, Browser, House};
use super::life::{PUBLICISED, issued, record};
use super::send;

/// The certificate of a commitment.
fn number(operator: &mut Browser, code: &str) -> CertificateNumber {
    let text = operator.get(&format!("/operator/commitments/{code}")).text();
    let (_, rest) = text.split_once("/operator/certificates/").unwrap();
    CertificateNumber::parse(&rest[..22]).unwrap()
}

fn fulfilled(operator: &mut Browser, code: &str) {
    assert_eq!(record(operator, code, &[("kind", "CHECK_STARTED")], None).status, 303);
    let fields =
        [("kind", "FULFILLED"), ("unit", "示例县市场监督管理局"), ("unit_code", "11619900990000121R")];
    let done = record(operator, code, &fields, None);
    assert_eq!(done.status, 303, "{}", done.text());
}

#[test]
fn the_certificate_says_how_the_commitment_is_kept_today() {
    let house = House::new();
    let code = issued(&house, "commitment-voluntary.json");
    let mut operator = house.signed_in(Role::Operator);
    let number = number(&mut operator, &code);
    let page = operator.get(&format!("/operator/certificates/{number}")).text();
    assert!(
        page.contains("履行情况（截至") && page.contains("履行中") && page.contains("不在证书签名之内"),
        "{page}"
    );
    fulfilled(&mut operator, &code);
    let page = operator.get(&format!("/operator/certificates/{number}")).text();
    assert!(page.contains("全部履行，认定单位：示例县市场监督管理局"), "{page}");

    // By number and check code, for whoever has the paper.
    let check = house.office.accepted(&number).unwrap().check_code.to_string();
    let fields = [("number", number.as_str()), ("check_code", check.as_str())];
    let result = house.browser().post("/certificate", &fields).text();
    assert!(result.contains("全部履行") && result.contains("不属于核验结论，未经签名"), "{result}");

    // On paper, by other people's tools.
    let pdf = operator.get(&format!("/operator/certificates/{number}.pdf"));
    assert_eq!(pdf.status, 200);
    if let Some(text) = pdf_text(&pdf.body) {
        let flat: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(flat.contains("全部履行，认定单位：示例县市场监督管理局"), "{text}");
    }
}

/// What a printed file says; nothing where there is no such tool.
fn pdf_text(bytes: &[u8]) -> Option<String> {
    let mut child = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(bytes).ok()?;
    String::from_utf8(child.wait_with_output().ok()?.stdout).ok()
}

#[test]
fn the_window_sees_what_the_holder_has_committed_below_the_verdict() {
    let house = House::new();
    // A report of the one that committed itself, and a commitment that everybody may see.
    let report = String::from_utf8(super::sample("report-general-clean.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    let holder = report["subject"]["uscc"].as_str().unwrap().to_owned();
    let name = report["subject"]["name"].as_str().unwrap().to_owned();
    let mut commitment: Value = serde_json::from_slice(&super::sample("commitment-voluntary.json")).unwrap();
    commitment["committer"]["uscc"] = holder.clone().into();
    commitment["committer"]["name"] = name.clone().into();
    let issue = |document: &Value| super::life::accepted(&house, serde_json::to_vec(document).unwrap());
    let (of_report, _) = (issue(&report), issue(&commitment));
    let code = commitment["code"].as_str().unwrap();
    let mut operator = house.signed_in(Role::Operator);
    let mut window = house.signed_in(Role::Window);
    let scanned = format!("{}{}", of_report.number, of_report.check_code);
    let none = window.submit("/window", "/window", &[("code", &scanned)]).text();
    assert!(none.contains("没有向社会公开的承诺"), "{none}");
    assert_eq!(record(&mut operator, code, &PUBLICISED, None).status, 303);
    fulfilled(&mut operator, code);
    let page = window.submit("/window", "/window", &[("code", &scanned)]).text();
    assert!(page.contains("该主体已作承诺") && page.contains("1项，其中全部履行1项"), "{page}");
    assert!(page.contains("不属于核验结论，未经签名"));
    // Below the verdict, and not among what was checked.
    assert!(page.find("id=\"beside\"").unwrap() > page.find("id=\"verdict\"").unwrap());
    // The script is given the same.
    let csrf = window.get("/window").csrf();
    let fields = format!("csrf={csrf}&code={scanned}");
    let headers = [("Accept", "application/json"), ("Content-Type", "application/x-www-form-urlencoded")];
    let told = window.ask("POST", "/window", &headers, &fields);
    let told: Value = serde_json::from_slice(&told.body).unwrap();
    assert!(told["html"].as_str().unwrap().contains("1项，其中全部履行1项"), "{told}");
    assert!(!told["verdict"].to_string().contains("全部履行"), "it is no part of the verdict");
}

fn program(house: &House, scopes: &[Scope]) -> String {
    let new = NewApiKey::new("监管系统", "示例县市场监督管理局", scopes, 30).unwrap();
    let (_, text) = house.office.people().add_api_key(new).unwrap();
    format!("Bearer {}", text.as_str())
}

fn asked(house: &House, method: &str, path: &str, bearer: &str, body: &str) -> Answer {
    let mut headers = vec![("Content-Type", "application/json")];
    if !bearer.is_empty() {
        headers.push(("Authorization", bearer));
    }
    send(&house.browser(), method, path, &headers, body.as_bytes())
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|_| panic!("{}", answer.text()))
}

#[test]
fn programs_record_events_and_everybody_reads_what_is_public() {
    let house = House::new();
    let code = issued(&house, "commitment-voluntary.json");
    let document: Value = serde_json::from_slice(&super::sample("commitment-voluntary.json")).unwrap();
    let uscc = document["committer"]["uscc"].as_str().unwrap();
    let (writes, reads) =
        (program(&house, &[Scope::CommitmentsWrite]), program(&house, &[Scope::CertificatesRead]));
    let one = format!("/api/v1/commitments/{code}");
    let events = format!("{one}/events");
    // Nobody knows of it yet but who may read certificates.
    assert_eq!(asked(&house, "GET", &one, "", "").status, 404);
    assert_eq!(asked(&house, "GET", &one, &writes, "").status, 404, "writing is not reading");
    let inside = json_of(&asked(&house, "GET", &one, &reads, ""));
    assert_eq!((&inside["office"]["seen"], &inside["fulfilment"]["stage"]), (&json!(0), &json!("MADE")));
    let none = json_of(&asked(&house, "GET", &format!("/api/v1/commitments?uscc={uscc}"), "", ""));
    assert_eq!(none["commitments"], json!([]));

    let public = json!({"kind": "PUBLICISED", "seen": 0,
        "channels": [{"site": "信用中国", "url": "https://credit.example.gov.cn/c/1"}]});
    assert_eq!(asked(&house, "POST", &events, &reads, &public.to_string()).status, 403);
    assert_eq!(asked(&house, "POST", &events, "", &public.to_string()).status, 401);
    let done = asked(&house, "POST", &events, &writes, &public.to_string());
    assert_eq!((done.status, &json_of(&done)["sequence"]), (201, &json!(1)), "{}", done.text());
    // Its answer was lost: the same again is what was recorded. Another with the same `seen` is late.
    let again = asked(&house, "POST", &events, &writes, &public.to_string());
    assert_eq!((again.status, &json_of(&again)["repeated"]), (200, &json!(true)), "{}", again.text());
    let late = asked(&house, "POST", &events, &writes, r#"{"kind":"CHECK_STARTED","seen":0}"#);
    assert_eq!(
        (late.status, &json_of(&late)["code"]),
        (409, &json!("EVENT_OUT_OF_ORDER")),
        "{}",
        late.text()
    );
    assert_eq!(asked(&house, "POST", &events, &writes, r#"{"kind":"CHECK_STARTED","seen":1}"#).status, 201);

    // What is wrong has its place.
    for (body, status, code, place) in [
        (json!({"kind": "NOT_FULFILLED", "seen": 2}), 422, "UNFULFILLED_UNTOLD", "/unperformed"),
        (json!({"kind": "REVOKED", "seen": 2}), 422, "WORD_UNKNOWN", "/kind"),
        (json!({"kind": "FULFILLED"}), 422, "MEMBER_MISSING", "/seen"),
        (
            json!({"kind": "FULFILLED", "seen": 2, "unit": "x", "unit_code": "1"}),
            422,
            "CODE_LENGTH",
            "/unit_code",
        ),
        (json!({"kind": "FULFILLED", "seen": 2, "units": "x"}), 422, "MEMBER_UNKNOWN", "/units"),
        (json!({"kind": "FULFILLED", "seen": 2, "evidence": "x"}), 422, "TYPE_WRONG", "/evidence"),
        (json!({"kind": "PUBLICISED", "seen": 2, "channels": [1]}), 422, "TYPE_WRONG", "/channels"),
    ] {
        let answer = asked(&house, "POST", &events, &writes, &body.to_string());
        let told = json_of(&answer);
        assert_eq!(
            (answer.status, &told["code"], &told["where"]),
            (status, &json!(code), &json!(place)),
            "{told}"
        );
    }
    let adverse = json!({"kind": "NOT_FULFILLED", "seen": 2, "unperformed": "未按承诺公示价格", "liability": "责令改正",
        "evidence": [format!("sha256:{}", "ab".repeat(32))],
        "unit": "示例县市场监督管理局", "unit_code": "11619900990000121R"});
    assert_eq!(asked(&house, "POST", &events, &writes, &adverse.to_string()).status, 201);

    // Everybody: pending while it can be objected to, by code and by holder.
    for path in [format!("/api/v1/commitments?code={code}"), format!("/api/v1/commitments?uscc={uscc}")] {
        let found = json_of(&asked(&house, "GET", &path, "", ""));
        let one = &found["commitments"][0];
        assert_eq!((&one["code"], &one["fulfilment"]["state"]), (&json!(code), &json!("PENDING")), "{found}");
        assert!(one["office"].is_null() && !found.to_string().contains("未按承诺公示价格"), "{found}");
    }
    let public = json_of(&asked(&house, "GET", &one, "", ""));
    assert_eq!((&public["fulfilment"]["settled"], &public["office"]), (&json!(false), &Value::Null));
    let inside = json_of(&asked(&house, "GET", &one, &reads, ""));
    assert_eq!(inside["fulfilment"]["state"], "NOT_FULFILLED");
    assert_eq!(inside["office"]["events"].as_array().unwrap().len(), 3);
    let number = inside["certificate"].as_str().unwrap();
    let certificate = json_of(&asked(&house, "GET", &format!("/api/v1/certificates/{number}"), &reads, ""));
    assert_eq!(certificate["fulfilment"]["state"], "NOT_FULFILLED", "{certificate}");

    assert_eq!(asked(&house, "GET", "/api/v1/commitments", "", "").status, 400);
    assert_eq!(asked(&house, "GET", "/api/v1/commitments?code=1", "", "").status, 422);
    assert_eq!(asked(&house, "GET", "/api/v1/commitments/1", "", "").status, 404);
}
