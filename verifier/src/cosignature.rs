//! Cosignatures of checkpoints, C2SP tlog-cosignature `cosignature/v1` (spec page `notes.md`).
//!
//! What a witness signs at the time 1795312800, with a key of type 0x04:
//!
//! ```text
//! cosignature/v1
//! time 1795312800
//! credit.example.gov.cn/ledger
//! 41
//! 4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=
//! ```
//!
//! The line's blob, after the key id, is `u64be(time) ‖ signature`. A cosignature does not commit to the name of its
//! key, so a witness key has one name. Not here: who is a witness, which a trust bundle says.

use crate::key::{KeyKind, VerifierKey};
use crate::note::{NoteError, SignatureLine};
use crate::time::Time;
use alloc::format;
use alloc::vec::Vec;

/// What a witness signs: its time and the text of the checkpoint.
pub fn signed_bytes(time: Time, checkpoint_text: &str) -> Vec<u8> {
    format!("cosignature/v1\ntime {}\n{checkpoint_text}", time.seconds()).into_bytes()
}

/// When the witness with this key saw the checkpoint with this text.
///
/// `SigBad` where the line is of this key but does not verify, has another length or the time 0; `UnknownSigner` where
/// the line is of another key, or the key is of another type.
pub fn verify(key: &VerifierKey, line: &SignatureLine, checkpoint_text: &str) -> Result<Time, NoteError> {
    if key.kind() != KeyKind::Cosignature || !line.names(key) {
        return Err(NoteError::UnknownSigner);
    }
    let bad = || NoteError::SigBad { name: line.name().clone() };
    let (seconds, signature) = line.blob().split_first_chunk::<8>().ok_or_else(bad)?;
    let signature: &[u8; 64] = signature.try_into().map_err(|_| bad())?;
    let time = Time::new(u64::from_be_bytes(*seconds)).map_err(|_| bad())?;
    if time.seconds() == 0 || !key.verifies(&signed_bytes(time, checkpoint_text), signature) {
        return Err(bad());
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyName;
    use crate::note::Note;
    use ed25519_dalek::{Signer, SigningKey};

    const TEXT: &str = "a.cn/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";

    fn witness(kind: KeyKind) -> (SigningKey, VerifierKey) {
        let secret = SigningKey::from_bytes(&[9; 32]);
        let name = KeyName::parse("w.cn/witness").unwrap();
        let key = VerifierKey::new(name, kind, secret.verifying_key().as_bytes()).unwrap();
        (secret, key)
    }

    #[test]
    fn a_cosignature_has_its_time() {
        let (secret, key) = witness(KeyKind::Cosignature);
        let time = Time::new(1_795_312_800).unwrap();
        let signature = secret.sign(&signed_bytes(time, TEXT)).to_bytes();
        let line = SignatureLine::cosignature(&key, time, signature);
        assert_eq!(verify(&key, &line, TEXT), Ok(time));
        assert_eq!(
            Note::new(TEXT).unwrap().with_signature(line.clone()).unwrap().verify(&[&key]),
            Ok(alloc::vec![0])
        );

        assert_eq!(verify(&key, &line, &TEXT.replace('0', "1")).unwrap_err().code(), "SIG_BAD");
        let later = SignatureLine::cosignature(&key, Time::new(1_795_312_801).unwrap(), signature);
        assert_eq!(verify(&key, &later, TEXT).unwrap_err().code(), "SIG_BAD");
        assert_eq!(verify(&key, &SignatureLine::new(&key, signature), TEXT).unwrap_err().code(), "SIG_BAD");
        let zero = Time::new(0).unwrap();
        let line = SignatureLine::cosignature(&key, zero, secret.sign(&signed_bytes(zero, TEXT)).to_bytes());
        assert_eq!(verify(&key, &line, TEXT).unwrap_err().code(), "SIG_BAD");
    }

    #[test]
    fn types_are_kept_apart() {
        let ((secret, note_key), (_, key)) = (witness(KeyKind::Note), witness(KeyKind::Cosignature));
        assert_ne!(note_key.id(), key.id());
        let line = SignatureLine::new(&note_key, secret.sign(TEXT.as_bytes()).to_bytes());
        assert_eq!(verify(&note_key, &line, TEXT), Err(NoteError::UnknownSigner));
        assert_eq!(verify(&key, &line, TEXT), Err(NoteError::UnknownSigner));
    }
}
