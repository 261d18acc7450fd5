//! Opening an office: take the lock, read the journal, finish what a crash interrupted, or say why not.
//!
//! ```text
//! lock → config → trust → index (its place in the journal) → journal, replayed → vault → no rollback?
//!      → a stage: finish it → the last batch, its checkpoint, the newest lists, erased slots: written again → index caught up
//! ```
//!
//! Every step after the replay may be done twice. Not here: the normal path; it is the same functions (`seal`, `lists`).

use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, RwLock};

use verifier::hash::tagged;
use verifier::origin::Origin;
use verifier::trust::{KeyUse, OfficeKey, TrustBundle};

use super::accept::Fresh;
use super::config::{CONFIG_MAX, Config};
use super::keyring::Keyring;
use super::keys_in_use::InUse;
use super::record::{self, Accepted as Record, Kind};
use super::seal::{STAGE, STAGE_MAX, Stage};
use super::state::State;
use super::trusted::{Trusted, open_by_one_of};
use super::{Clock, Office, SystemClock};
use crate::disk::{Disk, RealDisk};
use crate::index::{self, Identity, Index, Opened};
use crate::journal::{Journal, RealIo, Settings};
use crate::keys::{self, Passphrase, is_example_key};
use crate::ledger::Ledger;
use crate::lock::Lock;
use crate::operator_log::OperatorLog;
use crate::people::People;
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::{Slot, SlotState, Vault};

pub(super) const CONFIG: &str = "office.json";
pub(super) const TRUST: &str = "trust.xzt";
pub(super) const KEYS: &str = "keys";
pub(super) const JOURNAL: &str = "journal";
const INDEX: &str = "index";
/// Version of the index's keys and values; an older index is set aside and made again.
const INDEX_VERSION: u32 = 4;

/// How an office is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// Its clock.
    pub clock: Arc<dyn Clock>,
    /// Whether the published example keys may sign: in `demo` and tests only.
    pub allow_example_keys: bool,
    /// Whether documents dated later than now are accepted: in `demo` and tests only.
    pub allow_later: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), allow_example_keys: false, allow_later: false }
    }
}

