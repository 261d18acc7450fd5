//! The example program of `KEYS.md` as a peer, and the same one misbehaving.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;
use verifier::key::KeyName;
use verifier::time::Time;

use super::*;
use crate::keys::{KeyFile, Passphrase};

const NAME: &str = "a.cn/l/batch";
const WORDS: &str = "right";
const TEXT: &str = "a.cn/l/batch\n0 1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n1795312800\n";

/// Does what a file says: signs well, or in one of the ways that are no good.
const FAULTY: &str = r#"
import base64, json, os, subprocess, sys, time
sys.path.insert(0, sys.argv[4])
import signer
def say(text):
    sys.stdout.write(text); sys.stdout.flush()
for line in sys.stdin:
    ask, mode = json.loads(line), open(sys.argv[3]).read().strip()
    good = signer.answer(ask)
    text = json.dumps(good) + "\n"
    if mode == "other-key" and ask["type"] == "hello":
        say(json.dumps(dict(good, public=base64.b64encode(b"\x01" * 32).decode())) + "\n")
    elif ask["type"] == "hello" or mode in ("good", "other-key"):
        if mode == "deaf":
            say(text); time.sleep(3600)
        say(text)
    elif mode == "garbage": say("well, yes\n")
    elif mode == "member-too-many": say(json.dumps(dict(good, more=1)) + "\n")
    elif mode == "other-id": say(json.dumps(dict(good, id=ask["id"] + 1)) + "\n")
    elif mode == "signature-bad": say(json.dumps(dict(good, signature=base64.b64encode(bytes(64)).decode())) + "\n")
    elif mode == "short": say(json.dumps(dict(good, signature="AAAA")) + "\n")
    elif mode == "huge": say("x" * (1 << 20) + "\n")
    elif mode == "two": say(text + text)
    elif mode == "later": say(text); time.sleep(0.2); say(text); open(sys.argv[3] + ".said", "w").close()
    elif mode == "silent": time.sleep(3600)
    elif mode == "heirs": subprocess.Popen(["sleep", "20"]); sys.exit(0)
    elif mode == "died": sys.stderr.write("x" * 100000 + "\n\x07" + ",".join(sorted(os.environ)) + "\n"); sys.exit(3)
    elif mode == "refused": say(json.dumps({"type": "error", "id": ask["id"], "text": "the token\nis locked"}) + "\n")
    elif mode == "drip":
        while True: say("{"); time.sleep(0.2)
"#;

struct Peer {
    dir: TempDir,
    signer: CommandSigner,
}

impl Peer {
    /// A key in OpenSSL's care, and the program that signs with it. What it may take is long where it is to succeed.
    fn new(mode: &str, sign_seconds: u64) -> Peer {
        let dir = TempDir::new().unwrap();
        let at = |name: &str| dir.path().join(name);
        let safe = at("safe");
        let words = Arc::new(Passphrase::new(WORDS).unwrap());
        let made = KeyFile::generate(&safe, KeyUse::Batch, &KeyName::parse(NAME).unwrap(), words, 1).unwrap();
        fs::write(at("words"), format!("{WORDS}\n")).unwrap();
        fs::write(at("faulty.py"), FAULTY).unwrap();
        fs::write(at("mode"), mode).unwrap();
        fs::create_dir(at("keys")).unwrap();
        let file = dir.path().join("keys").join(made.path().with_extension("signer").file_name().unwrap());
        fs::write(file.with_extension("vkey"), format!("{}\n", made.key().encode())).unwrap();
        let ours = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../keys").canonicalize().unwrap();
        let text = |path: PathBuf| path.to_str().unwrap().to_string();
        let argv = match mode {
            "plain" => vec![text(ours.join("signer.py")), text(made.path().to_owned()), text(at("words"))],
            _ => vec![
                text(at("faulty.py")),
                text(made.path().to_owned()),
                text(at("words")),
                text(at("mode")),
                text(ours),
            ],
        };
        let argv = [vec!["/usr/bin/env".to_string(), "python3".to_string()], argv].concat();
        let says = serde_json::json!({
            "format": "xinzheng/signer/v1",
            "vkey": made.key().encode(),
            "argv": argv,
            "start_seconds": 60,
            "sign_seconds": sign_seconds,
        });
        fs::write(&file, says.to_string()).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let signer = CommandSigner::open(&file).unwrap();
        Peer { dir, signer }
    }

