//! Anchors: evidence from outside that a checkpoint existed, besides cosignatures (spec page `anchor.md`).
//!
//! ```text
//! {"type":"rfc3161","checkpoint":"…signed note…","label":"tsa-guangzhou","path":["<base64>",…],"token":"<base64 DER>"}
//! {"type":"evm","checkpoint":"…","label":"fisco-city","at":1795312800,"transaction":"<base64>","header":"<base64>","receipt":"<base64>"}
//! {"type":"http","checkpoint":"…","label":"gateway","address":"https://…","at":1795312800,"content_type":"…","answer":"<base64>"}
//! ```
//!
//! What is anchored is [`anchored_digest`]: plain SHA-256 of the checkpoint's text, so that stock tools say the same. `path`
//! leads from an entry to the checkpoint's root; it is there in a certificate file, and not in the ledger.
//!
//! Here: the object in its one form. Not here: whether it shows anything (`timestamp`, `evm`), and what it is worth (`proof`).

mod evidence;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub use evidence::{Evidence, Evm, Http, Rfc3161};

use crate::checkpoint::Checkpoint;
use crate::error::Refused;
use crate::hash::{self, Hash};
use crate::json::{self, Members, Value};
use crate::limits::{ANCHOR_BYTES, PATH_HASHES};
use crate::note::Note;
use crate::trust;

pub(crate) const FORMAT: &str = "anchor";

/// The kinds of anchors that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnchorKind {
    /// A timestamp of an authority (RFC 3161).
    Rfc3161,
    /// A transaction on a chain that speaks Ethereum's words.
    Evm,
    /// A gateway's answer, kept as it was.
    Http,
}

impl AnchorKind {
    /// All of them.
    pub const ALL: [AnchorKind; 3] = [AnchorKind::Rfc3161, AnchorKind::Evm, AnchorKind::Http];

    /// The member `type`: `rfc3161`, `evm` or `http`.
    pub const fn name(self) -> &'static str {
        match self {
            AnchorKind::Rfc3161 => "rfc3161",
            AnchorKind::Evm => "evm",
            AnchorKind::Http => "http",
        }
    }

    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<AnchorKind> {
        AnchorKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What is anchored of a checkpoint: SHA-256 of its text, the last LF included.
pub fn anchored_digest(checkpoint_text: &str) -> Hash {
    hash::sha256(&[checkpoint_text.as_bytes()])
}

/// One anchor in its one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor(Body);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Body {
    Known(Known),
    /// Of a type that this version does not know: kept as it is. Its type's name stands beside it.
    Other(String, Value),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    checkpoint: Checkpoint,
    note: Note,
    label: String,
    path: Option<Vec<Hash>>,
    evidence: Evidence,
}

impl Anchor {
    /// An anchor of the checkpoint in `note`, without a path. `label`: what the trust bundle calls the authority or chain,
    /// or the office its gateway.
    ///
    /// # Errors
    /// If the note is no signed checkpoint, the label none, or a part empty or beyond its limit.
    pub fn new(label: &str, note: Note, evidence: Evidence) -> Result<Anchor, Refused> {
        if note.signatures().is_empty() {
            return Err(Refused::new(FORMAT, "/checkpoint", "is not signed"));
        }
        Anchor::known(note, String::from(label), None, evidence)
    }

    fn known(
        note: Note,
        label: String,
        path: Option<Vec<Hash>>,
        evidence: Evidence,
    ) -> Result<Anchor, Refused> {
        let refuse = |at: &str, what: &str| Err(Refused::new(FORMAT, at, what));
        let checkpoint = Checkpoint::from_text(note.text())
            .map_err(|error| Refused::new(FORMAT, "/checkpoint", format!("{error}")))?;
        if !trust::is_label(&label) {
            return refuse("/label", "a label is 1 to 64 of a-z, 0-9 and -, a letter first, and not none");
        }
        if path.as_ref().is_some_and(|path| path.len() > PATH_HASHES) {
            return refuse("/path", "has more than 64 hashes");
        }
        evidence.check()?;
        let anchor = Anchor(Body::Known(Known { checkpoint, note, label, path, evidence }));
        match anchor.encode().len() > ANCHOR_BYTES {
            true => refuse("", "is longer than an anchor may be"),
            false => Ok(anchor),
        }
    }

    /// Reads one object of compact JSON, without a line end.
    ///
    /// # Errors
    /// Where it is not of the form. One of an unknown type is kept if it begins as an anchor does.
    pub fn parse(text: &str) -> Result<Anchor, Refused> {
        let value = json::parse_compact(text.as_bytes(), ANCHOR_BYTES)
            .map_err(|error| Refused::new(FORMAT, error.pointer(), format!("{error}")))?;
        Anchor::from_value(value)
    }

