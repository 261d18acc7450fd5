//! An evidence package as a court gets it: made by the command from a running office with a witness, a timestamp authority,
//! a chain, a gateway and a key that was rotated, and checked by `xinzheng-verify` where there is no network, and by
//! stock `openssl`. Whichever of its files is changed is named.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use e2e::instance::{Instance, PATIENCE, text};
use e2e::paths::root;
use e2e::programs::{built, run, run_json, xinzheng, xinzheng_verify};
use e2e::shut::in_empty_network;
use serde_json::Value;
use verifier::hash::sha256;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::anchors::authority::Authority;

/// What the gateway answers, whatever it is asked.
const ANSWER: &str = "{\"txId\":\"17b\",\"blockHeight\":4711}\n";
/// The chain's number.
const CHAIN: &str = "20200";
/// The row of the table that a package is made of.
const ROW: u64 = 2;

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn a_package_has_everything_is_checked_without_a_network_and_names_what_was_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = folder.path();
    let chain = LocalChain::start();
    let (mut county, mut city) = (Instance::new(place, "county"), Instance::new(place, "city"));
    prepare(&county, &city, &chain);
    city.settle("");
    city.serve();
    county.serve();

    let told = import(&county);
    let number = text(&told["accepted"][0]["number"]);
    let dir = county.dir();
    run_json(xinzheng().args(["status", &dir, "publish", "--json"]));
    run_json(xinzheng().args(["anchor", &dir, "now", "--json"]));
    until_anchored(&county, &number);
    run_json(xinzheng().args(["trust", &dir, "export", &county.at("county.xzt"), "--force", "--json"]));

    let package = county.at("evidence.zip");
    let made = run_json(xinzheng().args(["evidence", &dir, &number, "--out", &package, "--json"]));
    let bytes = std::fs::read(&package).expect("a package");
    assert_eq!(made["bytes"].as_u64(), Some(bytes.len() as u64));
    county.kill();
    city.kill();

    let files = unpacked(&bytes);
    everything_is_there(&files, &number);
    it_says_where_the_document_came_from(&files, &told);
    it_is_explained(&files);
    openssl_agrees(&files, &place.join("open"));

    // Nobody is asked, and nobody could be.
    let check = |file: &str| {
        let mut command = xinzheng_verify(place);
        command.args(["--trust", &county.at("county.xzt"), "--json", file]);
        run(&mut in_empty_network(&command))
    };
    let said = check(&package);
    let answer = said.json();
    assert_eq!(said.code, Some(0), "{said}");
    let whole = format!("all {} files are as its manifest says", files.len() - 2);
    assert!(text(&answer["notes"][0]).contains(&whole), "{answer}");
    let results = answer["results"].as_array().expect("results");
    let levels: BTreeMap<String, u64> =
        results.iter().map(|one| (text(&one["file"]), one["level"].as_u64().expect("a level"))).collect();
    // Print has no anchors: they come later and would change what was printed.
    let expected = [(format!("{package}/certificate/{number}.pdf"), 3), (certificate(&package, &number), 4)];
    assert_eq!(levels, BTreeMap::from(expected), "{answer}");

    // Each of three files in turn: that one is named, no other.
    for name in ["anchors/rfc3161-tsa/timestamp.tst", "document/received/document.json", "provenance.json"] {
        let mut changed = files.clone();
        let held = changed.get_mut(name).expect("a file");
        let middle = held.len() / 2;
        held[middle] ^= 1;
        let file = county.at("changed.zip");
        std::fs::write(&file, packed(&changed)).expect("a file");
        let said = check(&file);
        let invalid: Vec<(String, String)> = said.json()["results"]
            .as_array()
            .expect("results")
            .iter()
            .filter(|one| one["verdict"] == "invalid")
            .map(|one| (text(&one["file"]), text(&one["code"])))
            .collect();
        assert_eq!(said.code, Some(1), "{name}: {said}");
        assert_eq!(invalid, [(format!("{file}/{name}"), "FORMAT_BAD".to_owned())], "{said}");
    }
}

