use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

use super::record::OVERHEAD;
use super::segment::HEADER_LEN;
use super::testing::{FailingIo, Failure};
use super::*;

const OFFICE: [u8; 32] = [7; 32];

fn settings() -> Settings {
    Settings { segment_bytes: 1 << 12, ..Settings::new(OFFICE) }
}

fn created() -> TempDir {
    let dir = TempDir::new().unwrap();
    Journal::create(dir.path(), &settings()).unwrap();
    dir
}

type Seen = Vec<(u64, u8, Vec<u8>, Position)>;

fn open_with(dir: &TempDir, settings: Settings) -> Result<(Journal, OpenReport, Seen), JournalError> {
    let mut seen = Seen::new();
    let (journal, report) = Journal::open(dir.path(), settings, &mut |r| {
        seen.push((r.sequence, r.kind, r.payload.to_vec(), r.position));
    })?;
    Ok((journal, report, seen))
}

fn open(dir: &TempDir) -> (Journal, OpenReport, Seen) {
    open_with(dir, settings()).unwrap()
}

fn code<T>(result: Result<T, JournalError>) -> &'static str {
    result.err().map_or("-", |e| e.code())
}

fn payload(n: u64) -> Vec<u8> {
    (0..n % 97 * 3).map(|i| (n * 31 + i) as u8).collect()
}

fn last_segment(dir: &TempDir) -> PathBuf {
    segment::list(dir.path()).unwrap().pop().unwrap().1
}

/// A journal with these groups of records; returns the offsets of all, and of the end, in the (one) segment.
fn groups(sizes: &[u64]) -> (TempDir, Vec<u32>) {
    let dir = created();
    let (journal, ..) = open(&dir);
    let mut offsets = Vec::new();
    for size in sizes {
        for _ in 0..*size {
            offsets.push(journal.append(3, &payload(offsets.len() as u64 + 5)).unwrap().position().offset);
        }
        journal.flush().unwrap();
    }
    offsets.push(fs::metadata(last_segment(&dir)).unwrap().len() as u32);
    (dir, offsets)
}

#[test]
fn what_was_appended_is_read_again_across_segments() {
    let dir = created();
    let (journal, report, seen) = open(&dir);
    assert_eq!((report.last, report.torn, seen.len()), (0, None, 0));
    let mut written = Seen::new();
    for n in 1..=200 {
        let ticket = journal.append(n as u8, &payload(n)).unwrap();
        assert_eq!(ticket.sequence(), n);
        if n % 7 == 0 {
            journal.wait(ticket).unwrap();
        }
        written.push((n, n as u8, payload(n), ticket.position()));
    }
    let large = vec![9; 10_000];
    let ticket = journal.append_durable(1, &large).unwrap();
    written.push((201, 1, large, ticket.position()));
    assert_eq!(journal.durable(), 201);

    for (sequence, kind, payload, position) in &written {
        let record = journal.read(*position).unwrap();
        assert_eq!((record.sequence, record.kind, &record.payload), (*sequence, *kind, payload));
        assert_eq!(Position::from_bytes(position.to_bytes()), *position);
    }
    for after in [0, 1, 57, 200, 201, 500] {
        let mut sequences = Vec::new();
        journal.replay(after, &mut |r| sequences.push(r.sequence)).unwrap();
        assert_eq!(sequences, (after + 1..=201).collect::<Vec<_>>());
    }
    drop(journal);
    let (_, report, seen) = open(&dir);
    assert_eq!(seen, written);
    assert!(report.segments > 5 && report.last == 201 && report.torn.is_none());
    let mut count = 0;
    Journal::inspect(dir.path(), &OFFICE, Some(201), &mut |_| count += 1).unwrap();
    assert_eq!(count, 201);
}

#[test]
fn a_record_in_line_is_not_readable() {
    let dir = created();
    let (journal, ..) = open(&dir);
    let ticket = journal.append(1, b"x").unwrap();
    assert_eq!(code(journal.read(ticket.position())), "JOURNAL_POSITION");
    journal.flush().unwrap();
    assert_eq!(journal.read(ticket.position()).unwrap().payload, b"x");
}

