//! People: accounts and their roles, passwords, and the keys of programs.
//!
//! ```text
//! A00017  window-1  王芳  政务服务中心  window  active        an account
//! K00003  xzk_7f3k9q2m  审批系统  verifications.write        a program's key
//! ```
//!
//! Here: who there is and what each may do, kept crash-safely and sealed (`store`), signing in, lockout. Not here:
//! sessions and cookies (`web`), the log of what they did (`operator_log`).
//!
//! **三员分立** (three separate officers), as kept here:
//! 1. An account has one role. A person (by name) has at most one account among system administrator, security
//!    administrator and auditor, whatever its state.
//! 2. What one administrator proposes, a new account or another role, counts once an administrator of the *other* kind
//!    has confirmed it. Nobody confirms for themselves. The auditor changes nothing and reads the log.
//! 3. The same holds for a program's key that issues or changes certificates: the security administrator proposes it,
//!    the system administrator confirms it.
//! 4. Over the service nobody resets the password of one of the three or suspends them by themselves alone: that is done
//!    with `xinzheng account` on the office's own computer, by whoever holds the office, and is in the log.
//!
//! Whoever has the office's folder *and* its passphrase is above all of this; the log tells on them only if they use the
//! commands.

mod account;
mod api_key;
mod attempts;
mod key_proposal;
mod password;
mod role;
mod store;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use verifier::time::Time;
use zeroize::Zeroizing;

pub use account::{
    Account, AccountId, AccountState, NAME_LENGTH, NewAccount, PERSON_MAX, Proposal, SignInName, UNIT_MAX,
};
pub use api_key::{API_KEY_LASTS_MAX, ApiKey, ApiKeyId, ApiKeyText, KeyProposal, NewApiKey, Scope};
pub use attempts::{FAILURES_ANYWHERE_MAX, FAILURES_MAX, LOCKED_FOR};
pub use password::{
    HASHES_AT_ONCE, MEMORY_KIB, ONE_TIME_LASTS, OneTimePassword, PASSES, PASSWORD_MAX, PASSWORD_MIN,
};
pub use role::Role;
pub(crate) use store::{FOLDER, has_segments};

use crate::keys::Signer;
use crate::office::Clock;
use crate::refusal::{Refusal, RefusalCode};
use attempts::Attempts;
use password::Secret;
use store::Store;

/// Accounts of an office, at most.
pub const ACCOUNTS_MAX: usize = 10_000;
/// API keys of an office, at most, those revoked among them.
pub const API_KEYS_MAX: usize = 1_000;

/// The people of an office. Shared by reference between threads.
pub struct People {
    store: Store,
    clock: Arc<dyn Clock>,
    all: RwLock<All>,
    /// Held from looking to writing, so that two changes don't cross.
    changing: Mutex<()>,
    attempts: Attempts,
    failed: AtomicBool,
}

#[derive(Default)]
struct All {
    accounts: BTreeMap<AccountId, Account>,
    keys: BTreeMap<ApiKeyId, ApiKey>,
}

/// Who an administrator is, when proposing or confirming.
#[derive(Clone, Copy, Debug)]
pub struct Officer {
    /// The account.
    pub id: AccountId,
    /// Its role.
    pub role: Role,
}

/// What signing in gave.
#[derive(Clone, Debug)]
pub struct SignedInAs {
    /// The account.
    pub account: Account,
    /// An own password has to be chosen before anything else.
    pub must_change: bool,
}

impl People {
    /// Opens the people of the office in this folder, made where they are missing. What was set aside goes to `reports`.
    ///
    /// # Errors
    /// `PEOPLE_DAMAGED`, `PEOPLE_KEY`, `JOURNAL_…`, `DISK_FAILED`.
    pub(crate) fn open(
        dir: &Path,
        office: [u8; 32],
        signer: &dyn Signer,
        clock: Arc<dyn Clock>,
        reports: &mut Vec<String>,
    ) -> Result<People, Refusal> {
        let mut all = All::default();
        let mut visit = |kind: u8, plain: &[u8]| all.replay(kind, plain);
        let store = Store::open(dir, office, signer, &mut visit, reports)?;
        Ok(People {
            store,
            clock,
            all: RwLock::new(all),
            changing: Mutex::new(()),
            attempts: Attempts::default(),
            failed: AtomicBool::new(false),
        })
    }

    /// All accounts, by number.
    pub fn accounts(&self) -> Vec<Account> {
        self.all().accounts.values().cloned().collect()
    }

