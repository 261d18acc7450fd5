//! Steps, deadlines, refusals.

use verifier::status::Status;

use super::*;
use crate::calendar::Day;
use crate::desk::{Actor, Standing};
use crate::refusal::RefusalCode as C;

fn new(certificate: CertificateNumber) -> NewObjection {
    NewObjection {
        certificate,
        item: Some("CF-0011".to_owned()),
        claims: vec!["NO_PENALTY".to_owned()],
        ground: "处罚金额有误".to_owned(),
        evidence: vec![format!("sha256:{}", "a".repeat(64))],
    }
}

fn code<T: core::fmt::Debug>(answer: Result<T, Refusal>) -> C {
    answer.unwrap_err().code()
}

fn status(office: &Office, number: &CertificateNumber) -> Status {
    office.status_of(number).unwrap().unwrap()
}

/// Filed, accepted, being verified.
fn verifying(office: &Office, certificate: CertificateNumber) -> Objection {
    let one = office.objections().file(&holder(), new(certificate)).unwrap();
    office.objections().accept_and_verify(&operator(), one.id, one.version, "").unwrap()
}

#[test]
fn an_objection_suspends_the_certificate_and_its_record_until_it_is_turned_down() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let filed = office.objections().file(&holder(), new(number)).unwrap();
    assert_eq!(
        (filed.id.to_string(), filed.version, filed.state),
        ("Y00001".into(), 1, ObjectionState::Filed)
    );
    assert_eq!(filed.organ.as_deref(), Some("11619900990000121R"));
    assert_eq!(status(&office, &number), Status::Valid);
    // Sunday the 22nd; 23rd works, 24th to 26th are off, 27th works, so does Saturday the 28th.
    assert_eq!(filed.due.as_ref().unwrap().by, Day::parse("2026-11-28"));
    assert_eq!(filed.due.as_ref().unwrap().left, Some(3));
    let accepted = office.objections().accept(&operator(), filed.id, 1, "受理").unwrap();
    assert_eq!(accepted.due.unwrap().rule, DECISION_RULE);
    let now = office.objections().start_verifying(&operator(), filed.id, 2, "").unwrap();
    assert_eq!((now.version, now.state), (3, ObjectionState::Verifying));
    assert_eq!(status(&office, &number), Status::Suspended);
    let events = office.events_of(&number).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].event.detail("case"), Some("Y00001"));
    assert_eq!(events[0].event.detail("claims"), Some("NO_PENALTY"));
    assert_eq!(events[0].event.detail("item"), Some("CF-0011"));

    // A new report lists the record as if nothing were: refused, with its pointer. Flagged it may.
    let refusal = office.submit(json(penalty(2).into_bytes())).unwrap_err();
    assert_eq!((refusal.code(), refusal.where_()), (C::ItemUnderObjection, "/sections/admin/1"));
    assert_eq!(code(office.preview(&json(penalty(2).into_bytes())).map(drop)), C::ItemUnderObjection);
    issue(&office, &flagged(&penalty(2), "OBJECTION_VERIFYING"));
    // Another organ's record of the same name is another record.
    let other = penalty(3).replace("11619900990000121R", "11619900990000068X");
    issue(&office, &other);
    // What was accepted before is given again, flagged or not.
    assert!(office.submit(json(penalty(1).into_bytes())).unwrap().repeated);

    let done = office.objections().reject(&operator(), now.id, 3, "核实无误").unwrap();
    assert_eq!((done.state, done.due), (ObjectionState::Rejected, None));
    assert_eq!(done.steps.last().unwrap().note, "核实无误");
    assert_eq!(status(&office, &number), Status::Valid);
    issue(&office, &penalty(4));
    office.publish_status().unwrap();
    assert_eq!(house.findings(&house.path()), []);
}