    fn file(&self) -> PathBuf {
        let mut files =
            fs::read_dir(self.dir.path().join("keys")).unwrap().map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().unwrap() == SIGNER_EXTENSION).unwrap()
    }

    fn mode(&self, mode: &str) {
        fs::write(self.dir.path().join("mode"), mode).unwrap();
    }

    fn fault(&self) -> SignerFault {
        match self.signer.sign(TEXT.as_bytes()) {
            Err(KeyError::SignerFailed { fault, .. }) => fault,
            Err(KeyError::SignerRefused { text, .. }) => SignerFault::Refused(text),
            other => panic!("{other:?}"),
        }
    }

    fn health(&self) -> SignerHealth {
        Signer::health(&self.signer).unwrap()
    }

    /// Until it signs, past the rests between tries.
    fn recovers(&self) {
        self.mode("good");
        let signed = (0..600).any(|_| {
            std::thread::sleep(Duration::from_millis(100));
            self.signer.sign_note(TEXT).is_ok()
        });
        assert!(signed, "{:?}", self.health());
        assert_eq!(self.health().failing_for, None);
    }
}

/// Until it is so; nothing waits for the patience to pass.
fn until(what: &str, so: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn the_example_program_signs_with_openssl() {
    let peer = Peer::new("plain", 30);
    peer.signer.ready().unwrap();
    let note = peer.signer.sign_note(TEXT).unwrap();
    assert_eq!(note.verify_one(peer.signer.key()), Ok(()));
    assert_eq!(note, peer.signer.sign_note(TEXT).unwrap(), "RFC 8032");
    let wrong = peer.signer.cosign(Time::new(1).unwrap(), TEXT).unwrap_err();
    assert_eq!(wrong.code(), "KEY_WRONG_USE");
    let health = peer.health();
    assert_eq!((health.starts, health.signed, health.failures, health.running), (1, 2, 0, true));

    // A passphrase that is wrong is the program's to find, and its words are passed on.
    fs::write(peer.dir.path().join("words"), "wrong\n").unwrap();
    let SignerFault::Refused(text) = peer.fault() else { panic!() };
    assert!(text.starts_with("openssl: "), "{text}");
    let health = peer.health();
    assert_eq!((health.starts, health.running, health.failures), (1, true, 1), "it stays");
}

#[test]
fn what_is_no_good_is_named_and_mended_by_a_new_start() {
    let seconds = 30;
    for (mode, kind) in [
        ("garbage", "garbage"),
        ("member-too-many", "garbage"),
        ("other-id", "garbage"),
        ("short", "garbage"),
        ("two", "garbage"),
        ("signature-bad", "signature-bad"),
        ("other-key", "other-key"),
        ("huge", "too-long"),
        ("died", "died"),
    ] {
        let peer = Peer::new(mode, seconds);
        let fault = peer.fault();
        assert_eq!(fault.kind(), kind, "{mode}");
        assert!(!peer.health().running, "{mode}");
        assert_eq!(peer.health().last, Some(fault.clone()), "{mode}");
        // While it rests nobody waits for it, and it is not started.
        assert_eq!((peer.fault(), peer.health().starts), (fault, 1), "{mode}");
        if mode == "died" {
            let said = peer.health().said;
            assert!(said.chars().count() <= 1000 && said.starts_with('x'), "{said}");
            let environment = said.rsplit(' ').next().unwrap();
            assert!(environment.contains("PATH") && !environment.contains("CARGO"), "{environment}");
        }
        peer.recovers();
    }
}

#[test]
fn what_takes_too_long_is_ended() {
    for mode in ["silent", "drip", "heirs"] {
        let peer = Peer::new(mode, 1);
        assert_eq!(peer.fault(), SignerFault::Silent, "{mode}");
        assert!(!peer.health().running);
    }
    // It takes in nothing: the question is longer than what a socket keeps.
    let peer = Peer::new("deaf", 1);
    let long = format!("{TEXT}{}", "x".repeat(MESSAGE_MAX - TEXT.len()));
    assert_eq!(peer.signer.sign(long.as_bytes()).unwrap_err().code(), "KEY_SIGNER_FAILED");
    assert_eq!(peer.health().last, Some(SignerFault::Silent));
}

#[test]
fn what_is_said_unasked_is_not_taken_for_an_answer() {
    let peer = Peer::new("later", 30);
    peer.signer.sign_note(TEXT).unwrap();
    // What is said unasked has come before the next question.
    let said = peer.dir.path().join("mode.said");
    until("it has said it again", || said.exists());
    peer.mode("good");
    let other = TEXT.replace("0 1", "0 2");
    assert_eq!(peer.signer.sign_note(&other).unwrap().verify_one(peer.signer.key()), Ok(()));
    assert_eq!((peer.health().starts, peer.health().failures), (2, 0));
}

#[test]
fn a_refusal_does_not_end_the_program() {
    let peer = Peer::new("refused", 30);
    assert_eq!(peer.fault(), SignerFault::Refused("the token is locked".to_string()));
    let error = peer.signer.sign(b"x").unwrap_err();
    assert_eq!(error.code(), "KEY_SIGNER_REFUSED");
    assert!(error.to_string().contains("a.cn/l/batch") && error.to_string().contains("is locked"), "{error}");
    peer.recovers();
    assert_eq!(peer.health().starts, 1);
}

#[test]
fn a_program_that_died_meanwhile_is_started_again() {
    let peer = Peer::new("good", 30);
    peer.signer.sign_note(TEXT).unwrap();
    let name = peer.dir.path().join("faulty.py").display().to_string();
    let found = Command::new("pgrep").args(["-f", &name]).output().unwrap();
    let ids = String::from_utf8(found.stdout).unwrap();
    for id in ids.lines() {
        assert!(Command::new("kill").args(["-9", id]).status().unwrap().success());
    }
    // Its ends are closed once it is a zombie.
    let state = |id: &str| Command::new("ps").args(["-o", "stat=", "-p", id]).output().unwrap().stdout;
    until("it is dead", || ids.lines().all(|id| matches!(state(id).first(), None | Some(b'Z'))));
    peer.signer.sign_note(TEXT).unwrap();
    assert_eq!((peer.health().starts, peer.health().failures), (2, 0));
}

#[test]
fn a_signer_file_is_read_strictly() {
    let peer = Peer::new("good", 30);
    let file = peer.file();
    let good = fs::read_to_string(&file).unwrap();
    let code = || CommandSigner::open(&file).err().map_or("-", |error| error.code());
    for (from, to) in [
        ("signer/v1", "signer/v2"),
        ("\"argv\"", "\"args\""),
        ("/usr/bin/env", "env"),
        ("\"sign_seconds\":30", "\"sign_seconds\":0"),
        ("\"sign_seconds\":30", "\"sign_seconds\":31"),
        ("\"start_seconds\":60", "\"start_seconds\":61"),
        ("\"start_seconds\":60", "\"start_seconds\":60,\"pin\":\"1234\""),
        ("\"start_seconds\":60", "\"start_seconds\":60,\"start_seconds\":60"),
        ("a.cn/l/batch", "a.cn/m/batch"),
    ] {
        assert!(good.contains(from), "{from}");
        fs::write(&file, good.replacen(from, to, 1)).unwrap();
        assert_eq!(code(), "KEY_SIGNER_FILE", "{to}");
    }
    fs::write(&file, &good).unwrap();
    assert_eq!(code(), "-");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o620)).unwrap();
    assert_eq!(code(), "KEY_SIGNER_FILE", "others may write it");
}