/// Who is asked, and whom verifiers may believe. The batch key is a second one, so that the ledger tells of keys.
fn prepare(county: &Instance, city: &Instance, chain: &LocalChain) {
    let dir = county.dir();
    let (ledger, _) = county.keys();
    let (_, witness) = city.keys();
    run_json(xinzheng().args(["witness", &city.dir(), "add", &ledger, "--json"]));
    county.trusts(&witness, "city");
    let authority: &'static Authority = Box::leak(Box::new(Authority::new("P-256")));
    std::fs::write(county.at("tsa.der"), authority.certificate()).expect("a certificate");
    let words = ["trust", &dir, "add", "authority", "tsa", &county.at("tsa.der")];
    run_json(xinzheng().args(words).args(["--organisation", "tsa.example.cn", "--json"]));
    let sender = text(&run_json(xinzheng().args(["anchor", &dir, "key", "--json"]))["made"]);
    let words = ["trust", &dir, "add", "chain", "fisco", CHAIN, &sender];
    run_json(xinzheng().args(words).args(["--organisation", "chain.example.cn", "--json"]));
    run_json(xinzheng().args(["key", &dir, "rotate", "batch", "--json"]));
    county.export_bundle();
    let (gateway, tsa, node, port) = (gateway(), authority.at, chain.at, city.port);
    county.settle(&format!(
        "[outgoing]\nplain_http = [\"127.0.0.1:{port}\", \"{tsa}\", \"{gateway}\", \"{node}\"]\n\
         [witness]\nask = [\"{witness} http://127.0.0.1:{port}/witness\"]\n\
         [[anchor]]\nkind = \"rfc3161\"\nlabel = \"tsa\"\nurl = \"{}\"\nevery = \"1m\"\n\
         [[anchor]]\nkind = \"http\"\nlabel = \"gateway\"\nurl = \"http://{gateway}/anchor\"\nevery = \"1m\"\n\
         [[anchor]]\nkind = \"evm\"\nlabel = \"fisco\"\nurl = \"http://{node}/\"\nevery = \"1m\"\ngas_price = 0\npoll = 1\n",
        authority.url()
    ));
}

/// A table through the door of the running office.
fn import(county: &Instance) -> Value {
    let table = table();
    let words = ["import", &county.dir(), &table, "--type", "commitments", "--errors", &county.at("bad.csv")];
    let said = run(xinzheng().args(words).arg("--json"));
    assert_eq!(said.code, Some(1), "it has bad rows: {said}");
    said.json()
}

fn table() -> String {
    root().join("tests/samples/commitments-with-7-bad-rows.csv").display().to_string()
}

fn until_anchored(county: &Instance, number: &str) {
    let began = Instant::now();
    let kinds = || {
        let listed = run_json(xinzheng().args(["anchor", &county.dir(), "list", "--json"]));
        let targets = listed["targets"].as_array().expect("targets").clone();
        targets.iter().filter(|target| target["count"].as_u64() > Some(0)).count()
    };
    while kinds() < 3 || county.level(number) < 4 {
        assert!(began.elapsed() < PATIENCE, "a witness, a timestamp, a chain and a gateway");
        thread::sleep(std::time::Duration::from_millis(200));
    }
}

fn certificate(package: &str, number: &str) -> String {
    format!("{package}/certificate/{number}.xzc")
}

fn everything_is_there(files: &Files, number: &str) {
    let names: Vec<String> = [
        "manifest.json",
        "manifest.note",
        "说明.html",
        "说明.txt",
        "explanation.en.html",
        "document/core.cbor",
        "document/disclosures.txt",
        "document/received/document.json",
        "proof/batch.json",
        "proof/checkpoint",
        "events/events.json",
        "provenance.json",
        "trust.xzt",
        "anchors/rfc3161-tsa/timestamp.tst",
        "anchors/rfc3161-tsa/authority.pem",
        "anchors/http-gateway/answer.bin",
        "anchors/http-gateway/request.json",
        "anchors/evm-fisco/transaction.bin",
        "anchors/evm-fisco/header.rlp",
        "anchors/evm-fisco/receipt.json",
    ]
    .map(str::to_owned)
    .into_iter()
    .chain([format!("certificate/{number}.xzc"), format!("certificate/{number}.pdf")])
    .chain([format!("proof/{number}.tlog-proof")])
    .chain(["rfc3161-tsa", "http-gateway", "evm-fisco"].iter().flat_map(|folder| {
        ["checkpoint.txt", "checkpoint.note", "inclusion.tlog-proof"]
            .map(|name| format!("anchors/{folder}/{name}"))
    }))
    .collect();
    for name in names {
        assert!(files.get(&name).is_some_and(|bytes| !bytes.is_empty()), "{name}: {:?}", files.keys());
    }
    let some = |start: &str, end: &str| {
        assert!(files.keys().any(|name| name.starts_with(start) && name.ends_with(end)), "{start}…{end}");
    };
    some("status/", ".xzs");
    some("status/", ".tlog-proof");
    some("keys/", ".txt");
    some("keys/", ".tlog-proof");
    assert_eq!(files["anchors/http-gateway/answer.bin"], ANSWER.as_bytes(), "as it came");
    let proof = read(files, &format!("proof/{number}.tlog-proof"));
    assert!(proof.contains("— city.example.gov.cn/ledger/witness "), "the cosignature: {proof}");
}

