//! The first promise: *accepted*. When `submit` returns, the document is on disk with its number, and the same
//! submission again gives the same certificate.
//!
//! Here: reading what is submitted, making the core, the journal's record, and repetitions. Not here: sealing (`seal`).

use std::sync::PoisonError;

use sha2::{Digest, Sha256};
use verifier::base64;
use verifier::core::Core;
use verifier::entry::Entry;
use verifier::number::{CertificateNumber, CheckCode};
use verifier::registry::{DocumentKind, HolderKind};
use verifier::time::Time;
use zeroize::Zeroizing;

use super::Office;
use super::casework::same_holder;
use super::commitment_rows::{changes as commitment_changes, commitment_of};
use super::printable::printable;
use super::provenance::Provenance;
use super::record::{self, Accepted as Record, Kind, Private};
use super::state::State;
use super::subjects::HolderTags;
use crate::commitment::Indexed;
use crate::disclose::{DocumentSecret, disclose};
use crate::document::vocabulary::ReportKind;
use crate::document::{Body, Document, Intake};
use crate::issue::{IssueTerms, Nonce, build_core};
use crate::journal::Ticket;
use crate::refusal::{Refusal, RefusalCode};
use crate::repair::{ItemRow, refuse_items};

/// Certificate numbers are tried so often before the office gives up: a collision has a chance below 10^-5 even with a million a day.
const NUMBER_TRIES: usize = 16;
/// Characters of an idempotency key.
pub const IDEMPOTENCY_KEY_MAX: usize = 200;

/// Something to notarize.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The bytes as they came.
    pub bytes: Vec<u8>,
    /// A JSON document or any file.
    pub kind: SubmissionKind,
    /// Makes a repetition known where the document has no number of its own; at most [`IDEMPOTENCY_KEY_MAX`] characters.
    pub idempotency_key: Option<String>,
    /// Whether the certificate has a QR code; without one the core may be longer.
    pub qr: bool,
    /// The certificate whose document this one corrects. It may have that document's own number, and may list the
    /// records that are under objection there.
    pub corrects: Option<CertificateNumber>,
}

/// How the bytes are to be read.
#[derive(Clone, Debug)]
pub enum SubmissionKind {
    /// A JSON document that names its schema.
    Json,
    /// Any bytes.
    File {
        /// The file's name, without folders.
        name: String,
        /// Its media type; guessed from the name where none is given.
        media_type: Option<String>,
    },
}

/// The promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The certificate's number.
    pub number: CertificateNumber,
    /// Its check code.
    pub check_code: CheckCode,
    /// Its index in the ledger, once sealed.
    pub index: Option<u64>,
    /// Whether this submission was known already.
    pub repeated: bool,
}

/// A submission whose record stands in the journal's line, or that was known already.
pub(super) enum Begun {
    New {
        doc: u32,
        ticket: Ticket,
        head: Box<Record>,
        holder: Option<HolderTags>,
        commitment: Option<Box<Indexed>>,
        items: Vec<ItemRow>,
        accepted: Accepted,
    },
    Repeated(Accepted),
}

/// A document that the index does not have yet.
pub(super) struct Fresh<'a> {
    /// Its number of acceptance.
    pub(super) doc: u32,
    /// Its record's.
    pub(super) sequence: u64,
    pub(super) head: &'a Record,
    /// What stands for its holder in the index.
    pub(super) holder: Option<HolderTags>,
    /// Its rows, where it is a commitment.
    pub(super) commitment: Option<Box<Indexed>>,
    /// The records that it lists.
    pub(super) items: Vec<ItemRow>,
}

/// A submission that was read: all that costs time is done outside of the office's lock.
pub(super) struct Prepared {
    pub(super) core: Core,
    core_bytes: Vec<u8>,
    secret: DocumentSecret,
    known_by: Vec<String>,
    submitted: String,
    issued_at: Time,
    person: bool,
    pub(super) items: Vec<ItemRow>,
    /// Disclosures that the document splits into.
    pub(super) records: usize,
}

impl Office {
    /// Accepts a document: durable when this returns. It becomes a certificate with the next batch.
    ///
    /// # Errors
    /// What is wrong with the document (`REFUSALS.md`); `CONFLICT` where its number or key was used for other bytes;
    /// `OFFICE_STOPPED` after a failed write.
    pub fn submit(&self, submission: Submission) -> Result<Accepted, Refusal> {
        self.submit_from(submission, None)
    }

