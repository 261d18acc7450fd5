//! The frozen codes of `spec/verdict.md`, what each does to the verdict, and which leads.
//!
//! Not here: the sentences for people (`text`), the codes of calls that cannot be served (programs).

use core::fmt;

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
            pub(super) fn rank(self) -> u8 {
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
    Expired = "EXPIRED", Fails, 150;
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
    /// The tlog-proof could not be used, and is not needed: an independent timestamp shows the same.
    ProofLeftOut = "PROOF_LEFT_OUT", Warns, 122;
    /// The entry is under a checkpoint that an authority of the bundle saw at a time.
    TimestampOk = "TIMESTAMP_OK", Holds, 123;
    /// A timestamp does not hold, or can't be told about, and was left out.
    TimestampUnusable = "TIMESTAMP_UNUSABLE", Warns, 123;
    /// A timestamp is attached, and this verifier checks none.
    TimestampUnchecked = "TIMESTAMP_UNCHECKED", Warns, 123;
    /// A receipt of a chain or gateway is attached; only online can be told what it is worth.
    AnchorUnchecked = "ANCHOR_UNCHECKED", Warns, 124;
    /// A receipt of a chain or gateway does not belong to this certificate, and was left out.
    AnchorUnusable = "ANCHOR_UNUSABLE", Warns, 124;
    /// The office signed two heads of one size that differ.
    LedgerForked = "LEDGER_FORKED", Leaves, 119;
    /// The PDF is as the office made it.
    PdfOk = "PDF_OK", Holds, 130;
    /// The PDF is not as the office made it.
    PdfAltered = "PDF_ALTERED", Fails, 130;
    /// Nothing that counts says that the office made the PDF.
    PdfUnsigned = "PDF_UNSIGNED", Leaves, 130;
    /// Valid by fresh evidence.
    StatusValid = "STATUS_VALID", Holds, 140;
    /// Only the proof was asked for.
    StatusNotAsked = "STATUS_NOT_ASKED", Holds, 140;
    /// Valid, with an objection noted.
    ObjectionNoted = "OBJECTION_NOTED", Warns, 140;
    /// Revoked.
    Revoked = "REVOKED", Fails, 140;
    /// Replaced by a newer certificate.
    Replaced = "REPLACED", Fails, 140;
    /// Withdrawn by its holder.
    Withdrawn = "WITHDRAWN", Fails, 140;
    /// A list covers the index and says that no certificate is there.
    NotIssued = "NOT_ISSUED", Fails, 140;
    /// Suspended: an objection is being verified.
    Suspended = "SUSPENDED", Leaves, 140;
    /// The newest evidence of status is too old.
    StatusStale = "STATUS_STALE", Leaves, 141;
    /// There is no evidence of status that is fresh enough, and no list at all.
    StatusMissing = "STATUS_MISSING", Leaves, 142;
    /// Two lists of one number that differ.
    StatusConflict = "STATUS_CONFLICT", Leaves, 139;
    /// The newest list at hand is older than one seen before.
    StatusRollback = "STATUS_ROLLBACK", Leaves, 139;
    /// The list that was used is in the ledger.
    StatusProven = "STATUS_PROVEN", Holds, 144;
    /// A status list at hand does not verify and was left out.
    StatusUnusable = "STATUS_UNUSABLE", Warns, 143;
    /// Certified for another purpose than the caller's.
    PurposeOther = "PURPOSE_OTHER", Warns, 160;
    /// Certified for another audience than the caller.
    AudienceOther = "AUDIENCE_OTHER", Warns, 161;
    /// The bundle's root is not pinned here.
    RootNotPinned = "ROOT_NOT_PINNED", Warns, 170;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
