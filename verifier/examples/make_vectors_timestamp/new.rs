//! Keys, certificates, tokens and answers, by openssl.

use super::authority::{CA, LONG, Making, Stamp, TSA, Workshop};
use super::{checkpoint_text, made};
use verifier::anchor::anchored_digest;
use verifier::timestamp::{Policy, request};

/// Ten minutes after the batch was closed.
const TIME: &str = "20261122012540Z";
/// The moment from which on the verdicts' compromised keys may have been somebody else's.
const LATE: &str = "20261122031540Z";
pub const NONCE: u64 = 0x8000_0000_0000_0001;

pub fn make() {
    let folder = made("x");
    let folder = folder.parent().unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    std::fs::create_dir_all(folder).unwrap();
    let workshop = Workshop::new();
    certificates(&workshop);
    let maker = Maker { hex: hex(&checkpoint_text()), workshop };
    maker.good();
    maker.signers();
    maker.others();
    maker.answers();
}

fn hex(text: &str) -> String {
    anchored_digest(text).as_bytes().iter().map(|b| format!("{b:02x}")).collect()
}

/// Root, intermediate and signer of RSA; a second authority on curves; a third that issues nothing here; and others that
/// each lack one thing.
fn certificates(workshop: &Workshop) {
    for (key, kind) in [
        ("root", "RSA:2048"),
        ("middle", "RSA:2048"),
        ("signer", "RSA:2048"),
        ("ec-root", "P-384"),
        ("ec-signer", "P-256"),
        ("weak", "RSA:1024"),
        ("sm2-root", "SM2"),
        ("other-root", "P-256"),
    ] {
        workshop.key(key, kind);
    }
    let mut serial = 0x10;
    let mut make = |name: &str,
                    key: &str,
                    issuer: (&str, &str),
                    extensions: &str,
                    (from, until): (&str, &str),
                    digest: &str| {
        serial += 1;
        let serial = format!("{serial:02x}");
        let (issuer, issuer_key) = issuer;
        let making =
            Making { name, key, issuer, issuer_key, extensions, from, until, digest, serial: &serial };
        std::fs::write(made(name), workshop.certificate(&making)).unwrap();
    };
    let (root, middle) = (("root", "root"), ("middle", "middle"));
    make("root", "root", root, CA, LONG, "sha256");
    make("middle", "middle", root, CA, LONG, "sha256");
    make("signer", "signer", middle, TSA, LONG, "sha256");
    make("ec-root", "ec-root", ("ec-root", "ec-root"), CA, LONG, "sha384");
    make("ec-signer", "ec-signer", ("ec-root", "ec-root"), TSA, LONG, "sha384");
    make("other-root", "other-root", ("other-root", "other-root"), CA, LONG, "sha256");
    let signer = |from: &str, to: &str| {
        let changed = TSA.replacen(from, to, 1);
        assert_ne!(changed, TSA);
        changed
    };
    for (name, extensions) in [
        ("signer-for-servers", signer("critical,timeStamping", "critical,serverAuth")),
        ("signer-not-critical", signer("critical,timeStamping", "timeStamping")),
        ("signer-two-purposes", signer("critical,timeStamping", "critical,timeStamping,emailProtection")),
        ("signer-no-purpose", signer("extendedKeyUsage=critical,timeStamping\n", "")),
        ("signer-may-not-sign", signer("critical,digitalSignature", "critical,keyEncipherment")),
        ("signer-strange", format!("{TSA}\n1.2.3.4.9=critical,ASN1:NULL")),
    ] {
        make(name, "signer", middle, &extensions, LONG, "sha256");
    }
    make("signer-ended", "signer", middle, TSA, (LONG.0, "20261122012539Z"), "sha256");
    make("signer-later", "signer", middle, TSA, ("20261122012541Z", LONG.1), "sha256");
    make("signer-weak", "weak", middle, TSA, LONG, "sha256");
    make("signer-of-sha1", "signer", middle, TSA, LONG, "sha1");
    // Has the root's name, and another key.
    make_named(workshop, "impostor", "root", "other-root", ("root", "other-root"), CA, LONG);
    // Intermediates that lack one thing, each with the right name and key, for the signer's own certificate.
    let lacking = |from: &str, to: &str| CA.replacen(from, to, 1);
    for (name, extensions, dates) in [
        ("middle-no-ca", lacking("CA:TRUE", "CA:FALSE"), LONG),
        ("middle-no-certificates", lacking("keyCertSign,", ""), LONG),
        ("middle-strange", format!("{CA}\n1.2.3.4.9=critical,ASN1:NULL"), LONG),
        ("middle-constrained", format!("{CA}\nnameConstraints=critical,permitted;DNS:example.cn"), LONG),
        ("middle-for-servers", format!("{CA}\nextendedKeyUsage=serverAuth"), LONG),
        ("middle-ended", CA.to_owned(), (LONG.0, "20261122012539Z")),
        ("middle-of-other-root", CA.to_owned(), LONG),
    ] {
        let by = if name == "middle-of-other-root" { ("impostor", "other-root") } else { root };
        make_named(workshop, name, "middle", "middle", by, &extensions, dates);
    }
    make_named(
        workshop,
        "root-no-length",
        "root",
        "root",
        ("root", "root"),
        &lacking("CA:TRUE", "CA:TRUE,pathlen:0"),
        LONG,
    );
    make_named(
        workshop,
        "signer-twin",
        "signer",
        "signer",
        ("middle", "middle"),
        TSA,
        (LONG.0, "21251231235958Z"),
    );
}

