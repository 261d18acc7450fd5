//! Status lists: files `*.xzs`, a signed status note with the statuses it speaks of (spec page `status.md`).
//!
//! ```text
//! {"format":"xinzheng/status-list/v1","note":"…","list":"<base64 of the 524,288 bytes in zlib>"}
//! ```
//!
//! Here: the bits in the layout of the IETF Token Status List (4 bits an index, the lower index in the lower bits), and
//! the file, which inflates to exactly those bytes. Not here: compression, which is the office's; who signed the note.

use crate::base64;
use crate::entry::{Entry, PublicKind};
use crate::error::Refused;
use crate::hash::{Hash, sha256};
use crate::json::{self, Members, Value};
use crate::limits::{STATUS_FILE_BYTES, STATUS_LIST_BYTES, STATUS_SHARD};
use crate::note::Note;
use crate::status::{Status, StatusNote};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use miniz_oxide::inflate::TINFLStatus;
use miniz_oxide::inflate::core::inflate_flags::{
    TINFL_FLAG_PARSE_ZLIB_HEADER, TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF,
};
use miniz_oxide::inflate::core::{DecompressorOxide, decompress};

const FORMAT: &str = "status list";
const FORMAT_NAME: &str = "xinzheng/status-list/v1";

/// The statuses of one shard: 2^20 of four bits each.
#[derive(Clone, PartialEq, Eq)]
pub struct StatusBits(Vec<u8>);

impl StatusBits {
    /// All of them F: no certificate.
    pub fn new() -> StatusBits {
        StatusBits(vec![0xff; STATUS_LIST_BYTES])
    }

    /// Refused unless there are 524,288 bytes and every four bits are a status.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<StatusBits, Refused> {
        if bytes.len() != STATUS_LIST_BYTES {
            return Err(Refused::new(FORMAT, "list", "has to be exactly 524288 bytes"));
        }
        let known = |nibble: u8| matches!(nibble, 0..=3 | 0xd..=0xf);
        match bytes.iter().position(|byte| !(known(byte & 0x0f) && known(byte >> 4))) {
            None => Ok(StatusBits(bytes)),
            Some(place) => {
                Err(Refused::new(FORMAT, format!("list, byte {place}"), "holds a value that is no status"))
            }
        }
    }

    /// The 524,288 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Their SHA-256, which the note signs.
    pub fn digest(&self) -> Hash {
        sha256(&[&self.0])
    }

    /// The status of the index `place` of the shard; none beyond it.
    pub fn get(&self, place: u64) -> Option<Status> {
        let byte = self.0.get(usize::try_from(place / 2).ok()?)?;
        Status::from_nibble(if place.is_multiple_of(2) { byte & 0x0f } else { byte >> 4 })
    }

    /// Sets the status of the index `place` of the shard. Does nothing, and says false, beyond it.
    pub fn set(&mut self, place: u64, status: Status) -> bool {
        let Some(byte) = usize::try_from(place / 2).ok().and_then(|byte| self.0.get_mut(byte)) else {
            return false;
        };
        *byte = match place.is_multiple_of(2) {
            true => (*byte & 0xf0) | status.nibble(),
            false => (*byte & 0x0f) | (status.nibble() << 4),
        };
        true
    }

    /// Whether all from `place` on are F.
    fn is_empty_from(&self, place: u64) -> bool {
        let start = usize::try_from(place.div_ceil(2)).unwrap_or(usize::MAX);
        let split = place.is_multiple_of(2) || self.get(place) == Some(Status::NotIssued);
        split && self.0.get(start..).unwrap_or_default().iter().all(|byte| *byte == 0xff)
    }
}

impl Default for StatusBits {
    fn default() -> StatusBits {
        StatusBits::new()
    }
}

impl fmt::Debug for StatusBits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StatusBits({})", self.digest())
    }
}

/// A status list: what its note says, the note with its signatures, and the bits, which have the signed digest.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusList {
    says: StatusNote,
    note: Note,
    bits: StatusBits,
}

