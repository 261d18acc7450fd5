//! The keys of programs: made, taken back, recognised.
//!
//! Not here: what a key is (`api_key`), keys that need two people (`key_proposal`).

use super::account::AccountId;
use super::api_key::{self, ApiKey, ApiKeyId, ApiKeyText, KeyProposal, NewApiKey};
use super::{API_KEYS_MAX, People};
use crate::refusal::{Refusal, RefusalCode};

impl People {
    /// Makes an API key that counts at once: for the commands of whoever holds the office. Over the service it is
    /// [`People::propose_api_key`].
    ///
    /// # Errors
    /// `PEOPLE_MANY`, what the disk says.
    pub fn add_api_key(&self, new: NewApiKey) -> Result<(ApiKey, ApiKeyText), Refusal> {
        self.make_key(new, None)
    }

    pub(super) fn make_key(
        &self,
        new: NewApiKey,
        by: Option<AccountId>,
    ) -> Result<(ApiKey, ApiKeyText), Refusal> {
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
}
