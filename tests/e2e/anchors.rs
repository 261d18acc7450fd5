//! Timestamps of the ledger, with the real programs and `openssl ts` as the authority: an office that is killed between the
//! request and the answer, however often, ends with the newest head timestamped; a certificate rises from L2 to L3 by a
//! timestamp and to L4 with a witness, for a verifier without a network; a backup has all of it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::sleep;
use std::time::{Duration, Instant};

use e2e::documents;
use e2e::programs::{PASSPHRASE, quick_keys, run, run_json, xinzheng, xinzheng_verify};
use notary::keys::{KeyFile, Passphrase, Signer};
use verifier::trust::TrustBundle;

#[allow(dead_code, reason = "each test binary uses its part")]
#[path = "../../web/tests/anchors/authority.rs"]
pub(crate) mod authority;

use authority::{Authority, Manner};

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often the office is killed.
const KILLS: u32 = 4;

/// A folder with offices, and the servers of them that run.
struct House {
    folder: tempfile::TempDir,
    servers: Vec<Child>,
}

impl House {
    fn at(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn serve(&mut self, office: &str) {
        let (dir, config) = (self.at(office), self.at(&format!("{office}.toml")));
        let mut command = xinzheng();
        command.args(["serve", &dir, "--config", &config, "--json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a server");
        let mut line = String::new();
        let out = child.stdout.take().expect("its output");
        BufReader::new(out).read_line(&mut line).expect("its first line");
        assert!(line.contains("listening"), "{office}: {line}");
        self.servers.push(child);
    }

    /// Kills all of them, as a power cut does.
    fn kill(&mut self) {
        for mut child in self.servers.drain(..) {
            child.kill().expect("a child can be killed");
            child.wait().expect("its end");
        }
    }

    fn submit(&self, n: u32) -> String {
        let file = self.at(&format!("{n}.json"));
        std::fs::write(&file, documents::commitment(n)).expect("a document");
        let said = run_json(xinzheng().args(["submit", &self.at("office"), &file, "--json"]));
        said["accepted"][0]["number"].as_str().expect("a number").to_string()
    }

    /// The certificate as it is now, and the level that a stranger without a network finds in it.
    fn level(&self, number: &str) -> u64 {
        let out = self.at("out");
        run_json(xinzheng().args(["certificate", &self.at("office"), number, "--out", &out, "--json"]));
        self.judged(&format!("{out}/{number}.xzc"))
    }

    fn judged(&self, file: &str) -> u64 {
        let bundle = self.at("bundle.xzt");
        run_json(xinzheng().args(["trust", &self.at("office"), "export", &bundle, "--force", "--json"]));
        let home = self.folder.path();
        let said = run(xinzheng_verify(home).args(["--trust", &bundle, "--no-status", "--json", file]));
        let result = said.json()["results"][0].clone();
        assert_eq!((said.code, result["verdict"].as_str()), (Some(0), Some("valid")), "{said}");
        result["level"].as_u64().expect("a level")
    }

    /// Anchors that the office has, the newest first: size of each.
    fn anchors(&self) -> Vec<u64> {
        let shown = run_json(xinzheng().args(["anchor", &self.at("office"), "list", "--json"]));
        let listed = shown["anchors"].as_array().expect("a list").iter();
        listed.map(|anchor| anchor["size"].as_u64().expect("a size")).collect()
    }
}

impl Drop for House {
    fn drop(&mut self) {
        for child in &mut self.servers {
            let _ = child.kill();
        }
    }
}

fn until(what: &str, mut so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        sleep(Duration::from_millis(100));
    }
}

/// A bundle with the authority in it, signed by the office's root as a person with the key does elsewhere.
fn bundle_with(office: &Path, authority: &Authority, to: &Path) {
    let text = std::fs::read_to_string(office.join("trust.xzt")).expect("a bundle");
    let mut fields = TrustBundle::open(&text, None).expect("a bundle").fields().clone();
    fields.sequence += 1;
    fields.authorities = vec![verifier::trust::Authority {
        label: "tsa".into(),
        token: "tsa.example.cn".into(),
        certificate: authority.certificate(),
    }];
    let root =
        std::fs::read_dir(office.join("keys")).expect("keys").map(|entry| entry.expect("a key").path());
    let named = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("root") && name.ends_with(".pem")
    };
    let root = root.into_iter().find(named).expect("the root key");
    let root = KeyFile::open(&root, Arc::new(Passphrase::new(PASSPHRASE).expect("words"))).expect("a key");
    root.unlock().expect("its passphrase");
    let signed = root.sign_note(&fields.text().expect("a bundle")).expect("a signature");
    std::fs::write(to, signed.encode()).expect("a file");
}

