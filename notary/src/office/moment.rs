//! What a certificate's status was at a moment, with the proof that everybody can check.
//!
//! ```text
//! at 2026-11-22T10:00:00+08:00   valid   list 17 of shard 0, issued 09:30, its note is entry 41
//!                                        list 18, issued 10:30, names 17 as the one before: until then it was the newest
//! ```
//!
//! It is what was published: of natural persons only valid and revoked. Before the first list that covers a certificate
//! the batch that sealed it is the evidence. Nothing here needs a secret. Not here: checking it (`verifier::shelf`), what
//! the office knew inside (`event`).

use verifier::number::CertificateNumber;
use verifier::status::Status;
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::tlog_proof::TlogProof;

use super::Office;
use super::accept::internal;
use crate::refusal::{Refusal, RefusalCode};
use verifier::limits::STATUS_SHARD;

/// What is told of a moment.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The certificate.
    pub number: CertificateNumber,
    /// Its entry's index.
    pub index: u64,
    /// The moment asked for.
    pub at: Time,
    /// When its batch was closed.
    pub sealed_at: Time,
    /// The status as published; none where no list of then covers it.
    pub status: Option<Status>,
    /// The newest list of then that covers it.
    pub list: Option<SaidBy>,
}

/// The list that said it.
#[derive(Clone, Debug)]
pub struct SaidBy {
    /// The list.
    pub list: StatusList,
    /// Its file.
    pub file: String,
    /// That the newest checkpoint has its note.
    pub proof: Option<TlogProof>,
    /// The list after it, where there is one: it was issued after the moment.
    pub next: Option<NextList>,
}

/// The list after the one that said it.
#[derive(Clone, Debug)]
pub struct NextList {
    /// Its sequence.
    pub sequence: u64,
    /// When it was issued.
    pub issued: Time,
    /// Its file.
    pub file: String,
}

impl Moment {
    /// What anybody would have been told: the list's word, or that it was sealed and nothing said otherwise.
    pub fn word(&self) -> Option<Status> {
        match self.status {
            Some(status) => Some(status),
            None => (self.sealed_at <= self.at).then_some(Status::Valid),
        }
    }

    /// The files that prove it offline, by name; none where the certificate's own seal is the evidence.
    pub fn files(&self) -> Vec<(String, String)> {
        let Some(said) = &self.list else { return Vec::new() };
        let says = said.list.says().fields();
        let name = |sequence: u64, end: &str| format!("status-{}-{sequence}.{end}", says.shard);
        let mut files = vec![(name(says.sequence, "xzs"), said.file.clone())];
        files.extend(said.proof.as_ref().map(|proof| (name(says.sequence, "tlog-proof"), proof.encode())));
        files.extend(said.next.as_ref().map(|next| (name(next.sequence, "xzs"), next.file.clone())));
        files
    }
}

impl Office {
    /// What was published of a certificate at a moment.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`, `MOMENT_AHEAD`; damage that is found on the way, named.
    pub fn status_at(&self, number: &CertificateNumber, at: Time) -> Result<Moment, Refusal> {
        let now = self.now();
        if at > now {
            let refusal = Refusal::new(RefusalCode::MomentAhead).found(at.display_china());
            return Err(refusal.right(now.display_china()));
        }
        let Some(index) = self.index_of(number)? else {
            return Err(Refusal::new(RefusalCode::NotSealed).found(number));
        };
        let sealed_at = self.ledger().batch_of(index)?.time();
        let said = self.said_at(index / STATUS_SHARD, at)?.filter(|said| said.list.says().covers(index));
        let status = said.as_ref().and_then(|said| said.list.status(index));
        Ok(Moment { number: *number, index, at, sealed_at, status, list: said })
    }

    /// The newest list of a shard at a moment, with what proves that it was.
    fn said_at(&self, shard: u64, at: Time) -> Result<Option<SaidBy>, Refusal> {
        let Some(file) = self.list_at(shard, at)? else { return Ok(None) };
        let list = StatusList::parse(file.as_bytes()).map_err(internal)?;
        let sequence = list.says().fields().sequence;
        let (newest, entry) = {
            let state = self.state();
            let known = state.shards.get(shard as usize).ok_or_else(|| internal("no such shard"))?;
            let entry = known.notes.get(sequence as usize - 1).copied();
            let newest = known.shown(state.published).map_or(0, |list| list.sequence);
            (newest, entry.filter(|index| *index < state.published))
        };
        let proof = entry.map(|index| self.entry(index)).transpose()?.map(|entry| entry.proof);
        let next = match sequence < newest {
            true => Some(self.next_list(shard, sequence + 1)?),
            false => None,
        };
        Ok(Some(SaidBy { list, file, proof, next }))
    }

    fn next_list(&self, shard: u64, sequence: u64) -> Result<NextList, Refusal> {
        let file = self.ledger().status(shard, Some(sequence))?;
        let file = String::from_utf8(file.ok_or_else(|| internal("a list is missing"))?).map_err(internal)?;
        let list = StatusList::parse(file.as_bytes()).map_err(internal)?;
        let says = list.says().fields();
        Ok(NextList { sequence: says.sequence, issued: says.issued, file })
    }
}
