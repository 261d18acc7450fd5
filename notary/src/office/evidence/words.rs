//! What a judge reads: 说明.txt and 说明.html, and the same in English, explanation.en.html.
//!
//! ```text
//! 四、各文件证明什么
//!   proof/….tlog-proof：该存证在账本中的包含证明及机构签名的检查点（C2SP tlog-proof）。核验：xinzheng-verify，或任何 tlog-proof 工具
//! ```
//!
//! Here: what is told of, and how a page of it is set. The words are below, in two languages.

mod chinese;
mod english;

use std::fmt::Write as _;

use serde::Serialize;
use verifier::status::Status;
use verifier::time::Time;

use super::anchored::{Outside, Shown};
use super::keyed::KeyTold;
use crate::office::Provenance;

/// What is known of the document before it was notarized, as `provenance.json` has it.
#[derive(Serialize)]
pub(super) struct Origins {
    pub(super) format: &'static str,
    pub(super) certificate: String,
    /// Of the bytes as they came, in hex.
    pub(super) sha256: String,
    pub(super) bytes: u64,
    pub(super) name: Option<String>,
    pub(super) media_type: String,
    pub(super) issued_at: u64,
    pub(super) sealed_at: u64,
    /// None for a document that was accepted before this was recorded.
    pub(super) recorded: Option<Provenance>,
}

/// What the explanation tells of.
pub(super) struct Facts<'a> {
    pub(super) office: &'a str,
    pub(super) ledger: &'a str,
    pub(super) number: String,
    pub(super) title: &'a str,
    pub(super) holder: Option<(&'a str, &'a str)>,
    pub(super) issued: Time,
    pub(super) sealed: Time,
    pub(super) index: u64,
    /// What a verifier finds, 0 to 4.
    pub(super) level: u8,
    pub(super) made: Time,
    pub(super) status: Option<Status>,
    pub(super) list: Option<u64>,
    pub(super) roots: Vec<String>,
    /// Witnesses of the trust bundle that cosigned the checkpoint, and when.
    pub(super) witnesses: Vec<(String, Time)>,
    pub(super) outside: &'a [Outside],
    pub(super) keys: &'a [KeyTold],
    pub(super) origins: &'a Origins,
    pub(super) verifier: Option<&'a str>,
}

/// The two files that name the others.
const MANIFESTS: &str = "manifest";

/// A heading and what stands below it.
struct Part {
    title: &'static str,
    body: Vec<Block>,
}

enum Block {
    Text(String),
    Rows(Vec<(String, String)>),
    Steps(Vec<String>),
    Code(String),
}

/// For any editor: CRLF and a byte order mark, so that it opens on an old Windows.
pub(super) fn text(facts: &Facts<'_>, names: &[&str]) -> String {
    let mut out = format!("\u{feff}{}\n", chinese::title(facts));
    for Part { title, body } in chinese::parts(facts, names) {
        let _ = writeln!(out, "\n{title}\n");
        for block in body {
            match block {
                Block::Text(text) => out += &format!("{text}\n"),
                Block::Code(text) => out += &format!("\n    {text}\n\n"),
                Block::Rows(rows) => {
                    rows.iter().for_each(|(name, value)| out += &format!("  {name}：{value}\n"));
                }
                Block::Steps(steps) => {
                    for (step, n) in steps.iter().zip(1..) {
                        out += &format!("  {n}. {step}\n");
                    }
                }
            }
        }
    }
    out.replace('\n', "\r\n")
}

