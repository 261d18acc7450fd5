//! Working days, by calendars that are imported, and deadlines, by a table that is data.
//!
//! ```text
//! {"format":"xinzheng/calendar/v1","year":2026,"source":"…","off":[{"name":"…","from":"2026-01-01","to":"2026-01-03"}],
//!  "working":["2026-01-04"]}
//! ```
//!
//! A calendar says which days of its year are off beside the weekends, and on which days of weekends people work for
//! them. Which those are is decided every autumn and can't be known before: a year without its calendar is refused
//! (`CALENDAR_MISSING`), and weekends alone are never taken for one. What is not here: clocks; which deadline is whose.

mod deadline;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

pub use deadline::{DEADLINES_MAX, Deadline, Deadlines, Unit};

use crate::calendar::Day;
use crate::refusal::{Refusal, RefusalCode};

/// Bytes of a calendar's file.
pub const CALENDAR_MAX: usize = 64 << 10;
/// Days off and days worked that one calendar lists.
const LISTED_MAX: u32 = 100;
/// Working days that are counted at a time: about forty years.
pub const COUNT_MAX: u32 = 10_000;

/// The calendar of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearCalendar {
    year: u32,
    source: String,
    off: BTreeSet<Day>,
    working: BTreeSet<Day>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    format: String,
    year: u32,
    source: String,
    off: Vec<Range>,
    working: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Range {
    name: String,
    from: String,
    to: String,
}

impl YearCalendar {
    /// Reads a calendar.
    ///
    /// # Errors
    /// `CALENDAR_FORM`, with the place.
    pub fn parse(bytes: &[u8]) -> Result<YearCalendar, Refusal> {
        let wrong = |at: &str, found: &str, right: &str| {
            Refusal::new(RefusalCode::CalendarForm).at(at).found(found).right(right)
        };
        if bytes.len() > CALENDAR_MAX {
            return Err(wrong("", &bytes.len().to_string(), &format!("≤ {CALENDAR_MAX} bytes")));
        }
        let wire: Wire = serde_json::from_slice(bytes).map_err(|error| {
            wrong(
                "",
                &error.to_string(),
                r#"{"format","year","source","off":[{"name","from","to"}],"working":[]}"#,
            )
        })?;
        if wire.format != "xinzheng/calendar/v1" {
            return Err(wrong("/format", &wire.format, "xinzheng/calendar/v1"));
        }
        if !(1990..=2200).contains(&wire.year) {
            return Err(wrong("/year", &wire.year.to_string(), "1990…2200"));
        }
        if wire.source.trim().is_empty() {
            return Err(wrong("/source", "", "the notice that says so"));
        }
        // Somewhere in every year there are days off: an empty list is a calendar that nobody filled in.
        if wire.off.is_empty() {
            return Err(wrong("/off", "[]", "at least one"));
        }
        let day = |at: &str, text: &str| {
            let day = Day::parse(text).filter(|day| day.ymd().0 == wire.year);
            day.ok_or_else(|| wrong(at, text, &format!("{}-MM-DD", wire.year)))
        };
        let mut off = BTreeSet::new();
        for (n, range) in wire.off.iter().enumerate() {
            let at = format!("/off/{n}");
            let (from, to) = (day(&format!("{at}/from"), &range.from)?, day(&format!("{at}/to"), &range.to)?);
            if range.name.trim().is_empty() || to < from || to.days() - from.days() >= LISTED_MAX {
                return Err(wrong(&at, &format!("{from}…{to}"), "name, from ≤ to"));
            }
            for one in (from.days()..=to.days()).filter_map(Day::from_days) {
                if !off.insert(one) {
                    return Err(wrong(&at, &one.to_string(), "each day once"));
                }
            }
        }
        let mut working = BTreeSet::new();
        for (n, text) in wire.working.iter().enumerate() {
            let at = format!("/working/{n}");
            let one = day(&at, text)?;
            if !one.is_weekend() || off.contains(&one) || !working.insert(one) {
                return Err(wrong(&at, text, "a Saturday or Sunday that is not off, each once"));
            }
        }
        if off.len() + working.len() > LISTED_MAX as usize {
            return Err(wrong("/off", &(off.len() + working.len()).to_string(), &format!("≤ {LISTED_MAX}")));
        }
        Ok(YearCalendar { year: wire.year, source: wire.source, off, working })
    }

    /// The year.
    pub fn year(&self) -> u32 {
        self.year
    }

    /// What says so.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Days off that are listed, and days of weekends that are worked.
    pub fn listed(&self) -> (usize, usize) {
        (self.off.len(), self.working.len())
    }

    fn works(&self, day: Day) -> bool {
        self.working.contains(&day) || !(day.is_weekend() || self.off.contains(&day))
    }
}

/// The calendars of several years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WorkCalendar {
    years: BTreeMap<u32, YearCalendar>,
}

impl WorkCalendar {
    /// Puts a year in, in place of an earlier calendar of it.
    pub fn insert(&mut self, year: YearCalendar) {
        self.years.insert(year.year, year);
    }

    /// The years, ascending.
    pub fn years(&self) -> impl Iterator<Item = &YearCalendar> {
        self.years.values()
    }

    /// Whether people work on this day.
    ///
    /// # Errors
    /// `CALENDAR_MISSING`.
    pub fn works(&self, day: Day) -> Result<bool, Refusal> {
        let (year, ..) = day.ymd();
        match self.years.get(&year) {
            Some(calendar) => Ok(calendar.works(day)),
            None => Err(Refusal::new(RefusalCode::CalendarMissing).found(year)),
        }
    }

    /// The last of so many working days that begin with the day after `start`. No working days end on `start` itself.
    ///
    /// # Errors
    /// `CALENDAR_MISSING` where a day has to be looked at whose year is not there; `NUMBER_RANGE`.
    pub fn after(&self, start: Day, count: u32) -> Result<Day, Refusal> {
        if count > COUNT_MAX {
            return Err(Refusal::new(RefusalCode::NumberRange).found(count).right(format!("0…{COUNT_MAX}")));
        }
        let (mut day, mut left) = (start, count);
        while left > 0 {
            day = next(day)?;
            left -= u32::from(self.works(day)?);
        }
        Ok(day)
    }

    /// How many working days lie after `start`, up to `end` and with it; 0 where `end` is not later.
    ///
    /// # Errors
    /// As for [`after`](Self::after).
    pub fn between(&self, start: Day, end: Day) -> Result<u32, Refusal> {
        if end.days().saturating_sub(start.days()) > 2 * COUNT_MAX {
            let right = format!("≤ {} days", 2 * COUNT_MAX);
            return Err(Refusal::new(RefusalCode::NumberRange).found(format!("{start}…{end}")).right(right));
        }
        let (mut day, mut count) = (start, 0);
        while day < end {
            day = next(day)?;
            count += u32::from(self.works(day)?);
        }
        Ok(count)
    }
}

fn next(day: Day) -> Result<Day, Refusal> {
    Day::from_days(day.days() + 1).ok_or_else(|| Refusal::new(RefusalCode::CalendarMissing).found(10_000))
}

#[cfg(test)]
mod tests;
