//! The end-to-end tests: one binary, a module for each matter, in `tests/e2e/`.

#[path = "e2e/house.rs"]
mod house;

#[path = "e2e/fuzz.rs"]
mod fuzz;

#[path = "e2e/tamper.rs"]
mod tamper;

#[path = "e2e/issue.rs"]
mod issue;

#[path = "e2e/office.rs"]
mod office;

#[path = "e2e/offline.rs"]
mod offline;

#[path = "e2e/printed.rs"]
mod printed;

#[path = "e2e/crash.rs"]
mod crash;

#[path = "e2e/api.rs"]
mod api;

#[path = "e2e/readme.rs"]
mod readme;

#[path = "e2e/damage.rs"]
mod damage;

#[path = "e2e/browser.rs"]
mod browser;

#[path = "e2e/witnesses.rs"]
mod witnesses;

#[path = "e2e/anchors.rs"]
mod anchors;

#[path = "e2e/packages.rs"]
mod packages;

#[path = "e2e/chain.rs"]
mod chain;

#[path = "e2e/stock.rs"]
mod stock;

#[path = "e2e/outward.rs"]
mod outward;

#[path = "e2e/backups.rs"]
mod backups;

#[path = "e2e/malicious.rs"]
mod malicious;

#[path = "e2e/watching.rs"]
mod watching;
