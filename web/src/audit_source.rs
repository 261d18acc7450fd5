//! A published ledger over HTTP, for an audit from outside: the files of spec page `ledger.md` by GET, nothing else.
//!
//! ```text
//! HttpSource::open(outgoing, "https://credit.example.gov.cn")?      its ledger is at /ledger/, or the address is the ledger's
//! source.read("tile/entries/x001/234", 8704)?                       GET …/ledger/tile/entries/x001/234
//! ```
//!
//! Whoever answers is not trusted. Every answer is bounded in size and time, nothing is followed, and what came is for
//! the audit to judge. What fails by chance (no connection, 429, 5xx, a tile that the head says must be there and a
//! cache does not have yet) is tried again with growing pauses; all pauses of an audit together are bounded too, and so is
//! the time of all its slow answers. Reads that follow each other (tiles, batches) are made ahead in threads. Not here:
//! what is right (`notary::audit`).

mod ahead;
#[cfg(test)]
mod tests;

use std::io::Read as _;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use notary::audit::{LedgerSource, MOMENT};
use notary::disk::DiskError;
use notary::ledger::{PUBLIC_LIST, PUBLIC_LIST_BYTES};
use verifier::limits::{NOTE_BYTES, TILE_WIDTH};
use verifier::tile::{TileLevel, TilePath};
use verifier::time::parse_decimal;

use crate::outgoing::{Bounds, Outgoing, OutgoingError};
use ahead::Ahead;

/// Tries of one file.
const TRIES: u32 = 5;
/// Tries that may fail in one audit, so that a server that fails now and then can't draw it out for ever.
const FAILURES_MAX: u32 = 200;
/// Until a connection stands.
const CONNECT_TIME: Duration = Duration::from_secs(10);
/// What leads GZIP data (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How long a ledger may take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The first pause between tries of a file; each next one is twice as long.
    pub pause: Duration,
    /// Until a file is there.
    pub file: Duration,
    /// What takes longer than this is slow.
    pub slow: Duration,
    /// All slow requests of one audit together: then it ends, and a later one goes on where it was.
    pub slow_in_all: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            pause: Duration::from_millis(250),
            file: Duration::from_secs(30),
            slow: Duration::from_secs(5),
            slow_in_all: Duration::from_secs(600),
        }
    }
}

/// Why a ledger could not be read over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceTrouble {
    /// `SOURCE_UNREACHABLE` where a later try may go better, else `SOURCE_BAD`.
    pub code: &'static str,
    /// The file, below the ledger.
    pub path: String,
    /// For people, in English.
    pub why: String,
}

/// A ledger behind an address.
pub struct HttpSource {
    get: Arc<Get>,
    ahead: Ahead,
}

/// What a thread needs to read a file.
struct Get {
    outgoing: Outgoing,
    base: String,
    pace: Pace,
    /// Entries, as the checkpoint read last says: only a hint about what must be there.
    size: AtomicU64,
    failures: AtomicU32,
    /// Milliseconds that went into slow requests.
    slow: AtomicU64,
    trouble: Mutex<Option<SourceTrouble>>,
}

impl HttpSource {
    /// The ledger at this address, or below it at `/ledger`.
    ///
    /// # Errors
    /// [`SourceTrouble`] if neither answers with a checkpoint.
    pub fn open(outgoing: Outgoing, url: &str) -> Result<HttpSource, SourceTrouble> {
        HttpSource::with_pace(outgoing, url, Pace::default())
    }

    /// The same at another pace.
    ///
    /// # Errors
    /// [`SourceTrouble`].
    pub fn with_pace(outgoing: Outgoing, url: &str, pace: Pace) -> Result<HttpSource, SourceTrouble> {
        let url = url.trim_end_matches('/');
        let get = |base: String| Get {
            outgoing: outgoing.clone(),
            base,
            pace,
            size: AtomicU64::new(0),
            failures: AtomicU32::new(0),
            slow: AtomicU64::new(0),
            trouble: Mutex::new(None),
        };
        for base in [format!("{url}/ledger"), url.to_owned()] {
            let get = get(base);
            match get.file("checkpoint", NOTE_BYTES) {
                // A page for everything is no checkpoint.
                Ok(Some(bytes)) if !bytes.starts_with(b"<") => {
                    let get = Arc::new(get);
                    return Ok(HttpSource { ahead: Ahead::new(Arc::clone(&get)), get });
                }
                Ok(_) | Err(DiskError::TooLarge { .. }) => {}
                Err(_) => return Err(get.trouble().unwrap_or_else(|| nothing("checkpoint"))),
            }
        }
        Err(nothing("checkpoint"))
    }

    /// Before the ledger is audited once more: nothing that was fetched ahead then is given out now, and what failed then
    /// does not count any more.
    pub fn begin(&self) {
        self.ahead.forget();
        self.get.failures.store(0, Ordering::Relaxed);
        self.get.slow.store(0, Ordering::Relaxed);
        *self.get.trouble.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// The address of the ledger.
    pub fn base(&self) -> &str {
        &self.get.base
    }

    /// Why the last read failed.
    pub fn trouble(&self) -> Option<SourceTrouble> {
        self.get.trouble()
    }
}

fn nothing(path: &str) -> SourceTrouble {
    let why = "there is no checkpoint of a ledger at this address".to_owned();
    SourceTrouble { code: "SOURCE_BAD", path: path.to_owned(), why }
}

impl LedgerSource for HttpSource {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        match self.ahead.take(path, limit) {
            Some(bytes) => Ok(Some(bytes)),
            None => self.get.file(path, limit),
        }
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, DiskError> {
        if folder != "public" && !folder.starts_with("public/") {
            return Ok(None);
        }
        let list = self.get.file(&format!("{folder}/{PUBLIC_LIST}"), PUBLIC_LIST_BYTES)?;
        let is_name = |line: &&str| line.len() == 3 && line.bytes().all(|b| b.is_ascii_digit());
        Ok(list.map(|bytes| {
            String::from_utf8_lossy(&bytes).lines().filter(is_name).map(str::to_owned).collect()
        }))
    }

