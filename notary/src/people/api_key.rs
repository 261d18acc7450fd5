//! Keys of programs: for systems that submit and verify over the API.
//!
//! ```text
//! xzk_7f3k9q2m_nM3…43 characters…    shown once; `xzk_7f3k9q2m` is shown again in lists
//! ```
//!
//! A key is 256 random bits, so what is kept of it is one SHA-256: there is nothing to guess. One that issues or changes
//! certificates ([`Scope::needs_two`]) counts, over the service, once a second administrator has confirmed it
//! (`key_proposal`).

use std::fmt;

use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::hash::{Hash, tagged};
use verifier::time::Time;
use zeroize::Zeroizing;

use super::account::{line, parse_numbered};
use super::{AccountId, PERSON_MAX, UNIT_MAX, random};
use crate::office::time_of;
use crate::refusal::{Lang, Refusal, RefusalCode};

/// A key counts at most so many seconds: 366 days.
pub const API_KEY_LASTS_MAX: u64 = 366 * 86_400;
/// The longest text that is looked at as a key.
const TEXT_MAX: usize = 80;

/// What a key lets a program do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// Submit documents.
    #[serde(rename = "documents.submit")]
    DocumentsSubmit,
    /// Read certificates and their renderings.
    #[serde(rename = "certificates.read")]
    CertificatesRead,
    /// Verify and get receipts.
    #[serde(rename = "verifications.write")]
    VerificationsWrite,
    /// Verify many.
    #[serde(rename = "jobs.write")]
    JobsWrite,
    /// Change the status of certificates, work on objections, repair.
    #[serde(rename = "status.write")]
    StatusWrite,
    /// Record what happens to commitments.
    #[serde(rename = "commitments.write")]
    CommitmentsWrite,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 6] = [
        Scope::DocumentsSubmit,
        Scope::CertificatesRead,
        Scope::VerificationsWrite,
        Scope::JobsWrite,
        Scope::StatusWrite,
        Scope::CommitmentsWrite,
    ];

    /// Whether one administrator alone may not give it out: what it lets a program do, a person does only with a second
    /// one (四眼).
    pub const fn needs_two(self) -> bool {
        matches!(self, Scope::DocumentsSubmit | Scope::StatusWrite | Scope::CommitmentsWrite)
    }

    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scope::DocumentsSubmit => "documents.submit",
            Scope::CertificatesRead => "certificates.read",
            Scope::VerificationsWrite => "verifications.write",
            Scope::JobsWrite => "jobs.write",
            Scope::StatusWrite => "status.write",
            Scope::CommitmentsWrite => "commitments.write",
        }
    }

    /// The other way.
    pub fn parse(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// What it lets a program do, on screens.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Scope::DocumentsSubmit => lang.pick("提交文档", "submit documents"),
            Scope::CertificatesRead => lang.pick("读取证书", "read certificates"),
            Scope::VerificationsWrite => lang.pick("核验并出具回执", "verify and get receipts"),
            Scope::JobsWrite => lang.pick("批量核验", "verify many"),
            Scope::StatusWrite => {
                lang.pick("变更证书状态、办理异议和修复", "change status, work on objections, repair")
            }
            Scope::CommitmentsWrite => lang.pick("记录承诺履行情况", "record what happens to commitments"),
        }
    }
}

/// The number of a key, in logs and addresses: `K00003`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyId(pub(super) u32);

impl ApiKeyId {
    /// From its written form.
    pub fn parse(text: &str) -> Option<ApiKeyId> {
        parse_numbered(text, 'K').map(ApiKeyId)
    }
}

impl fmt::Display for ApiKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "K{:05}", self.0)
    }
}

/// A new key, checked.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    pub(super) label: String,
    pub(super) unit: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) lasts: u64,
}

impl NewApiKey {
    /// Checks what was typed: what the key is for, of which unit, what it may do, for how many days.
    ///
    /// # Errors
    /// `PERSON_NAME` for the label, `UNIT_NAME`, `API_KEY_SCOPES`, `API_KEY_DAYS`.
    pub fn new(label: &str, unit: &str, scopes: &[Scope], days: u64) -> Result<NewApiKey, Refusal> {
        let mut scopes = scopes.to_vec();
        scopes.sort_unstable();
        scopes.dedup();
        if scopes.is_empty() {
            let words = Scope::ALL.map(Scope::as_str).join(", ");
            return Err(Refusal::new(RefusalCode::ApiKeyScopes).at("scopes").right(words));
        }
        let lasts = days.checked_mul(86_400).filter(|lasts| (86_400..=API_KEY_LASTS_MAX).contains(lasts));
        Ok(NewApiKey {
            label: line(label, PERSON_MAX, RefusalCode::PersonName, "label")?,
            unit: line(unit, UNIT_MAX, RefusalCode::UnitName, "unit")?,
            scopes,
            lasts: lasts.ok_or_else(|| Refusal::new(RefusalCode::ApiKeyDays).at("days").right("1–366"))?,
        })
    }
}

