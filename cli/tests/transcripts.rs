//! The program as a person uses it: each file of `cmd/` is a transcript that is played again.
//!
//! ```text
//! A line without a sign in front explains.
//! $ xinzheng seal office
//! > 没有待封存的文档
//! ? 0
//! ```
//!
//! `$` runs a command in a fresh folder that has `samples/` in it; the commands of one file share it. `>` is a line of
//! its output (standard output, then standard error), in order and complete. `?` is its exit code, 0 where it is left
//! out. In an expected line `[..]` stands for anything; a line `> ...` for any number of lines; and `{name}` for 22
//! digits, taken over into later lines. `this-year.json` and `next-year.json` are calendars of working days.
//! `XINZHENG_TRANSCRIPT=seal` plays `cmd/seal.txt` alone. Environment: no locale, a passphrase for new offices.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;

#[test]
fn transcripts_play_as_they_are_written() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let mut files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 5, "transcripts are missing");
    // While one is being written.
    if let Ok(only) = std::env::var("XINZHENG_TRANSCRIPT") {
        files.retain(|file| file.file_stem().is_some_and(|name| *name == *only));
        assert_eq!(files.len(), 1, "there is no transcript {only}");
    }
    let told = |file: &Path| {
        play(&fs::read_to_string(file).unwrap()).err().map(|what| format!("{}: {what}", file.display()))
    };
    // Opening a key takes half a second of work by design, so all are played at once.
    let wrong: Vec<String> = thread::scope(|scope| {
        let players: Vec<_> = files.iter().map(|file| scope.spawn(move || told(file))).collect();
        players.into_iter().filter_map(|player| player.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Where the locale says so the same text comes in GB 18030; JSON is UTF-8 for every machine.
#[test]
fn a_console_gets_the_encoding_of_its_locale() {
    let out = |words: &[&str], locale: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xinzheng"));
        command.args(words).env("LC_ALL", locale).output().unwrap().stdout
    };
    let utf8 = String::from_utf8(out(&["submit", "--help"], "zh_CN.UTF-8")).unwrap();
    let bytes = out(&["submit", "--help"], "zh_CN.GBK");
    let (text, lost) = encoding_rs::GBK.decode_without_bom_handling(&bytes);
    assert!(!lost && text == utf8 && text.contains("提交文档"), "{text}");
    assert_eq!(out(&["seal", "--json"], "zh_CN.GBK"), out(&["seal", "--json"], "zh_CN.UTF-8"));
}

/// One command of a transcript.
struct Step {
    line: usize,
    command: String,
    output: Vec<String>,
    exit: i32,
}

fn play(text: &str) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/samples"), &dir.path().join("samples"));
    calendars(dir.path());
    let mut names = BTreeMap::new();
    for step in steps(text) {
        let command = fill(&step.command, &names);
        let (output, exit) = run(dir.path(), &command);
        let told = |what: &str| {
            format!("line {}: $ {command}\n{what}\n--- output, exit {exit}\n{output}", step.line)
        };
        let lines: Vec<&str> = output.lines().collect();
        if !all_match(&step.output, &lines, &mut names) {
            return Err(told("the output is another"));
        }
        if exit != step.exit {
            return Err(told(&format!("the exit code is not {}", step.exit)));
        }
    }
    Ok(())
}

/// Calendars of the year that the test runs in and of the next, with one day off each.
fn calendars(dir: &Path) {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let (year, ..) = verifier::time::Time::new(since).unwrap().china_date().to_ymd();
    for (name, year) in [("this-year.json", year), ("next-year.json", year + 1)] {
        let calendar = format!(
            r#"{{"format":"xinzheng/calendar/v1","year":{year},"source":"示例通知","off":[{{"name":"元旦","from":"{year}-01-01","to":"{year}-01-01"}}],"working":[]}}"#
        );
        fs::write(dir.join(name), calendar).unwrap();
    }
}

fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (n, line) in text.lines().enumerate() {
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step { line: n + 1, command: command.into(), output: Vec::new(), exit: 0 });
        } else if let Some(step) = steps.last_mut() {
            if let Some(expected) = line.strip_prefix('>') {
                step.output.push(expected.strip_prefix(' ').unwrap_or(expected).to_string());
            } else if let Some(exit) = line.strip_prefix("? ") {
                step.exit = exit.parse().unwrap();
            }
        }
    }
    assert!(!steps.is_empty(), "a transcript without a command");
    steps
}

fn run(dir: &Path, command: &str) -> (String, i32) {
    let mut words = command.split(' ');
    assert_eq!(words.next(), Some("xinzheng"), "{command}");
    let mut process = Command::new(env!("CARGO_BIN_EXE_xinzheng"));
    process.args(words).current_dir(dir).stdin(std::process::Stdio::null());
    for name in ["LANG", "LC_ALL", "LC_MESSAGES", "LC_CTYPE"] {
        process.env_remove(name);
    }
    let output = process.env("XINZHENG_PASSPHRASE", "transcripts").output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (text, output.status.code().unwrap())
}

/// Whether the lines are as expected; `...` takes as many as it has to.
fn all_match(expected: &[String], lines: &[&str], names: &mut BTreeMap<String, String>) -> bool {
    match (expected.split_first(), lines.split_first()) {
        (None, None) => true,
        (Some((dots, rest)), _) if dots == "..." => {
            (0..=lines.len()).any(|skipped| all_match(rest, &lines[skipped..], names))
        }
        (Some((pattern, rest)), Some((line, lines))) => {
            one_matches(pattern, line, names) && all_match(rest, lines, names)
        }
        _ => false,
    }
}

fn one_matches(pattern: &str, line: &str, names: &mut BTreeMap<String, String>) -> bool {
    let mut pattern = fill(pattern, names);
    while let Some((before, name, after)) = placeholder(&pattern) {
        let Some(at) = digits_after(line, &before) else { return false };
        names.insert(name, at.clone());
        pattern = format!("{before}{at}{after}");
    }
    let mut parts = pattern.split("[..]");
    let Some(mut rest) = parts.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// What stands before and after the first `{name}` that is not known yet.
fn placeholder(pattern: &str) -> Option<(String, String, String)> {
    let (before, rest) = pattern.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase());
    plain.then(|| (before.to_string(), name.to_string(), after.to_string()))
}

/// The 22 digits that follow `before`, in which `[..]` is anything.
fn digits_after(line: &str, before: &str) -> Option<String> {
    let tail = before.rsplit("[..]").next().unwrap_or_default();
    line.char_indices().find_map(|(at, _)| {
        let rest = line[at..].strip_prefix(tail)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (digits.len() == 22).then_some(digits)
    })
}

fn fill(text: &str, names: &BTreeMap<String, String>) -> String {
    names.iter().fold(text.to_string(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).unwrap() }
    }
}
