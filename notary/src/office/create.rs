//! A new office: folder, keys, trust bundle, empty journal and ledger.
//!
//! Everything is made in a folder beside the one that is asked for and renamed at the end, so a crash leaves no half an
//! office under its name. Not here: the files' formats (`config`, `keys`, `verifier::trust`).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use verifier::base64;
use verifier::entry::{PublicKind, public_preimage};
use verifier::origin::Origin;
use verifier::registry::DocumentKind;
use verifier::time::Time;
use verifier::trust::{self, OfficeKey, Organisation, TrustBundle, TrustFields};

use super::accept::internal;
use super::config::{Config, NewOffice};
use super::keyring::Keyring;
use super::open::{CONFIG, JOURNAL, KEYS, TRUST, office_id};
use super::record::{self, Founded, Kind, Public};
use crate::journal::{Journal, RealIo, Settings};
use crate::keys::{KeyUse, Passphrase};
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::Vault;

/// Seconds that a key signs: two years.
pub(super) const SIGNS_FOR: u64 = 2 * 365 * 86_400;
/// Seconds that a key's signatures are relied on after that: ten years.
pub(super) const VERIFIES_FOR: u64 = 10 * 365 * 86_400;
/// Seconds that a trust bundle counts: one year.
const TRUST_FOR: u64 = 365 * 86_400;
/// The clock of a computer that set up an office may be this much ahead of one that checks.
const BACK: u64 = 86_400;

/// A new office's answer.
#[derive(Clone, Debug)]
pub struct Created {
    /// The ledger's name.
    pub origin: String,
    /// The root key, as verifiers pin it.
    pub root: String,
}

impl super::Office {
    /// Makes a new office with new keys in `dir`, which must not exist or be empty.
    ///
    /// # Errors
    /// `OFFICE_EXISTS`, `OFFICE_CONFIG`, what the disk says.
    pub fn create(
        dir: &Path,
        new: &NewOffice,
        passphrase: Arc<Passphrase>,
        now: Time,
    ) -> Result<Created, Refusal> {
        build(dir, new, now, |keys| Keyring::generate(keys, &new.origin, &passphrase))
    }

    /// Makes an office with the published example keys, for `demo` and tests.
    ///
    /// # Errors
    /// As for [`Office::create`](super::Office::create).
    pub fn create_example(dir: &Path, new: &NewOffice, now: Time) -> Result<Created, Refusal> {
        build(dir, new, now, Keyring::example)
    }
}

fn build(
    dir: &Path,
    new: &NewOffice,
    now: Time,
    make_keys: impl FnOnce(&Path) -> Result<Keyring, Refusal>,
) -> Result<Created, Refusal> {
    let disk = |path: &Path, why: std::io::Error| {
        Refusal::new(RefusalCode::DiskFailed).at(path.display().to_string()).found(why)
    };
    let config = Config::of(new);
    Config::parse(&config.to_bytes())?;
    if dir.exists() && fs::read_dir(dir).map_err(|why| disk(dir, why))?.next().is_some() {
        return Err(Refusal::new(RefusalCode::OfficeExists).at(dir.display().to_string()));
    }
    let beside = beside(dir);
    if beside.exists() {
        fs::remove_dir_all(&beside).map_err(|why| disk(&beside, why))?;
    }
    for folder in ["ledger", KEYS] {
        fs::create_dir_all(beside.join(folder)).map_err(|why| disk(&beside, why))?;
    }
    let keys = make_keys(&beside.join(KEYS))?;
    let trust = trust_text(&config, new, &keys, now)?;
    write(&beside.join(CONFIG), &config.to_bytes())?;
    write(&beside.join(TRUST), trust.as_bytes())?;
    journal(&beside, new, &trust)?;
    if dir.exists() {
        fs::remove_dir(dir).map_err(|why| disk(dir, why))?;
    }
    fs::rename(&beside, dir).map_err(|why| disk(dir, why))?;
    sync_parent(dir).map_err(|why| disk(dir, why))?;
    Ok(Created {
        origin: new.origin.as_str().to_string(),
        root: keys.first(KeyUse::Root)?.listed.vkey.encode(),
    })
}

