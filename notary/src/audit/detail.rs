//! What exactly is wrong, with its values, in two languages: one row a sentence, Chinese and English side by side.
//!
//! ```text
//! Detail::Covers { size: 97, own: 41 }     涵盖 97 条，而它自己就是第 41 条  /  it covers 97 entries, but is entry 41 itself
//! ```
//!
//! `it` is the file of the finding. Times, statuses and uses of keys are said in the reader's language; what
//! the parsers of formats refuse is said by `verifier::reason`. Not here: what a code means (`words`).

use verifier::merkle::Subtree;
use verifier::origin::Origin;
use verifier::reason;
use verifier::status::Status;
use verifier::time::Time;
use verifier::trust::KeyUse;

use crate::refusal::{Lang, Refusal};

macro_rules! details {
    ($($name:ident $({ $($value:ident: $type:ty),+ })? = $zh:literal, $en:literal;)+) => {
        /// What exactly is wrong; the rows say it.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) enum Detail {
            $(#[doc = $en] $name $({ $(#[doc = stringify!($value)] $value: $type),+ })?,)+
        }

        /// The rows, for tests: each sentence in Chinese and in English.
        #[cfg(test)]
        const ROWS: &[(&str, &str, &str)] = &[$((stringify!($name), $zh, $en),)+];

        impl Detail {
            /// For people: a phrase without a full stop.
            pub(crate) fn say(&self, lang: Lang) -> String {
                match self {
                    $(Detail::$name $({ $($value),+ })? => {
                        $($(let $value = $value.say(lang);)+)?
                        match lang {
                            Lang::Zh => format!($zh),
                            Lang::En => format!($en),
                        }
                    })+
                }
            }
        }
    };
}

