//! The accounts that `init` and `demo` begin with, and their one-time passwords, shown once.
//!
//! ```text
//! 角色        登录名    一次性密码
//! 系统管理员  sysadmin  k7mf-2xqp-hw9d-4rtn
//! ```
//!
//! Nobody has a password that somebody else could know beforehand. Not here: accounts that come later (`account`).

use notary::office::Office;
use notary::operator_log::{Action, Actor, Outcome};
use notary::people::{Account, NewAccount, OneTimePassword, Role};
use notary::refusal::Refusal;
use serde::Serialize;

use crate::lang::Lang;
use crate::table::table;

/// An account that was made, and its password where it is still to be used for the first time.
#[derive(Serialize)]
pub struct FirstAccount {
    pub role: &'static str,
    pub name: String,
    pub one_time_password: Option<String>,
}

/// Role, sign-in name, person, unit, and for a holder whom it speaks for.
type Row = (Role, &'static str, &'static str, &'static str, Option<&'static str>);

/// Without these nobody could let anybody in. They are named by their office, for nobody's name is known yet.
const OFFICERS: [Row; 3] = [
    (Role::SystemAdministrator, "sysadmin", "系统管理员", "", None),
    (Role::SecurityAdministrator, "secadmin", "安全管理员", "", None),
    (Role::Auditor, "auditor", "审计员", "", None),
];

/// One of each role; the enterprise is the one of `report-general-clean.json`.
const EXAMPLES: [Row; 7] = [
    (Role::Operator, "operator", "王芳", "", None),
    (Role::Reviewer, "reviewer", "刘洋", "", None),
    (Role::Window, "window", "陈静", "示例县政务服务中心", None),
    (Role::Holder, "holder", "周强", "秦岭示范机械有限公司", Some(EXAMPLE_HOLDER)),
    (Role::SystemAdministrator, "sysadmin", "张伟", "", None),
    (Role::SecurityAdministrator, "secadmin", "李娜", "", None),
    (Role::Auditor, "auditor", "赵敏", "", None),
];
const EXAMPLE_HOLDER: &str = "91619900MA0DEM0131";

/// The three officers of a new office.
pub fn officers(office: &Office) -> Result<Vec<FirstAccount>, Refusal> {
    OFFICERS.iter().map(|row| made(office, row)).collect()
}

/// One account of each role. On a later run, a new one-time password for each that never chose its own.
pub fn examples(office: &Office) -> Result<Vec<FirstAccount>, Refusal> {
    EXAMPLES.iter().map(|row| made(office, row)).collect()
}

fn made(office: &Office, row: &Row) -> Result<FirstAccount, Refusal> {
    let (role, name, person, unit, code) = *row;
    let shown = |password: Option<OneTimePassword>| FirstAccount {
        role: role.as_str(),
        name: name.to_string(),
        one_time_password: password.map(|password| password.as_str().to_string()),
    };
    let people = office.people();
    let (account, password, action) = match people.by_name(name) {
        Some(account) if !account.must_change() => return Ok(shown(None)),
        Some(account) => {
            let (account, password) = people.reset_password(None, account.id())?;
            (account, password, Action::PasswordReset)
        }
        None => {
            let own = office.summary().name;
            let unit = if unit.is_empty() { own.as_str() } else { unit };
            let (account, password) = people.add(NewAccount::new(name, person, unit, role, code)?)?;
            (account, password, Action::AccountAdded)
        }
    };
    log(office, &account, action)?;
    Ok(shown(Some(password)))
}

fn log(office: &Office, account: &Account, action: Action) -> Result<(), Refusal> {
    office.operator_log().append(&Actor::Command, action, &account.id().to_string(), Outcome::Done)?;
    Ok(())
}

/// The table for people.
pub fn describe(accounts: &[FirstAccount], lang: Lang) -> String {
    let words = if lang == Lang::Zh { notary::refusal::Lang::Zh } else { notary::refusal::Lang::En };
    let heads = [
        lang.pick("角色", "role"),
        lang.pick("登录名", "sign-in name"),
        lang.pick("一次性密码", "one-time password"),
    ];
    let own = lang.pick("（已自行设置）", "(own one chosen)");
    let row = |account: &FirstAccount| {
        let role = Role::parse(account.role).map_or(account.role, |role| role.word(words));
        let password = account.one_time_password.clone().unwrap_or_else(|| own.to_string());
        vec![role.to_string(), account.name.clone(), password]
    };
    let rows: Vec<Vec<String>> = accounts.iter().map(row).collect();
    table(&heads, &rows)
        + lang.pick(
            "一次性密码只显示这一次，7 天内有效，首次登录时须改为自己的密码。\n",
            "One-time passwords are shown this once, count for 7 days, and are replaced at the first sign-in.\n",
        )
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use notary::keys::{Passphrase, example};
    use notary::office::{Clock, NewOffice, OpenOptions, SealPolicy, SystemClock};
    use verifier::origin::Origin;

    use super::*;

    #[test]
    fn a_later_run_gives_new_passwords_only_to_those_who_never_chose_one() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("demo");
        let origin = Origin::parse(example::ORIGIN).unwrap();
        let new =
            NewOffice { origin, name: "N".into(), organisation: None, host: None, seal: SealPolicy::Manual };
        Office::create_example(&path, &new, SystemClock.now()).unwrap();
        let options = OpenOptions { allow_example_keys: true, ..OpenOptions::default() };
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let office = Office::open(&path, &passphrase, options).unwrap();

        let first = examples(&office).unwrap();
        let words: Vec<&str> = first.iter().map(|account| account.role).collect();
        assert!(Role::ALL.iter().all(|role| words.contains(&role.as_str())), "one of each role");
        let password = |accounts: &[FirstAccount], name: &str| {
            accounts.iter().find(|account| account.name == name).unwrap().one_time_password.clone()
        };
        let people = office.people();
        let given = password(&first, "window").unwrap();
        let account = people.sign_in("window", &given, "a").unwrap().account;
        people.set_password(account.id(), account.generation(), None, "correct horse battery", "a").unwrap();

        let second = examples(&office).unwrap();
        assert_eq!(password(&second, "window"), None);
        assert_ne!(password(&second, "holder"), password(&first, "holder"));
        let old = password(&first, "holder").unwrap();
        assert!(people.sign_in("holder", &old, "a").is_err(), "the earlier one counts no more");
        assert_eq!(people.accounts().len(), EXAMPLES.len());
        let holder = people.by_name("holder").unwrap();
        let sample = include_str!("../../tests/samples/report-general-clean.json");
        assert!(sample.contains(holder.code().unwrap()) && sample.contains(holder.unit()));
    }
}