    /// The account of this number.
    pub fn account(&self, id: AccountId) -> Option<Account> {
        self.all().accounts.get(&id).cloned()
    }

    /// The account with this sign-in name.
    pub fn by_name(&self, name: &str) -> Option<Account> {
        let name = SignInName::parse(name).ok()?;
        self.all().accounts.values().find(|account| account.name == name.as_str()).cloned()
    }

    /// All API keys, by number.
    pub fn api_keys(&self) -> Vec<ApiKey> {
        self.all().keys.values().cloned().collect()
    }

    /// Makes an account that is in use at once: for the commands of whoever holds the office.
    ///
    /// # Errors
    /// `ACCOUNT_NAME_TAKEN`, `OFFICERS_APART`, `PEOPLE_MANY`, what the disk says.
    pub fn add(&self, new: NewAccount) -> Result<(Account, OneTimePassword), Refusal> {
        self.make(new, None)
    }

    /// Makes an account that the other administrator has to confirm before it can be used.
    ///
    /// # Errors
    /// As for [`People::add`]; `ROLE_NOT_ALLOWED` unless an administrator proposes it.
    pub fn propose(&self, by: Officer, new: NewAccount) -> Result<(Account, OneTimePassword), Refusal> {
        by.role.counterpart().ok_or_else(|| Refusal::new(RefusalCode::RoleNotAllowed))?;
        self.make(new, Some(by))
    }

    fn make(&self, new: NewAccount, by: Option<Officer>) -> Result<(Account, OneTimePassword), Refusal> {
        // Hashing takes its time: before the lock.
        let password = OneTimePassword::generate()?;
        let now = self.clock.now().seconds();
        let secret = Secret::one_time(&password, now)?;
        let _changing = self.changing();
        let id = {
            let all = self.all();
            if all.accounts.values().any(|account| account.name == new.name.as_str()) {
                return Err(Refusal::new(RefusalCode::AccountNameTaken).at("name"));
            }
            all.officers_apart(None, &new.person, new.role)?;
            if all.accounts.len() >= ACCOUNTS_MAX {
                return Err(Refusal::new(RefusalCode::PeopleMany).right(ACCOUNTS_MAX));
            }
            AccountId(all.accounts.keys().next_back().map_or(1, |last| last.0 + 1))
        };
        let code = new.code.map(|code| code.as_str().to_string());
        let proposal = by.map(|by| Proposal {
            role: new.role,
            code: code.clone(),
            by: by.id,
            by_role: by.role,
            at: now,
        });
        let account = Account {
            id,
            name: new.name.as_str().to_string(),
            person: new.person,
            unit: new.unit,
            role: new.role,
            code,
            state: if proposal.is_some() { AccountState::Proposed } else { AccountState::Active },
            proposal,
            secret,
            generation: 1,
            made: now,
        };
        self.keep(account).map(|account| (account, password))
    }

    /// Proposes another role for an account; it keeps the one that it has until the other administrator confirms.
    ///
    /// # Errors
    /// `ACCOUNT_UNKNOWN`, `ROLE_NOT_ALLOWED`, `ACCOUNT_SELF` for one's own, `OFFICERS_APART`, `HOLDER_CODE`.
    pub fn propose_role(
        &self,
        by: Officer,
        id: AccountId,
        role: Role,
        code: Option<&str>,
    ) -> Result<Account, Refusal> {
        by.role.counterpart().ok_or_else(|| Refusal::new(RefusalCode::RoleNotAllowed))?;
        if by.id == id {
            return Err(Refusal::new(RefusalCode::AccountSelf));
        }
        let code = account::holder_code(role, code)?.map(|code| code.as_str().to_string());
        let at = self.clock.now().seconds();
        self.change(id, |all, account| {
            if account.state == AccountState::Proposed {
                return Err(Refusal::new(RefusalCode::NothingToConfirm));
            }
            all.officers_apart(Some(id), &account.person, role)?;
            account.proposal = Some(Proposal { role, code, by: by.id, by_role: by.role, at });
            Ok(())
        })
    }

    /// Confirms what the other administrator proposed for an account.
    ///
    /// # Errors
    /// `ACCOUNT_UNKNOWN`, `NOTHING_TO_CONFIRM`, `CONFIRM_OTHER` where it is not this administrator's to confirm,
    /// `OFFICERS_APART`.
    pub fn confirm(&self, by: Officer, id: AccountId) -> Result<Account, Refusal> {
        self.change(id, |all, account| {
            let proposal = settle(by, account)?;
            all.officers_apart(Some(id), &account.person, proposal.role)?;
            account.role = proposal.role;
            account.code = proposal.code;
            if account.state == AccountState::Proposed {
                account.state = AccountState::Active;
            }
            account.generation += 1;
            Ok(())
        })
    }

