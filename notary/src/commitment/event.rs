//! What is recorded about a commitment, as a person or a program gives it, and what each kind of event needs.
//!
//! ```text
//! NOT_FULFILLED   evidence sha256:…   unit 示例县市场监督管理局   unit_code 11619900990000121R
//!                 unperformed 未按期提交平面图      liability 撤销许可
//! ```
//!
//! A field that is missing or wrong is refused with its name as the place (`/unit_code`), so that a form can show it there.
//! Here: fields. Not here: the order of events (`table`), days and the commitment itself (`door`).

use verifier::event::EventKind;

use super::life::{OUTCOME, REJECTED, UPHELD};
use crate::calendar::Day;
use crate::code::UnifiedCode;
use crate::document::value::Digest;
use crate::refusal::{Lang, Refusal, RefusalCode};

/// Digests of evidence of one event.
pub const EVIDENCE_MAX: usize = 20;
/// Places where a commitment is made public, of one event.
pub const CHANNELS_MAX: usize = 10;
/// Characters of the address of such a place.
pub const URL_MAX: usize = 500;
/// Items of one event.
pub const ITEMS_MAX: usize = 200;
/// Characters of a name: of a unit, of a site, of an item.
const NAME_MAX: usize = 200;
/// Characters of what is unperformed and of what followed, as the national layout has them.
pub const TEXT_MAX: usize = 4_000;

/// Something of an event that a person fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// Where it was made public.
    Channels,
    /// Which items were handed in.
    Items,
    /// Digests of evidence.
    Evidence,
    /// The unit that determined it.
    Unit,
    /// That unit's unified social credit code.
    UnitCode,
    /// What is unperformed; of what was false, what was.
    Unperformed,
    /// What followed from that.
    Liability,
    /// Whether the objection was upheld.
    Outcome,
    /// The last day of the new term.
    ValidTo,
    /// Why.
    Reason,
    /// On what basis.
    Basis,
}

impl Field {
    /// Its name: in forms, in the API, in a refusal's place.
    pub fn name(self) -> &'static str {
        match self {
            Field::Channels => "channels",
            Field::Items => "items",
            Field::Evidence => "evidence",
            Field::Unit => "unit",
            Field::UnitCode => "unit_code",
            Field::Unperformed => "unperformed",
            Field::Liability => "liability",
            Field::Outcome => "outcome",
            Field::ValidTo => "valid_to",
            Field::Reason => "reason",
            Field::Basis => "basis",
        }
    }

    /// Its name for people.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Field::Channels => ("公示渠道", "where it is public"),
            Field::Items => ("补正材料", "items handed in"),
            Field::Evidence => ("证据摘要", "digests of evidence"),
            Field::Unit => ("认定单位", "determining unit"),
            Field::UnitCode => ("认定单位代码", "code of the determining unit"),
            Field::Unperformed => ("未履行的承诺内容", "what is unperformed"),
            Field::Liability => ("违诺责任追究内容", "what followed from it"),
            Field::Outcome => ("异议结论", "outcome of the objection"),
            Field::ValidTo => ("新的有效期至", "end of the new term"),
            Field::Reason => ("理由", "reason"),
            Field::Basis => ("依据", "basis"),
        };
        lang.pick(zh, en)
    }
}

/// What an event of this kind takes, in the order of a form; with each whether it is needed.
pub fn fields(kind: EventKind) -> &'static [(Field, bool)] {
    use Field::*;
    match kind {
        EventKind::Publicised => &[(Channels, true), (Reason, false)],
        EventKind::Supplemented => &[(Items, false), (Evidence, false), (Reason, false)],
        EventKind::CheckStarted => &[(Unit, false), (UnitCode, false), (Reason, false), (Basis, false)],
        EventKind::Fulfilled => {
            &[(Unit, true), (UnitCode, true), (Evidence, false), (Reason, false), (Basis, false)]
        }
        EventKind::SupplementOverdue
        | EventKind::PartlyFulfilled
        | EventKind::NotFulfilled
        | EventKind::FoundFalse => &[
            (Unperformed, true),
            (Liability, true),
            (Evidence, true),
            (Unit, true),
            (UnitCode, true),
            (Reason, false),
            (Basis, false),
        ],
        EventKind::TakenBack => &[(Reason, true)],
        EventKind::ObjectionFiled => &[(Reason, true), (Evidence, false)],
        EventKind::ObjectionResolved => &[
            (Outcome, true),
            (Reason, true),
            (Evidence, false),
            (Unit, false),
            (UnitCode, false),
            (Basis, false),
        ],
        EventKind::Renewed => &[(Basis, true), (ValidTo, false), (Reason, false)],
        _ => &[(Reason, false), (Basis, false)],
    }
}

