//! What happens to a certificate: a chain in the ledger, through restarts, erasing, and for natural persons.

use verifier::entry::Entry;
use verifier::event::EventKind;

use super::*;

fn event(kind: EventKind) -> NewEvent {
    NewEvent {
        kind,
        by: "A00004".to_string(),
        reason_code: "OBJECTION".to_string(),
        reason: "异议核实中".to_string(),
        basis: String::new(),
        detail: vec![("case".to_string(), "Y00001".to_string())],
    }
}

#[test]
fn a_chain_of_events_is_in_the_ledger_and_says_what_the_lists_say() {
    let desk = Desk::new();
    let (number, core) = {
        let office = desk.open();
        let number = office.submit(json(SAMPLES[0])).unwrap().number;
        assert_eq!(
            office.record_event(&number, event(EventKind::Suspended), None).unwrap_err().code(),
            RefusalCode::NotSealed
        );
        office.seal().unwrap();
        let core = Entry::of_core(
            office.origin(),
            office.certificate(&number).unwrap().certificate.core().as_bytes(),
        );
        for (kind, seen) in [(EventKind::Suspended, 0), (EventKind::Suspended, 1), (EventKind::Resumed, 2)] {
            office.record_event(&number, event(kind), Some(seen)).unwrap();
        }
        // Somebody looked at it before the last one.
        let late = office.record_event(&number, event(EventKind::Revoked), Some(2)).unwrap_err();
        assert_eq!(late.code(), RefusalCode::EventOutOfOrder);
        let not = office.record_event(&number, event(EventKind::Resumed), None).unwrap_err();
        assert_eq!(not.code(), RefusalCode::StatusNotAllowed);
        let not = office.record_event(&number, event(EventKind::Fulfilled), None).unwrap_err();
        assert_eq!(not.code(), RefusalCode::EventBad);
        office.record_event(&number, event(EventKind::Repaired), Some(3)).unwrap();
        assert!(office.events_of(&number).unwrap().iter().all(|view| view.index.is_none()));
        (number, core)
    };
    let office = desk.open();
    office.publish_status().unwrap();
    let views = office.events_of(&number).unwrap();
    let (mut before, mut previous, mut place) = (None, core, 0);
    for view in &views {
        assert!(view.event.follows(before, &previous));
        assert_eq!(view.event.entry(office.origin(), &view.nonce), view.entry);
        assert!(view.index.unwrap() > place);
        (before, previous, place) = (Some(&view.event), view.entry, view.index.unwrap());
        let tile = office.entry(place).unwrap();
        assert_eq!(tile.leaf, view.entry.leaf());
    }
    assert_eq!(views.len(), 4);
    assert_eq!(office.status_of(&number).unwrap(), Some(Status::Replaced));
    for kind in [EventKind::Resumed, EventKind::Suspended, EventKind::Superseded, EventKind::Withdrawn] {
        let refused = office.record_event(&number, event(kind), None).unwrap_err();
        assert_eq!(refused.code(), RefusalCode::StatusNotAllowed);
    }
    office.record_event(&number, event(EventKind::Revoked), Some(4)).unwrap();
    office.publish_status().unwrap();
    drop(office);
    assert_eq!(findings(&desk), []);
}

#[test]
fn what_is_published_of_a_natural_person_is_valid_or_revoked_and_never_valid_again() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[1])).unwrap().number;
    office.seal().unwrap();
    let index = office.index_of(&number).unwrap().unwrap();
    let mut published = Vec::new();
    for kind in [
        EventKind::Suspended,
        EventKind::Resumed,
        EventKind::ObjectionNoted,
        EventKind::Withdrawn,
        EventKind::Revoked,
    ] {
        office.record_event(&number, event(kind), None).unwrap();
        let list = office.publish_status().unwrap().remove(0);
        published.push(StatusList::parse(list.file.as_bytes()).unwrap().bits().get(index).unwrap());
    }
    use Status::{Revoked, Valid};
    assert_eq!(published, [Valid, Valid, Valid, Revoked, Revoked]);
    drop(office);
    assert_eq!(findings(&desk), []);
}

#[test]
fn an_erased_certificate_can_still_be_revoked_and_tells_nothing() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    office.seal().unwrap();
    office.record_event(&number, event(EventKind::Suspended), None).unwrap();
    office.erase(&number, "主体要求删除").unwrap();
    assert_eq!(office.events_of(&number).unwrap_err().code(), RefusalCode::Erased);
    office.record_event(&number, event(EventKind::Revoked), Some(1)).unwrap();
    office.publish_status().unwrap();
    drop(office);
    assert_eq!(desk.open().status_of(&number).unwrap(), Some(Status::Revoked));
    assert_eq!(findings(&desk), []);
}

#[test]
fn many_events_share_a_flush_and_each_stands_for_itself() {
    let desk = Desk::new();
    let office = desk.open();
    let numbers: Vec<_> = SAMPLES.iter().map(|text| office.submit(json(text)).unwrap().number).collect();
    office.seal().unwrap();
    office.record_event(&numbers[1], event(EventKind::Revoked), None).unwrap();
    let all = numbers.iter().map(|number| (*number, event(EventKind::Repaired))).collect();
    let recorded = office.record_events(all);
    assert!(recorded[0].is_ok() && recorded[2].is_ok());
    assert_eq!(recorded[1].as_ref().unwrap_err().code(), RefusalCode::StatusNotAllowed);
}
