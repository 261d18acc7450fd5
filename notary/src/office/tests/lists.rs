//! Lists over years, the index beside them, moments that are over, lists of other offices, and what may stand in a certificate's place.

use verifier::status_index::StatusIndex;
use verifier::trust::KeyUse;

use super::*;
use crate::keys::example as keys;

const HOUR: u64 = 3600;
const DAY: u64 = 24 * HOUR;

fn order(to: Order) -> StatusOrder {
    StatusOrder {
        to,
        by: "command".to_string(),
        reason: "试验".to_string(),
        basis: String::new(),
        claims: Vec::new(),
        replaced_by: None,
    }
}

fn newest(office: &Office) -> StatusList {
    StatusList::parse(office.newest_list_of(0).unwrap().as_bytes()).unwrap()
}

/// The sealer asks `status_due` all the time: over the two years that its keys are good for, every change is out at once and every hour
/// there is a list.
#[test]
fn lists_come_on_every_change_and_every_hour_for_years() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    assert!(!office.status_due(), "nothing is sealed yet");
    office.seal_all().unwrap();
    office.publish_status().unwrap();
    let (mut before, mut changes) = (newest(&office), 0);
    let begun = office.now();
    for step in 0u64.. {
        if office.now().since(begun) > 700 * 24 * HOUR {
            break;
        }
        // From minutes to weeks, the same every time.
        let pause = [60, 3_599, 3_600, 86_400, 20 * 86_400, 31 * 86_400][(step % 6) as usize];
        desk.later(pause);
        let changed = step % 4 == 1;
        if changed {
            let to = if changes % 2 == 0 { Order::Suspended } else { Order::Valid };
            assert!(matches!(office.order(&number, order(to), None).unwrap(), Ordered::Done(_)));
            changes += 1;
        }
        assert_eq!(office.status_due(), changed || office.now().since(before.says().fields().issued) >= HOUR);
        if !office.status_due() {
            continue;
        }
        office.publish_status().unwrap();
        assert!(!office.status_due(), "one list is enough");
        let list = newest(&office);
        let (was, says) = (before.says().fields(), list.says().fields());
        assert_eq!((says.sequence, says.previous), (was.sequence + 1, Some(before.entry())));
        assert_eq!((says.issued, says.expires), (office.now(), office.now().saturating_add(24 * HOUR)));
        assert!(says.size >= was.size);
        before = list;
    }
    assert!(changes > 10 && before.says().fields().sequence > 60);
    let presented = Presented::File(office.certificate(&number).unwrap().certificate);
    let trust = office.trust();
    let at = |seconds: u64| {
        let now = before.says().fields().issued.saturating_add(seconds);
        let shelf = StatusShelf::new(vec![before.clone()], trust);
        let verdict = verify(&presented, trust, &shelf, &Terms::at(now));
        verdict.checks.into_iter().map(|check| check.code).collect::<Vec<_>>()
    };
    let fresh = if changes % 2 == 0 { Code::StatusValid } else { Code::Suspended };
    assert!(at(24 * HOUR).contains(&fresh) && at(24 * HOUR + 1).contains(&Code::StatusStale));
    drop(office);
    assert_eq!(findings(&desk), []);
}

/// Nobody reads a list whose note is in no head, however long its signature takes.
#[test]
fn a_list_is_published_with_the_head_that_has_its_note() {
    let desk = Desk::new();
    let office = desk.open();
    let rotate =
        |usage| office.rotate_key(&Rotation { signs_for: 900 * DAY, ..Rotation::new(usage, office.now()) });
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    rotate(KeyUse::Status).unwrap();
    office.publish_status().unwrap();
    let published = || {
        let read = |name| std::fs::read(desk.path().join("ledger/status").join(name)).unwrap();
        let list = StatusList::parse(&read("0.xzs")).unwrap();
        let index = StatusIndex::parse(&read("index.json")).unwrap();
        let sequence = list.says().fields().sequence;
        assert_eq!(index.lists()[0].sequence, sequence);
        assert!(!desk.path().join(format!("ledger/status/0/{}.xzs", sequence + 1)).exists());
        sequence
    };
    // What the office itself answers is of the same list.
    let told = |office: &Office| {
        let list = newest(office);
        let says = list.says().fields();
        let view = office.newest_lists()[0];
        assert_eq!((view.sequence, view.issued), (says.sequence, says.issued));
        assert_eq!(office.newest_list(0), office.newest_list_of(0));
        assert_eq!(office.list_at(0, Time::MAX).unwrap(), office.newest_list_of(0));
        let moment = office.status_at(&number, office.now()).unwrap();
        let said = moment.list.unwrap();
        assert_eq!(said.list.says().fields().sequence, says.sequence);
        assert!(said.proof.is_some() && said.next.is_none());
        (says.sequence, moment.status)
    };
    let first = published();
    assert_eq!(told(&office), (first, Some(Status::Valid)));
    // The keys of the head have ended, that of the lists has not.
    desk.later(800 * DAY);
    for _ in 0..2 {
        assert_eq!(office.publish_status().unwrap_err().code(), RefusalCode::KeyNotInForce);
        assert_eq!((published(), findings(&desk)), (first, vec![]));
        assert_eq!(told(&office), (first, Some(Status::Valid)));
    }
    // A start in between knows both.
    drop(office);
    let office = desk.open();
    let rotate =
        |usage| office.rotate_key(&Rotation { signs_for: 900 * DAY, ..Rotation::new(usage, office.now()) });
    assert_eq!((published(), told(&office)), (first, (first, Some(Status::Valid))));
    for usage in [KeyUse::Ledger, KeyUse::Batch] {
        rotate(usage).unwrap();
    }
    office.seal_all().unwrap();
    assert_eq!((published(), findings(&desk)), (first + 1, vec![]));
    assert_eq!(told(&office), (first + 1, Some(Status::Valid)));
}

