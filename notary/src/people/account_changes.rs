//! What happens to accounts: made, proposed, confirmed, turned down, given another role or password, suspended, resumed.
//!
//! ```text
//! propose (one administrator) ─► Proposed ─► confirm (the other) ─► Active ⇄ Suspended
//!                                       └─► reject ─► Suspended for good
//! ```
//!
//! Not here: an account itself (`account`), signing in (`sign_in`).

use super::account::{self, Account, AccountId, AccountState, NewAccount, Proposal};
use super::password::{OneTimePassword, Secret};
use super::role::Role;
use super::{ACCOUNTS_MAX, Officer, People};
use crate::refusal::{Refusal, RefusalCode};

impl People {
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
