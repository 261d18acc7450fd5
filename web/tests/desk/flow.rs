//! From asking to downloading, and who is stopped on the way.

use notary::operator_log::Filter;
use notary::people::{NewAccount, Role};
use verifier::certificate::Certificate;

use super::browser::{Browser, CODE, House, PASSWORD};
use super::{by_id, sample, upload};

/// The holder asks; the answer is the request's address.
fn ask(holder: &mut Browser) -> String {
    let purposes = holder.get("/holder/ask");
    assert!(purposes.text().contains("/holder/ask/BIDDING") && purposes.text().contains("招标投标"));
    let fields = [
        ("audience_name", "示例县行政审批服务局"),
        ("audience_code", "11619900990000068x"),
        ("from", "2023-11-22"),
        ("to", "2026-11-21"),
    ];
    let confirm = holder.submit("/holder/ask/BIDDING", "/holder/ask/BIDDING", &fields);
    assert_eq!(confirm.status, 200, "{}", confirm.text());
    assert!(confirm.text().contains("2023年11月22日"));
    let csrf = confirm.csrf();
    let fields = [&[("purpose", "BIDDING"), ("csrf", csrf.as_str())][..], &fields].concat();
    let asked = holder.post("/holder/ask", &fields);
    assert_eq!(asked.status, 303, "{}", asked.text());
    asked.header("location").to_owned()
}

#[test]
fn a_report_with_bad_news_goes_from_the_request_over_a_second_person_to_the_download() {
    let house = House::new();
    let (mut holder, mut operator, mut reviewer) =
        (house.signed_in(Role::Holder), house.signed_in(Role::Operator), house.signed_in(Role::Reviewer));
    let asked = ask(&mut holder);
    assert_eq!(asked, "/holder/requests/1");
    assert_eq!(by_id(&holder.get(&asked), "state"), "待受理");

    // The operator sees it, and answers with the report of the credit platform.
    let queue = operator.get("/operator");
    assert_eq!(by_id(&queue, "count-requests"), "1");
    assert!(queue.text().contains(CODE) && queue.text().contains("示例县行政审批服务局"));
    let report = sample("report-general-penalty.json");
    let parts = [("request", None, "1"), ("files", Some("report.json"), report.as_str())];
    let drafted = upload(&mut operator, "/operator/requests/1", "/operator/submit", &parts);
    assert_eq!(
        (drafted.status, drafted.header("location")),
        (303, "/operator/drafts/1"),
        "{}",
        drafted.text()
    );
    let draft = operator.get("/operator/drafts/1");
    assert_eq!(by_id(&draft, "state"), "待复核");
    let text = draft.text();
    assert!(
        text.contains("claim-no") && text.contains("不成立") && text.contains("有1条记录，影响此用途"),
        "{text}"
    );
    assert!(text.contains("需另一名人员复核") && !text.contains("/operator/drafts/1/approve"));

    // So does the holder, before anything is issued.
    let before = holder.get(&asked);
    assert_eq!(by_id(&before, "state"), "办理中");
    assert!(before.text().contains("有1条记录，影响此用途") && before.text().contains("尚未签发"));

    // The operator alone can't issue it, by no form that could be sent.
    let alone = operator.submit("/operator/drafts/1", "/operator/drafts/1/approve", &[("version", "1")]);
    assert_eq!(alone.status, 403);
    assert!(alone.text().contains("FOUR_EYES") && alone.text().contains("需另一名人员复核"));
    let csrf = operator.get("/operator/drafts/1").csrf();
    let fields = [("csrf", csrf.as_str()), ("version", "1")];
    assert_eq!(operator.post("/review/drafts/1/approve", &fields).status, 403);
    assert_eq!(house.office.summary().documents, 0);

    let waiting = reviewer.get("/review");
    assert_eq!(by_id(&waiting, "count-to-review"), "1");
    let approved = reviewer.submit("/review/drafts/1", "/review/drafts/1/approve", &[("version", "1")]);
    assert_eq!(approved.status, 303, "{}", approved.text());
    let number = by_id(&reviewer.get("/review/drafts/1"), "number");
    assert_eq!(number.len(), 22, "{number}");
    house.sealed(&number);
    // Approving by an old page is told so.
    let csrf = reviewer.get("/review").csrf();
    let fields = [("csrf", csrf.as_str()), ("version", "1"), ("reason", "太晚了")];
    let late = reviewer.post("/review/drafts/1/return", &fields);
    assert_eq!(late.status, 409);
    assert!(late.text().contains("DRAFT_CHANGED"));

    // The holder downloads what is the holder's.
    let done = holder.get(&asked);
    assert_eq!(by_id(&done, "state"), "已签发");
    assert!(done.text().contains(&format!("/holder/certificates/{number}")));
    let list = holder.get("/holder");
    assert!(list.text().contains(&number) && list.text().contains("含不成立结论"), "{}", list.text());
    let page = holder.get(&format!("/holder/certificates/{number}"));
    assert!(page.text().contains("claim-no"), "{}", page.text());
    let level =
        page.text().contains("L2：已封存入公开账本，账本签名有效") && page.text().contains("重新下载");
    assert!(level, "what it rests on, and that a newer file can be had: {}", page.text());
    let file = holder.get(&format!("/holder/certificates/{number}.xzc"));
    assert_eq!((file.status, file.header("cache-control")), (200, "no-store"));
    assert!(file.header("content-disposition").contains(&format!("{number}.xzc")));
    let certificate = Certificate::parse(&file.body).unwrap();
    assert_eq!(certificate.core().number().as_str(), number);
    assert_eq!(certificate.core().holder().unwrap().code(), CODE);
    for (form, start) in [("pdf", &b"%PDF-"[..]), ("qr.png", b"\x89PNG"), ("qr.svg", b"<svg"), ("zip", b"PK")]
    {
        let file = holder.get(&format!("/holder/certificates/{number}.{form}"));
        assert!(file.status == 200 && file.body.starts_with(start), "{form} {}", file.status);
    }
    assert_eq!(operator.get(&format!("/operator/certificates/{number}.xzc")).body, file.body);

    // The next request is told what the last report says.
    let fields = [("from", "2023-11-22"), ("to", "2026-11-21")];
    let confirm = holder.submit("/holder/ask/FINANCING", "/holder/ask/FINANCING", &fields);
    assert!(confirm.text().contains("有记录影响此用途"), "{}", confirm.text());

    // All of it is in the operator log, and no name is.
    let log = house.office.operator_log();
    let entries = log.page(None, 200, &Filter::default()).unwrap().entries;
    let has = |action: &str, object: &str| {
        entries.iter().any(|entry| entry.action().as_str() == action && entry.object() == object)
    };
    assert!(has("request-made", "request/1") && has("draft-made", "draft/1"));
    assert!(has("draft-approved", "draft/1") && has("certificate-downloaded", &number));
    assert!(log.verify().is_ok());
}

