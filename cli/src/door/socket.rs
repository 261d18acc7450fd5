//! The door of an office that a server holds: a Unix domain socket, `D/office.sock`, for the owner only.
//!
//! ```text
//! u32be length ‖ JSON request      →
//!                                  ←   u32be length ‖ JSON response          … and again, until one side closes
//! ```
//!
//! Whoever can connect could read the keys' files as well: the socket lies in the office's folder with mode 0600. Its
//! limits keep a broken client from harming the server, not an attacker.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use notary::office::Office;
use serde::Serialize;
use serde::de::DeserializeOwned;
use web::Targets;

use super::{Request, Response, anchor, perform};
use crate::codes;
use crate::output::Failure;

/// The socket's name in the office's folder.
pub const NAME: &str = "office.sock";
/// The folder in which it is made, before it is moved to its place with its mode set.
const CRADLE: &str = ".door";
/// The largest message: a file of 64 MiB in base64, and room around it.
const MESSAGE_MAX: usize = 96 << 20;
/// Commands that are served at a time. More wait.
const AT_A_TIME: usize = 8;
/// A command that says nothing for so long is given up.
const IDLE: Duration = Duration::from_secs(60);
/// The office may take so long for one request: a large batch, a status list.
const ANSWER: Duration = Duration::from_secs(600);
/// Requests under way when the server ends may take so long.
const LAST: Duration = Duration::from_secs(30);

/// A command's end.
pub struct Client {
    stream: UnixStream,
}

impl Client {
    /// Connects to the server that holds this office; `None` if there is none.
    pub fn connect(dir: &Path) -> Result<Option<Client>, Failure> {
        let stream = match UnixStream::connect(dir.join(NAME)) {
            Ok(stream) => stream,
            // No socket, one that nobody listens to any more, or a path that no socket can have.
            Err(_) => return Ok(None),
        };
        stream.set_read_timeout(Some(ANSWER)).map_err(broken)?;
        stream.set_write_timeout(Some(IDLE)).map_err(broken)?;
        Ok(Some(Client { stream }))
    }

    /// Asks the server.
    pub fn ask(&mut self, request: &Request) -> Result<Response, Failure> {
        send(&mut self.stream, request).map_err(broken)?;
        receive(&mut self.stream).map_err(broken)?.ok_or_else(|| broken(io::ErrorKind::UnexpectedEof.into()))
    }
}

/// The server's end. Dropping it closes the door and waits for requests under way.
pub struct Door {
    path: PathBuf,
    open: Arc<Open>,
}

struct Open {
    office: Arc<Office>,
    /// Only the service knows how it goes with them.
    targets: Targets,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Commands that are connected.
    inside: usize,
    /// Requests under way.
    busy: usize,
    /// No request is taken any more.
    closed: bool,
}

impl Door {
    /// Opens the door of an office that this process holds.
    pub fn open(office: Arc<Office>, targets: Targets) -> io::Result<Door> {
        let path = office.dir().join(NAME);
        let listener = bind(office.dir(), &path)?;
        let open = Arc::new(Open { office, targets, state: Mutex::default(), changed: Condvar::new() });
        let keeper = open.clone();
        thread::Builder::new().name("door".into()).spawn(move || keep(&listener, &keeper))?;
        Ok(Door { path, open })
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        // Without its name nobody comes in any more. If it can't be removed, the next start removes it.
        let _ = fs::remove_file(&self.path);
        let mut state = self.open.state();
        state.closed = true;
        drop(self.open.changed.wait_timeout_while(state, LAST, |state| state.busy > 0));
    }
}

/// Makes the socket where nobody else can reach it, sets its mode, and moves it to its place over what an earlier
/// server left. The lock on the office says that there is no other server.
fn bind(dir: &Path, path: &Path) -> io::Result<UnixListener> {
    let cradle = dir.join(CRADLE);
    let _ = fs::remove_dir_all(&cradle);
    fs::DirBuilder::new().mode(0o700).create(&cradle)?;
    let young = cradle.join("s");
    let listener = UnixListener::bind(&young)?;
    fs::set_permissions(&young, fs::Permissions::from_mode(0o600))?;
    fs::rename(&young, path)?;
    fs::remove_dir(&cradle)?;
    Ok(listener)
}

