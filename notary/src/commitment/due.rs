//! What is due and overdue of commitments, and their figures.
//!
//! ```text
//! 补正    61990020261122000002   since 2026-11-22   due 2026-12-01   3 working days left
//! ```
//!
//! Due days that need a year whose calendar is missing are unknown, and such rows come last. Here: looking through the rows
//! of the index. Not here: recording what the day brings (`CommitmentDesk::by_the_day`).

use std::collections::BTreeSet;

use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::desk::{CommitmentDesk, ended};
use super::life::{Days, Facts, Finding, Life, RENEWAL_RULE, RESOLUTION_RULE};
use super::matter::CheckWithin;
use super::present::masked;
use super::table::Phase;
use crate::calendar::Day;
use crate::document::value::CommitmentCode;
use crate::document::vocabulary::{CommitmentType, Publicity};
use crate::refusal::{Lang, Refusal};

/// Rows of one list.
pub const DUE_MAX: usize = 2_000;
/// Working days before the end in which something is due soon (T-2).
const SOON: u32 = 2;
/// The same where working days can't be counted, in days.
const SOON_DAYS: u32 = 4;

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DueWhat {
    /// 补正: hand in what is missing.
    Supplement,
    /// 践诺核查: determine how it is kept; the deadline is the matter's.
    Check,
    /// 异议: decide the objection.
    Objection,
    /// 公示: make it public.
    Publicity,
    /// 续承诺: continue a commitment of an organ of government for another year.
    Renewal,
    /// 异议期: an adverse result begins to count.
    Window,
}

impl DueWhat {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            DueWhat::Supplement => "SUPPLEMENT",
            DueWhat::Check => "CHECK",
            DueWhat::Objection => "OBJECTION",
            DueWhat::Publicity => "PUBLICITY",
            DueWhat::Renewal => "RENEWAL",
            DueWhat::Window => "WINDOW",
        }
    }

    /// As people read it.
    pub fn word(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            DueWhat::Supplement => ("材料补正", "missing items"),
            DueWhat::Check => ("践诺核查", "check of fulfilment"),
            DueWhat::Objection => ("异议办理", "objection"),
            DueWhat::Publicity => ("公示", "publicity"),
            DueWhat::Renewal => ("续承诺", "renewal"),
            DueWhat::Window => ("异议期满", "end of objection window"),
        };
        lang.pick(zh, en)
    }
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Due {
    pub what: DueWhat,
    pub code: CommitmentCode,
    pub number: CertificateNumber,
    /// The committer's name; a natural person's masked.
    pub committer: String,
    /// What its time is counted from.
    pub since: Day,
    /// The last day; none where there is none, or a year's calendar is missing.
    pub due: Option<Day>,
    /// Working days left, today not counted; none where it is overdue, or a calendar is missing.
    pub left: Option<u32>,
    pub overdue: bool,
    /// Whether the end is near.
    pub soon: bool,
}

/// A list of what is due: overdue first, then by day, the unknown last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DueList {
    /// At most [`DUE_MAX`].
    pub rows: Vec<Due>,
    /// How many there are.
    pub count: u64,
    /// How many of them are overdue.
    pub overdue: u64,
    /// Years whose calendar was missing.
    pub calendars_missing: bool,
}

/// Figures of all commitments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Figures {
    pub made: u64,
    /// Of a publicity that lets everybody see them.
    pub public: u64,
    pub publicised: u64,
    pub in_progress: u64,
    pub fulfilled: u64,
    pub partly: u64,
    pub not_fulfilled: u64,
    pub found_false: u64,
    /// Missing items overdue, by an event or by the day.
    pub overdue: u64,
    pub disputed: u64,
    pub taken_back: u64,
    pub expired: u64,
    pub closed: u64,
    /// Commitments whose certificate is no longer in force; they are in no other figure but `made`.
    pub ended: u64,
    /// 践诺率: commitments kept, of those that were determined. A ratio of whole numbers.
    pub kept: (u64, u64),
    /// 覆盖: matters of the catalogue about which there is a commitment, of all of them.
    pub matters: (u64, u64),
}

