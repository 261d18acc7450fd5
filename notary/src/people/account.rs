//! Accounts: who, of which unit, in which role, and the words that may stand in them.

use std::fmt;

use serde::{Deserialize, Serialize};
use verifier::characters;
use verifier::time::Time;

use super::Role;
use super::password::Secret;
use crate::code::UnifiedCode;
use crate::office::time_of;
use crate::refusal::{Refusal, RefusalCode};

/// Characters of a sign-in name, at least and at most.
pub const NAME_LENGTH: std::ops::RangeInclusive<usize> = 3..=32;
/// Characters of a person's name, at most.
pub const PERSON_MAX: usize = 40;
/// Characters of a unit's name, at most.
pub const UNIT_MAX: usize = 80;

/// The number of an account, in logs and addresses: `A00017`. Never given again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub(super) u32);

impl AccountId {
    /// From its written form.
    pub fn parse(text: &str) -> Option<AccountId> {
        parse_numbered(text, 'A').map(AccountId)
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "A{:05}", self.0)
    }
}

/// `A00017` → 17, of this letter and in the one form that is written.
pub(super) fn parse_numbered(text: &str, letter: char) -> Option<u32> {
    let digits = text.strip_prefix(letter)?;
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())??;
    (format!("{number:05}") == digits).then_some(number)
}

/// What a person types to sign in: 3 to 32 of `a-z 0-9 . - _`, the first a letter. Typed capitals are the same.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignInName(String);

impl SignInName {
    /// Reads a name as people type it.
    ///
    /// # Errors
    /// `ACCOUNT_NAME`.
    pub fn parse(text: &str) -> Result<SignInName, Refusal> {
        let name = text.trim().to_ascii_lowercase();
        let good = NAME_LENGTH.contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        // The value is not repeated: people type passwords into the wrong field.
        good.then_some(SignInName(name))
            .ok_or_else(|| Refusal::new(RefusalCode::AccountName).at("name").right("a-z 0-9 . - _"))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A new account, checked.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub(super) name: SignInName,
    pub(super) person: String,
    pub(super) unit: String,
    pub(super) role: Role,
    pub(super) code: Option<UnifiedCode>,
}

impl NewAccount {
    /// Checks what was typed. `code` is the unified social credit code that a holder speaks for; it goes with that role
    /// and no other.
    ///
    /// # Errors
    /// `ACCOUNT_NAME`, `PERSON_NAME`, `UNIT_NAME`, `HOLDER_CODE`, `CODE_…`.
    pub fn new(
        name: &str,
        person: &str,
        unit: &str,
        role: Role,
        code: Option<&str>,
    ) -> Result<NewAccount, Refusal> {
        Ok(NewAccount {
            name: SignInName::parse(name)?,
            person: line(person, PERSON_MAX, RefusalCode::PersonName, "person")?,
            unit: line(unit, UNIT_MAX, RefusalCode::UnitName, "unit")?,
            role,
            code: holder_code(role, code)?,
        })
    }
}

/// The code that goes with this role: one for a holder, none for the others.
pub(super) fn holder_code(role: Role, code: Option<&str>) -> Result<Option<UnifiedCode>, Refusal> {
    match (role, code.map(str::trim).filter(|code| !code.is_empty())) {
        (Role::Holder, Some(code)) => {
            UnifiedCode::parse_typed(code).map(Some).map_err(|fault| fault.refusal("code"))
        }
        (Role::Holder, None) => Err(Refusal::new(RefusalCode::HolderCode).at("code")),
        (_, Some(_)) => Err(Refusal::new(RefusalCode::HolderCode).at("code")),
        (_, None) => Ok(None),
    }
}

/// One line of visible text, trimmed.
pub(super) fn line(text: &str, max: usize, code: RefusalCode, at: &str) -> Result<String, Refusal> {
    let text = text.trim();
    let refused = || Refusal::new(code).at(at).right(max);
    if text.chars().count() > max || characters::check_line(text).is_err() {
        return Err(refused());
    }
    Ok(text.to_string())
}

/// Whether an account may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AccountState {
    /// Waits for the other administrator.
    Proposed,
    /// In use.
    Active,
    /// Out of use; its past stays.
    Suspended,
}

