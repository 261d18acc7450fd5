//! Helpers of the end-to-end tests. The tests themselves are modules of the one test binary, `tests/e2e.rs`.
//!
//! Here: where things are ([`paths`]), what the workspace links ([`graph`]), mutations and their seeds ([`mutate`],
//! [`seeds`]) and the fuzz targets ([`targets`]).
//! Not here: anything that a test asserts.

pub mod graph;
pub mod mutate;
pub mod paths;
pub mod seeds;
pub mod targets;