impl Office {
    /// Opens the office in `dir`, alone.
    ///
    /// # Errors
    /// `OFFICE_MISSING`, `OFFICE_BUSY`, `OFFICE_CONFIG`, `KEY_PASSPHRASE`, `KEY_DAMAGED`, `EXAMPLE_KEYS`,
    /// `JOURNAL_DAMAGED`, `JOURNAL_BEHIND`, `STAGE_DAMAGED`, and what the ledger finds. Nothing was overwritten then.
    pub fn open(dir: &Path, passphrase: &Arc<Passphrase>, options: OpenOptions) -> Result<Office, Refusal> {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk::open(dir)?);
        Self::open_on(dir, disk, passphrase, options)
    }

    /// As [`Office::open`], on another disk: for tests that make it fail.
    #[doc(hidden)]
    pub fn open_on(
        dir: &Path,
        disk: Arc<dyn Disk>,
        passphrase: &Arc<Passphrase>,
        options: OpenOptions,
    ) -> Result<Office, Refusal> {
        if !dir.join(CONFIG).is_file() {
            return Err(Refusal::new(RefusalCode::OfficeMissing).at(dir.display().to_string()));
        }
        let lock = Lock::acquire(dir)?;
        let (config, origin, trust_text, trust) = read_files(&*disk, dir)?;
        let keys = Keyring::open(&dir.join(KEYS), passphrase)?;
        if !options.allow_example_keys && keys.all().iter().any(|held| is_example_key(&held.listed.vkey)) {
            return Err(Refusal::new(RefusalCode::ExampleKeys).at(KEYS));
        }
        let now = options.clock.now();
        InUse { keys: own_keys(&trust, &origin), ring: &keys }.unlock(now)?;
        let mut reports = Vec::new();
        let (index, upto) = open_index(&dir.join(INDEX), &origin, &mut reports)?;
        let (journal, state) = replayed(dir, &origin, upto, &mut reports)?;
        let trusted = Trusted::new(trust_text, trust).finished(&*disk, &state, &mut reports)?;
        let in_use = InUse { keys: own_keys(trusted.bundle(), &origin), ring: &keys };
        let vault = Arc::new(Vault::open(&dir.join(JOURNAL), &office_id(&origin), Arc::new(RealIo))?);
        vault.reserve(state.docs.iter().map(|doc| doc.slot + 1).max().unwrap_or(0).max(state.case_slots()));
        refuse_rollback(&*disk, &origin, &in_use, &state)?;
        let (ledger, unapplied) = open_ledger(&disk, &state)?;
        let id = office_id(&origin);
        let clock = || Arc::clone(&options.clock);
        let people = People::open(dir, id, &in_use.of_people(now), clock(), &mut reports)?;
        let operator_log = OperatorLog::open(dir, id, clock(), &mut reports)?;
        super::log_head::refuse_other_log(&operator_log, &state)?;
        let desk = crate::desk::Store::open(dir, &origin, &mut reports)?;
        let register = crate::commitment::Register::open(dir, &origin, &mut reports)?;
        let mut office = Office {
            dir: dir.to_path_buf(),
            config,
            origin,
            clock: clock(),
            people,
            operator_log,
            allow_later: options.allow_later,
            trusted,
            keys,
            disk,
            ledger: RwLock::new(ledger),
            journal,
            vault: Arc::clone(&vault),
            index,
            indexing: Mutex::new(()),
            state: Mutex::new(state),
            sealing: Mutex::new(()),
            left_over: Mutex::default(),
            publishing: Mutex::new(()),
            casework: Mutex::new(()),
            cascading: Mutex::new(()),
            waiting: Condvar::new(),
            stopped: false.into(),
            reports,
            desk,
            cosigned: Mutex::default(),
            anchored: Mutex::default(),
            failing: Mutex::default(),
            witness: std::sync::OnceLock::new(),
            register,
            _lock: lock,
        };
        // A record rests on its key: the slot is on disk before the record is.
        office.journal.before_write(Box::new(move || vault.sync().map_err(std::io::Error::other)));
        office.keep_roots()?;
        office.finish(unapplied)?;
        office.finish_cosigned()?;
        office.finish_anchors()?;
        office.open_witness()?;
        office.mark_lists_of_bad_keys();
        {
            let mut state = office.state();
            state.published = state.head.size;
        }
        office.catch_up(upto)?;
        office.finish_casework()?;
        office.finish_desk()?;
        Ok(office)
    }

    /// Finishes what a crash interrupted.
    fn finish(&mut self, unapplied: bool) -> Result<(), Refusal> {
        if unapplied {
            self.finish_last_batch()?;
        }
        if let Some(bytes) = self.disk.read(STAGE, STAGE_MAX)? {
            let stage = Stage::parse(&bytes)?;
            let batches = self.state().head.batches;
            if stage.batch == batches {
                match self.commit(&stage) {
                    Ok(_) => self.reports.push(format!("batch {}: finished what was staged", stage.batch)),
                    // A rotation needs an open office. Until then no other batch is formed: `seal` goes on with this one.
                    Err(refusal) if refusal.is_of_a_key() => {
                        self.reports.push(format!("batch {}: stays staged: {refusal}", stage.batch));
                        *self.left_over() = Some(stage);
                    }
                    Err(refusal) => return Err(refusal),
                }
            } else if stage.batch.checked_add(1) == Some(batches) {
                self.disk.remove(STAGE)?;
            } else {
                return Err(Refusal::new(RefusalCode::StageDiffers).at(STAGE));
            }
        }
        let lists = self.state().sealed_lists();
        self.write_lists(&self.ledger(), &lists)?;
        let erased: Vec<u64> =
            self.state().docs.iter().filter(|doc| doc.erased).map(|doc| doc.slot).collect();
        for slot in erased.into_iter().map(Slot) {
            if self.vault.state(slot)? != SlotState::Erased {
                self.vault.erase(slot)?;
            }
        }
        Ok(())
    }

    /// The last sealed batch, applied again. What is there with other bytes is refused.
    fn finish_last_batch(&mut self) -> Result<(), Refusal> {
        let Some(last) = self.state().last.clone() else { return Ok(()) };
        let entries: Vec<_> = last.items.iter().map(|item| item.entry).collect();
        let checked = {
            let ledger = self.ledger();
            ledger.second_opinion(ledger.plan(entries)?)?
        };
        if checked.new_head() != self.state().head.ledger() {
            return Err(Refusal::new(RefusalCode::StageDiffers).at("ledger"));
        }
        self.apply(&last.sealed, &last.items, &checked)?;
        self.reports.push(format!("batch {}: finished what was sealed", last.sealed.batch));
        Ok(())
    }

    /// Brings the index up to the journal's end.
    fn catch_up(&self, upto: u64) -> Result<(), Refusal> {
        let mut doc = self.state().docs.partition_point(|doc| doc.sequence <= upto) as u32;
        let mut failed = None;
        self.journal.replay(upto, &mut |record| {
            if record.kind != Kind::Accepted as u8 || failed.is_some() {
                return;
            }
            if let Some((head, _)) = record::unframed::<Record>(record.payload) {
                let commitment = self.rows_of_commitment(doc).map(|rows| rows.map(Box::new));
                let index = |((holder, items), commitment)| {
                    let sequence = record.sequence;
                    self.index_docs(vec![Fresh { doc, sequence, head: &head, holder, commitment, items }])
                };
                failed = self.rows_of(doc).and_then(|rows| Ok((rows, commitment?))).and_then(index).err();
            }
            doc += 1;
        })?;
        failed.map_or(Ok(()), Err)
    }
}

