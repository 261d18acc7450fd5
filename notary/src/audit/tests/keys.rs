//! Keys as the ledger tells them: rotation, compromise, and an office that changes keys in silence.

use verifier::entry::PublicKind;
use verifier::key_event::{KeyChange, KeyDates, KeyEvent};
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, OfficeKey, TrustBundle, TrustFields};

use super::house::{BEGIN, House, audit, codes, with};
use crate::audit::follow::{Followed, follow};
use crate::audit::{AuditOptions, KeysKnown};
use crate::disk::Disk;
use crate::ledger::testing::{ORIGIN, TestKey};

/// What the new ledger key is: announced, from the fourth batch on.
fn dates() -> KeyDates {
    let time = |seconds| Time::new(BEGIN + seconds).unwrap();
    KeyDates { sign_from: time(240), sign_until: time(1_000_000), verify_until: time(1_000_000) }
}

fn new_key() -> TestKey {
    TestKey::new(ORIGIN, 71)
}

fn event(house: &House, key: &TestKey, change: KeyChange) -> String {
    event_of(house, KeyUse::Ledger, key, change)
}

fn event_of(house: &House, usage: KeyUse, key: &TestKey, change: KeyChange) -> String {
    let time = Time::new(BEGIN + 60 * house.ledger.batches()).unwrap();
    KeyEvent::new(house.office.origin(), usage, key.public.clone(), change, time).unwrap().text()
}

/// An office that begins with a bundle; its keys then.
fn begun() -> (House, TestKey, TestKey) {
    let mut house = House::new();
    let first = house.trust_file(|_| ());
    house.seal_public(PublicKind::TrustBundle, first.as_bytes());
    [3, 1, 1].into_iter().for_each(|part| house.seal(part));
    let status = house.office.status.public.name().as_str();
    let (ledger, status) = (TestKey::new(ORIGIN, 1), TestKey::new(status, 72));
    (house, ledger, status)
}

/// The bundle of an office with one more key than it began with.
fn with_key(house: &House, usage: KeyUse, key: &TestKey) -> TrustBundle {
    let KeyDates { sign_from, sign_until, verify_until } = dates();
    let key = key.public.clone();
    house.trust(|fields| {
        let new = OfficeKey { usage, key, sign_from, sign_until, verify_until, compromised: None };
        fields.sequence = 2;
        fields.offices[0].keys.push(new);
    })
}

/// The bundle after the rotation.
pub(super) fn rotated(fields: &mut TrustFields) {
    let KeyDates { sign_from, sign_until, verify_until } = dates();
    let key = new_key().public;
    fields.sequence = 2;
    let new =
        OfficeKey { usage: KeyUse::Ledger, key, sign_from, sign_until, verify_until, compromised: None };
    fields.offices[0].keys.insert(1, new);
}

/// An office that begins with a bundle, and does all of these in turn before the new key signs.
pub(super) fn rotating(steps: &[&str]) -> House {
    let mut house = House::new();
    let first = house.trust_file(|_| ());
    house.seal_public(PublicKind::TrustBundle, first.as_bytes());
    house.seal(3);
    for step in steps {
        match *step {
            "event" => {
                let text = event(&house, &new_key(), KeyChange::Announced(dates()));
                house.seal_public(PublicKind::KeyEvent, text.as_bytes());
            }
            "bundle" => {
                let text = house.trust_file(rotated);
                house.seal_public(PublicKind::TrustBundle, text.as_bytes());
            }
            "entry" => house.seal(1),
            other => panic!("{other}"),
        }
    }
    house.office.ledger = new_key();
    house.seal(2);
    house.seal(1);
    // The bundle of the house names the key that signs now.
    house.office.ledger = TestKey::new(ORIGIN, 1);
    house
}

fn found(house: &House, trust: &TrustBundle) -> Vec<String> {
    let report = audit(&house.disk, Some(trust), &AuditOptions::default());
    codes(&report).iter().map(|(code, at)| format!("{code} {at}")).collect()
}