/// A role that one administrator wants an account to have and the other has not confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    pub(super) role: Role,
    pub(super) code: Option<String>,
    pub(super) by: AccountId,
    pub(super) by_role: Role,
    pub(super) at: u64,
}

impl Proposal {
    /// The role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Of a holder, the unified social credit code that goes with it.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// In which role it was proposed.
    pub fn by_role(&self) -> Role {
        self.by_role
    }

    /// Who proposed it.
    pub fn by(&self) -> AccountId {
        self.by
    }

    /// When.
    pub fn at(&self) -> Time {
        time_of(self.at)
    }
}

/// An account, as it is now.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    pub(super) id: AccountId,
    pub(super) name: String,
    pub(super) person: String,
    pub(super) unit: String,
    pub(super) role: Role,
    pub(super) code: Option<String>,
    pub(super) state: AccountState,
    pub(super) proposal: Option<Proposal>,
    pub(super) secret: Secret,
    /// Goes up with everything that ends sessions: password, role, suspension.
    pub(super) generation: u32,
    pub(super) made: u64,
}

impl Account {
    /// Its number.
    pub fn id(&self) -> AccountId {
        self.id
    }

    /// What is typed to sign in.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The person's name.
    pub fn person(&self) -> &str {
        &self.person
    }

    /// The person's unit (单位).
    pub fn unit(&self) -> &str {
        &self.unit
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Of a holder, the unified social credit code that it speaks for.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether it may be used.
    pub fn state(&self) -> AccountState {
        self.state
    }

    /// What waits for the other administrator.
    pub fn proposal(&self) -> Option<&Proposal> {
        self.proposal.as_ref()
    }

    /// When it was made.
    pub fn made(&self) -> Time {
        time_of(self.made)
    }

    /// Whether its password is one that was given out and not yet replaced by an own one.
    pub fn must_change(&self) -> bool {
        self.secret.is_one_time()
    }

    /// When the one-time password runs out, where it still has one that can be used.
    pub fn one_time_until(&self) -> Option<Time> {
        self.secret.usable_until().map(time_of)
    }

    /// Goes up with everything that ends this account's sessions.
    pub fn generation(&self) -> u32 {
        self.generation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_form() {
        assert_eq!(AccountId(17).to_string(), "A00017");
        assert_eq!(AccountId::parse("A00017"), Some(AccountId(17)));
        assert_eq!(AccountId::parse("A123456"), Some(AccountId(123_456)));
        for bad in ["", "A", "A17", "A000017", "00017", "a00017", "A+0017", "A99999999999", "K00017"] {
            assert_eq!(AccountId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_are_plain() {
        assert_eq!(SignInName::parse(" Window-1 ").unwrap().as_str(), "window-1");
        for bad in
            ["", "ab", "1abc", "a b c", "<b>bold", "=cmd()", "王芳王芳", "a\u{202e}bc", &"a".repeat(33)]
        {
            let refused = SignInName::parse(bad).unwrap_err();
            assert_eq!(refused.code(), RefusalCode::AccountName);
            assert!(bad.is_empty() || !format!("{refused:?}").contains(bad), "{bad}");
        }
    }

    #[test]
    fn a_code_goes_with_a_holder_and_nobody_else() {
        let new = |role, code| NewAccount::new("abc", "王芳", "政务服务中心", role, code);
        assert!(new(Role::Holder, Some("91619900MA0DEM021U")).is_ok());
        assert_eq!(new(Role::Holder, None).unwrap_err().code(), RefusalCode::HolderCode);
        assert_eq!(
            new(Role::Window, Some("91619900MA0DEM021U")).unwrap_err().code(),
            RefusalCode::HolderCode
        );
        assert!(new(Role::Window, Some(" ")).is_ok());
        for person in ["", " ", "王\n芳", "王\u{202e}芳", &"王".repeat(41)] {
            let refused = NewAccount::new("abc", person, "中心", Role::Window, None).unwrap_err();
            assert_eq!(refused.code(), RefusalCode::PersonName);
        }
    }
}
