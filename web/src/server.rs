//! Starting and stopping: one function builds the server, for `serve`, `demo` and the tests alike.

mod run;

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use notary::office::Office;
use notary::refusal::Refusal;

use crate::api::{self, jobs::Jobs};
use crate::checks::Checks;
use crate::imports::Imports;
use crate::intake::Court;
use crate::metrics::Metrics;
use crate::outer::Gate;
use crate::outgoing::Outgoing;
use crate::rate::Rates;
use crate::sealer::{self, Bell};
use crate::session::Sessions;
use crate::settings::Settings;

/// What every request sees.
pub struct Shared {
    office: Arc<Office>,
    settings: Settings,
    rates: Rates,
    metrics: Metrics,
    gate: Gate,
    ending: AtomicBool,
    sessions: Sessions,
    failure: Mutex<Option<Refusal>>,
    court: Court,
    jobs: Jobs,
    imports: Imports,
    checks: Checks,
    asked: crate::witnessing::Asked,
    anchoring: crate::anchoring::Anchoring,
    waits: crate::keyring_watch::Waits,
}

impl Shared {
    /// What requests see of this office under these settings.
    ///
    /// # Errors
    /// [`ServeError::Io`] if there can be no metrics.
    pub fn new(office: Arc<Office>, settings: Settings) -> Result<Shared, ServeError> {
        let rates = Rates::new(&settings.hourly);
        let metrics = Metrics::new().map_err(|error| ServeError::Io(io::Error::other(error)))?;
        let (gate, ending, failure) = (Gate::default(), AtomicBool::new(false), Mutex::new(None));
        let (court, sessions) = (Court::default(), Sessions::new(settings.session_idle));
        let (jobs, imports) = (Jobs::default(), Imports::default());
        let checks = Checks::default();
        let asked = crate::witnessing::Asked::new(settings.witnesses.clone(), &office);
        let anchoring = crate::anchoring::Anchoring::new(settings.anchors.clone()).remembering(&office);
        Ok(Shared {
            office,
            settings,
            rates,
            metrics,
            gate,
            ending,
            sessions,
            failure,
            court,
            jobs,
            imports,
            checks,
            asked,
            anchoring,
            waits: crate::keyring_watch::Waits::default(),
        })
    }

    /// How this server is to run.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// How often one client may ask.
    pub fn rates(&self) -> &Rates {
        &self.rates
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// The status lists that everything is judged against.
    pub fn court(&self) -> &Court {
        &self.court
    }

    /// Verifications of many.
    pub fn jobs(&self) -> &Jobs {
        &self.jobs
    }

    /// Tables of commitments that are taken in.
    pub fn imports(&self) -> &Imports {
        &self.imports
    }

    /// Checks of many.
    pub fn checks(&self) -> &Checks {
        &self.checks
    }

    /// The witnesses that are asked.
    pub(crate) fn asked(&self) -> &crate::witnessing::Asked {
        &self.asked
    }

    /// With whom the ledger is anchored.
    pub(crate) fn anchoring(&self) -> &crate::anchoring::Anchoring {
        &self.anchoring
    }

    /// What the sealing loop waits for.
    pub(crate) fn waits(&self) -> &crate::keyring_watch::Waits {
        &self.waits
    }

    /// The counters.
    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The counters in the text form of Prometheus, as of now.
    pub(crate) fn metrics_text(&self) -> String {
        self.metrics.text(&self.office, self.rates.refused())
            + &self.asked.metrics(&self.office)
            + &self.anchoring.metrics(&self.office)
            + &crate::keyring_watch::metrics(&self.office, &self.waits)
    }

    /// What requests share before they are routed.
    pub(crate) fn gate(&self) -> &Gate {
        &self.gate
    }

    /// Whether the server has been told to end.
    pub fn is_ending(&self) -> bool {
        self.ending.load(Ordering::SeqCst)
    }

    /// The server is to end: no new requests are welcome.
    pub(crate) fn end(&self) {
        self.ending.store(true, Ordering::SeqCst);
        api::jobs::give_up(self);
        self.imports.give_up(self.office.now());
        self.checks.give_up();
    }

    /// Who is signed in.
    pub fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// With other limits of requests.
    #[cfg(test)]
    pub(crate) fn gated(mut self, gate: Gate) -> Shared {
        self.gate = gate;
        self
    }

    /// The folder that everybody may read.
    pub fn ledger_dir(&self) -> PathBuf {
        self.office.dir().join("ledger")
    }

    /// What stopped the sealing, if anything did.
    pub fn failure(&self) -> Option<Refusal> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the first reason.
    pub fn fail(&self, why: Refusal) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
    }
}

/// A server that runs.
pub struct Running {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
    sealer: JoinHandle<()>,
    witnesses: Option<JoinHandle<()>>,
    anchors: Option<JoinHandle<()>>,
    bell: Arc<Bell>,
    shared: Data<Shared>,
}

/// How it goes with the targets of anchors, for whoever has no page: other commands of the operator.
#[derive(Clone)]
pub struct Targets(Data<Shared>);

impl Targets {
    /// Each target of the settings, as the officers' page shows it.
    #[must_use]
    pub fn views(&self) -> Vec<crate::anchoring::AnchoringView> {
        self.0.anchoring().views(self.0.office())
    }
}

/// Why a server ended or did not begin.
#[derive(Debug)]
pub enum ServeError {
    /// The network or the system.
    Io(io::Error),
    /// The office has stopped: a failed write, a disagreement before signing.
    Office(Refusal),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeError::Io(error) => error.fmt(f),
            ServeError::Office(refusal) => refusal.fmt(f),
        }
    }
}

