//! Tables in: samples, what is wrong with them, who may, and what stays whatever happens.

use notary::import::Table;
use notary::office::EvidenceTerms;
use notary::operator_log::Filter;
use notary::people::{NewApiKey, Role, Scope};
use web::Settings;
use web::imports::Rule;

use super::browser::{Answer, Browser, House};
use super::{by_id, sample, send, until, upload};

fn direct() -> House {
    let mut settings = Settings { imports: Rule::Direct, ..Settings::default() };
    settings.hourly.sign_ins = 0;
    House::with(settings)
}

fn sent(browser: &mut Browser, name: &str, bytes: &[u8]) -> String {
    let answer = upload(browser, "/operator/imports", "/operator/imports", name, bytes);
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").to_owned()
}

/// The page once nothing is to come by itself.
fn rested(browser: &mut Browser, at: &str) -> Answer {
    until(|| Some(browser.get(at)).filter(|page| page.text().contains("data-moves=\"\"")))
}

fn counts(page: &Answer) -> (String, String, String) {
    (by_id(page, "rows"), by_id(page, "accepted"), by_id(page, "refused"))
}

fn three(rows: u32, accepted: u32, refused: u32) -> (String, String, String) {
    (rows.to_string(), accepted.to_string(), refused.to_string())
}

#[test]
fn an_import_is_checked_then_confirmed_by_somebody_else_and_then_run() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let page = operator.get("/operator/imports");
    assert!(page.text().contains("导入即签发证书") && page.text().contains("复核员核对文件摘要和行数"));
    let at = sent(&mut operator, "承诺.csv", &sample("commitments-with-7-bad-rows.csv"));
    let checked = rested(&mut operator, &at);
    assert_eq!(by_id(&checked, "state"), "待复核员确认");
    let (rows, good, bad) = counts(&checked);
    assert_eq!(bad, "7");
    assert_eq!(house.office.summary().documents, 0, "nothing is taken in before it is confirmed");
    // What is wrong can be read and fetched before that.
    assert!(checked.text().contains("id=\"bad-rows\""));
    let refused = operator.get(&format!("{at}/refused"));
    assert!(refused.status == 200 && refused.text().contains("错误原因"));

    // The operator can't confirm it, nor can anybody with another digest.
    let id = at.rsplit('/').next().unwrap().to_owned();
    let review = format!("/review/imports/{id}");
    let csrf = checked.csrf();
    let fields = [("csrf", csrf.as_str()), ("digest", "0"), ("rows", "1"), ("sure", "yes")];
    assert_eq!(operator.post(&format!("{review}/confirm"), &fields).status, 403);
    let mut reviewer = house.signed_in(Role::Reviewer);
    assert!(reviewer.get("/review/imports").text().contains(&id));
    let page = reviewer.get(&review);
    let digest = hidden(&page, "digest");
    let confirm = format!("{review}/confirm");
    let other = [("digest", &*"0".repeat(64)), ("rows", rows.as_str()), ("sure", "yes")];
    assert_eq!(reviewer.submit(&review, &confirm, &other).status, 409);
    let other = [("digest", digest.as_str()), ("rows", "1"), ("sure", "yes")];
    assert_eq!(reviewer.submit(&review, &confirm, &other).status, 409);
    let unsure = [("digest", digest.as_str()), ("rows", rows.as_str())];
    let told = reviewer.submit(&review, &confirm, &unsure);
    assert!(told.status == 422 && told.text().contains("请勾选"), "{}", told.text());
    assert_eq!(house.office.summary().documents, 0);

    let fields = [("digest", digest.as_str()), ("rows", rows.as_str()), ("sure", "yes")];
    assert_eq!(reviewer.submit(&review, &confirm, &fields).status, 303);
    let done = rested(&mut operator, &at);
    assert_eq!(
        (by_id(&done, "state"), counts(&done)),
        ("已完成".to_owned(), (rows.clone(), good.clone(), bad))
    );
    assert_eq!(house.office.summary().documents.to_string(), good);
    // Again is told that it is not in that state any more.
    let csrf = reviewer.get("/password").csrf();
    let again = [&[("csrf", csrf.as_str())][..], &fields].concat();
    assert_eq!(reviewer.post(&confirm, &again).status, 409);

    let receipts = operator.get(&format!("{at}/receipts"));
    assert!(receipts.header("content-disposition").contains(".csv"));
    assert_eq!(receipts.text().lines().count().to_string(), (good.parse::<u32>().unwrap() + 1).to_string());
    // An evidence package tells which import, which file, which row, and who confirmed it.
    let number = receipts.text().lines().nth(1).unwrap().split(',').nth(2).unwrap().to_owned();
    let number = verifier::number::CertificateNumber::parse(number.trim_matches('"')).unwrap();
    house.office.seal_all().unwrap();
    let package = house.office.evidence(&number, &EvidenceTerms::default()).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(package)).unwrap();
    let origins: serde_json::Value =
        serde_json::from_reader(archive.by_name("provenance.json").unwrap()).unwrap();
    let recorded = &origins["recorded"];
    let table = serde_json::json!({ "import": id, "sha256": digest, "row": 2 });
    assert_eq!((recorded["via"].as_str(), &recorded["table"]), (Some("import"), &table), "{origins}");
    let (sent, confirmed) = (recorded["by"].as_str().unwrap(), recorded["approved_by"].as_str().unwrap());
    assert!(sent.starts_with('A') && confirmed.starts_with('A') && sent != confirmed, "{origins}");
    let entries = house.office.operator_log().page(None, 500, &Filter::default()).unwrap().entries;
    for action in ["import-sent", "import-viewed", "import-confirmed", "document-submitted"] {
        assert!(entries.iter().any(|entry| entry.action().as_str() == action), "{action}");
    }
    assert!(entries.iter().all(|entry| !entry.object().contains("承诺")), "no file name is in the log");
}