#[test]
fn a_program_that_is_not_there_is_named_at_its_first_use() {
    let peer = Peer::new("good", 30);
    let file = peer.file();
    let text = fs::read_to_string(&file).unwrap().replace("/usr/bin/env", "/nowhere/at/all");
    fs::write(&file, text).unwrap();
    let signer = CommandSigner::open(&file).unwrap();
    let error = signer.ready().unwrap_err();
    assert_eq!(error.code(), "KEY_SIGNER_FAILED");
    assert_eq!(Signer::health(&signer).unwrap().last.unwrap().kind(), "start");
}

/// What is written for a program, before anybody knows which key it has.
fn without_key(peer: &Peer, name: &str) -> PathBuf {
    let text = fs::read_to_string(peer.file()).unwrap();
    let mut says: serde_json::Value = serde_json::from_str(&text).unwrap();
    says.as_object_mut().unwrap().remove("vkey");
    let file = peer.dir.path().join(name);
    fs::write(&file, says.to_string()).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    file
}

#[test]
fn a_key_is_brought_in_by_asking_its_program() {
    let peer = Peer::new("plain", 30);
    let file = without_key(&peer, "new.signer");
    let (dir, name) = (peer.dir.path().join("office-keys"), KeyName::parse(NAME).unwrap());
    let kept = enroll(&dir, KeyUse::Batch, &name, &file).unwrap();
    assert_eq!(kept.file_stem(), peer.file().file_stem());
    let signer = CommandSigner::open(&kept).unwrap();
    assert_eq!(signer.key(), peer.signer.key());
    signer.sign_note(TEXT).unwrap();
    let before = fs::read(&kept).unwrap();
    assert_eq!(enroll(&dir, KeyUse::Batch, &name, &file).unwrap(), kept, "again");
    assert_eq!(fs::read(&kept).unwrap(), before);

    let code = |key_use, name: &str, file: &Path, dir: &Path| {
        enroll(dir, key_use, &KeyName::parse(name).unwrap(), file).err().map_or("-", |error| error.code())
    };
    let none = peer.dir.path().join("none");
    assert_eq!(code(KeyUse::Ledger, NAME, &file, &none), "KEY_WRONG_USE");
    // A file that names a key gets that one or nothing: here the same public key under another name.
    assert_eq!(code(KeyUse::Batch, "b.cn/l/batch", &peer.file(), &none), "KEY_SIGNER_FAILED");
    let bad = Peer::new("signature-bad", 30);
    assert_eq!(code(KeyUse::Batch, NAME, &without_key(&bad, "bad.signer"), &none), "KEY_SIGNER_FAILED");
    assert!(!none.exists());
}

