//! The ledger and the witness through tools that others wrote, over real HTTP: what follows C2SP reads, checks and
//! witnesses the ledger without knowing anything of it.
//!
//! ```text
//! tests/stock/reader.go     golang.org/x/mod: sumdb/note, sumdb/tlog (Debian: golang-go, golang-golang-x-mod-dev)
//! tests/stock/client.py     aics-tlog, aics-witness (PyPI), in target/stock
//! aics-tlog, aics-witness   their programs: a reader, and a witness with a database of its own
//! ```

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use e2e::instance::{Instance, copy};
use e2e::programs::{Said, built, run, run_json, xinzheng};
use e2e::{documents, ledger, paths};

/// Enough for a full tile, a partial one, and one a level above.
const DOCUMENTS: u32 = 300;

#[test]
fn readers_that_others_wrote_read_and_check_the_whole_ledger() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut a = Instance::new(folder.path(), "a");
    a.settle("");
    a.submit(1_000);
    let old = a.at("old");
    std::fs::copy(format!("{}/ledger/checkpoint", a.dir()), &old).expect("a checkpoint");
    let files: Vec<String> = (0..DOCUMENTS).map(|n| a.at(&format!("{n}.json"))).collect();
    for (n, file) in (0..).zip(&files) {
        std::fs::write(file, documents::commitment(n)).expect("a document");
    }
    run_json(xinzheng().args(["submit", &a.dir()]).args(&files).arg("--json"));
    run_json(xinzheng().args(["status", &a.dir(), "publish", "--json"]));
    a.serve();
    let (vkey, _) = a.keys();
    let url = format!("http://127.0.0.1:{}/ledger/", a.port);
    let size = ledger::leaves(Path::new(&format!("{}/ledger", a.dir()))).len();
    assert!(size > 256);

    let said = go(&[&url, &vkey, &old]);
    assert!(said.code == Some(0) && said.out.starts_with(&format!("ok {size} ")), "{said}");
    let said = python(&["fsck", &url, &vkey]);
    assert!(said.code == Some(0) && said.out.starts_with(&format!("ok {size} ")), "{said}");
    let said = python(&["grew", &url, &vkey, &old]);
    assert!(said.code == Some(0) && said.out.ends_with(&format!(" {size}\n")), "{said}");
    let program = |args: &[&str]| run(Command::new(stock("aics-tlog")).args(args));
    let said = program(&["verify-checkpoint", "--tiles", &url, "--log-key", &vkey]);
    assert_eq!(said.code, Some(0), "{said}");
    let said =
        program(&["verify-consistency", "--old-checkpoint", &old, "--tiles", &url, "--log-key", &vkey]);
    assert_eq!(said.code, Some(0), "{said}");

    // They would say so if it were not: another key, a changed entry, a changed tile, a head that is no beginning.
    let (stranger, _) = Instance::new(folder.path(), "b").keys();
    let same_name = stranger.replace("b.example", "a.example");
    assert_ne!(go(&[&url, &stranger, &old]).code, Some(0));
    assert_ne!(go(&[&url, &same_name, &old]).code, Some(0));
    assert_ne!(python(&["fsck", &url, &stranger]).code, Some(0));
    for name in ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"] {
        let other = folder.path().join(name.replace('/', "-"));
        copy(Path::new(&format!("{}/ledger", a.dir())), &other);
        let mut bytes = std::fs::read(other.join(name)).expect("a tile");
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(other.join(name), bytes).expect("a tile");
        let said = go(&[&other.display().to_string(), &vkey]);
        assert_eq!(said.code, Some(1), "{name}: {said}");
    }
}

