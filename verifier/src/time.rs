//! Moments and dates (spec page `README.md`, Conventions).
//!
//! Here: [`Time`], seconds since 1970-01-01T00:00:00Z, and [`Date`], days since 1970-01-01 as the office's
//! calendar (UTC+08:00, no summer time) has them, with their texts `2026-11-22T09:15:30+08:00` and `2026-11-22`.
//! Not here: a clock, other time zones, leap seconds.

use crate::error::Refused;
use crate::text::Lang;
use alloc::format;
use alloc::string::String;
use core::fmt;

const DAY: u64 = 86_400;
/// UTC+08:00, in seconds.
const CHINA: u64 = 8 * 3600;

/// Seconds since 1970-01-01T00:00:00Z, at most [`Time::MAX`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Time(u64);

impl Time {
    /// The last second of the year 9999, UTC.
    pub const MAX: Time = Time(253_402_300_799);

    /// A moment; refused after the year 9999 (a time in milliseconds is).
    pub fn new(seconds: u64) -> Result<Time, Refused> {
        if seconds > Time::MAX.0 {
            return Err(Refused::new(
                "time",
                "",
                "later than the year 9999: it has to be whole seconds since 1970",
            ));
        }
        Ok(Time(seconds))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// The first second of 1970.
    pub const ZERO: Time = Time(0);

    /// So many seconds later, at most [`Time::MAX`].
    pub fn saturating_add(self, seconds: u64) -> Time {
        Time(self.0.saturating_add(seconds)).min(Time::MAX)
    }

    /// So many seconds earlier, at least [`Time::ZERO`].
    pub fn saturating_sub(self, seconds: u64) -> Time {
        Time(self.0.saturating_sub(seconds))
    }

    /// Seconds from an earlier moment to this one; 0 where it is not earlier.
    pub fn since(self, earlier: Time) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// From a decimal number as the notes have it: no sign, no leading zero.
    pub fn parse_seconds(text: &str) -> Result<Time, Refused> {
        let seconds = parse_decimal(text).ok_or_else(|| Refused::new("time", "", "not a decimal number"))?;
        Time::new(seconds)
    }

    /// From `2026-11-22T09:15:30+08:00`, exactly so: capital T, whole seconds, this offset.
    pub fn parse_rfc3339_china(text: &str) -> Result<Time, Refused> {
        let refuse = |at: &str, what: &str| Refused::new("time", at, what);
        let shape = "has to look like 2026-11-22T09:15:30+08:00";
        let (date, clock) = text.split_once('T').ok_or_else(|| refuse("", shape))?;
        let clock = clock.strip_suffix("+08:00").ok_or_else(|| refuse("offset", "has to end in +08:00"))?;
        let date = Date::parse(date)?;
        let [h1, h2, b':', m1, m2, b':', s1, s2] = *clock.as_bytes() else { return Err(refuse("", shape)) };
        let field = |high, low, below, at| {
            let value = digits(&[high, low]).ok_or_else(|| refuse(at, shape))?;
            if value < below { Ok(value) } else { Err(refuse(at, "out of range")) }
        };
        let (hour, minute, second) =
            (field(h1, h2, 24, "hour")?, field(m1, m2, 60, "minute")?, field(s1, s2, 60, "second")?);
        let of_day =
            hour.saturating_mul(3600).saturating_add(minute.saturating_mul(60)).saturating_add(second);
        let local = u64::from(date.days()).saturating_mul(DAY).saturating_add(u64::from(of_day));
        let seconds = local.checked_sub(CHINA).ok_or_else(|| refuse("", "earlier than 1970"))?;
        Time::new(seconds)
    }

    /// `2026-11-22T09:15:30+08:00`.
    pub fn display_china(self) -> String {
        let (date, hour, minute, second) = self.china();
        format!("{date}T{hour:02}:{minute:02}:{second:02}+08:00")
    }

    /// `2026年11月22日 09:15`, for people.
    pub fn display_china_words(self) -> String {
        let (date, hour, minute, _) = self.china();
        format!("{} {hour:02}:{minute:02}", date.display_words())
    }

    /// To the minute, for people: `2026年11月22日 09:15`, `2026-11-22 09:15 (UTC+8)`.
    pub fn display_for(self, lang: Lang) -> String {
        let (date, hour, minute, _) = self.china();
        match lang {
            Lang::Zh => self.display_china_words(),
            Lang::En => format!("{date} {hour:02}:{minute:02} (UTC+8)"),
        }
    }

    /// To the second, for what is kept: `2026年11月22日 09:15:30`, `2026-11-22 09:15:30 (UTC+8)`.
    pub fn display_exactly_for(self, lang: Lang) -> String {
        let (date, hour, minute, second) = self.china();
        match lang {
            Lang::Zh => format!("{} {hour:02}:{minute:02}:{second:02}", date.display_words()),
            Lang::En => format!("{date} {hour:02}:{minute:02}:{second:02} (UTC+8)"),
        }
    }

    /// The date in UTC+08:00 at this moment.
    pub fn china_date(self) -> Date {
        self.china().0
    }

    fn china(self) -> (Date, u64, u64, u64) {
        // The last eight hours of the year 9999 UTC are in the year 10000 there, for which there is no date:
        // they show as the last second that has one.
        let local = self.0.saturating_add(CHINA).min(Time::MAX.0);
        let day = u32::try_from(local / DAY).unwrap_or(u32::MAX);
        let of_day = local % DAY;
        (Date(day), of_day / 3600, of_day / 60 % 60, of_day % 60)
    }
}

/// Days since 1970-01-01 in the office's calendar, at most [`Date::MAX`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Date(u32);

impl Date {
    /// 9999-12-31.
    pub const MAX: Date = Date(2_932_896);

