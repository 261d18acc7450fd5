//! Seeds and dictionaries of the fuzz targets: the verifier's vectors, and one good input of each kind written out here.

use crate::paths::{read, root};
use crate::{documents, specimens};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use verifier::anchor::{Anchor, Evidence, Rfc3161};
use verifier::checkpoint::Checkpoint;
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;
use verifier::status::Status;
use verifier::status_index::{Indexed, StatusIndex};
use verifier::status_list::StatusList;
use verifier::witnessing::AddCheckpoint;
use verifier::{base64, hash, qr};

/// The dictionary of both kinds of fuzzing.
const DICTIONARY: &str = "verifier/fuzz/tokens.dict";

/// Fuzz targets by name, with the folders of `verifier/vectors/` that their seeds come from.
pub const TARGETS: [(&str, &[&str]); 21] = [
    ("note", &["note", "checkpoint", "batch-note", "cosignature"]),
    ("checkpoint", &["note", "checkpoint", "batch-note", "cosignature"]),
    ("tile_path", &["tile"]),
    ("json", &["json"]),
    ("core", &["core"]),
    ("disclosure", &["disclosure", "sd-jwt"]),
    ("trust_bundle", &["trust"]),
    ("status_index", &["status"]),
    ("status_list", &["status"]),
    ("tlog_proof", &["tlog-proof"]),
    ("witness_request", &["checkpoint", "cosignature"]),
    ("misbehaviour", &["batch-file", "checkpoint"]),
    ("anchor", &["anchor"]),
    ("timestamp", &["timestamp"]),
    ("evm", &["evm"]),
    ("batch_file", &["batch-file"]),
    ("qr_text", &["qr"]),
    ("qr_payload", &["qr"]),
    ("certificate", &["certificate"]),
    ("pdf", &["pdf"]),
    ("document_json", &["json"]),
];

/// The checkpoint, and another of its size.
fn fork(checkpoint: &Note) -> Misbehaviour {
    let says = Checkpoint::from_text(checkpoint.text()).expect("a checkpoint");
    let other =
        Checkpoint::new(says.origin().clone(), says.size(), hash::leaf_hash(b"other")).expect("another");
    let line = checkpoint.signatures().first().expect("a signature").clone();
    let other = Note::new(other.text()).expect("a note").with_signature(line).expect("one signature");
    Misbehaviour::of_one_size(checkpoint.clone(), other).expect("two roots")
}

/// Good inputs of the target, which it has to read.
pub fn own(target: &str) -> Vec<Vec<u8>> {
    let checkpoint = specimens::checkpoint();
    let batch = specimens::batch_note();
    let texts: Vec<String> = match target {
        "note" => vec![checkpoint.encode(), batch.encode()],
        "checkpoint" => {
            vec![checkpoint.encode(), batch.encode(), checkpoint.text().into(), batch.text().into()]
        }
        "tile_path" => {
            ["tile/0/000", "tile/0/x001/x234/067", "tile/entries/000.p/41", "tile/63/x001/000.p/255"]
                .map(str::to_owned)
                .to_vec()
        }
        "json" => vec![r#"{"a":[1,-2,"文 \"q\" \n",null,true,{"b":{}}],"c":"é"}"#.into(), " [ 1 ] \n".into()],
        "core" => return vec![specimens::core().as_bytes().to_vec()],
        "disclosure" => specimens::disclosures().iter().map(|d| d.as_str().to_owned()).collect(),
        "trust_bundle" => vec![specimens::trust()],
        "status_index" => {
            let file = specimens::status_list(Status::Valid, specimens::ISSUED);
            let list = StatusList::parse(file.as_bytes()).expect("a list");
            let lists = vec![Indexed::of(&list, file.as_bytes())];
            let index = StatusIndex::new(list.says().fields().origin.clone(), lists).expect("one shard");
            vec![index.encode()]
        }
        "status_list" => {
            [Status::Valid, Status::Suspended].map(|s| specimens::status_list(s, specimens::ISSUED)).to_vec()
        }
        "tlog_proof" => vec![specimens::tlog_proof().encode()],
        "witness_request" => {
            let proof = vec![hash::leaf_hash(b"a"), hash::leaf_hash(b"b")];
            let request = AddCheckpoint::new(29, proof, checkpoint).expect("a request");
            vec![request.encode()]
        }
        "misbehaviour" => vec![fork(&checkpoint).encode()],
        "anchor" => {
            let stamp = Rfc3161 { token: vec![0x30, 0], chain: vec![vec![0x30, 0]] };
            let anchor = Anchor::new("tsa", checkpoint, Evidence::Rfc3161(stamp)).expect("an anchor");
            vec![anchor.encode(), r#"{"type":"unheard-of","checkpoint":"…"}"#.into()]
        }
        "timestamp" => {
            let made = root().join("verifier/examples/make_vectors_timestamp/made");
            let of = |name: &str| std::fs::read(made.join(name)).expect("a token that was made");
            return ["token.der", "token-ec.der", "root.der"].map(of).to_vec();
        }
        "evm" => {
            let of = |case: &str, part: &str| {
                let case: Value = serde_json::from_str(&read(&format!("verifier/vectors/evm/{case}.json")))
                    .expect("a vector");
                base64::decode(case[part].as_str().expect("a text")).expect("base64")
            };
            let cases = [("legacy", "transaction"), ("dynamic", "transaction")];
            let parts = [("legacy", "receipt"), ("legacy", "header")];
            return cases.into_iter().chain(parts).map(|(case, part)| of(case, part)).collect();
        }
        "batch_file" => vec![specimens::batch_file().encode()],
        "qr_text" => {
            let (before, digits) = qr::url("credit.example.gov.cn", &specimens::qr_payload());
            let other = base64::encode_url(&specimens::qr_payload().encode());
            vec![format!("{before}{digits}"), format!("https://a.cn/v#u{other}?from=app"), digits]
        }
        "qr_payload" => return vec![specimens::qr_payload().encode()],
        "certificate" => {
            return vec![specimens::certificate(true).encode(), specimens::certificate(false).encode()];
        }
        "pdf" => {
            let certificate = specimens::certificate(false).encode();
            let head =
                format!("%PDF-1.7\n1 0 obj <</Type/EmbeddedFile/Length {}>> stream\n", certificate.len());
            return vec![[head.as_bytes(), &certificate, b"\nendstream endobj\n"].concat()];
        }
        "document_json" => vec![documents::commitment(7), documents::report(7)],
        _ => vec![],
    };
    texts.into_iter().map(String::into_bytes).collect()
}

/// All seeds of the target.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    let (_, folders) = TARGETS.iter().find(|t| t.0 == target).unwrap_or_else(|| panic!("no target {target}"));
    let mut seeds = from_vectors(folders);
    assert!(!seeds.is_empty(), "no vectors in {folders:?}");
    seeds.extend(own(target));
    if target == "document_json" {
        let samples = crate::ledger::files(&root().join("tests/samples"));
        seeds.extend(
            samples.into_iter().filter(|s| s.0.extension().is_some_and(|e| e == "json")).map(|s| s.1),
        );
    }
    seeds
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