impl CommitmentDesk<'_> {
    /// What is due on that day, overdue or still to come.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn due(&self, today: Day) -> Result<DueList, Refusal> {
        self.due_list(today, false)
    }

    /// What is overdue on that day.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn overdue(&self, today: Day) -> Result<DueList, Refusal> {
        self.due_list(today, true)
    }

    fn due_list(&self, today: Day, only_overdue: bool) -> Result<DueList, Refusal> {
        let days = self.days()?;
        let mut list = DueList::default();
        // Sorted by what comes first, cut before anything is opened: a due day is enough to choose by.
        let mut open: Vec<(bool, Day, u32, Pending)> = Vec::new();
        self.each_row(|doc, facts, life| {
            if ended(self.office.standing(doc).status) {
                return Ok(true);
            }
            for pending in self.pending(facts, life, &days)? {
                let overdue = pending.due.is_some_and(|due| due < today) && pending.what != DueWhat::Window;
                if pending.what == DueWhat::Window && pending.due.is_some_and(|due| due < today) {
                    continue;
                }
                list.calendars_missing |= pending.due.is_none() && pending.timed;
                if only_overdue && !overdue {
                    continue;
                }
                list.count += 1;
                list.overdue += u64::from(overdue);
                let key =
                    (!overdue, pending.due.or(Day::from_days(u32::MAX / 8)).unwrap_or(today), doc, pending);
                open.push(key);
            }
            if open.len() > 2 * DUE_MAX {
                sort(&mut open);
                open.truncate(DUE_MAX);
            }
            Ok(true)
        })?;
        sort(&mut open);
        open.truncate(DUE_MAX);
        for (early, _, doc, pending) in open {
            let Ok(known) = self.known(doc) else { continue };
            let overdue = !early;
            let left = pending.due.filter(|_| !overdue).and_then(|due| days.left(today, due));
            let near = |due: Day| due.days().saturating_sub(today.days()) <= SOON_DAYS;
            let soon = !overdue
                && match left {
                    Some(left) => left <= SOON,
                    None => pending.due.is_some_and(near),
                };
            let committer = &known.opened.commitment.committer;
            list.rows.push(Due {
                what: pending.what,
                code: known.facts.code,
                number: known.opened.number,
                committer: masked(&committer.name, committer.kind),
                since: pending.since,
                due: pending.due,
                left,
                overdue,
                soon,
            });
        }
        Ok(list)
    }

    /// What is open of a commitment.
    fn pending(&self, facts: &Facts, life: &Life, days: &Days) -> Result<Vec<Pending>, Refusal> {
        let mut open = Vec::new();
        let timed = |what, since, due| Pending { what, since, due, timed: true };
        if life.lacks_items(facts) {
            open.push(timed(DueWhat::Supplement, facts.made_on, life.supplement_due(facts, days)));
        }
        if let Some(since) = life.objected() {
            open.push(timed(DueWhat::Objection, since, days.due(RESOLUTION_RULE, since)));
        } else if let Some(found) = life.found().filter(|found| found.is_adverse())
            && life.phase() != Phase::Closed
        {
            open.push(timed(DueWhat::Window, found.on(), life.window_ends(days)));
        }
        let final_ = matches!(life.phase(), Phase::TakenBack | Phase::Closed);
        if facts.publicity == Publicity::Public && life.publicised().is_none() && !final_ {
            let since = facts.made_on;
            open.push(Pending { what: DueWhat::Publicity, since, due: None, timed: false });
        }
        if facts.commitment_type == CommitmentType::GovPublic && !final_ {
            let since = life.renewed.unwrap_or(facts.made_on);
            open.push(timed(DueWhat::Renewal, since, days.due(RENEWAL_RULE, since)));
        }
        let undetermined = life.found().is_none() && !final_ && !life.lacks_items(facts);
        if undetermined && let Some(due) = self.check_due(facts, days)? {
            open.push(timed(DueWhat::Check, facts.made_on, due));
        }
        Ok(open)
    }

    /// By when the matter has its commitments checked; nothing where it has no deadline.
    fn check_due(&self, facts: &Facts, days: &Days) -> Result<Option<Option<Day>>, Refusal> {
        let Some(matter) = facts.matter.as_ref().and_then(|code| self.register().matter(code)) else {
            return Ok(None);
        };
        Ok(matter.check_within.map(|within| match within {
            CheckWithin::Days(count) => Day::from_days(facts.made_on.days() + count),
            CheckWithin::Rule(rule) => days.due(&rule, facts.made_on),
        }))
    }

    /// The figures of all commitments on that day.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn figures(&self, today: Day) -> Result<Figures, Refusal> {
        let days = self.days()?;
        let mut figures = Figures::default();
        let all: BTreeSet<String> = self.register().matters().into_iter().map(|matter| matter.code).collect();
        let mut met: BTreeSet<String> = BTreeSet::new();
        self.each_row(|doc, facts, life| {
            let status = self.office.standing(doc).status;
            count(&mut figures, facts, life, status, today, &days);
            if let Some(matter) = facts.matter.as_ref().filter(|code| all.contains(*code)) {
                met.insert(matter.clone());
            }
            Ok(true)
        })?;
        figures.matters = (met.len() as u64, all.len() as u64);
        Ok(figures)
    }
}

/// Something open, before its document is opened.
struct Pending {
    what: DueWhat,
    since: Day,
    due: Option<Day>,
    /// Whether there is a deadline at all.
    timed: bool,
}

fn sort(open: &mut [(bool, Day, u32, Pending)]) {
    open.sort_by_key(|(early, due, doc, pending)| (*early, *due, *doc, pending.what));
}

fn count(figures: &mut Figures, facts: &Facts, life: &Life, status: Option<Status>, today: Day, days: &Days) {
    figures.made += 1;
    if ended(status) {
        figures.ended += 1;
        return;
    }
    figures.public += u64::from(facts.publicity == Publicity::Public);
    figures.publicised += u64::from(life.publicised().is_some());
    figures.disputed += u64::from(life.objected().is_some());
    figures.taken_back += u64::from(life.phase() == Phase::TakenBack);
    figures.closed += u64::from(life.phase() == Phase::Closed);
    let late = life.lacks_items(facts) && life.supplement_due(facts, days).is_some_and(|due| due < today);
    match life.found().map(|found| found.finding()) {
        Some(Finding::Fulfilled) => figures.fulfilled += 1,
        Some(Finding::Partly) => figures.partly += 1,
        Some(Finding::Not) => figures.not_fulfilled += 1,
        Some(Finding::False) => figures.found_false += 1,
        Some(Finding::Overdue) => figures.overdue += 1,
        None if late => figures.overdue += 1,
        None if life.stage(facts, today, days) == super::stage::Stage::Expired => figures.expired += 1,
        None if matches!(life.phase(), Phase::TakenBack | Phase::Closed) => {}
        None => figures.in_progress += 1,
    }
    figures.kept = (
        figures.fulfilled,
        figures.fulfilled + figures.partly + figures.not_fulfilled + figures.found_false + figures.overdue,
    );
}
