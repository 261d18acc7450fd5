//! What a commitment says of itself ([`Facts`]), what has happened to it ([`Life`]), and what both make of a day.
//!
//! ```text
//! Facts 容缺受理型 · made 2026-11-22 · one item due 2026-12-01      Life  PUBLICISED, SUPPLEMENTED
//! ```
//!
//! Nothing here reads a clock or a file: days, calendars and deadlines are arguments ([`Days`]). What a calendar is missing
//! for stays unknown, never guessed. Not here: the order of events (`table`), where either is kept (`office`).

use verifier::event::{Event, EventKind};
use verifier::registry::HolderKind;

use super::stage::Stage;
use super::table::Phase;
use crate::calendar::Day;
use crate::document::commitment::Commitment;
use crate::document::value::CommitmentCode;
use crate::document::vocabulary::{CommitmentType, Fulfilment, Publicity};
use crate::workday::{Deadlines, WorkCalendar};

/// The deadline by which missing items are handed in (`deadlines.json`).
pub const SUPPLEMENT_RULE: &str = "tolerance-supplement";
/// How long an adverse result can be objected to before it counts.
pub const WINDOW_RULE: &str = "commitment-objection-window";
/// How soon an objection is decided.
pub const RESOLUTION_RULE: &str = "commitment-objection-resolution";
/// How often a commitment of an organ of government is continued.
pub const RENEWAL_RULE: &str = "government-commitment-renewal";
/// Days in which any calendar surely has the working days of a window, beside twice their number: where the calendar of a
/// year is missing, a result that is older than that is settled all the same.
const SURELY_OVER: u32 = 60;
/// The detail that says how an objection ended.
pub(super) const OUTCOME: &str = "outcome";
/// An objection upheld.
pub(super) const UPHELD: &str = "UPHELD";
/// An objection rejected.
pub(super) const REJECTED: &str = "REJECTED";

/// Calendars and deadlines, as they are now.
#[derive(Clone, Debug)]
pub struct Days {
    /// Working days.
    pub calendar: WorkCalendar,
    /// Deadlines.
    pub deadlines: Deadlines,
}

impl Days {
    /// The day on which this rule's time ends that began on `start`; none where the rule is not there, has no end, or
    /// counts in a year whose calendar is missing.
    pub fn due(&self, rule: &str, start: Day) -> Option<Day> {
        self.deadlines.find(rule, start).ok()?.due(start, &self.calendar).ok().flatten()
    }

    /// Working days after `from`, up to `to`; none where a calendar is missing.
    pub fn left(&self, from: Day, to: Day) -> Option<u32> {
        self.calendar.between(from, to).ok()
    }
}

/// What the document of a commitment says that matters later.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Facts {
    pub code: CommitmentCode,
    pub commitment_type: CommitmentType,
    pub committer: HolderKind,
    pub publicity: Publicity,
    pub made_on: Day,
    pub valid_to: Option<Day>,
    /// The matter's code.
    pub matter: Option<String>,
    /// When each missing item is due.
    pub missing: Vec<Day>,
    /// What was determined before it was collected.
    pub collected: Option<(Fulfilment, Day)>,
}

impl Facts {
    /// Of a document.
    pub fn of(commitment: &Commitment) -> Facts {
        let found = commitment.collected.as_ref().and_then(|collected| collected.fulfilment.as_ref());
        Facts {
            code: commitment.code.clone(),
            commitment_type: commitment.commitment_type,
            committer: commitment.committer.kind,
            publicity: commitment.publicity,
            made_on: commitment.made_on,
            valid_to: commitment.valid_to,
            matter: commitment.matter.as_ref().map(|matter| matter.code.clone()),
            missing: commitment.missing_items.iter().map(|item| item.due_on).collect(),
            collected: found.map(|found| (found.state, found.determined_on)),
        }
    }
}

/// A result that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub(super) finding: Finding,
    /// The day on which it was determined.
    pub(super) on: Day,
    /// The sequence of its event; 0 where it came with the commitment.
    pub(super) sequence: u32,
}

/// Results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// 全部履行.
    Fulfilled,
    /// 部分履行.
    Partly,
    /// 全部未履行.
    Not,
    /// 承诺不实.
    False,
    /// 逾期未补正.
    Overdue,
}

impl Found {
    /// Which result.
    pub fn finding(&self) -> Finding {
        self.finding
    }

    /// The day on which it was determined.
    pub fn on(&self) -> Day {
        self.on
    }

    /// Whether it counts against the committer.
    pub fn is_adverse(&self) -> bool {
        self.finding != Finding::Fulfilled
    }
}

