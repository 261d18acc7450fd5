//! Signing in with a name and a password, and choosing an own one.
//!
//! ```text
//! name, password ─► attempts left? ─► hash compared, for nobody's name too ─► account in use? ─► SignedInAs
//! ```
//!
//! Not here: sessions (`web`), who may try how often (`attempts`).

use verifier::time::Time;

use super::account::{Account, AccountId, AccountState};
use super::password::{self, Secret};
use super::{People, SignedInAs};
use crate::refusal::{Refusal, RefusalCode};

impl People {
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
}
