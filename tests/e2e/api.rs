//! The interface for programs, of an office of one's own, with the real program that serves it: a client that others
//! wrote, made from nothing but the description; a document's whole way; and SIGKILL right after an answer.
//!
//! ```text
//! schemathesis run http://127.0.0.1:PORT/api/v1/openapi.json -H "Authorization: Bearer KEY" …
//! ```

use e2e::documents;
use e2e::programs::{built, quick_keys, run, run_json, xinzheng, xinzheng_verify};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);
/// Requests made up for each operation, beside those that the description itself asks for.
const EXAMPLES: &str = "15";
/// How often the server is killed.
const KILLS: u32 = 6;
const CHECKS: &str =
    "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/// Limits by address that a client that asks for an hour's worth in a minute would only meet.
const LIMITS: [&str; 6] = ["LOOK_UPS", "WRONG_LOOK_UPS", "SIGN_INS", "DECODINGS", "SUBMISSIONS", "REQUESTS"];

#[test]
fn a_client_made_from_the_description_finds_no_fault() {
    let house = House::new();
    let mut server = house.serve();
    let taken = server.submit(&documents::report(1), "sealed");
    assert_eq!(taken.status, 201, "{taken}");
    // All of it, with numbers made up; then certificates that are there. The address of the description itself is left
    // out unless it is named.
    house.client(&server, &[]);
    let number = text(&taken.json()["number"]).to_owned();
    let known = format!(
        "[[operations]]\ninclude-path-regex = \"^/certificates/[{{]\"\nparameters = {{ number = \"{number}\" }}\n"
    );
    std::fs::write(house.at("schemathesis.toml"), known).expect("its settings");
    house.client(&server, &["--include-path-regex", "^/(certificates/[{]|openapi)"]);
    assert_eq!(server.get("/ready").status, 200, "and it serves on");
    assert!(server.child.try_wait().expect("its state").is_none());
    server.stop();
    house.audited();
}

