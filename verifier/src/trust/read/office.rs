//! The lines of one office.

use super::lines::{Lines, refuse};
use super::party::organisation;
use super::{ascending, vkey};
use crate::checkpoint::Checkpoint;
use crate::error::Refused;
use crate::hash::Hash;
use crate::key::{KeyId, KeyKind};
use crate::limits::{OFFICE_KEYS, URL_BYTES};
use crate::origin::Origin;
use crate::registry::DocumentKind;
use crate::time::parse_decimal;
use crate::trust::fields::{Compromised, KeyUse, Office, OfficeKey};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn read(lines: &mut Lines<'_>) -> Result<Office, Refused> {
    let origin = lines.field("office")?;
    let origin = Origin::parse(origin).map_err(|e| refuse(lines.place(), e.what()))?;
    let line = lines.field("organisation")?;
    let organisation = organisation(lines, line)?;
    let kinds = kinds(lines)?;
    let status_url = match lines.optional("status")? {
        Some(text) => Some(url(lines, text)?),
        None => None,
    };
    let keys = lines.many("key", OFFICE_KEYS, |lines| key(lines, &origin))?;
    let mut office = Office { origin, organisation, kinds, status_url, keys };
    check_keys(lines, &office.keys)?;
    compromised(lines, &mut office)?;
    Ok(office)
}

fn kinds(lines: &mut Lines<'_>) -> Result<Vec<DocumentKind>, Refused> {
    let names = lines.field("kinds")?;
    let kinds: Option<Vec<DocumentKind>> = names.split(' ').map(DocumentKind::from_name).collect();
    match kinds {
        Some(kinds) if ascending(kinds.iter().map(|kind| kind.number())) => Ok(kinds),
        Some(_) => lines.fail("kinds have to be in their order, none twice"),
        None => lines.fail("names a kind of document that there is not"),
    }
}

/// An address that any reader can use as it stands.
fn url(lines: &Lines<'_>, text: &str) -> Result<String, Refused> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    if text.len() > URL_BYTES || rest.is_none_or(str::is_empty) || !text.bytes().all(|b| b.is_ascii_graphic())
    {
        return lines.fail("has to be an http(s) address of visible ASCII characters, at most 300");
    }
    Ok(text.to_string())
}

fn key(lines: &mut Lines<'_>, origin: &Origin) -> Result<OfficeKey, Refused> {
    let [usage, key, from, until, verify] = lines.words("key")?;
    let Some(usage) = KeyUse::from_name(usage) else {
        return lines.fail("a key's use is ledger, batch, status or pdf");
    };
    let key = vkey(lines, key, KeyKind::Note)?;
    if key.name().as_str() != usage.key_name(origin) {
        return lines.fail("the key's name is not the office's name for this use");
    }
    let (sign_from, sign_until) = (lines.time_of(from)?, lines.time_of(until)?);
    let verify_until = lines.time_of(verify)?;
    if sign_from >= sign_until || sign_until > verify_until {
        return lines.fail("sign-from has to be earlier than sign-until, and verify-until not earlier");
    }
    Ok(OfficeKey { usage, key, sign_from, sign_until, verify_until, compromised: None })
}

fn check_keys(lines: &Lines<'_>, keys: &[OfficeKey]) -> Result<(), Refused> {
    if keys.is_empty() {
        return lines.fail("an office has to have a key");
    }
    if !ascending(keys.iter().map(|key| (key.usage, key.sign_from, key.key.encode()))) {
        return lines.fail("keys have to be in the order of their use, sign-from and vkey, none twice");
    }
    // Names differ by use, so two of the same name and id would stand for one use.
    let mut ids: Vec<_> = keys.iter().map(|key| (key.usage, key.key.id())).collect();
    ids.sort_unstable();
    if !ascending(ids.iter()) {
        return lines.fail("two keys of one name may not have the same id");
    }
    Ok(())
}

/// In the order of the keys that they are of.
fn compromised(lines: &mut Lines<'_>, office: &mut Office) -> Result<(), Refused> {
    let mut above = office.keys.iter_mut();
    let origin = &office.origin;
    lines.many("compromised", OFFICE_KEYS, |lines| {
        let [name, id, from, size, root] = lines.words("compromised")?;
        let id = KeyId::parse(id).map_err(|e| refuse(lines.place(), e.what()))?;
        let Some(key) = above.find(|key| key.key.name().as_str() == name && key.key.id() == id) else {
            return lines.fail("is not of a key above, or not in the order of the keys");
        };
        let from = lines.time_of(from)?;
        let size =
            parse_decimal(size).ok_or_else(|| refuse(lines.place(), "the size is not a decimal number"))?;
        let root = Hash::from_base64(root).map_err(|e| refuse(lines.place(), e.what()))?;
        // Size 0 has one root.
        Checkpoint::new(origin.clone(), size, root).map_err(|e| refuse(lines.place(), e.what()))?;
        key.compromised = Some(Compromised { from, size, root });
        Ok(())
    })?;
    Ok(())
}
