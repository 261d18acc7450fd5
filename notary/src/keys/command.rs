//! A key that another program signs with: a hardware module, a signing server. The private key is never here.
//!
//! ```text
//! D/keys/ledger-1f0c44a2.vkey      name and public key, as for every key; no .pem file beside it, but
//! D/keys/ledger-1f0c44a2.signer    {"format":"xinzheng/signer/v1","vkey":"…","argv":["/usr/local/bin/hsm-sign","--slot","0"]}
//!
//! → {"type":"hello","protocol":"xinzheng/signer/v1","name":"credit.example.gov.cn/ledger"}
//! ← {"type":"hello","protocol":"xinzheng/signer/v1","public":"oty…="}
//! → {"type":"sign","id":1,"message":"Y3JlZGl0…"}
//! ← {"type":"signature","id":1,"signature":"…"}        or {"type":"error","id":1,"text":"the token is locked"}
//! ```
//!
//! The program is started when it is first needed, and stays. Lines go to its standard input and come from its standard
//! output, each an object of JSON, each answered once before the next is sent. `KEYS.md` describes it for whoever writes
//! such a program. Nothing that it says is believed: every answer has a greatest length and a time, and a signature is
//! verified before it is used. A program that dies, hangs or babbles is ended and started anew, after a rest that
//! doubles; until then whoever wants a signature is refused at once, by name. Ed25519 signs the same bytes alike each
//! time, so asking again can't make two different promises.
//!
//! Here: who is asked when, how it goes, and [`enroll`], which brings such a key in. Not here: the file (`config`), the process (`child`), the lines (`wire`).

#[cfg(unix)]
mod child;
mod config;
mod fault;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use verifier::key::{KeyName, VerifierKey};
use verifier::limits::NOTE_TEXT_BYTES;

#[cfg(unix)]
use child::Child;
pub use config::SIGNER_EXTENSION;
use config::{Config, File};
pub use fault::SignerFault;
use wire::Ask;

use super::folder::{create, make_folder};
use super::{KeyError, KeyUse, Signer};

/// Bytes of a message: the longest note, and what a cosignature puts before one.
const MESSAGE_MAX: usize = NOTE_TEXT_BYTES + 4096;
/// After a failure the program is not asked again for so long, doubled with each further one,
const REST_MIN: Duration = Duration::from_secs(1);
/// up to this.
const REST_MAX: Duration = Duration::from_secs(30);

/// A key that another program signs with.
pub struct CommandSigner {
    config: Config,
    talk: Mutex<Talk>,
    health: Mutex<Health>,
}

/// What a program signs for trial when it is brought in. No text of an office begins like this.
const TRIAL: &[u8] = b"xinzheng/signer/v1 trial\n";

/// Brings a key in that an external program has: starts the program that `file` names, asks for its public key, has it sign a
/// trial, and writes `<use>-<key id>.signer` and `.vkey` into `dir`. Gives the `.signer` file that is in `dir` then. The same
/// key brought in again is left as it is.
///
/// # Errors
/// [`KeyError::SignerFile`], [`KeyError::SignerFailed`], [`KeyError::SignerRefused`], [`KeyError::WrongUse`],
/// [`KeyError::Exists`], [`KeyError::Missing`], [`KeyError::Io`]. Then nothing is in the folder that names the key.
pub fn enroll(dir: &Path, key_use: KeyUse, name: &KeyName, file: &Path) -> Result<PathBuf, KeyError> {
    let (file, program) = File::read(file)?;
    let failed = |fault| error(name, fault);
    let public = first_public(&program, name).map_err(failed)?;
    let wrong = |what| KeyError::WrongUse { name: name.to_string(), what };
    if !key_use.fits(name, key_use.kind()) {
        return Err(wrong("such things by its name"));
    }
    let vkey = VerifierKey::new(name.clone(), key_use.kind(), &public)
        .map_err(|_| wrong("anything: its public key is of no use"))?;
    let text = file.of(&vkey)?;
    let config = Config { key_use, vkey, program };
    let signer = CommandSigner { config, talk: Mutex::default(), health: Mutex::default() };
    signer.sign(TRIAL)?;
    let stem = format!("{}-{}", key_use.as_str(), signer.key().id());
    let path = dir.join(&stem).with_extension(SIGNER_EXTENSION);
    let known = CommandSigner::open(&path).is_ok_and(|known| known.key() == signer.key());
    if !known {
        make_folder(dir)?;
        // A crash between the two leaves a .signer that nothing names; bringing the key in again says that it is there.
        create(&path, &text, 0o600)?;
        create(&path.with_extension("vkey"), format!("{}\n", signer.key().encode()).as_bytes(), 0o644)?;
    }
    Ok(path)
}