    /// The same, with where the document came from.
    ///
    /// # Errors
    /// As [`Office::submit`].
    pub fn submit_from(
        &self,
        submission: Submission,
        provenance: Option<Provenance>,
    ) -> Result<Accepted, Refusal> {
        let begun = self.begin(&submission, provenance.as_ref())?;
        self.complete(vec![Ok(begun)]).pop().unwrap_or_else(|| Err(internal("an answer is missing")))
    }

    /// The first part of accepting: everything up to the record's place in the journal's line.
    pub(super) fn begin(
        &self,
        submission: &Submission,
        provenance: Option<&Provenance>,
    ) -> Result<Begun, Refusal> {
        self.alive()?;
        let document = self.read(submission)?;
        let known_by = known_by(&document, submission)?;
        let submitted = base64::encode(&Sha256::digest(&submission.bytes));
        let known = self.known(&self.state(), &known_by)?;
        if let Some(doc) = known {
            return self.repeated(doc, &submitted).map(Begun::Repeated);
        }
        let corrects = self.corrected(&document, submission)?;
        self.commitment_desk().fits(&document)?;
        let number = self.new_number()?;
        let prepared = self.prepare(&document, submission, number, known_by, submitted)?;
        let check_code = CheckCode::parse(&random_digits::<10>()?).map_err(internal)?;
        let slot = self.vault.allocate()?;
        let private = Private {
            check_code: check_code.as_str().to_string(),
            core: base64::encode(&prepared.core_bytes),
            secret: base64::encode(prepared.secret.as_bytes()),
            submitted: prepared.submitted.clone(),
            file: match &submission.kind {
                SubmissionKind::Json => None,
                SubmissionKind::File { .. } => match document.body() {
                    Body::File(file) => Some((file.name().to_string(), file.media_type().to_string())),
                    _ => None,
                },
            },
            provenance: provenance.cloned(),
        };
        let clear = Zeroizing::new(record::framed(&private, &submission.bytes));
        let sealed = self.vault.seal(slot, Kind::Accepted as u8, &clear)?;
        let head = Record {
            number: number.as_str().to_string(),
            slot: slot.0,
            entry: Entry::of_core(&self.origin, &prepared.core_bytes),
            core_len: prepared.core_bytes.len() as u32,
            qr: submission.qr,
            person: prepared.person,
            issued_at: prepared.issued_at.seconds(),
            known_by: prepared.known_by.clone(),
        };
        let payload = record::framed(&head, &sealed);

        let (doc, ticket) = {
            let mut state = self.state();
            // Somebody may have submitted the same while this one was being read.
            if let Some(doc) = self.known(&state, &prepared.known_by)? {
                drop(state);
                return self.repeated(doc, &prepared.submitted).map(Begun::Repeated);
            }
            // In the same step as the record's place in the journal: a repair finds every document before its own
            // record, and every later one was held against it here.
            refuse_items(&state, &prepared.items, corrects)?;
            self.put(&mut state, &head, &payload)?
        };
        let accepted = Accepted { number: prepared.core.number(), check_code, index: None, repeated: false };
        let holder = prepared.core.holder().map(|holder| self.holder_tags(holder));
        let commitment = commitment_of(&document).map(|commitment| Box::new(Indexed::fresh(commitment)));
        let items = prepared.items;
        Ok(Begun::New { doc, ticket, head: Box::new(head), holder, commitment, items, accepted })
    }

    /// The second part, for one or for many at once: the promise. They share a flush and a change of the index.
    pub(super) fn complete(&self, begun: Vec<Result<Begun, Refusal>>) -> Vec<Result<Accepted, Refusal>> {
        let durable = |begun: Begun| {
            if let Begun::New { ticket, .. } = &begun {
                // A crash before this returns leaves the record whole, torn or missing: then nobody was promised
                // anything, and a repetition finds it or starts anew.
                self.journal.wait(*ticket).map_err(|error| self.stop(error.into()))?;
            }
            Ok(begun)
        };
        let durable: Vec<Result<Begun, Refusal>> =
            begun.into_iter().map(|one| one.and_then(durable)).collect();
        let fresh = durable.iter().flatten().filter_map(|one| match one {
            Begun::New { doc, ticket, head, holder, commitment, items, .. } => Some(Fresh {
                doc: *doc,
                sequence: ticket.sequence(),
                head,
                holder: holder.clone(),
                commitment: commitment.clone(),
                items: items.clone(),
            }),
            Begun::Repeated(_) => None,
        });
        let indexed = self.index_docs(fresh.collect());
        self.waiting.notify_all();
        let answer = |one: Begun| match one {
            Begun::Repeated(accepted) => Ok(accepted),
            Begun::New { accepted, .. } => indexed.clone().map(|()| accepted),
        };
        durable.into_iter().map(|one| one.and_then(answer)).collect()
    }

