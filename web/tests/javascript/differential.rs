//! Both verifiers read mutated artefacts alike: the same are refused, with the same code where the page names one, and
//! what is read says the same.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use verifier::batch_note::BatchNote;
use verifier::certificate::Certificate;
use verifier::checkpoint::Checkpoint;
use verifier::core::Core;
use verifier::disclosure::Disclosure;
use verifier::hash::sha256;
use verifier::key::VerifierKey;
use verifier::limits::DOCUMENT_BYTES;
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;
use verifier::pdf::{FoundNote, Pdf};
use verifier::qr;
use verifier::status_list::StatusList;
use verifier::time::{Date, Time};
use verifier::tlog_proof::TlogProof;

use crate::mutate::Mutator;
use crate::node::Judge;

/// Inputs for each format, unless `XINZHENG_DIFFERENTIAL_ROUNDS` says otherwise.
const ROUNDS: u64 = 3_000;
/// Status lists are half a megabyte each and get so many times fewer.
const FEWER_LISTS: usize = 50;

/// What a reader makes of bytes: one line, or the code of a refusal.
type Read = Result<String, String>;

#[test]
fn cores() {
    compare("core", "core", |bytes| Core::parse(bytes).map(|core| core_line(&core)).map_err(bad));
}

#[test]
fn strict_json() {
    // Of several faults any may be named, so only that it is refused is compared.
    compare("json", "json", |bytes| {
        let value = verifier::json::parse(bytes, DOCUMENT_BYTES).map_err(bad)?;
        Ok(digest(verifier::json::compact(&value).as_bytes()))
    });
}

#[test]
fn keys_and_notes() {
    compare("key", "key", |bytes| {
        VerifierKey::parse(text(bytes)?).map(|key| key.id().to_string()).map_err(bad)
    });
    compare("note", "note", |bytes| {
        let note = Note::parse(text(bytes)?).map_err(bad)?;
        Ok(format!("{} {}", digest(note.text().as_bytes()), note.signatures().len()))
    });
    compare("batch-note", "batch-note", |bytes| {
        let (note, _) = BatchNote::parse_note(text(bytes)?).map_err(bad)?;
        let (range, hash, time) = (note.subtree(), note.hash().to_base64(), note.time().seconds());
        Ok(format!("{} {} {} {hash} {time}", note.origin(), range.start(), range.end()))
    });
    compare("checkpoint", "checkpoint", |bytes| {
        let (found, _) = Checkpoint::parse_note(text(bytes)?).map_err(bad)?;
        Ok(format!("{} {} {}", found.origin(), found.size(), found.root().to_base64()))
    });
    compare("tlog-proof", "tlog-proof", |bytes| {
        let proof = TlogProof::parse(text(bytes)?).map_err(bad)?;
        Ok(format!("{} {} {}", proof.index(), proof.path().len(), proof.checkpoint().size()))
    });
}

#[test]
fn status_lists() {
    compare("status", "status", |bytes| {
        let list = StatusList::parse(bytes).map_err(bad)?;
        let says = list.says().fields();
        let (issued, expires) = (says.issued.seconds(), says.expires.seconds());
        Ok(format!("{} {} {} {} {issued} {expires}", says.origin, says.shard, says.sequence, says.size))
    });
}

#[test]
fn certificates() {
    compare("certificate", "certificate", |bytes| {
        let file = Certificate::parse(bytes).map_err(|error| error.code().to_owned())?;
        let shown = match file.shown() {
            Ok((records, _)) => records.len().to_string(),
            Err(error) => error.code().to_owned(),
        };
        let (index, path, digests) = (file.index(), file.path().len(), file.digests().len());
        Ok(format!("{} {index} {path} {digests} {shown}", core_line(file.core())))
    });
}

#[test]
fn proofs_of_misbehaviour() {
    compare("misbehaviour", "misbehaviour", |bytes| {
        let found = Misbehaviour::parse(bytes).map_err(bad)?;
        let (first, second) = (found.first().0.size(), found.second().0.size());
        let hashes = found.proof().map_or(0, <[_]>::len);
        Ok(format!("{} {first} {second} {hashes}", found.origin()))
    });
}

#[test]
fn disclosures() {
    compare("disclosure", "disclosure", |bytes| {
        let one = Disclosure::parse(text(bytes)?).map_err(|_| "DISCLOSURE_BAD".to_owned())?;
        Ok(format!("{} {}", one.pointer(), verifier::base64::encode_url(one.digest().as_bytes())))
    });
}

#[test]
fn scanned_texts() {
    compare("qr", "qr", |bytes| {
        let read = qr::read_text(text(bytes)?).map_err(|error| error.code().to_owned())?;
        let (range, time, path) = (read.subtree(), read.time().seconds(), read.path().len());
        let (start, end, index) = (range.start(), range.end(), read.index());
        Ok(format!("{} {start} {end} {index} {time} {path} {}", core_line(read.core()), read.key_id()))
    });
}

