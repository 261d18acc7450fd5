//! What an audit finds: codes, places, messages. `AUDIT.md` has the table for readers; a test holds the two together.

use std::fmt;

use super::detail::Detail;
use crate::refusal::Lang;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal,)+) => {
        /// What is wrong. The codes are stable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FindingCode {
            $($(#[doc = $doc])+ $name,)+
        }

        impl FindingCode {
            /// All of them, in the order of `AUDIT.md`.
            pub const ALL: &[FindingCode] = &[$(FindingCode::$name,)+];

            /// The stable code.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(FindingCode::$name => $code,)+
                }
            }
        }
    };
}

codes! {
    /// There are batches, but no checkpoint.
    CheckpointMissing = "CHECKPOINT_MISSING",
    /// The checkpoint is not one of this ledger.
    CheckpointBad = "CHECKPOINT_BAD",
    /// The root in the checkpoint is not that of the entries.
    CheckpointRoot = "CHECKPOINT_ROOT",
    /// The checkpoint is not that of the last batch with cosignatures added.
    CheckpointDiffers = "CHECKPOINT_DIFFERS",
    /// The ledger is smaller than one that was seen before.
    Rollback = "ROLLBACK",
    /// The ledger is not one with what was seen before: two histories are signed.
    SplitView = "SPLIT_VIEW",
    /// An entry bundle is missing.
    BundleMissing = "BUNDLE_MISSING",
    /// An entry bundle has other bytes than the entries that the ledger's head stands for.
    BundleBad = "BUNDLE_BAD",
    /// A tile of hashes is missing.
    TileMissing = "TILE_MISSING",
    /// A tile of hashes has other bytes than follow from the entries.
    TileBad = "TILE_BAD",
    /// Bundle and tile are both gone or unreadable; from there on nothing was derived.
    EntriesLost = "ENTRIES_LOST",
    /// A batch file is missing.
    BatchMissing = "BATCH_MISSING",
    /// A batch file is not one of this ledger.
    BatchBad = "BATCH_BAD",
    /// A batch does not begin where the one before ended, or goes beyond the checkpoint.
    BatchRange = "BATCH_RANGE",
    /// The root in a batch's checkpoint is not that of the entries.
    BatchRoot = "BATCH_ROOT",
    /// The hash in a batch note is not that of its subtree.
    BatchNote = "BATCH_NOTE",
    /// A batch is dated earlier than the one before.
    BatchTime = "BATCH_TIME",
    /// A batch is dated later than now.
    BatchFuture = "BATCH_FUTURE",
    /// A batch is dated much earlier than others were shown the head before it as the newest.
    BatchBackdated = "BATCH_BACKDATED",
    /// A batch is dated later than others saw its head.
    BatchPostdated = "BATCH_POSTDATED",
    /// The trust bundle has no office with this ledger.
    OfficeUnknown = "OFFICE_UNKNOWN",
    /// A signature does not verify.
    SigBad = "SIG_BAD",
    /// No key of the trust bundle signed.
    SignerUnknown = "SIGNER_UNKNOWN",
    /// The key was not in use at that time.
    KeyDates = "KEY_DATES",
    /// The key was compromised at that time, or the ledger is not the one that the trust bundle knows as its last good one.
    KeyCompromised = "KEY_COMPROMISED",
    /// A key signed that no key event announced.
    KeyUnannounced = "KEY_UNANNOUNCED",
    /// A key event does not follow from those before it, or a trust bundle says otherwise of the keys.
    KeyEventBad = "KEY_EVENT_BAD",
    /// A trust bundle in the ledger does not follow from the one before.
    TrustChain = "TRUST_CHAIN",
    /// A public preimage is not that of its entry.
    PublicBad = "PUBLIC_BAD",
    /// The list of preimages in a folder is not that of the folder.
    PublicList = "PUBLIC_LIST",
    /// A status note in the ledger is malformed, of another ledger, or covers more than the ledger had.
    StatusNoteBad = "STATUS_NOTE_BAD",
    /// A status note does not continue the shard's note before it.
    StatusChain = "STATUS_CHAIN",
    /// The list of a status note is missing.
    StatusListMissing = "STATUS_LIST_MISSING",
    /// A status list is malformed or not the one that its note in the ledger signs.
    StatusListBad = "STATUS_LIST_BAD",
    /// A status changed in a way that it may not.
    StatusChange = "STATUS_CHANGE",
    /// The newest list of a shard is not the one of its last note in the ledger.
    StatusNewest = "STATUS_NEWEST",
    /// A published list whose note is not in the ledger.
    StatusNotLogged = "STATUS_NOT_LOGGED",
    /// The index of status lists names one that is not there or not as it says.
    StatusIndex = "STATUS_INDEX",
    /// A cosigned checkpoint is not one of this ledger's, or comes after a larger one.
    CosignedBad = "COSIGNED_BAD",
    /// An anchor is not one of this ledger's, or its evidence does not hold.
    AnchorBad = "ANCHOR_BAD",
    /// A file that belongs to no ledger.
    FileUnknown = "FILE_UNKNOWN",
    /// A record of the office's journal is damaged or can't follow those before it.
    JournalDamaged = "JOURNAL_DAMAGED",
    /// A document of the office does not give the entry that the ledger has.
    DocumentDiffers = "DOCUMENT_DIFFERS",
    /// An event of the office does not give the entry that the ledger has, or does not follow the one before.
    EventBad = "EVENT_BAD",
    /// An export is not whole, or the office did not sign it.
    ExportBad = "EXPORT_BAD",
    /// An entry that is neither public nor in the export.
    ExportMissing = "EXPORT_MISSING",
    /// Something in the export that the ledger does not have.
    ExportExtra = "EXPORT_EXTRA",
    /// The claims of a certificate are not what the rules make of its document.
    ClaimWrong = "CLAIM_WRONG",
    /// Two certificates have one number.
    NumberTwice = "NUMBER_TWICE",
    /// An event does not continue its certificate's chain.
    EventChain = "EVENT_CHAIN",
    /// A change of status that the newest published list does not have.
    StatusHidden = "STATUS_HIDDEN",
    /// The office's journal and its published ledger disagree.
    HeadDiffers = "HEAD_DIFFERS",
    /// An entry of the office's operator log does not follow from the one before.
    OperatorLogBad = "OPERATOR_LOG_BAD",
    /// An objection or a credit repair has ended, and a certificate is not in the state that goes with it.
    CaseDiffers = "CASE_DIFFERS",
}

