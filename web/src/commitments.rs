//! Commitments (信用承诺) on pages: what everybody finds, what operators see and record, what is due.
//!
//! ```text
//! /commitments                       everybody: by code, unified code or name; what is public alone
//! /operator/commitments              every one, by stage; one with its history and the forms of what may happen next
//! /operator/due                      what is due and overdue: commitments, requests
//! ```
//!
//! Not here: what may follow what, days, and who may see how much, which are `notary::commitment`'s; tables (`imports`).

mod beside;
mod due;
mod event_form;
mod operator;
mod public;
mod register;
pub mod words;

use actix_web::web::ServiceConfig;

pub use beside::{Beside, beside};
pub use due::Counts;
pub use public::unknown;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    public::configure(config);
    operator::configure(config);
    due::configure(config);
    register::configure(config);
}
