//! A core in a ledger, and the two forms that its certificate has, written by hand.

use super::documents::sorted_digests;
use super::office::Office;
use super::pair::{Pair, sign};
use super::raw::Raw;
use super::tree::Tree;
use super::{SEALED, base64url};
use ed25519_dalek::Signer as _;
use serde_json::json;
use std::rc::Rc;
use verifier::base64;
use verifier::cosignature;
use verifier::entry::Entry;
use verifier::hash::{Hash, sha256};
use verifier::note::SignatureLine;
use verifier::origin::Origin;
use verifier::qr::to_digits;
use verifier::time::Time;

/// The core is entry 5; the batch note covers [4, 6) and was signed at SEALED. The ledger goes on behind it: the other
/// entries are `filler`s.
#[derive(Clone)]
pub struct Sealed {
    pub office: Rc<Office>,
    pub core: Vec<u8>,
    pub index: u64,
    pub start: u64,
    pub end: u64,
    pub time: u64,
}

impl Sealed {
    pub fn of(office: Office, core: Raw) -> Sealed {
        Sealed { office: Rc::new(office), core: core.bytes(), index: 5, start: 4, end: 6, time: SEALED }
    }

    /// Closed at another time.
    pub fn at(self, time: u64) -> Sealed {
        Sealed { time, ..self }
    }

    /// As entry `index` in a batch note over `[start, end)`.
    pub fn placed(self, index: u64, start: u64, end: u64) -> Sealed {
        Sealed { index, start, end, ..self }
    }

    /// The first n entries of the ledger.
    pub fn tree(&self, n: u64) -> Tree {
        let origin = Origin::parse(self.office.origin).unwrap();
        Tree::new(n, |i| match i == self.index {
            true => *Entry::of_core(&origin, &self.core).as_bytes(),
            false => filler(i),
        })
    }

    pub fn note_text(&self) -> String {
        let hash = self.tree(self.end).hash(self.start, self.end);
        format!("{}/batch\n{} {}\n{hash}\n{}\n", self.office.origin, self.start, self.end, self.time)
    }

    pub fn note(&self) -> String {
        sign(&self.note_text(), &[&self.office.batch])
    }

    pub fn path(&self) -> Vec<Hash> {
        self.tree(self.end).path(self.index, self.start, self.end)
    }

    /// A file that shows these of all disclosures, without a tlog-proof.
    pub fn file(&self, all: &[String], shown: &[String]) -> File {
        let digests: Vec<String> = sorted_digests(all).iter().map(|d| base64url(d.as_bytes())).collect();
        self.bare().set("digests", json!(digests)).set("disclosures", json!(shown))
    }

    /// A file that carries nothing of the document.
    pub fn bare(&self) -> File {
        let path: Vec<String> = self.path().iter().map(Hash::to_base64).collect();
        let members = vec![
            ("format", json!("xinzheng/certificate/v1").to_string()),
            ("core", json!(base64::encode(&self.core)).to_string()),
            ("index", self.index.to_string()),
            ("path", json!(path).to_string()),
            ("batch_note", json!(self.note()).to_string()),
            ("digests", "[]".into()),
            ("disclosures", "[]".into()),
        ];
        File { of: self.clone(), members }
    }

    pub fn qr(&self) -> Qr {
        let signature = self.office.batch.secret.sign(self.note_text().as_bytes()).to_bytes();
        Qr {
            version: 1,
            core: self.core.clone(),
            start: self.start,
            end: self.end,
            index: self.index,
            time: self.time,
            path: self.path(),
            key_id: *self.office.batch.key.id().as_bytes(),
            signature,
        }
    }
}

/// An entry that nobody opens here.
pub fn filler(index: u64) -> [u8; 32] {
    *sha256(&[format!("entry {index}").as_bytes()]).as_bytes()
}

/// The root over the first `size` entries.
pub fn checkpoint_root(sealed: &Sealed, size: u64) -> Hash {
    sealed.tree(size).hash(0, size)
}