#[test]
fn an_office_killed_between_request_and_answer_ends_with_its_newest_head_timestamped() {
    let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let witness_port =
        TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number").port();
    let mut house = House { folder: tempfile::tempdir().expect("a folder"), servers: Vec::new() };
    let office = house.at("office");
    for (name, origin) in
        [("office", "county.example.gov.cn/ledger"), ("witness", "city.example.gov.cn/ledger")]
    {
        run_json(xinzheng().args(["init", &house.at(name), "--origin", origin, "--name", name, "--json"]));
    }
    run_json(xinzheng().args(["witness", &house.at("witness"), "init", "--json"]));
    for name in ["office", "witness"] {
        quick_keys(&house.path(name).join("keys"));
    }
    let authority = Authority::new("P-256");
    bundle_with(&house.path("office"), &authority, &house.path("new.xzt"));
    run_json(xinzheng().args(["trust", &office, "add", &house.at("new.xzt"), "--json"]));
    let settings = |witness: &str| {
        format!(
            "listen = \"127.0.0.1:{}\"\nlog = \"none\"\n[outgoing]\nplain_http = [\"{}\", \"127.0.0.1:{witness_port}\"]\n\
             {witness}[[anchor]]\nkind = \"rfc3161\"\nlabel = \"tsa\"\nurl = \"{}\"\nevery = \"1m\"\n",
            port,
            authority.at,
            authority.url()
        )
    };
    std::fs::write(house.path("office.toml"), settings("")).expect("settings");

    // Killed while the authority has the request and says nothing.
    let first = {
        house.serve("office");
        let first = house.submit(1);
        until("the first timestamp", || house.level(&first) == 3);
        first
    };
    for kill in 0..KILLS {
        authority.behave(Manner::Hangs);
        let asked = authority.asked.load(Ordering::SeqCst);
        let number = house.submit(10 + kill);
        run_json(xinzheng().args(["anchor", &office, "now", "--json"]));
        until("a request", || authority.asked.load(Ordering::SeqCst) > asked);
        assert_eq!(house.level(&number), 2);
        let before = house.anchors();
        house.kill();
        authority.behave(Manner::Honest);
        house.serve("office");
        run_json(xinzheng().args(["anchor", &office, "now", "--json"]));
        until("the newest head", || house.level(&number) == 3);
        assert_eq!(house.anchors().len(), before.len() + 1, "one more, whatever was under way");
    }

    // Days later a witness is found: two kinds of evidence.
    house.kill();
    let keys = run_json(xinzheng().args(["key", &office, "list", "--json"]));
    let ledger =
        keys["keys"].as_array().expect("keys").iter().find(|key| key["use"] == "ledger").expect("one");
    let vkey = ledger["key"].as_str().expect("a key");
    run_json(xinzheng().args(["witness", &house.at("witness"), "add", vkey, "--json"]));
    let shown = run_json(xinzheng().args(["witness", &house.at("witness"), "list", "--json"]));
    let witness = shown["key"].as_str().expect("a key").to_string();
    let words = ["trust", &office, "add", "witness", &witness, "--organisation", "city.example.gov.cn"];
    run_json(xinzheng().args(words).args(["--name", "市信用中心", "--json"]));
    let ask = format!("[witness]\nask = [\"{witness} http://127.0.0.1:{witness_port}/witness\"]\n");
    std::fs::write(house.path("office.toml"), settings(&ask)).expect("settings");
    let witness_settings = format!("listen = \"127.0.0.1:{witness_port}\"\nlog = \"none\"\n");
    std::fs::write(house.path("witness.toml"), witness_settings).expect("settings");
    house.serve("witness");
    house.serve("office");
    until("a timestamp and a witness", || house.level(&first) == 4);
    let sizes = house.anchors();

    // A backup has the anchors, and what is restored from it hands out the same certificates.
    run_json(xinzheng().args(["backup", &office, &house.at("copy"), "--json"]));
    house.kill();
    let checkpoint = house.path("office").join("ledger/checkpoint");
    std::fs::copy(&checkpoint, house.path("newest")).expect("a copy");
    std::fs::rename(house.path("office"), house.path("gone")).expect("a name");
    let words = ["restore", &house.at("copy"), &office, "--checkpoint", &house.at("newest"), "--json"];
    run_json(xinzheng().args(words));
    assert_eq!(house.anchors(), sizes);
    assert_eq!(house.level(&first), 4);
    for dir in ["office", "gone"] {
        let audited = run(xinzheng().args(["audit", &house.at(dir), "--json"]));
        assert_eq!(audited.code, Some(0), "{dir}: {audited}");
    }
    // One file with one changed byte is no longer handed out, and the certificate still is.
    let file = house.path("office").join("ledger/anchors/000");
    let mut bytes = std::fs::read(&file).expect("an anchor");
    bytes[3] ^= 1;
    std::fs::write(&file, bytes).expect("an anchor");
    assert!(house.level(&first) >= 3);
    let shown = run(xinzheng().args(["anchor", &office, "show", "0", "--json"]));
    assert_eq!(shown.json()["error"]["code"], "ANCHOR_DAMAGED", "{shown}");
}