fn keep(listener: &UnixListener, open: &Arc<Open>) {
    loop {
        let stream = match listener.accept() {
            Ok((stream, _)) => stream,
            Err(_) => {
                // Too many open files, say: it may get better.
                thread::sleep(Duration::from_millis(100));
                continue;
            }
        };
        open.come_in();
        let inside = open.clone();
        let spawned = thread::Builder::new().name("door".into()).spawn(move || {
            // A connection that breaks concerns only the command at its other end.
            let _ = attend(stream, &inside);
            inside.change(|state| state.inside -= 1);
        });
        if spawned.is_err() {
            open.change(|state| state.inside -= 1);
        }
    }
}

impl Open {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, how: impl FnOnce(&mut State)) {
        how(&mut self.state());
        self.changed.notify_all();
    }

    /// Waits for room.
    fn come_in(&self) {
        let full = |state: &mut State| state.inside >= AT_A_TIME;
        let mut state = self.changed.wait_while(self.state(), full).unwrap_or_else(PoisonError::into_inner);
        state.inside += 1;
    }

    /// Takes a request, unless the door is closed.
    fn begin(&self) -> bool {
        let mut state = self.state();
        state.busy += usize::from(!state.closed);
        !state.closed
    }
}

fn attend(mut stream: UnixStream, open: &Open) -> io::Result<()> {
    stream.set_read_timeout(Some(IDLE))?;
    stream.set_write_timeout(Some(IDLE))?;
    while let Some(request) = receive::<Request>(&mut stream)? {
        if !open.begin() {
            break;
        }
        let mut response = perform(&open.office, request);
        if let Response::Anchor(anchor::Told::List { going, .. }) = &mut response {
            *going = open.targets.views().into_iter().map(anchor::GoingShown::from).collect();
        }
        let sent = send(&mut stream, &response);
        open.change(|state| state.busy -= 1);
        sent?;
    }
    Ok(())
}

fn send(stream: &mut impl Write, message: &impl Serialize) -> io::Result<()> {
    let json = serde_json::to_vec(message)?;
    let length = u32::try_from(json.len()).ok().filter(|_| json.len() <= MESSAGE_MAX);
    stream.write_all(&length.ok_or(io::ErrorKind::InvalidInput)?.to_be_bytes())?;
    stream.write_all(&json)?;
    stream.flush()
}

/// The next message; `None` if the other side has closed.
fn receive<T: DeserializeOwned>(stream: &mut impl Read) -> io::Result<Option<T>> {
    let mut length = [0; 4];
    match stream.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let length = u32::from_be_bytes(length) as usize;
    if length > MESSAGE_MAX {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut json = Vec::new();
    if stream.take(length as u64).read_to_end(&mut json)? != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(serde_json::from_slice(&json)?))
}

fn broken(error: io::Error) -> Failure {
    Failure::could_not(
        codes::DOOR_FAILED,
        format!("与服务的连接中断：{error}；请查看服务，再执行一次（重复提交不会重复签发）"),
        format!("the connection to the server broke: {error}; look at the server, then run the command again (nothing is issued twice)"),
    )
    .at(NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_as_it_was_sent_and_an_oversized_one_is_not_read() {
        let mut wire = Vec::new();
        send(&mut wire, &Request::Seal).unwrap();
        send(&mut wire, &Request::Settle { numbers: vec!["1".into()] }).unwrap();
        let mut read = wire.as_slice();
        assert!(matches!(receive(&mut read).unwrap(), Some(Request::Seal)));
        assert!(matches!(receive(&mut read).unwrap(), Some(Request::Settle { numbers }) if numbers == ["1"]));
        assert!(receive::<Request>(&mut read).unwrap().is_none());
        let cut = &wire[..wire.len() - 1];
        let mut read = cut;
        assert!(receive::<Request>(&mut read).is_ok() && receive::<Request>(&mut read).is_err());
        assert!(receive::<Request>(&mut [0xff_u8; 8].as_slice()).is_err());
        assert!(receive::<Request>(&mut [0, 0, 0, 2, b'{', b'}'].as_slice()).is_err());
    }
}
