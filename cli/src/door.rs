//! What commands ask of an office, wherever it is held: in this process, or in a server that runs.
//!
//! ```text
//! {"Erase":{"number":"2026112240170938612531","reason":"…"}}   →   "Erased"
//! ```
//!
//! Every change and everything that needs the office's secrets is a [`Request`]. [`perform`] carries it out; a command
//! that holds the office calls it, and the server calls it for a command that came through the socket. So each command
//! has one way of doing things. Here: requests and answers. Not here: how they travel (`socket`) and who holds the
//! office (`reach`); what commands read straight from files (`audit`, `trust`, `key`).

pub mod anchor;
pub mod calendar;
pub mod cases;
pub mod check;
pub mod commitment;
mod evidence;
pub mod export;
pub mod key;
pub mod people;
pub mod reach;
#[cfg(unix)]
pub mod socket;
pub mod status;
pub mod subjects;
pub mod table;
pub mod witness;

use notary::office::{Accepted, Office, Provenance, SealPolicy, Submission, SubmissionKind, Via};
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::{Lang, Refusal};
use serde::{Deserialize, Serialize};
use verifier::number::{CertificateNumber, WindowCode};

use crate::output::{COULD_NOT, Failure, REFUSED};

/// Something for the office to do.
#[derive(Serialize, Deserialize)]
pub enum Request {
    /// Accept a document.
    Submit(NewDocument),
    /// A table is about to come, of this digest; its number.
    BeginImport { sha256: String },
    /// Accept rows of a table, each for itself.
    SubmitMany(table::Documents),
    /// The names under which these unified codes are known.
    NamesOf { codes: Vec<String> },
    /// Commitments as rows, from this number of acceptance on.
    Commitments { from: u32 },
    /// Wait until these are sealed, unless the office seals by command only; their indexes.
    Settle { numbers: Vec<String> },
    /// Working days and deadlines.
    Calendar(calendar::Ask),
    /// Subjects, and tables that the office keeps.
    Subjects(subjects::Ask),
    /// Check many at once.
    Check(Box<check::Ask>),
    /// How commitments are kept.
    Commitment(commitment::Ask),
    /// Anchors of the ledger.
    Anchor(anchor::Ask),
    /// Being a witness, and the trust bundle.
    Witness(witness::Ask),
    /// Objections.
    Objection(Box<cases::ObjectionAsk>),
    /// Credit repairs.
    Repair(Box<cases::RepairAsk>),
    /// Close the open batch.
    Seal,
    /// A certificate in all its forms.
    Certificate { number: String },
    /// Status of certificates, and its lists.
    Status(status::Ask),
    /// Destroy a document's key.
    Erase { number: String, reason: String },
    /// Copy the office into a new folder.
    Backup { to: std::path::PathBuf },
    /// Accounts and API keys.
    People(people::Ask),
    /// The evidence package of a certificate.
    Evidence { number: String },
    /// Everything for an auditor.
    Export(export::Ask),
    /// The office's keys.
    Key(key::Ask),
}

/// A document that comes in.
#[derive(Serialize, Deserialize)]
pub struct NewDocument {
    /// Its bytes.
    pub bytes: Bytes,
    /// Name and media type where it is a file; `None` for a JSON document.
    pub file: Option<(String, Option<String>)>,
    /// Makes a repetition known where the document has no number of its own.
    pub key: Option<String>,
    /// The certificate whose document it corrects.
    #[serde(default)]
    pub corrects: Option<String>,
    /// Whether the certificate has a QR code.
    pub qr: bool,
}

/// What the office answers.
#[derive(Serialize, Deserialize)]
pub enum Response {
    /// A document is safe on disk.
    Accepted { number: String, check_code: String, index: Option<u64>, repeated: bool },
    /// What became of each document, in their order: [`Response::Accepted`] or [`Response::Failed`].
    Many(Vec<Response>),
    /// The number of an import.
    Import(table::Import),
    /// Names of each code, in the order of the codes.
    Names { names: Vec<Vec<String>> },
    /// Some of the commitments, and where to go on.
    Commitments(Box<table::Rows>),
    /// Indexes in the ledger, in the order of the numbers.
    Settled { indexes: Vec<Option<u64>> },
    /// Working days and deadlines.
    Calendar(calendar::Told),
    /// Subjects, and tables that the office keeps.
    Subjects(subjects::Told),
    /// What a check came to.
    Check(Box<check::Told>),
    /// How commitments are kept.
    Commitment(Box<commitment::Told>),
    /// Anchors of the ledger.
    Anchor(anchor::Told),
    /// Being a witness, and the trust bundle.
    Witness(witness::Told),
    /// Objections.
    Objection(Box<cases::ObjectionTold>),
    /// Credit repairs.
    Repair(Box<cases::RepairTold>),
    /// The batches that were closed.
    Sealed { batches: Vec<Batch> },
    /// A certificate.
    Certificate(Box<Issued>),
    /// Status of certificates, and its lists.
    Status(status::Told),
    /// The copy is made: its ledger's size and root, its files.
    BackedUp { size: u64, root: String, files: u64 },
    /// The key is gone.
    Erased,
    /// Accounts and API keys.
    People(people::Told),
    /// An evidence package.
    Evidence(Bytes),
    /// Everything for an auditor.
    Export(export::Told),
    /// The office's keys.
    Key(key::Told),
    /// It was refused or could not be done.
    Failed(Failure),
}

