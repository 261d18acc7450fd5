//! Starting and stopping: one function builds the server, for `serve`, `demo` and the tests alike.

use std::fmt;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App, HttpServer};
use notary::office::Office;
use notary::refusal::Refusal;

use crate::intake::Court;
use crate::rate::Rates;
use crate::routes::routes;
use crate::sealer::{self, Bell};
use crate::settings::Settings;

/// A request's head must be there within this time.
const REQUEST_TIME: Duration = Duration::from_secs(10);
/// An idle connection is kept so long.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// A closing connection may take so long.
const DISCONNECT_TIME: Duration = Duration::from_secs(5);
/// Requests under way when the server stops may take so long, in seconds.
const SHUTDOWN_SECONDS: u64 = 10;
/// No route takes a body; one that comes all the same may have so many bytes.
const BODY_MAX: usize = 1024;
/// Connections at a time, each worker.
const CONNECTIONS: usize = 2_000;
/// Threads that answer.
const WORKERS: usize = 2;

/// What every request sees.
pub struct Shared {
    office: Arc<Office>,
    settings: Settings,
    rates: Rates,
    failure: Mutex<Option<Refusal>>,
    court: Court,
}

impl Shared {
    /// What requests see of this office under these settings.
    pub fn new(office: Arc<Office>, settings: Settings) -> Shared {
        let rates = Rates::new(&settings.hourly);
        Shared { office, settings, rates, failure: Mutex::new(None), court: Court::default() }
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
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
    sealer: JoinHandle<()>,
    bell: Arc<Bell>,
    shared: Data<Shared>,
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
    let signals = settings.signals;
    let shared = Data::new(Shared::new(office, settings));
    let (tell, told) = mpsc::channel();
    let server = {
        let shared = shared.clone();
        thread::Builder::new().name("web".into()).spawn(move || serve(shared, listener, signals, &tell))
    }
    .map_err(ServeError::Io)?;
    // The thread tells its handle once it serves, or ends with the error.
    let Ok(handle) = told.recv() else {
        return Err(ServeError::Io(
            ended(server).err().unwrap_or_else(|| io::Error::other("the server did not start")),
        ));
    };
    let bell = Arc::new(Bell::default());
    let sealer = {
        let (shared, bell, handle) = (shared.clone(), bell.clone(), handle.clone());
        thread::Builder::new().name("sealer".into()).spawn(move || {
            if let Err(why) = sealer::run(shared.office(), &bell) {
                shared.fail(why);
                drop(handle.stop(true));
            }
        })
    }
    .map_err(ServeError::Io)?;
    Ok(Running { address, handle, server, sealer, bell, shared })
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks it to end, as a signal does.
    pub fn stop(&self) {
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

fn serve(
    shared: Data<Shared>,
    listener: TcpListener,
    signals: bool,
    tell: &mpsc::Sender<ServerHandle>,
) -> io::Result<()> {
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(PayloadConfig::new(BODY_MAX))
                .wrap(
                    DefaultHeaders::new()
                        .add(("X-Content-Type-Options", "nosniff"))
                        .add(("Referrer-Policy", "no-referrer")),
                )
                .configure(routes)
        })
        .workers(WORKERS)
        .max_connections(CONNECTIONS)
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(REQUEST_TIME)
        .client_disconnect_timeout(DISCONNECT_TIME)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .listen(listener)?;
        let server = if signals { server } else { server.disable_signals() }.run();
        // Whoever waits for it has gone if this fails; then there is nobody to serve for.
        let _ = tell.send(server.handle());
        server.await
    })
}
