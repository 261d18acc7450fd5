//! A matter of the catalogue (信用承诺事项): what commitments are made about, on what basis, and how they are followed up.
//!
//! ```text
//! SX00001  食品经营许可  示例县行政审批服务局  审批替代型  设定依据 …  样式 CN-01 1  核查 30 日  可向社会公开
//! ```
//!
//! What the basis is says the office; nothing here is a citation of ours. Here: the words and the shape. Not here: files of
//! matters (`matter_table`), keeping them (`register`).

use serde::{Deserialize, Serialize};
use verifier::time::Time;

use crate::code::UnifiedCode;
use crate::document::vocabulary::{CommitmentType, Publicity};
use crate::refusal::{Refusal, RefusalCode};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($word:ident $code:literal $label:literal)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $label] $word,)+
        }

        impl $name {
            /// Every word.
            pub const ALL: &'static [$name] = &[$($name::$word,)+];

            /// The stable code.
            pub fn code(self) -> &'static str {
                match self { $($name::$word => $code,)+ }
            }

            /// As people read it.
            pub fn label(self) -> &'static str {
                match self { $($name::$word => $label,)+ }
            }

            /// Either of the two.
            pub fn read(text: &str) -> Option<Self> {
                $name::ALL.iter().copied().find(|word| word.code() == text || word.label() == text)
            }
        }
    )+};
}

words! {
    /// Where commitments in place of certificates are the rule (证明事项告知承诺的领域).
    Area {
        Household "HOUSEHOLD" "户籍管理"
        MarketEntry "MARKET_ENTRY" "市场主体准营"
        Examination "EXAMINATION" "资格考试"
        SocialInsurance "SOCIAL_INSURANCE" "社会保险"
        SocialAssistance "SOCIAL_ASSISTANCE" "社会救助"
        HealthCheck "HEALTH_CHECK" "健康体检"
        LegalService "LEGAL_SERVICE" "法律服务"
    }

    /// What a commitment of an organ of government promises.
    GovernmentKind {
        ServiceQuality "SERVICE_QUALITY" "服务质量承诺"
        TimeLimit "TIME_LIMIT" "办理期限承诺"
        Support "SUPPORT" "保障承诺"
        Integrity "INTEGRITY" "诚实守信承诺"
    }

    /// Classes of matters in which a commitment does not take a certificate's place.
    Excluded {
        NationalSecurity "NATIONAL_SECURITY" "国家安全"
        PublicSafety "PUBLIC_SAFETY" "公共安全"
        FinancialPrudence "FINANCIAL_PRUDENCE" "金融审慎"
        Environment "ENVIRONMENT" "生态环境"
        PersonalHealth "PERSONAL_HEALTH" "人身健康"
        ForeignAffairs "FOREIGN_AFFAIRS" "重要涉外"
    }
}

/// By when commitments of a matter are checked, counted from when they are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckWithin {
    /// So many days.
    Days(u32),
    /// A deadline of the office's table.
    Rule(String),
}

/// Days of [`CheckWithin::Days`], at most.
const CHECK_DAYS_MAX: u32 = 3_660;

impl CheckWithin {
    /// Reads `30`, `30日`, or the id of a deadline.
    pub fn read(text: &str) -> Option<CheckWithin> {
        let number = text.trim_end_matches('日').trim_end_matches('天');
        if let Ok(days) = number.parse::<u32>() {
            return (1..=CHECK_DAYS_MAX).contains(&days).then_some(CheckWithin::Days(days));
        }
        let named = !text.is_empty()
            && text.len() <= 100
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        named.then(|| CheckWithin::Rule(text.to_string()))
    }

    /// As it is written in tables.
    pub fn written(&self) -> String {
        match self {
            CheckWithin::Days(days) => format!("{days}日"),
            CheckWithin::Rule(rule) => rule.clone(),
        }
    }
}