details! {
    // Any file.
    Missing = "文件不存在", "it is missing";
    MissingAmong = "文件不存在，而其后还有", "it is missing, and there are others after it";
    MissingSince = "文件不存在，而此前审计时还在", "it is missing, and it was there before";
    TooLarge = "超过此类文件的大小上限", "it is larger than such a file may be";
    WrongLength = "文件长度不对", "it is not as long as it has to be";
    NotUtf8 = "不是 UTF-8 文本", "it is not UTF-8";
    Unreadable = "无法读取", "it can't be read";
    System { why: String } = "系统提示：{why}", "the system says: {why}";
    NotWhole { why: Refused } = "{why}", "{why}";
    Refused { why: Box<Refusal> } = "{why}", "{why}";
    OtherLedger { origin: Origin } = "属于账本 {origin}", "it is of the ledger {origin}";
    OtherLedgerThan { origin: Origin, own: Origin } = "属于账本 {origin}，不是 {own}", "it is of the ledger {origin}, not of {own}";
    NamedLedger { origin: String } = "属于账本 {origin}", "it is of the ledger {origin}";
    TooMany = "数量已超过可能有的，其后的没有再看", "it is one of more than there can be; none behind it was looked at";
    NoPart = "账本中没有这样的文件", "it is no part of a ledger";
    // Tiles and bundles.
    EntryLength = "该条存证开头标明的长度不是 32", "the entry does not begin with the length 32";
    EntryDiffers { tile: String } = "该条存证与 {tile} 及其上层的哈希不符", "the entry is not the one whose hash is in {tile} and in the tiles above";
    NeitherFits { tile: String } = "该条存证与 {tile} 不符，二者又都与上层的哈希不符", "entry and {tile} differ, and neither is what the tiles above stand for";
    HashDiffers { place: u64, first: u64, end: u64 } = "第 {place} 个哈希不是存证 [{first}, {end}) 的哈希", "hash {place} is not that of the entries [{first}, {end})";
    NotTheBeginning = "与更宽的同一文件的开头不符", "it is not the beginning of the wider tile";
    EntriesLost = "这些存证及其哈希都无法读取，从这里起没有再推导", "neither these entries nor their hashes can be read; from here on nothing was derived";
    // Heads.
    NoCheckpoint = "文件不存在，而账本已有批次", "it is missing, and there are batches";
    NoEntriesSoFar { size: u64 } = "写明 {size} 条，而账本没有这么多存证", "it is of size {size}, but the ledger has no entries so far";
    RootIs { size: u64, root: String } = "前 {size} 条存证的根是 {root}", "the root of the first {size} entries is {root}";
    NotOfBatch { path: String } = "不是 {path} 中的检查点", "it is not the checkpoint in {path}";
    NotWithCosignatures { path: String } = "不是 {path} 中的检查点加上见证签名", "it is not the checkpoint in {path} with cosignatures added";
    NoBatchEnds { size: u64 } = "没有在第 {size} 条结束的批次", "no batch ends at {size}";
    Smaller { size: u64, seen: u64 } = "现有 {size} 条，而此前见过 {seen} 条", "it has {size} entries, and {seen} were seen before";
    SmallerThanSeen { size: u64, seen: u64 } = "他人见过 {seen} 条，而检查点只有 {size} 条", "others saw {seen} entries, and the checkpoint has {size}";
    SmallerThanGood { size: u64, good: u64 } = "现有 {size} 条，而信任名单写明的最后可信检查点有 {good} 条", "it has {size} entries, and the trust bundle names a good head of {good}";
    OtherRootSeen { size: u64 } = "此前见过的前 {size} 条存证是另一个根", "another root over the first {size} entries was seen before";
    SplitBefore { size: u64 } = "以前的审计见过两份历史，其中一份的检查点有 {size} 条", "an earlier audit saw two histories, one with the checkpoint of size {size}";
    // Batches.
    SaysBatch { batch: u64, end: u64 } = "自称是第 {batch} 批，至第 {end} 条结束", "it says that it is batch {batch} and ends at {end}";
    FileOfBatch { batch: u64 } = "是第 {batch} 批的文件", "it is the file of batch {batch}";
    MoreBatches { size: u64 } = "{size} 条存证不可能有这么多批次", "it is one of more than {size} entries can have";
    BeginsLate { start: u64, at: u64 } = "从第 {start} 条开始，而前一批次在第 {at} 条结束", "it begins at {start} where the batch before ended at {at}";
    Overlaps { start: u64, end: u64, at: u64, size: u64 } = "范围是 [{start}, {end})，而这里应从第 {at} 条开始，最多到第 {size} 条", "it is of [{start}, {end}) where {at} to at most {size} belong";
    NoteHash { subtree: String } = "范围 {subtree} 的批次签名中的哈希与存证不符", "the batch note over {subtree} has another hash than the entries";
    NoBatches = "文件不存在，其后的也没有，而账本并未到此为止", "it is missing, and so are those after it, though the ledger goes on";
    BatchEarlier = "时间早于前一批次", "it is dated earlier than the batch before";
    DatedLater { dated: Time } = "时间是 {dated}，晚于现在", "it is dated {dated}, which is later than now";
    Backdated { dated: Time, seen: Time, by: String, path: String } = "时间是 {dated}，而 {by} 在 {seen} 见到的最新检查点还是前一批次的（{path}）", "it is dated {dated}, and at {seen} the checkpoint of the batch before was shown as the newest (to {by}, {path})";
    BackdatedSince { dated: Time, seen: Time } = "时间是 {dated}，而在 {seen} 示人的最新检查点还是前一批次的（以前的审计已看过）", "it is dated {dated}, and at {seen} the checkpoint of the batch before was shown as the newest (an earlier audit looked at that)";
    Postdated { dated: Time, seen: Time, by: String, path: String } = "时间是 {dated}，而 {by} 在 {seen} 已见到它的检查点（{path}）", "it is dated {dated}, and {by} saw its checkpoint at {seen} ({path})";
    // Signatures and keys.
    UnknownOffice { origin: Origin } = "信任名单中没有账本 {origin} 的机构，签名均未核对", "the trust bundle has no office with the ledger {origin}; no signature was checked";
    SignatureBad { name: String } = "{name} 的签名不成立", "the signature of {name} does not verify";
    NoKnownSigner { signers: String } = "没有已知密钥的签名（签名所写：{signers}）", "none of the signatures is of a known key (they name {signers})";
    NotInUse { usage: KeyUse, id: String, at: Time } = "{usage}密钥 {id} 签了名，而它在 {at} 不在有效期内", "the {usage} key {id} signed, and was not in use at {at}";
    Stolen { usage: KeyUse, id: String, since: Time } = "{usage}密钥 {id} 自 {since} 起可能已失密", "the {usage} key {id} may be somebody else's since {since}";
    InNotes { what: Box<Detail>, notes: Notes } = "{what}（签名处：{notes}）", "{what} (in {notes})";
    OtherLastGood { size: u64 } = "信任名单写明的 {size} 条时最后可信的根与此不同", "the trust bundle knows another last good root of size {size}";
    Unannounced { usage: KeyUse, id: String, size: u64, next: u64 } = "{usage}密钥 {id} 签署了 {size} 条的检查点，而前 {next} 条中没有预告它的密钥事件", "the {usage} key {id} signed a head of {size} entries, and no key event among the first {next} announced it";
    // Public entries.
    NotThePreimage = "不是该条存证的原文", "it is not the preimage of the entry";
    ListNames { path: String } = "列出了 {path}，而该文件不存在", "it names {path}, which is not there";
    ListNotExact = "所列与同一文件夹中的原文不一致", "it does not name exactly the preimages beside it";
    LogHeadBreaks = "与前一次操作日志封存不相接", "it does not continue the head of the operators' log before it";
    BeforeFirstBundle = "早于账本中的第一份信任名单", "it comes before the ledger's first trust bundle";
    SameSequence { sequence: u64 } = "序号是 {sequence}，与本次审计所用信任名单相同，而内容不同", "the trust bundle of this audit has the sequence {sequence}, too, and another text";
    BundleSequence { sequence: u64, last: u64 } = "序号是 {sequence}，而前一份是 {last}", "it has the sequence {sequence}, after one with {last}";
    BundleRoot = "没有前一份信任名单中任何信任根的签名", "no root of the trust bundle before it signed it";
    // Status lists.
    Covers { size: u64, own: u64 } = "涵盖 {size} 条，而它自己就是第 {own} 条", "it covers {size} entries, but is entry {own} itself";
    FirstSequence { shard: u64, sequence: u64 } = "账本中第 {shard} 片的第一份说明是第 {sequence} 期", "the first note of shard {shard} in the ledger has the sequence {sequence}";
    SequenceAfter { shard: u64, sequence: u64, last: u64 } = "第 {shard} 片第 {last} 期之后是第 {sequence} 期", "sequence {sequence} of shard {shard} comes after {last}";
    NotThePrevious { last: u64 } = "没有把第 {last} 期写为前一期", "it does not name the note with the sequence {last} as the one before";
    CoversLess = "涵盖的条数比前一期少，或时间比前一期早", "it covers less, or is dated earlier, than the note before";
    ListMissing = "文件不存在，而它的说明已在账本中", "it is missing, and its note is in the ledger";
    ListOtherNote = "所附说明与账本中的不同", "it has another note than the ledger";
    ListGone = "文件不存在，后一期因此无法比对", "it is missing, and the next one can't be held against it";
    ListChanged = "不是它的说明所签的清单，后一期因此无法比对", "it is not the list of its note, and the next one can't be held against it";
    NewestMissing { own: String } = "文件不存在；应与 {own} 相同", "it is missing; it is {own}";
    NotNewest { own: String } = "不是账本中最后一份清单 {own}", "it is not {own}, the last in the ledger";
    NotLogged = "已公布，而它的说明不在账本中", "it is published, but its note is not in the ledger";
    ShardNotLogged = "已公布，而账本中没有这一片的任何说明", "it is published, but no note of its shard is in the ledger";
    IndexNames { file: String } = "列出了 {file}，而该文件不存在或与所列不符", "it names {file}, which is not there or not as it says";
    StatusWent { index: u64, from: Status, to: Status } = "第 {index} 条的状态由“{from}”变为“{to}”", "the status of entry {index} went from {from} to {to}";
    MoreChanges = "还有其他不允许的变更", "and more changes that may not be";
    // Evidence from outside.
    NoHead = "不是检查点", "it is no checkpoint";
    SizeFell { size: u64, before: u64 } = "共 {size} 条，而前一份有 {before} 条", "it is of size {size}, after one of {before}";
    TargetSize { size: u64, before: u64 } = "共 {size} 条，而同一目标的前一份有 {before} 条", "it is of size {size}, after one of {before} with the same target";
    OtherAuthority { label: String, own: String } = "属于时间戳机构 {label}，不是 {own}", "it is of the authority {label}, not of {own}";
    Evidence { why: Reason } = "{why}", "{why}";
    BeforeItsBatch = "所写时间早于其批次关闭的时间", "it names a time before its batch was closed";
    TimeAhead = "所写时间晚于现在", "it names a time that is later than now";
    // The export.
    NoManifest = "不是审计数据的清单", "it is no manifest of an export";
    ManifestCheckpoint = "清单中的检查点是另一个", "its checkpoint is another";
    ManifestNote = "签名所签的是另一份清单", "the note is over another manifest";
    ManifestKey = "签署的密钥当时不在有效期内", "the key that signed was not in use then";
    NotTheNamedFile = "不是清单所列的文件", "it is not the file that the manifest names";
    NoExportName = "审计数据中没有这样的文件名", "it is no name of a file in an export";
    LineUnknown { line: u64 } = "第 {line} 行不是审计数据", "line {line} is none of an export";
    LineOrder { line: u64 } = "第 {line} 行的次序不对", "line {line} does not come after the one before";
    BeyondLedger = "超出账本末尾", "it is beyond the ledger";
    EventBeyond = "其变更的存证超出账本末尾", "an event's entry is beyond the ledger";
    EventOtherEntry = "该变更推导不出账本中的存证", "the event does not give the entry that the ledger has";
    NotExported = "该条存证既未公开，也不在审计数据中", "the entry is neither public nor in the export";
    NoEntryThere = "该行所在位置没有可读的存证", "no entry could be read where the line belongs";
    ErasedIsPublic = "该条存证的原文是公开的，不属于已销毁的证书", "the entry is public, and so none of an erased certificate";
    NumberTwice { number: String } = "证书编号 {number} 用了两次", "the certificate number {number} is used twice";
    NoDocument = "不是文档", "it is no document";
    NoBase64 { what: Part } = "{what}不是 base64", "the {what} is not base64";
    SecretLength = "随机盐密钥不是 32 字节的 base64", "the secret is not 32 bytes in base64";
    NonceLength = "随机数不是 16 字节的 base64", "the nonce is not 16 bytes in base64";
    CoreOtherEntry = "证书核心推导不出账本中的存证", "the core does not give the entry that the ledger has";
    CoreOtherNumber { number: String } = "证书核心属于证书 {number}", "the core is of the certificate {number}";
    DocumentOther = "不是证书核心所承诺的文档", "the document is not the one that the core commits to";
    ClaimsOther = "证书结论不是按规则由文档得出的", "the claims are not what the rules make of the document";
    EventBreaks = "该变更与证书的上一条记录不相接", "the event does not continue the certificate's chain";
    EventStatus { from: Status, to: Status } = "一条变更使状态由“{from}”变为“{to}”", "an event takes the status from {from} to {to}";
    Hidden { by_events: Status, listed: Status } = "按其变更应为“{by_events}”，而最新清单写的是“{listed}”", "its events make it {by_events}, the newest list says {listed}";
    // The office's own audit.
    Journal { why: String } = "日志核对程序说明：{why}", "{why}";
    BatchOtherRoot { batch: u64 } = "第 {batch} 批：日志中的存证得出的根与所签的不同", "batch {batch}: the journal's entries give another root than was signed";
    ListOfJournal = "清单中的状态与日志不符", "the list's statuses are not those of the journal";
    KeyNeverWritten = "其密钥从未写入", "its key was never written";
    KeyDamaged = "其密钥已损坏", "its key is damaged";
    EntryNotOfCore = "存证不是由证书核心得出的", "the entry is not the core's";
    JournalEnds { size: u64, published: u64 } = "日志到第 {size} 条为止，而已公布的账本有 {published} 条", "the journal ends at size {size}, the published ledger at {published}";
    JournalRoot = "日志的末尾是另一个根", "the journal's head has another root";
    ErasedInSilence = "一份文档的密钥已被销毁，而没有销毁记录", "a document's key was erased, and no record says so";
    CertificateInUse = "其证书仍在使用", "a certificate of it is in use";
    EventUnknown = "没有与之对应的文档或记录链", "there is no such document or chain";
    EventKind = "种类与记录链中的不同", "its kind is another in the chain";
    EventNoNonce = "没有随机数", "it has no nonce";
    EventNotOfBody = "存证不是由其正文得出的", "its entry is not that of its body";
    EventOtherBody = "正文与记录所写不同", "its body says something else than its record";
    EventOfOther { number: String } = "属于证书 {number}", "it is of certificate {number}";
    EventPrevious = "没有写明它之前的那一条", "it does not name the event before it";
    EventOfCommitment = "是承诺的变更，而文档不是承诺", "an event of a commitment, of something else";
    LogOtherHead = "账本中封存的操作日志到此处与之不同", "the ledger has another head of the log up to here";
    LogNoEntry = "不是操作日志的条目", "it is no entry of the log";
    LogCut = "已被截断", "it is cut off";
    LogBreaks = "与前一条不相接", "it does not follow from the entry before";
    LogNumber = "编号与位置不符", "it has another number than its place";
    LogShort { size: u64, number: u64 } = "共 {size} 条，而账本中封存到第 {number} 条", "it has {size} entries, and the ledger a head of {number}";
}

