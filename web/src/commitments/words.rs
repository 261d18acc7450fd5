//! Commitments in the words of pages.

use notary::calendar::Day;
use notary::commitment::{Listed, Present, PublicRow, Stage};
use notary::document::vocabulary::{CommitmentType, Publicity};
use notary::office::Office;
use notary::refusal::Refusal;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use crate::desk::lists::Tag;
use crate::lang::Lang;
use crate::page::words::grouped;

/// A state in a word of its own, and the class of its tag.
#[derive(Clone, Debug)]
pub struct Word {
    /// `tag-ok`, `tag-warn`, `tag-error` or nothing.
    pub class: &'static str,
    /// The word.
    pub word: String,
}

/// A commitment in a list of the office's own people.
pub struct ListedView {
    /// Its code.
    pub code: String,
    /// The committer; a natural person masked.
    pub committer: String,
    /// Its type.
    pub kind: &'static str,
    /// 事由.
    pub reason: String,
    /// The unit that accepted it.
    pub accepted_by: String,
    /// When it was made.
    pub made: String,
    /// Where it stands.
    pub stage: Word,
    /// Whether everybody may see it.
    pub publicity: &'static str,
    /// The certificate's status where it is not simply valid.
    pub status: Option<Tag>,
}

impl ListedView {
    /// Of this one.
    pub fn new(lang: Lang, row: &Listed) -> ListedView {
        ListedView {
            code: row.code.to_string(),
            committer: row.committer.clone(),
            kind: type_word(lang, row.commitment_type),
            reason: row.reason.clone(),
            accepted_by: row.accepted_by.clone(),
            made: day(lang, row.made_on),
            stage: stage(lang, row.stage),
            publicity: publicity_word(lang, row.publicity),
            status: Some(crate::desk::lists::status_tag(lang, row.status, false))
                .filter(|_| row.status != Some(Status::Valid)),
        }
    }
}

/// A commitment in what everybody finds.
#[derive(Clone, Debug)]
pub struct PublicView {
    /// Its code.
    pub code: String,
    /// The committer.
    pub committer: String,
    /// The committer's unified code.
    pub committer_code: String,
    /// Its type.
    pub kind: &'static str,
    /// 事由.
    pub reason: String,
    /// When it was made.
    pub made: String,
    /// The unit that accepted it.
    pub accepted_by: String,
    /// How it is kept, as far as everybody may know.
    pub fulfilment: Word,
    /// Its certificate's number, in groups.
    pub number: String,
    /// The certificate's public status.
    pub status: Tag,
}

impl PublicView {
    /// Of this one.
    pub fn new(lang: Lang, row: &PublicRow) -> PublicView {
        PublicView {
            code: row.code.to_string(),
            committer: row.committer.clone(),
            committer_code: row.committer_code.clone(),
            kind: type_word(lang, row.commitment_type),
            reason: row.reason.clone(),
            made: day(lang, row.made_on),
            accepted_by: row.accepted_by.clone(),
            fulfilment: public_fulfilment(lang, &row.present),
            number: grouped(row.number.as_str()),
            status: crate::desk::lists::status_tag(lang, Some(row.status), false),
        }
    }
}

/// How a commitment is kept, for everybody.
pub fn public_fulfilment(lang: Lang, present: &Present) -> Word {
    let class = if present.is_unsettled() { "" } else { class(present) };
    Word { class, word: present.public_word(lang.words()) }
}

/// How the commitment of a certificate is kept, for the office and for the committer itself: also a result that does not
/// count yet, with the day until which it can be objected to. Empty where the certificate is of something else.
///
/// # Errors
/// Damage that is found on the way.
pub fn own_line(lang: Lang, office: &Office, number: &CertificateNumber) -> Result<String, Refusal> {
    let present = office.commitment_desk().present(number)?;
    Ok(present.map(|present| present_line(lang, &present)).unwrap_or_default())
}

/// The same of what is known of it.
pub fn present_line(lang: Lang, present: &Present) -> String {
    let (as_of, word) = (day(lang, present.as_of), present.word(lang.words()));
    let mut line = match lang {
        Lang::Zh => format!("履行情况（截至{as_of}）：{word}"),
        Lang::En => format!("Fulfilment (as of {as_of}): {word}"),
    };
    if let Some((unit, _)) = &present.unit {
        line += &match lang {
            Lang::Zh => format!("，认定单位：{unit}"),
            Lang::En => format!(", determined by {unit}"),
        };
    }
    if let Some(ends) = present.window_ends.filter(|_| present.is_unsettled()) {
        let ends = day(lang, ends);
        line += &match lang {
            Lang::Zh => format!("，异议期至{ends}"),
            Lang::En => format!("; objections until {ends}"),
        };
    }
    line
}

fn class(present: &Present) -> &'static str {
    use notary::document::vocabulary::Fulfilment;
    match present.state {
        _ if present.overdue => "tag-error",
        Fulfilment::Fulfilled => "tag-ok",
        Fulfilment::PartlyFulfilled => "tag-warn",
        Fulfilment::NotFulfilled | Fulfilment::FoundFalse => "tag-error",
        Fulfilment::InProgress => stage_class(present.stage),
    }
}

/// Where a commitment stands.
pub fn stage(lang: Lang, stage: Stage) -> Word {
    Word { class: stage_class(stage), word: stage.word(lang.words()) }
}

fn stage_class(stage: Stage) -> &'static str {
    match stage {
        Stage::Fulfilled | Stage::Supplemented => "tag-ok",
        Stage::SupplementDue { .. } | Stage::PartlyFulfilled => "tag-warn",
        Stage::SupplementOverdue | Stage::NotFulfilled | Stage::FoundFalse => "tag-error",
        _ => "",
    }
}

/// A type of commitments.
pub fn type_word(lang: Lang, kind: CommitmentType) -> &'static str {
    let en = match kind {
        CommitmentType::ApprovalSubstitute => "instead of an approval",
        CommitmentType::Tolerance => "with items missing",
        CommitmentType::CertItem => "instead of a proof",
        CommitmentType::Repair => "for credit repair",
        CommitmentType::Industry => "of a trade",
        CommitmentType::Voluntary => "voluntary",
        CommitmentType::GovPublic => "of an organ of government",
        CommitmentType::Other => "other",
    };
    lang.pick(kind.label(), en)
}

/// Who may see a commitment.
pub fn publicity_word(lang: Lang, publicity: Publicity) -> &'static str {
    let en = match publicity {
        Publicity::Public => "for everybody",
        Publicity::Limited => "for some",
        Publicity::None => "not public",
    };
    lang.pick(publicity.label(), en)
}

/// A day.
pub fn day(lang: Lang, day: Day) -> String {
    let (year, month, date) = day.ymd();
    if lang.is_en() { day.to_string() } else { format!("{year}年{month}月{date}日") }
}

/// Working days left.
pub fn left(lang: Lang, days: Option<u32>) -> String {
    match (days, lang) {
        (None, _) => String::new(),
        (Some(0), _) => lang.pick("今日到期", "today").to_owned(),
        (Some(n), Lang::Zh) => format!("剩{n}个工作日"),
        (Some(n), Lang::En) => format!("{n} working days left"),
    }
}
