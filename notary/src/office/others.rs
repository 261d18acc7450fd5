//! Status lists of other offices, taken in from files: so that this office's windows can judge certificates of offices that its
//! trust bundle knows (结果互认), on a network that reaches none of them.
//!
//! ```text
//! D/lists/9f86d081884c7d65-0-17.xzs      ledger (first 16 digits of the SHA-256 of its name), shard, sequence
//! ```
//!
//! Of each shard the newest is kept. Not here: this office's own lists (`lists`), fetching.

use verifier::hash::sha256;
use verifier::limits::{CLOCK_TOLERANCE, STATUS_FILE_BYTES};
use verifier::row::hex;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;

use super::Office;
use crate::refusal::{Refusal, RefusalCode};

const FOLDER: &str = "lists";
/// Lists of other offices that are kept; each takes half a mebibyte of memory where it is used.
pub const OTHERS_MAX: usize = 64;

impl Office {
    /// Takes a list in, in the place of an older one of its shard.
    ///
    /// # Errors
    /// `LIST_UNUSABLE`: it can't be read, is this office's own, of no office of the trust bundle, from the future, or older than one that
    /// was taken in.
    pub fn import_list(&self, file: &[u8]) -> Result<StatusList, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        let refuse = |why: String| Err(Refusal::new(RefusalCode::ListUnusable).found(why));
        let list = match StatusList::parse(file) {
            Ok(list) => list,
            Err(refused) => return refuse(refused.to_string()),
        };
        let says = list.says().fields();
        if says.origin == self.origin {
            return refuse("this office's own".to_string());
        }
        if StatusShelf::new(vec![list.clone()], self.trust()).lists().is_empty() {
            return refuse(format!("{}: no key of the trust bundle signed it", says.origin));
        }
        if says.issued > self.now().saturating_add(CLOCK_TOLERANCE) {
            return refuse(format!("issued at {}, later than now", says.issued.display_china()));
        }
        let start = start(&list);
        let known = self.others_lists()?;
        let older: Vec<&String> = known.iter().filter(|name| name.starts_with(&start)).collect();
        let newest = older.iter().filter_map(|name| sequence(name, &start)).max();
        if let Some(newest) = newest.filter(|newest| *newest >= says.sequence) {
            // The same again is fine; another of the same sequence is what a verifier calls a conflict.
            let same =
                newest == says.sequence && self.others_list(older[0])?.note().text() == list.note().text();
            return if same { Ok(list) } else { refuse(format!("sequence {newest} was taken in already")) };
        }
        if older.is_empty() && known.len() >= OTHERS_MAX {
            return refuse(format!("{OTHERS_MAX} lists are kept already"));
        }
        let path = format!("{FOLDER}/{start}{}.xzs", says.sequence);
        // A crash between the two leaves both; the higher sequence counts, and the next import removes the other.
        self.disk.write_new(&path, file).map_err(|error| self.stop(error.into()))?;
        for name in older {
            self.disk.remove(&format!("{FOLDER}/{name}")).map_err(|error| self.stop(error.into()))?;
        }
        Ok(list)
    }

    /// Names of the lists that were taken in. A newer list has another name.
    ///
    /// # Errors
    /// A folder that can't be read.
    pub fn others_lists(&self) -> Result<Vec<String>, Refusal> {
        let names = self.disk.list(FOLDER)?;
        Ok(names.into_iter().filter(|name| name.ends_with(".xzs")).take(2 * OTHERS_MAX).collect())
    }

    /// One of them.
    ///
    /// # Errors
    /// `LIST_UNUSABLE` where it is gone or damaged.
    pub fn others_list(&self, name: &str) -> Result<StatusList, Refusal> {
        let unusable = |why: String| Refusal::new(RefusalCode::ListUnusable).at(name).found(why);
        let file = self.disk.read(&format!("{FOLDER}/{name}"), STATUS_FILE_BYTES)?;
        let file = file.ok_or_else(|| unusable("it is gone".to_string()))?;
        StatusList::parse(&file).map_err(|refused| unusable(refused.to_string()))
    }
}

/// With what the names of a shard's lists begin.
fn start(list: &StatusList) -> String {
    let says = list.says().fields();
    let ledger = hex(&sha256(&[says.origin.as_str().as_bytes()]));
    format!("{}-{}-", &ledger[..16], says.shard)
}

fn sequence(name: &str, start: &str) -> Option<u64> {
    name.strip_prefix(start)?.strip_suffix(".xzs")?.parse().ok()
}
