//! A trust bundle in words: who is in it, from when to when, and what makes the quorum. The signed text itself is what
//! `trust D export` writes.
//!
//! ```text
//! 机构 示例县公共信用信息中心（credit.example.gov.cn/ledger）
//!   ledger  530d903a  2026-11-22 至 2028-11-21 签发，核验截止 2038-11-19
//! 见证方 示例市公共信用信息中心（city.example.gov.cn）
//!   city.example.gov.cn/ledger/witness+ad79b3f0+BLUJ…
//! 见证规定家数：2（共 4 家）
//! ```

use verifier::hash;
use verifier::trust::{Office, OfficeKey, Threshold, TrustBundle};

use crate::lang::{Lang, moment};
use crate::say;

/// Bytes of a fingerprint in one line, as `openssl x509 -fingerprint` writes them.
const PRINT_LINE: usize = 16;

/// Everything below the roots and the dates.
pub fn in_words(bundle: &TrustBundle, dir: &str, lang: Lang) -> String {
    let mut out: String = bundle.offices().iter().map(|office| office_words(office, lang)).collect();
    for witness in bundle.witnesses() {
        let (name, token) = (&witness.organisation.name, &witness.organisation.token);
        let key = witness.key.encode();
        out += &say!(lang, "见证方 {name}（{token}）\n  {key}\n", "witness {name} ({token})\n  {key}\n");
    }
    out += &quorum_words(bundle, lang);
    for one in &bundle.fields().authorities {
        let (label, token) = (&one.label, &one.token);
        out += &say!(
            lang,
            "时间戳机构 {label}（{token}），证书 SHA-256：\n",
            "timestamp authority {label} ({token}), SHA-256 of its certificate:\n"
        );
        let print = hash::sha256(&[&one.certificate]);
        for part in print.as_bytes().chunks(PRINT_LINE) {
            out += &format!("  {}\n", super::colons(part));
        }
    }
    for one in &bundle.fields().chains {
        let (label, token, number) = (&one.label, &one.token, one.chain_id);
        let sender = one.sender.iter().fold("0x".to_string(), |text, byte| format!("{text}{byte:02x}"));
        out += &say!(
            lang,
            "锚定链 {label}（{token}）：链号 {number}，发送地址\n  {sender}\n",
            "chain {label} ({token}): number {number}, sent from\n  {sender}\n"
        );
    }
    out + &say!(
        lang,
        "签名原文：xinzheng trust {dir} export FILE\n",
        "The signed text: xinzheng trust {dir} export FILE\n"
    )
}

fn office_words(office: &Office, lang: Lang) -> String {
    let (name, origin) = (&office.organisation.name, &office.origin);
    let mut out = say!(lang, "机构 {name}（{origin}）\n", "office {name} ({origin})\n");
    for key in &office.keys {
        out += &key_words(key, lang);
    }
    out
}

fn key_words(key: &OfficeKey, lang: Lang) -> String {
    let (usage, id) = (key.usage.name(), key.key.id());
    let [from, until, last] = [key.sign_from, key.sign_until, key.verify_until].map(|time| time.china_date());
    let mut out = say!(
        lang,
        "  {usage:<6}  {id}  {from} 至 {until} 签发，核验截止 {last}\n",
        "  {usage:<6}  {id}  signs {from} to {until}, verifies until {last}\n"
    );
    if let Some(told) = &key.compromised {
        let (from, size) = (moment(lang, told.from), told.size);
        out += &say!(
            lang,
            "          自 {from} 起失密；最后可信的检查点为 {size} 条\n",
            "          compromised since {from}; the last good checkpoint has {size} entries\n"
        );
    }
    out
}

fn quorum_words(bundle: &TrustBundle, lang: Lang) -> String {
    let fields = bundle.fields();
    let Some(quorum) = &fields.quorum else {
        return lang.pick("见证规定家数：未规定\n", "quorum of witnesses: none\n").to_string();
    };
    let Some(group) = fields.groups.iter().find(|group| group.label == *quorum) else {
        return say!(lang, "见证规定：须有 {quorum}\n", "quorum of witnesses: {quorum}\n");
    };
    let (members, of) = (group.members.join(" "), group.members.len());
    let least = match group.threshold {
        Threshold::Any => 1,
        Threshold::All => of,
        Threshold::AtLeast(least) => usize::try_from(least).unwrap_or(usize::MAX),
    };
    let mut out =
        say!(lang, "见证规定家数：{least}（共 {of} 家）\n", "quorum of witnesses: {least} of {of}\n");
    // Where all of the bundle's witnesses are in it, they stand above already.
    if fields.witnesses.len() != of || fields.groups.len() > 1 {
        out += &format!("  {members}\n");
    }
    out
}