    /// A date; refused after the year 9999.
    pub fn new(days: u32) -> Result<Date, Refused> {
        if days > Date::MAX.0 {
            return Err(Refused::new("date", "", "later than the year 9999: it has to be days since 1970"));
        }
        Ok(Date(days))
    }

    /// Days since 1970-01-01.
    pub const fn days(self) -> u32 {
        self.0
    }

    /// Refused before 1970, after 9999, and where the month has no such day.
    pub fn from_ymd(year: u32, month: u32, day: u32) -> Result<Date, Refused> {
        let refuse = |at: &str, what: String| Err(Refused::new("date", at, what));
        if !(1970..=9999).contains(&year) {
            return refuse("year", format!("year {year} is not one of 1970 to 9999"));
        }
        let Some((before, length)) = month_of(year, month) else {
            return refuse("month", format!("month {month} is not one of 1 to 12"));
        };
        if day == 0 || day > length {
            return refuse("day", format!("day {day} is not a day of the month"));
        }
        Ok(Date(days_before_year(year).saturating_add(before).saturating_add(day).saturating_sub(1)))
    }

    /// Year, month 1 to 12, day 1 to 31.
    pub fn to_ymd(self) -> (u32, u32, u32) {
        // 146,097 days are 400 years; the estimate is at most one year too high or low.
        let mut year = self.0.saturating_mul(400).checked_div(146_097).unwrap_or(0).saturating_add(1970);
        while days_before_year(year) > self.0 {
            year = year.saturating_sub(1);
        }
        while days_before_year(year.saturating_add(1)) <= self.0 {
            year = year.saturating_add(1);
        }
        let mut rest = self.0.saturating_sub(days_before_year(year));
        for month in 1..=12 {
            let length = month_of(year, month).map_or(31, |(_, length)| length);
            if rest < length {
                return (year, month, rest.saturating_add(1));
            }
            rest = rest.saturating_sub(length);
        }
        (year, 12, 31)
    }

    /// From `2026-11-22`, exactly so.
    pub fn parse(text: &str) -> Result<Date, Refused> {
        let refuse = || Refused::new("date", "", "has to look like 2026-11-22");
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return Err(refuse()) };
        let number = |bytes: &[u8]| digits(bytes).ok_or_else(refuse);
        Date::from_ymd(number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?)
    }

