//! What is seen of an import: its number, how far it is, what came of it.
//!
//! ```text
//! 3f9c…  commitments.csv  to-confirm   rows 312 · refused 4 (the first 200 bad rows are shown) · sent 10:02, kept a week
//! ```
//!
//! Not here: who holds the imports ([`super::store`]).

use std::fmt;

use notary::import::{BadRow, Fault, Finding, Format};
use verifier::time::Time;

use crate::problem::{Common, Problem};

/// Bad rows and findings that a page shows; files and counts have all.
pub const SHOWN_MAX: usize = 200;
/// Faults of one row that are shown.
const FAULTS_MAX: usize = 20;

/// An import's number: 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ImportId([u8; 16]);

impl ImportId {
    /// From its 32 hex digits.
    pub fn parse(text: &str) -> Option<ImportId> {
        let digits = text.as_bytes();
        if digits.len() != 32 || !digits.iter().all(|d| matches!(d, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(|number| ImportId(number.to_be_bytes()))
    }

    /// A new number.
    ///
    /// # Errors
    /// `BUSY` where the system has no randomness.
    pub fn generate() -> Result<ImportId, Problem> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| Problem::from(Common::Busy))?;
        Ok(ImportId(bytes))
    }

    /// As the operator log names it.
    pub fn object(&self) -> String {
        format!("import/{}", self.to_string().get(..12).unwrap_or_default())
    }
}

impl fmt::Display for ImportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Its rows are read and nothing of them is taken in.
    Checking,
    /// A second person is to confirm it.
    ToConfirm,
    /// For its turn.
    Waiting,
    /// Its rows are taken in.
    Running,
    /// Every row was taken or refused.
    Done,
    /// Ended by a person, or because the server ends. What was accepted stays so.
    Cancelled,
    /// The second person did not confirm it.
    TurnedDown,
    /// The file or the office could not go on. What was accepted stays so.
    Failed,
}

impl State {
    /// The word in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Checking => "checking",
            State::ToConfirm => "to-confirm",
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done => "done",
            State::Cancelled => "cancelled",
            State::TurnedDown => "turned-down",
            State::Failed => "failed",
        }
    }

    /// Whether something is still to come.
    pub fn is_open(self) -> bool {
        matches!(self, State::Checking | State::ToConfirm | State::Waiting | State::Running)
    }
}

/// An import as people and programs see it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its number.
    pub id: ImportId,
    /// How far it is.
    pub state: State,
    /// Who sent it: an account or a key.
    pub owner: String,
    /// The file's name, as the sender gave it.
    pub name: String,
    /// SHA-256 of the file, in hex.
    pub digest: String,
    /// The file's bytes.
    pub bytes: u64,
    /// The file's format; that of the refused rows too.
    pub format: Format,
    /// Rows with something in them.
    pub rows: u64,
    /// Rows that are done with.
    pub done: u64,
    /// Rows that were taken; while nothing is taken yet, such as could be.
    pub accepted: u64,
    /// Of these, such as had been imported before.
    pub repeated: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// The first bad rows: the row's number, and what is wrong.
    pub bad: Vec<(u64, Vec<Fault>)>,
    /// What a person should look at: one code with several names, one name with several codes.
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub findings_count: u64,
    /// Columns that nothing is taken from.
    pub ignored: Vec<String>,
    /// When it was sent.
    pub sent: Time,
    /// When it last changed its state.
    pub changed: Time,
    /// Until when it is kept.
    pub until: Time,
    /// Who confirmed it or turned it down.
    pub decided_by: Option<String>,
    /// Why it was turned down.
    pub reason: String,
    /// Why it failed.
    pub failure: Option<Problem>,
    /// Whether there is a file of refused rows.
    pub has_refused: bool,
    /// Whether there is a file of certificate numbers.
    pub has_receipts: bool,
}

/// A file that an import has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Refused rows with their reasons.
    Refused,
    /// Codes of commitments with their certificate numbers and check codes.
    Receipts,
}

/// What a second person said.
#[derive(Clone, Debug)]
pub enum Decided {
    /// These bytes, so many rows: go on.
    Confirmed {
        /// SHA-256 that was looked at.
        digest: String,
        /// The rows that were counted.
        rows: u64,
    },
    /// No, for this reason.
    TurnedDown {
        /// Why.
        reason: String,
    },
}

impl Seen {
    /// Counts a bad row, and keeps it while there is room.
    pub(super) fn bad_row(&mut self, bad: &BadRow) {
        self.refused += 1;
        if self.bad.len() < SHOWN_MAX {
            self.bad.push((bad.row, bad.faults.iter().take(FAULTS_MAX).cloned().collect()));
        }
    }
}
