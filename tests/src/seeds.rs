//! Seeds and dictionaries of the fuzz targets: the verifier's vectors, and one good input of each kind written out here.

use crate::paths::{read, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use verifier::core::{Audience, Claim, Core, CoreFields, Holder};
use verifier::hash::sha256;
use verifier::number::CertificateNumber;
use verifier::registry::{ClaimValue, DocumentKind, HolderKind, Open};
use verifier::time::{Date, Time};

/// The dictionary of both kinds of fuzzing.
const DICTIONARY: &str = "verifier/fuzz/tokens.dict";

/// Fuzz targets by name, with the folders of `verifier/vectors/` that their seeds come from.
pub const TARGETS: [(&str, &[&str]); 5] = [
    ("note", &["note"]),
    ("checkpoint", &["note", "checkpoint"]),
    ("tile_path", &["tile"]),
    ("json", &["json"]),
    ("core", &["core"]),
];

/// Good inputs of the target, which it has to read.
pub fn own(target: &str) -> Vec<Vec<u8>> {
    let hash = "4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=";
    let checkpoint = format!("credit.example.gov.cn/ledger\n41\n{hash}\n");
    let batch = format!("credit.example.gov.cn/ledger/batch\n32 41\n{hash}\n1795310130\n");
    let line = format!("— credit.example.gov.cn/ledger {}\n", verifier::base64::encode(&[7; 68]));
    let witness = format!("— b.example/w {}\n", verifier::base64::encode(&[9; 76]));
    let texts: Vec<String> = match target {
        "note" => vec![format!("{checkpoint}\n{line}"), format!("{batch}\n{line}{witness}")],
        "checkpoint" => {
            vec![format!("{checkpoint}\n{line}"), format!("{batch}\n{line}{witness}"), checkpoint, batch]
        }
        "tile_path" => {
            ["tile/0/000", "tile/0/x001/x234/067", "tile/entries/000.p/41", "tile/63/x001/000.p/255"]
                .map(str::to_owned)
                .to_vec()
        }
        "json" => vec![r#"{"a":[1,-2,"文 \"q\" \n",null,true,{"b":{}}],"c":"é"}"#.into(), " [ 1 ] \n".into()],
        "core" => return vec![sample_core().as_bytes().to_vec()],
        _ => vec![],
    };
    texts.into_iter().map(String::into_bytes).collect()
}

/// All seeds of the target.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let (_, folders) = TARGETS.iter().find(|t| t.0 == target).unwrap_or_else(|| panic!("no target {target}"));
    let mut seeds = from_vectors(folders);
    seeds.extend(own(target));
    seeds
}

/// The core that the spec page shows.
fn sample_core() -> Core {
    let claim = |rule, value| {
        Claim::new(Open::from_number(rule), ClaimValue::from_number(value).expect("a value"), None)
            .expect("a claim")
    };
    let date = |days| Date::new(days).expect("a date");
    let time = |seconds| Time::new(seconds).expect("a time");
    let fields = CoreFields {
        number: CertificateNumber::with_check("20261122401709386125").expect("digits"),
        kind: DocumentKind::CreditReport,
        holder: Holder::new(HolderKind::Org, "渭水样例食品有限公司", "91619900MA0DEM021U").ok(),
        title: "公共信用信息报告".into(),
        purpose: Some(Open::from_number(9)),
        audience: Audience::new("示例县公共信用信息中心", "12619900990000084G").ok(),
        issued_at: time(1_795_310_130),
        expires_at: time(1_803_086_130),
        period: Some((date(19_683), date(20_778))),
        data_as_of: Some(time(1_795_276_799)),
        claims: vec![claim(1, 2), claim(3, 1), claim(6, 1)],
        counters: vec![(Open::from_number(2), 1), (Open::from_number(3), 1)],
        document_root: sha256(&[b"the document"]),
        nonce: *b"sixteen bytes, !",
    };
    Core::new(fields).expect("a core")
}

/// Everything in these folders of `verifier/vectors/` that may be an input: each text of each file by itself, and, where
/// it is base64 or hexadecimal, the bytes that it stands for; files of other kinds as they are.
fn from_vectors(folders: &[&str]) -> Vec<Vec<u8>> {
    let mut seeds = BTreeSet::new();
    for folder in folders {
        gather(&root().join("verifier/vectors").join(folder), &mut seeds);
    }
    seeds.into_iter().collect()
}

/// The words of `verifier/fuzz/tokens.dict`, libFuzzer's form: one in double quotes a line, `\xNN` for a byte.
pub fn tokens() -> Vec<Vec<u8>> {
    let text = read(DICTIONARY);
    let lines = text.lines().filter(|l| l.starts_with('"'));
    let word = |l: &str| l.strip_prefix('"').and_then(|l| l.strip_suffix('"')).and_then(unescape);
    lines.map(|l| word(l).unwrap_or_else(|| panic!("{DICTIONARY}: {l}"))).collect()
}

fn gather(path: &Path, seeds: &mut BTreeSet<Vec<u8>>) {
    if path.is_dir() {
        let entries = std::fs::read_dir(path).expect("a folder of vectors");
        entries.for_each(|e| gather(&e.expect("a vector").path(), seeds));
        return;
    }
    let Ok(bytes) = std::fs::read(path) else { return };
    match serde_json::from_slice(&bytes) {
        Ok(value) if path.extension().is_some_and(|e| e == "json") => texts(&value, seeds),
        _ => drop(seeds.insert(bytes)),
    }
}

fn texts(value: &Value, seeds: &mut BTreeSet<Vec<u8>>) {
    match value {
        Value::String(text) => {
            if let Some(bytes) = verifier::base64::decode(text).or_else(|| verifier::base64::decode_url(text))
            {
                seeds.insert(bytes);
            }
            if let Some(bytes) = hex(text) {
                seeds.insert(bytes);
            }
            seeds.insert(text.clone().into_bytes());
        }
        Value::Array(list) => list.iter().for_each(|v| texts(v, seeds)),
        Value::Object(members) => members.values().for_each(|v| texts(v, seeds)),
        _ => {}
    }
}

fn hex(text: &str) -> Option<Vec<u8>> {
    if text.len() < 2 || text.len() % 2 == 1 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..text.len()).step_by(2).map(|n| u8::from_str_radix(&text[n..n + 2], 16).ok()).collect()
}

fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match (byte, byte == b'\\') {
            (_, false) => out.push(byte),
            _ => match bytes.next()? {
                b'x' => {
                    let pair = [bytes.next()?, bytes.next()?];
                    out.push(u8::from_str_radix(std::str::from_utf8(&pair).ok()?, 16).ok()?);
                }
                plain => out.push(plain),
            },
        }
    }
    Some(out)
}
