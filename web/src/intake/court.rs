//! Against what is judged: the office's own status lists and those of others that it took in, read once and kept until
//! there are newer ones.

use std::sync::{Arc, Mutex, PoisonError};

use notary::office::{ListView, Office};
use notary::refusal::Refusal;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::time::Time;

/// The newest lists as they were last read. A list takes half a mebibyte.
#[derive(Debug, Default)]
pub struct Court {
    kept: Mutex<Option<Kept>>,
}

#[derive(Debug)]
struct Kept {
    newest: Vec<ListView>,
    others: Vec<String>,
    shelf: Arc<StatusShelf>,
}

impl Court {
    /// The newest lists; for another moment than now, those that were the newest then.
    ///
    /// # Errors
    /// A list of this office that can't be read.
    pub fn shelf(&self, office: &Office, at: Option<Time>) -> Result<Arc<StatusShelf>, Refusal> {
        let (newest, others) = (office.newest_lists(), office.others_lists()?);
        if let Some(at) = at.filter(|at| newest.iter().any(|list| list.issued > *at)) {
            let mut lists = lists_of(office, at)?;
            lists.extend(of_others(office, &others));
            return Ok(Arc::new(StatusShelf::new(lists, office.trust())));
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = kept.as_ref().filter(|kept| kept.newest == newest && kept.others == others) {
            return Ok(Arc::clone(&kept.shelf));
        }
        let read = |list: &ListView| {
            let known = kept.as_ref().and_then(|kept| {
                kept.shelf.lists().iter().find(|known| {
                    let says = known.says().fields();
                    (&says.origin, says.shard, says.sequence) == (office.origin(), list.shard, list.sequence)
                })
            });
            match known {
                Some(list) => Ok(Some(list.clone())),
                None => office.newest_list_of(list.shard).map(|file| parse(&file)).transpose(),
            }
        };
        let lists: Result<Vec<_>, Refusal> =
            newest.iter().filter_map(|list| read(list).transpose()).collect();
        let lists = lists?.into_iter().chain(of_others(office, &others)).collect();
        let shelf = Arc::new(StatusShelf::new(lists, office.trust()));
        *kept = Some(Kept { newest, others, shelf: Arc::clone(&shelf) });
        Ok(shelf)
    }
}

/// Lists of other offices. One that is damaged or gone is as if it were never taken in: then their status can't be told.
fn of_others(office: &Office, names: &[String]) -> Vec<StatusList> {
    names.iter().filter_map(|name| office.others_list(name).ok()).collect()
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
