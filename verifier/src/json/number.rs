//! Numbers of strict JSON: whole, within ±(2^53 − 1), in one writing. What is refused is said in words.

use alloc::format;
use alloc::string::{String, ToString};

/// 2^53 − 1, the largest whole number that every reader of JSON keeps exactly (RFC 7493 §2.2).
const LARGEST: i64 = 9_007_199_254_740_991;

/// Longest piece of the input that a message repeats, in bytes.
const QUOTED: usize = 24;

/// Whether a number of any kind may hold this byte.
pub(super) fn is_part(b: u8) -> bool {
    matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

/// The number that this token is, or what is wrong with it and what would be right.
pub(super) fn parse(token: &str) -> Result<i64, String> {
    let digits = token.strip_prefix('-').unwrap_or(token);
    if let Some(fault) = fault(token, digits) {
        return Err(fault);
    }
    match token.parse::<i64>() {
        Ok(n) if (-LARGEST..=LARGEST).contains(&n) => Ok(n),
        _ => Err(format!("{} is beyond ±(2^53 − 1); write long numbers as text", quoted(token))),
    }
}

fn fault(token: &str, digits: &str) -> Option<String> {
    let token = quoted(token);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit());
    if is_number && digits.contains(['e', 'E']) {
        Some(format!("{token} is a number with an exponent; write it out, amounts as text"))
    } else if is_number && digits.contains('.') {
        Some(format!("{token} is a number with a fraction; write amounts as text, \"{token}\""))
    } else if !is_number || digits.contains(['+', '-']) {
        Some(format!("{token} is no number"))
    } else if token == "-0" {
        Some("-0 is no whole number; write 0".to_string())
    } else if digits.len() > 1 && digits.starts_with('0') {
        Some(format!("{token} begins with a zero; leave it out, or write codes as text"))
    } else {
        None
    }
}

fn quoted(token: &str) -> String {
    match token.get(..QUOTED) {
        Some(start) if token.len() > QUOTED => format!("{start}…"),
        _ => token.to_string(),
    }
}
