//! `status import`: lists that came on a stick, checked and kept where every later verification finds them.
//!
//! ```text
//! xinzheng-verify status import --trust trust.xzt /media/stick
//!   kept      credit.example.gov.cn/ledger shard 0 no. 17, as of 2026-11-22T10:00:00+08:00
//!   refused   status-0.xzs: STATUS_ROLLBACK older than one seen here before
//! ```
//!
//! Not here: where they are kept (`memory`).

use std::collections::BTreeMap;
use std::path::PathBuf;

use verifier::limits::CLOCK_TOLERANCE;
use verifier::shelf::{ListSeen, StatusShelf};
use verifier::status_list::StatusList;
use verifier::text::Lang;
use verifier::time::Time;
use verifier::trust::TrustBundle;
use verifier::verdict::Code;

use crate::gather::Gathered;
use crate::memory::ListMemory;
use crate::usage::Usage;

/// What came of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// Lists kept.
    pub kept: Vec<ListSeen>,
    /// Files that are of no use: name, code, and why.
    pub refused: Vec<(String, &'static str, String)>,
}

/// Takes in the files and folders named. Of each shard the newest list that verifies is kept.
pub fn import(
    paths: &[PathBuf],
    trust: &TrustBundle,
    memory: &mut ListMemory,
    now: Time,
    lang: Lang,
) -> Result<Imported, Usage> {
    let mut told = Imported::default();
    let mut best: BTreeMap<(String, u64), (String, StatusList, Vec<u8>)> = BTreeMap::new();
    for file in Gathered::status(paths).lists {
        match usable(&file.name, file.bytes.map_err(|unread| unread.message(lang)), trust, memory, now, lang)
        {
            Err(refused) => told.refused.push(refused),
            Ok((list, bytes)) => {
                let says = list.says().fields();
                let place = (says.origin.to_string(), says.shard);
                let newer = best
                    .get(&place)
                    .is_none_or(|(_, other, _)| other.says().fields().sequence < says.sequence);
                if newer {
                    best.insert(place, (file.name, list, bytes));
                }
            }
        }
    }
    let failed = |error: std::io::Error| {
        let message = lang.pick("无法保存状态清单：{}", "the status lists could not be kept: {}");
        Usage::new("LIST_BAD", message.replace("{}", &error.to_string()))
    };
    for (_, list, bytes) in best.values() {
        memory.keep(list, bytes).map_err(failed)?;
        told.kept.push(ListSeen::of(list));
    }
    let lists: Vec<StatusList> = best.into_values().map(|(_, list, _)| list).collect();
    memory.remember(&lists, now).map_err(failed)?;
    match told.kept.is_empty() {
        false => Ok(told),
        true => Err(Usage::new("LIST_BAD", nothing(&told, lang))),
    }
}

fn nothing(told: &Imported, lang: Lang) -> String {
    let why: Vec<String> =
        told.refused.iter().take(3).map(|(name, _, why)| format!("{name}: {why}")).collect();
    let message = lang.pick("没有可用的状态清单（.xzs）", "no status list (.xzs) of use was named");
    if why.is_empty() { message.to_owned() } else { format!("{message}: {}", why.join("; ")) }
}

/// The list of a file, if it may be kept.
fn usable(
    name: &str,
    bytes: Result<Vec<u8>, String>,
    trust: &TrustBundle,
    memory: &ListMemory,
    now: Time,
    lang: Lang,
) -> Result<(StatusList, Vec<u8>), (String, &'static str, String)> {
    let refuse = |code: Code, why: String| Err((name.to_owned(), code.as_str(), why));
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(why) => return refuse(Code::StatusUnusable, why),
    };
    let list = match StatusList::parse(&bytes) {
        Ok(list) => list,
        Err(refused) => return refuse(Code::StatusUnusable, refused.to_string()),
    };
    if StatusShelf::new(vec![list.clone()], trust).lists().is_empty() {
        let why = lang.pick("签名不属于信任名单中的机构", "not signed by an office of the trust bundle");
        return refuse(Code::StatusUnusable, why.to_owned());
    }
    if list.says().fields().issued > now.saturating_add(CLOCK_TOLERANCE) {
        let why =
            lang.pick("签发时间晚于本机时间，请校准时钟", "issued later than this computer's clock: set it");
        return refuse(Code::StatusUnusable, why.to_owned());
    }
    let seen = || memory.seen().iter().filter(|seen| seen.is_of(&list));
    if seen().any(|seen| seen.contradicts(&list)) {
        return refuse(Code::StatusConflict, Code::StatusConflict.message(lang).to_owned());
    }
    if seen().any(|seen| seen.sequence > list.says().fields().sequence) {
        return refuse(Code::StatusRollback, Code::StatusRollback.message(lang).to_owned());
    }
    Ok((list, bytes))
}
