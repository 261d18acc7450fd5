//! Erasing by two people: the rule, refusals, crashes at every record.

use super::*;
use crate::objection::tests::house::*;
use crate::refusal::RefusalCode as C;

fn code<T: core::fmt::Debug>(answer: Result<T, Refusal>) -> C {
    answer.unwrap_err().code()
}

#[test]
fn one_proposes_another_approves_and_the_document_is_gone_for_good() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let erasings = office.erasings();
    let missing = CertificateNumber::with_check("20261122999999999999").unwrap();
    assert_eq!(
        code(erasings.propose(&operator(), &missing, "本人要求", "第四十七条")),
        C::CertificateUnknown
    );
    assert_eq!(code(erasings.propose(&holder(), &number, "本人要求", "第四十七条")), C::RoleNotAllowed);
    assert_eq!(code(erasings.propose(&operator(), &number, " ", "第四十七条")), C::DeskText);
    assert_eq!(code(erasings.propose(&operator(), &number, "本人要求", "")), C::DeskText);
    let one = erasings.propose(&operator(), &number, "本人要求", "个人信息保护法第四十七条").unwrap();
    assert_eq!((one.id.to_string(), one.state), ("E00001".into(), ErasingState::Proposed));
    // The same that waits is the same proposal.
    assert_eq!(erasings.propose(&operator(), &number, "又", "又").unwrap(), one);
    assert!(office.certificate(&number).is_ok());
    assert_eq!(code(erasings.approve(&operator(), one.id, 1)), C::FourEyes);
    assert_eq!(code(erasings.approve(&actor("operator", Standing::Reviewer), one.id, 1)), C::FourEyes);
    assert_eq!(code(erasings.approve(&reviewer(), one.id, 2)), C::ErasingChanged);
    let done = erasings.approve(&reviewer(), one.id, 1).unwrap();
    assert_eq!((done.state, done.version), (ErasingState::Done, 3));
    assert_eq!(done.reason, "本人要求");
    assert_eq!(code(office.certificate(&number)), C::Erased);
    assert_eq!(code(erasings.approve(&reviewer(), one.id, 1)), C::ErasingChanged);
    assert_eq!(code(erasings.propose(&operator(), &number, "又", "又")), C::Erased);
    assert_eq!(code(erasings.one(ErasingId(2))), C::ErasingUnknown);
    drop(office);
    let office = house.open();
    assert_eq!(office.erasings().one(one.id).unwrap(), done);
    assert_eq!(house.findings(&house.path()), []);
}

#[test]
fn a_proposal_is_turned_down_and_an_open_objection_stands_in_the_way() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let erasings = office.erasings();
    let one = erasings.propose(&operator(), &number, "本人要求", "第四十七条").unwrap();
    let (item, claims, evidence) = (None, vec![], vec![]);
    let new =
        crate::objection::NewObjection {
            certificate: number, item, claims, ground: "有误".into(), evidence
        };
    let case = office.objections().file(&holder(), new).unwrap();
    assert_eq!(code(erasings.approve(&reviewer(), one.id, 1)), C::CertificateInCase);
    assert_eq!(code(erasings.propose(&operator(), &number, "又", "又")), C::CertificateInCase);
    assert_eq!(erasings.one(one.id).unwrap().version, 1);
    assert_eq!(code(erasings.reject(&holder(), one.id, 1, "不")), C::RoleNotAllowed);
    assert_eq!(code(erasings.reject(&reviewer(), one.id, 1, "")), C::DeskText);
    let done = erasings.reject(&reviewer(), one.id, 1, "保存期未满").unwrap();
    assert_eq!(done.steps.last().unwrap().note, "保存期未满");
    office.objections().take_back(&holder(), case.id, case.version, "").unwrap();
    let two = erasings.propose(&operator(), &number, "到期", "第四十七条").unwrap();
    assert_eq!(two.id, ErasingId(2));
    // A command was faster.
    office.erase(&number, "xinzheng erase").unwrap();
    assert_eq!(erasings.approve(&reviewer(), two.id, 1).unwrap().state, ErasingState::Done);
    assert_eq!(erasings.list(9).unwrap().len(), 2);
    assert_eq!(house.findings(&house.path()), []);
}

/// The copies have the keys of before, as a crash leaves them that comes before the overwriting, and those of after.
#[test]
fn a_crash_after_the_approval_ends_in_an_erased_document() {
    let house = House::new();
    let office = house.open();
    let number = issue(&office, &penalty(1));
    let from = house.records(&house.path()).len();
    let one = office.erasings().propose(&operator(), &number, "本人要求", "第四十七条").unwrap();
    let keys = std::fs::read(house.path().join("journal/keys")).unwrap();
    office.erasings().approve(&reviewer(), one.id, 1).unwrap();
    drop(office);
    let records = house.records(&house.path());
    let kinds: Vec<u8> = records.iter().skip(from).map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, [11, 11, 7, 11]);
    // Behind the approval; behind the record of erasing, with the key still there and without it.
    for (n, still_there) in [(from + 2, true), (from + 3, true), (from + 3, false)] {
        let path = house.crashed(&format!("crash-{n}-{still_there}"), records[n].1, 5);
        if still_there {
            std::fs::write(path.join("journal/keys"), &keys).unwrap();
        }
        let office = house.open_at(&path);
        assert!(office.reports().iter().any(|report| report.starts_with("erasing E00001")));
        assert_eq!(office.erasings().one(one.id).unwrap().state, ErasingState::Done);
        assert_eq!(code(office.certificate(&number)), C::Erased);
        drop(office);
        assert_eq!(house.findings(&path), []);
    }
}
