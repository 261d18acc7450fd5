//! Status notes as the ledger has them: each continues its shard's note before it, its list is the one that it signs,
//! and no status changed as it may not.

use std::collections::BTreeMap;

use verifier::entry::Entry;
use verifier::limits::{STATUS_FILE_BYTES, STATUS_SHARD};
use verifier::note::Note;
use verifier::status::{Status, StatusFields, StatusNote};
use verifier::status_list::StatusList;
use verifier::tile::grouped;
use verifier::trust::KeyUse;

use super::source::Found;
use super::{Audited, Auditor, Detail, FindingCode};
use crate::disk::DiskError;

/// Shards that are looked for.
const SHARDS_MAX: u64 = 1 << 16;
/// Changes of one list that are told one by one.
const CHANGES_MAX: usize = 16;

/// The last note of each shard.
pub(super) struct Statuses {
    shards: BTreeMap<u64, Last>,
    /// The list met last, which the next one of the same shard is held against.
    list: Option<StatusList>,
    /// Not every entry was looked at, so a shard's first note may have others before it.
    part: bool,
}

struct Last {
    entry: Entry,
    fields: StatusFields,
    /// The note, where an audit may go on from it.
    note: Option<String>,
}

impl Statuses {
    pub(super) fn new(part: bool) -> Self {
        Self { shards: BTreeMap::new(), list: None, part }
    }

    /// Goes on where an earlier audit ended.
    pub(super) fn after(audited: &Audited) -> Self {
        let notes = audited.shards().zip(&audited.notes);
        let last = notes
            .map(|((entry, fields), note)| (fields.shard, Last { entry, fields, note: Some(note.clone()) }));
        Self { shards: last.collect(), list: None, part: false }
    }

    /// The last note of each shard.
    pub(super) fn notes(&self) -> Vec<String> {
        self.shards.values().filter_map(|last| last.note.clone()).collect()
    }

    /// An entry that may be a status note could not be opened: what follows can't be held against it.
    pub(super) fn forget(&mut self) {
        self.shards.clear();
        self.part = true;
    }

    /// The sequence of a shard's last note in the ledger.
    pub(super) fn last(&self, shard: u64) -> Option<u64> {
        self.shards.get(&shard).map(|last| last.fields.sequence)
    }

    /// Whether there may be notes that were not looked at.
    pub(super) fn is_part(&self) -> bool {
        self.part
    }

    /// The entry `index` is this status note.
    pub(super) fn note(
        &mut self,
        auditor: &mut Auditor<'_>,
        index: u64,
        entry: Entry,
        text: &str,
    ) -> Result<(), DiskError> {
        let path = format!("public/{}", grouped(index));
        let parsed = Note::parse(text).and_then(|note| Ok((StatusNote::from_text(note.text())?, note)));
        let (says, note) = match parsed {
            Ok(parsed) => parsed,
            Err(refused) => {
                auditor.find_at(FindingCode::StatusNoteBad, &path, index, Detail::unread(refused));
                return Ok(());
            }
        };
        let fields = says.fields().clone();
        if fields.origin != *auditor.origin || fields.size > index {
            let message = match fields.origin == *auditor.origin {
                true => Detail::Covers { size: fields.size, own: index },
                false => Detail::OtherLedger { origin: fields.origin },
            };
            auditor.find_at(FindingCode::StatusNoteBad, &path, index, message);
            return Ok(());
        }
        // The note is under every head that has its entry, whatever it says that it covers.
        let checked = auditor.keys.check(KeyUse::Status, &note, Some(fields.issued), index + 1, &path);
        if let Err((code, what)) = checked {
            auditor.find_at(code, &path, index, what);
        }
        auditor.looked.lists += 1;
        if let Some(what) = self.breaks(&fields) {
            auditor.find_at(FindingCode::StatusChain, &path, index, what);
        }
        self.list(auditor, &fields, &note)?;
        self.shards.insert(fields.shard, Last { entry, fields, note: Some(note.encode()) });
        Ok(())
    }

    /// Why a note does not continue the shard's last one.
    fn breaks(&self, fields: &StatusFields) -> Option<Detail> {
        let StatusFields { shard, sequence, .. } = *fields;
        let Some(last) = self.shards.get(&shard) else {
            let first = sequence == 1 || self.part;
            return (!first).then_some(Detail::FirstSequence { shard, sequence });
        };
        let before = &last.fields;
        if sequence != before.sequence + 1 {
            return Some(Detail::SequenceAfter { shard, sequence, last: before.sequence });
        }
        if fields.previous != Some(last.entry) {
            return Some(Detail::NotThePrevious { last: before.sequence });
        }
        if fields.size < before.size || fields.issued < before.issued {
            return Some(Detail::CoversLess);
        }
        None
    }

    /// The list of a note, and what changed since the one before.
    fn list(
        &mut self,
        auditor: &mut Auditor<'_>,
        fields: &StatusFields,
        note: &Note,
    ) -> Result<(), DiskError> {
        let path = list_path(fields.shard, Some(fields.sequence));
        let list = match auditor.read(&path, STATUS_FILE_BYTES)? {
            Found::Bytes(bytes) => StatusList::parse(&bytes).map_err(Detail::unread),
            Found::Large => Err(Detail::TooLarge),
            Found::Missing => {
                auditor.find(FindingCode::StatusListMissing, &path, Detail::ListMissing);
                return Ok(());
            }
        };
        let same = |list: StatusList| match list.note() == note {
            true => Ok(list),
            false => Err(Detail::ListOtherNote),
        };
        match list.and_then(same) {
            Err(what) => auditor.find(FindingCode::StatusListBad, &path, what),
            Ok(list) => {
                match self.before(auditor, fields)? {
                    Some(before) => changes(auditor, &path, &before, &list),
                    None => self.check_gone(auditor, fields)?,
                }
                self.list = Some(list);
            }
        }
        Ok(())
    }