#[test]
fn the_index_names_the_newest_lists_and_is_written_again_at_a_start() {
    let desk = Desk::new();
    let path = desk.path().join("ledger/status/index.json");
    {
        let office = desk.open();
        office.seal_all().unwrap();
        office.publish_status().unwrap();
        desk.later(HOUR);
        office.publish_status().unwrap();
        let file = std::fs::read(&path).unwrap();
        let index = StatusIndex::parse(&file).unwrap();
        assert_eq!((index.lists().len(), index.lists()[0].sequence), (1, 2));
        let newest = std::fs::read(desk.path().join("ledger").join(index.lists()[0].newest())).unwrap();
        assert_eq!(verifier::hash::sha256(&[&newest]), index.lists()[0].digest);
    }
    // A crash before it was written: the one before, or none.
    std::fs::remove_file(&path).unwrap();
    drop(desk.open());
    assert!(path.is_file());
    assert_eq!(findings(&desk), []);
    // Whoever changes it is found.
    let good = std::fs::read_to_string(&path).unwrap();
    for (from, to) in
        [("\"sequence\":2", "\"sequence\":3"), ("2.xzs", "1.xzs"), ("/v1", "/v2"), ("example", "elsewhere")]
    {
        assert!(good.contains(from), "{good}");
        std::fs::write(&path, good.replace(from, to)).unwrap();
        let found = findings(&desk);
        assert!(found.iter().any(|one| one.code.as_str() == "STATUS_INDEX"), "{to}: {found:?}");
    }
}

#[test]
fn a_moment_that_is_over_is_told_with_proof() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    assert_eq!(office.status_at(&number, office.now()).unwrap_err().code(), RefusalCode::NotSealed);
    desk.later(60);
    office.seal_all().unwrap();
    let sealed = office.now();
    desk.later(60);
    office.publish_status().unwrap();
    let valid = office.now();
    desk.later(HOUR);
    office.order(&number, order(Order::Revoked), None).unwrap();
    office.publish_status().unwrap();
    let revoked = office.now();
    desk.later(HOUR);
    assert_eq!(office.status_at(&number, Time::MAX).unwrap_err().code(), RefusalCode::MomentAhead);
    let at = |at: Time| office.status_at(&number, at).unwrap();
    let earlier = |time: Time| Time::new(time.seconds() - 1).unwrap();
    assert_eq!((at(earlier(sealed)).word(), at(sealed).word()), (None, Some(Status::Valid)));
    assert!(at(sealed).list.is_none() && at(sealed).files().is_empty());
    assert_eq!(
        (at(earlier(revoked)).status, at(revoked).status),
        (Some(Status::Valid), Some(Status::Revoked))
    );
    let moment = at(earlier(revoked));
    let names: Vec<String> = moment.files().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["status-0-1.xzs", "status-0-1.tlog-proof", "status-0-2.xzs"]);
    // A stranger with these files, years later: valid then, and the ledger says so.
    let said = moment.list.unwrap();
    let next = StatusList::parse(said.next.unwrap().file.as_bytes()).unwrap();
    let proof = said.proof.unwrap();
    proof.proves(&said.list.entry()).unwrap();
    let trust = TrustBundle::open(office.trust_text(), None).unwrap();
    let shelf = StatusShelf::new(vec![next, said.list], &trust).with_proofs(vec![proof]);
    let presented = Presented::File(office.certificate(&number).unwrap().certificate);
    let judged = |at: Time| {
        let mut terms = Terms::at(office.now());
        terms.at = Some(at);
        verify(&presented, &trust, &shelf, &terms)
    };
    let verdict = judged(valid);
    assert_eq!(verdict.outcome, Outcome::Valid);
    let proven = verdict.checks.iter().find(|check| check.code == Code::StatusProven).unwrap();
    assert!(proven.detail.to_string().contains(&revoked.display_china()), "{}", proven.detail);
    assert_eq!(judged(revoked).code, Code::Revoked);
    // The newest list has a proof, too, and none after it.
    let last = at(office.now()).list.unwrap();
    assert!(last.proof.is_some() && last.next.is_none());
}

