//! HTTPS outwards, against a real TLS server with certificates of an authority of our own: a witness, and a ledger to audit.
//!
//! ```text
//! a ─ https ─► tls.py ─ http ─► b          [outgoing] roots = "ca.pem"; audit https://… --ca ca.pem
//! ```
//!
//! With the authority's certificate it works; without it, for another name, and after its end it does not, and what is
//! wrong is named.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use e2e::instance::{Instance, PATIENCE, text};
use e2e::paths;
use e2e::programs::{run, xinzheng};

/// What a certificate of the test says.
const CERTIFICATES: [(&str, &str, &str, &str); 3] = [
    ("good", "localhost", "20250101000000Z", "20450101000000Z"),
    ("other", "elsewhere.example.gov.cn", "20250101000000Z", "20450101000000Z"),
    ("ended", "localhost", "20200101000000Z", "20210101000000Z"),
];

#[test]
fn a_witness_and_an_audit_over_https_with_roots_of_our_own() {
    let folder = tempfile::tempdir().expect("a folder");
    authority(folder.path());
    let (mut a, mut b) = (Instance::new(folder.path(), "a"), Instance::new(folder.path(), "b"));
    a.knows(&b);
    b.knows(&a);
    b.settle("");
    b.serve();
    let of_b = b.submit(1);
    assert_eq!(of_b.len(), 22);
    let fronts = CERTIFICATES.map(|(name, ..)| Front::new(folder.path(), name, b.port));
    let (_, witness) = b.keys();
    let (ca, bundle) = (a.at("ca.pem"), b.at("b.xzt"));
    let roots = format!("roots = \"{ca}\"\n");
    // (which server, which roots, whether it works)
    let cases = [(0, roots.as_str(), true), (0, "", false), (1, &roots, false), (2, &roots, false)];
    for (document, (front, roots, works)) in (10..).zip(cases) {
        let port = fronts[front].port;
        let address = format!("https://localhost:{port}");
        a.settle(&format!("[outgoing]\n{roots}[witness]\nask = [\"{witness} {address}/witness\"]\n"));
        a.serve();
        let number = a.submit(document);
        let named = format!("{},{}", CERTIFICATES[front].0, if roots.is_empty() { "system" } else { "own" });
        if works {
            a.rises(&number);
        } else {
            let failed =
                "xinzheng_witness_failures_total{witness=\"b.example.gov.cn/ledger/witness\",kind=\"tls\"}";
            let began = Instant::now();
            while !String::from_utf8_lossy(&a.get("/metrics").1).contains(failed) {
                assert!(
                    began.elapsed() < PATIENCE,
                    "{named}: {}",
                    String::from_utf8_lossy(&a.get("/metrics").1)
                );
                std::thread::sleep(Duration::from_millis(100));
            }
            assert!(a.level(&number) < 3, "{named}");
        }
        a.kill();
        let mut audit = xinzheng();
        audit.args(["audit", &address, "--trust", &bundle, "--json"]);
        if !roots.is_empty() {
            audit.args(["--ca", &ca]);
        }
        let said = run(&mut audit);
        let verdict = text(&said.json()["verdict"]);
        assert_eq!(
            (said.code, verdict.as_str()),
            if works { (Some(0), "clean") } else { (Some(2), "could-not") },
            "{named}: {said}"
        );
        if !works {
            let found = said.json()["findings"][0].clone();
            assert_eq!(text(&found["code"]), "SOURCE_BAD", "{named}: {said}");
            assert!(text(&found["message"]).contains("TLS"), "{named}: {said}");
        }
    }
}

/// An authority, and a certificate for each case, made by OpenSSL.
fn authority(folder: &Path) {
    let openssl = |args: &[&str]| {
        let said = run(Command::new("openssl").args(args).current_dir(folder));
        assert_eq!(said.code, Some(0), "openssl {args:?}: {said}");
    };
    let new = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    let ca =
        ["-x509", "-keyout", "ca.key", "-out", "ca.pem", "-days", "3650", "-subj", "/CN=test", "-addext"];
    openssl(&[&new[..], &ca, &["keyUsage=critical,keyCertSign"]].concat());
    for (name, host, from, until) in CERTIFICATES {
        let (key, request, out) = (format!("{name}.key"), format!("{name}.csr"), format!("{name}.pem"));
        openssl(&[&new[..], &["-keyout", &key, "-out", &request, "-subj", "/CN=test"]].concat());
        let config = format!(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nrand_serial=yes\nnew_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key\n\
             default_md=sha256\npolicy=p\nx509_extensions=x\nunique_subject=no\n[p]\ncommonName=supplied\n[x]\nsubjectAltName=DNS:{host}\n"
        );
        std::fs::write(folder.join("ca.cnf"), config).expect("settings");
        std::fs::write(folder.join("index"), "").expect("an index");
        let dates = ["-startdate", from, "-enddate", until];
        openssl(
            &[&["ca", "-batch", "-notext", "-config", "ca.cnf", "-in", &request, "-out", &out][..], &dates]
                .concat(),
        );
    }
}

/// TLS before a server that does not speak it.
struct Front {
    port: u16,
    child: Child,
}

impl Front {
    fn new(folder: &Path, name: &str, port: u16) -> Front {
        let mut command = Command::new("python3");
        command.arg(paths::root().join("tests/stock/tls.py"));
        command.args([format!("{name}.pem"), format!("{name}.key"), port.to_string()]).current_dir(folder);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("python3");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
        Front { port: line.trim().parse().expect("a port"), child }
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
