//! What a proof of misbehaviour (`.xzf`) shows, in the frame in which verdicts are shown.
//!
//! ```text
//! 账本分叉  账本分叉成立：签署方签了两份互相矛盾的检查点，请保存本文件并向主管部门报告
//!   账本 credit.example.gov.cn/ledger
//!   第一份检查点：41 条，根 kImFfnRG…（签署：credit.example.gov.cn/ledger+54911cd3+…）
//! ```
//!
//! Here: words. Not here: judging (`verifier::misbehaviour`).

use verifier::misbehaviour::{ForkCode, Shown, ShownHead};
use verifier::time::Time;
use verifier::trust::{self, TrustBundle};
use verifier::verdict::Outcome;

use super::verdict::{CheckLine, VerdictView};
use super::words::moment;
use crate::lang::Lang;

/// As the pages show it, judged with this trust bundle.
#[must_use]
pub fn view(lang: Lang, shown: &Shown, trust: &TrustBundle, at: Time) -> VerdictView {
    let proven = shown.code == ForkCode::LedgerForked;
    let outcome = if proven { Outcome::Invalid } else { Outcome::Undetermined };
    let root = trust.root().map(|root| (trust::fingerprint(root), trust.sequence()));
    VerdictView {
        outcome: outcome.as_str(),
        code: shown.code.as_str().to_string(),
        word: word(lang, proven).to_string(),
        sentence: shown.code.message(lang.words()).to_string(),
        next: next(lang, shown.code).to_string(),
        warnings: Vec::new(),
        subject: None,
        checks: lines(lang, shown),
        level: 0,
        level_words: String::new(),
        vouchers: Vec::new(),
        fork: None,
        at: moment(lang, at),
        trust: root,
    }
}

fn word(lang: Lang, proven: bool) -> &'static str {
    if proven {
        lang.pick("账本分叉", "LEDGER FORKED")
    } else {
        lang.pick("未能证明", "NOTHING PROVEN")
    }
}

fn next(lang: Lang, code: ForkCode) -> &'static str {
    match code {
        ForkCode::LedgerForked => lang.pick(
            "这是证明，不是证书。一个账本在同一处只能有一种内容；这两份检查点说的是两种，且都有该账本的签名，因此签署方向不同的人出示过不同的账本。任何人凭信任名单都能独立核验本文件。",
            "This is a proof, not a certificate. A ledger has one content; these two checkpoints state two, and both bear the ledger's \
             signature. So whoever signs has shown different ledgers to different people. Anybody can check this file with the trust bundle alone.",
        ),
        ForkCode::OfficeUnknown => lang.pick(
            "请换用含有该机构的信任名单核验。",
            "Verify it with a trust bundle that has this office.",
        ),
        _ => "",
    }
}

fn lines(lang: Lang, shown: &Shown) -> Vec<CheckLine> {
    let mut lines = Vec::new();
    if let Some(origin) = &shown.origin {
        let ledger = format!("{}{origin}", lang.pick("账本：", "Ledger: "));
        lines.push(line(lang, shown.code != ForkCode::OfficeUnknown, "LEDGER", ledger, String::new()));
    }
    for (head, which) in shown
        .heads
        .iter()
        .zip([lang.pick("第一份检查点", "First checkpoint"), lang.pick("第二份检查点", "Second checkpoint")])
    {
        let words = match lang {
            Lang::Zh => format!("{which}：{} 条，根 {}", head.size, head.root),
            Lang::En => format!("{which}: {} entries, root {}", head.size, head.root),
        };
        lines.push(line(lang, true, "SIG_OK", words, names(lang, head)));
    }
    lines
}

/// Who signed and who cosigned.
fn names(lang: Lang, head: &ShownHead) -> String {
    let comma = lang.pick("、", ", ");
    let mut names = format!("{}{}", lang.pick("签署：", "signed by "), head.signed.join(comma));
    if !head.cosigned.is_empty() {
        names.push_str(lang.pick("；见证：", "; cosigned by "));
        names.push_str(&head.cosigned.join(comma));
    }
    names
}

fn line(lang: Lang, known: bool, code: &'static str, words: String, detail: String) -> CheckLine {
    let (class, result) = match known {
        true => ("check-ok", lang.pick("签名成立", "signed")),
        false => ("check-open", lang.pick("无法判定", "can't be told")),
    };
    CheckLine { class, result, words, detail, code }
}
