//! Passwords: argon2id (RFC 9106), one-time ones, what an own one must be.
//!
//! ```text
//! $argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2Fs$…      what is kept of a password (a PHC string)
//! k7mf-2xqp-hw9d-4rtn                                         a one-time password, shown once
//! ```
//!
//! One hashing needs 19 MiB; at most [`HASHES_AT_ONCE`] run at a time, others wait a little and are then turned away, so
//! that sign-ins can't use up the machine's memory.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::random;
use crate::keys::Passphrase;
use crate::refusal::{Refusal, RefusalCode};

/// Memory of one hashing in KiB: 19 MiB, as OWASP's Password Storage Cheat Sheet has it for argon2id.
pub const MEMORY_KIB: u32 = 19 * 1024;
/// Passes over it.
pub const PASSES: u32 = 2;
/// Lanes.
pub const LANES: u32 = 1;
/// Hashings at a time.
pub const HASHES_AT_ONCE: usize = 2;
/// Others wait at most so long.
const HASH_PATIENCE: Duration = Duration::from_secs(5);

/// Characters of an own password, at least.
pub const PASSWORD_MIN: usize = 12;
/// Bytes of a password, at most: hashing more is only work.
pub const PASSWORD_MAX: usize = 256;
/// A one-time password counts so many seconds: 7 days.
pub const ONE_TIME_LASTS: u64 = 7 * 86_400;

/// Letters and digits that are not mistaken for each other. 16 of them are 79 random bits.
const ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
const ONE_TIME_LENGTH: usize = 16;

/// A password as it is handed over, once.
pub struct OneTimePassword(Zeroizing<String>);

impl OneTimePassword {
    /// A fresh one.
    pub(super) fn generate() -> Result<OneTimePassword, Refusal> {
        let mut text = Zeroizing::new(String::with_capacity(ONE_TIME_LENGTH + 3));
        let mut length = 0;
        while length < ONE_TIME_LENGTH {
            let [byte] = *random::<1>()?;
            // 248 is the largest multiple of 31: every letter is as likely.
            if byte < 248 {
                if length > 0 && length % 4 == 0 {
                    text.push('-');
                }
                text.push(char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
                length += 1;
            }
        }
        Ok(OneTimePassword(text))
    }

    /// In the form that is shown and typed: `k7mf-2xqp-hw9d-4rtn`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What is kept of an account's password.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Secret {
    /// Given out; to be replaced at the first sign-in, which is the only one that it is good for.
    OneTime { phc: String, until: u64, used: bool },
    /// Chosen by the person.
    Own { phc: String },
}

impl Secret {
    pub(super) fn one_time(password: &OneTimePassword, now: u64) -> Result<Secret, Refusal> {
        let phc = hash(&plain_one_time(password.as_str()))?;
        Ok(Secret::OneTime { phc, until: now.saturating_add(ONE_TIME_LASTS), used: false })
    }

    pub(super) fn is_one_time(&self) -> bool {
        matches!(self, Secret::OneTime { .. })
    }

    pub(super) fn usable_until(&self) -> Option<u64> {
        match self {
            Secret::OneTime { until, used: false, .. } => Some(*until),
            _ => None,
        }
    }