/// The first trust bundle: this office alone, no witnesses.
fn trust_text(config: &Config, new: &NewOffice, keys: &Keyring, now: Time) -> Result<String, Refusal> {
    let from = now.saturating_sub(BACK);
    let until = now.saturating_add(SIGNS_FOR);
    let relied = until.saturating_add(VERIFIES_FOR);
    let office_keys = trust::KeyUse::ALL
        .into_iter()
        .map(|usage| {
            Ok(OfficeKey {
                usage,
                key: keys.first(KeyUse::of(usage))?.listed.vkey,
                sign_from: from,
                sign_until: until,
                verify_until: relied,
                compromised: None,
            })
        })
        .collect::<Result<Vec<_>, Refusal>>()?;
    let office = trust::Office {
        origin: new.origin.clone(),
        organisation: Organisation { token: config.organisation.clone(), name: config.name.clone() },
        kinds: DocumentKind::ALL.to_vec(),
        status_url: Some(format!("https://{}/ledger/status", config.host)),
        keys: office_keys,
    };
    let root = keys.first(KeyUse::Root)?;
    let fields = TrustFields {
        publisher: publisher(&new.origin)?,
        roots: vec![root.listed.vkey.clone()],
        sequence: 1,
        issued: now,
        expires: now.saturating_add(TRUST_FOR),
        offices: vec![office],
        witnesses: Vec::new(),
        authorities: Vec::new(),
        chains: Vec::new(),
        groups: Vec::new(),
        quorum: None,
    };
    let text = fields.text().map_err(|refused| Refusal::new(RefusalCode::OfficeConfig).found(refused))?;
    let signed = root.signer.sign_note(&text)?.encode();
    TrustBundle::open(&signed, Some(&root.listed.vkey)).map_err(internal)?;
    Ok(signed)
}

/// The journal with its first records: who it belongs to, and the trust bundle, which will be the ledger's first entry.
fn journal(dir: &Path, new: &NewOffice, trust: &str) -> Result<(), Refusal> {
    let settings = || Settings::new(office_id(&new.origin));
    Journal::create(&dir.join(JOURNAL), &settings())?;
    Vault::create(&dir.join(JOURNAL), &office_id(&new.origin), &RealIo)?;
    let (journal, _) = Journal::open(&dir.join(JOURNAL), settings(), &mut |_| {})?;
    let founded = Founded { origin: new.origin.as_str().to_string() };
    journal.append(Kind::Founded as u8, &record::json(&founded))?;
    let preimage = public_preimage(PublicKind::TrustBundle, trust.as_bytes());
    let public = Public { preimage: base64::encode(&preimage) };
    journal.append_durable(Kind::Public as u8, &record::json(&public))?;
    Ok(())
}

/// The publisher of an office's own trust bundle: the host of its ledger's name.
pub(super) fn publisher(origin: &Origin) -> Result<Origin, Refusal> {
    Origin::parse(origin.host()).map_err(|refused| Refusal::new(RefusalCode::OfficeConfig).found(refused))
}

fn beside(dir: &Path) -> PathBuf {
    let mut name = dir.file_name().unwrap_or_default().to_os_string();
    name.push(".creating");
    dir.with_file_name(name)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Refusal> {
    let failed =
        |why: std::io::Error| Refusal::new(RefusalCode::DiskFailed).at(path.display().to_string()).found(why);
    fs::write(path, bytes).and_then(|()| fs::File::open(path)?.sync_all()).map_err(failed)
}

fn sync_parent(dir: &Path) -> std::io::Result<()> {
    let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match cfg!(unix) {
        true => fs::File::open(parent)?.sync_all(),
        false => Ok(()),
    }
}
