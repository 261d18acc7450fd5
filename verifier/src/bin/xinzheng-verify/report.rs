//! Everything that any output shows: what was judged against what, when, by which program, and the rows.

use std::path::PathBuf;

use verifier::text::Lang;
use verifier::time::Time;
use verifier::verdict::Outcome;

use verifier::row::Row;

/// One run.
#[derive(Clone, Debug)]
pub struct Report {
    /// Language of the words.
    pub lang: Lang,
    /// The computer's clock.
    pub now: Time,
    /// The moment judged, where `--at` named another.
    pub at: Option<Time>,
    /// The limit on the age of evidence of status, in seconds; none where status was not asked for.
    pub max_age: Option<u64>,
    /// The trust bundle.
    pub trust: TrustLine,
    /// Status lists that verify.
    pub lists: Vec<ListLine>,
    /// What else a person should know, one sentence each.
    pub notes: Vec<String>,
    /// Where the proofs of forked ledgers were written.
    pub proofs: Vec<PathBuf>,
    /// Files left out because they are nothing to judge.
    pub left_out: usize,
    /// The results.
    pub rows: Vec<Row>,
}

/// The trust bundle in use.
#[derive(Clone, Debug)]
pub struct TrustLine {
    /// The root's vkey.
    pub root: String,
    /// The root's fingerprint.
    pub fingerprint: String,
    /// Whether the root is pinned.
    pub pinned: bool,
    /// The bundle's sequence.
    pub sequence: u64,
    /// When it was issued.
    pub issued: Time,
    /// When it expires.
    pub expires: Time,
}

/// A status list in use.
#[derive(Clone, Debug)]
pub struct ListLine {
    /// Whose.
    pub origin: String,
    /// Which part of the ledger.
    pub shard: u64,
    /// Its sequence.
    pub sequence: u64,
    /// When it was issued.
    pub issued: Time,
    /// When it expires.
    pub expires: Time,
    /// The ledger size that it covers.
    pub size: u64,
}

/// How many of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Valid ones.
    pub valid: usize,
    /// Invalid ones.
    pub invalid: usize,
    /// Those that can't be told.
    pub undetermined: usize,
}

impl Report {
    /// The moment judged.
    pub fn judged(&self) -> Time {
        self.at.unwrap_or(self.now)
    }

    /// How many of each.
    pub fn counts(&self) -> Counts {
        let count = |outcome: Outcome| self.rows.iter().filter(|row| row.outcome == outcome).count();
        Counts {
            valid: count(Outcome::Valid),
            invalid: count(Outcome::Invalid),
            undetermined: count(Outcome::Undetermined),
        }
    }

    /// 1 if any is invalid, else 2 if any is undetermined, else 0.
    pub fn exit_status(&self) -> u8 {
        match self.counts() {
            Counts { invalid: 1.., .. } => 1,
            Counts { undetermined: 1.., .. } => 2,
            _ => 0,
        }
    }
}

impl TrustLine {
    /// Seconds since it was issued; 0 where the clock says that this is still to come.
    pub fn age(&self, now: Time) -> u64 {
        now.seconds().saturating_sub(self.issued.seconds())
    }
}
