//! `key D …`: the office's keys. Listing needs no secret: a running server is asked, or the files are read. A change is the
//! office's own to make; `sign` is for the place where the root key is kept, and needs no office.

pub mod list;

use std::path::Path;

use notary::keys::{self, KeyUse};
use notary::office::{new_root as make_root, sign_bundle};
use serde::Serialize;
use verifier::limits;
use verifier::time::{Date, Time};
use verifier::trust::{KeyUse as Usage, TrustBundle, fingerprint};

use crate::args::{Common, Key, KeyAction};
use crate::door::key::{Ask, Told};
use crate::door::reach::{Reach, unexpected};
use crate::door::witness;
use crate::door::{Request, Response};
use crate::lang::{Lang, moment};
use crate::output::{Answer, Failure};
use crate::{files, passphrase, say};

/// The folder of keys.
const KEYS: &str = "keys";
/// Seconds of a day, and of an hour.
const DAY: u64 = 86_400;
const HOUR: u64 = 3_600;

#[derive(Serialize)]
struct Changed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    another_signs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
}

pub fn run(args: &Key, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let plain = args.from.is_none() && args.overlap.is_none() && args.last_good.is_none();
    let plain = plain && args.signer.is_none() && args.prepare.is_none();
    match (args.action, words.as_slice()) {
        (KeyAction::List, []) if plain => list::list(&args.dir, lang),
        (KeyAction::Rotate, [usage]) if args.last_good.is_none() => {
            let ask = Ask::Rotate {
                usage: known(usage)?,
                from: args.from.as_deref().map(time).transpose()?,
                overlap: args.overlap.as_deref().map(duration).transpose()?,
                signer: args.signer.as_deref().map(full).transpose()?,
                prepare: args.prepare.is_some(),
            };
            change(args, common, ask, lang)
        }
        (KeyAction::Compromised, [usage, key]) => match (&args.from, args.last_good) {
            (Some(from), Some(last_good)) if args.overlap.is_none() && args.signer.is_none() => {
                let (usage, key, from) = (known(usage)?, key.to_string(), time(from)?);
                let prepare = args.prepare.is_some();
                change(args, common, Ask::Compromised { usage, key, from, last_good, prepare }, lang)
            }
            _ => Err(Failure::usage(
                "登记失密须写明 --from（从何时起）和 --last-good（最后可信检查点的条数）",
                "a compromise needs --from, since when, and --last-good, the last good checkpoint's size",
            )),
        },
        (KeyAction::Sign, [file]) if plain => sign(args, common, Path::new(file), lang),
        (KeyAction::NewRoot, []) if plain => new_root(args, common, lang),
        (KeyAction::Take, [file]) if plain => take(args, common, Path::new(file), lang),
        _ => Err(Failure::usage("用法不对；见 key --help", "not a call of key; see key --help")),
    }
}

fn change(args: &Key, common: &Common, ask: Ask, lang: Lang) -> Result<Answer, Failure> {
    if let Some(file) = &args.prepare {
        files::refuse_existing(file, args.force)?;
    }
    let Response::Key(told) = Reach::new(&args.dir, common, lang)?.ask(Request::Key(ask))? else {
        return Err(unexpected());
    };
    let dir = args.dir.display();
    let usage = args.words.first().map(String::as_str).unwrap_or_default();
    match told {
        Told::Rotated { key, sequence } => {
            let mut text = say!(
                lang,
                "新密钥 {key}\n信任名单第 {sequence} 期已签署并启用\n接下来：xinzheng trust {dir} export office.xzt，交给核验方；根密钥用完请移走；备份 keys 文件夹\n",
                "new key {key}\ntrust bundle {sequence} is signed and in use\nNext: xinzheng trust {dir} export office.xzt, for verifiers; take the root key away again; back the keys folder up\n"
            );
            if args.words.first().is_some_and(|usage| usage == "ledger") {
                text += lang.pick(
                    "见证方在旧密钥停止签发之前执行 xinzheng witness D add 新公钥\n",
                    "the witnesses run xinzheng witness D add NEWKEY before the old key stops signing\n",
                );
            }
            let changed =
                Changed { key: Some(&key), sequence: Some(sequence), another_signs: None, file: None };
            Ok(Answer::new(&changed, text))
        }
        Told::Compromised { sequence, another_signs } => {
            let mut text = say!(
                lang,
                "已登记失密，该密钥不再签发；信任名单第 {sequence} 期已签署并启用\n",
                "the compromise is told and the key signs no more; trust bundle {sequence} is signed and in use\n"
            );
            text += &match another_signs {
                true => say!(
                    lang,
                    "接下来：xinzheng trust {dir} export office.xzt，立即交给核验方；根密钥用完请移走\n",
                    "Next: xinzheng trust {dir} export office.xzt, for verifiers, at once; take the root key away again\n"
                ),
                false => say!(
                    lang,
                    "没有别的密钥签发此类内容，受理的文档在等待；接下来：xinzheng key {dir} rotate {usage}，再 xinzheng trust {dir} export office.xzt，立即交给核验方\n",
                    "no other key of this use signs, and what was accepted waits. Next: xinzheng key {dir} rotate {usage}, then xinzheng trust {dir} export office.xzt, for verifiers, at once\n"
                ),
            };
            let (sequence, another_signs) = (Some(sequence), Some(another_signs));
            Ok(Answer::new(&Changed { key: None, sequence, another_signs, file: None }, text))
        }
        Told::Prepared { key, text } => {
            let file = args.prepare.as_deref().ok_or_else(unexpected)?;
            files::write(file, text.as_bytes())?;
            let shown = file.display().to_string();
            let mut out = String::new();
            if let Some(key) = &key {
                out += &say!(lang, "新密钥 {key}，尚未启用\n", "new key {key}, which signs nothing yet\n");
            }
            out += &say!(
                lang,
                "已写出 {shown}，尚未生效\n接下来：在存放根密钥的机器上 xinzheng key FOLDER sign {shown} --out next.xzt，带回后 xinzheng key {dir} take next.xzt\n",
                "{shown} is written; nothing is changed yet\nNext: where the root key is kept, xinzheng key FOLDER sign {shown} --out next.xzt; then here, xinzheng key {dir} take next.xzt\n"
            );
            let changed = Changed {
                key: key.as_deref(),
                sequence: None,
                another_signs: None,
                file: Some(shown.clone()),
            };
            Ok(Answer::new(&changed, out))
        }
        Told::Listed(_) => Err(unexpected()),
    }
}