    /// Turns down what the other administrator proposed. A new account stays, suspended for good, and its name is taken.
    ///
    /// # Errors
    /// As for [`People::confirm`].
    pub fn reject(&self, by: Officer, id: AccountId) -> Result<Account, Refusal> {
        self.change(id, |_, account| {
            settle(by, account)?;
            if account.state == AccountState::Proposed {
                account.state = AccountState::Suspended;
            }
            account.generation += 1;
            Ok(())
        })
    }

    /// Gives an account a new one-time password; the old password and its sessions end. `by` is `None` for the commands.
    /// Over the service that of an operator or a reviewer counts once the other administrator has confirmed it.
    ///
    /// # Errors
    /// `ACCOUNT_UNKNOWN`, `ROLE_NOT_ALLOWED`, `ACCOUNT_SELF`, `OFFICER_ACCOUNT` for one of the three over the service.
    pub fn reset_password(
        &self,
        by: Option<Officer>,
        id: AccountId,
    ) -> Result<(Account, OneTimePassword), Refusal> {
        let password = OneTimePassword::generate()?;
        let at = self.clock.now().seconds();
        let secret = Secret::one_time(&password, at)?;
        let account = self.change(id, |_, account| {
            may_manage(by, account)?;
            account.secret = secret;
            // Whoever resets both could otherwise be operator and second person at once.
            let issues = matches!(account.role, Role::Operator | Role::Reviewer);
            if issues && account.state == AccountState::Active {
                to_confirm(account, by, at);
            }
            account.generation += 1;
            Ok(())
        })?;
        Ok((account, password))
    }

    /// Takes an account out of use; its sessions end.
    ///
    /// # Errors
    /// As for [`People::reset_password`].
    pub fn suspend(&self, by: Option<Officer>, id: AccountId) -> Result<Account, Refusal> {
        self.change(id, |_, account| {
            may_manage(by, account)?;
            account.state = AccountState::Suspended;
            account.proposal = None;
            account.generation += 1;
            Ok(())
        })
    }

    /// Takes it into use again. Over the service that counts once the other administrator has confirmed it.
    ///
    /// # Errors
    /// As for [`People::reset_password`]; `ACCOUNT_NOT_SUSPENDED`.
    pub fn resume(&self, by: Option<Officer>, id: AccountId) -> Result<Account, Refusal> {
        let at = self.clock.now().seconds();
        self.change(id, |_, account| {
            may_manage(by, account)?;
            if account.state != AccountState::Suspended {
                return Err(Refusal::new(RefusalCode::AccountNotSuspended));
            }
            to_confirm(account, by, at);
            account.generation += 1;
            Ok(())
        })
    }

    /// Looks at a name and a password. `source` tells clients apart, an address. A one-time password is good for one
    /// sign-in. Takes as long for a name that nobody has as for one that somebody has.
    ///
    /// # Errors
    /// `SIGN_IN_REFUSED` for every wrong name, wrong password and account out of use alike; `SIGN_IN_LOCKED`;
    /// `SIGN_IN_BUSY`; with the right one-time password `ONE_TIME_SPENT` where it was used or has run out.
    pub fn sign_in(&self, name: &str, password: &str, source: &str) -> Result<SignedInAs, Refusal> {
        let now = self.clock.now();
        self.attempts.begin(name, source, now)?;
        let found = self.by_name(name);
        let right = match &found {
            Some(account) => account.secret.verify(password),
            None => password::verify_nobody(password).map(|()| false),
        };
        let right = right.inspect_err(|_| self.attempts.undo(name, source))?;
        let refused = || Refusal::new(RefusalCode::SignInRefused);
        let account = found.filter(|_| right).ok_or_else(refused)?;
        if account.state != AccountState::Active {
            return Err(refused());
        }
        let account = if account.must_change() { self.spend(&account, now)? } else { account };
        self.attempts.succeed(name, source, now);
        Ok(SignedInAs { must_change: account.must_change(), account })
    }

    /// A one-time password was used.
    fn spend(&self, seen: &Account, now: Time) -> Result<Account, Refusal> {
        self.change(seen.id, |_, account| match &mut account.secret {
            Secret::OneTime { until, used, .. }
                if account.generation == seen.generation && !*used && now.seconds() < *until =>
            {
                *used = true;
                Ok(())
            }
            _ => Err(Refusal::new(RefusalCode::OneTimeSpent)),
        })
    }

