//! Organisations, witnesses, authorities, chains, groups and the quorum.

use super::lines::{Lines, refuse};
use super::{ascending, vkey};
use crate::base64;
use crate::characters;
use crate::error::Refused;
use crate::key::KeyKind;
use crate::limits::{AUTHORITY_BYTES, LABEL_BYTES, ORGANISATION_BYTES, TOKEN_BYTES};
use crate::time::parse_decimal;
use crate::trust::fields::{Authority, Chain, Group, Organisation, Threshold, Witness};
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn organisation(lines: &Lines<'_>, text: &str) -> Result<Organisation, Refused> {
    let Some((code, name)) = text.split_once(' ') else { return lines.fail("has too few words") };
    let token = token(lines, code)?;
    if name.len() > ORGANISATION_BYTES {
        return lines.fail("the name is longer than 200 bytes");
    }
    characters::check_line(name).map_err(|e| refuse(lines.place(), &e.to_string()))?;
    Ok(Organisation { token, name: name.to_string() })
}

pub(super) fn witness(lines: &mut Lines<'_>) -> Result<Witness, Refused> {
    let [key, rest] = lines.words("witness")?;
    let key = vkey(lines, key, KeyKind::Cosignature)?;
    Ok(Witness { key, organisation: organisation(lines, rest)? })
}

pub(super) fn authority(lines: &mut Lines<'_>) -> Result<Authority, Refused> {
    let [name, code, certificate] = lines.words("authority")?;
    let certificate = base64::decode(certificate).filter(|der| (1..=AUTHORITY_BYTES).contains(&der.len()));
    let Some(certificate) = certificate else {
        return lines.fail("the certificate is not the base64 of 1 to 8192 bytes");
    };
    Ok(Authority { label: label(lines, name)?, token: token(lines, code)?, certificate })
}

pub(super) fn chain(lines: &mut Lines<'_>) -> Result<Chain, Refused> {
    let [name, id, sender, code] = lines.words("chain")?;
    let Some(chain_id) = parse_decimal(id) else { return lines.fail("the chain id is not a decimal number") };
    let Some(sender) = address(sender) else {
        return lines.fail("the address has to be 40 lower-case hexadecimal digits");
    };
    Ok(Chain { label: label(lines, name)?, chain_id, sender, token: token(lines, code)? })
}

/// What groups and the quorum may name, and the labels that are taken.
pub(super) struct Names {
    /// Witnesses' key names, and labels of the groups read so far.
    members: BTreeSet<String>,
    /// Labels of authorities, chains, and the groups read so far.
    labels: BTreeSet<String>,
    twice: bool,
}

impl Names {
    pub(super) fn new(witnesses: &[Witness], authorities: &[Authority], chains: &[Chain]) -> Names {
        let members: BTreeSet<String> =
            witnesses.iter().map(|witness| witness.key.name().as_str().to_string()).collect();
        let mut labels = BTreeSet::new();
        // A quorum of that name could not be told from no quorum.
        let mut twice = members.contains("none");
        for label in authorities.iter().map(|a| &a.label).chain(chains.iter().map(|c| &c.label)) {
            twice |= members.contains(label) || !labels.insert(label.clone());
        }
        Names { members, labels, twice }
    }

    pub(super) fn check(&self, lines: &Lines<'_>) -> Result<(), Refused> {
        if self.twice {
            lines.fail("a label is used twice or is a witness's name, or a witness is named none")
        } else {
            Ok(())
        }
    }

    pub(super) fn group(&mut self, lines: &mut Lines<'_>) -> Result<Group, Refused> {
        let [name, threshold, members] = lines.words("group")?;
        let label = label(lines, name)?;
        let members: Vec<String> = members.split(' ').map(String::from).collect();
        if !members.iter().all(|member| self.members.contains(member)) {
            return lines.fail("a member has to be a witness's key name or the label of a group above");
        }
        if !ascending(members.iter()) {
            return lines.fail("members have to be in ascending order, none twice");
        }
        let threshold = match (threshold, parse_decimal(threshold)) {
            ("any", _) => Threshold::Any,
            ("all", _) => Threshold::All,
            (_, Some(k)) if k >= 1 && usize::try_from(k).is_ok_and(|k| k <= members.len()) => {
                Threshold::AtLeast(k)
            }
            _ => return lines.fail("a group needs any, all, or a number from 1 to that of its members"),
        };
        if !self.labels.insert(label.clone()) || !self.members.insert(label.clone()) {
            return lines.fail("a label is used twice, or is a witness's name");
        }
        Ok(Group { label, threshold, members })
    }

    pub(super) fn quorum(&self, lines: &mut Lines<'_>) -> Result<Option<String>, Refused> {
        match lines.field("quorum")? {
            "none" => Ok(None),
            name if self.members.contains(name) => Ok(Some(name.to_string())),
            _ => lines.fail("has to be none, a witness's key name or a group's label"),
        }
    }
}

/// `none` is no label, or a quorum of that name could not be told from no quorum.
pub(crate) fn is_label(text: &str) -> bool {
    let inside = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let letter_first = text.starts_with(|c: char| c.is_ascii_lowercase());
    letter_first && text.len() <= LABEL_BYTES && text.bytes().all(inside) && text != "none"
}

fn label(lines: &Lines<'_>, text: &str) -> Result<String, Refused> {
    if !is_label(text) {
        return lines.fail("a label is 1 to 64 of a-z, 0-9 and -, a letter first, and not none");
    }
    Ok(text.to_string())
}

/// A unified social credit code by its form, or a host name with a dot in it.
fn token(lines: &Lines<'_>, text: &str) -> Result<String, Refused> {
    let code = text.len() == 18 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let host = text.len() <= TOKEN_BYTES
        && text.starts_with(edge)
        && text.ends_with(edge)
        && text.contains('.')
        && text.chars().all(|c| edge(c) || matches!(c, '.' | '-'));
    if !code && !host {
        return lines.fail("an organisation's token is a unified social credit code or a host name");
    }
    Ok(text.to_string())
}

fn address(text: &str) -> Option<[u8; 20]> {
    if text.len() != 40 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        return None;
    }
    let mut bytes = [0; 20];
    for (place, byte) in bytes.iter_mut().enumerate() {
        let start = place.checked_mul(2)?;
        *byte = u8::from_str_radix(text.get(start..start.checked_add(2)?)?, 16).ok()?;
    }
    Some(bytes)
}
