//! An office of one's own, from `init` to a revoked certificate, through the commands that an operator types.

use e2e::documents;
use e2e::programs::{run, run_json, xinzheng, xinzheng_verify};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const ORIGIN: &str = "office.example/ledger";

#[test]
fn from_a_document_to_a_revocation() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let office = at("office");
    let made = run_json(xinzheng().arg("init").arg(&office).args([
        "--origin",
        ORIGIN,
        "--name",
        "测试机构",
        "--json",
    ]));
    assert_eq!(made["origin"], ORIGIN);
    let root = made["root"].as_str().expect("a root key");
    run_json(xinzheng().arg("trust").arg(&office).arg("export").arg(at("office.xzt")).arg("--json"));

    // A group with some wrong ones: the good ones are taken, the others listed.
    std::fs::write(at("report.json"), documents::report(1)).expect("a document");
    std::fs::write(at("commitment.json"), documents::commitment(1)).expect("a document");
    std::fs::write(at("wrong.json"), documents::report(2).replace("\"penalties\":1", "\"penalties\":0"))
        .expect("a document");
    let submit = |files: &[&str]| {
        let mut command = xinzheng();
        command.arg("submit").arg(&office).args(files.iter().map(|f| at(f))).arg("--json");
        run(&mut command)
    };
    let said = submit(&["report.json", "wrong.json", "commitment.json"]);
    assert_eq!(said.code, Some(1), "{said}");
    let answer = said.json();
    assert_eq!(answer["accepted"].as_array().map(Vec::len), Some(2), "{said}");
    let refused = &answer["refused"][0];
    assert_eq!(
        (text(&refused["code"]), text(&refused["where"])),
        ("COUNTER_DISAGREES", "/summary/penalties"),
        "{said}"
    );
    let number = text(&answer["accepted"][0]["number"]).to_owned();
    let other = text(&answer["accepted"][1]["number"]).to_owned();
    // Once more: the same certificates. Other bytes under the same number: a conflict.
    let again = submit(&["report.json", "commitment.json"]);
    assert_eq!(
        (again.code, text(&again.json()["accepted"][0]["number"])),
        (Some(0), number.as_str()),
        "{again}"
    );
    std::fs::write(at("report.json"), documents::report(1).replace("魏水生", "魏水")).expect("a document");
    let conflict = submit(&["report.json"]);
    assert_eq!(
        (conflict.code, text(&conflict.json()["refused"][0]["code"])),
        (Some(1), "CONFLICT"),
        "{conflict}"
    );

    let out = at("certificates");
    for number in [&number, &other] {
        run_json(xinzheng().arg("certificate").arg(&office).arg(number).arg("--out").arg(&out).arg("--json"));
        for ending in ["xzc", "pdf", "qr.svg", "qr.png", "tlog-proof"] {
            assert!(out.join(format!("{number}.{ending}")).is_file(), "{number}.{ending}");
        }
    }
    let verdict = |number: &str, more: &[&str]| {
        let mut command = verifier(folder.path(), root);
        let said = run(command.args(more).arg(out.join(format!("{number}.xzc"))));
        let result = said.json()["results"][0].clone();
        (said.code, text(&result["verdict"]).to_owned(), text(&result["code"]).to_owned(), result)
    };
    let (code, is, _, result) = verdict(&number, &[]);
    assert_eq!((code, is.as_str()), (Some(0), "valid"), "{result}");
    assert_eq!(
        (result["number"].as_str(), result["level"].as_u64()),
        (Some(number.as_str()), Some(2)),
        "{result}"
    );
    assert_eq!(result["holder"]["name"], "渭水样例食品有限公司");

    // A copy with less in it is as valid, and is the same certificate.
    let less = at("less.xzc");
    let mut command = xinzheng();
    command
        .arg("disclose")
        .arg(out.join(format!("{other}.xzc")))
        .args(["--keep", "/matter", "--out"])
        .arg(&less)
        .arg("--json");
    run_json(&mut command);
    assert_eq!(run(verifier(folder.path(), root).arg(&less)).code, Some(0));

    run_json(xinzheng().arg("status").arg(&office).args([
        &number,
        "set",
        "revoked",
        "--reason",
        "错误出具",
        "--json",
    ]));
    run_json(xinzheng().arg("status").arg(&office).args(["publish", "--json", "--out"]).arg(&out));
    // The list beside the certificate is found by itself.
    let (code, is, why, result) = verdict(&number, &[]);
    assert_eq!((code, is.as_str(), why.as_str()), (Some(1), "invalid", "REVOKED"), "{result}");
    let (code, is, _, result) = verdict(&other, &[]);
    assert_eq!((code, is.as_str()), (Some(0), "valid"), "{result}");
    // Without fresh evidence nothing is said, unless only the proof is asked for.
    let (code, is, why, result) = verdict(&other, &["--max-age", "1s", "--at", &tomorrow()]);
    assert_eq!((code, is.as_str(), why.as_str()), (Some(2), "undetermined", "STATUS_STALE"), "{result}");
    let (code, is, _, result) = verdict(&number, &["--no-status"]);
    assert_eq!((code, is.as_str()), (Some(0), "valid"), "{result}");

    run_json(xinzheng().arg("erase").arg(&office).args([
        &other,
        "--reason",
        "当事人申请",
        "--yes",
        "--json",
    ]));
    let gone = run(xinzheng()
        .arg("certificate")
        .arg(&office)
        .arg(&other)
        .arg("--out")
        .arg(at("gone"))
        .arg("--json"));
    assert_eq!((gone.code, text(&gone.json()["error"]["code"])), (Some(1), "ERASED"), "{gone}");
    let audit = run(xinzheng().arg("audit").arg(&office).arg("--json"));
    assert_eq!((audit.code, text(&audit.json()["verdict"])), (Some(0), "clean"), "{audit}");
    // What was handed out stays what it was.
    let (code, is, _, result) = verdict(&other, &[]);
    assert_eq!((code, is.as_str()), (Some(0), "valid"), "{result}");
}