/// Signs a bundle's text with the root key that lies in this folder. Says what is being signed: whoever holds a root looks.
fn sign(args: &Key, common: &Common, file: &Path, lang: Lang) -> Result<Answer, Failure> {
    let out = args.out.as_deref().ok_or_else(|| {
        Failure::usage(
            "缺少 --out FILE：签好的信任名单写到哪里",
            "--out FILE is missing: where the signed bundle goes",
        )
    })?;
    files::refuse_existing(out, args.force)?;
    let text = text_of(file)?;
    let roots = keys::list(&args.dir).map_err(notary::refusal::Refusal::from)?;
    let present = roots.into_iter().filter(|key| key.key_use == KeyUse::Root && key.present);
    let present: Vec<_> = present.collect();
    let listed = text.lines().filter_map(|line| line.strip_prefix("root ")).take(limits::TRUST_ROOTS);
    let listed: Vec<&str> = listed.collect();
    let of_text = |key: &&keys::Listed| listed.contains(&key.vkey.encode().as_str());
    // Where none of the folder is listed, the first one is refused by name.
    let signing: Vec<_> = match present.iter().any(|key| of_text(&key)) {
        true => present.iter().filter(of_text).collect(),
        false => present.iter().take(1).collect(),
    };
    if signing.is_empty() {
        return Err(no_root(&args.dir));
    }
    let passphrase = passphrase::existing(common.passphrase_file.as_deref(), lang)?;
    let (mut signed, mut failed) = (text.clone(), Vec::new());
    for root in &signing {
        // Each may have a passphrase of its own: what this one does not open signs another time.
        match sign_bundle(&signed, &root.path, &passphrase) {
            Ok(more) => signed = more,
            Err(refusal) => failed.push(refusal),
        }
    }
    if let Some(refusal) = failed.into_iter().next().filter(|_| signed == text) {
        return Err(refusal.into());
    }
    let bundle = TrustBundle::parse(&signed).map_err(|refused| bad_bundle(&refused.to_string()))?;
    files::write(out, signed.as_bytes())?;
    let (sequence, until) = (bundle.sequence(), moment(lang, bundle.expires()));
    let mut said = say!(
        lang,
        "已用根密钥签署信任名单第 {sequence} 期，有效期至 {until}\n",
        "trust bundle {sequence} is signed with the root key; it expires on {until}\n"
    );
    for root in bundle.roots() {
        let (print, id) = (fingerprint(root), root.id());
        said += &match bundle.note().verify_one(root).is_ok() {
            true => say!(lang, "根公钥指纹：{print}\n", "fingerprint of the root: {print}\n"),
            false => say!(
                lang,
                "另一根密钥 {id} 尚未签署（指纹 {print}）；请到它存放处，对签好的文件再执行一次 sign\n",
                "another root, {id}, has not signed yet (fingerprint {print}): run sign on this file where that one is kept\n"
            ),
        };
    }
    for office in bundle.offices() {
        let name = &office.organisation.name;
        said += &format!("{} {name}\n", office.origin);
        for key in &office.keys {
            let (from, until) = (day(key.sign_from), day(key.sign_until));
            let mark = match key.compromised {
                Some(_) => lang.pick(" 已失密", " compromised"),
                None => "",
            };
            said += &format!("  {:<6} {} {from} – {until}{mark}\n", key.usage.name(), key.key.id());
        }
    }
    let changed = Changed {
        key: None,
        sequence: Some(sequence),
        another_signs: None,
        file: Some(out.display().to_string()),
    };
    Ok(Answer::new(&changed, said))
}

