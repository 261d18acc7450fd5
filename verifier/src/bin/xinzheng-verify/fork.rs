//! Proofs that a ledger was forked, `*.xzf`: who signed what.
//!
//! ```text
//! 账本分叉成立：credit.example.gov.cn/ledger 的签署方签了两个互相矛盾的检查点
//!   41 条，根 kImFfnRGNp5R87/…，签署：credit.example.gov.cn/ledger+54911cd3+…，见证：province.example.gov.cn/witness
//!   41 条，根 9RcApjpKpxZU5gl…，签署：…
//! ```
//!
//! Here: files that are such proofs, judged by the trust bundle's keys. Not here: what contradicts what (`misbehaviour`).

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::limits::MISBEHAVIOUR_BYTES;
use verifier::misbehaviour::{FAMILY, Misbehaviour};
use verifier::note::{Note, NoteError};
use verifier::text::Lang;
use verifier::trust::{KeyUse, Office, TrustBundle};

use crate::gather;

/// Bytes in which a file names its format.
const START: usize = 64;

/// What one file shows.
#[derive(Serialize)]
pub struct Shown {
    file: String,
    /// Whether it proves that a ledger was forked.
    proven: bool,
    code: &'static str,
    origin: Option<String>,
    heads: Vec<Head>,
}

/// A signed head.
#[derive(Serialize)]
struct Head {
    size: u64,
    root: String,
    /// Ledger keys of the bundle that signed it.
    signed: Vec<String>,
    /// Witnesses of the bundle that cosigned it.
    cosigned: Vec<String>,
}

/// Everything, for programs.
#[derive(Serialize)]
struct Document<'a> {
    forks: &'a [Shown],
}

/// Whether all of these files are such proofs, by their first bytes.
pub fn are_all(files: &[PathBuf]) -> bool {
    let is_one = |file: &PathBuf| {
        let Ok(bytes) = fs::read(file) else { return false };
        let start = bytes.get(..START.min(bytes.len())).unwrap_or_default();
        start.starts_with(b"{") && start.windows(FAMILY.len()).any(|w| w == FAMILY.as_bytes())
    };
    let small = |file: &PathBuf| {
        fs::metadata(file).is_ok_and(|meta| meta.is_file() && meta.len() <= MISBEHAVIOUR_BYTES as u64)
    };
    !files.is_empty() && files.iter().all(|file| small(file) && is_one(file))
}

/// What each of them shows.
pub fn judge(files: &[PathBuf], trust: &TrustBundle) -> Vec<Shown> {
    files.iter().map(|file| one(file, trust)).collect()
}

/// 1 where a fork is proven, 2 where nothing is: the same as of certificates, where 1 is "for certain".
pub fn exit_status(shown: &[Shown]) -> u8 {
    if shown.iter().any(|shown| shown.proven) { 1 } else { 2 }
}

/// For programs.
pub fn json(shown: &[Shown]) -> String {
    let mut text = serde_json::to_string(&Document { forks: shown }).unwrap_or_default();
    text.push('\n');
    text
}

/// For people.
pub fn text(shown: &[Shown], lang: Lang) -> String {
    let mut out = String::new();
    for one in shown {
        out.push_str(&format!("{}: {} ({})\n", one.file, sentence(one, lang), one.code));
        for head in &one.heads {
            let (signed, cosigned) = (head.signed.join(", "), head.cosigned.join(", "));
            out.push_str(&match lang {
                Lang::Zh => format!("  {} 条，根 {}，签署：{signed}", head.size, head.root),
                Lang::En => format!("  {} entries, root {}, signed by {signed}", head.size, head.root),
            });
            if !head.cosigned.is_empty() {
                out.push_str(lang.pick("，见证：", ", cosigned by "));
                out.push_str(&cosigned);
            }
            out.push('\n');
        }
    }
    out
}

fn sentence(shown: &Shown, lang: Lang) -> String {
    let origin = shown.origin.as_deref().unwrap_or_default();
    match (shown.code, lang) {
        ("LEDGER_FORKED", Lang::Zh) => {
            format!("账本分叉成立：{origin} 的签署方签了两个互相矛盾的检查点，请保存本文件并向主管部门报告")
        }
        ("LEDGER_FORKED", Lang::En) => {
            format!(
                "proven: whoever signs for {origin} has signed two checkpoints that contradict each other; keep this file and report it"
            )
        }
        ("OFFICE_UNKNOWN", Lang::Zh) => format!("信任名单中没有 {origin} 的这些公钥，无法判定谁签的"),
        ("OFFICE_UNKNOWN", Lang::En) => {
            format!("the trust bundle does not have these keys of {origin}: who signed can't be told")
        }
        ("SIG_BAD", Lang::Zh) => "签名不成立，什么也没有证明".to_string(),
        ("SIG_BAD", Lang::En) => "a signature does not verify: nothing is proven".to_string(),
        ("FORK_UNPROVEN", Lang::Zh) => "两个检查点并不矛盾，什么也没有证明".to_string(),
        ("FORK_UNPROVEN", Lang::En) => {
            "the two checkpoints do not contradict each other: nothing is proven".to_string()
        }
        (_, Lang::Zh) => "不是可读的分叉证明".to_string(),
        (_, Lang::En) => "not a proof of a fork that can be read".to_string(),
    }
}

fn one(file: &Path, trust: &TrustBundle) -> Shown {
    let name = gather::shown(&file.to_string_lossy());
    let bare = |code| Shown { file: name.clone(), proven: false, code, origin: None, heads: Vec::new() };
    let Some(found) = fs::read(file).ok().and_then(|bytes| Misbehaviour::parse(&bytes).ok()) else {
        return bare("FORMAT_BAD");
    };
    let origin = Some(found.origin().to_string());
    let Some(office) = trust.office(found.origin()) else {
        return Shown { origin, ..bare("OFFICE_UNKNOWN") };
    };
    let keys: Vec<_> = office.keys_for(KeyUse::Ledger).map(|key| &key.key).collect();
    let code = match found.signed_by(&keys) {
        Err(NoteError::UnknownSigner) => "OFFICE_UNKNOWN",
        Err(_) => "SIG_BAD",
        Ok(_) if found.contradicts() => "LEDGER_FORKED",
        Ok(_) => "FORK_UNPROVEN",
    };
    let signed = code == "LEDGER_FORKED" || code == "FORK_UNPROVEN";
    let heads = if signed {
        vec![head(found.first(), office, trust), head(found.second(), office, trust)]
    } else {
        Vec::new()
    };
    Shown { proven: code == "LEDGER_FORKED", origin, heads, ..bare(code) }
}

fn head((checkpoint, note): (&Checkpoint, &Note), office: &Office, trust: &TrustBundle) -> Head {
    let names = |key: &&verifier::trust::OfficeKey| note.verify_one(&key.key).is_ok();
    let cosigned = trust.witnesses().iter().filter(|witness| {
        note.signatures().iter().any(|line| cosignature::verify(&witness.key, line, note.text()).is_ok())
    });
    Head {
        size: checkpoint.size(),
        root: checkpoint.root().to_base64(),
        signed: office.keys_for(KeyUse::Ledger).filter(names).map(|key| key.key.encode()).collect(),
        cosigned: cosigned.map(|witness| witness.key.name().to_string()).collect(),
    }
}
