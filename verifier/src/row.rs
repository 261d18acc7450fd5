//! One line of results: a verdict with everything of it that any of the outputs shows, in plain words and numbers.
//!
//! Here the verified fields are picked out of the verdict. Not here: layout (`output`).

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::core::Core;
use crate::hash::Hash;
use crate::reason;
use crate::registry::{ClaimValue, Counter, Open, Registered};
use crate::text::Lang;
use crate::time::Time;
use crate::verdict::{Check, Code, Cosigner, Detail, Fields, Outcome, Stamp, Verdict};

use crate::moment::span_words;

/// The result for one certificate, or for one input that is none.
#[derive(Clone, Debug)]
pub struct Row {
    /// The input, as shown.
    pub file: String,
    /// SHA-256 of the input's bytes, in lower-case hex.
    pub digest: Option<String>,
    /// The verdict.
    pub outcome: Outcome,
    /// The code that leads.
    pub code: Code,
    /// Assurance level, 0 to 4.
    pub level: u8,
    /// What was verified, where fields may be shown.
    pub facts: Option<Facts>,
    /// All checks done, in order.
    pub checks: Vec<Check>,
}

/// A value of a registry: its stable name and its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// Stable, e.g. `NO_PENALTY/1`.
    pub name: String,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What a certificate says, decoded from verified bytes.
#[derive(Clone, Debug)]
pub struct Facts {
    /// 22 digits.
    pub number: String,
    /// Kind of document.
    pub kind: Term,
    /// Kind, name and code of the holder.
    pub holder: Option<(Term, String, String)>,
    /// Title of the document.
    pub title: String,
    /// What the certificate is for.
    pub purpose: Option<Term>,
    /// Name and code of whom it is for.
    pub audience: Option<(String, String)>,
    /// As RFC 3339 in Beijing time, with the words for people.
    pub issued_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
    /// What the period covers, both days included.
    pub period: Option<(String, String)>,
    /// Up to when data was collected.
    pub data_as_of: Option<Moment>,
    /// What it claims.
    pub claims: Vec<Claim>,
    /// Counters: how many records there are, and how many of them are hidden, where something is shown.
    pub counters: Vec<Counted>,
    /// Whether any of the document is shown.
    pub shows_document: bool,
    /// The office's name in the trust bundle, and its origin.
    pub office: (String, String),
    /// Index in the ledger.
    pub index: u64,
    /// The signed range.
    pub range: (u64, u64),
    /// When the batch was closed.
    pub sealed_at: Moment,
    /// Key id of the batch key, 8 hex digits.
    pub key_id: String,
    /// What is known of the status: value, moment of the evidence, sequence of the list.
    pub status: Status,
    /// Witnesses of the bundle that cosigned, where the tlog-proof holds.
    pub cosigners: Vec<Cosigner>,
    /// The timestamps that hold.
    pub stamps: Vec<Stamp>,
}

/// A moment in both spellings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// `2026-11-22T09:15:30+08:00`.
    pub exact: String,
    /// `2026年11月22日 09:15`.
    pub words: String,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The rule.
    pub rule: Term,
    /// YES, NO, NOT_COVERED, UNDER_OBJECTION or PARTIAL.
    pub value: Term,
    /// So many of so many.
    pub counts: Option<(u64, u64)>,
}

/// One counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What is counted.
    pub counter: Term,
    /// Whether it is bad news.
    pub adverse: bool,
    /// How many there are.
    pub count: u64,
    /// How many of them this copy hides; none where nothing of the document is shown.
    pub hidden: Option<u64>,
}

/// What is known of the status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The value in the list used.
    pub value: Option<u8>,
    /// The moment of the evidence.
    pub as_of: Option<Moment>,
    /// Its age when judged, in seconds.
    pub age: Option<u64>,
    /// The sequence of the list used.
    pub sequence: Option<u64>,
}

impl Moment {
    /// Both spellings of a time.
    pub fn of(time: Time) -> Moment {
        Moment { exact: time.display_china(), words: time.display_china_words() }
    }

    /// The spelling for a language.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.words, &self.exact)
    }
}

impl Term {
    /// The words for a language.
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// A known value.
    fn of<T: Registered>(value: T) -> Term {
        Term { name: value.name().to_owned(), zh: value.zh().to_owned(), en: value.en().to_owned() }
    }

    /// A value that this version may not know.
    fn open<T: Registered>(value: Open<T>) -> Term {
        Term { name: value.name(), zh: value.zh(), en: value.en() }
    }
}

impl Claim {
    /// `无行政处罚：成立`, with the counts where there are some.
    pub fn text(&self, lang: Lang) -> String {
        let counts = self.counts.map(|(part, whole)| format!(" ({part}/{whole})")).unwrap_or_default();
        format!("{}{}{}{counts}", self.rule.text(lang), lang.pick("：", ": "), self.value.text(lang))
    }

    /// Whether it says what its rule says, without reserve.
    pub fn holds(&self) -> bool {
        self.value.name == ClaimValue::Yes.name()
    }
}

impl Facts {
    /// Records that this copy keeps back, and how many of them are adverse; none where it shows no document.
    pub fn hidden(&self) -> Option<(u64, u64)> {
        let sum = |adverse_only: bool| {
            let counters = self.counters.iter().filter(|c| c.adverse || !adverse_only);
            counters.filter_map(|c| c.hidden).fold(0u64, u64::saturating_add)
        };
        self.shows_document.then(|| (sum(false), sum(true)))
    }
}

