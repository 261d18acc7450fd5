//! Counters: every record of a report's `sections` is counted in exactly one of them, and the core carries the counts.
//!
//! ```text
//! {"act":"PENALTY",…,"flags":[]}           in `admin`:  3 PENALTIES, adverse
//! {"act":"PENALTY",…,"flags":["REPAIRED"]} in `admin`:  1 REPAIRED
//! ```

use super::{Registered, registry};
use crate::json::Value;

registry! {
    /// A class of records of `sections`.
    Counter {
        Repaired = 1, "REPAIRED", "已修复的记录", "repaired records";
        Permits = 2, "PERMITS", "行政许可", "administrative permits";
        Penalties = 3, "PENALTIES", "行政处罚", "administrative penalties";
        Coercions = 4, "COERCIONS", "行政强制", "administrative coercion";
        OtherActs = 5, "OTHER_ACTS", "其他行政行为", "other administrative acts";
        Honest = 6, "HONEST", "诚实守信", "honest conduct";
        SeriousDishonest = 7, "SERIOUS_DISHONEST", "严重失信主体名单", "lists of seriously dishonest subjects";
        Abnormal = 8, "ABNORMAL", "经营异常名录", "list of abnormal operations";
        AbnormalRemoved = 9, "ABNORMAL_REMOVED", "已移出经营异常名录", "removed from the list of abnormal operations";
        CommitmentsBroken = 10, "COMMITMENTS_BROKEN", "未全部履行的信用承诺", "credit commitments not fully kept";
        Commitments = 11, "COMMITMENTS", "信用承诺", "credit commitments";
        Ratings = 12, "RATINGS", "信用评价", "ratings";
        CriminalJudgments = 13, "CRIMINAL_JUDGMENTS", "刑事裁判", "criminal judgments";
        Judgments = 14, "JUDGMENTS", "司法判决", "judgments";
        Other = 15, "OTHER", "其他信息", "other information";
        Local = 16, "LOCAL", "地方补充内容", "local supplements";
        Advice = 17, "ADVICE", "信用状况提升建议", "advice";
    }
}

impl Counter {
    /// Those that are bad news for the holder, which some purposes demand to see.
    pub const ADVERSE: &'static [Counter] = &[
        Counter::Penalties,
        Counter::Coercions,
        Counter::SeriousDishonest,
        Counter::Abnormal,
        Counter::CommitmentsBroken,
        Counter::CriminalJudgments,
    ];

    /// Whether it is bad news for the holder.
    pub fn adverse(self) -> bool {
        Counter::ADVERSE.contains(&self)
    }

    /// The counter of a record of that section: the first row of the table that fits.
    /// `None` for a section that no report has, and for a record whose deciding member is missing.
    pub fn of_record(section: &str, record: &Value) -> Option<Counter> {
        if !SECTIONS.contains(&section) {
            return None;
        }
        if is_repaired(record) {
            return Some(Counter::Repaired);
        }
        let text = |key: &str| record.get(key).and_then(Value::as_str);
        Some(match section {
            "admin" => match text("act")? {
                "PERMIT" => Counter::Permits,
                "PENALTY" => Counter::Penalties,
                "COERCION" => Counter::Coercions,
                _ => Counter::OtherActs,
            },
            "honest" => Counter::Honest,
            "serious" => Counter::SeriousDishonest,
            "abnormal" if record.get("removed_on")?.is_null() => Counter::Abnormal,
            "abnormal" => Counter::AbnormalRemoved,
            "commitments" => match text("fulfilment")? {
                "PARTLY_FULFILLED" | "NOT_FULFILLED" | "FOUND_FALSE" => Counter::CommitmentsBroken,
                _ => Counter::Commitments,
            },
            "ratings" => Counter::Ratings,
            "judgments" if text("kind")? == "刑事" => Counter::CriminalJudgments,
            "judgments" => Counter::Judgments,
            "other" => Counter::Other,
            "local" => Counter::Local,
            _ => Counter::Advice,
        })
    }
}

/// The sections of a report, in the order of its page.
pub const SECTIONS: [&str; 10] = [
    "admin",
    "honest",
    "serious",
    "abnormal",
    "commitments",
    "ratings",
    "judgments",
    "other",
    "advice",
    "local",
];

fn is_repaired(record: &Value) -> bool {
    let flags = record.get("flags").and_then(Value::as_array).unwrap_or(&[]);
    flags.iter().any(|flag| flag.as_str() == Some("REPAIRED"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(section: &str, record: &str) -> Option<Counter> {
        Counter::of_record(section, &crate::json::parse(record.as_bytes(), 1000).unwrap())
    }

    #[test]
    fn each_row_of_the_table() {
        for (section, record, counter) in [
            ("admin", r#"{"act":"PENALTY","flags":["LATE_PUBLISHED","REPAIRED"]}"#, Counter::Repaired),
            ("serious", r#"{"flags":["REPAIRED"]}"#, Counter::Repaired),
            ("admin", r#"{"act":"PERMIT","flags":[]}"#, Counter::Permits),
            ("admin", r#"{"act":"PENALTY","flags":[]}"#, Counter::Penalties),
            ("admin", r#"{"act":"COERCION","flags":["OBJECTION_VERIFYING"]}"#, Counter::Coercions),
            ("admin", r#"{"act":"REWARD","flags":[]}"#, Counter::OtherActs),
            ("honest", "{}", Counter::Honest),
            ("serious", "{}", Counter::SeriousDishonest),
            ("abnormal", r#"{"removed_on":null}"#, Counter::Abnormal),
            ("abnormal", r#"{"removed_on":"2026-01-01"}"#, Counter::AbnormalRemoved),
            ("commitments", r#"{"fulfilment":"PARTLY_FULFILLED"}"#, Counter::CommitmentsBroken),
            ("commitments", r#"{"fulfilment":"NOT_FULFILLED"}"#, Counter::CommitmentsBroken),
            ("commitments", r#"{"fulfilment":"FOUND_FALSE"}"#, Counter::CommitmentsBroken),
            ("commitments", r#"{"fulfilment":"IN_PROGRESS"}"#, Counter::Commitments),
            ("commitments", r#"{"fulfilment":"FULFILLED"}"#, Counter::Commitments),
            ("ratings", "{}", Counter::Ratings),
            ("judgments", r#"{"kind":"刑事"}"#, Counter::CriminalJudgments),
            ("judgments", r#"{"kind":"民事"}"#, Counter::Judgments),
            ("other", "{}", Counter::Other),
            ("local", "{}", Counter::Local),
            ("advice", r#"{"text":"…"}"#, Counter::Advice),
        ] {
            assert_eq!(of(section, record), Some(counter), "{section} {record}");
        }
    }

    #[test]
    fn what_can_not_be_classed() {
        assert_eq!(of("scores", "{}"), None);
        assert_eq!(of("admin", "{}"), None);
        assert_eq!(of("abnormal", "{}"), None);
        assert_eq!(of("judgments", "{}"), None);
        assert_eq!(of("commitments", "[]"), None);
    }
}
