//! What people do at the desk, one after the other.

use verifier::registry::{ClaimValue, Purpose};
use verifier::shelf::StatusShelf;
use verifier::time::Date;
use verifier::verdict::{Code, Outcome, Verdict};
use verifier::verify::{Presented, Terms, verify};

use super::*;
use crate::code::UnifiedCode;
use crate::refusal::RefusalCode;

fn verdict(office: &Office, submission: Submission) -> Verdict {
    let accepted = office.submit(submission).unwrap();
    office.seal().unwrap();
    let issued = office.certificate(&accepted.number).unwrap();
    let terms = Terms::at(office.now());
    verify(&Presented::File(issued.certificate), office.trust(), &StatusShelf::default(), &terms)
}

/// Every byte of the desk's folder.
fn at_rest(house: &House) -> Vec<u8> {
    let files = std::fs::read_dir(house.path().join("desk")).unwrap();
    files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn a_receipt_is_found_again_by_its_number_and_outlives_the_process() {
    let house = House::new();
    let by = actor("window3", Standing::Window);
    let terms = ReceiptTerms::new("示县政务20261122-0187\u{202e}", "食品经营许可").unwrap();
    let (made, unread) = {
        let office = house.open();
        let verdict = verdict(&office, sample("report-general-clean.json"));
        let made = office.desk().make_receipt(&terms, &verdict, None, &by).unwrap();
        let nothing = Verdict::unread(Code::NotRecognised, "x".to_owned(), office.now());
        let unread = office.desk().make_receipt(&ReceiptTerms::default(), &nothing, None, &by).unwrap();
        (made, unread)
    };
    assert_eq!((made.outcome, made.level, made.case.as_str()), (Outcome::Valid, 2, "示县政务20261122-0187"));
    assert!(made.certificate.is_some() && made.holder.is_some());
    assert_eq!((unread.certificate, unread.holder.clone(), unread.code), (None, None, Code::NotRecognised));
    let office = house.open();
    assert_eq!(office.desk().receipt(&made.number).unwrap(), made);
    assert_eq!(office.desk().receipts_today("window3").unwrap(), [unread, made.clone()]);
    assert_eq!(office.desk().receipts_today("window4").unwrap(), []);
    let other = ReceiptNumber::fresh(office.now()).unwrap();
    assert_eq!(office.desk().receipt(&other).unwrap_err().code(), RefusalCode::ReceiptUnknown);
    let bytes = at_rest(&house);
    let (name, code) = made.holder.clone().unwrap();
    for text in ["0187", "食品", &name, &code, "综合窗口"] {
        assert!(!holds(&bytes, text), "{text} stands in the clear");
    }
    // Tomorrow's are sealed under another key, and today's list is empty.
    house.later(86_400);
    assert_eq!(office.desk().receipts_today("window3").unwrap(), []);
    let verdict = Verdict::unread(Code::NotRecognised, String::new(), office.now());
    let tomorrow = office.desk().make_receipt(&terms, &verdict, made.certificate.as_ref(), &by).unwrap();
    assert_eq!(office.desk().receipts_today("window3").unwrap(), [tomorrow]);
    assert_eq!(office.desk().receipt(&made.number).unwrap(), made);
}

#[test]
fn a_clean_report_the_operator_approves_himself_and_nothing_of_it_is_left() {
    let house = House::new();
    let office = house.open();
    let desk = office.desk();
    let draft = desk.submit_draft(&operator(), &draftable(clean(1))).unwrap();
    assert_eq!((draft.state, draft.version), (DraftState::ToIssue, 1));
    // The same bytes again are the same draft: a form that was sent twice.
    assert_eq!(desk.submit_draft(&operator(), &draftable(clean(1))).unwrap(), draft);
    assert_eq!(desk.open_drafts().len(), 1);
    assert!(!holds(&at_rest(&house), "渭水"));
    let accepted = desk.approve_draft(&operator(), draft.id, draft.version).unwrap();
    assert_eq!(desk.draft(draft.id).unwrap().state, DraftState::Issued(accepted.number));
    assert_eq!(desk.draft(draft.id).unwrap().summary, None);
    // A second click is told the same; somebody else is told that it is done.
    assert_eq!(desk.approve_draft(&operator(), draft.id, 1).unwrap().number, accepted.number);
    let other = actor("operator2", Standing::Operator);
    let refusal = desk.approve_draft(&other, draft.id, 1).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::DraftChanged);
    assert_eq!(desk.open_draft(draft.id).unwrap_err().code(), RefusalCode::DraftChanged);
    let late = desk.return_draft(&reviewer(), draft.id, 1, "太晚了").unwrap_err();
    assert_eq!(late.code(), RefusalCode::DraftChanged);
    let late = desk.edit_draft(&operator(), draft.id, 1, clean(2).bytes).unwrap_err();
    assert_eq!(late.code(), RefusalCode::DraftChanged);
    assert_eq!((desk.open_drafts().len(), desk.done_drafts(9).len()), (0, 1));
    let row = office.desk_store().state().draft(1).cloned().unwrap();
    let slot = crate::vault::Slot(row.slot);
    assert_eq!(office.desk_store().vault.state(slot).unwrap(), crate::vault::SlotState::Erased);
}

