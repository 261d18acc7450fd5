//! The process of a program that signs, and lines to and from it.
//!
//! Its standard input, output and error are the far ends of sockets, not pipes: on a socket this end has time limits
//! and can be shut, whatever the program or a child of its own does with the other. The process gets the folder `/`, a
//! process group of its own (an interrupt from a terminal is for the office to heed), and of the environment only what
//! [`PASSED_ON`] names.

use std::io::{ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::config::Program;
use super::fault::SignerFault;
use super::wire::{ANSWER_MAX, Answer, Ask, tidy};

/// What of the office's environment the program sees. A passphrase of the office's is never among it.
const PASSED_ON: [&str; 6] = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ"];
/// Bytes kept of what the program wrote to its standard error; the newest.
const SAID_MAX: usize = 4096;
/// Characters of it that are shown.
const SAID_SHOWN: usize = 1000;
/// A program that is no longer needed may take so long to end by itself.
const GRACE: Duration = Duration::from_millis(500);
/// Between two looks at whether it has.
const LOOK: Duration = Duration::from_millis(10);

/// A program that runs.
pub(super) struct Child {
    process: std::process::Child,
    to: UnixStream,
    from: UnixStream,
    errors: UnixStream,
    said: Arc<Mutex<Vec<u8>>>,
    /// What has come and was not read as an answer.
    received: Vec<u8>,
}

impl Child {
    /// Starts it.
    pub(super) fn start(program: &Program) -> Result<Child, SignerFault> {
        let start = |why: std::io::Error| SignerFault::Start(why.to_string());
        let (to, input) = UnixStream::pair().map_err(start)?;
        let (from, output) = UnixStream::pair().map_err(start)?;
        let (errors, far_errors) = UnixStream::pair().map_err(start)?;
        let said = Arc::new(Mutex::new(Vec::new()));
        let (listens, heard) = (errors.try_clone().map_err(start)?, Arc::clone(&said));
        let stdio = |stream: UnixStream| Stdio::from(OwnedFd::from(stream));
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).current_dir("/").process_group(0).env_clear();
        command.envs(PASSED_ON.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command.stdin(stdio(input)).stdout(stdio(output)).stderr(stdio(far_errors));
        let mut process = command.spawn().map_err(start)?;
        // This process's copies of the far ends go with the command: now only the program holds them.
        drop(command);
        let thread = thread::Builder::new().name("signer".into()).spawn(move || keep_end(listens, &heard));
        if let Err(why) = thread {
            let _ = process.kill();
            let _ = process.wait();
            return Err(start(why));
        }
        Ok(Child { process, to, from, errors, said, received: Vec::new() })
    }

    /// Whether it still runs and has said nothing unasked.
    pub(super) fn is_quiet(&mut self) -> bool {
        let mut byte = [0];
        let waits = self.from.set_nonblocking(true).is_ok()
            && matches!(self.from.read(&mut byte), Err(why) if why.kind() == ErrorKind::WouldBlock);
        self.from.set_nonblocking(false).is_ok() && waits && self.received.is_empty()
    }

    /// Asks, and takes one answer, both before the deadline.
    pub(super) fn ask(&mut self, ask: &Ask, deadline: Instant) -> Result<Answer, SignerFault> {
        let line = ask.line();
        let mut rest = line.as_slice();
        while !rest.is_empty() {
            self.to.set_write_timeout(Some(left(deadline)?)).map_err(|_| SignerFault::Died)?;
            match self.to.write(rest) {
                Ok(0) => return Err(SignerFault::Died),
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(why) => over(why.kind())?,
            }
        }
        let line = self.line(deadline)?;
        // A second answer that is already here belongs to nothing; one that comes later is found before the next question.
        match self.received.is_empty() {
            true => Answer::parse(&line),
            false => Err(SignerFault::Garbage),
        }
    }

    /// One line from the program, whole before the deadline however slowly it comes.
    fn line(&mut self, deadline: Instant) -> Result<Vec<u8>, SignerFault> {
        loop {
            if let Some(end) = self.received.iter().position(|byte| *byte == b'\n') {
                let rest = self.received.split_off(end + 1);
                let mut line = std::mem::replace(&mut self.received, rest);
                line.pop();
                return Ok(line);
            }
            if self.received.len() >= ANSWER_MAX {
                return Err(SignerFault::TooLong);
            }
            let mut bytes = [0; ANSWER_MAX];
            self.from.set_read_timeout(Some(left(deadline)?)).map_err(|_| SignerFault::Died)?;
            match self.from.read(&mut bytes) {
                Ok(0) => return Err(SignerFault::Died),
                Ok(read) => self.received.extend_from_slice(bytes.get(..read).unwrap_or_default()),
                Err(why) => over(why.kind())?,
            }
        }
    }

    /// Ends it at once; what it last wrote to its standard error.
    pub(super) fn end(mut self) -> String {
        self.close();
        let _ = self.process.kill();
        self.wait();
        // What it wrote before it ended may still be on its way. A child of its own may hold that open for ever.
        self.hear_out();
        let said = self.said();
        self.bury();
        said
    }

    /// The end of what it wrote to its standard error so far.
    pub(super) fn said(&self) -> String {
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        tidy(&String::from_utf8_lossy(&said), SAID_SHOWN)
    }

    /// Lets it end by itself, which it is to do when its standard input ends; ends it if it does not.
    pub(super) fn leave(mut self) {
        self.close();
        self.wait();
        let _ = self.process.kill();
        self.bury();
    }

    /// Waits a little for its end.
    fn wait(&mut self) {
        let until = Instant::now() + GRACE;
        while Instant::now() < until && matches!(self.process.try_wait(), Ok(None)) {
            thread::sleep(LOOK);
        }
    }

    /// Waits a little until all that it wrote has been read.
    fn hear_out(&self) {
        let until = Instant::now() + GRACE;
        // The thread that reads holds the other reference until its end.
        while Instant::now() < until && Arc::strong_count(&self.said) > 1 {
            thread::sleep(LOOK);
        }
    }

    fn close(&self) {
        let _ = self.to.shutdown(Shutdown::Both);
        let _ = self.from.shutdown(Shutdown::Both);
    }

    /// Takes note of its end, so that the system can forget it. A process that can't be ended, in the middle of a call to
    /// a device, say, is waited for elsewhere.
    fn bury(mut self) {
        let _ = self.errors.shutdown(Shutdown::Both);
        if matches!(self.process.try_wait(), Ok(None)) {
            let mut process = self.process;
            let _ = thread::Builder::new().name("signer".into()).spawn(move || process.wait());
        }
    }
}

/// Keeps the end of what is written there.
fn keep_end(mut from: UnixStream, said: &Mutex<Vec<u8>>) {
    let mut bytes = [0; 1024];
    while let Ok(read) = from.read(&mut bytes) {
        let Some(new) = bytes.get(..read).filter(|new| !new.is_empty()) else { return };
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        said.extend_from_slice(new);
        let old = said.len().saturating_sub(SAID_MAX);
        said.drain(..old);
    }
}

fn left(deadline: Instant) -> Result<Duration, SignerFault> {
    match deadline.saturating_duration_since(Instant::now()) {
        Duration::ZERO => Err(SignerFault::Silent),
        left => Ok(left),
    }
}

/// What a failed read or write means; nothing where it is only to be tried again, until the deadline.
fn over(kind: ErrorKind) -> Result<(), SignerFault> {
    match kind {
        ErrorKind::Interrupted | ErrorKind::WouldBlock | ErrorKind::TimedOut => Ok(()),
        _ => Err(SignerFault::Died),
    }
}
