//! What the journal says, in memory: rebuilt from the first record at every start, kept up by the same functions.
//!
//! Here: documents by number of acceptance, what waits for a batch, the head, the statuses. Not here: reading and
//! writing (`accept`, `seal`, `lists`), what is looked up by name (the index).
//!
//! About 60 bytes a certificate and half a byte for its status: a million certificates need some 60 MB.

use std::collections::{BTreeSet, HashMap, VecDeque};

use verifier::entry::{Entry, PublicKind};
use verifier::event::EventKind;
use verifier::hash::{Hash, empty_root};
use verifier::key_event::KeyEvent;
use verifier::limits::STATUS_SHARD;
use verifier::log_head::LogHead;
use verifier::note::Note;
use verifier::status::{Status, StatusNote};
use verifier::status_list::StatusBits;
use verifier::time::Time;

use super::record::{self, Accepted, Erased, Happened, Kind, ListIssued, Public, Sealed, StatusChange};
use crate::journal::{Position, RecordRef};
use verifier::base64;

/// A document that was accepted.
#[derive(Clone, Debug)]
pub(crate) struct Doc {
    /// Its record.
    pub(crate) sequence: u64,
    /// Where its record is.
    pub(crate) position: Position,
    /// Its key in the vault.
    pub(crate) slot: u64,
    /// Its entry's index, once sealed.
    pub(crate) index: Option<u64>,
    pub(crate) erased: bool,
    pub(crate) person: bool,
}

/// An entry that waits for its batch.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    /// Its record's sequence: it may be sealed once that is durable.
    pub(crate) sequence: u64,
    pub(crate) entry: Entry,
    pub(crate) what: What,
}

/// What an entry stands for.
#[derive(Clone, Debug)]
pub(crate) enum What {
    /// The document with this number of acceptance.
    Doc { doc: u32, core_len: u32, qr: bool, issued_at: Time },
    /// A preimage that is published beside the ledger.
    Public { preimage: Vec<u8> },
    /// An event of the document's chain: its place there.
    Event { doc: u32, place: usize },
}

/// What happened to a certificate, in order. Only those to which something happened have one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chain {
    pub(crate) links: Vec<Link>,
}

/// One event of a chain.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) kind: EventKind,
    pub(crate) entry: Entry,
    /// Where its record is.
    pub(crate) position: Position,
    /// Its entry's index, once sealed.
    pub(crate) index: Option<u64>,
}

impl Chain {
    /// The sequence of the last event; 0 where there is none.
    pub(crate) fn sequence(&self) -> u32 {
        self.links.len() as u32
    }

    /// What happened so far.
    pub(crate) fn kinds(&self) -> Vec<EventKind> {
        self.links.iter().map(|link| link.kind).collect()
    }
}

/// The ledger as last sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) size: u64,
    pub(crate) root: Hash,
    /// Batches sealed.
    pub(crate) batches: u64,
    /// Time of the last batch.
    pub(crate) time: Time,
}

impl Head {
    /// The part of it that the ledger's folder knows.
    pub(crate) fn ledger(&self) -> crate::ledger::Head {
        crate::ledger::Head { size: self.size, root: self.root }
    }
}

/// The statuses of one shard.
#[derive(Clone, Debug)]
pub(crate) struct Shard {
    /// As they are now; what is published masks them.
    pub(crate) bits: StatusBits,
    /// The last list; its note may wait for its head still.
    pub(crate) last: Option<Listed>,
    /// The one before it: while the last one waits, the newest that anybody has seen.
    pub(crate) before: Option<Listed>,
    /// Entry of the last list's note.
    pub(crate) previous: Option<Entry>,
    /// Whether something changed since.
    pub(crate) changed: bool,
    /// Indexes of the lists' notes in the ledger, by sequence − 1: eight bytes for each list ever sealed.
    pub(crate) notes: Vec<u64>,
}

/// A list of a shard that was issued.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) sequence: u64,
    pub(crate) issued: Time,
    /// Its text.
    pub(crate) file: String,
}

