//! What an authority answers (RFC 3161 §2.4.2).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::der::{BIT_STRING, Reader, SEQUENCE, UTF8_STRING, malformed};
use super::oid::Policy;
use super::request::number;
use super::{TimestampError, Token};
use crate::hash::Hash;
use crate::limits::TIMESTAMP_ANSWER_BYTES;
use crate::time::Time;
use crate::trust::Authority;

/// Characters of a refusal that are shown.
const WORDS: usize = 200;
/// Bits of PKIFailureInfo that RFC 3161 names.
const FAILURES: [(usize, &str); 8] = [
    (0, "badAlg"),
    (2, "badRequest"),
    (5, "badDataFormat"),
    (14, "timeNotAvailable"),
    (15, "unacceptedPolicy"),
    (16, "unacceptedExtension"),
    (17, "addInfoNotAvailable"),
    (25, "systemFailure"),
];

/// Takes an authority's answer to a [`super::request`] with this digest, nonce and policy: the token in it, after all checks.
/// `authorities`: those that the asked one may be; `now`: the caller's clock.
///
/// # Errors
/// That the authority refused, or the first thing that is not as it has to be. Nothing of the answer is to be kept then.
pub fn accept(
    answer: &[u8],
    digest: &Hash,
    nonce: u64,
    policy: Option<&Policy>,
    authorities: &[Authority],
    now: Time,
) -> Result<Token, TimestampError> {
    if answer.len() > TIMESTAMP_ANSWER_BYTES {
        return malformed("it is longer than an answer may be");
    }
    let mut answer = Reader::only(answer, SEQUENCE)?.inside();
    granted(answer.sequence()?)?;
    let token = Token::parse(answer.value(SEQUENCE)?.whole)?;
    answer.end()?;
    let info = token.info();
    if info.digest != Some(*digest) {
        return Err(TimestampError::DigestOther);
    }
    if info.nonce.as_deref() != Some(number(nonce).as_slice()) {
        return Err(TimestampError::NonceOther);
    }
    if policy.is_some_and(|policy| *policy != info.policy) {
        return Err(TimestampError::PolicyOther(info.policy.to_string()));
    }
    token.verify(digest, &[], authorities, now)?;
    Ok(token)
}

/// PKIStatusInfo: granted, also with modifications, since all of the token is checked.
fn granted(mut status: Reader<'_>) -> Result<(), TimestampError> {
    let code = status.small()?;
    let texts = status.optional(SEQUENCE)?;
    let failures = status.optional(BIT_STRING)?;
    status.end()?;
    if code <= 1 {
        return Ok(());
    }
    let mut words = Vec::from([match code {
        2 => "rejection".to_string(),
        3 => "waiting".to_string(),
        4 => "revocationWarning".to_string(),
        5 => "revocationNotification".to_string(),
        other => format!("status {other}"),
    }]);
    let bits = failures.and_then(|value| value.body.get(1..)).unwrap_or_default();
    let is_set = |place: usize| {
        let byte = bits.get(place / 8).copied().unwrap_or(0);
        byte.wrapping_shl(u32::try_from(place % 8).unwrap_or(0)) & 0x80 != 0
    };
    words.extend(FAILURES.iter().filter(|(place, _)| is_set(*place)).map(|(_, name)| String::from(*name)));
    if let Some(texts) = texts {
        let mut list = texts.inside();
        while let (false, Ok(text)) = (list.is_at_end(), list.value(UTF8_STRING)) {
            words.push(String::from_utf8_lossy(text.body).into_owned());
        }
    }
    let shown =
        |c: &char| !c.is_control() && crate::characters::check_line(c.encode_utf8(&mut [0; 4])).is_ok();
    let said: String = words.join(", ").chars().filter(|c| *c == ' ' || shown(c)).take(WORDS).collect();
    Err(TimestampError::Refused(said))
}
