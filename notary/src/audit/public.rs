//! Public preimages: each is that of its entry; status notes go on to their lists, bundles and key events to the trail of keys.

use verifier::entry::{Entry, PublicKind};
use verifier::hash::Hash;
use verifier::log_head::LogHead;
use verifier::tile::grouped;
use verifier::trust::TrustBundle;

use super::source::Found;
use super::status::Statuses;
use super::trail::Trail;
use super::{Audited, Auditor, Detail, FindingCode, Watch};
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
    pub(super) trail: Trail,
    /// The last head of the operators' log.
    log_head: Option<LogHead>,
}

impl Public {
    /// `part`: the stream does not begin at the first entry.
    pub(super) fn new(part: bool) -> Self {
        let (status, trail) = (Statuses::new(part), Trail::new(part));
        Self { folder: None, looked: 0, status, trail, log_head: None }
    }

    /// Goes on where an earlier audit ended.
    pub(super) fn after(auditor: &Auditor<'_>, audited: &Audited) -> Self {
        let log_head = audited.log_head.as_deref().and_then(|text| LogHead::from_text(text).ok());
        let (status, trail) = (Statuses::after(audited), Trail::after(auditor, &audited.keys));
        Self { folder: None, looked: audited.looked, status, trail, log_head }
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
                if index < self.looked {
                    watch.public(index);
                    continue;
                }
                let path = format!("public/{}", grouped(index));
                match self.preimage(auditor, &path, index, leaf)? {
                    Ok(true) => watch.public(index),
                    // A name alone does not make an entry public: it would hide a document from who has the export.
                    Ok(false) => {
                        let list = format!("{}/{PUBLIC_LIST}", folder_of(thousand));
                        let what = Detail::ListNames { path };
                        auditor.find_at(FindingCode::PublicList, &list, index, what);
                    }
                    Err(what) => {
                        auditor.find_at(FindingCode::PublicBad, &path, index, what);
                        self.status.forget();
                        watch.public(index);
                    }
                }
            }
        }
        Ok(())
    }

    /// Opens one preimage; the inner error says what is wrong with it, `false` that it is not there.
    fn preimage(
        &mut self,
        auditor: &mut Auditor<'_>,
        path: &str,
        index: u64,
        leaf: &Hash,
    ) -> Result<Result<bool, Detail>, DiskError> {
        let preimage = match auditor.read(path, PUBLIC_BYTES)? {
            Found::Bytes(bytes) => bytes,
            Found::Large => return Ok(Err(Detail::TooLarge)),
            Found::Missing => return Ok(Ok(false)),
        };
        let (kind, entry, body) = match Entry::of_public(&preimage) {
            Ok(opened) if opened.1.leaf() == *leaf => opened,
            Ok(_) => return Ok(Err(Detail::NotThePreimage)),
            Err(refused) => return Ok(Err(Detail::unread(refused))),
        };
        let text = std::str::from_utf8(body);
        let looked = &mut auditor.looked;
        looked.preimages += 1;
        match kind {
            PublicKind::TrustBundle => looked.bundles += 1,
            PublicKind::LogHead => looked.log_heads += 1,
            PublicKind::KeyEvent => looked.key_events += 1,
            PublicKind::StatusNote => {}
        }
        let opened = match (kind, text) {
            (PublicKind::StatusNote, Ok(text)) => {
                self.status.note(auditor, index, entry, text)?;
                Ok(())
            }
            (PublicKind::TrustBundle, Ok(text)) => match TrustBundle::parse(text) {
                Ok(bundle) => {
                    self.trail.bundle(auditor, index, bundle);
                    Ok(())
                }
                Err(refused) => Err(Detail::unread(refused)),
            },
            (PublicKind::LogHead, Ok(text)) => self.log_head(auditor, text),
            (PublicKind::KeyEvent, Ok(text)) => {
                self.trail.event(auditor, index, text);
                Ok(())
            }
            (_, Err(_)) => Err(Detail::NotUtf8),
        };
        Ok(opened.map(|()| true))
    }

    /// A head of the operators' log continues the one before: what it says of the log only the office's own audit can tell.
    fn log_head(&mut self, auditor: &Auditor<'_>, text: &str) -> Result<(), Detail> {
        let head = LogHead::from_text(text).map_err(Detail::unread)?;
        if head.origin != *auditor.origin {
            return Err(Detail::OtherLedger { origin: head.origin });
        }
        if self.log_head.as_ref().is_some_and(|before| !head.continues(before)) {
            return Err(Detail::LogHeadBreaks);
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
            auditor.find(FindingCode::PublicList, &path, Detail::ListNotExact);
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
        let folder = folder_of(thousand);
        let names = auditor.source.list(&folder)?.unwrap_or_default();
        let digits = names.iter().filter(|name| name.len() == 3);
        let indexes: Vec<u64> = digits
            .filter_map(|name| name.parse::<u64>().ok())
            .map(|rest| thousand * FOLDER_FILES + rest)
            .collect();
        self.list(auditor, &folder, thousand * FOLDER_FILES, &names)?;
        self.folder = Some((thousand, indexes.clone()));
        Ok(indexes)
    }
}

/// The folder of the preimages with these thousands.
fn folder_of(thousand: u64) -> String {
    let first = format!("public/{}", grouped(thousand * FOLDER_FILES));
    first.strip_suffix("/000").unwrap_or("public").to_owned()
}
