//! The configuration file: TOML of at most two levels, each key one of `KEYS`; and `[[anchor]]`, a table for each target.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::SettingsError;
use super::draft::{Draft, KEYS};

/// Bytes of a configuration file.
const FILE_MAX: usize = 64 << 10;
/// The one array of tables.
const ANCHOR: &str = "anchor";

/// Takes over every value of the file.
pub fn read(file: &Path, draft: &mut Draft) -> Result<(), SettingsError> {
    let wrong = |at: String, zh: String, en: String| SettingsError { at, zh, en };
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|error| {
        wrong(name.clone(), format!("不能读取：{error}"), format!("can't be read: {error}"))
    })?;
    if text.len() > FILE_MAX {
        return Err(wrong(name, "文件过大".into(), "the file is too large".into()));
    }
    let line =
        |offset: usize| format!("{name}:{}", 1 + text.bytes().take(offset).filter(|b| *b == b'\n').count());
    let table = DeTable::parse(&text).map_err(|error| {
        let at = error.span().map_or_else(|| name.clone(), |span| line(span.start));
        wrong(at, format!("不是合法的 TOML：{}", error.message()), format!("not TOML: {}", error.message()))
    })?;
    let beside = file.parent().unwrap_or(Path::new(""));
    let mut values = Vec::new();
    flatten(table.get_ref(), "", &mut values);
    for (key, value) in values {
        if key == ANCHOR {
            draft.anchors(super::anchor::read(value, beside, &line)?);
            continue;
        }
        let at = line(value.span().start);
        if !KEYS.contains(&key.as_str()) {
            return Err(wrong(
                at,
                format!("没有设置项“{key}”；可设置：{}", KEYS.join("、")),
                format!("there is no setting \"{key}\"; there are: {}", KEYS.join(", ")),
            ));
        }
        let Some(value) = plain(value.get_ref()) else {
            return Err(wrong(
                at,
                format!("{key} 的值应为文字、整数或文字列表"),
                format!("the value of {key} must be text, a whole number or a list of texts"),
            ));
        };
        draft.set(&key, &value, beside, &at)?;
    }
    Ok(())
}

/// Tables give their names to their keys: `tls.key`.
fn flatten<'a>(table: &'a DeTable<'a>, above: &str, values: &mut Vec<(String, &'a Spanned<DeValue<'a>>)>) {
    for (key, value) in table {
        let key =
            if above.is_empty() { key.get_ref().to_string() } else { format!("{above}.{}", key.get_ref()) };
        match value.get_ref() {
            // An unknown table is told by the first key in it, an empty one by itself.
            DeValue::Table(inner)
                if above.is_empty() && key != ANCHOR && (!inner.is_empty() || is_table(&key)) =>
            {
                flatten(inner, &key, values);
            }
            _ => values.push((key, value)),
        }
    }
}

/// Whether keys are in a table of this name.
fn is_table(name: &str) -> bool {
    KEYS.iter().any(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')))
}

fn plain(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_string()),
        DeValue::Array(items) => {
            let items: Option<Vec<&str>> = items.iter().map(|item| item.get_ref().as_str()).collect();
            Some(items?.join(","))
        }
        _ => None,
    }
}