    /// `2026年11月22日`, for people.
    pub fn display_words(self) -> String {
        let (year, month, day) = self.to_ymd();
        format!("{year}年{month:02}月{day:02}日")
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.to_ymd();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// A decimal number without sign or leading zero; zero is `0`.
pub fn parse_decimal(text: &str) -> Option<u64> {
    if text.len() > 20
        || (text.len() > 1 && text.starts_with('0'))
        || !text.bytes().all(|b| b.is_ascii_digit())
    {
        return None;
    }
    text.parse().ok()
}

/// Days from 1970-01-01 to the first day of the year.
fn days_before_year(year: u32) -> u32 {
    // Leap days before a year, counted from the year 1: 477 of them are before 1970.
    let past = year.saturating_sub(1);
    let leap_days = (past / 4).saturating_sub(past / 100).saturating_add(past / 400).saturating_sub(477);
    year.saturating_sub(1970).saturating_mul(365).saturating_add(leap_days)
}

/// Days of the year before the month, and of the month; none for a month that there is not.
fn month_of(year: u32, month: u32) -> Option<(u32, u32)> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let february = if leap { 29 } else { 28 };
    let lengths = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let place = usize::try_from(month.checked_sub(1)?).ok()?;
    let length = *lengths.get(place)?;
    Some((lengths.iter().take(place).sum(), length))
}

/// The value of up to four ASCII digits; none if one is something else.
fn digits(bytes: &[u8]) -> Option<u32> {
    bytes.iter().try_fold(0u32, |value, byte| {
        let digit = byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'))?;
        value.checked_mul(10)?.checked_add(u32::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_day_of_the_calendar() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..=Date::MAX.days() {
            let date = Date::new(days).unwrap();
            assert_eq!(date.to_ymd(), (year, month, day));
            assert_eq!(Date::from_ymd(year, month, day), Ok(date));
            let length = match month {
                2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
        assert_eq!((year, month, day), (10000, 1, 1));
    }

    #[test]
    fn known_moments() {
        // GNU date: 2026-11-22T09:15:30+08:00 is 1795310130.
        let time = Time::parse_rfc3339_china("2026-11-22T09:15:30+08:00").unwrap();
        assert_eq!(time.seconds(), 1_795_310_130);
        assert_eq!(time.display_china_words(), "2026年11月22日 09:15");
        assert_eq!(time.display_for(Lang::Zh), "2026年11月22日 09:15");
        assert_eq!(time.display_for(Lang::En), "2026-11-22 09:15 (UTC+8)");
        assert_eq!(time.display_exactly_for(Lang::Zh), "2026年11月22日 09:15:30");
        assert_eq!(time.display_exactly_for(Lang::En), "2026-11-22 09:15:30 (UTC+8)");
        assert_eq!(time.china_date(), Date::parse("2026-11-22").unwrap());
        assert_eq!(Date::parse("2026-11-22").unwrap().days(), 20_779);
        let last = Time::parse_rfc3339_china("9999-12-31T23:59:59+08:00").unwrap();
        assert_eq!(last.seconds(), Time::MAX.seconds() - 8 * 3600);
        assert_eq!(Time::new(0).unwrap().display_china(), "1970-01-01T08:00:00+08:00");
        assert_eq!(Time::MAX.display_china(), "9999-12-31T23:59:59+08:00");
    }

    #[test]
    fn other_spellings() {
        for bad in [
            "2026-11-22T09:15:30Z",
            "2026-11-22T09:15:30.0+08:00",
            "2026-11-22t09:15:30+08:00",
            "2026-11-22 09:15:30+08:00",
            "2026-11-22T24:00:00+08:00",
            "2026-11-22T23:60:00+08:00",
            "2026-11-22T23:59:60+08:00",
            "1970-01-01T07:59:59+08:00",
            "2026-11-22T9:15:30+08:00",
            "2026-11-22T09:15:30+0800",
            "2026-11-22T09:15+08:00",
            " 2026-11-22T09:15:30+08:00",
            "2026-11-22T+9:15:30+08:00",
            "",
        ] {
            assert!(Time::parse_rfc3339_china(bad).is_err(), "{bad:?}");
        }
        for bad in [
            "2026-02-29",
            "2100-02-29",
            "1969-12-31",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "26-01-01",
            "2026/01/01",
            "2026-1-01",
            "２０２６-01-01",
            "+026-01-01",
        ] {
            assert!(Date::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Time::new(Time::MAX.seconds() + 1).is_err());
        for bad in ["", "01", "+1", "-0", "1 ", "18446744073709551616", "000000000000000000000"] {
            assert_eq!(parse_decimal(bad), None, "{bad:?}");
        }
        assert_eq!(parse_decimal("18446744073709551615"), Some(u64::MAX));
    }

    proptest! {
        #[test]
        fn texts_are_the_one_encoding(seconds in 0..=Time::MAX.seconds() - 8 * 3600) {
            let time = Time::new(seconds).unwrap();
            prop_assert_eq!(Time::parse_rfc3339_china(&time.display_china()), Ok(time));
        }

        #[test]
        fn what_parses_is_displayed_the_same(text in "(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]\\+08:00") {
            if let Ok(time) = Time::parse_rfc3339_china(&text) { prop_assert_eq!(time.display_china(), text); }
        }
    }
}
