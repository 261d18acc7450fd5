//! Where the passphrase of an office's keys comes from: `--passphrase-file`, `XINZHENG_PASSPHRASE`, or a prompt that
//! shows nothing. In this order; the prompt only where there is a terminal.

use std::io::IsTerminal;
use std::path::Path;
use std::sync::Arc;

use notary::keys::{KeyError, Passphrase};
use zeroize::Zeroizing;

use crate::codes;
use crate::console;
use crate::lang::Lang;
use crate::output::Failure;

/// A new passphrase that is typed has at least so many characters.
const SHORTEST: usize = 8;
/// The variable that may hold it.
const VARIABLE: &str = "XINZHENG_PASSPHRASE";

/// The passphrase of an office that exists.
pub fn existing(file: Option<&Path>, lang: Lang) -> Result<Arc<Passphrase>, Failure> {
    match given(file)? {
        Some(passphrase) => Ok(passphrase),
        None => passphrase(&prompt(lang.pick("密钥口令：", "Passphrase of the keys: "))?),
    }
}

/// A new one: typed twice where it is typed.
pub fn new(file: Option<&Path>, lang: Lang) -> Result<Arc<Passphrase>, Failure> {
    if let Some(passphrase) = given(file)? {
        return Ok(passphrase);
    }
    let label = lang.pick(
        "为新机构的密钥设定口令（至少 8 个字符）：",
        "New passphrase for the keys (8 characters or more): ",
    );
    let once = prompt(label)?;
    if once.chars().count() < SHORTEST {
        return Err(Failure::usage(
            format!("口令太短：至少 {SHORTEST} 个字符"),
            format!("the passphrase is too short: {SHORTEST} characters or more"),
        ));
    }
    if *once != *prompt(lang.pick("再输入一次：", "Once more: "))? {
        return Err(Failure::usage(
            "两次输入的口令不同，请重新执行",
            "the two passphrases differ; run the command again",
        ));
    }
    passphrase(&once)
}

fn given(file: Option<&Path>) -> Result<Option<Arc<Passphrase>>, Failure> {
    if let Some(path) = file {
        return Passphrase::from_file(path)
            .map(|one| Some(Arc::new(one)))
            .map_err(|error| unusable(&error).at(path.display().to_string()));
    }
    match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => passphrase(&Zeroizing::new(text)).map(Some),
        Ok(_) | Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err(Failure::usage(
            format!("环境变量 {VARIABLE} 不是 UTF-8"),
            format!("the variable {VARIABLE} is not UTF-8"),
        )),
    }
}

/// A text that is known.
pub fn passphrase(text: &str) -> Result<Arc<Passphrase>, Failure> {
    Passphrase::new(text).map(Arc::new).map_err(|error| unusable(&error))
}

fn unusable(error: &KeyError) -> Failure {
    Failure::could_not(
        error.code(),
        format!("口令不能用：{error}"),
        format!("the passphrase can't be used: {error}"),
    )
}

fn prompt(label: &str) -> Result<Zeroizing<String>, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(
            format!("需要密钥口令：请用 --passphrase-file FILE 或环境变量 {VARIABLE} 给出"),
            format!("the passphrase of the keys is needed: give --passphrase-file FILE or {VARIABLE}"),
        ));
    }
    console::err(label);
    rpassword::read_password().map(Zeroizing::new).map_err(|error| {
        Failure::could_not(
            codes::FILE_UNREADABLE,
            format!("读不到口令：{error}"),
            format!("can't read the passphrase: {error}"),
        )
    })
}