#[test]
fn a_witness_that_others_wrote_cosigns_and_a_client_that_others_wrote_is_cosigned() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut a, mut b) = (Instance::new(folder.path(), "a"), Instance::new(folder.path(), "b"));
    let (ledger_key, _) = a.keys();
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let config = a.at("witness.json");
    let witness = |args: &[&str]| {
        let mut command = Command::new(stock("aics-witness"));
        command.args(&args[..1]).args(["--config", &config]).args(&args[1..]);
        command
    };
    let listen = format!("127.0.0.1:{port}");
    let made = run(&mut witness(&["init", "--name", "w.example.gov.cn/witness", "--listen", &listen]));
    let key = made.out.split_whitespace().find(|word| word.starts_with("w.example.gov.cn/witness+"));
    let key = key.unwrap_or_else(|| panic!("{made}")).to_string();
    let origin = "a.example.gov.cn/ledger";
    let added = run(&mut witness(&["add-log", "--origin", origin, "--vkey", &ledger_key]));
    assert_eq!(added.code, Some(0), "{added}");
    let start = || {
        let mut command = witness(&["serve", "--log-level", "ERROR"]);
        Killed(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("a witness"))
    };
    a.trusts(&key, "w");
    a.settle(&format!(
        "[outgoing]\nplain_http = [\"127.0.0.1:{port}\"]\n[witness]\nask = [\"{key} http://127.0.0.1:{port}\"]\n"
    ));
    let serving = start();
    a.serve();
    let mut heads = Vec::new();
    for n in 0..4 {
        let number = a.submit(n);
        a.rises(&number);
        let place = a.at(&format!("head-{n}"));
        std::fs::copy(format!("{}/ledger/checkpoint", a.dir()), &place).expect("a checkpoint");
        heads.push(place);
    }
    // It ends, and comes back: it goes on from what it kept, and so does the ledger.
    drop(serving);
    let waits = a.submit(10);
    let _serving = start();
    a.rises(&waits);

    // The other way round: an instance as the witness of a ledger whose side others wrote.
    run_json(xinzheng().args(["witness", &b.dir(), "add", &ledger_key, "--json"]));
    b.settle("");
    b.serve();
    let url = format!("http://127.0.0.1:{}/ledger/", a.port);
    let address = format!("http://127.0.0.1:{}/witness", b.port);
    let (_, key) = b.keys();
    let mut args = vec!["feed", url.as_str(), ledger_key.as_str(), address.as_str(), key.as_str()];
    // The second and third once more, as after a lost answer.
    args.extend([0, 1, 1, 2, 3, 3].map(|n| heads[n].as_str()));
    let said = python(&args);
    assert_eq!(said.code, Some(0), "{said}");
    assert!(said.out.ends_with("ok 6\n"), "{said}");
    assert!(b.seen_of(&a) > 0);
    // A client that comes with an older head is told so, and stops by itself.
    let said = python(&["feed", &url, &ledger_key, &address, &key, &heads[0]]);
    assert!(said.code != Some(0) && said.err.contains("WitnessAhead"), "{said}");
}

fn go(args: &[&str]) -> Said {
    let mut command = Command::new("go");
    command.arg("run").arg(paths::root().join("tests/stock/reader.go")).args(args);
    // The packages are Debian's; nothing is fetched.
    command.envs([
        ("GO111MODULE", "off"),
        ("GOPATH", "/usr/share/gocode"),
        ("GOFLAGS", ""),
        ("CGO_ENABLED", "0"),
    ]);
    command.env("GOCACHE", built().parent().expect("the target folder").join("go"));
    if Command::new("go").arg("version").output().is_err() {
        panic!(
            "go is not there: Debian packages golang-go and golang-golang-x-mod-dev, as tests/run installs"
        );
    }
    run(&mut command)
}

fn python(args: &[&str]) -> Said {
    run(Command::new(stock("python3")).arg(paths::root().join("tests/stock/client.py")).args(args))
}

/// Where `tests/run` puts it: the target folder of this test, or that of the repository.
fn stock(program: &str) -> PathBuf {
    let target = built().parent().expect("the target folder").to_path_buf();
    let folders = [target, paths::root().join("target")].map(|target| target.join("stock"));
    let places = folders.each_ref().map(|folder| folder.join("bin").join(program));
    places.iter().find(|place| place.exists()).cloned().unwrap_or_else(|| {
        let folder = folders[1].display();
        panic!(
            "{program} is not there: python3 -m venv {folder} && {folder}/bin/pip install --ignore-requires-python \
             aics-tlog==0.2.1 aics-witness==0.1.0 (Debian package python3-venv), as tests/run does"
        )
    })
}

/// A process that ends with its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
