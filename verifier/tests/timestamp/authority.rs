//! Certificates, requests, answers and tokens made by `openssl`, for tests and for the making of vectors.
//!
//! Nothing here shares code with the library: keys, certificates and signatures are another program's.

use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A folder in which `openssl` works.
pub struct Workshop {
    folder: TempDir,
}

/// A certificate to be made.
pub struct Making<'a> {
    /// Its name, the common name too.
    pub name: &'a str,
    /// Name of its key.
    pub key: &'a str,
    /// Name of who issues it; its own name: nobody else does.
    pub issuer: &'a str,
    /// Name of the issuer's key.
    pub issuer_key: &'a str,
    /// Extensions, a line each.
    pub extensions: &'a str,
    /// `YYYYMMDDHHMMSSZ`
    pub from: &'a str,
    /// `YYYYMMDDHHMMSSZ`
    pub until: &'a str,
    /// Digest of the issuer's signature.
    pub digest: &'a str,
    /// Serial number in hexadecimal.
    pub serial: &'a str,
}

/// Extensions of a root or intermediate.
pub const CA: &str =
    "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash";
/// Extensions of a signer of timestamps.
pub const TSA: &str = "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash";
/// A long time, for whoever looks at the vectors later.
pub const LONG: (&str, &str) = ("20260101000000Z", "21251231235959Z");

/// A token to be made by hand: what `openssl ts` would not sign.
pub struct Stamp<'a> {
    /// SHA-256, in lower-case hexadecimal.
    pub digest: &'a str,
    /// `YYYYMMDDHHMMSSZ`
    pub time: &'a str,
    /// The policy.
    pub policy: &'a str,
    /// Further lines of TSTInfo, after its time.
    pub more: &'a str,
    /// Name of the signer's certificate.
    pub signer: &'a str,
    /// Name of the signer's key.
    pub key: &'a str,
    /// Names of further certificates.
    pub chain: &'a [&'a str],
    /// Further arguments of `openssl cms -sign`.
    pub arguments: &'a [&'a str],
}

