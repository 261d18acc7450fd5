//! Two real instances witness each other, with the real programs: certificates rise to L3, whichever is killed at
//! whatever moment; and a copy of an office that goes another way is stopped, caught and proven.
//!
//! ```text
//! a ⇄ b     each the witness of the other, over plain HTTP to 127.0.0.1 as the settings allow
//! a → a'    a copy with the same keys signs another batch: b keeps the proof, a' stops
//! ```

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use e2e::documents;
use e2e::programs::{quick_keys, run, run_json, xinzheng, xinzheng_verify};
use serde_json::Value;

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often one of the two is killed.
const KILLS: u64 = 4;

/// An office with a port of its own.
struct Instance {
    folder: PathBuf,
    name: &'static str,
    port: u16,
    server: Option<Child>,
}

impl Instance {
    fn new(folder: &Path, name: &'static str) -> Instance {
        // A port that is free now; the two have to know each other's before they run.
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
        let instance = Instance { folder: folder.to_path_buf(), name, port, server: None };
        let origin = format!("{name}.example.gov.cn/ledger");
        run_json(xinzheng().args(["init", &instance.dir(), "--origin", &origin, "--name", name, "--json"]));
        run_json(xinzheng().args(["witness", &instance.dir(), "init", "--json"]));
        quick_keys(&folder.join(name).join("keys"));
        instance
    }

    fn dir(&self) -> String {
        self.at(self.name)
    }

    fn at(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn keys(&self) -> (String, String) {
        let ledger = run_json(xinzheng().args(["key", &self.dir(), "list", "--json"]));
        let ledger =
            ledger["keys"].as_array().expect("keys").iter().find(|key| key["use"] == "ledger").cloned();
        let witness = run_json(xinzheng().args(["witness", &self.dir(), "list", "--json"]));
        (text(&ledger.expect("a ledger key")["key"]), text(&witness["key"]))
    }

    /// Each is told of the other: as a ledger to witness, in the trust bundle, and in the settings.
    fn knows(&self, other: &Instance) {
        let (ledger, witness) = other.keys();
        run_json(xinzheng().args(["witness", &self.dir(), "add", &ledger, "--json"]));
        let words = ["trust", &self.dir(), "add", "witness", &witness, "--organisation"];
        let token = format!("{}.example.gov.cn", other.name);
        run_json(xinzheng().args(words).args([token.as_str(), "--name", other.name, "--json"]));
        let port = other.port;
        let settings = format!(
            "listen = \"127.0.0.1:{}\"\nlog = \"none\"\n[outgoing]\nplain_http = [\"127.0.0.1:{port}\"]\n[witness]\nask = [\"{witness} http://127.0.0.1:{port}/witness\"]\n",
            self.port
        );
        std::fs::write(self.at(&format!("{}.toml", self.name)), settings).expect("settings");
        let bundle = self.at(&format!("{}.xzt", self.name));
        run_json(xinzheng().args(["trust", &self.dir(), "export", &bundle, "--force", "--json"]));
    }

    fn serve(&mut self) {
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

    fn kill(&mut self) {
        if let Some(mut child) = self.server.take() {
            child.kill().expect("a child can be killed");
            child.wait().expect("its end");
        }
    }

    fn submit(&self, n: u32) -> String {
        let file = self.at(&format!("{}-{n}.json", self.name));
        std::fs::write(&file, documents::commitment(n)).expect("a document");
        let said = run_json(xinzheng().args(["submit", &self.dir(), &file, "--json"]));
        text(&said["accepted"][0]["number"])
    }

    /// The level that a stranger finds in the certificate as it is now.
    fn level(&self, number: &str) -> u64 {
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
    fn seen_of(&self, other: &Instance) -> u64 {
        let shown = run_json(xinzheng().args(["witness", &self.dir(), "list", "--json"]));
        assert_eq!(text(&shown["ledgers"][0]["origin"]), format!("{}.example.gov.cn/ledger", other.name));
        shown["ledgers"][0]["size"].as_u64().expect("a size")
    }

    fn rises(&self, number: &str) {
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

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_string()
}

fn copy(from: &Path, to: &Path) {
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

#[test]
fn two_instances_witness_each_other_and_a_fork_is_caught() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut a, mut b) = (Instance::new(folder.path(), "a"), Instance::new(folder.path(), "b"));
    a.knows(&b);
    b.knows(&a);
    a.serve();
    b.serve();
    let (first, second) = (a.submit(1), b.submit(1));
    a.rises(&first);
    b.rises(&second);

    // Killed at whatever moment and started again, each catches up with the other.
    for kill in 0..KILLS {
        let n = 10 + u32::try_from(kill).unwrap_or(0);
        let (mine, yours) = (a.submit(n), b.submit(n));
        std::thread::sleep(Duration::from_millis(37 * kill));
        if kill % 2 == 0 {
            a.kill()
        } else {
            b.kill()
        };
        if kill % 2 == 0 {
            a.serve()
        } else {
            b.serve()
        };
        a.rises(&mine);
        b.rises(&yours);
    }

    // A copy of a with its keys, from which another batch is signed.
    a.kill();
    copy(&folder.path().join("a"), &folder.path().join("copy"));
    a.serve();
    let mut next = 30;
    // At a power of two a proof of consistency does not tell where it leads from.
    let seen = loop {
        let honest = a.submit(next);
        a.rises(&honest);
        next += 1;
        let seen = b.seen_of(&a);
        if !seen.is_power_of_two() {
            break seen;
        }
    };
    a.kill();
    std::fs::rename(folder.path().join("a"), folder.path().join("honest")).expect("a name");
    std::fs::rename(folder.path().join("copy"), folder.path().join("a")).expect("a name");
    for n in 100.. {
        let file = a.at("other.json");
        std::fs::write(&file, documents::commitment(n)).expect("a document");
        let said = run_json(xinzheng().args(["submit", &a.dir(), &file, "--json"]));
        if said["accepted"][0]["index"].as_u64().expect("an index") + 1 >= seen {
            break;
        }
    }
    a.serve();
    // It stops by itself as soon as b shows what it has seen.
    let began = Instant::now();
    let ended = loop {
        let child = a.server.as_mut().expect("a server");
        if let Some(status) = child.try_wait().expect("its state") {
            break status;
        }
        assert!(began.elapsed() < PATIENCE, "the copy serves on");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(!ended.success(), "{ended}");
    let shown = run_json(xinzheng().args(["witness", &b.dir(), "list", "--json"]));
    assert_eq!(text(&shown["forks"][0]["origin"]), "a.example.gov.cn/ledger", "{shown}");
    // Anybody can check the proof, with the bundle alone.
    let proof = format!("{}/{}", b.dir(), text(&shown["forks"][0]["file"]));
    let bundle = a.at("a.xzt");
    let said = run(xinzheng_verify(folder.path()).args(["--trust", &bundle, "--json", &proof]));
    assert_eq!(said.code, Some(1), "{said}");
    let fork = said.json()["forks"][0].clone();
    assert_eq!(
        (text(&fork["code"]).as_str(), &fork["proven"]),
        ("LEDGER_FORKED", &Value::Bool(true)),
        "{said}"
    );
    assert_ne!(fork["heads"][0]["root"], fork["heads"][1]["root"]);

    b.kill();
    for dir in ["b", "honest"] {
        let audited = run(xinzheng().args(["audit", &a.at(dir), "--json"]));
        assert_eq!(audited.code, Some(0), "{dir}: {audited}");
    }
}
