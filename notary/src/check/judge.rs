//! One row: what is found for it, and how it stands.
//!
//! The certificate is judged by `verify`, at the frozen moment, with the office's own bundle and the lists of that moment:
//! the same that a stranger would find. Content that may no longer be served (repaired, corrected) is not looked at.

use verifier::core::Core;
use verifier::number::{CertificateNumber, WindowCode};
use verifier::registry::{DocumentKind, Open};
use verifier::text::Lang;
use verifier::verdict::{self, Code, Verdict};
use verifier::verify::{Presented, Terms as VerifyTerms, verify};

use super::asked::{Asked, What};
use super::input::InputRow;
use super::{Facts, Frozen, Guesses, LOOKED_AT_MAX, Terms};
use crate::office::{Aliases, Issued, Office};
use crate::refusal::{Refusal, RefusalCode};

/// How a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A certificate was valid.
    Valid,
    /// The certificate was not.
    Invalid,
    /// It can't be told.
    Undetermined,
    /// Nothing was found.
    NotFound,
    /// The row could not be used.
    Refused,
}

impl Outcome {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Valid => "valid",
            Outcome::Invalid => "invalid",
            Outcome::Undetermined => "undetermined",
            Outcome::NotFound => "not-found",
            Outcome::Refused => "refused",
        }
    }

    /// The word for people.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Outcome::Valid => lang.pick("有效", "valid"),
            Outcome::Invalid => lang.pick("无效", "invalid"),
            Outcome::Undetermined => lang.pick("无法判定", "undetermined"),
            Outcome::NotFound => lang.pick("未查到", "not found"),
            Outcome::Refused => lang.pick("未核查", "not checked"),
        }
    }
}

/// What came of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowChecked {
    /// The row as a spreadsheet numbers it.
    pub row: u64,
    /// What was asked, as it is repeated.
    pub asked: String,
    /// What that is.
    pub what: What,
    /// The name that the table gives.
    pub name: String,
    /// How it stands.
    pub outcome: Outcome,
    /// The verdict's code, or that of the refusal.
    pub code: String,
    /// The reason, in Chinese and in English.
    pub message: (String, String),
    /// What was found.
    pub found: Option<Found>,
    /// What a person should know besides: stable words, each with what it is about.
    pub notes: Vec<Note>,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// When it ends.
    pub expires: verifier::time::Time,
    /// Assurance level.
    pub level: u8,
    /// Which certificate it is, for those who may know.
    pub full: Option<FoundFull>,
}

/// Which certificate it is and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFull {
    /// Its number.
    pub number: CertificateNumber,
    /// SHA-256 of its core, so that the certificate can be held against the summary.
    pub core: verifier::hash::Hash,
    /// Its holder's name and code; a natural person's as the certificate has them, masked.
    pub holder: Option<(String, String)>,
    /// Its purpose: stable name and words.
    pub purpose: Option<(String, String)>,
    /// What it claims: rule, value, words of both.
    pub claims: Vec<ClaimFound>,
    /// When it was issued.
    pub issued: verifier::time::Time,
    /// Up to when data was collected.
    pub data_as_of: Option<verifier::time::Time>,
    /// How many more certificates of the code were found that had not ended.
    pub others: u32,
}

/// A claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimFound {
    /// `NO_PENALTY/1`.
    pub rule: String,
    /// `YES`.
    pub value: String,
    /// 无行政处罚：成立
    pub zh: String,
    /// no administrative penalty: holds
    pub en: String,
}

/// Something besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The cell was written in another form.
    Normalised,
    /// The same was asked in this row before.
    Twice(u64),
    /// The code's own inner check does not hold: a good code all the same, and worth a look.
    InnerCheck,
    /// The table gives another name than the certificate.
    NameDiffers,
    /// The certificate is for another purpose.
    PurposeOther,
    /// An objection is noted.
    ObjectionNoted,
    /// A newer certificate of this holder has ended.
    NewerEnded,
    /// The subject has certificates under an earlier code.
    OldCode,
}

