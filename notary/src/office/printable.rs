//! Whether a document can be printed: a name with a character that the font does not have is refused before anything is
//! issued, and not a box on paper afterwards.

use verifier::json::{Value, pointer};

use crate::refusal::{Refusal, RefusalCode};
use crate::render::missing_glyph;

/// Looks at every text of a document.
///
/// # Errors
/// `GLYPH_MISSING`, with the pointer of the text and its character.
pub(super) fn printable(document: &Value) -> Result<(), Refusal> {
    match missing(document)? {
        None => Ok(()),
        Some((tokens, c)) => {
            let at = tokens.iter().rev().fold(String::new(), |at, token| pointer::join(&at, token));
            let found = format!("{c} (U+{:04X})", u32::from(c));
            Err(Refusal::new(RefusalCode::GlyphMissing).at(at).found(found))
        }
    }
}

/// The first text with such a character: its pointer's tokens, the last one first, and the character.
fn missing(value: &Value) -> Result<Option<(Vec<String>, char)>, Refusal> {
    let below = |token: &dyn Fn() -> String, value: &Value| {
        let found = missing(value)?;
        Ok::<_, Refusal>(found.map(|(mut tokens, c)| {
            tokens.push(token());
            (tokens, c)
        }))
    };
    match value {
        Value::String(text) => Ok(missing_glyph(text)?.map(|c| (Vec::new(), c))),
        Value::Array(list) => {
            for (n, value) in list.iter().enumerate() {
                if let Some(found) = below(&|| n.to_string(), value)? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        }
        Value::Object(members) => {
            for (key, value) in members {
                if let Some(found) = below(&|| key.clone(), value)? {
                    return Ok(Some(found));
                }
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}
