//! Signatures of batch notes: of other keys, replayed, and such that only a careless verifier takes.

use super::bundles::ended_batch;
use super::office::{Office, credit, note_key};
use super::pair::{Pair, sign, signature_line};
use super::papers::report;
use super::sealed::{Qr, Sealed, checkpoint};
use super::{BARE, Case};
use curve25519_dalek::Scalar;
use ed25519_dalek::Signer as _;
use serde_json::json;
use sha2::{Digest, Sha512};

pub fn cases() -> Vec<Case> {
    let sealed = report().sealed();
    let text = sealed.note_text();
    let office = credit();
    let mut all = of_other_keys(&sealed, &office);
    all.extend(replayed(&sealed, &office));
    all.extend(crafted(&sealed, &office));
    all.extend(of_several(&text, &sealed, &office));
    all
}

/// A file with this batch note; nothing is shown but by its signature.
fn file(name: &'static str, what: &'static str, sealed: &Sealed, note: String) -> Case {
    Case::new(name, what, sealed.bare().set("batch_note", json!(note)).text(), BARE)
}

fn bad(case: Case) -> Case {
    case.stops("SIG_OK", "SIG_BAD").invalid("SIG_BAD")
}

fn unknown(case: Case) -> Case {
    case.stops("OFFICE_OK", "OFFICE_UNKNOWN").open("OFFICE_UNKNOWN")
}

/// The text signed by one key and said to be signed by another.
fn claimed(text: &str, by: &Pair, of: &Pair) -> String {
    signature_line(text, of, by.secret.sign(text.as_bytes()).to_bytes())
}

fn of_other_keys(sealed: &Sealed, office: &Office) -> Vec<Case> {
    let text = sealed.note_text();
    let impostor = note_key("impostor", office.batch.key.name().as_str());
    let mut unknown_key = sealed.qr();
    unknown_key.signature = impostor.secret.sign(text.as_bytes()).to_bytes();
    unknown_key.key_id = *impostor.key.id().as_bytes();
    let mut shared_id = sealed.qr();
    shared_id.signature = super::office::archive().batch.secret.sign(text.as_bytes()).to_bytes();
    vec![
        unknown(file(
            "sig-other-key-same-name",
            "another key with the batch key's name",
            sealed,
            sign(&text, &[&impostor]),
        )),
        bad(file(
            "sig-other-key-same-id",
            "another key's signature under the batch key's name and id",
            sealed,
            claimed(&text, &impostor, &office.batch),
        )),
        unknown(Case::new(
            "sig-qr-unknown-key",
            "a QR code with a key id that is in no bundle",
            unknown_key.text(),
            BARE,
        )),
        bad(Case::new(
            "sig-qr-shared-id",
            "signed by the other key with the same id, another office's",
            shared_id.text(),
            BARE,
        )),
        unknown(file(
            "sig-other-office",
            "signed by another office's batch key under its own name",
            sealed,
            sign(&text, &[&super::office::archive().batch]),
        )),
    ]
}

