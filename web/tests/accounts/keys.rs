//! An external program signs the batches; while it hangs or refuses, what was accepted waits, and everybody who has to know
//! is told.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notary::keys::{Passphrase, example};
use notary::office::{
    Clock as _, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind, SystemClock,
};
use notary::people::{NewAccount, Role};
use verifier::origin::Origin;
use web::settings::Settings;

use crate::browser::{Browser, House};

/// The longest that anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The example program of `KEYS.md`, which also hangs and refuses when a file says so.
const PROGRAM: &str = r#"
import json, sys, time
sys.path.insert(0, sys.argv[4])
import signer
for line in sys.stdin:
    ask, mode = json.loads(line), open(sys.argv[3]).read()
    if mode == "hang" and ask["type"] == "sign": time.sleep(3600)
    answer = signer.answer(ask)
    if mode == "refuse" and ask["type"] == "sign":
        answer = {"type": "error", "id": ask["id"], "text": "the token is locked"}
    print(json.dumps(answer), flush=True)
"#;

/// The key of this use behind the program.
fn external(office: &Path, outside: &Path, usage: &str) {
    let keys = office.join("keys");
    let put = |name: &str, text: &str| {
        fs::write(outside.join(name), text).unwrap();
        outside.join(name).to_str().unwrap().to_string()
    };
    let key = outside.join(format!("{usage}.pem"));
    fs::rename(keys.join(format!("{usage}.pem")), &key).unwrap();
    let vkey = fs::read_to_string(keys.join(format!("{usage}.vkey"))).unwrap();
    let ours = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../keys").canonicalize().unwrap();
    let says = serde_json::json!({
        "format": "xinzheng/signer/v1",
        "vkey": vkey.lines().next().unwrap(),
        "argv": [
            "/usr/bin/env", "python3", put("signs.py", PROGRAM), key, put("words", example::PASSPHRASE),
            put("mode", "good"), ours,
        ],
        "start_seconds": 60,
        "sign_seconds": 20,
    });
    let file = keys.join(format!("{usage}.signer"));
    fs::write(&file, says.to_string()).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
}

fn file(name: &str) -> Submission {
    let kind = SubmissionKind::File { name: name.into(), media_type: None };
    Submission { bytes: name.into(), kind, idempotency_key: None, corrects: None, qr: true }
}

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn what_was_accepted_waits_for_an_external_signer() {
    let outside = tempfile::tempdir().unwrap();
    let mut settings = Settings::default();
    settings.hourly.sign_ins = 0;
    let house = House::prepared(settings, |office| external(office, outside.path(), "batch"));
    let mode = |text: &str| fs::write(outside.path().join("mode"), text).unwrap();
    let mut system = house.signed_in(Role::SystemAdministrator);
    let mut operator = house.signed_in(Role::Operator);
    assert!(system.get("/admin/health").text().contains("正在受理和封存"));
    let first = house.office.submit(file("first.txt")).unwrap();
    assert!(house.office.wait_sealed(&first.number, PATIENCE).unwrap().is_some());
    let page = system.get("/admin/keys").text();
    assert!(
        page.contains("外部签名程序") && page.contains("/usr/bin/env") && page.contains("正常"),
        "{page}"
    );
    assert!(!page.contains("signs.py"), "the program's arguments are nobody's business");
    let mut anyone = house.browser();
    assert!(anyone.get("/health").text().contains("\"keys\":\"ok\""));

    for (bad, told) in [("refuse", "the token is locked"), ("hang", "签名程序没有在规定时间内回答")]
    {
        mode(bad);
        let waiting = house.office.submit(file(bad)).unwrap();
        until("the alarm", || anyone.get("/health").text().contains("\"keys\":\"waits\""));
        assert_eq!(anyone.get("/health").status, 200, "the office promises still");
        let metrics = anyone.get("/metrics").text();
        assert!(metrics.contains("xinzheng_sealing_waits 1\n"), "{metrics}");
        assert!(metrics.contains("xinzheng_signer_up{use=\"batch\""), "{metrics}");
        let page = system.get("/admin/keys").text();
        assert!(page.contains("签名暂停") && page.contains(told), "{page}");
        assert!(page.contains("不能签名"), "the key itself is not shown as one that signs: {page}");
        assert!(system.get("/admin").text().contains("签名暂停"));
        let health = system.get("/admin/health").text();
        assert!(health.contains("签名暂停") && !health.contains("正在受理和封存"), "{health}");
        assert!(
            operator.get("/operator").text().contains("签名暂停"),
            "whoever submits is told why it waits"
        );
        assert_eq!(house.office.index_of(&waiting.number).unwrap(), None);
        let more = house.office.submit(file(&format!("{bad} more"))).unwrap();

        mode("good");
        for accepted in [waiting, more] {
            assert!(house.office.wait_sealed(&accepted.number, PATIENCE).unwrap().is_some(), "{bad}");
        }
        until("all is well again", || anyone.get("/health").text().contains("\"keys\":\"ok\""));
        assert!(anyone.get("/metrics").text().contains("xinzheng_sealing_waits 0\n"));
        assert!(system.get("/admin/health").text().contains("正在受理和封存"));
        assert!(!operator.get("/operator").text().contains("签名暂停"));
    }
    assert!(anyone.get("/metrics").text().contains("xinzheng_key_expires_seconds{use=\"ledger\"} "));
}

