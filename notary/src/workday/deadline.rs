//! The deadlines of the domain: a table of data, `notary/data/deadlines.json`, which an office can replace.
//!
//! ```text
//! {"id":"tolerance-supplement","name":"容缺受理材料补正","from":"承诺作出","most":7,"unit":"working-day",
//!  "basis":"…","checked":true,"effective_from":null,"effective_to":null}
//! ```
//!
//! `most` is the day by which something is done, `least` the day before which it may not end. A rule whose basis nobody
//! has checked has none, and is shown as 未核实. Counting begins with the day after.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::WorkCalendar;
use crate::calendar::Day;
use crate::refusal::{Refusal, RefusalCode};

/// The table that comes with the program.
const BUILT_IN: &[u8] = include_bytes!("../../data/deadlines.json");
/// Bytes of a table.
pub const DEADLINES_MAX: usize = 256 << 10;
/// Rules of a table.
const RULES_MAX: usize = 500;
/// The longest duration, in any unit.
const LENGTH_MAX: u32 = 1_000;

/// What a duration is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Working days (工作日).
    WorkingDay,
    /// Days.
    Day,
    /// Months: the same day of a later month, or its last.
    Month,
    /// Years.
    Year,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    id: String,
    name: String,
    from: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    least: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    most: Option<u32>,
    unit: Unit,
    basis: String,
    checked: bool,
    effective_from: Option<String>,
    effective_to: Option<String>,
}

impl Deadline {
    /// Its name for programs.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it begins with.
    pub fn from(&self) -> &str {
        &self.from
    }

    /// The shortest and the longest duration.
    pub fn length(&self) -> (Option<u32>, Option<u32>) {
        (self.least, self.most)
    }

    /// What the duration is counted in.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// What it rests on; nothing where that was not checked.
    pub fn basis(&self) -> Option<&str> {
        Some(self.basis.as_str()).filter(|_| self.checked)
    }

    /// The day by which it is done, where there is a longest duration.
    ///
    /// # Errors
    /// `CALENDAR_MISSING`.
    pub fn due(&self, start: Day, calendar: &WorkCalendar) -> Result<Option<Day>, Refusal> {
        self.most.map(|most| self.later(start, most, calendar)).transpose()
    }

    /// The day before which it does not end, where there is a shortest duration.
    ///
    /// # Errors
    /// `CALENDAR_MISSING`.
    pub fn earliest(&self, start: Day, calendar: &WorkCalendar) -> Result<Option<Day>, Refusal> {
        self.least.map(|least| self.later(start, least, calendar)).transpose()
    }

    fn later(&self, start: Day, length: u32, calendar: &WorkCalendar) -> Result<Day, Refusal> {
        let day = match self.unit {
            Unit::WorkingDay => return calendar.after(start, length),
            Unit::Day => Day::from_days(start.days() + length),
            Unit::Month => months_later(start, length),
            Unit::Year => months_later(start, 12 * length),
        };
        day.ok_or_else(|| Refusal::new(RefusalCode::DateForm).found(format!("{start} + {length}")))
    }

    fn in_force(&self, day: Day) -> bool {
        let date = |text: &Option<String>| text.as_deref().and_then(Day::parse);
        date(&self.effective_from).is_none_or(|from| from <= day)
            && date(&self.effective_to).is_none_or(|to| day <= to)
    }

    fn overlaps(&self, other: &Deadline) -> bool {
        // Days are written YYYY-MM-DD, so texts sort as days do.
        let begins = |rule: &Deadline| rule.effective_from.clone().unwrap_or_default();
        let ends = |rule: &Deadline| rule.effective_to.clone().unwrap_or_else(|| "9999-12-31".to_owned());
        begins(self) <= ends(other) && begins(other) <= ends(self)
    }

