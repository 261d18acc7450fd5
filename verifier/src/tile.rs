//! Names of the files of a published ledger, C2SP tlog-tiles (spec page `ledger.md`).
//!
//! `tile/0/x001/x234/067` is the full tile 1234067 of level 0, `tile/entries/000.p/41` the first 41 entries.
//!
//! Here: the names, which are also the addresses, and their numbers in groups of three digits. Not here: files, and
//! what is in them.

use crate::error::Refused;
use crate::limits::{TILE_LEVEL, TILE_WIDTH};
use crate::time::parse_decimal;
use alloc::format;
use alloc::string::String;
use core::fmt;

const FORMAT: &str = "tile path";

/// The name of a tile of hashes or of a bundle of entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TilePath {
    level: TileLevel,
    number: u64,
    /// 1 to 256.
    width: u16,
}

/// What a tile holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TileLevel {
    /// The entries themselves.
    Entries,
    /// Hashes of subtrees of 256^level leaves; 0 to 63.
    Hashes(u8),
}

impl TilePath {
    /// A tile with `width` hashes or entries, 1 to 256, of which 256 is a full one. Refused otherwise.
    pub fn new(level: TileLevel, number: u64, width: u64) -> Result<TilePath, Refused> {
        if matches!(level, TileLevel::Hashes(level) if level > TILE_LEVEL) {
            return Err(Refused::new(FORMAT, "level", "has to be 0 to 63"));
        }
        match u16::try_from(width) {
            Ok(narrow) if (1..=TILE_WIDTH).contains(&width) => Ok(TilePath { level, number, width: narrow }),
            _ => Err(Refused::new(FORMAT, "width", "has to be 1 to 256")),
        }
    }

    /// Reads a name, from `tile/` on.
    pub fn parse(path: &str) -> Result<TilePath, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        let (level, rest) = path
            .strip_prefix("tile/")
            .and_then(|rest| rest.split_once('/'))
            .ok_or_else(|| refuse("", "has to look like tile/0/x001/067 or tile/entries/000.p/41"))?;
        let level = match level {
            "entries" => TileLevel::Entries,
            _ => parse_decimal(level)
                .and_then(|level| u8::try_from(level).ok())
                .map(TileLevel::Hashes)
                .ok_or_else(|| refuse("level", "has to be entries or 0 to 63"))?,
        };
        let (number, width) = match rest.split_once(".p/") {
            None => (rest, TILE_WIDTH),
            Some((number, width)) => match parse_decimal(width) {
                Some(width) if width < TILE_WIDTH => (number, width),
                _ => return Err(refuse("width", "of a partial tile has to be 1 to 255")),
            },
        };
        TilePath::new(level, parse_grouped(number)?, width)
    }

    /// What the tile holds.
    pub fn level(&self) -> TileLevel {
        self.level
    }

    /// Its number within the level.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// How many hashes or entries, 1 to 256.
    pub fn width(&self) -> u64 {
        u64::from(self.width)
    }

    /// Whether it has less than 256.
    pub fn is_partial(&self) -> bool {
        self.width() < TILE_WIDTH
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            TileLevel::Entries => f.write_str("tile/entries/")?,
            TileLevel::Hashes(level) => write!(f, "tile/{level}/")?,
        }
        f.write_str(&grouped(self.number))?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

/// A number in groups of three digits, all but the last with an `x`: 1234067 is `x001/x234/067`.
pub fn grouped(number: u64) -> String {
    let mut out = format!("{:03}", number % 1000);
    let mut rest = number / 1000;
    while rest > 0 {
        out = format!("x{:03}/{out}", rest % 1000);
        rest /= 1000;
    }
    out
}

/// The number of such groups; refused unless [`grouped`] writes it so.
pub fn parse_grouped(text: &str) -> Result<u64, Refused> {
    let refuse = || Refused::new(FORMAT, "number", "has to be in groups of three digits like x001/x234/067");
    // A u64 has at most seven groups.
    if text.len() > 34 {
        return Err(refuse());
    }
    let mut number = 0u64;
    for group in text.split('/') {
        let digits = group.strip_prefix('x').unwrap_or(group);
        if digits.len() != 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refuse());
        }
        let value = digits.parse::<u64>().map_err(|_| refuse())?;
        number = number.checked_mul(1000).and_then(|n| n.checked_add(value)).ok_or_else(refuse)?;
    }
    if grouped(number) == text { Ok(number) } else { Err(refuse()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn known_names() {
        for good in [
            "tile/0/000",
            "tile/63/x001/x234/067",
            "tile/entries/000.p/41",
            "tile/1/x001/000.p/255",
            "tile/0/x018/x446/x744/x073/x709/x551/615.p/1",
        ] {
            assert_eq!(TilePath::parse(good).unwrap().to_string(), good);
        }
        assert_eq!(TilePath::parse("tile/0/x018/x446/x744/x073/x709/x551/615").unwrap().number(), u64::MAX);
        for bad in [
            "",
            "tile",
            "tile/0",
            "tile/0/",
            "tile/0/0",
            "tile/0/0000",
            "tile/0/x000/001",
            "tile/0/001/002",
            "tile/0/x001",
            "tile/00/000",
            "tile/64/000",
            "tile/-1/000",
            "tile/entry/000",
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/",
            "tile/0/000.p",
            "/tile/0/000",
            "tile/0/000/",
            "tile/0/x018/x446/x744/x073/x709/x551/616",
            "tile/0/../000",
            "tile/0/x001/x/000",
            "tile/0/００1",
            "tile/0/000.p/1.p/1",
            "tile/0/x1/000",
            "tile/0/x+01/000",
        ] {
            assert!(TilePath::parse(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn names_are_the_one_encoding(number: u64, level in 0u8..=64, width in 1u64..=256) {
            let level = if level == 64 { TileLevel::Entries } else { TileLevel::Hashes(level) };
            let path = TilePath::new(level, number, width).unwrap();
            prop_assert_eq!(TilePath::parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn what_parses_is_written_the_same(text in "tile/([0-9]{1,2}|entries)/(x?[0-9]{2,3}/){0,2}[0-9]{3}(\\.p/[0-9]{1,3})?") {
            if let Ok(path) = TilePath::parse(&text) { prop_assert_eq!(path.to_string(), text); }
        }
    }
}
