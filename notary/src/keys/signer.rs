//! Whatever signs for the office: a key file, or an external program with a hardware module or a server behind it.

use verifier::cosignature;
use verifier::key::{KeyKind, VerifierKey};
use verifier::note::{Note, SignatureLine, note_signed_bytes};
use verifier::time::Time;

use super::{KeyError, SignerHealth};

/// A key that signs.
pub trait Signer: Send + Sync {
    /// The public half, with its name.
    fn key(&self) -> &VerifierKey;

    /// Makes it ready to sign, so that a wrong passphrase shows before anything is to be signed. May take a good part of a
    /// second.
    ///
    /// # Errors
    /// As of the place where the key lies.
    fn unlock(&self) -> Result<(), KeyError> {
        Ok(())
    }

    /// The Ed25519 signature of these bytes (RFC 8032). [`Signer::sign_note`] and [`Signer::cosign`] see to it that they
    /// are bytes that the key may sign.
    ///
    /// # Errors
    /// As of the place where the key lies.
    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError>;

    /// A note with this text, signed. Its first line has to be the key's name, as in every note of an office; so a key
    /// can't be made to sign another kind's text. The signature is verified before it is given out.
    ///
    /// # Errors
    /// [`KeyError::WrongUse`], [`KeyError::SignatureBad`], and those of `sign`.
    fn sign_note(&self, text: &str) -> Result<Note, KeyError> {
        let key = self.key();
        let wrong = |what| KeyError::WrongUse { name: key.name().to_string(), what };
        if key.kind() != KeyKind::Note || text.lines().next() != Some(key.name().as_str()) {
            return Err(wrong("a note that does not begin with its name"));
        }
        let note = Note::new(text).map_err(|_| wrong("a text that is not a note's"))?;
        let signature = self.sign(note_signed_bytes(text))?;
        note.with_signature(SignatureLine::new(key, signature))
            .ok()
            .filter(|note| note.verify_one(key).is_ok())
            .ok_or_else(|| KeyError::SignatureBad { name: key.name().to_string() })
    }

    /// A cosignature of another ledger's checkpoint at this time. The signature is verified before it is given out.
    ///
    /// # Errors
    /// [`KeyError::WrongUse`], [`KeyError::SignatureBad`], and those of `sign`.
    fn cosign(&self, time: Time, checkpoint_text: &str) -> Result<SignatureLine, KeyError> {
        let key = self.key();
        if key.kind() != KeyKind::Cosignature {
            return Err(KeyError::WrongUse { name: key.name().to_string(), what: "cosignatures" });
        }
        let signature = self.sign(&cosignature::signed_bytes(time, checkpoint_text))?;
        let line = SignatureLine::cosignature(key, time, signature);
        match cosignature::verify(key, &line, checkpoint_text) {
            Ok(_) => Ok(line),
            Err(_) => Err(KeyError::SignatureBad { name: key.name().to_string() }),
        }
    }

    /// How it goes with the external program that signs; none where the key lies in a file. Does not wait.
    fn health(&self) -> Option<SignerHealth> {
        None
    }
}