impl Shard {
    /// Sequence of the last list, 0 before the first.
    pub(crate) fn sequence(&self) -> u64 {
        self.last.as_ref().map_or(0, |last| last.sequence)
    }

    /// When the last list was issued.
    pub(crate) fn issued(&self) -> Time {
        self.last.as_ref().map_or(Time::ZERO, |last| last.issued)
    }

    /// The newest list whose note is in the published ledger, which is of this size: whoever asks is told of no other. Lists are
    /// formed when all before them are sealed, so it is one of two.
    pub(crate) fn shown(&self, published: u64) -> Option<&Listed> {
        let note = |list: &Listed| self.notes.get(usize::try_from(list.sequence).ok()?.checked_sub(1)?);
        let shown = |list: &&Listed| note(list).is_some_and(|index| *index < published);
        self.last.as_ref().filter(shown).or_else(|| self.before.as_ref().filter(shown))
    }
}

/// The newest lists whose notes are in the ledger.
#[derive(Debug)]
pub(crate) struct SealedLists {
    pub(crate) sealed: Vec<ListIssued>,
    /// Whether the note of another shard's newest list waits still.
    pub(crate) others_wait: bool,
}

/// What the journal says.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) origin: Option<String>,
    pub(crate) docs: Vec<Doc>,
    /// The document of each entry of the ledger; `NO_DOC` for public ones and events.
    pub(crate) leaves: Vec<u32>,
    pub(crate) pending: VecDeque<Pending>,
    pub(crate) head: Head,
    /// How much of the ledger is published. Between a batch's commit and its publication it is less than the head says.
    pub(crate) published: u64,
    pub(crate) shards: Vec<Shard>,
    /// The chains of events, by number of acceptance.
    pub(crate) chains: HashMap<u32, Chain>,
    /// The last head of the operator log that the ledger has or will have.
    pub(crate) log_head: Option<LogHead>,
    /// The newest trust bundle that is in the ledger or will be.
    pub(crate) trust: Option<Vec<u8>>,
    /// The time of the last key event that is in the ledger or will be.
    pub(crate) key_event: Option<Time>,
    /// Indexes of the key events in the ledger.
    pub(crate) key_events: Vec<u64>,
    /// The last batch and its entries, to finish applying it after a crash.
    pub(crate) last: Option<LastBatch>,
    /// Names of documents (own number, idempotency key, certificate number) that the index may not have yet.
    pub(crate) unindexed: HashMap<String, u32>,
    /// The records that those names are from.
    pub(crate) indexing: BTreeSet<u64>,
    /// Objections against certificates.
    pub(crate) objections: crate::objection::Cases,
    /// Credit repairs.
    pub(crate) repairs: crate::repair::Actions,
    /// Proposals to erase a document.
    pub(crate) erasings: crate::erasing::Proposals,
}

/// The last batch: what is needed to apply it again.
#[derive(Clone, Debug)]
pub(crate) struct LastBatch {
    /// The head before it.
    pub(crate) before: Head,
    pub(crate) sealed: Sealed,
    pub(crate) items: Vec<Pending>,
}

/// In [`State::leaves`]: a public entry, or an event's.
pub(crate) const NO_DOC: u32 = u32::MAX;

impl State {
    pub(crate) fn new() -> Self {
        State {
            origin: None,
            docs: Vec::new(),
            leaves: Vec::new(),
            pending: VecDeque::new(),
            head: Head { size: 0, root: empty_root(), batches: 0, time: Time::ZERO },
            published: 0,
            shards: Vec::new(),
            chains: HashMap::new(),
            log_head: None,
            trust: None,
            key_event: None,
            key_events: Vec::new(),
            last: None,
            unindexed: HashMap::new(),
            indexing: BTreeSet::new(),
            objections: crate::objection::Cases::default(),
            repairs: crate::repair::Actions::default(),
            erasings: crate::erasing::Proposals::default(),
        }
    }