fn hidden(page: &Answer, name: &str) -> String {
    let text = page.text();
    let (_, rest) = text.split_once(&format!("name=\"{name}\" value=\"")).expect("a hidden field");
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn the_samples_go_in_in_every_encoding_and_twice_is_once() {
    let house = direct();
    let mut operator = house.signed_in(Role::Operator);
    for (name, rows, repeated) in [
        ("commitments-200.csv", 200, 0),
        ("commitments-200-gbk.csv", 200, 200),
        ("commitments-200.csv", 200, 200),
    ] {
        let at = sent(&mut operator, name, &sample(name));
        let page = rested(&mut operator, &at);
        assert_eq!(counts(&page), three(rows, rows, 0), "{name}: {}", page.text());
        assert_eq!(by_id(&page, "repeated"), repeated.to_string(), "{name}");
        assert_eq!(house.office.summary().documents, 200);
    }
    let at = sent(&mut operator, "commitments-50.xlsx", &sample("commitments-50.xlsx"));
    let page = rested(&mut operator, &at);
    assert_eq!(by_id(&page, "accepted"), "50", "{}", page.text());

    // What went in comes out again in the same layout, and goes in again as known.
    for format in ["csv", "xlsx"] {
        let exported = operator.get(&format!("/operator/export.{format}"));
        assert_eq!(exported.status, 200);
        let table = Table::open(std::io::Cursor::new(exported.body.clone())).unwrap();
        assert_eq!(table.rows() as usize, house.office.summary().documents as usize);
        let at = sent(&mut operator, &format!("export.{format}"), &exported.body);
        let page = rested(&mut operator, &at);
        assert_eq!(by_id(&page, "refused"), "0", "{format}: {}", page.text());
        assert_eq!(by_id(&page, "repeated"), by_id(&page, "rows"), "{format}");
    }
}

#[test]
fn refused_rows_are_corrected_and_sent_again() {
    let house = direct();
    let mut operator = house.signed_in(Role::Operator);
    let at = sent(&mut operator, "seven.csv", &sample("commitments-with-7-bad-rows.csv"));
    let page = rested(&mut operator, &at);
    assert_eq!(by_id(&page, "refused"), "7");
    let before = house.office.summary().documents;
    let refused = operator.get(&format!("{at}/refused")).text();
    // Two are corrected, one was a row twice in its file and is known by now; four still have what was wrong with them.
    // The column of reasons is passed over.
    let corrected = refused.replace("口头型", "审批替代型").replace("2026/02/30", "2026/02/28");
    let at = sent(&mut operator, "refused.csv", corrected.as_bytes());
    let again = rested(&mut operator, &at);
    assert_eq!(counts(&again), three(7, 3, 4), "{}", again.text());
    assert_eq!(by_id(&again, "repeated"), "1");
    assert_eq!(house.office.summary().documents, before + 2);
}

#[test]
fn what_is_no_table_is_told_beside_the_form_and_nothing_is_taken() {
    let house = direct();
    let mut operator = house.signed_in(Role::Operator);
    let many = format!("承诺编码,承诺人名称\n{}", "1,2\n".repeat(200_001));
    for (name, bytes, code) in [
        ("a.csv", &b""[..], "TABLE_"),
        ("a.csv", "姓名,地址\n甲,乙\n".as_bytes(), "TABLE_HEADER"),
        ("a.xls", b"\xd0\xcf\x11\xe0old workbook", "TABLE_FILE"),
        ("a.xlsx", b"PK\x03\x04 cut off", "TABLE_FILE"),
        ("a.csv", many.as_bytes(), "TABLE_"),
        ("../../etc/passwd", b"\x00\x01\x02\x03", "TABLE_"),
    ] {
        let answer = upload(&mut operator, "/operator/imports", "/operator/imports", name, bytes);
        assert!((400..500).contains(&answer.status), "{name} {}", answer.status);
        let text = answer.text();
        assert!(text.contains("role=\"alert\"") && text.contains(code), "{name}: {text}");
    }
    let none = upload(&mut operator, "/operator/imports", "/operator/imports", "", b"");
    assert!(none.status == 400 && none.text().contains("请选择一个"));
    assert_eq!(house.office.summary().documents, 0);
    // Cells that would be mark-up are shown as text.
    let row = "61990020261120000001,<script>alert(1)</script>,自然人,x,容缺受理型,,,,,,,,,,,,,,,";
    let head = String::from_utf8(sample("commitments-200.csv")).unwrap().lines().next().unwrap().to_owned();
    let at = sent(&mut operator, "<b>x</b>.csv", format!("{head}\n{row}\n").as_bytes());
    let page = rested(&mut operator, &at);
    assert!(!page.text().contains("<script>alert") && !page.text().contains("<b>x</b>"), "{}", page.text());
}

#[test]
fn an_import_is_cancelled_or_turned_down_and_others_are_told_nothing() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let at = sent(&mut operator, "a.csv", &sample("commitments-200.csv"));
    let checked = rested(&mut operator, &at);
    assert_eq!(counts(&checked), three(200, 200, 0));
    assert_eq!(operator.submit(&at, &format!("{at}/cancel"), &[]).status, 303);
    assert_eq!(by_id(&operator.get(&at), "state"), "已取消");
    let csrf = operator.get("/password").csrf();
    assert_eq!(operator.post(&format!("{at}/cancel"), &[("csrf", &csrf)]).status, 409);

    let at = sent(&mut operator, "b.csv", &sample("commitments-200.csv"));
    rested(&mut operator, &at);
    let mut reviewer = house.signed_in(Role::Reviewer);
    let review = at.replace("/operator/", "/review/");
    let empty = reviewer.submit(&review, &format!("{review}/turn-down"), &[("reason", " ")]);
    assert_eq!(empty.status, 422);
    let turned = reviewer.submit(&review, &format!("{review}/turn-down"), &[("reason", "与移交清单不符")]);
    assert_eq!(turned.status, 303);
    let page = operator.get(&at);
    assert!(by_id(&page, "state") == "已退回" && page.text().contains("与移交清单不符"));
    assert_eq!(house.office.summary().documents, 0);

    for role in [Role::Window, Role::Holder, Role::Auditor, Role::Reviewer] {
        assert_eq!(house.signed_in(role).get(&at).status, 403, "{}", role.as_str());
    }
    assert_eq!(operator.get("/operator/imports/00000000000000000000000000000000").status, 404);
    // So many at once are enough.
    let mut last = 0;
    for n in 0..5 {
        let name = format!("{n}.csv");
        let answer = upload(
            &mut operator,
            "/operator/imports",
            "/operator/imports",
            &name,
            &sample("commitments-200.csv"),
        );
        last = answer.status;
    }
    assert_eq!(last, 429);
}

