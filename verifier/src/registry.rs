//! The registries (spec/claims.md): claim rules and values, purposes, counters, kinds of documents and holders.
//!
//! ```text
//! 9  FINANCING  融资授信  financing and credit            a purpose, as a core writes, a document names and people read it
//! ```
//!
//! Numbers are frozen: what changes its meaning gets a new number. Rules, purposes and counters are open: a reader that
//! meets a number it does not know shows it as unknown ([`Open`]). Kinds and claim values are closed.
//! Not here: how a claim is computed from a document; that is the office's work.

mod counter;

use alloc::format;
use alloc::string::{String, ToString};

pub use counter::{Counter, SECTIONS};

/// Declares one registry: number, name in documents and in JSON output, what people read in zh-CN and in en.
macro_rules! registry {
    ($(#[$doc:meta])* $name:ident { $($(#[$case_doc:meta])* $case:ident = $number:literal, $text:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = concat!($zh, ", ", $en)] $(#[$case_doc])* $case = $number,)+
        }

        impl $name {
            /// All of them, ascending by number.
            pub const ALL: &'static [$name] = &[$($name::$case,)+];

            /// The frozen number.
            pub fn number(self) -> u64 {
                match self { $($name::$case => $number,)+ }
            }

            /// The one with this number, if it is known.
            pub fn from_number(number: u64) -> Option<$name> {
                match number { $($number => Some($name::$case),)+ _ => None }
            }

            /// The name in documents and in JSON output.
            pub fn name(self) -> &'static str {
                match self { $($name::$case => $text,)+ }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<$name> {
                match name { $($text => Some($name::$case),)+ _ => None }
            }

            /// What people read, in zh-CN.
            pub fn zh(self) -> &'static str {
                match self { $($name::$case => $zh,)+ }
            }

            /// What people read, in English.
            pub fn en(self) -> &'static str {
                match self { $($name::$case => $en,)+ }
            }
        }

        impl Registered for $name {
            fn number(self) -> u64 { $name::number(self) }
            fn from_number(number: u64) -> Option<$name> { $name::from_number(number) }
            fn name(self) -> &'static str { $name::name(self) }
            fn zh(self) -> &'static str { $name::zh(self) }
            fn en(self) -> &'static str { $name::en(self) }
        }
    };
}
pub(crate) use registry;

registry! {
    /// A rule by which a claim is computed, with its version.
    Rule {
        NoPenalty = 1, "NO_PENALTY/1", "无行政处罚", "no administrative penalty";
        NoCoercion = 2, "NO_COERCION/1", "无行政强制", "no administrative coercion";
        NotSeriousDishonest = 3, "NOT_SERIOUS_DISHONEST/1", "未列入严重失信主体名单", "not on a list of seriously dishonest subjects";
        NoCriminalJudgment = 4, "NO_CRIMINAL_JUDGMENT/1", "无犯罪记录（刑事裁判）", "no criminal judgment";
        NoViolationInPeriod = 5, "NO_VIOLATION_IN_PERIOD/1", "查询期内无违法违规记录", "no violation on record in the period";
        NotAbnormal = 6, "NOT_ABNORMAL/1", "未列入经营异常名录", "not on the list of abnormal operations";
        ModelSubject = 7, "MODEL_SUBJECT/1", "守信激励对象", "model subject";
        CommitmentsKept = 8, "COMMITMENTS_KEPT/1", "信用承诺履行情况", "credit commitments kept";
    }
}

impl Rule {
    /// The name without the version: `NO_PENALTY`.
    pub fn short_name(self) -> &'static str {
        self.name().split('/').next().unwrap_or("")
    }

    /// Whether the claim carries two counts: kept, of how many.
    pub fn has_counts(self) -> bool {
        self == Rule::CommitmentsKept
    }
}

registry! {
    /// What a claim says.
    ClaimValue {
        /// Most rules deny something, so the words are never a bare yes or no: "no penalty: no" is misread.
        Yes = 1, "YES", "成立", "holds";
        No = 2, "NO", "不成立", "does NOT hold";
        /// The records that the rule looks at were not collected: no record is no news here.
        NotCovered = 3, "NOT_COVERED", "未纳入本报告", "not covered by this report";
        UnderObjection = 4, "UNDER_OBJECTION", "异议核实中", "under objection";
        Partial = 5, "PARTIAL", "部分", "in part";
    }
}

registry! {
    /// What a certificate is to be used for (用途).
    Purpose {
        GovProcurement = 1, "GOV_PROCUREMENT", "政府采购", "government procurement";
        Bidding = 2, "BIDDING", "招标投标", "bidding";
        AdminApproval = 3, "ADMIN_APPROVAL", "行政审批", "administrative approval";
        MarketAccess = 4, "MARKET_ACCESS", "市场准入", "market access";
        Qualification = 5, "QUALIFICATION", "资质审核", "review of qualifications";
        FiscalFund = 6, "FISCAL_FUND", "财政资金补助", "subsidy from public funds";
        GovServicePurchase = 7, "GOV_SERVICE_PURCHASE", "政府购买服务", "purchase of services by government";
        GovInvestProject = 8, "GOV_INVEST_PROJECT", "政府投资工程", "project of government investment";
        Financing = 9, "FINANCING", "融资授信", "financing and credit";
        Award = 10, "AWARD", "评优评先", "awards";
        Listing = 11, "LISTING", "上市/再融资", "listing and refinancing";
        Other = 12, "OTHER", "其他", "other";
    }
}

impl Purpose {
    /// The counters whose every record a copy for this purpose must show (its profile); empty where it demands none.
    pub fn demands(self) -> &'static [Counter] {
        match self {
            Purpose::GovProcurement | Purpose::Bidding | Purpose::GovInvestProject | Purpose::Listing => {
                Counter::ADVERSE
            }
            _ => &[],
        }
    }
}

