//! The offices, the witnesses and their keys.

use super::pair::{Pair, root_seed};
use verifier::key::KeyKind;

/// An office with the keys that sign in nearly every case.
pub struct Office {
    pub origin: &'static str,
    pub ledger: Pair,
    pub batch: Pair,
    pub status: Pair,
}

/// The office of nearly every case: an organisation with a witness of its own.
pub fn credit() -> Office {
    // Found by trying: this batch key and the archive's have the same key id, 44e7f2c8.
    office("credit.example.gov.cn/ledger", "", "batch 25589")
}

/// May issue certificates of files only.
pub fn archive() -> Office {
    office("archive.example.gov.cn/ledger", "archive ", "archive batch 67329")
}

fn office(origin: &'static str, whose: &str, batch: &str) -> Office {
    Office {
        origin,
        ledger: note_key(&format!("{whose}ledger"), origin),
        batch: note_key(batch, &format!("{origin}/batch")),
        status: note_key(&format!("{whose}status"), &format!("{origin}/status")),
    }
}

pub fn note_key(seed: &str, name: &str) -> Pair {
    Pair::new(root_seed(seed), name, KeyKind::Note)
}

pub fn root() -> Pair {
    note_key("root 1", "credit.example.gov.cn/root")
}

/// A root that signs nothing here.
pub fn other_root() -> Pair {
    note_key("root 3", "credit.example.gov.cn/root")
}

fn witness(name: &str) -> Pair {
    Pair::new(root_seed(name), name, KeyKind::Cosignature)
}

/// Belongs to the office's own organisation.
pub fn county() -> Pair {
    witness("county.example.gov.cn/witness")
}

pub fn province() -> Pair {
    witness("province.example.gov.cn/witness")
}

pub fn university() -> Pair {
    witness("university.example.edu.cn/witness")
}

/// In no bundle.
pub fn stranger() -> Pair {
    witness("stranger.example.org/witness")
}
