//! Moments, dates, ages and long numbers as people read them.
//!
//! ```text
//! 2026年11月22日 09:15      2026-11-22 09:15 (UTC+8)      3 分钟前      2026 1122 4017 0938 6125 31
//! ```

use verifier::time::{Date, Time};

use crate::lang::Lang;

/// Digits of a long number stand in groups of this size.
const GROUP: usize = 4;

/// A moment to the minute.
#[must_use]
pub fn moment(lang: Lang, time: Time) -> String {
    time.display_for(lang.words())
}

/// A moment to the second, for what is kept.
#[must_use]
pub fn exact(lang: Lang, time: Time) -> String {
    time.display_exactly_for(lang.words())
}

/// A date.
#[must_use]
pub fn day(lang: Lang, date: Date) -> String {
    if lang.is_en() { date.to_string() } else { date.display_words() }
}

/// So many seconds, in the largest unit that says enough.
#[must_use]
pub fn span(lang: Lang, seconds: u64) -> String {
    let (count, zh, one, many) = match seconds {
        0..60 => return lang.pick("不到 1 分钟", "less than a minute").to_string(),
        60..7_200 => (seconds / 60, "分钟", "minute", "minutes"),
        7_200..172_800 => (seconds / 3_600, "小时", "hour", "hours"),
        _ => (seconds / 86_400, "天", "day", "days"),
    };
    match lang {
        Lang::Zh => format!("{count} {zh}"),
        Lang::En => format!("{count} {}", if count == 1 { one } else { many }),
    }
}

/// Digits in groups of four, as people compare them.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / GROUP);
    for (n, c) in digits.chars().enumerate() {
        if n > 0 && n % GROUP == 0 {
            out.push(' ');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_numbers_read_as_people_write_them() {
        let time = Time::parse_rfc3339_china("2026-11-22T09:05:30+08:00").unwrap();
        assert_eq!(moment(Lang::Zh, time), "2026年11月22日 09:05");
        assert_eq!(moment(Lang::En, time), "2026-11-22 09:05 (UTC+8)");
        assert_eq!(exact(Lang::Zh, time), "2026年11月22日 09:05:30");
        assert_eq!(exact(Lang::En, time), "2026-11-22 09:05:30 (UTC+8)");
        assert_eq!(grouped("2026112240170938612531"), "2026 1122 4017 0938 6125 31");
        assert_eq!((grouped(""), grouped("12")), (String::new(), "12".to_string()));
    }

    #[test]
    fn ages_have_one_unit() {
        for (seconds, zh, en) in [
            (0, "不到 1 分钟", "less than a minute"),
            (60, "1 分钟", "1 minute"),
            (7_199, "119 分钟", "119 minutes"),
            (7_200, "2 小时", "2 hours"),
            (172_800, "2 天", "2 days"),
        ] {
            assert_eq!((span(Lang::Zh, seconds).as_str(), span(Lang::En, seconds).as_str()), (zh, en));
        }
    }
}