    fn check(&self) -> Result<(), &'static str> {
        let date = |text: &Option<String>| text.as_deref().map(Day::parse);
        let (from, to) = (date(&self.effective_from), date(&self.effective_to));
        let named =
            |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        if !named(&self.id) || self.name.trim().is_empty() || self.from.trim().is_empty() {
            return Err("id of a-z and -, name, from");
        }
        if self.least.is_none() && self.most.is_none()
            || [self.least, self.most].iter().flatten().any(|n| !(1..=LENGTH_MAX).contains(n))
        {
            return Err("least or most, 1…1000");
        }
        if self.least.zip(self.most).is_some_and(|(least, most)| most < least) {
            return Err("least ≤ most");
        }
        if self.checked == self.basis.trim().is_empty() {
            return Err("a basis that is checked, or none");
        }
        match (from, to) {
            (Some(None), _) | (_, Some(None)) => Err("YYYY-MM-DD or null"),
            (Some(Some(from)), Some(Some(to))) if to < from => Err("effective_from ≤ effective_to"),
            _ => Ok(()),
        }
    }
}

/// A table of deadlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deadlines {
    rules: Vec<Deadline>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: String,
    rules: Vec<Deadline>,
}

impl Deadlines {
    /// The table that comes with the program.
    ///
    /// # Errors
    /// `CALENDAR_FORM`, if the program was built with a wrong one.
    pub fn built_in() -> Result<Deadlines, Refusal> {
        Self::parse(BUILT_IN)
    }

    /// Reads a table. A rule may stand in it several times, in force at different times.
    ///
    /// # Errors
    /// `CALENDAR_FORM`, with the place.
    pub fn parse(bytes: &[u8]) -> Result<Deadlines, Refusal> {
        let wrong = |at: String, found: String, right: &str| {
            Refusal::new(RefusalCode::CalendarForm).at(at).found(found).right(right)
        };
        if bytes.len() > DEADLINES_MAX {
            return Err(wrong(String::new(), bytes.len().to_string(), "≤ 262144 bytes"));
        }
        let wire: Wire = serde_json::from_slice(bytes)
            .map_err(|error| wrong(String::new(), error.to_string(), "xinzheng/deadlines/v1"))?;
        if wire.format != "xinzheng/deadlines/v1" {
            return Err(wrong("/format".into(), wire.format, "xinzheng/deadlines/v1"));
        }
        if wire.rules.len() > RULES_MAX {
            return Err(wrong("/rules".into(), wire.rules.len().to_string(), "≤ 500"));
        }
        let mut seen = BTreeSet::new();
        for (n, rule) in wire.rules.iter().enumerate() {
            let at = format!("/rules/{n}");
            rule.check().map_err(|right| wrong(at.clone(), rule.id.clone(), right))?;
            if !seen.insert((&rule.id, &rule.effective_from)) {
                return Err(wrong(at, rule.id.clone(), "each id once from each day"));
            }
        }
        // A rule stands again only for another time: on every day at most one of an id is in force.
        for (n, rule) in wire.rules.iter().enumerate() {
            let earlier = wire.rules.iter().take(n).filter(|earlier| earlier.id == rule.id);
            if earlier.clone().any(|earlier| earlier.overlaps(rule)) {
                return Err(wrong(format!("/rules/{n}"), rule.id.clone(), "periods that do not overlap"));
            }
        }
        Ok(Deadlines { rules: wire.rules })
    }

    /// Every rule.
    pub fn rules(&self) -> &[Deadline] {
        &self.rules
    }

    /// The rule of this id that is in force on this day; of several the one that came last.
    ///
    /// # Errors
    /// `DEADLINE_UNKNOWN`.
    pub fn find(&self, id: &str, on: Day) -> Result<&Deadline, Refusal> {
        let in_force = self.rules.iter().filter(|rule| rule.id == id && rule.in_force(on));
        in_force.max_by_key(|rule| rule.effective_from.as_deref()).ok_or_else(|| {
            let ids: BTreeSet<&str> =
                self.rules.iter().filter(|rule| rule.in_force(on)).map(Deadline::id).collect();
            let right = ids.into_iter().collect::<Vec<_>>().join(", ");
            Refusal::new(RefusalCode::DeadlineUnknown).found(id).right(right)
        })
    }
}

/// The same day of a later month, or that month's last.
fn months_later(start: Day, months: u32) -> Option<Day> {
    let (year, month, day) = start.ymd();
    let months = year * 12 + (month - 1) + months;
    let (year, month) = (months / 12, months % 12 + 1);
    (0..4).find_map(|less| Day::new(year, month, day.checked_sub(less)?))
}