#[test]
fn pdf_files() {
    compare("pdf", "pdf", |bytes| {
        let file = Pdf::read(bytes).map_err(|error| error.code().as_str().to_owned())?;
        let note = match file.note() {
            FoundNote::Absent => "none".to_owned(),
            FoundNote::Broken(_) => "broken".to_owned(),
            FoundNote::Whole(note) => note.number().to_string(),
        };
        Ok(format!("{} {note}", digest(file.attachment())))
    });
}

#[test]
fn times_and_dates() {
    compare("time", "time", |bytes| {
        Time::parse_rfc3339_china(text(bytes)?).map(|time| time.seconds().to_string()).map_err(bad)
    });
    compare("date", "time", |bytes| {
        Date::parse(text(bytes)?).map(|date| date.days().to_string()).map_err(bad)
    });
}

/// Mutates the inputs of a folder of vectors and has both readers read them.
fn compare(ask: &str, folder: &str, rust: impl Fn(&[u8]) -> Read) {
    let asked = std::env::var("XINZHENG_DIFFERENTIAL_ROUNDS").ok();
    let rounds = asked.map_or(ROUNDS, |n| n.parse().expect("XINZHENG_DIFFERENTIAL_ROUNDS is a number"));
    let rounds = usize::try_from(rounds).unwrap() / if ask == "status" { FEWER_LISTS } else { 1 };
    let seeds = seeds(folder);
    let mut mutator = Mutator::new(rounds as u64, seeds.clone(), tokens());
    let mut inputs = seeds;
    while inputs.len() < rounds {
        let input = mutator.next_input().to_vec();
        // What is read is mutated further, so that more than the first fault is met.
        if rust(&input).is_ok() {
            mutator.keep();
        }
        inputs.push(input);
    }
    let question = |input: &Vec<u8>| json!({"ask": ask, "input": STANDARD.encode(input)});
    let questions: Vec<Value> = inputs.iter().map(question).collect();
    let mut wrong = Vec::new();
    let mut read = 0;
    for (input, answer) in inputs.iter().zip(Judge::new(true).ask(&questions)) {
        let expected = rust(input);
        read += usize::from(expected.is_ok());
        let same = match &expected {
            Ok(line) => answer["ok"] == *line,
            Err(_) if ask == "json" => answer["code"].is_string(),
            Err(code) => answer["code"] == *code,
        };
        if !same {
            wrong.push(format!(
                "{expected:?}\n  {answer}\n  {}",
                STANDARD.encode(&input[..input.len().min(6000)])
            ));
        }
    }
    assert!(read > 0 && read < inputs.len(), "{ask}: {read} of {} read", inputs.len());
    wrong.truncate(3);
    assert!(wrong.is_empty(), "{ask}:\n{}", wrong.join("\n"));
}

/// The inputs of the cases of a folder.
fn seeds(folder: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier/vectors").join(folder);
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    names.sort();
    let mut seeds = Vec::new();
    for name in names {
        let case: Value = serde_json::from_slice(&std::fs::read(name).unwrap()).unwrap();
        let texts = case["disclosures"].as_array().into_iter().flatten().chain([&case["text"]]);
        seeds.extend(texts.filter_map(|text| Some(text.as_str()?.as_bytes().to_vec())));
        seeds.extend(case["input"].as_str().map(|input| STANDARD.decode(input).unwrap()));
    }
    assert!(!seeds.is_empty());
    seeds
}

fn tokens() -> Vec<Vec<u8>> {
    let words = [
        "\n\n",
        "\u{2014} ",
        "\"",
        "\\u0000",
        "null",
        "{}",
        "[]",
        "#",
        "%23",
        "obj",
        "<<",
        ">>",
        "endstream",
        "\u{feff}",
        "１",
    ];
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

/// What a core says, in one line.
pub fn core_line(core: &Core) -> String {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let claims: Vec<String> = core
        .claims()
        .iter()
        .map(|claim| {
            let (part, whole) = claim
                .counts()
                .map_or(("-".into(), "-".into()), |(part, whole)| (part.to_string(), whole.to_string()));
            format!("{} {} {part} {whole}", claim.rule().number(), claim.value().number())
        })
        .collect();
    let counters: Vec<String> =
        core.counters().iter().map(|(counter, count)| format!("{} {count}", counter.number())).collect();
    let parts = [
        core.number().to_string(),
        core.kind().number().to_string(),
        or_none(core.holder().map(|holder| holder.name().to_owned())),
        core.title().to_owned(),
        or_none(core.purpose().map(|purpose| purpose.number().to_string())),
        or_none(core.audience().map(|audience| audience.code().to_owned())),
        core.issued_at().seconds().to_string(),
        core.expires_at().seconds().to_string(),
        or_none(core.period().map(|(first, last)| format!("{}-{}", first.days(), last.days()))),
        or_none(core.data_as_of().map(|time| time.seconds().to_string())),
        claims.join(","),
        counters.join(","),
        core.document_root().to_base64(),
        verifier::base64::encode(core.nonce()),
    ];
    parts.join(" ")
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    std::str::from_utf8(bytes).map_err(|_| "FORMAT_BAD".to_owned())
}

fn bad<E>(_: E) -> String {
    "FORMAT_BAD".to_owned()
}

fn digest(bytes: &[u8]) -> String {
    sha256(&[bytes]).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}
