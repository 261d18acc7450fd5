//! What commands ask of an office as a witness, and changes of its trust bundle.

use notary::office::{Office, QuorumEdit, TrustEdit};
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::{Refusal, RefusalCode};
use notary::witness::Waking;
use serde::{Deserialize, Serialize};
use verifier::key::{KeyId, KeyName, VerifierKey};
use verifier::trust::{Authority, Chain, Threshold};

use super::Bytes;

/// What is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// Make the key of a witness.
    Init { name: Option<String> },
    /// Make one more key of this name.
    Rotate { name: String },
    /// Key, ledgers, proofs.
    List,
    /// Take ledgers in by their keys.
    Add { keys: Vec<String> },
    /// Leave a ledger.
    Remove { origin: String },
    /// Tell a restored witness the newest heads that it cosigned.
    Wake { origin: String, notes: Vec<String> },
    /// Tell it that it cosigned nothing after the backup: for a ledger, or for all.
    NothingSince { origin: Option<String> },
    /// Put a witness into the trust bundle.
    TrustWitness { key: String, token: String, name: String },
    /// Take one out of it.
    DistrustWitness { name: String },
    /// Say who makes the quorum: `none`, `any`, `all` or a number; of all witnesses where none is named.
    Quorum { threshold: String, members: Vec<String> },
    /// Put a timestamp authority's certificate into the trust bundle.
    TrustAuthority { label: String, token: String, certificate: Bytes },
    /// Take one out of it.
    DistrustAuthority { label: String },
    /// Put a chain and the sender on it into the trust bundle.
    TrustChain { label: String, chain_id: u64, sender: [u8; 20], token: String },
    /// Take one out of it.
    DistrustChain { label: String },
    /// Put a root that may sign the next bundles into it.
    TrustRoot { key: String },
    /// Take one out of it.
    DistrustRoot { id: String },
    /// Sign the bundle anew as it is, for another year.
    RenewTrust,
    /// The text of the bundle with one of these changes, for a root that is elsewhere.
    Prepare { change: Box<Ask> },
    /// Take a bundle in that was signed elsewhere.
    TakeTrust { text: String },
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// The witness's keys, its ledgers and what it found.
    Witness { key: String, more_keys: Vec<String>, ledgers: Vec<LedgerShown>, forks: Vec<ForkShown> },
    /// The sequence of the new trust bundle.
    Trust { sequence: u64 },
    /// The text of a bundle that a root has to sign.
    Prepared { text: String },
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
    /// Whether it waits to be told what was cosigned before a restore.
    #[serde(default)]
    pub asleep: bool,
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
        Ask::Rotate { name } => {
            let key = office.rotate_witness(&name)?;
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
        Ask::Wake { origin, notes } => wake(office, &origin.clone(), &Waking::Heads { origin, notes }),
        Ask::NothingSince { origin } => {
            let object = origin.clone().unwrap_or_else(|| "*".to_string());
            wake(office, &object, &Waking::NothingSince { origin })
        }
        Ask::TakeTrust { text } => {
            let sequence = office.take_trust(&text)?;
            changed(office, sequence)
        }
        Ask::Prepare { change } => {
            let text = office.prepare_trust(&edits_of(*change)?)?;
            log(Action::KeyChangePrepared, "trust")?;
            Ok(Told::Prepared { text })
        }
        change => {
            let sequence = office.edit_trust(&edits_of(change)?)?;
            changed(office, sequence)
        }
    }
}

/// What is to be changed of the trust bundle.
fn edits_of(ask: Ask) -> Result<Vec<TrustEdit>, Refusal> {
    Ok(vec![match ask {
        Ask::RenewTrust => return Ok(Vec::new()),
        Ask::TrustWitness { key: text, token, name } => {
            TrustEdit::AddWitness { key: key(&text)?, token, name }
        }
        Ask::DistrustWitness { name } => TrustEdit::RemoveWitness { name: key_name(&name)? },
        Ask::Quorum { threshold, members } => {
            let members = members.iter().map(|name| key_name(name)).collect::<Result<Vec<_>, _>>()?;
            let wrong = || Refusal::new(RefusalCode::TrustChange).at("K").found(&threshold);
            let quorum = match threshold.as_str() {
                "none" => QuorumEdit::None,
                "any" => QuorumEdit::Of(Threshold::Any, members),
                "all" => QuorumEdit::Of(Threshold::All, members),
                number => QuorumEdit::Of(Threshold::AtLeast(number.parse().map_err(|_| wrong())?), members),
            };
            TrustEdit::Quorum(quorum)
        }
        Ask::TrustAuthority { label, token, certificate } => {
            TrustEdit::AddAuthority(Authority { label, token, certificate: certificate.0 })
        }
        Ask::DistrustAuthority { label } => TrustEdit::RemoveAuthority { label },
        Ask::TrustChain { label, chain_id, sender, token } => {
            TrustEdit::AddChain(Chain { label, chain_id, sender, token })
        }
        Ask::DistrustChain { label } => TrustEdit::RemoveChain { label },
        Ask::TrustRoot { key: text } => TrustEdit::AddRoot { key: root_key(&text)? },
        Ask::DistrustRoot { id } => {
            let unknown =
                |refused| Refusal::new(RefusalCode::KeyUnknown).at("KEYID").found(format!("{id}: {refused}"));
            TrustEdit::RemoveRoot { id: KeyId::parse(&id).map_err(unknown)? }
        }
        _ => return Err(Refusal::new(RefusalCode::TrustChange).found("none")),
    }])
}

fn wake(office: &Office, object: &str, told: &Waking) -> Result<Told, Refusal> {
    office.as_witness()?.wake(told)?;
    office.operator_log().append(&Actor::Command, Action::WitnessWoken, object, Outcome::Done)?;
    shown(office)
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
        asleep: ledger.asleep,
    });
    let forks = witness
        .evidence()
        .into_iter()
        .map(|kept| ForkShown { origin: kept.origin, file: format!("witness/misbehaviour/{}", kept.file) });
    let more_keys = witness.keys().iter().skip(1).map(VerifierKey::encode).collect();
    Ok(Told::Witness {
        key: witness.key().encode(),
        more_keys,
        ledgers: ledgers.collect(),
        forks: forks.collect(),
    })
}

fn key(text: &str) -> Result<VerifierKey, Refusal> {
    VerifierKey::parse(text)
        .map_err(|refused| Refusal::new(RefusalCode::WitnessKeyKind).at("VKEY").found(refused))
}

fn root_key(text: &str) -> Result<VerifierKey, Refusal> {
    let wrong = |what: String| Refusal::new(RefusalCode::TrustChange).at("VKEY").found(what);
    let key = VerifierKey::parse(text).map_err(|refused| wrong(refused.to_string()))?;
    match key.name().as_str().ends_with("/root") {
        true => Ok(key),
        false => Err(wrong(key.name().to_string())),
    }
}

fn key_name(text: &str) -> Result<KeyName, Refusal> {
    KeyName::parse(text)
        .map_err(|refused| Refusal::new(RefusalCode::TrustChange).at("KEYNAME").found(refused))
}