    /// Whether this is the password; takes as long as [`verify_nobody`].
    pub(super) fn verify(&self, typed: &str) -> Result<bool, Refusal> {
        match self {
            Secret::OneTime { phc, .. } => verify(&plain_one_time(typed), phc),
            Secret::Own { phc } => verify(typed, phc),
        }
    }
}

/// What typing changes in a one-time password: capitals, spaces, dashes, full-width forms.
fn plain_one_time(typed: &str) -> Zeroizing<String> {
    let half = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    let kept = typed.chars().take(PASSWORD_MAX).map(half).filter(char::is_ascii_alphanumeric);
    Zeroizing::new(kept.map(|c| c.to_ascii_lowercase()).collect())
}

/// Checks an own password: long enough, not made of the names, more than a few different characters.
///
/// # Errors
/// `PASSWORD_RULES` with the rule that is broken.
pub(super) fn check_rules(password: &str, names: &[&str]) -> Result<(), Refusal> {
    let refused = |rule: &str| Err(Refusal::new(RefusalCode::PasswordRules).at("password").right(rule));
    let length = password.chars().count();
    if length < PASSWORD_MIN || password.len() > PASSWORD_MAX {
        return refused("≥ 12");
    }
    if password.chars().any(char::is_control) {
        return refused("TAB, CR, LF");
    }
    let lower = password.to_lowercase();
    if names.iter().any(|name| name.chars().count() >= 2 && lower.contains(&name.to_lowercase())) {
        return refused("≠ name");
    }
    let mut kinds: Vec<char> = lower.chars().collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds.len() < 5 {
        return refused("≥ 5 different characters");
    }
    // 123456789012, abcdefghijkl: every step the same.
    let codes: Vec<i64> = lower.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps =
        codes.windows(2).filter(|pair| (pair[1] - pair[0]).abs() <= 1 || pair[1] == i64::from(b'0')).count();
    if steps + 1 >= codes.len() {
        return refused("≠ 123456789012");
    }
    Ok(())
}

/// Hashes a password under a fresh salt.
pub(super) fn hash(password: &str) -> Result<String, Refusal> {
    let salt = random::<16>()?;
    let _turn = Turn::take()?;
    let hashed: PasswordHash = argon()?
        .hash_password_with_salt(password.as_bytes(), &*salt)
        .map_err(|why| Refusal::new(RefusalCode::SelfCheckFailed).found(why))?;
    Ok(hashed.to_string())
}

/// As much work as looking at a real password, for a name that nobody has.
pub(super) fn verify_nobody(typed: &str) -> Result<(), Refusal> {
    let _turn = Turn::take()?;
    let mut out = [0; 32];
    // The outcome does not matter; that it took its time does.
    let _ = argon()?.hash_password_into(cut(typed), b"nobody has this name", &mut out);
    std::hint::black_box(out);
    Ok(())
}

fn verify(typed: &str, phc: &str) -> Result<bool, Refusal> {
    let kept = PasswordHash::new(phc).map_err(|why| Refusal::new(RefusalCode::PeopleDamaged).found(why))?;
    let _turn = Turn::take()?;
    Ok(argon()?.verify_password(cut(typed), &kept).is_ok() && typed.len() <= PASSWORD_MAX)
}

fn cut(typed: &str) -> &[u8] {
    let bytes = typed.as_bytes();
    bytes.get(..PASSWORD_MAX).unwrap_or(bytes)
}

/// A key from the office's passphrase, as slow to guess as a password.
pub(super) fn stretched(passphrase: &Passphrase, salt: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, Refusal> {
    let mut key = Zeroizing::new([0; 32]);
    argon()?
        .hash_password_into(passphrase.as_bytes(), salt, &mut *key)
        .map_err(|why| Refusal::new(RefusalCode::SelfCheckFailed).found(why))?;
    Ok(key)
}

fn argon() -> Result<Argon2<'static>, Refusal> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .map_err(|why| Refusal::new(RefusalCode::SelfCheckFailed).found(why))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whoever holds one may hash.
struct Turn;

static TURNS: Mutex<usize> = Mutex::new(0);
static TURN_FREE: Condvar = Condvar::new();

impl Turn {
    fn take() -> Result<Turn, Refusal> {
        let taken = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, waited) = TURN_FREE
            .wait_timeout_while(taken, HASH_PATIENCE, |taken| *taken >= HASHES_AT_ONCE)
            .unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(Refusal::new(RefusalCode::SignInBusy));
        }
        *taken += 1;
        Ok(Turn)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *TURNS.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        TURN_FREE.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_no_other_is() {
        let phc = hash("correct horse battery").unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert_ne!(phc, hash("correct horse battery").unwrap(), "a fresh salt each");
        assert!(verify("correct horse battery", &phc).unwrap());
        assert!(!verify("correct horse batterz", &phc).unwrap());
        let long = "x".repeat(PASSWORD_MAX);
        let phc = hash(&long).unwrap();
        assert!(verify(&long, &phc).unwrap());
        assert!(!verify(&(long + "y"), &phc).unwrap(), "nothing is cut off silently");
    }

    #[test]
    fn a_one_time_password_is_forgiving_about_how_it_is_typed() {
        let password = OneTimePassword::generate().unwrap();
        assert_eq!(password.as_str().len(), 19);
        assert_ne!(password.as_str(), OneTimePassword::generate().unwrap().as_str());
        let secret = Secret::one_time(&password, 0).unwrap();
        let shouted = format!(" {} ", password.as_str().to_uppercase().replace('-', " "));
        assert!(secret.verify(password.as_str()).unwrap() && secret.verify(&shouted).unwrap());
        assert!(!secret.verify("").unwrap());
    }

    #[test]
    fn weak_passwords_are_refused() {
        for bad in [
            "short",
            "elevenchars",
            "aaaaaaaaaaaaaaa",
            "abababababab",
            "123456789012",
            "window-1-2026x",
            "我叫王芳一二三四五六七八九",
            "twelve\tchars!",
        ] {
            let refused = check_rules(bad, &["window-1", "王芳"]).unwrap_err();
            assert_eq!(refused.code(), RefusalCode::PasswordRules, "{bad}");
        }
        assert!(check_rules(&"ab3d5".repeat(60), &[]).is_err(), "too long");
        for good in ["correct horse", "密码要长一点才好记又安全", "k7mf2xqphw9d4rtn"] {
            check_rules(good, &["window-1", "王芳"]).unwrap();
        }
    }
}
