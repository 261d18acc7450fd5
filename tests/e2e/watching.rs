//! Whoever watches a ledger from outside, with the real programs: outages are waited for, and an office that comes back with
//! another history, an older one, or a status list that hides a change ends the watch with the finding.
//!
//! ```text
//! office ──HTTP──► xinzheng audit URL --trust b.xzt --state s.json --watch      clean, clean, … (killed, started again) … clean
//! copy   ──HTTP──►                                                             SPLIT_VIEW, exit 1, and s.xzf for anybody to check
//! ```

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use e2e::documents;
use e2e::programs::{quick_keys, run, run_json, xinzheng, xinzheng_verify};

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(120);

/// An office behind an address, and who watches it.
struct Watched {
    folder: tempfile::TempDir,
    port: u16,
    server: Option<Child>,
    watcher: Option<Child>,
    documents: u32,
}

impl Drop for Watched {
    fn drop(&mut self) {
        for mut child in [self.server.take(), self.watcher.take()].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Watched {
    /// An office with a certificate and a status list, served and watched.
    fn new() -> Watched {
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
        let folder = tempfile::tempdir().expect("a folder");
        let mut watched = Watched { folder, port, server: None, watcher: None, documents: 0 };
        let office = watched.at("office");
        let words = ["--origin", "credit.example.gov.cn/ledger", "--name", "N", "--json"];
        run_json(xinzheng().args(["init", &office]).args(words));
        quick_keys(&watched.path("office").join("keys"));
        run_json(xinzheng().args(["trust", &office, "export", &watched.at("b.xzt"), "--json"]));
        let settings = format!("listen = \"127.0.0.1:{port}\"\nlog = \"none\"\n");
        fs::write(watched.path("office.toml"), settings).expect("settings");
        watched.serve();
        watched.submit();
        run_json(xinzheng().args(["status", &office, "publish", "--json"]));
        watched
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn serve(&mut self) {
        let (office, config) = (self.at("office"), self.at("office.toml"));
        let mut command = xinzheng();
        command.args(["serve", &office, "--config", &config, "--json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a server");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its first line");
        self.server = Some(child);
        assert!(line.contains("listening"), "{line}");
    }

    fn kill(&mut self) {
        let mut child = self.server.take().expect("a server");
        child.kill().expect("a child can be killed");
        child.wait().expect("its end");
    }

    /// The office is another one from now on.
    fn replace_with(&mut self, name: &str) {
        self.kill();
        fs::rename(self.path("office"), self.path("before")).expect("a name");
        fs::rename(self.path(name), self.path("office")).expect("a name");
    }

    fn submit(&mut self) -> String {
        self.documents += 1;
        let file = self.path("document.json");
        fs::write(&file, documents::commitment(self.documents)).expect("a document");
        let file = file.display().to_string();
        let said = run_json(xinzheng().args(["submit", &self.at("office"), &file, "--json"]));
        said["accepted"][0]["number"].as_str().expect("a number").to_owned()
    }

    fn watch(&mut self) {
        let file = |name| File::create(self.path(name)).expect("a file");
        let (out, err) = (file("out"), file("err"));
        let mut command = xinzheng();
        let url = format!("http://127.0.0.1:{}", self.port);
        command.args(["audit", &url, "--trust", &self.at("b.xzt"), "--state", &self.at("s.json")]);
        command.args(["--watch", "--every", "1s", "--lang", "en"]);
        self.watcher = Some(command.stdout(out).stderr(err).spawn().expect("a watcher"));
    }

    fn said(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a file")
    }

    /// Until the watcher has said this, while it runs.
    fn until(&mut self, name: &str, words: &str) {
        let began = Instant::now();
        while !self.said(name).contains(words) {
            let state = self.watcher.as_mut().expect("a watcher").try_wait().expect("its state");
            assert_eq!(state, None, "it ended: {}{}", self.said("out"), self.said("err"));
            assert!(
                began.elapsed() < PATIENCE,
                "never said {words}: {}{}",
                self.said("out"),
                self.said("err")
            );
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The size of the ledger that was found clean last.
    fn clean(&self) -> u64 {
        let said = self.said("out");
        let last = said.rsplit_once("clean, ").and_then(|(_, rest)| rest.split_once(" entries"));
        last.map_or(0, |(size, _)| size.parse().expect("a size"))
    }

    /// Until so many entries were found clean.
    fn until_clean(&mut self, size: u64) {
        self.until("out", "clean, ");
        let began = Instant::now();
        while self.clean() < size {
            assert!(began.elapsed() < PATIENCE, "{} < {size}: {}", self.clean(), self.said("err"));
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// How the watch ended, and what it said at last. `meanwhile` is done again and again until it does.
    fn end(&mut self, meanwhile: &dyn Fn()) -> (Option<i32>, String) {
        let began = Instant::now();
        loop {
            meanwhile();
            if let Some(ended) = self.watcher.as_mut().expect("a watcher").try_wait().expect("its state") {
                return (ended.code(), self.said("out"));
            }
            assert!(began.elapsed() < PATIENCE, "it watches on: {}{}", self.said("out"), self.said("err"));
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else if from.is_file() {
            fs::copy(&from, &to).expect("a copy");
        }
    }
}

#[test]
fn an_outage_is_waited_for_and_a_fork_ends_the_watch_with_a_proof() {
    let mut watched = Watched::new();
    watched.watch();
    watched.until_clean(3);
    watched.kill();
    watched.until("err", "can't be read");
    copy(&watched.path("office"), &watched.path("copy"));
    watched.serve();
    let size = watched.clean() + 1;
    watched.submit();
    watched.until_clean(size);
    // With the same keys, from the copy, other documents; as many entries as were seen and more.
    watched.replace_with("copy");
    watched.documents = 100;
    for _ in 0..8 {
        watched.submit();
    }
    watched.serve();
    let (code, said) = watched.end(&|| ());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("SPLIT_VIEW at checkpoint"), "{said}");
    assert!(said.contains("s.xzf"), "{said}");
    let proof = watched.at("s.xzf");
    let bundle = watched.at("b.xzt");
    let home = watched.folder.path().to_path_buf();
    let judged = run(xinzheng_verify(&home).args(["--trust", &bundle, "--json", &proof]));
    assert_eq!(judged.code, Some(1), "{judged}");
    assert_eq!(judged.json()["forks"][0]["code"], "LEDGER_FORKED", "{judged}");
    // It is told for ever, though the first history is shown again; and the proof is not written twice.
    watched.kill();
    let before = watched.at("before");
    let again = |more: &[&str]| {
        let words = ["audit", &format!("{before}/ledger"), "--trust", &bundle, "--lang", "en"];
        run(xinzheng().args(words).args(["--state", &watched.at("s.json")]).args(more))
    };
    let said = again(&["--json"]);
    assert_eq!((said.code, &said.json()["findings"][0]["code"]), (Some(1), &"SPLIT_VIEW".into()), "{said}");
    assert_eq!(said.json()["misbehaviour"], *proof, "{said}");
    let other = watched.at("other.xzf");
    assert_eq!(again(&["--misbehaviour", &other]).code, Some(1));
    assert_eq!(fs::read(&other).expect("a proof"), fs::read(&proof).expect("a proof"));
    assert!(!watched.path("s-2.xzf").exists());
    watched.serve();
}

#[test]
fn an_older_copy_ends_the_watch() {
    let mut watched = Watched::new();
    watched.kill();
    copy(&watched.path("office"), &watched.path("copy"));
    watched.serve();
    watched.submit();
    watched.watch();
    watched.until_clean(4);
    watched.replace_with("copy");
    watched.serve();
    let (code, said) = watched.end(&|| ());
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("ROLLBACK at checkpoint"), "{said}");
    assert!(!watched.path("s.xzf").exists(), "an older copy proves no second history");
}

#[test]
fn a_status_list_that_hides_a_change_ends_the_watch() {
    let mut watched = Watched::new();
    let number = watched.submit();
    let newest = watched.path("office").join("ledger/status/0.xzs");
    let before = fs::read(&newest).expect("a list");
    let words = ["set", "revoked", "--reason", "X", "--json"];
    run_json(xinzheng().args(["status", &watched.at("office"), &number]).args(words));
    assert_ne!(fs::read(&newest).expect("a list"), before);
    watched.watch();
    watched.until("out", "clean, ");
    // Whatever the office publishes meanwhile, this is what it shows.
    let (code, said) = watched.end(&|| fs::write(&newest, &before).expect("a list"));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("STATUS_NEWEST at status/0.xzs"), "{said}");
}
