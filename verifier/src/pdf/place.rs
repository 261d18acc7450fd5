//! Where the note stands in a file, and the digest of everything else.

use alloc::string::String;
use alloc::vec::Vec;

use crate::base64;
use crate::hash::{Hash, tagged};
use crate::note::Note;

/// What the note's line begins with. It stands once in a file.
pub const MARK: &[u8] = b"%xinzheng-pdf-note ";
/// Characters of base64 and filling in the note's line: room for the longest origin.
pub const NOTE_CHARS: usize = 640;
/// Bytes of the note's line, its LF included.
pub const LINE_BYTES: usize = 660;
/// The most that follows the note's line: `startxref`, ten digits and `%%EOF`, a line each.
pub const TAIL_BYTES: usize = 27;

const LABEL: &str = "xinzheng/pdf/v1";
const FILLING: u8 = b'.';
/// Digits of a place in a PDF file.
const DIGITS: usize = 10;

/// A file cut at its note: what is before the 640 characters, these, and what is after them.
pub(super) struct Cut<'a> {
    pub(super) before: &'a [u8],
    pub(super) chars: &'a [u8],
    pub(super) after: &'a [u8],
}

impl<'a> Cut<'a> {
    /// None unless the note's line stands where it has to.
    pub(super) fn at_the_end(bytes: &'a [u8]) -> Option<Cut<'a>> {
        let rest = bytes.strip_suffix(b"\n%%EOF\n")?;
        let digits = rest.iter().rev().take_while(|byte| byte.is_ascii_digit()).take(DIGITS).count();
        let rest = rest.get(..rest.len().checked_sub(digits)?).filter(|_| digits > 0)?;
        let rest = rest.strip_suffix(b"\nstartxref\n")?;
        let before = rest.len().checked_sub(NOTE_CHARS)?;
        let (before, chars) = rest.split_at_checked(before)?;
        let after = bytes.get(rest.len()..)?;
        before.strip_suffix(MARK)?.strip_suffix(b"\n")?;
        Some(Cut { before, chars, after })
    }

    /// The note itself, without its filling.
    pub(super) fn text(&self) -> Option<String> {
        let filled = self.chars.iter().rev().take_while(|byte| **byte == FILLING).count();
        let text = self.chars.get(..self.chars.len().checked_sub(filled)?)?;
        String::from_utf8(base64::decode(core::str::from_utf8(text).ok()?)?).ok()
    }

    pub(super) fn digest(&self) -> Hash {
        file_digest(self.before, self.after)
    }
}

/// How often the mark stands in a file.
pub(super) fn marks(bytes: &[u8]) -> usize {
    bytes.windows(MARK.len()).filter(|window| window.first() == MARK.first() && *window == MARK).count()
}

/// The digest of a file: of all bytes before the note's 640 characters, and all bytes after them.
pub fn file_digest(before: &[u8], after: &[u8]) -> Hash {
    tagged(LABEL, &[before, after])
}

/// The note's line with nothing but filling in it, to be put directly before `startxref`.
pub fn line() -> Vec<u8> {
    let filling = core::iter::repeat_n(&FILLING, NOTE_CHARS);
    MARK.iter().chain(filling).chain(b"\n").copied().collect()
}

/// The 640 characters that stand for a note; none if it is longer than they can hold.
pub fn filled(note: &Note) -> Option<String> {
    let mut chars = base64::encode(note.encode().as_bytes());
    let missing = NOTE_CHARS.checked_sub(chars.len())?;
    chars.extend(core::iter::repeat_n(char::from(FILLING), missing));
    Some(chars)
}
