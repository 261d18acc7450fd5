//! Whole verdicts on mutated certificates, PDF files and scanned texts: outcome, code, level, every check, every field.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use verifier::key::VerifierKey;
use verifier::qr::{from_digits, to_digits};
use verifier::registry::Purpose;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::trust::TrustBundle;
use verifier::verdict::Verdict;
use verifier::verify::{Presented, Terms, verify};

use crate::differential::core_line;
use crate::mutate::{Dice, Mutator};
use crate::node::Judge;

/// Mutations of each vector.
const ROUNDS: usize = 12;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier/vectors/verdict")
}

fn file(name: &Value) -> Vec<u8> {
    std::fs::read(folder().join(name.as_str().unwrap())).unwrap()
}

/// A caller of a vector: what is judged changes, what it is judged with does not.
struct Caller {
    vector: Value,
    trust: TrustBundle,
    shelf: StatusShelf,
    document: Option<Vec<u8>>,
}

impl Caller {
    /// None where the two verifiers may differ, since the scripts check no tokens of timestamp authorities.
    fn of(vector: Value) -> Option<Caller> {
        if vector.get("expect_without_timestamps").is_some() {
            return None;
        }
        let root = vector["root"].as_str().map(|vkey| VerifierKey::parse(vkey).unwrap());
        let text = String::from_utf8(file(&vector["trust"])).unwrap();
        let trust = TrustBundle::open(&text, root.as_ref()).ok()?;
        let lists = vector["status"].as_array().unwrap().iter();
        let lists = lists.map(|name| StatusList::parse(&file(name)).unwrap()).collect();
        let shelf = StatusShelf::new(lists, &trust);
        let document = vector["document"].as_str().map(|text| STANDARD.decode(text).unwrap());
        Some(Caller { vector, trust, shelf, document })
    }

    fn question(&self, input: &[u8]) -> Value {
        let terms = &self.vector["terms"];
        let lists = self.vector["status"].as_array().unwrap().iter().map(|name| STANDARD.encode(file(name)));
        json!({
            "ask": "verdict", "input": STANDARD.encode(input), "root": self.vector["root"],
            "trust": STANDARD.encode(file(&self.vector["trust"])), "status": lists.collect::<Vec<_>>(),
            "now": terms["now"], "at": terms["at"], "max_age": terms["max_age"], "status_asked": terms["status_asked"],
            "purpose": terms["purpose"], "audience": terms["audience"], "document": self.document.as_ref().map(|bytes| STANDARD.encode(bytes)),
        })
    }

    fn judge(&self, input: &[u8]) -> String {
        let terms = &self.vector["terms"];
        let time = |value: &Value| value.as_u64().map(|seconds| Time::new(seconds).unwrap());
        let now = time(&terms["now"]).unwrap();
        let terms = Terms {
            now,
            at: time(&terms["at"]),
            max_age: terms["max_age"].as_u64().unwrap(),
            status_asked: terms["status_asked"].as_bool().unwrap(),
            purpose: terms["purpose"].as_str().map(|name| Purpose::from_name(name).unwrap()),
            audience: terms["audience"].as_str(),
            document: self.document.as_deref(),
            root_pinned: self.vector["root"].is_string(),
        };
        match Presented::read(input, now) {
            Ok(presented) => line(&verify(&presented, &self.trust, &self.shelf, &terms)),
            Err(unread) => line(&unread),
        }
    }
}

/// The verdict in one line, as the other verifier writes it.
fn line(verdict: &Verdict) -> String {
    let codes: Vec<&str> = verdict.checks.iter().map(|check| check.code.as_str()).collect();
    let shown = verdict.fields.as_ref().map_or("-".to_owned(), |fields| {
        let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        let parts = [
            core_line(&fields.core),
            fields.office.clone(),
            fields.index.to_string(),
            fields.sealed_at.seconds().to_string(),
            fields.key_id.to_string(),
            or_none(fields.status.value.map(|status| status.name().to_owned())),
            or_none(fields.status.as_of.map(|time| time.seconds().to_string())),
            or_none(fields.status.sequence.map(|sequence| sequence.to_string())),
        ];
        parts.join(" ")
    });
    format!(
        "{} {} {} {} {shown}",
        verdict.outcome.as_str(),
        verdict.code.as_str(),
        verdict.level,
        codes.join(",")
    )
}

/// A text of a QR code with its payload changed and its length and checksum right again, so that more than those is met.
fn repaired(text: &str, dice: &mut Dice) -> Option<Vec<u8>> {
    let digits = text.rsplit_once('#')?.1;
    let mut bytes = from_digits(digits).ok()?;
    let place = 7 + dice.below(bytes.len().checked_sub(7)?);
    *bytes.get_mut(place)? ^= 1 << dice.below(8);
    let crc = crc32(bytes.get(7..)?).to_be_bytes();
    bytes.get_mut(3..7)?.copy_from_slice(&crc);
    Some(format!("https://example.cn/v#{}", to_digits(&bytes)).into_bytes())
}

/// ISO 3309, bit by bit: a third writing, so that neither verifier's own is used to test it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 },
        )
    })
}

#[test]
fn mutated_certificates_get_the_same_verdict() {
    let mut names: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    names.sort();
    let read = |name: &PathBuf| serde_json::from_slice(&std::fs::read(name).unwrap()).unwrap();
    let vectors = names.iter().filter(|name| name.extension().is_some_and(|end| end == "json")).map(read);
    let callers: Vec<Caller> = vectors.filter_map(Caller::of).collect();
    let (mut questions, mut expected) = (Vec::new(), Vec::new());
    let mut dice = Dice::new(11);
    for (seed, caller) in callers.iter().enumerate() {
        let input = STANDARD.decode(caller.vector["certificate"].as_str().unwrap()).unwrap();
        let mut inputs = vec![input.clone()];
        let mut mutator = Mutator::new(seed as u64, vec![input.clone()], Vec::new());
        inputs.extend((0..ROUNDS).map(|_| mutator.next_input().to_vec()));
        if let Ok(text) = std::str::from_utf8(&input) {
            inputs.extend((0..ROUNDS).filter_map(|_| repaired(text, &mut dice)));
        }
        for input in inputs {
            questions.push(caller.question(&input));
            expected.push(caller.judge(&input));
        }
    }
    for own in [false, true] {
        let answers = Judge::new(own).ask(&questions);
        let wrong = questions
            .iter()
            .zip(&expected)
            .zip(&answers)
            .filter(|((_, line), answer)| answer["ok"] != **line);
        let wrong: Vec<String> = wrong
            .take(3)
            .map(|((question, line), answer)| format!("{line}\n{answer}\n{}", question["input"]))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
    assert!(expected.iter().filter(|line| line.starts_with("valid")).count() > 20 && questions.len() > 1_000);
}