    /// A document's index, once everybody can see its entry in the published ledger.
    pub(crate) fn index_of(&self, doc: u32) -> Option<u64> {
        self.docs.get(doc as usize).and_then(|doc| doc.index).filter(|index| *index < self.published)
    }

    /// Takes one record of the journal. The error says what in it contradicts the records before.
    pub(crate) fn replay(&mut self, record: &RecordRef<'_>) -> Result<(), String> {
        let kind = Kind::of(record.kind).ok_or_else(|| format!("kind {} is not known", record.kind))?;
        match kind {
            Kind::Founded => {
                let founded: record::Founded = parse(record.payload)?;
                match self.origin.replace(founded.origin) {
                    None => Ok(()),
                    Some(_) => Err("founded twice".to_string()),
                }
            }
            Kind::Accepted => {
                let (accepted, _) =
                    record::unframed::<Accepted>(record.payload).ok_or("not as accepted records are")?;
                self.accepted(&accepted, record.sequence, record.position).map(|_| ())
            }
            Kind::Public => {
                let public: Public = parse(record.payload)?;
                let preimage = base64::decode(&public.preimage).ok_or("not base64")?;
                self.public(preimage, record.sequence)
            }
            Kind::Sealed => self.sealed(&parse::<Sealed>(record.payload)?),
            Kind::Status => self.status(&parse::<StatusChange>(record.payload)?),
            Kind::List => self.list(&parse::<ListIssued>(record.payload)?, record.sequence),
            Kind::Erased => self.erased(&parse::<Erased>(record.payload)?),
            Kind::Event => {
                let (happened, _) =
                    record::unframed::<Happened>(record.payload).ok_or("not as event records are")?;
                self.happened(&happened, record.sequence, record.position)
            }
            Kind::Objection => self.objections.replay(record),
            Kind::Repair => self.repairs.replay(record),
            Kind::Erasing => self.erasings.replay(record),
            Kind::Bundle => {
                let bundle: record::Bundle = parse(record.payload)?;
                let decoded = bundle.preimages.iter().map(|preimage| base64::decode(preimage));
                let decoded = decoded.collect::<Option<Vec<_>>>().ok_or("not base64")?;
                decoded.into_iter().try_for_each(|preimage| self.public(preimage, record.sequence))
            }
        }
    }

    /// A document was accepted; returns its number of acceptance.
    pub(crate) fn accepted(
        &mut self,
        record: &Accepted,
        sequence: u64,
        position: Position,
    ) -> Result<u32, String> {
        let doc =
            u32::try_from(self.docs.len()).ok().filter(|doc| *doc != NO_DOC).ok_or("too many documents")?;
        self.docs.push(Doc {
            sequence,
            position,
            slot: record.slot,
            index: None,
            erased: false,
            person: record.person,
        });
        let (core_len, qr) = (record.core_len, record.qr);
        let what = What::Doc { doc, core_len, qr, issued_at: record::time(record.issued_at) };
        self.pending.push_back(Pending { sequence, entry: record.entry, what });
        Ok(doc)
    }

    /// Something public will be an entry.
    pub(crate) fn public(&mut self, preimage: Vec<u8>, sequence: u64) -> Result<(), String> {
        let (kind, entry, body) = Entry::of_public(&preimage).map_err(|refused| refused.to_string())?;
        if kind == PublicKind::TrustBundle {
            self.trust = Some(body.to_vec());
        }
        if kind == PublicKind::KeyEvent {
            let text = str::from_utf8(body).map_err(|error| error.to_string())?;
            let event = KeyEvent::from_text(text).map_err(|refused| refused.to_string())?;
            self.key_event = Some(event.time());
        }
        if kind == PublicKind::LogHead {
            let text = str::from_utf8(body).map_err(|error| error.to_string())?;
            let head = LogHead::from_text(text).map_err(|refused| refused.to_string())?;
            if self.log_head.as_ref().is_some_and(|before| !head.continues(before)) {
                return Err("the head of the operator log does not continue the one before".to_string());
            }
            self.log_head = Some(head);
        }
        self.pending.push_back(Pending { sequence, entry, what: What::Public { preimage } });
        Ok(())
    }