/// A matter.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Matter {
    /// Its code, as commitments name it.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The department's name.
    pub department: String,
    /// The department's unified code.
    pub department_code: UnifiedCode,
    /// The type of its commitments.
    pub commitment_type: CommitmentType,
    /// On what basis, as the office gives it.
    pub basis: String,
    /// Id and version of its template.
    pub template: Option<(String, String)>,
    /// By when its commitments are checked.
    pub check_within: Option<CheckWithin>,
    /// Who may see its commitments, where nobody says otherwise.
    pub publicity: Publicity,
    /// Why a commitment does not take a certificate's place here.
    pub excluded: Option<Excluded>,
    /// Its area.
    pub area: Option<Area>,
    /// For organs of government: what is promised.
    pub government: Option<GovernmentKind>,
}

/// A matter in the register's journal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MatterWire {
    code: String,
    name: String,
    department: String,
    department_code: String,
    #[serde(rename = "type")]
    commitment_type: String,
    basis: String,
    template: Option<(String, String)>,
    check_within: Option<String>,
    publicity: String,
    excluded: Option<String>,
    area: Option<String>,
    government: Option<String>,
    at: u64,
    by: String,
}

impl MatterWire {
    pub(super) fn of(matter: &Matter, at: Time, by: &str) -> Self {
        MatterWire {
            code: matter.code.clone(),
            name: matter.name.clone(),
            department: matter.department.clone(),
            department_code: matter.department_code.to_string(),
            commitment_type: matter.commitment_type.spelling().to_string(),
            basis: matter.basis.clone(),
            template: matter.template.clone(),
            check_within: matter.check_within.as_ref().map(CheckWithin::written),
            publicity: matter.publicity.spelling().to_string(),
            excluded: matter.excluded.map(|word| word.code().to_string()),
            area: matter.area.map(|word| word.code().to_string()),
            government: matter.government.map(|word| word.code().to_string()),
            at: at.seconds(),
            by: by.to_string(),
        }
    }

    pub(super) fn matter(self) -> Result<Matter, Refusal> {
        let bad = |what: &str| Refusal::new(RefusalCode::MatterBad).found(what);
        let template = self.template.unwrap_or_default();
        let text = |word: Option<String>| word.unwrap_or_default();
        let given = Given {
            code: self.code,
            name: self.name,
            department: self.department,
            department_code: self.department_code,
            commitment_type: self.commitment_type,
            basis: self.basis,
            template: template.0,
            template_version: template.1,
            check_within: text(self.check_within),
            publicity: self.publicity,
            excluded: text(self.excluded),
            area: text(self.area),
            government: text(self.government),
        };
        given
            .read()
            .map_err(|faults| faults.into_iter().next().map_or_else(|| bad("?"), |(_, _, refusal)| refusal))
    }
}

/// A matter as a table or a file gives it: text in every place, empty where there is nothing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct Given {
    pub code: String,
    pub name: String,
    pub department: String,
    pub department_code: String,
    #[serde(rename = "type")]
    pub commitment_type: String,
    pub basis: String,
    pub template: String,
    pub template_version: String,
    pub check_within: String,
    pub publicity: String,
    pub excluded: String,
    pub area: String,
    pub government: String,
}

