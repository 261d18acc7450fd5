//! The quorum of witnesses, and the bundle as a C2SP tlog-policy.

use super::fields::{Group, KeyUse, Office, Threshold, TrustFields};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Groups name only groups before them, so one pass over them is enough.
pub(super) fn quorum_met(fields: &TrustFields, cosigned: &[&str]) -> Option<bool> {
    let quorum = fields.quorum.as_deref()?;
    // Only those who are witnesses count, and a label is never taken for one.
    let mut met: Vec<&str> = fields
        .witnesses
        .iter()
        .map(|witness| witness.key.name().as_str())
        .filter(|name| cosigned.contains(name))
        .collect();
    for group in &fields.groups {
        if group_met(group, &met) {
            met.push(&group.label);
        }
    }
    Some(met.contains(&quorum))
}

fn group_met(group: &Group, met: &[&str]) -> bool {
    let count = group.members.iter().filter(|member| met.contains(&member.as_str())).count();
    match group.threshold {
        Threshold::Any => count >= 1,
        Threshold::All => count == group.members.len(),
        Threshold::AtLeast(k) => u64::try_from(count).is_ok_and(|count| count >= k),
    }
}

pub(super) fn export(fields: &TrustFields, office: &Office) -> String {
    let mut out = String::new();
    for key in office.keys_for(KeyUse::Ledger) {
        out.push_str(&format!("log {}\n", key.key.encode()));
    }
    for witness in &fields.witnesses {
        out.push_str(&format!("witness {} {}\n", witness.key.name(), witness.key.encode()));
    }
    for group in &fields.groups {
        out.push_str(&group_line(group));
    }
    out.push_str(&quorum_line(fields));
    out
}

/// The same in the bundle and in a policy.
pub(super) fn group_line(group: &Group) -> String {
    let threshold = match group.threshold {
        Threshold::Any => String::from("any"),
        Threshold::All => String::from("all"),
        Threshold::AtLeast(k) => format!("{k}"),
    };
    format!("group {} {threshold} {}\n", group.label, group.members.join(" "))
}

/// The same in the bundle and in a policy.
pub(super) fn quorum_line(fields: &TrustFields) -> String {
    format!("quorum {}\n", fields.quorum.as_deref().unwrap_or("none"))
}
