use super::*;
use crate::hash::empty_root;
use crate::key::KeyName;
use crate::registry::DocumentKind;
use crate::trust::{Office, OfficeKey, Organisation};
use alloc::string::ToString;
use alloc::vec;
use proptest::prelude::*;

fn time(seconds: u64) -> Time {
    Time::new(seconds).unwrap()
}

fn origin() -> Origin {
    Origin::parse("a.cn/ledger").unwrap()
}

/// The `n`-th key of a use: multiples of the base point would do as well; these are points of RFC 8032's tests.
fn key(usage: KeyUse, n: usize) -> VerifierKey {
    let public = [
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    ][n];
    let byte = |place: usize| u8::from_str_radix(&public[2 * place..2 * place + 2], 16).unwrap();
    let name = KeyName::parse(&usage.key_name(&origin())).unwrap();
    VerifierKey::new(name, KeyKind::Note, &core::array::from_fn(byte)).unwrap()
}

fn dates(sign_from: u64, sign_until: u64, verify_until: u64) -> KeyDates {
    KeyDates { sign_from: time(sign_from), sign_until: time(sign_until), verify_until: time(verify_until) }
}

fn bad(from: u64, size: u64) -> KeyChange {
    let root = if size == 0 { empty_root() } else { Hash::from_bytes([7; 32]) };
    KeyChange::Compromised(Compromised { from: time(from), size, root })
}

fn event(n: usize, change: KeyChange, at: u64) -> KeyEvent {
    KeyEvent::new(origin(), KeyUse::Batch, key(KeyUse::Batch, n), change, time(at)).unwrap()
}

fn office(keys: Vec<OfficeKey>) -> Office {
    Office {
        origin: origin(),
        organisation: Organisation { token: "a.cn".to_string(), name: "a".to_string() },
        kinds: DocumentKind::ALL.to_vec(),
        status_url: None,
        keys,
    }
}

use alloc::vec::Vec;

fn founded() -> OfficeKey {
    OfficeKey {
        usage: KeyUse::Batch,
        key: key(KeyUse::Batch, 0),
        sign_from: time(100),
        sign_until: time(1000),
        verify_until: time(5000),
        compromised: None,
    }
}

#[test]
fn what_is_no_key_event() {
    let announced = event(1, KeyChange::Announced(dates(500, 2000, 6000)), 400).text();
    let compromised = event(1, bad(300, 7), 400).text();
    for good in [&announced, &compromised] {
        assert_eq!(KeyEvent::from_text(good).unwrap().text(), *good);
    }
    for (text, from, to) in [
        (&announced, "/key-event", "/key-events"),
        (&announced, "announced", "retired"),
        (&announced, " batch ", " root "),
        (&announced, " batch ", " ledger "),
        (&announced, " batch ", "  batch "),
        (&announced, "sign-from 500", "sign-from 2000"),
        (&announced, "sign-from 500", "sign-from 0500"),
        (&announced, "sign-until 2000", "sign-until 6001"),
        (&announced, "verify-until", "from"),
        (&announced, "time 400\n", "time 400"),
        (&announced, "time 400\n", "time 400\n\n"),
        (&compromised, "from 300", "from 401"),
        (&compromised, "size 7", "size 0"),
        (&compromised, "size 7", "size 07"),
        (&compromised, "compromised", "ended"),
        (&compromised, "root Bw", "root Cw"),
    ] {
        assert!(text.contains(from), "{from}");
        let other = KeyEvent::from_text(&text.replacen(from, to, 1));
        // Another root is another event, and the only one of these.
        assert_eq!(other.is_ok(), to == "root Cw", "{to}");
    }
}