/// The command tells as much as the page does: which import, which file, which row.
fn it_says_where_the_document_came_from(files: &Files, told: &Value) {
    let origins: Value = serde_json::from_str(&read(files, "provenance.json")).expect("JSON");
    let document = &files["document/received/document.json"];
    assert_eq!(text(&origins["sha256"]), hex(document));
    let recorded = &origins["recorded"];
    assert_eq!((recorded["via"].as_str(), recorded["by"].as_str()), (Some("import"), Some("command")));
    let table = std::fs::read(table()).expect("the table");
    let expected = serde_json::json!({ "import": told["import"], "sha256": hex(&table), "row": ROW });
    assert_eq!(recorded["table"], expected);
    assert_eq!(text(&told["import"]).len(), 32);
    assert_eq!(told["accepted"][0]["row"], ROW);
    let explained = read(files, "说明.txt");
    for said in [text(&told["import"]), hex(&table), hex(document), format!("第 {ROW} 行")] {
        assert!(explained.contains(&said), "{said}: {explained}");
    }
}

fn it_is_explained(files: &Files) {
    let verifier = std::fs::read(built().join("xinzheng-verify")).expect("the verifier");
    let (chinese, page) = (read(files, "说明.txt"), read(files, "说明.html"));
    let english = read(files, "explanation.en.html");
    for said in [
        "可信等级",
        "L4",
        "city.example.gov.cn/ledger/witness",
        "可信时间戳（RFC 3161，tsa）",
        "链上锚定（fisco）",
    ] {
        assert!(chinese.contains(said) && page.contains(said), "{said}: {chinese}");
    }
    for said in [hex(&verifier), "county.example.gov.cn/ledger/batch+".to_owned()] {
        assert!(chinese.contains(&said) && english.contains(&said), "{said}");
    }
    // Two batch keys: until when each may sign is told, for "ended" alone reads as if it had signed no more.
    assert_eq!(chinese.matches("可签至 ").count(), 2, "{chinese}");
}

/// The command that the explanation gives, as it stands there.
fn openssl_agrees(files: &Files, place: &Path) {
    for (name, bytes) in files {
        let path = place.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    let explained = read(files, "说明.txt");
    let line = explained.lines().map(str::trim).find(|line| line.starts_with("openssl ts "));
    let words: Vec<&str> = line.expect("a command").split(' ').skip(1).collect();
    let said = run(Command::new("openssl").args(words).current_dir(place));
    assert!(said.code == Some(0) && said.out.contains("Verification: OK"), "{said}");
}

fn read(files: &Files, name: &str) -> String {
    let bytes = files.get(name).unwrap_or_else(|| panic!("no {name}"));
    String::from_utf8(bytes.clone()).expect("text")
}

fn hex(bytes: &[u8]) -> String {
    sha256(&[bytes]).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unpacked(bytes: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).expect("an archive");
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).expect("a file");
            let (name, mut bytes) = (file.name().expect("a name").into_owned(), Vec::new());
            file.read_to_end(&mut bytes).expect("its bytes");
            (name, bytes)
        })
        .collect()
}

fn packed(files: &Files) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name.as_str(), SimpleFileOptions::default()).expect("a file");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("an archive").into_inner()
}

/// A gateway that answers everything alike.
fn gateway() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let at = listener.local_addr().expect("its number");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let (mut bytes, mut byte) = (Vec::new(), [0]);
            while !bytes.ends_with(b"}") && stream.read_exact(&mut byte).is_ok() {
                bytes.push(byte[0]);
            }
            let length = ANSWER.len();
            let head = format!(
                "HTTP/1.1 200 x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            let _ = stream.write_all(format!("{head}{ANSWER}").as_bytes());
        }
    });
    at
}

/// A chain on this computer that takes transactions for nothing: ganache, from npm (`tests/chain`).
struct LocalChain {
    at: SocketAddr,
    child: Child,
}

impl LocalChain {
    fn start() -> LocalChain {
        let program =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("chain/node_modules/ganache/dist/node/cli.js");
        assert!(program.is_file(), "run `npm ci --prefix tests/chain` first, or tests/run");
        let at = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("its number");
        let mut child = Command::new("node")
            .arg(program)
            .args(["--server.host", "127.0.0.1", "--server.port", &at.port().to_string()])
            .args(["--chain.chainId", CHAIN, "--wallet.deterministic"])
            .args(["--chain.hardfork", "berlin", "--miner.defaultGasPrice", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node has to be installed");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let listens = lines.any(|line| line.is_ok_and(|line| line.contains("RPC Listening")));
        assert!(listens, "ganache did not start");
        // It writes on, and would stop where nobody reads.
        thread::spawn(move || lines.for_each(drop));
        LocalChain { at, child }
    }
}

impl Drop for LocalChain {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
