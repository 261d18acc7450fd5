use std::collections::BTreeMap;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::journal::{Journal, Settings};

const IDENTITY: Identity = Identity { office: [3; 32], version: 1 };

fn code<T>(result: Result<T, IndexError>) -> &'static str {
    result.err().map_or("-", |e| e.code())
}

fn rows(index: &dyn Index) -> Vec<Row> {
    index.scan_prefix(b"", None, SCAN_MAX).unwrap()
}

fn put(key: &[u8], value: &[u8]) -> Change {
    (key.to_vec(), Some(value.to_vec()))
}

/// What every engine does.
fn contract(index: &dyn Index) {
    assert_eq!(index.upto(), 0);
    assert_eq!(rows(index), []);
    index.apply(vec![put(b"a/1", b"x"), put(b"a/2", b"y"), put(b"b", b"z"), put(b"a/3", b"")], 4).unwrap();
    assert_eq!(index.get(b"a/2").unwrap().unwrap(), b"y");
    assert_eq!(index.get(b"a/3").unwrap().unwrap(), b"");
    assert_eq!(index.get(b"a").unwrap(), None);
    assert_eq!(index.get(b"\0").ok().flatten().is_some(), index.get(b"\0").unwrap().is_some());

    let keys =
        |rows: Vec<Row>| rows.into_iter().map(|(key, _)| String::from_utf8(key).unwrap()).collect::<Vec<_>>();
    let scan =
        |prefix: &[u8], after: Option<&[u8]>, limit| keys(index.scan_prefix(prefix, after, limit).unwrap());
    assert_eq!(scan(b"a/", None, 10), ["a/1", "a/2", "a/3"]);
    assert_eq!(scan(b"a/", None, 2), ["a/1", "a/2"]);
    assert_eq!(scan(b"a/", Some(b"a/1"), 10), ["a/2", "a/3"]);
    assert_eq!(scan(b"a/", Some(b"a/25"), 10), ["a/3"]);
    assert_eq!(scan(b"a/", Some(b"A"), 10), ["a/1", "a/2", "a/3"]);
    assert_eq!(scan(b"a/", Some(b"b"), 10), [""; 0]);
    assert_eq!(scan(b"", None, 10), ["a/1", "a/2", "a/3", "b"]);
    assert_eq!(scan(b"c", None, 10), [""; 0]);

    // The last change of a key holds, whichever kinds they are.
    index.apply(vec![put(b"b", b"1"), put(b"b", b"2"), (b"a/1".to_vec(), None)], 5).unwrap();
    index
        .apply(vec![(b"c".to_vec(), None), put(b"c", b"3"), put(b"d", b"4"), (b"d".to_vec(), None)], 5)
        .unwrap();
    assert_eq!(index.get(b"b").unwrap().unwrap(), b"2");
    assert_eq!(scan(b"", None, 10), ["a/2", "a/3", "b", "c"]);

    assert_eq!(code(index.apply(vec![put(b"e", b"")], 4)), "INDEX_MISUSE");
    for key in [&b""[..], b"\0", b"\0x", &[1; KEY_MAX + 1]] {
        assert_eq!(code(index.apply(vec![put(b"e", b""), put(key, b"")], 6)), "INDEX_MISUSE");
    }
    assert_eq!(code(index.apply(vec![put(b"e", &[0; VALUE_MAX + 1])], 6)), "INDEX_MISUSE");
    assert_eq!((index.get(b"e").unwrap(), index.upto()), (None, 5));
    index.apply(vec![put(&[1; KEY_MAX], &[0; VALUE_MAX])], 6).unwrap();
    index.flush().unwrap();
    assert_eq!(index.upto(), 6);
}

#[test]
fn memory_keeps_the_contract() {
    let index = MemoryIndex::new();
    contract(&index);
    index.damage();
    assert_eq!(code(index.get(b"b")), "INDEX_DAMAGED");
    assert_eq!(code(index.apply(vec![], 9)), "INDEX_DAMAGED");
}

#[test]
fn sled_keeps_the_contract_and_what_it_was_given() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("index");
    let (index, opened) = open(&path, IDENTITY).unwrap();
    assert_eq!(opened, Opened::Fresh);
    contract(&index);
    assert_eq!(code(open(&path, IDENTITY)), "INDEX_BUSY", "not set aside");
    let before = rows(&index);
    drop(index);
    let (index, opened) = open(&path, IDENTITY).unwrap();
    assert_eq!((opened, index.upto(), rows(&index)), (Opened::Ready, 6, before));
}

