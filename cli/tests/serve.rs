//! A running service: commands come in through its door, reading goes on beside it, a signal ends it in order.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const PASSPHRASE: &str = "serve-test-passphrase";

/// A server that does not outlive its test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
    }
}

fn command(dir: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xinzheng"));
    command.args(words).arg("--json").current_dir(dir).stdin(Stdio::null());
    command.env_remove("XINZHENG_PASSPHRASE");
    command
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// Without a passphrase: only through the door can this work.
fn ask(dir: &Path, words: &[&str]) -> (Value, i32) {
    let output = command(dir, words).output().unwrap();
    (json(&output), output.status.code().unwrap())
}

fn office(dir: &Path, seal: &str) {
    let words = ["init", "office", "--origin", "credit.example.gov.cn/ledger", "--name", "N", "--seal", seal];
    let made = command(dir, &words).env("XINZHENG_PASSPHRASE", PASSPHRASE).output().unwrap();
    assert!(made.status.success(), "{made:?}");
}

fn serve(dir: &Path) -> (Server, String) {
    let (server, told) = serve_with(dir, &["--listen", "127.0.0.1:0"], Stdio::null());
    (server, told["listening"].as_str().unwrap().strip_prefix("http://").unwrap().to_string())
}

/// The server with more of a command line, and what it says at first.
fn serve_with(dir: &Path, more: &[&str], log: Stdio) -> (Server, Value) {
    let mut words = vec!["serve", "office"];
    words.extend(more);
    let mut child = command(dir, &words)
        .env("XINZHENG_PASSPHRASE", PASSPHRASE)
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Server(child), serde_json::from_str(&line).unwrap())
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// As Ctrl-C does.
fn interrupt(server: &mut Server) -> i32 {
    let sent = Command::new("kill").args(["-INT", &server.0.id().to_string()]).status().unwrap();
    assert!(sent.success());
    server.0.wait().unwrap().code().unwrap()
}

fn sample(name: &str) -> String {
    format!("{}/../tests/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn commands_go_through_the_door_of_a_running_service() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir, "50");
    let (mut server, address) = serve(dir);
    let mode = std::fs::metadata(dir.join("office/office.sock")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(get(&address, "/health").contains("\"status\":\"ok\""));

    let (submitted, exit) =
        ask(dir, &["submit", "office", &sample("report-full.json"), &sample("bad/key-twice.json")]);
    assert_eq!((exit, submitted["refused"][0]["code"].as_str()), (1, Some("JSON_KEY_TWICE")));
    let number = submitted["accepted"][0]["number"].as_str().unwrap().to_string();
    assert_eq!(submitted["accepted"][0]["sealed"], true);

    let (written, exit) = ask(dir, &["certificate", "office", &number, "--out", "out"]);
    assert_eq!((exit, written["files"].as_array().unwrap().len()), (0, 5));
    assert!(dir.join(format!("out/{number}.xzc")).is_file());

    let (set, exit) =
        ask(dir, &["status", "office", &number, "set", "revoked", "--reason", "r", "--out", "out"]);
    assert_eq!((exit, set["to"].as_str()), (0, Some("revoked")));
    let list = std::fs::read_to_string(dir.join("out/status-0.xzs")).unwrap();
    assert!(get(&address, "/ledger/status/0.xzs").ends_with(&list), "what is published is what was copied");

    let (refused, exit) = ask(dir, &["certificate", "office", "2026112240170938612531", "--out", "out"]);
    assert_eq!((exit, refused["error"]["code"].as_str()), (1, Some("CERTIFICATE_UNKNOWN")));

    // Reading goes on beside the server, without it.
    assert_eq!(ask(dir, &["audit", "office"]).0["verdict"], "clean");
    assert_eq!(ask(dir, &["key", "office", "list"]).1, 0);

    assert_eq!(interrupt(&mut server), 0);
    assert!(!dir.join("office/office.sock").exists(), "the door is closed");
    assert_eq!(ask(dir, &["audit", "office"]).0["verdict"], "clean");
}

#[test]
fn a_table_goes_through_the_door_and_comes_out_again() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir, "50");
    let (mut server, _) = serve(dir);
    let table = sample("commitments-with-7-bad-rows.csv");
    let words = ["import", "office", &table, "--type", "commitments", "--errors", "wrong.csv"];
    let (told, exit) = ask(dir, &words);
    assert_eq!((exit, &told["accepted_rows"], &told["refused_rows"]), (1, &21.into(), &7.into()), "{told}");
    assert!(told["accepted"].as_array().unwrap().iter().all(|row| row["sealed"] == true), "{told}");
    assert_eq!(told["refused"][0]["where"], "row 22 承诺人代码");
    let wrong = std::fs::metadata(dir.join("wrong.csv")).unwrap();
    assert_eq!(wrong.permissions().mode() & 0o777, 0o600, "it holds what the table holds");

    let (told, exit) = ask(dir, &["export", "office", "--type", "commitments", "--out", "all.xlsx"]);
    assert_eq!((exit, &told["rows"]), (0, &21.into()), "{told}");
    let (told, exit) = ask(dir, &["import", "office", "all.xlsx", "--type", "commitments"]);
    assert_eq!((exit, &told["repeated_rows"]), (0, &21.into()), "{told}");
    assert_eq!(interrupt(&mut server), 0);
    assert_eq!(ask(dir, &["audit", "office"]).0["verdict"], "clean");
}

#[test]
fn an_office_that_is_held_without_a_door_is_busy() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir, "manual");
    let (mut server, _) = serve(dir);
    std::fs::remove_file(dir.join("office/office.sock")).unwrap();
    let output = command(dir, &["seal", "office"]).env("XINZHENG_PASSPHRASE", PASSPHRASE).output().unwrap();
    assert_eq!(
        (output.status.code(), json(&output)["error"]["code"].as_str()),
        (Some(2), Some("OFFICE_BUSY"))
    );
    assert_eq!(interrupt(&mut server), 0);
}