#[test]
fn upheld_needs_the_corrected_certificate_of_the_same_holder() {
    let house = House::new();
    let office = house.open();
    let (number, others) = (issue(&office, &penalty(1)), issue(&office, &clean(2)));
    let one = verifying(&office, number);
    let uphold =
        |with| office.objections().uphold(&operator(), one.id, one.version, Remedy::Corrected(with), "");
    let missing = CertificateNumber::with_check("20261122999999999999").unwrap();
    assert_eq!(code(uphold(missing)), C::CertificateUnknown);
    assert_eq!(code(uphold(others)), C::CorrectionHolder);
    assert_eq!(code(uphold(number)), C::CorrectionHolder);
    // Another document of the same number is a conflict, unless it says what it corrects.
    let text = corrected(&penalty(1));
    assert_eq!(code(office.submit(json(text.clone().into_bytes()))), C::Conflict);
    let of_another = crate::office::Submission { corrects: Some(others), ..json(text.clone().into_bytes()) };
    assert_eq!(code(office.submit(of_another)), C::CorrectionHolder);
    let right = crate::office::Submission { corrects: Some(number), ..json(text.into_bytes()) };
    let new = office.submit(right.clone()).unwrap().number;
    assert!(office.submit(right).unwrap().repeated);
    assert_eq!(code(uphold(new)), C::NotSealed);
    office.seal_all().unwrap();
    assert_eq!((status(&office, &number), one.version), (Status::Suspended, 3));
    let done = uphold(new).unwrap();
    assert_eq!((done.state, done.replacement), (ObjectionState::Upheld, Some(new)));
    assert_eq!(status(&office, &number), Status::Replaced);
    let last = office.events_of(&number).unwrap().pop().unwrap();
    assert_eq!(last.event.detail("replaced_by"), Some(new.as_str()));
    // Its content is gone from our doors, its proof is not.
    assert_eq!(code(office.certificate(&number)), C::ContentWithdrawn);
    assert_eq!(code(office.pdf(&number)), C::ContentWithdrawn);
    assert!(office.proof(&number).is_ok() && office.certificate(&new).is_ok());
    assert_eq!(code(office.objections().file(&holder(), super::flow::new(number))), C::ObjectionEnded);
    assert_eq!(house.findings(&house.path()), []);
}

#[test]
fn a_document_that_is_withdrawn_is_revoked_and_a_persons_holder_is_compared_by_the_document() {
    let house = House::new();
    let office = house.open();
    let (number, other) = (issue(&office, &person(1)), issue(&office, &person(2)));
    let whole = NewObjection { item: None, claims: vec![], ..new(number) };
    let one = office.objections().file(&operator(), whole.clone()).unwrap();
    let one = office.objections().accept_and_verify(&operator(), one.id, 1, "").unwrap();
    let two = office.objections().file(&operator(), NewObjection { certificate: other, ..whole }).unwrap();
    let two = office.objections().accept_and_verify(&operator(), two.id, 1, "").unwrap();
    // Suspended is no good in the other's place.
    let by_other = office.objections().uphold(&operator(), one.id, one.version, Remedy::Corrected(other), "");
    assert_eq!(code(by_other), C::CorrectionStatus);
    office.objections().uphold(&operator(), two.id, two.version, Remedy::Withdrawn, "文书已撤销").unwrap();
    assert_eq!(status(&office, &other), Status::Revoked);
    let three = issue(&office, &person(3));
    office.objections().uphold(&operator(), one.id, one.version, Remedy::Corrected(three), "").unwrap();
    assert_eq!(status(&office, &number), Status::Replaced);
}

#[test]
fn of_several_objections_the_last_resumes_and_a_note_stays() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let (a, b) = (verifying(&office, number), verifying(&office, number));
    let c = verifying(&office, number);
    office.objections().note_only(&operator(), a.id, a.version, "主体坚持").unwrap();
    assert_eq!(status(&office, &number), Status::Suspended);
    office.objections().reject(&operator(), b.id, b.version, "无误").unwrap();
    assert_eq!(status(&office, &number), Status::Suspended);
    assert_eq!(code(office.submit(json(penalty(9).into_bytes()))), C::ItemUnderObjection);
    office.objections().take_back(&holder(), c.id, c.version, "").unwrap();
    assert_eq!(status(&office, &number), Status::ObjectionNoted);
    issue(&office, &penalty(9));
    assert_eq!(office.objections().of(&number).unwrap().len(), 3);
    assert_eq!(house.findings(&house.path()), []);
}