    /// A batch was sealed: the first of those that waited are its entries.
    pub(crate) fn sealed(&mut self, batch: &Sealed) -> Result<(), String> {
        let count = usize::try_from(batch.end.saturating_sub(batch.start)).unwrap_or(usize::MAX);
        if batch.batch != self.head.batches
            || batch.start != self.head.size
            || count == 0
            || count > self.pending.len()
        {
            return Err(format!("batch {} does not follow the one before it", batch.batch));
        }
        let (checkpoint, _) = verifier::checkpoint::Checkpoint::parse_note(&batch.checkpoint)
            .map_err(|refused| refused.to_string())?;
        if checkpoint.size() != batch.end {
            return Err(format!("batch {}: the checkpoint is of another size", batch.batch));
        }
        let items: Vec<Pending> = self.pending.drain(..count).collect();
        for item in &items {
            let index = self.leaves.len() as u64;
            match item.what {
                What::Doc { doc, .. } => {
                    self.leaves.push(doc);
                    if let Some(known) = self.docs.get_mut(doc as usize) {
                        known.index = Some(index);
                    }
                    self.set(index, Status::Valid);
                }
                What::Public { ref preimage } => {
                    self.leaves.push(NO_DOC);
                    self.shard_mut(index);
                    if matches!(Entry::of_public(preimage), Ok((PublicKind::KeyEvent, ..))) {
                        self.key_events.push(index);
                    }
                    if let Some(shard) = shard_of_note(preimage).and_then(|n| self.shards.get_mut(n)) {
                        shard.notes.push(index);
                    }
                }
                What::Event { doc, place } => {
                    self.leaves.push(NO_DOC);
                    self.shard_mut(index);
                    let link = self.chains.get_mut(&doc).and_then(|chain| chain.links.get_mut(place));
                    if let Some(link) = link {
                        link.index = Some(index);
                    }
                }
            }
        }
        let time = record::time(batch.time);
        let head = Head { size: batch.end, root: *checkpoint.root(), batches: batch.batch + 1, time };
        let before = std::mem::replace(&mut self.head, head);
        self.last = Some(LastBatch { before, sealed: batch.clone(), items });
        Ok(())
    }

    /// A status changed.
    pub(crate) fn status(&mut self, change: &StatusChange) -> Result<(), String> {
        let now = self.status_of(change.index).nibble();
        if now != change.from {
            return Err(format!(
                "entry {}: status {:X} was thought to be {:X}",
                change.index, now, change.from
            ));
        }
        let to = Status::from_nibble(change.to).ok_or("no such status")?;
        self.set(change.index, to);
        Ok(())
    }

    /// Something happened to a certificate; it will be an entry.
    pub(crate) fn happened(
        &mut self,
        record: &Happened,
        sequence: u64,
        position: Position,
    ) -> Result<(), String> {
        let kind = EventKind::from_word(&record.kind).ok_or("no such kind of event")?;
        let index = self.docs.get(record.doc as usize).and_then(|doc| doc.index);
        let index = index.ok_or("an event of a certificate that is not sealed")?;
        let from = self.status_of(index);
        let to = kind.status().unwrap_or(from);
        if (record.from, record.to) != (from.nibble(), to.nibble()) || !kind.may_follow(from) {
            return Err(format!("entry {index}: {} can't follow the status {}", record.kind, from.name()));
        }
        let chain = self.chains.entry(record.doc).or_default();
        if record.sequence != chain.sequence() + 1 {
            return Err(format!("entry {index}: event {} is out of order", record.sequence));
        }
        let place = chain.links.len();
        chain.links.push(Link { kind, entry: record.entry, position, index: None });
        let what = What::Event { doc: record.doc, place };
        self.pending.push_back(Pending { sequence, entry: record.entry, what });
        if to != from {
            self.set(index, to);
        }
        Ok(())
    }

