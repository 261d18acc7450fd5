//! `account D add|list|reset|suspend|resume`.

use notary::people::Role;
use serde::Serialize;

use crate::args::{Account, AccountAction, Common};
use crate::door::people::{AccountShown, Ask, Told};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct One {
    account: AccountShown,
    #[serde(skip_serializing_if = "Option::is_none")]
    one_time_password: Option<String>,
}

#[derive(Serialize)]
struct All {
    accounts: Vec<AccountShown>,
}

pub fn run(args: &Account, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let name = || {
        args.name
            .clone()
            .ok_or_else(|| Failure::usage("缺少登录名 NAME", "NAME, the sign-in name, is missing"))
    };
    let ask = match args.action {
        AccountAction::List => Ask::Accounts,
        AccountAction::Reset => Ask::ResetPassword { name: name()? },
        AccountAction::Suspend => Ask::Suspend { name: name()? },
        AccountAction::Resume => Ask::Resume { name: name()? },
        AccountAction::Add => {
            let missing = |what: &'static str| {
                Failure::usage(
                    format!("缺少 {what}；用 --help 查看用法"),
                    format!("{what} is missing; see --help"),
                )
            };
            Ask::AddAccount {
                name: name()?,
                person: args.person.clone().ok_or_else(|| missing("--person"))?,
                unit: args.unit.clone(),
                role: args.role.clone().ok_or_else(|| missing("--role"))?,
                code: args.code.clone(),
            }
        }
    };
    let Response::People(told) = Reach::new(&args.dir, common, lang)?.ask(Request::People(ask))? else {
        return Err(unexpected());
    };
    match told {
        Told::Accounts(accounts) => Ok(list(accounts, lang)),
        Told::Account(account, password) => Ok(one(args.action, account, password, lang)),
        _ => Err(unexpected()),
    }
}

fn one(action: AccountAction, account: AccountShown, password: Option<String>, lang: Lang) -> Answer {
    let (id, name) = (&account.id, &account.name);
    let role = role(&account.role, lang);
    let mut text = match action {
        AccountAction::Add => {
            say!(lang, "账号 {id} 已建立：{name}，{role}\n", "account {id} is made: {name}, {role}\n")
        }
        AccountAction::Suspend => {
            say!(lang, "账号 {id}（{name}）已停用\n", "account {id} ({name}) is suspended\n")
        }
        AccountAction::Resume => {
            say!(lang, "账号 {id}（{name}）已恢复\n", "account {id} ({name}) is in use again\n")
        }
        AccountAction::Reset | AccountAction::List => say!(
            lang,
            "账号 {id}（{name}）的密码已重置，原有登录已全部退出\n",
            "account {id} ({name}) has a new password; its sessions have ended\n"
        ),
    };
    if let Some(password) = &password {
        text += &say!(
            lang,
            "一次性密码：{password}\n只显示这一次，7 天内有效，首次登录时须改为自己的密码\n",
            "one-time password: {password}\nshown this once, good for 7 days, replaced at the first sign-in\n"
        );
    }
    Answer::new(&One { account, one_time_password: password }, text)
}

fn list(accounts: Vec<AccountShown>, lang: Lang) -> Answer {
    let heads = [
        lang.pick("编号", "number"),
        lang.pick("登录名", "sign-in name"),
        lang.pick("角色", "role"),
        lang.pick("状态", "state"),
        lang.pick("姓名", "person"),
        lang.pick("单位", "unit"),
    ];
    let row = |account: &AccountShown| {
        vec![
            account.id.clone(),
            account.name.clone(),
            role(&account.role, lang).to_string(),
            state(account, lang).to_string(),
            account.person.clone(),
            account.unit.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = accounts.iter().map(row).collect();
    let text = match rows.is_empty() {
        true => lang.pick("还没有账号\n", "there is no account yet\n").to_string(),
        false => table(&heads, &rows),
    };
    Answer::new(&All { accounts }, text)
}

fn state(account: &AccountShown, lang: Lang) -> &'static str {
    match (account.state.as_str(), account.one_time) {
        ("proposed", _) => lang.pick("待确认", "to be confirmed"),
        ("suspended", _) => lang.pick("已停用", "suspended"),
        (_, true) => lang.pick("待首次登录", "not signed in yet"),
        (_, false) => lang.pick("使用中", "in use"),
    }
}

fn role(word: &str, lang: Lang) -> &'static str {
    let words = if lang == Lang::Zh { notary::refusal::Lang::Zh } else { notary::refusal::Lang::En };
    Role::parse(word).map_or("", |role| role.word(words))
}
