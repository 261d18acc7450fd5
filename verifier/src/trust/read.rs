//! Reads the text of a trust bundle: lines in exactly their order, each word in its one form.

mod lines;
mod office;
mod party;

use super::fields::TrustFields;
use crate::error::Refused;
use crate::key::{KeyKind, VerifierKey};
use crate::limits::{AUTHORITIES, CHAINS, GROUPS, OFFICES, TRUST_BYTES, TRUST_ROOTS, WITNESSES};
use crate::origin::Origin;
use alloc::vec::Vec;
use lines::{Lines, refuse};
pub(crate) use party::is_label;

/// Refuses everything that `TrustFields::text` would not write.
pub(super) fn read(text: &str) -> Result<TrustFields, Refused> {
    if text.len() > TRUST_BYTES {
        return Err(Refused::new("trust bundle", "", "is longer than 1 MiB"));
    }
    let mut lines = Lines::of(text)?;
    let publisher = lines.next_line()?.strip_suffix("/root").map(Origin::parse);
    let publisher = match publisher {
        Some(Ok(publisher)) => publisher,
        Some(Err(e)) => return lines.fail(e.what()),
        None => return lines.fail("has to be the publisher's name and /root"),
    };
    if lines.next_line()? != "trust v1" {
        return lines.fail("has to be \"trust v1\"");
    }
    let roots = roots(&mut lines, &publisher)?;
    let sequence = lines.number("sequence")?;
    if sequence == 0 {
        return lines.fail("a sequence begins at 1");
    }
    let issued = lines.time("issued")?;
    let expires = lines.time("expires")?;
    if issued >= expires {
        return lines.fail("expires has to be later than issued");
    }
    let offices = lines.many("office", OFFICES, office::read)?;
    if !ascending(offices.iter().map(|office| &office.origin)) {
        return lines.fail("offices have to be in the order of their origins, none twice");
    }
    let witnesses = lines.many("witness", WITNESSES, party::witness)?;
    if !ascending(witnesses.iter().map(|witness| witness.key.name())) {
        return lines.fail("witnesses have to be in the order of their key names, none twice");
    }
    let mut keys: Vec<_> = witnesses.iter().map(|witness| witness.key.public()).collect();
    keys.sort_unstable();
    if !ascending(keys.iter()) {
        return lines.fail("a witness's key may have one name only");
    }
    let authorities = lines.many("authority", AUTHORITIES, party::authority)?;
    if !ascending(authorities.iter().map(|authority| &authority.label)) {
        return lines.fail("authorities have to be in the order of their labels, none twice");
    }
    let chains = lines.many("chain", CHAINS, party::chain)?;
    if !ascending(chains.iter().map(|chain| &chain.label)) {
        return lines.fail("chains have to be in the order of their labels, none twice");
    }
    let mut names = party::Names::new(&witnesses, &authorities, &chains);
    names.check(&lines)?;
    let groups = lines.many("group", GROUPS, |lines| names.group(lines))?;
    let quorum = names.quorum(&mut lines)?;
    lines.end()?;
    Ok(TrustFields {
        publisher,
        roots,
        sequence,
        issued,
        expires,
        offices,
        witnesses,
        authorities,
        chains,
        groups,
        quorum,
    })
}

fn roots(lines: &mut Lines<'_>, publisher: &Origin) -> Result<Vec<VerifierKey>, Refused> {
    let roots = lines.many("root", TRUST_ROOTS, |lines| {
        let text = lines.field("root")?;
        let root = vkey(lines, text, KeyKind::Note)?;
        if root.name().as_str() == publisher.root_key_name() {
            return Ok(root);
        }
        lines.fail("the root's name has to be that of the first line")
    })?;
    if roots.is_empty() {
        lines.next_line()?;
        return lines.fail("has to be the first root");
    }
    if !ascending(roots.iter().map(VerifierKey::encode)) {
        return lines.fail("roots have to be in the order of their vkeys, none twice");
    }
    Ok(roots)
}

fn vkey(lines: &Lines<'_>, text: &str, kind: KeyKind) -> Result<VerifierKey, Refused> {
    match VerifierKey::parse(text) {
        Ok(key) if key.kind() == kind => Ok(key),
        Ok(_) => lines.fail("the key's type is not the one for this use"),
        Err(e) => Err(refuse(lines.place(), &alloc::format!("{e}"))),
    }
}

/// Each greater than the one before it.
fn ascending<T: Ord>(items: impl Iterator<Item = T>) -> bool {
    items.is_sorted_by(|a, b| a < b)
}
