//! `key D list`: the office's keys as its trust bundle has them. Reads one file, needs no secret.

use serde::Serialize;
use verifier::time::Time;

use super::trust::own_office;
use crate::args::Key;
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::table::table;

#[derive(Serialize)]
struct Keys {
    keys: Vec<OneKey>,
}

#[derive(Serialize)]
struct OneKey {
    #[serde(rename = "use")]
    usage: String,
    key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_from: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_until: Option<u64>,
}

pub fn run(args: &Key, lang: Lang) -> Result<Answer, Failure> {
    let (bundle, origin) = own_office(&args.dir)?;
    let mut keys = Vec::new();
    let mut rows = Vec::new();
    for root in bundle.roots() {
        keys.push(OneKey {
            usage: "root".into(),
            key: root.encode(),
            sign_from: None,
            sign_until: None,
            verify_until: None,
        });
        rows.push(vec!["root".to_string(), String::new(), String::new(), String::new(), root.encode()]);
    }
    for key in bundle.office(&origin).map(|office| office.keys.as_slice()).unwrap_or_default() {
        let dates = [key.sign_from, key.sign_until, key.verify_until];
        let [sign_from, sign_until, verify_until] = dates.map(|time| Some(time.seconds()));
        keys.push(OneKey {
            usage: key.usage.name().to_string(),
            key: key.key.encode(),
            sign_from,
            sign_until,
            verify_until,
        });
        let mut row = vec![key.usage.name().to_string()];
        row.extend(dates.map(day));
        row.push(key.key.encode());
        rows.push(row);
    }
    let heads = [
        lang.pick("用途", "use"),
        lang.pick("启用", "signs from"),
        lang.pick("停止签发", "signs until"),
        lang.pick("核验截止", "verifies until"),
        lang.pick("公钥", "key"),
    ];
    Ok(Answer::new(&Keys { keys }, table(&heads, &rows)))
}

fn day(time: Time) -> String {
    time.china_date().to_string()
}
