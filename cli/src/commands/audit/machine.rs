//! What was checked, for machines: the member `checked` of the answer.

use notary::audit::{AuditReport, FindingCode, KeysKnown, Shown};
use serde::Serialize;
use verifier::trust::TrustBundle;

/// What is not looked for where nothing is known of keys that were announced.
const SILENT_KEYS: &[&str] = &[FindingCode::KeyUnannounced.as_str()];

/// Counts, and who else saw how much.
#[derive(Serialize)]
pub struct Checked {
    entries: u64,
    batches: u64,
    public: u64,
    status_lists: u64,
    trust_bundles: u64,
    key_events: u64,
    log_heads: u64,
    cosigned: u64,
    /// Entries that somebody independent saw, and that two kinds of evidence or the quorum cover.
    level3: u64,
    level4: u64,
    keys: Vec<Key>,
    /// Codes of findings that this audit could not come to.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    not_looked_for: &'static [&'static str],
    witnesses: Vec<Witness>,
    anchors: Vec<Anchor>,
    /// The sequence of a newer trust bundle in the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    newer_trust: Option<u64>,
}

#[derive(Serialize)]
struct Key {
    #[serde(rename = "use")]
    usage: &'static str,
    id: String,
    signatures: u64,
    sign_until: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    compromised: Option<u64>,
}

#[derive(Serialize)]
struct Witness {
    name: String,
    independent: bool,
    count: u64,
    size: u64,
    last: u64,
}

#[derive(Serialize)]
struct Anchor {
    #[serde(rename = "type")]
    kind: String,
    label: String,
    /// `verified`, `attached` or `unknown`.
    shown: &'static str,
    independent: bool,
    count: u64,
    size: Option<u64>,
    last: Option<u64>,
}

impl Checked {
    /// Of this audit.
    pub fn of(report: &AuditReport) -> Checked {
        let looked = &report.looked;
        let keys = looked.keys.iter().map(|key| Key {
            usage: key.usage.name(),
            id: key.id.clone(),
            signatures: key.signatures,
            sign_until: key.sign_until.seconds(),
            compromised: key.compromised.map(|since| since.seconds()),
        });
        let witnesses = looked.witnesses.iter().map(|(name, seen)| Witness {
            name: name.clone(),
            independent: seen.is_independent,
            count: seen.count,
            size: seen.size,
            last: seen.last.seconds(),
        });
        let anchors = looked.anchors.iter().map(|((kind, label), seen)| Anchor {
            kind: kind.clone(),
            label: label.clone(),
            shown: match seen.shown {
                Shown::Verified { .. } => "verified",
                Shown::Attached => "attached",
                Shown::Unknown => "unknown",
            },
            independent: seen.shown == Shown::Verified { is_independent: true },
            count: seen.count,
            size: seen.size,
            last: seen.last.map(|last| last.seconds()),
        });
        Checked {
            entries: looked.entries,
            batches: looked.batches,
            public: looked.preimages,
            status_lists: looked.lists,
            trust_bundles: looked.bundles,
            key_events: looked.key_events,
            log_heads: looked.log_heads,
            cosigned: looked.cosigned,
            level3: looked.level(3),
            level4: looked.level(4),
            keys: keys.collect(),
            not_looked_for: if looked.known == KeysKnown::Beginning { &[] } else { SILENT_KEYS },
            witnesses: witnesses.collect(),
            anchors: anchors.collect(),
            newer_trust: report.newer.as_ref().map(TrustBundle::sequence),
        }
    }
}