impl Workshop {
    pub fn new() -> Workshop {
        Workshop { folder: TempDir::new().unwrap() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        std::fs::write(self.path(name), bytes).unwrap();
        self.path(name)
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    /// Runs `openssl` with these words, in the folder. What it wrote to standard error where it failed.
    pub fn try_openssl(&self, words: &[&str]) -> Result<String, String> {
        run(self.folder.path(), words)
    }

    pub fn openssl(&self, words: &[&str]) -> String {
        self.try_openssl(words).unwrap_or_else(|error| panic!("openssl {words:?}: {error}"))
    }

    /// `NAME.key`; `kind` is `RSA:2048`, or a curve.
    pub fn key(&self, name: &str, kind: &str) {
        let out = format!("{name}.key");
        match kind.strip_prefix("RSA:") {
            Some(bits) => {
                let bits = format!("rsa_keygen_bits:{bits}");
                self.openssl(&["genpkey", "-quiet", "-algorithm", "RSA", "-pkeyopt", &bits, "-out", &out])
            }
            None => {
                let curve = format!("ec_paramgen_curve:{kind}");
                self.openssl(&["genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", &curve, "-out", &out])
            }
        };
    }

    /// `NAME.pem` and `NAME.der`.
    pub fn certificate(&self, making: &Making<'_>) -> Vec<u8> {
        let Making { name, key, issuer, issuer_key, extensions, from, until, digest, serial } = *making;
        let config = format!(
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nnew_certs_dir=.\nserial=serial\npolicy=p\nunique_subject=no\n\
             [p]\norganizationName=optional\ncommonName=supplied\n[req]\ndistinguished_name=n\n[n]\n[x]\n{extensions}\n"
        );
        self.write("ca.cnf", config);
        self.write("serial", serial);
        // Several certificates of one number are what some tests need.
        self.write("index.txt", "");
        let (key, own) = (format!("{key}.key"), format!("{name}.pem"));
        let subject = format!("/O=Example/CN={name}");
        self.openssl(&[
            "req",
            "-new",
            "-config",
            "ca.cnf",
            "-key",
            &key,
            "-subj",
            &subject,
            "-out",
            "request.pem",
        ]);
        let (by, by_key) = (format!("{issuer}.pem"), format!("{issuer_key}.key"));
        let mut words = vec![
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-in",
            "request.pem",
            "-out",
            &own,
            "-startdate",
            from,
            "-enddate",
            until,
            "-md",
            digest,
            "-extensions",
            "x",
            "-keyfile",
            &by_key,
        ];
        match issuer == name {
            true => words.push("-selfsign"),
            false => words.extend(["-cert", &by]),
        }
        self.openssl(&words);
        let der = format!("{name}.der");
        self.openssl(&["x509", "-in", &own, "-outform", "DER", "-out", &der]);
        self.read(&der)
    }

    /// A root, an intermediate where it is wanted, and a signer, named `PREFIX-root` and so on, of keys of these kinds.
    pub fn chain(&self, prefix: &str, kinds: &[&str], digest: &str) -> Vec<String> {
        let roles: &[&str] =
            if kinds.len() == 3 { &["root", "middle", "signer"] } else { &["root", "signer"] };
        let names: Vec<String> = roles.iter().map(|role| format!("{prefix}-{role}")).collect();
        for (place, (name, kind)) in names.iter().zip(kinds).enumerate() {
            self.key(name, kind);
            let issuer = &names[place.saturating_sub(1)];
            let serial = format!("{:02x}", 16 + place);
            self.certificate(&Making {
                name,
                key: name,
                issuer,
                issuer_key: issuer,
                extensions: if place + 1 == names.len() { TSA } else { CA },
                from: LONG.0,
                until: LONG.1,
                digest,
                serial: &serial,
            });
        }
        names
    }

    /// One file of several certificates, for `-certfile` and `-chain`.
    pub fn bundle(&self, name: &str, certificates: &[&str]) -> PathBuf {
        let parts: Vec<Vec<u8>> = certificates.iter().map(|one| self.read(&format!("{one}.pem"))).collect();
        self.write(name, parts.concat())
    }

    /// A token that says what it is told to, signed with `openssl cms`.
    pub fn stamp(&self, stamp: &Stamp<'_>) -> Vec<u8> {
        let Stamp { digest, time, policy, more, signer, key, chain, arguments } = *stamp;
        self.write(
            "tst.cnf",
            format!(
                "asn1=SEQUENCE:tst\n[tst]\nversion=INTEGER:1\npolicy=OID:{policy}\nimprint=SEQUENCE:imprint\n\
                 serial=INTEGER:17\ntime=GENTIME:{time}\n{more}\n[imprint]\nalgorithm=SEQUENCE:algorithm\n\
                 hash=FORMAT:HEX,OCTETSTRING:{digest}\n[algorithm]\nname=OID:SHA256\nnothing=NULL\n\
                 [accuracy]\nseconds=INTEGER:1\nmillis=IMPLICIT:0,INTEGER:500\n"
            ),
        );
        self.openssl(&["asn1parse", "-genconf", "tst.cnf", "-noout", "-out", "tst.der"]);
        self.bundle("chain.pem", chain);
        let (certificate, key) = (format!("{signer}.pem"), format!("{key}.key"));
        let mut words = vec![
            "cms",
            "-sign",
            "-binary",
            "-nodetach",
            "-nosmimecap",
            "-in",
            "tst.der",
            "-signer",
            &certificate,
            "-inkey",
            &key,
            "-outform",
            "DER",
            "-out",
            "token.der",
        ];
        if !arguments.contains(&"-econtent_type") {
            words.extend(["-econtent_type", "1.2.840.113549.1.9.16.1.4"]);
        }
        if !chain.is_empty() {
            words.extend(["-certfile", "chain.pem"]);
        }
        words.extend(arguments);
        self.openssl(&words);
        self.read("token.der")
    }

    /// What `openssl ts -reply` answers, as an authority with this signer.
    pub fn reply(&self, request: &[u8], signer: &str, chain: &[&str], digest: &str) -> Vec<u8> {
        self.write("query.tsq", request);
        self.write("tsaserial", "2A");
        self.write(
            "tsa.cnf",
            "[tsa]\ndefault_tsa=t\n[t]\nserial=tsaserial\ndefault_policy=1.2.3.4.1\nother_policies=1.2.3.4.5\n\
             digests=sha256,sha384,sha512\naccuracy=secs:1,millisecs:500\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\n",
        );
        let (certificate, key, digest) =
            (format!("{signer}.pem"), format!("{signer}.key"), format!("-{digest}"));
        let mut words = vec![
            "ts",
            "-reply",
            "-config",
            "tsa.cnf",
            "-queryfile",
            "query.tsq",
            "-signer",
            &certificate,
            "-inkey",
            &key,
            &digest,
            "-out",
            "answer.tsr",
        ];
        self.bundle("chain.pem", chain);
        if !chain.is_empty() {
            words.extend(["-chain", "chain.pem"]);
        }
        self.openssl(&words);
        self.read("answer.tsr")
    }
}

/// `openssl` at work in a folder.
fn run(folder: &Path, words: &[&str]) -> Result<String, String> {
    let out = Command::new("openssl")
        .args(words)
        .current_dir(folder)
        .env("OPENSSL_CONF", "/dev/null")
        .output()
        .unwrap_or_else(|error| panic!("openssl has to be installed for this: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if out.status.success() { Ok(text(&out.stdout)) } else { Err(text(&out.stderr)) }
}
