//! The steps of an objection: who may take them, what has to hold, and the certificate's event that goes with each.
//!
//! ```text
//! step record (durable) ─► event of the certificate (durable) ─► "done"       a refused event: "undone", the case is where it was
//! ```
//!
//! A crash before the first leaves the case as it was; one between leaves a step that waits, which `finish` carries on at
//! the next start. Not here: how a step is carried out (`carry`), the records themselves (`state`), lists (`look`).

use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::state::{CaseRow, Filed, Head};
use super::{
    ACCEPTANCE_RULE, DECISION_RULE, NewObjection, OPEN_OBJECTIONS_EACH, OPEN_OBJECTIONS_MAX, Objection,
    ObjectionId, ObjectionState, Objections, Remedy,
};
use crate::desk::{Actor, NOTE_MAX, Standing};
use crate::document::Document;
use crate::office::record::Kind;
use crate::office::{EVIDENCE_MAX, GROUND_MAX, casework};
use crate::refusal::{Refusal, RefusalCode};
use crate::repair::cited;

const _: () = assert!(EVIDENCE_MAX <= 100);

/// A step that somebody wants to take.
pub(super) struct Step<'a> {
    pub id: ObjectionId,
    pub version: u32,
    pub to: ObjectionState,
    pub by: &'a Actor,
    pub note: String,
    pub event: Option<EventKind>,
    /// The last event of the certificate that this was decided on.
    pub seen: u32,
    pub replacement: Option<CertificateNumber>,
    pub noted: bool,
}

