//! Breaking a text into lines, by the rules for Chinese (CLREQ 3.1.3, GB/T 15834): no line begins with a mark that closes
//! or separates, none ends with one that opens, and words and numbers in Latin letters stay whole where they can.

use super::face::{Faces, Weight};

/// Not at a line's start.
const NOT_FIRST: &str = "。，、；：？！）》〉」』】〕％…—～·”’,.;:!?)]}%°";
/// Not at a line's end.
const NOT_LAST: &str = "（《〈「『【〔“‘([{￥¥$";

/// The lines of a text in a width given in ems of its size. A text has at least one line.
pub(super) fn lines(faces: &Faces, weight: Weight, text: &str, width: f32) -> Vec<String> {
    text.split('\n').flat_map(|line| paragraph(faces, weight, line, width)).collect()
}

fn paragraph(faces: &Faces, weight: Weight, text: &str, width: f32) -> Vec<String> {
    let chars: Vec<char> = text.chars().map(|c| if c == '\t' { ' ' } else { c }).collect();
    let mut lines = Vec::new();
    let mut start = 0;
    while start < chars.len() {
        let end = line_end(faces, weight, &chars, start, width);
        let line: String = chars[start..end].iter().collect();
        lines.push(line.trim_end().to_owned());
        start = end + chars[end..].iter().take_while(|c| **c == ' ').count();
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// Where the line that begins at `start` ends: at the last place where it may, else where it is full.
fn line_end(faces: &Faces, weight: Weight, chars: &[char], start: usize, width: f32) -> usize {
    let (mut used, mut last) = (0.0, None);
    for (place, c) in chars.iter().enumerate().skip(start) {
        if place > start && may_break(chars[place - 1], *c) {
            last = Some(place);
        }
        used += faces.width(weight, *c);
        // Sums of widths are not exact; a space may hang over.
        if used > width + 0.001 && *c != ' ' && place > start {
            return last.unwrap_or(place);
        }
    }
    chars.len()
}

fn may_break(before: char, after: char) -> bool {
    let in_word =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '/' | '.' | ':' | '@' | '\'');
    if NOT_FIRST.contains(after) || NOT_LAST.contains(before) || after == ' ' {
        return false;
    }
    !(in_word(before) && in_word(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(text: &str, ems: f32) -> Vec<String> {
        lines(Faces::get().unwrap(), Weight::Regular, text, ems)
    }

    #[test]
    fn no_line_begins_with_what_closes_or_ends_with_what_opens() {
        assert_eq!(broken("一二三四。五六", 4.0), ["一二三", "四。五六"]);
        assert_eq!(broken("一二三（四五）六", 4.0), ["一二三", "（四五）", "六"]);
        assert_eq!(
            broken("依据《中华人民共和国食品安全法》第一百二十四条", 4.0).join("").chars().count(),
            23
        );
        for line in broken("依据《中华人民共和国食品安全法》第一百二十四条，没收违法所得，并处罚款。", 5.0)
        {
            assert!(!line.starts_with(['，', '》', '。']) && !line.ends_with('《'), "{line}");
        }
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(broken("依据 GB/T 45255-2025 评价", 8.0), ["依据 GB/T", "45255-2025 评价"]);
        let digest = "6fced11d2bd8a1e6047a8387cdde8d516301bbfca0c5154e0ff9bb510944fe0c";
        assert_eq!(broken(digest, 12.0).concat(), digest);
        assert!(broken(digest, 12.0).len() > 2);
    }

    #[test]
    fn paragraphs_and_nothing() {
        assert_eq!(broken("一\n\n二", 9.0), ["一", "", "二"]);
        assert_eq!(broken("", 9.0), [""]);
        assert_eq!(broken("一二", 0.1), ["一", "二"]);
    }
}
