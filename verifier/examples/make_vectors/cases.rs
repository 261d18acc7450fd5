//! All cases, and how one is written.

#[path = "cases/accounts.rs"]
mod accounts;
#[path = "cases/events.rs"]
mod events;
#[path = "cases/keys.rs"]
mod keys;
#[path = "cases/merkle.rs"]
mod merkle;
#[path = "cases/misbehaviour.rs"]
mod misbehaviour;
#[path = "cases/notes.rs"]
mod notes;
#[path = "cases/packages.rs"]
mod packages;
#[path = "cases/pair.rs"]
mod pair;
#[path = "cases/plain.rs"]
mod plain;
#[path = "cases/quorum.rs"]
mod quorum;
#[path = "cases/status.rs"]
mod status;
#[path = "../../tests/oracles/tree.rs"]
mod tree;
#[path = "cases/trust.rs"]
mod trust;
#[path = "cases/witness.rs"]
mod witness;

use serde_json::Value;

/// The folders of `vectors/` that hold these cases and nothing else.
pub const FOLDERS: &[&str] = &[
    "add-checkpoint",
    "batch-note",
    "checkpoint",
    "cosignature",
    "entry",
    "event",
    "evidence",
    "export",
    "key",
    "log-head",
    "merkle",
    "misbehaviour",
    "note",
    "quorum",
    "status",
    "tile",
    "time",
    "tlog-proof",
    "trust",
];

/// One vector.
pub struct Case {
    folder: &'static str,
    name: &'static str,
    what: &'static str,
    check: &'static str,
    input: Vec<u8>,
    expect: &'static str,
    more: Vec<(&'static str, Value)>,
}

impl Case {
    /// `check`: what is done with the input, see the README of the vectors. `expect`: `ok` or the code of the refusal.
    pub fn new(
        folder: &'static str,
        name: &'static str,
        what: &'static str,
        check: &'static str,
        input: impl AsRef<[u8]>,
        expect: &'static str,
    ) -> Case {
        Case { folder, name, what, check, input: input.as_ref().to_vec(), expect, more: Vec::new() }
    }

    /// One more member.
    pub fn with(mut self, key: &'static str, value: impl Into<Value>) -> Case {
        self.more.push((key, value.into()));
        self
    }

    /// Below `vectors/`.
    pub fn path(&self) -> String {
        format!("{}/{}.json", self.folder, self.name)
    }

    /// The file: one member a line, in this order.
    pub fn text(&self) -> String {
        let mut members: Vec<(&str, Value)> = vec![
            ("what", self.what.into()),
            ("check", self.check.into()),
            ("input", verifier::base64::encode(&self.input).into()),
        ];
        members.extend(self.more.iter().cloned());
        members.push(("expect", self.expect.into()));
        let lines: Vec<String> = members.iter().map(|(key, value)| format!("  \"{key}\": {value}")).collect();
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }
}

/// Every case, in no order that matters.
pub fn all() -> Vec<Case> {
    let mut all = merkle::cases();
    all.extend(keys::cases());
    all.extend(notes::cases());
    all.extend(accounts::cases());
    all.extend(status::cases());
    all.extend(trust::cases());
    all.extend(plain::cases());
    all.extend(misbehaviour::cases());
    all.extend(quorum::cases());
    all.extend(events::cases());
    all.extend(witness::cases());
    all.extend(packages::cases());
    all
}
