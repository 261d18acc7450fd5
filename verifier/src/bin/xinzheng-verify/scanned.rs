//! Scanned codes in a text file: one, or one after the other, as a hand scanner writes them.
//!
//! ```text
//! https://credit.example.gov.cn/v#004721013112643071400…
//! https://credit.example.gov.cn/v#00472101311264307140…     a second one
//! 24318875012…                                              … that its line broke
//! ```

use verifier::limits::SCANNED_TEXT_BYTES;
use verifier::qr::{self, ScanError};

use crate::limits;

/// Why a text is not taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// More than [`limits::TEXT_BYTES`] bytes.
    Bytes,
    /// More than [`limits::TEXT_LINES`] lines.
    Lines,
    /// More than [`limits::SCANS`] scans.
    Scans,
}

/// The scans in a text, each as it is to be read; at least one. A line without a scan is left out where there are scans.
pub fn scans(text: &str) -> Result<Vec<String>, TextError> {
    if text.len() > limits::TEXT_BYTES {
        return Err(TextError::Bytes);
    }
    if text.len() <= SCANNED_TEXT_BYTES && is_whole(text) {
        return Ok(vec![text.to_owned()]);
    }
    let mut scans: Vec<String> = Vec::new();
    for (count, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if count >= limits::TEXT_LINES {
            return Err(TextError::Lines);
        }
        match scans.last_mut() {
            Some(open) if continues(open, line) => open.push_str(line),
            _ => scans.push(line.to_owned()),
        }
    }
    let has_scan = scans.iter().any(|s| begins(s) || s.starts_with(digit));
    scans.retain(|scan| !has_scan || begins(scan) || scan.starts_with(digit));
    if scans.len() > limits::SCANS {
        return Err(TextError::Scans);
    }
    if scans.is_empty() {
        scans.push(String::new());
    }
    Ok(scans)
}

/// Whether `line` is the rest of `open`: it is nothing but payload, and `open` is a scan that is not whole yet.
fn continues(open: &str, line: &str) -> bool {
    let payload = |c: char| digit(c) || c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let longest = open.len().saturating_add(line.len()) <= SCANNED_TEXT_BYTES;
    longest && line.chars().all(payload) && (begins(open) || open.starts_with(digit)) && !is_whole(open)
}

fn is_whole(text: &str) -> bool {
    match qr::read_text(text) {
        Ok(_) | Err(ScanError::NeedsLookup) => true,
        Err(_) => false,
    }
}

fn begins(line: &str) -> bool {
    line.contains(['#', '＃']) || line.contains("%23")
}

fn digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_around_scans_is_left_out() {
        let text = "您好,扫描结果如下:\n\nhttps://a.example/v#0047\n谢谢\nhttps://a.example/v%230048\n";
        assert_eq!(
            scans(text),
            Ok(vec!["https://a.example/v#0047".to_owned(), "https://a.example/v%230048".to_owned()])
        );
        assert_eq!(scans("您好\n再见\n"), Ok(vec!["您好".to_owned(), "再见".to_owned()]));
        assert_eq!(scans(""), Ok(vec![String::new()]));
    }

    #[test]
    fn a_number_ends_where_its_line_ends() {
        let numbers = "2026112240170938612574\r\n20261122401709386125745390217746\r\n2026112240170938612574";
        assert_eq!(scans(numbers).map(|scans| scans.len()), Ok(3));
    }

    #[test]
    fn bounds() {
        assert_eq!(scans(&"7".repeat(limits::TEXT_BYTES + 1)), Err(TextError::Bytes));
        assert_eq!(scans(&"7\n".repeat(limits::TEXT_LINES + 1)), Err(TextError::Lines));
        assert_eq!(scans(&"https://a/v#7\n".repeat(limits::SCANS + 1)), Err(TextError::Scans));
    }
}
