//! The status lists of a run: parsed once, those of no use named in a note; with them what is remembered of lists seen
//! before, and proofs of lists' notes.

use std::path::PathBuf;

use verifier::entry::Entry;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::text::Lang;
use verifier::time::Time;
use verifier::tlog_proof::TlogProof;
use verifier::trust::TrustBundle;
use verifier::verdict::Code;

use crate::gather::{Gathered, ListFile};
use crate::limits;
use crate::memory::ListMemory;
use crate::report::ListLine;

/// The lists that `--status` names, then those found beside and in what is verified, then those imported. Each is taken
/// once. Without a memory nothing is remembered: the root is not pinned, or status is not asked for.
pub fn shelf(
    named: &[PathBuf],
    gathered: &Gathered,
    trust: &TrustBundle,
    memory: Option<&mut ListMemory>,
    now: Time,
    notes: &mut Vec<String>,
    lang: Lang,
) -> StatusShelf {
    let asked = Gathered::status(named);
    let imported = memory.as_ref().and_then(|memory| memory.imported());
    let imported = Gathered::status(&Vec::from_iter(imported));
    let mut lists: Vec<StatusList> = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    for file in asked.lists.iter().chain(&gathered.lists).chain(&imported.lists) {
        let list = match parse(file, lang) {
            Ok(list) => list,
            Err(why) => {
                notes.push(format!(
                    "{}: {} {}: {why}",
                    Code::StatusUnusable,
                    lang.pick("状态清单", "status list"),
                    file.name
                ));
                continue;
            }
        };
        let entry = list.entry();
        if entries.contains(&entry) {
            continue;
        }
        if lists.len() >= limits::LISTS {
            notes.push(
                lang.pick(
                    "状态清单过多，只采用了前一部分",
                    "too many status lists: only the first ones were used",
                )
                .to_owned(),
            );
            break;
        }
        entries.push(entry);
        lists.push(list);
    }
    let shelf = StatusShelf::new(lists, trust);
    let proofs = asked.proofs.iter().chain(&gathered.proofs).filter_map(|file| proof(file, notes, lang));
    let shelf = shelf.with_proofs(proofs.collect());
    match memory {
        Some(memory) => remembering(shelf, memory, now, notes, lang),
        None => shelf,
    }
}

fn remembering(
    shelf: StatusShelf,
    memory: &mut ListMemory,
    now: Time,
    notes: &mut Vec<String>,
    lang: Lang,
) -> StatusShelf {
    let seen = memory.seen().to_vec();
    let kept = match memory.unreadable().map(str::to_owned) {
        Some(why) => Err(why),
        None => memory.remember(shelf.lists(), now).map_err(|error| error.to_string()),
    };
    if let Err(why) = kept
        && !shelf.lists().is_empty()
    {
        let words = lang.pick("无法使用状态清单记录", "the record of status lists could not be used");
        notes.push(format!("{words}: {why}"));
    }
    shelf.remembering(seen)
}

fn proof(file: &ListFile, notes: &mut Vec<String>, lang: Lang) -> Option<TlogProof> {
    let bytes = file.bytes.as_ref().map_err(|unread| unread.message(lang));
    let text = bytes.and_then(|bytes| core::str::from_utf8(bytes).map_err(|error| error.to_string()));
    match text.and_then(|text| TlogProof::parse(text).map_err(|refused| refused.to_string())) {
        Ok(proof) => Some(proof),
        Err(why) => {
            notes.push(format!("{} {}: {why}", lang.pick("账本证明", "ledger proof"), file.name));
            None
        }
    }
}

/// The lists in use, for the report.
pub fn lines(shelf: &StatusShelf) -> Vec<ListLine> {
    let line = |list: &StatusList| {
        let fields = list.says().fields();
        ListLine {
            origin: fields.origin.to_string(),
            shard: fields.shard,
            sequence: fields.sequence,
            issued: fields.issued,
            expires: fields.expires,
            size: fields.size,
        }
    };
    shelf.lists().iter().map(line).collect()
}

fn parse(file: &ListFile, lang: Lang) -> Result<StatusList, String> {
    let bytes = file.bytes.as_ref().map_err(|unread| unread.message(lang))?;
    StatusList::parse(bytes).map_err(|refused| refused.to_string())
}