impl std::error::Error for ServeError {}

/// Starts answering on the listener and sealing beside it.
///
/// # Errors
/// [`ServeError::Io`] if the server can't be started.
pub fn start(office: Arc<Office>, listener: TcpListener, settings: Settings) -> Result<Running, ServeError> {
    let address = listener.local_addr().map_err(ServeError::Io)?;
    let metrics = settings.metrics_listen.map(TcpListener::bind).transpose().map_err(ServeError::Io)?;
    let metrics_address = metrics.as_ref().and_then(|listener| listener.local_addr().ok());
    let shared = Data::new(Shared::new(office, settings)?);
    let bell = Arc::new(Bell::default());
    let (tell, told) = mpsc::channel();
    let server = {
        let (shared, bell) = (shared.clone(), bell.clone());
        thread::Builder::new()
            .name("web".into())
            .spawn(move || run::serve(&shared, &bell, listener, metrics, &tell))
    }
    .map_err(ServeError::Io)?;
    // The thread tells its handle once it serves, or ends with the error.
    let Ok(handle) = told.recv() else {
        return Err(ServeError::Io(
            ended(server).err().unwrap_or_else(|| io::Error::other("the server did not start")),
        ));
    };
    let sealer = {
        let (shared, bell, handle) = (shared.clone(), bell.clone(), handle.clone());
        thread::Builder::new().name("sealer".into()).spawn(move || {
            if let Err(why) = sealer::run(shared.office(), &bell, shared.metrics(), shared.waits()) {
                shared.fail(why);
                drop(handle.stop(true));
            }
        })
    }
    .map_err(ServeError::Io)?;
    let witnesses = ask_witnesses(&shared, &bell, &handle)?;
    let anchors = anchor(&shared, &bell, &handle)?;
    Ok(Running { address, metrics_address, handle, server, sealer, witnesses, anchors, bell, shared })
}

/// The loop that asks witnesses, where the settings name some.
fn ask_witnesses(
    shared: &Data<Shared>,
    bell: &Arc<Bell>,
    handle: &ServerHandle,
) -> Result<Option<JoinHandle<()>>, ServeError> {
    if shared.settings().witnesses.is_empty() {
        return Ok(None);
    }
    let outgoing = Outgoing::new(&shared.settings().outgoing)
        .map_err(|error| ServeError::Io(io::Error::other(error)))?;
    let (shared, bell, handle) = (shared.clone(), bell.clone(), handle.clone());
    let thread = thread::Builder::new().name("witnesses".into()).spawn(move || {
        if let Err(why) = crate::witnessing::run(shared.office(), &bell, shared.asked(), &outgoing) {
            shared.fail(why);
            drop(handle.stop(true));
        }
    });
    thread.map(Some).map_err(ServeError::Io)
}

/// The loop that has the ledger anchored, where the settings name somebody.
fn anchor(
    shared: &Data<Shared>,
    bell: &Arc<Bell>,
    handle: &ServerHandle,
) -> Result<Option<JoinHandle<()>>, ServeError> {
    if shared.settings().anchors.is_empty() {
        return Ok(None);
    }
    let outgoing = Outgoing::new(&shared.settings().outgoing)
        .map_err(|error| ServeError::Io(io::Error::other(error)))?;
    let clients = crate::anchoring::clients(shared.office(), &shared.settings().anchors);
    let (shared, bell, handle) = (shared.clone(), bell.clone(), handle.clone());
    let thread = thread::Builder::new().name("anchors".into()).spawn(move || {
        let (office, anchoring) = (shared.office(), shared.anchoring());
        if let Err(why) = crate::anchoring::run(office, &bell, anchoring, &outgoing, clients) {
            shared.fail(why);
            drop(handle.stop(true));
        }
    });
    thread.map(Some).map_err(ServeError::Io)
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How it goes with the targets of anchors, for as long as it runs.
    #[must_use]
    pub fn targets(&self) -> Targets {
        Targets(self.shared.clone())
    }

    /// Where the metrics are, if they have a listener of their own.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Asks it to end, as a signal does: requests under way are finished, and what they wait for is sealed at once.
    pub fn stop(&self) {
        self.shared.end();
        self.bell.hurry();
        drop(self.handle.stop(true));
    }

    /// Waits until it has ended: by a signal, by [`Running::stop`], or because the office has stopped. Then closes other
    /// ways in with `close`, and last seals what was accepted, unless the office seals by command only.
    ///
    /// # Errors
    /// What ended it, if not a signal.
    pub fn wait(self, close: impl FnOnce()) -> Result<(), ServeError> {
        let served = ended(self.server);
        close();
        self.bell.ring();
        let sealed = self.sealer.join();
        for loop_beside in [self.witnesses, self.anchors].into_iter().flatten() {
            // It holds nothing that has to be finished; if it failed, the failure says so.
            let _ = loop_beside.join();
        }
        if let Some(why) = self.shared.failure() {
            return Err(ServeError::Office(why));
        }
        sealed.map_err(|_| ServeError::Io(io::Error::other("the sealing thread ended")))?;
        served.map_err(ServeError::Io)
    }
}

fn ended(server: JoinHandle<io::Result<()>>) -> io::Result<()> {
    server.join().unwrap_or_else(|_| Err(io::Error::other("the server's thread ended")))
}