#[test]
fn a_signal_seals_what_was_accepted_and_leaves_nothing_behind() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir, "3600000");
    let (mut server, _) = serve(dir);
    let words = ["submit", "office", &sample("report-full.json"), "--wait", "accepted"];
    let (submitted, _) = ask(dir, &words);
    assert_eq!(submitted["accepted"][0]["sealed"], false);
    assert_eq!(interrupt(&mut server), 0);
    let number = submitted["accepted"][0]["number"].as_str().unwrap();
    let output = command(dir, &["certificate", "office", number, "--out", "out"])
        .env("XINZHENG_PASSPHRASE", PASSPHRASE)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_request_under_way_is_answered_after_the_signal() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir, "manual");
    let (mut server, address) = serve(dir);
    let body = "{\"text\":\"2026112240170938612531\"}";
    let mut stream = TcpStream::connect(&address).unwrap();
    let head =
        "POST /api/v1/verify HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n";
    write!(stream, "{head}Content-Length: {}\r\n\r\n{}", body.len(), &body[..10]).unwrap();
    // It is under way once the metrics count it beside the request that asks.
    while !get(&address, "/metrics").contains("xinzheng_requests_in_flight 2") {}
    let sent = Command::new("kill").args(["-TERM", &server.0.id().to_string()]).status().unwrap();
    assert!(sent.success());
    // Nobody else gets in from now on.
    while TcpStream::connect(&address).is_ok() {}
    stream.write_all(&body.as_bytes()[10..]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 ") && answer.contains("x-request-id"), "{answer}");
    assert!(answer.split_once("\r\n\r\n").is_some_and(|(_, json)| json.ends_with('}')), "{answer}");
    assert!(server.0.wait().unwrap().success());
}

