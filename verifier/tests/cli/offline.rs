//! The program opens no socket, whatever it is given.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::answer::answer;
use crate::office::{Office, SEALED};

#[test]
fn not_one_network_call() {
    let traced = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if !traced.is_ok_and(|status| status.success()) {
        println!("skipped: there is no strace here");
        return;
    }
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司"]);
    office.write("in/a.xzc", issued[0].file());
    office.write("in/scan.txt", issued[1].scan());
    office.write("in/status-0.xzs", office.status_list(1, SEALED + 60, &[(16, 0), (17, 0)]));
    let (root, at) = (office.root.vkey(), (SEALED + 3600).to_string());
    let args = [
        "-f",
        "-qq",
        "-e",
        "trace=network",
        "-o",
        "{}/trace",
        env!("CARGO_BIN_EXE_xinzheng-verify"),
        "--trust",
        "{}/trust.xzt",
        "--root",
        &root,
        "--at",
        &at,
        "--html",
        "--out",
        "{}/report.html",
        "{}/in",
    ];
    let answer = answer(office.command(Path::new("strace"), &args), b"");
    if answer.exit != 0 && answer.errors.contains("ptrace") {
        println!("skipped: strace may not trace here: {}", answer.errors.trim());
        return;
    }
    assert_eq!(answer.exit, 0, "{}", answer.errors);
    assert!(office.path("report.html").exists());
    let trace = std::fs::read_to_string(office.path("trace")).unwrap();
    let calls: Vec<&str> = trace.lines().filter(|line| line.contains('(') && !line.contains("+++")).collect();
    assert!(calls.is_empty(), "{calls:?}");
}