registry! {
    /// What kind of document a certificate is about.
    DocumentKind {
        CreditReport = 1, "credit-report", "信用报告", "credit report";
        CreditCommitment = 2, "credit-commitment", "信用承诺", "credit commitment";
        File = 3, "file", "文件", "file";
    }
}

impl DocumentKind {
    /// The value of a document's member `schema`: `credit-report/v1`.
    pub fn schema(self) -> &'static str {
        match self {
            DocumentKind::CreditReport => "credit-report/v1",
            DocumentKind::CreditCommitment => "credit-commitment/v1",
            DocumentKind::File => "file/v1",
        }
    }

    /// The kind that a document with this `schema` is.
    pub fn from_schema(schema: &str) -> Option<DocumentKind> {
        DocumentKind::ALL.iter().copied().find(|kind| kind.schema() == schema)
    }
}

registry! {
    /// Who or what holds a certificate.
    HolderKind {
        Org = 1, "ORG", "法人及非法人组织", "organisation";
        Sole = 2, "SOLE", "个体工商户", "sole trader";
        /// Named in masked form; the code is a reference to a salted record, never an ID number.
        Person = 3, "PERSON", "自然人", "natural person";
        GovOrg = 4, "GOV_ORG", "机关单位", "government organ";
    }
}

/// What all registries have in common.
pub trait Registered: Copy + Eq + core::fmt::Debug {
    /// The frozen number.
    fn number(self) -> u64;
    /// The one with this number, if it is known.
    fn from_number(number: u64) -> Option<Self>;
    /// The name in documents and in JSON output.
    fn name(self) -> &'static str;
    /// What people read, in zh-CN.
    fn zh(self) -> &'static str;
    /// What people read, in English.
    fn en(self) -> &'static str;
}

/// A number of an open registry: one that this version knows, or one that came later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open<T> {
    /// A known one.
    Known(T),
    /// A number that this version does not know.
    Unknown(u64),
}

impl<T: Registered> Open<T> {
    /// Whatever has this number.
    pub fn from_number(number: u64) -> Open<T> {
        T::from_number(number).map_or(Open::Unknown(number), Open::Known)
    }

    /// The number.
    pub fn number(self) -> u64 {
        match self {
            Open::Known(known) => known.number(),
            Open::Unknown(number) => number,
        }
    }

    /// The known one, if it is.
    pub fn known(self) -> Option<T> {
        if let Open::Known(known) = self { Some(known) } else { None }
    }

    /// The name in JSON output; `UNKNOWN_<n>` for an unknown one.
    pub fn name(self) -> String {
        self.known().map_or_else(|| format!("UNKNOWN_{}", self.number()), |known| known.name().to_string())
    }

    /// What people read, in zh-CN.
    pub fn zh(self) -> String {
        self.known().map_or_else(|| format!("未知({})", self.number()), |known| known.zh().to_string())
    }

    /// What people read, in English.
    pub fn en(self) -> String {
        self.known().map_or_else(|| format!("unknown ({})", self.number()), |known| known.en().to_string())
    }
}

impl<T> From<T> for Open<T> {
    fn from(known: T) -> Open<T> {
        Open::Known(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole<T: Registered>(all: &[T]) {
        for (i, one) in all.iter().enumerate() {
            assert_eq!(one.number(), u64::try_from(i).unwrap() + 1, "numbers run from 1 without a gap");
            assert_eq!(T::from_number(one.number()), Some(*one));
            assert!(!one.zh().is_empty() && !one.en().is_empty());
            assert!(all.iter().skip(i + 1).all(|other| other.name() != one.name()));
        }
        assert_eq!(T::from_number(0), None);
        assert_eq!(T::from_number(u64::try_from(all.len()).unwrap() + 1), None);
    }

    #[test]
    fn registries_are_whole() {
        whole(Rule::ALL);
        whole(ClaimValue::ALL);
        whole(Purpose::ALL);
        whole(Counter::ALL);
        whole(DocumentKind::ALL);
        whole(HolderKind::ALL);
    }

    #[test]
    fn frozen_numbers() {
        assert_eq!(Rule::from_name("COMMITMENTS_KEPT/1").unwrap().number(), 8);
        assert_eq!(Rule::CommitmentsKept.short_name(), "COMMITMENTS_KEPT");
        assert_eq!(Purpose::from_name("FINANCING").unwrap().number(), 9);
        assert_eq!(Counter::from_name("ADVICE").unwrap().number(), 17);
        assert_eq!(DocumentKind::from_schema("credit-commitment/v1"), Some(DocumentKind::CreditCommitment));
        assert_eq!(DocumentKind::from_schema("credit-commitment/v2"), None);
    }

    #[test]
    fn unknown_numbers_are_shown_as_such() {
        let purpose: Open<Purpose> = Open::from_number(99);
        assert_eq!((purpose.number(), purpose.known()), (99, None));
        assert_eq!((purpose.zh().as_str(), purpose.name().as_str()), ("未知(99)", "UNKNOWN_99"));
        assert_eq!(Open::<Purpose>::from_number(9), Open::from(Purpose::Financing));
    }

    #[test]
    fn profiles_demand_what_is_adverse() {
        assert_eq!(Purpose::Bidding.demands(), Counter::ADVERSE);
        assert!(Purpose::Financing.demands().is_empty());
        assert!(Counter::ADVERSE.iter().all(|c| c.adverse()));
        assert_eq!(Counter::ADVERSE.len(), Counter::ALL.iter().filter(|c| c.adverse()).count());
    }
}
