//! The parser. One pass over text that is known to be UTF-8; places are put together only when something is refused.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{JsonCode, JsonError, Value, compact, number};
use crate::characters;
use crate::limits::{JSON_DEPTH, JSON_VALUES};

/// Parses one value of strict JSON, with white space allowed, of at most `max_bytes` bytes.
///
/// # Errors
/// The first fault found, with its code and place (spec/json.md). Where there are several, which is named first is free.
pub fn parse(bytes: &[u8], max_bytes: usize) -> Result<Value, JsonError> {
    if bytes.len() > max_bytes {
        let what = format!("{} bytes where at most {max_bytes} are allowed", bytes.len());
        return Err(JsonError::new(JsonCode::Large, what));
    }
    let text = core::str::from_utf8(bytes).map_err(|e| not_utf8(bytes, &e))?;
    if text.starts_with('\u{FEFF}') {
        return Err(JsonError::new(
            JsonCode::Syntax,
            "begins with a byte order mark; save as UTF-8 without one",
        ));
    }
    let mut parser = Parser { text, rest: text, values: 0 };
    parser.skip_space();
    let value = parser.value(1)?;
    parser.skip_space();
    if parser.rest.is_empty() { Ok(value) } else { Err(parser.syntax("nothing more: one value is wanted")) }
}

/// Parses one value and refuses any writing of it but the compact one. `bytes` has no LF at its end.
///
/// # Errors
/// As [`parse`], and `JSON_NOT_COMPACT`.
pub fn parse_compact(bytes: &[u8], max_bytes: usize) -> Result<Value, JsonError> {
    let value = parse(bytes, max_bytes)?;
    if compact(&value).as_bytes() == bytes {
        Ok(value)
    } else {
        let what = "not in the compact form (no white space, no needless escapes); take the file as the office wrote it";
        Err(JsonError::new(JsonCode::NotCompact, what))
    }
}

