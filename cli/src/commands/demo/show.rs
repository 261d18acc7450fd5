//! What `demo` shows: the table, and the command that verifies one certificate.

use std::path::{Path, PathBuf};

use notary::office::{Clock, SystemClock};
use serde::Serialize;
use verifier::time::Time;
use verifier::verdict::Outcome;

use super::CERTIFICATES;
use crate::first_accounts::{self, FirstAccount};
use crate::lang::Lang;
use crate::say;
use crate::table::table;

/// What the demo made.
#[derive(Serialize)]
pub struct Shown {
    pub dir: String,
    pub origin: String,
    pub certificates: Vec<Row>,
    pub trust: String,
    pub root: String,
    pub fingerprint: String,
    pub verify: String,
    pub accounts: Vec<FirstAccount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listening: Option<String>,
}

/// One certificate, as a stranger sees it.
#[derive(Serialize)]
pub struct Row {
    pub sample: &'static str,
    pub file: String,
    pub number: String,
    pub holder: String,
    pub title: String,
    pub not_yes: Vec<String>,
    pub verdict: &'static str,
    pub code: &'static str,
}

/// For people: a table, where things are, and what to try next.
pub fn describe(shown: &Shown, lang: Lang) -> String {
    let heads = [
        lang.pick("证书编号", "number"),
        lang.pick("结论", "verdict"),
        lang.pick("信用主体", "holder"),
        lang.pick("标题", "title"),
    ];
    let rows: Vec<Vec<String>> = shown.certificates.iter().map(|row| cells(row, lang)).collect();
    let plain = table(&heads, &rows);
    let mut lines = plain.lines();
    let mut text = lines.next().unwrap_or_default().to_string() + "\n";
    // Under each certificate what it does not say yes to.
    for (line, row) in lines.zip(&shown.certificates) {
        text += &format!("{line}\n");
        for claim in &row.not_yes {
            text += &format!("    {claim}\n");
        }
    }
    let (count, dir, command) = (shown.certificates.len(), &shown.dir, &shown.verify);
    let (root, print) = (&shown.root, &shown.fingerprint);
    let people = first_accounts::describe(&shown.accounts, lang);
    text + &say!(
        lang,
        "\n{count} 张证书在 {dir}/{CERTIFICATES}，信任名单在 {dir}/trust.xzt\n根公钥：{root}\n指纹：{print}\n\n\
             用独立的核验程序离线核验一张证书：\n\n  {command}\n\n示例密钥是公开的，这些证书没有任何效力。\n\n{people}",
        "\n{count} certificates in {dir}/{CERTIFICATES}, the trust bundle in {dir}/trust.xzt\nroot key: {root}\n\
             fingerprint: {print}\n\nCheck one offline with the standalone verifier:\n\n  {command}\n\n\
             Everyone knows the example keys: these certificates are worth nothing.\n\n{people}"
    )
}

fn cells(row: &Row, lang: Lang) -> Vec<String> {
    let outcome = match row.verdict {
        "valid" => Outcome::Valid,
        "invalid" => Outcome::Invalid,
        _ => Outcome::Undetermined,
    };
    let word = outcome.word(lang);
    let verdict = if outcome == Outcome::Valid { word.to_string() } else { format!("{word} {}", row.code) };
    vec![row.number.clone(), verdict, row.holder.clone(), row.title.clone()]
}

/// The command line that verifies one certificate with the standalone verifier.
pub fn command(dir: &Path, root: &str, file: &str, now: Time) -> String {
    let trust = dir.join("trust.xzt").display().to_string();
    let mut words = vec!["--trust".to_string(), quoted(&trust), "--root".to_string(), quoted(root)];
    if now > SystemClock.now() {
        // The samples are dated later than this computer's clock.
        words.extend(["--at".to_string(), quoted(&now.display_china())]);
    }
    words.push(quoted(file));
    let program = match standalone() {
        Some(path) => quoted(&path.display().to_string()),
        None => "cargo run --release -p verifier --features cli --".to_string(),
    };
    format!("{program} {}", words.join(" "))
}

/// The standalone verifier, if it lies beside this program; as short as it can be written from here.
fn standalone() -> Option<PathBuf> {
    let name = format!("xinzheng-verify{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::current_exe().ok()?.with_file_name(name);
    if !path.is_file() {
        return None;
    }
    let here = std::env::current_dir().ok()?;
    Some(path.strip_prefix(&here).map(|rest| Path::new(".").join(rest)).unwrap_or(path.clone()))
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:=@\\".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_string()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_as_a_shell_needs_it() {
        assert_eq!(quoted("demo/trust.xzt"), "demo/trust.xzt");
        assert_eq!(quoted("it's here"), "'it'\\''s here'");
        assert_eq!(quoted("示例"), "'示例'");
    }
}
