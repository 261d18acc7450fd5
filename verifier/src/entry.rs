//! Entries: the 32 bytes that the ledger learns of anything (spec page `entry.md`).
//!
//! Here: the six kinds of entries and the preimages of the four public ones, e.g. the file `public/040`:
//! `xinzheng/trust-bundle/v1` ‖ 0x00 ‖ a signed note. Not here: what is inside a body.
//!
//! An entry is also the `D[i]` of the tree; its leaf is `hash::leaf_hash(entry.as_bytes())`.

use crate::error::Refused;
use crate::hash::{self, Hash};
use crate::origin::Origin;
use alloc::vec::Vec;

const CORE_LABEL: &str = "xinzheng/core/v1";
const EVENT_LABEL: &str = "xinzheng/event/v1";

/// What the ledger learns of one thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Entry([u8; 32]);

impl Entry {
    /// Of a certificate's core. The core's nonce salts it; the origin binds it to one ledger.
    pub fn of_core(origin: &Origin, core: &[u8]) -> Entry {
        let name = origin.as_str().as_bytes();
        Entry::from(hash::tagged(CORE_LABEL, &[&[name_length(name)], name, core]))
    }

    /// Of an event of a certificate's or commitment's life, salted by a random nonce.
    pub fn of_event(origin: &Origin, nonce: &[u8; 16], body: &[u8]) -> Entry {
        let name = origin.as_str().as_bytes();
        Entry::from(hash::tagged(EVENT_LABEL, &[&[name_length(name)], name, nonce, body]))
    }

    /// Of a public thing, by its body.
    pub fn of_public_body(kind: PublicKind, body: &[u8]) -> Entry {
        Entry::from(hash::tagged(kind.label(), &[body]))
    }

    /// Of a public thing, by its published preimage: the kind, the entry and the body.
    ///
    /// Refused unless the preimage begins with the label of a public kind and a zero byte.
    pub fn of_public(preimage: &[u8]) -> Result<(PublicKind, Entry, &[u8]), Refused> {
        for kind in PublicKind::ALL {
            let body =
                preimage.strip_prefix(kind.label().as_bytes()).and_then(|rest| rest.strip_prefix(&[0]));
            if let Some(body) = body {
                return Ok((kind, Entry::from(hash::sha256(&[preimage])), body));
            }
        }
        Err(Refused::new(
            "public entry",
            "0",
            "does not begin with the label of a public kind and a zero byte",
        ))
    }

    /// Entries as they lie in an entry bundle.
    pub const fn from_bytes(bytes: [u8; 32]) -> Entry {
        Entry(bytes)
    }

    /// The 32 bytes, which are also the `D[i]` of the tree.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The hash of the leaf that holds this entry.
    pub fn leaf(&self) -> Hash {
        hash::leaf_hash(&self.0)
    }
}

impl From<Hash> for Entry {
    fn from(hash: Hash) -> Entry {
        Entry(*hash.as_bytes())
    }
}

/// The kinds of entries whose preimage is published.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PublicKind {
    /// A signed status note.
    StatusNote,
    /// A signed trust bundle.
    TrustBundle,
    /// A key event.
    KeyEvent,
    /// The head of the operators' log.
    LogHead,
}

impl PublicKind {
    /// All of them.
    pub const ALL: [PublicKind; 4] =
        [PublicKind::StatusNote, PublicKind::TrustBundle, PublicKind::KeyEvent, PublicKind::LogHead];

    /// The domain string of the kind.
    pub const fn label(self) -> &'static str {
        match self {
            PublicKind::StatusNote => "xinzheng/status-note/v1",
            PublicKind::TrustBundle => "xinzheng/trust-bundle/v1",
            PublicKind::KeyEvent => "xinzheng/key-event/v1",
            PublicKind::LogHead => "xinzheng/log-head/v1",
        }
    }
}

/// What is published as `public/<index>`: label, zero byte, body. Its SHA-256 is the entry.
pub fn public_preimage(kind: PublicKind, body: &[u8]) -> Vec<u8> {
    [kind.label().as_bytes(), &[0], body].concat()
}

/// An origin has at most 80 bytes, so its length fits.
fn name_length(name: &[u8]) -> u8 {
    u8::try_from(name.len()).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_entries_open() {
        for kind in PublicKind::ALL {
            let preimage = public_preimage(kind, b"body");
            let entry = Entry::of_public_body(kind, b"body");
            assert_eq!(Entry::of_public(&preimage), Ok((kind, entry, &b"body"[..])));
            assert_eq!(entry, Entry::from(hash::sha256(&[&preimage])));
        }
        for bad in
            [&b"xinzheng/core/v1\0\x01ab"[..], b"xinzheng/event/v1\0", b"", b"xinzheng/key-event/v1", b"\0"]
        {
            assert!(Entry::of_public(bad).is_err());
        }
    }

    #[test]
    fn private_entries_are_bound_to_origin_and_kind() {
        let (a, b) = (Origin::parse("a.cn").unwrap(), Origin::parse("a.cnb").unwrap());
        let expected = hash::sha256(&[b"xinzheng/core/v1\0\x04a.cnbody"]);
        assert_eq!(Entry::of_core(&a, b"body"), Entry::from(expected));
        assert_ne!(Entry::of_core(&a, b"bbody"), Entry::of_core(&b, b"body"));
        let event = Entry::of_event(&a, &[7; 16], b"body");
        assert_eq!(event, Entry::from(hash::sha256(&[b"xinzheng/event/v1\0\x04a.cn", &[7; 16], b"body"])));
    }
}
