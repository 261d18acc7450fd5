//! A timestamp authority: `openssl ts` behind a small HTTP server, honest or not. What is not found stops the test:
//! `openssl` has to be installed.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

/// The policy that tokens are made under.
pub const POLICY: &str = "1.3.6.1.4.1.99999.1";
/// Another one that it knows.
pub const OTHER_POLICY: &str = "1.3.6.1.4.1.99999.2";

/// How an authority behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Honest,
    /// Answers honestly as another type.
    WrongType,
    /// Answers another request about the same digest.
    Replay,
    /// Signs with the key of somebody else.
    OtherAuthority,
    /// Timestamps another digest.
    OtherDigest,
    /// Changes one bit of the token.
    Broken,
    /// Cuts the answer off.
    Cut,
    Garbage,
    Rejects,
    Huge,
    Drip,
    Redirect,
    Status(u16),
    /// Takes the connection and says nothing.
    Hangs,
    Close,
}

/// An authority on a port of its own, with a root, a signer and a key.
pub struct Authority {
    pub at: SocketAddr,
    pub manner: Arc<Mutex<Manner>>,
    /// Requests that came.
    pub asked: Arc<AtomicU64>,
    folder: Arc<TempDir>,
}

impl Authority {
    /// With keys of this algorithm: `RSA` or a curve.
    pub fn new(algorithm: &str) -> Authority {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        make(folder.path(), "tsa", algorithm);
        make(folder.path(), "other", "P-256");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let (manner, asked) = (Arc::new(Mutex::new(Manner::Honest)), Arc::new(AtomicU64::new(0)));
        let (held, count, place) = (manner.clone(), asked.clone(), folder.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let (manner, place) = (*held.lock().unwrap(), place.clone());
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || answer(stream, manner, place.path()));
            }
        });
        Authority { at, manner, asked, folder }
    }

    pub fn behave(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// Goes on with the keys and certificates of another one.
    pub fn becomes(&self, other: &Authority) {
        let _one = SIGNING.lock().unwrap_or_else(PoisonError::into_inner);
        for name in ["tsa-ca.pem", "tsa-ca.der", "tsa.pem", "tsa.key"] {
            std::fs::copy(other.folder.path().join(name), self.folder.path().join(name)).unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}/tsr", self.at)
    }

    /// Its root certificate in DER, as the trust bundle has it.
    pub fn certificate(&self) -> Vec<u8> {
        std::fs::read(self.folder.path().join("tsa-ca.der")).unwrap()
    }

    /// Whether stock `openssl ts` says that this token is over this text.
    pub fn verifies(&self, text: &[u8], token: &[u8]) -> bool {
        let place = self.folder.path();
        std::fs::write(place.join("checkpoint.txt"), text).unwrap();
        std::fs::write(place.join("token.der"), token).unwrap();
        let words = [
            "ts",
            "-verify",
            "-data",
            "checkpoint.txt",
            "-in",
            "token.der",
            "-token_in",
            "-CAfile",
            "tsa-ca.pem",
        ];
        try_openssl(place, &words).is_ok()
    }
}

/// A root and a signer of timestamps with their keys.
fn make(place: &Path, name: &str, algorithm: &str) {
    let option = match algorithm {
        "RSA" => "rsa_keygen_bits:2048".to_string(),
        curve => format!("ec_paramgen_curve:{curve}"),
    };
    let kind = if algorithm == "RSA" { "RSA" } else { "EC" };
    let (ca, key, request) = (format!("{name}-ca"), format!("{name}.key"), format!("{name}.csr"));
    for key in [format!("{ca}.key"), key.clone()] {
        openssl(place, &["genpkey", "-quiet", "-algorithm", kind, "-pkeyopt", &option, "-out", &key]);
    }
    let config = format!(
        "[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN={name}\n[ca]\nbasicConstraints=critical,CA:TRUE\n\
         keyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n[tsa]\nbasicConstraints=CA:FALSE\n\
         keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\n"
    );
    std::fs::write(place.join("req.cnf"), config).unwrap();
    let (ca_key, ca_pem, pem) = (format!("{ca}.key"), format!("{ca}.pem"), format!("{name}.pem"));
    let subject = format!("/O=Example/CN={ca}");
    let long = "36500";
    openssl(
        place,
        &[
            "req",
            "-x509",
            "-new",
            "-config",
            "req.cnf",
            "-extensions",
            "ca",
            "-key",
            &ca_key,
            "-subj",
            &subject,
            "-days",
            long,
            "-out",
            &ca_pem,
        ],
    );
    openssl(place, &["req", "-new", "-config", "req.cnf", "-key", &key, "-out", &request]);
    openssl(
        place,
        &[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &ca_pem,
            "-CAkey",
            &ca_key,
            "-CAcreateserial",
            "-days",
            long,
            "-extfile",
            "req.cnf",
            "-extensions",
            "tsa",
            "-out",
            &pem,
        ],
    );
    openssl(place, &["x509", "-in", &ca_pem, "-outform", "DER", "-out", &format!("{ca}.der")]);
    let ts = format!(
        "[tsa]\ndefault_tsa=t\n[t]\nserial={name}.serial\nsigner_cert={pem}\nsigner_key={key}\ncerts={ca_pem}\n\
         default_policy={POLICY}\nother_policies={OTHER_POLICY}\ndigests=sha256\nsigner_digest=sha256\n\
         ess_cert_id_alg=sha256\naccuracy=secs:1\nordering=no\ntsa_name=no\ness_cert_id_chain=no\n"
    );
    std::fs::write(place.join(format!("{name}.cnf")), ts).unwrap();
    std::fs::write(place.join(format!("{name}.serial")), "01\n").unwrap();
}