#[test]
fn another_offices_or_versions_index_is_set_aside() {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("index");
    drop(open(&path, IDENTITY).unwrap());
    for (n, other) in [Identity { office: [4; 32], ..IDENTITY }, Identity { version: 2, ..IDENTITY }]
        .into_iter()
        .enumerate()
    {
        drop(open(&path, IDENTITY).unwrap());
        let (index, opened) = open(&path, other).unwrap();
        let Opened::SetAside { to, .. } = opened else { panic!("{opened:?}") };
        assert_eq!(to, dir.path().join(format!("index.damaged-{}", 2 * n + 1)));
        assert!(to.is_dir());
        assert_eq!((index.upto(), rows(&index).len()), (0, 0));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn sled_does_what_a_map_does(
        batches in proptest::collection::vec(
            proptest::collection::vec((1u8..6, 0u8..9, proptest::option::of(0usize..300)), 0..12),
            1..24,
        ),
        reopen in 0usize..24,
    ) {
        let dir = TempDir::new().unwrap();
        let (mut index, _) = open(&dir.path().join("index"), IDENTITY).unwrap();
        let model = MemoryIndex::new();
        for (n, batch) in batches.iter().enumerate() {
            let changes: Vec<Change> =
                batch.iter().map(|(a, b, v)| (vec![*a, *b], v.map(|length| vec![*b; length]))).collect();
            index.apply(changes.clone(), n as u64).unwrap();
            model.apply(changes, n as u64).unwrap();
            if n == reopen {
                drop(index);
                index = open(&dir.path().join("index"), IDENTITY).unwrap().0;
            }
        }
        prop_assert_eq!(index.upto(), model.upto());
        prop_assert_eq!(rows(&index), rows(&model));
        for prefix in 0..6 {
            let scan = |index: &dyn Index| index.scan_prefix(&[prefix], Some(&[prefix, 4]), 3).unwrap();
            prop_assert_eq!(scan(&index), scan(&model));
        }
    }
}

/// An office in small: records of the journal that set keys, and an index over them.
struct Small {
    dir: TempDir,
    journal: Journal,
    expected: BTreeMap<Vec<u8>, Vec<u8>>,
}

const RECORDS: u64 = 3000;

impl Small {
    fn new() -> Small {
        let dir = TempDir::new().unwrap();
        let journal_dir = dir.path().join("journal");
        Journal::create(&journal_dir, &Settings::new([3; 32])).unwrap();
        let (journal, _) = Journal::open(&journal_dir, Settings::new([3; 32]), &mut |_| ()).unwrap();
        let mut expected = BTreeMap::new();
        for n in 0..RECORDS {
            // Keys come back, so that old values lie in the files too.
            let (key, value) = ((n % 1700).to_be_bytes(), vec![n as u8; 100 + n as usize % 300]);
            let payload = [&[1], &key[..], &value].concat();
            let _ = journal.append(1, &payload).unwrap();
            expected.insert([&[1], &key[..]].concat(), value);
        }
        journal.flush().unwrap();
        Small { dir, journal, expected }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("index")
    }

    /// Opens, catches up with the journal and reads everything; once more where that finds damage.
    fn open(&self) -> (SledIndex, Opened) {
        let (index, opened) = open(&self.path(), IDENTITY).unwrap();
        let found = self.catch_up(&index, RECORDS).and_then(|()| index.check_all());
        match found {
            Ok(_) => (index, opened),
            Err(e) => {
                assert_eq!(e.code(), "INDEX_DAMAGED");
                assert_eq!(code(index.get(b"x")), "INDEX_DAMAGED", "and stays so");
                drop(index);
                let (index, opened) = open(&self.path(), IDENTITY).unwrap();
                assert!(matches!(opened, Opened::SetAside { .. }));
                self.catch_up(&index, RECORDS).unwrap();
                (index, opened)
            }
        }
    }

    fn catch_up(&self, index: &dyn Index, to: u64) -> Result<(), IndexError> {
        let mut outcome = Ok(());
        let mut waiting = Vec::new();
        let end = self.journal.replay(index.upto(), &mut |r| {
            let (key, value) = r.payload.split_at(9);
            if r.sequence <= to {
                waiting.push(put(key, value));
            }
            if waiting.len() == 50 && outcome.is_ok() {
                outcome = index.apply(std::mem::take(&mut waiting), r.sequence);
            }
        });
        outcome?;
        index.apply(waiting, to.min(end.unwrap()))
    }

    fn check(&self, index: &dyn Index) {
        let rows = rows(index);
        assert_eq!(rows.len(), self.expected.len());
        assert!(rows.into_iter().eq(self.expected.clone()));
    }
}

/// The file of this name in the folder, or that begins with it.
fn file(dir: &Path, name: &str) -> PathBuf {
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().rfind(|path| path.file_name().unwrap().to_str().unwrap().starts_with(name)).unwrap()
}

fn cut(path: &Path, bytes: u64) {
    let length = fs::metadata(path).unwrap().len();
    fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length.saturating_sub(bytes)).unwrap();
}

#[test]
fn an_index_behind_the_journal_catches_up() {
    let small = Small::new();
    let (index, _) = open(&small.path(), IDENTITY).unwrap();
    small.catch_up(&index, RECORDS / 2).unwrap();
    assert_eq!(index.upto(), RECORDS / 2);
    drop(index);
    let (index, opened) = small.open();
    assert_eq!(opened, Opened::Ready);
    small.check(&index);
}

