//! One certificate of the office, in the forms in which it is handed out.

use verifier::base64;
use verifier::core::Core;
use verifier::disclosure::Disclosure;
use verifier::hash::Hash;
use verifier::key::KeyId;
use verifier::merkle::Subtree;
use verifier::qr::{self, QrPayload};
use verifier::time::Time;

use crate::office::SEALED;

/// A certificate and where it is in its batch.
pub struct Issued {
    pub(crate) core: Core,
    pub(crate) index: u64,
    pub(crate) subtree: Subtree,
    pub(crate) path: Vec<Hash>,
    pub(crate) note: String,
    pub(crate) signature: [u8; 64],
    pub(crate) key_id: [u8; 4],
    pub(crate) digests: Vec<Hash>,
    pub(crate) disclosures: Vec<Disclosure>,
    /// The document, as the office was given it.
    pub document: String,
}

impl Issued {
    /// The index in the ledger.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The certificate file, with everything shown.
    pub fn file(&self) -> String {
        self.file_without("no such pointer")
    }

    /// The certificate file, without what is at or below a pointer.
    pub fn file_without(&self, pointer: &str) -> String {
        let quoted = |texts: Vec<String>| {
            let texts: Vec<String> = texts.into_iter().map(|text| format!("\"{text}\"")).collect();
            texts.join(",")
        };
        let shown = self.disclosures.iter().filter(|disclosure| !disclosure.pointer().starts_with(pointer));
        format!(
            "{{\"format\":\"xinzheng/certificate/v1\",\"core\":\"{}\",\"index\":{},\"path\":[{}],\"batch_note\":{},\
             \"digests\":[{}],\"disclosures\":[{}]}}\n",
            base64::encode(self.core.as_bytes()),
            self.index,
            quoted(self.path.iter().map(Hash::to_string).collect()),
            serde_json::to_string(&self.note).unwrap(),
            quoted(self.digests.iter().map(|digest| base64::encode_url(digest.as_bytes())).collect()),
            quoted(shown.map(|disclosure| disclosure.as_str().to_owned()).collect()),
        )
    }

    /// The file with a byte of its signature changed.
    pub fn forged(&self) -> String {
        let line = self.note.rsplit(' ').next().unwrap().trim();
        let mut blob = base64::decode(line).unwrap();
        blob[40] ^= 1;
        let note = self.note.replace(line, &base64::encode(&blob));
        let (old, new) = (serde_json::to_string(&self.note).unwrap(), serde_json::to_string(&note).unwrap());
        self.file().replace(&old, &new)
    }

    /// The text in the QR code.
    pub fn scan(&self) -> String {
        let time = Time::new(SEALED).unwrap();
        let id = KeyId::from_bytes(self.key_id);
        let payload = QrPayload::new(
            self.core.clone(),
            self.subtree,
            self.index,
            time,
            self.path.clone(),
            id,
            self.signature,
        );
        let (url, digits) = qr::url("credit.example.gov.cn", &payload.unwrap());
        format!("{url}{digits}")
    }

    /// The certificate's number.
    pub fn number(&self) -> String {
        self.core.number().to_string()
    }
}
