//! The closed vocabularies of documents (spec/document.md).
//!
//! ```text
//! "act": "PENALTY"      one word of `Act`, anything else is refused with the list of what would be right
//! ```
//!
//! What is not here: the numbered registries that get into cores (purposes, kinds of holders), which are
//! `verifier::registry`'s.

use verifier::registry::{HolderKind, Purpose};

use super::read::Word;

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident { $($word:ident $spelling:literal $label:literal)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $label] $word,)+
        }

        impl $name {
            /// Every word, in the order of the spec.
            pub const ALL: &'static [$name] = &[$($name::$word,)+];

            /// The word as documents spell it.
            pub fn spelling(self) -> &'static str {
                match self { $($name::$word => $spelling,)+ }
            }

            /// The word as people read it, in Chinese.
            pub fn label(self) -> &'static str {
                match self { $($name::$word => $label,)+ }
            }
        }

        impl Word for $name {
            const ALL: &'static [Self] = $name::ALL;
            fn spelling(self) -> &'static str { $name::spelling(self) }
        }
    )+};
}

vocabulary! {
    /// The kind of a credit report. Its label is the certificate's title.
    ReportKind {
        General "GENERAL" "公共信用信息报告"
        SpecialNoViolation "SPECIAL_NO_VIOLATION" "专项信用报告（有无违法违规记录证明版）"
        Industry "INDUSTRY" "行业信用报告"
        Personal "PERSONAL" "个人公共信用信息报告"
    }

    /// A label of a report's subject.
    Label {
        Model "MODEL" "守信激励对象"
        Dishonest "DISHONEST" "失信惩戒对象"
        Active "ACTIVE" "存续"
        Deregistered "DEREGISTERED" "注销"
    }

    /// How a source hands its records in.
    Channel {
        SelfReport "SELF_REPORT" "自主申报"
        UnitShare "UNIT_SHARE" "单位共享"
        OnlineForm "ONLINE_FORM" "在线填报"
        WebCrawl "WEB_CRAWL" "网上采集"
    }

    /// Whether an item kind was collected for a report.
    CoverageStatus {
        Covered "COVERED" "已归集"
        NotCovered "NOT_COVERED" "未归集"
        Stale "STALE" "未及时更新"
    }

    /// An administrative act.
    Act {
        Permit "PERMIT" "行政许可"
        Penalty "PENALTY" "行政处罚"
        Coercion "COERCION" "行政强制"
        Confirm "CONFIRM" "行政确认"
        Levy "LEVY" "行政征收"
        Payment "PAYMENT" "行政给付"
        Ruling "RULING" "行政裁决"
        Compensation "COMPENSATION" "行政补偿"
        Reward "REWARD" "行政奖励"
        Inspection "INSPECTION" "行政监督检查"
    }

    /// How serious the conduct behind a penalty is.
    Severity {
        Minor "MINOR" "轻微"
        Ordinary "ORDINARY" "一般"
        Serious "SERIOUS" "严重"
    }

    /// A flag of a record.
    Flag {
        ObjectionVerifying "OBJECTION_VERIFYING" "异议核实中"
        Repaired "REPAIRED" "已修复"
        Corrected "CORRECTED" "已更正"
        LatePublished "LATE_PUBLISHED" "补录公示"
    }

    /// How a commitment was kept.
    Fulfilment {
        InProgress "IN_PROGRESS" "履行中"
        Fulfilled "FULFILLED" "全部履行"
        PartlyFulfilled "PARTLY_FULFILLED" "部分履行"
        NotFulfilled "NOT_FULFILLED" "全部未履行"
        FoundFalse "FOUND_FALSE" "承诺不实"
    }

    /// The kind of a judgment.
    JudgmentKind {
        Criminal "刑事" "刑事"
        Civil "民事" "民事"
        Administrative "行政" "行政"
        Enforcement "执行" "执行"
    }

    /// The type of a commitment.
    CommitmentType {
        ApprovalSubstitute "APPROVAL_SUBSTITUTE" "审批替代型"
        Tolerance "TOLERANCE" "容缺受理型"
        CertItem "CERT_ITEM" "证明事项型"
        Repair "REPAIR" "信用修复型"
        Industry "INDUSTRY" "行业自律型"
        Voluntary "VOLUNTARY" "主动型"
        GovPublic "GOV_PUBLIC" "政务公开承诺"
        Other "OTHER" "其他"
    }

    /// Who may see a commitment.
    Publicity {
        Public "PUBLIC" "可向社会公开"
        Limited "LIMITED" "特定范围内公开"
        None "NONE" "不可公开"
    }

    /// The layout in which a commitment was collected.
    CollectionLayout {
        National20 "NATIONAL_20" "信用承诺信息归集（20 项）"
    }

    /// How a commitment was signed.
    SignatureMethod {
        Seal "SEAL" "加盖公章"
        Esign "ESIGN" "电子签名"
        PaperScan "PAPER_SCAN" "纸质扫描"
        Onsite "ONSITE" "现场签署"
    }
}

impl Word for Purpose {
    const ALL: &'static [Self] = Purpose::ALL;
    fn spelling(self) -> &'static str {
        self.name()
    }
}

impl Word for HolderKind {
    const ALL: &'static [Self] = HolderKind::ALL;
    fn spelling(self) -> &'static str {
        self.name()
    }
}