    /// The same of a value that was read as part of something else.
    ///
    /// # Errors
    /// As [`Anchor::parse`].
    pub fn from_value(value: Value) -> Result<Anchor, Refused> {
        let begins = match value.as_object() {
            Some([(first, kind), (second, checkpoint), ..]) if first == "type" && second == "checkpoint" => {
                kind.as_str().zip(checkpoint.as_str())
            }
            _ => None,
        };
        let Some((name, _)) = begins else {
            let what = "an anchor begins with the members type and checkpoint, both text";
            return Err(Refused::new(FORMAT, "", what));
        };
        let Some(kind) = AnchorKind::from_name(name) else {
            let name = String::from(name);
            return match json::compact(&value).len() > ANCHOR_BYTES {
                true => Err(Refused::new(FORMAT, "", "is longer than an anchor may be")),
                false => Ok(Anchor(Body::Other(name, value))),
            };
        };
        let mut m = Members::of(FORMAT, "", value)?;
        m.string("type")?;
        let note = m.string("checkpoint")?;
        let note = Note::parse(&note).map_err(|error| m.refuse("checkpoint", format!("{error}")))?;
        let label = m.string("label")?;
        let path = match m.optional("path") {
            None => None,
            Some(Value::Array(path)) if path.len() <= PATH_HASHES => {
                let hash = |value: &Value| value.as_str().and_then(|hash| Hash::from_base64(hash).ok());
                let path: Option<Vec<Hash>> = path.iter().map(hash).collect();
                Some(path.ok_or_else(|| m.refuse("path", "not all are the base64 of 32 bytes"))?)
            }
            Some(_) => return Err(m.refuse("path", "not an array of at most 64 hashes")),
        };
        let evidence = Evidence::read(kind, &mut m)?;
        m.end()?;
        Anchor::known(note, label, path, evidence)
    }

    /// One object of compact JSON, without a line end.
    pub fn encode(&self) -> String {
        json::compact(&self.value())
    }

    /// The same as a value, for what holds it.
    pub fn value(&self) -> Value {
        let known = match &self.0 {
            Body::Known(known) => known,
            Body::Other(_, value) => return value.clone(),
        };
        let mut members = Vec::from([
            ("type", Value::from(known.evidence.kind().name())),
            ("checkpoint", Value::from(known.note.encode())),
            ("label", Value::from(known.label.as_str())),
        ]);
        if let Some(path) = &known.path {
            let path: Vec<Value> = path.iter().map(|hash| Value::from(hash.to_base64())).collect();
            members.push(("path", Value::from(path)));
        }
        known.evidence.write(&mut members);
        Value::Object(members.into_iter().map(|(key, value)| (String::from(key), value)).collect())
    }

    /// Its kind; none where this version does not know its type.
    pub fn kind(&self) -> Option<AnchorKind> {
        self.known_body().map(|known| known.evidence.kind())
    }

    /// The member `type`, known or not.
    pub fn type_name(&self) -> &str {
        match &self.0 {
            Body::Known(known) => known.evidence.kind().name(),
            Body::Other(name, _) => name,
        }
    }

    /// The signed checkpoint; none of an unknown type. That the ledger key signed it is for the reader to check.
    pub fn note(&self) -> Option<&Note> {
        self.known_body().map(|known| &known.note)
    }

    /// What the checkpoint says; none of an unknown type.
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.known_body().map(|known| &known.checkpoint)
    }

    /// What is anchored; none of an unknown type.
    pub fn digest(&self) -> Option<Hash> {
        self.note().map(|note| anchored_digest(note.text()))
    }

    /// The label of the authority, chain or gateway; none of an unknown type.
    pub fn label(&self) -> Option<&str> {
        self.known_body().map(|known| known.label.as_str())
    }

    /// From a leaf to the checkpoint's root; none where it is left out, as in the ledger, or the type is unknown.
    pub fn path(&self) -> Option<&[Hash]> {
        self.known_body().and_then(|known| known.path.as_deref())
    }

    /// What shows that the checkpoint existed; none of an unknown type.
    pub fn evidence(&self) -> Option<&Evidence> {
        self.known_body().map(|known| &known.evidence)
    }

    /// The same with this path, for a certificate file.
    ///
    /// # Errors
    /// If the path is too long, or the type unknown.
    pub fn with_path(&self, path: Vec<Hash>) -> Result<Anchor, Refused> {
        let Some(known) = self.known_body().cloned() else {
            return Err(Refused::new(FORMAT, "/type", "is not known, so nothing can be added"));
        };
        Anchor::known(known.note, known.label, Some(path), known.evidence)
    }

    /// The same without a path, as in the ledger. One of an unknown type stays as it is.
    pub fn without_path(&self) -> Anchor {
        let mut anchor = self.clone();
        if let Body::Known(known) = &mut anchor.0 {
            known.path = None;
        }
        anchor
    }

    fn known_body(&self) -> Option<&Known> {
        match &self.0 {
            Body::Known(known) => Some(known),
            Body::Other(..) => None,
        }
    }
}
