//! The real programs, `xinzheng` and `xinzheng-verify`, built once for a run of the tests and then started as a user does.

use crate::graph;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// The passphrase of every office that a test makes.
pub const PASSPHRASE: &str = "for tests only";

/// `xinzheng`, the operator's program.
pub fn xinzheng() -> Command {
    let mut command = Command::new(built().join("xinzheng"));
    command.env("XINZHENG_PASSPHRASE", PASSPHRASE).env("LANG", "C.UTF-8").env_remove("XINZHENG_LANG");
    command
}

/// `xinzheng-verify`, the verifier that stands alone. It keeps its pins and memories in `home`.
pub fn xinzheng_verify(home: &Path) -> Command {
    let mut command = Command::new(built().join("xinzheng-verify"));
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home)
        .env("XDG_STATE_HOME", home)
        .env("XDG_DATA_HOME", home);
    command.env("LANG", "C.UTF-8");
    command
}

/// What a program said and how it ended.
pub struct Said {
    /// The exit status; `None` where a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// The one JSON object on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("not one JSON object: {e}\n{self}"))
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}\n-- standard output\n{}\n-- standard error\n{}", self.code, self.out, self.err)
    }
}

/// Runs the command to its end.
pub fn run(command: &mut Command) -> Said {
    let output = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    said(&output)
}

/// Runs the command and expects success and one JSON object.
pub fn run_json(command: &mut Command) -> Value {
    let said = run(command);
    assert_eq!(said.code, Some(0), "{command:?}: {said}");
    said.json()
}

/// What is in the output of a process.
pub fn said(output: &Output) -> Said {
    Said {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Encrypts the office's keys again, with OpenSSL and fewer rounds: else most of a process's life is spent on the
/// passphrase.
pub fn quick_keys(keys: &Path) {
    for pem in crate::ledger::files(keys).into_keys().filter(|f| f.extension().is_some_and(|e| e == "pem")) {
        let new = pem.with_extension("new");
        let mut openssl = Command::new("openssl");
        openssl.args(["pkcs8", "-topk8", "-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA256", "-iter", "2048"]);
        openssl.arg("-in").arg(&pem).arg("-out").arg(&new);
        openssl
            .args(["-passin", "env:PASSPHRASE", "-passout", "env:PASSPHRASE"])
            .env("PASSPHRASE", PASSPHRASE);
        let said = run(&mut openssl);
        assert_eq!(said.code, Some(0), "{said}");
        std::fs::rename(&new, &pem).expect("a key in the place of another");
        // The file beside it has the public key, and a digest of the file that was.
        let beside = pem.with_extension("vkey");
        let vkey = std::fs::read_to_string(&beside).expect("a public key");
        std::fs::write(&beside, format!("{}\n", vkey.lines().next().unwrap_or(""))).expect("a public key");
    }
}

/// Builds both programs in the profile of the running test and gives their folder. With `XINZHENG_BUILT=1` they are taken as
/// they are: for whoever runs one test again and again.
pub fn built() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let me = std::env::current_exe().expect("the test binary has a path");
        // target/PROFILE/deps/e2e-…
        let folder = me.ancestors().nth(2).expect("the test binary lies in the target folder").to_path_buf();
        let name = folder.file_name().and_then(|n| n.to_str()).expect("a profile's folder");
        let profile = if name == "debug" { "dev" } else { name };
        let target = folder.parent().and_then(Path::to_str).expect("the target folder");
        if std::env::var_os("XINZHENG_BUILT").is_some() {
            return folder;
        }
        // The same selection as that of `cargo test --workspace --all-features`, so that hardly anything is compiled twice.
        let features = ["--workspace", "--all-features", "--bins", "--tests"];
        let mut args = vec!["build", "--quiet", "--locked", "--profile", profile, "--target-dir", target];
        args.extend(features);
        graph::cargo(&args);
        folder
    })
}