impl Note {
    /// The stable word.
    pub fn code(&self) -> &'static str {
        match self {
            Note::Normalised => "NORMALISED",
            Note::Twice(_) => "TWICE",
            Note::InnerCheck => "CODE_INNER_CHECK",
            Note::NameDiffers => "NAME_DIFFERS",
            Note::PurposeOther => "PURPOSE_OTHER",
            Note::ObjectionNoted => "OBJECTION_NOTED",
            Note::NewerEnded => "NEWER_ENDED",
            Note::OldCode => "OLD_CODE",
        }
    }

    /// The words for people.
    pub fn word(&self, lang: Lang) -> String {
        let fixed = match self {
            Note::Twice(row) => {
                return match lang {
                    Lang::Zh => format!("与第{row}行重复"),
                    Lang::En => format!("the same as row {row}"),
                };
            }
            Note::Normalised => ("已规范化后核查", "checked in its normal form"),
            Note::InnerCheck => {
                ("代码内部校验位不符，请核对", "the code's inner check does not hold; look at it again")
            }
            Note::NameDiffers => (
                "表中名称与证书不一致，请核对",
                "the name in the table is not the certificate's; look at it again",
            ),
            Note::PurposeOther => ("证书用途与本次核查不同", "the certificate is for another purpose"),
            Note::ObjectionNoted => ("有异议标注", "an objection is noted"),
            Note::OldCode => ("另有旧代码下的证书", "there are certificates under an earlier code"),
            Note::NewerEnded => ("较新的证书已失效", "a newer certificate has ended"),
        };
        lang.pick(fixed.0, fixed.1).to_owned()
    }
}

/// A row that asks for what an earlier one asked for.
pub(super) fn again(first: &RowChecked, row: &InputRow) -> RowChecked {
    let mut checked = first.clone();
    checked.row = row.row;
    checked.asked.clone_from(&row.shown);
    checked.name.clone_from(&row.name);
    let own = |note: &Note| !matches!(note, Note::Normalised | Note::Twice(_) | Note::NameDiffers);
    checked.notes.retain(own);
    checked.notes.insert(0, Note::Twice(first.row));
    if row.normalised {
        checked.notes.push(Note::Normalised);
    }
    let named =
        checked.found.as_ref().and_then(|found| found.full.as_ref()).and_then(|full| full.holder.as_ref());
    if named.is_some_and(|(holder, _)| !row.name.is_empty() && *holder != row.name) {
        checked.notes.push(Note::NameDiffers);
    }
    checked
}

/// Looks a row up and judges it.
pub(super) fn row(
    office: &Office,
    row: &InputRow,
    frozen: &Frozen,
    terms: &Terms,
    guesses: &dyn Guesses,
) -> Result<RowChecked, Refusal> {
    let mut judge = Judge { office, frozen, terms, aliases: &frozen.aliases, notes: Vec::new() };
    if row.normalised {
        judge.notes.push(Note::Normalised);
    }
    let came = match &row.asked {
        Asked::Bad(refusal) => Came::Refused(Outcome::Refused, refusal.clone()),
        Asked::Number(_) if terms.facts == Facts::Public => {
            Came::Refused(Outcome::Refused, Refusal::new(RefusalCode::CheckCodeNeeded))
        }
        Asked::Number(number) => judge.number(number, RefusalCode::CheckNotFound)?,
        Asked::Window(code) => judge.window(code, guesses)?,
        Asked::Code(code) => {
            if !code.inner_check_holds() {
                judge.notes.push(Note::InnerCheck);
            }
            judge.code(code)?
        }
    };
    Ok(judge.told(row, came))
}

/// What came of looking.
enum Came {
    Refused(Outcome, Refusal),
    /// Content that is no longer served: replaced, whatever the reason.
    Gone,
    Judged(Box<(Issued, Verdict, u32)>),
}

struct Judge<'a> {
    office: &'a Office,
    frozen: &'a Frozen,
    terms: &'a Terms,
    aliases: &'a Aliases,
    notes: Vec<Note>,
}

/// What a number leads to.
enum Looked {
    Nothing,
    Gone,
    Issued(Box<Issued>),
}