#[test]
fn a_damaged_index_is_made_again() {
    type Damage = (&'static str, fn(&Path));
    let damages: [Damage; 10] = [
        ("nothing", |_| ()),
        ("no folder", |dir| fs::remove_dir_all(dir).unwrap()),
        ("snapshot gone", |dir| fs::remove_file(file(dir, "snap.")).unwrap()),
        ("snapshot cut", |dir| cut(&file(dir, "snap."), 20)),
        ("tail cut", |dir| cut(&file(dir, "db"), 300_000)),
        ("tail cut and snapshot gone", |dir| {
            cut(&file(dir, "db"), 300_000);
            fs::remove_file(file(dir, "snap.")).unwrap();
        }),
        ("garbage snapshot", |dir| {
            fs::write(dir.join("snap.FFFFFFFFFFFFFF00.generating"), b"garbage").unwrap()
        }),
        ("garbage for all", |dir| {
            for name in ["db", "snap.", "conf"] {
                fs::write(file(dir, name), [0x5a; 5000]).unwrap();
            }
        }),
        ("a file in its place", |dir| {
            fs::remove_dir_all(dir).unwrap();
            fs::write(dir, b"garbage").unwrap();
        }),
        ("zeros in the middle", |dir| {
            let path = file(dir, "db");
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 3;
            bytes[middle..middle + 100_000].fill(0);
            fs::write(&path, bytes).unwrap();
        }),
    ];
    let small = Small::new();
    let mut set_aside = Vec::new();
    for (name, damage) in damages {
        drop(small.open());
        damage(&small.path());
        let (index, opened) = small.open();
        if let Opened::SetAside { to, .. } = &opened {
            assert!(to.exists(), "{name}");
            set_aside.push(name);
        }
        small.check(&index);
    }
    // Of the others sled sometimes makes an older state, which catches up.
    for name in ["snapshot cut", "garbage for all", "a file in its place"] {
        assert!(set_aside.contains(&name), "{name} was not noticed");
    }
}

/// sled itself does not notice all of this.
#[test]
fn old_lost_and_foreign_rows_are_noticed() {
    type Change = (&'static str, fn(&sled::Db));
    let changes: [Change; 4] = [
        ("an old value", |db| {
            let old = db.get([1, 0, 0, 0, 0, 0, 0, 0, 8]).unwrap().unwrap();
            db.insert([1, 0, 0, 0, 0, 0, 0, 0, 7], old).unwrap();
        }),
        ("a lost row", |db| {
            db.remove([1, 0, 0, 0, 0, 0, 0, 0, 7]).unwrap();
        }),
        ("a foreign row", |db| {
            let key = b"x";
            db.insert(key, [&crc32fast::hash(key).to_be_bytes()[..], b""].concat()).unwrap();
        }),
        ("a lost tally", |db| {
            db.remove(b"\0").unwrap();
        }),
    ];
    let small = Small::new();
    for (name, change) in changes {
        drop(small.open());
        let db = loop {
            match sled::open(small.path()) {
                Ok(db) => break db,
                Err(e) => assert!(e.to_string().contains("lock"), "{e}"),
            }
        };
        change(&db);
        db.flush().unwrap();
        drop(db);
        let (index, opened) = small.open();
        assert!(matches!(opened, Opened::SetAside { .. }), "{name}: {opened:?}");
        small.check(&index);
    }
}

/// Bits, blocks and tails, at places all over sled's files: whatever sled makes of it, no wrong row is ever shown.
#[test]
fn damage_anywhere_shows_no_wrong_row() {
    let small = Small::new();
    let sound = small.dir.path().join("sound");
    // The second opening leaves a snapshot.
    drop(small.open());
    drop(small.open());
    fs::rename(small.path(), &sound).unwrap();
    let whole = fs::read(sound.join("db")).unwrap();
    for round in 0..45 {
        fs::create_dir(small.path()).unwrap();
        for name in ["conf", "db", "snap."] {
            // Every fourth time without the snapshot.
            let path = file(&sound, name);
            if name != "snap." || round % 4 != 0 {
                fs::copy(&path, small.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        let at = round * 7_919_993 % whole.len();
        let mut bytes = whole.clone();
        match round % 3 {
            0 => bytes[at] ^= 1 << (round % 8),
            1 => bytes[at..(at + 4096).min(whole.len())].fill(0),
            _ => bytes.truncate(at),
        }
        fs::write(small.path().join("db"), bytes).unwrap();
        let (index, opened) = small.open();
        small.check(&index);
        drop(index);
        if let Opened::SetAside { to, .. } = opened {
            fs::remove_dir_all(to).unwrap();
        }
        fs::remove_dir_all(small.path()).unwrap();
    }
}