    fn wait(&self) -> bool {
        sleep(MOMENT);
        true
    }
}

impl Get {
    /// The file; `None` where there is none.
    fn file(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        let mut pause = self.pace.pause;
        for left in (0..TRIES).rev() {
            let (found, trouble) = self.once(path, limit)?;
            let Some(trouble) = trouble else {
                if path == "checkpoint" {
                    self.remember_size(found.as_deref());
                }
                return Ok(found);
            };
            let failures = self.failures.fetch_add(1, Ordering::Relaxed);
            if left > 0 && failures < FAILURES_MAX {
                sleep(pause);
                pause *= 2;
                continue;
            }
            // What does not come after all these tries is not there.
            if trouble.code.is_empty() {
                return Ok(None);
            }
            return Err(self.fails(trouble));
        }
        Ok(None)
    }

    /// One try: the file, or why another try may go better (with an empty code where the file is only missing).
    fn once(&self, path: &str, limit: usize) -> Result<(Option<Vec<u8>>, Option<SourceTrouble>), DiskError> {
        let trouble = |code, why: String| SourceTrouble { code, path: path.to_owned(), why };
        let again = |why: String| Ok((None, Some(trouble("SOURCE_UNREACHABLE", why))));
        if self.slow.load(Ordering::Relaxed) > millis(self.pace.slow_in_all) {
            let why = format!("it answers too slowly: {:?} went into slow answers", self.pace.slow_in_all);
            return Err(self.fails(trouble("SOURCE_UNREACHABLE", why)));
        }
        let bounds = Bounds { bytes: limit as u64, connect: CONNECT_TIME, whole: self.pace.file };
        let began = Instant::now();
        let answer = self.outgoing.get(&format!("{}/{path}", self.base), &bounds);
        let took = began.elapsed();
        if took > self.pace.slow {
            self.slow.fetch_add(millis(took), Ordering::Relaxed);
        }
        let answer = match answer {
            Ok(answer) => answer,
            Err(OutgoingError::TooLarge) => {
                return Err(DiskError::TooLarge { path: path.to_owned(), limit });
            }
            Err(error) => {
                return match error {
                    OutgoingError::Host
                    | OutgoingError::Connection { .. }
                    | OutgoingError::TimedOut
                    | OutgoingError::Protocol { .. } => again(error.to_string()),
                    _ => Err(self.fails(trouble("SOURCE_BAD", error.to_string()))),
                };
            }
        };
        match answer.status() {
            200 => Ok((Some(unpacked(path, answer.into_body(), limit)?), None)),
            404 | 410 if self.must_be_there(path) => Ok((None, Some(trouble("", String::new())))),
            404 | 410 => Ok((None, None)),
            status @ (408 | 425 | 429 | 500..) => again(format!("the server answers {status}")),
            status => Err(self.fails(trouble("SOURCE_BAD", format!("the server answers {status}")))),
        }
    }

    fn fails(&self, trouble: SourceTrouble) -> DiskError {
        let SourceTrouble { path, why, .. } = trouble.clone();
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble);
        DiskError::Failed { path, step: "GET", why }
    }

    fn trouble(&self) -> Option<SourceTrouble> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember_size(&self, checkpoint: Option<&[u8]>) {
        let text = checkpoint.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
        let size = text.lines().nth(1).and_then(parse_decimal).unwrap_or(0);
        self.size.store(size, Ordering::Relaxed);
    }

    /// Whether the head says that there is this full tile or bundle: then a 404 is a cache that lags behind, or a finding.
    fn must_be_there(&self, path: &str) -> bool {
        let Some(n) = full_tile(path) else { return false };
        n.1.checked_add(1)
            .and_then(|n| n.checked_mul(TILE_WIDTH))
            .is_some_and(|end| end <= self.size.load(Ordering::Relaxed).checked_shr(8 * n.0).unwrap_or(0))
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// Level and number of a full tile, or of a full bundle, which is as level 0.
fn full_tile(path: &str) -> Option<(u32, u64)> {
    let tile = TilePath::parse(path).ok().filter(|tile| !tile.is_partial())?;
    Some(match tile.level() {
        TileLevel::Entries => (0, tile.number()),
        TileLevel::Hashes(level) => (u32::from(level), tile.number()),
    })
}

/// Bundles and texts may come compressed from a server that keeps them so. Hashes never do: they may begin with any bytes.
fn unpacked(path: &str, bytes: Vec<u8>, limit: usize) -> Result<Vec<u8>, DiskError> {
    let is_hashes = path.starts_with("tile/") && !path.starts_with("tile/entries/");
    if is_hashes || !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    match GzDecoder::new(&*bytes).take(limit as u64 + 1).read_to_end(&mut plain) {
        Ok(length) if length > limit => Err(DiskError::TooLarge { path: path.to_owned(), limit }),
        Ok(_) => Ok(plain),
        // Not what it seemed: the audit says what is wrong with it.
        Err(_) => Ok(bytes),
    }
}
