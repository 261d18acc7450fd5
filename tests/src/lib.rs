//! Helpers of the end-to-end tests. The tests themselves are modules of the one test binary, `tests/e2e.rs`.
//!
//! Here: where things are ([`paths`]) and what the workspace links ([`graph`]).
//! Not here: anything that a test asserts.

pub mod graph;
pub mod paths;
