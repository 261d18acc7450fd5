//! The chain shows every change; pages are read backwards.

use proptest::prelude::*;

use super::*;
use crate::office::SystemClock;
use crate::people::{AccountId, Role};

const OFFICE: [u8; 32] = [7; 32];

fn open(dir: &Path) -> Result<OperatorLog, Refusal> {
    OperatorLog::open(dir, OFFICE, Arc::new(SystemClock), &mut Vec::new())
}

fn clerk() -> Actor {
    Actor::Account(AccountId::parse("A00017").unwrap(), Role::Window)
}

#[test]
fn entries_come_back_newest_first_and_the_head_stays() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path()).unwrap();
    for n in 0..450 {
        let action = if n % 3 == 0 { Action::Verified } else { Action::SignedIn };
        log.append(&clerk(), action, &format!("2026-{n}"), Outcome::Done).unwrap();
    }
    let head = log.head();
    assert_eq!((head.size, log.verify().unwrap()), (450, head.clone()));
    drop(log);
    let log = open(dir.path()).unwrap();
    assert_eq!(log.head(), head);

    let page = log.page(None, 1000, &Filter::default()).unwrap();
    assert_eq!((page.entries.len(), page.entries[0].number(), page.next), (PAGE_MAX, 450, Some(251)));
    let verified = Filter { action: Some(Action::Verified), ..Filter::default() };
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = log.page(before, 40, &verified).unwrap();
        seen.extend(page.entries.iter().map(Entry::number));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=450).rev().filter(|n| n % 3 == 1).collect::<Vec<u64>>());
    let never = Filter { until: Some(Time::new(1).unwrap()), ..Filter::default() };
    assert!(log.page(None, 10, &never).unwrap().entries.is_empty());
    assert!(log.page(Some(0), 10, &Filter::default()).unwrap().entries.is_empty());
    assert_eq!(log.page(Some(u64::MAX), 1, &Filter::default()).unwrap().entries[0].number(), 450);
}

#[test]
fn only_numbers_are_objects() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path()).unwrap();
    for bad in ["王芳", "a b", "a\nb", "<b>", &"9".repeat(OBJECT_MAX + 1)] {
        let refused = log.append(&clerk(), Action::Verified, bad, Outcome::Done).unwrap_err();
        assert_eq!(refused.code(), RefusalCode::LogObject);
        assert!(!refused.to_string().contains(bad));
    }
    assert_eq!(log.head().size, 0);
    log.append(&Actor::Nobody, Action::SignedIn, "", Outcome::Refused(RefusalCode::SignInRefused)).unwrap();
    let entry = log.page(None, 1, &Filter::default()).unwrap().entries.remove(0);
    assert_eq!(
        (entry.actor(), entry.outcome().as_text().as_str()),
        (Actor::Nobody, "refused:SIGN_IN_REFUSED")
    );
}

#[test]
fn entries_of_many_threads_make_one_chain() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path()).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                (0..25).for_each(|_| drop(log.append(&clerk(), Action::Verified, "", Outcome::Done)))
            });
        }
    });
    assert_eq!((log.head().size, log.verify().unwrap()), (200, log.head()));
}

#[test]
fn a_log_of_another_office_is_refused_and_an_altered_file_too() {
    let dir = tempfile::tempdir().unwrap();
    let log = open(dir.path()).unwrap();
    for _ in 0..5 {
        log.append(&clerk(), Action::Verified, "1", Outcome::Done).unwrap();
    }
    drop(log);
    assert_eq!(inspect(dir.path(), &OFFICE, &[]), Ok(5));
    let other = OperatorLog::open(dir.path(), [8; 32], Arc::new(SystemClock), &mut Vec::new());
    assert!(other.is_err());
    let path = dir.path().join(FOLDER).join("segment-00000000000000000001");
    let mut bytes = std::fs::read(&path).unwrap();
    let place = bytes.windows(6).position(|part| part == b"A00017").unwrap();
    bytes[place + 5] = b'8';
    std::fs::write(&path, bytes).unwrap();
    assert!(inspect(dir.path(), &OFFICE, &[]).is_err() && open(dir.path()).is_err());
}

/// Somebody who can write the file and knows the journal's checksums, but not how to make a chain begin elsewhere: the
/// records as they are, in another order, with some changed or left out.
fn chained(entries: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut chain = first(&OFFICE);
    let link = |entry: &Vec<u8>| {
        chain = next(&chain, entry);
        [chain.as_bytes(), &entry[..]].concat()
    };
    entries.iter().map(link).collect()
}

fn follows(records: &[Vec<u8>]) -> Option<Hash> {
    let mut chain = first(&OFFICE);
    for (n, record) in records.iter().enumerate() {
        chain = follow(&chain, n as u64 + 1, KIND, record).ok()?.0;
    }
    Some(chain)
}

proptest! {
    #[test]
    fn a_changed_dropped_or_moved_entry_shows(
        length in 2_usize..20, at in 0_usize..1000, to in 0_usize..1000, byte in 0_usize..1000, bit in 0_u8..8, how in 0_u8..4,
    ) {
        let entry = |n: usize| {
            let at = Time::new(1_795_000_000 + n as u64).unwrap();
            Entry::new(n as u64 + 1, at, &clerk(), Action::Verified, &n.to_string(), Outcome::Done).unwrap().to_bytes()
        };
        let sound = chained(&(0..length).map(entry).collect::<Vec<_>>());
        let head = follows(&sound).unwrap();
        let mut bad = sound.clone();
        let (at, to) = (at % length, to % length);
        match how {
            0 => {
                let byte = byte % bad[at].len();
                bad[at][byte] ^= 1 << bit;
            }
            1 => drop(bad.remove(at)),
            2 => bad.swap(at, to),
            _ => bad.insert(at, sound[to].clone()),
        }
        // What is cut off at the end alone follows, and gives another head.
        prop_assert!(bad == sound || follows(&bad) != Some(head));
        prop_assert!(bad == sound || follows(&bad).is_none() || bad == sound[..length - 1]);
    }
}
