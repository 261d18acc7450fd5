//! The vectors of trees, keys, notes, status lists, trust bundles, quorums, proofs of misbehaviour, events, tiles, times and
//! entries, one case a file: every one
//! is judged, every member of it compared. And they are what their generator writes, no file more or less.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

#[path = "../examples/make_vectors/cases.rs"]
mod cases;

use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::entry::Entry;
use verifier::error::Refused;
use verifier::event::Event;
use verifier::evidence::Manifest;
use verifier::hash::Hash;
use verifier::key::VerifierKey;
use verifier::log_head::LogHead;
use verifier::merkle::{self, Subtree};
use verifier::misbehaviour::{self, ForkCode, Misbehaviour};
use verifier::note::{Note, NoteError};
use verifier::origin::Origin;
use verifier::status_list::StatusList;
use verifier::tile::TilePath;
use verifier::time::{Date, Time};
use verifier::tlog_proof::TlogProof;
use verifier::trust::TrustBundle;
use verifier::verify::level_of_checkpoint;
use verifier::witnessing::{AddCheckpoint, read_cosignatures, read_size};
use verifier::{base64, cosignature};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

/// Path below `vectors/` and text of every file in the folders.
fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for folder in cases::FOLDERS {
        for file in fs::read_dir(root().join(folder)).unwrap() {
            let file = file.unwrap();
            let name = format!("{folder}/{}", file.file_name().into_string().unwrap());
            files.insert(name, fs::read_to_string(file.path()).unwrap());
        }
    }
    files
}

#[test]
fn they_are_what_the_generator_writes() {
    let written: BTreeMap<String, String> =
        cases::all().iter().map(|case| (case.path(), case.text())).collect();
    assert_eq!(written.len(), cases::all().len(), "two cases of one name");
    let files = files();
    let names = |all: &BTreeMap<String, String>| all.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(names(&files), names(&written));
    for (name, text) in &written {
        assert_eq!(&files[name], text, "{name}: run cargo run -p verifier --example make_vectors");
    }
}

