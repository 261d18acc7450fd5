//! The status lists that the cases share.

use super::bundles::ended_status;
use super::office::{archive, credit};
use super::pair::{Pair, sign, signature_line};
use super::sealed::{checkpoint_over, filler, tlog_proof};
use super::tree::Tree;
use super::{DAY, HOUR, NOW, SEALED};
use ed25519_dalek::Signer as _;
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::{Value, json};
use verifier::base64;
use verifier::entry::{Entry, PublicKind};
use verifier::hash::{Hash, leaf_hash, sha256};

/// A list of the credit office's first shard: its second, over six entries, of which the sixth has this status.
struct List {
    shard: u64,
    sequence: u64,
    size: u64,
    issued: u64,
    lifetime: u64,
    status: u8,
    /// Entry of the note before, where it is a real one.
    previous: Option<Hash>,
}

impl List {
    fn of(status: u8) -> List {
        List { shard: 0, sequence: 2, size: 6, issued: SEALED + 600, lifetime: DAY, status, previous: None }
    }

    fn next(status: u8) -> List {
        List { sequence: 3, issued: SEALED + 1200, ..List::of(status) }
    }

    /// Entries 0 to 4 are valid, all behind the last is F.
    fn bits(&self) -> Vec<u8> {
        let mut bits = vec![0xff; 524_288];
        if self.shard == 0 {
            (bits[0], bits[1]) = (0x00, 0x00);
            if self.size > 4 {
                bits[2] = self.status << 4;
            }
        }
        bits
    }

    fn note_text(&self, origin: &str) -> String {
        let List { shard, sequence, size, issued, .. } = self;
        let before = self.previous.unwrap_or_else(|| leaf_hash(b"the one before"));
        let previous = if *sequence == 1 { "none".into() } else { before.to_base64() };
        let (list, expires) = (sha256(&[&self.bits()]), issued + self.lifetime);
        format!(
            "{origin}/status\nshard {shard}\nsequence {sequence}\nsize {size}\nlist {list}\nprevious {previous}\n\
             issued {issued}\nexpires {expires}\n"
        )
    }

    fn file(&self, note: &str) -> String {
        let zlib = base64::encode(&compress_to_vec_zlib(&self.bits(), 9));
        format!("{{\"format\":\"xinzheng/status-list/v1\",\"note\":{},\"list\":\"{zlib}\"}}\n", json!(note))
    }

    fn signed(&self) -> String {
        self.signed_by(&credit().status)
    }

    fn signed_by(&self, key: &Pair) -> String {
        self.file(&sign(&self.note_text(credit().origin), &[key]))
    }
}

/// By name.
pub fn all() -> Vec<(&'static str, String)> {
    let (credit, archive) = (credit(), archive());
    let (valid, revoked) = (List::of(0), List::of(0x1));
    let text = valid.note_text(credit.origin);
    let forged = archive.status.secret.sign(text.as_bytes()).to_bytes();
    let stranger = sign(&text, &[&archive.status]);
    let stranger_line = &stranger[text.len() + 1..];
    let older = List { sequence: 1, size: 4, issued: SEALED - HOUR, ..List::of(0) };
    vec![
        ("valid", valid.signed()),
        ("revoked", revoked.signed()),
        ("suspended", List::of(0x2).signed()),
        ("replaced", List::of(0x3).signed()),
        ("objection-noted", List::of(0xd).signed()),
        ("withdrawn", List::of(0xe).signed()),
        ("not-issued", List::of(0xf).signed()),
        ("revoked-early", List { issued: SEALED - 600, ..List::of(0x1) }.signed()),
        ("later-valid", List::next(0).signed()),
        ("later-revoked", List::next(0x1).signed()),
        ("after-valid", List { previous: Some(note_entry(&valid)), ..List::next(0x1) }.signed()),
        ("older", older.signed()),
        ("short-lived", List { lifetime: 600, ..List::of(0) }.signed()),
        ("short-lived-revoked", List { lifetime: 600, ..List::of(0x1) }.signed()),
        ("from-the-future", List { sequence: 3, issued: NOW + 301, ..List::of(0x1) }.signed()),
        ("slightly-ahead", List { sequence: 3, issued: NOW + 300, ..List::of(0x1) }.signed()),
        ("other-shard", List { shard: 1, sequence: 9, ..List::of(0) }.signed()),
        ("other-office", revoked.file(&sign(&revoked.note_text(archive.origin), &[&archive.status]))),
        ("forged", valid.file(&signature_line(&text, &credit.status, forged))),
        ("other-offices-key", valid.file(&stranger)),
        ("batch-key", valid.signed_by(&credit.batch)),
        ("ended-key", valid.signed_by(&ended_status())),
        ("extra-signature", valid.file(&format!("{}{stranger_line}", sign(&text, &[&credit.status])))),
    ]
}

/// The entry of a list's note.
fn note_entry(list: &List) -> Hash {
    let note = sign(&list.note_text(credit().origin), &[&credit().status]);
    Hash::from_bytes(*Entry::of_public_body(PublicKind::StatusNote, note.as_bytes()).as_bytes())
}

/// What somebody remembers who saw this list.
pub fn seen(name: &str) -> Value {
    let list = match name {
        "valid" => List::of(0),
        "later-valid" => List::next(0),
        "later-revoked" => List::next(0x1),
        other => panic!("{other}"),
    };
    let text = list.note_text(credit().origin);
    json!({
        "origin": credit().origin, "shard": list.shard, "sequence": list.sequence, "issued": list.issued,
        "text": sha256(&[text.as_bytes()]).to_base64(),
    })
}

/// Tlog-proofs of the note of the list `valid`, by name: it is entry 6 of a ledger of eight.
pub fn proofs() -> Vec<(&'static str, String)> {
    let credit = credit();
    let entry = *note_entry(&List::of(0)).as_bytes();
    let at = |place: u64, key: &Pair| {
        let tree = Tree::new(8, |i| if i == place { entry } else { filler(i) });
        let checkpoint = checkpoint_over(&credit, key, 8, tree.hash(0, 8), &[]);
        tlog_proof(place, &tree.path(place, 0, 8), &checkpoint)
    };
    vec![
        ("valid", at(6, &credit.ledger)),
        ("valid-too-early", at(5, &credit.ledger)),
        ("valid-batch-key", at(6, &credit.batch)),
    ]
}
