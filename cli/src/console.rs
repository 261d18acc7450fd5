//! Writing to a person's console: UTF-8, or GB 18030 where the locale says so, and progress on a terminal.
//!
//! ```text
//! 提交 [############--------] 128/200
//! ```
//!
//! Every text of this program keeps to characters that GBK has, so nothing is lost on such a console: no emoji, no
//! ticks, no box drawing. A closed pipe is no error.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Writes to standard output, all at once.
pub fn out(text: &str) {
    write(std::io::stdout().lock(), text);
}

/// Writes JSON to standard output: UTF-8 whatever the console is, for machines read it.
pub fn json(line: &str) {
    let mut to = std::io::stdout().lock();
    // As below.
    let _ = to.write_all(line.as_bytes()).and_then(|()| to.write_all(b"\n")).and_then(|()| to.flush());
}

/// Writes to standard error.
pub fn err(text: &str) {
    write(std::io::stderr().lock(), text);
}

fn write(mut to: impl Write, text: &str) {
    // Who closed the pipe has read enough; there is nobody left to tell.
    let _ = match charset_is_gb(&charset_locale()) {
        true => to.write_all(&encoding_rs::GB18030.encode(text).0),
        false => to.write_all(text.as_bytes()),
    };
    let _ = to.flush();
}

/// The locale of characters, as the environment names it. On Windows there is none, and the standard library writes to
/// its consoles in whatever they need.
fn charset_locale() -> String {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default()
}

fn charset_is_gb(locale: &str) -> bool {
    let charset = locale.split('.').nth(1).unwrap_or_default().to_ascii_lowercase().replace(['-', '_'], "");
    ["gbk", "gb2312", "gb18030", "euccn"].iter().any(|name| charset.starts_with(name))
}

/// A counter on the last line of the terminal. Where standard error is no terminal, nothing.
pub struct Progress {
    label: &'static str,
    total: Option<usize>,
    shown: Option<Instant>,
    on: bool,
}

/// Characters of the bar.
const BAR: usize = 20;
/// Not redrawn more often.
const REDRAW: Duration = Duration::from_millis(100);
/// Fewer things than this are done before anyone could read.
const WORTH_SHOWING: usize = 10;

impl Progress {
    /// A counter to `total`, shown only to a person.
    pub fn new(label: &'static str, total: usize, wanted: bool) -> Progress {
        let on = wanted && total >= WORTH_SHOWING && std::io::stderr().is_terminal();
        Progress { label, total: Some(total), shown: None, on }
    }

    /// A counter to nobody knows what.
    pub fn unknown(label: &'static str, wanted: bool) -> Progress {
        Progress { label, total: None, shown: None, on: wanted && std::io::stderr().is_terminal() }
    }

    /// `done` of the total are done.
    pub fn at(&mut self, done: usize) {
        let now = Instant::now();
        if self.on && self.shown.is_none_or(|last| now.duration_since(last) >= REDRAW) {
            self.shown = Some(now);
            let label = self.label;
            match self.total {
                Some(total) => err(&format!("\r{label} [{}] {done}/{total}", bar(done, total))),
                None => err(&format!("\r{label} {done}")),
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.on && self.shown.is_some() {
            err(&format!("\r{}\r", " ".repeat(2 * self.label.chars().count() + 24 + BAR)));
        }
    }
}

/// How much of the bar is full.
fn bar(done: usize, total: usize) -> String {
    let full = (done.min(total) * BAR).checked_div(total).unwrap_or(BAR);
    "#".repeat(full) + &"-".repeat(BAR - full)
}

#[cfg(test)]
mod tests {
    use super::{bar, charset_is_gb};

    #[test]
    fn the_bar_fills_up_and_stays_within_its_ends() {
        assert_eq!(bar(0, 200), "-".repeat(20));
        assert_eq!(bar(128, 200), "############--------");
        assert_eq!(
            (bar(200, 200), bar(300, 200), bar(0, 0)),
            ("#".repeat(20), "#".repeat(20), "#".repeat(20))
        );
    }

    #[test]
    fn the_charset_is_read_from_the_locale() {
        assert!(
            charset_is_gb("zh_CN.GBK") && charset_is_gb("zh_CN.gb18030") && charset_is_gb("zh_CN.GB2312")
        );
        assert!(!charset_is_gb("zh_CN.UTF-8") && !charset_is_gb("zh_CN") && !charset_is_gb(""));
    }
}