#[test]
fn a_rotation_that_was_announced_is_clean_and_one_in_silence_is_found() {
    let house = rotating(&["event", "bundle"]);
    let trust = house.trust(rotated);
    assert_eq!(found(&house, &trust), Vec::<String>::new());
    // The old bundle does not know the new key; the newer one is in the ledger, and of the same root.
    let old = house.trust(|_| ());
    let report = audit(&house.disk, Some(&old), &AuditOptions::default());
    assert!(
        report.findings.iter().all(|found| found.code.as_str() == "SIGNER_UNKNOWN"),
        "{:?}",
        codes(&report)
    );
    assert_eq!(report.newer.as_ref().map(TrustBundle::sequence), Some(2));
    let again = audit(&house.disk, report.newer.as_ref(), &AuditOptions::default());
    assert_eq!(codes(&again), vec![]);
    // Without the event, without the bundle, in the wrong order, without both.
    assert_eq!(
        found(&rotating(&["bundle", "entry"]), &trust),
        ["KEY_EVENT_BAD public/004#4", "KEY_UNANNOUNCED batch/004"]
    );
    assert_eq!(
        found(&rotating(&["event", "entry"]), &trust),
        Vec::<String>::new(),
        "the bundle may be on its way"
    );
    assert_eq!(
        found(&rotating(&["bundle", "event"]), &trust),
        ["KEY_EVENT_BAD public/004#4", "KEY_EVENT_BAD public/005#5", "KEY_UNANNOUNCED batch/004"]
    );
    assert_eq!(found(&rotating(&["entry", "entry"]), &trust), ["KEY_UNANNOUNCED batch/004"]);
}

#[test]
fn the_report_says_whether_keys_in_silence_were_looked_for() {
    let mut house = rotating(&["entry", "entry"]);
    house.office.ledger = new_key();
    house.seal(600);
    house.office.ledger = TestKey::new(ORIGIN, 1);
    let trust = house.trust(rotated);
    let known = |from: u64| {
        let options = AuditOptions { from, ..AuditOptions::default() };
        let report = audit(&house.disk, Some(&trust), &options);
        (report.looked.known, codes(&report).len())
    };
    // Within the first tile everything is looked at all the same.
    let whole = (KeysKnown::Beginning, 1);
    assert_eq!([known(0), known(255), known(256)], [whole, whole, (KeysKnown::Middle, 0)]);
    // A ledger that shows no bundle, and one that is followed.
    let (mut none, options) = (House::new(), AuditOptions::default());
    none.seal(3);
    assert_eq!(audit(&none.disk, Some(&trust), &options).looked.known, KeysKnown::Never);
    let files = house.disk.files();
    let lost = with(&files, "ledger/tile/entries/001", None);
    lost.damage("ledger/tile/0/001", None);
    assert_eq!(audit(&lost, Some(&trust), &options).looked.known, KeysKnown::Lost);
    let honest = rotating(&["event", "bundle"]);
    let mut followed = Followed::new(honest.office.origin());
    for _ in 0..2 {
        let source = &honest.disk as &dyn Disk;
        let report = follow(&source, Some(&trust), &mut followed, &options, &mut (), &mut |_| ()).unwrap();
        assert_eq!((report.looked.known, codes(&report)), (KeysKnown::Beginning, vec![]));
    }
}

#[test]
fn a_status_note_is_no_head_below_which_a_key_has_to_be_announced() {
    // The new key signs the head of a batch that was staged before, and is announced in the next one, behind a status note.
    let (mut house, old, _) = begun();
    house.office.ledger = new_key();
    house.seal(2);
    let note = house.listed(1, &[], &|_| ()).encode();
    let announced = event(&house, &new_key(), KeyChange::Announced(dates()));
    house.seal_publics(&[
        (PublicKind::StatusNote, note.as_bytes()),
        (PublicKind::KeyEvent, announced.as_bytes()),
    ]);
    house.office.ledger = old;
    let trust = with_key(&house, KeyUse::Ledger, &new_key());
    assert_eq!(found(&house, &trust), Vec::<String>::new());
}