#[test]
fn what_an_objection_suspends_nobody_resumes_by_an_order() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let case = verifying(&office, number);
    let order = |to| crate::office::StatusOrder {
        to,
        by: "A00004".to_owned(),
        reason: "恢复".to_owned(),
        basis: String::new(),
        claims: Vec::new(),
        replaced_by: None,
    };
    use crate::office::Order::{ObjectionNoted, Revoked, Valid};
    for to in [Valid, ObjectionNoted] {
        assert_eq!(code(office.order(&number, order(to), None)), C::CertificateInCase);
        assert_eq!(status(&office, &number), Status::Suspended);
    }
    office.objections().reject(&operator(), case.id, case.version, "处罚属实").unwrap();
    assert_eq!(status(&office, &number), Status::Valid);
    // What is wrong for certain is revoked at any time.
    verifying(&office, number);
    office.order(&number, order(Revoked), None).unwrap();
    assert_eq!(status(&office, &number), Status::Revoked);
}

#[test]
fn what_somebody_else_suspended_an_objection_does_not_resume() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    office.set_status(&number, Status::Suspended, "另有原因").unwrap();
    let one = verifying(&office, number);
    office.objections().reject(&operator(), one.id, one.version, "无误").unwrap();
    assert_eq!(status(&office, &number), Status::Suspended);
}

#[test]
fn a_certificate_that_went_out_of_use_meanwhile_stays_so_however_the_case_ends() {
    let house = House::new();
    let office = house.open();
    for (n, upheld) in [(1, true), (2, false)] {
        let number = issue(&office, &clean(n));
        let plain = NewObjection { item: None, claims: vec![], ..new(number) };
        let one = office.objections().file(&holder(), plain).unwrap();
        let one = office.objections().accept_and_verify(&operator(), one.id, 1, "").unwrap();
        office.set_status(&number, Status::Revoked, "误发").unwrap();
        let done = match upheld {
            true => office.objections().uphold(&operator(), one.id, one.version, Remedy::Withdrawn, ""),
            false => office.objections().note_only(&operator(), one.id, one.version, "无误"),
        };
        assert!(!done.unwrap().state.is_open());
        assert_eq!(status(&office, &number), Status::Revoked);
    }
}

