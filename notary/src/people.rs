//! People: accounts and their roles, passwords, and the keys of programs.
//!
//! ```text
//! A00017  window-1  王芳  政务服务中心  window  active        an account
//! K00003  xzk_7f3k9q2m  审批系统  verifications.write        a program's key
//! ```
//!
//! Here: who there is and what each may do (changes in `account_changes`, `api_keys`), kept crash-safely and sealed (`store`),
//! signing in (`sign_in`), lockout (`attempts`). Not here: sessions and cookies (`web`), the log of what they did (`operator_log`).
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
mod account_changes;
mod api_key;
mod api_keys;
mod attempts;
mod key_proposal;
mod password;
mod role;
mod sign_in;
mod store;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

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

use crate::office::{Clock, PeopleKeys};
use crate::refusal::{Refusal, RefusalCode};
use attempts::Attempts;
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
        keys: &PeopleKeys,
        clock: Arc<dyn Clock>,
        reports: &mut Vec<String>,
    ) -> Result<People, Refusal> {
        let mut all = All::default();
        let mut visit = |kind: u8, plain: &[u8]| all.replay(kind, plain);
        let store = Store::open(dir, office, keys, &mut visit, reports)?;
        Ok(People {
            store,
            clock,
            all: RwLock::new(all),
            changing: Mutex::new(()),
            attempts: Attempts::default(),
            failed: AtomicBool::new(false),
        })
    }

    /// Seals the key of what is kept here under the ledger keys of now, after a rotation.
    ///
    /// # Errors
    /// What the disk says; then it is sealed as before, and the next start does it again.
    pub(crate) fn seal_anew(&self, keys: &PeopleKeys) -> Result<(), Refusal> {
        let _changing = self.changing();
        self.store.seal_anew(keys)
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