#[test]
fn a_report_with_a_claim_that_does_not_hold_needs_a_second_person() {
    let house = House::new();
    let office = house.open();
    let desk = office.desk();
    let draft = desk.submit_draft(&operator(), &draftable(penalty(1))).unwrap();
    assert_eq!(draft.state, DraftState::ToReview);
    assert!(draft.summary.as_ref().unwrap().no > 0);
    // Neither the operator, nor another one, nor the operator under the reviewer's role.
    for by in [operator(), actor("operator2", Standing::Operator), actor("operator", Standing::Reviewer)] {
        let refusal = desk.approve_draft(&by, draft.id, 1).unwrap_err();
        assert_eq!(refusal.code(), RefusalCode::FourEyes, "{by:?}");
    }
    let refusal = desk.return_draft(&reviewer(), draft.id, 1, " \u{200b}").unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::DeskText);
    let returned = desk.return_draft(&reviewer(), draft.id, 1, "金额有误").unwrap();
    assert_eq!((returned.state, returned.reason.as_deref()), (DraftState::Returned, Some("金额有误")));
    // What was returned is not approved as it stands, by an old page or a new one.
    for version in [1, 2] {
        let refusal = desk.approve_draft(&reviewer(), draft.id, version).unwrap_err();
        assert_eq!(refusal.code(), RefusalCode::DraftChanged);
    }
    let editor = actor("operator2", Standing::Operator);
    let text = String::from_utf8(penalty(1).bytes).unwrap().replace("1.2000", "1.3000");
    let edited = desk.edit_draft(&editor, draft.id, 2, text.clone().into_bytes()).unwrap();
    assert_eq!((edited.state, edited.changed, edited.version), (DraftState::ToReview, true, 3));
    assert_eq!(edited.hands, ["operator", "operator2"]);
    // The editor is no second person either, whatever role he has by now.
    let refusal = desk.approve_draft(&actor("operator2", Standing::Reviewer), draft.id, 3).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::FourEyes);
    let opened = desk.open_draft(draft.id).unwrap();
    assert_eq!((opened.submission.bytes, opened.original), (text.into_bytes(), Some(penalty(1).bytes)));
    let accepted = desk.approve_draft(&reviewer(), draft.id, 3).unwrap();
    assert!(!accepted.repeated);
}

#[test]
fn two_accounts_of_one_person_are_no_two_persons() {
    use crate::people::{NewAccount, Role};
    let house = House::new();
    let office = house.open();
    let account = |name: &str, person: &str, role| {
        let new = NewAccount::new(name, person, "信用中心", role, None).unwrap();
        office.people().add(new).unwrap().0.id().to_string()
    };
    let submits = actor(&account("op-wang", "王芳", Role::Operator), Standing::Operator);
    let desk = office.desk();
    let draft = desk.submit_draft(&submits, &draftable(penalty(1))).unwrap();
    for (name, person) in [("rev-1", "王芳"), ("rev-2", "王 芳"), ("rev-3", "王　芳")] {
        let by = actor(&account(name, person, Role::Reviewer), Standing::Reviewer);
        let refusal = desk.approve_draft(&by, draft.id, 1).unwrap_err();
        assert_eq!(refusal.code(), RefusalCode::FourEyes, "{person}");
    }
    let other = actor(&account("rev-4", "李静", Role::Reviewer), Standing::Reviewer);
    desk.approve_draft(&other, draft.id, 1).unwrap();
}