impl StatusList {
    /// Refused unless the note is a status note over these bits, and all indexes at or above its size are F.
    pub fn new(note: Note, bits: StatusBits) -> Result<StatusList, Refused> {
        let says = StatusNote::from_text(note.text())?;
        if says.fields().list != bits.digest() {
            return Err(Refused::new(FORMAT, "list", "is not the list that the note signs"));
        }
        if !bits.is_empty_from(says.covered()) {
            return Err(Refused::new(FORMAT, "list", "has statuses beyond the size that the note names"));
        }
        Ok(StatusList { says, note, bits })
    }

    /// Reads a file. The signatures are not checked here.
    pub fn parse(file: &[u8]) -> Result<StatusList, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        let line =
            file.strip_suffix(b"\n").ok_or_else(|| refuse("", "does not end in LF: take the whole file"))?;
        let value = json::parse_compact(line, STATUS_FILE_BYTES)
            .map_err(|e| Refused::new(FORMAT, e.pointer(), e.to_string()))?;
        let mut members = Members::of(FORMAT, "", value)?;
        if members.string("format")? != FORMAT_NAME {
            return Err(refuse("/format", "has to be xinzheng/status-list/v1"));
        }
        let note = Note::parse(&members.string("note")?)?;
        // Before half a mebibyte is inflated for it.
        StatusNote::from_text(note.text())?;
        let list = members.string("list")?;
        members.end()?;
        let list = base64::decode(&list).ok_or_else(|| refuse("/list", "is not in base64"))?;
        StatusList::new(note, StatusBits::from_bytes(inflate(&list)?)?)
    }

    /// The file, given the bits in zlib (RFC 1950). The office reads it back before it publishes it.
    pub fn file(note: &Note, zlib: &[u8]) -> String {
        let value = Value::object([
            ("format", FORMAT_NAME.into()),
            ("note", note.encode().into()),
            ("list", base64::encode(zlib).into()),
        ]);
        let mut file = json::compact(&value);
        file.push('\n');
        file
    }

    /// What the note says.
    pub fn says(&self) -> &StatusNote {
        &self.says
    }

    /// The note with its signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// The statuses.
    pub fn bits(&self) -> &StatusBits {
        &self.bits
    }

    /// The status of the entry of this index in the ledger; none where the list does not cover it.
    pub fn status(&self, index: u64) -> Option<Status> {
        if self.says.covers(index) { self.bits.get(index % STATUS_SHARD) } else { None }
    }

    /// The note's own entry in the ledger.
    pub fn entry(&self) -> Entry {
        Entry::of_public_body(PublicKind::StatusNote, self.note.encode().as_bytes())
    }
}

