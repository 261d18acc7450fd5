//! What others say of the checkpoints over a certificate, each as files that stock tools read.
//!
//! ```text
//! anchors/rfc3161-tsa-example/checkpoint.txt     what was stamped; .note is the same with the ledger's signatures
//!                             inclusion.tlog-proof  that the certificate's entry is under this very checkpoint
//!                             timestamp.tst      the token as it came; authority.pem, untrusted.pem its certificates
//! anchors/evm-main-1/…        transaction.bin  header.rlp  receipt.json
//! anchors/http-gateway/…      answer.bin  request.json
//! ```
//!
//! Here: the files, and what the explanation tells of each. An anchor of a kind that is not known here stays in the
//! certificate file alone. Not here: what an anchor is worth (`verifier::verify`), the words (`words`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use verifier::anchor::{Anchor, AnchorKind, Evidence, Http, Rfc3161};
use verifier::certificate::Certificate;
use verifier::cosignature;
use verifier::evm::SignedTransaction;
use verifier::hash::Hash;
use verifier::note::Note;
use verifier::time::Time;
use verifier::timestamp::Token;
use verifier::tlog_proof::TlogProof;
use verifier::trust::TrustBundle;

use super::{Named, pretty};

/// Characters of a line in PEM.
const PEM_LINE: usize = 64;

/// An anchor, as the explanation tells of it.
pub(in crate::office) struct Outside {
    /// Its folder in the package, with `/` behind it.
    pub(in crate::office) folder: String,
    pub(in crate::office) label: String,
    /// Entries under the checkpoint.
    pub(in crate::office) size: u64,
    pub(in crate::office) what: Shown,
}

/// What an anchor says of itself, and what of it was verified here.
pub(in crate::office) enum Shown {
    /// A timestamp.
    Stamp {
        /// When it says that it was made.
        at: Time,
        /// The signer's name, where the token verifies under an authority of the trust bundle.
        signer: Option<String>,
        /// Whether the authority's certificate is in the package.
        authority: bool,
        /// Whether certificates are beside it.
        untrusted: bool,
    },
    /// A transaction, by its hash.
    Transaction(String),
    /// A gateway's answer.
    Answer {
        /// Whom the office asked.
        address: String,
        /// When it answered, by the office's clock.
        at: Time,
    },
}

/// The files of a certificate's anchors, and what to tell of them.
pub(in crate::office) fn files(
    certificate: &Certificate,
    trust: &TrustBundle,
    now: Time,
) -> (Vec<Named>, Vec<Outside>) {
    let (mut files, mut told) = (Vec::new(), Vec::new());
    for anchor in certificate.anchors() {
        let (Some(kind), Some(evidence), Some(note)) = (anchor.kind(), anchor.evidence(), anchor.note())
        else {
            continue;
        };
        let (Some(label), Some(checkpoint)) = (anchor.label(), anchor.checkpoint()) else { continue };
        let folder = folder(kind, label);
        let mut add = |name: &str, bytes: Vec<u8>| files.push((format!("{folder}{name}"), bytes));
        add("checkpoint.txt", note.text().as_bytes().to_vec());
        add("checkpoint.note", note.encode().into_bytes());
        if let Some(proof) = inclusion(certificate.index(), anchor, note) {
            add("inclusion.tlog-proof", proof.into_bytes());
        }
        let digest = anchor.digest().unwrap_or_else(verifier::hash::empty_root);
        let what = match evidence {
            Evidence::Rfc3161(stamp) => stamped(stamp, label, &digest, trust, now, &mut add),
            Evidence::Evm(evm) => {
                add("transaction.bin", evm.transaction.clone());
                if let Some(header) = &evm.header {
                    add("header.rlp", header.clone());
                }
                add("receipt.json", evm.receipt.clone());
                let read = SignedTransaction::parse(&evm.transaction);
                Shown::Transaction(read.map(|signed| signed.hash().to_string()).unwrap_or_default())
            }
            Evidence::Http(http) => {
                add("answer.bin", http.answer.clone());
                add("request.json", pretty(&Asked::of(http, &digest)));
                Shown::Answer { address: http.address.clone(), at: http.at }
            }
        };
        told.push(Outside { folder, label: label.to_owned(), size: checkpoint.size(), what });
    }
    (files, told)
}

/// Who of the bundle's witnesses cosigned this checkpoint, and when.
pub(in crate::office) fn witnesses(note: &Note, trust: &TrustBundle) -> Vec<(String, Time)> {
    let of = |witness: &verifier::trust::Witness| {
        let times = note.signatures().iter().filter(|line| line.names(&witness.key));
        let time =
            times.filter_map(|line| cosignature::verify(&witness.key, line, note.text()).ok()).min()?;
        Some((format!("{} {}", witness.organisation.name, witness.key.name()).trim().to_owned(), time))
    };
    trust.witnesses().iter().filter_map(of).collect()
}

/// Labels are letters, digits and `-`: they are names of folders as they are.
fn folder(kind: AnchorKind, label: &str) -> String {
    format!("anchors/{}-{label}/", kind.name())
}

fn inclusion(index: u64, anchor: &Anchor, note: &Note) -> Option<String> {
    Some(TlogProof::new(index, anchor.path()?.to_vec(), note.clone()).ok()?.encode())
}

fn stamped(
    stamp: &Rfc3161,
    label: &str,
    digest: &Hash,
    trust: &TrustBundle,
    now: Time,
    add: &mut impl FnMut(&str, Vec<u8>),
) -> Shown {
    add("timestamp.tst", stamp.token.clone());
    if !stamp.chain.is_empty() {
        add("untrusted.pem", stamp.chain.iter().map(|der| pem(der)).collect::<String>().into_bytes());
    }
    let authorities = &trust.fields().authorities;
    let authority = authorities.iter().find(|authority| authority.label == label);
    if let Some(authority) = authority {
        add("authority.pem", pem(&authority.certificate).into_bytes());
    }
    let token = Token::parse(&stamp.token).ok();
    let verified = token.as_ref().and_then(|token| token.verify(digest, &stamp.chain, authorities, now).ok());
    Shown::Stamp {
        at: token.map_or(Time::ZERO, |token| token.claimed_time()),
        signer: verified.map(|stamped| stamped.signer),
        authority: authority.is_some(),
        untrusted: !stamp.chain.is_empty(),
    }
}

/// A certificate as `openssl` takes it.
fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(PEM_LINE).map(|line| String::from_utf8_lossy(line));
    let body: String = lines.map(|line| format!("{line}\n")).collect();
    format!("-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n")
}

/// What a gateway was asked, beside its answer.
#[derive(Serialize)]
struct Asked {
    address: String,
    /// SHA-256 of checkpoint.txt, in hex.
    digest: String,
    at: u64,
    content_type: String,
}

impl Asked {
    fn of(http: &Http, digest: &Hash) -> Asked {
        Asked {
            address: http.address.clone(),
            digest: verifier::row::hex(digest),
            at: http.at.seconds(),
            content_type: http.content_type.clone(),
        }
    }
}
