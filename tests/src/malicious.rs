//! A malicious office: it takes an honest office's folder and keys, changes its history, and publishes that as it has to be,
//! every checkpoint, batch note, list and manifest signed by the office's own keys.
//!
//! ```text
//! let kit = Malicious::of(office);            the keys, opened with the tests' passphrase
//! let mut history = kit.history();            batch by batch: time, and what is in it
//! history.batches[2].time -= 86_400;          the misdeed
//! kit.publish(&history, folder);              folder/ledger, whole and signed
//! ```
//!
//! What is published unchanged is byte for byte the honest ledger. Not here: what catches a misdeed; the tests say that.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miniz_oxide::deflate::compress_to_vec_zlib;
use notary::audit::export::{ExportManifest, FileDigest, MANIFEST, MANIFEST_NOTE};
use notary::disk::RealDisk;
use notary::keys::{KeyFile, Passphrase, Signer};
use notary::ledger::{Head, Ledger, PublicEntry};
use serde_json::Value;
use verifier::batch_file::BatchFile;
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::entry::{Entry, PublicKind, public_preimage};
use verifier::hash::{self, Hash};
use verifier::note::Note;
use verifier::origin::Origin;
use verifier::status::{StatusFields, StatusNote};
use verifier::status_list::{StatusBits, StatusList};
use verifier::tile::grouped;
use verifier::time::Time;

use crate::ledger;
use crate::programs::PASSPHRASE;

/// Bytes of an entry in a bundle: two of length, 32 of entry.
const RECORD: usize = 34;

/// An office with its keys.
pub struct Malicious {
    office: PathBuf,
    origin: Origin,
    keys: BTreeMap<&'static str, KeyFile>,
}

/// All that an office ever sealed.
#[derive(Clone)]
pub struct History {
    /// Batch by batch.
    pub batches: Vec<Batch>,
}

/// What was sealed together.
#[derive(Clone)]
pub struct Batch {
    /// When it was closed, seconds.
    pub time: u64,
    /// Entry by entry.
    pub items: Vec<Item>,
}

/// What stands behind an entry.
#[derive(Clone)]
pub enum Item {
    /// A certificate or an event: nothing but its 32 bytes is known.
    Private(Entry),
    /// A public kind, by its preimage.
    Public(Vec<u8>),
    /// The note of a status list, and the list. Chain and digest are made when it is published.
    List(StatusFields, StatusBits),
}

impl Malicious {
    /// The office in this folder, with its keys.
    pub fn of(office: &Path) -> Malicious {
        let passphrase = Arc::new(Passphrase::new(PASSPHRASE).expect("a passphrase"));
        let open = |name: &'static str| {
            let mut pems = ledger::files(&office.join("keys")).into_keys();
            let is = |path: &PathBuf| {
                let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
                file.starts_with(&format!("{name}-")) && file.ends_with(".pem")
            };
            let pem = pems.rfind(is).unwrap_or_else(|| panic!("no {name} key"));
            (name, KeyFile::open(&pem, Arc::clone(&passphrase)).expect("a key"))
        };
        let keys: BTreeMap<_, _> = ["ledger", "batch", "status", "pdf"].map(open).into();
        let origin = Origin::parse(keys["ledger"].key().name().as_str()).expect("an origin");
        Malicious { office: office.to_path_buf(), origin, keys }
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Signs a text with one of the keys: `ledger`, `batch`, `status`, `pdf`.
    pub fn sign(&self, key: &str, text: &str) -> Note {
        self.keys[key].sign_note(text).expect("a note")
    }

    /// What the office has published so far.
    pub fn history(&self) -> History {
        let published = self.office.join("ledger");
        let entries = entries(&published);
        let mut batches = Vec::new();
        while let Ok(file) = std::fs::read(published.join("batch").join(grouped(batches.len() as u64))) {
            let file = BatchFile::parse(&file).expect("a batch file");
            let items = (file.start()..file.end()).map(|index| item(&published, index, &entries));
            batches.push(Batch { time: file.time().seconds(), items: items.collect() });
        }
        History { batches }
    }

