//! Single cases are in `../../vectors/anchor/`; here is what holds for all anchors.

use alloc::string::ToString;

use proptest::prelude::*;

use super::*;
use crate::note::SignatureLine;
use crate::origin::Origin;
use crate::time::Time;

fn note(size: u64, root: [u8; 32]) -> Note {
    let origin = Origin::parse("credit.example.gov.cn/ledger").unwrap();
    let checkpoint = Checkpoint::new(origin, size, Hash::from_bytes(root)).unwrap();
    // No key is asked here, so any signature will do.
    let line = SignatureLine::parse("— credit.example.gov.cn/ledger AAAAAAAA").unwrap();
    Note::new(checkpoint.text()).unwrap().with_signature(line).unwrap()
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let bytes = || proptest::collection::vec(any::<u8>(), 1..40);
    prop_oneof![
        (bytes(), proptest::collection::vec(bytes(), 0..4))
            .prop_map(|(token, chain)| Evidence::Rfc3161(Rfc3161 { token, chain })),
        (0u64..4_000_000_000, bytes(), proptest::option::of(bytes()), bytes()).prop_map(
            |(at, transaction, header, receipt)| {
                Evidence::Evm(Evm { at: Time::new(at).unwrap(), transaction, header, receipt })
            }
        ),
        (0u64..4_000_000_000, "[ -~]{0,20}", bytes()).prop_map(|(at, content_type, answer)| {
            let (address, at) = ("https://gateway.example.cn/put".to_string(), Time::new(at).unwrap());
            Evidence::Http(Http { address, at, content_type, answer })
        }),
    ]
}

prop_compose! {
    fn any_anchor()(
        size in 1u64..1000, root: [u8; 32], label in "[a-m][a-z0-9-]{0,63}", evidence in any_evidence(),
        path in proptest::option::of(proptest::collection::vec(any::<[u8; 32]>(), 0..12)),
    ) -> Anchor {
        let anchor = Anchor::new(&label, note(size, root), evidence).unwrap();
        match path {
            Some(path) => anchor.with_path(path.into_iter().map(Hash::from_bytes).collect()).unwrap(),
            None => anchor,
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(anchor in any_anchor()) {
        prop_assert_eq!(Anchor::parse(&anchor.encode()), Ok(anchor.clone()));
        prop_assert!(anchor.without_path().path().is_none());
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_anchor(anchor in any_anchor(), at: prop::sample::Index, byte in b' '..0x7f) {
        let mut bytes = anchor.encode().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(text) = core::str::from_utf8(&bytes) && let Ok(other) = Anchor::parse(text) {
            prop_assert_eq!(other.encode(), text);
        }
    }

    #[test]
    fn no_input_panics(text: String) {
        let _ = Anchor::parse(&text);
    }
}

#[test]
fn the_digest_is_that_of_the_text_alone() {
    let note = note(1, [7; 32]);
    let plain = hash::sha256(&[note.text().as_bytes()]);
    let http = Evidence::Http(Http {
        address: "https://a.cn".to_string(),
        at: Time::new(1).unwrap(),
        content_type: String::new(),
        answer: Vec::from([1]),
    });
    let anchor = Anchor::new("gateway", note, http).unwrap();
    assert_eq!(anchor.digest(), Some(plain));
    assert_eq!(anchor.kind(), Some(AnchorKind::Http));
}

#[test]
fn one_of_an_unknown_type_is_kept() {
    let text = r#"{"type":"a-later-type","checkpoint":"…","path":1}"#;
    let anchor = Anchor::parse(text).unwrap();
    assert_eq!((anchor.kind(), anchor.type_name(), anchor.note()), (None, "a-later-type", None));
    assert_eq!(anchor.encode(), text);
    assert_eq!(anchor.without_path(), anchor);
    assert!(anchor.with_path(Vec::new()).is_err());
}

#[test]
fn what_is_beyond_its_limit() {
    let stamp = |token: usize, chain: usize| {
        let evidence = Rfc3161 {
            token: Vec::from_iter(core::iter::repeat_n(0, token)),
            chain: Vec::from_iter(core::iter::repeat_n(Vec::from([1]), chain)),
        };
        Anchor::new("tsa", note(1, [7; 32]), Evidence::Rfc3161(evidence)).map(|anchor| anchor.encode())
    };
    for (token, chain) in [(0, 0), (ANCHOR_TOKEN + 1, 0), (1, 9)] {
        assert!(stamp(token, chain).is_err(), "{token} {chain}");
    }
    let largest = stamp(ANCHOR_TOKEN, 8).unwrap();
    assert!(Anchor::parse(&largest).is_ok());
    let longer = largest.replacen("\"token\":\"", "\"token\":\"AAAA", 1);
    assert_eq!(Anchor::parse(&longer).unwrap_err().at(), "/token");
    assert!(
        Anchor::new("none", note(1, [7; 32]), Anchor::parse(&largest).unwrap().evidence().unwrap().clone())
            .is_err()
    );
}

const ANCHOR_TOKEN: usize = crate::limits::ANCHOR_TOKEN_BYTES;
