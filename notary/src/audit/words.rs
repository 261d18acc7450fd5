//! What each code means, for people who read a report. `AUDIT.md` says more.

use super::FindingCode;
use crate::refusal::Lang;

impl FindingCode {
    /// The meaning, in one sentence without a full stop.
    pub fn meaning(self, lang: Lang) -> &'static str {
        use FindingCode as C;
        let (zh, en) = match self {
            C::CheckpointMissing => ("缺少检查点", "the checkpoint is missing"),
            C::CheckpointBad => ("检查点不是本账本的有效检查点", "the checkpoint is not one of this ledger"),
            C::CheckpointRoot => ("检查点的根与存证不符", "the checkpoint's root is not that of the entries"),
            C::CheckpointDiffers => {
                ("检查点与最后一个批次的不同", "the checkpoint is not that of the last batch")
            }
            C::Rollback => ("账本比以前见过的短", "the ledger is smaller than it was"),
            C::SplitView => ("机构签署了两份不同的历史", "the office signed two histories"),
            C::BundleMissing => ("缺少存证文件", "entries are missing"),
            C::BundleBad => ("存证被改动", "an entry was changed"),
            C::TileMissing => ("缺少哈希文件", "hashes are missing"),
            C::TileBad => ("哈希被改动", "a hash was changed"),
            C::EntriesLost => (
                "存证与哈希均已丢失，其后无法推导",
                "entries and hashes are both lost; nothing beyond was derived",
            ),
            C::BatchMissing => ("缺少批次文件", "a batch file is missing"),
            C::BatchBad => ("批次文件已损坏或不属于本账本", "a batch file is damaged or of another ledger"),
            C::BatchRange => ("批次首尾不相接", "a batch does not begin where the one before ends"),
            C::BatchRoot => {
                ("批次签署的根与存证不符", "the root that a batch signs is not that of the entries")
            }
            C::BatchNote => {
                ("批次签名覆盖的内容与存证不符", "what a batch note signs is not what the entries give")
            }
            C::BatchTime => {
                ("批次时间早于前一批次（倒填日期）", "a batch is dated earlier than the one before")
            }
            C::BatchFuture => ("批次时间晚于现在", "a batch is dated later than now"),
            C::BatchBackdated => (
                "批次时间早于他人见到前一检查点的时间（倒填日期）",
                "a batch is dated earlier than others were shown the head before it",
            ),
            C::BatchPostdated => {
                ("批次时间晚于他人见到其检查点的时间", "a batch is dated later than others saw its head")
            }
            C::OfficeUnknown => (
                "信任名单中没有这个账本的机构，签名未核对",
                "the trust bundle has no office with this ledger; no signature was checked",
            ),
            C::SigBad => ("签名不成立", "a signature does not verify"),
            C::SignerUnknown => ("签署者不在信任名单中", "whoever signed is not in the trust bundle"),
            C::KeyDates => ("签署时密钥不在有效期内", "the key was not in use when it signed"),
            C::KeyCompromised => {
                ("签署时密钥可能已失密", "the key may have been somebody else's when it signed")
            }
            C::KeyUnannounced => {
                ("签署的密钥未在账本中预告", "a key signed that was never announced in the ledger")
            }
            C::KeyEventBad => (
                "密钥事件前后不符，或与信任名单不一致",
                "a key event does not follow, or a trust bundle says otherwise of the keys",
            ),
            C::TrustChain => {
                ("账本中的信任名单前后不相接", "trust bundles in the ledger do not follow each other")
            }
            C::PublicBad => ("公开条目的原文与存证不符", "a public preimage is not that of its entry"),
            C::PublicList => {
                ("公开条目的目录与文件不符", "the list of public preimages is not that of the folder")
            }
            C::StatusNoteBad => ("账本中的状态说明无效", "a status note in the ledger is not a good one"),
            C::StatusChain => ("状态清单前后不相接", "status lists do not follow each other"),
            C::StatusListMissing => ("缺少状态清单", "a status list is missing"),
            C::StatusListBad => {
                ("状态清单与账本中签署的不符", "a status list is not the one that the ledger signs")
            }
            C::StatusChange => ("状态作了不允许的变更", "a status changed as it may not"),
            C::StatusNewest => {
                ("最新状态清单不是账本中最后一份", "the newest status list is not the last in the ledger")
            }
            C::StatusNotLogged => ("状态清单未记入账本", "a status list is not in the ledger"),
            C::StatusIndex => {
                ("状态清单目录与清单不符", "the index of status lists is not that of the lists")
            }
            C::CosignedBad => (
                "已见证的检查点不属于本账本或次序不对",
                "a cosigned checkpoint is not this ledger's, or is out of order",
            ),
            C::AnchorBad => (
                "锚定记录不属于本账本或证据不成立",
                "an anchor is not this ledger's, or its evidence does not hold",
            ),
            C::FileUnknown => ("不属于账本的文件", "a file that belongs to no ledger"),
            C::JournalDamaged => ("机构日志已损坏", "the office's journal is damaged"),
            C::EventBad => (
                "一条证书记录与账本中的存证不符，或不接续上一条",
                "an event of a certificate does not give its entry, or does not follow the one before",
            ),
            C::DocumentDiffers => {
                ("文档与账本中的存证不符", "a document does not give the entry that the ledger has")
            }
            C::ExportBad => {
                ("审计数据不完整或未经机构签名", "the export is not whole, or the office did not sign it")
            }
            C::ExportMissing => {
                ("账本中的存证在审计数据中没有对应的文档", "an entry has no document in the export")
            }
            C::ExportExtra => {
                ("审计数据中有账本没有的内容", "the export has something that the ledger does not have")
            }
            C::ClaimWrong => {
                ("证书的声明与按规则从文档计算的不符", "claims are not what the rules make of the document")
            }
            C::NumberTwice => ("同一证书编号用了两次", "a certificate number is used twice"),
            C::EventChain => ("变更记录前后不相接", "an event does not continue its certificate's chain"),
            C::StatusHidden => {
                ("状态变更未在公开的清单中反映", "a change of status is not in the published list")
            }
            C::HeadDiffers => ("机构日志与公开账本不一致", "the office's journal and its ledger disagree"),
            C::CaseDiffers => (
                "异议或信用修复已办结，而有证书仍在使用",
                "an objection or a credit repair has ended, and a certificate is in use all the same",
            ),
            C::OperatorLogBad => ("操作日志前后不相接", "the operator log does not follow from itself"),
        };
        lang.pick(zh, en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_words_of_its_own() {
        for lang in [Lang::Zh, Lang::En] {
            let words: std::collections::BTreeSet<&str> =
                FindingCode::ALL.iter().map(|code| code.meaning(lang)).collect();
            assert_eq!(words.len(), FindingCode::ALL.len());
        }
    }
}
