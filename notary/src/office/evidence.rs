//! The evidence package of a certificate (spec page `evidence.md`): one ZIP archive for a court or a dispute.
//!
//! ```text
//! 说明.html 说明.txt explanation.en.html     what this is, what each file proves, how to check it without the office
//! certificate/NUMBER.xzc .pdf      document/…  the document as it came, its disclosures, the core
//! proof/NUMBER.tlog-proof  batch.json  checkpoint       status/status-0-17.xzs .tlog-proof       events/events.json …
//! anchors/…  what others say of its checkpoints       keys/…  what happened to the keys that signed
//! provenance.json  trust.xzt       manifest.json  manifest.note
//! ```
//!
//! Here: what goes in. It holds everything of one document, so it is for the holder and for whoever decides a dispute. Not
//! here: the manifest (`verifier::evidence`), checking (`xinzheng-verify`), who may have it (`web`, `cli`).

pub(super) mod anchored;
mod keyed;
mod words;

use std::io::{Cursor, Write};

use serde::Serialize;
use sha2::{Digest, Sha256};
use verifier::base64;
use verifier::entry::Entry;
use verifier::evidence::{MANIFEST, MANIFEST_NOTE, Manifest};
use verifier::note::Note;
use verifier::number::CertificateNumber;
use verifier::time::Time;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::accept::internal;
use super::{Issued, Moment, Office};
use crate::document::Body;
use crate::refusal::{Refusal, RefusalCode};
use words::{Facts, Origins};

/// What the office does not know by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceTerms {
    /// SHA-256 of the program `xinzheng-verify` of this release, in hex, where it is at hand.
    pub verifier: Option<String>,
}

/// A file of a package: its name and its bytes.
type Named = (String, Vec<u8>);

impl Office {
    /// The evidence package of a certificate as things stand now.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`, `ERASED`, and of the pdf key, which signs the manifest. Of a certificate that was
    /// replaced there is a package, too: a dispute may be about it. Who may have that is for the caller to see to.
    pub fn evidence(&self, number: &CertificateNumber, terms: &EvidenceTerms) -> Result<Vec<u8>, Refusal> {
        let made = self.now();
        let issued = self.certificate_to_judge(number)?;
        let moment = self.status_at(number, made)?;
        let origins = self.origins(number, &issued)?;
        let mut files = self.of_certificate(number, &issued)?;
        files.extend(self.of_ledger(number, &issued)?);
        files.extend(
            moment.files().into_iter().map(|(name, text)| (format!("status/{name}"), text.into_bytes())),
        );
        files.extend(self.of_events(number, &issued)?);
        let (others, outside) = anchored::files(&issued.certificate, self.trust(), made);
        files.extend(others);
        let notes: Vec<&Note> =
            [Some(issued.tlog_proof.note()), moment.list.as_ref().map(|said| said.list.note())]
                .into_iter()
                .flatten()
                .collect();
        let (events, keys) = self.key_events_of(&issued.certificate, &notes)?;
        files.extend(events);
        files.push(("provenance.json".to_owned(), pretty(&origins)));
        files.push(("trust.xzt".to_owned(), self.trust_text().as_bytes().to_vec()));
        let facts =
            Facts { outside: &outside, keys: &keys, ..self.facts(&issued, &moment, &origins, terms, made) };
        let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        let (text, html) = (words::text(&facts, &names), words::html(&facts, &names));
        let english = words::html_english(&facts, &names);
        files.push(("说明.txt".to_owned(), text.into_bytes()));
        files.push(("说明.html".to_owned(), html.into_bytes()));
        files.push(("explanation.en.html".to_owned(), english.into_bytes()));
        files.sort();
        let manifest = Manifest::of(self.origin.clone(), *number, made, &files).map_err(internal)?;
        let note = self.sign_pdf(&manifest.note_text())?.encode();
        // What leaves is read by our own reader first.
        Manifest::parse(manifest.encode().as_bytes()).map_err(internal)?;
        manifest.check_note(&note, self.trust()).map_err(internal)?;
        files.insert(0, (MANIFEST_NOTE.to_owned(), note.into_bytes()));
        files.insert(0, (MANIFEST.to_owned(), manifest.encode().into_bytes()));
        archive(&files).map_err(internal)
    }

    fn of_certificate(&self, number: &CertificateNumber, issued: &Issued) -> Result<Vec<Named>, Refusal> {
        let (certificate, doc) = (&issued.certificate, self.doc_of(number)?);
        let (_, private, bytes) = self.opened(doc)?;
        let name = match private.document(&bytes)?.body() {
            Body::File(file) => file.name().replace(['/', '\\'], "_"),
            _ => "document.json".to_owned(),
        };
        let disclosures: String =
            certificate.disclosures().iter().map(|disclosure| format!("{disclosure}\n")).collect();
        let mut files = vec![
            (format!("certificate/{number}.xzc"), certificate.encode()),
            ("document/core.cbor".to_owned(), certificate.core().as_bytes().to_vec()),
            ("document/disclosures.txt".to_owned(), disclosures.into_bytes()),
            (format!("document/received/{name}"), bytes.to_vec()),
        ];
        match self.printed(issued) {
            Ok(pdf) => files.push((format!("certificate/{number}.pdf"), pdf)),
            // What can't be set in print is proven all the same.
            Err(refusal) if matches!(refusal.code(), RefusalCode::GlyphMissing | RefusalCode::PdfTooLong) => {
            }
            Err(refusal) => return Err(refusal),
        }
        Ok(files)
    }

