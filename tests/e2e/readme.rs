//! The commands of the READMEs, run as they stand there.

use e2e::paths;
use e2e::programs::{PASSPHRASE, run};
use e2e::shut::in_empty_network;
use e2e::{documents, programs};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

#[test]
fn both_readmes_have_the_same_commands() {
    let (english, chinese) = (blocks("README.md"), blocks("README.zh-CN.md"));
    assert_eq!(english.len(), 3, "what to try, how to check, how to run an office");
    assert_eq!(english, chinese);
    assert_eq!(english[0], ["cargo run --release -- demo", "bash tests/run"]);
    assert!(paths::tracked().iter().any(|f| f == "tests/run"));
    assert!(paths::read(".ci/run").contains("tests/run"), ".ci/run runs the same");
}

/// What is said of addresses, settings and counters: each is there, and the walk's sample has the number to be replaced.
#[test]
fn what_the_pages_name_is_there() {
    let routes = paths::read("web/tests/accounts/routes.rs") + &paths::read("web/openapi/openapi.json");
    let settings = paths::read("web/settings.example.toml");
    let metrics: String = ["metrics", "keyring_watch", "witnessing/watch", "anchoring/watch"]
        .map(|file| paths::read(&format!("web/src/{file}.rs")))
        .concat();
    for page in ["README.md", "README.zh-CN.md", "OPERATING.md", "OPERATING.zh-CN.md"] {
        let text = paths::read(page);
        let mut addresses = 0;
        for word in text.split('`').skip(1).step_by(2) {
            if word.starts_with('/') {
                // What comes after a fixed part stands for something: `/problems/CODE`.
                let open = |c: char| !c.is_ascii() || c.is_ascii_uppercase();
                let found = match word.split_once(open) {
                    Some((fixed, _)) => routes.contains(&format!("\"{fixed}")),
                    None => routes.contains(&format!("\"{word}\"")),
                };
                assert!(found, "{page}: {word} is no address");
                addresses += 1;
            }
            if word.starts_with("xinzheng_") {
                // A condition of an alarm begins with what is measured.
                let (word, _) = word.split_once(' ').unwrap_or((word, ""));
                assert!(metrics.contains(&format!("\"{word}\"")), "{page}: {word} is not measured");
            }
        }
        assert!(addresses >= 5, "{page} names {addresses} addresses");
    }
    for name in ["listen", "public_address", "trusted", "header", "token_file"] {
        assert!(settings.contains(&format!("#{name} = ")), "{name} is no setting");
    }
    let walk = "sed s/A0000003/A0000099/ tests/samples/report-special-clean.json > report.json";
    assert!(paths::read("README.md").contains(walk) && paths::read("README.zh-CN.md").contains(walk));
    let sample = paths::read("tests/samples/report-special-clean.json");
    assert_eq!(sample.matches("A0000003").count(), 1, "the number alone");
}

/// What the last block shows, with an office, documents and a number of its own.
#[test]
fn an_office_runs_as_the_readme_says() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("report.json"), documents::report(1)).expect("a document");
    std::fs::write(folder.path().join("commitment.json"), documents::commitment(1)).expect("a document");
    let table = paths::root().join("tests/samples/commitments-50.xlsx");
    std::fs::copy(table, folder.path().join("commitments.xlsx")).expect("a table");
    let codes = paths::root().join("tests/samples/subjects-to-check.csv");
    std::fs::copy(codes, folder.path().join("bidders.csv")).expect("a table");
    let program = programs::xinzheng();
    let bin = Path::new(program.get_program()).parent().expect("the programs' folder").to_owned();
    let mut number = String::new();
    let block = blocks("README.md").remove(2);
    let (serve, commands) = block.split_last().expect("commands");
    for line in commands {
        if line.starts_with("export ") {
            assert!(line.contains("XINZHENG_PASSPHRASE"), "{line}");
            continue;
        }
        let said = run(&mut shell(folder.path(), &bin, &line.replace("NUMBER", &number)));
        assert_eq!(said.code, Some(0), "{line}\n{said}");
        if line.contains(" submit ") {
            number = said
                .out
                .split(|c: char| !c.is_ascii_digit())
                .find(|w| w.len() == 22)
                .expect("a number")
                .to_owned();
        }
    }
    assert!(folder.path().join(format!("certificates/{number}.xzc")).is_file());
    assert!(folder.path().join(format!("certificates/{number}.pdf")).is_file());
    assert!(folder.path().join("numbers.csv").is_file() && folder.path().join("all.xlsx").is_file());
    assert!(folder.path().join("certificates/status-0.xzs").is_file());
    assert!(serve.contains(" serve ") && serve.contains(":8080"), "{serve}");
    // Another port: 8080 may be taken here.
    let mut server = Server::start(shell(folder.path(), &bin, &serve.replace(":8080", ":0")));
    assert!(server.get("/health").contains("\"ok\""));
    assert!(server.get("/ledger/checkpoint").contains("credit.example.gov.cn/ledger\n"));
}