/// A checkpoint of this size, signed by a ledger key and cosigned.
pub fn checkpoint(sealed: &Sealed, key: &Pair, size: u64, cosigners: &[(Pair, u64)]) -> String {
    checkpoint_over(&sealed.office, key, size, checkpoint_root(sealed, size), cosigners)
}

/// The same over any root.
pub fn checkpoint_over(
    office: &Office,
    key: &Pair,
    size: u64,
    root: Hash,
    cosigners: &[(Pair, u64)],
) -> String {
    let text = format!("{}\n{size}\n{root}\n", office.origin);
    let mut note = sign(&text, &[key]);
    for (witness, time) in cosigners {
        let time = Time::new(*time).unwrap();
        let signature = witness.secret.sign(&cosignature::signed_bytes(time, &text)).to_bytes();
        note.push_str(&SignatureLine::cosignature(&witness.key, time, signature).encode());
        note.push('\n');
    }
    note
}

/// A tlog-proof of an entry under a checkpoint.
pub fn tlog_proof(index: u64, path: &[Hash], checkpoint: &str) -> String {
    let path: String = path.iter().map(|hash| format!("{hash}\n")).collect();
    format!("c2sp.org/tlog-proof@v1\nindex {index}\n{path}\n{checkpoint}")
}

/// A certificate file, member by member.
#[derive(Clone)]
pub struct File {
    of: Sealed,
    members: Vec<(&'static str, String)>,
}

impl File {
    /// With another value of a member; a new one goes to the end.
    pub fn set(mut self, key: &'static str, value: serde_json::Value) -> Self {
        match self.members.iter_mut().find(|(k, _)| *k == key) {
            Some(member) => member.1 = value.to_string(),
            None => self.members.push((key, value.to_string())),
        }
        self
    }

    /// With a tlog-proof under a checkpoint of this size by the office's ledger key.
    pub fn proof(self, size: u64, cosigners: &[(Pair, u64)]) -> Self {
        let checkpoint = checkpoint(&self.of, &self.of.office.ledger, size, cosigners);
        self.proof_under(size, &checkpoint)
    }

    /// With the path to this size under a checkpoint.
    pub fn proof_under(self, size: u64, checkpoint: &str) -> Self {
        let proof = tlog_proof(self.of.index, &self.of.tree(size).path(self.of.index, 0, size), checkpoint);
        self.set("tlog_proof", json!(proof))
    }

    pub fn text(&self) -> String {
        let members: Vec<String> =
            self.members.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
        format!("{{{}}}\n", members.join(","))
    }
}

/// The payload of a QR code.
#[derive(Clone)]
pub struct Qr {
    pub version: u8,
    pub core: Vec<u8>,
    pub start: u64,
    pub end: u64,
    pub index: u64,
    pub time: u64,
    pub path: Vec<Hash>,
    pub key_id: [u8; 4],
    pub signature: [u8; 64],
}

impl Qr {
    pub fn bytes(&self) -> Vec<u8> {
        let mut after = (self.core.len() as u16).to_be_bytes().to_vec();
        after.extend(&self.core);
        for number in [self.start, self.end - self.start, self.index - self.start, self.time] {
            var(&mut after, number);
        }
        after.push(self.path.len() as u8);
        self.path.iter().for_each(|hash| after.extend(hash.as_bytes()));
        after.extend(self.key_id);
        after.extend(self.signature);
        let mut out = vec![self.version];
        out.extend((after.len() as u16 + 7).to_be_bytes());
        out.extend(crc32fast::hash(&after).to_be_bytes());
        out.extend(after);
        out
    }

    pub fn digits(&self) -> String {
        to_digits(&self.bytes())
    }

    /// As a phone's camera hands it on.
    pub fn text(&self) -> String {
        format!("https://credit.example.gov.cn/v#{}", self.digits())
    }
}

fn var(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}