#[test]
fn a_rotation() {
    let mut history = KeyHistory::begin(&office(vec![founded()]));
    history.apply(&event(1, KeyChange::Announced(dates(500, 2000, 6000)), 400)).unwrap();
    history.apply(&event(0, KeyChange::Ended(dates(100, 700, 5000)), 400)).unwrap();
    let [old, new] = history.keys() else { panic!() };
    assert_eq!((old.sign_until, new.sign_from), (time(700), time(500)));
    let bundle = office(history.keys().to_vec());
    history.agrees(&bundle, time(400)).unwrap();
    // Not announced, other dates, left out.
    for wrong in [
        office(vec![founded(), new.clone()]),
        office(vec![new.clone()]),
        office([&bundle.keys[..], &[OfficeKey { key: key(KeyUse::Batch, 2), ..founded() }]].concat()),
    ] {
        assert!(history.agrees(&wrong, time(400)).is_err());
    }
    // Nobody relies on the old one any more.
    history.agrees(&office(vec![new.clone()]), time(5001)).unwrap();
    assert!(history.agrees(&office(vec![new.clone()]), time(5000)).is_err());
}

#[test]
fn what_may_not_follow() {
    let begin = || KeyHistory::begin(&office(vec![founded()]));
    for (what, first, then) in [
        ("never announced", None, event(1, KeyChange::Ended(dates(100, 700, 5000)), 400)),
        ("never announced", None, event(1, bad(300, 0), 400)),
        ("the same dates", None, event(0, KeyChange::Ended(dates(100, 1000, 5000)), 400)),
        ("a later end is no end", None, event(0, KeyChange::Ended(dates(100, 1001, 5000)), 400)),
        ("announced twice", None, event(0, KeyChange::Announced(dates(100, 1000, 5000)), 400)),
        ("another beginning", None, event(0, KeyChange::Ended(dates(101, 700, 5000)), 400)),
        ("ended in the past", None, event(0, KeyChange::Ended(dates(100, 399, 5000)), 400)),
        (
            "earlier than the one before",
            Some(event(0, KeyChange::Ended(dates(100, 700, 5000)), 400)),
            event(0, KeyChange::Ended(dates(100, 600, 5000)), 399),
        ),
        (
            "good again after a compromise",
            Some(event(0, bad(300, 7), 400)),
            event(0, KeyChange::Announced(dates(100, 2000, 5000)), 400),
        ),
        ("a later compromise", Some(event(0, bad(300, 7), 400)), event(0, bad(301, 7), 400)),
        ("a larger good ledger", Some(event(0, bad(300, 7), 400)), event(0, bad(300, 8), 400)),
        ("nothing new", Some(event(0, bad(300, 7), 400)), event(0, bad(300, 7), 400)),
    ] {
        let mut history = begin();
        if let Some(first) = first {
            history.apply(&first).unwrap();
        }
        let before = history.clone();
        assert!(history.apply(&then).is_err(), "{what}");
        assert_eq!(history, before, "{what}");
    }
    let mut history = begin();
    history.apply(&event(0, bad(300, 7), 400)).unwrap();
    history.apply(&event(0, bad(200, 3), 500)).unwrap();
    let mut history = begin();
    history.apply(&event(0, KeyChange::Announced(dates(100, 1200, 5000)), 400)).unwrap();
}

proptest! {
    #[test]
    fn text_is_the_one_encoding(
        kind in 0..3u8, usage in 0..4usize, n in 0..3usize, from in 0..1u64 << 32, more in 1..1u64 << 32,
        size in 1u64.., root: [u8; 32],
    ) {
        let usage = KeyUse::ALL[usage];
        let dates = dates(from, from + more, from + 2 * more);
        let change = match kind {
            0 => KeyChange::Announced(dates),
            1 => KeyChange::Ended(dates),
            _ => KeyChange::Compromised(Compromised { from: time(from), size, root: Hash::from_bytes(root) }),
        };
        let event = KeyEvent::new(origin(), usage, key(usage, n), change, time(from)).unwrap();
        prop_assert_eq!(KeyEvent::from_text(&event.text()), Ok(event));
    }
}