#[test]
fn limits_are_refused() {
    let dir = created();
    let (journal, ..) = open(&dir);
    assert_eq!(code(journal.append(0, b"x")), "JOURNAL_KIND");
    assert_eq!(code(journal.append(1, &vec![0; PAYLOAD_MAX + 1])), "JOURNAL_TOO_LARGE");
    assert_eq!(code(Journal::create(dir.path(), &settings())), "JOURNAL_DAMAGED");
    let empty = TempDir::new().unwrap();
    assert_eq!(code(open_with(&empty, settings())), "JOURNAL_MISSING");
}

#[test]
fn one_flush_serves_all_that_wait() {
    let io = Arc::new(FailingIo::sound());
    let dir = created();
    let (journal, ..) = open_with(&dir, Settings { io: io.clone(), ..Settings::new(OFFICE) }).unwrap();
    let before = io.done();
    let tickets: Vec<_> = (0..50).map(|n| journal.append(1, &payload(n)).unwrap()).collect();
    for ticket in tickets.into_iter().rev() {
        journal.wait(ticket).unwrap();
    }
    assert_eq!(io.done() - before, 2, "one write and one flush");
}

#[test]
fn threads_share_the_journal() {
    let dir = created();
    let (journal, ..) = open(&dir);
    let acknowledged = Mutex::new(Seen::new());
    std::thread::scope(|scope| {
        for thread in 0..16 {
            let (journal, acknowledged) = (&journal, &acknowledged);
            scope.spawn(move || {
                for n in 0..25 {
                    let payload = payload(thread * 100 + n);
                    let ticket = journal.append_durable(1, &payload).unwrap();
                    acknowledged.lock().unwrap().push((ticket.sequence(), 1, payload, ticket.position()));
                }
            });
        }
    });
    let mut acknowledged = acknowledged.into_inner().unwrap();
    acknowledged.sort();
    drop(journal);
    assert_eq!(open(&dir).2, acknowledged);
}

#[test]
fn the_hook_runs_before_a_group_is_written() {
    let dir = created();
    let (mut journal, ..) = open(&dir);
    let runs = Arc::new(AtomicUsize::new(0));
    let (inside, path) = (Arc::clone(&runs), last_segment(&dir));
    journal.before_write(Box::new(move || {
        assert_eq!(fs::metadata(&path).unwrap().len(), HEADER_LEN as u64);
        match inside.fetch_add(1, Ordering::SeqCst) {
            0 => Err(std::io::Error::other("no")),
            _ => Ok(()),
        }
    }));
    assert_eq!(code(journal.append_durable(1, b"x")), "JOURNAL_FAILED");
    assert_eq!(runs.load(Ordering::SeqCst), 1);
    assert_eq!(code(journal.append(1, b"x")), "JOURNAL_FAILED");
    drop(journal);
    assert_eq!(open(&dir).1.last, 0);
}

#[test]
fn a_panic_while_writing_fails_the_journal_and_wakes_all() {
    let dir = created();
    let (mut journal, ..) = open(&dir);
    journal.before_write(Box::new(|| panic!("on purpose")));
    let ticket = journal.append(1, b"x").unwrap();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| journal.wait(ticket)));
    assert!(outcome.is_err());
    assert_eq!(code(journal.wait(ticket)), "JOURNAL_FAILED");
}

#[test]
fn a_tail_cut_anywhere_is_set_aside() {
    let (dir, offsets) = groups(&[2, 1]);
    let path = last_segment(&dir);
    let whole = fs::read(&path).unwrap();
    let last = offsets[2] as usize;
    for cut in last + 1..whole.len() {
        fs::write(&path, &whole[..cut]).unwrap();
        let untouched = Journal::inspect(dir.path(), &OFFICE, None, &mut |_| ()).unwrap().torn.unwrap();
        assert_eq!((untouched.sequence, untouched.kept), (3, None));
        assert_eq!(fs::read(&path).unwrap(), &whole[..cut]);

        let (journal, report, seen) = open(&dir);
        let torn = report.torn.unwrap();
        assert_eq!((torn.sequence, torn.bytes, seen.len()), (3, (cut - last) as u64, 2));
        assert_eq!(fs::read(torn.kept.unwrap()).unwrap(), &whole[last..cut]);
        journal.append_durable(4, b"goes on").unwrap();
        drop(journal);
        let (_, report, seen) = open(&dir);
        assert_eq!((report.torn, seen.len()), (None, 3));
        assert_eq!(seen[2].2, b"goes on");
    }
}

