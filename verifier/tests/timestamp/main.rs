//! Timestamps with `openssl` as the authority, both ways: it answers our requests and we take its answers; it accepts the
//! tokens that we keep. RSA and ECDSA, with and without intermediates, every digest.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod authority;
mod bytes;
mod vectors;

use authority::{Stamp, Workshop};
use verifier::anchor::anchored_digest;
use verifier::hash::Hash;
use verifier::time::Time;
use verifier::timestamp::{Policy, Stamped, TimestampError, Token, accept, request, view};
use verifier::trust::Authority;

const TEXT: &str = "credit.example.gov.cn/ledger\n41\n4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=\n";
const NONCE: u64 = 0xfeed_0000_0000_0001;

fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    Time::new(since.as_secs()).unwrap()
}

fn trusting(workshop: &Workshop, name: &str) -> Vec<Authority> {
    let certificate = workshop.read(&format!("{name}.der"));
    vec![Authority { label: "tsa-example".into(), token: "tsa.example.cn".into(), certificate }]
}

/// What `openssl ts` answers to our request, taken by us.
fn round(workshop: &Workshop, signer: &str, chain: &[&str], root: &str, digest: &str) -> (Token, Stamped) {
    let hash = anchored_digest(TEXT);
    let answer = workshop.reply(&request(&hash, NONCE, None), signer, chain, digest);
    let authorities = trusting(workshop, root);
    let token = accept(&answer, &hash, NONCE, None, &authorities, now()).unwrap();
    let stamped = token.verify(&hash, &[], &authorities, now()).unwrap();
    assert!(now().since(stamped.time) < 600 && stamped.latest > stamped.time);
    assert_eq!((stamped.policy.as_str(), stamped.serial.as_str()), ("1.2.3.4.1", "2b"));
    assert_eq!((stamped.label.as_str(), stamped.organisation.as_str()), ("tsa-example", "tsa.example.cn"));
    assert_eq!(stamped.signer, signer);
    (token, stamped)
}

#[test]
fn openssl_answers_and_accepts() {
    for (kinds, digests) in [
        (&["RSA:2048", "RSA:2048"][..], &["sha256", "sha384", "sha512"][..]),
        (&["RSA:3072", "RSA:2048", "RSA:2048"], &["sha256"]),
        (&["P-256", "P-256"], &["sha256", "sha512"]),
        (&["P-384", "P-384", "P-256"], &["sha384"]),
        (&["RSA:2048", "P-256", "P-384"], &["sha384"]),
    ] {
        for digest in digests {
            let workshop = Workshop::new();
            let names = workshop.chain("example", kinds, digest);
            let (root, signer) = (&names[0], &names[names.len() - 1]);
            let middle: Vec<&str> = names[1..names.len() - 1].iter().map(String::as_str).collect();
            let (token, _) = round(&workshop, signer, &middle, root, digest);
            // The other way: the stock tool says the same of what we keep.
            workshop.write("token.der", token.as_der());
            workshop.write("checkpoint.txt", TEXT);
            let authority = format!("{root}.pem");
            let words = |text| {
                ["ts", "-verify", "-data", text, "-in", "token.der", "-token_in", "-CAfile", &authority]
            };
            workshop.openssl(&words("checkpoint.txt"));
            workshop.write("other.txt", TEXT.replacen("41", "42", 1));
            assert!(workshop.try_openssl(&words("other.txt")).is_err());
        }
    }
}

