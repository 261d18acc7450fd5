//! What was checked, with counts: the same lines on the console and on the page to print.
//!
//! ```text
//! 核对：批次 12 个，公开条目 31 条（状态清单 24、信任名单 2、密钥事件 1、操作日志封存 4）
//! 见证：province.example.gov.cn/witness：见证 11 次，至第 4096 条，最近 2026年11月22日 10:00
//! 锚定：可信时间戳 tsa-main：3 个，至第 4096 条，已验证
//! 可信等级：前 4096 条达 L3，前 4000 条达 L4
//! 密钥：账本 a8de51c0：签署 25 处，可签至 2028年11月22日 10:00
//! 密钥：未查找未经预告的密钥：核对从第 2048 条开始，此前预告的密钥无从得知
//! ```

use notary::audit::{Anchored, KeyUsed, KeysKnown, Looked, Shown, Witnessed};
use verifier::anchor::AnchorKind;
use verifier::trust::KeyUse;

use super::report::Told;
use crate::lang::{Lang, moment};
use crate::say;

/// Name and text of each line; none of an office's own audit.
pub fn lines(told: &Told, lang: Lang) -> Vec<(&'static str, String)> {
    let looked = &told.report.looked;
    if told.origin.is_none() {
        return Vec::new();
    }
    let mut lines = vec![(lang.pick("核对", "Checked"), counts(looked, lang))];
    if told.trust.is_none() {
        let text =
            lang.pick("未提供信任名单，签名未核对", "no trust bundle was given: no signature was checked");
        lines.push((lang.pick("签名", "Signatures"), text.to_owned()));
        return lines;
    }
    if let Some(trust) = told.trust.as_ref().filter(|trust| trust.is_from_ledger) {
        let sequence = trust.sequence;
        let text = say!(
            lang,
            "按账本中序号 {sequence} 的名单核对（由同一信任根签署，比所给文件新）",
            "checked with the one of sequence {sequence} in the ledger (of the same root, newer than the file)"
        );
        lines.push((lang.pick("信任名单", "Trust bundle"), text));
    }
    lines.extend(looked.keys.iter().map(|key| (lang.pick("密钥", "Key"), of_key(key, lang))));
    lines.extend(silent_keys(looked.known, told.from, lang).map(|line| (lang.pick("密钥", "Key"), line)));
    let witnesses = looked.witnesses.iter().map(|(name, seen)| of_witness(name, seen, lang));
    lines.extend(witnesses.map(|line| (lang.pick("见证", "Witness"), line)));
    let anchors = looked.anchors.iter().map(|((kind, label), seen)| of_anchor(kind, label, seen, lang));
    lines.extend(anchors.map(|line| (lang.pick("锚定", "Anchor"), line)));
    if looked.cosigned > 0 || !looked.anchors.is_empty() {
        lines.push((lang.pick("可信等级", "Levels"), levels(looked, lang)));
    } else if told.from == 0 {
        let text = lang.pick(
            "只有机构自己的签名（L2）：没有见证，也没有时间戳",
            "the office's word alone (L2): no witness and no timestamp",
        );
        lines.push((lang.pick("可信等级", "Levels"), text.to_owned()));
    }
    lines
}

fn counts(looked: &Looked, lang: Lang) -> String {
    let Looked { entries, batches, preimages, lists, bundles, key_events, log_heads, cosigned, .. } = looked;
    let anchors: u64 = looked.anchors.values().map(|seen| seen.count).sum();
    say!(
        lang,
        "存证 {entries} 条，批次 {batches} 个，公开条目 {preimages} 条（状态清单 {lists}、信任名单 {bundles}、密钥事件 {key_events}、操作日志封存 {log_heads}），已见证的检查点 {cosigned} 个，锚定 {anchors} 个",
        "entries {entries}, batches {batches}, public entries {preimages} (status lists {lists}, trust bundles {bundles}, key events {key_events}, heads of the operators' log {log_heads}), cosigned checkpoints {cosigned}, anchors {anchors}"
    )
}

fn of_key(key: &KeyUsed, lang: Lang) -> String {
    let (usage, id, count, until) =
        (usage(key.usage, lang), &key.id, key.signatures, moment(lang, key.sign_until));
    let line = say!(
        lang,
        "{usage} {id}：签署 {count} 处，可签至 {until}",
        "{usage} {id}: signatures {count}, signs until {until}"
    );
    match key.compromised.map(|since| moment(lang, since)) {
        Some(since) => {
            line + &say!(lang, "，自 {since} 起可能已失密", "; may be somebody else's since {since}")
        }
        None => line,
    }
}