    /// Publishes the history in `folder/ledger`, which must not be there; its head.
    pub fn publish(&self, history: &History, folder: &Path) -> Checkpoint {
        self.publish_with(history, folder, &|text| self.sign("ledger", text))
    }

    /// The same with checkpoints that somebody else signs.
    pub fn publish_with(&self, history: &History, folder: &Path, sign: &dyn Fn(&str) -> Note) -> Checkpoint {
        std::fs::create_dir_all(folder).expect("a folder");
        let disk = Arc::new(RealDisk::open(folder).expect("a disk"));
        let mut ledger = Ledger::open(disk, Head::empty()).expect("an empty ledger");
        let mut before: BTreeMap<u64, Entry> = BTreeMap::new();
        let mut head = None;
        for (number, batch) in history.batches.iter().enumerate() {
            let start = ledger.head().size;
            let (mut entries, mut public, mut lists) = (Vec::new(), Vec::new(), Vec::new());
            for (index, item) in (start..).zip(&batch.items) {
                let preimage = match item {
                    Item::Private(entry) => {
                        entries.push(*entry);
                        continue;
                    }
                    Item::Public(preimage) => preimage.clone(),
                    Item::List(fields, bits) => {
                        let previous = before.get(&fields.shard).copied();
                        let (note, file) = self.list(&StatusFields { previous, ..fields.clone() }, bits);
                        before.insert(
                            fields.shard,
                            Entry::of_public_body(PublicKind::StatusNote, note.encode().as_bytes()),
                        );
                        lists.push((fields.shard, fields.sequence, file));
                        public_preimage(PublicKind::StatusNote, note.encode().as_bytes())
                    }
                };
                entries.push(Entry::of_public(&preimage).expect("a preimage").1);
                public.push(PublicEntry { index, preimage });
            }
            let checked = ledger.second_opinion(ledger.plan(entries).expect("a plan")).expect("a plan");
            let checkpoint =
                Checkpoint::new(self.origin.clone(), checked.new_head().size, checked.new_head().root)
                    .expect("a checkpoint");
            let covers = checked.cover().iter().map(|(subtree, hash)| {
                let time = Time::new(batch.time).expect("a time");
                let note = BatchNote::new(self.origin.clone(), *subtree, *hash, time).expect("a batch note");
                self.sign("batch", &note.text())
            });
            let file = BatchFile::new(number as u64, start, sign(&checkpoint.text()), covers.collect())
                .expect("a batch file");
            ledger.apply(&checked, &file, &public).expect("files");
            for (shard, sequence, list) in lists {
                ledger.publish_status(shard, sequence, list.as_bytes()).expect("a list");
            }
            ledger.publish_checkpoint(&file.checkpoint_note().encode()).expect("a checkpoint");
            ledger.tidy(&checked).expect("fewer files");
            head = Some(checkpoint);
        }
        head.expect("a batch")
    }

    /// A status list with its note, signed, in the ledger or not.
    pub fn list(&self, fields: &StatusFields, bits: &StatusBits) -> (Note, String) {
        let fields = StatusFields { list: bits.digest(), ..fields.clone() };
        let note = self.sign("status", &StatusNote::new(fields).expect("a status note").text());
        let file = StatusList::file(&note, &compress_to_vec_zlib(bits.as_bytes(), 6));
        (note, file)
    }

    /// Another batch file for a batch that there is, over other entries: both are signed.
    pub fn second_batch(&self, history: &History, number: usize) -> String {
        let mut other = history.clone();
        other.batches.truncate(number + 1);
        let batch = other.batches.last_mut().expect("a batch");
        batch.items = batch.items.iter().map(|_| made_up(number as u64)).collect();
        let folder = tempfile::tempdir().expect("a folder");
        self.publish(&other, folder.path());
        let place = folder.path().join("ledger/batch").join(grouped(number as u64));
        std::fs::read_to_string(place).expect("a batch file")
    }

