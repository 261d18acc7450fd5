//! How the records of a report are printed: which members, in which order, under which names.

use verifier::json::Value;

use super::paper::day;
use crate::document::vocabulary::{Act, CommitmentType, Flag, Fulfilment, JudgmentKind, Severity};

/// How a member is shown.
#[derive(Clone, Copy)]
pub(super) enum Show {
    /// As it stands.
    Text,
    /// A day in Chinese, or 长期.
    Day,
    /// Ten thousand yuan.
    Amount,
    /// Name and code of a unit.
    Unit,
    /// A word of a vocabulary, in Chinese.
    Word(fn(&str) -> Option<&'static str>),
}

/// One member of a record.
pub(super) struct Field {
    /// Its pointer in the record.
    key: &'static str,
    pub(super) label: &'static str,
    show: Show,
    /// Whether it takes a whole row.
    pub(super) wide: bool,
}

const fn field(key: &'static str, label: &'static str, show: Show) -> Field {
    Field { key, label, show, wide: false }
}

const fn wide(key: &'static str, label: &'static str, show: Show) -> Field {
    Field { key, label, show, wide: true }
}

/// One of the ten blocks.
pub(super) struct Block {
    /// Its name in documents.
    pub(super) section: &'static str,
    pub(super) title: &'static str,
    pub(super) english: &'static str,
    /// What is collected for it (数据项), as coverage rows call it, in the order of the report.
    pub(super) kinds: &'static [&'static str],
    /// What a record is called: by its kind, and its own name.
    name: fn(&Value) -> String,
    pub(super) fields: &'static [Field],
}

impl Block {
    /// What stands above a record.
    pub(super) fn name(&self, record: &Value) -> String {
        (self.name)(record)
    }
}

impl Field {
    /// What is printed of a record; nothing where it has no such member.
    pub(super) fn of(&self, record: &Value) -> Option<String> {
        let value = record.at(self.key).filter(|value| !value.is_null())?;
        let text = value.as_str();
        match self.show {
            Show::Text => text.map(str::to_owned),
            Show::Day => text.map(day),
            Show::Amount => text.map(|amount| format!("{amount}万元")),
            Show::Unit => unit(value),
            Show::Word(word) => text.map(|text| word(text).map_or_else(|| text.to_owned(), str::to_owned)),
        }
    }
}

/// Name and code of a unit.
pub(super) fn unit(value: &Value) -> Option<String> {
    let name = value.get("name")?.as_str()?;
    Some(match value.get("uscc").and_then(Value::as_str) {
        Some(code) => format!("{name}（{code}）"),
        None => name.to_owned(),
    })
}

/// The flags of a record, in Chinese.
pub(super) fn flags(record: &Value) -> Vec<&'static str> {
    let flags = record.get("flags").and_then(Value::as_array).unwrap_or_default();
    flags.iter().filter_map(Value::as_str).filter_map(flag).collect()
}

macro_rules! labels {
    ($($name:ident $vocabulary:ident)+) => {$(
        /// The word in Chinese.
        pub(super) fn $name(spelling: &str) -> Option<&'static str> {
            $vocabulary::ALL.iter().find(|word| word.spelling() == spelling).map(|word| word.label())
        }
    )+};
}

labels! {
    act Act
    severity Severity
    flag Flag
    fulfilment Fulfilment
    judgment JudgmentKind
    commitment CommitmentType
}

fn text<'a>(record: &'a Value, key: &str) -> &'a str {
    record.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn act_name(record: &Value) -> String {
    format!("{}　{}", act(text(record, "act")).unwrap_or("行政行为"), text(record, "doc_no"))
}

fn title_name(record: &Value) -> String {
    text(record, "title").to_owned()
}

fn list_name(record: &Value) -> String {
    text(record, "list").to_owned()
}

fn abnormal_name(record: &Value) -> String {
    let removed = record.get("removed_on").is_some_and(|value| !value.is_null());
    if removed {
        "经营异常名录（已移出）".to_owned()
    } else {
        "经营异常名录（未移出）".to_owned()
    }
}

fn commitment_name(record: &Value) -> String {
    format!("承诺编码　{}", text(record, "code"))
}

fn rating_name(record: &Value) -> String {
    format!("{}　{}", text(record, "scheme"), text(record, "grade"))
}

fn case_name(record: &Value) -> String {
    text(record, "case_no").to_owned()
}

fn advice_name(_: &Value) -> String {
    String::new()
}

const ITEM: &[Field] = &[
    field("/as_of", "截至日期", Show::Day),
    field("/item_id", "信息编号", Show::Text),
    wide("/organ", "认定单位", Show::Unit),
];