/// SoftHSM stands for a hardware module. Runs where Debian's `softhsm2` and `opensc` are installed.
#[test]
fn a_module_behind_pkcs11_signs() {
    const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
    let there =
        |program: &str| Command::new("which").arg(program).output().is_ok_and(|out| out.status.success());
    if !Path::new(MODULE).exists() || !there("softhsm2-util") || !there("pkcs11-tool") {
        eprintln!("not tried: softhsm2 and opensc are not installed here");
        return;
    }
    let dir = TempDir::new().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    fs::create_dir(at("tokens")).unwrap();
    fs::write(at("conf"), format!("directories.tokendir = {}\nobjectstore.backend = file\n", at("tokens")))
        .unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let done = Command::new(program).args(arguments).env("SOFTHSM2_CONF", at("conf")).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    };
    let token = ["--init-token", "--free", "--label", "office", "--so-pin", "87654321", "--pin", "1234"];
    run("softhsm2-util", &token);
    let login = ["--module", MODULE, "--token-label", "office", "--login", "--pin", "1234"];
    let make = ["--keypairgen", "--key-type", "EC:edwards25519", "--label", "ledger", "--id", "01"];
    run("pkcs11-tool", &[&login[..], &make].concat());

    fs::write(at("pin"), "1234\n").unwrap();
    let program =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../keys/signer-pkcs11.py").canonicalize().unwrap();
    let conf = format!("SOFTHSM2_CONF={}", at("conf"));
    let says = serde_json::json!({
        "format": "xinzheng/signer/v1",
        "argv": ["/usr/bin/env", conf, "python3", program, MODULE, "office", "ledger", at("pin")],
        "start_seconds": 60,
        "sign_seconds": 30,
    });
    fs::write(at("new.signer"), says.to_string()).unwrap();
    fs::set_permissions(at("new.signer"), fs::Permissions::from_mode(0o600)).unwrap();
    let name = KeyName::parse("a.cn/l").unwrap();
    let kept = enroll(&dir.path().join("keys"), KeyUse::Ledger, &name, at("new.signer").as_ref()).unwrap();
    let signer = CommandSigner::open(&kept).unwrap();
    let checkpoint = "a.cn/l\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
    let note = signer.sign_note(checkpoint).unwrap();
    assert_eq!(note.verify_one(signer.key()), Ok(()));
    assert_eq!(note, signer.sign_note(checkpoint).unwrap(), "RFC 8032");

    fs::write(at("pin"), "0000\n").unwrap();
    let error = signer.sign_note(checkpoint).unwrap_err();
    assert_eq!(error.code(), "KEY_SIGNER_REFUSED");
    assert!(error.to_string().contains("PIN"), "{error}");
}

#[test]
fn the_page_has_the_program_as_it_is_tried_here() {
    let page = include_str!("../../../../KEYS.md");
    let program = include_str!("../../../../keys/signer.py");
    assert!(page.contains(&format!("```python\n{program}```\n")));
}
