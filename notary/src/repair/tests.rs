//! Repairs: every refusal, cascades over thousands of certificates with crashes at any record, and with people who submit
//! meanwhile.

use verifier::event::EventKind;
use verifier::status::Status;

use super::*;
use crate::desk::{Actor, Standing};
use crate::objection::tests::house::*;
use crate::objection::{NewObjection, ObjectionState};
use crate::office::AT_ONCE_MAX;
use crate::refusal::RefusalCode as C;

const ORGAN: &str = "11619900990000121R";

fn new(item: &str) -> NewRepair {
    NewRepair {
        item: item.to_owned(),
        ways: vec![RepairWay::Training, RepairWay::Rectification, RepairWay::Training],
        basis: "信用修复管理办法".to_owned(),
        reason: "已履行处罚决定并完成整改".to_owned(),
        evidence: vec![format!("sha256:{}", "b".repeat(64))],
    }
}

fn code<T: core::fmt::Debug>(answer: Result<T, Refusal>) -> C {
    answer.unwrap_err().code()
}

fn status(office: &Office, number: &CertificateNumber) -> Status {
    office.status_of(number).unwrap().unwrap()
}

fn many(office: &Office, texts: Vec<String>) -> Vec<CertificateNumber> {
    let mut out = Vec::new();
    for some in texts.chunks(AT_ONCE_MAX) {
        let answers = office.submit_many(some.iter().map(|text| json(text.clone().into_bytes())).collect());
        out.extend(answers.unwrap().into_iter().map(|answer| answer.unwrap().number));
    }
    office.seal_all().unwrap();
    out
}

#[test]
fn every_certificate_that_cites_the_record_goes_out_of_use_and_no_report_lists_it_again() {
    let house = House::new();
    let office = house.open();
    let cites: Vec<_> = (1..=7).map(|n| issue(&office, &penalty(n))).collect();
    let not = [issue(&office, &clean(20)), issue(&office, &person(21))];
    // The same id of another organ is another record.
    let other = issue(&office, &penalty(22).replace(ORGAN, "11619900990000068X"));
    let set = |n: usize, to| office.set_status(&cites[n], to, "测试").map(drop).unwrap();
    set(1, Status::Suspended);
    set(2, Status::ObjectionNoted);
    set(3, Status::Revoked);
    set(4, Status::Withdrawn);
    set(5, Status::Replaced);
    office.erase(&cites[6], "到期").unwrap();
    let waiting = office.submit(json(penalty(30).into_bytes())).unwrap().number;
    let by = Actor::command();
    let refusal = office.repairs().preview("CF-0011").unwrap_err();
    assert_eq!((refusal.code(), refusal.where_()), (C::RepairItemAmbiguous, "/item"));
    assert!(refusal.to_string().contains(&format!("{ORGAN}/CF-0011")));
    let item = format!("{ORGAN}/CF-0011");
    let preview = office.repairs().preview(&item).unwrap();
    // The erased one has no row any more.
    assert_eq!((preview.count, preview.affected.len()), (7, 7));
    let done = office.repairs().repair(&by, new(&item)).unwrap();
    assert_eq!((done.id.to_string(), done.state, done.complete), ("R00001".into(), RepairState::Done, true));
    assert_eq!(done.ways, [RepairWay::Rectification, RepairWay::Training]);
    let outcomes: Vec<RepairOutcome> = done.done.iter().map(|(_, outcome)| *outcome).collect();
    use RepairOutcome::{AlreadyReplaced, AlreadyRevoked, AlreadyWithdrawn, Repaired};
    let right = [Repaired, Repaired, Repaired, AlreadyRevoked, AlreadyWithdrawn, AlreadyReplaced, Repaired];
    assert_eq!(outcomes, right);
    assert_eq!(preview.affected.iter().map(|one| one.outcome).collect::<Vec<_>>(), right);
    for number in [cites[0], cites[1], cites[2], waiting] {
        assert_eq!(status(&office, &number), Status::Replaced);
        assert_eq!(code(office.certificate(&number)), C::ContentWithdrawn);
        assert!(office.proof(&number).is_ok());
    }
    for number in [not[0], not[1], other] {
        assert_eq!(status(&office, &number), Status::Valid);
    }
    let refusal = office.submit(json(penalty(40).into_bytes())).unwrap_err();
    assert_eq!((refusal.code(), refusal.where_()), (C::ItemRepaired, "/sections/admin/1"));
    assert!(office.submit(json(penalty(1).into_bytes())).unwrap().repeated);
    assert_eq!(code(office.repairs().repair(&by, new(&item))), C::RepairKnown);
    drop(office);
    let office = house.open();
    assert_eq!(code(office.submit(json(penalty(41).into_bytes()))), C::ItemRepaired);
    assert_eq!(office.repairs().one(done.id).unwrap(), done);
    assert_eq!(house.findings(&house.path()), []);
}