impl fmt::Display for FindingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What.
    pub code: FindingCode,
    /// Where: a path below the ledger's folder, e.g. `batch/007`; where it is about one entry, with its index in the
    /// ledger after a `#`, e.g. `tile/entries/000.p/41#7`.
    pub where_: String,
    /// What exactly.
    detail: Detail,
}

impl Finding {
    /// A finding about a file as a whole, or about something that isn't a file.
    pub(crate) fn new(code: FindingCode, where_: impl Into<String>, detail: Detail) -> Self {
        Self { code, where_: where_.into(), detail }
    }

    /// A finding about one entry in a file.
    pub(crate) fn at_entry(code: FindingCode, path: &str, index: u64, detail: Detail) -> Self {
        Self::new(code, format!("{path}#{index}"), detail)
    }

    /// What exactly is wrong, for people: a phrase without a full stop, made of the finding's values.
    pub fn message(&self, lang: Lang) -> String {
        self.detail.say(lang)
    }

    /// The path that it is about.
    pub fn path(&self) -> &str {
        self.where_.split_once('#').map_or(&*self.where_, |(path, _)| path)
    }

    /// The index of the entry that it is about, if it is about one.
    pub fn index(&self) -> Option<u64> {
        self.where_.split_once('#')?.1.parse().ok()
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.code, self.where_, self.message(Lang::En))
    }
}

/// Findings so far, at most a number of them: a ledger of another office would give one for every file.
#[derive(Debug)]
pub(super) struct Findings {
    pub(super) list: Vec<Finding>,
    /// How many more there were.
    pub(super) more: u64,
    limit: usize,
}

impl Findings {
    pub(super) fn new(limit: usize) -> Self {
        Self { list: Vec::new(), more: 0, limit }
    }

    /// Whether nothing was found so far.
    pub(super) fn is_empty(&self) -> bool {
        self.list.is_empty() && self.more == 0
    }

    pub(super) fn add(&mut self, finding: Finding) {
        // Going on in the middle of a ledger looks at some tiles twice.
        if matches!(finding.code, FindingCode::TileBad | FindingCode::TileMissing)
            && self.list.contains(&finding)
        {
            return;
        }
        if self.list.len() < self.limit { self.list.push(finding) } else { self.more += 1 }
    }

    pub(super) fn find(&mut self, code: FindingCode, path: &str, detail: Detail) {
        self.add(Finding::new(code, path, detail));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_for_readers_has_every_code_once_in_order() {
        let page = include_str!("../../AUDIT.md");
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
        let codes: Vec<&str> = rows.map(|(code, _)| code).collect();
        let expected: Vec<&str> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(codes, expected);
    }

    #[test]
    fn a_place_has_a_path_and_may_have_an_index() {
        let whole = Finding::new(FindingCode::BatchMissing, "batch/007", Detail::Missing);
        assert_eq!((whole.path(), whole.index()), ("batch/007", None));
        let entry = Finding::at_entry(FindingCode::BundleBad, "tile/entries/000", 7, Detail::EntryLength);
        assert_eq!((entry.path(), entry.index()), ("tile/entries/000", Some(7)));
        assert_eq!(entry.where_, "tile/entries/000#7");
    }
}