/// The ten blocks of a report, in their order.
pub(super) const BLOCKS: [Block; 10] = [
    Block {
        section: "admin",
        title: "行政管理",
        english: "Administrative acts",
        kinds: &["行政许可", "行政处罚", "行政强制"],
        name: act_name,
        fields: &[
            wide("/title", "名称", Show::Text),
            wide("/category", "类别", Show::Text),
            wide("/facts", "违法事实", Show::Text),
            wide("/basis", "依据", Show::Text),
            wide("/content", "决定内容", Show::Text),
            field("/amount_wan_yuan", "罚款金额", Show::Amount),
            field("/confiscated_wan_yuan", "没收金额", Show::Amount),
            wide("/license_affected", "涉及证照", Show::Text),
            field("/decided_on", "决定日期", Show::Day),
            field("/severity", "严重程度", Show::Word(severity)),
            field("/valid_from", "有效期自", Show::Day),
            field("/valid_to", "有效期至", Show::Day),
            field("/publicity_until", "公示截止日期", Show::Day),
            field("/item_id", "信息编号", Show::Text),
            wide("/organ", "决定机关", Show::Unit),
            wide("/source", "数据来源单位", Show::Unit),
            field("/repair/notice_served_on", "修复告知日期", Show::Day),
            field("/repair/earliest_on", "最早可申请修复", Show::Day),
        ],
    },
    Block {
        section: "honest",
        title: "诚实守信",
        english: "Honest conduct",
        kinds: &["诚实守信"],
        name: title_name,
        fields: ITEM,
    },
    Block {
        section: "serious",
        title: "严重失信主体名单",
        english: "Lists of seriously dishonest subjects",
        kinds: &["严重失信主体名单"],
        name: list_name,
        fields: &[
            field("/decided_on", "列入日期", Show::Day),
            field("/valid_to", "有效期至", Show::Day),
            wide("/organ", "列入单位", Show::Unit),
            wide("/item_id", "信息编号", Show::Text),
        ],
    },
    Block {
        section: "abnormal",
        title: "经营异常",
        english: "Abnormal operations",
        kinds: &["经营异常名录"],
        name: abnormal_name,
        fields: &[
            wide("/reason", "列入原因", Show::Text),
            field("/listed_on", "列入日期", Show::Day),
            field("/removed_on", "移出日期", Show::Day),
            wide("/organ", "列入单位", Show::Unit),
            wide("/item_id", "信息编号", Show::Text),
        ],
    },
    Block {
        section: "commitments",
        title: "信用承诺",
        english: "Credit commitments",
        kinds: &["信用承诺"],
        name: commitment_name,
        fields: &[
            field("/type", "承诺类型", Show::Word(commitment)),
            field("/fulfilment", "履行情况", Show::Word(fulfilment)),
            wide("/reason", "承诺事由", Show::Text),
            wide("/made_on", "作出承诺日期", Show::Day),
            wide("/accepted_by", "承诺受理单位", Show::Unit),
        ],
    },
    Block {
        section: "ratings",
        title: "信用评价",
        english: "Ratings",
        kinds: &["信用评价"],
        name: rating_name,
        fields: &[
            field("/as_of", "评价日期", Show::Day),
            field("/item_id", "信息编号", Show::Text),
            wide("/rater", "评价单位", Show::Unit),
        ],
    },
    Block {
        section: "judgments",
        title: "司法判决",
        english: "Judgments",
        kinds: &["刑事裁判", "司法判决"],
        name: case_name,
        fields: &[
            field("/kind", "案件类型", Show::Word(judgment)),
            field("/decided_on", "裁判日期", Show::Day),
            wide("/outcome", "结果", Show::Text),
            wide("/item_id", "信息编号", Show::Text),
        ],
    },
    Block {
        section: "other",
        title: "其他信息",
        english: "Other information",
        kinds: &["其他信息"],
        name: title_name,
        fields: ITEM,
    },
    Block {
        section: "advice",
        title: "信用状况提升建议",
        english: "Advice",
        kinds: &[],
        name: advice_name,
        fields: &[wide("/text", "建议", Show::Text)],
    },
    Block {
        section: "local",
        title: "公共信用信息地方补充内容",
        english: "Local supplements",
        kinds: &["地方补充内容"],
        name: title_name,
        fields: ITEM,
    },
];

#[cfg(test)]
mod tests {
    use verifier::registry::SECTIONS;

    use super::*;

    #[test]
    fn the_blocks_are_the_sections_in_their_order() {
        assert_eq!(BLOCKS.each_ref().map(|block| block.section), SECTIONS);
    }

    #[test]
    fn every_word_of_the_vocabularies_has_a_label() {
        assert_eq!(act("PENALTY"), Some("行政处罚"));
        assert_eq!((fulfilment("FOUND_FALSE"), flag("REPAIRED")), (Some("承诺不实"), Some("已修复")));
        assert_eq!(severity("NONE"), None);
    }
}
