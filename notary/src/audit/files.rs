//! Reading tiles and bundles for an audit: what is missing or has another length is a finding.

use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::limits::TILE_WIDTH;

use super::source::Found;
use super::{Auditor, Detail, FindingCode};
use crate::disk::DiskError;
use crate::ledger::tiles;

impl Auditor<'_> {
    /// A hash of a tile is not the one that follows from the entries.
    pub(super) fn tile_bad(&mut self, level: u32, number: u64, width: u64, place: u64) {
        let span = 1u64 << (8 * level);
        let first = (number * TILE_WIDTH + place) * span;
        let message = Detail::HashDiffers { place, first, end: first + span };
        self.find_at(FindingCode::TileBad, &tiles::tile_name(level, number, width), first, message);
    }

    /// The entries of a bundle; `None`, and a finding, if they can't be read.
    pub(super) fn entries(&mut self, number: u64, width: u64) -> Result<Option<Vec<Entry>>, DiskError> {
        let (path, found) =
            self.file(|width| tiles::bundle_name(number, width), width, tiles::ENTRY_BYTES)?;
        let Found::Bytes(bytes) = found else {
            self.unread(FindingCode::BundleMissing, FindingCode::BundleBad, &path, &found);
            return Ok(None);
        };
        let parsed = tiles::parse_bundle(&bytes);
        if parsed.is_none() {
            let length = |entry: &[u8]| !entry.starts_with(&[0, 32]);
            let place = bytes.chunks(tiles::ENTRY_BYTES).position(length).unwrap_or(0) as u64;
            let index = number * TILE_WIDTH + place;
            self.find_at(FindingCode::BundleBad, &path, index, Detail::EntryLength);
        }
        Ok(parsed)
    }

    /// The hashes of a tile; `None`, and a finding, if they can't be read.
    pub(super) fn hashes(
        &mut self,
        level: u32,
        number: u64,
        width: u64,
    ) -> Result<Option<Vec<Hash>>, DiskError> {
        let (path, found) = self.file(|width| tiles::tile_name(level, number, width), width, 32)?;
        let Found::Bytes(bytes) = found else {
            self.unread(FindingCode::TileMissing, FindingCode::TileBad, &path, &found);
            return Ok(None);
        };
        Ok(tiles::parse_tile(&bytes))
    }

    fn unread(&mut self, missing: FindingCode, bad: FindingCode, path: &str, found: &Found) {
        match found {
            Found::Missing => self.find(missing, path, Detail::Missing),
            _ => self.find(bad, path, Detail::WrongLength),
        }
    }

    /// The first `width` items of a tile or bundle: of the partial file, or of the full one that took its place. A file
    /// of another length counts as [`Found::Large`]. With the path that was wanted or found.
    pub(super) fn file(
        &self,
        name: impl Fn(u64) -> String,
        width: u64,
        item: usize,
    ) -> Result<(String, Found), DiskError> {
        for wide in [width, TILE_WIDTH] {
            let path = name(wide);
            let length = wide as usize * item;
            match self.read(&path, length)? {
                Found::Missing => {}
                Found::Bytes(mut bytes) if bytes.len() == length => {
                    bytes.truncate(width as usize * item);
                    return Ok((path, Found::Bytes(bytes)));
                }
                _ => return Ok((path, Found::Large)),
            }
        }
        Ok((name(width), Found::Missing))
    }

    /// Partial files that are no longer needed may be there, as long as they are beginnings of what is. `bytes` are those of
    /// the wider one, made only where there is something to hold against them.
    pub(super) fn stale(
        &mut self,
        name: impl Fn(u64) -> String,
        width: u64,
        code: FindingCode,
        bytes: impl FnOnce() -> Vec<u8>,
    ) -> Result<(), DiskError> {
        let folder = format!("{}.p", name(TILE_WIDTH));
        let files = self.source.list(&folder)?.unwrap_or_default();
        if files.is_empty() {
            return Ok(());
        }
        let bytes = bytes();
        let item = bytes.len() / width as usize;
        for file in files {
            // Wider ones are of a batch on its way; other names are looked for at the end.
            let Some(narrow) = file.parse::<u64>().ok().filter(|narrow| (1..=width).contains(narrow)) else {
                continue;
            };
            let path = format!("{folder}/{file}");
            let expected = &bytes[..narrow as usize * item];
            if narrow == width || path != name(narrow) {
                continue;
            }
            match self.read(&path, expected.len())? {
                Found::Bytes(bytes) if bytes == expected => {}
                Found::Missing => {}
                _ => self.find(code, &path, Detail::NotTheBeginning),
            }
        }
        Ok(())
    }
}
