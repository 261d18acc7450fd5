//! From the holder's objection to its end, and who is stopped on the way.

use notary::objection::ObjectionState;
use notary::office::{Submission, SubmissionKind};
use notary::operator_log::{Action, Filter};
use notary::people::Role;
use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::browser::{Answer, Browser, House};
use super::{by_id, calendar, issued, penalty, sample, times_logged, upload};

const GROUND: &str = "该处罚决定已被<b>撤销</b>，见所附更正函";
/// A digest that is typed, and the one of the file that is sent.
const TYPED: &str = "sha256:2259e961582c9ae17235db655c751ddb198605c3bea788a4170a8baa3511c614";
const OF_FILE: &str = "sha256:1349f6e14e70ff4e52615b6509cac0538aba04efc961519e4e828c6c55555d6b";

/// The holder files against the record CF-0011; the address of the case.
fn file(holder: &mut Browser, number: &CertificateNumber) -> String {
    let form = format!("/holder/certificates/{number}/objection");
    let parts = [
        ("target", None, "item"),
        ("item", None, "CF-0011"),
        ("ground", None, GROUND),
        ("evidence", None, TYPED),
        ("files", Some("更正函.pdf"), "更正函"),
    ];
    let filed = upload(holder, &form, &form, &parts);
    assert_eq!(filed.status, 303, "{}", filed.text());
    filed.header("location").to_owned()
}

fn take(browser: &mut Browser, case: &str, step: &str, version: &str, more: &[(&str, &str)]) -> Answer {
    let fields = [&[("version", version)][..], more].concat();
    browser.submit(case, &format!("{case}/{step}"), &fields)
}

fn status(house: &House, number: &CertificateNumber) -> Status {
    house.office.status_of(number).unwrap().unwrap()
}

