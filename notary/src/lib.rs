//! The credit office.
//!
//! What is here: documents and their rules, claims, disclosures, cores, the ledger, the journal, keys; `Office` is the
//! only way to change anything. What is not: HTTP, pages, and the checking of certificates, which is `verifier`'s.

pub mod anchor;
pub mod audit;
pub mod backup;
pub mod block;
pub mod calendar;
pub mod check;
pub mod claim;
pub mod code;
pub mod commitment;
pub mod desk;
pub mod disclose;
pub mod disk;
pub mod document;
pub mod erasing;
pub mod import;
pub mod index;
pub mod issue;
pub mod journal;
pub mod keys;
pub mod ledger;
pub mod lock;
pub mod objection;
pub mod office;
pub mod operator_log;
pub mod people;
pub mod refusal;
pub mod render;
pub mod repair;
pub mod tree;
pub mod vault;
pub mod witness;
pub mod workday;

#[cfg(test)]
mod samples;
