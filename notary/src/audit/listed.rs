//! The index of status lists: what it names is there, and is as it says. Which list is the newest is not its to say.

use verifier::limits::{STATUS_FILE_BYTES, STATUS_INDEX_BYTES};
use verifier::status_index::{Indexed, StatusIndex};
use verifier::status_list::StatusList;

use super::source::Found;
use super::{Auditor, Detail, FindingCode};
use crate::disk::DiskError;

/// Where it is, below the ledger's folder.
pub(super) const INDEX: &str = "status/index.json";

/// A ledger without an index is older than the index, or was never asked for its lists.
pub(super) fn check(auditor: &mut Auditor<'_>) -> Result<(), DiskError> {
    let index = match auditor.read(INDEX, STATUS_INDEX_BYTES)? {
        Found::Missing => return Ok(()),
        Found::Large => Err(Detail::TooLarge),
        Found::Bytes(bytes) => StatusIndex::parse(&bytes).map_err(Detail::unread),
    };
    let index = match index {
        Ok(index) if index.origin() == auditor.origin => index,
        Ok(index) => {
            let message = Detail::OtherLedger { origin: index.origin().clone() };
            auditor.find(FindingCode::StatusIndex, INDEX, message);
            return Ok(());
        }
        Err(what) => {
            auditor.find(FindingCode::StatusIndex, INDEX, what);
            return Ok(());
        }
    };
    for named in index.lists() {
        if !is_there(auditor, named)? {
            let message = Detail::IndexNames { file: named.file() };
            auditor.find(FindingCode::StatusIndex, INDEX, message);
        }
    }
    Ok(())
}

fn is_there(auditor: &Auditor<'_>, named: &Indexed) -> Result<bool, DiskError> {
    let Found::Bytes(bytes) = auditor.read(&named.file(), STATUS_FILE_BYTES)? else { return Ok(false) };
    Ok(StatusList::parse(&bytes).is_ok_and(|list| Indexed::of(&list, &bytes) == *named))
}
