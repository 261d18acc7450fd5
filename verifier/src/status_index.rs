//! The index of status lists, `status/index.json`: which list of each shard is the newest (spec page `status.md`).
//!
//! ```text
//! {"format":"xinzheng/status-index/v1","origin":"credit.example.gov.cn/ledger","lists":[{"shard":0,"sequence":17,"size":41,
//!  "issued":1795312800,"expires":1795399200,"digest":"…","newest":"status/0.xzs","file":"status/0/17.xzs"}]}
//! ```
//!
//! It is not signed: it only says where to look, and what is found there is signed. Not here: the lists (`status_list`).

use crate::error::Refused;
use crate::hash::{Hash, sha256};
use crate::json::{self, Members, Value};
use crate::limits::{STATUS_INDEX_BYTES, STATUS_SHARDS};
use crate::origin::Origin;
use crate::status_list::StatusList;
use crate::time::Time;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const FORMAT: &str = "status index";
const NAME: &str = "xinzheng/status-index/v1";

/// The newest list of every shard of one ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusIndex {
    origin: Origin,
    lists: Vec<Indexed>,
}

/// One list as the index has it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Indexed {
    /// Which shard.
    pub shard: u64,
    /// Its sequence.
    pub sequence: u64,
    /// Size of the ledger that it covers.
    pub size: u64,
    /// When it was signed.
    pub issued: Time,
    /// Until when it may be used.
    pub expires: Time,
    /// SHA-256 of the file.
    pub digest: Hash,
}

impl Indexed {
    /// Of a list, given its file.
    pub fn of(list: &StatusList, file: &[u8]) -> Indexed {
        let says = list.says().fields();
        Indexed {
            shard: says.shard,
            sequence: says.sequence,
            size: says.size,
            issued: says.issued,
            expires: says.expires,
            digest: sha256(&[file]),
        }
    }

    /// Where the shard's newest list lies, below `ledger/`.
    pub fn newest(&self) -> String {
        format!("status/{}.xzs", self.shard)
    }

    /// Where this very list lies for ever, below `ledger/`.
    pub fn file(&self) -> String {
        format!("status/{}/{}.xzs", self.shard, self.sequence)
    }

    fn read(value: Value, at: &str) -> Result<Indexed, Refused> {
        let mut members = Members::of(FORMAT, at, value)?;
        let mut number = |key: &str| members.unsigned(key);
        let (shard, sequence, size) = (number("shard")?, number("sequence")?, number("size")?);
        let (issued, expires) = (number("issued")?, number("expires")?);
        let time = |seconds: u64| Time::new(seconds).map_err(|e| Refused::new(FORMAT, at, e.what()));
        let digest =
            Hash::from_base64(&members.string("digest")?).map_err(|e| Refused::new(FORMAT, at, e.what()))?;
        let list = Indexed { shard, sequence, size, issued: time(issued)?, expires: time(expires)?, digest };
        if members.string("newest")? != list.newest() || members.string("file")? != list.file() {
            return Err(members.refuse("file", "has to lie where lists of this shard and sequence do"));
        }
        members.end()?;
        Ok(list)
    }

    fn value(&self) -> Value {
        let number = |n: u64| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        Value::object([
            ("shard", number(self.shard)),
            ("sequence", number(self.sequence)),
            ("size", number(self.size)),
            ("issued", number(self.issued.seconds())),
            ("expires", number(self.expires.seconds())),
            ("digest", self.digest.to_base64().into()),
            ("newest", self.newest().into()),
            ("file", self.file().into()),
        ])
    }
}

impl StatusIndex {
    /// Refused unless the shards ascend, each once.
    pub fn new(origin: Origin, lists: Vec<Indexed>) -> Result<StatusIndex, Refused> {
        let mut before = None;
        for list in &lists {
            if before.is_some_and(|before| before >= list.shard) {
                return Err(Refused::new(FORMAT, "/lists", "the shards have to ascend"));
            }
            before = Some(list.shard);
        }
        Ok(StatusIndex { origin, lists })
    }

    /// Reads a whole file, its LF included.
    pub fn parse(bytes: &[u8]) -> Result<StatusIndex, Refused> {
        let line =
            bytes.strip_suffix(b"\n").ok_or_else(|| Refused::new(FORMAT, "", "has to end in one LF"))?;
        let value = json::parse_compact(line, STATUS_INDEX_BYTES)
            .map_err(|e| Refused::new(FORMAT, e.pointer(), e.to_string()))?;
        let mut members = Members::of(FORMAT, "", value)?;
        if members.string("format")? != NAME {
            return Err(members.refuse("format", format!("has to be {NAME}")));
        }
        let origin = members.string("origin")?;
        let origin = Origin::parse(&origin).map_err(|e| members.refuse("origin", e.what()))?;
        let lists = members.array("lists", STATUS_SHARDS)?;
        members.end()?;
        let lists = lists
            .into_iter()
            .enumerate()
            .map(|(place, value)| Indexed::read(value, &format!("/lists/{place}")))
            .collect::<Result<Vec<_>, _>>()?;
        StatusIndex::new(origin, lists)
    }

    /// The file.
    pub fn encode(&self) -> String {
        let value = Value::object([
            ("format", NAME.into()),
            ("origin", self.origin.as_str().into()),
            ("lists", Value::Array(self.lists.iter().map(Indexed::value).collect())),
        ]);
        let mut file = json::compact(&value);
        file.push('\n');
        file
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The lists, by shard.
    pub fn lists(&self) -> &[Indexed] {
        &self.lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn list(shard: u64) -> Indexed {
        Indexed {
            shard,
            sequence: 17,
            size: 41,
            issued: Time::new(1_795_312_800).unwrap(),
            expires: Time::new(1_795_399_200).unwrap(),
            digest: sha256(&[b"file"]),
        }
    }

    #[test]
    fn a_file_reads_back_and_has_one_form() {
        let origin = Origin::parse("a.cn/ledger").unwrap();
        let index = StatusIndex::new(origin.clone(), vec![list(0), list(3)]).unwrap();
        let file = index.encode();
        assert_eq!(StatusIndex::parse(file.as_bytes()), Ok(index));
        assert!(file.contains("\"newest\":\"status/3.xzs\",\"file\":\"status/3/17.xzs\"}"));
        for (from, to) in [
            ("index/v1", "index/v2"),
            ("status/0.xzs", "status/1.xzs"),
            ("status/0/17.xzs", "../17.xzs"),
            ("\"shard\":3", "\"shard\":0"),
            ("\"size\":41,", ""),
            ("\"size\":41", "\"size\":-41"),
            ("\"size\":41", "\"size\": 41"),
            ("]}\n", "]}"),
            ("]}\n", "],\"more\":1}\n"),
        ] {
            assert!(file.contains(from), "{from}");
            assert!(StatusIndex::parse(file.replace(from, to).as_bytes()).is_err(), "{to}");
        }
        assert!(StatusIndex::new(origin.clone(), vec![list(1), list(1)]).is_err());
        assert!(StatusIndex::parse(StatusIndex::new(origin, vec![]).unwrap().encode().as_bytes()).is_ok());
    }
}
