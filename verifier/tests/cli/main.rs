//! `xinzheng-verify` as a bank runs it: the program itself, on files that a small office of fixed keys made.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]
#![allow(missing_docs, reason = "a program of tests")]

mod answer;
mod inputs;
mod issued;
mod lists;
mod office;
mod offline;
mod outputs;
mod pictures;
mod stamps;
mod trust;
mod verdicts;