    /// The list before the one with these fields, if it is at hand.
    fn before(
        &mut self,
        auditor: &Auditor<'_>,
        fields: &StatusFields,
    ) -> Result<Option<StatusList>, DiskError> {
        // A number that is left out would else leave the change since the last note unseen.
        let last = self.shards.get(&fields.shard).map(|last| last.fields.sequence);
        let sequence = last.or(fields.sequence.checked_sub(1)).filter(|sequence| *sequence > 0);
        let Some(sequence) = sequence else { return Ok(None) };
        let wanted = |list: &StatusList| {
            let says = list.says().fields();
            (says.shard, says.sequence) == (fields.shard, sequence) && fields.previous == Some(list.entry())
        };
        if let Some(list) = self.list.take().filter(wanted) {
            return Ok(Some(list));
        }
        Ok(match auditor.read(&list_path(fields.shard, Some(sequence)), STATUS_FILE_BYTES)? {
            Found::Bytes(bytes) => StatusList::parse(&bytes).ok().filter(wanted),
            Found::Large | Found::Missing => None,
        })
    }

    /// The list before this one was there when its note was looked at, maybe in an earlier audit. Without it nobody can tell
    /// what changed since.
    fn check_gone(&self, auditor: &mut Auditor<'_>, fields: &StatusFields) -> Result<(), DiskError> {
        let Some(last) = self.shards.get(&fields.shard) else { return Ok(()) };
        let path = list_path(fields.shard, Some(last.fields.sequence));
        let is_told = auditor.findings.list.iter().any(|found| found.path() == path);
        if is_told || fields.previous != Some(last.entry) {
            return Ok(());
        }
        let (code, what) = match auditor.read(&path, STATUS_FILE_BYTES)? {
            Found::Missing => (FindingCode::StatusListMissing, Detail::ListGone),
            _ => (FindingCode::StatusListBad, Detail::ListChanged),
        };
        auditor.find(code, &path, what);
        Ok(())
    }

    /// The newest list of each shard is that of its last note.
    pub(super) fn check_newest(&self, auditor: &mut Auditor<'_>, size: u64) -> Result<(), DiskError> {
        self.check_hidden(auditor, size)?;
        for (shard, last) in &self.shards {
            let (path, own) = (list_path(*shard, None), list_path(*shard, Some(last.fields.sequence)));
            match auditor.read(&path, STATUS_FILE_BYTES)? {
                Found::Missing => {
                    auditor.find(FindingCode::StatusListMissing, &path, Detail::NewestMissing { own })
                }
                Found::Large => auditor.find(FindingCode::StatusNewest, &path, Detail::TooLarge),
                Found::Bytes(bytes) => {
                    // If that one is gone or damaged, it was found already; the note still has to be the last.
                    let same = match auditor.read(&own, STATUS_FILE_BYTES)? {
                        Found::Bytes(other) if other == bytes => true,
                        _ => StatusList::parse(&bytes).is_ok_and(|list| list.entry() == last.entry),
                    };
                    if !same && !auditor.has_moved()? {
                        auditor.find(FindingCode::StatusNewest, &path, Detail::NotNewest { own });
                    }
                }
            }
        }
        Ok(())
    }
}

impl Statuses {
    /// A shard whose lists are published has their notes in the ledger. Where the source can list, the look at every
    /// name finds it.
    fn check_hidden(&self, auditor: &mut Auditor<'_>, size: u64) -> Result<(), DiskError> {
        let all = size.div_ceil(STATUS_SHARD).min(SHARDS_MAX);
        if self.part || auditor.source.list("")?.is_some() {
            return Ok(());
        }
        for shard in (0..all).filter(|shard| !self.shards.contains_key(shard)) {
            let path = list_path(shard, None);
            if !matches!(auditor.read(&path, STATUS_FILE_BYTES)?, Found::Missing) && !auditor.has_moved()? {
                auditor.find(FindingCode::StatusNotLogged, &path, Detail::ShardNotLogged);
            }
        }
        Ok(())
    }
}

/// Where a list is: with its sequence, or the newest of its shard.
pub(super) fn list_path(shard: u64, sequence: Option<u64>) -> String {
    match sequence {
        Some(sequence) => format!("status/{shard}/{sequence}.xzs"),
        None => format!("status/{shard}.xzs"),
    }
}

/// Every change from one list to the next is one that may be.
fn changes(auditor: &mut Auditor<'_>, path: &str, before: &StatusList, after: &StatusList) {
    let shard = after.says().fields().shard * STATUS_SHARD;
    let bytes = before.bits().as_bytes().iter().zip(after.bits().as_bytes());
    let mut told = 0;
    for (byte, _) in bytes.enumerate().filter(|(_, (old, new))| old != new) {
        for place in [2 * byte as u64, 2 * byte as u64 + 1] {
            let (Some(old), Some(new)) = (before.bits().get(place), after.bits().get(place)) else {
                continue;
            };
            let index = shard + place;
            // An entry that was covered as none of a certificate's stays that.
            let may = old == new
                || (old.may_become(new) && (old != Status::NotIssued || !before.says().covers(index)));
            if may {
                continue;
            }
            told += 1;
            if told > CHANGES_MAX {
                auditor.find(FindingCode::StatusChange, path, Detail::MoreChanges);
                return;
            }
            let message = Detail::StatusWent { index, from: old, to: new };
            auditor.find_at(FindingCode::StatusChange, path, index, message);
        }
    }
}