/// A closed batch.
#[derive(Serialize, Deserialize)]
pub struct Batch {
    /// Its number.
    pub batch: u64,
    /// First index.
    pub start: u64,
    /// Index after the last.
    pub end: u64,
}

/// A certificate in all its forms.
#[derive(Serialize, Deserialize)]
pub struct Issued {
    /// `NUMBER.xzc`.
    pub xzc: Bytes,
    /// `NUMBER.pdf`, or why it can't be printed.
    pub pdf: Result<Bytes, Failure>,
    /// `NUMBER.tlog-proof`.
    pub tlog_proof: String,
    /// Prefix and digits of the QR code's text, where it has one.
    pub qr: Option<(String, String)>,
    /// The check code.
    pub check_code: String,
    /// Number and check code, for scanners that type.
    pub window_code: String,
}

/// A published status list.
#[derive(Serialize, Deserialize)]
pub struct List {
    /// Which shard.
    pub shard: u64,
    /// Its sequence.
    pub sequence: u64,
    /// The file's text.
    pub file: String,
}

/// Carries out a request.
pub fn perform(office: &Office, request: Request) -> Response {
    match attempt(office, request) {
        Ok(response) => response,
        Err(failure) => Response::Failed(failure),
    }
}

fn attempt(office: &Office, request: Request) -> Result<Response, Failure> {
    match request {
        Request::Submit(document) => submit(office, document),
        Request::BeginImport { sha256 } => table::begin(office, sha256),
        Request::SubmitMany(documents) => table::submit_many(office, documents),
        Request::NamesOf { codes } => table::names_of(office, &codes),
        Request::Commitments { from } => table::commitments(office, from),
        Request::Calendar(ask) => Ok(Response::Calendar(calendar::perform(office, ask)?)),
        Request::Subjects(ask) => Ok(Response::Subjects(subjects::perform(office, ask)?)),
        Request::Objection(ask) => Ok(Response::Objection(Box::new(cases::objections(office, *ask)?))),
        Request::Repair(ask) => Ok(Response::Repair(Box::new(cases::repairs(office, *ask)?))),
        Request::Check(ask) => Ok(Response::Check(Box::new(check::perform(office, *ask)?))),
        Request::Commitment(ask) => Ok(Response::Commitment(Box::new(commitment::perform(office, ask)?))),
        Request::Settle { numbers } => settle(office, &numbers),
        Request::Anchor(ask) => Ok(Response::Anchor(anchor::perform(office, ask)?)),
        Request::Witness(ask) => Ok(Response::Witness(witness::perform(office, ask)?)),
        Request::Seal => seal(office),
        Request::Certificate { number } => certificate(office, &number),
        Request::Status(ask) => Ok(Response::Status(status::perform(office, ask)?)),
        Request::Backup { to } => {
            let made = office.backup(&to)?;
            log(office, Action::BackupMade, "")?;
            Ok(Response::BackedUp { size: made.size, root: made.root.to_base64(), files: made.files })
        }
        Request::Key(ask) => Ok(Response::Key(key::perform(office, ask)?)),
        Request::Export(ask) => Ok(Response::Export(export::perform(office, ask)?)),
        Request::Evidence { number } => Ok(Response::Evidence(evidence::perform(office, &number)?)),
        Request::People(ask) => Ok(Response::People(people::perform(office, ask)?)),
        Request::Erase { number, reason } => {
            office.erase(&parse_number(&number)?, &reason)?;
            log(office, Action::DocumentErased, &number)?;
            Ok(Response::Erased)
        }
    }
}

