//! The audit of an office's export (spec page `export.md`): every document behind the ledger is derived again.
//!
//! ```text
//! document + secret ──► disclosures ──► root ┐
//! document ──► claims by rule ───────────────┤ are the core's ──► entry ──► the ledger's at that index
//! nonce + body ──► entry of each event ──────┘ previous, sequence, status table ──► the newest status list
//! ```
//!
//! Every entry of the ledger that is not public has a line: a document, one of its events, or that it was erased. It
//! streams along the ledger's own audit; in memory are a document, 16 bytes a certificate (numbers are used once), and
//! what is still to come of its events. Not here: the ledger (`super`), who makes an export (`office`).

mod line;
mod read;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use verifier::base64;
use verifier::core::Core;
use verifier::entry::Entry;
use verifier::event::Event;
use verifier::limits::{STATUS_FILE_BYTES, STATUS_SHARD};
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::registry::HolderKind;
use verifier::status::Status;
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::trust::TrustBundle;

pub use line::{EventLine, ExportManifest, FileDigest, Line, MANIFEST, MANIFEST_NOTE, NamedFile};
pub use read::Lines;

use super::source::{self, Found};
use super::{AuditReport, Detail, Finding, FindingCode, LedgerSource, Part, Watch};

use crate::claim::claims;
use crate::disclose::{DocumentSecret, disclose};
use crate::disk::DiskError;
use crate::document::Document;

/// What is wrong with a line.
type Wrong = (FindingCode, Detail);

/// An export that is held against a ledger while that is audited.
pub struct Against {
    origin: Origin,
    lines: Lines,
    next: Option<Line>,
    /// Entries of events that are still to come; none in place of an erased one's.
    coming: BTreeMap<u64, Option<Entry>>,
    /// The entries of the tile at hand, from its first index on.
    tile: Vec<(u64, Entry)>,
    public: BTreeSet<u64>,
    numbers: HashSet<u128>,
    /// How certificates stand to which something happened: what may be published, since when, and the index of the event.
    statuses: BTreeMap<u64, (Status, Time, u64)>,
    findings: Vec<Finding>,
    more: u64,
    findings_max: usize,
    /// Documents derived again, and those that were erased.
    seen: Counts,
}

/// What an export held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that the export covers.
    pub size: u64,
    /// Documents that were derived again.
    pub documents: u64,
    /// Events of them.
    pub events: u64,
    /// Documents that were erased.
    pub erased: u64,
}

impl Against {
    /// The export in this folder. What is wrong with its manifest is a finding.
    ///
    /// # Errors
    /// What can't be read at all.
    pub fn open(
        dir: &Path,
        origin: &Origin,
        trust: Option<&TrustBundle>,
        findings_max: usize,
    ) -> Result<Against, DiskError> {
        let (lines, wrong) = Lines::open(dir, origin, trust)?;
        let seen = Counts { size: lines.manifest().map_or(0, |manifest| manifest.size), ..Counts::default() };
        let mut against = Against {
            origin: origin.clone(),
            lines,
            next: None,
            coming: BTreeMap::new(),
            tile: Vec::new(),
            public: BTreeSet::new(),
            numbers: HashSet::new(),
            statuses: BTreeMap::new(),
            findings: Vec::new(),
            more: 0,
            findings_max,
            seen,
        };
        for what in wrong {
            against.find(FindingCode::ExportBad, MANIFEST, what);
        }
        against.advance();
        Ok(against)
    }

    /// The checkpoint that the export was made at, a signed note: the ledger has to begin with it.
    pub fn checkpoint(&self) -> Option<String> {
        self.lines.manifest().map(|manifest| manifest.checkpoint.clone())
    }

    /// What it held.
    pub fn counts(&self) -> Counts {
        self.seen
    }

    /// The end of the ledger: what is left over, and the newest status lists. Adds what was found to the report.
    ///
    /// # Errors
    /// A status list that can't be read.
    pub fn finish(
        mut self,
        source: &dyn LedgerSource,
        report: &mut AuditReport,
    ) -> Result<Counts, DiskError> {
        self.settle();
        while let Some(line) = self.next.take() {
            self.find_at(FindingCode::ExportExtra, line.index(), Detail::BeyondLedger);
            self.advance();
        }
        let left: Vec<u64> = self.coming.keys().copied().collect();
        for index in left {
            self.find_at(FindingCode::ExportExtra, index, Detail::EventBeyond);
        }
        self.statuses(source)?;
        let room = self.findings_max.saturating_sub(report.findings.len());
        report.more += self.more + self.findings.len().saturating_sub(room) as u64;
        report.findings.extend(self.findings.into_iter().take(room));
        Ok(self.seen)
    }

