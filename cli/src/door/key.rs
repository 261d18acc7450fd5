//! What commands ask of an office about its keys.

use std::path::PathBuf;

use notary::keys::{self, KeyUse as Use, enroll};
use notary::office::{KeyView, NewKey, Office, Prepared, Rotation};
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::{Refusal, RefusalCode};
use serde::{Deserialize, Serialize};
use verifier::key::{KeyId, KeyName};
use verifier::text::Lang;
use verifier::time::Time;
use verifier::trust::KeyUse;

/// What is asked. Times are in seconds.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// All keys, warnings, external programs.
    List,
    /// A new key.
    Rotate { usage: String, from: Option<u64>, overlap: Option<u64>, signer: Option<PathBuf>, prepare: bool },
    /// A key that may be somebody else's.
    Compromised { usage: String, key: String, from: u64, last_good: u64, prepare: bool },
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// The keys.
    Listed(Listed),
    /// A key signs from now on, or later.
    Rotated { key: String, sequence: u64 },
    /// A key signs no more; whether another one of its use does.
    Compromised { sequence: u64, another_signs: bool },
    /// The text to be signed by the root.
    Prepared { key: Option<String>, text: String },
}

/// The keys and how it goes with them.
#[derive(Serialize, Deserialize)]
pub struct Listed {
    pub keys: Vec<KeyShown>,
    pub warnings: Vec<WarningShown>,
    pub signers: Vec<SignerShown>,
}

/// A key.
#[derive(Serialize, Deserialize)]
pub struct KeyShown {
    #[serde(rename = "use")]
    pub usage: String,
    pub key: String,
    pub state: String,
    pub sign_from: u64,
    pub sign_until: u64,
    pub verify_until: u64,
    /// Whether its private half is with the office.
    pub private: bool,
    /// `file` or `command`; none where the office does not have it.
    pub place: Option<String>,
    pub warning: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compromised: Option<CompromisedShown>,
}

/// Since when a key may be somebody else's, and the last good checkpoint.
#[derive(Serialize, Deserialize)]
pub struct CompromisedShown {
    pub from: u64,
    pub size: u64,
    pub root: String,
}

/// Something to be done.
#[derive(Serialize, Deserialize)]
pub struct WarningShown {
    /// `bundle` for the trust bundle itself.
    #[serde(rename = "use")]
    pub usage: String,
    pub warning: String,
    pub until: u64,
}

/// An external program.
#[derive(Serialize, Deserialize)]
pub struct SignerShown {
    #[serde(rename = "use")]
    pub usage: String,
    pub key: String,
    pub program: String,
    pub running: bool,
    pub signed: u64,
    pub failures: u64,
    pub failing_seconds: Option<u64>,
    /// The last failure, in Chinese and English.
    pub last: Option<[String; 2]>,
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Refusal> {
    let log =
        |action, object: &str| office.operator_log().append(&Actor::Command, action, object, Outcome::Done);
    match ask {
        Ask::List => Ok(Told::Listed(listed(office))),
        Ask::Rotate { usage, from, overlap, signer, prepare } => {
            let usage = key_use(&usage)?;
            let mut rotation = Rotation::new(usage, office.now());
            rotation.sign_from = from.map_or(Ok(rotation.sign_from), time)?;
            rotation.overlap = overlap.unwrap_or(rotation.overlap);
            if let Some(file) = signer {
                let name = KeyName::parse(&usage.key_name(office.origin()))
                    .map_err(|refused| Refusal::new(RefusalCode::OfficeConfig).found(refused))?;
                let kept = enroll(&office.dir().join("keys"), Use::of(usage), &name, &file)?;
                rotation.with = NewKey::External(kept);
            }
            if prepare {
                let prepared = office.prepare_rotation(&rotation)?;
                log(Action::KeyChangePrepared, usage.name())?;
                return Ok(to_sign(prepared));
            }
            let rotated = office.rotate_key(&rotation)?;
            log(Action::KeyRotated, &format!("{}-{}", usage.name(), rotated.key.id()))?;
            Ok(Told::Rotated { key: rotated.key.encode(), sequence: rotated.sequence })
        }
        Ask::Compromised { usage, key, from, last_good, prepare } => {
            let (usage, from, last_good) = (key_use(&usage)?, time(from)?, (last_good, None));
            let unknown = |_| Refusal::new(RefusalCode::KeyUnknown).at("KEYID").found(&key);
            let id = KeyId::parse(&key).map_err(unknown)?;
            if prepare {
                let prepared = office.prepare_compromise(usage, id, from, last_good)?;
                log(Action::KeyChangePrepared, usage.name())?;
                return Ok(to_sign(prepared));
            }
            let told = office.compromise_key(usage, id, from, last_good)?;
            log(Action::KeyCompromised, &format!("{}-{id}", usage.name()))?;
            Ok(Told::Compromised { sequence: told.sequence, another_signs: told.another_signs })
        }
    }
}

fn to_sign(prepared: Prepared) -> Told {
    Told::Prepared { key: prepared.key.map(|key| key.encode()), text: prepared.text }
}

/// All keys, what is to be done about them, and the external programs.
pub fn listed(office: &Office) -> Listed {
    let warnings = office.key_warnings(office.now()).into_iter().map(|notice| WarningShown {
        usage: notice.usage.map_or("bundle", KeyUse::name).to_string(),
        warning: notice.warning.as_str().to_string(),
        until: notice.until.seconds(),
    });
    let signers = office.external_signers().into_iter().map(|signer| SignerShown {
        usage: signer.key_use.as_str().to_string(),
        key: signer.key.encode(),
        program: signer.health.program,
        running: signer.health.running,
        signed: signer.health.signed,
        failures: signer.health.failures,
        failing_seconds: signer.health.failing_for.map(|time| time.as_secs()),
        last: signer.health.last.map(|fault| [fault.text(Lang::Zh), fault.text(Lang::En)]),
    });
    Listed {
        keys: office.key_views().iter().map(shown).collect(),
        warnings: warnings.collect(),
        signers: signers.collect(),
    }
}

/// One key, as programs and tables see it.
pub fn shown(view: &KeyView) -> KeyShown {
    let compromised = view.compromised.as_ref().map(|told| CompromisedShown {
        from: told.from.seconds(),
        size: told.size,
        root: told.root.to_base64(),
    });
    let place = |place| match place {
        keys::KeyPlace::File => "file".to_string(),
        keys::KeyPlace::Command => "command".to_string(),
    };
    KeyShown {
        usage: view.usage.name().to_string(),
        key: view.key.encode(),
        state: view.state.as_str().to_string(),
        sign_from: view.sign_from.seconds(),
        sign_until: view.sign_until.seconds(),
        verify_until: view.verify_until.seconds(),
        private: view.has_private,
        place: view.place.map(place),
        warning: view.warning.map(|warning| warning.as_str().to_string()),
        compromised,
    }
}

fn key_use(word: &str) -> Result<KeyUse, Refusal> {
    let unknown = || Refusal::new(RefusalCode::KeyUnknown).at("USE").found(word);
    KeyUse::ALL.into_iter().find(|usage| usage.name() == word).ok_or_else(unknown)
}

fn time(seconds: u64) -> Result<Time, Refusal> {
    Time::new(seconds).map_err(|refused| Refusal::new(RefusalCode::KeyDates).found(refused))
}
