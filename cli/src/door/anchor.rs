//! What commands ask of an office about its anchors.

use notary::anchor::{Failing, Listed, Target};
use notary::office::Office;
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::Refusal;
use serde::{Deserialize, Serialize};
use verifier::anchor::AnchorKind;
use verifier::text::Lang;
use web::anchoring::{Alarm, AnchoringView};
use web::outgoing::FAILURES_ALARM;

/// Anchors in one answer: those that are shown are the newest.
const SHOWN_MAX: usize = 100;

/// What is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// The targets and their newest anchors.
    List,
    /// One anchor.
    Show { n: u64 },
    /// That the server anchors the newest checkpoint now.
    Now,
    /// The keys that pay on chains; one is made where there is none, or if one more is wanted.
    Key { new: bool },
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// Each target that has anchors, and the newest anchors of all, the newest first; from a service, how it goes with the
    /// targets of its settings, else those that failed when one last ran.
    List { targets: Vec<TargetShown>, anchors: Vec<AnchorShown>, count: u64, going: Vec<GoingShown> },
    /// One: as it is listed, where it can be read, and as it lies in the ledger.
    One { shown: Option<AnchorShown>, anchor: String },
    /// It was asked for.
    Asked,
    /// Addresses of the keys that pay on chains, and which was made just now.
    Keys { addresses: Vec<String>, made: Option<String> },
}

/// A target.
#[derive(Serialize, Deserialize)]
pub struct TargetShown {
    /// `rfc3161`, `evm` or `http`.
    pub kind: String,
    /// As the trust bundle calls it.
    pub label: String,
    /// How many anchors.
    pub count: u64,
    /// Entries under the newest anchored checkpoint.
    pub size: u64,
    /// When that was anchored.
    pub time: u64,
}

/// How it goes with a target of the settings.
#[derive(Serialize, Deserialize)]
pub struct GoingShown {
    /// `rfc3161`, `evm` or `http`.
    pub kind: String,
    /// As the trust bundle calls it.
    pub label: String,
    /// Its address; empty where no service is asked, for only its settings have it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// `well`, `waits`, or `alarm` where somebody has to look at it.
    pub state: String,
    /// Since when every try has failed, or the newest checkpoint waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
    /// Why, in Chinese and English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<[String; 2]>,
    /// What is to be done about an alarm, in Chinese and English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<[String; 2]>,
}

impl From<AnchoringView> for GoingShown {
    fn from(view: AnchoringView) -> GoingShown {
        let both = |text: &dyn Fn(Lang) -> String| [text(Lang::Zh), text(Lang::En)];
        let failed = view.failure.as_ref().filter(|_| view.failing_since.is_some());
        let why = match (&view.alarm, failed) {
            (Some(alarm), _) => Some(both(&|lang| alarm.text(lang))),
            (None, Some((_, kind))) => Some(both(&|lang| web::anchoring::reason(kind, lang))),
            (None, None) => None,
        };
        let since = view.failing_since.or(view.since);
        let state = match (view.alarm.is_some(), since.is_some()) {
            (true, _) => "alarm",
            (false, true) => "waits",
            (false, false) => "well",
        };
        GoingShown {
            kind: kind(&view.target),
            label: view.target.label().to_string(),
            url: view.url,
            state: state.to_string(),
            since: since.map(verifier::time::Time::seconds),
            why,
            next: view.alarm.as_ref().map(|alarm| both(&|lang| alarm.next(lang).to_string())),
        }
    }
}

/// An anchor.
#[derive(Serialize, Deserialize)]
pub struct AnchorShown {
    /// Its number.
    pub n: u64,
    /// `rfc3161`, `evm` or `http`.
    pub kind: String,
    /// With whom.
    pub label: String,
    /// Entries under the checkpoint.
    pub size: u64,
    /// When, as the evidence says.
    pub time: u64,
}

impl From<Listed> for AnchorShown {
    fn from(listed: Listed) -> AnchorShown {
        AnchorShown {
            n: listed.n,
            kind: kind(&listed.target),
            label: listed.target.label().to_string(),
            size: listed.size,
            time: listed.time.seconds(),
        }
    }
}

fn kind(target: &Target) -> String {
    AnchorKind::name(target.kind()).to_string()
}

/// Who failed when a service last ran here: what is told where none runs.
fn failing(office: &Office) -> Vec<GoingShown> {
    let both = |text: &dyn Fn(Lang) -> String| [text(Lang::Zh), text(Lang::En)];
    let shown = |(who, failing): (String, Failing)| {
        // Witnesses are among them, and are told of elsewhere.
        let (kind, label) = who.split_once(' ').filter(|(kind, _)| *kind != "witness")?;
        let alarm = Alarm::Failing(failing.kind.clone());
        let is_alarm = failing.times >= FAILURES_ALARM;
        Some(GoingShown {
            kind: kind.to_owned(),
            label: label.to_owned(),
            url: String::new(),
            state: if is_alarm { "alarm" } else { "waits" }.to_owned(),
            since: Some(failing.since.seconds()),
            why: Some(both(&|lang| match is_alarm {
                true => alarm.text(lang),
                false => web::anchoring::reason(&failing.kind, lang),
            })),
            next: is_alarm.then(|| both(&|lang| alarm.next(lang).to_string())),
        })
    };
    office.all_who_fail().into_iter().filter_map(shown).collect()
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Refusal> {
    let anchors = office.anchors();
    match ask {
        Ask::List => {
            let targets = anchors.targets().into_iter().filter_map(|(target, count, last)| {
                let last = last?;
                let (kind, label) = (kind(&target), target.label().to_string());
                Some(TargetShown { kind, label, count, size: last.size, time: last.time.seconds() })
            });
            let targets = targets.collect();
            let newest = anchors.newest(SHOWN_MAX).into_iter().map(AnchorShown::from).collect();
            Ok(Told::List { targets, anchors: newest, count: anchors.count(), going: failing(office) })
        }
        Ask::Show { n } => {
            let anchor = anchors.show(n)?.encode();
            Ok(Told::One { shown: anchors.listed(n).map(AnchorShown::from), anchor })
        }
        Ask::Key { new } => {
            let made = match new || office.chain_keys()?.is_empty() {
                true => Some(office.make_chain_key(&Actor::Command)?.to_string()),
                false => None,
            };
            let addresses = office.chain_keys()?.iter().map(|key| key.address.to_string()).collect();
            Ok(Told::Keys { addresses, made })
        }
        Ask::Now => {
            office.operator_log().append(&Actor::Command, Action::AnchorAsked, "", Outcome::Done)?;
            anchors.hurry();
            Ok(Told::Asked)
        }
    }
}
