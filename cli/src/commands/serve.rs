//! `serve`: the service, and the door for other commands.

use std::net::TcpListener;
use std::sync::Arc;

use notary::office::Office;
use serde::Serialize;
use web::ServeError;
use web::settings::{Settings, SettingsError};

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
    let settings = Settings::read(args.config.as_deref(), variable, &args.flags()).map_err(bad_setting)?;
    let settings = Settings { signals: true, ..settings };
    let listener =
        TcpListener::bind(&settings.listen).map_err(|error| cannot_listen(&settings.listen, &error))?;
    let passphrase = passphrase::existing(common.passphrase_file.as_deref(), lang)?;
    let office = Arc::new(open(&args.dir, &passphrase)?);
    report(&office);
    let pending = office.summary().pending;
    console::err(&super::key::list::at_start(&crate::door::key::listed(&office), pending, &args.dir, lang));
    if let Some(warning) = elsewhere(&settings, &office, lang) {
        console::err(&warning);
    }
    web::log::begin(settings.log);
    let origin = office.origin().to_string();
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    let public = settings.public_address.clone();
    let served = serve(office, listener, settings, |address| {
        let listening = format!("{scheme}://{address}");
        let shown = public.unwrap_or_else(|| listening.clone());
        let text = say!(
            lang,
            "{origin} 正在服务：{shown}/（Ctrl-C 停止）\n",
            "{origin} is served at {shown}/ (Ctrl-C stops it)\n"
        );
        Answer::new(&Listening { listening, origin: &origin }, text).show(common.json);
    });
    ended(served, common, lang)
}

/// The settings in a file, for commands that do what the service does.
pub fn settings_of(file: &std::path::Path) -> Result<Settings, Failure> {
    Settings::read(Some(file), variable, &[]).map_err(bad_setting)
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A warning where the QR codes lead to another host than the address that people use.
fn elsewhere(settings: &Settings, office: &Office, lang: Lang) -> Option<String> {
    let public = settings.public_address.as_deref()?;
    let host = office.host();
    let same = public.split_once("://").is_some_and(|(_, own)| own == host);
    let warning = || {
        say!(
            lang,
            "注意：二维码指向 https://{host}/v，与对外网址 {public} 不同\n",
            "note: the QR codes lead to https://{host}/v, which is not at {public}\n"
        )
    };
    (!same).then(warning)
}

fn bad_setting(error: SettingsError) -> Failure {
    Failure::could_not(codes::SETTINGS_BAD, error.zh, error.en).at(error.at)
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
    settings: Settings,
    ready: impl FnOnce(std::net::SocketAddr),
) -> Result<(), Failure> {
    let running = web::start(office.clone(), listener, settings).map_err(broken)?;
    #[cfg(unix)]
    let door = crate::door::socket::Door::open(office, running.targets()).map_err(|error| {
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