/// What has happened to a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    /// The sequence of the last event of its certificate; 0 before the first.
    pub(super) seen: u32,
    pub(super) phase: Phase,
    /// The day on which it was made public first.
    pub(super) publicised: Option<Day>,
    pub(super) expired: bool,
    /// How many items were handed in; all of them where `all_in`.
    pub(super) handed_in: u32,
    pub(super) all_in: bool,
    pub(super) found: Option<Found>,
    pub(super) renewed: Option<Day>,
    /// The term as it was continued.
    pub(super) until: Option<Day>,
    /// Since when an objection is open.
    pub(super) objected: Option<Day>,
    /// Whether an objection was upheld and nothing was determined since.
    pub(super) set_aside: bool,
}

impl Life {
    /// Before anything has happened: a commitment that was collected with a result begins there.
    pub fn begin(facts: &Facts) -> Life {
        let (phase, found) = match facts.collected {
            Some((Fulfilment::Fulfilled, on)) => (Phase::Fulfilled, Some((Finding::Fulfilled, on))),
            Some((Fulfilment::PartlyFulfilled, on)) => (Phase::Partly, Some((Finding::Partly, on))),
            Some((Fulfilment::NotFulfilled, on)) => (Phase::NotFulfilled, Some((Finding::Not, on))),
            Some((Fulfilment::FoundFalse, on)) => (Phase::FoundFalse, Some((Finding::False, on))),
            Some((Fulfilment::InProgress, _)) | None => (Phase::Made, None),
        };
        Life {
            seen: 0,
            phase,
            publicised: None,
            expired: false,
            handed_in: 0,
            all_in: false,
            found: found.map(|(finding, on)| Found { finding, on, sequence: 0 }),
            renewed: None,
            until: None,
            objected: None,
            set_aside: false,
        }
    }

    /// After an event. The error says why it can't follow.
    ///
    /// # Errors
    /// What in it contradicts what happened before; nothing has changed then.
    pub fn take(&mut self, event: &Event) -> Result<(), String> {
        let fields = event.fields();
        let kind = fields.kind;
        if kind.status().is_some() {
            self.seen = fields.sequence;
            return Ok(());
        }
        let ways = self.phase.after(kind);
        let way = match (kind, event.detail(OUTCOME)) {
            (EventKind::ObjectionResolved, Some(UPHELD)) => ways.get(1),
            (EventKind::ObjectionResolved, Some(REJECTED)) => ways.first(),
            (EventKind::ObjectionResolved, _) => None,
            _ => ways.first(),
        };
        let Some(way) = way.copied().filter(|_| kind != EventKind::Expired || !self.expired) else {
            return Err(format!("{} can't follow {:?}", kind.word(), self.phase));
        };
        let upheld = kind == EventKind::ObjectionResolved && ways.first() != Some(&way);
        let on = Day::from(fields.at.china_date());
        self.seen = fields.sequence;
        self.phase = way;
        match kind {
            EventKind::Publicised => self.publicised = self.publicised.or(Some(on)),
            EventKind::Supplemented => {
                let items = event.detail("items").unwrap_or_default();
                let count = u32::try_from(items.lines().count()).unwrap_or(u32::MAX);
                self.handed_in = self.handed_in.saturating_add(count);
                self.all_in = event.detail("remaining").is_none();
                if self.all_in {
                    self.found = self.found.filter(|found| found.finding != Finding::Overdue);
                }
            }
            EventKind::Expired => self.expired = true,
            EventKind::ObjectionFiled => self.objected = Some(on),
            EventKind::ObjectionResolved => {
                self.objected = None;
                if upheld {
                    // Late items that were in time after all are all in.
                    self.all_in |= self.found.is_some_and(|found| found.finding == Finding::Overdue);
                    (self.found, self.set_aside) = (None, true);
                }
            }
            EventKind::Renewed => {
                (self.renewed, self.expired, self.found) = (Some(on), false, None);
                self.until = event.detail("valid_to").and_then(Day::parse).or(self.until);
            }
            kind => {
                if let Some(finding) = result_of(kind) {
                    self.found = Some(Found { finding, on, sequence: fields.sequence });
                    self.set_aside = false;
                }
            }
        }
        Ok(())
    }

