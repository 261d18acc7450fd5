//! Writes the fields of a core: one map, keys ascending.

use alloc::vec::Vec;

use super::CoreFields;
use crate::cbor::Writer;

/// Keys that every core has: 0 to 3, 5, 8, 9, 12 to 15.
const ALWAYS: usize = 11;

/// The bytes of these fields.
pub(super) fn encode(fields: &CoreFields) -> Vec<u8> {
    let optional = [
        fields.holder.is_some(),
        fields.purpose.is_some(),
        fields.audience.is_some(),
        fields.period.is_some(),
        fields.data_as_of.is_some(),
    ];
    let present = optional.iter().filter(|present| **present).count();
    let mut w = Writer::new();
    w.map(len(present.saturating_add(ALWAYS)));
    w.unsigned(0).unsigned(1);
    w.unsigned(1).unsigned(1);
    w.unsigned(2).text(fields.number.as_str());
    w.unsigned(3).unsigned(fields.kind.number());
    if let Some(holder) = &fields.holder {
        w.unsigned(4).array(3).unsigned(holder.kind().number()).text(holder.name()).text(holder.code());
    }
    w.unsigned(5).text(&fields.title);
    if let Some(purpose) = fields.purpose {
        w.unsigned(6).unsigned(purpose.number());
    }
    if let Some(audience) = &fields.audience {
        w.unsigned(7).array(2).text(audience.name()).text(audience.code());
    }
    w.unsigned(8).unsigned(fields.issued_at.seconds());
    w.unsigned(9).unsigned(fields.expires_at.seconds());
    if let Some((first, last)) = fields.period {
        w.unsigned(10).array(2).unsigned(first.days().into()).unsigned(last.days().into());
    }
    if let Some(time) = fields.data_as_of {
        w.unsigned(11).unsigned(time.seconds());
    }
    w.unsigned(12).array(len(fields.claims.len()));
    for claim in &fields.claims {
        let (rule, value) = (claim.rule().number(), claim.value().number());
        match claim.counts() {
            None => w.array(2).unsigned(rule).unsigned(value),
            Some((part, whole)) => w.array(4).unsigned(rule).unsigned(value).unsigned(part).unsigned(whole),
        };
    }
    w.unsigned(13).map(len(fields.counters.len()));
    for (counter, count) in &fields.counters {
        w.unsigned(counter.number()).unsigned(*count);
    }
    w.unsigned(14).bytes(fields.document_root.as_bytes());
    w.unsigned(15).bytes(&fields.nonce);
    w.finish()
}

fn len(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
