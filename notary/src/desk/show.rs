//! Show-codes (亮证): a holder shows one certificate on a phone for five minutes.
//!
//! ```text
//! https://credit.example.gov.cn/show/58301746294017…   38 digits, 126 random bits
//! ```
//!
//! In memory alone, on purpose: they are worth nothing after five minutes, and a restart ends them. An expired one is
//! remembered for a while, so that its page can say so. Not here: the page.

use std::collections::HashMap;

use verifier::number::CertificateNumber;
use verifier::time::Time;

use super::{Actor, Desk, Standing};
use crate::office::random_digits;
use crate::refusal::{Refusal, RefusalCode};

/// Seconds that a show-code is good for.
pub const SHOW_SECONDS: u64 = 300;
/// Seconds after which it is forgotten that there was one.
const REMEMBERED: u64 = 3_600;
/// Show-codes at a time.
const SHOWS_MAX: usize = 20_000;

/// A show-code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShowCode {
    /// What its address ends with: 38 digits.
    pub token: String,
    /// Good before this moment.
    pub until: Time,
}

/// What a show-code shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// This certificate, until then.
    Live(CertificateNumber, Time),
    /// It was good until then.
    Expired(Time),
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Shows(HashMap<String, (CertificateNumber, Time)>);

impl Desk<'_> {
    /// Shows a certificate. Whose it is, the caller has checked.
    ///
    /// # Errors
    /// `DESK_FULL`, `ROLE_NOT_ALLOWED`, `NO_RANDOMNESS`.
    pub fn show(&self, by: &Actor, number: &CertificateNumber) -> Result<ShowCode, Refusal> {
        self.needs(by, Standing::Holder)?;
        let now = self.office.now();
        let token = random_digits::<38>()?;
        let until = now.saturating_add(SHOW_SECONDS);
        let mut shows = self.store.shows();
        if shows.0.len() >= SHOWS_MAX {
            shows.0.retain(|_, (_, until)| now.since(*until) < REMEMBERED);
        }
        if shows.0.len() >= SHOWS_MAX {
            return Err(Refusal::new(RefusalCode::DeskFull).right(SHOWS_MAX));
        }
        shows.0.insert(token.clone(), (*number, until));
        Ok(ShowCode { token, until })
    }

    /// What a show-code shows.
    ///
    /// # Errors
    /// `SHOW_CODE_UNKNOWN`.
    pub fn shown(&self, token: &str) -> Result<Shown, Refusal> {
        let now = self.office.now();
        match self.store.shows().0.get(token) {
            Some((number, until)) if now < *until => Ok(Shown::Live(*number, *until)),
            Some((_, until)) if now.since(*until) < REMEMBERED => Ok(Shown::Expired(*until)),
            _ => Err(Refusal::new(RefusalCode::ShowCodeUnknown)),
        }
    }
}