    fn of_ledger(&self, number: &CertificateNumber, issued: &Issued) -> Result<Vec<Named>, Refusal> {
        let batch = self.ledger().batch_of(issued.certificate.index())?;
        let mut files = vec![
            (format!("proof/{number}.tlog-proof"), issued.tlog_proof.encode().into_bytes()),
            ("proof/batch.json".to_owned(), batch.encode().into_bytes()),
        ];
        files.extend(
            self.checkpoint()?.map(|note| ("proof/checkpoint".to_owned(), note.encode().into_bytes())),
        );
        Ok(files)
    }

    /// The chain of events with nonces, so that each entry can be computed; a proof for each that is sealed.
    fn of_events(&self, number: &CertificateNumber, issued: &Issued) -> Result<Vec<Named>, Refusal> {
        let events = self.events_of(number)?;
        let body = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let links = events.iter().map(|view| ChainLink {
            index: view.index,
            entry: base64::encode(view.entry.as_bytes()),
            nonce: base64::encode(&view.nonce),
            body: body(view.event.encode().as_bytes()),
        });
        let core = Entry::of_core(&self.origin, issued.certificate.core().as_bytes());
        let chain = Chain {
            format: "xinzheng/event-chain/v1",
            certificate: number.as_str(),
            first: base64::encode(core.as_bytes()),
            events: links.collect(),
        };
        let mut files = vec![("events/events.json".to_owned(), pretty(&chain))];
        for view in &events {
            if let Some(index) = view.index {
                let sequence = view.event.fields().sequence;
                let proof = self.entry(index)?.proof.encode();
                files.push((format!("events/{sequence:04}.tlog-proof"), proof.into_bytes()));
            }
        }
        Ok(files)
    }

    /// What is known of the document before it was notarized.
    fn origins(&self, number: &CertificateNumber, issued: &Issued) -> Result<Origins, Refusal> {
        let (_, private, bytes) = self.opened(self.doc_of(number)?)?;
        let core = issued.certificate.core();
        let sealed = issued.certificate.batch().time();
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        Ok(Origins {
            format: "xinzheng/provenance/v1",
            certificate: number.as_str().to_owned(),
            sha256: hex(&Sha256::digest(&*bytes)),
            bytes: bytes.len() as u64,
            name: private.file.as_ref().map(|(name, _)| name.clone()),
            media_type: private
                .file
                .as_ref()
                .map_or("application/json", |(_, kind)| kind.as_str())
                .to_owned(),
            issued_at: core.issued_at().seconds(),
            sealed_at: sealed.seconds(),
            recorded: private.provenance.clone(),
        })
    }

    fn facts<'a>(
        &'a self,
        issued: &'a Issued,
        moment: &Moment,
        origins: &'a Origins,
        terms: &'a EvidenceTerms,
        made: Time,
    ) -> Facts<'a> {
        let core = issued.certificate.core();
        Facts {
            office: &self.config.name,
            ledger: self.origin.as_str(),
            number: core.number().as_str().to_owned(),
            title: core.title(),
            holder: core.holder().map(|holder| (holder.name(), holder.code())),
            issued: core.issued_at(),
            sealed: issued.certificate.batch().time(),
            index: issued.certificate.index(),
            level: self.assurance(&issued.certificate).level,
            made,
            status: moment.word(),
            list: moment.list.as_ref().map(|said| said.list.says().fields().sequence),
            roots: self.trust().roots().iter().map(|root| root.encode()).collect(),
            witnesses: anchored::witnesses(issued.tlog_proof.note(), self.trust()),
            outside: &[],
            keys: &[],
            origins,
            verifier: terms.verifier.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct Chain<'a> {
    format: &'a str,
    certificate: &'a str,
    /// Entry of the certificate's core, which the first event names as the one before.
    first: String,
    events: Vec<ChainLink>,
}

#[derive(Serialize)]
struct ChainLink {
    index: Option<u64>,
    entry: String,
    nonce: String,
    body: String,
}

fn pretty(value: &impl Serialize) -> Vec<u8> {
    // Plain data: writing it can't fail.
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

/// The archive: the files in their order, without times.
fn archive(files: &[Named]) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let packed = [".pdf", ".png", ".jpg", ".zip"].iter().any(|end| name.ends_with(end));
        let method = if packed { CompressionMethod::Stored } else { CompressionMethod::Deflated };
        let options =
            SimpleFileOptions::default().compression_method(method).last_modified_time(DateTime::default());
        writer.start_file(name.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
