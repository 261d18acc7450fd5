//! `witness`: this instance as a witness of other ledgers.

use serde::Serialize;
use verifier::time::Time;

use crate::args::{Common, Witness, WitnessAction};
use crate::door::reach::{Reach, unexpected};
use crate::door::witness::{Ask, ForkShown, LedgerShown, Told};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct Shown<'a> {
    key: &'a str,
    ledgers: &'a [LedgerShown],
    forks: &'a [ForkShown],
}

pub fn run(args: &Witness, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words = args.words.as_slice();
    let ask = match (args.action, words) {
        (WitnessAction::Init, []) => Ask::Init { name: args.name.clone() },
        (WitnessAction::List, []) if args.name.is_none() => Ask::List,
        (WitnessAction::Add, [_, ..]) if args.name.is_none() => Ask::Add { keys: words.to_vec() },
        (WitnessAction::Remove, [origin]) if args.name.is_none() => Ask::Remove { origin: origin.clone() },
        _ => {
            return Err(Failure::usage(
                "应为 init [--name N]、list、add VKEY… 或 remove LEDGER",
                "it must be init [--name N], list, add VKEY… or remove LEDGER",
            ));
        }
    };
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let Response::Witness(Told::Witness { key, ledgers, forks }) = reach.ask(Request::Witness(ask))? else {
        return Err(unexpected());
    };
    let mut text = say!(lang, "见证公钥：{key}\n", "key of the witness: {key}\n");
    if ledgers.is_empty() {
        text += lang.pick("还没有见证任何账本\n", "no ledger is witnessed yet\n");
    } else {
        let heads = [
            lang.pick("账本", "ledger"),
            lang.pick("存证", "entries"),
            lang.pick("最近见证", "last cosigned"),
        ];
        text += &table(&heads, &ledgers.iter().map(|ledger| row(ledger, lang)).collect::<Vec<_>>());
    }
    for ForkShown { origin, file } in &forks {
        text += &say!(
            lang,
            "发现分叉：{origin}，证明在 {file}；任何人可用 xinzheng-verify 核验\n",
            "forked: {origin}, proven in {file}; anyone can check it with xinzheng-verify\n"
        );
    }
    Ok(Answer::new(&Shown { key: &key, ledgers: &ledgers, forks: &forks }, text))
}

fn row(ledger: &LedgerShown, lang: Lang) -> Vec<String> {
    let when = match (ledger.damaged, ledger.cosigned_at.and_then(|seconds| Time::new(seconds).ok())) {
        (true, _) => lang.pick("文件损坏，已停止见证", "damaged file: not witnessed").to_string(),
        (false, Some(time)) => time.display_china_words(),
        (false, None) => lang.pick("尚未", "not yet").to_string(),
    };
    vec![ledger.origin.clone(), ledger.size.map_or_else(|| "-".to_string(), |size| size.to_string()), when]
}
