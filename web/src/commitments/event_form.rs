//! The forms of what may happen next to a commitment: their fields, what was typed, what is wrong with it.
//!
//! ```text
//! kind=NOT_FULFILLED  seen=3  unperformed=…  liability=…  evidence=sha256:…  unit=…  unit_code=…   files=报告.pdf
//! ```
//!
//! Which fields a kind takes is `notary::commitment::fields`. Files are hashed and not kept: their digests stand among the
//! evidence. Not here: recording.

use notary::commitment::{Channel, Field, NewCommitmentEvent, fields, word};
use notary::refusal::Refusal;
use sha2::{Digest, Sha256};
use verifier::event::EventKind;

use crate::desk::posted::Posted;
use crate::lang::Lang;

/// Places of a form where a commitment is made public.
const CHANNELS: usize = 3;
/// Missing items that a form lists.
const ITEMS_MAX: usize = 200;

/// A form.
pub struct EventForm {
    /// The kind's word.
    pub kind: &'static str,
    /// The words of its heading.
    pub title: &'static str,
    /// It counts against the committer.
    pub adverse: bool,
    /// It is shown open.
    pub open: bool,
    /// Its fields.
    pub fields: Vec<FieldView>,
}

/// One field.
pub struct FieldView {
    /// Its name and the element's id.
    pub name: &'static str,
    /// The id of its element: kinds have fields of the same name.
    pub id: String,
    /// What it is called.
    pub label: &'static str,
    /// Whether it has to be filled in.
    pub needed: bool,
    /// How it is asked for.
    pub shape: Shape,
    /// What was typed.
    pub value: String,
    /// What is wrong with it.
    pub error: String,
}

/// How a field is asked for.
pub enum Shape {
    /// One line.
    Line,
    /// Digits and letters, one line.
    Code,
    /// A day.
    Day,
    /// Some lines.
    Text,
    /// Digests, and files to be hashed.
    Evidence,
    /// Boxes to mark: name, label, whether it is marked.
    Items(Vec<(String, String, bool)>),
    /// Three places: site, address, day.
    Channels(Vec<[(String, String); 3]>),
    /// Upheld or rejected.
    Outcome,
}

/// What somebody sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The kind.
    pub kind: EventKind,
    /// The sequence that was looked at.
    pub seen: u32,
    /// What is to be recorded.
    pub event: NewCommitmentEvent,
}

impl EventForm {
    /// A form of this kind, with what was sent for it, if anything was, and what was wrong.
    pub fn new(
        lang: Lang,
        kind: EventKind,
        missing: &[String],
        sent: Option<&Sent>,
        refusal: Option<&Refusal>,
    ) -> EventForm {
        let sent = sent.filter(|sent| sent.kind == kind).map(|sent| &sent.event);
        let wrong = refusal.filter(|_| sent.is_some());
        let view = |(field, needed): &(Field, bool)| {
            let name = field.name();
            let place = format!("/{name}");
            let own = |at: &str| at == place || at.starts_with(&format!("{place}/"));
            let error = wrong.filter(|refusal| own(refusal.where_()));
            FieldView {
                name,
                id: format!("{}-{name}", kind.word().to_ascii_lowercase()),
                label: field.label(lang.words()),
                needed: *needed,
                shape: shape(*field, missing, sent),
                value: sent.map(|event| typed(event, *field)).unwrap_or_default(),
                error: error.map(|refusal| refusal.message(lang.words())).unwrap_or_default(),
            }
        };
        EventForm {
            kind: kind.word(),
            title: word(kind, lang.words()),
            adverse: is_adverse(kind),
            open: sent.is_some(),
            fields: fields(kind).iter().map(view).collect(),
        }
    }

    /// Whether the refusal is told at one of the fields.
    pub fn tells(&self) -> bool {
        self.fields.iter().any(|field| !field.error.is_empty())
    }
}