/// A certificate that says of itself another name than its file's: `NAME.pem`, with the subject of `subject`.
fn make_named(
    workshop: &Workshop,
    name: &str,
    subject: &str,
    key: &str,
    (issuer, issuer_key): (&str, &str),
    extensions: &str,
    (from, until): (&str, &str),
) {
    // Made in the place of the other one, which is put back.
    let kept = (workshop.read(&format!("{subject}.pem")), workshop.read(&format!("{subject}.der")));
    // The twin has the signer's number.
    let serial = if name == "signer-twin" { "13" } else { "40" };
    let der = workshop.certificate(&Making {
        name: subject,
        key,
        issuer,
        issuer_key,
        extensions,
        from,
        until,
        digest: "sha256",
        serial,
    });
    std::fs::write(made(name), &der).unwrap();
    workshop.write(&format!("{name}.pem"), workshop.read(&format!("{subject}.pem")));
    workshop.write(&format!("{subject}.pem"), kept.0);
    workshop.write(&format!("{subject}.der"), kept.1);
}

struct Maker {
    hex: String,
    workshop: Workshop,
}

impl Maker {
    fn save(&self, name: &str, der: impl AsRef<[u8]>) {
        std::fs::write(made(name), der).unwrap();
    }

    /// A good one; the cases change a part of it.
    fn usual(&self) -> Stamp<'_> {
        Stamp {
            digest: &self.hex,
            time: TIME,
            policy: "1.2.3.4.1",
            more: "accuracy=SEQUENCE:accuracy\nnonce=INTEGER:7",
            signer: "signer",
            key: "signer",
            chain: &["middle"],
            arguments: &["-cades", "-md", "sha256"],
        }
    }

    fn stamp(&self, name: &str, stamp: &Stamp<'_>) -> Vec<u8> {
        let der = self.workshop.stamp(stamp);
        self.save(name, &der);
        der
    }

    fn good(&self) {
        let usual = || self.usual();
        self.stamp("token", &usual());
        self.stamp("token-late", &Stamp { time: LATE, more: "", ..usual() });
        self.stamp("token-alone", &Stamp { chain: &[], ..usual() });
        self.stamp("token-sha512", &Stamp { arguments: &["-cades", "-md", "sha512"], ..usual() });
        let pss = [
            "-cades",
            "-md",
            "sha384",
            "-keyopt",
            "rsa_padding_mode:pss",
            "-keyopt",
            "rsa_pss_saltlen:digest",
        ];
        self.stamp("token-pss", &Stamp { arguments: &pss, ..usual() });
        self.stamp("token-key-id", &Stamp { arguments: &["-cades", "-md", "sha256", "-keyid"], ..usual() });
        self.stamp("token-fraction", &Stamp { time: "20261122012540.25Z", ..usual() });
        let ec = Stamp { signer: "ec-signer", key: "ec-signer", chain: &[], ..usual() };
        self.stamp("token-ec", &ec);
        self.stamp("token-ec-sha384", &Stamp { arguments: &["-cades", "-md", "sha384"], ..ec });
    }

    fn signers(&self) {
        let usual = || self.usual();
        for name in [
            "signer-for-servers",
            "signer-not-critical",
            "signer-two-purposes",
            "signer-no-purpose",
            "signer-may-not-sign",
            "signer-strange",
            "signer-ended",
            "signer-later",
            "signer-of-sha1",
        ] {
            self.stamp(&format!("token-{name}"), &Stamp { signer: name, ..usual() });
        }
        self.stamp("token-signer-weak", &Stamp { signer: "signer-weak", key: "weak", ..usual() });
        for name in [
            "middle-no-ca",
            "middle-no-certificates",
            "middle-strange",
            "middle-constrained",
            "middle-for-servers",
            "middle-ended",
            "middle-of-other-root",
        ] {
            self.stamp(&format!("token-{name}"), &Stamp { chain: &[name], ..usual() });
        }
    }

    fn others(&self) {
        let usual = || self.usual();
        let good = std::fs::read(made("token")).unwrap();
        self.stamp("token-no-essential", &Stamp { arguments: &["-md", "sha256"], ..usual() });
        let (signer, twin) =
            (std::fs::read(made("signer")).unwrap(), std::fs::read(made("signer-twin")).unwrap());
        self.save("token-twin", replaced(&good, &signer, &twin));
        self.stamp("token-sha1", &Stamp { arguments: &["-cades", "-md", "sha1"], ..usual() });
        let two = ["-cades", "-md", "sha256", "-signer", "ec-signer.pem", "-inkey", "ec-signer.key"];
        self.stamp("token-two-signers", &Stamp { arguments: &two, ..usual() });
        self.stamp("token-stream", &Stamp { arguments: &["-cades", "-md", "sha256", "-stream"], ..usual() });
        let of_data = ["-cades", "-md", "sha256", "-econtent_type", "1.2.840.113549.1.7.1"];
        self.stamp("token-of-data", &Stamp { arguments: &of_data, ..usual() });
        self.stamp(
            "token-no-certificates",
            &Stamp { arguments: &["-cades", "-md", "sha256", "-nocerts"], ..usual() },
        );
        self.stamp("token-extension", &Stamp { more: "extensions=IMPLICIT:1,SEQUENCE:extensions\n[extensions]\none=SEQUENCE:one\n[one]\nname=OID:1.2.3.4.9\ncritical=BOOL:TRUE\nvalue=OCTETSTRING:x", ..usual() });
        let mut broken = good.clone();
        *broken.last_mut().unwrap() ^= 1;
        self.save("token-signature-broken", broken);
        // The policy in TSTInfo, one number on: the digest of the content is another one.
        self.save(
            "token-content-changed",
            replaced(&good, &[0x06, 4, 0x2a, 3, 4, 1, 0x30], &[0x06, 4, 0x2a, 3, 4, 2, 0x30]),
        );
        // SHA-512 as the imprint's algorithm, with a digest of SHA-256's length after it.
        self.save(
            "token-imprint-sha512",
            replaced(
                &good,
                &[&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20][..], &decode(&self.hex)].concat(),
                &[&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 0x20][..], &decode(&self.hex)].concat(),
            ),
        );
        // SM3 there, in as many bytes.
        self.save(
            "token-imprint-sm3",
            replaced(
                &good,
                &[
                    &[0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20][..],
                    &decode(&self.hex),
                ]
                .concat(),
                &[
                    &[0x30, 0x0d, 6, 9, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x11, 1, 5, 0, 4, 0x20][..],
                    &decode(&self.hex),
                ]
                .concat(),
            ),
        );
        self.sm2();
    }

    /// A signer whose authority signs with SM2 and SM3.
    fn sm2(&self) {
        let make = |name: &str, key: &str, extensions: &str, serial: &str| {
            let der = self.workshop.certificate(&Making {
                name,
                key,
                issuer: "sm2-root",
                issuer_key: "sm2-root",
                extensions,
                from: LONG.0,
                until: LONG.1,
                digest: "sm3",
                serial,
            });
            self.save(name, der);
        };
        make("sm2-root", "sm2-root", CA, "50");
        make("signer-of-sm2", "signer", TSA, "51");
        self.stamp("token-sm2", &Stamp { signer: "signer-of-sm2", chain: &[], ..self.usual() });
    }

    fn answers(&self) {
        let digest = anchored_digest(&checkpoint_text());
        let of = |name: &str, policy: Option<&str>| {
            let policy = policy.map(|policy| Policy::parse(policy).unwrap());
            let request = request(&digest, NONCE, policy.as_ref());
            self.save(name, self.workshop.reply(&request, "signer", &["middle"], "sha256"));
        };
        of("answer", None);
        of("answer-policy", Some("1.2.3.4.5"));
        of("answer-refused", Some("1.2.3.4.6"));
    }
}

fn decode(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// One part in the place of another of the same length, which is there exactly once.
fn replaced(bytes: &[u8], part: &[u8], by: &[u8]) -> Vec<u8> {
    assert_eq!(part.len(), by.len());
    let places: Vec<usize> =
        (0..=bytes.len() - part.len()).filter(|i| bytes[*i..].starts_with(part)).collect();
    assert_eq!(places.len(), 1, "{part:02x?}");
    [&bytes[..places[0]], by, &bytes[places[0] + part.len()..]].concat()
}
