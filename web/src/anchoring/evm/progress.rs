//! What is under way with a chain: the transactions that were signed for one checkpoint. On disk before the first is sent.
//!
//! ```text
//! {"format":"xinzheng/evm-work/v1","sent":[{"at":1795312800,"transaction":"<base64>"},{"at":1795313400,"transaction":"<base64>"}]}
//! ```
//!
//! All have the same nonce, each a higher fee than the one before: the chain takes one of them, and never two.

use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::evm::SignedTransaction;
use verifier::time::Time;

const FORMAT: &str = "xinzheng/evm-work/v1";
/// Transactions for one checkpoint: the first, and those with higher fees. A quarter more each time is five times as much.
pub const SENT_MAX: usize = 8;

/// Transactions for one checkpoint, the newest last. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    sent: Vec<(Time, SignedTransaction)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    sent: Vec<WrittenOne>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOne {
    at: u64,
    transaction: String,
}

impl Progress {
    /// The first transaction.
    pub fn new(at: Time, first: SignedTransaction) -> Progress {
        Progress { sent: vec![(at, first)] }
    }

    /// With one more in the place of those before; `None` where there are too many, or it is not of their nonce.
    pub fn with(&self, at: Time, next: SignedTransaction) -> Option<Progress> {
        let nonce = self.newest().1.transaction().nonce;
        if self.sent.len() >= SENT_MAX || next.transaction().nonce != nonce {
            return None;
        }
        let mut sent = self.sent.clone();
        sent.push((at, next));
        Some(Progress { sent })
    }

    /// All of them, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &SignedTransaction> {
        self.sent.iter().rev().map(|(_, transaction)| transaction)
    }

    /// The newest, and when it was signed.
    pub fn newest(&self) -> &(Time, SignedTransaction) {
        // There is one always: `new` and `parse` see to it.
        &self.sent[self.sent.len() - 1]
    }

    /// As it is kept.
    pub fn encode(&self) -> Vec<u8> {
        let one = |(at, transaction): &(Time, SignedTransaction)| WrittenOne {
            at: at.seconds(),
            transaction: base64::encode(&transaction.encode()),
        };
        let written = Written { format: FORMAT.into(), sent: self.sent.iter().map(one).collect() };
        // Text and numbers alone: there is nothing in it that JSON can't write.
        serde_json::to_vec(&written).unwrap_or_default()
    }

    /// Reads what was kept.
    pub fn parse(bytes: &[u8]) -> Option<Progress> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        let one = |one: &WrittenOne| {
            let bytes = base64::decode(&one.transaction)?;
            Some((Time::new(one.at).ok()?, SignedTransaction::parse(&bytes).ok()?))
        };
        let sent: Vec<_> = written.sent.iter().map(one).collect::<Option<_>>()?;
        let nonce = sent.first()?.1.transaction().nonce;
        let fits = sent.len() <= SENT_MAX && sent.iter().all(|(_, one)| one.transaction().nonce == nonce);
        (written.format == FORMAT && fits).then_some(Progress { sent })
    }
}
