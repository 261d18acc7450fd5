//! Sentences for people, for every code, in Chinese (office vocabulary) and English.
//!
//! Here are words only. Not here: which code applies (`verify`) and how it is laid out (programs).

use crate::verdict::{Check, Code, Detail, Outcome};

/// The languages of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Picks one of two texts.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

impl Outcome {
    /// The verdict in one word.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Self::Valid => lang.pick("有效", "VALID"),
            Self::Invalid => lang.pick("无效", "INVALID"),
            Self::Undetermined => lang.pick("无法判定", "UNDETERMINED"),
        }
    }
}

/// What an assurance level rests on (spec page `verdict.md`).
pub fn level_words(level: u8, lang: Lang) -> &'static str {
    match level {
        0 => lang.pick("未达到任何等级", "none reached"),
        1 => lang.pick("签发机构的批次签名", "the office's signature over the batch"),
        2 => lang.pick("已封存入公开账本，账本签名有效", "included in the signed public ledger"),
        3 => lang.pick(
            "另有一家独立机构见证或出具时间戳",
            "one independent organisation bears witness or gives a timestamp, too",
        ),
        4.. => lang.pick(
            "独立的见证与时间戳兼有，或见证达到规定家数",
            "an independent witness and a timestamp, or the quorum of witnesses",
        ),
    }
}

impl Check {
    /// One sentence: that of its code, but that of a gateway's kept answer, which is on no chain that anybody here knows of.
    pub fn message(&self, lang: Lang) -> &'static str {
        match (self.code, &self.detail) {
            (Code::AnchorUnchecked, Detail::Text(named)) if named.starts_with("http ") => lang.pick(
                "网关存证：已附答复，未离线验证",
                "Kept by a gateway: its answer is attached, and was not verified offline",
            ),
            (code, _) => code.message(lang),
        }
    }
}

