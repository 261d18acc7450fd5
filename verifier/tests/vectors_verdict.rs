//! The vectors of whole verdicts: each is judged as it says, together they reach every code, and they are what their
//! generator writes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

#[path = "../examples/make_vectors_verdict/cases.rs"]
mod cases;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use verifier::base64;
use verifier::hash::Hash;
use verifier::key::VerifierKey;
use verifier::misbehaviour::{self, ForkCode, Misbehaviour};
use verifier::origin::Origin;
use verifier::registry::Purpose;
use verifier::shelf::{ListSeen, StatusShelf};
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::tlog_proof::TlogProof;
use verifier::trust::TrustBundle;
use verifier::verdict::{self, Code, Effect, Outcome, Verdict};
use verifier::verify::{Presented, Terms, VerifiedNotes, verify, verify_with};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/verdict")
}

fn names(folder: PathBuf) -> impl Iterator<Item = String> {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().file_name().into_string().unwrap()).filter(|name| name != "common")
}

/// Name and content of every vector.
fn vectors() -> Vec<(String, Value)> {
    let read = |name: String| {
        let vector = serde_json::from_slice(&std::fs::read(folder().join(&name)).unwrap()).unwrap();
        (name, vector)
    };
    names(folder()).map(read).collect()
}

fn seconds(value: &Value) -> Option<Time> {
    value.as_u64().map(|seconds| Time::new(seconds).unwrap())
}

/// What a caller remembers of a shard.
fn seen(one: &Value) -> ListSeen {
    ListSeen {
        origin: Origin::parse(one["origin"].as_str().unwrap()).unwrap(),
        shard: one["shard"].as_u64().unwrap(),
        sequence: one["sequence"].as_u64().unwrap(),
        issued: seconds(&one["issued"]).unwrap(),
        text: Hash::from_base64(one["text"].as_str().unwrap()).unwrap(),
    }
}

/// What a caller has at hand.
struct Caller {
    presented: Result<Presented, Box<Verdict>>,
    trust: TrustBundle,
    shelf: StatusShelf,
    vector: Value,
    document: Option<Vec<u8>>,
}

impl Caller {
    /// Err is the code of a bundle that can't be used.
    fn of(vector: &Value) -> Result<Caller, &'static str> {
        let file = |name: &Value| std::fs::read(folder().join(name.as_str().unwrap())).unwrap();
        let bytes = |value: &Value| base64::decode(value.as_str().unwrap()).unwrap();
        let root = vector["root"].as_str().map(|vkey| VerifierKey::parse(vkey).unwrap());
        let bundle = String::from_utf8(file(&vector["trust"])).unwrap();
        let trust = TrustBundle::open(&bundle, root.as_ref()).map_err(|error| error.code())?;
        let lists = vector["status"].as_array().unwrap().iter();
        let lists = lists.map(|name| StatusList::parse(&file(name)).unwrap()).collect();
        let now = seconds(&vector["terms"]["now"]).unwrap();
        let proof = |name: &Value| TlogProof::parse(&String::from_utf8(file(name)).unwrap()).unwrap();
        let proofs = vector.get("status_proofs").and_then(Value::as_array).into_iter().flatten().map(proof);
        let seen = vector.get("seen").and_then(Value::as_array).into_iter().flatten().map(seen);
        Ok(Caller {
            presented: Presented::read(&bytes(&vector["certificate"]), now),
            shelf: StatusShelf::new(lists, &trust).remembering(seen.collect()).with_proofs(proofs.collect()),
            trust,
            document: vector.get("document").map(bytes),
            vector: vector.clone(),
        })
    }

    fn terms(&self) -> Terms<'_> {
        let terms = &self.vector["terms"];
        let purpose = terms["purpose"].as_str().map(|name| Purpose::from_name(name).unwrap());
        Terms {
            now: seconds(&terms["now"]).unwrap(),
            at: seconds(&terms["at"]),
            max_age: terms["max_age"].as_u64().unwrap(),
            status_asked: terms["status_asked"].as_bool().unwrap(),
            purpose,
            audience: terms["audience"].as_str(),
            document: self.document.as_deref(),
            root_pinned: self.vector["root"].is_string(),
        }
    }

    fn verdict(&self) -> Verdict {
        match &self.presented {
            Ok(presented) => verify(presented, &self.trust, &self.shelf, &self.terms()),
            Err(unread) => (**unread).clone(),
        }
    }

    fn verdict_with(&self, seen: &mut VerifiedNotes) -> Verdict {
        match &self.presented {
            Ok(presented) => verify_with(presented, &self.trust, &self.shelf, &self.terms(), seen),
            Err(unread) => (**unread).clone(),
        }
    }
}

