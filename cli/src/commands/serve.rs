//! `serve`: the service, and the door for other commands.

use std::net::TcpListener;
use std::sync::Arc;

use notary::office::Office;
use serde::Serialize;
use web::{ServeError, Settings};

use crate::args::{Common, Serve};
use crate::codes;
use crate::door::reach::open;
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::{console, files, passphrase, say};

#[derive(Serialize)]
struct Listening<'a> {
    listening: String,
    origin: &'a str,
}

pub fn run(args: &Serve, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    files::office(&args.dir)?;
    let listener = TcpListener::bind(&args.listen).map_err(|error| cannot_listen(&args.listen, &error))?;
    let passphrase = passphrase::existing(common.passphrase_file.as_deref(), lang)?;
    let office = Arc::new(open(&args.dir, &passphrase)?);
    report(&office);
    let origin = office.origin().to_string();
    let served = serve(office, listener, |address| {
        let text = say!(
            lang,
            "{origin} 正在服务：http://{address}/（Ctrl-C 停止）\n",
            "{origin} is served at http://{address}/ (Ctrl-C stops it)\n"
        );
        let listening = Listening { listening: format!("http://{address}"), origin: &origin };
        Answer::new(&listening, text).show(common.json);
    });
    ended(served, common, lang)
}

/// The last word after [`serve`]. A machine had its object on standard output; why the service ended goes to standard error.
pub fn ended(served: Result<(), Failure>, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    match served {
        Ok(()) => Ok(Answer::silent(lang.pick("\n已停止\n", "\nstopped\n"))),
        Err(failure) if common.json => {
            console::err(&(failure.json(lang) + "\n"));
            Ok(Answer::silent("").exit(failure.exit_code()))
        }
        Err(failure) => Err(failure),
    }
}

/// Serves until a signal comes or the office stops. `ready` is told the address as soon as it answers.
pub fn serve(
    office: Arc<Office>,
    listener: TcpListener,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), Failure> {
    let running = web::start(office.clone(), listener, Settings { signals: true, ..Settings::default() })
        .map_err(broken)?;
    #[cfg(unix)]
    let door = crate::door::socket::Door::open(office).map_err(|error| {
        // Without a door the service does its work; other commands are told OFFICE_BUSY.
        console::err(&format!("office.sock: {error}\n"));
    });
    #[cfg(not(unix))]
    let door = office;
    ready(running.address());
    running.wait(|| drop(door)).map_err(broken)
}

/// What opening found and repaired, for the operator.
pub fn report(office: &Office) {
    for line in office.reports() {
        console::err(&format!("{line}\n"));
    }
}

/// The address can't be listened on.
pub fn cannot_listen(address: &str, error: &std::io::Error) -> Failure {
    Failure::could_not(
        codes::LISTEN_FAILED,
        format!("不能在此地址提供服务：{error}；请换一个端口"),
        format!("can't listen there: {error}; choose another port"),
    )
    .at(address)
}

fn broken(error: ServeError) -> Failure {
    match error {
        ServeError::Io(error) => Failure::could_not(
            codes::SERVE_FAILED,
            format!("服务中断：{error}"),
            format!("the service ended: {error}"),
        ),
        ServeError::Office(refusal) => refusal.into(),
    }
}
