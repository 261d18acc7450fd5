//! Helpers of the end-to-end tests. The tests themselves are modules of the one test binary, `tests/e2e.rs`.
//!
//! Here: where things are ([`paths`]), what the workspace links ([`graph`]), mutations and their seeds ([`mutate`],
//! [`seeds`]), the fuzz targets ([`targets`]), good artefacts and documents ([`specimens`], [`documents`]) the real
//! programs ([`programs`]) and offices that run ([`instance`]), and an office that cheats ([`malicious`]).
//! Not here: anything that a test asserts.

pub mod documents;
pub mod graph;
pub mod instance;
pub mod ledger;
pub mod malicious;
pub mod mutate;
pub mod paths;
pub mod programs;
pub mod seeds;
pub mod shut;
pub mod specimens;
pub mod targets;