const CSS: &str = "body{font:16px/1.75 'Noto Serif CJK SC','SimSun',serif;max-width:52rem;margin:2.5rem auto;padding:0 1rem;\
color:#111;overflow-wrap:anywhere}h1{font-size:1.5rem;text-align:center;margin:0 0 1.5rem}h2{font-size:1.15rem;margin:1.8rem 0 .6rem;\
border-bottom:1px solid #999}table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #999;\
padding:.35rem .6rem;text-align:left;vertical-align:top}th{width:15rem;font-weight:600;\
background:#f5f5f5}pre{background:#f5f5f5;border:1px solid #999;padding:.6rem;white-space:pre-wrap;\
font:.9rem/1.5 'Noto Sans Mono CJK SC',Consolas,monospace}@media(max-width:40rem){body{margin:1rem auto}\
th,td{display:block}th{width:auto;border-bottom:0}td{border-top:0}}@page{margin:20mm 18mm}\
@media print{body{margin:0;max-width:none;padding:0}h2{break-after:avoid}tr,pre,li{break-inside:avoid}pre{break-before:avoid}p{orphans:3;widows:3}}";

/// For any browser: one page by itself.
pub(super) fn html(facts: &Facts<'_>, names: &[&str]) -> String {
    page("zh-CN", &chinese::title(facts), chinese::parts(facts, names))
}

/// The same in English.
pub(super) fn html_english(facts: &Facts<'_>, names: &[&str]) -> String {
    page("en", &english::title(facts), english::parts(facts, names))
}

fn page(lang: &str, title: &str, parts: Vec<Part>) -> String {
    let heading = escaped(title);
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{heading}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n"
    );
    for Part { title, body } in parts {
        out += &format!("<h2>{title}</h2>\n");
        for block in body {
            match block {
                Block::Text(text) => out += &format!("<p>{}</p>\n", escaped(&text)),
                Block::Code(text) => out += &format!("<pre>{}</pre>\n", escaped(&text)),
                Block::Rows(rows) => {
                    out += "<table>\n";
                    for (name, value) in rows {
                        let (name, value) = (escaped(&name), escaped(&value));
                        out += &format!("<tr><th>{name}</th><td>{value}</td></tr>\n");
                    }
                    out += "</table>\n";
                }
                Block::Steps(steps) => {
                    let items: String =
                        steps.iter().map(|step| format!("<li>{}</li>\n", escaped(step))).collect();
                    out += &format!("<ol>\n{items}</ol>\n");
                }
            }
        }
    }
    out + "</body>\n</html>\n"
}

/// Whether the package has a file of this kind.
fn is_there(names: &[&str], start: &str, end: &str) -> bool {
    start == MANIFESTS || names.iter().any(|name| name.starts_with(start) && name.ends_with(end))
}

/// `proof/….tlog-proof`
fn shown_name(start: &str, end: &str) -> String {
    match end {
        "" if start.ends_with('/') => format!("{start}…"),
        "" => start.to_owned(),
        end => format!("{start}…{end}"),
    }
}

impl Outside {
    /// The command that checks a timestamp; none where the authority's certificate is not at hand. `-attime` judges by the
    /// token's own time, for certificates that have expired since; `-partial_chain` takes an authority that is no root.
    pub(in crate::office) fn openssl(&self) -> Option<String> {
        let Shown::Stamp { at, authority: true, untrusted, .. } = &self.what else { return None };
        let folder = &self.folder;
        let untrusted = if *untrusted { format!(" -untrusted {folder}untrusted.pem") } else { String::new() };
        Some(format!(
            "openssl ts -verify -data {folder}checkpoint.txt -in {folder}timestamp.tst -token_in -CAfile {folder}authority.pem{untrusted} -partial_chain -attime {}",
            at.seconds()
        ))
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_it_fits_a_phone_and_paper() {
        let html = page("en", "t", vec![Part { title: "p", body: vec![Block::Text("<key>".into())] }]);
        // Keys and commands are one long word each: they break anywhere, or a phone shows half of the page.
        let body = html.split_once("body{").and_then(|(_, rest)| rest.split_once('}')).unwrap().0;
        assert!(body.contains("overflow-wrap:anywhere"), "{body}");
        // Printed, a command stays with the sentence that leads to it, and a heading with what it heads.
        let print = html.split_once("@media print{").unwrap().1;
        assert!(
            print.contains("h2{break-after:avoid}") && print.contains("pre{break-before:avoid}"),
            "{print}"
        );
        assert!(html.contains("<p>&lt;key&gt;</p>"), "{html}");
    }
}
