//! Takes ID numbers out of text that leaves in a message.
//!
//! ```text
//! "/subject/619900198501010010"  →  "/subject/******************"
//! ```

/// `text` with every run that has the shape of an 18-character ID number (GB 11643-1999) starred out.
///
/// The shape is enough, the check character need not be right: a mistyped number is still somebody's. Unified codes
/// can be all digits too, but theirs hold no day where an ID number has the birthday.
pub fn person_ids(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut run: Vec<char> = Vec::new();
    for c in chars {
        if half_width(c).is_some_and(|h| h.is_ascii_alphanumeric()) {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(c);
        }
    }
    flush(&mut run, &mut out);
    out
}

fn flush(run: &mut Vec<char>, out: &mut String) {
    if looks_like_id(run) {
        out.extend(run.iter().map(|_| '*'));
    } else {
        out.extend(run.iter());
    }
    run.clear();
}

fn looks_like_id(run: &[char]) -> bool {
    let text: String = run.iter().filter_map(|&c| half_width(c)).collect();
    if text.len() != 18 || !text[..17].bytes().all(|b| b.is_ascii_digit()) {
        return false;
    }
    let last = text.as_bytes()[17];
    let number = |range: core::ops::Range<usize>| text[range].parse::<u32>().unwrap_or(0);
    (last.is_ascii_digit() || matches!(last, b'X' | b'x'))
        && (1800..2200).contains(&number(6..10))
        && (1..=12).contains(&number(10..12))
        && (1..=31).contains(&number(12..14))
}

/// The half-width form of a character, where it is ASCII in either width.
fn half_width(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        c if c.is_ascii() => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_numbers_are_starred_in_any_width_and_case() {
        for id in ["619900198501010010", "61990019850101001x", "61990019850101001X", "619900198501010019"] {
            assert_eq!(person_ids(&format!("/a/{id}/b")), format!("/a/{}/b", "*".repeat(18)));
        }
        let wide: String =
            "619900198501010010".chars().filter_map(|c| char::from_u32(c as u32 + 0xfee0)).collect();
        assert_eq!(person_ids(&wide), "*".repeat(18));
    }

    #[test]
    fn codes_and_other_numbers_stay() {
        for text in [
            "11619900990000068X",
            "91619900MA0DEM0131",
            "61990020260310000001",
            "20261122091530A0000001",
            "渭水",
        ] {
            assert_eq!(person_ids(text), text);
        }
    }
}
