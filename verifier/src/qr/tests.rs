//! Single cases are in `../../vectors/qr/`; here is what holds for all payloads and texts.

use alloc::string::ToString;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::core::tests::any_core;
use crate::hash::Hash;
use crate::key::KeyId;
use crate::merkle::Subtree;
use crate::time::Time;

prop_compose! {
    /// Any payload whose size a QR code allows.
    pub(crate) fn any_payload()(
        core in any_core(),
        (block, level, offset) in (0u64..1_000_000_000, 0u32..13, any::<u64>()),
        time in 0u64..=Time::MAX.seconds(),
        path in proptest::collection::vec(any::<[u8; 32]>(), 0..9),
        (key_id, signature) in (any::<[u8; 4]>(), any::<[u8; 32]>()),
    ) -> QrPayload {
        let (start, size) = (block << level, 1u64 << level);
        let subtree = Subtree::new(start, start + size).unwrap();
        let signature = [signature, signature].concat().try_into().unwrap();
        let path = path.into_iter().map(Hash::from_bytes).collect();
        let time = Time::new(time).unwrap();
        QrPayload::new(core, subtree, start + offset % size, time, path, KeyId::from_bytes(key_id), signature).unwrap()
    }
}

fn text(payload: &QrPayload) -> String {
    let (prefix, digits) = url("credit.example.gov.cn", payload);
    prefix + &digits
}

proptest! {
    #[test]
    fn digits_come_back(bytes: Vec<u8>) {
        let digits = to_digits(&bytes);
        prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
        prop_assert_eq!(from_digits(&digits), Ok(bytes));
    }

    #[test]
    fn bytes_come_back(digits in "[0-9]{0,60}") {
        if let Ok(bytes) = from_digits(&digits) {
            prop_assert_eq!(to_digits(&bytes), digits);
        }
    }

    #[test]
    fn what_is_written_is_read_again(payload in any_payload()) {
        prop_assert_eq!(QrPayload::parse(&payload.encode()), Ok(payload.clone()));
        prop_assert_eq!(read_text(&text(&payload)), Ok(payload));
    }

    #[test]
    fn a_changed_byte_under_a_right_crc_is_refused_or_another_payload(payload in any_payload(), at: prop::sample::Index, byte: u8) {
        let mut bytes = payload.encode();
        let at = 7 + at.index(bytes.len() - 7);
        bytes[at] = byte;
        let crc = crc32fast::hash(&bytes[7..]).to_be_bytes();
        bytes[3..7].copy_from_slice(&crc);
        if let Ok(other) = QrPayload::parse(&bytes) {
            prop_assert_eq!(other.encode(), bytes);
        }
    }

    #[test]
    fn a_cut_or_misread_scan_is_never_malformed(payload in any_payload(), at: prop::sample::Index, digit in "[0-9]") {
        let text = text(&payload);
        let fragment = text.find('#').unwrap() + 1;
        let cut = fragment + at.index(text.len() - fragment);
        prop_assert_eq!(read_text(&text[..cut]), Err(ScanError::Incomplete));
        let mut misread = text.clone();
        misread.replace_range(cut..=cut, &digit);
        let read = read_text(&misread);
        // The version and length stand before what the CRC covers.
        let whole = misread == text || matches!(read, Err(ScanError::Incomplete | ScanError::VersionUnknown(_)));
        prop_assert!(whole, "{:?}", read);
    }

    #[test]
    fn what_apps_do_to_a_text_does_no_harm(payload in any_payload(), width in 1usize..80) {
        let text = text(&payload);
        let chars: Vec<char> = text.chars().collect();
        let broken: Vec<String> = chars.chunks(width).map(|line| line.iter().collect()).collect();
        let wide: String = text.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        let base64 = crate::base64::encode_url(&payload.encode());
        for changed in [
            broken.join("\r\n"),
            wide,
            text.to_uppercase(),
            text.replace('#', "%23"),
            alloc::format!("\u{FEFF}{text}&appinstall=0"),
            alloc::format!("{text}?from=singlemessage"),
            text.split('#').nth(1).unwrap().to_string(),
            alloc::format!("https://elsewhere.example/other#u{base64}"),
            alloc::format!("HTTPS://A.CN/V#U{base64}"),
            alloc::format!("u{base64}"),
        ] {
            prop_assert_eq!(read_text(&changed), Ok(payload.clone()), "{}", changed);
        }
    }

    #[test]
    fn no_input_panics(bytes: Vec<u8>, text: String, fragment in "[0-9]{0,200}", encoded in "#u[A-Za-z0-9_-]{0,200}") {
        let _ = QrPayload::parse(&bytes);
        let _ = (read_text(&text), read_text(&fragment), read_text(&encoded));
    }
}

/// The example of CTAP 2.2 hybrid transport's coding: chunks are little endian, with leading zeros.
#[test]
fn known_digits() {
    assert_eq!(to_digits(&[]), "");
    assert_eq!(to_digits(&[1]), "001");
    assert_eq!(to_digits(&[0, 1]), "00256");
    assert_eq!(to_digits(&[255; 7]), "72057594037927935");
    assert_eq!(to_digits(&[255; 8]), "72057594037927935255");
    for (length, digits) in [(1, 3), (2, 5), (3, 8), (4, 10), (5, 13), (6, 15), (7, 17), (9, 22)] {
        assert_eq!(to_digits(&alloc::vec![7; length]).len(), digits);
    }
    assert_eq!(from_digits("72057594037927936"), Err(DigitsError::ChunkTooLarge));
    assert_eq!(from_digits("256"), Err(DigitsError::ChunkTooLarge));
    assert_eq!(from_digits("1234"), Err(DigitsError::Length));
    assert_eq!(from_digits("12x"), Err(DigitsError::NotADigit));
    assert_eq!(from_digits("１２３"), Err(DigitsError::NotADigit));
}

#[test]
fn what_is_no_certificate() {
    let code = |text: &str| read_text(text).unwrap_err().code();
    assert_eq!(code(""), "NOT_RECOGNISED");
    assert_eq!(code("https://example.com/page"), "NOT_RECOGNISED");
    assert_eq!(code("https://example.com/app#/route"), "NOT_RECOGNISED");
    assert_eq!(code("user manual"), "NOT_RECOGNISED");
    assert_eq!(code("二维码"), "NOT_RECOGNISED");
    assert_eq!(code(&"1".repeat(8193)), "NOT_RECOGNISED");
    assert_eq!(code("https://credit.example.gov.cn/v#"), "SCAN_INCOMPLETE");
    assert_eq!(code("https://credit.example.gov.cn/v#0047"), "SCAN_INCOMPLETE");
    assert_eq!(code("#u"), "SCAN_INCOMPLETE");
    assert_eq!(code("2026112240170938612531"), "NEEDS_LOOKUP");
    assert_eq!(code("２０２６1122401709386125315390217746\r\n"), "NEEDS_LOOKUP");
    assert_eq!(fold(" ２０２６-1122\u{3000}４\t\r\n"), "2026-11224");
}

#[test]
fn a_payload_that_does_not_fit_is_refused() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let payload = any_payload().new_tree(&mut runner).unwrap().current();
    let with = |hashes: usize| {
        let path = alloc::vec![Hash::from_bytes([5; 32]); hashes];
        let (core, id, signature) = (payload.core().clone(), payload.key_id(), *payload.signature());
        QrPayload::new(core, payload.subtree(), payload.index(), payload.time(), path, id, signature)
    };
    let hashes = (820 - with(0).unwrap().encode().len()) / 32;
    assert!(with(hashes).unwrap().encode().len() <= 820);
    assert!(with(hashes + 1).is_err());
}