    /// Sets an own password. `current` is the password that it replaces, where that is an own one; after a sign-in with a
    /// one-time password there is none to give. Every session of the account ends, that of the caller too.
    ///
    /// # Errors
    /// `ACCOUNT_UNKNOWN`, `PASSWORD_RULES`, `PASSWORD_CURRENT`, `SIGN_IN_LOCKED`, `SIGN_IN_BUSY`.
    pub fn set_password(
        &self,
        id: AccountId,
        generation: u32,
        current: Option<&str>,
        new: &str,
        source: &str,
    ) -> Result<Account, Refusal> {
        let unknown = || Refusal::new(RefusalCode::AccountUnknown);
        let account =
            self.account(id).filter(|account| account.generation == generation).ok_or_else(unknown)?;
        if !account.must_change() {
            let now = self.clock.now();
            self.attempts.begin(&account.name, source, now)?;
            let right = account.secret.verify(current.unwrap_or_default());
            if !right.inspect_err(|_| self.attempts.undo(&account.name, source))? {
                return Err(Refusal::new(RefusalCode::PasswordCurrent).at("current"));
            }
            self.attempts.succeed(&account.name, source, now);
        }
        password::check_rules(new, &[&account.name, &account.person])?;
        if account.secret.verify(new)? {
            return Err(Refusal::new(RefusalCode::PasswordRules).at("password").right("≠ old"));
        }
        let secret = Secret::Own { phc: password::hash(new)? };
        self.change(id, |_, account| {
            if account.generation != generation {
                return Err(unknown());
            }
            account.secret = secret;
            account.generation += 1;
            Ok(())
        })
    }

    /// Makes an API key that counts at once: for the commands of whoever holds the office. Over the service it is
    /// [`People::propose_api_key`].
    ///
    /// # Errors
    /// `PEOPLE_MANY`, what the disk says.
    pub fn add_api_key(&self, new: NewApiKey) -> Result<(ApiKey, ApiKeyText), Refusal> {
        self.make_key(new, None)
    }

    fn make_key(&self, new: NewApiKey, by: Option<AccountId>) -> Result<(ApiKey, ApiKeyText), Refusal> {
        let (text, prefix) = ApiKeyText::generate()?;
        let digest = api_key::digest(text.as_str())
            .ok_or_else(|| Refusal::new(RefusalCode::SelfCheckFailed).found("api key"))?;
        let now = self.clock.now();
        let _changing = self.changing();
        let id = {
            let all = self.all();
            if all.keys.len() >= API_KEYS_MAX {
                return Err(Refusal::new(RefusalCode::PeopleMany).right(API_KEYS_MAX));
            }
            ApiKeyId(all.keys.keys().next_back().map_or(1, |last| last.0 + 1))
        };
        let key = ApiKey {
            id,
            prefix,
            digest: digest.to_base64(),
            label: new.label,
            unit: new.unit,
            scopes: new.scopes,
            made: now.seconds(),
            until: now.saturating_add(new.lasts).seconds(),
            revoked: None,
            proposal: by.map(|by| KeyProposal { by, at: now.seconds() }),
        };
        self.keep_key(key).map(|key| (key, text))
    }

    /// Takes an API key back, at once and for good. Again is fine.
    ///
    /// # Errors
    /// `API_KEY_UNKNOWN`.
    pub fn revoke_api_key(&self, id: ApiKeyId) -> Result<ApiKey, Refusal> {
        let _changing = self.changing();
        let key = self.all().keys.get(&id).cloned();
        let mut key = key.ok_or_else(|| Refusal::new(RefusalCode::ApiKeyUnknown))?;
        if key.revoked.is_some() {
            return Ok(key);
        }
        key.revoked = Some(self.clock.now().seconds());
        self.keep_key(key)
    }

    /// Whose key this is.
    ///
    /// # Errors
    /// `API_KEY_REFUSED` for no key, an unknown one, a revoked one, one that has run out.
    pub fn caller(&self, text: &str) -> Result<ApiKey, Refusal> {
        let digest = api_key::digest(text).map(|digest| digest.to_base64());
        let all = self.all();
        let found = all.keys.values().find(|key| Some(&key.digest) == digest.as_ref());
        let good = found.filter(|key| key.is_good(self.clock.now())).cloned();
        good.ok_or_else(|| Refusal::new(RefusalCode::ApiKeyRefused))
    }

