//! What a witness says instead of a cosignature.

use std::fmt;

use verifier::merkle::ProofError;

use crate::refusal::Refusal;

/// Why there is no cosignature.
#[derive(Clone, Debug)]
pub enum Refused {
    /// The request is not of the form: 400.
    Malformed(verifier::error::Refused),
    /// The old size is beyond the new one: 400.
    OldBeyond,
    /// None of the known keys signed the head, or one's signature does not verify: 403.
    NotTrusted,
    /// The ledger is not one of the witness's: 404.
    OriginUnknown,
    /// The last head seen has another size than the request begins with: 409, with the size.
    Conflict {
        /// The size of the last head that was cosigned; 0 before the first.
        size: u64,
    },
    /// The last head has this very size and another root: 422.
    OtherRoot,
    /// The proof does not show that the new head extends the last one: 422.
    ProofBad(ProofError),
    /// The witness was restored from a backup, and was not told yet what it cosigned of this ledger last: 503.
    Asleep,
    /// The witness itself can't, after a failed write or with a damaged file: 503.
    Failed(Refusal),
}

/// The kind of a refusal, for counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusedKind {
    /// Not of the form.
    Malformed,
    /// No trusted signature.
    NotTrusted,
    /// Unknown ledger.
    OriginUnknown,
    /// Another size was seen last.
    Conflict,
    /// One size, two roots.
    OtherRoot,
    /// A proof that does not hold.
    ProofBad,
    /// It was restored, and does not know what it cosigned.
    Asleep,
    /// The witness itself can't.
    Failed,
}

impl RefusedKind {
    /// All of them.
    pub const ALL: [RefusedKind; 8] = [
        RefusedKind::Malformed,
        RefusedKind::NotTrusted,
        RefusedKind::OriginUnknown,
        RefusedKind::Conflict,
        RefusedKind::OtherRoot,
        RefusedKind::ProofBad,
        RefusedKind::Asleep,
        RefusedKind::Failed,
    ];

    /// A stable word for metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            RefusedKind::Malformed => "malformed",
            RefusedKind::NotTrusted => "not-trusted",
            RefusedKind::OriginUnknown => "origin-unknown",
            RefusedKind::Conflict => "conflict",
            RefusedKind::OtherRoot => "other-root",
            RefusedKind::ProofBad => "proof-bad",
            RefusedKind::Asleep => "asleep",
            RefusedKind::Failed => "failed",
        }
    }
}

impl Refused {
    /// The status of HTTP that tlog-witness says.
    pub fn status(&self) -> u16 {
        match self {
            Refused::Malformed(_) | Refused::OldBeyond => 400,
            Refused::NotTrusted => 403,
            Refused::OriginUnknown => 404,
            Refused::Conflict { .. } => 409,
            Refused::OtherRoot | Refused::ProofBad(_) => 422,
            Refused::Asleep | Refused::Failed(_) => 503,
        }
    }

    /// Its kind.
    pub fn kind(&self) -> RefusedKind {
        match self {
            Refused::Malformed(_) | Refused::OldBeyond => RefusedKind::Malformed,
            Refused::NotTrusted => RefusedKind::NotTrusted,
            Refused::OriginUnknown => RefusedKind::OriginUnknown,
            Refused::Conflict { .. } => RefusedKind::Conflict,
            Refused::OtherRoot => RefusedKind::OtherRoot,
            Refused::ProofBad(_) => RefusedKind::ProofBad,
            Refused::Asleep => RefusedKind::Asleep,
            Refused::Failed(_) => RefusedKind::Failed,
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refused::Malformed(refused) => refused.fmt(f),
            Refused::OldBeyond => f.write_str("the old size is beyond the checkpoint's"),
            Refused::NotTrusted => f.write_str("no known key of this ledger signed the checkpoint"),
            Refused::OriginUnknown => f.write_str("this ledger is not witnessed here"),
            Refused::Conflict { size } => {
                write!(f, "the last checkpoint that was cosigned has the size {size}")
            }
            Refused::OtherRoot => f.write_str("a checkpoint of this size with another root was cosigned"),
            Refused::ProofBad(error) => error.fmt(f),
            Refused::Asleep => {
                f.write_str("this witness was restored, and does not know yet what it cosigned last")
            }
            Refused::Failed(refusal) => refusal.fmt(f),
        }
    }
}
