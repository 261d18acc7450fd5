//! The verdict: what `verify` answers.
//!
//! Here are the outcome, the frozen codes, which code leads, and what may be shown of a certificate.
//! Not here: the checks themselves (`verify`), and the sentences for people (`text`).
//!
//! ```text
//! valid        VALID            L2   SIG_OK PATH_OK KEY_OK KIND_OK DATES_OK DISCLOSURE_OK PROOF_OK STATUS_VALID
//! invalid      REVOKED          L1   … REVOKED
//! undetermined STATUS_STALE     L1   … STATUS_STALE (age 90000 s)
//! ```
//!
//! Source: `spec/verdict.md`.

mod code;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::core::Core;
use crate::disclosure::Shown;
use crate::key::KeyId;
use crate::merkle::Subtree;
use crate::misbehaviour::Misbehaviour;
use crate::origin::Origin;
use crate::status::Status;
use crate::time::Time;

pub use code::{Code, Effect};

/// What can be said of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Every check holds and the evidence of status is fresh enough.
    Valid,
    /// A check fails for certain.
    Invalid,
    /// It can't be told. Never shown as good, never as forged.
    Undetermined,
}

impl Outcome {
    /// The word in `--json`: `valid`, `invalid` or `undetermined`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Undetermined => "undetermined",
        }
    }

    /// The exit status of a program that judged one certificate: 0, 1 or 2.
    pub fn exit_status(self) -> u8 {
        match self {
            Self::Valid => 0,
            Self::Invalid => 1,
            Self::Undetermined => 2,
        }
    }
}

/// One check that was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What came of it.
    pub code: Code,
    /// What explains it; formatted only when somebody asks.
    pub detail: Detail,
}

impl Check {
    /// Whether the check holds; a warning does.
    pub fn ok(&self) -> bool {
        matches!(self.code.effect(), Effect::Holds | Effect::Warns)
    }
}

/// The proof that one of these checks found: the ledger was forked.
pub fn fork(checks: &[Check]) -> Option<&Misbehaviour> {
    checks.iter().find_map(|check| match &check.detail {
        Detail::Fork(proof) => Some(&**proof),
        _ => None,
    })
}

/// What explains a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// Nothing more to say.
    None,
    /// In words.
    Text(String),
    /// A moment that decided.
    Moment(Time),
    /// An age in seconds that decided.
    Age(u64),
    /// A count: so many of so many.
    Count(u64, u64),
    /// A timestamp that holds.
    Stamp(Box<Stamp>),
    /// The proof of two histories: what it is written as is a file `*.xzf`.
    Fork(Box<Misbehaviour>),
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Moment(time) => f.write_str(&time.display_china()),
            Self::Age(seconds) => write!(f, "{seconds} s"),
            Self::Count(part, whole) => write!(f, "{part}/{whole}"),
            Self::Stamp(stamp) => write!(f, "{stamp}"),
            Self::Fork(proof) => {
                let (checkpoint, _) = proof.second();
                let size = checkpoint.size();
                write!(
                    f,
                    "two signed checkpoints of size {size} have two roots: a proof of misbehaviour (.xzf)"
                )
            }
        }
    }
}

/// What may be shown: decoded from verified bytes only, and there only if checks 1 to 5 hold.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The signed body.
    pub core: Core,
    /// The issuing office's ledger.
    pub origin: Origin,
    /// The issuing office's name, from the trust bundle.
    pub office: String,
    /// The entry's index in the ledger.
    pub index: u64,
    /// The signed range that the entry was proven in. May reach back beyond the batch.
    pub subtree: Subtree,
    /// When the batch was closed.
    pub sealed_at: Time,
    /// Which batch key signed.
    pub key_id: KeyId,
    /// What is shown of the document, where check 10 holds.
    pub shown: Option<Shown>,
    /// What is known of the status.
    pub status: StatusSeen,
    /// The bundle's witnesses that cosigned the checkpoint of the tlog-proof, where check 12 holds.
    pub cosigners: Vec<Cosigner>,
    /// The timestamps that hold.
    pub stamps: Vec<Stamp>,
}

/// A witness of the bundle that cosigned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigner {
    /// Name of its key.
    pub key_name: String,
    /// Name of its organisation, from the trust bundle.
    pub organisation: String,
    /// Whether that is another one than the office's. Nobody vouches for himself.
    pub independent: bool,
    /// When it cosigned, by its own clock: the earliest of several.
    pub time: Time,
}

