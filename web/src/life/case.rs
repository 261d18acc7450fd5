//! An objection as pages show it: where it is, what it is about, what was done, when the next step is due.
//!
//! ```text
//! Y00001  核实中   记录 CF-0011   应于 2026年12月4日 前办结（剩 9 个工作日）
//! ```

use notary::objection::{Objection, ObjectionState};
use notary::office::{CaseDue, Office};
use verifier::registry::Rule;

use super::history::by;
use crate::desk::lists::Tag;
use crate::lang::Lang;
use crate::page::words::{grouped, moment};

/// An objection.
pub struct CaseView {
    /// Its number, `Y00001`.
    pub id: String,
    /// The version that whoever looks acts on.
    pub version: u32,
    /// Where it is.
    pub state: Tag,
    /// The certificate, plain.
    pub certificate: String,
    /// The certificate, in groups.
    pub grouped: String,
    /// What it is about: the whole, claims, a record.
    pub target: String,
    /// Why.
    pub ground: String,
    /// Digests of evidence.
    pub evidence: Vec<String>,
    /// When it was filed.
    pub filed: String,
    /// By whom.
    pub filed_by: String,
    /// Every step.
    pub steps: Vec<StepView>,
    /// When the next step is due.
    pub due: Option<DueView>,
    /// The certificate that took this one's place; empty for none.
    pub replacement: String,
    /// Whether the document was erased since.
    pub erased: bool,
    step: ObjectionState,
}

/// A step.
pub struct StepView {
    /// Where it was after it.
    pub word: &'static str,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// What was said.
    pub note: String,
}

/// When something is due.
pub struct DueView {
    /// The last day and what is left, or why it can't be told.
    pub text: String,
    /// Due today or overdue.
    pub mark: Option<Tag>,
}

impl CaseView {
    /// As those see it who work on it.
    pub fn new(lang: Lang, office: &Office, case: &Objection) -> CaseView {
        CaseView::told(lang, case, |account| by(lang, office, account))
    }

    /// As the holder sees it: who filed it is "we", whoever works on it is the office.
    pub fn outward(lang: Lang, case: &Objection) -> CaseView {
        let filer = case.filed_by.clone();
        CaseView::told(lang, case, |account| match account == filer {
            true => lang.pick("提出人", "who filed it").to_owned(),
            false => lang.pick("本机构", "the office").to_owned(),
        })
    }

    fn told(lang: Lang, case: &Objection, who: impl Fn(&str) -> String) -> CaseView {
        let step = |step: &notary::office::CaseStep<ObjectionState>| StepView {
            word: step.state.word(lang.words()),
            at: moment(lang, step.at),
            by: who(&step.by),
            note: step.note.clone(),
        };
        CaseView {
            id: case.id.to_string(),
            version: case.version,
            state: state_tag(lang, case.state),
            certificate: case.certificate.as_str().to_owned(),
            grouped: grouped(case.certificate.as_str()),
            target: target(lang, case),
            ground: case.ground.clone(),
            evidence: case.evidence.clone(),
            filed: moment(lang, case.filed_at),
            filed_by: who(&case.filed_by),
            steps: case.steps.iter().map(step).collect(),
            due: case.due.as_ref().map(|when| due(lang, when)),
            replacement: case.replacement.map(|number| number.as_str().to_owned()).unwrap_or_default(),
            erased: case.erased,
            step: case.state,
        }
    }

    /// Whether something is to be done still.
    pub fn open(&self) -> bool {
        self.step.is_open()
    }

    /// Whether it waits to be accepted.
    pub fn is_filed(&self) -> bool {
        self.step == ObjectionState::Filed
    }

    /// Whether it waits to be looked into.
    pub fn is_accepted(&self) -> bool {
        self.step == ObjectionState::Accepted
    }

    /// Whether it is being looked into.
    pub fn is_verifying(&self) -> bool {
        self.step == ObjectionState::Verifying
    }
}

/// What an objection is about.
fn target(lang: Lang, case: &Objection) -> String {
    let mut parts = Vec::new();
    if let Some(item) = &case.item {
        parts.push(format!("{}{item}", lang.pick("记录 ", "record ")));
    }
    for name in &case.claims {
        let known = Rule::ALL.iter().find(|rule| rule.short_name() == name);
        parts.push(known.map_or(name.as_str(), |rule| lang.pick(rule.zh(), rule.en())).to_owned());
    }
    match parts.is_empty() {
        true => lang.pick("整份证书", "the whole certificate").to_owned(),
        false => parts.join(lang.pick("、", ", ")),
    }
}

/// Where an objection is, in the words of the office.
pub fn state_tag(lang: Lang, state: ObjectionState) -> Tag {
    let class = match state {
        ObjectionState::Verifying => "tag-warn",
        ObjectionState::Upheld => "tag-ok",
        _ => "",
    };
    Tag { class, word: state.word(lang.words()) }
}

/// When something is due, and how near that is.
pub fn due(lang: Lang, due: &CaseDue) -> DueView {
    let Some(day) = due.by else {
        let why = due.unknown.as_ref().map(|refusal| refusal.message(lang.words())).unwrap_or_default();
        let text = format!("{}{why}", lang.pick("期限待定：", "not known when: "));
        return DueView { text, mark: None };
    };
    let day = match lang.is_en() {
        true => day.to_string(),
        false => {
            verifier::time::Date::parse(&day.to_string()).map_or(day.to_string(), |day| day.display_words())
        }
    };
    let left = match (due.overdue, due.left) {
        (true, _) => String::new(),
        (false, Some(0)) => lang.pick("（今日到期）", " (today)").to_owned(),
        (false, Some(left)) => match lang.is_en() {
            true => format!(" ({left} working days left)"),
            false => format!("（剩 {left} 个工作日）"),
        },
        (false, None) => String::new(),
    };
    let mark = match (due.overdue, due.left) {
        (true, _) => Some(Tag { class: "tag-error", word: lang.pick("逾期", "overdue") }),
        (false, Some(0)) => Some(Tag { class: "tag-warn", word: lang.pick("今日到期", "due today") }),
        _ => None,
    };
    let unchecked = if due.checked { "" } else { lang.pick("（期限未核实）", " (not checked)") };
    DueView { text: format!("{day}{left}{unchecked}"), mark }
}