#[test]
fn anothers_certificate_request_and_number_are_all_the_same_nothing() {
    let house = House::new();
    let mut holder = house.signed_in(Role::Holder);
    ask(&mut holder);
    let submission = |name: &str| notary::office::Submission {
        bytes: sample(name).into_bytes(),
        kind: notary::office::SubmissionKind::Json,
        idempotency_key: None,
        corrects: None,
        qr: true,
    };
    let mine = house.office.submit(submission("report-general-penalty.json")).unwrap().number;
    let other = house.office.submit(submission("report-full.json")).unwrap().number;
    let wait = std::time::Duration::from_secs(60);
    for number in [mine, other] {
        house.office.wait_sealed(&number, wait).unwrap().unwrap();
    }
    let nobodys = verifier::number::CertificateNumber::with_check("20261122000000000001").unwrap();
    assert_eq!(holder.get(&format!("/holder/certificates/{mine}")).status, 200);
    for number in [other.as_str(), nobodys.as_str(), "1234567890123456789012"] {
        for end in ["", ".xzc", ".pdf", ".qr.png", ".zip"] {
            let answer = holder.get(&format!("/holder/certificates/{number}{end}"));
            assert_eq!(answer.status, 404, "{number}{end}");
            assert!(answer.text().contains("NOT_FOUND"));
        }
        let csrf = holder.get("/holder").csrf();
        let show = holder.post(&format!("/holder/certificates/{number}/show"), &[("csrf", csrf.as_str())]);
        assert_eq!(show.status, 404);
    }
    // Another holder sees neither the certificate nor the request.
    let new = NewAccount::new("holder-b", "乙公司经办人", "乙公司", Role::Holder, Some("11619900990000068X"));
    let (account, password) = house.office.people().add(new.unwrap()).unwrap();
    let generation =
        house.office.people().sign_in("holder-b", password.as_str(), "t").unwrap().account.generation();
    house.office.people().set_password(account.id(), generation, None, PASSWORD, "t").unwrap();
    let mut stranger = house.browser();
    assert_eq!(stranger.sign_in("holder-b", PASSWORD).status, 303);
    assert!(!stranger.get("/holder").text().contains(mine.as_str()));
    assert_eq!(stranger.get(&format!("/holder/certificates/{mine}.xzc")).status, 404);
    assert_eq!(stranger.get("/holder/requests/1").status, 404);
    assert_eq!(stranger.get("/holder/requests/2").status, 404);
    let csrf = stranger.get("/holder").csrf();
    let gone = stranger.post("/holder/requests/1/withdraw", &[("csrf", csrf.as_str())]);
    assert_eq!(gone.status, 404);
    assert_eq!(by_id(&holder.get("/holder/requests/1"), "state"), "待受理");
    let back = holder.submit("/holder/requests/1", "/holder/requests/1/withdraw", &[]);
    assert_eq!(back.status, 303);
    assert_eq!(by_id(&holder.get("/holder/requests/1"), "state"), "已撤回");
}