#[test]
fn filed_accepted_and_suspended_in_one_action_then_rejected() {
    let house = House::new();
    calendar(&house);
    let number = penalty(&house);
    let (mut holder, mut operator) = (house.signed_in(Role::Holder), house.signed_in(Role::Operator));
    let form = holder.get(&format!("/holder/certificates/{number}/objection"));
    assert!(
        form.text().contains("示市监罚〔2026〕11号") && form.text().contains("CF-0011"),
        "records to choose"
    );
    let own = file(&mut holder, &number);
    assert_eq!(own, "/holder/objections/Y00001");
    let page = holder.get(&own);
    assert_eq!(by_id(&page, "state"), "异议已提交");
    let text = page.text();
    assert!(text.contains("&#60;b&#62;撤销") && text.contains("记录 CF-0011"), "{text}");
    assert!(text.contains(TYPED) && text.contains(OF_FILE));
    let case = house.office.objections().of(&number).unwrap().remove(0);
    assert_eq!(case.evidence, [TYPED, OF_FILE], "a file's digest is kept, and nothing of the file");
    assert!(!text.contains("更正函.pdf"));

    let list = operator.get("/operator/objections");
    assert!(by_id(&list, "count-open") == "1" && list.text().contains("Y00001"), "{}", list.text());
    assert_eq!(by_id(&operator.get("/operator"), "count-objections"), "1");
    let case = "/operator/objections/Y00001";
    let text = operator.get(case).text();
    assert!(text.contains("受理并暂停使用") && text.contains("不成立"), "{text}");

    let done = take(&mut operator, case, "suspend", "1", &[("note", "已转核实")]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(status(&house, &number), Status::Suspended);
    assert_eq!(by_id(&operator.get(case), "state"), "核实中");
    let page = holder.get(&own).text();
    assert!(
        page.contains("已转核实") && !page.contains("A0000"),
        "the holder sees what was said, not who: {page}"
    );
    assert!(holder.get("/holder").text().contains("异议核实中，暂缓使用"));
    // The window is told at once.
    assert!(!operator.get(&format!("/operator/certificates/{number}")).text().contains("value=\"RESUMED\""));

    let silent = take(&mut operator, case, "reject", "3", &[("note", " ")]);
    assert_eq!(silent.status, 422, "a reason is needed");
    let done = take(&mut operator, case, "reject", "3", &[("note", "决定书仍然有效")]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(status(&house, &number), Status::Valid);
    let page = holder.get(&own);
    assert_eq!(by_id(&page, "state"), "异议不成立");
    assert!(page.text().contains("决定书仍然有效") && !page.text().contains("take-back"));
    assert!(operator.get("/operator/objections?show=ended").text().contains("Y00001"));
    assert!(!operator.get("/operator/objections").text().contains("Y00001"));
    for (action, times) in
        [(Action::ObjectionFiled, 1), (Action::ObjectionVerifying, 1), (Action::ObjectionRejected, 2)]
    {
        assert_eq!(times_logged(&house, action, "Y00001"), times, "{action:?}");
    }
    // No ground, note or file's name is in the log.
    let log = house.office.operator_log().page(None, 500, &Filter::default()).unwrap();
    for entry in log.entries {
        let object = entry.object();
        assert!(object.is_ascii() && !object.contains("CF-0011"), "{object}");
    }
    house.office.operator_log().verify().unwrap();
}

#[test]
fn upheld_with_a_corrected_certificate() {
    let house = House::new();
    calendar(&house);
    let number = penalty(&house);
    let (mut holder, mut operator) = (house.signed_in(Role::Holder), house.signed_in(Role::Operator));
    let own = file(&mut holder, &number);
    let case = "/operator/objections/Y00001";
    assert_eq!(take(&mut operator, case, "accept", "1", &[]).status, 303);
    assert_eq!(status(&house, &number), Status::Valid, "accepting suspends nothing");
    assert_eq!(take(&mut operator, case, "verify", "2", &[]).status, 303);

    // Another's certificate, none, the same one, and what is no number.
    let other = issued(&house, &sample("report-full.json"));
    let nobodys = CertificateNumber::with_check("20261122000000000001").unwrap();
    for (typed, code) in
        [(other.as_str(), 422), (nobodys.as_str(), 404), (number.as_str(), 422), ("123", 404), ("", 404)]
    {
        let fields = [("replacement", typed), ("note", "<i>已更正</i>")];
        let answer = take(&mut operator, case, "uphold", "3", &fields);
        assert_eq!(answer.status, code, "{typed}: {}", answer.text());
        assert!(answer.text().contains("&#60;i&#62;已更正"), "what was typed is still there");
        assert_eq!(status(&house, &number), Status::Suspended);
    }
    // The corrected document has the same number of its own.
    let link = format!("/operator/submit?corrects={number}");
    assert!(operator.get(case).text().contains(&link));
    assert_eq!(by_id(&operator.get(&link), "corrects"), number.as_str());
    assert_eq!(operator.get("/operator/submit?corrects=%3Cb%3E").status, 400);
    let mut corrected: serde_json::Value =
        serde_json::from_str(&sample("report-general-penalty.json")).unwrap();
    corrected["sections"]["admin"].as_array_mut().unwrap().retain(|act| act["item_id"] != "CF-0011");
    corrected["summary"]["penalties"] = 0.into();
    let corrected = corrected.to_string();
    let parts = [("corrects", None, number.as_str()), ("text", None, corrected.as_str())];
    let drafted = upload(&mut operator, &link, "/operator/submit", &parts);
    assert_eq!(
        (drafted.status, drafted.header("location")),
        (303, "/operator/drafts/1"),
        "{}",
        drafted.text()
    );
    let mut reviewer = house.signed_in(Role::Reviewer);
    let state = by_id(&operator.get("/operator/drafts/1"), "state");
    match state.as_str() {
        "待复核" => {
            let done = reviewer.submit("/review/drafts/1", "/review/drafts/1/approve", &[("version", "1")]);
            assert_eq!(done.status, 303, "{}", done.text());
        }
        _ => {
            let path = "/operator/drafts/1/approve";
            assert_eq!(operator.submit("/operator/drafts/1", path, &[("version", "1")]).status, 303);
        }
    }
    let new = by_id(&operator.get("/operator/drafts/1"), "number");
    assert_ne!(new, number.as_str());
    house.sealed(&new);
    let done = take(&mut operator, case, "uphold", "3", &[("replacement", new.as_str())]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(status(&house, &number), Status::Replaced);
    let kinds: Vec<EventKind> =
        house.office.events_of(&number).unwrap().iter().map(|view| view.event.fields().kind).collect();
    assert_eq!(kinds, [EventKind::Suspended, EventKind::Superseded]);

    // The holder is told where the new one is; the old content is served no more.
    let page = holder.get(&own).text();
    assert!(page.contains("异议成立，已更正") && page.contains(&format!("/holder/certificates/{new}")));
    let old = holder.get(&format!("/holder/certificates/{number}"));
    assert_eq!(old.status, 200);
    let text = old.text();
    assert!(text.contains("本证书已有更新版本，请以新证书为准") && text.contains(&new), "{text}");
    assert!(!text.contains("渭水") && !text.contains(".pdf\""), "{text}");
    assert!(holder.get("/holder").text().contains("本证书已有更新版本，请以新证书为准"));
    for form in ["pdf", "xzc", "qr.png", "zip"] {
        let file = holder.get(&format!("/holder/certificates/{number}.{form}"));
        assert!(file.status == 410 && file.text().contains("CONTENT_WITHDRAWN"), "{form} {}", file.status);
        assert_eq!(holder.get(&format!("/holder/certificates/{new}.{form}")).status, 200, "{form}");
    }
    assert_eq!(operator.get(&format!("/operator/certificates/{number}")).status, 200);
}

#[test]
fn two_operators_at_once_and_a_button_pressed_twice() {
    let house = House::new();
    calendar(&house);
    let number = penalty(&house);
    let mut holder = house.signed_in(Role::Holder);
    let first = file(&mut holder, &number);
    assert_eq!(file(&mut holder, &number), first, "the same objection again is the same case");
    assert_eq!(house.office.objections().of(&number).unwrap().len(), 1);

    let (mut one, mut two) = (house.signed_in(Role::Operator), house.signed_in(Role::Operator));
    let case = "/operator/objections/Y00001";
    assert_eq!(take(&mut one, case, "suspend", "1", &[("note", "甲")]).status, 303);
    for (step, version) in
        [("suspend", "1"), ("accept", "1"), ("verify", "2"), ("reject", "2"), ("uphold", "1")]
    {
        let late = take(&mut two, case, step, version, &[("note", "乙的<b>意见</b>"), ("replacement", "7")]);
        assert!(matches!(late.status, 404 | 409), "{step}: {}", late.status);
        assert!(
            late.text().contains("乙的&#60;b&#62;意见"),
            "{step}: nothing typed is lost: {}",
            late.text()
        );
        assert_eq!(by_id(&late, "state"), "核实中", "the page shows how things stand now");
    }
    let events = house.office.events_of(&number).unwrap().len();
    assert_eq!(events, 1, "nothing happened twice");
    for bad in [("version", "x"), ("version", "-1"), ("version", "")] {
        let answer = two.submit(case, &format!("{case}/reject"), &[bad, ("note", "x")]);
        assert_eq!(answer.status, 400);
    }
    assert_eq!(take(&mut two, case, "explode", "3", &[]).status, 404);
    assert_eq!(take(&mut two, case, "withdraw", "3", &[]).status, 422, "revoking takes a mark of its own");
    assert_eq!(status(&house, &number), Status::Suspended);
    assert_eq!(take(&mut two, case, "withdraw", "3", &[("sure", "yes")]).status, 303);
    assert_eq!(status(&house, &number), Status::Revoked);
}

#[test]
fn what_is_another_holders_is_as_if_it_were_not_there() {
    let house = House::new();
    calendar(&house);
    let number = penalty(&house);
    let other = issued(&house, &sample("report-full.json"));
    let mut holder = house.signed_in(Role::Holder);
    let nobodys = CertificateNumber::with_check("20261122000000000001").unwrap();
    for foreign in [other, nobodys] {
        let path = format!("/holder/certificates/{foreign}/objection");
        assert_eq!(holder.get(&path).status, 404);
        let parts = [("target", None, "whole"), ("ground", None, GROUND)];
        assert_eq!(upload(&mut holder, "/holder", &path, &parts).status, 404);
    }
    let mut operator = house.signed_in(Role::Operator);
    let path = format!("/operator/certificates/{other}/objection");
    let parts = [("target", None, "whole"), ("ground", None, "纸面提出"), ("evidence", None, "")];
    let filed = upload(&mut operator, &path, &path, &parts);
    assert_eq!((filed.status, filed.header("location")), (303, "/operator/objections/Y00001"));
    for path in ["/holder/objections/Y00001", "/holder/objections/Y00002"] {
        let answer = holder.get(path);
        assert!(answer.status == 404 && answer.text().contains("NOT_FOUND"), "{path}");
        assert_eq!(holder.submit("/holder", &format!("{path}/take-back"), &[("version", "1")]).status, 404);
    }
    // Its own one it may take back, once.
    let own = file(&mut holder, &number);
    assert_eq!(own, "/holder/objections/Y00002");
    let back = format!("{own}/take-back");
    assert_eq!(holder.submit(&own, &back, &[("version", "7")]).status, 409);
    assert_eq!(holder.submit(&own, &back, &[("version", "1")]).status, 303);
    assert_eq!(holder.submit(&own, &back, &[("version", "1")]).status, 409);
    assert_eq!(by_id(&holder.get(&own), "state"), "已撤回");
    let case = house.office.objections().of(&number).unwrap().remove(0);
    assert_eq!(case.state, ObjectionState::TakenBack);
}

#[test]
fn what_does_not_belong_in_the_form() {
    let house = House::new();
    let number = penalty(&house);
    let mut holder = house.signed_in(Role::Holder);
    let form = format!("/holder/certificates/{number}/objection");
    let long = "长".repeat(2_001);
    let kept = "保留的理由";
    let bad: [&[(&str, Option<&str>, &str)]; 8] = [
        &[("ground", None, kept)],
        &[("target", None, "claims"), ("ground", None, kept)],
        &[("target", None, "item"), ("ground", None, kept)],
        &[("target", None, "item"), ("item", None, "CF-9999"), ("ground", None, kept)],
        &[("target", None, "claims"), ("claim_MODEL_SUBJECT", None, "1"), ("ground", None, kept)],
        &[("target", None, "whole"), ("ground", None, kept), ("evidence", None, "md5:00")],
        &[("target", None, "whole"), ("ground", None, " \u{200b} ")],
        &[("target", None, "whole"), ("ground", None, &long)],
    ];
    for parts in bad {
        let answer = upload(&mut holder, &form, &form, parts);
        assert_eq!(answer.status, 422, "{parts:?}: {}", answer.text());
        assert!(answer.text().contains("role=\"alert\""));
        assert!(answer.text().contains(kept) == parts.iter().any(|part| part.2 == kept));
    }
    assert!(house.office.objections().of(&number).unwrap().is_empty());
    // A calendar that lacks the year keeps nobody from objecting, and no doubtful certificate in use; the deadline is told later.
    assert_eq!(
        upload(&mut holder, &form, &form, &[("target", None, "whole"), ("ground", None, kept)]).status,
        303
    );
    let mut operator = house.signed_in(Role::Operator);
    let case = "/operator/objections/Y00001";
    assert!(operator.get(case).text().contains("期限待定"), "{}", operator.get(case).text());
    let taken = take(&mut operator, case, "suspend", "1", &[("note", "急")]);
    assert_eq!(taken.status, 303, "{}", taken.text());
    assert_eq!(status(&house, &number), Status::Suspended);
    assert!(operator.get(case).text().contains("期限待定"), "{}", operator.get(case).text());
}

#[test]
fn a_corrected_document_that_is_a_file_stays_a_file() {
    let house = House::new();
    let submission = Submission {
        bytes: b"a file".to_vec(),
        kind: SubmissionKind::File { name: "a.txt".into(), media_type: None },
        idempotency_key: None,
        corrects: None,
        qr: true,
    };
    let number = house.office.submit(submission).unwrap().number;
    house.office.wait_sealed(&number, std::time::Duration::from_secs(60)).unwrap().unwrap();
    let mut operator = house.signed_in(Role::Operator);
    let page = operator.get(&format!("/operator/certificates/{number}/objection"));
    assert!(page.status == 200 && !page.text().contains("name=\"item\""), "a file has no records");
}
