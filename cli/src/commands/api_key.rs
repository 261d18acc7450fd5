//! `api-key D add|list|revoke`.

use serde::Serialize;

use crate::args::{ApiKey, ApiKeyAction, Common};
use crate::door::people::{ApiKeyShown, Ask, Told};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct One {
    api_key: ApiKeyShown,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

#[derive(Serialize)]
struct All {
    api_keys: Vec<ApiKeyShown>,
}

pub fn run(args: &ApiKey, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let ask = match args.action {
        ApiKeyAction::List => Ask::ApiKeys,
        ApiKeyAction::Revoke => {
            let missing = || Failure::usage("缺少密钥编号 ID，如 K00003", "ID, the key's number, is missing");
            Ask::RevokeApiKey { id: args.id.clone().ok_or_else(missing)? }
        }
        ApiKeyAction::Add => {
            let missing =
                || Failure::usage("缺少 --label：密钥作何用途", "--label is missing: what the key is for");
            Ask::AddApiKey {
                label: args.label.clone().ok_or_else(missing)?,
                unit: args.unit.clone(),
                scopes: args.scope.clone(),
                days: args.days,
            }
        }
    };
    let Response::People(told) = Reach::new(&args.dir, common, lang)?.ask(Request::People(ask))? else {
        return Err(unexpected());
    };
    match told {
        Told::ApiKeys(keys) => Ok(list(keys, lang)),
        Told::ApiKey(key, text) => Ok(one(key, text, lang)),
        _ => Err(unexpected()),
    }
}

fn one(api_key: ApiKeyShown, key: Option<String>, lang: Lang) -> Answer {
    let (id, label, until) = (&api_key.id, &api_key.label, &api_key.until);
    let text = match &key {
        Some(key) => say!(
            lang,
            "接口密钥 {id}（{label}）已建立，{until} 到期\n{key}\n只显示这一次，请立即交给使用单位妥善保存\n",
            "API key {id} ({label}) is made and counts until {until}\n{key}\nshown this once: hand it over and keep it safe\n"
        ),
        None => say!(lang, "接口密钥 {id}（{label}）已吊销\n", "API key {id} ({label}) is revoked\n"),
    };
    Answer::new(&One { api_key, key }, text)
}

fn list(api_keys: Vec<ApiKeyShown>, lang: Lang) -> Answer {
    let heads = [
        lang.pick("编号", "number"),
        lang.pick("开头", "begins with"),
        lang.pick("状态", "state"),
        lang.pick("到期", "until"),
        lang.pick("用途", "label"),
        lang.pick("权限", "scopes"),
    ];
    let row = |key: &ApiKeyShown| {
        let state = match key.state.as_str() {
            "revoked" => lang.pick("已吊销", "revoked"),
            "expired" => lang.pick("已过期", "expired"),
            "proposed" => lang.pick("待确认", "to be confirmed"),
            _ => lang.pick("有效", "in use"),
        };
        let cells = [&key.id, &key.prefix, state, &key.until, &key.label];
        let mut cells: Vec<String> = cells.iter().map(|cell| cell.to_string()).collect();
        cells.push(key.scopes.join(" "));
        cells
    };
    let rows: Vec<Vec<String>> = api_keys.iter().map(row).collect();
    let text = match rows.is_empty() {
        true => lang.pick("还没有接口密钥\n", "there is no API key yet\n").to_string(),
        false => table(&heads, &rows),
    };
    Answer::new(&All { api_keys }, text)
}
