//! As much of PDF's syntax as finding an attachment takes (ISO 32000-1, 7.2 and 7.3): one dictionary with its keys.

use alloc::vec::Vec;

/// Bytes of a dictionary that is looked at.
pub(super) const DICTIONARY_BYTES: usize = 4096;
/// Keys and values in one.
const TOKENS: usize = 256;
/// Nesting of dictionaries and arrays in one, itself included.
const DEPTH: usize = 8;

/// A key and the words of its value.
type Member<'a> = (&'a [u8], Vec<&'a [u8]>);

/// A dictionary: its keys and values at the top, as they are written.
#[derive(Debug)]
pub(super) struct Dictionary<'a> {
    members: Vec<Member<'a>>,
}

impl<'a> Dictionary<'a> {
    /// Reads the dictionary that `bytes` begins with. How far was read is told in both cases.
    pub(super) fn read(bytes: &'a [u8]) -> (Option<Dictionary<'a>>, usize) {
        let bytes = bytes.get(..DICTIONARY_BYTES).unwrap_or(bytes);
        let mut tokens = Tokens { bytes, at: 0 };
        let top = top(&mut tokens);
        let dictionary = top.and_then(|tokens| members(&tokens)).map(|members| Dictionary { members });
        (dictionary, tokens.at)
    }

    /// The words of this key's value: one for a name or number, three for a reference, one for all of an array.
    pub(super) fn get(&self, key: &[u8]) -> Option<&[&'a [u8]]> {
        self.members.iter().find(|(name, _)| *name == key).map(|(_, value)| value.as_slice())
    }
}

/// White space of PDF.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

/// What ends a word.
fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// The words at the top of a dictionary, arrays and dictionaries in it as one word each.
fn top<'a>(tokens: &mut Tokens<'a>) -> Option<Vec<&'a [u8]>> {
    if tokens.next()? != b"<<" {
        return None;
    }
    let mut words = Vec::new();
    // The closing brackets that are waited for, and where the outermost one in the dictionary was opened.
    let mut open: Vec<&[u8]> = Vec::from([b">>".as_slice()]);
    let mut opened = 0;
    loop {
        let word = tokens.next()?;
        let start = tokens.at.checked_sub(word.len())?;
        match word {
            b"<<" | b"[" => {
                if open.len() == 1 {
                    opened = start;
                }
                open.push(if word == b"[" { b"]" } else { b">>" });
                if open.len() > DEPTH {
                    return None;
                }
            }
            b">>" | b"]" => {
                if open.pop()? != word {
                    return None;
                }
                match open.len() {
                    0 => return Some(words),
                    1 => words.push(tokens.bytes.get(opened..tokens.at)?),
                    _ => {}
                }
            }
            word if open.len() == 1 => words.push(word),
            _ => {}
        }
        if words.len() > TOKENS {
            return None;
        }
    }
}

/// Pairs of keys and values. None where a key is no name, stands twice or has no value.
fn members<'a>(words: &[&'a [u8]]) -> Option<Vec<Member<'a>>> {
    let mut members: Vec<Member<'a>> = Vec::new();
    let mut rest = words;
    while let Some((key, after)) = rest.split_first() {
        let is_reference = matches!(after, [n, g, b"R", ..] if number(n).is_some() && number(g).is_some());
        let (value, after) = after.split_at_checked(if is_reference { 3 } else { 1 })?;
        if !key.starts_with(b"/") || members.iter().any(|(name, _)| name == key) {
            return None;
        }
        members.push((key, value.to_vec()));
        rest = after;
    }
    Some(members)
}

/// An unsigned decimal number.
pub(super) fn number(word: &[u8]) -> Option<usize> {
    let text =
        core::str::from_utf8(word).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?;
    text.parse().ok()
}

/// Cuts bytes into words.
struct Tokens<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Tokens<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        self.skip();
        let rest = self.bytes.get(self.at..)?;
        let length = match rest {
            [b'<', b'<', ..] | [b'>', b'>', ..] => Some(2),
            [b'[' | b']' | b'{' | b'}', ..] => Some(1),
            [b'(', ..] => string(rest),
            [b'<', ..] => rest.iter().position(|byte| *byte == b'>').and_then(|end| end.checked_add(1)),
            [b'/', after @ ..] => word(after).checked_add(1),
            [] | [b')' | b'>', ..] => return None,
            _ => Some(word(rest)),
        };
        // What has no end was looked at to the end: nobody looks there again.
        let Some(length) = length else {
            self.at = self.bytes.len();
            return None;
        };
        self.at = self.at.checked_add(length)?;
        rest.get(..length)
    }

    /// White space and comments.
    fn skip(&mut self) {
        let mut comment = false;
        while let Some(byte) = self.bytes.get(self.at) {
            comment = match (comment, *byte) {
                (_, b'\n' | b'\r') => false,
                (true, _) | (false, b'%') => true,
                (false, byte) if is_space(byte) => false,
                (false, _) => return,
            };
            self.at = self.at.saturating_add(1);
        }
    }
}

/// Length of the word that `bytes` begin with.
fn word(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| !is_space(**byte) && !is_delimiter(**byte)).count()
}

/// Length of the string that `bytes` begin with, its brackets included.
fn string(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut escaped) = (0usize, false);
    for (place, byte) in bytes.iter().enumerate() {
        match (escaped, byte) {
            (true, _) => escaped = false,
            (false, b'\\') => escaped = true,
            (false, b'(') => depth = depth.checked_add(1)?,
            (false, b')') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return place.checked_add(1);
                }
            }
            _ => {}
        }
    }
    None
}