/// A timestamp that holds, of an authority of the bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The authority's label in the bundle.
    pub label: String,
    /// Token of its organisation.
    pub organisation: String,
    /// Whether that is another one than the office's. Nobody vouches for himself.
    pub independent: bool,
    /// The name in the signer's certificate.
    pub signer: String,
    /// When the checkpoint existed, by the authority's clock.
    pub time: Time,
    /// The same, and what that clock may be off: not later than this.
    pub latest: Time,
    /// Under which policy, e.g. `1.2.3.4.1`.
    pub policy: String,
    /// The timestamp's serial number, in lower-case hexadecimal.
    pub serial: String,
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { label, organisation, signer, policy, serial, .. } = self;
        write!(
            f,
            "{} {label} ({organisation}, {signer}), policy {policy}, serial {serial}",
            self.time.display_china()
        )?;
        if self.independent { Ok(()) } else { f.write_str(", the office's own organisation: no level") }
    }
}

/// What is known of a certificate's status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatusSeen {
    /// The value in the newest list that covers the certificate; none where only the batch speaks.
    pub value: Option<Status>,
    /// The moment that the evidence speaks of: the list's issue, or the certificate's.
    pub as_of: Option<Time>,
    /// The sequence of the list used.
    pub sequence: Option<u64>,
}

/// The answer to one certificate.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Valid, invalid or undetermined.
    pub outcome: Outcome,
    /// The code that leads.
    pub code: Code,
    /// Assurance level reached here, 0 to 4.
    pub level: u8,
    /// What may be shown.
    pub fields: Option<Fields>,
    /// Every check done, in order.
    pub checks: Vec<Check>,
    /// The moment judged.
    pub at: Time,
}

/// Collects checks and decides.
#[derive(Debug, Default)]
pub(crate) struct Checks(Vec<Check>);

impl Checks {
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(12))
    }

    pub(crate) fn add(&mut self, code: Code) {
        self.with(code, Detail::None);
    }

    pub(crate) fn with(&mut self, code: Code, detail: Detail) {
        self.0.push(Check { code, detail });
    }

    /// The verdict of these checks: fail before open, the lower rank first.
    pub(crate) fn decide(self, level: u8, fields: Option<Fields>, at: Time) -> Verdict {
        let first = |effect: Effect| {
            self.0.iter().map(|c| c.code).filter(|c| c.effect() == effect).min_by_key(|c| c.rank())
        };
        let (outcome, code) = match (first(Effect::Fails), first(Effect::Leaves)) {
            (Some(code), _) => (Outcome::Invalid, code),
            (None, Some(code)) => (Outcome::Undetermined, code),
            (None, None) if self.0.iter().any(|c| c.code == Code::ObjectionNoted) => {
                (Outcome::Valid, Code::ObjectionNoted)
            }
            (None, None) => (Outcome::Valid, Code::Valid),
        };
        Verdict { outcome, code, level, fields, checks: self.0, at }
    }
}

impl Verdict {
    /// The verdict on something that could not be read as a certificate.
    pub fn unread(code: Code, what: String, at: Time) -> Self {
        let mut checks = Checks::new();
        checks.with(code, Detail::Text(what));
        checks.decide(0, None, at)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use alloc::vec;

    fn decided(codes: &[Code]) -> (Outcome, Code) {
        let mut checks = Checks::new();
        for code in codes {
            checks.add(*code);
        }
        let at = Time::new(1_795_312_800).unwrap();
        let verdict = checks.decide(1, None, at);
        (verdict.outcome, verdict.code)
    }

    #[test]
    fn a_certain_failure_leads_over_what_cannot_be_told() {
        let codes = vec![Code::SigOk, Code::StatusStale, Code::DisclosureBad, Code::TrustExpired];
        assert_eq!(decided(&codes), (Outcome::Invalid, Code::DisclosureBad));
    }

    #[test]
    fn the_status_leads_over_expiry() {
        assert_eq!(decided(&[Code::Expired, Code::Revoked]), (Outcome::Invalid, Code::Revoked));
        assert_eq!(decided(&[Code::NotYetValid, Code::Revoked]), (Outcome::Invalid, Code::NotYetValid));
    }

    #[test]
    fn warnings_change_nothing_but_an_objection_noted_leads_a_valid_one() {
        assert_eq!(decided(&[Code::SigOk, Code::RootNotPinned]), (Outcome::Valid, Code::Valid));
        assert_eq!(decided(&[Code::ObjectionNoted]), (Outcome::Valid, Code::ObjectionNoted));
        assert_eq!(decided(&[Code::ObjectionNoted, Code::KeyRetired]).0, Outcome::Undetermined);
    }

    #[test]
    fn every_code_is_written_once() {
        for (i, a) in Code::ALL.iter().enumerate() {
            for b in &Code::ALL[..i] {
                assert_ne!(a.as_str(), b.as_str());
            }
        }
    }
}
