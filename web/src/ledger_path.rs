//! Which addresses under `/ledger/` are files of a published ledger, and how each may be cached.
//!
//! ```text
//! checkpoint                         text, may change at any moment
//! tile/0/x001/234.p/41               bytes, never changes
//! tile/entries/000                   bytes, never changes
//! batch/x001/234                     JSON, never changes
//! public/000                         bytes, never changes
//! cosigned/012                       text, never changes
//! anchors/007                        JSON, never changes
//! public/list                        text, names of the preimages beside it
//! status/0/17.xzs                    JSON, never changes
//! status/0.xzs                       JSON, the newest
//! status/index.json                  JSON, the newest of all shards
//! ```
//!
//! Addresses are parsed, not cleaned: each file has exactly one, in the form of verifier/spec/ledger.md, and everything
//! else is no file, whatever lies in the folder. So there is no way out of it, no listing, and nothing unfinished is seen.

use std::path::PathBuf;

use verifier::tile::{TilePath, parse_grouped};

/// No address is longer: a level, seven groups and a width.
const LONGEST: usize = 64;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The signed head.
    Checkpoint,
    /// A tile of hashes or a bundle of entries.
    Tile,
    /// A batch.
    Batch,
    /// The preimage of a public entry.
    Public,
    /// The names of the preimages in a folder.
    PublicList,
    /// A checkpoint with cosignatures.
    Cosigned,
    /// An anchor.
    Anchor,
    /// One status list.
    Status,
    /// The newest status list of a shard, or the index of them.
    NewestStatus,
}

impl Kind {
    /// The media type.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Kind::Checkpoint | Kind::PublicList | Kind::Cosigned => "text/plain; charset=utf-8",
            Kind::Tile | Kind::Public => "application/octet-stream",
            Kind::Batch | Kind::Anchor | Kind::Status | Kind::NewestStatus => "application/json",
        }
    }

    /// For how long a copy may be kept.
    #[must_use]
    pub fn cache_control(self) -> &'static str {
        match self {
            Kind::Checkpoint | Kind::PublicList => "public, max-age=1",
            Kind::NewestStatus => "public, max-age=60",
            Kind::Tile | Kind::Batch | Kind::Public | Kind::Cosigned | Kind::Anchor | Kind::Status => {
                "public, max-age=31536000, immutable"
            }
        }
    }
}

/// The file that an address (what follows `/ledger/`, as it was sent) names, below the ledger's folder.
#[must_use]
pub fn parse(address: &str) -> Option<(Kind, PathBuf)> {
    if address.len() > LONGEST {
        return None;
    }
    let kind = match address.split_once('/') {
        None if address == "checkpoint" => Kind::Checkpoint,
        Some(("tile", _)) => TilePath::parse(address).ok().map(|_| Kind::Tile)?,
        Some(("batch", n)) => parse_grouped(n).ok().map(|_| Kind::Batch)?,
        Some(("public", name)) => public(name)?,
        Some(("cosigned", n)) => parse_grouped(n).ok().map(|_| Kind::Cosigned)?,
        Some(("anchors", n)) => parse_grouped(n).ok().map(|_| Kind::Anchor)?,
        Some(("status", "index.json")) => Kind::NewestStatus,
        Some(("status", list)) => status(list)?,
        _ => return None,
    };
    // The parsers take one form only, made of lower-case letters, digits, `.p` and `/`: it is a path as it stands.
    Some((kind, address.split('/').collect()))
}

/// A preimage, or the list of a folder: `040`, `x001/234`, `list`, `x001/list`.
fn public(name: &str) -> Option<Kind> {
    let Some(folder) = name.strip_suffix("list") else {
        return parse_grouped(name).ok().map(|_| Kind::Public);
    };
    let first = format!("{folder}000");
    (folder.is_empty() || parse_grouped(&first).is_ok()).then_some(Kind::PublicList)
}

fn status(list: &str) -> Option<Kind> {
    let name = list.strip_suffix(".xzs")?;
    match name.split_once('/') {
        None => decimal(name).map(|()| Kind::NewestStatus),
        Some((shard, sequence)) => decimal(shard).and_then(|()| decimal(sequence)).map(|()| Kind::Status),
    }
}

/// A decimal number in its only form.
fn decimal(text: &str) -> Option<()> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_ledger_has_its_address() {
        for (address, kind) in [
            ("checkpoint", Kind::Checkpoint),
            ("tile/0/000", Kind::Tile),
            ("tile/0/000.p/41", Kind::Tile),
            ("tile/2/x001/234", Kind::Tile),
            ("tile/entries/x001/x234/067.p/255", Kind::Tile),
            ("batch/000", Kind::Batch),
            ("batch/x001/234", Kind::Batch),
            ("cosigned/x001/234", Kind::Cosigned),
            ("anchors/007", Kind::Anchor),
            ("public/040", Kind::Public),
            ("public/list", Kind::PublicList),
            ("public/x001/x234/list", Kind::PublicList),
            ("status/0.xzs", Kind::NewestStatus),
            ("status/12/170.xzs", Kind::Status),
            ("status/index.json", Kind::NewestStatus),
        ] {
            assert_eq!(parse(address), Some((kind, PathBuf::from(address))), "{address}");
        }
    }

    #[test]
    fn nothing_else_has_one() {
        for address in [
            "",
            "/",
            "checkpoint/",
            "Checkpoint",
            "checkpoint.tmp",
            ".hidden",
            "tile",
            "tile/",
            "tile/0",
            "tile/0/0",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p",
            "tile/00/000",
            "tile/0/x000/000",
            "tile/0/000/",
            "tile/0/../../office.json",
            "../office.json",
            "tile//000",
            "batch/0",
            "batch/x000/001",
            "batch/000.tmp",
            "batch/%30%30%30",
            "public/..",
            "anchors/7",
            "anchors/000.json",
            "status/index.xzs",
            "status/0/index.json",
            "public/x000/list",
            "public/x1/list",
            "public/x001list",
            "public//list",
            "status/00.xzs",
            "status/0.xzs.tmp",
            "status/0/1",
            "status/0/01.xzs",
            "status/-1.xzs",
            "status/+1.xzs",
            "status//1.xzs",
            "status/0/1/2.xzs",
            "tile/0/０００",
            "tile\\0\\000",
            "checkpoint\0",
            "tile/entries/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999",
        ] {
            assert_eq!(parse(address), None, "{address}");
        }
    }
}