fn submit(office: &Office, document: NewDocument) -> Result<Response, Failure> {
    let from = Provenance::new(office.now(), Via::Command, "command", "");
    let one = office.submit_from(submission(document)?, Some(from))?;
    log(office, Action::DocumentSubmitted, &one.number.to_string())?;
    Ok(accepted(&one))
}

fn submission(document: NewDocument) -> Result<Submission, Failure> {
    let corrects = document.corrects.as_deref().map(parse_number).transpose()?;
    let kind = match document.file {
        None => SubmissionKind::Json,
        Some((name, media_type)) => SubmissionKind::File { name, media_type },
    };
    Ok(Submission { bytes: document.bytes.0, kind, idempotency_key: document.key, corrects, qr: document.qr })
}

fn accepted(accepted: &Accepted) -> Response {
    Response::Accepted {
        number: accepted.number.to_string(),
        check_code: accepted.check_code.to_string(),
        index: accepted.index,
        repeated: accepted.repeated,
    }
}

fn settle(office: &Office, numbers: &[String]) -> Result<Response, Failure> {
    if office.seal_policy() != SealPolicy::Manual {
        office.seal_all()?;
    }
    let index = |number: &String| Ok(office.index_of(&parse_number(number)?)?);
    let indexes = numbers.iter().map(index).collect::<Result<_, Failure>>()?;
    Ok(Response::Settled { indexes })
}

fn seal(office: &Office) -> Result<Response, Failure> {
    if office.log_head_due() {
        office.seal_log_head()?;
    }
    let mut batches = Vec::new();
    while let Some(sealed) = office.seal()? {
        batches.push(Batch { batch: sealed.batch, start: sealed.start, end: sealed.end });
    }
    if !batches.is_empty() {
        log(office, Action::BatchSealed, "")?;
    }
    Ok(Response::Sealed { batches })
}

fn certificate(office: &Office, number: &str) -> Result<Response, Failure> {
    let number = parse_number(number)?;
    let issued = office.certificate(&number)?;
    log(office, Action::CertificateDownloaded, &number.to_string())?;
    let window_code = WindowCode::new(number, issued.check_code);
    Ok(Response::Certificate(Box::new(Issued {
        xzc: Bytes(issued.certificate.encode()),
        pdf: office.pdf(&number).map(Bytes).map_err(Failure::from),
        tlog_proof: issued.tlog_proof.encode(),
        qr: issued.qr.as_ref().map(|payload| verifier::qr::url(office.host(), payload)),
        check_code: issued.check_code.to_string(),
        window_code: window_code.to_string(),
    })))
}

fn publish(office: &Office) -> Result<Vec<List>, Failure> {
    let lists = office.publish_status()?;
    Ok(lists
        .into_iter()
        .map(|list| List { shard: list.shard, sequence: list.sequence, file: list.file })
        .collect())
}

/// Whoever comes through the door holds the office; the operator log says that it was a command.
fn log(office: &Office, action: Action, object: &str) -> Result<(), Failure> {
    office.operator_log().append(&Actor::Command, action, object, Outcome::Done)?;
    Ok(())
}

fn parse_number(number: &str) -> Result<CertificateNumber, Failure> {
    CertificateNumber::parse(number).map_err(|_| {
        Failure::usage(
            "证书编号应为 22 位数字，且校验位正确；请核对",
            "a certificate number has 22 digits, the last two of which check the others; look at it again",
        )
        .at("NUMBER")
    })
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        let code = refusal.code().as_str();
        Failure::refused(code, refusal.message(Lang::Zh), refusal.message(Lang::En))
            .at(refusal.where_())
            .exit(if could_not(code) { COULD_NOT } else { REFUSED })
    }
}

/// Refusals that say nothing about what was asked for: the office itself could not do it.
fn could_not(code: &str) -> bool {
    const HOUSE: [&str; 15] = [
        "OFFICE_",
        "TRUST_",
        "CHECKPOINT_",
        "STAGE_",
        "NO_RANDOMNESS",
        "DISK_",
        "INDEX_",
        "JOURNAL_",
        "KEY_",
        "LEDGER_",
        "LOCK_",
        "VAULT_",
        "PEOPLE_DAMAGED",
        "PEOPLE_KEY",
        "LOG_",
    ];
    code != "OFFICE_EXISTS" && HOUSE.iter().any(|start| code.starts_with(start))
}

/// Bytes that travel as base64.
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&verifier::base64::encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        let text = String::deserialize(from)?;
        verifier::base64::decode(&text).map(Bytes).ok_or_else(|| serde::de::Error::custom("not base64"))
    }
}
