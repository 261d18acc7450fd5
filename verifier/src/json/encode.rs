//! The compact form (spec/json.md): one encoding for each value.

use alloc::format;
use alloc::string::{String, ToString};

use super::Value;

/// The compact form of a value: no white space, members in their order, four escapes.
pub fn compact(value: &Value) -> String {
    let mut out = String::new();
    write_value(&mut out, value);
    out
}

/// Appends a string in quotes. Control characters, which no parsed value holds, come out as `\u00XX`.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|b| b < 0x20 || b == b'"' || b == b'\\') {
        let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        out.push_str(plain);
        match special.bytes().next() {
            Some(b'\n') => out.push_str("\\n"),
            Some(b'\t') => out.push_str("\\t"),
            Some(control @ 0..=0x1f) => out.push_str(&format!("\\u{control:04x}")),
            Some(quote) => out.extend(['\\', char::from(quote)]),
            None => {}
        }
        rest = special.get(1..).unwrap_or("");
    }
    out.push_str(rest);
    out.push('"');
}

fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Integer(n) => out.push_str(&n.to_string()),
        Value::String(text) => write_string(out, text),
        Value::Array(elements) => {
            out.push('[');
            for (i, element) in elements.iter().enumerate() {
                comma(out, i);
                write_value(out, element);
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            for (i, (key, member)) in members.iter().enumerate() {
                comma(out, i);
                write_string(out, key);
                out.push(':');
                write_value(out, member);
            }
            out.push('}');
        }
    }
}

fn comma(out: &mut String, i: usize) {
    if i > 0 {
        out.push(',');
    }
}
