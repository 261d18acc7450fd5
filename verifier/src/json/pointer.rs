//! JSON Pointers (RFC 6901): `/sections/admin/0`. `~` is written `~0` and `/` is written `~1` inside a token.

use alloc::string::String;
use alloc::vec::Vec;

/// Appends `/` and the escaped token.
pub fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(c),
        }
    }
}

/// `pointer` with one more token at its end.
pub fn join(pointer: &str, token: &str) -> String {
    let mut joined = String::from(pointer);
    push(&mut joined, token);
    joined
}

/// The tokens, unescaped; `None` if it is no JSON Pointer.
pub fn tokens(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    pointer.strip_prefix('/')?.split('/').map(unescape).collect()
}

/// The index that a token of an array stands for: decimal, no leading zero.
pub fn index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|b| b.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    if plain { token.parse().ok() } else { None }
}

fn unescape(token: &str) -> Option<String> {
    let mut out = String::with_capacity(token.len());
    let mut chars = token.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '~' => match chars.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            _ => c,
        });
    }
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_back() {
        for list in [&[][..], &[""], &["a/b", "m~n", "~1", "0"], &["名"]] {
            let pointer = list.iter().fold(String::new(), |p, token| join(&p, token));
            assert_eq!(tokens(&pointer).unwrap(), list);
        }
    }

    #[test]
    fn what_is_no_pointer() {
        for bad in ["a", "a/b", "/~", "/~2", "/a~"] {
            assert_eq!(tokens(bad), None, "{bad}");
        }
        for bad in ["01", "-1", "", "1a", "99999999999999999999999"] {
            assert_eq!(index(bad), None, "{bad}");
        }
        assert_eq!(index("0"), Some(0));
        assert_eq!(index("10"), Some(10));
    }
}
