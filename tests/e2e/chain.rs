//! An office anchors on a real chain and asks its node later, with the real programs: there, gone, and nobody there. The node is
//! ganache, from npm (`tests/chain`).

use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use e2e::documents;
use e2e::programs::{quick_keys, run, run_json, xinzheng};

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(120);
/// The chain's number.
const CHAIN: &str = "20200";

/// A program that is ended when dropped.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A chain without fees on this port. It has nothing in it yet.
fn ganache(at: SocketAddr) -> Ended {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("chain/node_modules/ganache/dist/node/cli.js");
    assert!(program.is_file(), "run `npm ci --prefix tests/chain` first, or tests/run");
    let child = Command::new("node")
        .arg(program)
        .args(["--server.host", "127.0.0.1", "--server.port", &at.port().to_string()])
        .args(["--chain.chainId", CHAIN, "--chain.hardfork", "berlin", "--miner.defaultGasPrice", "0"])
        .args(["--wallet.deterministic"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.expect("the node program");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    assert!(lines.any(|line| line.is_ok_and(|line| line.contains("RPC Listening"))), "it did not start");
    // It writes on, and would stop where nobody reads.
    thread::spawn(move || lines.for_each(drop));
    Ended(child)
}

fn serve(office: &str, config: &str) -> Ended {
    let mut command = xinzheng();
    command.args(["serve", office, "--config", config, "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("a server");
    let mut line = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out).read_line(&mut line).expect("its first line");
    assert!(line.contains("listening"), "{line}");
    Ended(child)
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number")
}

#[test]
fn an_anchor_on_a_chain_is_looked_for_again_with_its_node() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (office, node) = (at("office"), free());
    let init = ["init", &office, "--origin", "county.example.gov.cn/ledger", "--name", "N", "--json"];
    run_json(xinzheng().args(init));
    quick_keys(&folder.path().join("office/keys"));
    let made = run_json(xinzheng().args(["anchor", &office, "key", "new", "--json"]));
    let sender = made["made"].as_str().expect("an address").to_string();
    let chain =
        ["trust", &office, "add", "chain", "fisco", CHAIN, &sender, "--organisation", "chain.example.cn"];
    run_json(xinzheng().args(chain).arg("--json"));
    let settings = format!(
        "listen = \"{}\"\nlog = \"none\"\n[outgoing]\nplain_http = [\"{node}\"]\n[[anchor]]\nkind = \"evm\"\n\
         label = \"fisco\"\nurl = \"http://{node}/\"\nevery = \"1m\"\nconfirmations = 1\ngas_price = 0\npoll = 1\n",
        free()
    );
    std::fs::write(at("web.toml"), settings).expect("settings");
    let chain = ganache(node);
    {
        let _server = serve(&office, &at("web.toml"));
        std::fs::write(at("1.json"), documents::commitment(1)).expect("a document");
        run_json(xinzheng().args(["submit", &office, &at("1.json"), "--json"]));
        let began = Instant::now();
        let anchors = || run_json(xinzheng().args(["anchor", &office, "list", "--json"]))["anchors"].clone();
        while anchors().as_array().is_none_or(Vec::is_empty) {
            assert!(began.elapsed() < PATIENCE, "no anchor");
            thread::sleep(Duration::from_millis(200));
        }
    }
    let check = |more: &[&str]| run(xinzheng().args(["anchor", &office, "check", "0", "--json"]).args(more));
    let there = check(&["--config", &at("web.toml")]);
    let told = there.json();
    assert_eq!(
        (there.code, &told["online"], &told["evidence"]),
        (Some(0), &"there".into(), &"ok".into()),
        "{there}"
    );
    assert_eq!(
        (&told["sender"], &told["label"]),
        (&sender.to_lowercase().into(), &"fisco".into()),
        "{there}"
    );
    assert!(told["confirmations"].as_u64() >= Some(1) && told["block_now"].is_null(), "{there}");
    let words = run(xinzheng().args([
        "anchor",
        &office,
        "check",
        "0",
        "--url",
        &format!("http://{node}/"),
        "--lang",
        "zh",
    ]));
    assert!(words.code == Some(0) && words.out.contains("链上有此区块和交易"), "{words}");

    // The node is away; then there is a chain of the same number on which nothing ever happened.
    drop(chain);
    let away = check(&["--config", &at("web.toml")]);
    assert_eq!(
        (away.code, away.json()["error"]["code"].as_str()),
        (Some(2), Some("SOURCE_UNREACHABLE")),
        "{away}"
    );
    let chain = ganache(node);
    let gone = check(&["--config", &at("web.toml")]);
    assert_eq!((gone.code, &gone.json()["online"]), (Some(1), &"gone".into()), "{gone}");
    drop(chain);
    let none = run(xinzheng().args(["anchor", &office, "check", "0", "--json"]));
    assert_eq!((none.code, none.json()["error"]["code"].as_str()), (Some(3), Some("USAGE")), "{none}");
}
