//! What was changed by hand, line by line, for the second person.
//!
//! ```text
//!   "amount_wan_yuan":"1.2000",      →      −  "amount_wan_yuan": "1.2000"
//!                                           ＋ "amount_wan_yuan": "0.2000"
//! ```
//!
//! Both documents are laid out alike first, so that only values differ and not their spacing. Longest common
//! subsequence; beyond [`CELLS_MAX`] the middle is shown as all removed and all added, which is no less true.

use verifier::json::{self, Value, write_string};
use verifier::limits::DOCUMENT_BYTES;

/// Cells of the table of the longest common subsequence.
const CELLS_MAX: usize = 4_000_000;
/// Lines without a change that are shown around one.
const AROUND: usize = 2;
/// Lines that are shown at most.
const SHOWN_MAX: usize = 2_000;

/// What is with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// In both.
    Same,
    /// Only in the first.
    Removed,
    /// Only in the second.
    Added,
    /// Lines were left out here.
    Gap,
}

/// A line as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is with it.
    pub mark: Mark,
    /// Its text.
    pub text: String,
}

impl Line {
    /// The sign in front.
    pub fn sign(&self) -> &'static str {
        match self.mark {
            Mark::Same => "\u{3000}",
            Mark::Removed => "－",
            Mark::Added => "＋",
            Mark::Gap => "⋯",
        }
    }

    /// What is with it.
    pub fn is(&self, mark: &str) -> bool {
        matches!(
            (self.mark, mark),
            (Mark::Same, "same") | (Mark::Removed, "removed") | (Mark::Added, "added") | (Mark::Gap, "gap")
        )
    }
}

/// The lines that differ, with a few around them.
pub fn diff(before: &[u8], after: &[u8]) -> Vec<Line> {
    let (before, after) = (laid_out(before), laid_out(after));
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    near_changes(&compared(&old, &new))
}

/// A document with one value a line, in its own order; as it is where it is no JSON.
pub fn laid_out(bytes: &[u8]) -> String {
    let Ok(value) = json::parse(bytes, DOCUMENT_BYTES) else {
        return String::from_utf8_lossy(bytes).into_owned();
    };
    let mut out = String::with_capacity(2 * bytes.len());
    write(&value, 0, &mut out);
    out.push('\n');
    out
}

/// No deeper than what was parsed, which has a limit.
fn write(value: &Value, depth: usize, out: &mut String) {
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
    };
    let (open, close, count) = match value {
        Value::Array(elements) if !elements.is_empty() => ('[', ']', elements.len()),
        Value::Object(members) if !members.is_empty() => ('{', '}', members.len()),
        other => return out.push_str(&json::compact(other)),
    };
    out.push(open);
    for n in 0..count {
        line(out, depth + 1);
        match value {
            Value::Array(elements) => elements.get(n).into_iter().for_each(|one| write(one, depth + 1, out)),
            Value::Object(members) => members.get(n).into_iter().for_each(|(key, one)| {
                write_string(out, key);
                out.push_str(": ");
                write(one, depth + 1, out);
            }),
            _ => {}
        }
        if n + 1 < count {
            out.push(',');
        }
    }
    line(out, depth);
    out.push(close);
}

fn compared(old: &[&str], new: &[&str]) -> Vec<Line> {
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[head..], &new[head..]);
    let tail = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&old_rest[..old_rest.len() - tail], &new_rest[..new_rest.len() - tail]);
    let line = |mark: Mark| move |text: &&str| Line { mark, text: (*text).to_owned() };
    let mut out: Vec<Line> = old[..head].iter().map(line(Mark::Same)).collect();
    if a.len().saturating_mul(b.len()) > CELLS_MAX {
        out.extend(a.iter().map(line(Mark::Removed)));
        out.extend(b.iter().map(line(Mark::Added)));
    } else {
        middle(a, b, &mut out);
    }
    out.extend(old_rest[a.len()..].iter().map(line(Mark::Same)));
    out
}

/// The longest common subsequence of the part that differs.
fn middle(a: &[&str], b: &[&str], out: &mut Vec<Line>) {
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = match a[i] == b[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut push = |mark: Mark, text: &str| out.push(Line { mark, text: text.to_owned() });
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            push(Mark::Same, a[i]);
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || longest[(i + 1) * width + j] >= longest[i * width + j + 1])
        {
            push(Mark::Removed, a[i]);
            i += 1;
        } else {
            push(Mark::Added, b[j]);
            j += 1;
        }
    }
}

fn near_changes(all: &[Line]) -> Vec<Line> {
    let near = |n: usize| {
        let from = n.saturating_sub(AROUND);
        all.iter().skip(from).take(2 * AROUND + 1).any(|line| line.mark != Mark::Same)
    };
    let mut out: Vec<Line> = Vec::new();
    for (n, line) in all.iter().enumerate() {
        if out.len() == SHOWN_MAX {
            break;
        }
        if near(n) {
            out.push(line.clone());
        } else if out.last().is_none_or(|last| last.mark != Mark::Gap) {
            out.push(Line { mark: Mark::Gap, text: String::new() });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        let lines = diff(before.as_bytes(), after.as_bytes());
        lines.iter().map(|line| format!("{}{}\n", line.sign(), line.text)).collect()
    }

    #[test]
    fn only_values_differ_and_not_their_spacing() {
        assert_eq!(shown("{\"a\":1,\"b\":[2]}", "{ \"a\": 1,\n \"b\": [ 2 ] }"), "⋯\n");
        let text = shown("{\"a\":1,\"b\":2,\"c\":3}", "{\"a\":1,\"b\":5,\"c\":3}");
        assert_eq!(text.matches('－').count(), 1, "{text}");
        assert!(text.contains("－  \"b\": 2,") && text.contains("＋  \"b\": 5,"), "{text}");
    }

    #[test]
    fn what_is_no_json_is_compared_as_it_is() {
        assert_eq!(shown("x\ny", "x\nz"), "\u{3000}x\n－y\n＋z\n");
        assert!(shown("", "{\"a\":1}").contains("＋  \"a\": 1"));
    }

    #[test]
    fn every_line_of_both_is_kept_in_order_around_the_changes() {
        let old: Vec<String> = (0..50).map(|n| n.to_string()).collect();
        let mut new = old.clone();
        new[25] = "x".to_owned();
        new.insert(40, "y".to_owned());
        let lines = diff(old.join("\n").as_bytes(), new.join("\n").as_bytes());
        let of =
            |mark: Mark| lines.iter().filter(move |line| line.mark == mark).map(|line| line.text.as_str());
        assert_eq!(of(Mark::Removed).collect::<Vec<_>>(), ["25"]);
        assert_eq!(of(Mark::Added).collect::<Vec<_>>(), ["x", "y"]);
        assert_eq!(of(Mark::Gap).count(), 3);
    }

    #[test]
    fn two_large_documents_are_compared_in_bounds() {
        let old: Vec<String> = (0..5_000).map(|n| format!("a{n}")).collect();
        let new: Vec<String> = (0..5_000).map(|n| format!("b{n}")).collect();
        assert_eq!(diff(old.join("\n").as_bytes(), new.join("\n").as_bytes()).len(), SHOWN_MAX);
    }
}