/// The words of a kind of event on screens.
pub fn word(kind: EventKind, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        EventKind::Publicised => ("公示", "made public"),
        EventKind::Supplemented => ("补正", "missing items handed in"),
        EventKind::SupplementOverdue => ("逾期未补正", "missing items overdue"),
        EventKind::CheckStarted => ("践诺核查", "check of fulfilment begun"),
        EventKind::Fulfilled => ("全部履行", "fulfilled"),
        EventKind::PartlyFulfilled => ("部分履行", "partly fulfilled"),
        EventKind::NotFulfilled => ("全部未履行", "not fulfilled"),
        EventKind::FoundFalse => ("承诺不实", "found false"),
        EventKind::TakenBack => ("撤回", "taken back"),
        EventKind::Expired => ("到期", "expired"),
        EventKind::ObjectionFiled => ("提出异议", "objection filed"),
        EventKind::ObjectionResolved => ("异议办结", "objection resolved"),
        EventKind::Closed => ("监管完成", "supervision completed"),
        EventKind::Renewed => ("续承诺", "continued"),
        EventKind::Suspended => ("暂停（异议核实中）", "suspended"),
        EventKind::Resumed => ("恢复", "resumed"),
        EventKind::Superseded => ("已更正", "superseded"),
        EventKind::Repaired => ("信用修复", "repaired"),
        EventKind::ObjectionNoted => ("异议标注", "objection noted"),
        EventKind::Withdrawn => ("主体撤回证书", "certificate withdrawn"),
        EventKind::Revoked => ("撤销证书", "certificate revoked"),
    };
    lang.pick(zh, en)
}

/// Where a commitment is made public.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channel {
    /// The site's name.
    pub site: String,
    /// Its address there, `http://` or `https://`.
    pub url: String,
    /// When, as `YYYY-MM-DD`; the day of recording where it is empty.
    pub on: String,
}

/// An event as it is given. Which fields a kind takes: [`fields`]; others have to be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCommitmentEvent {
    /// What happened.
    pub kind: EventKind,
    /// Why, as a code of the office; the kind's word where there is none.
    pub reason_code: Option<String>,
    /// Why.
    pub reason: String,
    /// On what basis.
    pub basis: String,
    /// Digests, `sha256:…` or `sm3:…`.
    pub evidence: Vec<String>,
    /// The unit's name.
    pub unit: String,
    /// The unit's code.
    pub unit_code: String,
    /// What is unperformed.
    pub unperformed: String,
    /// What followed.
    pub liability: String,
    /// Names of items.
    pub items: Vec<String>,
    /// Places.
    pub channels: Vec<Channel>,
    /// Whether the objection was upheld.
    pub upheld: Option<bool>,
    /// `YYYY-MM-DD`.
    pub valid_to: String,
}

impl NewCommitmentEvent {
    /// Of this kind, everything else empty.
    pub fn new(kind: EventKind) -> Self {
        NewCommitmentEvent {
            kind,
            reason_code: None,
            reason: String::new(),
            basis: String::new(),
            evidence: Vec::new(),
            unit: String::new(),
            unit_code: String::new(),
            unperformed: String::new(),
            liability: String::new(),
            items: Vec::new(),
            channels: Vec::new(),
            upheld: None,
            valid_to: String::new(),
        }
    }

    /// Its fields as details of an event, ascending by name.
    ///
    /// # Errors
    /// `COMMITMENT_FIELD`, `UNFULFILLED_UNTOLD`, `COMMITMENT_EVIDENCE`, `COMMITMENT_CHANNEL`, `CODE_…`, `DATE_FORM`.
    pub(super) fn details(&self, today: Day) -> Result<Vec<(String, String)>, Refusal> {
        let takes = fields(self.kind);
        for (field, filled) in self.filled() {
            let needed = takes.iter().find(|(known, _)| *known == field).map(|(_, needed)| *needed);
            match (needed, filled) {
                (None, true) => {
                    return Err(refuse(field, RefusalCode::CommitmentFieldOdd).found(self.kind.word()));
                }
                (Some(true), false) => return Err(self.missing(field)),
                _ => {}
            }
        }
        let mut details: Vec<(&str, String)> = Vec::new();
        if !self.channels.is_empty() {
            details.push(("channel", channels(&self.channels, today)?));
        }
        if let Some(breach) = breach(self.kind) {
            details.push(("breach", breach.to_string()));
        }
        if !self.evidence.is_empty() {
            details.push(("evidence", evidence(&self.evidence)?));
        }
        for (field, text, max) in [
            (Field::Unit, &self.unit, NAME_MAX),
            (Field::Unperformed, &self.unperformed, TEXT_MAX),
            (Field::Liability, &self.liability, TEXT_MAX),
        ] {
            if let Some(text) = written(field, text, max)? {
                details.push((field.name(), text));
            }
        }
        if !self.unit_code.trim().is_empty() {
            let code =
                UnifiedCode::parse_typed(&self.unit_code).map_err(|fault| fault.refusal("/unit_code"))?;
            details.push(("unit_code", code.to_string()));
        }
        if let Some(upheld) = self.upheld {
            details.push((OUTCOME, if upheld { UPHELD } else { REJECTED }.to_string()));
        }
        if !self.valid_to.trim().is_empty() {
            let last = Day::parse(self.valid_to.trim())
                .ok_or_else(|| refuse(Field::ValidTo, RefusalCode::DateForm).found(&self.valid_to))?;
            details.push(("valid_to", last.to_string()));
        }
        // A unit has both, or there is none.
        if self.unit.trim().is_empty() != self.unit_code.trim().is_empty() {
            let field = if self.unit.trim().is_empty() { Field::Unit } else { Field::UnitCode };
            return Err(self.missing(field));
        }
        details.sort_unstable();
        Ok(details.into_iter().map(|(name, text)| (name.to_string(), text)).collect())
    }

