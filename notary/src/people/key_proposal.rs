//! Keys of programs over the service: the security administrator gives them out; one that issues or changes certificates
//! counts once the system administrator has confirmed it.
//!
//! ```text
//! K00004  信用平台  documents.submit   proposed by A00002 → confirmed by A00001: counts
//!                                                         → turned down: revoked for good
//! K00005  审批系统  verifications.write                     counts at once
//! ```
//!
//! Not here: keys that are made by command (`People::add_api_key`), on the office's own computer.

use super::{ApiKey, ApiKeyId, ApiKeyText, NewApiKey, Officer, People, Role, Scope};
use crate::refusal::{Refusal, RefusalCode};

impl People {
    /// Makes an API key. Where one of its scopes needs two, it counts once the system administrator has confirmed it.
    ///
    /// # Errors
    /// `ROLE_NOT_ALLOWED` unless the security administrator proposes it; `PEOPLE_MANY`, what the disk says.
    pub fn propose_api_key(&self, by: Officer, new: NewApiKey) -> Result<(ApiKey, ApiKeyText), Refusal> {
        if by.role != Role::SecurityAdministrator {
            return Err(Refusal::new(RefusalCode::RoleNotAllowed));
        }
        let needs_two = new.scopes.iter().copied().any(Scope::needs_two);
        self.make_key(new, needs_two.then_some(by.id))
    }

    /// Confirms a key that was proposed: from now on it counts.
    ///
    /// # Errors
    /// `API_KEY_UNKNOWN`, `NOTHING_TO_CONFIRM`, `CONFIRM_OTHER` unless it is the system administrator, and another person
    /// than proposed it.
    pub fn confirm_api_key(&self, by: Officer, id: ApiKeyId) -> Result<ApiKey, Refusal> {
        self.settle_key(by, id, |_| ())
    }

    /// Turns down a key that was proposed: it never counts.
    ///
    /// # Errors
    /// As for [`People::confirm_api_key`].
    pub fn reject_api_key(&self, by: Officer, id: ApiKeyId) -> Result<ApiKey, Refusal> {
        let now = self.clock.now().seconds();
        self.settle_key(by, id, |key| key.revoked = Some(now))
    }

    fn settle_key(
        &self,
        by: Officer,
        id: ApiKeyId,
        how: impl FnOnce(&mut ApiKey),
    ) -> Result<ApiKey, Refusal> {
        let _changing = self.changing();
        let key = self.all().keys.get(&id).cloned();
        let mut key = key.ok_or_else(|| Refusal::new(RefusalCode::ApiKeyUnknown))?;
        let open = key.revoked.is_none();
        let proposal = key.proposal.take().filter(|_| open);
        let proposal = proposal.ok_or_else(|| Refusal::new(RefusalCode::NothingToConfirm))?;
        if by.role != Role::SystemAdministrator || by.id == proposal.by {
            return Err(Refusal::new(RefusalCode::ConfirmOther));
        }
        how(&mut key);
        self.keep_key(key)
    }
}
