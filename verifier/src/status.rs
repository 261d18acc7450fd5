//! The status of a certificate, and the note that an office signs over a list of them (spec page `status.md`).
//!
//! ```text
//! credit.example.gov.cn/ledger/status
//! shard 0
//! sequence 17
//! size 41
//! list 0n4G2mWd0C0n0mO1QyF0mQ4mB3iY1b1oWqv0wq0pV1o=
//! previous none
//! issued 1795312800
//! expires 1795399200
//! ```
//!
//! Here: the values, which may follow which, the note's text. Not here: the list itself (`status_list`), and what a
//! status means for a verdict.

use crate::entry::Entry;
use crate::error::Refused;
use crate::hash::Hash;
use crate::limits::{STATUS_LIFETIME, STATUS_SHARD};
use crate::origin::Origin;
use crate::time::{Time, parse_decimal};
use alloc::format;
use alloc::string::{String, ToString};

const FORMAT: &str = "status note";

/// What an office says of one certificate.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Status {
    /// 0, 有效.
    Valid,
    /// 1, 已撤销. Final.
    Revoked,
    /// 2, 异议核实中,暂缓使用.
    Suspended,
    /// 3, 本证书已有更新版本,请以新证书为准: corrected, or credit repaired.
    Replaced,
    /// D, 有效(有异议标注).
    ObjectionNoted,
    /// E, 主体已撤回.
    Withdrawn,
    /// F, 未签发: no certificate.
    NotIssued,
}

impl Status {
    /// All of them, by their value.
    pub const ALL: [Status; 7] = [
        Status::Valid,
        Status::Revoked,
        Status::Suspended,
        Status::Replaced,
        Status::ObjectionNoted,
        Status::Withdrawn,
        Status::NotIssued,
    ];

    /// The four bits.
    pub const fn nibble(self) -> u8 {
        match self {
            Status::Valid => 0x0,
            Status::Revoked => 0x1,
            Status::Suspended => 0x2,
            Status::Replaced => 0x3,
            Status::ObjectionNoted => 0xd,
            Status::Withdrawn => 0xe,
            Status::NotIssued => 0xf,
        }
    }

    /// None for the values that have no meaning.
    pub fn from_nibble(nibble: u8) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.nibble() == nibble)
    }

    /// The word of commands and journals, e.g. `objection-noted`.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Valid => "valid",
            Status::Revoked => "revoked",
            Status::Suspended => "suspended",
            Status::Replaced => "replaced",
            Status::ObjectionNoted => "objection-noted",
            Status::Withdrawn => "withdrawn",
            Status::NotIssued => "not-issued",
        }
    }

    /// The status of this word.
    pub fn from_name(name: &str) -> Option<Status> {
        Status::ALL.into_iter().find(|status| status.name() == name)
    }

    /// Whether an office may change the one to the other. Revoked is final; replaced and withdrawn may only be revoked.
    pub const fn may_become(self, to: Status) -> bool {
        use Status::{NotIssued, ObjectionNoted, Replaced, Revoked, Suspended, Valid, Withdrawn};
        match self {
            Valid => matches!(to, Revoked | Suspended | Replaced | ObjectionNoted | Withdrawn),
            Suspended => matches!(to, Valid | Revoked | Replaced | ObjectionNoted | Withdrawn),
            ObjectionNoted => matches!(to, Valid | Revoked | Suspended | Replaced | Withdrawn),
            Withdrawn | Replaced => matches!(to, Revoked),
            Revoked => false,
            NotIssued => !matches!(to, NotIssued),
        }
    }

    /// Whether it may be published of a certificate of a natural person: anything but valid and revoked would tell
    /// more than the holder's own affairs warrant.
    pub const fn is_public_for_persons(self) -> bool {
        matches!(self, Status::Valid | Status::Revoked)
    }
}

/// What a status note says: the statuses of a shard's indexes below `size`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusNote {
    fields: StatusFields,
}

