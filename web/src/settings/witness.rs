//! Settings about others that are asked: the witnesses, and where plain HTTP may go.
//!
//! ```text
//! province.example.gov.cn/ledger/witness+1f02d0a7+BB… https://province.example.gov.cn/witness      key, address
//! ```

use std::collections::BTreeSet;

use verifier::key::{KeyKind, VerifierKey};

use crate::outgoing::{PlainHttp, URL_BYTES};

/// Witnesses that one office asks.
pub const WITNESSES_MAX: usize = 64;
/// Hosts that plain HTTP may go to.
const HOSTS_MAX: usize = 64;

/// A witness to be asked: its key, and the submission prefix of C2SP tlog-witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessAddress {
    key: VerifierKey,
    url: String,
}

impl WitnessAddress {
    /// This key at this address; none where the key is not one that cosigns, or the address none of HTTP.
    #[must_use]
    pub fn new(key: VerifierKey, url: &str) -> Option<WitnessAddress> {
        let url = url.trim_end_matches('/');
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        let plain = url.bytes().all(|b| b.is_ascii_graphic()) && !url.contains(['?', '#', '@']);
        let fits =
            key.kind() == KeyKind::Cosignature && plain && !host.is_empty() && url.len() <= URL_BYTES - 64;
        fits.then(|| WitnessAddress { key, url: url.to_string() })
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// Its address, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// Reads `vkey address` separated by commas. An address may hold none.
pub(super) fn addresses(value: &str) -> Option<Vec<WitnessAddress>> {
    let mut found: Vec<WitnessAddress> = Vec::new();
    for item in items(value) {
        let (vkey, url) = item.split_once(' ')?;
        let address = WitnessAddress::new(VerifierKey::parse(vkey).ok()?, url.trim())?;
        let twice = found.iter().any(|other| other.key.public() == address.key.public());
        if twice || found.len() >= WITNESSES_MAX {
            return None;
        }
        found.push(address);
    }
    Some(found)
}

/// Reads hosts separated by commas.
pub(super) fn plain_http(value: &str) -> Option<PlainHttp> {
    let host = |item: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
        item.bytes().all(plain).then(|| item.to_ascii_lowercase())
    };
    let hosts = items(value).map(host).collect::<Option<BTreeSet<String>>>()?;
    match hosts.len() {
        0 => Some(PlainHttp::Nowhere),
        n => (n <= HOSTS_MAX).then_some(PlainHttp::Hosts(hosts)),
    }
}

fn items(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}
