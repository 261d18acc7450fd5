//! One record: its bytes, its check, its place.

use std::fmt;

/// The longest payload: a document file of 64 MiB, sealed, with room for what goes with it.
pub const PAYLOAD_MAX: usize = 70 << 20;

/// Bytes before the payload.
pub(super) const HEAD_LEN: usize = 4 + 4 + 1 + 8;
/// Bytes of a check.
pub(super) const CHECK_LEN: usize = 4;
/// Bytes of a record beside its payload.
pub(super) const OVERHEAD: usize = HEAD_LEN + CHECK_LEN;

/// Where a record begins. Ordered as the records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The first sequence of its segment.
    pub(super) segment: u64,
    /// Bytes from the beginning of the segment.
    pub(super) offset: u32,
}

impl Position {
    /// For keeping it in an index: 12 bytes, ordered as positions are.
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        bytes[..8].copy_from_slice(&self.segment.to_be_bytes());
        bytes[8..].copy_from_slice(&self.offset.to_be_bytes());
        bytes
    }

    /// The other way; any 12 bytes are a position, `Journal::read` says whether a record is there.
    pub fn from_bytes(bytes: [u8; 12]) -> Position {
        let [a, b, c, d, e, f, g, h, i, j, k, l] = bytes;
        Position {
            segment: u64::from_be_bytes([a, b, c, d, e, f, g, h]),
            offset: u32::from_be_bytes([i, j, k, l]),
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.segment, self.offset)
    }
}

/// A record, shown while the journal is read through.
#[derive(Debug, Clone, Copy)]
pub struct RecordRef<'a> {
    /// 1 for the first record of the office.
    pub sequence: u64,
    /// What the payload is; the office's to say, never 0.
    pub kind: u8,
    /// At most [`PAYLOAD_MAX`] bytes.
    pub payload: &'a [u8],
    /// Where it begins.
    pub position: Position,
}

/// A record that was read by its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// 1 for the first record of the office.
    pub sequence: u64,
    /// What the payload is; the office's to say, never 0.
    pub kind: u8,
    /// At most [`PAYLOAD_MAX`] bytes.
    pub payload: Vec<u8>,
    /// Where it begins.
    pub position: Position,
}

/// What stands before the payload.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head {
    pub length: u32,
    pub back: u32,
    pub kind: u8,
    pub sequence: u64,
}

impl Head {
    /// A head that can be one: kind, length and group are in their ranges. The check says whether it is.
    pub fn parse(bytes: &[u8; HEAD_LEN]) -> Option<Head> {
        let [l0, l1, l2, l3, b0, b1, b2, b3, kind, s0, s1, s2, s3, s4, s5, s6, s7] = *bytes;
        let head = Head {
            length: u32::from_be_bytes([l0, l1, l2, l3]),
            back: u32::from_be_bytes([b0, b1, b2, b3]),
            kind,
            sequence: u64::from_be_bytes([s0, s1, s2, s3, s4, s5, s6, s7]),
        };
        let plausible =
            kind != 0 && head.length as usize <= PAYLOAD_MAX && u64::from(head.back) < head.sequence;
        plausible.then_some(head)
    }

    pub fn to_bytes(self) -> [u8; HEAD_LEN] {
        let mut bytes = [0; HEAD_LEN];
        bytes[..4].copy_from_slice(&self.length.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.back.to_be_bytes());
        bytes[8] = self.kind;
        bytes[9..].copy_from_slice(&self.sequence.to_be_bytes());
        bytes
    }

    /// The first sequence of the group that it was written in: all before that was durable already.
    pub fn group(self) -> u64 {
        self.sequence - u64::from(self.back)
    }

    /// Bytes of the whole record.
    pub fn record_len(self) -> usize {
        OVERHEAD + self.length as usize
    }
}

/// The check of a record that follows one with the check `before`.
pub(super) fn check(before: u32, head: &[u8; HEAD_LEN], payload: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&before.to_be_bytes());
    crc.update(head);
    crc.update(payload);
    crc.finalize()
}

/// Appends a record's bytes; returns its check.
pub(super) fn encode(out: &mut Vec<u8>, before: u32, head: Head, payload: &[u8]) -> u32 {
    let head = head.to_bytes();
    let check = check(before, &head, payload);
    out.extend_from_slice(&head);
    out.extend_from_slice(payload);
    out.extend_from_slice(&check.to_be_bytes());
    check
}
