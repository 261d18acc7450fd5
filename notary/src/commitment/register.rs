//! The register: templates of commitments (承诺书样式) and the catalogue of matters (信用承诺事项清单).
//!
//! ```text
//! D/register/segment-…   kind 1 template {"id","version","name","measurable","text",…}   kind 2 matter   kind 3 settings
//! ```
//!
//! A journal of its own. A version of a template never changes; a matter's newest record counts, and the earlier ones stay in
//! the journal. Nothing in it is anybody's secret, so nothing is sealed. A crash leaves a record whole, torn or missing; a
//! torn one was promised to nobody. Here: keeping. Not here: what a matter is made of (`matter`), files of them
//! (`matter_table`).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use verifier::hash::tagged;
use verifier::origin::Origin;
use verifier::time::Time;

use super::matter::{Matter, MatterWire};
use crate::document::value::Digest;
use crate::journal::{Io, Journal, Position, RealIo, RecordRef, Settings, sync_parent};
use crate::office::record::time;
use crate::refusal::{Refusal, RefusalCode};

/// The folder in the office's.
pub(crate) const REGISTER: &str = "register";
/// Bytes of a template's text.
pub const TEMPLATE_TEXT_MAX: usize = 64 << 10;
/// Templates, every version counted.
pub const TEMPLATES_MAX: usize = 2_000;
/// Matters of the catalogue.
pub const MATTERS_MAX: usize = 20_000;
/// Characters of an id, a version, a name.
const NAME_MAX: usize = 200;

const TEMPLATE: u8 = 1;
const MATTER: u8 = 2;
const SETTINGS: u8 = 3;

/// A template that is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Template {
    /// Its id, as commitments name it.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What people call it.
    pub name: String,
    /// SHA-256 of its text: UTF-8 in NFC, lines ended by LF.
    pub digest: Digest,
    /// Whether its conditions have to be measurable: then a catch-all is refused.
    pub measurable: bool,
    /// Since when it is registered.
    pub at: Time,
    /// Who registered it.
    pub by: String,
}

/// A template that is to be registered.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct NewTemplate {
    pub id: String,
    pub version: String,
    pub name: String,
    pub measurable: bool,
    pub text: String,
}