impl Objections<'_> {
    /// Files an objection: durable when this returns. That the certificate is the holder's own, the caller has checked. A
    /// calendar that lacks the year keeps nobody from objecting: the deadline is then not known, and the case says why.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `ERASED`, `OBJECTION_ENDED` where the certificate is no longer in use, `OBJECTION_ITEM`,
    /// `OBJECTION_CLAIM`, `DESK_TEXT`, `DIGEST_FORM`, `OBJECTIONS_MANY`, `ROLE_NOT_ALLOWED`.
    pub fn file(&self, by: &Actor, new: NewObjection) -> Result<Objection, Refusal> {
        if by.standing != Standing::Holder {
            casework::operates(by)?;
        }
        let office = self.office;
        let _one = office.casework();
        let known = office.case_document(&new.certificate)?;
        if matches!(known.status, Some(Status::Revoked | Status::Replaced | Status::Withdrawn)) {
            return Err(Refusal::new(RefusalCode::ObjectionEnded).found(new.certificate));
        }
        let (item, organ) = match new.item.as_deref().map(str::trim).filter(|item| !item.is_empty()) {
            None => (None, None),
            Some(item) => item_of(&known.document, item)?,
        };
        let body = Filed {
            item,
            organ,
            claims: claims_of(&known.claims, &new.claims)?,
            ground: casework::said("/ground", &new.ground, GROUND_MAX)?,
            evidence: casework::evidence(&new.evidence)?,
        };
        let sealed = office.seal_case(known.slot, Kind::Objection, &body)?;
        let mut case = 0;
        office.write_case(
            Kind::Objection,
            &sealed,
            |state| {
                let cases = &state.objections;
                let each = cases.of(known.doc).filter(|row| row.is_open()).count();
                if cases.open >= OPEN_OBJECTIONS_MAX || each >= OPEN_OBJECTIONS_EACH {
                    let most =
                        if each >= OPEN_OBJECTIONS_EACH { OPEN_OBJECTIONS_EACH } else { OPEN_OBJECTIONS_MAX };
                    return Err(Refusal::new(RefusalCode::ObjectionsMany).right(most));
                }
                case = cases.rows.len() as u64 + 1;
                Ok(Head {
                    case,
                    version: 1,
                    to: ObjectionState::Filed.name().to_owned(),
                    slot: known.slot,
                    at: office.now().seconds(),
                    by: by.account.clone(),
                    doc: Some(known.doc),
                    number: Some(new.certificate.to_string()),
                    event: None,
                    replacement: None,
                    noted: false,
                })
            },
            |state, head, position| state.objections.take(head, position),
        )?;
        self.one(ObjectionId(case))
    }

    /// Accepts an objection; from today on the deadline for deciding runs. A calendar that lacks the year holds nothing up, for a
    /// certificate is not to be used meanwhile: the deadline is told once the calendar is there.
    ///
    /// # Errors
    /// `OBJECTION_UNKNOWN`, `OBJECTION_CHANGED`, `OBJECTION_STEP`, `ROLE_NOT_ALLOWED`, `DESK_TEXT`.
    pub fn accept(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        note: &str,
    ) -> Result<Objection, Refusal> {
        casework::operates(by)?;
        let _one = self.office.casework();
        self.row_at(id, version, ObjectionState::Accepted)?;
        let note = casework::line("/note", note, NOTE_MAX)?;
        self.take_step(Step::plain(id, version, ObjectionState::Accepted, by, note))
    }

    /// Starts verifying: the certificate is SUSPENDED, and a new report must flag the record.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept); `NOT_SEALED`, `OBJECTION_ENDED` where the certificate is no
    /// longer in use.
    pub fn start_verifying(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        note: &str,
    ) -> Result<Objection, Refusal> {
        casework::operates(by)?;
        let _one = self.office.casework();
        let row = self.row_at(id, version, ObjectionState::Verifying)?;
        let note = casework::line("/note", note, NOTE_MAX)?;
        let seen = self.office.last_event(&row.number)?;
        match self.office.status_of(&row.number)? {
            None => return Err(Refusal::new(RefusalCode::NotSealed).found(row.number)),
            Some(now) if !EventKind::Suspended.may_follow(now) => {
                return Err(Refusal::new(RefusalCode::ObjectionEnded).found(row.number));
            }
            Some(_) => {}
        }
        let step = Step::plain(id, version, ObjectionState::Verifying, by, note);
        self.take_step(Step { event: Some(EventKind::Suspended), seen, ..step })
    }

    /// Accepts and starts verifying in one action (异议受理并暂停使用). A crash between leaves it accepted.
    ///
    /// # Errors
    /// As for both. Where the certificate can't be suspended, it is not accepted either.
    pub fn accept_and_verify(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        note: &str,
    ) -> Result<Objection, Refusal> {
        let number = self.one(id)?.certificate;
        match self.office.status_of(&number)? {
            None => return Err(Refusal::new(RefusalCode::NotSealed).found(number)),
            Some(now) if !EventKind::Suspended.may_follow(now) => {
                return Err(Refusal::new(RefusalCode::ObjectionEnded).found(number));
            }
            Some(_) => {}
        }
        let accepted = self.accept(by, id, version, note)?;
        self.start_verifying(by, id, accepted.version, note)
    }

    /// The objection is right: the certificate is SUPERSEDED by the corrected one, or REVOKED. One that is out of use
    /// already stays as it is.
    ///
    /// # Errors
    /// As for [`start_verifying`](Self::start_verifying); of the corrected certificate `CERTIFICATE_UNKNOWN`, `ERASED`,
    /// `NOT_SEALED`, `CORRECTION_HOLDER` (another holder's, or the same certificate), `CORRECTION_STATUS` (not in use).
    pub fn uphold(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        remedy: Remedy,
        note: &str,
    ) -> Result<Objection, Refusal> {
        casework::operates(by)?;
        let office = self.office;
        let _one = office.casework();
        let row = self.row_at(id, version, ObjectionState::Upheld)?;
        let note = casework::line("/note", note, NOTE_MAX)?;
        let seen = office.last_event(&row.number)?;
        let replacement = match remedy {
            Remedy::Withdrawn => None,
            Remedy::Corrected(number) => {
                office.corrects(&row.number, &number)?;
                Some(number)
            }
        };
        let wanted = if replacement.is_some() { EventKind::Superseded } else { EventKind::Revoked };
        let ended = matches!(
            office.status_of(&row.number)?,
            Some(Status::Replaced | Status::Revoked | Status::Withdrawn)
        );
        let event = Some(wanted).filter(|_| !ended);
        let step = Step::plain(id, version, ObjectionState::Upheld, by, note);
        self.take_step(Step { event, seen, replacement, ..step })
    }

    /// The objection is not right: the certificate is RESUMED, once no other objection suspends it.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept); `DESK_TEXT` without a reason.
    pub fn reject(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        note: &str,
    ) -> Result<Objection, Refusal> {
        self.turn_down(by, id, version, note, false)
    }

    /// The objection is not right and the holder insists: it is noted on the certificate (OBJECTION_NOTED).
    ///
    /// # Errors
    /// As for [`reject`](Self::reject).
    pub fn note_only(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        note: &str,
    ) -> Result<Objection, Refusal> {
        self.turn_down(by, id, version, note, true)
    }

    /// Who filed it takes it back; the certificate is RESUMED, once no other objection suspends it.
    ///
    /// # Errors
    /// As for [`reject`](Self::reject); `ROLE_NOT_ALLOWED` for anybody else.
    pub fn take_back(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        note: &str,
    ) -> Result<Objection, Refusal> {
        let _one = self.office.casework();
        let row = self.row_at(id, version, ObjectionState::TakenBack)?;
        if row.filed_by() != by.account {
            return Err(Refusal::new(RefusalCode::RoleNotAllowed));
        }
        let note = casework::line("/note", note, NOTE_MAX)?;
        let seen = self.office.last_event(&row.number)?;
        let event = self.lifting(&row, false)?;
        let step = Step::plain(id, version, ObjectionState::TakenBack, by, note);
        self.take_step(Step { event, seen, ..step })
    }

    fn turn_down(
        &self,
        by: &Actor,
        id: ObjectionId,
        version: u32,
        note: &str,
        noted: bool,
    ) -> Result<Objection, Refusal> {
        casework::operates(by)?;
        let _one = self.office.casework();
        let row = self.row_at(id, version, ObjectionState::Rejected)?;
        let note = casework::said("/note", note, NOTE_MAX)?;
        let seen = self.office.last_event(&row.number)?;
        let event = self.lifting(&row, noted)?;
        let step = Step::plain(id, version, ObjectionState::Rejected, by, note);
        self.take_step(Step { event, seen, noted, ..step })
    }

    /// The event that goes with the end of a case that is not upheld: none while another case, or somebody's own
    /// decision, suspends the certificate, and none where nothing suspends it.
    fn lifting(&self, row: &CaseRow, noted: bool) -> Result<Option<EventKind>, Refusal> {
        let office = self.office;
        let now = office.status_of(&row.number)?;
        if row.state != ObjectionState::Verifying {
            return Ok(None);
        }
        match now {
            Some(Status::Valid) if noted => return Ok(Some(EventKind::ObjectionNoted)),
            Some(Status::Suspended) => {}
            _ => return Ok(None),
        }
        let (others, noted_before) = office.with_state(|state| {
            let others = || state.objections.of(row.doc).filter(|other| other.id != row.id);
            let verifying = others().any(|other| other.state == ObjectionState::Verifying);
            (verifying, others().any(|other| other.noted))
        });
        if others || !self.by_cases_alone(&row.number)? {
            return Ok(None);
        }
        Ok(Some(if noted || noted_before { EventKind::ObjectionNoted } else { EventKind::Resumed }))
    }

    /// Whether everything that suspends a certificate now is an objection, and nobody's own decision.
    fn by_cases_alone(&self, number: &CertificateNumber) -> Result<bool, Refusal> {
        let events = self.office.events_of(number)?;
        let mut of_status = events.iter().rev().filter(|view| view.event.fields().kind.status().is_some());
        let of_now = of_status.by_ref().take_while(|view| view.event.fields().kind == EventKind::Suspended);
        let mut some = false;
        for view in of_now {
            if view.event.detail("case").is_none() {
                return Ok(false);
            }
            some = true;
        }
        Ok(some)
    }

    /// The case, where it is at this version and may go to that state.
    pub(super) fn row_at(
        &self,
        id: ObjectionId,
        version: u32,
        to: ObjectionState,
    ) -> Result<CaseRow, Refusal> {
        self.office.alive()?;
        let row = self.office.with_state(|state| state.objections.row(id.0).cloned());
        let row = row.ok_or_else(|| Refusal::new(RefusalCode::ObjectionUnknown).found(id))?;
        if row.version != version || row.waits_for.is_some() {
            return Err(Refusal::new(RefusalCode::ObjectionChanged).found(id).right(row.version));
        }
        if !row.state.may_become(to) {
            let refusal = Refusal::new(RefusalCode::ObjectionStep);
            return Err(refusal.found(row.state.name()).right(to.name()));
        }
        Ok(row)
    }
}