    fn change(
        &self,
        id: AccountId,
        how: impl FnOnce(&All, &mut Account) -> Result<(), Refusal>,
    ) -> Result<Account, Refusal> {
        let _changing = self.changing();
        let account = {
            let all = self.all();
            let mut account =
                all.accounts.get(&id).cloned().ok_or_else(|| Refusal::new(RefusalCode::AccountUnknown))?;
            how(&all, &mut account)?;
            account
        };
        self.keep(account)
    }

    /// On disk first, then in sight.
    fn keep(&self, account: Account) -> Result<Account, Refusal> {
        self.put(store::ACCOUNT, &account)?;
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.accounts.insert(account.id, account.clone());
        Ok(account)
    }

    fn keep_key(&self, key: ApiKey) -> Result<ApiKey, Refusal> {
        self.put(store::API_KEY, &key)?;
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        all.keys.insert(key.id, key.clone());
        Ok(key)
    }

    fn put<T: serde::Serialize>(&self, kind: u8, what: &T) -> Result<(), Refusal> {
        self.store.put(kind, what).inspect_err(|_| self.failed.store(true, Ordering::SeqCst))
    }

    /// Whether a write has failed: then nobody knows what is on disk, and the process has to end.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    fn all(&self) -> RwLockReadGuard<'_, All> {
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    fn replay(&mut self, kind: u8, plain: &[u8]) -> Result<(), Refusal> {
        let damaged = |why: String| Refusal::new(RefusalCode::PeopleDamaged).at(FOLDER).found(why);
        match kind {
            store::ACCOUNT => {
                let account: Account =
                    serde_json::from_slice(plain).map_err(|why| damaged(why.to_string()))?;
                self.accounts.insert(account.id, account);
            }
            store::API_KEY => {
                let key: ApiKey = serde_json::from_slice(plain).map_err(|why| damaged(why.to_string()))?;
                self.keys.insert(key.id, key);
            }
            other => return Err(damaged(format!("kind {other}"))),
        }
        Ok(())
    }

    /// No person has two accounts of the three officers, proposals among them.
    fn officers_apart(&self, own: Option<AccountId>, person: &str, role: Role) -> Result<(), Refusal> {
        if !role.is_officer() {
            return Ok(());
        }
        let person = same_person(person);
        let other = self.accounts.values().find(|account| {
            let officer =
                account.role.is_officer() || account.proposal.as_ref().is_some_and(|p| p.role.is_officer());
            Some(account.id) != own && officer && same_person(&account.person) == person
        });
        match other {
            Some(other) => Err(Refusal::new(RefusalCode::OfficersApart).at("person").found(other.id)),
            None => Ok(()),
        }
    }
}

/// What is proposed, if it is this administrator's to decide.
fn settle(by: Officer, account: &mut Account) -> Result<Proposal, Refusal> {
    let proposal = account.proposal.take().ok_or_else(|| Refusal::new(RefusalCode::NothingToConfirm))?;
    let other = proposal.by_role.counterpart() == Some(by.role);
    match other && by.id != proposal.by && by.id != account.id {
        true => Ok(proposal),
        false => Err(Refusal::new(RefusalCode::ConfirmOther)),
    }
}

/// In use again: at once by a command, over the service once the other administrator has confirmed it.
fn to_confirm(account: &mut Account, by: Option<Officer>, at: u64) {
    account.state = if by.is_some() { AccountState::Proposed } else { AccountState::Active };
    account.proposal = by.map(|by| Proposal {
        role: account.role,
        code: account.code.clone(),
        by: by.id,
        by_role: by.role,
        at,
    });
}

/// Whether this account's password and use are this person's to manage.
fn may_manage(by: Option<Officer>, account: &Account) -> Result<(), Refusal> {
    let Some(by) = by else { return Ok(()) };
    if by.role != Role::SystemAdministrator {
        return Err(Refusal::new(RefusalCode::RoleNotAllowed));
    }
    if by.id == account.id {
        return Err(Refusal::new(RefusalCode::AccountSelf));
    }
    match account.role.is_officer() {
        true => Err(Refusal::new(RefusalCode::OfficerAccount)),
        false => Ok(()),
    }
}

/// Names are compared without spaces and capitals.
pub(crate) fn same_person(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Random bytes of the system.
fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, Refusal> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(&mut *bytes).map_err(|_| Refusal::new(RefusalCode::NoRandomness))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;
