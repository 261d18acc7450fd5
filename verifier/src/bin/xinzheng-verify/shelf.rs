//! The status lists of a run: parsed once, those of no use named in a note.

use std::path::PathBuf;

use verifier::entry::Entry;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::text::Lang;
use verifier::trust::TrustBundle;
use verifier::verdict::Code;

use crate::gather::{Gathered, ListFile};
use crate::limits;
use crate::report::ListLine;

/// The lists that `--status` names, then those found beside and in what is verified. Each is taken once.
pub fn shelf(
    named: &[PathBuf],
    gathered: &Gathered,
    trust: &TrustBundle,
    notes: &mut Vec<String>,
    lang: Lang,
) -> StatusShelf {
    let asked = Gathered::status(named);
    let mut lists: Vec<StatusList> = Vec::new();
    let mut entries: Vec<Entry> = Vec::new();
    for file in asked.iter().chain(&gathered.lists) {
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
    StatusShelf::new(lists, trust)
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