/// Inflates a zlib stream that gives exactly 524,288 bytes; refuses one that gives more as soon as it does.
fn inflate(zlib: &[u8]) -> Result<Vec<u8>, Refused> {
    let refuse = |what: &str| Err(Refused::new(FORMAT, "/list", what));
    // One byte of room more, so that a stream that goes on is told from one that ends.
    let mut out = vec![0; STATUS_LIST_BYTES.saturating_add(1)];
    let flags = TINFL_FLAG_PARSE_ZLIB_HEADER | TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
    let (status, read, written) = decompress(&mut DecompressorOxide::new(), zlib, &mut out, 0, flags);
    if written > STATUS_LIST_BYTES || status == TINFLStatus::HasMoreOutput {
        return refuse("inflates to more than 524288 bytes");
    }
    if status != TINFLStatus::Done {
        return refuse("is not a whole zlib stream");
    }
    if read != zlib.len() {
        return refuse("goes on after its zlib stream");
    }
    out.truncate(written);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::SignatureLine;
    use crate::origin::Origin;
    use crate::status::StatusFields;
    use crate::time::Time;
    use miniz_oxide::deflate::compress_to_vec_zlib;

    fn note(bits: &StatusBits, size: u64) -> Note {
        let fields = StatusFields {
            origin: Origin::parse("a.cn/ledger").unwrap(),
            shard: 0,
            sequence: 1,
            size,
            list: bits.digest(),
            previous: None,
            issued: Time::new(1_795_312_800).unwrap(),
            expires: Time::new(1_795_399_200).unwrap(),
        };
        let line = SignatureLine::parse("— a.cn/ledger/status AAAAAAAA").unwrap();
        Note::new(StatusNote::new(fields).unwrap().text()).unwrap().with_signature(line).unwrap()
    }

    #[test]
    fn lower_index_in_the_lower_bits() {
        let mut bits = StatusBits::new();
        assert!(
            bits.set(0, Status::Revoked)
                && bits.set(1, Status::ObjectionNoted)
                && bits.set(STATUS_SHARD - 1, Status::Valid)
        );
        assert_eq!((bits.as_bytes()[0], bits.as_bytes()[STATUS_LIST_BYTES - 1]), (0xd1, 0x0f));
        assert_eq!(bits.get(0), Some(Status::Revoked));
        assert_eq!(bits.get(1), Some(Status::ObjectionNoted));
        assert_eq!(bits.get(2), Some(Status::NotIssued));
        assert_eq!(bits.get(STATUS_SHARD), None);
        assert!(!bits.set(STATUS_SHARD, Status::Valid));
        assert!(StatusBits::from_bytes(vec![0x40; STATUS_LIST_BYTES]).is_err());
        assert!(StatusBits::from_bytes(vec![0; STATUS_LIST_BYTES - 1]).is_err());
    }

    #[test]
    fn a_file_reads_back() {
        let mut bits = StatusBits::new();
        bits.set(0, Status::Valid);
        bits.set(2, Status::Revoked);
        let note = note(&bits, 3);
        let file = StatusList::file(&note, &compress_to_vec_zlib(bits.as_bytes(), 6));
        let list = StatusList::parse(file.as_bytes()).unwrap();
        assert_eq!(
            (list.status(0), list.status(1), list.status(2)),
            (Some(Status::Valid), Some(Status::NotIssued), Some(Status::Revoked))
        );
        assert_eq!((list.status(3), list.status(STATUS_SHARD)), (None, None));
        assert_eq!(list.note(), &note);
        // Another compression of the same bits is as good.
        let stored = StatusList::file(&note, &compress_to_vec_zlib(bits.as_bytes(), 0));
        assert_eq!(StatusList::parse(stored.as_bytes()), Ok(list));
    }

    #[test]
    fn statuses_beyond_the_size_are_refused() {
        for (size, place, good) in
            [(3, 2, true), (2, 2, false), (3, 3, false), (4, 3, true), (0, 0, false), (3, 9999, false)]
        {
            let mut bits = StatusBits::new();
            bits.set(place, Status::Valid);
            assert_eq!(StatusList::new(note(&bits, size), bits).is_ok(), good, "{size} {place}");
        }
    }

    #[test]
    fn only_exactly_these_bytes() {
        let bits = StatusBits::new();
        let note = note(&bits, 0);
        let whole = compress_to_vec_zlib(bits.as_bytes(), 6);
        let refused = |zlib: &[u8]| {
            StatusList::parse(StatusList::file(&note, zlib).as_bytes()).unwrap_err().to_string()
        };
        assert!(refused(&[&whole[..], &[0]].concat()).contains("goes on"));
        assert!(refused(&whole[..whole.len() - 1]).contains("whole zlib"));
        assert!(refused(&compress_to_vec_zlib(&vec![0xff; STATUS_LIST_BYTES + 1], 6)).contains("more than"));
        assert!(refused(&compress_to_vec_zlib(&vec![0xff; 4 * STATUS_LIST_BYTES], 6)).contains("more than"));
        assert!(refused(&compress_to_vec_zlib(&vec![0xff; STATUS_LIST_BYTES - 1], 6)).contains("exactly"));
        assert!(refused(&compress_to_vec_zlib(&vec![0; STATUS_LIST_BYTES], 6)).contains("not the list"));
        let mut wrong_sum = whole.clone();
        *wrong_sum.last_mut().unwrap() ^= 1;
        assert!(refused(&wrong_sum).contains("whole zlib"));
        let file = StatusList::file(&note, &whole);
        for bad in
            [file.trim_end(), &file.replace("/v1", "/v2"), &file.replace(',', ", "), &format!("{file}\n")]
        {
            assert!(StatusList::parse(bad.as_bytes()).is_err());
        }
    }
}
