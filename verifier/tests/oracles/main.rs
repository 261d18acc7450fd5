//! What others computed or wrote, against this crate: accumulated vectors of the Merkle Tree Certificates draft, RFC 9162
//! proofs of `ct-merkle`, the examples of the C2SP specifications, signed notes of `signed_note`, Ed25519 signatures of Wycheproof.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod accumulated;
mod c2sp;
mod ed25519;
mod merkle;
mod note;
mod tree;
