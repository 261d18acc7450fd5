//! Offices that run: the real program on a port of its own, told of others as its witnesses.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::documents;
use crate::programs::{quick_keys, run, run_json, xinzheng, xinzheng_verify};

/// Long enough for the slowest machine; nothing waits for it to pass.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// An office with a port of its own.
pub struct Instance {
    /// The folder that its own lies in, with its bundle, its settings and what is made for it.
    pub folder: PathBuf,
    /// Its name, and the beginning of its ledger's.
    pub name: &'static str,
    /// Where it listens while it serves.
    pub port: u16,
    /// The process that serves.
    pub server: Option<Child>,
}

impl Instance {
    /// A new office, and a witness, with quickly opened keys.
    pub fn new(folder: &Path, name: &'static str) -> Instance {
        // A port that is free now; the two have to know each other's before they run.
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
        let instance = Instance { folder: folder.to_path_buf(), name, port, server: None };
        let origin = format!("{name}.example.gov.cn/ledger");
        run_json(xinzheng().args(["init", &instance.dir(), "--origin", &origin, "--name", name, "--json"]));
        run_json(xinzheng().args(["witness", &instance.dir(), "init", "--json"]));
        quick_keys(&folder.join(name).join("keys"));
        instance
    }

    /// Its folder.
    pub fn dir(&self) -> String {
        self.at(self.name)
    }

    /// A place beside its folder.
    pub fn at(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// The keys of its ledger and of its witness, as vkeys.
    pub fn keys(&self) -> (String, String) {
        let ledger = run_json(xinzheng().args(["key", &self.dir(), "list", "--json"]));
        let ledger =
            ledger["keys"].as_array().expect("keys").iter().find(|key| key["use"] == "ledger").cloned();
        let witness = run_json(xinzheng().args(["witness", &self.dir(), "list", "--json"]));
        (text(&ledger.expect("a ledger key")["key"]), text(&witness["key"]))
    }

    /// Told of the other: as a ledger to witness, in the trust bundle, and in the settings.
    pub fn knows(&self, other: &Instance) {
        let (ledger, witness) = other.keys();
        run_json(xinzheng().args(["witness", &self.dir(), "add", &ledger, "--json"]));
        self.trusts(&witness, other.name);
        let port = other.port;
        self.settle(&format!(
            "[outgoing]\nplain_http = [\"127.0.0.1:{port}\"]\n[witness]\nask = [\"{witness} http://127.0.0.1:{port}/witness\"]\n"
        ));
    }

    /// A witness of another organisation goes into the trust bundle; the bundle is written beside the office, `NAME.xzt`.
    pub fn trusts(&self, witness: &str, name: &str) {
        let words = ["trust", &self.dir(), "add", "witness", witness, "--organisation"];
        let token = format!("{name}.example.gov.cn");
        run_json(xinzheng().args(words).args([token.as_str(), "--name", name, "--json"]));
        self.export_bundle();
    }

    /// Writes the trust bundle beside the office, `NAME.xzt`.
    pub fn export_bundle(&self) {
        let bundle = self.at(&format!("{}.xzt", self.name));
        run_json(xinzheng().args(["trust", &self.dir(), "export", &bundle, "--force", "--json"]));
    }

    /// Writes the settings that it serves with: these, and where it listens.
    pub fn settle(&self, more: &str) {
        let settings = format!("listen = \"127.0.0.1:{}\"\nlog = \"none\"\n{more}", self.port);
        std::fs::write(self.at(&format!("{}.toml", self.name)), settings).expect("settings");
    }

    /// `GET`, over plain HTTP: status and body.
    pub fn get(&self, path: &str) -> (u16, Vec<u8>) {
        use std::io::{Read as _, Write as _};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("a request");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("an answer");
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).expect("a status");
        (status, answer.split_off(end))
    }

    /// Serves until it is killed.
    pub fn serve(&mut self) {
        let config = self.at(&format!("{}.toml", self.name));
        let mut command = xinzheng();
        command.args(["serve", &self.dir(), "--config", &config, "--json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a server");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its first line");
        assert!(line.contains("listening"), "{}: {line}", self.name);
        self.server = Some(child);
    }

    /// Kills the process that serves, if there is one, with a signal that nobody can catch.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.server.take() {
            child.kill().expect("a child can be killed");
            child.wait().expect("its end");
        }
    }

    /// Hands a document in and waits for its seal; the certificate's number.
    pub fn submit(&self, n: u32) -> String {
        let file = self.at(&format!("{}-{n}.json", self.name));
        std::fs::write(&file, documents::commitment(n)).expect("a document");
        let said = run_json(xinzheng().args(["submit", &self.dir(), &file, "--json"]));
        text(&said["accepted"][0]["number"])
    }

    /// The level that a stranger finds in the certificate as it is now.
    pub fn level(&self, number: &str) -> u64 {
        let out = self.at(&format!("out-{}", self.name));
        let said = run(xinzheng().args(["certificate", &self.dir(), number, "--out", &out, "--json"]));
        assert_eq!(said.code, Some(0), "{said}");
        let bundle = self.at(&format!("{}.xzt", self.name));
        let file = format!("{out}/{number}.xzc");
        let said =
            run(xinzheng_verify(&self.folder).args(["--trust", &bundle, "--no-status", "--json", &file]));
        let result = said.json()["results"][0].clone();
        assert_eq!((said.code, text(&result["verdict"]).as_str()), (Some(0), "valid"), "{said}");
        result["level"].as_u64().expect("a level")
    }

    /// Entries under the last checkpoint of the other's ledger that was cosigned here.
    pub fn seen_of(&self, other: &Instance) -> u64 {
        let shown = run_json(xinzheng().args(["witness", &self.dir(), "list", "--json"]));
        assert_eq!(text(&shown["ledgers"][0]["origin"]), format!("{}.example.gov.cn/ledger", other.name));
        shown["ledgers"][0]["size"].as_u64().expect("a size")
    }

    /// Waits until a stranger finds level 3 in the certificate.
    pub fn rises(&self, number: &str) {
        let began = Instant::now();
        while self.level(number) < 3 {
            assert!(began.elapsed() < PATIENCE, "{} {number} stays below L3", self.name);
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The text that a member is.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_string()
}

/// Copies a folder with all that is in it, but no sockets.
pub fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else if from.is_file() {
            std::fs::copy(&from, &to).expect("a copy");
        }
    }
}