#[test]
fn what_was_changed_by_hand_is_shown_to_the_second_person_who_may_send_it_back() {
    let house = House::new();
    let (mut operator, mut reviewer) = (house.signed_in(Role::Operator), house.signed_in(Role::Reviewer));
    let clean = sample("report-general-clean.json");
    let drafted =
        upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, clean.as_str())]);
    assert_eq!(drafted.header("location"), "/operator/drafts/1", "{}", drafted.text());
    assert_eq!(by_id(&operator.get("/operator/drafts/1"), "state"), "待签发");

    // Nothing is lost of a text that is no good.
    let page = operator.get("/operator/drafts/1/edit");
    assert!(page.text().contains("<textarea"));
    let bad = [("version", None, "1"), ("text", None, "{\"schema\":\"credit-report/v1\",\"x\":\"<b>\"}")];
    let refused = upload(&mut operator, "/operator/drafts/1/edit", "/operator/drafts/1/edit", &bad);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("MEMBER_UNKNOWN") && refused.text().contains("&#60;b&#62;"),
        "{}",
        refused.text()
    );

    let changed = clean.replace("存续", "开业").replace('\n', "\r\n");
    let parts = [("version", None, "1"), ("text", None, changed.as_str())];
    let edited = upload(&mut operator, "/operator/drafts/1/edit", "/operator/drafts/1/edit", &parts);
    assert_eq!(edited.status, 303, "{}", edited.text());
    let stale = upload(&mut operator, "/operator/drafts/1/edit", "/operator/drafts/1/edit", &parts);
    assert_eq!(stale.status, 409, "an old page changes nothing");
    assert_eq!(by_id(&operator.get("/operator/drafts/1"), "state"), "待复核");

    let seen = reviewer.get("/review/drafts/1");
    let diff = seen.text().split_once("id=\"diff\"").unwrap().1.to_owned();
    assert!(
        diff.contains("<del>") && diff.contains("存续") && diff.contains("<ins>") && diff.contains("开业")
    );
    let fields = [("version", "2"), ("reason", "登记状态应为<存续>")];
    let returned = reviewer.submit("/review/drafts/1", "/review/drafts/1/return", &fields);
    assert_eq!(returned.status, 303, "{}", returned.text());
    let back = operator.get("/operator/drafts/1");
    assert_eq!(by_id(&back, "state"), "已退回");
    assert!(back.text().contains("登记状态应为&#60;存续&#62;"));

    // Put back as it was, it needs no second person.
    let parts = [("version", None, "3"), ("text", None, clean.as_str())];
    let edited = upload(&mut operator, "/operator/drafts/1/edit", "/operator/drafts/1/edit", &parts);
    assert_eq!(edited.status, 303, "{}", edited.text());
    let done = operator.submit("/operator/drafts/1", "/operator/drafts/1/approve", &[("version", "4")]);
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(by_id(&operator.get("/operator/drafts/1"), "number").len(), 22);
}

#[test]
fn many_documents_each_have_an_answer_of_their_own() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let (clean, penalty) = (sample("report-general-clean.json"), sample("report-general-penalty.json"));
    let wrong = penalty.replace("\"penalties\": 1", "\"penalties\": 0");
    let parts = [
        ("files", Some("clean.json"), clean.as_str()),
        ("files", Some("C:\\报告\\penalty.json"), penalty.as_str()),
        ("files", Some("wrong.json"), wrong.as_str()),
        ("files", Some("<img src=x>.pdf"), "%PDF-1.7"),
        ("files", Some(""), ""),
    ];
    assert_ne!(wrong, penalty);
    let answer = upload(&mut operator, "/operator/submit", "/operator/submit", &parts);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!((by_id(&answer, "taken").as_str(), by_id(&answer, "refused").as_str()), ("3", "1"));
    let text = answer.text();
    assert!(text.contains("COUNTER_DISAGREES /summary/penalties"), "{text}");
    assert!(text.contains("penalty.json") && !text.contains("报告\\"));
    assert!(text.contains("&#60;img src=x&#62;.pdf") && !text.contains("<img"));
    let queue = operator.get("/operator");
    assert_eq!((by_id(&queue, "count-to-issue"), by_id(&queue, "count-to-review")), ("2".into(), "1".into()));
    // Not everything was looked at: nothing is green, and it says what is missing.
    let partly = sample("report-special-partly-covered.json");
    upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, partly.as_str())]);
    let seen = operator.get("/operator/drafts/4").text();
    assert!(
        seen.contains("claim-not-covered") && seen.contains("未纳入本报告") && seen.contains("未归集"),
        "{seen}"
    );
    assert!(seen.contains("notice-warn\" id=\"effect\"") && !seen.contains("notice-ok"), "{seen}");
    let dropped = operator.submit("/operator/drafts/2", "/operator/drafts/2/discard", &[("version", "1")]);
    assert_eq!(dropped.status, 303);
    assert_eq!(by_id(&operator.get("/operator/drafts/2"), "state"), "已作废");
}

