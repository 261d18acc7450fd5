//! Days and instants as documents write them.
//!
//! ```text
//! 1958-03-02      2026-11-22T09:15:30+08:00
//! ```
//!
//! A [`Day`] reaches back to 1900, further than the dates of a core (`verifier::time::Date`, from 1970): companies are
//! older than that. What is not here: clocks. The time is always an argument.

use core::fmt;

use verifier::time::Date;

/// A real day of the calendar from 1900 to 9999.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day {
    year: u32,
    month: u32,
    day: u32,
}

impl Day {
    /// The day, where there is one.
    pub fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let real = (1900..=9999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        real.then_some(Day { year, month, day })
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        Self::new(number(year, 4)?, number(month, 2)?, number(day, 2)?)
    }

    /// The day as a core's date has it, where it is not before 1970.
    pub fn core_date(self) -> Option<Date> {
        Date::from_ymd(self.year, self.month, self.day).ok()
    }

    /// Year, month from 1, day from 1.
    pub fn ymd(self) -> (u32, u32, u32) {
        (self.year, self.month, self.day)
    }
}

impl From<Date> for Day {
    fn from(date: Date) -> Self {
        let (year, month, day) = date.to_ymd();
        Day { year, month, day }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// `digits` as a number, where it is exactly that many ASCII digits.
pub(crate) fn number(digits: &str, length: usize) -> Option<u32> {
    (digits.len() == length && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_days_are_read_and_written_the_same() {
        for text in ["1900-01-01", "1958-03-02", "2000-02-29", "2024-02-29", "2026-11-22", "9999-12-31"] {
            assert_eq!(Day::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn anything_else_is_no_day() {
        for text in [
            "",
            "2026-11-31",
            "2026-02-29",
            "1900-02-29",
            "2100-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "1899-12-31",
            "2026-1-01",
            "2026/11/22",
            "20261122",
            "2026-11-22 ",
            "2026-11-22-01",
            "+026-11-22",
            "２０２６-11-22",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }
}
