//! Notes that `signed_note` signs verify here, and notes that this crate writes verify there.

use ed25519_dalek::{Signer as _, SigningKey};
use signed_note::{Note as TheirNote, StandardVerifier, Verifier as _, VerifierList};
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::hash::leaf_hash;
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::merkle::Subtree;
use verifier::note::{Note, NoteError, SignatureLine};
use verifier::origin::Origin;
use verifier::time::Time;

const SEED: [u8; 32] = [7; 32];

fn key(name: &str) -> VerifierKey {
    let public = SigningKey::from_bytes(&SEED).verifying_key();
    VerifierKey::new(KeyName::parse(name).unwrap(), KeyKind::Note, public.as_bytes()).unwrap()
}

/// The same key in the form that `signed_note` reads.
fn their_signer(name: &str) -> signed_note::StandardSigner {
    let secret = [&[1][..], &SEED].concat();
    let skey = format!("PRIVATE+KEY+{name}+{}+{}", key(name).id(), verifier::base64::encode(&secret));
    signed_note::StandardSigner::new(&skey).unwrap()
}

fn texts() -> Vec<(String, String)> {
    let origin = Origin::parse("credit.example.gov.cn/ledger").unwrap();
    let batch = BatchNote::new(
        origin.clone(),
        Subtree::new(16, 32).unwrap(),
        leaf_hash(b"b"),
        Time::new(1_795_310_130).unwrap(),
    )
    .unwrap();
    let checkpoint = Checkpoint::new(origin.clone(), 41, leaf_hash(b"a")).unwrap();
    vec![
        (origin.ledger_key_name(), checkpoint.text()),
        (origin.batch_key_name(), batch.text()),
        ("例.cn/名".into(), "a\n\n\n信证\n".into()),
        ("x".into(), "\n".into()),
    ]
}

#[test]
fn keys_are_written_the_same() {
    for (name, _) in texts() {
        let ours = key(&name);
        let theirs = StandardVerifier::new(&ours.encode()).unwrap();
        assert_eq!(theirs.name(), name);
        assert_eq!(theirs.key_id().to_be_bytes(), *ours.id().as_bytes());
    }
}

#[test]
fn theirs_verify_here() {
    for (name, text) in texts() {
        let mut theirs = TheirNote::new(text.as_bytes(), &[]).unwrap();
        theirs.add_sigs(&[&their_signer(&name)]).unwrap();
        let bytes = theirs.to_bytes();
        let ours = Note::parse(core::str::from_utf8(&bytes).unwrap()).unwrap();
        assert_eq!((ours.text(), ours.encode().as_bytes()), (text.as_str(), &bytes[..]));
        assert_eq!(ours.verify_one(&key(&name)), Ok(()));
        assert_eq!(ours.verify_one(&key("other")), Err(NoteError::UnknownSigner));
    }
}

#[test]
fn ours_verify_there() {
    for (name, text) in texts() {
        let signature = SigningKey::from_bytes(&SEED).sign(text.as_bytes()).to_bytes();
        let line = SignatureLine::new(&key(&name), signature);
        let ours = Note::new(text.clone()).unwrap().with_signature(line).unwrap().encode();
        let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&key(&name).encode()).unwrap())]);
        let theirs = TheirNote::from_bytes(ours.as_bytes()).unwrap();
        let (verified, unverified) = theirs.verify(&known).unwrap();
        assert_eq!((theirs.text(), verified.len(), unverified.len()), (text.as_bytes(), 1, 0));
    }
}

/// One changed byte: both refuse, or both read the same text and find the same of its signature.
#[test]
fn the_two_agree_on_changed_notes() {
    let (name, text) = &texts()[1];
    let signature = SigningKey::from_bytes(&SEED).sign(text.as_bytes()).to_bytes();
    let good = Note::new(text.clone()).unwrap();
    let good = good.with_signature(SignatureLine::new(&key(name), signature)).unwrap().encode().into_bytes();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&key(name).encode()).unwrap())]);
    for place in 0..good.len() {
        for byte in [b'\n', b' ', b'A', b'a', b'+', b'=', 0, good[place] ^ 1] {
            let mut bytes = good.clone();
            bytes[place] = byte;
            let Ok(input) = core::str::from_utf8(&bytes) else { continue };
            let ours =
                Note::parse(input).map(|note| (note.text().to_string(), note.verify_one(&key(name)).is_ok()));
            let theirs = TheirNote::from_bytes(&bytes)
                .map(|note| (String::from_utf8(note.text().to_vec()).unwrap(), note.verify(&known).is_ok()));
            assert_eq!(ours.ok(), theirs.ok(), "byte {place} is {byte}");
        }
    }
}
