//! Signed notes that do not follow the one before: of status lists, of the operators' log, trust bundles.

use verifier::entry::PublicKind;
use verifier::hash::Hash;
use verifier::log_head::LogHead;
use verifier::origin::Origin;
use verifier::status::{Status, StatusFields};
use verifier::status_index::{Indexed, StatusIndex};
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::trust::TrustFields;

use super::altered::OTHER;
use super::following::{Served, begin, go_on};
use super::house::{BEGIN, House, audit, small, told, with};
use crate::audit::AuditOptions;
use crate::ledger::testing::TestKey;

/// Another note than belongs into its place.
type Alter<'a> = &'a dyn Fn(&mut StatusFields);

fn time(seconds: u64) -> Time {
    Time::new(BEGIN + seconds).unwrap()
}

#[test]
fn a_status_note_continues_the_one_before_it() {
    let chain = &["STATUS_CHAIN public/306#306"][..];
    // A note that is none of this ledger leaves its list without one.
    let none =
        &["STATUS_NOTE_BAD public/306#306", "STATUS_NEWEST status/0.xzs", "STATUS_NOT_LOGGED status/0/3.xzs"];
    let cases: [(&str, Alter<'_>, &[&str]); 8] = [
        ("as it is", &|_| (), &[]),
        ("a number is left out", &|fields| fields.sequence = 4, chain),
        ("as many entries as before", &|fields| fields.size = 305, &[]),
        ("fewer", &|fields| fields.size = 304, chain),
        ("of the same second", &|fields| fields.issued = time(360), &[]),
        ("earlier", &|fields| fields.issued = time(359), chain),
        ("its own entry", &|fields| fields.size = 307, none),
        ("another ledger", &|fields| fields.origin = Origin::parse(OTHER).unwrap(), none),
    ];
    for (what, alter, expected) in cases {
        let mut house = small();
        house.status_as(300, &[], alter);
        assert_eq!(told(&house.report(true)), expected, "{what}");
    }
}

#[test]
fn a_number_that_is_left_out_hides_no_change() {
    let mut house = small();
    house.status_as(300, &[(7, Status::Valid)], &|fields| fields.sequence = 4);
    let expected = ["STATUS_CHAIN public/306#306", "STATUS_CHANGE status/0/4.xzs#7"];
    assert_eq!(told(&house.report(true)), expected);
}

#[test]
fn a_list_is_the_one_of_its_note() {
    let house = small();
    let files = house.disk.files();
    for (path, other) in [("status/0/1.xzs", "status/0/2.xzs"), ("status/0/2.xzs", "status/0/1.xzs")] {
        let disk = with(&files, &format!("ledger/{path}"), Some(files[&format!("ledger/{other}")].clone()));
        let report = audit(&disk, Some(&house.trust(|_| ())), &AuditOptions::default());
        assert_eq!(told(&report), [format!("STATUS_LIST_BAD {path}")]);
    }
    // A first list of another office, which says that 9 is revoked: what the second one says is not held against it.
    let mut other = House::new();
    other.seal(300);
    other.status(300, &[(9, Status::Revoked)]);
    let list = other.disk.files()["ledger/status/0/1.xzs"].clone();
    let disk = with(&files, "ledger/status/0/1.xzs", Some(list));
    let report = audit(&disk, Some(&house.trust(|_| ())), &AuditOptions::default());
    assert_eq!(told(&report), ["STATUS_LIST_BAD status/0/1.xzs"]);
}

#[test]
fn the_index_names_what_is_there() {
    let house = small();
    let named = |sequence: u64| {
        let bytes = house.disk.files()[&format!("ledger/status/0/{sequence}.xzs")].clone();
        Indexed::of(&StatusList::parse(&bytes).unwrap(), &bytes)
    };
    let index = |origin: &Origin, list| StatusIndex::new(origin.clone(), vec![list]).unwrap().encode();
    let (own, other) = (house.office.origin(), Origin::parse(OTHER).unwrap());
    for (file, is_good) in [
        (index(&own, named(2)), true),
        // Which one is the newest is not its to say.
        (index(&own, named(1)), true),
        (index(&own, Indexed { digest: named(2).digest, ..named(1) }), false),
        (index(&own, Indexed { issued: time(1), ..named(2) }), false),
        (index(&own, Indexed { sequence: 3, ..named(2) }), false),
        (index(&other, named(2)), false),
        ("{}\n".to_owned(), false),
    ] {
        let disk = with(&house.disk.files(), "ledger/status/index.json", Some(file.clone().into_bytes()));
        let expected: &[&str] = if is_good { &[] } else { &["STATUS_INDEX status/index.json"] };
        assert_eq!(told(&audit(&disk, None, &AuditOptions::default())), expected, "{file}");
    }
}

#[test]
fn heads_of_the_operators_log_go_on() {
    let head = |entries, hash, at, origin: &str| LogHead {
        origin: Origin::parse(origin).unwrap(),
        entries,
        head: Hash::from_bytes([hash; 32]),
        time: time(at),
    };
    let own = "office.example/ledger";
    let first = head(10, 1, 0, own);
    for (second, is_good) in [
        (head(11, 2, 60, own), true),
        (head(10, 1, 60, own), true),
        (head(9, 1, 60, own), false),
        (head(10, 2, 60, own), false),
        (head(11, 2, 60, OTHER), false),
    ] {
        let mut house = House::new();
        house.seal_public(PublicKind::LogHead, first.text().as_bytes());
        let mut followed = begin(&house);
        go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
        house.seal_public(PublicKind::LogHead, second.text().as_bytes());
        let expected: &[&str] = if is_good { &[] } else { &["PUBLIC_BAD public/001#1"] };
        assert_eq!(told(&house.report(true)), expected, "{second:?}");
        // So it is where the first one was met in an earlier audit.
        let (later, _) = go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
        assert_eq!(told(&later), expected, "{second:?}");
        assert_eq!(followed.audited(), 1 + u64::from(is_good));
    }
}

#[test]
fn the_first_trust_bundle_is_signed_by_its_root() {
    let mut house = House::new();
    let (text, root) = (house.trust(|_| ()), "office.example/ledger/root");
    let signed = TestKey::new(root, 10).sign(text.note().text().to_owned());
    house.seal_public(PublicKind::TrustBundle, signed.encode().as_bytes());
    assert_eq!(told(&house.report(true)), ["TRUST_CHAIN public/000#0"]);
}

#[test]
fn there_are_no_two_trust_bundles_of_one_sequence() {
    let mut house = House::new();
    let text = house.trust_file(|_| ());
    house.seal_public(PublicKind::TrustBundle, text.as_bytes());
    type Case<'a> = (&'a dyn Fn(&mut TrustFields), &'a [&'a str]);
    let two: [Case<'_>; 4] = [
        (&|_| (), &[]),
        (&|fields| fields.offices[0].organisation.name = "另一个".into(), &["TRUST_CHAIN public/000#0"]),
        (&|fields| (fields.sequence, fields.expires) = (2, time(2_000_000)), &[]),
        // Another publisher counts for himself.
        (
            &|fields| {
                fields.publisher = Origin::parse(OTHER).unwrap();
                fields.roots = vec![TestKey::new(&format!("{OTHER}/root"), 9).public];
            },
            &[],
        ),
    ];
    for (change, expected) in two {
        let report =
            audit(&house.disk, Some(&house.trust(|fields| change(fields))), &AuditOptions::default());
        assert_eq!(told(&report), expected);
    }
}
