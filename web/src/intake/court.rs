//! Against what is judged: the office's own status lists, read once and kept until there are newer ones.

use std::sync::{Arc, Mutex, PoisonError};

use notary::office::{ListView, Office};
use notary::refusal::Refusal;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::time::Time;

/// The newest lists as they were last read. A list takes half a mebibyte.
#[derive(Debug, Default)]
pub struct Court {
    kept: Mutex<Option<(Vec<ListView>, Arc<StatusShelf>)>>,
}

impl Court {
    /// The newest lists; for another moment than now, those that were the newest then.
    ///
    /// # Errors
    /// A list of this office that can't be read.
    pub fn shelf(&self, office: &Office, at: Option<Time>) -> Result<Arc<StatusShelf>, Refusal> {
        let newest = office.newest_lists();
        if let Some(at) = at.filter(|at| newest.iter().any(|list| list.issued > *at)) {
            return Ok(Arc::new(StatusShelf::new(lists_of(office, at)?, office.trust())));
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((views, shelf)) = &*kept
            && *views == newest
        {
            return Ok(Arc::clone(shelf));
        }
        let read = |list: &ListView| {
            let known = kept.as_ref().and_then(|(_, shelf)| {
                shelf.lists().iter().find(|known| {
                    let says = known.says().fields();
                    (says.shard, says.sequence) == (list.shard, list.sequence)
                })
            });
            match known {
                Some(list) => Ok(Some(list.clone())),
                None => office.newest_list_of(list.shard).map(|file| parse(&file)).transpose(),
            }
        };
        let lists: Result<Vec<_>, Refusal> =
            newest.iter().filter_map(|list| read(list).transpose()).collect();
        let shelf = Arc::new(StatusShelf::new(lists?, office.trust()));
        *kept = Some((newest, Arc::clone(&shelf)));
        Ok(shelf)
    }
}

/// Of every shard the newest list that was out at that moment.
fn lists_of(office: &Office, at: Time) -> Result<Vec<StatusList>, Refusal> {
    let mut lists = Vec::new();
    for shard in office.newest_lists() {
        if let Some(file) = office.list_at(shard.shard, at)? {
            lists.push(parse(&file)?);
        }
    }
    Ok(lists)
}

fn parse(file: &str) -> Result<StatusList, Refusal> {
    StatusList::parse(file.as_bytes())
        .map_err(|error| Refusal::new(notary::refusal::RefusalCode::LedgerDamaged).at("status").found(error))
}