fn not_utf8(bytes: &[u8], error: &core::str::Utf8Error) -> JsonError {
    let at = error.valid_up_to();
    let line = bytes.iter().take(at).filter(|b| **b == b'\n').count().saturating_add(1);
    match error.error_len() {
        None => JsonError::new(JsonCode::CutOff, "ends within a character; take the whole file"),
        Some(_) => JsonError::new(
            JsonCode::Utf8,
            format!("byte {at} (line {line}) is not UTF-8; save the file as UTF-8, not as GBK or GB 18030"),
        ),
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
    values: usize,
}

impl<'a> Parser<'a> {
    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.values = self.values.saturating_add(1);
        if self.values > JSON_VALUES {
            return Err(JsonError::new(
                JsonCode::Large,
                format!("more than {JSON_VALUES} values; divide it"),
            ));
        }
        match self.peek() {
            None => Err(cut_off()),
            Some(b'"') => {
                let text = self.string()?;
                characters::check(&text).map_err(|bad| JsonError::new(JsonCode::Text, bad))?;
                Ok(Value::String(text))
            }
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(_) => Err(self.syntax("a value")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.open(depth)?;
        let mut members: Vec<(String, Value)> = Vec::new();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            let key = self.key()?;
            self.skip_space();
            self.expect(b':', "a colon after the key")?;
            self.skip_space();
            let value = self.value(depth.saturating_add(1)).map_err(|e| e.under(&key))?;
            members.push((key, value));
            self.skip_space();
            if self.take(b'}') {
                break;
            }
            self.expect(b',', "a comma or a closing brace")?;
            self.skip_space();
        }
        match key_twice(&members) {
            None => Ok(Value::Object(members)),
            Some(key) => {
                let what = "this key stands twice in one object; keep one of the two";
                Err(JsonError::new(JsonCode::KeyTwice, what).under(key))
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.open(depth)?;
        let mut elements = Vec::new();
        if self.take(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            let index = elements.len();
            elements.push(self.value(depth.saturating_add(1)).map_err(|e| e.under(&index.to_string()))?);
            self.skip_space();
            if self.take(b']') {
                return Ok(Value::Array(elements));
            }
            self.expect(b',', "a comma or a closing bracket")?;
            self.skip_space();
        }
    }

    /// Steps over an opening bracket, if that is not one too many.
    fn open(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth > JSON_DEPTH {
            return Err(JsonError::new(JsonCode::Deep, format!("nested deeper than {JSON_DEPTH} levels")));
        }
        self.step(1);
        self.skip_space();
        Ok(())
    }

    fn key(&mut self) -> Result<String, JsonError> {
        match self.peek() {
            None => return Err(cut_off()),
            Some(b'"') => {}
            Some(_) => return Err(self.syntax("a key in quotes")),
        }
        let key = self.string()?;
        if key.is_empty() {
            return Err(JsonError::new(JsonCode::Text, "a key of this object is empty; name it"));
        }
        // The place is the object: a key that may not be shown is not repeated.
        characters::check(&key)
            .map_err(|bad| JsonError::new(JsonCode::Text, format!("in a key of this object: {bad}")))?;
        Ok(key)
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.step(1);
        let mut out = String::new();
        loop {
            let run =
                self.rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\').ok_or_else(cut_off)?;
            let (plain, rest) = self.rest.split_at_checked(run).ok_or_else(cut_off)?;
            self.rest = rest;
            out.push_str(plain);
            if self.take(b'"') {
                return Ok(out);
            }
            if !self.take(b'\\') {
                return Err(
                    self.syntax("no bare control character within text: write \\n or \\t, or leave it out")
                );
            }
            out.push(self.escaped()?);
        }
    }

    fn escaped(&mut self) -> Result<char, JsonError> {
        let c = match self.peek().ok_or_else(cut_off)? {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.step(1);
                return self.escaped_code_point();
            }
            _ => return Err(self.syntax("an escape that JSON knows")),
        };
        self.step(1);
        Ok(c)
    }

    fn escaped_code_point(&mut self) -> Result<char, JsonError> {
        let first = self.hex4()?;
        if let Some(c) = char::from_u32(first) {
            return Ok(c);
        }
        let lone = || {
            JsonError::new(
                JsonCode::Text,
                "an escape gives half a surrogate pair; write the character itself",
            )
        };
        if first >= 0xDC00 || !(self.take(b'\\') && self.take(b'u')) {
            return Err(if self.rest.is_empty() { cut_off() } else { lone() });
        }
        let second = self.hex4()?;
        char::decode_utf16([first, second].map(|unit| u16::try_from(unit).unwrap_or(0)))
            .next()
            .and_then(Result::ok)
            .ok_or_else(lone)
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let Some(digits) = self.rest.as_bytes().get(..4) else { return Err(cut_off()) };
        let code = digits.iter().try_fold(0u32, |code, digit| {
            let digit = char::from(*digit).to_digit(16)?;
            Some(code.wrapping_shl(4) | digit)
        });
        let code = code.ok_or_else(|| self.syntax("four hexadecimal digits after \\u"))?;
        self.step(4);
        Ok(code)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let length = self.rest.bytes().position(|b| !number::is_part(b)).unwrap_or(self.rest.len());
        let (token, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        if token == "-" && rest.is_empty() {
            return Err(cut_off());
        }
        self.rest = rest;
        number::parse(token).map(Value::Integer).map_err(|fault| JsonError::new(JsonCode::Number, fault))
    }

    fn word(&mut self, word: &'static str, value: Value) -> Result<Value, JsonError> {
        if let Some(rest) = self.rest.strip_prefix(word) {
            self.rest = rest;
            Ok(value)
        } else if word.starts_with(self.rest) {
            Err(cut_off())
        } else {
            Err(self.syntax("a value"))
        }
    }

    fn expect(&mut self, byte: u8, wanted: &str) -> Result<(), JsonError> {
        if self.take(byte) {
            Ok(())
        } else if self.rest.is_empty() {
            Err(cut_off())
        } else {
            Err(self.syntax(wanted))
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.step(1);
        }
        there
    }

    fn peek(&self) -> Option<u8> {
        self.rest.as_bytes().first().copied()
    }

    /// Steps over ASCII characters that were looked at.
    fn step(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or("");
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn syntax(&self, wanted: &str) -> JsonError {
        let read = self.text.get(..self.text.len().saturating_sub(self.rest.len())).unwrap_or("");
        let line = read.bytes().filter(|b| *b == b'\n').count().saturating_add(1);
        let column = read.chars().rev().take_while(|c| *c != '\n').count().saturating_add(1);
        JsonError::new(JsonCode::Syntax, format!("line {line}, column {column}: expected {wanted}"))
    }
}

fn cut_off() -> JsonError {
    JsonError::new(JsonCode::CutOff, "ends before it is complete; take the whole file")
}

/// The first key that stands a second time. Sorted, so that an object of 100,000 keys costs no 10^10 steps.
fn key_twice(members: &[(String, Value)]) -> Option<&str> {
    const FEW: usize = 16;
    if members.len() <= FEW {
        let earlier = |i: usize, key: &str| members.iter().take(i).any(|(k, _)| k == key);
        return members
            .iter()
            .enumerate()
            .find(|(i, (key, _))| earlier(*i, key))
            .map(|(_, (key, _))| key.as_str());
    }
    let mut keys: Vec<&str> = members.iter().map(|(key, _)| key.as_str()).collect();
    keys.sort_unstable();
    keys.iter().zip(keys.iter().skip(1)).find(|(a, b)| a == b).map(|(a, _)| *a)
}
