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

    /// The day so many days after 1900-01-01, where that is before the year 10000.
    pub fn from_days(days: u32) -> Option<Self> {
        // Howard Hinnant's civil_from_days, counted from 0000-03-01.
        let days = days.checked_add(TO_1900)?;
        let (era, of_era) = (days / DAYS_400, days % DAYS_400);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Self::new(era * 400 + year_of_era + u32::from(month <= 2), month, day)
    }

    /// Days since 1900-01-01.
    pub fn days(self) -> u32 {
        let year = self.year - u32::from(self.month <= 2);
        let (era, year_of_era) = (year / 400, year % 400);
        let shifted = if self.month > 2 { self.month - 3 } else { self.month + 9 };
        let of_year = (153 * shifted + 2) / 5 + self.day - 1;
        era * DAYS_400 + 365 * year_of_era + year_of_era / 4 - year_of_era / 100 + of_year - TO_1900
    }

    /// The day behind a spreadsheet's serial number from 61 on, by the calendar that begins at 1900 (and has a
    /// 29 February in it, so that the numbers before are off by one).
    pub fn from_serial(serial: u32) -> Option<Self> {
        if serial < 61 { None } else { Self::from_days(serial - 2) }
    }

    /// Whether it is a Saturday or a Sunday.
    pub fn is_weekend(self) -> bool {
        // 1900-01-01 was a Monday.
        self.days() % 7 >= 5
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

/// Days of 400 years.
const DAYS_400: u32 = 146_097;
/// Days from 0000-03-01 to 1900-01-01.
const TO_1900: u32 = 693_901;

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

    #[test]
    fn days_are_counted_without_a_gap_and_spreadsheets_agree() {
        let mut day = Day::parse("1900-01-01").unwrap();
        for count in 0..200_000 {
            assert_eq!((day.days(), Day::from_days(count)), (count, Some(day)));
            let (year, month, of_month) = day.ymd();
            day = Day::new(year, month, of_month + 1)
                .or_else(|| Day::new(year, month + 1, 1))
                .or_else(|| Day::new(year + 1, 1, 1))
                .unwrap();
        }
        assert_eq!(Day::from_days(u32::MAX), None);
        // As Excel and LibreOffice show them.
        assert_eq!(Day::from_serial(46_346), Day::parse("2026-11-20"));
        assert_eq!(Day::from_serial(61), Day::parse("1900-03-01"));
        assert_eq!(Day::from_serial(60), None);
        let weekend = |day: &str| Day::parse(day).unwrap().is_weekend();
        assert!(
            weekend("2026-11-21")
                && weekend("2026-11-22")
                && !weekend("2026-11-23")
                && !weekend("2026-11-20")
        );
    }
}
