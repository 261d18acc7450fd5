//! The words for where a commitment stands (domain words of the screens).
//!
//! ```text
//! 待补正（剩 3 个工作日）    to be supplemented (3 working days left)
//! ```

use crate::refusal::Lang;

/// Where a commitment stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// 已作出.
    Made,
    /// 已公示.
    Publicised,
    /// 待补正.
    SupplementDue {
        /// Working days left, today not counted; none where a year's calendar is missing.
        left: Option<u32>,
    },
    /// 已补正.
    Supplemented,
    /// 逾期未补正, by the day or by an event.
    SupplementOverdue,
    /// 践诺核查中.
    Checking,
    /// 全部履行.
    Fulfilled,
    /// 部分履行.
    PartlyFulfilled,
    /// 全部未履行.
    NotFulfilled,
    /// 承诺不实.
    FoundFalse,
    /// 已撤回.
    TakenBack,
    /// 已到期: the term is over and nothing was determined.
    Expired,
    /// 监管完成.
    Closed,
}

impl Stage {
    /// One of each, for filters. What is left is left out.
    pub const ALL: [Stage; 13] = [
        Stage::Made,
        Stage::Publicised,
        Stage::SupplementDue { left: None },
        Stage::Supplemented,
        Stage::SupplementOverdue,
        Stage::Checking,
        Stage::Fulfilled,
        Stage::PartlyFulfilled,
        Stage::NotFulfilled,
        Stage::FoundFalse,
        Stage::TakenBack,
        Stage::Expired,
        Stage::Closed,
    ];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Stage::Made => "MADE",
            Stage::Publicised => "PUBLICISED",
            Stage::SupplementDue { .. } => "SUPPLEMENT_DUE",
            Stage::Supplemented => "SUPPLEMENTED",
            Stage::SupplementOverdue => "SUPPLEMENT_OVERDUE",
            Stage::Checking => "CHECKING",
            Stage::Fulfilled => "FULFILLED",
            Stage::PartlyFulfilled => "PARTLY_FULFILLED",
            Stage::NotFulfilled => "NOT_FULFILLED",
            Stage::FoundFalse => "FOUND_FALSE",
            Stage::TakenBack => "TAKEN_BACK",
            Stage::Expired => "EXPIRED",
            Stage::Closed => "CLOSED",
        }
    }

    /// The stage of this code, whatever is left.
    pub fn from_code(code: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.code() == code)
    }

    /// As people read it.
    pub fn word(self, lang: Lang) -> String {
        let (zh, en) = match self {
            Stage::Made => ("已作出", "made"),
            Stage::Publicised => ("已公示", "publicised"),
            Stage::SupplementDue { left: Some(0) } => {
                return lang.pick("待补正（今日到期）", "to be supplemented today").into();
            }
            Stage::SupplementDue { left: Some(n) } => {
                return match lang {
                    Lang::Zh => format!("待补正（剩{n}个工作日）"),
                    Lang::En => format!("to be supplemented ({n} working days left)"),
                };
            }
            Stage::SupplementDue { left: None } => ("待补正", "to be supplemented"),
            Stage::Supplemented => ("已补正", "supplemented"),
            Stage::SupplementOverdue => ("逾期未补正", "supplement overdue"),
            Stage::Checking => ("践诺核查中", "being checked"),
            Stage::Fulfilled => ("全部履行", "fulfilled"),
            Stage::PartlyFulfilled => ("部分履行", "partly fulfilled"),
            Stage::NotFulfilled => ("全部未履行", "not fulfilled"),
            Stage::FoundFalse => ("承诺不实", "found false"),
            Stage::TakenBack => ("已撤回", "taken back"),
            Stage::Expired => ("已到期", "expired"),
            Stage::Closed => ("监管完成", "supervision completed"),
        };
        lang.pick(zh, en).to_string()
    }

    /// Without what is left.
    pub fn plain(self) -> Stage {
        match self {
            Stage::SupplementDue { .. } => Stage::SupplementDue { left: None },
            stage => stage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_the_days_left_are_told() {
        for stage in Stage::ALL {
            assert_eq!(Stage::from_code(stage.code()), Some(stage));
            assert!(!stage.word(Lang::Zh).is_empty() && stage.word(Lang::En).is_ascii());
        }
        assert_eq!(Stage::SupplementDue { left: Some(3) }.word(Lang::Zh), "待补正（剩3个工作日）");
    }
}