/// The public key that a program says it has.
#[cfg(unix)]
fn first_public(program: &config::Program, name: &KeyName) -> Result<[u8; 32], SignerFault> {
    let mut child = Child::start(program)?;
    let answer = child.ask(&Ask::hello(name), Instant::now() + program.start_within);
    let public = answer.and_then(wire::Answer::public);
    child.leave();
    public
}

#[cfg(not(unix))]
fn first_public(_: &config::Program, _: &KeyName) -> Result<[u8; 32], SignerFault> {
    Err(SignerFault::Start("external programs are not supported on this system".to_string()))
}

fn error(name: &KeyName, fault: SignerFault) -> KeyError {
    let name = name.to_string();
    match fault {
        SignerFault::Refused(text) => KeyError::SignerRefused { name, text },
        fault => KeyError::SignerFailed { name, fault },
    }
}

/// The program and the conversation with it. Held while it is asked: one question at a time.
#[derive(Default)]
struct Talk {
    #[cfg(unix)]
    child: Option<Child>,
    last_id: u64,
    failures_in_a_row: u32,
    rests_until: Option<Instant>,
}

#[derive(Default)]
struct Health {
    running: bool,
    starts: u64,
    signed: u64,
    failures: u64,
    failing_since: Option<Instant>,
    last: Option<SignerFault>,
    said: String,
}

/// How it goes with an external program, for pages and metrics. Looking never waits for the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerHealth {
    /// The program's path, without its arguments.
    pub program: String,
    /// Whether it was started and has not been ended.
    pub running: bool,
    /// How often it was started.
    pub starts: u64,
    /// Signatures that it gave and that verify.
    pub signed: u64,
    /// Failures so far.
    pub failures: u64,
    /// For how long it has failed, with no success since.
    pub failing_for: Option<Duration>,
    /// The last failure.
    pub last: Option<SignerFault>,
    /// The end of what it wrote to its standard error: at most 1,000 characters, without control characters.
    pub said: String,
}

impl CommandSigner {
    /// Reads a `.signer` file and the `.vkey` file beside it. Starts nothing.
    ///
    /// # Errors
    /// [`KeyError::SignerFile`], [`KeyError::Damaged`], [`KeyError::Missing`], [`KeyError::Io`].
    pub fn open(file: &Path) -> Result<CommandSigner, KeyError> {
        let config = Config::read(file)?;
        Ok(CommandSigner { config, talk: Mutex::default(), health: Mutex::default() })
    }

    /// What it signs.
    pub fn key_use(&self) -> KeyUse {
        self.config.key_use
    }

    /// Starts the program, if it does not run, and has it name its key, so that a fault shows now.
    ///
    /// # Errors
    /// [`KeyError::SignerFailed`], [`KeyError::SignerRefused`].
    fn ready(&self) -> Result<(), KeyError> {
        self.ask(None).map(|_| ()).map_err(|fault| error(self.config.vkey.name(), fault))
    }

