//! Objections from end to end: every step and every refusal, crashes at every record, and random walks against a model.

mod flow;
pub(crate) mod house;
mod walk;

use super::*;
use house::*;
