//! What a proof of misbehaviour shows, by the keys of a trust bundle.
//!
//! ```text
//! LEDGER_FORKED   credit.example.gov.cn/ledger
//!   41 entries, root kImFfnRGNp5R87/…, signed by credit.example.gov.cn/ledger+54911cd3+…, cosigned by province.example.gov.cn/witness
//!   41 entries, root 9RcApjpKpxZU5gl…, signed by credit.example.gov.cn/ledger+54911cd3+…
//! ```
//!
//! Here: whose signatures are on the two heads, and the one sentence that follows. Not here: the file and whether its heads
//! contradict each other (the module above).

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::Misbehaviour;
use crate::checkpoint::Checkpoint;
use crate::cosignature;
use crate::hash::Hash;
use crate::note::{Note, NoteError};
use crate::origin::Origin;
use crate::text::Lang;
use crate::trust::{KeyUse, Office, OfficeKey, TrustBundle};

/// What came of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForkCode {
    /// Keys of the ledger signed both heads, and these contradict each other.
    LedgerForked,
    /// The heads do not contradict each other, or nothing shows that they do.
    ForkUnproven,
    /// A signature of a known key does not verify.
    SigBad,
    /// The bundle has no such office, or none of its ledger keys signed one of the heads.
    OfficeUnknown,
    /// Not a file of the form.
    FormatBad,
}

impl ForkCode {
    /// All of them.
    pub const ALL: &'static [ForkCode] =
        &[Self::LedgerForked, Self::ForkUnproven, Self::SigBad, Self::OfficeUnknown, Self::FormatBad];

    /// The frozen code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LedgerForked => "LEDGER_FORKED",
            Self::ForkUnproven => "FORK_UNPROVEN",
            Self::SigBad => "SIG_BAD",
            Self::OfficeUnknown => "OFFICE_UNKNOWN",
            Self::FormatBad => "FORMAT_BAD",
        }
    }

    /// One sentence: what is, and what to do next where something is to be done.
    pub fn message(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Self::LedgerForked => (
                "账本分叉成立：签署方签了两份互相矛盾的检查点，请保存本文件并向主管部门报告",
                "Proven: whoever signs for this ledger has signed two checkpoints that contradict each other; keep this file and report it",
            ),
            Self::ForkUnproven => (
                "两份检查点并不矛盾，什么也没有证明",
                "The two checkpoints do not contradict each other: nothing is proven",
            ),
            Self::SigBad => ("签名不成立，什么也没有证明", "A signature does not verify: nothing is proven"),
            Self::OfficeUnknown => (
                "信任名单中没有签署这两份检查点的公钥，无法判定是谁签的",
                "The trust bundle does not have the keys that signed these checkpoints: who did can't be told",
            ),
            Self::FormatBad => ("不是可读的分叉证明", "Not a proof of a fork that can be read"),
        };
        lang.pick(zh, en)
    }
}

/// What a file shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// What came of it.
    pub code: ForkCode,
    /// The ledger that it is about; none where the file can't be read.
    pub origin: Option<Origin>,
    /// Both heads; none where not both are signed by known keys.
    pub heads: Vec<ShownHead>,
}

/// A signed head, and whose names are under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownHead {
    /// How many entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// vkeys of the office's ledger keys that signed it.
    pub signed: Vec<String>,
    /// Names of the bundle's witnesses that cosigned it.
    pub cosigned: Vec<String>,
}

/// Judges a whole file by the keys of the bundle. Neither dates of keys nor of the bundle matter: who signs two histories does
/// wrong at any time.
pub fn judge(bytes: &[u8], trust: &TrustBundle) -> Shown {
    let Ok(found) = Misbehaviour::parse(bytes) else {
        return Shown { code: ForkCode::FormatBad, origin: None, heads: Vec::new() };
    };
    let bare = |code| Shown { code, origin: Some(found.origin().clone()), heads: Vec::new() };
    let Some(office) = trust.office(found.origin()) else { return bare(ForkCode::OfficeUnknown) };
    let keys: Vec<_> = office.keys_for(KeyUse::Ledger).map(|key| &key.key).collect();
    let code = match found.signed_by(&keys) {
        Err(NoteError::UnknownSigner) => return bare(ForkCode::OfficeUnknown),
        Err(_) => return bare(ForkCode::SigBad),
        Ok(_) if found.contradicts() => ForkCode::LedgerForked,
        Ok(_) => ForkCode::ForkUnproven,
    };
    let heads = [found.first(), found.second()].map(|head| shown_head(head, office, trust));
    Shown { heads: heads.into(), ..bare(code) }
}

fn shown_head((checkpoint, note): (&Checkpoint, &Note), office: &Office, trust: &TrustBundle) -> ShownHead {
    let signed = office.keys_for(KeyUse::Ledger).filter(|key: &&OfficeKey| note.verify_one(&key.key).is_ok());
    let cosigned = trust.witnesses().iter().filter(|witness| {
        note.signatures().iter().any(|line| cosignature::verify(&witness.key, line, note.text()).is_ok())
    });
    ShownHead {
        size: checkpoint.size(),
        root: *checkpoint.root(),
        signed: signed.map(|key| key.key.encode()).collect(),
        cosigned: cosigned.map(|witness| witness.key.name().to_string()).collect(),
    }
}
