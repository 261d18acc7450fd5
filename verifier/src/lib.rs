//! Formats and checks of Xinzheng (信证) certificates: all that a third party needs.
//!
//! Here: the bytes of every format in `../spec/`, each as a type that can't hold anything else, and the checks
//! that lead from a certificate to a verdict. Not here: files, sockets, a clock, randomness, keys that sign, and
//! the making of proofs. The caller reads the files, says what time it is and which trust bundle it trusts.
//!
//! ```
//! use verifier::{hash, origin::Origin, entry::Entry};
//!
//! let origin = Origin::parse("credit.example.gov.cn/ledger")?;
//! let entry = Entry::of_core(&origin, b"the bytes of a core");
//! let leaf = hash::leaf_hash(entry.as_bytes());
//! assert_eq!(leaf.to_base64().len(), 44);
//! # Ok::<(), verifier::error::Refused>(())
//! ```
//!
//! Every parser accepts exactly one encoding of a value and refuses the rest ([`error::Refused`]); nothing from
//! outside makes this crate panic; what an input may hold at most is in [`limits`].
#![no_std]
// Tests may stop where the library may not.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

extern crate alloc;
#[cfg(any(test, feature = "picture"))]
extern crate std;

pub mod anchor;
mod anchored;
#[cfg(feature = "answer")]
pub mod answer;
#[cfg(feature = "files")]
pub mod archive;
pub mod base64;
pub mod batch_file;
pub mod batch_note;
pub mod cbor;
pub mod certificate;
pub mod characters;
pub mod checkpoint;
pub mod core;
pub mod cosignature;
pub mod disclosure;
pub mod entry;
pub mod error;
pub mod event;
pub mod evidence;
#[cfg(feature = "evm")]
pub mod evm;
#[cfg(feature = "picture")]
pub mod guard;
pub mod hash;
pub mod json;
pub mod key;
pub mod key_event;
pub mod limits;
pub mod log_head;
pub mod merkle;
pub mod misbehaviour;
pub mod moment;
pub mod note;
pub mod number;
pub mod origin;
pub mod pdf;
#[cfg(feature = "picture")]
pub mod picture;
mod proof;
pub mod qr;
pub mod reason;
#[cfg(feature = "files")]
pub mod recognise;
pub mod registry;
pub mod row;
pub mod sheet;
pub mod shelf;
pub mod status;
pub mod status_index;
pub mod status_list;
pub mod text;
pub mod tile;
pub mod time;
#[cfg(feature = "timestamp")]
pub mod timestamp;
pub mod tlog_proof;
pub mod trust;
pub mod verdict;
pub mod verify;
pub mod witnessing;