#[test]
fn zeros_to_the_end_are_a_torn_tail() {
    let (dir, _) = groups(&[2, 1]);
    let path = last_segment(&dir);
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(&[0; 5000]);
    fs::write(&path, &bytes).unwrap();
    let (_, report, seen) = open(&dir);
    let torn = report.torn.unwrap();
    assert_eq!((torn.reason, torn.bytes, seen.len()), (TornReason::Zero, 5000, 3));
}

#[test]
fn every_flipped_bit_is_found() {
    let (dir, offsets) = groups(&[1, 1, 2, 1]);
    let path = last_segment(&dir);
    let whole = fs::read(&path).unwrap();
    let last = offsets[4] as usize;
    for bit in 0..whole.len() * 8 {
        let mut bytes = whole.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        fs::write(&path, &bytes).unwrap();
        let known = settings().known_durable(Some(5));
        let told = code(open_with(&dir, known));
        // A header of another office is sound only if its own check is.
        assert_eq!(told, "JOURNAL_DAMAGED", "bit {bit}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "bit {bit}");

        if bit / 8 < last {
            assert_eq!(code(open_with(&dir, settings())), "JOURNAL_DAMAGED", "bit {bit}");
            assert_eq!(fs::read(&path).unwrap(), bytes);
        } else {
            // Nothing can tell this from a crash; the bytes are kept.
            let torn = open(&dir).1.torn.unwrap();
            assert_eq!(fs::read(torn.kept.unwrap()).unwrap(), &bytes[last..]);
        }
    }
}

#[test]
fn a_hole_in_the_last_group_is_a_torn_tail_and_before_it_is_damage() {
    for (sizes, torn) in [([1, 1, 3], true), ([1, 3, 1], false)] {
        let (dir, offsets) = groups(&sizes);
        let path = last_segment(&dir);
        let mut bytes = fs::read(&path).unwrap();
        bytes[offsets[2] as usize..offsets[3] as usize].fill(0);
        fs::write(&path, &bytes).unwrap();
        match open_with(&dir, settings()) {
            Ok((_, report, seen)) => {
                assert_eq!((torn, report.torn.unwrap().sequence, seen.len()), (true, 3, 2))
            }
            Err(e) => assert_eq!((torn, e.code()), (false, "JOURNAL_DAMAGED")),
        }
    }
}

#[test]
fn missing_or_foreign_segments_are_found() {
    let dir = created();
    let (journal, ..) = open(&dir);
    for n in 0..300 {
        journal.append_durable(1, &payload(n)).unwrap();
    }
    drop(journal);
    assert_eq!(code(open_with(&dir, settings().known_durable(Some(301)))), "JOURNAL_BEHIND");
    assert_eq!(code(open_with(&dir, settings().known_durable(Some(300)))), "-");
    assert_eq!(code(open_with(&dir, Settings::new([8; 32]))), "JOURNAL_OTHER_OFFICE");

    let segments = segment::list(dir.path()).unwrap();
    for (_, path) in &segments[..segments.len() - 1] {
        let aside = dir.path().join("aside");
        fs::rename(path, &aside).unwrap();
        assert_eq!(code(open_with(&dir, settings())), "JOURNAL_DAMAGED");
        fs::rename(&aside, path).unwrap();
        // A cut is damage where it is not in the last segment.
        let whole = fs::read(path).unwrap();
        fs::write(path, &whole[..whole.len() - 1]).unwrap();
        assert_eq!(code(open_with(&dir, settings())), "JOURNAL_DAMAGED");
        fs::write(path, &whole).unwrap();
    }
    fs::remove_file(&segments.last().unwrap().1).unwrap();
    assert_eq!(code(open_with(&dir, settings().known_durable(Some(300)))), "JOURNAL_BEHIND");
    fs::write(dir.path().join("segment-12"), b"").unwrap();
    assert_eq!(code(open_with(&dir, settings())), "JOURNAL_DAMAGED");
}

/// Every operation fails in every way; whatever was acknowledged is there afterwards, and the failed journal says so.
#[test]
fn an_acknowledged_record_survives_every_failure() {
    for failure in [Failure::Nothing, Failure::Half, Failure::Persisted, Failure::Lost] {
        for step in 0.. {
            let dir = created();
            let io = Arc::new(FailingIo::sound());
            let small = Settings { io: io.clone(), segment_bytes: 600, ..Settings::new(OFFICE) };
            let (journal, ..) = open_with(&dir, small).unwrap();
            io.fail_after(step, failure);
            let (mut acknowledged, mut failed) = (Vec::new(), false);
            for group in 0..8u64 {
                let tickets: Vec<_> =
                    (0..3).filter_map(|n| journal.append(1, &payload(group * 3 + n)).ok()).collect();
                for (n, ticket) in tickets.into_iter().enumerate() {
                    match journal.wait(ticket) {
                        Ok(()) => acknowledged.push((ticket, payload(group * 3 + n as u64))),
                        Err(e) => {
                            assert_eq!(e.code(), "JOURNAL_FAILED");
                            failed = true;
                        }
                    }
                }
                if failed {
                    assert_eq!(code(journal.append(1, b"")), "JOURNAL_FAILED");
                    assert_eq!(code(journal.flush()), "JOURNAL_FAILED");
                    assert_eq!(code(journal.replay(0, &mut |_| ())), "JOURNAL_FAILED");
                }
            }
            drop(journal);
            let known = acknowledged.len() as u64;
            let (journal, ..) = open_with(&dir, settings().known_durable(Some(known))).unwrap();
            for (ticket, payload) in &acknowledged {
                assert_eq!(&journal.read(ticket.position()).unwrap().payload, payload);
            }
            journal.append_durable(1, b"goes on").unwrap();
            drop(journal);
            assert_eq!(open(&dir).1.torn, None);
            if !failed {
                assert!(step > 10, "the failures were reached");
                break;
            }
        }
    }
}

/// Opening writes too; where that fails nothing is lost, and the next opening succeeds.
#[test]
fn a_failure_while_opening_loses_nothing() {
    for failure in [Failure::Nothing, Failure::Half, Failure::Persisted] {
        for step in 0..5 {
            let (dir, _) = groups(&[2, 2]);
            let path = last_segment(&dir);
            let whole = fs::read(&path).unwrap();
            fs::write(&path, &whole[..whole.len() - OVERHEAD - 1]).unwrap();
            let io = Arc::new(FailingIo::sound());
            io.fail_after(step, failure);
            let outcome = open_with(&dir, Settings { io, ..settings() });
            assert_eq!(outcome.is_ok(), step == 4, "create, cut, write, flush");
            drop(outcome);
            assert_eq!(open(&dir).2.len(), 3);
        }
    }
}

proptest::proptest! {
    #[test]
    fn any_cut_leaves_a_prefix(sizes in proptest::collection::vec(1u64..4, 1..6), at in 0usize..4000) {
        let (dir, offsets) = groups(&sizes);
        let path = last_segment(&dir);
        let whole = fs::read(&path).unwrap();
        let cut = HEADER_LEN + at % (whole.len() - HEADER_LEN + 1);
        fs::write(&path, &whole[..cut]).unwrap();
        let (_, report, seen) = open(&dir);
        let kept = offsets.iter().skip(1).filter(|end| **end as usize <= cut).count();
        proptest::prop_assert_eq!((report.last, seen.len()), (kept as u64, kept));
        proptest::prop_assert_eq!(report.torn.is_some(), offsets.iter().all(|end| *end as usize != cut));
    }
}