    /// Of all events in their order.
    ///
    /// # Errors
    /// The first that does not fit.
    pub fn of<'a>(facts: &Facts, events: impl IntoIterator<Item = &'a Event>) -> Result<Life, String> {
        let mut life = Life::begin(facts);
        for event in events {
            life.take(event)?;
        }
        Ok(life)
    }

    /// Where it stands in the table.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The sequence of the last event of its certificate.
    pub fn seen(&self) -> u32 {
        self.seen
    }

    /// The day on which it was made public, if it was.
    pub fn publicised(&self) -> Option<Day> {
        self.publicised
    }

    /// The result that stands: of several the last, and none that was set aside.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// Whether an objection was upheld and nothing was determined since.
    pub fn set_aside(&self) -> bool {
        self.set_aside
    }

    /// Since when an objection is open.
    pub fn objected(&self) -> Option<Day> {
        self.objected
    }

    /// The last day of its term.
    pub fn valid_to(&self, facts: &Facts) -> Option<Day> {
        self.until.or(facts.valid_to)
    }

    /// Whether something is still to be handed in.
    pub fn lacks_items(&self, facts: &Facts) -> bool {
        let open = matches!(self.phase, Phase::Made | Phase::Running | Phase::Supplemented);
        open && facts.commitment_type == CommitmentType::Tolerance && !self.all_in
    }

    /// The day by which what is missing is handed in: what the commitment says, not later than the rule allows.
    pub fn supplement_due(&self, facts: &Facts, days: &Days) -> Option<Day> {
        let rule = days.due(SUPPLEMENT_RULE, facts.made_on);
        facts.missing.iter().copied().chain(rule).min()
    }

    /// Where it stands on that day.
    pub fn stage(&self, facts: &Facts, today: Day, days: &Days) -> Stage {
        if self.lacks_items(facts) {
            return match self.supplement_due(facts, days) {
                Some(due) if due < today => Stage::SupplementOverdue,
                Some(due) => Stage::SupplementDue { left: days.left(today, due) },
                None => Stage::SupplementDue { left: None },
            };
        }
        match self.phase {
            Phase::Made | Phase::Running | Phase::Supplemented => {
                let over = self.expired || self.valid_to(facts).is_some_and(|last| last < today);
                match (over, self.phase, self.publicised) {
                    (true, ..) => Stage::Expired,
                    (false, Phase::Supplemented, _) => Stage::Supplemented,
                    (false, _, Some(_)) => Stage::Publicised,
                    (false, _, None) => Stage::Made,
                }
            }
            Phase::Overdue | Phase::DisputedOverdue => Stage::SupplementOverdue,
            Phase::Checking => Stage::Checking,
            Phase::Fulfilled => Stage::Fulfilled,
            Phase::Partly | Phase::DisputedPartly => Stage::PartlyFulfilled,
            Phase::NotFulfilled | Phase::DisputedNot => Stage::NotFulfilled,
            Phase::FoundFalse | Phase::DisputedFalse => Stage::FoundFalse,
            Phase::TakenBack => Stage::TakenBack,
            Phase::Closed => Stage::Closed,
        }
    }

    /// The last day of the window in which an adverse result can be objected to before it counts; none where there is no
    /// such result, or a calendar is missing.
    pub fn window_ends(&self, days: &Days) -> Option<Day> {
        days.due(WINDOW_RULE, self.found.filter(Found::is_adverse)?.on)
    }

    /// Whether the result that stands may be held against the committer: it is adverse, no objection to it is open, and
    /// the window is over. With no calendar for the window, once the window is over by any calendar.
    pub fn counts_against(&self, today: Day, days: &Days) -> bool {
        let Some(found) = self.found.filter(Found::is_adverse) else { return false };
        if self.objected.is_some() {
            return false;
        }
        match days.deadlines.find(WINDOW_RULE, found.on) {
            // An office whose table has no window has none.
            Err(_) => true,
            Ok(rule) => match rule.due(found.on, &days.calendar) {
                Ok(ends) => ends.is_none_or(|ends| ends < today),
                Err(_) => {
                    let window = rule.length().1.unwrap_or_default();
                    found.on.days().saturating_add(SURELY_OVER + 2 * window) < today.days()
                }
            },
        }
    }

    /// How it is kept, in the words of reports: what is not settled is in progress.
    pub fn fulfilment(&self) -> Fulfilment {
        match self.found.map(|found| found.finding) {
            None => Fulfilment::InProgress,
            Some(Finding::Fulfilled) => Fulfilment::Fulfilled,
            Some(Finding::Partly) => Fulfilment::PartlyFulfilled,
            Some(Finding::Not) => Fulfilment::NotFulfilled,
            Some(Finding::False) => Fulfilment::FoundFalse,
            Some(Finding::Overdue) if self.handed_in == 0 => Fulfilment::NotFulfilled,
            Some(Finding::Overdue) => Fulfilment::PartlyFulfilled,
        }
    }
}

fn result_of(kind: EventKind) -> Option<Finding> {
    match kind {
        EventKind::Fulfilled => Some(Finding::Fulfilled),
        EventKind::PartlyFulfilled => Some(Finding::Partly),
        EventKind::NotFulfilled => Some(Finding::Not),
        EventKind::FoundFalse => Some(Finding::False),
        EventKind::SupplementOverdue => Some(Finding::Overdue),
        _ => None,
    }
}

/// What the audit of an office asks: whether these events may have happened to this commitment, in this order.
///
/// # Errors
/// The first that does not fit, in words.
pub fn chain_fits(commitment: &Commitment, events: &[Event]) -> Result<(), String> {
    Life::of(&Facts::of(commitment), events).map(drop)
}