/// Whoever has only the ledger's files, and later finds one of them changed.
#[test]
fn an_auditor_finds_a_changed_tile() {
    let folder = tempfile::tempdir().expect("a folder");
    let office = folder.path().join("office");
    run_json(xinzheng().arg("init").arg(&office).args(["--origin", ORIGIN, "--name", "测试机构", "--json"]));
    let document = folder.path().join("a.json");
    for n in 1..4 {
        std::fs::write(&document, documents::commitment(n)).expect("a document");
        run_json(xinzheng().arg("submit").arg(&office).arg(&document).arg("--json"));
    }
    let ledger = folder.path().join("ledger");
    copy(&office.join("ledger"), &ledger);
    let trust = folder.path().join("office.xzt");
    run_json(xinzheng().arg("trust").arg(&office).arg("export").arg(&trust).arg("--json"));
    let audit = || run(xinzheng().arg("audit").arg(&ledger).arg("--trust").arg(&trust).arg("--json"));
    let clean = audit();
    assert_eq!((clean.code, text(&clean.json()["verdict"])), (Some(0), "clean"), "{clean}");
    for file in e2e::ledger::files(&ledger).keys() {
        let bytes = std::fs::read(file).expect("a file");
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        std::fs::write(file, changed).expect("a changed file");
        let found = audit();
        let name = file.strip_prefix(&ledger).expect("a file of the ledger").to_str().expect("a name");
        assert!(matches!(found.code, Some(1 | 2)), "{name}: {found}");
        let said = found.json();
        let findings = said["findings"].as_array().expect("findings");
        assert!(
            !findings.is_empty() && findings.iter().all(|f| !text(&f["code"]).is_empty()),
            "{name}: {found}"
        );
        std::fs::write(file, bytes).expect("the file as it was");
    }
    assert_eq!(audit().code, Some(0));
}

/// The verifier that knows the office's bundle and root.
fn verifier(folder: &Path, root: &str) -> Command {
    let mut command = xinzheng_verify(folder);
    command.arg("--trust").arg(folder.join("office.xzt")).args(["--root", root, "--json"]);
    command
}

/// A moment a day from now, as `--at` takes it.
fn tomorrow() -> String {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock after 1970");
    e2e::specimens::time(since.as_secs() + 86_400).display_china()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text is wanted: {value}"))
}

fn copy(from: &Path, to: &Path) {
    for (path, bytes) in e2e::ledger::files(from) {
        let path = to.join(path.strip_prefix(from).expect("a file below the folder"));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a copy");
    }
}
