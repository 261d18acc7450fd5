//! `witness`: this instance as a witness of other ledgers.

use notary::witness::WAKE_HEADS_MAX;
use serde::Serialize;
use verifier::limits::NOTE_BYTES;
use verifier::time::Time;

use crate::args::{Common, Witness, WitnessAction};
use crate::door::reach::{Reach, unexpected};
use crate::door::witness::{Ask, ForkShown, LedgerShown, Told};
use crate::door::{Request, Response};
use crate::files;
use crate::lang::{Lang, moment};
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct Shown<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    more_keys: &'a [String],
    ledgers: &'a [LedgerShown],
    forks: &'a [ForkShown],
}

pub fn run(args: &Witness, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words = args.words.as_slice();
    let ask = match (args.action, words) {
        (WitnessAction::Wake, words) if args.name.is_none() => wake(words, args.nothing_cosigned_since)?,
        _ if args.nothing_cosigned_since => return Err(wrong()),
        (WitnessAction::Init, []) => Ask::Init { name: args.name.clone() },
        (WitnessAction::Rotate, []) => match &args.name {
            Some(name) => Ask::Rotate { name: name.clone() },
            None => {
                return Err(Failure::usage(
                    "缺少 --name N：新密钥另有名称，以 /witness 结尾，新旧才能同在信任名单中",
                    "--name N is missing: the new key has a name of its own, which ends in /witness, so that a trust bundle can have both",
                ));
            }
        },
        (WitnessAction::List, []) if args.name.is_none() => Ask::List,
        (WitnessAction::Add, [_, ..]) if args.name.is_none() => Ask::Add { keys: words.to_vec() },
        (WitnessAction::Remove, [origin]) if args.name.is_none() => Ask::Remove { origin: origin.clone() },
        _ => return Err(wrong()),
    };
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let Response::Witness(Told::Witness { key, more_keys, ledgers, forks }) =
        reach.ask(Request::Witness(ask))?
    else {
        return Err(unexpected());
    };
    let mut text = say!(lang, "见证公钥：{key}\n", "key of the witness: {key}\n");
    for more in &more_keys {
        text += &say!(lang, "并用的见证公钥：{more}\n", "and beside it: {more}\n");
    }
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
    if ledgers.iter().any(|ledger| ledger.asleep) {
        let dir = args.dir.display();
        text += &say!(
            lang,
            "见证已暂停：本机构由备份恢复，不知道备份之后签过哪些检查点\n接下来：从该账本的服务、镜像或其他见证方取得最新的检查点，执行 xinzheng witness {dir} wake 账本 检查点文件\n",
            "asleep: this instance was restored and does not know what it cosigned since\nNext: take the newest checkpoints from the ledger's service, mirrors or other witnesses, and run xinzheng witness {dir} wake LEDGER FILE…\n"
        );
    }
    for ForkShown { origin, file } in &forks {
        text += &say!(
            lang,
            "发现分叉：{origin}，证明在 {file}；任何人可用 xinzheng-verify 核验\n",
            "forked: {origin}, proven in {file}; anyone can check it with xinzheng-verify\n"
        );
    }
    if args.action == WitnessAction::Rotate {
        text += lang.pick(
            "接下来：被见证的机构执行 xinzheng trust D add witness 新公钥，把 witness.ask 改为新公钥；都改好之后，移走旧密钥的 .pem 文件，重新启动\n",
            "Next: the offices that you witness run xinzheng trust D add witness NEWKEY and put it into witness.ask; when all have, take the old key's .pem file away and restart\n",
        );
    }
    Ok(Answer::new(&Shown { key: &key, more_keys: &more_keys, ledgers: &ledgers, forks: &forks }, text))
}

/// `wake`: files with heads of a ledger, or the word of a person that there are none.
fn wake(words: &[String], nothing_since: bool) -> Result<Ask, Failure> {
    match (words, nothing_since) {
        ([], true) => Ok(Ask::NothingSince { origin: None }),
        ([origin], true) => Ok(Ask::NothingSince { origin: Some(origin.clone()) }),
        ([origin, files @ ..], false) if !files.is_empty() && files.len() <= WAKE_HEADS_MAX => {
            let read = |file: &String| files::read(file.as_ref(), NOTE_BYTES);
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            let notes = files.iter().map(|file| read(file).map(text)).collect::<Result<Vec<_>, _>>()?;
            Ok(Ask::Wake { origin: origin.clone(), notes })
        }
        _ => Err(wrong()),
    }
}

fn wrong() -> Failure {
    Failure::usage(
        "应为 init [--name N]、rotate --name N、list、add VKEY…、remove LEDGER、wake LEDGER CHECKPOINT… 或 wake [LEDGER] --nothing-cosigned-since",
        "it must be init [--name N], rotate --name N, list, add VKEY…, remove LEDGER, wake LEDGER CHECKPOINT… or wake [LEDGER] --nothing-cosigned-since",
    )
}

fn row(ledger: &LedgerShown, lang: Lang) -> Vec<String> {
    if ledger.asleep {
        let size = ledger.size.map_or_else(|| "-".to_string(), |size| format!("≥ {size}"));
        return vec![
            ledger.origin.clone(),
            size,
            lang.pick("恢复后待告知", "asleep after a restore").to_string(),
        ];
    }
    let when = match (ledger.damaged, ledger.cosigned_at.and_then(|seconds| Time::new(seconds).ok())) {
        (true, _) => lang.pick("文件损坏，已停止见证", "damaged file: not witnessed").to_string(),
        (false, Some(time)) => moment(lang, time),
        (false, None) => lang.pick("尚未", "not yet").to_string(),
    };
    vec![ledger.origin.clone(), ledger.size.map_or_else(|| "-".to_string(), |size| size.to_string()), when]
}