#[test]
fn a_change_by_hand_needs_a_second_person_and_taking_it_back_does_not() {
    let house = House::new();
    let office = house.open();
    let desk = office.desk();
    let draft = desk.submit_draft(&operator(), &draftable(clean(1))).unwrap();
    let other = String::from_utf8(clean(1).bytes).unwrap().replace("存续", "开业");
    let edited = desk.edit_draft(&operator(), draft.id, 1, other.into_bytes()).unwrap();
    assert_eq!((edited.state, edited.changed), (DraftState::ToReview, true));
    let refusal = desk.approve_draft(&operator(), draft.id, 2).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::FourEyes);
    let back = desk.edit_draft(&operator(), draft.id, 2, clean(1).bytes).unwrap();
    assert_eq!((back.state, back.changed), (DraftState::ToIssue, false));
    // A document that is no good changes nothing.
    assert!(desk.edit_draft(&operator(), draft.id, 3, b"{}".to_vec()).is_err());
    assert_eq!(desk.draft(draft.id).unwrap(), back);
    desk.approve_draft(&operator(), draft.id, 3).unwrap();
}

#[test]
fn discarding_and_submitting_anew_is_no_way_round_the_second_person() {
    let house = House::new();
    let doctored = |n: u32| {
        let text = String::from_utf8(clean(n).bytes).unwrap().replace("存续", "开业");
        draftable(json(text.into_bytes()))
    };
    {
        let office = house.open();
        let desk = office.desk();
        let draft = desk.submit_draft(&operator(), &draftable(clean(1))).unwrap();
        desk.discard_draft(&operator(), draft.id, 1).unwrap();
        // The same beside one that still waits.
        assert_eq!(desk.submit_draft(&operator(), &draftable(clean(2))).unwrap().state, DraftState::ToIssue);
        assert_eq!(desk.submit_draft(&operator(), &doctored(2)).unwrap().state, DraftState::ToReview);
    }
    // It is not forgotten by a restart.
    let office = house.open();
    let desk = office.desk();
    let draft = desk.submit_draft(&operator(), &doctored(1)).unwrap();
    assert_eq!((draft.state, draft.again, draft.changed), (DraftState::ToReview, true, false));
    let refusal = desk.approve_draft(&operator(), draft.id, 1).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::FourEyes);
    // Nor by an edit that takes itself back.
    let text = String::from_utf8(clean(1).bytes).unwrap();
    desk.edit_draft(&operator(), draft.id, 1, text.into_bytes()).unwrap();
    let back = desk.edit_draft(&operator(), draft.id, 2, doctored(1).submission.bytes).unwrap();
    assert_eq!((back.state, back.changed), (DraftState::ToReview, false));
    desk.approve_draft(&reviewer(), draft.id, 3).unwrap();
}