#[test]
fn a_repair_is_applied_for_accepted_and_approved_by_a_second_person() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let repairs = office.repairs();
    for by in [holder(), reviewer(), actor("window", Standing::Window)] {
        assert_eq!(code(repairs.apply(&by, new("CF-0011"))), C::RoleNotAllowed);
    }
    assert_eq!(code(repairs.repair(&operator(), new("CF-0011"))), C::RoleNotAllowed);
    let apply = |change: fn(&mut NewRepair)| {
        let mut one = new("CF-0011");
        change(&mut one);
        code(repairs.apply(&operator(), one))
    };
    assert_eq!(apply(|one| one.ways.clear()), C::RepairWayMissing);
    assert_eq!(apply(|one| one.basis.clear()), C::DeskText);
    assert_eq!(apply(|one| one.reason.clear()), C::DeskText);
    assert_eq!(apply(|one| one.evidence = vec!["x".into()]), C::DigestForm);
    assert_eq!(apply(|one| one.item = "CF-0404".into()), C::RepairItem);
    assert_eq!(apply(|one| one.item = " ".into()), C::DeskText);
    let one = repairs.apply(&operator(), new("CF-0011")).unwrap();
    assert_eq!((one.state, one.organ.as_deref()), (RepairState::Applied, Some(ORGAN)));
    assert_eq!(one.due.as_ref().unwrap().by.unwrap().to_string(), "2026-11-28");
    assert_eq!(apply(|_| ()), C::RepairKnown);
    assert_eq!(code(repairs.approve(&reviewer(), one.id, 1, "")), C::RepairChanged);
    let two = repairs.accept(&operator(), one.id, 1, "").unwrap();
    assert_eq!(two.due.as_ref().unwrap().rule, DECISION_RULE);
    assert_eq!(code(repairs.accept(&operator(), one.id, 1, "")), C::RepairChanged);
    assert_eq!(code(repairs.approve(&operator(), one.id, 2, "")), C::FourEyes);
    assert_eq!(code(repairs.approve(&actor("operator", Standing::Reviewer), one.id, 2, "")), C::FourEyes);
    // Nothing has happened so far, and a new report may list the record.
    assert_eq!(status(&office, &number), Status::Valid);
    let late = issue(&office, &penalty(2));
    let three = repairs.approve(&reviewer(), one.id, 2, "同意").unwrap();
    assert_eq!((three.state, three.count, three.due.clone()), (RepairState::Done, 2, None));
    assert_eq!((status(&office, &number), status(&office, &late)), (Status::Replaced, Status::Replaced));
    assert_eq!(repairs.due(crate::calendar::Day::parse("2026-12-30").unwrap()), []);
    assert_eq!(three.steps.len(), 4);
    assert_eq!(code(repairs.one(RepairId(2))), C::RepairUnknown);
    // One that is refused can be applied for again; one that no certificate cites names its organ.
    let unseen = format!("{ORGAN}/CF-0099");
    let four = repairs.apply(&operator(), new(&unseen)).unwrap();
    assert_eq!(code(repairs.refuse(&operator(), four.id, 1, " ")), C::DeskText);
    repairs.refuse(&operator(), four.id, 1, "未整改").unwrap();
    repairs.apply(&operator(), new(&unseen)).unwrap();
    drop(office);
    let office = house.open();
    assert_eq!(code(office.repairs().apply(&operator(), new(&unseen))), C::RepairKnown);
    assert_eq!(house.findings(&house.path()), []);
}

#[test]
fn a_case_that_is_open_when_its_certificate_is_repaired_ends_without_a_change() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let (item, claims, evidence) = (Some("CF-0011".to_owned()), vec![], vec![]);
    let new_case = NewObjection { certificate: number, item, claims, ground: "有误".to_owned(), evidence };
    let case = office.objections().file(&holder(), new_case).unwrap();
    let case = office.objections().accept_and_verify(&operator(), case.id, 1, "").unwrap();
    office.repairs().repair(&Actor::command(), new("CF-0011")).unwrap();
    assert_eq!(status(&office, &number), Status::Replaced);
    let case = office.objections().reject(&operator(), case.id, case.version, "已修复").unwrap();
    assert_eq!((case.state, status(&office, &number)), (ObjectionState::Rejected, Status::Replaced));
    assert_eq!(house.findings(&house.path()), []);
}