#[test]
fn settings_come_from_a_file_and_tls_is_spoken() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir, "manual");
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
            "-days",
            "2",
        ])
        .args(["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "chain.pem"])
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    std::fs::create_dir(dir.join("etc")).unwrap();
    let settings = "listen = \"127.0.0.1:0\"\nlog = \"json\"\n[tls]\ncertificate = \"../chain.pem\"\nkey = \"../key.pem\"\n";
    std::fs::write(dir.join("etc/web.toml"), settings).unwrap();
    let log = std::fs::File::create(dir.join("log")).unwrap();
    let (mut server, told) = serve_with(dir, &["--config", "etc/web.toml"], log.into());
    let address = told["listening"].as_str().unwrap().strip_prefix("https://").unwrap().to_string();

    let mut client = Command::new("openssl")
        .args(["s_client", "-quiet", "-verify_return_error", "-CAfile", "chain.pem", "-connect", &address])
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let number = "2026112240170938612531";
    write!(
        client.stdin.as_mut().unwrap(),
        "GET /certificate/{number}?code=1234567890 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let answer = String::from_utf8(client.wait_with_output().unwrap().stdout).unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000"), "{answer}");
    // Without TLS nothing is answered.
    let mut plain = TcpStream::connect(&address).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    let _ = plain.read_to_end(&mut bytes);
    assert!(!bytes.starts_with(b"HTTP/"), "{}", String::from_utf8_lossy(&bytes));
    assert_eq!(interrupt(&mut server), 0);

    let log = std::fs::read_to_string(dir.join("log")).unwrap();
    let line = log.lines().find(|line| line.contains("answered")).expect("a line for the request");
    let line: Value = serde_json::from_str(line).unwrap();
    let fields = &line["fields"];
    assert_eq!((&fields["method"], &fields["status"]), (&"GET".into(), &404.into()), "{line}");
    assert_eq!(fields["code"], "NOT_FOUND", "{line}");
    assert!(fields["ms"].is_u64() && answer.contains(fields["id"].as_str().unwrap()), "{line}");
    assert!(!log.contains(number) && !log.contains("1234567890") && !log.contains("127.0.0.1"), "{log}");
}

#[test]
fn a_setting_that_can_not_be_is_told_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let dir = dir.path();
    office(dir, "manual");
    std::fs::write(dir.join("web.toml"), "# none\nlisten = \"here\"\n").unwrap();
    let refused = |words: &[&str], variable: Option<(&str, &str)>| {
        let mut command = command(dir, words);
        command.envs(variable);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let error = json(&output)["error"].clone();
        assert_eq!(error["code"], "SETTINGS_BAD");
        error["where"].as_str().unwrap().to_string()
    };
    assert_eq!(refused(&["serve", "office", "--config", "web.toml"], None), "web.toml:2");
    assert_eq!(refused(&["serve", "office", "--log", "loud"], None), "--log");
    assert_eq!(refused(&["serve", "office"], Some(("XINZHENG_WORKERS", "0"))), "XINZHENG_WORKERS");
    assert_eq!(refused(&["serve", "office", "--tls-key", "nothing.pem"], None), "--tls-key");
}

/// A key that `openssl` has, and the example program that signs with it.
fn signer_file(dir: &Path) -> String {
    let at = |name: &str| dir.join(name).to_str().unwrap().to_string();
    std::fs::write(at("words"), "of the module\n").unwrap();
    let make = ["genpkey", "-algorithm", "ed25519", "-aes256", "-pass", "file:words", "-out", "module.pem"];
    assert!(Command::new("openssl").args(make).current_dir(dir).status().unwrap().success());
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("../keys/signer.py").canonicalize().unwrap();
    let says = serde_json::json!({
        "format": "xinzheng/signer/v1",
        "argv": ["/usr/bin/env", "python3", program, at("module.pem"), at("words")],
        "start_seconds": 60,
        "sign_seconds": 30,
    });
    std::fs::write(at("new.signer"), says.to_string()).unwrap();
    std::fs::set_permissions(at("new.signer"), std::fs::Permissions::from_mode(0o600)).unwrap();
    "new.signer".to_string()
}