impl<'a> Step<'a> {
    fn plain(id: ObjectionId, version: u32, to: ObjectionState, by: &'a Actor, note: String) -> Self {
        Step { id, version, to, by, note, event: None, seen: 0, replacement: None, noted: false }
    }
}

/// The record of this id in the document, and its organ. `ORGAN/ITEM` is understood too.
fn item_of(document: &Document, item: &str) -> Result<(Option<String>, Option<String>), Refusal> {
    let found = cited(document).into_iter().find(|one| one.is(item));
    match found {
        Some(one) => Ok((Some(one.item.to_owned()), one.organ.map(str::to_owned))),
        None => Err(Refusal::new(RefusalCode::ObjectionItem).at("/item").found(item)),
    }
}

/// Claims of the certificate by their names, with or without the rule's version.
fn claims_of(of_core: &[String], wanted: &[String]) -> Result<Vec<String>, Refusal> {
    let mut out: Vec<String> = Vec::with_capacity(wanted.len().min(of_core.len()));
    for (n, name) in wanted.iter().enumerate() {
        let name = name.trim();
        let plain = |full: &str| full.split('/').next().unwrap_or(full).to_owned();
        let found = of_core.iter().find(|full| *full == name || plain(full) == name).ok_or_else(|| {
            let right = of_core.iter().map(|full| plain(full)).collect::<Vec<_>>().join(", ");
            Refusal::new(RefusalCode::ObjectionClaim).at(format!("/claims/{n}")).found(name).right(right)
        })?;
        let found = plain(found);
        if !out.contains(&found) {
            out.push(found);
        }
    }
    Ok(out)
}

/// The rule by which the next step of a case is due, and what it counts from.
pub(super) fn next_due(row: &CaseRow) -> Option<(&'static str, verifier::time::Time)> {
    match row.state {
        ObjectionState::Filed => Some((ACCEPTANCE_RULE, row.since(ObjectionState::Filed)?)),
        ObjectionState::Accepted | ObjectionState::Verifying => {
            Some((DECISION_RULE, row.since(ObjectionState::Accepted)?))
        }
        _ => None,
    }
}