/// The whole promise, from a fresh clone: certificates by the first command, and a stranger's verdict on a copy of them
/// without a network. Compiles everything anew, so `tests/run` asks for it by name.
#[test]
#[ignore = "compiles the release from a fresh clone, some minutes"]
fn a_fresh_clone_does_what_the_readme_says() {
    let folder = tempfile::tempdir().expect("a folder");
    let clone = folder.path().join("clone");
    let mut git = Command::new("git");
    git.args(["clone", "--quiet", "--local"]).arg(paths::root()).arg(&clone);
    assert_eq!(run(&mut git).code, Some(0));
    // What is compiled is kept from run to run, outside the clone.
    let kept = paths::root().join("target/fresh-clone");
    std::fs::create_dir_all(&kept).expect("a folder");
    std::os::unix::fs::symlink(&kept, clone.join("target")).expect("a link");
    let blocks = blocks("README.md");

    let mut demo = Server::start(shell(&clone, &clone, &blocks[0][0]));
    assert!(demo.get("/health").contains("\"ok\""));
    drop(demo);
    assert!(clone.join("demo/certificates").is_dir());

    let (verify, build) = blocks[1].split_last().expect("commands");
    for line in build {
        let said = run(&mut shell(&clone, &clone, line));
        assert_eq!(said.code, Some(0), "{line}\n{said}");
    }
    let said = run(&mut in_empty_network(&shell(&clone, &clone, verify)));
    assert_eq!(said.code, Some(0), "{verify}\n{said}");
}

/// The commands in the blocks of shell of a page, without comments.
fn blocks(page: &str) -> Vec<Vec<String>> {
    let text = paths::read(page);
    let blocks = text.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or(""));
    let command = |line: &str| line.split(" #").next().unwrap_or("").trim().to_owned();
    blocks
        .map(|b| b.lines().map(command).filter(|l| !l.is_empty() && !l.starts_with('#')).collect())
        .collect()
}

/// A line as a person types it in `folder`, with our programs to be found by their names.
fn shell(folder: &Path, bin: &Path, line: &str) -> Command {
    let mut command = Command::new("bash");
    let path = std::env::var("PATH").unwrap_or_default();
    command.args(["-c", line]).current_dir(folder).env("PATH", format!("{}:{path}", bin.display()));
    command.env("XINZHENG_PASSPHRASE", PASSPHRASE).env("HOME", folder).env("XDG_CONFIG_HOME", folder);
    // Cargo and rustup are found where they are, whatever HOME is.
    for (name, fallback) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        if let Some(home) = std::env::var_os("HOME")
            && std::env::var_os(name).is_none()
        {
            command.env(name, Path::new(&home).join(fallback));
        }
    }
    for name in ["CARGO_TARGET_DIR", "CARGO_MANIFEST_DIR", "RUSTC_WORKSPACE_WRAPPER"] {
        command.env_remove(name);
    }
    command
}

/// A process that says where it serves, in a process group of its own, ended with all its children.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(mut command: Command) -> Server {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).process_group(0);
        let mut child = command.spawn().expect("the program starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut told = String::new();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            told += &format!("{line}\n");
            let rest = line.split("http://").nth(1)?;
            Some(rest.split(|c: char| c == '/' || c.is_whitespace()).next()?.to_owned())
        });
        // The rest is read away, so that the program never waits for us.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(address) = address else {
            let status = child.wait().expect("the program ends");
            panic!("it ended with {status} and never said where it serves:\n{told}");
        };
        Server { child, address }
    }

    /// The answer to a GET, its head included.
    fn get(&mut self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("the address that it said");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time-out");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)
            .expect("a request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{path}: {answer}");
        answer
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The whole group: `cargo run` starts the program as a child of its own.
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}