#[test]
fn openssl_reads_the_request() {
    let workshop = Workshop::new();
    let policy = Policy::parse("1.2.3.4.5").unwrap();
    workshop.write("query.tsq", request(&anchored_digest(TEXT), NONCE, Some(&policy)));
    let text = workshop.openssl(&["ts", "-query", "-in", "query.tsq", "-text"]);
    for line in [
        "Hash Algorithm: sha256",
        "Policy OID: 1.2.3.4.5",
        "Nonce: 0xFEED000000000001",
        "Certificate required: yes",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
}

#[test]
fn an_answer_that_is_not_ours() {
    let workshop = Workshop::new();
    let names = workshop.chain("example", &["RSA:2048", "RSA:2048"], "sha256");
    let (hash, authorities) = (anchored_digest(TEXT), trusting(&workshop, &names[0]));
    let policy = Policy::parse("1.2.3.4.5").unwrap();
    let answer = workshop.reply(&request(&hash, NONCE, Some(&policy)), &names[1], &[], "sha256");
    let take = |hash: &Hash, nonce, policy: Option<&Policy>, authorities: &[Authority], now| {
        accept(&answer, hash, nonce, policy, authorities, now).map(|_| ())
    };
    assert_eq!(take(&hash, NONCE, Some(&policy), &authorities, now()), Ok(()));
    let other = Policy::parse("1.2.3.4.1").unwrap();
    assert_eq!(
        take(&Hash::from_bytes([1; 32]), NONCE, None, &authorities, now()),
        Err(TimestampError::DigestOther)
    );
    assert_eq!(take(&hash, NONCE - 1, None, &authorities, now()), Err(TimestampError::NonceOther));
    assert_eq!(
        take(&hash, NONCE, Some(&other), &authorities, now()),
        Err(TimestampError::PolicyOther("1.2.3.4.5".into()))
    );
    assert_eq!(take(&hash, NONCE, None, &[], now()).unwrap_err().code(), "TIMESTAMP_CHAIN");
    let earlier = now().saturating_sub(3600);
    assert_eq!(take(&hash, NONCE, None, &authorities, earlier).unwrap_err().code(), "TIMESTAMP_TIME");
    for length in (0..answer.len()).step_by(7) {
        assert!(accept(&answer[..length], &hash, NONCE, None, &authorities, now()).is_err());
    }
    // A policy that the authority does not know, and a digest that it does not take: its own words.
    let unknown = Policy::parse("1.2.3.4.6").unwrap();
    let refused = workshop.reply(&request(&hash, NONCE, Some(&unknown)), &names[1], &[], "sha256");
    match accept(&refused, &hash, NONCE, None, &authorities, now()) {
        Err(TimestampError::Refused(words)) => assert!(words.contains("unacceptedPolicy"), "{words}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_padding_of_another_kind_and_certificates_beside() {
    let workshop = Workshop::new();
    let names = workshop.chain("example", &["RSA:2048", "RSA:2048", "RSA:2048"], "sha256");
    let hex: String = anchored_digest(TEXT).as_bytes().iter().map(|b| format!("{b:02x}")).collect();
    let stamp = |chain: &[&str], arguments: &[&str]| {
        workshop.stamp(&Stamp {
            digest: &hex,
            time: "20261122012540Z",
            policy: "1.2.3.4.1",
            more: "accuracy=SEQUENCE:accuracy",
            signer: &names[2],
            key: &names[2],
            chain,
            arguments,
        })
    };
    let authorities = trusting(&workshop, &names[0]);
    let middle = workshop.read(&format!("{}.der", names[1]));
    let verify = |token: &[u8], beside: &[Vec<u8>]| {
        Token::parse(token)
            .and_then(|token| token.verify(&anchored_digest(TEXT), beside, &authorities, now()))
    };
    for salt in ["rsa_pss_saltlen:digest", "rsa_pss_saltlen:max"] {
        let pss = stamp(
            &[&names[1]],
            &["-cades", "-md", "sha256", "-keyopt", "rsa_padding_mode:pss", "-keyopt", salt],
        );
        let stamped = verify(&pss, &[]);
        if salt.ends_with("digest") {
            assert_eq!(stamped.unwrap().time.seconds(), 1_795_310_740)
        }
    }
    let alone = stamp(&[], &["-cades", "-md", "sha256"]);
    assert_eq!(verify(&alone, &[]).unwrap_err().code(), "TIMESTAMP_CHAIN");
    let stamped = verify(&alone, std::slice::from_ref(&middle)).unwrap();
    assert_eq!((stamped.time.seconds(), stamped.latest.seconds()), (1_795_310_740, 1_795_310_742));
    // The intermediate itself, or the signer's own certificate, may be what the bundle trusts.
    for name in &names[1..] {
        let authorities = trusting(&workshop, name);
        let token = Token::parse(&alone).unwrap();
        assert!(token.verify(&anchored_digest(TEXT), &[], &authorities, now()).is_ok(), "{name}");
    }
    let seen = view(&middle).unwrap();
    assert_eq!((seen.subject.as_str(), seen.issues, seen.usable), ("example-middle", true, true));
    assert_eq!((seen.not_before.seconds(), seen.not_after.seconds()), (1_767_225_600, 4_922_899_199));
}
