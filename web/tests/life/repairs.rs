//! Credit repair and erasing at the counter: what two people do together, and what one alone can't.

use notary::operator_log::{Action, Filter};
use notary::people::Role;
use verifier::status::Status;

use super::browser::{Browser, House};
use super::{by_id, calendar, issued, penalty, sample, times_logged, upload};

const REASON: &str = "公示期满<b>并</b>履行义务";

/// Enters a repair of the record CF-0011; the address of it.
fn enter(operator: &mut Browser) -> String {
    let seen = operator.submit("/operator/repairs", "/operator/repairs/preview", &[("item", "CF-0011")]);
    assert_eq!(seen.status, 200, "{}", seen.text());
    let parts = [
        ("item", None, "11619900990000121R/CF-0011"),
        ("way_rectification", None, "1"),
        ("way_training", None, "1"),
        ("basis", None, "信修决〔2026〕3号"),
        ("reason", None, REASON),
        ("files", Some("决定书.pdf"), "x"),
    ];
    let made = upload(operator, "/operator/repairs", "/operator/repairs", &parts);
    assert_eq!(made.status, 303, "{}", made.text());
    made.header("location").to_owned()
}

#[test]
fn a_repair_is_seen_entered_accepted_approved_and_listed() {
    let house = House::new();
    calendar(&house);
    let number = penalty(&house);
    let (mut operator, mut reviewer) = (house.signed_in(Role::Operator), house.signed_in(Role::Reviewer));
    let seen = operator.submit("/operator/repairs", "/operator/repairs/preview", &[("item", "CF-0011")]);
    assert_eq!(by_id(&seen, "count"), "1");
    assert!(seen.text().contains(number.as_str()) && seen.text().contains("将停止使用"), "{}", seen.text());
    assert!(!seen.text().contains("渭水"), "no holder's name");
    let one = enter(&mut operator);
    assert_eq!(one, "/operator/repairs/R00001");
    let text = operator.get(&one).text();
    for part in ["完成失信整改、接受专题培训", "信修决〔2026〕3号", "&#60;b&#62;并"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(house.office.status_of(&number).unwrap(), Some(Status::Valid), "nothing has happened yet");
    let fields = [("version", "1"), ("note", "")];
    assert_eq!(operator.submit(&one, &format!("{one}/accept"), &fields).status, 303);

    // The operator alone can't approve it, by no form that could be sent.
    let review = "/review/repairs/R00001";
    let csrf = operator.get(&one).csrf();
    let fields = [("csrf", csrf.as_str()), ("version", "2"), ("note", "")];
    assert_eq!(operator.post(&format!("{review}/approve"), &fields).status, 403);
    assert_eq!(operator.post(&format!("{one}/approve"), &fields).status, 404);
    assert_eq!(house.office.status_of(&number).unwrap(), Some(Status::Valid));

    assert!(reviewer.get("/review/repairs").text().contains("R00001"));
    let stale =
        reviewer.submit(review, &format!("{review}/approve"), &[("version", "1"), ("note", "我的说明")]);
    assert!(stale.status == 409 && stale.text().contains("我的说明"), "{}", stale.text());
    let done = reviewer.submit(review, &format!("{review}/approve"), &[("version", "2")]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(house.office.status_of(&number).unwrap(), Some(Status::Replaced));
    let again = reviewer.submit(review, &format!("{review}/approve"), &[("version", "2")]);
    assert_eq!(again.status, 409, "a button pressed twice");
    let page = reviewer.get(review);
    assert_eq!(by_id(&page, "state"), "已修复");
    for (browser, path) in [(&mut operator, one.as_str()), (&mut reviewer, review)] {
        let list = browser.get(&format!("{path}.csv"));
        assert_eq!((list.status, list.header("cache-control")), (200, "no-store"));
        assert!(list.header("content-type").starts_with("text/csv"));
        assert!(list.body.starts_with("\u{feff}证书编号,结果\r\n".as_bytes()));
        assert!(list.text().contains(number.as_str()) && list.text().contains("已修复"));
    }
    // To its holder it is a newer version, and no penalty that was.
    let mut holder = house.signed_in(Role::Holder);
    let own = holder.get(&format!("/holder/certificates/{number}")).text();
    assert!(own.contains("本证书已有更新版本，请以新证书为准"), "{own}");
    assert!(!own.contains("修复") && !own.contains("CF-0011"), "{own}");
    assert_eq!(holder.get(&format!("/holder/certificates/{number}.xzc")).status, 410);

    assert_eq!(times_logged(&house, Action::RepairProposed, "R00001"), 1);
    assert_eq!(times_logged(&house, Action::RepairAccepted, "R00001"), 1);
    assert_eq!(times_logged(&house, Action::Repaired, "R00001"), 3, "refused ones, too");
    for entry in house.office.operator_log().page(None, 500, &Filter::default()).unwrap().entries {
        assert!(!entry.object().contains("CF-"), "{}", entry.object());
    }
    // The same record can't be repaired twice.
    let parts = [
        ("item", None, "CF-0011"),
        ("way_check", None, "1"),
        ("basis", None, "再次"),
        ("reason", None, "再次"),
    ];
    let twice = upload(&mut operator, "/operator/repairs", "/operator/repairs", &parts);
    assert!(twice.status == 409 && twice.text().contains("再次"), "{}", twice.text());
}

#[test]
fn what_is_wrong_with_a_repair_is_said_beside_what_was_typed() {
    let house = House::new();
    penalty(&house);
    let mut operator = house.signed_in(Role::Operator);
    for item in ["CF-9999", "", "<script>", "../../etc"] {
        let answer = operator.submit("/operator/repairs", "/operator/repairs/preview", &[("item", item)]);
        assert_eq!(answer.status, 422, "{item}: {}", answer.text());
        assert!(!answer.text().contains("<script>"));
    }
    let good = [
        ("item", None, "CF-0011"),
        ("way_report", None, "1"),
        ("basis", None, "依据乙"),
        ("reason", None, REASON),
    ];
    for left_out in 1..4 {
        let parts: Vec<_> =
            good.iter().enumerate().filter(|(n, _)| *n != left_out).map(|(_, part)| *part).collect();
        let answer = upload(&mut operator, "/operator/repairs", "/operator/repairs", &parts);
        assert_eq!(answer.status, 422, "{left_out}: {}", answer.text());
        let text = answer.text();
        assert!(text.contains("依据乙") != (left_out == 2) && text.contains("name=\"way_report\""), "{text}");
    }
    let parts = [&good[..], &[("evidence", None, "sha256:zz")]].concat();
    assert_eq!(upload(&mut operator, "/operator/repairs", "/operator/repairs", &parts).status, 422);
    // Without a calendar it is entered, and accepted once there is one.
    let one = enter(&mut operator);
    let refused = operator.submit(&one, &format!("{one}/accept"), &[("version", "1")]);
    assert_eq!(refused.status, 422, "{}", refused.text());
    assert_eq!(
        operator.submit(&one, &format!("{one}/refuse"), &[("version", "1"), ("note", "")]).status,
        422
    );
    let done = operator.submit(&one, &format!("{one}/refuse"), &[("version", "1"), ("note", "材料不全")]);
    assert_eq!(done.status, 303);
    assert_eq!(by_id(&operator.get(&one), "state"), "不予修复");
}

#[test]
fn erasing_takes_two_people_and_leaves_the_entry() {
    let house = House::new();
    let number = penalty(&house);
    let kept = issued(&house, &sample("report-full.json"));
    let (mut operator, mut reviewer) = (house.signed_in(Role::Operator), house.signed_in(Role::Reviewer));
    let form = format!("/operator/certificates/{number}/erase");
    for fields in [[("reason", ""), ("basis", "依据甲")], [("reason", "申请删除"), ("basis", " ")]] {
        let answer = operator.submit(&form, &form, &fields);
        assert!(answer.status == 422 && answer.text().contains("role=\"alert\""), "{fields:?}");
    }
    let fields = [("reason", "本人<b>申请</b>"), ("basis", "个人信息保护法第四十七条")];
    let made = operator.submit(&form, &form, &fields);
    assert_eq!((made.status, made.header("location")), (303, "/operator/erasures/E00001"), "{}", made.text());
    let again = operator.submit(&form, &form, &fields);
    assert_eq!(again.header("location"), "/operator/erasures/E00001", "the same proposal");
    let page = operator.get("/operator/erasures/E00001").text();
    assert!(page.contains("&#60;b&#62;申请"), "{page}");
    assert!(!page.contains("/approve"));

    let one = "/review/erasures/E00001";
    let csrf = operator.get("/operator/erasures").csrf();
    let fields = [("csrf", csrf.as_str()), ("version", "1"), ("sure", "yes")];
    assert_eq!(operator.post(&format!("{one}/approve"), &fields).status, 403);
    assert!(reviewer.get("/review/erasures").text().contains("E00001"));
    let approve = format!("{one}/approve");
    assert_eq!(reviewer.submit(one, &approve, &[("version", "1")]).status, 422, "it takes a mark of its own");
    let old = reviewer.submit(one, &approve, &[("version", "2"), ("sure", "yes")]);
    assert_eq!(old.status, 409);
    assert!(house.office.certificate(&number).is_ok());
    let done = reviewer.submit(one, &approve, &[("version", "1"), ("sure", "yes")]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(by_id(&reviewer.get(one), "state"), "已删除");
    assert!(house.office.certificate(&number).is_err() && house.office.certificate(&kept).is_ok());
    assert_eq!(reviewer.submit(one, &approve, &[("version", "1"), ("sure", "yes")]).status, 409);
    // The entry is where it was; the history says that its words are gone.
    assert!(house.office.index_of(&number).unwrap().is_some());
    let history = reviewer.get(&format!("/history/{number}"));
    assert!(history.status == 200 && history.text().contains("原文已删除"), "{}", history.text());
    let page = operator.get(&format!("/operator/certificates/{number}"));
    assert!(page.status == 200 && !page.text().contains("渭水"), "{}", page.text());
    assert_eq!(operator.get(&format!("/operator/certificates/{number}.xzc")).status, 410);
    assert_eq!(times_logged(&house, Action::ErasureApproved, "E00001"), 3, "refused ones, too");

    // Another one is turned down, and a third taken back by who proposed it.
    let form = format!("/operator/certificates/{kept}/erase");
    let fields = [("reason", "误提"), ("basis", "无")];
    assert_eq!(operator.submit(&form, &form, &fields).header("location"), "/operator/erasures/E00002");
    let down = "/review/erasures/E00002";
    assert_eq!(reviewer.submit(down, &format!("{down}/reject"), &[("version", "1")]).status, 422);
    let fields_down = [("version", "1"), ("note", "依据不足")];
    assert_eq!(reviewer.submit(down, &format!("{down}/reject"), &fields_down).status, 303);
    assert_eq!(operator.submit(&form, &form, &fields).header("location"), "/operator/erasures/E00003");
    let back = "/operator/erasures/E00003";
    assert_eq!(operator.submit(back, &format!("{back}/reject"), &fields_down).status, 303);
    assert!(house.office.certificate(&kept).is_ok());
}