    fn find(&mut self, code: FindingCode, at: &str, what: Detail) {
        match self.findings.len() < self.findings_max {
            true => self.findings.push(Finding::new(code, at, what)),
            false => self.more += 1,
        }
    }

    fn find_at(&mut self, code: FindingCode, index: u64, what: Detail) {
        self.find(code, &format!("export#{index}"), what);
    }

    /// Goes on to the next line that can be read.
    fn advance(&mut self) {
        loop {
            match self.lines.next_line() {
                Ok(line) => {
                    self.next = line;
                    return;
                }
                Err((at, what)) => self.find(FindingCode::ExportBad, &at, what),
            }
        }
    }

    /// Holds the tile at hand against the lines.
    fn settle(&mut self) {
        let (tile, public) = (std::mem::take(&mut self.tile), std::mem::take(&mut self.public));
        let size = self.seen.size;
        for (index, entry) in tile.into_iter().filter(|(index, _)| *index < size) {
            self.pass(index);
            if let Some(expected) = self.coming.remove(&index) {
                match expected {
                    Some(expected) if expected != entry => {
                        self.find_at(FindingCode::DocumentDiffers, index, Detail::EventOtherEntry);
                    }
                    None if public.contains(&index) => self.find_erased(index),
                    _ => {}
                }
                continue;
            }
            match self.next.take() {
                Some(line) if line.index() == index => {
                    if matches!(line, Line::Erased { .. }) && public.contains(&index) {
                        self.find_erased(index);
                    }
                    self.line(line, &entry);
                    self.advance();
                }
                other => {
                    self.next = other;
                    if !public.contains(&index) {
                        self.find_at(FindingCode::ExportMissing, index, Detail::NotExported);
                    }
                }
            }
        }
    }

    /// Whoever holds a preimage back may say that the entry was an erased certificate's. Its preimage says otherwise.
    fn find_erased(&mut self, index: u64) {
        self.find_at(FindingCode::ExportExtra, index, Detail::ErasedIsPublic);
    }

    /// Lines before this index have no entry to be held against: one of an entry that was lost, or out of order.
    fn pass(&mut self, index: u64) {
        while self.next.as_ref().is_some_and(|line| line.index() < index) {
            if let Some(line) = self.next.take() {
                self.find_at(FindingCode::ExportExtra, line.index(), Detail::NoEntryThere);
            }
            self.advance();
        }
    }

    /// A line at its entry.
    fn line(&mut self, line: Line, entry: &Entry) {
        let index = line.index();
        let number = match CertificateNumber::parse(line.number()) {
            Ok(number) => number,
            Err(refused) => return self.find_at(FindingCode::ExportBad, index, Detail::unread(refused)),
        };
        // 22 digits are less than 2^128.
        if !self.numbers.insert(number.as_str().parse().unwrap_or(0)) {
            let what = Detail::NumberTwice { number: number.to_string() };
            self.find_at(FindingCode::NumberTwice, index, what);
        }
        match line {
            Line::Erased { events, .. } => {
                self.seen.erased += 1;
                self.coming.extend(events.into_iter().map(|index| (index, None)));
            }
            line => {
                self.seen.documents += 1;
                match self.document(&line, &number, entry) {
                    Ok(person) => self.events(&line, &number, *entry, person),
                    Err((code, what)) => {
                        self.find_at(code, index, what);
                        // Its events are accounted for all the same.
                        self.coming.extend(line.events().iter().map(|event| (event.index, None)));
                    }
                }
            }
        }
    }