/// The open register.
pub(crate) struct Register {
    journal: Journal,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    templates: BTreeMap<(String, String), (Template, Position)>,
    matters: BTreeMap<String, Matter>,
    refuse_unknown: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateWire {
    id: String,
    version: String,
    name: String,
    measurable: bool,
    text: String,
    at: u64,
    by: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsWire {
    refuse_unknown_templates: bool,
    at: u64,
    by: String,
}

/// Names the office in its register's journal.
pub(crate) fn register_id(origin: &Origin) -> [u8; 32] {
    *tagged("xinzheng/register-id/v1", &[origin.as_str().as_bytes()]).as_bytes()
}

/// The digest of a template's text.
pub fn template_digest(text: &str) -> String {
    let digest = Sha256::digest(canonical(text));
    digest.iter().fold("sha256:".to_string(), |text, byte| text + &format!("{byte:02x}"))
}

/// The bytes that a digest is of: without a byte order mark, lines ended by LF.
fn canonical(text: &str) -> String {
    text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n")
}

impl Register {
    /// Opens the register of the office in `office`; makes it where there is none. Tells what a crash left.
    pub(crate) fn open(
        office: &Path,
        origin: &Origin,
        reports: &mut Vec<String>,
    ) -> Result<Register, Refusal> {
        let (register, torn) = Self::open_on(&office.join(REGISTER), &register_id(origin), Arc::new(RealIo))?;
        reports.extend(torn);
        Ok(register)
    }

    pub(super) fn open_on(
        dir: &Path,
        office: &[u8; 32],
        io: Arc<dyn Io>,
    ) -> Result<(Register, Option<String>), Refusal> {
        let settings = Settings { io, ..Settings::new(*office) };
        make(dir, &settings)?;
        let (mut state, mut wrong) = (State::default(), None);
        let (journal, report) = Journal::open(dir, settings, &mut |record| {
            if wrong.is_none() {
                wrong = state.replay(record).err().map(|what| format!("record {}: {what}", record.sequence));
            }
        })?;
        if let Some(what) = wrong {
            return Err(Refusal::new(RefusalCode::JournalDamaged).at(REGISTER).found(what));
        }
        let torn = report.torn.map(|torn| {
            format!("register: {} bytes that a crash left behind the last record were set aside", torn.bytes)
        });
        Ok((Register { journal, state: Mutex::new(state) }, torn))
    }

    /// Registers a version of a template; durable when this returns. The same again is fine.
    ///
    /// # Errors
    /// `TEMPLATE_BAD`, `TEMPLATE_THERE`, `LIST_LONG`.
    pub(super) fn add_template(
        &self,
        new: &NewTemplate,
        at: Time,
        by: &str,
    ) -> Result<(Template, bool), Refusal> {
        for (name, text) in [("id", &new.id), ("version", &new.version), ("name", &new.name)] {
            let long = text.chars().count() > NAME_MAX || text.trim() != *text;
            if long || verifier::characters::check_line(text).is_err() {
                return Err(Refusal::new(RefusalCode::TemplateBad).at(format!("/{name}")).found(name));
            }
        }
        let text = canonical(&new.text);
        let bad = |what: String| Refusal::new(RefusalCode::TemplateBad).at("/text").found(what);
        if text.trim().is_empty() || text.len() > TEMPLATE_TEXT_MAX {
            return Err(bad(format!("1…{TEMPLATE_TEXT_MAX} bytes")));
        }
        verifier::characters::check(&text).map_err(|what| bad(what.to_string()))?;
        let wire = TemplateWire {
            id: new.id.clone(),
            version: new.version.clone(),
            name: new.name.clone(),
            measurable: new.measurable,
            text,
            at: at.seconds(),
            by: by.to_string(),
        };
        let template = wire.template().map_err(|what| bad(what.clone()))?;
        // Held until the record is on disk: of two at once the second finds the first.
        let mut state = self.state();
        let key = (template.id.clone(), template.version.clone());
        if let Some((known, _)) = state.templates.get(&key) {
            let same = known.digest == template.digest
                && known.measurable == template.measurable
                && known.name == template.name;
            return match same {
                true => Ok((known.clone(), false)),
                false => {
                    let found = format!("{} {}", template.id, template.version);
                    Err(Refusal::new(RefusalCode::TemplateThere).found(found))
                }
            };
        }
        if state.templates.len() >= TEMPLATES_MAX {
            let found = state.templates.len() + 1;
            return Err(Refusal::new(RefusalCode::ListLong).found(found).right(TEMPLATES_MAX));
        }
        let ticket = self.journal.append(TEMPLATE, &json(&wire))?;
        self.journal.wait(ticket)?;
        state.templates.insert(key, (template.clone(), ticket.position()));
        Ok((template, true))
    }

    /// Puts matters into the catalogue, each in place of an earlier one of its code; durable when this returns.
    ///
    /// # Errors
    /// `LIST_LONG`; then none is in.
    pub(super) fn put_matters(&self, matters: &[Matter], at: Time, by: &str) -> Result<u64, Refusal> {
        let mut state = self.state();
        let fresh: Vec<&Matter> =
            matters.iter().filter(|one| state.matters.get(&one.code) != Some(*one)).collect();
        let more = fresh.iter().filter(|one| !state.matters.contains_key(&one.code)).count();
        if state.matters.len() + more > MATTERS_MAX {
            let found = state.matters.len() + more;
            return Err(Refusal::new(RefusalCode::ListLong).found(found).right(MATTERS_MAX));
        }
        let mut last = None;
        for matter in &fresh {
            last = Some(self.journal.append(MATTER, &json(&MatterWire::of(matter, at, by)))?);
        }
        if let Some(ticket) = last {
            self.journal.wait(ticket)?;
        }
        let count = fresh.len() as u64;
        let fresh: Vec<Matter> = fresh.into_iter().cloned().collect();
        state.matters.extend(fresh.into_iter().map(|matter| (matter.code.clone(), matter)));
        Ok(count)
    }

    /// Whether commitments by templates that the office does not know are refused.
    pub(super) fn set_refuse_unknown(&self, refuse: bool, at: Time, by: &str) -> Result<(), Refusal> {
        let mut state = self.state();
        let wire = SettingsWire { refuse_unknown_templates: refuse, at: at.seconds(), by: by.to_string() };
        let ticket = self.journal.append(SETTINGS, &json(&wire))?;
        self.journal.wait(ticket)?;
        state.refuse_unknown = refuse;
        Ok(())
    }

    pub(super) fn refuses_unknown(&self) -> bool {
        self.state().refuse_unknown
    }

    pub(super) fn templates(&self) -> Vec<Template> {
        self.state().templates.values().map(|(template, _)| template.clone()).collect()
    }

    pub(super) fn template(&self, id: &str, version: &str) -> Option<Template> {
        let state = self.state();
        state.templates.get(&(id.to_string(), version.to_string())).map(|(template, _)| template.clone())
    }

    /// A template's text.
    pub(super) fn text(&self, id: &str, version: &str) -> Result<Option<String>, Refusal> {
        let key = (id.to_string(), version.to_string());
        let Some(position) = self.state().templates.get(&key).map(|(_, position)| *position) else {
            return Ok(None);
        };
        let record = self.journal.read(position)?;
        let wire: TemplateWire = serde_json::from_slice(&record.payload)
            .map_err(|error| Refusal::new(RefusalCode::SelfCheckFailed).found(error))?;
        Ok(Some(wire.text))
    }

    pub(super) fn matters(&self) -> Vec<Matter> {
        self.state().matters.values().cloned().collect()
    }

    pub(super) fn matter(&self, code: &str) -> Option<Matter> {
        self.state().matters.get(code).cloned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn replay(&mut self, record: &RecordRef<'_>) -> Result<(), String> {
        let wrong = |error: serde_json::Error| error.to_string();
        match record.kind {
            TEMPLATE => {
                let wire: TemplateWire = serde_json::from_slice(record.payload).map_err(wrong)?;
                let template = wire.template()?;
                let key = (template.id.clone(), template.version.clone());
                match self.templates.insert(key, (template, record.position)) {
                    None => Ok(()),
                    Some(_) => Err("a version of a template stands twice".to_string()),
                }
            }
            MATTER => {
                let wire: MatterWire = serde_json::from_slice(record.payload).map_err(wrong)?;
                let matter = wire.matter().map_err(|refusal| refusal.to_string())?;
                self.matters.insert(matter.code.clone(), matter);
                Ok(())
            }
            SETTINGS => {
                let wire: SettingsWire = serde_json::from_slice(record.payload).map_err(wrong)?;
                self.refuse_unknown = wire.refuse_unknown_templates;
                Ok(())
            }
            kind => Err(format!("kind {kind} is not known")),
        }
    }
}

impl TemplateWire {
    fn template(&self) -> Result<Template, String> {
        Ok(Template {
            id: self.id.clone(),
            version: self.version.clone(),
            name: self.name.clone(),
            digest: Digest::parse(&template_digest(&self.text)).ok_or("no digest")?,
            measurable: self.measurable,
            at: time(self.at),
            by: self.by.clone(),
        })
    }
}

/// An empty register, where there is none.
fn make(dir: &Path, settings: &Settings) -> Result<(), Refusal> {
    let disk = |why: std::io::Error| Refusal::new(RefusalCode::DiskFailed).at(REGISTER).found(why);
    if !dir.is_dir() {
        fs::create_dir_all(dir).and_then(|()| sync_parent(dir)).map_err(disk)?;
    }
    match crate::people::has_segments(dir)? {
        true => Ok(()),
        false => Ok(Journal::create(dir, settings)?),
    }
}

/// What the office writes is always writable.
fn json<T: Serialize>(what: &T) -> Vec<u8> {
    serde_json::to_vec(what).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::testing::{FailingIo, Failure};

    fn new(version: &str, text: &str) -> NewTemplate {
        let (id, name) = ("CN-01".to_string(), "告知承诺书".to_string());
        NewTemplate { id, version: version.into(), name, measurable: true, text: text.into() }
    }

    fn at() -> Time {
        Time::new(1_795_312_800).unwrap()
    }

    fn open(dir: &Path, io: Arc<dyn Io>) -> Result<Register, Refusal> {
        Register::open_on(dir, &[7; 32], io).map(|(register, _)| register)
    }

    #[test]
    fn a_version_never_changes_and_the_digest_is_that_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("register");
        let register = open(&path, Arc::new(RealIo)).unwrap();
        let (one, fresh) = register.add_template(&new("1", "甲\r\n乙"), at(), "A00001").unwrap();
        // printf '甲\n乙' | sha256sum
        assert_eq!(one.digest.as_str(), template_digest("甲\n乙"));
        assert_eq!(
            template_digest("abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(fresh && !register.add_template(&new("1", "\u{feff}甲\n乙"), at(), "A00002").unwrap().1);
        let other = register.add_template(&new("1", "甲\n丙"), at(), "A00002").unwrap_err();
        assert_eq!(other.code(), RefusalCode::TemplateThere);
        register.add_template(&new("2", "甲\n丙"), at(), "A00002").unwrap();
        register.set_refuse_unknown(true, at(), "A00001").unwrap();
        for bad in [new("", "甲"), new(" 3", "甲"), new("3", " \n"), new("3", "\u{202e}甲"), new("3\n", "甲")]
        {
            assert_eq!(register.add_template(&bad, at(), "A").unwrap_err().code(), RefusalCode::TemplateBad);
        }
        let before = register.templates();
        drop(register);
        let register = open(&path, Arc::new(RealIo)).unwrap();
        assert!(register.templates() == before && register.refuses_unknown());
        assert_eq!(register.text("CN-01", "1").unwrap().as_deref(), Some("甲\n乙"));
        assert_eq!(register.text("CN-01", "3").unwrap(), None);
    }

    #[test]
    fn what_was_registered_is_there_after_any_failure() {
        for failure in [Failure::Lost, Failure::Persisted] {
            for step in 0..6 {
                let dir = tempfile::tempdir().unwrap();
                let path = dir.path().join("register");
                drop(open(&path, Arc::new(RealIo)).unwrap());
                let io = Arc::new(FailingIo::sound());
                let register = open(&path, io.clone()).unwrap();
                io.fail_after(step, failure);
                let promised: Vec<String> = (0..4)
                    .map(|n| n.to_string())
                    .filter(|n| register.add_template(&new(n, "甲"), at(), "A").is_ok())
                    .collect();
                drop(register);
                let register = open(&path, Arc::new(RealIo)).unwrap();
                let there: Vec<String> = register.templates().into_iter().map(|one| one.version).collect();
                assert!(promised.iter().all(|n| there.contains(n)), "{promised:?} {there:?}");
                assert!(there.len() <= promised.len() + 1);
            }
        }
    }
}