#[test]
fn an_operator_refuses_a_request_with_a_reason_and_revokes_with_a_reason_and_a_mark() {
    let house = House::new();
    let (mut holder, mut operator) = (house.signed_in(Role::Holder), house.signed_in(Role::Operator));
    let asked = ask(&mut holder);
    let page = "/operator/requests/1";
    assert_eq!(operator.submit(page, "/operator/requests/1/refuse", &[("reason", " ")]).status, 422);
    let refused = operator.submit(page, "/operator/requests/1/refuse", &[("reason", "平台暂无数据")]);
    assert_eq!(refused.status, 303, "{}", refused.text());
    let seen = holder.get(&asked);
    assert!(by_id(&seen, "state") == "已退回" && seen.text().contains("平台暂无数据"));

    let clean = sample("report-general-clean.json");
    upload(&mut operator, "/operator/submit", "/operator/submit", &[("text", None, clean.as_str())]);
    operator.submit("/operator/drafts/1", "/operator/drafts/1/approve", &[("version", "1")]);
    let number = by_id(&operator.get("/operator/drafts/1"), "number");
    house.sealed(&number);
    let spaced = format!("{}+{}", &number[..4], &number[4..]);
    let found = operator.get(&format!("/operator/certificates?number={spaced}"));
    let one = format!("/operator/certificates/{number}");
    assert_eq!((found.status, found.header("location")), (303, one.as_str()));
    assert_eq!(operator.get("/operator/certificates?number=%3Cb%3E").status, 422);
    assert_eq!(by_id(&operator.get(&one), "status"), "有效");
    let change = format!("{one}/status");
    let revoke =
        |reason: &'static str| [("kind", "REVOKED"), ("seen", "0"), ("reason", reason), ("sure", "yes")];
    let unsure = operator.submit(&one, &change, &revoke("签发有误")[..3]);
    assert!(unsure.status == 422 && unsure.text().contains("签发有误"), "what was typed stays");
    assert_eq!(operator.submit(&one, &change, &revoke("")).status, 422);
    assert_eq!(by_id(&operator.get(&one), "status"), "有效");
    let done = operator.submit(&one, &change, &revoke("签发有误"));
    assert_eq!(done.status, 303, "{}", done.text());
    let after = operator.get(&one);
    assert!(by_id(&after, "status") == "已撤销" && !after.text().contains(&change));
}

#[test]
fn a_show_code_shows_the_certificate_to_anybody_for_five_minutes() {
    let house = House::new();
    let mut holder = house.signed_in(Role::Holder);
    let report = notary::office::Submission {
        bytes: sample("report-general-penalty.json").into_bytes(),
        kind: notary::office::SubmissionKind::Json,
        idempotency_key: None,
        corrects: None,
        qr: true,
    };
    let number = house.office.submit(report).unwrap().number;
    house.office.wait_sealed(&number, std::time::Duration::from_secs(60)).unwrap().unwrap();
    let one = format!("/holder/certificates/{number}");
    let shown = holder.submit(&one, &format!("{one}/show"), &[]);
    assert_eq!(shown.status, 200, "{}", shown.text());
    assert!(shown.text().contains("<svg"));
    let address = by_id(&shown, "address");
    let (_, token) = address.split_once("/show/").unwrap();
    let path = format!("/show/{token}");
    let mut anybody = house.browser();
    let seen = anybody.get(&path);
    assert_eq!((seen.status, seen.header("cache-control")), (200, "no-store"));
    let text = seen.text();
    assert!(
        text.contains("data-outcome=\"valid\"") && text.contains(CODE) && text.contains("id=\"now\""),
        "{text}"
    );
    let refresh = "http-equiv=\"refresh\"";
    assert!(text.contains(refresh));
    house.pass(300);
    let over = anybody.get(&path);
    assert!(over.status == 410 && over.text().contains("亮证码已失效") && !over.text().contains(CODE));
    let never = format!("/show/{}", "0".repeat(38));
    assert_eq!(anybody.get(&never).status, 404);
    assert_eq!(anybody.get("/show/1").status, 404);
}