#[test]
fn keys_are_rotated_and_told_of_while_the_service_runs() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    office(at, "20");
    let (mut server, _) = serve(at);
    let keys = |of: &Value, usage: &str| -> Vec<Value> {
        of["keys"].as_array().unwrap().iter().filter(|key| key["use"] == usage).cloned().collect()
    };
    let (told, exit) = ask(at, &["key", "office", "rotate", "batch", "--overlap", "12h"]);
    assert_eq!((&told["sequence"], exit), (&2.into(), 0), "{told}");
    let (listed, _) = ask(at, &["key", "office", "list"]);
    let batch = keys(&listed, "batch");
    assert_eq!(batch.len(), 2, "{listed}");
    assert!(batch.iter().all(|key| key["state"] == "active" && key["place"] == "file"), "{listed}");

    // The ledger key moves into a module, and everything goes on with both.
    let (told, exit) = ask(at, &["key", "office", "rotate", "ledger", "--signer", &signer_file(at)]);
    assert_eq!((&told["sequence"], exit), (&3.into(), 0), "{told}");
    std::fs::write(at.join("a.txt"), "a").unwrap();
    let (told, exit) = ask(at, &["submit", "office", "a.txt", "--kind", "file"]);
    assert_eq!(exit, 0, "{told}");
    let (listed, _) = ask(at, &["key", "office", "list"]);
    assert_eq!(keys(&listed, "ledger").iter().filter(|key| key["place"] == "command").count(), 1, "{listed}");
    let signer = &listed["signers"][0];
    assert!(signer["use"] == "ledger" && signer["signed"].as_u64() > Some(0), "{listed}");
    let checkpoint = std::fs::read_to_string(at.join("office/ledger/checkpoint")).unwrap();
    assert_eq!(checkpoint.matches("\n— ").count(), 2, "both keys sign: {checkpoint}");
    let size = checkpoint.lines().nth(1).unwrap().to_string();

    // An offline root: prepared here, signed where its key is, taken in here.
    let offline = at.join("offline");
    std::fs::create_dir(&offline).unwrap();
    for entry in std::fs::read_dir(at.join("office/keys")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_string();
        if name.starts_with("root-") {
            std::fs::copy(&path, offline.join(&name)).unwrap();
            if name.ends_with(".pem") {
                std::fs::remove_file(&path).unwrap();
            }
        }
    }
    let id = batch[0]["key"].as_str().unwrap().split('+').nth(1).unwrap().to_string();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let from = verifier::time::Time::new(now - 60).unwrap().display_china();
    let told_of = ["key", "office", "compromised", "batch", &id, "--from", &from, "--last-good", &size];
    let (refused, exit) = ask(at, &told_of);
    assert_eq!((&refused["error"]["code"], exit), (&"TRUST_ROOT_MISSING".into(), 2), "{refused}");
    let (told, exit) = ask(at, &[&told_of[..], &["--prepare", "next.txt"]].concat());
    assert_eq!(exit, 0, "{told}");
    let sign = ["key", "offline", "sign", "next.txt", "--out", "next.xzt"];
    let signed = command(at, &sign).env("XINZHENG_PASSPHRASE", PASSPHRASE).output().unwrap();
    assert!(signed.status.success(), "{signed:?}");
    let (told, exit) = ask(at, &["key", "office", "take", "next.xzt"]);
    assert_eq!((&told["sequence"], exit), (&4.into(), 0), "{told}");
    let (listed, _) = ask(at, &["key", "office", "list"]);
    let states: Vec<Value> = keys(&listed, "batch").into_iter().map(|key| key["state"].clone()).collect();
    assert!(states.contains(&"compromised".into()) && states.contains(&"active".into()), "{listed}");
    std::fs::write(at.join("b.txt"), "b").unwrap();
    let (told, exit) = ask(at, &["submit", "office", "b.txt", "--kind", "file"]);
    assert_eq!(exit, 0, "the other key goes on: {told}");

    assert_eq!(interrupt(&mut server), 0);
    // What the stolen key signed after the last good checkpoint is named, and nothing else is wrong.
    let (audited, _) = ask(at, &["audit", "office"]);
    let findings = audited["findings"].as_array().cloned().unwrap_or_default();
    assert!(findings.iter().all(|finding| finding["code"] == "KEY_COMPROMISED"), "{audited}");
}

