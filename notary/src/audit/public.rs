//! Public preimages: each is that of its entry; status notes go on to their lists.

use verifier::entry::{Entry, PublicKind};
use verifier::hash::Hash;
use verifier::log_head::LogHead;
use verifier::tile::grouped;
use verifier::trust::TrustBundle;

use super::source::Found;
use super::status::Statuses;
use super::{Auditor, FindingCode};
use crate::disk::DiskError;
use crate::ledger::PUBLIC_BYTES;

/// Files of one folder: indexes with the same thousands.
const FOLDER_FILES: u64 = 1000;

/// The public preimages along the stream of entries.
pub(super) struct Public {
    /// The thousands whose folder was listed last, and the indexes in it.
    folder: Option<(u64, Vec<u64>)>,
    pub(super) status: Statuses,
    /// The last head of the operators' log.
    log_head: Option<LogHead>,
}

impl Public {
    /// `part`: the stream does not begin at the first entry.
    pub(super) fn new(part: bool) -> Self {
        Self { folder: None, status: Statuses::new(part), log_head: None }
    }

    /// Checks the preimages of the entries from `first` on, which have these leaf hashes.
    pub(super) fn check(
        &mut self,
        auditor: &mut Auditor<'_>,
        first: u64,
        leaves: &[Hash],
    ) -> Result<(), DiskError> {
        let end = first + leaves.len() as u64;
        for thousand in first / FOLDER_FILES..end.div_ceil(FOLDER_FILES) {
            for index in self.indexes(auditor, thousand)? {
                let Some(leaf) = index.checked_sub(first).and_then(|at| leaves.get(at as usize)) else {
                    continue;
                };
                let path = format!("public/{}", grouped(index));
                if let Err(what) = self.preimage(auditor, &path, index, leaf)? {
                    auditor.find_at(FindingCode::PublicBad, &path, index, what);
                    self.status.forget();
                }
            }
        }
        Ok(())
    }

    /// Opens one preimage; the inner error says what is wrong with it.
    fn preimage(
        &mut self,
        auditor: &mut Auditor<'_>,
        path: &str,
        index: u64,
        leaf: &Hash,
    ) -> Result<Result<(), String>, DiskError> {
        let preimage = match auditor.read(path, PUBLIC_BYTES)? {
            Found::Bytes(bytes) => bytes,
            Found::Large => return Ok(Err("is larger than a preimage may be".to_owned())),
            Found::Missing => return Ok(Ok(())),
        };
        let (kind, entry, body) = match Entry::of_public(&preimage) {
            Ok(opened) if opened.1.leaf() == *leaf => opened,
            Ok(_) => return Ok(Err("is not the preimage of the entry".to_owned())),
            Err(refused) => return Ok(Err(refused.to_string())),
        };
        let text = std::str::from_utf8(body);
        Ok(match (kind, text) {
            (PublicKind::StatusNote, Ok(text)) => {
                self.status.note(auditor, index, entry, text)?;
                Ok(())
            }
            (PublicKind::TrustBundle, Ok(text)) => {
                TrustBundle::parse(text).map(|_| ()).map_err(|refused| refused.to_string())
            }
            (PublicKind::LogHead, Ok(text)) => self.log_head(auditor, text),
            // Its body is free in this version.
            (PublicKind::KeyEvent, _) => Ok(()),
            (_, Err(_)) => Err("is not UTF-8".to_owned()),
        })
    }

    /// A head of the operators' log continues the one before: what it says of the log only the office's own audit can tell.
    fn log_head(&mut self, auditor: &Auditor<'_>, text: &str) -> Result<(), String> {
        let head = LogHead::from_text(text).map_err(|refused| refused.to_string())?;
        if head.origin != *auditor.origin {
            return Err(format!("is of the ledger {}", head.origin));
        }
        if self.log_head.as_ref().is_some_and(|before| !head.continues(before)) {
            return Err("does not continue the head of the operators' log before it".to_owned());
        }
        self.log_head = Some(head);
        Ok(())
    }

    /// The indexes with a preimage that have these thousands, ascending; none from a source that can't list.
    fn indexes(&mut self, auditor: &Auditor<'_>, thousand: u64) -> Result<Vec<u64>, DiskError> {
        if let Some((listed, indexes)) = &self.folder
            && *listed == thousand
        {
            return Ok(indexes.clone());
        }
        let first = format!("public/{}", grouped(thousand * FOLDER_FILES));
        let folder = first.strip_suffix("/000").unwrap_or("public");
        let names = auditor.source.list(folder)?.unwrap_or_default();
        let digits = names.iter().filter(|name| name.len() == 3);
        let indexes: Vec<u64> = digits
            .filter_map(|name| name.parse::<u64>().ok())
            .map(|rest| thousand * FOLDER_FILES + rest)
            .collect();
        self.folder = Some((thousand, indexes.clone()));
        Ok(indexes)
    }
}