    /// Changes the lines of an export and signs its manifest again, for the ledger with this head.
    pub fn lie_in_export(&self, export: &Path, ledger: &Path, lie: impl FnOnce(&mut Vec<Value>)) {
        let manifest = export.join(MANIFEST);
        let text = std::fs::read_to_string(&manifest).expect("a manifest");
        let mut says: ExportManifest = serde_json::from_str(&text).expect("a manifest");
        let name = says.files.first().expect("a file").name.clone();
        let lines = std::fs::read_to_string(export.join(&name)).expect("lines");
        let mut lines: Vec<Value> =
            lines.lines().map(|line| serde_json::from_str(line).expect("a line")).collect();
        lie(&mut lines);
        // Values keep the order of their members only where serde_json is told to; a line is written as it is read.
        let text: String = lines.iter().map(|line| written(line) + "\n").collect();
        std::fs::write(export.join(&name), &text).expect("lines");
        let mut digest = FileDigest::default();
        digest.update(text.as_bytes());
        let checkpoint = std::fs::read_to_string(ledger.join("checkpoint")).expect("a checkpoint");
        let (head, _) = Checkpoint::parse_note(&checkpoint).expect("a checkpoint");
        (says.size, says.checkpoint) = (head.size(), checkpoint);
        (says.documents, says.files) = (lines.len() as u64, vec![digest.named(name)]);
        std::fs::write(&manifest, says.encode()).expect("a manifest");
        let note = self.sign("pdf", &says.note_text(&self.origin));
        std::fs::write(export.join(MANIFEST_NOTE), note.encode()).expect("a note");
    }
}

impl History {
    /// Entries in all.
    pub fn size(&self) -> u64 {
        self.batches.iter().map(|batch| batch.items.len() as u64).sum()
    }

    /// The item with this index.
    pub fn item_mut(&mut self, index: u64) -> &mut Item {
        let mut all = self.batches.iter_mut().flat_map(|batch| batch.items.iter_mut());
        all.nth(usize::try_from(index).expect("a place")).expect("an item")
    }

    /// The lists, oldest first.
    pub fn lists_mut(&mut self) -> Vec<(&mut StatusFields, &mut StatusBits)> {
        let all = self.batches.iter_mut().flat_map(|batch| batch.items.iter_mut());
        all.filter_map(|item| match item {
            Item::List(fields, bits) => Some((fields, bits)),
            _ => None,
        })
        .collect()
    }
}

/// An entry of which nobody knows what it stands for.
pub fn made_up(seed: u64) -> Item {
    let bytes: Hash = hash::sha256(&[b"made up", &seed.to_be_bytes()]);
    Item::Private(Entry::from_bytes(*bytes.as_bytes()))
}

fn item(published: &Path, index: u64, entries: &[Entry]) -> Item {
    let entry = entries[usize::try_from(index).expect("a place")];
    let Ok(preimage) = std::fs::read(published.join("public").join(grouped(index))) else {
        return Item::Private(entry);
    };
    let (kind, of, body) = Entry::of_public(&preimage).expect("a preimage");
    assert_eq!(of, entry, "an honest office");
    if kind != PublicKind::StatusNote {
        return Item::Public(preimage);
    }
    let note = Note::parse(std::str::from_utf8(body).expect("a note")).expect("a note");
    let says = StatusNote::from_text(note.text()).expect("a status note").fields().clone();
    let file = published.join(format!("status/{}/{}.xzs", says.shard, says.sequence));
    let list = StatusList::parse(&std::fs::read(file).expect("a list")).expect("a list");
    Item::List(says, list.bits().clone())
}

/// All entries of a published ledger.
fn entries(published: &Path) -> Vec<Entry> {
    let mut all = Vec::new();
    for bundle in ledger::bundles(published) {
        for record in bundle.chunks(RECORD) {
            all.push(Entry::from_bytes(record[2..].try_into().expect("a whole entry")));
        }
    }
    all
}

/// A line of an export with its members in their order.
fn written(line: &Value) -> String {
    serde_json::from_value::<notary::audit::export::Line>(line.clone())
        .ok()
        .and_then(|line| serde_json::to_string(&line).ok())
        .unwrap_or_else(|| line.to_string())
}