    fn filled(&self) -> [(Field, bool); 11] {
        let some = |text: &str| !text.trim().is_empty();
        [
            // The order in which they are told: what the field's users forget first.
            (Field::Unperformed, some(&self.unperformed)),
            (Field::Liability, some(&self.liability)),
            (Field::Evidence, self.evidence.iter().any(|one| some(one))),
            (Field::Unit, some(&self.unit)),
            (Field::UnitCode, some(&self.unit_code)),
            (Field::Channels, !self.channels.is_empty()),
            (Field::Items, !self.items.is_empty()),
            (Field::Outcome, self.upheld.is_some()),
            (Field::ValidTo, some(&self.valid_to)),
            (Field::Reason, some(&self.reason)),
            (Field::Basis, some(&self.basis)),
        ]
    }

    fn missing(&self, field: Field) -> Refusal {
        match field {
            Field::Unperformed | Field::Liability => refuse(field, RefusalCode::UnfulfilledUntold),
            field => refuse(field, RefusalCode::CommitmentField)
                .found(self.kind.word())
                .right(field.label(Lang::Zh)),
        }
    }
}

fn refuse(field: Field, code: RefusalCode) -> Refusal {
    Refusal::new(code).at(format!("/{}", field.name()))
}

/// A text that was given: trimmed, its lines ended by LF.
pub(super) fn written(field: Field, text: &str, max: usize) -> Result<Option<String>, Refusal> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").trim().to_string();
    if text.is_empty() {
        return Ok(None);
    }
    let length = text.chars().count();
    if length > max {
        return Err(refuse(field, RefusalCode::TextLength).found(length).right(format_args!("1…{max}")));
    }
    verifier::characters::check(&text).map_err(|bad| refuse(field, RefusalCode::JsonText).found(bad))?;
    Ok(Some(text))
}

/// 虚假承诺 and 违背承诺 are told apart: FALSE when it was made, or BROKEN later.
fn breach(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::FoundFalse => Some("FALSE"),
        EventKind::PartlyFulfilled | EventKind::NotFulfilled | EventKind::SupplementOverdue => Some("BROKEN"),
        _ => None,
    }
}

/// Digests, each once, with commas between.
fn evidence(given: &[String]) -> Result<String, Refusal> {
    if given.len() > EVIDENCE_MAX {
        return Err(refuse(Field::Evidence, RefusalCode::ListLong).found(given.len()).right(EVIDENCE_MAX));
    }
    let mut digests: Vec<String> = Vec::new();
    for text in given.iter().map(|text| text.trim()).filter(|text| !text.is_empty()) {
        let digest = Digest::parse(text)
            .ok_or_else(|| refuse(Field::Evidence, RefusalCode::DigestForm).found(text))?;
        if !digests.iter().any(|known| known == digest.as_str()) {
            digests.push(digest.to_string());
        }
    }
    Ok(digests.join(","))
}

/// One line a place: site, address, day, with tabs between.
fn channels(given: &[Channel], today: Day) -> Result<String, Refusal> {
    let bad = |what: &str| refuse(Field::Channels, RefusalCode::CommitmentChannel).found(what);
    if given.len() > CHANNELS_MAX {
        return Err(refuse(Field::Channels, RefusalCode::ListLong).found(given.len()).right(CHANNELS_MAX));
    }
    let mut lines = Vec::new();
    for channel in given {
        let (site, url) = (channel.site.trim(), channel.url.trim());
        if site.chars().count() > NAME_MAX || verifier::characters::check_line(site).is_err() {
            return Err(bad(site));
        }
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        let plain = url.bytes().all(|b| matches!(b, 0x21..=0x7e) && !b"\"<>\\^`{|}".contains(&b));
        if host.is_empty() || host.starts_with('/') || url.len() > URL_MAX || !plain {
            return Err(bad(url));
        }
        let on = match channel.on.trim() {
            "" => today,
            text => Day::parse(text).filter(|on| *on <= today).ok_or_else(|| bad(text))?,
        };
        lines.push(format!("{site}\t{url}\t{on}"));
    }
    Ok(lines.join("\n"))
}