impl Detail {
    /// What a parser of a format refuses.
    pub(crate) fn unread(why: verifier::error::Refused) -> Detail {
        Detail::NotWhole { why: Refused(why) }
    }

    /// What the office refuses, in its own words.
    pub(crate) fn refused(why: impl Into<Refusal>) -> Detail {
        Detail::Refused { why: Box::new(why.into()) }
    }

    /// What is wrong with a token or a transaction, as a verdict explains it.
    pub(crate) fn evidence(why: impl Into<String>) -> Detail {
        Detail::Evidence { why: Reason(why.into()) }
    }
}

/// A value of a sentence, as the reader's language has it.
trait Say {
    fn say(&self, lang: Lang) -> String;
}

/// What a parser of a format refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused(verifier::error::Refused);

/// A text that explains a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason(String);

/// Signed notes of one batch file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notes(Vec<Option<Subtree>>);

/// A part of a document in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The core.
    Core,
    /// The document itself.
    Document,
}

impl Notes {
    /// The checkpoint, or the batch note over this subtree.
    pub(crate) fn of(note: Option<Subtree>) -> Notes {
        Notes(Vec::from([note]))
    }

    /// One more.
    pub(crate) fn and(&mut self, note: Option<Subtree>) {
        self.0.push(note);
    }
}