#[test]
fn two_operators_at_once_and_steps_that_do_not_follow() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let cases = office.objections();
    let one = cases.file(&holder(), new(number)).unwrap();
    assert_eq!(code(cases.start_verifying(&operator(), one.id, 1, "")), C::ObjectionStep);
    assert_eq!(code(cases.reject(&operator(), one.id, 1, "x")), C::ObjectionStep);
    cases.accept(&operator(), one.id, 1, "").unwrap();
    assert_eq!(code(cases.accept(&operator(), one.id, 1, "")), C::ObjectionChanged);
    assert_eq!(code(cases.accept(&operator(), one.id, 2, "")), C::ObjectionStep);
    for by in [holder(), reviewer(), actor("window", Standing::Window)] {
        assert_eq!(code(cases.start_verifying(&by, one.id, 2, "")), C::RoleNotAllowed);
    }
    assert_eq!(code(cases.take_back(&operator(), one.id, 2, "")), C::RoleNotAllowed);
    assert_eq!(code(cases.one(ObjectionId(2))), C::ObjectionUnknown);
    assert_eq!(code(cases.one(ObjectionId(0))), C::ObjectionUnknown);
    let wins: usize = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..4)
            .map(|n| {
                let office = &office;
                scope.spawn(move || {
                    let by = actor(&format!("operator{n}"), Standing::Operator);
                    usize::from(office.objections().start_verifying(&by, one.id, 2, "").is_ok())
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert_eq!(wins, 1);
    assert_eq!(office.events_of(&number).unwrap().len(), 1);
    assert_eq!(code(cases.reject(&operator(), one.id, 3, " ")), C::DeskText);
}

#[test]
fn what_is_filed_is_held_against_the_certificate() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let file = |new| code(office.objections().file(&holder(), new));
    let missing = CertificateNumber::with_check("20261122999999999999").unwrap();
    assert_eq!(file(NewObjection { certificate: missing, ..new(number) }), C::CertificateUnknown);
    assert_eq!(file(NewObjection { item: Some("CF-0012".into()), ..new(number) }), C::ObjectionItem);
    let other = "11619900990000068X/CF-0011".to_owned();
    assert_eq!(file(NewObjection { item: Some(other), ..new(number) }), C::ObjectionItem);
    assert_eq!(file(NewObjection { claims: vec!["GOOD".into()], ..new(number) }), C::ObjectionClaim);
    assert_eq!(file(NewObjection { ground: " \u{200b}".into(), ..new(number) }), C::DeskText);
    assert_eq!(file(NewObjection { evidence: vec!["md5:00".into()], ..new(number) }), C::DigestForm);
    assert_eq!(code(office.objections().file(&reviewer(), new(number))), C::RoleNotAllowed);
    let full = "11619900990000121R/CF-0011".to_owned();
    for _ in 0..OPEN_OBJECTIONS_EACH {
        office
            .objections()
            .file(&holder(), NewObjection { item: Some(full.clone()), ..new(number) })
            .unwrap();
    }
    assert_eq!(file(new(number)), C::ObjectionsMany);
    // Not sealed yet: filing is fine, suspending is not.
    let waiting = office.submit(json(clean(2).into_bytes())).unwrap().number;
    let plain = NewObjection { item: None, claims: vec![], ..new(waiting) };
    let one = office.objections().file(&holder(), plain).unwrap();
    assert_eq!(code(office.objections().accept_and_verify(&operator(), one.id, 1, "")), C::NotSealed);
    assert_eq!(office.objections().one(one.id).unwrap().version, 1);
    assert_eq!(code(office.erase(&number, "到期")), C::CertificateInCase);
}

#[test]
fn without_a_calendar_nobody_waits_and_the_deadline_is_told_later() {
    let house = House::without_calendar();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let one = office.objections().file(&holder(), new(number)).unwrap();
    let due = one.due.unwrap();
    assert_eq!((due.by, due.unknown.unwrap().code()), (None, C::CalendarMissing));
    // A doubtful certificate is out of use at once; the case stays in the list of what is due, last and with the reason.
    let one = office.objections().accept_and_verify(&operator(), one.id, 1, "").unwrap();
    assert_eq!(
        (one.state, office.status_of(&number).unwrap()),
        (ObjectionState::Verifying, Some(Status::Suspended))
    );
    let due = one.due.unwrap();
    assert_eq!(
        (due.rule.as_str(), due.by, due.unknown.unwrap().code()),
        (DECISION_RULE, None, C::CalendarMissing)
    );
    let listed = office.objections().due(Day::parse("2026-11-23").unwrap());
    assert_eq!(listed[0].due.unknown.as_ref().unwrap().code(), C::CalendarMissing);
    // From the day of acceptance on, whenever the calendar comes: the 23rd; 27 to 30 with a weekend that is worked; 1 to 4 December; the 7th.
    drop(office);
    house.later(3 * 86_400);
    house.import_calendars();
    let office = house.open();
    let due = office.objections().one(one.id).unwrap().due.unwrap();
    assert_eq!(due.by, Day::parse("2026-12-07"));
}

#[test]
fn deadlines_run_over_the_years_by_the_calendar() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    house.later(38 * 86_400); // Wednesday, 30 December
    let one = office.objections().file(&holder(), new(number)).unwrap();
    // The 31st; the 1st to the 3rd are off; the 4th, the 5th.
    assert_eq!(one.due.as_ref().unwrap().by, Day::parse("2027-01-05"));
    house.later(5 * 86_400); // Monday, 4 January
    let one = office.objections().accept(&operator(), one.id, 1, "").unwrap();
    // 5–8 is four, Saturday the 9th is worked: five; 11–15 is ten.
    assert_eq!(one.due.as_ref().unwrap().by, Day::parse("2027-01-15"));
    let due = |day: &str| office.objections().due(Day::parse(day).unwrap()).remove(0).due;
    assert_eq!((due("2027-01-15").left, due("2027-01-15").overdue), (Some(0), false));
    assert_eq!((due("2027-01-09").left, due("2027-01-16").overdue), (Some(5), true));
    assert_eq!(due("2027-01-16").left, None);
    house.later(3 * 365 * 86_400);
    // A year that nobody imported: filing and accepting go on, and say what is missing.
    let late = office.objections().file(&holder(), new(number)).unwrap();
    assert_eq!(late.due.unwrap().unknown.unwrap().code(), C::CalendarMissing);
    let late = office.objections().accept(&operator(), late.id, 1, "").unwrap();
    assert_eq!(late.due.unwrap().unknown.unwrap().code(), C::CalendarMissing);
}

#[test]
fn lists_are_paged_both_ways() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    for _ in 0..5 {
        office.objections().file(&holder(), new(number)).unwrap();
    }
    office.objections().take_back(&holder(), ObjectionId(3), 1, "").unwrap();
    let ids = |filter, after: Option<u64>, limit| -> Vec<u64> {
        let list = office.objections().list(filter, after.map(ObjectionId), limit).unwrap();
        list.iter().map(|one| one.id.0).collect()
    };
    let open = ObjectionFilter { open: Some(true), ..Default::default() };
    assert_eq!(ids(open, None, 2), [1, 2]);
    assert_eq!(ids(open, Some(2), 9), [4, 5]);
    let newest = ObjectionFilter { newest_first: true, ..Default::default() };
    assert_eq!(ids(newest, None, 2), [5, 4]);
    assert_eq!(ids(newest, Some(4), 9), [3, 2, 1]);
    let taken = ObjectionFilter { state: Some(ObjectionState::TakenBack), ..Default::default() };
    assert_eq!(ids(taken, None, 9), [3]);
}