/// What a status note is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusFields {
    /// The ledger's name.
    pub origin: Origin,
    /// The shard covers the indexes from `shard · 2^20` to `(shard + 1) · 2^20 − 1`.
    pub shard: u64,
    /// From 1, one more with each note of the shard.
    pub sequence: u64,
    /// Size of the ledger that the list covers.
    pub size: u64,
    /// SHA-256 of the inflated list.
    pub list: Hash,
    /// Entry of the shard's previous note; none for the first.
    pub previous: Option<Entry>,
    /// When it was signed.
    pub issued: Time,
    /// Until when it may be used: later than issued, by at most 72 hours.
    pub expires: Time,
}

impl StatusNote {
    /// Refused where the fields do not fit together.
    pub fn new(fields: StatusFields) -> Result<StatusNote, Refused> {
        let refuse = |at: &str, what: &str| Err(Refused::new(FORMAT, at, what));
        if fields.shard > u64::MAX / STATUS_SHARD {
            return refuse("shard", "is beyond the last index");
        }
        if fields.sequence == 0 {
            return refuse("sequence", "begins at 1");
        }
        if (fields.sequence == 1) != fields.previous.is_none() {
            return refuse("previous", "has to be none for sequence 1, and for no other");
        }
        let lifetime = fields.expires.seconds().checked_sub(fields.issued.seconds());
        match lifetime {
            Some(seconds) if (1..=STATUS_LIFETIME).contains(&seconds) => Ok(StatusNote { fields }),
            _ => refuse("expires", "has to be later than issued, by at most 259200 seconds"),
        }
    }

    /// The eight lines that the status key signs.
    pub fn text(&self) -> String {
        let StatusFields { origin, shard, sequence, size, list, previous, issued, expires } = &self.fields;
        let previous =
            previous.map_or("none".to_string(), |entry| Hash::from_bytes(*entry.as_bytes()).to_base64());
        let (issued, expires) = (issued.seconds(), expires.seconds());
        format!(
            "{origin}/status\nshard {shard}\nsequence {sequence}\nsize {size}\nlist {list}\nprevious {previous}\n\
             issued {issued}\nexpires {expires}\n"
        )
    }

    /// Reads exactly the eight lines.
    pub fn from_text(text: &str) -> Result<StatusNote, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        let mut lines = text.split('\n');
        let origin = lines
            .next()
            .and_then(|line| line.strip_suffix("/status"))
            .ok_or_else(|| refuse("line 1", "has to end in /status"))?;
        let origin = Origin::parse(origin).map_err(|e| refuse("line 1", e.what()))?;
        let mut field = |name: &str| {
            lines
                .next()
                .and_then(|line| line.strip_prefix(name))
                .and_then(|rest| rest.strip_prefix(' '))
                .ok_or_else(|| refuse(name, "has to be a line of its own, in its place"))
        };
        let number = |name: &str, text: &str| {
            parse_decimal(text).ok_or_else(|| refuse(name, "is not a decimal number"))
        };
        let hash = |name: &str, text: &str| Hash::from_base64(text).map_err(|e| refuse(name, e.what()));
        let time = |name: &str, text: &str| Time::parse_seconds(text).map_err(|e| refuse(name, e.what()));
        let fields = StatusFields {
            origin,
            shard: number("shard", field("shard")?)?,
            sequence: number("sequence", field("sequence")?)?,
            size: number("size", field("size")?)?,
            list: hash("list", field("list")?)?,
            previous: match field("previous")? {
                "none" => None,
                text => Some(Entry::from(hash("previous", text)?)),
            },
            issued: time("issued", field("issued")?)?,
            expires: time("expires", field("expires")?)?,
        };
        if lines.next() != Some("") || lines.next().is_some() {
            return Err(refuse("", "has to end after expires"));
        }
        StatusNote::new(fields)
    }

    /// What it is made of.
    pub fn fields(&self) -> &StatusFields {
        &self.fields
    }

    /// The list says something of this index: it is in the shard, and in the ledger of that size.
    pub fn covers(&self, index: u64) -> bool {
        shard_of(index) == self.fields.shard && index < self.fields.size
    }

    /// How many indexes of the shard the list covers.
    pub(crate) fn covered(&self) -> u64 {
        let start = self.fields.shard.saturating_mul(STATUS_SHARD);
        self.fields.size.saturating_sub(start).min(STATUS_SHARD)
    }
}