/// The places of a recorded event.
pub fn read_channels(text: &str) -> Vec<Channel> {
    let line = |line: &str| {
        let mut parts = line.split('\t').map(str::to_string);
        Some(Channel { site: parts.next()?, url: parts.next()?, on: parts.next()? })
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::parse("2026-11-22").unwrap()
    }

    fn adverse() -> NewCommitmentEvent {
        NewCommitmentEvent {
            evidence: vec![format!("sha256:{}", "ab".repeat(32))],
            unit: "示例县市场监督管理局".into(),
            unit_code: " 11619900990000121r".into(),
            unperformed: "未按期提交平面图".into(),
            liability: "撤销许可".into(),
            ..NewCommitmentEvent::new(EventKind::NotFulfilled)
        }
    }

    fn refused(event: &NewCommitmentEvent) -> (RefusalCode, String) {
        let refusal = event.details(today()).unwrap_err();
        (refusal.code(), refusal.where_().to_string())
    }

    #[test]
    fn an_adverse_result_needs_evidence_unit_and_both_texts() {
        let details = adverse().details(today()).unwrap();
        let names: Vec<&str> = details.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["breach", "evidence", "liability", "unit", "unit_code", "unperformed"]);
        assert_eq!((details[0].1.as_str(), details[4].1.as_str()), ("BROKEN", "11619900990000121R"));
        let with = |change: fn(&mut NewCommitmentEvent)| {
            let mut event = adverse();
            change(&mut event);
            refused(&event)
        };
        let at = |code, at: &str| (code, at.to_string());
        assert_eq!(with(|e| e.unperformed = " ".into()), at(RefusalCode::UnfulfilledUntold, "/unperformed"));
        assert_eq!(with(|e| e.liability.clear()), at(RefusalCode::UnfulfilledUntold, "/liability"));
        assert_eq!(with(|e| e.evidence.clear()), at(RefusalCode::CommitmentField, "/evidence"));
        assert_eq!(with(|e| e.evidence[0].truncate(70)), at(RefusalCode::DigestForm, "/evidence"));
        assert_eq!(with(|e| e.unit.clear()), at(RefusalCode::CommitmentField, "/unit"));
        assert_eq!(with(|e| e.unit_code = "11619900990000121X".into()).1, "/unit_code");
        assert_eq!(with(|e| e.upheld = Some(true)), at(RefusalCode::CommitmentFieldOdd, "/outcome"));
        assert_eq!(with(|e| e.unperformed = "字".repeat(4001)), at(RefusalCode::TextLength, "/unperformed"));
        let false_when_made = NewCommitmentEvent { kind: EventKind::FoundFalse, ..adverse() };
        assert_eq!(false_when_made.details(today()).unwrap()[0].1, "FALSE");
    }

    #[test]
    fn places_are_kept_line_by_line() {
        let place =
            |url: &str, on: &str| Channel {
                site: "信用中国（陕西）".into(), url: url.into(), on: on.into()
            };
        let event = |places: Vec<Channel>| NewCommitmentEvent {
            channels: places,
            ..NewCommitmentEvent::new(EventKind::Publicised)
        };
        let details = event(vec![place("https://a.cn/x?y=1", ""), place("http://b.cn", "2026-11-20")]);
        let details = details.details(today()).unwrap();
        let read = read_channels(&details[0].1);
        assert_eq!((read.len(), read[0].on.as_str(), read[1].on.as_str()), (2, "2026-11-22", "2026-11-20"));
        for (url, on) in [
            ("ftp://a.cn", ""),
            ("https://", ""),
            ("https://a.cn/\t", "x"),
            ("https://a b", ""),
            ("javascript:alert(1)", ""),
            ("https://a.cn", "2026-11-23"),
            ("https://a.cn/<", ""),
        ] {
            assert_eq!(refused(&event(vec![place(url, on)])).0, RefusalCode::CommitmentChannel, "{url} {on}");
        }
        assert_eq!(refused(&event(vec![])), (RefusalCode::CommitmentField, "/channels".to_string()));
    }

    #[test]
    fn every_kind_names_its_fields_and_words() {
        for kind in EventKind::ALL {
            assert!(!word(*kind, Lang::Zh).is_empty() && !word(*kind, Lang::En).is_empty());
            assert!(fields(*kind).iter().any(|(field, _)| *field == Field::Reason));
        }
    }
}