#[test]
fn of_two_at_once_one_is_in_and_the_other_is_told() {
    let house = House::new();
    let office = house.open();
    let desk = office.desk();
    let draft = desk.submit_draft(&operator(), &draftable(clean(1))).unwrap();
    let edit = |n: u32| {
        let by = actor(&format!("operator{n}"), Standing::Operator);
        let text = String::from_utf8(clean(1).bytes).unwrap().replace("存续", &format!("开业{n}"));
        desk.edit_draft(&by, draft.id, 1, text.into_bytes())
    };
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || edit(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    for refusal in outcomes.into_iter().filter_map(Result::err) {
        assert_eq!(refusal.code(), RefusalCode::DraftChanged);
    }
    // And of four reviewers one issues; no second certificate comes of it.
    let issued: Vec<_> = std::thread::scope(|scope| {
        let approve =
            |n: u32| desk.approve_draft(&actor(&format!("reviewer{n}"), Standing::Reviewer), draft.id, 2);
        let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || approve(n))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(issued.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(office.summary().documents, 1);
}

#[test]
fn what_submit_refuses_comes_back_with_its_code() {
    let house = House::new();
    let office = house.open();
    let desk = office.desk();
    let draft = desk.submit_draft(&operator(), &draftable(clean(1))).unwrap();
    // Meanwhile the same report number is certified with other bytes, by another way.
    let other = String::from_utf8(clean(1).bytes).unwrap().replace("存续", "开业");
    office.submit(json(other.into_bytes())).unwrap();
    let refusal = desk.approve_draft(&operator(), draft.id, 1).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::Conflict);
    let back = desk.draft(draft.id).unwrap();
    assert_eq!(
        (back.state, back.reason.as_deref(), back.version),
        (DraftState::Returned, Some("CONFLICT"), 2)
    );
    desk.discard_draft(&operator(), draft.id, 2).unwrap();
    assert_eq!(office.summary().documents, 1);
    // A new draft of it is refused at once.
    let refusal = desk.submit_draft(&operator(), &draftable(clean(1))).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::Conflict);
}

fn code(name: &str) -> UnifiedCode {
    let document = samples::document(name);
    match &document.holder().unwrap().identity {
        crate::document::value::Identity::Code(code) => code.clone(),
        _ => panic!("a person"),
    }
}

fn terms(holder: &UnifiedCode, purpose: Purpose) -> RequestTerms {
    let period = (Date::from_ymd(2023, 11, 22).unwrap(), Date::from_ymd(2026, 11, 21).unwrap());
    let audience = Some(("示例县行政审批服务局", "11619900990000068X"));
    RequestTerms::new(holder, purpose, audience, period, Date::from_ymd(2026, 11, 22).unwrap()).unwrap()
}

#[test]
fn a_request_is_answered_with_a_document_about_whoever_asked() {
    let house = House::new();
    let office = house.open();
    let desk = office.desk();
    let mine = code("report-general-penalty.json");
    let asked = desk.ask(&holder(), &terms(&mine, Purpose::Bidding)).unwrap();
    assert_eq!(desk.ask(&holder(), &terms(&mine, Purpose::Bidding)).unwrap(), asked, "sent twice");
    let second = desk.ask(&holder(), &terms(&mine, Purpose::Financing)).unwrap();
    assert_eq!(desk.open_requests(), [asked.clone(), second.clone()]);
    assert!(!holds(&at_rest(&house), mine.as_str()) && !holds(&at_rest(&house), "行政审批"));

    let answer = |submission| Draftable { submission, request: Some(asked.id) };
    let refusal = desk.submit_draft(&operator(), &answer(sample("report-full.json"))).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::RequestHolder);
    let draft = desk.submit_draft(&operator(), &answer(penalty(1))).unwrap();
    assert_eq!(desk.request(asked.id).unwrap().state, RequestState::InWork);
    let refusal = desk.withdraw_request(&holder(), asked.id).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::RequestClosed);
    let refusal = desk.submit_draft(&operator(), &answer(penalty(2))).unwrap_err();
    assert_eq!(refusal.code(), RefusalCode::RequestClosed);
    // Discarding the draft lets the request wait again.
    desk.discard_draft(&operator(), draft.id, 1).unwrap();
    assert_eq!(desk.request(asked.id).unwrap().state, RequestState::Asked);
    let draft = desk.submit_draft(&operator(), &answer(penalty(2))).unwrap();
    let accepted = desk.approve_draft(&reviewer(), draft.id, 1).unwrap();
    assert_eq!(desk.request(asked.id).unwrap().state, RequestState::Issued(accepted.number));

    let refused = desk.refuse_request(&operator(), second.id, "平台暂无数据").unwrap();
    assert_eq!((refused.state, refused.reason.as_deref()), (RequestState::Refused, Some("平台暂无数据")));
    assert_eq!(desk.requests_of(&mine, 9).len(), 2);
    assert_eq!(desk.requests_of(&code("report-full.json"), 9), []);
    drop(office);
    let office = house.open();
    assert_eq!(office.desk().request(second.id).unwrap(), refused);
    assert_eq!(office.certificates_of(&mine).unwrap(), [(accepted.number, None)]);
}