    /// Document → disclosures → claims → core → entry. Whether it is about a natural person.
    fn document(&self, line: &Line, number: &CertificateNumber, entry: &Entry) -> Result<bool, Wrong> {
        let Line::Document { name, media_type, document, secret, core, .. } = line else {
            return Err((FindingCode::ExportBad, Detail::NoDocument));
        };
        let bad = |what: Detail| (FindingCode::ExportBad, what);
        let differs = |what: Detail| (FindingCode::DocumentDiffers, what);
        let core = base64::decode(core).ok_or_else(|| bad(Detail::NoBase64 { what: Part::Core }))?;
        if Entry::of_core(&self.origin, &core) != *entry {
            return Err(differs(Detail::CoreOtherEntry));
        }
        let core = Core::parse(&core).map_err(|refused| differs(Detail::unread(refused)))?;
        if core.number() != *number {
            return Err(differs(Detail::CoreOtherNumber { number: core.number().to_string() }));
        }
        let bytes = base64::decode(document).ok_or_else(|| bad(Detail::NoBase64 { what: Part::Document }))?;
        let document = match (name, media_type) {
            (Some(name), Some(media_type)) => Document::file(name, Some(media_type), &bytes),
            _ => Document::reread(&bytes),
        };
        let document = document.map_err(|refusal| differs(Detail::refused(refusal)))?;
        let secret = base64::decode(secret).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let secret = secret.ok_or_else(|| bad(Detail::SecretLength))?;
        let disclosed = disclose(document.value(), &DocumentSecret::from_bytes(&secret))
            .map_err(|refusal| differs(Detail::refused(refusal)))?;
        if disclosed.root() != core.document_root() {
            return Err(differs(Detail::DocumentOther));
        }
        let by_rule = document.report().map_or(Ok(Vec::new()), claims);
        if by_rule.map_err(|refused| differs(Detail::unread(refused)))? != core.claims() {
            return Err((FindingCode::ClaimWrong, Detail::ClaimsOther));
        }
        Ok(core.holder().is_some_and(|holder| holder.kind() == HolderKind::Person))
    }

    /// The chain of a certificate's events, from its core's entry on.
    fn events(&mut self, line: &Line, number: &CertificateNumber, core: Entry, person: bool) {
        let (mut previous, mut status, mut at) = (core, Status::Valid, None);
        for (told, sequence) in line.events().iter().zip(1u32..) {
            self.seen.events += 1;
            let event = told.read().and_then(|(nonce, event)| {
                let fields = event.fields();
                let (chained, numbered) = (fields.previous == previous, fields.sequence == sequence);
                if fields.certificate != *number || !chained || !numbered {
                    return Err(Detail::EventBreaks);
                }
                Ok((event.entry(&self.origin, &nonce), event))
            });
            let (entry, event): (Entry, Event) = match event {
                Ok(read) => read,
                Err(what) => {
                    self.find_at(FindingCode::EventChain, told.index, what);
                    let rest = line.events().iter().skip(sequence as usize - 1);
                    self.coming.extend(rest.map(|event| (event.index, None)));
                    return;
                }
            };
            if let Some(to) = event.fields().kind.status() {
                if to != status && !status.may_become(to) {
                    let what = Detail::EventStatus { from: status, to };
                    self.find_at(FindingCode::StatusChange, told.index, what);
                }
                (status, at) = (to, Some((event.fields().at, told.index)));
            }
            self.coming.insert(told.index, Some(entry));
            previous = entry;
        }
        if let Some((at, event)) = at {
            self.statuses.insert(line.index(), (if person { masked(status) } else { status }, at, event));
        }
    }

    /// What the events come to is what the newest lists say, where these are later.
    fn statuses(&mut self, source: &dyn LedgerSource) -> Result<(), DiskError> {
        let mut list: Option<(u64, Option<StatusList>)> = None;
        for (index, (status, at, event)) in std::mem::take(&mut self.statuses) {
            let shard = index / STATUS_SHARD;
            if list.as_ref().is_none_or(|(of, _)| *of != shard) {
                let found = source::read(source, &super::status::list_path(shard, None), STATUS_FILE_BYTES)?;
                let parsed = match found {
                    Found::Bytes(bytes) => StatusList::parse(&bytes).ok(),
                    _ => None,
                };
                list = Some((shard, parsed));
            }
            let Some((_, Some(list))) = &list else { continue };
            let says = list.says();
            // Later by its date, or by the ledger: the office writes the date of an event as it likes.
            let is_later = says.fields().issued >= at || says.fields().size > event;
            if !is_later || !says.covers(index) {
                continue;
            }
            if let Some(told) = list.status(index).filter(|told| *told != status) {
                let what = Detail::Hidden { by_events: status, listed: told };
                self.find_at(FindingCode::StatusHidden, index, what);
            }
        }
        Ok(())
    }
}

/// Of natural persons only valid and revoked are published.
fn masked(status: Status) -> Status {
    match status {
        Status::Valid | Status::Suspended | Status::ObjectionNoted => Status::Valid,
        _ => Status::Revoked,
    }
}

impl Watch for Against {
    fn entry(&mut self, index: u64, entry: &Entry) {
        self.tile.push((index, *entry));
    }

    fn public(&mut self, index: u64) {
        self.public.insert(index);
    }

    fn progress(&mut self, _done: u64, _of: u64) {
        self.settle();
    }
}
