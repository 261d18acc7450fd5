//! What commands ask of an office as a witness, and changes of its trust bundle.

use notary::office::{Office, QuorumEdit, TrustEdit};
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::{Refusal, RefusalCode};
use serde::{Deserialize, Serialize};
use verifier::key::{KeyName, VerifierKey};
use verifier::trust::Threshold;

/// What is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// Make the key of a witness.
    Init { name: Option<String> },
    /// Key, ledgers, proofs.
    List,
    /// Take ledgers in by their keys.
    Add { keys: Vec<String> },
    /// Leave a ledger.
    Remove { origin: String },
    /// Put a witness into the trust bundle.
    TrustWitness { key: String, token: String, name: String },
    /// Take one out of it.
    DistrustWitness { name: String },
    /// Say who makes the quorum: `none`, `any`, `all` or a number; of all witnesses where none is named.
    Quorum { threshold: String, members: Vec<String> },
    /// Take a bundle in that was signed elsewhere.
    TakeTrust { text: String },
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// The witness's key, its ledgers and what it found.
    Witness { key: String, ledgers: Vec<LedgerShown>, forks: Vec<ForkShown> },
    /// The sequence of the new trust bundle.
    Trust { sequence: u64 },
}

/// A ledger that is witnessed.
#[derive(Serialize, Deserialize)]
pub struct LedgerShown {
    pub origin: String,
    pub keys: Vec<String>,
    /// Entries under the last checkpoint that was cosigned.
    pub size: Option<u64>,
    /// When it was.
    pub cosigned_at: Option<u64>,
    /// Whether its file can't be read.
    pub damaged: bool,
}

/// A proof that a ledger was forked.
#[derive(Serialize, Deserialize)]
pub struct ForkShown {
    pub origin: String,
    /// Below the office's folder.
    pub file: String,
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Refusal> {
    let log =
        |action, object: &str| office.operator_log().append(&Actor::Command, action, object, Outcome::Done);
    match ask {
        Ask::Init { name } => {
            let key = office.make_witness(name.as_deref())?;
            log(Action::WitnessMade, key.name().as_str())?;
            shown(office)
        }
        Ask::List => shown(office),
        Ask::Add { keys } => {
            let keys = keys.iter().map(|text| key(text)).collect::<Result<Vec<_>, _>>()?;
            office.as_witness()?.add(&keys)?;
            for key in &keys {
                log(Action::WitnessedLedgersChanged, key.name().as_str())?;
            }
            shown(office)
        }
        Ask::Remove { origin } => {
            office.as_witness()?.remove(&origin)?;
            log(Action::WitnessedLedgersChanged, &origin)?;
            shown(office)
        }
        Ask::TrustWitness { key: text, token, name } => {
            edit(office, TrustEdit::AddWitness { key: key(&text)?, token, name })
        }
        Ask::DistrustWitness { name } => edit(office, TrustEdit::RemoveWitness { name: key_name(&name)? }),
        Ask::Quorum { threshold, members } => {
            let members = members.iter().map(|name| key_name(name)).collect::<Result<Vec<_>, _>>()?;
            let wrong = || Refusal::new(RefusalCode::TrustChange).at("K").found(&threshold);
            let quorum = match threshold.as_str() {
                "none" => QuorumEdit::None,
                "any" => QuorumEdit::Of(Threshold::Any, members),
                "all" => QuorumEdit::Of(Threshold::All, members),
                number => QuorumEdit::Of(Threshold::AtLeast(number.parse().map_err(|_| wrong())?), members),
            };
            edit(office, TrustEdit::Quorum(quorum))
        }
        Ask::TakeTrust { text } => {
            let sequence = office.take_trust(&text)?;
            changed(office, sequence)
        }
    }
}

fn edit(office: &Office, edit: TrustEdit) -> Result<Told, Refusal> {
    let sequence = office.edit_trust(&[edit])?;
    changed(office, sequence)
}

fn changed(office: &Office, sequence: u64) -> Result<Told, Refusal> {
    let object = format!("trust-{sequence}");
    office.operator_log().append(&Actor::Command, Action::TrustChanged, &object, Outcome::Done)?;
    Ok(Told::Trust { sequence })
}

fn shown(office: &Office) -> Result<Told, Refusal> {
    let witness = office.as_witness()?;
    let ledgers = witness.ledgers().into_iter().map(|ledger| LedgerShown {
        origin: ledger.origin,
        keys: ledger.keys.iter().map(VerifierKey::encode).collect(),
        size: ledger.head.map(|(size, _)| size),
        cosigned_at: ledger.head.map(|(_, time)| time.seconds()),
        damaged: ledger.damaged,
    });
    let forks = witness
        .evidence()
        .into_iter()
        .map(|kept| ForkShown { origin: kept.origin, file: format!("witness/misbehaviour/{}", kept.file) });
    Ok(Told::Witness { key: witness.key().encode(), ledgers: ledgers.collect(), forks: forks.collect() })
}

fn key(text: &str) -> Result<VerifierKey, Refusal> {
    VerifierKey::parse(text)
        .map_err(|refused| Refusal::new(RefusalCode::WitnessKeyKind).at("VKEY").found(refused))
}

fn key_name(text: &str) -> Result<KeyName, Refusal> {
    KeyName::parse(text)
        .map_err(|refused| Refusal::new(RefusalCode::TrustChange).at("KEYNAME").found(refused))
}