    /// One question, from the start of the program if need be to the verified answer.
    fn ask(&self, message: Option<&[u8]>) -> Result<[u8; 64], SignerFault> {
        let mut talk = self.talk.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(left) = talk.rests_until.and_then(|until| until.checked_duration_since(Instant::now()))
            && !left.is_zero()
        {
            let last = self.health().last.clone();
            return Err(last.unwrap_or(SignerFault::Died));
        }
        let outcome = self.exchange(&mut talk, message);
        match &outcome {
            Ok(_) => {
                (talk.failures_in_a_row, talk.rests_until) = (0, None);
                let mut health = self.health();
                health.failing_since = None;
                health.signed += u64::from(message.is_some());
            }
            Err(fault) => {
                let rest = REST_MIN.saturating_mul(1 << talk.failures_in_a_row.min(16)).min(REST_MAX);
                talk.failures_in_a_row = talk.failures_in_a_row.saturating_add(1);
                talk.rests_until = Some(Instant::now() + rest);
                if !matches!(fault, SignerFault::Refused(_)) {
                    self.end(&mut talk);
                }
                let mut health = self.health();
                #[cfg(unix)]
                if let Some(child) = &talk.child {
                    health.said = child.said();
                }
                health.failures += 1;
                health.failing_since.get_or_insert_with(Instant::now);
                health.last = Some(fault.clone());
            }
        }
        outcome
    }

    #[cfg(unix)]
    fn exchange(&self, talk: &mut Talk, message: Option<&[u8]>) -> Result<[u8; 64], SignerFault> {
        // One that died while nobody asked is started again without further ado; one that spoke unasked as well, for
        // what it said might be taken for the next answer.
        if talk.child.as_mut().is_some_and(|child| !child.is_quiet()) {
            self.end(talk);
        }
        if talk.child.is_none() {
            let child = Child::start(&self.config.program)?;
            {
                let mut health = self.health();
                health.running = true;
                health.starts += 1;
            }
            let child = talk.child.insert(child);
            let deadline = Instant::now() + self.config.program.start_within;
            let hello = child.ask(&Ask::hello(self.config.vkey.name()), deadline)?.public()?;
            if hello != *self.config.vkey.public() {
                return Err(SignerFault::OtherKey);
            }
        }
        let (Some(message), Some(child)) = (message, talk.child.as_mut()) else { return Ok([0; 64]) };
        if message.len() > MESSAGE_MAX {
            return Err(SignerFault::Refused("the message is too long".to_string()));
        }
        talk.last_id += 1;
        let deadline = Instant::now() + self.config.program.sign_within;
        let answer = child.ask(&Ask::sign(talk.last_id, message), deadline)?;
        let signature = answer.signature(talk.last_id)?;
        match self.config.vkey.verifies(message, &signature) {
            true => Ok(signature),
            false => Err(SignerFault::SignatureBad),
        }
    }

    #[cfg(not(unix))]
    fn exchange(&self, _: &mut Talk, _: Option<&[u8]>) -> Result<[u8; 64], SignerFault> {
        Err(SignerFault::Start("external programs are not supported on this system".to_string()))
    }

    /// Ends the program, whatever it does.
    fn end(&self, talk: &mut Talk) {
        #[cfg(unix)]
        if let Some(child) = talk.child.take() {
            let said = child.end();
            let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
            (health.running, health.said) = (false, said);
        }
        #[cfg(not(unix))]
        let _ = talk;
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Signer for CommandSigner {
    fn key(&self) -> &VerifierKey {
        &self.config.vkey
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        self.ask(Some(message)).map_err(|fault| error(self.config.vkey.name(), fault))
    }

    fn unlock(&self) -> Result<(), KeyError> {
        self.ready()
    }

    fn health(&self) -> Option<SignerHealth> {
        let health = CommandSigner::health(self);
        Some(SignerHealth {
            program: self.config.program.path.display().to_string(),
            running: health.running,
            starts: health.starts,
            signed: health.signed,
            failures: health.failures,
            failing_for: health.failing_since.map(|since| since.elapsed()),
            last: health.last.clone(),
            said: health.said.clone(),
        })
    }
}

impl Drop for CommandSigner {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(child) = self.talk.get_mut().unwrap_or_else(PoisonError::into_inner).child.take() {
            child.leave();
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