fn replayed(sealed: &Sealed, office: &Office) -> Vec<Case> {
    let text = sealed.note_text();
    let checkpoint = checkpoint(sealed, &office.ledger, 6, &[]);
    let checkpoint_text = &checkpoint[..checkpoint.find("\n\n").unwrap() + 1];
    let checkpoint_signature = office.ledger.secret.sign(checkpoint_text.as_bytes()).to_bytes();
    let status_text = format!("{}/status\nshard 0\n", office.origin);
    let status_signature = office.batch.secret.sign(status_text.as_bytes()).to_bytes();
    let other_note = sealed.clone().at(sealed.time + 1).note_text();
    let other_signature = office.batch.secret.sign(other_note.as_bytes()).to_bytes();
    let mut later = sealed.qr();
    later.time += 1;
    vec![
        bad(file(
            "sig-of-checkpoint",
            "the signature of a checkpoint as the batch note's",
            sealed,
            signature_line(&text, &office.batch, checkpoint_signature),
        )),
        unknown(file(
            "sig-by-ledger-key",
            "signed by the ledger key under its own name",
            sealed,
            sign(&text, &[&office.ledger]),
        )),
        unknown(file(
            "sig-by-status-key",
            "signed by the status key under its own name",
            sealed,
            sign(&text, &[&office.status]),
        )),
        bad(file(
            "sig-by-status-key-claimed",
            "signed by the status key under the batch key's name",
            sealed,
            claimed(&text, &office.status, &office.batch),
        )),
        bad(file(
            "sig-of-status-note",
            "the batch key's signature of a status note",
            sealed,
            signature_line(&text, &office.batch, status_signature),
        )),
        bad(file(
            "sig-of-other-note",
            "the signature of another batch note",
            sealed,
            signature_line(&text, &office.batch, other_signature),
        )),
        bad(file(
            "sig-time-changed",
            "the note's time was changed after signing",
            sealed,
            sealed.note().replacen("1795310140", "1795310141", 1),
        )),
        bad(Case::new(
            "sig-qr-time-changed",
            "a QR code's time was changed after signing",
            later.text(),
            BARE,
        )),
    ]
}

/// The order of the group, little endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn crafted(sealed: &Sealed, office: &Office) -> Vec<Case> {
    let text = sealed.note_text();
    let good = office.batch.secret.sign(text.as_bytes()).to_bytes();
    let large = plus_order(good);
    let small = small_order(&office.batch, text.as_bytes());
    let of = |signature| signature_line(&text, &office.batch, signature);
    let qr = |signature| Qr { signature, ..sealed.qr() }.text();
    vec![
        bad(file("sig-large-s", "S is S + L: the same equation, another signature", sealed, of(large))),
        bad(Case::new("sig-qr-large-s", "S is S + L, in a QR code", qr(large), BARE)),
        bad(file("sig-small-order-r", "R is the neutral element, and the equation holds", sealed, of(small))),
        bad(Case::new("sig-qr-small-order-r", "R is the neutral element, in a QR code", qr(small), BARE)),
        bad(file("sig-zero", "sixty-four zero bytes", sealed, of([0; 64]))),
    ]
}

fn plus_order(mut signature: [u8; 64]) -> [u8; 64] {
    let mut carry = 0u16;
    for (byte, of_order) in signature[32..].iter_mut().zip(L) {
        carry += u16::from(*byte) + u16::from(of_order);
        *byte = carry as u8;
        carry >>= 8;
    }
    signature
}

/// S = H(R ‖ A ‖ M)·a with R the neutral element, so that S·B = R + H(R ‖ A ‖ M)·A.
fn small_order(key: &Pair, text: &[u8]) -> [u8; 64] {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let hash: [u8; 64] = Sha512::new()
        .chain_update(neutral)
        .chain_update(key.key.public())
        .chain_update(text)
        .finalize()
        .into();
    let s = Scalar::from_bytes_mod_order_wide(&hash) * key.secret.to_scalar();
    [neutral, s.to_bytes()].concat().try_into().unwrap()
}

fn of_several(text: &str, sealed: &Sealed, office: &Office) -> Vec<Case> {
    let stranger = note_key("stranger", "stranger.example.org/log");
    let good = sign(text, &[&office.batch]);
    let stranger_line = &claimed(text, &stranger, &stranger)[text.len() + 1..];
    let bad_line = &claimed(text, &stranger, &office.batch)[text.len() + 1..];
    vec![
        file(
            "sig-and-stranger",
            "a stranger signed too, which means nothing",
            sealed,
            format!("{good}{stranger_line}"),
        ),
        bad(file(
            "sig-and-bad",
            "signed by the batch key, and once more badly",
            sealed,
            format!("{good}{bad_line}"),
        )),
        file(
            "sig-old-and-new-key",
            "signed by a batch key that had ended and the one in force",
            sealed,
            sign(text, &[&ended_batch(), &office.batch]),
        ),
    ]
}