#[test]
fn a_status_key_is_announced_before_the_first_note_that_it_signs() {
    for (note_first, expected) in [(false, &[][..]), (true, &["KEY_UNANNOUNCED public/006"])] {
        let (mut house, _, status) = begun();
        let old = std::mem::replace(&mut house.office.status, status);
        let note = house.listed(1, &[], &|_| ()).encode();
        let status = &house.office.status;
        let announced = event_of(&house, KeyUse::Status, status, KeyChange::Announced(dates()));
        let mut both =
            [(PublicKind::KeyEvent, announced.as_bytes()), (PublicKind::StatusNote, note.as_bytes())];
        if note_first {
            both.reverse();
        }
        house.seal_publics(&both);
        // Heads in the next tile, which come after the note for whoever follows the entries.
        [300, 1].into_iter().for_each(|part| house.seal(part));
        let status = std::mem::replace(&mut house.office.status, old);
        let trust = with_key(&house, KeyUse::Status, &status);
        assert_eq!(found(&house, &trust), expected, "{note_first}");
    }
}

#[test]
fn the_trail_goes_on_from_audit_to_audit() {
    let house = rotating(&["event", "bundle"]);
    let trust = house.trust(rotated);
    let source = &house.disk as &dyn Disk;
    let mut followed = Followed::new(house.office.origin());
    let mut go_on = |trust: &TrustBundle| {
        let options = AuditOptions::default();
        let mut kept = followed.clone();
        let mut keep = |state: &Followed| kept = Followed::parse(state.encode().as_bytes()).unwrap();
        let report = follow(&source, Some(trust), &mut followed, &options, &mut (), &mut keep).unwrap();
        followed = kept;
        report
    };
    assert_eq!(codes(&go_on(&trust)), vec![]);
    let again = go_on(&house.trust(|_| ()));
    assert_eq!(again.newer.as_ref().map(TrustBundle::sequence), Some(2), "it is remembered");
    assert_eq!(codes(&go_on(&trust)), vec![]);
}

#[test]
fn bundles_rise_and_are_of_one_root_and_events_follow() {
    let mut house = House::new();
    let first = house.trust_file(|_| ());
    house.seal_public(PublicKind::TrustBundle, first.as_bytes());
    let trust = house.trust(|fields| fields.sequence = 9);
    // The same sequence, and of a stranger's root.
    house.seal_public(PublicKind::TrustBundle, first.as_bytes());
    let stranger = TestKey::new("office.example/ledger/root", 10);
    let text = house.trust(|fields| {
        fields.sequence = 3;
        fields.roots = vec![stranger.public.clone()];
    });
    let text = stranger.sign(Note::parse(&text.note().encode()).unwrap().text().to_owned()).encode();
    house.seal_public(PublicKind::TrustBundle, text.as_bytes());
    // Events: no text of one, of a key that nobody announced, a compromise that no bundle has.
    house.seal_public(PublicKind::KeyEvent, b"a key event");
    let bad =
        Compromised { from: Time::new(BEGIN).unwrap(), size: 1, root: house.ledger.root_at(1).unwrap() };
    let ended = event(&house, &new_key(), KeyChange::Compromised(bad.clone()));
    house.seal_public(PublicKind::KeyEvent, ended.as_bytes());
    let own = TestKey::new(ORIGIN, 1);
    let stolen = event(&house, &own, KeyChange::Compromised(bad));
    house.seal_public(PublicKind::KeyEvent, stolen.as_bytes());
    let silent = house.trust_file(|fields| fields.sequence = 4);
    house.seal_public(PublicKind::TrustBundle, silent.as_bytes());
    assert_eq!(
        found(&house, &trust),
        [
            "TRUST_CHAIN public/001#1",
            "TRUST_CHAIN public/002#2",
            "KEY_EVENT_BAD public/003#3",
            "KEY_EVENT_BAD public/004#4",
            // The last one was signed by the first root, and the one before it was the stranger's.
            "TRUST_CHAIN public/006#6",
            "KEY_EVENT_BAD public/006#6",
        ]
    );
    // Another text under the sequence of the audit's own bundle.
    let other = house.trust(|fields| {
        fields.sequence = 4;
        fields.offices[0].organisation.name = "另一个".into();
    });
    assert!(found(&house, &other).contains(&"TRUST_CHAIN public/006#6".to_owned()));
}