/// For people, without `--json`.
fn words(dir: &Path, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xinzheng"));
    command.args(words).current_dir(dir).stdin(Stdio::null()).env_remove("XINZHENG_PASSPHRASE");
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_does_not_sign_or_anchor_is_told_at_the_start_and_in_the_lists() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    office(at, "20");
    let settings = "[[anchor]]\nkind = \"http\"\nlabel = \"gateway\"\nurl = \"http://127.0.0.1:1/anchor\"\nevery = \"1m\"\n";
    std::fs::write(at.join("web.toml"), settings).unwrap();
    let start = |name: &str| {
        let log = std::fs::File::create(at.join(name)).unwrap();
        let more = ["--listen", "127.0.0.1:0", "--log", "none", "--config", "web.toml", "--lang", "zh"];
        serve_with(at, &more, log.into()).0
    };
    let mut server = start("first");
    assert_eq!(std::fs::read_to_string(at.join("first")).unwrap(), "", "all is well, and nothing is said");
    let (told, exit) = ask(at, &["key", "office", "rotate", "ledger", "--signer", &signer_file(at)]);
    assert_eq!(exit, 0, "{told}");
    assert_eq!(interrupt(&mut server), 0);

    std::fs::rename(at.join("module.pem"), at.join("gone.pem")).unwrap();
    let mut server = start("second");
    let said = std::fs::read_to_string(at.join("second")).unwrap();
    let listed = ask(at, &["key", "office", "list"]).0;
    let key = listed["signers"][0]["key"].as_str().unwrap().to_string();
    let id = key.split('+').nth(1).unwrap();
    assert!(said.contains(&format!("账本密钥 {id} 的外部签名程序不能签名")), "{said}");
    assert!(said.contains("接下来：请检查密码机或签名服务器"), "{said}");
    for lang in ["zh", "en"] {
        let table = words(at, &["key", "office", "list", "--lang", lang]);
        let away = if lang == "zh" { "不能签名" } else { "does not sign" };
        let row = table.lines().find(|line| line.starts_with("ledger") && line.contains(id)).unwrap();
        assert!(row.contains(away) && table.contains(&key), "{table}");
        let widest = |text: &str| text.lines().map(unicode_width::UnicodeWidthStr::width).max();
        let end = table.find(lang_start(lang)).unwrap();
        assert!(widest(&table[..end]) <= Some(100), "{table}");
        let bundle = words(at, &["trust", "office", "show", "--lang", lang]);
        assert!(widest(&bundle) <= Some(100) && bundle.contains(id), "{bundle}");
    }

    // A target that fails is listed with since when, why and what to do, before anything was ever anchored.
    let began = std::time::Instant::now();
    let target = loop {
        let target = ask(at, &["anchor", "office", "list"]).0["going"][0].clone();
        if target["state"] == "alarm" {
            break target;
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(120), "{target}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    };
    assert!(target["since"].as_u64() > Some(0) && target["label"] == "gateway", "{target}");
    let text = words(at, &["anchor", "office", "list", "--lang", "zh"]);
    assert!(text.contains("存证网关 gateway  警报"), "{text}");
    assert!(text.contains("设置不允许用不加密的 HTTP"), "{text}");
    assert!(text.contains("接下来（存证网关 gateway）：请改用 https 网址"), "{text}");
    assert_eq!(interrupt(&mut server), 0);
    // What it left is told without it, with the same beginning.
    let alone = ["anchor", "office", "list"];
    let left = json(&command(at, &alone).env("XINZHENG_PASSPHRASE", PASSPHRASE).output().unwrap());
    let left = &left["going"][0];
    assert_eq!(
        (&left["label"], &left["state"], &left["since"]),
        (&target["label"], &target["state"], &target["since"])
    );
    assert!(left.get("url").is_none() && left["why"] == target["why"], "{left}");
}

/// How the lines below a table begin.
fn lang_start(lang: &str) -> &'static str {
    if lang == "zh" { "请注意" } else { "please note" }
}