#[test]
fn what_was_said_goes_with_the_document_and_the_numbers_stay() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let one = verifying(&office, number);
    office.objections().reject(&operator(), one.id, one.version, "核实无误").unwrap();
    office.erase(&number, "本人要求").unwrap();
    drop(office);
    let office = house.open();
    let one = office.objections().one(ObjectionId(1)).unwrap();
    assert!(one.erased && one.ground.is_empty() && one.item.is_none());
    assert!(one.steps.iter().all(|step| step.note.is_empty()));
    assert_eq!((one.certificate, one.state), (number, ObjectionState::Rejected));
    assert_eq!(house.findings(&house.path()), []);
}

/// The journal cut off after each record and within each: the case and its certificate are either before the step or
/// after it, together.
#[test]
fn a_crash_at_any_record_parts_no_case_from_its_certificate() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let correction = issue(&office, &corrected(&penalty(2)));
    let from = house.records(&house.path()).len();
    let one = verifying(&office, number);
    let two = verifying(&office, number);
    office.objections().note_only(&operator(), two.id, two.version, "主体坚持").unwrap();
    office.objections().uphold(&operator(), one.id, one.version, Remedy::Corrected(correction), "").unwrap();
    let by: Actor = operator();
    drop(office);
    let records = house.records(&house.path());
    let mut finished = 0;
    for (n, (_, position)) in records.iter().enumerate().skip(from) {
        for bytes in [0, 7] {
            let path = house.crashed(&format!("crash-{n}-{bytes}"), *position, bytes);
            let office = house.open_at(&path);
            finished += usize::from(office.reports().iter().any(|report| report.starts_with("objection Y")));
            let cases = office.objections().list(ObjectionFilter::default(), None, 9).unwrap();
            let now = status(&office, &number);
            let verifying = cases.iter().any(|case| case.state == ObjectionState::Verifying);
            let upheld = cases.iter().any(|case| case.state == ObjectionState::Upheld);
            let right = if upheld {
                Status::Replaced
            } else if verifying {
                Status::Suspended
            } else {
                Status::Valid
            };
            assert_eq!(now, right, "record {n}, {bytes} bytes");
            assert_eq!(
                office.submit(json(penalty(9).into_bytes())).is_err(),
                verifying,
                "record {n}: the flag"
            );
            // Whoever tried goes on from there.
            for case in cases.iter().filter(|case| case.state == ObjectionState::Filed) {
                office.objections().accept_and_verify(&by, case.id, case.version, "").unwrap();
            }
            drop(office);
            assert_eq!(house.findings(&path), [], "record {n}");
            std::fs::remove_dir_all(&path).unwrap();
        }
    }
    assert!(finished >= 4, "{finished}");
}
