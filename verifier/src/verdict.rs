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

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::core::Core;
use crate::disclosure::Shown;
use crate::key::KeyId;
use crate::merkle::Subtree;
use crate::origin::Origin;
use crate::status::Status;
use crate::time::Time;

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

/// What a code does to the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The check holds.
    Holds,
    /// Worth telling; changes nothing.
    Warns,
    /// Leaves the verdict undetermined, unless something fails.
    Leaves,
    /// Makes the verdict invalid.
    Fails,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $effect:ident, $rank:literal;)+) => {
        /// The frozen codes of `spec/verdict.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code, in the order of `spec/verdict.md`.
            pub const ALL: &'static [Code] = &[$(Code::$name,)+];

            /// The code as it is written in `--json`, e.g. `SIG_BAD`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// What it does to the verdict.
            pub fn effect(self) -> Effect {
                match self { $(Self::$name => Effect::$effect,)+ }
            }

            /// The number of its check; the lower one leads.
            fn rank(self) -> u8 {
                match self { $(Self::$name => $rank,)+ }
            }
        }
    };
}

codes! {
    /// Every check holds.
    Valid = "VALID", Holds, 0;
    /// A whole certificate of a known version.
    FormatOk = "FORMAT_OK", Holds, 10;
    /// Not a certificate at all.
    NotRecognised = "NOT_RECOGNISED", Leaves, 10;
    /// A certificate number or window code: it must be looked up.
    NeedsLookup = "NEEDS_LOOKUP", Leaves, 10;
    /// A cut or damaged scan: scan again.
    ScanIncomplete = "SCAN_INCOMPLETE", Leaves, 10;
    /// A file that ends too early: fetch it again.
    FileIncomplete = "FILE_INCOMPLETE", Leaves, 10;
    /// A later version than this verifier knows.
    VersionUnknown = "VERSION_UNKNOWN", Leaves, 10;
    /// Whole, but not as the format says.
    FormatBad = "FORMAT_BAD", Fails, 10;
    /// The trust bundle is in force.
    TrustOk = "TRUST_OK", Holds, 20;
    /// The trust bundle is past its time.
    TrustExpired = "TRUST_EXPIRED", Leaves, 20;
    /// The office is in the bundle.
    OfficeOk = "OFFICE_OK", Holds, 30;
    /// No office of the bundle has this batch key.
    OfficeUnknown = "OFFICE_UNKNOWN", Leaves, 30;
    /// The batch note's signature verifies.
    SigOk = "SIG_OK", Holds, 40;
    /// The batch note's signature does not verify.
    SigBad = "SIG_BAD", Fails, 40;
    /// The core is in the batch note's subtree.
    PathOk = "PATH_OK", Holds, 50;
    /// The core is not in the batch note's subtree.
    PathBad = "PATH_BAD", Fails, 50;
    /// The key was good when it signed.
    KeyOk = "KEY_OK", Holds, 60;
    /// The key was not good when it signed.
    KeyNotValid = "KEY_NOT_VALID", Fails, 60;
    /// The key's signatures are no longer to be relied on.
    KeyRetired = "KEY_RETIRED", Leaves, 60;
    /// The key may have been a thief's, and nothing from outside says that this was earlier.
    KeyCompromised = "KEY_COMPROMISED", Leaves, 70;
    /// The office may issue this kind.
    KindOk = "KIND_OK", Holds, 80;
    /// The office may not issue this kind.
    KindNotAllowed = "KIND_NOT_ALLOWED", Fails, 80;
    /// In force at the moment judged.
    DatesOk = "DATES_OK", Holds, 95;
    /// Issued after it was sealed.
    DatesBad = "DATES_BAD", Fails, 90;
    /// Issued or sealed later than the moment judged.
    NotYetValid = "NOT_YET_VALID", Fails, 90;
    /// Past its time.
    Expired = "EXPIRED", Fails, 140;
    /// What is shown of the document belongs to it.
    DisclosureOk = "DISCLOSURE_OK", Holds, 100;
    /// What is shown of the document does not belong to it.
    DisclosureBad = "DISCLOSURE_BAD", Fails, 100;
    /// Records that this purpose demands are hidden.
    DisclosureIncomplete = "DISCLOSURE_INCOMPLETE", Fails, 101;
    /// The document given is the one certified.
    DocumentOk = "DOCUMENT_OK", Holds, 110;
    /// The document given is another one.
    DocumentDiffers = "DOCUMENT_DIFFERS", Fails, 110;
    /// The certificate shows too little of its document to compare.
    DocumentNotShown = "DOCUMENT_NOT_SHOWN", Leaves, 110;
    /// The entry is under a signed checkpoint.
    ProofOk = "PROOF_OK", Holds, 120;
    /// The tlog-proof in the file does not hold.
    ProofBad = "PROOF_BAD", Fails, 120;
    /// The tlog-proof rests on a ledger key that is not known, retired or compromised.
    ProofUnusable = "PROOF_UNUSABLE", Leaves, 121;
    /// Valid by fresh evidence.
    StatusValid = "STATUS_VALID", Holds, 130;
    /// Only the proof was asked for.
    StatusNotAsked = "STATUS_NOT_ASKED", Holds, 130;
    /// Valid, with an objection noted.
    ObjectionNoted = "OBJECTION_NOTED", Warns, 130;
    /// Revoked.
    Revoked = "REVOKED", Fails, 130;
    /// Replaced by a newer certificate.
    Replaced = "REPLACED", Fails, 130;
    /// Withdrawn by its holder.
    Withdrawn = "WITHDRAWN", Fails, 130;
    /// A list covers the index and says that no certificate is there.
    NotIssued = "NOT_ISSUED", Fails, 130;
    /// Suspended: an objection is being verified.
    Suspended = "SUSPENDED", Leaves, 130;
    /// The newest evidence of status is too old.
    StatusStale = "STATUS_STALE", Leaves, 131;
    /// There is no evidence of status that is fresh enough, and no list at all.
    StatusMissing = "STATUS_MISSING", Leaves, 132;
    /// Two lists of one number that differ.
    StatusConflict = "STATUS_CONFLICT", Leaves, 129;
    /// A status list at hand does not verify and was left out.
    StatusUnusable = "STATUS_UNUSABLE", Warns, 133;
    /// Certified for another purpose than the caller's.
    PurposeOther = "PURPOSE_OTHER", Warns, 150;
    /// Certified for another audience than the caller.
    AudienceOther = "AUDIENCE_OTHER", Warns, 151;
    /// The bundle's root is not pinned here.
    RootNotPinned = "ROOT_NOT_PINNED", Warns, 160;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Text(text) => f.write_str(text),
            Self::Moment(time) => f.write_str(&time.display_china()),
            Self::Age(seconds) => write!(f, "{seconds} s"),
            Self::Count(part, whole) => write!(f, "{part}/{whole}"),
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