#[test]
fn what_is_ordered_is_held_against_the_office() {
    let desk = Desk::new();
    let office = desk.open();
    let other = SAMPLES[0].replace("20261122091531A0000002", "20261122091531B0000002");
    let [one, person, again] =
        [SAMPLES[0], SAMPLES[1], &other].map(|text| office.submit(json(text)).unwrap().number);
    let refused = |number, order| office.order(&number, order, None).unwrap_err().code();
    assert_eq!(refused(one, order(Order::Revoked)), RefusalCode::NotSealed);
    office.seal_all().unwrap();
    let by = |other| StatusOrder { replaced_by: Some(other), ..order(Order::Replaced) };
    let unknown = CertificateNumber::with_check("20261122240170938612").unwrap();
    assert_eq!(refused(one, by(unknown)), RefusalCode::CertificateUnknown);
    assert_eq!(refused(one, by(one)), RefusalCode::ReplacementOther);
    assert_eq!(refused(one, by(person)), RefusalCode::ReplacementOther);
    let pending = office.submit(json(SAMPLES[2])).unwrap().number;
    assert_eq!(refused(one, by(pending)), RefusalCode::ReplacementOther);
    let suspend = |claim: &str| StatusOrder { claims: vec![claim.to_string()], ..order(Order::Suspended) };
    assert_eq!(refused(one, suspend("NO_SUCH_CLAIM")), RefusalCode::EventBad);
    assert_eq!(
        refused(one, StatusOrder { claims: vec!["NO_PENALTY".into()], ..order(Order::Revoked) }),
        RefusalCode::EventBad
    );
    assert_eq!(office.events_of(&one).unwrap(), [], "nothing was recorded");
    let Ordered::Done(done) = office.order(&one, suspend("NO_PENALTY"), Some(0)).unwrap() else { panic!() };
    assert_eq!((done.sequence, done.to), (1, Status::Suspended));
    assert_eq!(
        office.order(&one, order(Order::Suspended), None).unwrap(),
        Ordered::Already(Status::Suspended)
    );
    assert_eq!(office.order(&one, by(again), Some(0)).unwrap_err().code(), RefusalCode::EventOutOfOrder);
    office.order(&one, by(again), Some(1)).unwrap();
    let detail: Vec<_> =
        office.events_of(&one).unwrap().iter().map(|view| view.event.fields().detail.clone()).collect();
    assert_eq!(detail[0], [("claims".to_string(), "NO_PENALTY".to_string())]);
    assert_eq!(detail[1], [("replaced_by".to_string(), again.to_string())]);
    // What is replaced itself is nobody's replacement, and every order is a word.
    assert_eq!(refused(again, by(one)), RefusalCode::ReplacementOther);
    for order in Order::ALL {
        assert_eq!(Order::from_word(order.word()), Some(*order));
    }
}

#[test]
fn lists_of_other_offices_are_taken_in_only_if_they_are_newer_and_known() {
    let (ours, theirs) = (Desk::new(), Desk::new());
    let office = ours.open();
    office.seal_all().unwrap();
    let own = office.publish_status().unwrap().remove(0);
    assert_eq!(office.import_list(own.file.as_bytes()).unwrap_err().code(), RefusalCode::ListUnusable);
    assert_eq!(office.import_list(b"nonsense").unwrap_err().code(), RefusalCode::ListUnusable);
    // Of an office that the bundle does not know.
    let stranger = own.file.replace(keys::ORIGIN, "other.example.gov.cn/ledger");
    assert_eq!(office.import_list(stranger.as_bytes()).unwrap_err().code(), RefusalCode::ListUnusable);
    assert!(office.others_lists().unwrap().is_empty());
    drop(theirs);
}