impl Say for Notes {
    fn say(&self, lang: Lang) -> String {
        let one = |note: &Option<Subtree>| match (note, lang) {
            (None, Lang::Zh) => "检查点".to_owned(),
            (None, Lang::En) => "the checkpoint".to_owned(),
            (Some(subtree), Lang::Zh) => format!("范围 {subtree} 的批次签名"),
            (Some(subtree), Lang::En) => format!("the batch note over {subtree}"),
        };
        let all: Vec<String> = self.0.iter().map(one).collect();
        all.join(lang.pick("、", ", "))
    }
}

impl Say for Box<Detail> {
    fn say(&self, lang: Lang) -> String {
        Detail::say(self, lang)
    }
}

impl Say for Refused {
    fn say(&self, lang: Lang) -> String {
        reason::refused(&self.0, lang)
    }
}

impl Say for Reason {
    fn say(&self, lang: Lang) -> String {
        reason::words(&self.0, lang)
    }
}

impl Say for Box<Refusal> {
    fn say(&self, lang: Lang) -> String {
        match (lang, self.where_()) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, "") => format!("{}：{}", self.code().as_str(), self.message(lang)),
            (Lang::Zh, at) => format!("{}：{}（{at}）", self.code().as_str(), self.message(lang)),
        }
    }
}