#[test]
fn every_vector_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    for (name, text) in files() {
        let vector: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        let case = Case { name: name.clone(), vector };
        // Four sums over thousands of proofs: `oracles` makes them, and compares them with this file.
        // Exports are read in `notary` alone: its tests judge these.
        if ["accumulated", "export"].contains(&case.text("check")) {
            continue;
        }
        let judged = case.judge();
        let expect = case.text("expect");
        match judged {
            Ok(found) if expect == "ok" => wrong.extend(case.differences(&found)),
            Err(code) if expect == code => {}
            other => wrong.push(format!("{name}: {expect} expected, found {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What was read, by member; or the code of the refusal.
type Judged = Result<Vec<(&'static str, Value)>, &'static str>;

struct Case {
    name: String,
    vector: BTreeMap<String, Value>,
}

/// What a vector gives to its check rather than expects of it.
fn given(check: &str) -> &'static [&'static str] {
    match check {
        "inclusion" => &["entry", "index", "start", "end", "root"],
        "consistency" => &["old_size", "old_root", "new_size", "new_root"],
        "subtree-consistency" => &["start", "end", "hash", "size", "root"],
        "subtree" | "cover" => &["start", "end"],
        "note" => &["vkeys"],
        "checkpoint" | "batch-note" | "cosignature" | "status-list" => &["vkey"],
        "tlog-proof" => &["entry"],
        "trust" => &["pinned", "cosigned"],
        "core-entry" => &["origin"],
        "event-entry" => &["origin", "nonce"],
        "misbehaviour" | "quorum" => &["trust"],
        "event" => &["origin", "nonce", "after"],
        "log-head" => &["after"],
        "add-checkpoint" => &["witness", "ledgers", "now", "before", "answer"],
        "evidence" => &["trust", "note", "files"],
        _ => &[],
    }
}

impl Case {
    fn differences(&self, found: &[(&'static str, Value)]) -> Vec<String> {
        let found: BTreeMap<&str, &Value> = found.iter().map(|(key, value)| (*key, value)).collect();
        let given = [&["what", "check", "input", "expect"], given(self.text("check"))].concat();
        let mut differences = Vec::new();
        for (key, expected) in self.vector.iter().filter(|(key, _)| !given.contains(&key.as_str())) {
            match found.get(key.as_str()) {
                Some(value) if *value == expected => {}
                other => differences.push(format!("{}: {key} is {other:?}, {expected} expected", self.name)),
            }
        }
        differences
    }

    fn text(&self, key: &str) -> &str {
        self.vector[key].as_str().unwrap_or_else(|| panic!("{}: {key} is no text", self.name))
    }

    fn number(&self, key: &str) -> u64 {
        self.vector[key].as_u64().unwrap_or_else(|| panic!("{}: {key} is no number", self.name))
    }

    fn hash(&self, key: &str) -> Hash {
        Hash::from_base64(self.text(key)).unwrap()
    }

    fn bytes(&self, key: &str) -> Vec<u8> {
        base64::decode(self.text(key)).unwrap()
    }

    fn key(&self, key: &str) -> VerifierKey {
        VerifierKey::parse(self.text(key)).unwrap()
    }

    fn judge(&self) -> Judged {
        let input = self.bytes("input");
        match self.text("check") {
            "inclusion" | "consistency" | "subtree-consistency" | "subtree" | "cover" => self.merkle(&input),
            "status-list" => self.status_list(&input),
            "core-entry" | "event-entry" | "public-entry" => self.entry(&input),
            "misbehaviour" => self.misbehaviour(&input),
            "event" => self.event(&input),
            "add-checkpoint" => self.add_checkpoint(&input),
            "evidence" => self.evidence(&input),
            check => match core::str::from_utf8(&input) {
                Ok(text) => self.of_text(check, text),
                Err(_) => Err("FORMAT_BAD"),
            },
        }
    }

    fn of_text(&self, check: &str, text: &str) -> Judged {
        match check {
            "key" => VerifierKey::parse(text)
                .map(|key| assert_eq!(key.encode(), text))
                .map_err(bad)
                .map(|()| vec![]),
            "note" => self.note(text),
            "checkpoint" => self.checkpoint(text),
            "batch-note" => self.batch_note(text),
            "cosignature" => self.cosignature(text),
            "tlog-proof" => self.tlog_proof(text),
            "trust" => self.trust(text),
            "quorum" => self.quorum(text),
            "log-head" => self.log_head(text),
            "tile-path" => {
                let path = TilePath::parse(text).map_err(bad)?;
                assert_eq!(path.to_string(), text);
                Ok(vec![("number", path.number().to_string().into()), ("width", path.width().into())])
            }
            "time-china" => {
                let time = Time::parse_rfc3339_china(text).map_err(bad)?;
                assert_eq!(time.display_china(), text);
                Ok(vec![("seconds", time.seconds().into())])
            }
            "time-seconds" => Ok(vec![("seconds", Time::parse_seconds(text).map_err(bad)?.seconds().into())]),
            "date" => {
                let date = Date::parse(text).map_err(bad)?;
                assert_eq!(date.to_string(), text);
                Ok(vec![("days", date.days().into())])
            }
            other => panic!("{}: no check {other}", self.name),
        }
    }

    fn merkle(&self, input: &[u8]) -> Judged {
        let proof: Vec<Hash> = input.chunks(32).map(|chunk| Hash::from_slice(chunk).unwrap()).collect();
        let subtree = || Subtree::new(self.number("start"), self.number("end")).map_err(bad);
        match self.text("check") {
            "inclusion" => {
                let leaf = verifier::hash::leaf_hash(&self.bytes("entry"));
                let (index, root) = (self.number("index"), self.hash("root"));
                merkle::verify_inclusion(&leaf, index, subtree()?, &proof, &root).map_err(|e| e.code())?;
            }
            "consistency" => merkle::verify_consistency(
                self.number("old_size"),
                &self.hash("old_root"),
                self.number("new_size"),
                &self.hash("new_root"),
                &proof,
            )
            .map_err(|e| e.code())?,
            "subtree-consistency" => merkle::verify_subtree_consistency(
                subtree()?,
                &self.hash("hash"),
                self.number("size"),
                &self.hash("root"),
                &proof,
            )
            .map_err(|e| e.code())?,
            "subtree" => drop(subtree()?),
            _ => {
                let (left, right) = merkle::cover(self.number("start"), self.number("end")).map_err(bad)?;
                let cover: Vec<[u64; 2]> =
                    [Some(left), right].iter().flatten().map(|s| [s.start(), s.end()]).collect();
                return Ok(vec![("cover", json!(cover))]);
            }
        }
        Ok(vec![])
    }

    fn note(&self, text: &str) -> Judged {
        let note = Note::parse(text).map_err(bad)?;
        assert_eq!(note.encode(), text);
        let keys: Vec<VerifierKey> = self.vector["vkeys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| VerifierKey::parse(key.as_str().unwrap()).unwrap())
            .collect();
        let signed = note.verify(&keys.iter().collect::<Vec<_>>()).map_err(|e| e.code())?;
        Ok(vec![("signed", json!(signed))])
    }

    fn checkpoint(&self, text: &str) -> Judged {
        let (checkpoint, note) = Checkpoint::parse_note(text).map_err(bad)?;
        assert_eq!(checkpoint.text(), note.text());
        note.verify_one(&self.key("vkey")).map_err(|e| e.code())?;
        Ok(vec![("size", checkpoint.size().into()), ("root", checkpoint.root().to_base64().into())])
    }

    fn batch_note(&self, text: &str) -> Judged {
        let (batch, note) = BatchNote::parse_note(text).map_err(bad)?;
        assert_eq!(batch.text(), note.text());
        note.verify_one(&self.key("vkey")).map_err(|e| e.code())?;
        Ok(vec![
            ("start", batch.subtree().start().into()),
            ("end", batch.subtree().end().into()),
            ("hash", batch.hash().to_base64().into()),
            ("time", batch.time().seconds().into()),
        ])
    }

    fn cosignature(&self, text: &str) -> Judged {
        let (_, note) = Checkpoint::parse_note(text).map_err(bad)?;
        let key = self.key("vkey");
        note.verify_one(&key).map_err(|e| e.code())?;
        let line =
            note.signatures().iter().find(|line| line.names(&key)).ok_or(NoteError::UnknownSigner.code())?;
        let time = cosignature::verify(&key, line, note.text()).map_err(|e| e.code())?;
        Ok(vec![("time", time.seconds().into())])
    }

    fn tlog_proof(&self, text: &str) -> Judged {
        let proof = TlogProof::parse(text).map_err(bad)?;
        assert_eq!(proof.encode(), text);
        let entry = Entry::from_bytes(self.bytes("entry").try_into().unwrap());
        proof.proves(&entry).map_err(|e| e.code())?;
        Ok(vec![("index", proof.index().into()), ("size", proof.checkpoint().size().into())])
    }

    fn status_list(&self, input: &[u8]) -> Judged {
        let list = StatusList::parse(input).map_err(bad)?;
        assert_eq!(list.says().text(), list.note().text());
        list.note().verify_one(&self.key("vkey")).map_err(|e| e.code())?;
        let indexes = self.vector["statuses"].as_object().unwrap().keys();
        let found = indexes
            .map(|index| (index.clone(), list.status(index.parse().unwrap()).map(|s| s.name()).into()));
        Ok(vec![("statuses", Value::Object(found.collect()))])
    }

    fn trust(&self, text: &str) -> Judged {
        let pinned = self.vector["pinned"].as_str().map(|vkey| VerifierKey::parse(vkey).unwrap());
        let bundle = TrustBundle::open(text, pinned.as_ref()).map_err(|e| e.code())?;
        assert_eq!(bundle.fields().text().as_deref(), Ok(bundle.note().text()));
        let mut found = vec![
            ("sequence", bundle.sequence().into()),
            ("offices", bundle.offices().len().into()),
            ("witnesses", bundle.witnesses().len().into()),
        ];
        if let Some(names) = self.vector.get("cosigned") {
            let names: Vec<&str> =
                names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            found.push(("quorum", bundle.quorum_met(&names).into()));
        }
        Ok(found)
    }

    /// The bundle of a case, with no root pinned.
    fn bundle(&self) -> TrustBundle {
        TrustBundle::open(&String::from_utf8(self.bytes("trust")).unwrap(), None).unwrap()
    }

    fn misbehaviour(&self, input: &[u8]) -> Judged {
        let shown = misbehaviour::judge(input, &self.bundle());
        if let Ok(read) = Misbehaviour::parse(input) {
            assert_eq!(read.encode().as_bytes(), input);
        }
        if shown.code != ForkCode::LedgerForked {
            return Err(shown.code.as_str());
        }
        let head = |head: &misbehaviour::ShownHead| json!({"size": head.size, "root": head.root.to_base64(), "signed": head.signed, "cosigned": head.cosigned});
        let heads: Vec<Value> = shown.heads.iter().map(head).collect();
        Ok(vec![("origin", json!(shown.origin.map(|o| o.to_string()))), ("heads", heads.into())])
    }

    /// The grammar of the request. What a witness makes of it depends on what it saw: the tests of `notary` ask one.
    fn add_checkpoint(&self, input: &[u8]) -> Judged {
        let request = AddCheckpoint::parse(input).map_err(|_| "400")?;
        assert_eq!(request.encode().as_bytes(), input);
        if request.old() > request.head().size() {
            return Err("400");
        }
        match self.text("expect") {
            "ok" => {
                let note = request.head().note().encode();
                let lines = read_cosignatures(&self.bytes("answer")).map_err(bad)?;
                let key = self.key("witness");
                for line in &lines {
                    assert!(cosignature::verify(&key, line, request.head().note().text()).is_ok(), "{note}");
                }
                Ok(vec![])
            }
            "409" => {
                assert!(read_size(&self.bytes("answer")).is_some_and(|size| size != request.old()));
                Err("409")
            }
            code => Err(["403", "404", "422"].into_iter().find(|known| *known == code).unwrap_or("read")),
        }
    }

    fn evidence(&self, input: &[u8]) -> Judged {
        let manifest = Manifest::parse(input).map_err(bad)?;
        assert_eq!(manifest.encode().as_bytes(), input);
        let files: Vec<(String, u64, Hash)> = self.vector["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| {
                let hex = file["sha256"].as_str().unwrap();
                let digest: Vec<u8> =
                    (0..64).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect();
                (
                    file["name"].as_str().unwrap().to_owned(),
                    file["bytes"].as_u64().unwrap(),
                    Hash::from_slice(&digest).unwrap(),
                )
            })
            .collect();
        let faults = manifest.faults(files.iter().map(|(name, bytes, hash)| (name.as_str(), *bytes, *hash)));
        let told: Vec<Value> = faults
            .iter()
            .map(|fault| json!([fault.name, format!("{:?}", fault.what).to_lowercase()]))
            .collect();
        if !told.is_empty() {
            assert_eq!(Value::from(told), self.vector["faults"], "{}", self.name);
            return Err("FORMAT_BAD");
        }
        let note = String::from_utf8(self.bytes("note")).unwrap();
        manifest.check_note(&note, &self.bundle()).map_err(|_| "SIG_BAD")?;
        Ok(vec![
            ("origin", manifest.origin().to_string().into()),
            ("number", manifest.number().as_str().into()),
            ("made", manifest.made().seconds().into()),
        ])
    }

    fn quorum(&self, text: &str) -> Judged {
        let trust = self.bundle();
        let (checkpoint, note) = Checkpoint::parse_note(text).map_err(bad)?;
        let office = trust.office(checkpoint.origin()).unwrap();
        let level = level_of_checkpoint(&note, office, &trust).ok_or("PROOF_BAD")?;
        Ok(vec![("level", level.into())])
    }

    fn event(&self, input: &[u8]) -> Judged {
        let event = Event::parse(input).map_err(bad)?;
        assert_eq!(event.encode().as_bytes(), input);
        let origin = Origin::parse(self.text("origin")).unwrap();
        let nonce = self.bytes("nonce").try_into().unwrap();
        if self.vector.contains_key("after") {
            let before = Event::parse(self.text("after").as_bytes()).unwrap();
            if !event.follows(Some(&before), &before.entry(&origin, &nonce)) {
                return Err("CHAIN_BAD");
            }
        }
        let (fields, entry) = (event.fields(), event.entry(&origin, &nonce));
        Ok(vec![
            ("entry", base64::encode(entry.as_bytes()).into()),
            ("certificate", fields.certificate.as_str().into()),
            ("sequence", fields.sequence.into()),
            ("kind", fields.kind.word().into()),
        ])
    }

    fn log_head(&self, text: &str) -> Judged {
        let head = LogHead::from_text(text).map_err(bad)?;
        assert_eq!(head.text(), text);
        if self.vector.contains_key("after")
            && !head.continues(&LogHead::from_text(self.text("after")).unwrap())
        {
            return Err("CHAIN_BAD");
        }
        Ok(vec![
            ("origin", head.origin.to_string().into()),
            ("entries", head.entries.into()),
            ("head", head.head.to_base64().into()),
            ("time", head.time.seconds().into()),
        ])
    }

    fn entry(&self, input: &[u8]) -> Judged {
        let origin = || Origin::parse(self.text("origin")).unwrap();
        let text = |entry: Entry| Value::from(base64::encode(entry.as_bytes()));
        match self.text("check") {
            "core-entry" => Ok(vec![("entry", text(Entry::of_core(&origin(), input)))]),
            "event-entry" => {
                let nonce = self.bytes("nonce").try_into().unwrap();
                Ok(vec![("entry", text(Entry::of_event(&origin(), &nonce, input)))])
            }
            _ => {
                let (kind, entry, body) = Entry::of_public(input).map_err(bad)?;
                assert_eq!(verifier::entry::public_preimage(kind, body), input);
                Ok(vec![("kind", format!("{kind:?}").into()), ("entry", text(entry))])
            }
        }
    }
}

fn bad(_: Refused) -> &'static str {
    "FORMAT_BAD"
}
