//! The lines between the office and a program that signs.

use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::key::KeyName;

use super::config::FORMAT;
use super::fault::SignerFault;

/// Bytes of an answer, its line break included.
pub(super) const ANSWER_MAX: usize = 4096;
/// Characters of the text of an error that are kept.
const TEXT_MAX: usize = 200;

/// What the office asks.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Ask {
    Hello { protocol: &'static str, name: String },
    Sign { id: u64, message: String },
}

impl Ask {
    pub(super) fn hello(name: &KeyName) -> Ask {
        Ask::Hello { protocol: FORMAT, name: name.to_string() }
    }

    pub(super) fn sign(id: u64, message: &[u8]) -> Ask {
        Ask::Sign { id, message: base64::encode(message) }
    }

    /// The line.
    pub(super) fn line(&self) -> Vec<u8> {
        // Texts and a number: nothing in it that JSON could not say.
        let mut line = serde_json::to_vec(self).unwrap_or_default();
        line.push(b'\n');
        line
    }
}

/// What the program answers.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
pub(super) enum Answer {
    Hello { protocol: String, public: String },
    Signature { id: u64, signature: String },
    Error { id: Option<u64>, text: String },
}

impl Answer {
    /// Reads a line, without its line break.
    pub(super) fn parse(line: &[u8]) -> Result<Answer, SignerFault> {
        serde_json::from_slice(line).map_err(|_| SignerFault::Garbage)
    }

    /// The public key of an answer to *hello*.
    pub(super) fn public(self) -> Result<[u8; 32], SignerFault> {
        match self {
            Answer::Hello { protocol, public } if protocol == FORMAT => bytes(&public),
            Answer::Error { id: None, text } => Err(refused(&text)),
            _ => Err(SignerFault::Garbage),
        }
    }

    /// The signature of an answer to the question with this number.
    pub(super) fn signature(self, asked: u64) -> Result<[u8; 64], SignerFault> {
        match self {
            Answer::Signature { id, signature } if id == asked => bytes(&signature),
            Answer::Error { id: Some(id), text } if id == asked => Err(refused(&text)),
            _ => Err(SignerFault::Garbage),
        }
    }
}

/// The end of a text from outside, on one line.
pub(super) fn tidy(text: &str, most: usize) -> String {
    let shown: Vec<char> = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    shown.iter().skip(shown.len().saturating_sub(most)).collect()
}

fn refused(text: &str) -> SignerFault {
    SignerFault::Refused(tidy(text, TEXT_MAX))
}

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], SignerFault> {
    base64::decode(text).and_then(|bytes| bytes.try_into().ok()).ok_or(SignerFault::Garbage)
}
