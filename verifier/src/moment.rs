//! Moments and spans as people type them: `--at` and `--max-age`.
//!
//! ```text
//! --at 2026-11-22T09:15:30+08:00     RFC 3339, any offset, or Z
//! --at "2026-11-22 09:15"            Beijing time
//! --at 2026-11-22                    the last second of that day in Beijing; now, where the day is today
//! --at 1795310130                    seconds since 1970
//! --max-age 24h                      s, m, h or d
//! ```

use alloc::format;
use alloc::string::String;

use crate::time::{Date, Time};

const DAY: u64 = 86_400;
const CHINA_OFFSET: i64 = 8 * 3600;

/// The moment that `text` names; `now` caps a day that has not ended yet.
pub fn parse_moment(text: &str, now: Time) -> Option<Time> {
    let text = text.trim();
    if text.bytes().all(|b| b.is_ascii_digit()) && text.len() > 8 {
        return Time::new(text.parse().ok()?).ok();
    }
    let (date, rest) = (text.get(..10)?, text.get(10..)?);
    let midnight = i64::from(Date::parse(date).ok()?.days()).checked_mul(86_400)?;
    if rest.is_empty() {
        let end = local(midnight.checked_add(86_399)?, CHINA_OFFSET)?;
        return Some(if end > now && now.china_date() == end.china_date() { now } else { end });
    }
    let clock = rest.strip_prefix(['T', 't', ' '])?;
    let (seconds, zone) = time_of_day(clock)?;
    local(midnight.checked_add(seconds)?, offset(zone)?)
}

/// Seconds of a span such as `90s`, `30m`, `24h` or `7d`; at most ten years.
pub fn parse_span(text: &str) -> Option<u64> {
    let text = text.trim();
    let unit = match text.chars().last()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => DAY,
        _ => return None,
    };
    let number = text.get(..text.len().checked_sub(1)?)?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(unit).filter(|s| *s <= DAY.saturating_mul(3660))
}

/// A span in words: `36 秒`, `5 分钟`, `26 小时`, `3 天` or the English for it, rounded down.
pub fn span_words(seconds: u64, zh: bool) -> String {
    let (count, zh_unit, en_unit) = match seconds {
        0..=119 => (seconds, "秒", "s"),
        120..=7_199 => (seconds / 60, "分钟", "min"),
        7_200..=172_799 => (seconds / 3600, "小时", "h"),
        _ => (seconds / DAY, "天", "days"),
    };
    format!("{count} {}", if zh { zh_unit } else { en_unit })
}

fn local(seconds: i64, offset: i64) -> Option<Time> {
    Time::new(u64::try_from(seconds.checked_sub(offset)?).ok()?).ok()
}

/// Seconds of the day and what follows: `09:15`, `09:15:30`, `09:15:30.5` (the fraction is dropped).
fn time_of_day(text: &str) -> Option<(i64, &str)> {
    let (hour, rest) = two_digits(text, 23)?;
    let (minute, mut rest) = two_digits(rest.strip_prefix(':')?, 59)?;
    let mut second = 0;
    if let Some(after) = rest.strip_prefix(':') {
        (second, rest) = two_digits(after, 59)?;
        if let Some(fraction) = rest.strip_prefix('.') {
            let tail = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if tail.len() == fraction.len() {
                return None;
            }
            rest = tail;
        }
    }
    let seconds = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    Some((seconds, rest))
}

fn offset(zone: &str) -> Option<i64> {
    match zone {
        "" => return Some(CHINA_OFFSET),
        "Z" | "z" => return Some(0),
        _ => {}
    }
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hour, rest) = two_digits(rest, 14)?;
    let (minute, rest) = two_digits(rest.strip_prefix(':')?, 59)?;
    if !rest.is_empty() {
        return None;
    }
    hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_mul(sign)
}

fn two_digits(text: &str, most: i64) -> Option<(i64, &str)> {
    let (digits, rest) = text.split_at_checked(2)?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|n| *n <= most).map(|n| (n, rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<u64> {
        parse_moment(text, Time::new(1_795_310_130).unwrap()).map(|t| t.seconds())
    }

    #[test]
    fn one_moment_in_every_spelling() {
        for text in [
            "2026-11-22T09:15:30+08:00",
            "2026-11-22t09:15:30.999+08:00",
            "2026-11-22T01:15:30Z",
            "2026-11-21T20:15:30-05:00",
            "2026-11-22 09:15:30",
            " 1795310130 ",
        ] {
            assert_eq!(at(text), Some(1_795_310_130), "{text}");
        }
        assert_eq!(at("2026-11-22 09:15"), Some(1_795_310_100));
    }

    #[test]
    fn a_day_is_its_end_but_never_later_than_now_on_the_day_itself() {
        assert_eq!(at("2026-11-21"), Some(1_795_276_799));
        assert_eq!(at("2026-11-22"), Some(1_795_310_130));
        assert_eq!(at("2026-11-23"), Some(1_795_449_599));
    }

    #[test]
    fn what_is_no_moment() {
        for text in [
            "",
            "now",
            "2026-11-22T",
            "2026-11-22T9:15",
            "2026-11-22T24:00:00",
            "2026-02-30",
            "2026-11-22T09:15:30+8",
            "2026-11-22T09:15:30.Z",
            "1969-12-31T00:00:00Z",
            "22.11.2026 09:15",
            "2026-11-22T09:15:30+08:00x",
            "12345678",
            "99999999999999999999",
            "二〇二六年十一月廿二",
        ] {
            assert_eq!(at(text), None, "{text}");
        }
    }

    #[test]
    fn spans() {
        assert_eq!(parse_span("24h"), Some(86_400));
        assert_eq!(parse_span("0s"), Some(0));
        assert_eq!(parse_span("30m"), Some(1_800));
        assert_eq!(parse_span("7d"), Some(604_800));
        for bad in ["", "h", "24", "-1h", "1.5h", "24 h", "99999999999999999999d", "3661d", "24H"] {
            assert_eq!(parse_span(bad), None, "{bad}");
        }
    }

    #[test]
    fn spans_in_words() {
        assert_eq!(span_words(119, true), "119 秒");
        assert_eq!(span_words(90_000, false), "25 h");
        assert_eq!(span_words(172_800, true), "2 天");
    }
}
