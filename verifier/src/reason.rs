//! What explains a check, in the reader's language: the texts of [`Detail::Text`](crate::verdict::Detail), which are for
//! programmers and in English, said in Chinese where they say something to people.
//!
//! ```text
//! entry 31                                              第 31 条
//! evm fisco-city                                        链 fisco-city
//! rfc3161 tsa: it has no checkpoint                     时间戳 tsa：没有检查点
//! rfc3161 tsa: TIMESTAMP_CHAIN (no chain leads …)       时间戳 tsa：证书链不通向信任名单中的机构（TIMESTAMP_CHAIN）
//!
//! checkpoint: is not signed (at line 4)                 检查点格式不对（line 4）：“is not signed”
//! key event: was never announced (at key)               密钥事件不成立：该密钥从未预告
//! ```
//!
//! A text that is not known here is left as it is: better in another language than not at all. Not here: the messages of codes
//! (`text`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;

use crate::error::Refused;
use crate::text::Lang;

/// Kinds of anchors by the word that a detail begins with: in Chinese, in English.
const KINDS: [(&str, &str, &str); 3] = [
    ("evm", "链", "chain"),
    ("http", "存证网关", "gateway"),
    ("rfc3161", "时间戳机构", "timestamp authority"),
];

/// Sentences that are always the same.
const SENTENCES: [(&str, &str); 14] = [
    ("it has no checkpoint", "没有检查点"),
    ("its checkpoint is of another ledger", "检查点属于另一账本"),
    ("no ledger key of the office signed its checkpoint", "检查点没有签发机构账本密钥的签名"),
    ("it has no path from the certificate's entry", "没有从本证书到检查点的路径"),
    ("its path does not lead from the certificate's entry to its checkpoint", "路径不能从本证书推导到检查点"),
    ("the ledger key is retired, or may have been somebody else's", "账本密钥已过核验期限，或可能已失密"),
    ("the trust bundle has no such authority", "信任名单中没有这家时间戳机构"),
    ("signed by no ledger key of the office in the trust bundle", "没有信任名单中该机构账本密钥的签名"),
    ("the checkpoint is of another ledger", "检查点属于另一账本"),
    ("the ledger key's signature does not verify", "账本密钥的签名不成立"),
    ("the transaction does not carry this checkpoint's digest", "交易中没有该检查点的摘要"),
    ("the receipt is another transaction's", "回执属于另一笔交易"),
    ("the transaction failed on the chain", "交易在链上执行失败"),
    ("the header is another block's than the receipt's", "区块头与回执不属于同一区块"),
];

/// What is wrong with a token, by its stable code.
const TOKENS: [(&str, &str); 10] = [
    ("TIMESTAMP_MALFORMED", "不是格式正确的时间戳"),
    ("TIMESTAMP_NOT_SUPPORTED", "所用算法此处不支持"),
    ("TIMESTAMP_REFUSED", "时间戳机构拒绝了请求"),
    ("TIMESTAMP_DIGEST", "时间戳所盖的是其他内容"),
    ("TIMESTAMP_NONCE", "时间戳答复的是另一次请求"),
    ("TIMESTAMP_POLICY", "时间戳依据的是另一策略"),
    ("TIMESTAMP_SIGNER", "时间戳签名者的证书不符合要求"),
    ("TIMESTAMP_SIGNATURE", "时间戳的签名不成立"),
    ("TIMESTAMP_CHAIN", "证书链不通向信任名单中的时间戳机构"),
    ("TIMESTAMP_TIME", "证书当时不在有效期内，或时间在将来"),
];

/// What formats are called.
const FORMATS: [(&str, &str); 22] = [
    ("anchor", "锚定记录"),
    ("batch file", "批次文件"),
    ("batch note", "批次签名"),
    ("block header", "区块头"),
    ("checkpoint", "检查点"),
    ("core", "证书核心"),
    ("date", "日期"),
    ("document", "文档"),
    ("event", "变更记录"),
    ("hash", "哈希"),
    ("key", "密钥"),
    ("key event", "密钥事件"),
    ("note", "签名文本"),
    ("operators' log head", "操作日志封存"),
    ("origin", "账本名称"),
    ("receipt", "链上回执"),
    ("status index", "状态清单目录"),
    ("status list", "状态清单"),
    ("status note", "状态说明"),
    ("time", "时间"),
    ("transaction", "链上交易"),
    ("trust bundle", "信任名单"),
];

