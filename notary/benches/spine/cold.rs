//! `xinzheng-verify` on one file, from start to end of the process, against `openssl version`.
//!
//! Needs the program built: `cargo build --release -p verifier --features cli`, and an office of `demo --once`.

use std::path::Path;
use std::process::{Command, Stdio};

use super::{in_turn, ratio, row};

const ROUNDS: usize = 60;

pub fn run() {
    let target = std::env::var("CARGO_TARGET_DIR")
        .unwrap_or_else(|_| format!("{}/../target", env!("CARGO_MANIFEST_DIR")));
    let verify = Path::new(&target).join("release/xinzheng-verify");
    let xinzheng = Path::new(&target).join("release/xinzheng");
    if !verify.exists() || !xinzheng.exists() {
        println!(
            "| xinzheng-verify, cold | not built: `cargo build --release -p cli -p verifier --features verifier/cli` | | | < 3 |"
        );
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let office = dir.path().join("demo");
    let made =
        Command::new(&xinzheng).args(["demo", "--once", "--dir"]).arg(&office).stdout(Stdio::null()).status();
    assert!(made.unwrap().success());
    let folder = office.join("certificates");
    let file = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "xzc"))
        .unwrap();
    let ours = || {
        let mut command = Command::new(&verify);
        command.arg("--trust").arg(office.join("trust.xzt")).arg(&file).env("XINZHENG_CONFIG", dir.path());
        assert!(command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success());
    };
    let theirs = || {
        let status = Command::new("openssl").arg("version").stdout(Stdio::null()).status();
        assert!(status.unwrap().success());
    };
    let (ours, theirs) = in_turn(ROUNDS, ours, theirs);
    row("xinzheng-verify on one file, cold", ours, "openssl version", theirs, ratio(ours, theirs), "< 3");
}