impl Say for Part {
    fn say(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Part::Core => ("证书核心", "core"),
            Part::Document => ("文档", "document"),
        };
        lang.pick(zh, en).to_owned()
    }
}

impl Say for Time {
    fn say(&self, lang: Lang) -> String {
        self.display_exactly_for(lang)
    }
}

impl Say for KeyUse {
    fn say(&self, lang: Lang) -> String {
        let zh = match self {
            KeyUse::Ledger => "账本",
            KeyUse::Batch => "批次",
            KeyUse::Status => "状态清单",
            KeyUse::Pdf => "PDF ",
        };
        lang.pick(zh, self.name()).to_owned()
    }
}

impl Say for Status {
    fn say(&self, lang: Lang) -> String {
        let zh = match self {
            Status::Valid => "有效",
            Status::Revoked => "已撤销",
            Status::Suspended => "异议核实中",
            Status::Replaced => "已有更新版本",
            Status::ObjectionNoted => "有异议标注",
            Status::Withdrawn => "持有人已撤回",
            Status::NotIssued => "不是证书",
        };
        lang.pick(zh, self.name()).to_owned()
    }
}

impl Say for u64 {
    fn say(&self, _: Lang) -> String {
        self.to_string()
    }
}

impl Say for String {
    fn say(&self, _: Lang) -> String {
        self.clone()
    }
}