/// Each member of an event's record, changed: the office's own audit finds it.
#[test]
fn events_that_were_changed_are_found() {
    use super::super::record::{Happened, Kind, framed, unframed};
    use crate::journal::{Journal, Settings};
    use verifier::event::EventKind;
    let desk = Desk::new();
    let journal = desk.path().join("journal");
    let number = {
        let office = desk.open();
        let number = office.submit(json(SAMPLES[0])).unwrap().number;
        office.seal_all().unwrap();
        for to in [Order::Suspended, Order::Valid, Order::Revoked] {
            office.order(&number, order(to), None).unwrap();
        }
        office.publish_status().unwrap();
        number
    };
    assert_eq!(findings(&desk), []);
    let id = super::super::open::office_id(&Origin::parse(keys::ORIGIN).unwrap());
    let mut records: Vec<(u8, Vec<u8>)> = Vec::new();
    Journal::inspect(&journal, &id, None, &mut |record| records.push((record.kind, record.payload.to_vec())))
        .unwrap();
    let events: Vec<usize> = (0..records.len()).filter(|n| records[*n].0 == Kind::Event as u8).collect();
    assert_eq!(events.len(), 3, "{number}");
    let change = |place: usize, how: &dyn Fn(&mut Happened, &mut Vec<u8>)| {
        let (mut happened, sealed) = {
            let (head, sealed) = unframed::<Happened>(&records[place].1).unwrap();
            (head, sealed.to_vec())
        };
        let mut sealed_copy = sealed;
        how(&mut happened, &mut sealed_copy);
        framed(&happened, &sealed_copy)
    };
    let other = unframed::<Happened>(&records[events[1]].1).unwrap().1.to_vec();
    let changes: Vec<(&str, Vec<u8>)> = vec![
        (
            "entry",
            change(events[0], &|happened, _| happened.entry = verifier::entry::Entry::from_bytes([7; 32])),
        ),
        ("sequence", change(events[0], &|happened, _| happened.sequence = 2)),
        (
            "kind",
            change(events[0], &|happened, _| happened.kind = EventKind::ObjectionNoted.word().to_string()),
        ),
        ("from", change(events[0], &|happened, _| happened.from = 2)),
        ("to", change(events[0], &|happened, _| happened.to = 1)),
        ("time", change(events[0], &|happened, _| happened.at += 1)),
        ("another's body", change(events[0], &|_, sealed| sealed.clone_from(&other))),
        ("body", change(events[0], &|_, sealed| *sealed.last_mut().unwrap() ^= 1)),
    ];
    for (what, payload) in changes {
        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("office");
        copy_all(&desk.path(), &copy);
        for entry in std::fs::read_dir(copy.join("journal")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "log") || path.to_string_lossy().contains("segment")
            {
                std::fs::remove_file(path).unwrap();
            }
        }
        write_journal(&copy.join("journal"), id, &records, events[0], &payload);
        let report = audit(&copy, &crate::audit::AuditOptions::default(), &mut |_| {}).unwrap();
        assert!(!report.findings.is_empty(), "{what} was changed and nobody found it");
    }
    fn write_journal(dir: &Path, id: [u8; 32], records: &[(u8, Vec<u8>)], place: usize, payload: &[u8]) {
        Journal::create(dir, &Settings::new(id)).unwrap();
        let (journal, _) = Journal::open(dir, Settings::new(id), &mut |_| {}).unwrap();
        let mut last = None;
        for (n, (kind, old)) in records.iter().enumerate() {
            last = Some(journal.append(*kind, if n == place { payload } else { old }).unwrap());
        }
        journal.wait(last.unwrap()).unwrap();
    }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => copy_all(&entry.path(), &to.join(entry.file_name())),
            false => drop(std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap()),
        }
    }
}

#[test]
fn a_list_that_was_signed_while_more_was_sealed_stands_and_one_that_hides_a_change_does_not() {
    use crate::office::lists::still_so;
    use verifier::status::{Status, StatusFields, StatusNote};
    use verifier::status_list::StatusBits;
    let bits = |of: &[Status]| {
        let mut bits = StatusBits::new();
        (0u64..).zip(of).for_each(|(place, status)| assert!(bits.set(place, *status)));
        bits
    };
    let note = |size: u64, sequence: u64, bits: &StatusBits| {
        StatusNote::new(StatusFields {
            origin: Origin::parse(keys::ORIGIN).unwrap(),
            shard: 0,
            sequence,
            size,
            list: bits.digest(),
            previous: (sequence > 1).then(|| verifier::entry::Entry::from_bytes([7; 32])),
            issued: Time::new(1_795_000_000).unwrap(),
            expires: Time::new(1_795_086_400).unwrap(),
        })
        .unwrap()
    };
    let then = bits(&[Status::Valid; 3]);
    let was = note(3, 1, &then);
    let so = |of: &[Status], sequence: u64| {
        let now = bits(of);
        still_so(&was, &then, &note(of.len() as u64, sequence, &now), &now)
    };
    assert!(so(&[Status::Valid; 3], 1) && so(&[Status::Valid; 9], 1), "more was sealed");
    for place in 0..3 {
        let mut changed = [Status::Valid; 9];
        changed[place] = Status::Revoked;
        assert!(!so(&changed, 1), "{place}");
    }
    assert!(so(&[Status::Valid, Status::Valid, Status::Valid, Status::Revoked], 1), "not of its entries");
    assert!(!so(&[Status::Valid; 3], 2), "another list came between");
}