impl Row {
    /// What a person should see at a glance beside a verdict: claims that do not simply hold, bad news kept back.
    pub fn remarks(&self, lang: Lang) -> Vec<String> {
        let Some(facts) = &self.facts else { return Vec::new() };
        let claims = facts.claims.iter().filter(|claim| !claim.holds()).map(|claim| claim.text(lang));
        let hidden = facts.hidden().map_or(0, |(_, adverse)| adverse);
        let hidden =
            (hidden > 0).then(|| format!("{} {hidden}", lang.pick("隐去不良记录", "adverse records hidden")));
        claims.chain(hidden).collect()
    }

    /// Everything of a verdict that is shown.
    pub fn new(file: String, digest: Option<String>, verdict: Verdict) -> Row {
        let at = verdict.at;
        let facts = verdict.fields.as_ref().map(|fields| facts(fields, at));
        let Verdict { outcome, code, level, checks, .. } = verdict;
        Row { file, digest, outcome, code, level, facts, checks }
    }
}

/// A check's detail in words; empty where there is none.
pub fn detail(check: &Check, lang: Lang) -> String {
    match &check.detail {
        Detail::None => String::new(),
        Detail::Text(text) => reason::words(text, lang),
        Detail::Stamp(stamp) => stamp_words(stamp, lang),
        Detail::Fork(_) => reason::words(&check.detail.to_string(), lang),
        Detail::Moment(time) if check.code == Code::DatesOk => {
            format!("{} {}", lang.pick("至", "until"), Moment::of(*time).text(lang))
        }
        Detail::Moment(time) => Moment::of(*time).text(lang).to_owned(),
        Detail::Age(seconds) => {
            let span = span_words(*seconds, lang == Lang::Zh);
            format!("{} {span}", lang.pick("距今", "age"))
        }
        Detail::Count(part, whole) => match check.code {
            Code::DisclosureOk => format!("{} {part}/{whole}", lang.pick("出示内容", "shown")),
            Code::ProofOk => format!("{} {part}/{whole}", lang.pick("见证签名", "witnesses")),
            _ => format!("{part}/{whole}"),
        },
    }
}

/// Who saw the checkpoint, when, and under which policy.
pub fn stamp_words(stamp: &Stamp, lang: Lang) -> String {
    let Stamp { label, organisation, signer, policy, .. } = stamp;
    let when = stamp.time.display_for(lang);
    let own = match stamp.independent {
        true => "",
        false => own_words(lang),
    };
    match lang {
        Lang::Zh => format!("{when} {signer}（{label}，{organisation}），策略 {policy}{own}"),
        Lang::En => format!("{when} by {signer} ({label}, {organisation}), policy {policy}{own}"),
    }
}

/// Which witness cosigned, and when.
pub fn cosigner_words(cosigner: &Cosigner, lang: Lang) -> String {
    let Cosigner { key_name, organisation, .. } = cosigner;
    let when = Moment::of(cosigner.time);
    let when = when.text(lang);
    let own = match cosigner.independent {
        true => "",
        false => own_words(lang),
    };
    match lang {
        Lang::Zh => format!("{when} {organisation}（{key_name}）{own}"),
        Lang::En => format!("{when} by {organisation} ({key_name}){own}"),
    }
}

fn own_words(lang: Lang) -> &'static str {
    lang.pick("（与签发机构同属一个单位，不计等级）", " (of the office's own organisation: no level)")
}

/// Lower-case hex.
pub fn hex(hash: &Hash) -> String {
    hash.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn facts(fields: &Fields, at: Time) -> Facts {
    let core: &Core = &fields.core;
    Facts {
        number: core.number().to_string(),
        kind: Term::of(core.kind()),
        holder: core.holder().map(|h| (Term::of(h.kind()), h.name().to_owned(), h.code().to_owned())),
        title: core.title().to_owned(),
        purpose: core.purpose().map(Term::open),
        audience: core.audience().map(|a| (a.name().to_owned(), a.code().to_owned())),
        issued_at: Moment::of(core.issued_at()),
        expires_at: Moment::of(core.expires_at()),
        period: core.period().map(|(first, last)| (first.to_string(), last.to_string())),
        data_as_of: core.data_as_of().map(Moment::of),
        claims: core.claims().iter().map(claim).collect(),
        counters: counters(fields),
        shows_document: fields.shown.is_some(),
        office: (fields.office.clone(), fields.origin.to_string()),
        index: fields.index,
        range: (fields.subtree.start(), fields.subtree.end()),
        sealed_at: Moment::of(fields.sealed_at),
        key_id: fields.key_id.to_string(),
        status: Status {
            value: fields.status.value.map(|status| status.nibble()),
            as_of: fields.status.as_of.map(Moment::of),
            age: fields.status.as_of.map(|time| at.seconds().saturating_sub(time.seconds())),
            sequence: fields.status.sequence,
        },
        cosigners: fields.cosigners.clone(),
        stamps: fields.stamps.clone(),
    }
}

fn claim(claim: &crate::core::Claim) -> Claim {
    Claim { rule: Term::open(claim.rule()), value: Term::of(claim.value()), counts: claim.counts() }
}

/// The core's counters, with what this copy hides of each where it shows anything.
fn counters(fields: &Fields) -> Vec<Counted> {
    let hidden = |counter: Open<Counter>| {
        let shown = fields.shown.as_ref()?;
        shown.counters().iter().find(|shown| shown.counter == counter).map(|shown| shown.hidden())
    };
    let counted = |(counter, count): &(Open<Counter>, u64)| Counted {
        counter: Term::open(*counter),
        adverse: counter.known().is_some_and(Counter::adverse),
        count: *count,
        hidden: hidden(*counter),
    };
    fields.core.counters().iter().map(counted).collect()
}