/// That keys in silence were not looked for, and why.
fn silent_keys(known: KeysKnown, from: u64, lang: Lang) -> Option<String> {
    match known {
        KeysKnown::Beginning => None,
        KeysKnown::Middle => Some(say!(
            lang,
            "未查找未经预告的密钥：核对从第 {from} 条开始，此前预告的密钥无从得知；如需查找，请从头核对",
            "keys that nobody announced were not looked for: the audit began at entry {from} and knows nothing of those announced before; audit from the beginning to look for them"
        )),
        KeysKnown::Lost => Some(
            lang.pick(
                "未查找未经预告的密钥：部分存证无法读取，其中可能有预告",
                "keys that nobody announced were not looked for: entries can't be read, and may be those that announced them",
            )
            .to_owned(),
        ),
        KeysKnown::Never => Some(
            lang.pick(
                "未查找未经预告的密钥：账本没有公开最初的信任名单",
                "keys that nobody announced were not looked for: the ledger does not show the trust bundle that it began with",
            )
            .to_owned(),
        ),
    }
}

/// What a key signs, in words; in English as commands name it.
fn usage(usage: KeyUse, lang: Lang) -> &'static str {
    let zh = match usage {
        KeyUse::Ledger => "账本",
        KeyUse::Batch => "批次",
        KeyUse::Status => "状态清单",
        KeyUse::Pdf => "PDF",
    };
    lang.pick(zh, usage.name())
}

/// Kind and label; of a kind that is not known here, its name.
fn target(kind: &str, label: &str, lang: Lang) -> String {
    let word = AnchorKind::from_name(kind).map_or(kind, |known| web::anchoring::kind_word(known, lang));
    format!("{word} {label}")
}

fn of_witness(name: &str, seen: &Witnessed, lang: Lang) -> String {
    let Witnessed { count, size, last, .. } = seen;
    let last = moment(lang, *last);
    let line = say!(
        lang,
        "{name}：见证 {count} 次，至第 {size} 条，最近 {last}",
        "{name}: checkpoints {count}, up to entry {size}, the last at {last}"
    );
    match seen.is_independent {
        true => line,
        false => {
            line + lang.pick(
                "（与机构同属一单位，不计入级别）",
                " (of the office's own organisation: gives no level)",
            )
        }
    }
}

fn of_anchor(kind: &str, label: &str, seen: &Anchored, lang: Lang) -> String {
    let count = seen.count;
    let target = target(kind, label, lang);
    let mut line = say!(lang, "{target}：{count} 个", "{target}: {count}");
    if let Some(size) = seen.size {
        line += &say!(lang, "，至第 {size} 条", ", up to {size} entries");
    }
    if let Some(last) = seen.last.map(|last| moment(lang, last)) {
        line += &say!(lang, "，最近 {last}", ", the last at {last}");
    }
    line + match (seen.shown, kind) {
        (Shown::Verified { is_independent: true }, _) => lang.pick("，已验证", ", verified"),
        (Shown::Verified { is_independent: false }, _) => {
            lang.pick("，已验证（与机构同属一单位，不计入级别）", ", verified (of the office's own organisation: gives no level)")
        }
        (Shown::Attached, "evm") => lang.pick(
            "。已附回执，未离线验证；回执与交易相符，链上是否存在此区块须向节点查询",
            "; receipt attached, not verified offline; receipt, header and transaction belong together, and whether the chain has the block only a node can say",
        ),
        (Shown::Attached, _) => {
            lang.pick("，已附对方应答原文，无法在此验证", ", answer kept as it came: can't be verified here")
        }
        (Shown::Unknown, _) => {
            lang.pick("，信任名单中没有该机构或链，未核对", ", not in the trust bundle: not checked")
        }
    }
}

fn levels(looked: &Looked, lang: Lang) -> String {
    let (three, four) = (looked.level(3), looked.level(4));
    say!(
        lang,
        "前 {three} 条有独立见证或时间戳（L3），前 {four} 条达到 L4；按本次核对的证据",
        "the first {three} entries are seen by an independent witness or authority (L3), the first {four} reach L4; by the evidence of this audit"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_says_where_keys_in_silence_were_not_looked_for() {
        assert_eq!(silent_keys(KeysKnown::Beginning, 512, Lang::En), None);
        for (known, zh, en) in [
            (KeysKnown::Middle, "从第 512 条开始", "began at entry 512"),
            (KeysKnown::Lost, "存证无法读取", "entries can't be read"),
            (KeysKnown::Never, "没有公开最初的信任名单", "does not show the trust bundle"),
        ] {
            assert!(silent_keys(known, 512, Lang::Zh).is_some_and(|line| line.contains(zh)), "{known:?}");
            assert!(silent_keys(known, 512, Lang::En).is_some_and(|line| line.contains(en)), "{known:?}");
        }
    }
}
