//! Proofs that a ledger was forked, `*.xzf`: who signed what.
//!
//! ```text
//! fork.xzf: 账本分叉成立：签署方签了两份互相矛盾的检查点，请保存本文件并向主管部门报告 (LEDGER_FORKED)
//!   账本：credit.example.gov.cn/ledger
//!   41 条，根 kImFfnRGNp5R87/…，签署：credit.example.gov.cn/ledger+54911cd3+…，见证：province.example.gov.cn/witness
//!   41 条，根 9RcApjpKpxZU5gl…，签署：…
//! ```
//!
//! Here: files that are such proofs, and how what they show is printed. Not here: judging them (`misbehaviour`).

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use verifier::limits::MISBEHAVIOUR_BYTES;
use verifier::misbehaviour::{self, ForkCode, ShownHead};
use verifier::text::Lang;
use verifier::trust::TrustBundle;

use crate::gather;

/// What one file shows.
#[derive(Serialize)]
pub struct Shown {
    file: String,
    /// Whether it proves that a ledger was forked.
    proven: bool,
    code: &'static str,
    #[serde(skip)]
    sentence: ForkCode,
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
    let is_one = |file: &PathBuf| fs::read(file).is_ok_and(|bytes| misbehaviour::is_one(&bytes));
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
        out.push_str(&format!("{}: {} ({})\n", one.file, one.sentence.message(lang), one.code));
        if let Some(origin) = &one.origin {
            out.push_str(&format!("  {}{origin}\n", lang.pick("账本：", "ledger: ")));
        }
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

fn one(file: &Path, trust: &TrustBundle) -> Shown {
    let shown = misbehaviour::judge(&fs::read(file).unwrap_or_default(), trust);
    Shown {
        file: gather::shown(&file.to_string_lossy()),
        proven: shown.code == ForkCode::LedgerForked,
        code: shown.code.as_str(),
        sentence: shown.code,
        origin: shown.origin.map(|origin| origin.to_string()),
        heads: shown.heads.into_iter().map(head).collect(),
    }
}

fn head(head: ShownHead) -> Head {
    Head { size: head.size, root: head.root.to_base64(), signed: head.signed, cosigned: head.cosigned }
}
