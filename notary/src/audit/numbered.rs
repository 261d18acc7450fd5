//! The folders of evidence, whose files are numbered from 0 in the order in which they came.
//!
//! ```text
//! cosigned/000  cosigned/001  …  cosigned/041        no end is told: after the last one nothing is there
//! ```
//!
//! Here: going through such a folder, and what is missing in it. Not here: what a file says (`cosigned`, `anchors`).

use verifier::tile::grouped;

use super::evidence::{GAP_MAX, Reached};
use super::source::Found;
use super::{Auditor, Detail, FindingCode};
use crate::disk::DiskError;

/// One such folder.
pub(super) struct Numbered {
    /// Its name.
    pub(super) folder: &'static str,
    /// Bytes that a file of it may have.
    pub(super) bytes: usize,
    /// What a file is called that is missing, too large, or one too many.
    pub(super) code: FindingCode,
    /// How far an audit has come in it.
    pub(super) reached: fn(&mut Reached) -> &mut u64,
}

impl Numbered {
    fn path(&self, n: u64) -> String {
        format!("{}/{}", self.folder, grouped(n))
    }

    /// Looks at those that were not looked at before, `most` in all. `one` looks at a file, and answers false where it is
    /// beyond the head: the next audit begins with that one.
    pub(super) fn check<'a>(
        &self,
        auditor: &mut Auditor<'a>,
        reached: &mut Reached,
        most: u64,
        mut one: impl FnMut(&mut Auditor<'a>, &mut Reached, &str, &[u8]) -> Result<bool, DiskError>,
    ) -> Result<(), DiskError> {
        self.check_last(auditor, *(self.reached)(reached))?;
        loop {
            let n = *(self.reached)(reached);
            let path = self.path(n);
            let bytes = match auditor.read(&path, self.bytes)? {
                Found::Missing if self.is_gap(auditor, n)? => None,
                Found::Missing => return Ok(()),
                Found::Large => {
                    auditor.find(self.code, &path, Detail::TooLarge);
                    None
                }
                Found::Bytes(bytes) => Some(bytes),
            };
            if n >= most {
                auditor.find(self.code, &path, Detail::TooMany);
                return Ok(());
            }
            if let Some(bytes) = bytes
                && !one(auditor, reached, &path, &bytes)?
            {
                return Ok(());
            }
            *(self.reached)(reached) += 1;
        }
    }

    /// Every file that can be read, `most` at the most; what is wrong with the others was found before.
    pub(super) fn each(
        &self,
        auditor: &Auditor<'_>,
        most: u64,
        mut one: impl FnMut(&[u8]),
    ) -> Result<(), DiskError> {
        for n in 0..most {
            match auditor.read(&self.path(n), self.bytes)? {
                Found::Missing => break,
                Found::Large => {}
                Found::Bytes(bytes) => one(&bytes),
            }
        }
        Ok(())
    }

    /// The last of those that were looked at before is still there.
    fn check_last(&self, auditor: &mut Auditor<'_>, next: u64) -> Result<(), DiskError> {
        if let Some(last) = next.checked_sub(1)
            && self.is_missing(auditor, last)?
        {
            auditor.find(self.code, &self.path(last), Detail::MissingSince);
        }
        Ok(())
    }

    /// The file `n` is missing: whether others come after it, which is a finding.
    fn is_gap(&self, auditor: &mut Auditor<'_>, n: u64) -> Result<bool, DiskError> {
        for later in n + 1..=n + GAP_MAX {
            if !self.is_missing(auditor, later)? {
                // It may have come since it was asked for.
                if !self.is_missing(auditor, n)? {
                    return Ok(false);
                }
                auditor.find(self.code, &self.path(n), Detail::MissingAmong);
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn is_missing(&self, auditor: &Auditor<'_>, n: u64) -> Result<bool, DiskError> {
        Ok(matches!(auditor.read(&self.path(n), self.bytes)?, Found::Missing))
    }
}