/// What is well-formed and does not follow: the history of an office's keys.
const FAULTS: [(&str, &str); 13] = [
    ("are those that the key has", "与该密钥原有的日期相同"),
    ("is earlier than that of the event before", "早于前一条密钥事件"),
    ("is later than it was, or sign-from is another", "终止时间比原来晚，或启用时间不同"),
    ("is missing, and may still be relied on", "该密钥被删去，而仍可能有人依赖它"),
    ("is not later than it was, or sign-from is another", "延期后的终止时间不比原来晚，或启用时间不同"),
    ("is of another ledger", "属于另一账本"),
    ("is one too many", "密钥数量超过上限"),
    ("no key event before the bundle announced it", "此前没有预告该密钥的密钥事件"),
    ("take back what was good before the event", "把此前有效的时间收了回去"),
    ("takes back what was said before", "收回了此前登记的失密"),
    ("the key events before the bundle say otherwise of it", "与此前的密钥事件所写不同"),
    ("was compromised before", "该密钥此前已登记失密"),
    ("was never announced", "该密钥从未预告"),
];

/// What a parser refused, for a reader. In Chinese its own phrase stays as it is where it says what only the format's page can
/// explain.
pub fn refused(refused: &Refused, lang: Lang) -> String {
    let (format, at, what) = (refused.format(), refused.at(), refused.what());
    if lang == Lang::En {
        return format!("{refused}");
    }
    let name = FORMATS.iter().find(|(en, _)| *en == format).map_or(format, |(_, zh)| zh);
    let place = if at.is_empty() { String::new() } else { format!("（{at}）") };
    match FAULTS.iter().find(|(en, _)| *en == what) {
        Some((_, zh)) => format!("{name}不成立{place}：{zh}"),
        None => format!("{name}格式不对{place}：“{what}”"),
    }
}

/// The text of a detail for a reader.
pub fn words(text: &str, lang: Lang) -> String {
    match anchor(text) {
        Some((zh, en, label, why)) => match (lang, why) {
            (Lang::Zh, None) => format!("{zh} {label}"),
            (Lang::En, None) => format!("{en} {label}"),
            (Lang::Zh, Some(why)) => format!("{zh} {label}：{}", chinese(why)),
            (Lang::En, Some(why)) => format!("{en} {label}: {why}"),
        },
        None => match lang {
            Lang::Zh => chinese(text),
            Lang::En => text.to_owned(),
        },
    }
}

/// Kind, label and reason of a text about an anchor.
fn anchor(text: &str) -> Option<(&'static str, &'static str, &str, Option<&str>)> {
    let (kind, rest) = text.split_once(' ')?;
    let (_, zh, en) = KINDS.iter().find(|(name, _, _)| *name == kind)?;
    let (label, why) = match rest.split_once(": ") {
        Some((label, why)) => (label, Some(why)),
        None => (rest, None),
    };
    Some((zh, en, label, why))
}

fn chinese(text: &str) -> String {
    if let Some((_, zh)) = SENTENCES.iter().find(|(en, _)| *en == text) {
        return (*zh).to_owned();
    }
    // `CODE (what exactly)`
    let code = text.split(' ').next().unwrap_or_default();
    if let Some((code, zh)) = TOKENS.iter().find(|(known, _)| *known == code) {
        return format!("{zh}（{code}）");
    }
    numbered(text).unwrap_or_else(|| text.to_owned())
}

