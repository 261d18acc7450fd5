//! Requests: a holder asks for a report for a purpose and a recipient; the operator answers with a document or a reason.
//!
//! ```text
//! ask ─► 待受理 Asked ──draft──► 办理中 InWork ──issued──► 已签发 Issued
//!            │  └─ withdraw ─► 已撤回 Withdrawn   └─ draft discarded ─► Asked
//!            └──── refuse with a reason ─► 已退回 Refused
//! ```
//!
//! Here: the requests. Not here: the draft that answers one (`draft`), and getting the data, which is the credit platform's.

use verifier::number::CertificateNumber;
use verifier::registry::Purpose;
use verifier::time::{Date, Time};

use super::record::{self, ClosedHead, Event, Kind, RequestBody, RequestHead};
use super::state::State;
use super::words::{self, NOTE_MAX};
use super::{Actor, Desk, DraftId, OPEN_REQUESTS_EACH, OPEN_REQUESTS_MAX, Standing};
use crate::code::UnifiedCode;
use crate::office::record::{json, time};
use crate::refusal::{Refusal, RefusalCode};

/// The longest period that can be asked for, in years.
const PERIOD_YEARS: u32 = 10;
/// Characters of a recipient's name.
const AUDIENCE_MAX: usize = 200;

/// A request's number: 1 for the office's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

/// Where a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// 待受理.
    Asked,
    /// 办理中: a draft answers it.
    InWork,
    /// 已签发.
    Issued(CertificateNumber),
    /// 已退回, with a reason.
    Refused,
    /// 已撤回, by whoever asked.
    Withdrawn,
}