#[test]
fn a_setting_switches_it_off() {
    let mut settings = Settings { imports: Rule::Off, ..Settings::default() };
    settings.hourly.sign_ins = 0;
    let house = House::with(settings);
    let mut operator = house.signed_in(Role::Operator);
    let page = operator.get("/operator/imports");
    assert!(page.text().contains("不允许通过页面导入") && !page.text().contains("type=\"file\""));
    let csrf = operator.get("/password").csrf();
    let body = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--XX\r\nContent-Disposition: form-data; \
         name=\"files\"; filename=\"a.csv\"\r\n\r\nx\r\n--XX--\r\n"
    );
    let kind = [("Content-Type", "multipart/form-data; boundary=XX")];
    assert_eq!(send(&operator, "POST", "/operator/imports", &kind, body.as_bytes()).status, 403);
}

#[test]
fn a_program_imports_with_its_key_and_sees_its_own_alone() {
    let house = House::new();
    let key = |scopes: &[Scope]| {
        let new = NewApiKey::new("归集系统", "示例县发展和改革局", scopes, 30).unwrap();
        let (_, text) = house.office.people().add_api_key(new).unwrap();
        format!("Bearer {}", text.as_str())
    };
    let (own, other, reads) =
        (key(&[Scope::DocumentsSubmit]), key(&[Scope::DocumentsSubmit]), key(&[Scope::CertificatesRead]));
    let browser = house.browser();
    let ask = |method: &str, path: &str, bearer: &str, body: &[u8]| {
        send(&browser, method, path, &[("Authorization", bearer), ("Content-Type", "text/csv")], body)
    };
    let table = sample("commitments-with-7-bad-rows.csv");
    assert_eq!(ask("POST", "/api/v1/imports", &reads, &table).status, 403);
    let begun = ask("POST", "/api/v1/imports", &own, &table);
    assert_eq!(begun.status, 202, "{}", begun.text());
    let at = begun.header("location").to_owned();
    let json = |answer: &Answer| serde_json::from_slice::<serde_json::Value>(&answer.body).unwrap();
    let done = until(|| Some(json(&ask("GET", &at, &own, b""))).filter(|import| import["state"] == "done"));
    assert_eq!((&done["refused"], &done["bad_rows"].as_array().unwrap().len()), (&7.into(), &7));
    let fault = &done["bad_rows"][0]["faults"][0];
    assert!(
        fault["code"].is_string() && fault["message"].is_string() && fault["column"].is_string(),
        "{done}"
    );
    assert_eq!(ask("GET", &at, &other, b"").status, 404, "another's");
    let refused = ask("GET", done["links"]["refused"].as_str().unwrap(), &own, b"");
    assert!(refused.status == 200 && refused.text().contains("错误原因"));
    let receipts = ask("GET", done["links"]["certificates"].as_str().unwrap(), &own, b"");
    assert_eq!(receipts.text().lines().count() as u64, done["accepted"].as_u64().unwrap() + 1);
    assert_eq!(ask("DELETE", &at, &own, b"").status, 409, "it is at its end");
    assert_eq!(ask("POST", "/api/v1/imports?rows=1", &own, &table).status, 422);
    assert_eq!(ask("POST", "/api/v1/imports", &own, b"").status, 400);
}
