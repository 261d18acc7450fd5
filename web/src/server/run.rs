//! The server itself: its listeners, its threads, and the signals that end it.

use std::future::Future;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, mpsc};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServerHandle, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, FormConfig, JsonConfig, PayloadConfig};
use actix_web::{App, Error, HttpServer};

use super::Shared;
use crate::health::{self, OwnListener};
use crate::limits;
use crate::outer::outer;
use crate::routes::routes;
use crate::sealer::Bell;

/// Connections of those who watch.
const WATCHERS: usize = 64;

/// Serves until it is stopped. `tell` gets the handle once it listens.
pub fn serve(
    shared: &Data<Shared>,
    bell: &Arc<Bell>,
    listener: TcpListener,
    metrics: Option<TcpListener>,
    tell: &mpsc::Sender<ServerHandle>,
) -> io::Result<()> {
    actix_web::rt::System::new().block_on(async move {
        let data = shared.clone();
        let server = HttpServer::new(move || app(data.clone()))
            .workers(shared.settings().workers)
            .max_connections(limits::CONNECTIONS)
            .keep_alive(limits::KEEP_ALIVE)
            .client_request_timeout(limits::HEAD_TIME)
            .client_disconnect_timeout(limits::DISCONNECT_TIME)
            .tls_handshake_timeout(limits::HEAD_TIME)
            .shutdown_timeout(limits::SHUTDOWN_SECONDS)
            .disable_signals();
        let server = match &shared.settings().tls {
            Some(tls) => server.listen_rustls_0_23(listener, tls.config())?,
            None => server.listen(listener)?,
        };
        let server = server.run();
        if shared.settings().signals {
            let signal = signal()?;
            let (shared, bell, handle) = (shared.clone(), bell.clone(), server.handle());
            actix_web::rt::spawn(async move {
                signal.await;
                shared.end();
                bell.hurry();
                handle.stop(true).await;
            });
        }
        if let Some(listener) = metrics {
            actix_web::rt::spawn(watched(shared.clone(), listener)?);
        }
        // Whoever waits for it has gone if this fails; then there is nobody to serve for.
        let _ = tell.send(server.handle());
        server.await
    })
}

/// A listener for those who watch the server. It ends with the thread.
fn watched(shared: Data<Shared>, listener: TcpListener) -> io::Result<Server> {
    let app = move || {
        App::new()
            .app_data(shared.clone())
            .app_data(OwnListener)
            .wrap(from_fn(outer))
            .configure(health::configure)
    };
    let server = HttpServer::new(app).workers(1).disable_signals().max_connections(WATCHERS);
    Ok(server.client_request_timeout(limits::HEAD_TIME).listen(listener)?.run())
}

/// Every route with what is around it. Whole bodies are bounded by `limits`; the readers of forms and JSON only must not
/// be narrower than that.
fn app(
    shared: Data<Shared>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let most = usize::try_from(limits::BODY_BYTES_MAX).unwrap_or(usize::MAX);
    App::new()
        .app_data(shared)
        .app_data(PayloadConfig::new(most))
        .app_data(JsonConfig::default().limit(most))
        .app_data(FormConfig::default().limit(most))
        .wrap(from_fn(outer))
        .configure(routes)
}

/// Ends when the process is asked to end: SIGTERM, or Ctrl-C. Both let requests under way finish.
#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()>> {
    use actix_web::rt::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        let (one, other) = (std::pin::pin!(terminate.recv()), std::pin::pin!(interrupt.recv()));
        futures_util::future::select(one, other).await;
    })
}

/// Ends when the process is asked to end.
#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Where no signal can be had nothing but the end of the process ends it.
        if actix_web::rt::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    })
}
