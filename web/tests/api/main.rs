//! The interface for programs, asked of the real server over TCP: every route, good and bad.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

#[path = "../accounts/browser.rs"]
#[allow(dead_code, reason = "shared with other test binaries")]
mod browser;

mod bad;
mod certificates;
mod checks;
mod description;
mod disclosures;
mod documents;
mod house;
mod jobs;
mod ledger;
mod life;
mod session;
mod status;
mod verify;