/// A key as it is handed over, once.
pub struct ApiKeyText(Zeroizing<String>);

impl ApiKeyText {
    pub(super) fn generate() -> Result<(ApiKeyText, String), Refusal> {
        let prefix = base32(&*random::<5>()?);
        let secret = random::<32>()?;
        let text = format!("xzk_{prefix}_{}", base64::encode_url(&*secret));
        Ok((ApiKeyText(Zeroizing::new(text)), format!("xzk_{prefix}")))
    }

    /// The whole key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is kept of a key's text; `None` where it can't be one.
pub(super) fn digest(text: &str) -> Option<Hash> {
    (text.starts_with("xzk_") && text.len() <= TEXT_MAX)
        .then(|| tagged("xinzheng/api-key/v1", &[text.as_bytes()]))
}

/// 40 bits as 8 letters and digits.
fn base32(bytes: &[u8; 5]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let bits = bytes.iter().fold(0u64, |bits, byte| bits << 8 | u64::from(*byte));
    (0..8).rev().map(|n| char::from(LETTERS[(bits >> (5 * n) & 31) as usize])).collect()
}

/// A key, as it is now.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKey {
    pub(super) id: ApiKeyId,
    pub(super) prefix: String,
    /// Base64 of the digest of its text.
    pub(super) digest: String,
    pub(super) label: String,
    pub(super) unit: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) made: u64,
    pub(super) until: u64,
    pub(super) revoked: Option<u64>,
    /// Keys of before there were proposals have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) proposal: Option<KeyProposal>,
}

/// Who proposed a key that nobody has confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyProposal {
    pub(super) by: AccountId,
    pub(super) at: u64,
}

impl KeyProposal {
    /// The security administrator who proposed it.
    pub fn by(&self) -> AccountId {
        self.by
    }

    /// When.
    pub fn at(&self) -> Time {
        time_of(self.at)
    }
}

impl ApiKey {
    /// Its number.
    pub fn id(&self) -> ApiKeyId {
        self.id
    }

    /// How it begins: enough to tell keys apart, of no use by itself.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// What it is for.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The unit whose programs use it.
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// What it may do.
    pub fn scopes(&self) -> &[Scope] {
        &self.scopes
    }

    /// When it was made.
    pub fn made(&self) -> Time {
        time_of(self.made)
    }

    /// When it runs out.
    pub fn until(&self) -> Time {
        time_of(self.until)
    }

    /// When it was taken back.
    pub fn revoked(&self) -> Option<Time> {
        self.revoked.map(time_of)
    }

    /// Who proposed it, while nobody has confirmed it.
    pub fn proposal(&self) -> Option<&KeyProposal> {
        self.proposal.as_ref()
    }

    /// Whether it counts.
    pub fn is_good(&self, now: Time) -> bool {
        self.revoked.is_none() && self.proposal.is_none() && now < self.until()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_begins_with_its_prefix_and_is_long() {
        let (text, prefix) = ApiKeyText::generate().unwrap();
        assert!(text.as_str().starts_with(&format!("{prefix}_")));
        assert_eq!((prefix.len(), text.as_str().len()), (12, 56));
        assert!(digest(text.as_str()).is_some());
        assert_eq!(digest(&format!("x{}", text.as_str())), None);
        assert_eq!(digest(&("xzk_".to_string() + &"a".repeat(100))), None);
    }

    #[test]
    fn a_key_has_scopes_and_an_end() {
        let new = |scopes: &[Scope], days| NewApiKey::new("审批系统", "政务服务中心", scopes, days);
        assert_eq!(new(&[], 1).unwrap_err().code(), RefusalCode::ApiKeyScopes);
        for days in [0, 367, u64::MAX] {
            assert_eq!(new(&Scope::ALL, days).unwrap_err().code(), RefusalCode::ApiKeyDays);
        }
        assert_eq!(new(&[Scope::JobsWrite; 2], 366).unwrap().scopes, [Scope::JobsWrite]);
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
            assert_eq!(serde_json::to_string(&scope).unwrap(), format!("\"{}\"", scope.as_str()));
        }
    }
}