fn openssl(place: &Path, words: &[&str]) {
    try_openssl(place, words).unwrap_or_else(|error| panic!("openssl {words:?}: {error}"));
}

fn try_openssl(place: &Path, words: &[&str]) -> Result<(), String> {
    let run = Command::new("openssl").args(words).current_dir(place).stdin(Stdio::null()).output();
    let run = run.unwrap_or_else(|error| panic!("openssl has to be installed: {error}"));
    match run.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&run.stderr).into_owned()),
    }
}

/// One at a time: `openssl ts` counts serial numbers in a file.
static SIGNING: Mutex<()> = Mutex::new(());

/// The answer to a request, by `openssl ts`.
fn reply(place: &Path, name: &str, request: &[u8]) -> Vec<u8> {
    let _one = SIGNING.lock().unwrap_or_else(PoisonError::into_inner);
    std::fs::write(place.join("query.tsq"), request).unwrap();
    let config = format!("{name}.cnf");
    let _ = std::fs::remove_file(place.join("reply.tsr"));
    let words =
        ["ts", "-reply", "-config", &config, "-section", "t", "-queryfile", "query.tsq", "-out", "reply.tsr"];
    // It fails where it says no, too; then there is an answer all the same.
    let run = try_openssl(place, &words);
    assert!(place.join("reply.tsr").exists(), "{run:?}");
    std::fs::read(place.join("reply.tsr")).unwrap()
}

fn answer(mut stream: TcpStream, manner: Manner, place: &Path) {
    if manner == Manner::Close {
        return;
    }
    let Some((head, request)) = request(&mut stream) else { return };
    let head = head.to_ascii_lowercase();
    assert!(
        head.starts_with("post /tsr http/1.1") && head.contains("content-type: application/timestamp-query"),
        "{head}"
    );
    let mut say = |status: u16, kind: &str, body: &[u8]| {
        let head = format!(
            "HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nlocation: /elsewhere\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(&[head.as_bytes(), body].concat());
    };
    let kind = "application/timestamp-reply";
    match manner {
        Manner::Honest => say(200, kind, &reply(place, "tsa", &request)),
        Manner::WrongType => say(200, "text/html", &reply(place, "tsa", &request)),
        Manner::Replay => {
            let mut other = request.clone();
            // The nonce stands before the last three bytes, which are certReq.
            let last = other.len() - 4;
            other[last] ^= 1;
            say(200, kind, &reply(place, "tsa", &other))
        }
        Manner::OtherAuthority => say(200, kind, &reply(place, "other", &request)),
        Manner::OtherDigest => {
            let mut other = request.clone();
            // SEQUENCE, version, imprint: the digest's last byte lies at a fixed place.
            other[50] ^= 1;
            say(200, kind, &reply(place, "tsa", &other))
        }
        Manner::Broken => {
            let mut reply = reply(place, "tsa", &request);
            // The signature is last.
            let last = reply.len() - 9;
            reply[last] ^= 1;
            say(200, kind, &reply)
        }
        Manner::Cut => {
            let reply = reply(place, "tsa", &request);
            say(200, kind, &reply[..reply.len() - 1])
        }
        Manner::Garbage => say(200, kind, b"hello"),
        // PKIStatusInfo: rejection.
        Manner::Rejects => say(200, kind, &[0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02]),
        Manner::Huge => {
            let _ = stream.write_all(
                format!("HTTP/1.1 200 x\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n").as_bytes(),
            );
            while stream.write_all(&[b'x'; 4096]).is_ok() {}
        }
        Manner::Drip => {
            let _ = stream.write_all(
                format!("HTTP/1.1 200 x\r\ncontent-type: {kind}\r\ncontent-length: 5000\r\n\r\n").as_bytes(),
            );
            while stream.write_all(b"x").is_ok() {
                thread::sleep(Duration::from_millis(100));
            }
        }
        Manner::Redirect => say(302, kind, b""),
        Manner::Status(status) => say(status, "text/plain", b"no"),
        Manner::Hangs => {
            let _ = stream.read(&mut [0; 16]);
        }
        Manner::Close => {}
    }
}

/// Head and body of a request.
fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut one) = (Vec::new(), [0]);
    while !bytes.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut one).ok()?;
        bytes.push(one[0]);
    }
    let head = String::from_utf8(bytes).unwrap();
    let length = head
        .to_ascii_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).ok()?;
    Some((head, body))
}