/// Texts with numbers in them.
fn numbered(text: &str) -> Option<String> {
    if let Some(rest) = text.strip_prefix("entry ") {
        return Some(match rest.split_once(", newest until ") {
            Some((index, until)) => format!("账本第 {index} 条，至 {until} 为最新"),
            None => format!("账本第 {rest} 条"),
        });
    }
    if let Some(rest) = text.strip_prefix("sequence ") {
        return Some(match rest.split_once(", seen before ") {
            Some((sequence, newer)) => format!("第 {sequence} 期，此前已见过第 {newer} 期"),
            None => format!("第 {rest} 期"),
        });
    }
    if let Some(chain) = text.strip_prefix("the transaction is for the chain ") {
        return Some(format!("交易属于链号 {chain} 的链"));
    }
    if let Some(sender) = text.strip_prefix("the transaction was signed by ") {
        return Some(format!("交易由 {sender} 签署，不是信任名单所列的发送地址"));
    }
    let rest = text.strip_prefix("two signed checkpoints of size ")?;
    let size = rest.split(' ').next()?;
    Some(format!("条数同为 {size} 的两个已签名检查点，根不相同：可作为账本分叉的证明（.xzf）"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_programmers_wrote_is_said_in_the_readers_language() {
        for (text, zh, en) in [
            ("evm fisco-city", "链 fisco-city", "chain fisco-city"),
            ("http gateway", "存证网关 gateway", "gateway gateway"),
            ("rfc3161 tsa", "时间戳机构 tsa", "timestamp authority tsa"),
            (
                "rfc3161 tsa: it has no checkpoint",
                "时间戳机构 tsa：没有检查点",
                "timestamp authority tsa: it has no checkpoint",
            ),
            (
                "rfc3161 tsa: TIMESTAMP_DIGEST (it is a timestamp of something else)",
                "时间戳机构 tsa：时间戳所盖的是其他内容（TIMESTAMP_DIGEST）",
                "timestamp authority tsa: TIMESTAMP_DIGEST (it is a timestamp of something else)",
            ),
            ("entry 31", "账本第 31 条", "entry 31"),
            ("sequence 5, seen before 7", "第 5 期，此前已见过第 7 期", "sequence 5, seen before 7"),
            ("示例市信用中心", "示例市信用中心", "示例市信用中心"),
        ] {
            assert_eq!((words(text, Lang::Zh).as_str(), words(text, Lang::En).as_str()), (zh, en));
        }
    }

    #[test]
    fn what_a_parser_refused_names_the_format_in_the_readers_language() {
        let none = Refused::new("key event", "key", "was never announced");
        assert_eq!(super::refused(&none, Lang::Zh), "密钥事件不成立（key）：该密钥从未预告");
        assert_eq!(super::refused(&none, Lang::En), "key event: was never announced (at key)");
        let cut = Refused::new("checkpoint", "", "is not signed");
        assert_eq!(super::refused(&cut, Lang::Zh), "检查点格式不对：“is not signed”");
    }

    /// A phrase that is changed where keys are followed has to be changed here.
    #[test]
    fn the_faults_of_key_events_are_those_that_are_told() {
        let source = include_str!("key_event/history.rs");
        for (what, _) in FAULTS {
            assert!(source.contains(&format!("\"{what}\"")), "{what}");
        }
        for told in source.lines().filter_map(|line| line.trim().strip_prefix("return refuse(")) {
            let what = told.rsplit('"').nth(1).unwrap();
            let known = FAULTS.iter().any(|(en, _)| *en == what);
            assert!(known, "{what}");
        }
    }

    /// What the checks say is known here: a sentence that is changed there has to be changed here.
    #[cfg(all(feature = "timestamp", feature = "evm"))]
    #[test]
    fn every_reason_of_tokens_and_transactions_has_words() {
        use crate::evm::{Address, ChainFault};
        use crate::timestamp::TimestampError as Error;
        let what = "x";
        for error in [
            Error::Malformed(what),
            Error::NotSupported(what.to_owned()),
            Error::Refused(what.to_owned()),
            Error::DigestOther,
            Error::NonceOther,
            Error::PolicyOther(what.to_owned()),
            Error::SignerBad(what),
            Error::SignatureBad,
            Error::ChainBad(what),
            Error::TimeBad(what),
        ] {
            let text = format!("{} ({error})", error.code());
            assert!(chinese(&text).ends_with(&format!("（{}）", error.code())), "{text}");
        }
        let found = Address::from_bytes([1; 20]);
        for fault in [
            ChainFault::ChainId { found: 7 },
            ChainFault::Sender { found },
            ChainFault::Data,
            ChainFault::ReceiptOfAnother,
            ChainFault::Failed,
            ChainFault::HeaderOfAnother,
        ] {
            assert!(!chinese(&format!("{fault}")).is_ascii(), "{fault}");
        }
    }
}
