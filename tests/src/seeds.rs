//! Seeds and dictionaries of the fuzz targets, taken from the verifier's vectors.

use crate::paths::{read, root};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Everything in these folders of `verifier/vectors/` that may be an input: each text of each file by itself, and, where
/// it is base64 or hexadecimal, the bytes that it stands for; files of other kinds as they are.
pub fn from_vectors(folders: &[&str]) -> Vec<Vec<u8>> {
    let mut seeds = BTreeSet::new();
    for folder in folders {
        gather(&root().join("verifier/vectors").join(folder), &mut seeds);
    }
    seeds.into_iter().collect()
}

/// The words of `verifier/fuzz/tokens.dict`, libFuzzer's form: one in double quotes a line, `\xNN` for a byte.
pub fn tokens(dictionary: &str) -> Vec<Vec<u8>> {
    let text = read(dictionary);
    let lines = text.lines().filter(|l| l.starts_with('"'));
    let word = |l: &str| l.strip_prefix('"').and_then(|l| l.strip_suffix('"')).and_then(unescape);
    lines.map(|l| word(l).unwrap_or_else(|| panic!("{dictionary}: {l}"))).collect()
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