/// The verdict in the form of the vectors.
fn written(verdict: &Verdict) -> Value {
    json!({
        "verdict": verdict.outcome.as_str(),
        "code": verdict.code.as_str(),
        "level": verdict.level,
        "number": verdict.fields.as_ref().map(|fields| fields.core.number().to_string()),
        "codes": verdict.checks.iter().map(|check| check.code.as_str()).collect::<Vec<_>>(),
    })
}

fn judged(vector: &Value) -> Value {
    match Caller::of(vector) {
        Ok(caller) => written(&caller.verdict()),
        Err(code) => json!({"verdict": null, "code": code, "level": 0, "number": null, "codes": []}),
    }
}

#[test]
fn they_are_what_the_generator_writes() {
    let common = names(folder().join("common")).map(|name| format!("common/{name}"));
    let there: BTreeSet<String> = names(folder()).chain(common).collect();
    let files = cases::files();
    assert_eq!(there, files.keys().cloned().collect());
    for (name, text) in &files {
        let there = std::fs::read_to_string(folder().join(name)).unwrap();
        assert_eq!(&there, text, "{name}: run cargo run -p verifier --example make_vectors_verdict");
    }
}

/// What this build of the library has to say: without the feature it checks no tokens.
fn expected(vector: &Value) -> &Value {
    let untimed = vector.get("expect_without_timestamps").filter(|_| !cfg!(feature = "timestamp"));
    untimed.unwrap_or(&vector["expect"])
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    for (name, vector) in vectors() {
        let is = judged(&vector);
        let expected = expected(&vector);
        if is != *expected {
            wrong.push(format!("{name}: {}\n  expected {}\n  found    {is}", vector["what"], expected));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What an answer for programs has of those who vouch from outside, member by member.
#[cfg(feature = "answer")]
#[test]
fn answers_name_who_vouches_as_they_say() {
    let mut held = 0;
    for (name, vector) in vectors() {
        let untimed = vector.get("answer_without_timestamps").filter(|_| !cfg!(feature = "timestamp"));
        let Some(expected) = untimed.or(vector.get("answer")) else { continue };
        let row = verifier::row::Row::new(name.clone(), None, Caller::of(&vector).unwrap().verdict());
        for lang in [verifier::text::Lang::Zh, verifier::text::Lang::En] {
            let answer = serde_json::to_value(verifier::answer::Answer::of(&row, lang)).unwrap();
            for (member, value) in expected.as_object().unwrap() {
                assert_eq!(&answer[member], value, "{name} {member}");
                held += value.as_array().unwrap().len();
            }
        }
    }
    assert!(held > 40, "{held}");
}

/// Two histories in a certificate are carried away as a file that proves them by itself; nothing else bears one.
#[test]
fn forks_are_proven_as_they_say() {
    let mut proven = 0;
    for (name, vector) in vectors() {
        let Ok(caller) = Caller::of(&vector) else { continue };
        let fork = verdict::fork(&caller.verdict().checks).map(Misbehaviour::encode);
        assert_eq!(fork.as_deref(), vector.get("fork").and_then(Value::as_str), "{name}");
        if let Some(file) = fork {
            let shown = misbehaviour::judge(file.as_bytes(), &caller.trust);
            assert_eq!(shown.code, ForkCode::LedgerForked, "{name}");
            proven += 1;
        }
    }
    assert_eq!(proven, 2);
}

/// No exceptions: whatever `verify` can say is said in a vector, and every code that leads a verdict leads one.
#[test]
fn every_code_is_reached() {
    let (mut found, mut leading) = (BTreeSet::new(), BTreeSet::new());
    for (_, vector) in vectors() {
        let of = |expect: &str| vector.get(expect).and_then(|expect| expect["codes"].as_array());
        let codes = of("expect").into_iter().chain(of("expect_without_timestamps")).flatten();
        found.extend(codes.map(|code| code.as_str().unwrap().to_owned()));
        leading.insert(vector["expect"]["code"].as_str().unwrap().to_owned());
    }
    let missing = |leads: fn(Effect) -> bool, among: &BTreeSet<String>| -> Vec<&str> {
        let codes = Code::ALL.iter().filter(|code| **code != Code::Valid && leads(code.effect()));
        codes.map(|code| code.as_str()).filter(|code| !among.contains(*code)).collect()
    };
    assert_eq!(missing(|_| true, &found), Vec::<&str>::new(), "in no vector");
    let decides = |effect| matches!(effect, Effect::Fails | Effect::Leaves);
    assert_eq!(missing(decides, &leading), Vec::<&str>::new(), "leads no verdict");
    assert!(
        ["VALID", "OBJECTION_NOTED", "ROOT_OTHER", "TRUST_BAD"].iter().all(|code| leading.contains(*code))
    );
}

/// What the page says of every verdict, whatever the certificate.
#[test]
fn verdicts_keep_to_the_page() {
    for (name, vector) in vectors() {
        let Ok(caller) = Caller::of(&vector) else { continue };
        let verdict = caller.verdict();
        let has = |effect| verdict.checks.iter().any(|check| check.code.effect() == effect);
        let outcome = match (has(Effect::Fails), has(Effect::Leaves)) {
            (true, _) => Outcome::Invalid,
            (false, true) => Outcome::Undetermined,
            (false, false) => Outcome::Valid,
        };
        assert_eq!(verdict.outcome, outcome, "{name}");
        let proven = verdict.checks.iter().any(|check| check.code == Code::PathOk);
        assert_eq!(verdict.fields.is_some(), proven, "{name}: fields only where they are proven");
        assert_eq!(verdict.level > 0, proven, "{name}");
        assert!(
            verdict.code == Code::Valid || verdict.checks.iter().any(|check| check.code == verdict.code),
            "{name}"
        );
    }
}

/// Two callers, one of whom remembers batch notes. Bundles differ in their keys, so each has a memory of its own; every
/// vector is judged twice, so that the second time meets what the first remembered.
#[test]
fn remembered_batch_notes_change_nothing() {
    let mut memories: BTreeMap<String, VerifiedNotes> = BTreeMap::new();
    let callers = vectors().into_iter().filter_map(|(name, vector)| Some((name, Caller::of(&vector).ok()?)));
    let callers: Vec<_> = callers.collect();
    for (name, caller) in callers.iter().chain(&callers) {
        let memory = memories.entry(caller.vector["trust"].to_string()).or_default();
        let (with, without) = (caller.verdict_with(memory), caller.verdict());
        assert_eq!(written(&with), written(&without), "{name}");
        assert_eq!(with.checks, without.checks, "{name}");
    }
}

/// The crafted signature is one that a verifier without the strict checks takes: it is refused for its R alone.
#[test]
fn the_small_order_vector_is_a_real_one() {
    use ed25519_dalek::{Signature, Verifier as _, VerifyingKey};
    let (_, vector) = vectors().into_iter().find(|(name, _)| name == "sig-small-order-r.json").unwrap();
    let Ok(Presented::File(certificate)) = Caller::of(&vector).unwrap().presented else { panic!("a file") };
    let caller = Caller::of(&vector).unwrap();
    let note = certificate.batch_note();
    let line = &note.signatures()[0];
    let (_, key) = caller.trust.batch_keys_by_id(line.id()).find(|(_, key)| line.names(&key.key)).unwrap();
    let signature = Signature::from_slice(line.blob()).unwrap();
    let careless = VerifyingKey::from_bytes(key.key.public()).unwrap();
    careless.verify(note.text().as_bytes(), &signature).unwrap();
    assert!(careless.verify_strict(note.text().as_bytes(), &signature).is_err());
}