/// A title, the value that stands there, what is wrong with it.
pub(super) type Wrong = (&'static str, String, Refusal);

/// Characters of a name, and of a basis.
const NAME_MAX: usize = 200;
const BASIS_MAX: usize = 2_000;

impl Given {
    /// Reads it; every fault is told.
    pub(super) fn read(&self) -> Result<Matter, Vec<Wrong>> {
        let mut wrong: Vec<Wrong> = Vec::new();
        let mut bad = |title: &'static str, value: &str, refusal: Refusal| {
            wrong.push((title, value.to_string(), refusal));
        };
        let code =
            |code: RefusalCode, value: &str, right: String| Refusal::new(code).found(value).right(right);
        for (title, text, max) in [
            (TITLES[0], &self.code, NAME_MAX),
            (TITLES[1], &self.name, NAME_MAX),
            (TITLES[2], &self.department, NAME_MAX),
            (TITLES[5], &self.basis, BASIS_MAX),
        ] {
            let plain = max == BASIS_MAX || verifier::characters::check_line(text).is_ok();
            if text.trim().is_empty() {
                bad(title, text, Refusal::new(RefusalCode::CellMissing).right(title));
            } else if text.chars().count() > max || !plain || verifier::characters::check(text).is_err() {
                bad(title, text, code(RefusalCode::MatterBad, title, format!("1…{max}")));
            }
        }
        let department_code = UnifiedCode::parse_typed(&self.department_code);
        if let Err(fault) = &department_code {
            bad(TITLES[3], &self.department_code, fault.clone().refusal(""));
        }
        let commitment_type = CommitmentType::ALL
            .iter()
            .copied()
            .find(|word| word.spelling() == self.commitment_type || word.label() == self.commitment_type);
        if commitment_type.is_none() {
            let right = CommitmentType::ALL.iter().map(|word| word.label()).collect::<Vec<_>>().join("、");
            bad(
                TITLES[4],
                &self.commitment_type,
                code(RefusalCode::WordUnknown, &self.commitment_type, right),
            );
        }
        let publicity = Publicity::ALL
            .iter()
            .copied()
            .find(|word| word.spelling() == self.publicity || word.label() == self.publicity);
        if publicity.is_none() {
            let right = Publicity::ALL.iter().map(|word| word.label()).collect::<Vec<_>>().join("、");
            bad(TITLES[9], &self.publicity, code(RefusalCode::WordUnknown, &self.publicity, right));
        }
        let template = match (self.template.trim(), self.template_version.trim()) {
            ("", "") => None,
            (id, version) if !id.is_empty() && !version.is_empty() => {
                Some((id.to_string(), version.to_string()))
            }
            _ => {
                bad(
                    TITLES[7],
                    &self.template_version,
                    Refusal::new(RefusalCode::CellMissing).right(TITLES[7]),
                );
                None
            }
        };
        let check_within =
            Some(self.check_within.trim()).filter(|text| !text.is_empty()).map(CheckWithin::read);
        if let Some(None) = check_within {
            let right = "30日 / tolerance-supplement".to_string();
            bad(TITLES[8], &self.check_within, code(RefusalCode::MatterBad, &self.check_within, right));
        }
        let mut word_of = |title, text: &str, known: bool, labels: Vec<&str>| {
            if !text.trim().is_empty() && !known {
                bad(title, text, code(RefusalCode::WordUnknown, text, labels.join("、")));
            }
        };
        let excluded = Excluded::read(self.excluded.trim());
        let labels = Excluded::ALL.iter().map(|word| word.label()).collect();
        word_of(TITLES[10], &self.excluded, excluded.is_some(), labels);
        let area = Area::read(self.area.trim());
        let labels = Area::ALL.iter().map(|word| word.label()).collect();
        word_of(TITLES[11], &self.area, area.is_some(), labels);
        let government = GovernmentKind::read(self.government.trim());
        let labels = GovernmentKind::ALL.iter().map(|word| word.label()).collect();
        word_of(TITLES[12], &self.government, government.is_some(), labels);
        if government.is_some() && commitment_type.is_some_and(|word| word != CommitmentType::GovPublic) {
            let right = CommitmentType::GovPublic.label().to_string();
            bad(TITLES[12], &self.government, code(RefusalCode::MatterBad, &self.government, right));
        }
        match (department_code, commitment_type, publicity) {
            (Ok(department_code), Some(commitment_type), Some(publicity)) if wrong.is_empty() => Ok(Matter {
                code: self.code.trim().to_string(),
                name: self.name.trim().to_string(),
                department: self.department.trim().to_string(),
                department_code,
                commitment_type,
                basis: self.basis.trim().to_string(),
                template,
                check_within: check_within.flatten(),
                publicity,
                excluded,
                area,
                government,
            }),
            _ => Err(wrong),
        }
    }
}

/// The titles of a table of matters, in its order.
pub const TITLES: [&str; 13] = [
    "事项编码",
    "事项名称",
    "实施部门",
    "实施部门代码",
    "承诺类型",
    "设定依据",
    "样式编号",
    "样式版本",
    "核查期限",
    "公开类型",
    "不适用情形",
    "适用领域",
    "政务承诺类别",
];