/// A journal behind the published checkpoint is an older copy: signing on from it would fork the ledger.
fn refuse_rollback(
    disk: &dyn Disk,
    origin: &Origin,
    in_use: &InUse<'_>,
    state: &State,
) -> Result<(), Refusal> {
    let Some((checkpoint, note)) = Ledger::published(disk)? else { return Ok(()) };
    // Signed by whichever ledger key it was: retired and compromised ones signed it, too, when it was made.
    let own = in_use.keys.iter().filter(|key| key.usage == KeyUse::Ledger);
    let keys: Vec<_> = own.map(|key| &key.key).collect();
    if note.verify(&keys).is_err() || checkpoint.origin() != origin {
        return Err(Refusal::new(RefusalCode::CheckpointDamaged).at("ledger/checkpoint").found("signature"));
    }
    let head = &state.head;
    let forked = checkpoint.size() == head.size && *checkpoint.root() != head.root;
    match checkpoint.size() > head.size || forked {
        true => Err(Refusal::new(RefusalCode::JournalBehind)
            .at(JOURNAL)
            .found(head.size)
            .right(checkpoint.size())),
        false => Ok(()),
    }
}

/// The ledger at the journal's head; or, where the last batch was sealed and not published, at the head before it.
fn open_ledger(disk: &Arc<dyn Disk>, state: &State) -> Result<(Ledger, bool), Refusal> {
    let published = Ledger::published(&**disk)?.map_or(0, |(checkpoint, _)| checkpoint.size());
    match &state.last {
        Some(last) if published < state.head.size => {
            Ok((Ledger::open(Arc::clone(disk), last.before.ledger())?, true))
        }
        _ => Ok((Ledger::open(Arc::clone(disk), state.head.ledger())?, false)),
    }
}

/// Config and trust bundle, each checked.
pub(super) fn read_files(
    disk: &dyn Disk,
    dir: &Path,
) -> Result<(Config, Origin, String, TrustBundle), Refusal> {
    let missing =
        |name: &str| Refusal::new(RefusalCode::OfficeMissing).at(dir.join(name).display().to_string());
    let config = disk.read(CONFIG, CONFIG_MAX)?.ok_or_else(|| missing(CONFIG))?;
    let config = Config::parse(&config)?;
    let origin =
        config.origin_checked().map_err(|refused| Refusal::new(RefusalCode::OfficeConfig).found(refused))?;
    let bytes = disk.read(TRUST, verifier::limits::TRUST_BYTES)?.ok_or_else(|| missing(TRUST))?;
    let damaged = |what: String| Refusal::new(RefusalCode::TrustDamaged).at(TRUST).found(what);
    let text = String::from_utf8(bytes).map_err(|_| damaged("UTF-8".to_string()))?;
    let listed = keys::list(&dir.join(KEYS))?;
    let roots = listed.into_iter().filter(|key| key.key_use == keys::KeyUse::Root).map(|key| key.vkey);
    let roots: Vec<_> = roots.collect();
    if roots.is_empty() {
        return Err(Refusal::new(RefusalCode::KeyMissing).at(KEYS).found("root"));
    }
    let trust = open_by_one_of(&text, &roots).map_err(|error| damaged(error.to_string()))?;
    if trust.office(&origin).is_none() {
        return Err(damaged("this office is not in it".to_string()));
    }
    Ok((config, origin, text, trust))
}

/// The office's keys by its bundle.
fn own_keys<'a>(trust: &'a TrustBundle, origin: &Origin) -> &'a [OfficeKey] {
    trust.office(origin).map(|office| office.keys.as_slice()).unwrap_or_default()
}

/// Names the office in its journal.
pub(super) fn office_id(origin: &Origin) -> [u8; 32] {
    *tagged("xinzheng/office-id/v1", &[origin.as_str().as_bytes()]).as_bytes()
}

/// The index, a new one where it is damaged, and how far it has come.
fn open_index(
    dir: &Path,
    origin: &Origin,
    reports: &mut Vec<String>,
) -> Result<(Box<dyn Index>, u64), Refusal> {
    let identity = Identity { office: office_id(origin), version: INDEX_VERSION };
    let (index, opened) = index::open(dir, identity)?;
    if let Opened::SetAside { to, why } = opened {
        reports.push(format!("index rebuilt; the damaged one lies in {}: {why}", to.display()));
    }
    let upto = index.upto();
    Ok((Box::new(index), upto))
}

fn replayed(
    dir: &Path,
    origin: &Origin,
    upto: u64,
    reports: &mut Vec<String>,
) -> Result<(Journal, State), Refusal> {
    let settings = Settings::new(office_id(origin)).known_durable(Some(upto).filter(|upto| *upto > 0));
    let mut state = State::new();
    let mut wrong = None;
    let (journal, report) = Journal::open(&dir.join(JOURNAL), settings, &mut |record| {
        if wrong.is_none()
            && let Err(what) = state.replay(record)
        {
            wrong = Some(format!("record {}: {what}", record.sequence));
        }
    })?;
    if wrong.is_none() && state.origin.as_deref() != Some(origin.as_str()) {
        wrong = Some("the journal is of another office".to_string());
    }
    if let Some(what) = wrong {
        return Err(Refusal::new(RefusalCode::JournalDamaged).at(JOURNAL).found(what));
    }
    reports.extend(report.torn.map(|torn| {
        let kept = torn.kept.map(|path| path.display().to_string()).unwrap_or_default();
        format!(
            "{} bytes that a crash left behind the journal's last record were set aside in {kept}",
            torn.bytes
        )
    }));
    Ok((journal, state))
}