/// The module that has the ledger key is away when the service starts again.
#[test]
fn an_office_opens_while_the_signer_of_its_ledger_key_is_away() {
    let (dir, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let path = dir.path().join("office");
    let new = NewOffice {
        origin: Origin::parse(example::ORIGIN).unwrap(),
        name: "示例县公共信用信息中心".into(),
        organisation: None,
        host: None,
        seal: SealPolicy::IntervalMs(20),
    };
    Office::create_example(&path, &new, SystemClock.now()).unwrap();
    external(&path, outside.path(), "ledger");
    let open = || {
        let options = OpenOptions { allow_example_keys: true, ..OpenOptions::default() };
        Office::open(&path, &Arc::new(Passphrase::new(example::PASSPHRASE).unwrap()), options).unwrap()
    };
    let office = open();
    let before = office.submit(file("before.txt")).unwrap();
    office.seal().unwrap();
    office.publish_status().unwrap();
    let someone = NewAccount::new("window-1", "王芳", "示例单位", Role::Window, None).unwrap();
    let (account, password) = office.people().add(someone).unwrap();
    drop(office);

    let (key, gone) = (outside.path().join("ledger.pem"), outside.path().join("gone.pem"));
    fs::rename(&key, &gone).unwrap();
    let office = Arc::new(open());
    assert_eq!(
        office.people().sign_in("window-1", password.as_str(), "test").unwrap().account.id(),
        account.id()
    );
    assert!(office.certificate(&before.number).is_ok(), "what is sealed is handed out");
    let waiting = office.submit(file("waiting.txt")).unwrap();
    assert!(office.seal().unwrap_err().awaits_signer());
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let running = web::start(office.clone(), listener, Settings::default()).unwrap();
    let mut anyone = Browser::new(running.address());
    until("the alarm", || anyone.get("/health").text().contains("\"keys\":\"waits\""));
    assert_eq!(anyone.get("/health").status, 200);
    let metrics = anyone.get("/metrics").text();
    assert!(
        metrics.contains("xinzheng_signer_up{use=\"ledger\"")
            && metrics.contains("xinzheng_sealing_waits 1\n"),
        "{metrics}"
    );
    assert_eq!(anyone.get("/ledger/checkpoint").status, 200);
    fs::rename(&gone, &key).unwrap();
    assert!(office.wait_sealed(&waiting.number, PATIENCE).unwrap().is_some(), "it goes on by itself");
    until("all is well again", || anyone.get("/health").text().contains("\"keys\":\"ok\""));
}
