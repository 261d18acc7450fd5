//! Anchored checkpoints: `anchors/<n>`, n = 0, 1, …, in the order in which they came. Each is one anchor without a path, and
//! a line end.

use verifier::anchor::Anchor;
use verifier::error::Refused;
use verifier::limits::ANCHOR_BYTES;
use verifier::tile::grouped;

use super::tiles::FOLDER;
use crate::disk::{Disk, DiskError};

/// Puts an anchor as number `n`. It may be there already, with these bytes.
pub(crate) fn write(disk: &dyn Disk, n: u64, anchor: &Anchor) -> Result<(), DiskError> {
    disk.write_new(&path(n), (anchor.without_path().encode() + "\n").as_bytes())
}

/// The bytes of number `n`; `None` where there is none. A file that is too large counts as one that can't be read.
pub(crate) fn read(disk: &dyn Disk, n: u64) -> Result<Option<Vec<u8>>, DiskError> {
    match disk.read(&path(n), ANCHOR_BYTES + 1) {
        Err(DiskError::TooLarge { .. }) => Ok(Some(Vec::new())),
        found => found,
    }
}

/// Reads a file's text. A file of a type that is not known here is fine.
pub(crate) fn parse(text: &str) -> Result<Anchor, Refused> {
    let refused = |what: &str| Refused::new("anchor", "", what);
    let line = text.strip_suffix('\n').ok_or_else(|| refused("does not end with a line end"))?;
    let anchor = Anchor::parse(line)?;
    match anchor.path() {
        Some(_) => Err(refused("has a path, which belongs to certificates")),
        None => Ok(anchor),
    }
}

/// Where number `n` lies, below the office's folder.
pub(crate) fn path(n: u64) -> String {
    format!("{FOLDER}anchors/{}", grouped(n))
}
