//! Public preimages: each is that of its entry; status notes go on to their lists.

use verifier::entry::{Entry, PublicKind};
use verifier::hash::Hash;
use verifier::log_head::LogHead;
use verifier::tile::grouped;
use verifier::trust::TrustBundle;

use super::source::Found;
use super::status::Statuses;
use super::{Audited, Auditor, FindingCode, Watch};
use crate::disk::DiskError;
use crate::ledger::{PUBLIC_BYTES, PUBLIC_LIST, PUBLIC_LIST_BYTES};

/// Files of one folder: indexes with the same thousands.
const FOLDER_FILES: u64 = 1000;

/// The public preimages along the stream of entries.
pub(super) struct Public {
    /// The thousands whose folder was listed last, and the indexes in it.
    folder: Option<(u64, Vec<u64>)>,
    /// Below this, preimages were looked at before.
    looked: u64,
    pub(super) status: Statuses,
    /// The last head of the operators' log.
    log_head: Option<LogHead>,
}

impl Public {
    /// `part`: the stream does not begin at the first entry.
    pub(super) fn new(part: bool) -> Self {
        Self { folder: None, looked: 0, status: Statuses::new(part), log_head: None }
    }

    /// Goes on where an earlier audit ended.
    pub(super) fn after(audited: &Audited) -> Self {
        let log_head = audited.log_head.as_deref().and_then(|text| LogHead::from_text(text).ok());
        Self { folder: None, looked: audited.looked, status: Statuses::after(audited), log_head }
    }

    /// The last head of the operators' log.
    pub(super) fn log_head_text(&self) -> Option<String> {
        self.log_head.as_ref().map(LogHead::text)
    }

    /// Checks the preimages of the entries from `first` on, which have these leaf hashes.
    pub(super) fn check(
        &mut self,
        auditor: &mut Auditor<'_>,
        first: u64,
        leaves: &[Hash],
        watch: &mut dyn Watch,
    ) -> Result<(), DiskError> {
        let end = first + leaves.len() as u64;
        for thousand in first / FOLDER_FILES..end.div_ceil(FOLDER_FILES) {
            for index in self.indexes(auditor, thousand)? {
                let Some(leaf) = index.checked_sub(first).and_then(|at| leaves.get(at as usize)) else {
                    continue;
                };
                watch.public(index);
                if index < self.looked {
                    continue;
                }
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

    /// The list in the folder, which is for sources that can't list, names what is there up to the head. A ledger from
    /// before there were lists has none.
    fn list(
        &self,
        auditor: &mut Auditor<'_>,
        folder: &str,
        first: u64,
        names: &[String],
    ) -> Result<(), DiskError> {
        let path = format!("{folder}/{PUBLIC_LIST}");
        let told = match auditor.read(&path, PUBLIC_LIST_BYTES)? {
            Found::Bytes(bytes) => String::from_utf8(bytes).unwrap_or_default(),
            Found::Large => String::new(),
            Found::Missing => return Ok(()),
        };
        let size = auditor.size;
        let is_sealed = |name: &&str| name.parse::<u64>().is_ok_and(|rest| first + rest < size);
        let there = names.iter().map(String::as_str).filter(|name| name.len() == 3).filter(is_sealed);
        // A line that is no name of a preimage makes the two differ.
        let told = told.split_terminator('\n').filter(|line| is_sealed(line) || line.len() != 3);
        if !there.eq(told) {
            auditor.find(FindingCode::PublicList, &path, "does not name exactly the preimages beside it");
        }
        Ok(())
    }

    /// The indexes with a preimage that have these thousands, ascending; none from a source that can't list.
    fn indexes(&mut self, auditor: &mut Auditor<'_>, thousand: u64) -> Result<Vec<u64>, DiskError> {
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
        self.list(auditor, folder, thousand * FOLDER_FILES, &names)?;
        self.folder = Some((thousand, indexes.clone()));
        Ok(indexes)
    }
}
