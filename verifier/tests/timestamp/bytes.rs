//! Tokens as bytes: what other people's readers make of them, and that no change of them gets through or panics.

use std::path::Path;

use cms::content_info::ContentInfo;
use cms::signed_data::SignedData;
use der::{Decode, Encode};
use proptest::prelude::*;
use verifier::hash::Hash;
use verifier::time::Time;
use verifier::timestamp::{Token, accept, view};
use verifier::trust::Authority;
use x509_cert::Certificate;
use x509_tsp::{TimeStampReq, TstInfo};

fn made(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/make_vectors_timestamp/made");
    std::fs::read(folder.join(format!("{name}.der"))).unwrap()
}

fn authorities() -> Vec<Authority> {
    let of = |label: &str, name: &str| Authority {
        label: label.into(),
        token: format!("{label}.cn"),
        certificate: made(name),
    };
    vec![of("ec", "ec-root"), of("rsa", "root")]
}

/// A day after the tokens' time.
fn now() -> Time {
    Time::new(1_795_397_140).unwrap()
}

/// TSTInfo as RustCrypto's readers find it.
fn info(token: &[u8]) -> TstInfo {
    let signed = ContentInfo::from_der(token).unwrap().content.to_der().unwrap();
    let content = SignedData::from_der(&signed).unwrap().encap_content_info.econtent.unwrap();
    TstInfo::from_der(content.value()).unwrap()
}

#[test]
fn another_reader_finds_the_same() {
    for name in
        ["token", "token-late", "token-sha512", "token-pss", "token-key-id", "token-ec", "token-ec-sha384"]
    {
        let der = made(name);
        let (token, info) = (Token::parse(&der).unwrap(), info(&der));
        let digest = Hash::from_slice(info.message_imprint.hashed_message.as_bytes()).unwrap();
        assert_eq!(token.claimed_digest(), Some(digest), "{name}");
        assert_eq!(token.claimed_time().seconds(), info.gen_time.to_unix_duration().as_secs(), "{name}");
        let shown = token.verify(&digest, &[], &authorities(), Time::MAX).unwrap();
        assert_eq!(shown.policy, info.policy.to_string(), "{name}");
        let serial: String = info.serial_number.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(shown.serial, serial, "{name}");
    }
    for name in ["root", "middle", "signer", "ec-root", "ec-signer"] {
        let der = made(name);
        let (seen, other) = (view(&der).unwrap(), Certificate::from_der(&der).unwrap().tbs_certificate);
        assert!(other.subject.to_string().contains(&format!("CN={}", seen.subject)), "{name}");
        assert_eq!(
            seen.not_before.seconds(),
            other.validity.not_before.to_unix_duration().as_secs(),
            "{name}"
        );
        assert_eq!(seen.not_after.seconds(), other.validity.not_after.to_unix_duration().as_secs(), "{name}");
    }
}

#[test]
fn another_reader_takes_the_request() {
    let digest = Hash::from_bytes([7; 32]);
    for nonce in [0, 1, 0x7f, 0x80, 0xff00, u64::MAX] {
        let request = verifier::timestamp::request(&digest, nonce, None);
        let read = TimeStampReq::from_der(&request).unwrap();
        assert_eq!(read.to_der().unwrap(), request);
        assert_eq!(read.message_imprint.hashed_message.as_bytes(), digest.as_bytes());
        assert!(read.cert_req);
        let bytes = read.nonce.unwrap().as_bytes().iter().fold(0u64, |sum, byte| sum << 8 | u64::from(*byte));
        assert_eq!(bytes, nonce);
    }
}

/// The bytes of a token that its signatures do not cover, with which it still says the same: the versions and the sets of
/// algorithms that stand before the content, and fields of the certificates that nothing here rests on are covered by theirs.
fn shows_the_same(token: &[u8], digest: &Hash) -> bool {
    let shown =
        |der: &[u8]| Token::parse(der).and_then(|token| token.verify(digest, &[], &authorities(), now()));
    let (right, is) = (shown(&made("token")).unwrap(), shown(token));
    is.is_err() || is == Ok(right)
}

#[test]
fn no_changed_byte_says_anything_else() {
    let good = made("token");
    let digest = Token::parse(&good).unwrap().claimed_digest().unwrap();
    for place in (0..good.len()).step_by(5) {
        let mut bytes = good.clone();
        bytes[place] ^= 1 << (place % 8);
        assert!(shows_the_same(&bytes, &digest), "byte {place}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_mutation_says_anything_else(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of((any::<prop::sample::Index>(), 0usize..40)),
        twice in proptest::option::of((any::<prop::sample::Index>(), 1usize..40)),
    ) {
        let mut bytes = made("token");
        let digest = Token::parse(&bytes).unwrap().claimed_digest().unwrap();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Some((at, length)) = cut {
            let at = at.index(bytes.len());
            bytes.drain(at..(at + length).min(bytes.len()));
        }
        if let Some((at, length)) = twice {
            let at = at.index(bytes.len());
            let part = bytes[at..(at + length).min(bytes.len())].to_vec();
            bytes.splice(at..at, part);
        }
        prop_assert!(shows_the_same(&bytes, &digest));
        let _ = view(&bytes);
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>) {
        let digest = Hash::from_bytes([0; 32]);
        prop_assert!(Token::parse(&bytes).is_err());
        prop_assert!(accept(&bytes, &digest, 1, None, &authorities(), now()).is_err());
        prop_assert!(view(&bytes).is_err());
    }
}