impl Sent {
    /// What a form sent. Nothing where it names no kind.
    pub fn read(posted: &Posted, missing: &[String]) -> Option<Sent> {
        let kind = EventKind::from_word(posted.field("kind"))?;
        let seen = posted.field("seen").parse().ok()?;
        let mut event = NewCommitmentEvent::new(kind);
        let text = |name: &str| posted.field(name).to_owned();
        event.reason = text("reason");
        event.basis = text("basis");
        event.unit = text("unit");
        event.unit_code = text("unit_code");
        event.unperformed = text("unperformed");
        event.liability = text("liability");
        event.valid_to = text("valid_to");
        event.upheld = match posted.field("outcome") {
            "upheld" => Some(true),
            "rejected" => Some(false),
            _ => None,
        };
        event.evidence = lines(posted.field("evidence"));
        for file in &posted.files {
            let digest: String =
                Sha256::digest(&file.bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            event.evidence.push(format!("sha256:{digest}"));
        }
        let marked = |n: &usize| !posted.field(&format!("item_{n}")).is_empty();
        event.items = (0..missing.len().min(ITEMS_MAX))
            .filter(marked)
            .filter_map(|n| missing.get(n).cloned())
            .collect();
        for n in 0..CHANNELS {
            let channel = Channel {
                site: text(&format!("site_{n}")),
                url: text(&format!("url_{n}")),
                on: text(&format!("on_{n}")),
            };
            if !channel.site.trim().is_empty() || !channel.url.trim().is_empty() {
                event.channels.push(channel);
            }
        }
        Some(Sent { kind, seen, event })
    }
}

/// What was filled in, name and value, for whoever has to copy it: the form it was for is no longer there.
pub fn given(lang: Lang, event: &NewCommitmentEvent) -> Vec<(&'static str, String)> {
    let fields = fields(event.kind).iter().map(|(field, _)| *field);
    let value = |field: Field| match field {
        Field::Items => event.items.join("\n"),
        Field::Channels => event
            .channels
            .iter()
            .map(|channel| format!("{} {} {}", channel.site, channel.url, channel.on))
            .collect::<Vec<_>>()
            .join("\n"),
        field => typed(event, field),
    };
    fields
        .map(|field| (field.label(lang.words()), value(field)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

/// What counts against the committer.
fn is_adverse(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::PartlyFulfilled
            | EventKind::NotFulfilled
            | EventKind::FoundFalse
            | EventKind::SupplementOverdue
    )
}

fn shape(field: Field, missing: &[String], sent: Option<&NewCommitmentEvent>) -> Shape {
    match field {
        Field::Unit => Shape::Line,
        Field::UnitCode => Shape::Code,
        Field::ValidTo => Shape::Day,
        Field::Evidence => Shape::Evidence,
        Field::Outcome => Shape::Outcome,
        Field::Items => {
            let marked = |name: &String| sent.is_some_and(|event| event.items.contains(name));
            let each = missing.iter().take(ITEMS_MAX).enumerate();
            Shape::Items(each.map(|(n, name)| (format!("item_{n}"), name.clone(), marked(name))).collect())
        }
        Field::Channels => {
            let typed = |n: usize| sent.and_then(|event| event.channels.get(n)).cloned().unwrap_or_default();
            let row = |n: usize| {
                let Channel { site, url, on } = typed(n);
                [(format!("site_{n}"), site), (format!("url_{n}"), url), (format!("on_{n}"), on)]
            };
            Shape::Channels((0..CHANNELS).map(row).collect())
        }
        _ => Shape::Text,
    }
}

fn typed(event: &NewCommitmentEvent, field: Field) -> String {
    match field {
        Field::Evidence => event.evidence.join("\n"),
        Field::Unit => event.unit.clone(),
        Field::UnitCode => event.unit_code.clone(),
        Field::Unperformed => event.unperformed.clone(),
        Field::Liability => event.liability.clone(),
        Field::ValidTo => event.valid_to.clone(),
        Field::Reason => event.reason.clone(),
        Field::Basis => event.basis.clone(),
        Field::Outcome => match event.upheld {
            Some(true) => "upheld".to_owned(),
            Some(false) => "rejected".to_owned(),
            None => String::new(),
        },
        Field::Items | Field::Channels => String::new(),
    }
}

/// Words with spaces, commas or line ends between.
fn lines(text: &str) -> Vec<String> {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    text.split(between).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}
