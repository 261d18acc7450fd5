//! What commands ask of certificates' status.

use notary::office::{EventView, Moment, Office, Order, Ordered, StatusOrder};
use notary::operator_log::Action;
use serde::{Deserialize, Serialize};
use verifier::moment::parse_moment;
use verifier::status::Status;

use super::{Bytes, List, log, parse_number, publish};
use crate::output::Failure;

/// Who orders, in a certificate's history.
const COMMAND: &str = "command";

/// What is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// Change it and publish.
    Set(Box<Set>),
    /// What happened to a certificate.
    History { number: String },
    /// What was published at a moment.
    At { number: String, at: String },
    /// Publish the status lists.
    Publish,
    /// Take in lists of other offices, by name.
    Import { files: Vec<(String, Bytes)> },
}

/// A change.
#[derive(Serialize, Deserialize)]
pub struct Set {
    pub number: String,
    pub status: String,
    pub reason: String,
    pub basis: String,
    pub claims: Vec<String>,
    pub replaced_by: Option<String>,
    pub seen: Option<u32>,
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// It was changed, or was so already, and lists are out.
    Set { from: String, to: String, sequence: Option<u32>, lists: Vec<List> },
    /// The history.
    History(Box<History>),
    /// The moment.
    At(Box<Then>),
    /// Lists are out.
    Published { lists: Vec<List> },
    /// Lists that were taken in: name, ledger, shard, sequence; and those that were not, with why.
    Imported { kept: Vec<(String, String, u64, u64)>, refused: Vec<(String, Failure)> },
}

/// What happened to a certificate.
#[derive(Serialize, Deserialize)]
pub struct History {
    pub index: Option<u64>,
    /// Inside the office; none before it is sealed.
    pub status: Option<String>,
    /// As published now.
    pub published: Option<String>,
    pub sealed_at: Option<String>,
    pub events: Vec<EventShown>,
}

/// One event.
#[derive(Serialize, Deserialize)]
pub struct EventShown {
    pub sequence: u32,
    pub kind: String,
    pub at: String,
    pub by: String,
    pub reason_code: String,
    pub reason: String,
    pub basis: String,
    pub detail: Vec<(String, String)>,
    pub entry: String,
    pub index: Option<u64>,
}

/// What was published at a moment.
#[derive(Serialize, Deserialize)]
pub struct Then {
    pub at: String,
    pub index: u64,
    pub sealed_at: String,
    /// None where it was not sealed yet.
    pub status: Option<String>,
    /// The list that said it: shard, sequence, issued, index of its note.
    pub list: Option<(u64, u64, String, Option<u64>)>,
    /// When the list after it was issued.
    pub until: Option<String>,
    pub files: Vec<(String, String)>,
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Failure> {
    match ask {
        Ask::Set(set) => self::set(office, *set),
        Ask::History { number } => history(office, &number),
        Ask::At { number, at } => moment(office, &number, &at),
        Ask::Publish => Ok(Told::Published { lists: publish(office)? }),
        Ask::Import { files } => import(office, files),
    }
}

/// A change is of use only once it is published, so it is at once.
fn set(office: &Office, set: Set) -> Result<Told, Failure> {
    let number = parse_number(&set.number)?;
    let Some(to) = Order::from_word(&set.status) else {
        let words = Order::ALL.iter().map(|order| order.word()).collect::<Vec<_>>().join(", ");
        return Err(Failure::usage(
            format!("没有状态“{}”；可设：{words}", set.status),
            format!("there is no status \"{}\"; set one of: {words}", set.status),
        ));
    };
    let replaced_by = set.replaced_by.as_deref().map(parse_number).transpose()?;
    let order = StatusOrder {
        to,
        by: COMMAND.to_string(),
        reason: set.reason,
        basis: set.basis,
        claims: set.claims,
        replaced_by,
    };
    let done = office.order(&number, order, set.seen)?;
    let (from, to, sequence) = match done {
        Ordered::Done(recorded) => (recorded.from, recorded.to, Some(recorded.sequence)),
        Ordered::Already(status) => (status, status, None),
    };
    log(office, Action::StatusSet, &number.to_string())?;
    // A change that was made before, and cut off before its list was out, is published now.
    let lists = if sequence.is_some() || office.status_due() { publish(office)? } else { Vec::new() };
    Ok(Told::Set { from: from.name().to_string(), to: to.name().to_string(), sequence, lists })
}

fn history(office: &Office, number: &str) -> Result<Told, Failure> {
    let number = parse_number(number)?;
    log(office, Action::HistoryViewed, &number.to_string())?;
    let name = |status: Status| status.name().to_string();
    let index = office.index_of(&number)?;
    let moment = index.map(|_| office.status_at(&number, office.now())).transpose()?;
    Ok(Told::History(Box::new(History {
        index,
        status: office.status_of(&number)?.map(name),
        published: moment.as_ref().and_then(Moment::word).map(name),
        sealed_at: moment.map(|moment| moment.sealed_at.display_china()),
        events: office.events_of(&number)?.iter().map(shown).collect(),
    })))
}

fn shown(view: &EventView) -> EventShown {
    let fields = view.event.fields();
    EventShown {
        sequence: fields.sequence,
        kind: fields.kind.word().to_string(),
        at: fields.at.display_china(),
        by: fields.by.clone(),
        reason_code: fields.reason_code.clone(),
        reason: fields.reason.clone(),
        basis: fields.basis.clone(),
        detail: fields.detail.clone(),
        entry: verifier::base64::encode(view.entry.as_bytes()),
        index: view.index,
    }
}

fn moment(office: &Office, number: &str, at: &str) -> Result<Told, Failure> {
    let number = parse_number(number)?;
    let at = parse_moment(at, office.now()).ok_or_else(|| {
        Failure::usage(
            format!("无法识别的时间“{at}”；应如 2026-11-22、\"2026-11-22 09:15\""),
            format!("\"{at}\" is no moment; write 2026-11-22 or \"2026-11-22 09:15\""),
        )
    })?;
    let moment = office.status_at(&number, at)?;
    let said = moment.list.as_ref();
    Ok(Told::At(Box::new(Then {
        at: moment.at.display_china(),
        index: moment.index,
        sealed_at: moment.sealed_at.display_china(),
        status: moment.word().map(|status| status.name().to_string()),
        list: said.map(|said| {
            let says = said.list.says().fields();
            let entry = said.proof.as_ref().map(|proof| proof.index());
            (says.shard, says.sequence, says.issued.display_china(), entry)
        }),
        until: said.and_then(|said| said.next.as_ref()).map(|next| next.issued.display_china()),
        files: moment.files(),
    })))
}

fn import(office: &Office, files: Vec<(String, Bytes)>) -> Result<Told, Failure> {
    let (mut kept, mut refused) = (Vec::new(), Vec::new());
    for (name, Bytes(bytes)) in files {
        match office.import_list(&bytes) {
            Ok(list) => {
                let says = list.says().fields();
                kept.push((name, says.origin.to_string(), says.shard, says.sequence));
            }
            Err(refusal) => refused.push((name, Failure::from(refusal))),
        }
    }
    if !kept.is_empty() {
        log(office, Action::ListsImported, "")?;
    }
    Ok(Told::Imported { kept, refused })
}