impl Code {
    /// One sentence: what is, and what to do next where something is to be done.
    pub fn message(self, lang: Lang) -> &'static str {
        let (zh, en) = self.messages();
        lang.pick(zh, en)
    }

    fn messages(self) -> (&'static str, &'static str) {
        match self {
            Self::Valid => ("核验通过，证书真实有效", "Verified: genuine and valid"),
            Self::FormatOk => ("证书完整，版本可识别", "A whole certificate of a known version"),
            Self::NotRecognised => {
                ("不是可识别的证书文件或二维码", "Not a certificate file or code that is recognised")
            }
            Self::NeedsLookup => (
                "这是证书编号或窗口码，需联网查询；离线请扫描证书二维码",
                "A certificate number or window code: look it up online, or scan the certificate's QR code",
            ),
            Self::ScanIncomplete => ("扫码内容不完整，请重新扫描", "The scan is incomplete: scan again"),
            Self::FileIncomplete => (
                "文件不完整，请重新获取原始电子文件",
                "The file ends too early: ask for the original file again",
            ),
            Self::VersionUnknown => (
                "证书版本较新，请更新核验程序",
                "A later version than this verifier knows: update the verifier",
            ),
            Self::FormatBad => ("证书内容不符合格式，不能采信", "Not as the format says: do not rely on it"),
            Self::TrustOk => ("信任名单有效", "The trust bundle is in force"),
            Self::TrustExpired => {
                ("信任名单已过期，请更新后再核验", "The trust bundle has expired: update it and verify again")
            }
            Self::OfficeOk => ("签发机构在信任名单内", "The issuing office is in the trust bundle"),
            Self::OfficeUnknown => ("签发机构不在信任名单", "Issuer not in the trust bundle"),
            Self::SigOk => ("签发签名有效", "The office's signature verifies"),
            Self::SigBad => ("签名无效", "Invalid signature"),
            Self::PathOk => ("批次包含证明成立", "The certificate is in the signed batch"),
            Self::PathBad => ("内容与存证不一致，可能被篡改", "Content altered: it is not what was sealed"),
            Self::KeyOk => ("签名密钥在有效期内", "The signing key was in force"),
            Self::KeyNotValid => {
                ("签名时密钥不在有效期内", "The signing key was not in force when it signed")
            }
            Self::KeyRetired => (
                "签名密钥已超过可核验期限，请向签发机构更新证书",
                "The signing key is past its verification time: ask the office to refresh the certificate",
            ),
            Self::KeyCompromised => (
                "签名密钥已失密，须有失密之前的外部存证才能确认；请向签发机构索取最新的证书文件",
                "The signing key was compromised: only outside evidence from before shows the certificate good; ask the office for its newest file",
            ),
            Self::KindOk => ("签发机构有权签发此类证书", "The office may issue this kind"),
            Self::KindNotAllowed => ("签发机构无权签发此类证书", "The office may not issue this kind"),
            Self::DatesOk => ("在有效期内", "In force at the time judged"),
            Self::DatesBad => (
                "签发时间晚于封存时间，日期矛盾",
                "Issued later than it was sealed: the dates contradict each other",
            ),
            Self::NotYetValid => {
                ("证书尚未生效；请核对本机时间", "Not yet valid; check this computer's clock")
            }
            Self::Expired => ("证书已过有效期", "Expired"),
            Self::DisclosureOk => ("所示内容与存证一致", "What is shown is what was certified"),
            Self::DisclosureBad => {
                ("所示内容与存证不一致，可能被篡改", "What is shown is not what was certified")
            }
            Self::DisclosureIncomplete => (
                "未出示此用途必须出示的记录，请索取完整证书",
                "Records that this purpose demands are hidden: ask for the full certificate",
            ),
            Self::DocumentOk => ("所附文件与证书一致", "The document is the one certified"),
            Self::DocumentDiffers => ("所附文件与证书不一致", "The document is not the one certified"),
            Self::DocumentNotShown => (
                "证书副本隐去了内容，无法与文件比对",
                "The certificate hides too much to compare the document",
            ),
            Self::ProofOk => ("已封存入账本，账本签名有效", "Included in the signed ledger"),
            Self::ProofBad => (
                "账本证明不成立，文件可能被改动",
                "The ledger proof does not hold: the file may have been altered",
            ),
            Self::ProofUnusable => (
                "账本证明所用密钥未知、已停用或曾失密，请更新信任名单或证书文件",
                "The ledger proof's key is unknown, retired or compromised: update the trust bundle or the file",
            ),
            Self::ProofLeftOut => (
                "账本证明所用密钥不可采信，未采用；可信时间戳已证明同一事实",
                "The ledger proof's key can't be relied on, so it was left out: a timestamp shows the same",
            ),
            Self::TimestampOk => ("可信时间戳有效", "A trusted timestamp verifies"),
            Self::TimestampUnusable => {
                ("有时间戳不可采信，未采用", "A timestamp could not be relied on and was left out")
            }
            Self::TimestampUnchecked => {
                ("可信时间戳已附，此处不验证", "A timestamp is attached and is not checked here")
            }
            Self::AnchorUnchecked => (
                "链上锚定：已附回执，未离线验证",
                "Anchored on a chain: the receipt is attached, and was not verified offline",
            ),
            Self::AnchorUnusable => (
                "有锚定回执与本证书不符，未采用",
                "An anchor's receipt does not belong to this certificate and was left out",
            ),
            Self::LedgerForked => (
                "账本出现两份互相矛盾的检查点，均有签发机构签名；请保留文件并向监管机构核实",
                "The office signed two ledger heads that contradict each other: keep this file and ask its supervisor",
            ),
            Self::PdfOk => ("PDF文件与签发机构制作时一致", "The PDF is as the office made it"),
            Self::PdfAltered => (
                "PDF文件在签发后被改动，版面内容不可采信，请索取原始电子文件",
                "The PDF was altered after the office made it: do not rely on its pages, ask for the original file",
            ),
            Self::PdfUnsigned => (
                "PDF文件没有可采信的签发机构文件签名，版面内容未经核实，请以核验结果所列内容为准",
                "No signature of the office that counts is on the PDF: rely on what is shown here, not on its pages",
            ),
            Self::StatusValid => ("状态有效", "Status: valid"),
            Self::StatusNotAsked => ("未要求核验状态", "Status was not asked for"),
            Self::ObjectionNoted => ("核验通过，有异议标注", "Valid, with an objection noted"),
            Self::Revoked => ("证书已撤销，不得使用", "Revoked: not to be used"),
            Self::Replaced => {
                ("本证书已有更新版本，请以新证书为准", "Superseded: ask for the newer certificate")
            }
            Self::Withdrawn => ("证书已由主体撤回", "Withdrawn by the holder"),
            Self::NotIssued => ("状态清单中没有此证书", "The status list knows no such certificate"),
            Self::Suspended => ("异议核实中，暂缓使用", "Suspended while an objection is verified"),
            Self::StatusStale => (
                "状态清单已超过时限，请更新状态清单",
                "The evidence of status is too old: fetch a newer status list",
            ),
            Self::StatusMissing => {
                ("没有状态清单，请获取状态清单后再核验", "No status list: fetch one and verify again")
            }
            Self::StatusConflict => (
                "状态清单相互矛盾，请向签发机构核实",
                "Two status lists contradict each other: ask the office",
            ),
            Self::StatusRollback => (
                "状态清单比本机见过的旧，请获取最新状态清单",
                "The status list is older than one seen here before: fetch the newest",
            ),
            Self::StatusProven => {
                ("所用状态清单已存入账本，有账本证明", "The status list used is in the ledger, with proof")
            }
            Self::StatusUnusable => {
                ("有状态清单不可用，未采用", "A status list could not be used and was left out")
            }
            Self::PurposeOther => ("用途不符，请核对证书用途", "Certified for another purpose"),
            Self::AudienceOther => ("接收单位不符，请核对", "Certified for another recipient"),
            Self::RootNotPinned => (
                "信任名单的根密钥未经本机确认",
                "The root of the trust bundle is not pinned on this computer",
            ),
        }
    }
}