impl RequestState {
    /// Whether something is to be done still.
    pub fn is_open(self) -> bool {
        matches!(self, RequestState::Asked | RequestState::InWork)
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestTerms {
    /// About whom: the code of whoever asks.
    pub holder: String,
    /// For what.
    pub purpose: Purpose,
    /// For whom: name and code; anyone where there is none.
    pub audience: Option<(String, String)>,
    /// The first and last day asked for.
    pub period: (Date, Date),
}

impl RequestTerms {
    /// What is asked for, today being `today`.
    ///
    /// # Errors
    /// What is wrong with the recipient's code (`CODE_…`), `DESK_TEXT` for its name, `REQUEST_PERIOD`.
    pub fn new(
        holder: &UnifiedCode,
        purpose: Purpose,
        audience: Option<(&str, &str)>,
        period: (Date, Date),
        today: Date,
    ) -> Result<Self, Refusal> {
        let audience = match audience {
            None => None,
            Some((name, code)) => {
                let name = words::said("/audience/name", name, AUDIENCE_MAX)?;
                let code = UnifiedCode::parse_typed(code).map_err(|fault| fault.refusal("/audience/uscc"))?;
                Some((name, code.as_str().to_owned()))
            }
        };
        let (from, to) = period;
        let (year, month, day) = to.to_ymd();
        let longest = (year.saturating_sub(PERIOD_YEARS), month, day);
        if from > to || to > today || from.to_ymd() < longest {
            return Err(Refusal::new(RefusalCode::RequestPeriod)
                .at("/period")
                .found(format_args!("{from} – {to}"))
                .right(PERIOD_YEARS));
        }
        Ok(RequestTerms { holder: holder.as_str().to_owned(), purpose, audience, period })
    }
}

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReportRequest {
    /// Its number.
    pub id: RequestId,
    /// Where it is.
    pub state: RequestState,
    /// What is asked for.
    pub terms: RequestTerms,
    /// When.
    pub at: Time,
    /// By which account.
    pub by: String,
    /// When something last happened to it.
    pub changed_at: Time,
    /// The draft that answers it.
    pub draft: Option<DraftId>,
    /// Why it was refused.
    pub reason: Option<String>,
}

/// A request in memory.
#[derive(Clone, Debug)]
pub(super) struct RequestRow {
    pub id: u64,
    pub slot: u64,
    pub state: RequestState,
    pub terms: Option<RequestTerms>,
    pub at: Time,
    pub by: String,
    pub changed_at: Time,
    pub draft: Option<u64>,
    pub reason: Option<String>,
}

impl RequestRow {
    pub fn new(id: u64, head: &RequestHead, asked: Option<RequestBody>) -> Result<Self, String> {
        let at = time(head.at);
        let terms = asked.map(|body| read(body).ok_or("a request that nobody could ask")).transpose()?;
        let (slot, by) = (head.slot, head.by.clone());
        let state = RequestState::Asked;
        Ok(RequestRow { id, slot, state, terms, at, by, changed_at: at, draft: None, reason: None })
    }

    fn shown(&self) -> Option<ReportRequest> {
        Some(ReportRequest {
            id: RequestId(self.id),
            state: self.state,
            terms: self.terms.clone()?,
            at: self.at,
            by: self.by.clone(),
            changed_at: self.changed_at,
            draft: self.draft.map(DraftId),
            reason: self.reason.clone(),
        })
    }
}

impl Desk<'_> {
    /// Asks for a report: durable when this returns. The same that waits already is the same request.
    ///
    /// # Errors
    /// `DESK_FULL`, `ROLE_NOT_ALLOWED`.
    pub fn ask(&self, by: &Actor, terms: &RequestTerms) -> Result<ReportRequest, Refusal> {
        self.office.alive()?;
        self.needs(by, Standing::Holder)?;
        let body = RequestBody {
            holder: terms.holder.clone(),
            purpose: terms.purpose.name().to_owned(),
            audience: terms.audience.clone(),
            from: terms.period.0.to_string(),
            to: terms.period.1.to_string(),
        };
        let slot = self.store.vault.allocate()?.0;
        let sealed = self.store.seal(slot, Kind::Request, json(&body))?;
        let (id, ticket) = {
            let mut state = self.store.state();
            let mine = |row: &&RequestRow| {
                row.state.is_open() && row.terms.as_ref().is_some_and(|known| known.holder == terms.holder)
            };
            if let Some(known) =
                state.requests.iter().filter(mine).find(|row| row.terms.as_ref() == Some(terms))
            {
                return known
                    .shown()
                    .ok_or_else(|| Refusal::new(RefusalCode::RequestUnknown).found(known.id));
            }
            if state.requests.iter().filter(mine).count() >= OPEN_REQUESTS_EACH {
                return Err(Refusal::new(RefusalCode::DeskFull).right(OPEN_REQUESTS_EACH));
            }
            if state.open_requests >= OPEN_REQUESTS_MAX {
                return Err(Refusal::new(RefusalCode::DeskFull).right(OPEN_REQUESTS_MAX));
            }
            let head = RequestHead { slot, at: self.office.now().seconds(), by: by.account.clone() };
            let payload = record::payload(&head, &sealed);
            let event = Event::Request(head, Some(body));
            let ticket = self.stopping(self.store.append(&mut state, Kind::Request, &payload, event))?;
            (state.requests.len() as u64, ticket)
        };
        self.stopping(self.store.wait(ticket))?;
        self.request(RequestId(id))
    }

    /// A request.
    ///
    /// # Errors
    /// `REQUEST_UNKNOWN`.
    pub fn request(&self, id: RequestId) -> Result<ReportRequest, Refusal> {
        let state = self.store.state();
        let row = state.request(id.0).and_then(RequestRow::shown);
        row.ok_or_else(|| Refusal::new(RefusalCode::RequestUnknown).found(id.0))
    }

    /// The requests that wait or are in work, those that wait longest first.
    pub fn open_requests(&self) -> Vec<ReportRequest> {
        let state = self.store.state();
        state.requests.iter().filter(|row| row.state.is_open()).filter_map(RequestRow::shown).collect()
    }

    /// A holder's requests, the last first, at most `limit`.
    pub fn requests_of(&self, holder: &UnifiedCode, limit: usize) -> Vec<ReportRequest> {
        let state = self.store.state();
        let mine = |request: &ReportRequest| request.terms.holder == holder.as_str();
        state.requests.iter().rev().filter_map(RequestRow::shown).filter(mine).take(limit).collect()
    }

    /// Refuses a request.
    ///
    /// # Errors
    /// `REQUEST_UNKNOWN`, `REQUEST_CLOSED`, `ROLE_NOT_ALLOWED`, `DESK_TEXT` without a reason.
    pub fn refuse_request(&self, by: &Actor, id: RequestId, reason: &str) -> Result<ReportRequest, Refusal> {
        self.needs(by, Standing::Operator)?;
        let reason = words::said("/reason", reason, NOTE_MAX)?;
        self.close_request(by, id, true, reason)
    }

    /// Takes a request back, as long as no draft answers it. Whose it is, the caller has checked.
    ///
    /// # Errors
    /// `REQUEST_UNKNOWN`, `REQUEST_CLOSED`, `ROLE_NOT_ALLOWED`.
    pub fn withdraw_request(&self, by: &Actor, id: RequestId) -> Result<ReportRequest, Refusal> {
        self.needs(by, Standing::Holder)?;
        self.close_request(by, id, false, String::new())
    }

    fn close_request(
        &self,
        by: &Actor,
        id: RequestId,
        refused: bool,
        reason: String,
    ) -> Result<ReportRequest, Refusal> {
        self.office.alive()?;
        let unknown = || Refusal::new(RefusalCode::RequestUnknown).found(id.0);
        let slot = self.store.state().request(id.0).map(|row| row.slot).ok_or_else(unknown)?;
        let sealed = self.store.seal(slot, Kind::Closed, json(&reason))?;
        let ticket = {
            let mut state = self.store.state();
            self.asked(&state, id.0)?;
            let at = self.office.now().seconds();
            let head = ClosedHead { request: id.0, slot, at, by: by.account.clone(), refused };
            let payload = record::payload(&head, &sealed);
            let event = Event::Closed(head, Some(reason).filter(|reason| !reason.is_empty()));
            self.stopping(self.store.append(&mut state, Kind::Closed, &payload, event))?
        };
        self.stopping(self.store.wait(ticket))?;
        self.request(id)
    }

    /// Only a request that waits is answered.
    pub(super) fn asked(&self, state: &State, id: u64) -> Result<(), Refusal> {
        match state.request(id).map(|row| row.state) {
            None => Err(Refusal::new(RefusalCode::RequestUnknown).found(id)),
            Some(RequestState::Asked) => Ok(()),
            Some(_) => Err(Refusal::new(RefusalCode::RequestClosed).found(id)),
        }
    }
}

fn read(body: RequestBody) -> Option<RequestTerms> {
    Some(RequestTerms {
        holder: body.holder,
        purpose: Purpose::from_name(&body.purpose)?,
        audience: body.audience,
        period: (Date::parse(&body.from).ok()?, Date::parse(&body.to).ok()?),
    })
}
