//! Accounts and API keys through the door. Whoever can come through it holds the office: no second administrator is
//! asked, and every change is in the operator log as a command's.

use notary::office::Office;
use notary::operator_log::{Action, Actor, Outcome};
use notary::people::{Account, AccountState, ApiKey, ApiKeyId, NewAccount, NewApiKey, Role, Scope};
use notary::refusal::{Refusal, RefusalCode};
use serde::{Deserialize, Serialize};

/// Something about people to do.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// Make an account.
    AddAccount { name: String, person: String, unit: Option<String>, role: String, code: Option<String> },
    /// All accounts.
    Accounts,
    /// A new one-time password.
    ResetPassword { name: String },
    /// Out of use.
    Suspend { name: String },
    /// Into use again.
    Resume { name: String },
    /// Make an API key.
    AddApiKey { label: String, unit: Option<String>, scopes: Vec<String>, days: u64 },
    /// All API keys.
    ApiKeys,
    /// Take one back.
    RevokeApiKey { id: String },
}

/// What comes back.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// An account, and its one-time password where there is a new one.
    Account(AccountShown, Option<String>),
    /// Accounts.
    Accounts(Vec<AccountShown>),
    /// An API key, and its text where it was just made.
    ApiKey(ApiKeyShown, Option<String>),
    /// API keys.
    ApiKeys(Vec<ApiKeyShown>),
}

/// An account as commands show it.
#[derive(Serialize, Deserialize)]
pub struct AccountShown {
    pub id: String,
    pub name: String,
    pub person: String,
    pub unit: String,
    pub role: String,
    pub code: Option<String>,
    pub state: String,
    /// Whether its password is still a one-time one.
    pub one_time: bool,
}

/// An API key as commands show it.
#[derive(Serialize, Deserialize)]
pub struct ApiKeyShown {
    pub id: String,
    pub prefix: String,
    pub label: String,
    pub unit: String,
    pub scopes: Vec<String>,
    pub made: String,
    pub until: String,
    pub state: String,
}

/// Does it, and logs it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Refusal> {
    let people = office.people();
    let own_unit = |unit: Option<String>| unit.unwrap_or_else(|| office.summary().name);
    match ask {
        Ask::AddAccount { name, person, unit, role, code } => {
            let role = Role::parse(&role).ok_or_else(role_unknown)?;
            let new = NewAccount::new(&name, &person, &own_unit(unit), role, code.as_deref())?;
            let (account, password) = people.add(new)?;
            log(office, Action::AccountAdded, account.id().to_string())?;
            Ok(Told::Account(shown(&account), Some(password.as_str().to_string())))
        }
        Ask::Accounts => {
            log(office, Action::AccountsViewed, String::new())?;
            Ok(Told::Accounts(people.accounts().iter().map(shown).collect()))
        }
        Ask::ResetPassword { name } => {
            let (account, password) = people.reset_password(None, find(office, &name)?.id())?;
            log(office, Action::PasswordReset, account.id().to_string())?;
            Ok(Told::Account(shown(&account), Some(password.as_str().to_string())))
        }
        Ask::Suspend { name } => {
            let account = people.suspend(None, find(office, &name)?.id())?;
            log(office, Action::AccountSuspended, account.id().to_string())?;
            Ok(Told::Account(shown(&account), None))
        }
        Ask::Resume { name } => {
            let account = people.resume(None, find(office, &name)?.id())?;
            log(office, Action::AccountResumed, account.id().to_string())?;
            Ok(Told::Account(shown(&account), None))
        }
        Ask::AddApiKey { label, unit, scopes, days } => {
            let parse = |word: &String| {
                let words = Scope::ALL.map(Scope::as_str).join(", ");
                let unknown = || Refusal::new(RefusalCode::ApiKeyScopes).at("--scope").right(words);
                Scope::parse(word).ok_or_else(unknown)
            };
            let scopes = scopes.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
            let new = NewApiKey::new(&label, &own_unit(unit), &scopes, days)?;
            let (key, text) = people.add_api_key(new)?;
            log(office, Action::ApiKeyAdded, key.id().to_string())?;
            Ok(Told::ApiKey(key_shown(office, &key), Some(text.as_str().to_string())))
        }
        Ask::ApiKeys => {
            Ok(Told::ApiKeys(people.api_keys().iter().map(|key| key_shown(office, key)).collect()))
        }
        Ask::RevokeApiKey { id } => {
            let unknown = || Refusal::new(RefusalCode::ApiKeyUnknown).at("ID");
            let key = ApiKeyId::parse(&id).ok_or_else(unknown)?;
            let key = people.revoke_api_key(key).map_err(|refusal| refusal.at("ID"))?;
            log(office, Action::ApiKeyRevoked, key.id().to_string())?;
            Ok(Told::ApiKey(key_shown(office, &key), None))
        }
    }
}

fn log(office: &Office, action: Action, object: String) -> Result<(), Refusal> {
    office.operator_log().append(&Actor::Command, action, &object, Outcome::Done).map(drop)
}

fn find(office: &Office, name: &str) -> Result<Account, Refusal> {
    office.people().by_name(name).ok_or_else(|| Refusal::new(RefusalCode::AccountUnknown).at("NAME"))
}

fn role_unknown() -> Refusal {
    Refusal::new(RefusalCode::RoleUnknown).at("--role").right(Role::ALL.map(Role::as_str).join(", "))
}

fn shown(account: &Account) -> AccountShown {
    AccountShown {
        id: account.id().to_string(),
        name: account.name().to_string(),
        person: account.person().to_string(),
        unit: account.unit().to_string(),
        role: account.role().as_str().to_string(),
        code: account.code().map(str::to_string),
        state: match account.state() {
            AccountState::Proposed => "proposed",
            AccountState::Active => "active",
            AccountState::Suspended => "suspended",
        }
        .to_string(),
        one_time: account.must_change(),
    }
}

fn key_shown(office: &Office, key: &ApiKey) -> ApiKeyShown {
    let state = match (key.revoked(), key.is_good(office.now())) {
        (Some(_), _) => "revoked",
        (None, true) => "active",
        (None, false) if key.proposal().is_some() && office.now() < key.until() => "proposed",
        (None, false) => "expired",
    };
    ApiKeyShown {
        id: key.id().to_string(),
        prefix: key.prefix().to_string(),
        label: key.label().to_string(),
        unit: key.unit().to_string(),
        scopes: key.scopes().iter().map(|scope| scope.as_str().to_string()).collect(),
        made: key.made().display_china(),
        until: key.until().display_china(),
        state: state.to_string(),
    }
}