    pub(super) fn read(&self, submission: &Submission) -> Result<Document, Refusal> {
        let templates = self.config.templates();
        let intake = Intake { now: self.now(), allow_later: self.allow_later, templates: &templates };
        let document = match &submission.kind {
            SubmissionKind::Json => Document::parse(&submission.bytes, &intake),
            SubmissionKind::File { name, media_type } => {
                Document::file(name, media_type.as_deref(), &submission.bytes)
            }
        }?;
        printable(document.value())?;
        Ok(document)
    }

    pub(super) fn prepare(
        &self,
        document: &Document,
        submission: &Submission,
        number: CertificateNumber,
        known_by: Vec<String>,
        submitted: String,
    ) -> Result<Prepared, Refusal> {
        // A document of a later day than ours is accepted by the example office only, which then takes its time.
        let now = document.dated().map_or(self.now(), |dated| dated.max(self.now()));
        let secret = DocumentSecret::generate().map_err(|_| Refusal::new(RefusalCode::NoRandomness))?;
        let disclosed = disclose(document.value(), &secret)?;
        let terms = IssueTerms {
            number,
            nonce: Nonce::generate().map_err(|_| Refusal::new(RefusalCode::NoRandomness))?,
            issued_at: now,
            expires_at: now.saturating_add(u64::from(self.validity_days(document)) * 86_400),
            no_qr: !submission.qr,
        };
        let core = build_core(document, &disclosed, &terms)?;
        let core_bytes = core.as_bytes().to_vec();
        let person = core.holder().is_some_and(|holder| holder.kind() == HolderKind::Person);
        let records = disclosed.digests().len();
        let items = self.item_rows(document);
        Ok(Prepared { core, core_bytes, secret, known_by, submitted, issued_at: now, person, items, records })
    }

    /// The document that a submission says that it corrects: one of the same holder that was not erased.
    pub(super) fn corrected(
        &self,
        document: &Document,
        submission: &Submission,
    ) -> Result<Option<u32>, Refusal> {
        let Some(number) = &submission.corrects else { return Ok(None) };
        let doc = self.doc_of(number)?;
        match self.with_document(doc, |before| same_holder(before, document))? {
            Some(true) => Ok(Some(doc)),
            Some(false) => Err(Refusal::new(RefusalCode::CorrectionHolder).found(number)),
            None => Err(Refusal::new(RefusalCode::Erased).found(number)),
        }
    }

    /// Appends the record and takes it into the state, in one step under the lock, so that memory and journal have one order.
    fn put(&self, state: &mut State, head: &Record, payload: &[u8]) -> Result<(u32, Ticket), Refusal> {
        let ticket =
            self.journal.append(Kind::Accepted as u8, payload).map_err(|error| self.stop(error.into()))?;
        let doc = state
            .accepted(head, ticket.sequence(), ticket.position())
            .map_err(|what| self.stop(Refusal::new(RefusalCode::OfficeStopped).found(what)))?;
        state.indexing.insert(ticket.sequence());
        for name in names(head) {
            state.unindexed.insert(name, doc);
        }
        Ok((doc, ticket))
    }

    /// Brings documents into the index.
    pub(super) fn index_docs(&self, docs: Vec<Fresh<'_>>) -> Result<(), Refusal> {
        let Some(sequence) = docs.iter().map(|fresh| fresh.sequence).max() else { return Ok(()) };
        let rows = docs.iter().flat_map(|fresh| {
            let holder = fresh.holder.iter().flat_map(|tags| tags.keys(fresh.doc));
            let rows = names(fresh.head).map(String::into_bytes).chain(holder);
            let commitment =
                fresh.commitment.iter().flat_map(|rows| commitment_changes(fresh.doc, rows, false));
            let items = fresh.items.iter().map(|item| item.key.row(fresh.doc, item.repaired));
            let items = items.map(|(name, value)| (name, Some(value)));
            let rows = rows.map(|name| (name, Some(fresh.doc.to_be_bytes().to_vec())));
            rows.chain(commitment).chain(items).collect::<Vec<_>>()
        });
        let changes = rows.collect();
        let one = self.indexing.lock().unwrap_or_else(PoisonError::into_inner);
        // Others may be indexing an earlier record still: the index has come as far as the first that it lacks.
        let upto = self.state().indexing.first().map_or(sequence, |first| first.saturating_sub(1));
        self.indexed(self.index.apply(changes, upto))?;
        drop(one);
        let mut state = self.state();
        for fresh in docs {
            state.indexing.remove(&fresh.sequence);
            for name in names(fresh.head) {
                state.unindexed.remove(&name);
            }
        }
        Ok(())
    }

