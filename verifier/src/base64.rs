//! Base64 with exactly one encoding of every byte string.
//!
//! Here: RFC 4648 §4 with padding (`encode`, `decode`) and §5 without (`encode_url`, `decode_url`), as spec page
//! `README.md` has them: no line breaks, unused bits zero. Not here: any tolerance.
//!
//! ```
//! use verifier::base64;
//!
//! assert_eq!(base64::encode(&[0xfb, 0xef]), "++8=");
//! assert_eq!(base64::encode_url(&[0xfb, 0xef]), "--8");
//! assert_eq!(base64::decode("++8"), None);
//! ```

use alloc::string::String;
use alloc::vec::Vec;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// RFC 4648 §4, with padding.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a text in RFC 4648 §4; none unless it is exactly what [`encode`] makes of them.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// RFC 4648 §5, without padding.
pub fn encode_url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a text in RFC 4648 §5; none unless it is exactly what [`encode_url`] makes of them.
pub fn decode_url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Decodes standard base64 of exactly N bytes, on the stack.
pub(crate) fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    // The engine wants room for whole groups of three, so it gets up to two bytes more than N.
    let mut buffer = [0u8; 128];
    if N.checked_add(2)? > buffer.len() || text.len() > 172 {
        return None;
    }
    let length = STANDARD.decode_slice(text, &mut buffer).ok()?;
    buffer.get(..length)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_every_other_spelling() {
        assert_eq!(decode("AA=="), Some(alloc::vec![0]));
        for bad in ["AA", "AA=", "AB==", "AA==\n", "AA= =", "A A==", "AA==AA==", "-_8=", "=", "A==="] {
            assert_eq!(decode(bad), None, "{bad:?}");
        }
        assert_eq!(decode_url("AA"), Some(alloc::vec![0]));
        for bad in ["AA==", "AB", "A", "+/8", "AA\n"] {
            assert_eq!(decode_url(bad), None, "{bad:?}");
        }
        assert_eq!(decode_array::<1>("AA=="), Some([0]));
        assert_eq!(decode_array::<2>("AA=="), None);
        assert_eq!(decode_array::<1>("AB=="), None);
    }

    proptest! {
        #[test]
        fn decoding_is_the_inverse(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(decode_url(&encode_url(&bytes)), Some(bytes));
        }

        #[test]
        fn what_decodes_encodes_back(text in "[A-Za-z0-9+/=_-]{0,12}") {
            if let Some(bytes) = decode(&text) { prop_assert_eq!(encode(&bytes), text.clone()); }
            if let Some(bytes) = decode_url(&text) { prop_assert_eq!(encode_url(&bytes), text); }
        }
    }
}
