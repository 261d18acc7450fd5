//! Times as DER writes them.

use super::TimestampError;
use super::der::{GENERALIZED_TIME, Reader, UTC_TIME, Value, malformed};
use crate::time::{Date, Time};

const DAY: u64 = 86_400;

/// A time of a certificate: UTCTime up to 2049, else GeneralizedTime (RFC 5280 §4.1.2.5).
pub(super) fn of_certificate(reader: &mut Reader<'_>) -> Result<Time, TimestampError> {
    let value: Value<'_> = reader.any()?;
    match (value.tag, value.body) {
        (UTC_TIME, [a, b, rest @ ..]) => {
            let year = number(&[*a, *b])?;
            let century = if year < 50 { 2000 } else { 1900 };
            seconds(year.saturating_add(century), rest)
        }
        (GENERALIZED_TIME, [a, b, c, d, rest @ ..]) => seconds(number(&[*a, *b, *c, *d])?, rest),
        _ => malformed("a time is wanted"),
    }
}

/// The time of a timestamp, and thousandths of a second: GeneralizedTime, whose fraction has no zero at its end (RFC 3161 §2.4.2).
pub(super) fn of_timestamp(reader: &mut Reader<'_>) -> Result<(Time, u32), TimestampError> {
    let body = reader.value(GENERALIZED_TIME)?.body;
    let Some(([a, b, c, d, rest @ ..], b"Z")) = body.split_at_checked(body.len().saturating_sub(1)) else {
        return malformed("a time in UTC is wanted");
    };
    let (clock, fraction) = match rest.split_at_checked(10) {
        Some((clock, [])) => (clock, &[][..]),
        Some((clock, [b'.', digits @ ..])) if !digits.is_empty() && !digits.ends_with(b"0") => {
            (clock, digits)
        }
        _ => return malformed("a time is not in its one form"),
    };
    if fraction.len() > 9 || !fraction.iter().all(u8::is_ascii_digit) {
        return malformed("a time has a fraction that is none");
    }
    let digit = |place: usize| u32::from(fraction.get(place).map_or(0, |digit| digit.saturating_sub(b'0')));
    let millis =
        digit(0).saturating_mul(100).saturating_add(digit(1).saturating_mul(10)).saturating_add(digit(2));
    let [m1, m2, d1, d2, h1, h2, n1, n2, s1, s2] = *clock else { return malformed("a time is too short") };
    let with_zone = [m1, m2, d1, d2, h1, h2, n1, n2, s1, s2, b'Z'];
    Ok((seconds(number(&[*a, *b, *c, *d])?, &with_zone)?, millis))
}

/// `MMDDHHMMSSZ` of a year. A leap second is the second before it.
fn seconds(year: u32, rest: &[u8]) -> Result<Time, TimestampError> {
    let [m1, m2, d1, d2, h1, h2, n1, n2, s1, s2, b'Z'] = *rest else {
        return malformed("a time has to be in UTC with seconds");
    };
    let (month, day) = (number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    if hour > 23 || minute > 59 || second > 60 {
        return malformed("a time is out of range");
    }
    let Ok(date) = Date::from_ymd(year, month, day) else { return malformed("a date is none after 1970") };
    let of_day =
        hour.saturating_mul(3600).saturating_add(minute.saturating_mul(60)).saturating_add(second.min(59));
    let all = u64::from(date.days()).saturating_mul(DAY).saturating_add(u64::from(of_day));
    Time::new(all).or(malformed("a time is too late"))
}

fn number(digits: &[u8]) -> Result<u32, TimestampError> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return malformed("a time has something else than digits");
    }
    let value =
        |sum: u32, digit: &u8| sum.saturating_mul(10).saturating_add(u32::from(digit.saturating_sub(b'0')));
    Ok(digits.iter().fold(0, value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn read(tag: u8, text: &str) -> Vec<u8> {
        [&[tag, u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
    }

    #[test]
    fn times_of_certificates() {
        for (tag, text, wanted) in [
            (UTC_TIME, "700101000000Z", 0),
            (UTC_TIME, "261122012130Z", 1_795_310_490),
            (GENERALIZED_TIME, "20261122012130Z", 1_795_310_490),
            (GENERALIZED_TIME, "99991231235959Z", Time::MAX.seconds()),
        ] {
            let time = of_certificate(&mut Reader::of(&read(tag, text))).unwrap();
            assert_eq!(time.seconds(), wanted, "{text}");
        }
        for (tag, text) in [
            (UTC_TIME, "500101000000Z"),
            (UTC_TIME, "2611220121Z"),
            (UTC_TIME, "261122012130+0800"),
            (UTC_TIME, "260229000000Z"),
            (UTC_TIME, "261122240000Z"),
            (UTC_TIME, "2611220121 0Z"),
            (GENERALIZED_TIME, "20261122012130"),
            (GENERALIZED_TIME, "20261122012130.5Z"),
        ] {
            assert!(of_certificate(&mut Reader::of(&read(tag, text))).is_err(), "{text}");
        }
    }

    #[test]
    fn times_of_timestamps() {
        let of = |text: &str| of_timestamp(&mut Reader::of(&read(GENERALIZED_TIME, text)));
        for (text, millis) in
            [("20261122012130Z", 0), ("20261122012130.5Z", 500), ("20261122012130.034567Z", 34)]
        {
            assert_eq!(of(text), Ok((Time::new(1_795_310_490).unwrap(), millis)), "{text}");
        }
        for bad in [
            "",
            "Z",
            "20261122012130",
            "20261122012130.Z",
            "20261122012130.50Z",
            "20261122012130,5Z",
            "202611220121Z",
            "20261122012130.1234567891Z",
        ] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