    /// The document that one of these names stands for.
    pub(super) fn known(&self, state: &State, names: &[String]) -> Result<Option<u32>, Refusal> {
        for name in names {
            if let Some(doc) = state.unindexed.get(name) {
                return Ok(Some(*doc));
            }
            if let Some(doc) = self.look_up(name)? {
                return Ok(Some(doc));
            }
        }
        Ok(None)
    }

    /// The number of acceptance behind a name, from the index.
    pub(super) fn look_up(&self, name: &str) -> Result<Option<u32>, Refusal> {
        let found = self.indexed(self.index.get(name.as_bytes()))?;
        Ok(found.and_then(|bytes| bytes.try_into().ok()).map(u32::from_be_bytes))
    }

    /// A submission that is known: the same certificate for the same bytes, a conflict for others.
    pub(super) fn repeated(&self, doc: u32, submitted: &str) -> Result<Accepted, Refusal> {
        let (head, private, _) = self.opened(doc)?;
        if private.submitted != submitted {
            return Err(Refusal::new(RefusalCode::Conflict).found(&head.number));
        }
        let index = self.state().index_of(doc);
        Ok(Accepted {
            number: CertificateNumber::parse(&head.number).map_err(internal)?,
            check_code: CheckCode::parse(&private.check_code).map_err(internal)?,
            index,
            repeated: true,
        })
    }

    pub(super) fn new_number(&self) -> Result<CertificateNumber, Refusal> {
        let (year, month, day) = self.now().china_date().to_ymd();
        for _ in 0..NUMBER_TRIES {
            let digits = format!("{year:04}{month:02}{day:02}{}", random_digits::<12>()?);
            let number = CertificateNumber::with_check(&digits).map_err(internal)?;
            let name = number_name(number.as_str());
            if !self.state().unindexed.contains_key(&name) && self.look_up(&name)?.is_none() {
                return Ok(number);
            }
        }
        Err(Refusal::new(RefusalCode::NoRandomness))
    }

    fn validity_days(&self, document: &Document) -> u32 {
        let days = &self.config.validity_days;
        match document.body() {
            Body::Report(report) => match report.kind {
                ReportKind::SpecialNoViolation => days.special,
                ReportKind::Personal => days.personal,
                ReportKind::General | ReportKind::Industry => days.general,
            },
            Body::Commitment(_) => days.commitment,
            Body::File(_) => days.file,
        }
    }
}

/// The names under which a document is found in the index.
fn names(head: &Record) -> impl Iterator<Item = String> {
    std::iter::once(number_name(&head.number)).chain(head.known_by.iter().cloned())
}

/// A certificate number's name in the index.
pub(super) fn number_name(number: &str) -> String {
    format!("n/{number}")
}

/// Digests of what makes a submission known again. They tell nothing once document and key are gone.
pub(super) fn known_by(document: &Document, submission: &Submission) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    if let Some(own) = document.own_number() {
        // A corrected document keeps its number: what makes it known is that it corrects this one.
        names.push(match &submission.corrects {
            None => own_name(document.kind(), own),
            Some(number) => own_name(document.kind(), &format!("{own}/corrects/{number}")),
        });
    }
    if let Some(key) = &submission.idempotency_key {
        if key.is_empty() || key.chars().count() > IDEMPOTENCY_KEY_MAX {
            return Err(Refusal::new(RefusalCode::IdempotencyKey).right(IDEMPOTENCY_KEY_MAX));
        }
        names.push(named("k", key));
    }
    Ok(names)
}

/// What stands for a document's own number.
pub(super) fn own_name(kind: DocumentKind, own: &str) -> String {
    named("o", &format!("{}/{own}", kind.name()))
}

fn named(kind: &str, name: &str) -> String {
    let digest = Sha256::new().chain_update(kind).chain_update([0]).chain_update(name).finalize();
    format!("{kind}/{}", base64::encode_url(&digest))
}

pub(super) fn random_bytes<const N: usize>() -> Result<[u8; N], Refusal> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::new(RefusalCode::NoRandomness))?;
    Ok(bytes)
}

/// N decimal digits, each equally likely: bytes of 250 and more are thrown away.
pub(crate) fn random_digits<const N: usize>() -> Result<String, Refusal> {
    let mut digits = String::with_capacity(N);
    while digits.len() < N {
        let bytes: [u8; 32] = random_bytes()?;
        let fresh = bytes.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10));
        digits.extend(fresh.take(N - digits.len()));
    }
    Ok(digits)
}

/// Something of our own that our own reader refuses: a mistake of this program, told as such.
pub(super) fn internal(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(RefusalCode::SelfCheckFailed).found(what)
}