#[test]
fn a_period_and_a_recipient_are_checked_when_asked() {
    let mine = code("report-general-penalty.json");
    let today = Date::from_ymd(2026, 11, 22).unwrap();
    let day = |y, m, d| Date::from_ymd(y, m, d).unwrap();
    for (from, to) in [
        (day(2026, 11, 22), day(2026, 11, 21)),
        (day(2026, 11, 22), day(2026, 11, 23)),
        (day(2016, 11, 21), day(2026, 11, 22)),
    ] {
        let refusal = RequestTerms::new(&mine, Purpose::Bidding, None, (from, to), today).unwrap_err();
        assert_eq!(refusal.code(), RefusalCode::RequestPeriod);
    }
    let good = (day(2016, 11, 22), today);
    assert!(RequestTerms::new(&mine, Purpose::Bidding, None, good, today).is_ok());
    let wrong = RequestTerms::new(&mine, Purpose::Bidding, Some(("局", "116199009900000680")), good, today);
    assert_eq!(wrong.unwrap_err().where_(), "/audience/uscc");
    assert!(
        RequestTerms::new(&mine, Purpose::Bidding, Some(("", "11619900990000068X")), good, today).is_err()
    );
}

#[test]
fn a_holders_certificates_are_found_and_leave_the_list_when_erased() {
    let house = House::new();
    let office = house.open();
    let first = office.submit(penalty(1)).unwrap().number;
    let second = office.submit(penalty(2)).unwrap().number;
    let other = office.submit(sample("report-full.json")).unwrap().number;
    office.submit(sample("report-person.json")).unwrap();
    office.seal().unwrap();
    let mine = code("report-general-penalty.json");
    let numbers = |office: &Office, code: &UnifiedCode| -> Vec<_> {
        office.certificates_of(code).unwrap().into_iter().map(|(number, _)| number).collect()
    };
    assert_eq!(numbers(&office, &mine), [second, first]);
    assert_eq!(numbers(&office, &code("report-full.json")), [other]);
    office.erase(&first, "test").unwrap();
    assert_eq!(numbers(&office, &mine), [second]);
    drop(office);
    // A rebuilt index reads the holders from the documents.
    std::fs::remove_dir_all(house.path().join("index")).unwrap();
    let office = house.open();
    assert_eq!(numbers(&office, &mine), [second]);
}

#[test]
fn a_show_code_is_good_for_five_minutes() {
    let house = House::new();
    let office = house.open();
    let number = office.submit(clean(1)).unwrap().number;
    let code = office.desk().show(&holder(), &number).unwrap();
    assert_eq!(code.token.len(), 38);
    house.later(SHOW_SECONDS - 1);
    assert_eq!(office.desk().shown(&code.token).unwrap(), Shown::Live(number, code.until));
    house.later(1);
    assert_eq!(office.desk().shown(&code.token).unwrap(), Shown::Expired(code.until));
    house.later(7_200);
    assert_eq!(office.desk().shown(&code.token).unwrap_err().code(), RefusalCode::ShowCodeUnknown);
    assert_eq!(office.desk().shown("").unwrap_err().code(), RefusalCode::ShowCodeUnknown);
}

#[test]
fn a_preview_says_what_will_be_issued_and_keeps_nothing() {
    let house = House::new();
    let office = house.open();
    let preview = office.preview(&penalty(1)).unwrap();
    let no = preview.claims.iter().find(|(claim, _)| claim.value() == ClaimValue::No).unwrap();
    assert!(matches!(&no.1[..], [crate::claim::Why::Record { .. }, ..]), "{:?}", no.1);
    assert!(preview.core.as_bytes().len() <= preview.core_limit && preview.known.is_none());
    assert_eq!(office.summary().documents, 0);
    let accepted = office.submit(penalty(1)).unwrap();
    office.seal().unwrap();
    let issued = office.certificate(&accepted.number).unwrap();
    let (seen, is) = (preview.core.fields(), issued.certificate.core().fields());
    assert_eq!((&seen.holder, &seen.title, seen.purpose), (&is.holder, &is.title, is.purpose));
    assert_eq!((&seen.claims, &seen.counters, seen.period), (&is.claims, &is.counters, is.period));
    assert_eq!((seen.expires_at, &seen.audience), (is.expires_at, &is.audience));
    assert_eq!(office.preview(&penalty(1)).unwrap().known, Some(accepted.number));
    let other = String::from_utf8(penalty(1).bytes).unwrap().replace("1.2000", "1.3000");
    assert_eq!(office.preview(&json(other.into_bytes())).err().unwrap().code(), RefusalCode::Conflict);
}