impl Say for Origin {
    fn say(&self, _: Lang) -> String {
        self.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_is_in_both_languages_with_the_same_values() {
        let values = |text: &str| {
            let mut names: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        for (name, zh, en) in ROWS {
            assert_eq!(values(zh), values(en), "{name}");
            assert!(!zh.is_ascii() || *zh == "{why}", "{name}: {zh}");
            assert!(en.is_ascii(), "{name}: {en}");
            assert!(!zh.ends_with('。') && !en.ends_with('.'), "{name}");
        }
    }

    #[test]
    fn values_are_said_in_the_readers_language() {
        let time = Time::new(1_795_310_130).unwrap();
        let detail = Detail::NotInUse { usage: KeyUse::Batch, id: "1f0c44a2".to_owned(), at: time };
        assert_eq!(
            detail.say(Lang::Zh),
            "批次密钥 1f0c44a2 签了名，而它在 2026年11月22日 09:15:30 不在有效期内"
        );
        assert_eq!(
            detail.say(Lang::En),
            "the batch key 1f0c44a2 signed, and was not in use at 2026-11-22 09:15:30 (UTC+8)"
        );
        let mut notes = Notes::of(None);
        notes.and(Subtree::new(8, 12).ok());
        let both = Detail::InNotes { what: Box::new(Detail::NotUtf8), notes };
        assert_eq!(both.say(Lang::Zh), "不是 UTF-8 文本（签名处：检查点、范围 [8, 12) 的批次签名）");
        assert_eq!(both.say(Lang::En), "it is not UTF-8 (in the checkpoint, the batch note over [8, 12))");
        let went = Detail::StatusWent { index: 7, from: Status::Revoked, to: Status::Valid };
        assert_eq!(went.say(Lang::Zh), "第 7 条的状态由“已撤销”变为“有效”");
        let token = Detail::evidence("TIMESTAMP_DIGEST (it is a timestamp of something else)");
        assert_eq!(token.say(Lang::Zh), "时间戳所盖的是其他内容（TIMESTAMP_DIGEST）");
        let gone = Detail::refused(crate::disk::DiskError::Stopped);
        assert!(!gone.say(Lang::Zh).is_ascii() && gone.say(Lang::En).is_ascii());
    }
}
