//! Anchoring: the loop that has this ledger's newest checkpoint anchored by others, and one client for each kind of them.
//!
//! ```text
//! [[anchor]]                    settings: whom, where, how often
//! kind = "rfc3161"
//! label = "tsa"                 as the trust bundle calls it
//! url = "https://tsa.example.gov.cn/tsr"
//! every = "1h"
//! ```
//!
//! Here: HTTP, and the pace. Not here: what is wanted, remembered and kept ([`notary::anchor`]), whether evidence holds
//! (`verifier`). A client knows an address, a checkpoint and the trust bundle's line of its target, and nothing of the office.
//! Issuing never waits for any of it.

mod client;
pub mod evm;
pub mod http;
mod page;
mod run;
mod tsa;
mod watch;
mod words;

pub use client::{Client, Failed, STEP_MAX, Step};
pub use page::{TargetRow, target_rows};
pub use run::{Clients, clients, once, run};
pub use watch::{Alarm, Anchoring, AnchoringView, kind_word, reason};