fn no_root(folder: &Path) -> Failure {
    Failure::could_not(
        "KEY_MISSING",
        "此文件夹中没有根密钥（root-….pem 与 root-….vkey）",
        "there is no root key in this folder (root-….pem with root-….vkey)",
    )
    .at(folder.display().to_string())
}

/// Makes another root key beside the one that lies in this folder. It counts once a bundle lists it.
fn new_root(args: &Key, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let known = keys::list(&args.dir).map_err(notary::refusal::Refusal::from)?;
    if !known.iter().any(|key| key.key_use == KeyUse::Root) {
        return Err(no_root(&args.dir));
    }
    let passphrase = passphrase::new(common.passphrase_file.as_deref(), lang)?;
    let key = make_root(&args.dir, &passphrase)?;
    let (print, vkey) = (fingerprint(&key), key.encode());
    let text = say!(
        lang,
        "新的根密钥 {vkey}\n根公钥指纹：{print}\n接下来：在机构的机器上 xinzheng trust D add root {vkey} --prepare next.txt\n",
        "new root key {vkey}\nfingerprint of the root: {print}\nNext: on the office's machine, xinzheng trust D add root {vkey} --prepare next.txt\n"
    );
    let changed = Changed { key: Some(&vkey), sequence: None, another_signs: None, file: None };
    Ok(Answer::new(&changed, text))
}

/// Takes a bundle in that was signed elsewhere.
fn take(args: &Key, common: &Common, file: &Path, lang: Lang) -> Result<Answer, Failure> {
    let ask = Request::Witness(witness::Ask::TakeTrust { text: text_of(file)? });
    let Response::Witness(witness::Told::Trust { sequence }) =
        Reach::new(&args.dir, common, lang)?.ask(ask)?
    else {
        return Err(unexpected());
    };
    let dir = args.dir.display();
    let text = say!(
        lang,
        "信任名单第 {sequence} 期已启用\n接下来：xinzheng trust {dir} export office.xzt，交给核验方\n",
        "trust bundle {sequence} is in use\nNext: xinzheng trust {dir} export office.xzt, for verifiers\n"
    );
    Ok(Answer::new(&Changed { key: None, sequence: Some(sequence), another_signs: None, file: None }, text))
}

fn known(word: &str) -> Result<String, Failure> {
    match Usage::ALL.iter().any(|usage| usage.name() == word) {
        true => Ok(word.to_string()),
        false => Err(Failure::usage(
            format!("没有用途“{word}”；应为 ledger、batch、status 或 pdf"),
            format!("there is no use \"{word}\"; it is ledger, batch, status or pdf"),
        )),
    }
}

/// A moment, or a day's beginning in China.
fn time(text: &str) -> Result<u64, Failure> {
    let moment = match Date::parse(text) {
        Ok(_) => Time::parse_rfc3339_china(&format!("{text}T00:00:00+08:00")),
        Err(_) => Time::parse_rfc3339_china(text),
    };
    moment.map(Time::seconds).map_err(|_| {
        Failure::usage(
            format!("时间“{text}”不对；应如 2026-11-22T09:00:00+08:00 或 2026-11-22"),
            format!("\"{text}\" is no time; write it like 2026-11-22T09:00:00+08:00 or 2026-11-22"),
        )
        .at("--from")
    })
}

/// `30d`, `12h`.
fn duration(text: &str) -> Result<u64, Failure> {
    let number = |rest: &str| verifier::time::parse_decimal(rest);
    let days = text.strip_suffix('d').and_then(number).and_then(|n| n.checked_mul(DAY));
    let hours = text.strip_suffix('h').and_then(number).and_then(|n| n.checked_mul(HOUR));
    days.or(hours).ok_or_else(|| {
        Failure::usage(
            format!("时长“{text}”不对；应如 30d（天）或 12h（小时）"),
            format!("\"{text}\" is no time span; write it like 30d or 12h"),
        )
        .at("--overlap")
    })
}

/// The full path: whoever holds the office reads the file, and works in another folder.
fn full(path: &Path) -> Result<std::path::PathBuf, Failure> {
    std::fs::canonicalize(path).map_err(|why| {
        Failure::could_not(
            crate::codes::FILE_UNREADABLE,
            format!("文件无法读取：{why}"),
            format!("the file can't be read: {why}"),
        )
        .at(path.display().to_string())
    })
}

fn text_of(file: &Path) -> Result<String, Failure> {
    let bytes = files::read(file, limits::NOTE_BYTES)?;
    String::from_utf8(bytes).map_err(|_| bad_bundle("UTF-8"))
}

fn bad_bundle(what: &str) -> Failure {
    Failure::could_not(
        "TRUST_BAD",
        format!("信任名单损坏：{what}"),
        format!("the trust bundle is damaged: {what}"),
    )
}

fn day(time: Time) -> String {
    time.china_date().to_string()
}