/// The shard that covers an index.
pub const fn shard_of(index: u64) -> u64 {
    index / STATUS_SHARD
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "a.cn/ledger/status\nshard 0\nsequence 1\nsize 41\n\
        list 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nprevious none\nissued 1795312800\nexpires 1795399200\n";

    #[test]
    fn the_table_of_changes() {
        use Status::*;
        let table: [(Status, &[Status]); 7] = [
            (Valid, &[Revoked, Suspended, Replaced, ObjectionNoted, Withdrawn]),
            (Suspended, &[Valid, Revoked, Replaced, ObjectionNoted, Withdrawn]),
            (ObjectionNoted, &[Valid, Revoked, Suspended, Replaced, Withdrawn]),
            (Withdrawn, &[Revoked]),
            (Replaced, &[Revoked]),
            (Revoked, &[]),
            (NotIssued, &[Valid, Revoked, Suspended, Replaced, ObjectionNoted, Withdrawn]),
        ];
        for (from, allowed) in table {
            for to in Status::ALL {
                assert_eq!(from.may_become(to), allowed.contains(&to), "{from:?} to {to:?}");
            }
        }
        for nibble in 0..=u8::MAX {
            assert_eq!(
                Status::from_nibble(nibble).map(Status::nibble),
                [0, 1, 2, 3, 13, 14, 15].contains(&nibble).then_some(nibble)
            );
        }
        for status in Status::ALL {
            assert_eq!(Status::from_name(status.name()), Some(status));
        }
    }

    #[test]
    fn what_is_no_status_note() {
        let note = StatusNote::from_text(TEXT).unwrap();
        assert_eq!(note.text(), TEXT);
        assert!(note.covers(0) && note.covers(40) && !note.covers(41));
        for (from, to) in [
            ("/status", "/batch"),
            ("shard 0", "shard 00"),
            ("shard 0", "shard 17592186044416"),
            ("shard 0\n", ""),
            ("sequence 1", "sequence 0"),
            ("sequence 1", "sequence 2"),
            ("size 41", "size -1"),
            ("size ", "size  "),
            ("FU=", "FV="),
            ("none", "None"),
            ("none", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
            ("1795399200", "1795312800"),
            ("1795399200", "1795572001"),
            ("1795312800", "1795312800000"),
            ("expires 1795399200\n", "expires 1795399200"),
            ("expires 1795399200\n", "expires 1795399200\n\n"),
            ("shard 0\nsequence 1", "sequence 1\nshard 0"),
        ] {
            assert!(TEXT.contains(from) && StatusNote::from_text(&TEXT.replace(from, to)).is_err(), "{to:?}");
        }
        assert!(StatusNote::from_text(&TEXT.replace("1795399200", "1795572000")).is_ok());
    }

    proptest! {
        #[test]
        fn text_is_the_one_encoding(
            shard in 0..=u64::MAX / STATUS_SHARD, sequence in 1u64.., size: u64, list: [u8; 32], previous: [u8; 32],
            issued in 0..=Time::MAX.seconds() - STATUS_LIFETIME, lifetime in 1..=STATUS_LIFETIME,
        ) {
            let fields = StatusFields {
                origin: Origin::parse("a.cn/ledger").unwrap(), shard, sequence, size, list: Hash::from_bytes(list),
                previous: (sequence > 1).then_some(Entry::from_bytes(previous)),
                issued: Time::new(issued).unwrap(), expires: Time::new(issued + lifetime).unwrap(),
            };
            let note = StatusNote::new(fields).unwrap();
            prop_assert_eq!(StatusNote::from_text(&note.text()), Ok(note));
        }
    }
}