/// How many certificates a cascade of these tests goes over.
const MANY: u32 = 3_200;

/// Thousands of certificates, the journal cut off at records all over the cascade and within them: every start finishes
/// it, each certificate has one event, and the list says so.
#[test]
fn a_cascade_over_thousands_survives_a_crash_at_any_point() {
    let house = House::new();
    let office = house.open();
    let cites = many(&office, (1..=MANY).map(penalty).collect());
    let clean = issue(&office, &clean(MANY + 1));
    let from = house.records(&house.path()).len();
    let whole = office.repairs().repair(&Actor::command(), new("CF-0011")).unwrap();
    assert_eq!((whole.count, whole.complete), (MANY as usize, true));
    drop(office);
    let records = house.records(&house.path());
    // The first, the last, and some of those between; at progress both sides of it.
    let progress = records.iter().enumerate().skip(from + 1).filter(|(_, (kind, _))| *kind == 10);
    let mut cuts: Vec<usize> = progress.map(|(n, _)| n).step_by(7).flat_map(|n| [n, n + 1]).collect();
    cuts.extend([from + 1, from + 300]);
    cuts.retain(|n| *n < records.len());
    for n in cuts {
        let path = house.crashed("crash", records[n].1, (n % 3) as u32 * 5);
        let office = house.open_at(&path);
        let after = office.repairs().one(whole.id).unwrap();
        assert!(after.complete, "record {n}");
        assert_eq!(after.done, whole.done, "record {n}");
        for number in &cites {
            assert_eq!(status(&office, number), Status::Replaced);
        }
        for number in cites.iter().step_by(97) {
            let events = office.events_of(number).unwrap();
            assert_eq!(events.len(), 1);
            assert_eq!(events[0].event.fields().kind, EventKind::Repaired);
        }
        assert_eq!(status(&office, &clean), Status::Valid);
        assert_eq!(code(office.submit(json(penalty(MANY + 9).into_bytes()))), C::ItemRepaired);
        drop(office);
        std::fs::remove_dir_all(&path).unwrap();
    }
    assert_eq!(house.findings(&house.path()), []);
}

/// Four people submit reports that list the record while it is repaired: each is either refused, or out of use.
#[test]
fn what_is_accepted_while_a_cascade_runs_is_refused_or_repaired() {
    let house = House::new();
    let office = house.open();
    many(&office, (1..=200).map(penalty).collect());
    let start = std::sync::Barrier::new(5);
    let accepted: Vec<CertificateNumber> = std::thread::scope(|scope| {
        let people: Vec<_> = (0..4u32)
            .map(|part| {
                let (office, start) = (&office, &start);
                scope.spawn(move || {
                    start.wait();
                    let mut out = Vec::new();
                    for n in 0..60 {
                        match office.submit(json(penalty(1_000 + part * 1_000 + n).into_bytes())) {
                            Ok(accepted) => out.push(accepted.number),
                            Err(refusal) => assert_eq!(refusal.code(), C::ItemRepaired),
                        }
                    }
                    out
                })
            })
            .collect();
        start.wait();
        // Some are in before, and some come while it runs.
        while office.summary().documents < 220 {
            std::thread::yield_now();
        }
        office.repairs().repair(&Actor::command(), new("CF-0011")).unwrap();
        people.into_iter().flat_map(|one| one.join().unwrap()).collect()
    });
    let done = office.repairs().one(RepairId(1)).unwrap();
    assert_eq!(done.count, 200 + accepted.len());
    for number in &accepted {
        assert_eq!(status(&office, number), Status::Replaced);
    }
    assert_eq!(code(office.submit(json(penalty(9_000).into_bytes()))), C::ItemRepaired);
    assert_eq!(house.findings(&house.path()), []);
}

#[test]
fn a_records_key_is_its_id_and_its_organ() {
    let document = crate::samples::document("report-full.json");
    let records = cited(&document);
    assert!(records.len() >= 8, "{}", records.len());
    for one in &records {
        assert!(one.is(one.item));
        assert!(one.is(&format!("{}/{}", one.organ.unwrap_or_default(), one.item)));
        assert!(!one.is(&format!("91610000000000000X/{}", one.item)));
        assert!(!one.is("") && !one.is("/"));
    }
    assert!(cited(&crate::samples::document("commitment-tolerance.json")).is_empty());
}
