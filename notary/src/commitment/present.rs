//! The present state of a commitment's fulfilment (履行情况), as certificates, pages and the API tell it.
//!
//! ```text
//! 履行情况（截至2026年11月22日）：全部履行，认定单位：示例县市场监督管理局
//! ```
//!
//! It is the office's word of that day, told from events; it is not part of what the certificate's signature covers. Not
//! here: who may see how much of it.

use verifier::event::{Event, EventKind};
use verifier::registry::HolderKind;

use super::life::{Days, Facts, Finding, Life};
use super::stage::Stage;
use crate::calendar::Day;
use crate::document::commitment::Commitment;
use crate::document::vocabulary::Fulfilment;
use crate::refusal::Lang;

/// How a commitment is kept, on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Present {
    /// The day that it is told of.
    pub as_of: Day,
    /// Where it stands.
    pub stage: Stage,
    /// The state, in the words of reports; in progress before anything was determined.
    pub state: Fulfilment,
    /// Whether it is that missing items were overdue.
    pub overdue: bool,
    /// When it was determined.
    pub determined_on: Option<Day>,
    /// By which unit: name and code.
    pub unit: Option<(String, String)>,
    /// What is unperformed.
    pub unperformed: Option<String>,
    /// What followed from that.
    pub liability: Option<String>,
    /// Digests of evidence.
    pub evidence: Vec<String>,
    /// Whether an objection to it is open.
    pub disputed: bool,
    /// Whether it counts against the committer: adverse, no objection open, the window over.
    pub counts: bool,
    /// The last day on which an objection keeps it from counting; none where it is not adverse, or a calendar is missing.
    pub window_ends: Option<Day>,
}

impl Present {
    /// Of a commitment and its chain of events.
    pub fn of(commitment: &Commitment, life: &Life, events: &[Event], today: Day, days: &Days) -> Present {
        let facts = Facts::of(commitment);
        let mut present = Present {
            as_of: today,
            stage: life.stage(&facts, today, days),
            state: life.fulfilment(),
            overdue: life.found().is_some_and(|found| found.finding() == Finding::Overdue),
            determined_on: life.found().map(|found| found.on()),
            unit: None,
            unperformed: None,
            liability: None,
            evidence: Vec::new(),
            disputed: life.objected().is_some(),
            counts: life.counts_against(today, days),
            window_ends: life.window_ends(days),
        };
        let Some(found) = life.found() else { return present };
        if found.sequence == 0 {
            let collected = commitment.collected.as_ref().and_then(|collected| collected.fulfilment.as_ref());
            if let Some(found) = collected {
                let unit = &found.determined_by;
                present.unit = Some((unit.name.clone(), unit.uscc.to_string()));
                present.unperformed = found.unperformed.clone();
                present.liability = found.pursued.clone();
            }
        } else if let Some(event) = events.iter().find(|event| event.fields().sequence == found.sequence) {
            let text = |name: &str| event.detail(name).map(str::to_string);
            present.unit = text("unit").zip(text("unit_code"));
            present.unperformed = text("unperformed");
            present.liability = text("liability");
            present.evidence =
                event.detail("evidence").unwrap_or_default().split(',').map(str::to_string).collect();
            present.evidence.retain(|digest| !digest.is_empty());
        }
        present
    }

    /// Whether an adverse result is still open: in its window, or with an objection.
    pub fn is_unsettled(&self) -> bool {
        let adverse = self.overdue || !matches!(self.state, Fulfilment::InProgress | Fulfilment::Fulfilled);
        adverse && !self.counts
    }

    /// The state, for whoever may know everything.
    pub fn word(&self, lang: Lang) -> String {
        let word = match (self.overdue, self.state) {
            (true, _) => Stage::SupplementOverdue.word(lang),
            (false, Fulfilment::InProgress) => match self.stage {
                Stage::Made | Stage::Publicised => lang.pick("履行中", "in progress").to_string(),
                stage => stage.word(lang),
            },
            (false, state) => state_word(state, lang).to_string(),
        };
        let (open, close) = (lang.pick("（", " ("), lang.pick("）", ")"));
        match (self.disputed, self.is_unsettled()) {
            (true, _) => format!("{word}{open}{}{close}", lang.pick("异议核实中", "under objection")),
            (false, true) => {
                format!("{word}{open}{}{close}", lang.pick("异议期内", "in its objection window"))
            }
            (false, false) => word,
        }
    }

    /// The state, for everybody: an adverse result shows once it counts.
    pub fn public_word(&self, lang: Lang) -> String {
        match self.is_unsettled() {
            true => lang.pick("核查结果待定（异议期内）", "result pending (objection window)").to_string(),
            false => self.word(lang),
        }
    }

    /// One line for printed certificates and pages: the state, the day that it is told of, and who determined it.
    pub fn line(&self, lang: Lang) -> String {
        let (year, month, day) = self.as_of.ymd();
        let word = self.public_word(lang);
        let mut line = match lang {
            Lang::Zh => format!("履行情况（截至{year}年{month}月{day}日）：{word}"),
            Lang::En => format!("fulfilment (as of {}): {word}", self.as_of),
        };
        if let Some((unit, _)) = self.unit.as_ref().filter(|_| !self.is_unsettled()) {
            line += &match lang {
                Lang::Zh => format!("，认定单位：{unit}"),
                Lang::En => format!(", determined by {unit}"),
            };
        }
        line
    }
}

/// The word of a state of fulfilment.
pub(super) fn state_word(state: Fulfilment, lang: Lang) -> &'static str {
    let en = match state {
        Fulfilment::InProgress => "in progress",
        Fulfilment::Fulfilled => "fulfilled",
        Fulfilment::PartlyFulfilled => "partly fulfilled",
        Fulfilment::NotFulfilled => "not fulfilled",
        Fulfilment::FoundFalse => "found false",
    };
    lang.pick(state.label(), en)
}

/// Whether everybody may know of an event of this kind, and its day.
pub(super) fn public_step(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Publicised
            | EventKind::Supplemented
            | EventKind::CheckStarted
            | EventKind::Fulfilled
            | EventKind::Expired
            | EventKind::Closed
            | EventKind::Renewed
    )
}

/// Whether an event of this kind is a result against the committer.
pub(super) fn is_adverse(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::SupplementOverdue
            | EventKind::PartlyFulfilled
            | EventKind::NotFulfilled
            | EventKind::FoundFalse
    )
}

/// A committer's name for everybody: a natural person's family name alone.
pub(super) fn masked(name: &str, kind: HolderKind) -> String {
    match kind {
        HolderKind::Person => verifier::core::mask(name),
        _ => name.to_string(),
    }
}
