//! Two small documents, split, salted and committed to by hand: a report and a natural person's.

use super::base64url;
use super::raw::{Raw, item};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use verifier::hash::{Hash, sha256};

/// The secret that the salts of both documents come from.
pub const SECRET: [u8; 32] = *b"a secret of thirty-two bytes !!!";

/// A report of two permits and a penalty, with its records as the page splits it.
pub const REPORT: &[(&str, &str)] = &[
    ("/schema", r#""credit-report/v1""#),
    ("/purpose", r#""FINANCING""#),
    ("/audience", "null"),
    ("/subject", r#"{"kind":"ORG","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM021U","labels":[]}"#),
    ("/period", r#"{"from":"2023-11-22","to":"2026-11-21"}"#),
    ("/data_as_of", r#""2026-11-21T23:59:59+08:00""#),
    ("/sections/admin/0", r#"{"item_id":"XK-0001","act":"PERMIT","flags":[]}"#),
    ("/sections/admin/1", r#"{"item_id":"CF-0011","act":"PENALTY","amount_wan_yuan":"1.2000","flags":[]}"#),
];

pub const REPORT_TEXT: &str = r#"{"schema":"credit-report/v1","purpose":"FINANCING","audience":null,"subject":{"kind":"ORG","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM021U","labels":[]},"period":{"from":"2023-11-22","to":"2026-11-21"},"data_as_of":"2026-11-21T23:59:59+08:00","sections":{"admin":[{"item_id":"XK-0001","act":"PERMIT","flags":[]},{"item_id":"CF-0011","act":"PENALTY","amount_wan_yuan":"1.2000","flags":[]}],"honest":[]}}"#;

pub const PERSON: &[(&str, &str)] = &[
    ("/schema", r#""credit-report/v1""#),
    ("/subject", r#"{"kind":"PERSON","name":"简策"}"#),
    ("/subject/person_id", r#""619900199003071230""#),
    ("/sections/advice/0", r#"{"text":"按时履约"}"#),
];

pub const PERSON_TEXT: &str = r#"{"schema":"credit-report/v1","subject":{"kind":"PERSON","name":"简策","person_id":"619900199003071230"},"sections":{"admin":[],"advice":[{"text":"按时履约"}]}}"#;

/// The salt of a record: the first 16 bytes of HMAC-SHA256 of its pointer.
pub fn salt(pointer: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&SECRET).unwrap();
    mac.update(pointer.as_bytes());
    mac.finalize().into_bytes()[..16].to_vec()
}

/// A disclosure put together as text.
pub fn disclosure(salt: &[u8], pointer: &str, value: &str) -> String {
    base64url(format!("[\"{}\",\"{pointer}\",{value}]", base64url(salt)))
}

pub fn disclose(records: &[(&str, &str)]) -> Vec<String> {
    records.iter().map(|(pointer, value)| disclosure(&salt(pointer), pointer, value)).collect()
}

pub fn sorted_digests(disclosures: &[String]) -> Vec<Hash> {
    let mut digests: Vec<Hash> = disclosures.iter().map(|d| sha256(&[d.as_bytes()])).collect();
    digests.sort();
    digests
}

/// `H(label ‖ 0 ‖ count ‖ digests)`.
pub fn root(digests: &[Hash]) -> Hash {
    let mut bytes = b"xinzheng/document-root/v1\0".to_vec();
    bytes.extend((digests.len() as u32).to_be_bytes());
    digests.iter().for_each(|digest| bytes.extend(digest.as_bytes()));
    sha256(&[&bytes])
}

/// The core of REPORT.
pub fn report_core() -> Raw {
    let root = root(&sorted_digests(&disclose(REPORT)));
    Raw::ordinary().set(14, item(|w| w.bytes(root.as_bytes())))
}

/// The core of PERSON.
pub fn person_core() -> Raw {
    let disclosures = disclose(PERSON);
    let reference = base64url(&sha256(&[disclosures[2].as_bytes()]).as_bytes()[..16]);
    let root = root(&sorted_digests(&disclosures));
    let core = Raw::ordinary().set(14, item(|w| w.bytes(root.as_bytes()))).without(6).without(10).without(11);
    core.set(4, item(|w| w.array(3).unsigned(3).text("简*").text(&reference)))
        .set(13, item(|w| w.map(1).unsigned(17).unsigned(1)))
}
