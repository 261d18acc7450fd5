//! What the parts of the office refuse, as one kind of refusal with their own codes.
//!
//! Not here: the codes and their messages (`refusal`).

use crate::disk::DiskError;
use crate::index::IndexError;
use crate::journal::JournalError;
use crate::keys::KeyError;
use crate::ledger::LedgerError;
use crate::lock::LockError;
use crate::refusal::{Lang, Refusal, RefusalCode};
use crate::vault::VaultError;

macro_rules! refusals_of {
    ($($error:ty),+) => {
        $(impl From<$error> for Refusal {
            fn from(error: $error) -> Refusal {
                refusal(error.code(), &error)
            }
        })+
    };
}

refusals_of!(DiskError, IndexError, JournalError, LedgerError, LockError, VaultError);

impl From<KeyError> for Refusal {
    fn from(error: KeyError) -> Refusal {
        refusal(error.code(), &error).found_in_chinese(error.text(Lang::Zh))
    }
}

/// The parts name their codes as text; each is a row of the table of refusals.
fn refusal(code: &str, error: &dyn std::fmt::Display) -> Refusal {
    let row = RefusalCode::ALL.iter().find(|row| row.as_str() == code);
    Refusal::new(row.copied().unwrap_or(RefusalCode::SelfCheckFailed)).found(error)
}