#[test]
fn a_document_goes_its_whole_way() {
    let house = House::new();
    let server = house.serve();
    let taken = server.submit(&documents::report(1), "sealed");
    assert_eq!(taken.status, 201, "{taken}");
    let taken = taken.json();
    let number = text(&taken["number"]);
    let pdf = server.get(&format!("/api/v1/certificates/{number}.pdf"));
    assert_eq!(pdf.status, 200, "{pdf}");
    assert!(pdf.body.starts_with(b"%PDF-"));

    // Whoever holds the file verifies it alone, and finds one changed byte.
    let file = house.at("report.pdf");
    let verify = |bytes: &[u8]| {
        std::fs::write(&file, bytes).expect("a file");
        let mut command = xinzheng_verify(house.folder.path());
        command.arg("--trust").arg(house.at("office.xzt")).args(["--root", &house.root, "--json"]);
        let said = run(command.arg(&file));
        (said.code, said.json()["results"][0].clone())
    };
    let (code, result) = verify(&pdf.body);
    assert_eq!((code, text(&result["verdict"])), (Some(0), "valid"), "{result}");
    assert_eq!(text(&result["number"]), number, "{result}");
    let mut changed = pdf.body.clone();
    let middle = changed.len() / 3;
    changed[middle] ^= 1;
    let (code, result) = verify(&changed);
    assert!(matches!(code, Some(1 | 2)), "{result}");

    // A table of window codes: this one, and one that was never given.
    let table = format!("窗口码\r\n{}\r\n{number}0000000000\r\n", text(&taken["window_code"]));
    let begun = server.ask("POST", "/api/v1/jobs", &["Content-Type: text/csv"], table.as_bytes());
    assert_eq!(begun.status, 202, "{begun}");
    let job = format!("/api/v1/jobs/{}", text(&begun.json()["id"]));
    let began = Instant::now();
    let done = loop {
        let seen = server.get(&job).json();
        if seen["state"] == "done" {
            break seen;
        }
        assert!(began.elapsed() < PATIENCE, "{seen}");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!((&done["rows"], &done["valid"], &done["undetermined"]), (&json!(2), &json!(1), &json!(1)));
    let result = server.get(&format!("{job}/result.csv")).to_string();
    assert!(
        result.contains(&format!("2,'{number},有效,VALID,")) && result.contains("CERTIFICATE_UNKNOWN"),
        "{result}"
    );
    server.stop();
    house.audited();
}

#[test]
fn killed_right_after_an_answer_what_was_accepted_is_there() {
    let house = House::new();
    let mut server = house.serve();
    let mut accepted: Vec<(u32, Value)> = Vec::new();
    for kill in 0..KILLS {
        let (document, wait) = (kill + 1, if kill % 2 == 0 { "accepted" } else { "sealed" });
        let taken = server.submit(&documents::commitment(document), wait);
        server.child.kill().expect("a child can be killed");
        drop(server);
        assert_eq!(taken.status, if wait == "sealed" { 201 } else { 202 }, "{taken}");
        accepted.push((document, taken.json()));

        server = house.serve();
        for (document, was) in &accepted {
            let again = server.submit(&documents::commitment(*document), "sealed");
            assert_eq!(again.status, 200, "accepted once: {again}");
            let again = again.json();
            assert_eq!((&again["number"], &again["repeated"]), (&was["number"], &json!(true)));
            assert!(was["index"].is_null() || was["index"] == again["index"], "{was} {again}");
            let text = json!({"text": was["window_code"]}).to_string();
            let verdict = server.ask("POST", "/api/v1/verify", &[JSON], text.as_bytes()).json();
            assert_eq!(
                (&verdict["verdict"], &verdict["number"]),
                (&json!("valid"), &was["number"]),
                "{verdict}"
            );
        }
    }
    server.stop();
    house.audited();
}

const JSON: &str = "Content-Type: application/json";

/// An office made by `init`, and a key of its interface.
pub(crate) struct House {
    folder: tempfile::TempDir,
    root: String,
    key: String,
}

impl House {
    pub(crate) fn new() -> House {
        let folder = tempfile::tempdir().expect("a folder");
        let office = folder.path().join("office");
        let origin = ["--origin", "api.example/ledger", "--name", "测试机构", "--json"];
        let made = run_json(xinzheng().arg("init").arg(&office).args(origin));
        quick_keys(&office.join("keys"));
        let bundle = folder.path().join("office.xzt");
        run_json(xinzheng().arg("trust").arg(&office).arg("export").arg(bundle).arg("--json"));
        let mut add = xinzheng();
        add.arg("api-key").arg(&office).args(["add", "--label", "测试", "--json"]);
        for scope in [
            "documents.submit",
            "certificates.read",
            "verifications.write",
            "jobs.write",
            "status.write",
            "commitments.write",
        ] {
            add.args(["--scope", scope]);
        }
        let key = text(&run_json(&mut add)["key"]).to_owned();
        House { folder, root: text(&made["root"]).to_owned(), key }
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn serve(&self) -> Server {
        let mut command = xinzheng();
        command.arg("serve").arg(self.at("office")).args([
            "--listen",
            "127.0.0.1:0",
            "--log",
            "none",
            "--json",
        ]);
        command.envs(LIMITS.map(|name| (format!("XINZHENG_HOURLY_{name}"), "0")));
        Server::start(command, &self.key)
    }

    /// Runs the client of the interface that others wrote.
    fn client(&self, server: &Server, more: &[&str]) {
        let mut command = Command::new(schemathesis());
        command.arg("run").arg(format!("http://{}/api/v1/openapi.json", server.address));
        command.args(["-H", &format!("Authorization: Bearer {}", self.key), "--checks", CHECKS]);
        command.args([
            "--max-examples",
            EXAMPLES,
            "--phases",
            "examples,coverage,fuzzing",
            "--seed",
            "20261122",
        ]);
        command.args(["--no-color", "--no-shrink", "--generation-database", "none"]).args(more);
        let said = run(command.current_dir(self.folder.path()));
        assert_eq!(said.code, Some(0), "{said}");
        assert!(said.out.contains("Tested: "), "{said}");
        println!("{}", said.out);
    }

    fn audited(&self) {
        let audit = run(xinzheng().arg("audit").arg(self.at("office")).arg("--json"));
        assert_eq!((audit.code, text(&audit.json()["verdict"])), (Some(0), "clean"), "{audit}");
    }
}

/// `xinzheng serve`, killed when dropped.
pub(crate) struct Server {
    child: Child,
    address: String,
    key: String,
}

impl Server {
    fn start(mut command: Command, key: &str) -> Server {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        // One object, on one line or on several.
        let mut told = String::new();
        let shown = lines.by_ref().map_while(Result::ok).find_map(|line| {
            told += &line;
            serde_json::from_str::<Value>(&told).ok()
        });
        std::thread::spawn(move || lines.for_each(drop));
        let Some(shown) = shown else {
            let status = child.wait().expect("the program ends");
            panic!("it ended with {status} and never said where it serves: {told}");
        };
        let address = text(&shown["listening"]).replace("http://", "");
        Server { child, address, key: key.to_owned() }
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    pub(crate) fn submit(&self, document: &str, wait: &str) -> Answer {
        self.ask("POST", &format!("/api/v1/documents?wait={wait}"), &[JSON], document.as_bytes())
    }

    fn ask(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.address);
        head += &format!("Authorization: Bearer {}\r\nContent-Length: {}\r\n", self.key, body.len());
        headers.iter().for_each(|header| head += &format!("{header}\r\n"));
        let mut stream = TcpStream::connect(&self.address).expect("the address that it said");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
        stream.write_all(&[head.as_bytes(), b"\r\n", body].concat()).expect("a request");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("an answer");
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        Answer { status, head, body: bytes[end..].to_vec() }
    }

    /// Asks it to end, which it does well.
    pub(crate) fn stop(mut self) {
        let kill =
            Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().expect("kill runs");
        assert!(kill.success());
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.head, String::from_utf8_lossy(&self.body))
    }
}

/// Where `tests/run` puts it: the target folder of this test, or that of the repository.
fn schemathesis() -> PathBuf {
    let target = built().parent().expect("the target folder").to_path_buf();
    let places = [target, e2e::paths::root().join("target")].map(|t| t.join("schemathesis/bin/schemathesis"));
    places.iter().find(|place| place.is_file()).cloned().unwrap_or_else(|| {
        let folder: &Path = places[1].parent().and_then(Path::parent).expect("a folder");
        let folder = folder.display();
        panic!(
            "schemathesis is not there: python3 -m venv {folder} && {folder}/bin/pip install schemathesis==4.32.5 \
             (Debian package python3-venv), as tests/run does"
        )
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text is wanted: {value}"))
}