    /// A status list was issued; its note will be an entry.
    pub(crate) fn list(&mut self, issued: &ListIssued, sequence: u64) -> Result<(), String> {
        let list = verifier::status_list::StatusList::parse(issued.file.as_bytes())
            .map_err(|refused| refused.to_string())?;
        let shard =
            usize::try_from(issued.shard).ok().and_then(|n| self.shards.get_mut(n)).ok_or("no such shard")?;
        if issued.sequence != shard.sequence() + 1 {
            return Err(format!(
                "shard {}: list {} does not follow {}",
                issued.shard,
                issued.sequence,
                shard.sequence()
            ));
        }
        shard.previous = Some(list.entry());
        let last = Listed {
            sequence: issued.sequence,
            issued: list.says().fields().issued,
            file: issued.file.clone(),
        };
        shard.before = shard.last.replace(last);
        // What was changed between forming the list and this record is changed still: `lists` marks it again.
        shard.changed = false;
        let preimage =
            verifier::entry::public_preimage(PublicKind::StatusNote, list.note().encode().as_bytes());
        self.public(preimage, sequence)
    }

    /// The newest list of each shard, where its note is sealed.
    pub(crate) fn sealed_lists(&self) -> SealedLists {
        let all = (0u64..).zip(&self.shards).filter_map(|(n, shard)| {
            let Listed { sequence, file, .. } = shard.last.clone()?;
            Some((ListIssued { shard: n, sequence, file }, shard.notes.len() as u64))
        });
        let (sealed, wait): (Vec<_>, Vec<_>) = all.partition(|(list, sealed)| list.sequence <= *sealed);
        SealedLists {
            sealed: sealed.into_iter().map(|(list, _)| list).collect(),
            others_wait: !wait.is_empty(),
        }
    }

    /// A document was erased.
    pub(crate) fn erased(&mut self, erased: &Erased) -> Result<(), String> {
        // Slots are given out in order, but one may be lost in a crash: search from the far end of where it can be.
        let doc = self
            .docs
            .iter_mut()
            .rev()
            .find(|doc| doc.slot == erased.slot)
            .ok_or("no document has that slot")?;
        doc.erased = true;
        Ok(())
    }

    /// The status now, inside the office.
    pub(crate) fn status_of(&self, index: u64) -> Status {
        let shard = usize::try_from(index / STATUS_SHARD).ok().and_then(|n| self.shards.get(n));
        shard.and_then(|shard| shard.bits.get(index % STATUS_SHARD)).unwrap_or(Status::NotIssued)
    }

    fn set(&mut self, index: u64, to: Status) {
        let shard = self.shard_mut(index);
        shard.bits.set(index % STATUS_SHARD, to);
        shard.changed = true;
    }

    fn shard_mut(&mut self, index: u64) -> &mut Shard {
        let n = (index / STATUS_SHARD) as usize;
        while self.shards.len() <= n {
            self.shards.push(Shard {
                bits: StatusBits::new(),
                last: None,
                before: None,
                previous: None,
                changed: false,
                notes: Vec::new(),
            });
        }
        &mut self.shards[n]
    }
}

/// The shard that a public entry's status note is of, if it is one. Notes are sealed in the order of their records, so
/// those of a shard come by sequence.
pub(crate) fn shard_of_note(preimage: &[u8]) -> Option<usize> {
    let (kind, _, body) = Entry::of_public(preimage).ok()?;
    let text = (kind == PublicKind::StatusNote).then(|| std::str::from_utf8(body).ok())??;
    let says = StatusNote::from_text(Note::parse(text).ok()?.text()).ok()?;
    usize::try_from(says.fields().shard).ok()
}

fn parse<'a, T: serde::Deserialize<'a>>(payload: &'a [u8]) -> Result<T, String> {
    serde_json::from_slice(payload).map_err(|error| error.to_string())
}
