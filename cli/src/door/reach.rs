//! Reaching an office: through the server that holds it, if one runs, else by holding it in this process.

use std::path::Path;
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use notary::keys::Passphrase;
use notary::office::{Office, OpenOptions, SystemClock};

use super::{Request, Response, perform};
use crate::args::Common;
use crate::codes;
use crate::lang::Lang;
use crate::output::Failure;
use crate::{files, passphrase};

/// Another command may hold the office for a moment; it is waited for so long.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries.
const BETWEEN: Duration = Duration::from_millis(50);

/// An office within reach.
pub enum Reach {
    /// Held in this process.
    Here(Box<Office>),
    /// Held by a server.
    #[cfg(unix)]
    There(super::socket::Client),
}

impl Reach {
    /// Reaches the office in this folder. Asks for the passphrase only if it has to hold the office itself.
    ///
    /// # Errors
    /// `OFFICE_BUSY` if another process holds it and does not answer; what opening it finds.
    pub fn new(dir: &Path, common: &Common, lang: Lang) -> Result<Reach, Failure> {
        files::office(dir)?;
        let started = Instant::now();
        let mut passphrase = None;
        loop {
            #[cfg(unix)]
            if let Some(client) = super::socket::Client::connect(dir)? {
                return Ok(Reach::There(client));
            }
            let passphrase = match &mut passphrase {
                Some(known) => known,
                none => none.insert(passphrase::existing(common.passphrase_file.as_deref(), lang)?),
            };
            match open(dir, passphrase) {
                Err(failure) if failure.code() == "OFFICE_BUSY" && started.elapsed() < PATIENCE => {
                    sleep(BETWEEN)
                }
                Err(failure) => return Err(failure),
                Ok(office) => return Ok(Reach::Here(Box::new(office))),
            }
        }
    }

    /// Asks the office.
    ///
    /// # Errors
    /// What the office refused; a broken connection.
    pub fn ask(&mut self, request: Request) -> Result<Response, Failure> {
        let response = match self {
            Reach::Here(office) => perform(office, request),
            #[cfg(unix)]
            Reach::There(client) => client.ask(&request)?,
        };
        match response {
            Response::Failed(failure) => Err(failure),
            response => Ok(response),
        }
    }
}

/// Opens the office for real work: no example keys, no documents from the future.
pub fn open(dir: &Path, passphrase: &Arc<Passphrase>) -> Result<Office, Failure> {
    let options = OpenOptions { clock: Arc::new(SystemClock), allow_example_keys: false, allow_later: false };
    Ok(Office::open(dir, passphrase, options)?)
}

/// The office answered something else than was asked: two versions of this program met.
pub fn unexpected() -> Failure {
    Failure::could_not(
        codes::DOOR_FAILED,
        "服务的回答不是所问的；请让服务与本命令使用同一版本",
        "the server answered something else than was asked; use the same version for both",
    )
}