impl Judge<'_> {
    fn window(&mut self, code: &WindowCode, guesses: &dyn Guesses) -> Result<Came, Refusal> {
        let number = code.number();
        let right = guesses.compare(number.as_str(), &mut || match self.office.accepted(&number) {
            Ok(accepted) => Ok(accepted.check_code == code.check_code()),
            Err(refusal) if is_nothing(&refusal) => Ok(false),
            Err(refusal) => Err(refusal),
        })?;
        match right {
            Some(true) => self.number(&number, RefusalCode::CheckNotFound),
            Some(false) => Ok(Came::Refused(Outcome::NotFound, Refusal::new(RefusalCode::CheckNotFound))),
            None => Ok(Came::Refused(Outcome::Refused, Refusal::new(RefusalCode::CheckGuessed))),
        }
    }

    fn number(&mut self, number: &CertificateNumber, nothing: RefusalCode) -> Result<Came, Refusal> {
        match self.look(number)? {
            Looked::Nothing => Ok(Came::Refused(Outcome::NotFound, Refusal::new(nothing))),
            Looked::Gone => Ok(Came::Gone),
            Looked::Issued(issued) => {
                let verdict = self.verdict(&issued);
                Ok(Came::Judged(Box::new((*issued, verdict, 0))))
            }
        }
    }

    /// The newest certificate of the code that has not ended speaks; where all have, the newest of them.
    fn code(&mut self, code: &crate::code::UnifiedCode) -> Result<Came, Refusal> {
        let (mut speaks, mut ended): (Option<(Issued, Verdict)>, Option<Came>) = (None, None);
        let mut others = 0;
        let mut numbers = Vec::new();
        for known in self.aliases.with_old(code) {
            let of_code = self.office.certificates_of(&known)?;
            if !of_code.is_empty() && known != *code {
                self.notes.push(Note::OldCode);
            }
            numbers.extend(of_code);
        }
        for (number, _) in numbers.into_iter().take(LOOKED_AT_MAX) {
            match self.look(&number)? {
                Looked::Nothing => {}
                Looked::Gone => {
                    ended.get_or_insert(Came::Gone);
                }
                Looked::Issued(issued) if !self.wanted(issued.certificate.core()) => {}
                Looked::Issued(issued) => {
                    let verdict = self.verdict(&issued);
                    match (has_ended(&verdict), &speaks) {
                        (false, None) => speaks = Some((*issued, verdict)),
                        (false, Some(_)) => others += 1,
                        (true, _) => {
                            ended.get_or_insert(Came::Judged(Box::new((*issued, verdict, 0))));
                        }
                    }
                }
            }
            if speaks.is_some() && self.terms.facts == Facts::Public {
                break;
            }
        }
        match (speaks, ended) {
            (Some((issued, verdict)), ended) => {
                if ended.is_some_and(|ended| is_newer(&ended, &issued)) {
                    self.notes.push(Note::NewerEnded);
                }
                Ok(Came::Judged(Box::new((issued, verdict, others))))
            }
            (None, Some(ended)) => Ok(ended),
            (None, None) => Ok(Came::Refused(Outcome::NotFound, Refusal::new(RefusalCode::CheckNone))),
        }
    }

    fn look(&self, number: &CertificateNumber) -> Result<Looked, Refusal> {
        let index = match self.office.index_of(number) {
            Ok(index) => index,
            Err(refusal) if is_nothing(&refusal) => return Ok(Looked::Nothing),
            Err(refusal) => return Err(refusal),
        };
        // What was sealed later was not there.
        if index.is_none_or(|index| index >= self.frozen.size) {
            return Ok(Looked::Nothing);
        }
        match self.office.certificate(number) {
            Ok(issued) => Ok(Looked::Issued(Box::new(issued))),
            Err(refusal) if is_nothing(&refusal) => Ok(Looked::Nothing),
            // A repaired or corrected one is not served any more, nor judged for an earlier moment.
            Err(refusal) if refusal.code().as_str() == "CONTENT_WITHDRAWN" => Ok(Looked::Gone),
            Err(refusal) => Err(refusal),
        }
    }

    fn wanted(&self, core: &Core) -> bool {
        let kind = core.kind() == self.terms.kind.unwrap_or(DocumentKind::CreditReport);
        let purpose = self.terms.purpose.is_none_or(|asked| core.purpose() == Some(Open::Known(asked)));
        kind && purpose
    }

    fn verdict(&self, issued: &Issued) -> Verdict {
        let mut terms = VerifyTerms::at(self.office.now());
        terms.at = Some(self.frozen.at);
        terms.purpose = self.terms.purpose;
        let presented = Presented::File(issued.certificate.clone());
        verify(&presented, self.office.trust(), &self.frozen.shelf, &terms)
    }

    fn told(mut self, row: &InputRow, came: Came) -> RowChecked {
        let (outcome, code, message, found) = match came {
            Came::Refused(outcome, refusal) => {
                let message = (refusal.message(Lang::Zh), refusal.message(Lang::En));
                (outcome, refusal.code().as_str().to_owned(), message, None)
            }
            Came::Gone => (Outcome::Invalid, Code::Replaced.as_str().to_owned(), words(Code::Replaced), None),
            Came::Judged(judged) => {
                let (issued, verdict, others) = *judged;
                let has = |code| verdict.checks.iter().any(|check| check.code == code);
                if has(Code::PurposeOther) {
                    self.notes.push(Note::PurposeOther);
                }
                if has(Code::ObjectionNoted) {
                    self.notes.push(Note::ObjectionNoted);
                }
                let found = self.found(&issued, &verdict, others);
                let named = issued.certificate.core().holder().map(|holder| holder.name().to_owned());
                // Whether a name fits is not told to whoever may not see it.
                if self.terms.facts == Facts::Full
                    && named.is_some_and(|name| !row.name.is_empty() && name != row.name)
                {
                    self.notes.push(Note::NameDiffers);
                }
                let outcome = match verdict.outcome {
                    verdict::Outcome::Valid => Outcome::Valid,
                    verdict::Outcome::Invalid => Outcome::Invalid,
                    verdict::Outcome::Undetermined => Outcome::Undetermined,
                };
                (outcome, verdict.code.as_str().to_owned(), words(verdict.code), Some(found))
            }
        };
        RowChecked {
            row: row.row,
            asked: row.shown.clone(),
            what: row.asked.what(),
            name: row.name.clone(),
            outcome,
            code,
            message,
            found,
            notes: self.notes,
        }
    }

    fn found(&self, issued: &Issued, verdict: &Verdict, others: u32) -> Found {
        let core = issued.certificate.core();
        let claim = |claim: &verifier::core::Claim| {
            let (rule, value) = (claim.rule(), claim.value());
            let counts = claim.counts().map(|(part, whole)| format!("{part}/{whole}"));
            let (zh, en) = match counts {
                None => (String::new(), String::new()),
                Some(counts) => (format!("（{counts}）"), format!(" ({counts})")),
            };
            ClaimFound {
                rule: rule.name(),
                value: value.name().to_owned(),
                zh: format!("{}：{}{zh}", rule.zh(), value.zh()),
                en: format!("{}: {}{en}", rule.en(), value.en()),
            }
        };
        let full = || FoundFull {
            number: core.number(),
            core: verifier::hash::sha256(&[core.as_bytes()]),
            holder: core.holder().map(|holder| (holder.name().to_owned(), holder.code().to_owned())),
            purpose: core.purpose().map(|purpose| (purpose.name(), purpose.zh())),
            claims: core.claims().iter().map(claim).collect(),
            issued: core.issued_at(),
            data_as_of: core.data_as_of(),
            others,
        };
        Found {
            expires: core.expires_at(),
            level: verdict.level,
            full: (self.terms.facts == Facts::Full).then(full),
        }
    }
}

fn words(code: Code) -> (String, String) {
    (code.message(Lang::Zh).to_owned(), code.message(Lang::En).to_owned())
}

/// Whether nothing is there for whoever asks.
fn is_nothing(refusal: &Refusal) -> bool {
    matches!(refusal.code(), RefusalCode::CertificateUnknown | RefusalCode::Erased | RefusalCode::NotSealed)
}

fn has_ended(verdict: &Verdict) -> bool {
    verdict.outcome == verdict::Outcome::Invalid
}

fn is_newer(ended: &Came, speaks: &Issued) -> bool {
    match ended {
        Came::Judged(judged) => judged.0.certificate.index() > speaks.certificate.index(),
        // That there once was another is nobody's business.
        Came::Gone | Came::Refused(..) => false,
    }
}
