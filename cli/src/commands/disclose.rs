//! `disclose`: a copy of a certificate file with less in it. Needs no office.

use std::collections::BTreeMap;

use serde::Serialize;
use verifier::certificate::{Certificate, CertificateError};
use verifier::disclosure::{Disclosure, DisclosureError, Shown};
use verifier::limits;

use crate::args::Disclose;
use crate::codes;
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::table::table;
use crate::{files, say};

#[derive(Serialize)]
struct Written {
    file: String,
    shown: u64,
    of: u64,
    hidden: BTreeMap<String, u64>,
    hidden_adverse: u64,
}

#[derive(Serialize)]
struct Listed {
    records: Vec<Record>,
}

#[derive(Serialize)]
struct Record {
    pointer: String,
    what: String,
}

/// Characters of a record's value in the list.
const GIST: usize = 60;

pub fn run(args: &Disclose, lang: Lang) -> Result<Answer, Failure> {
    let bytes = files::read(&args.file, limits::CERTIFICATE_BYTES)?;
    let certificate = Certificate::parse(&bytes).map_err(|error| not_one(args, &error))?;
    let (disclosures, _) = certificate.shown().map_err(|error| refused(&error))?;
    let Some(out) = &args.out else { return Ok(list(&disclosures, lang)) };
    let keep = matching(&disclosures, &args.keep)?;
    let copy = certificate.disclose(&keep).map_err(|error| refused(&error.into()))?;
    let (_, shown) = copy.shown().map_err(|error| refused(&error))?;
    files::refuse_existing(out, args.force)?;
    files::write(out, &copy.encode())?;
    Ok(written(out.display().to_string(), &shown, lang))
}

fn not_one(args: &Disclose, what: &CertificateError) -> Failure {
    Failure::refused(what.code(), format!("不是证书文件：{what}"), format!("not a certificate file: {what}"))
        .at(args.file.display().to_string())
}

/// The pointers of the records that are named, or lie below what is named.
fn matching<'a>(disclosures: &'a [Disclosure], keep: &[String]) -> Result<Vec<&'a str>, Failure> {
    let pointers = || disclosures.iter().map(Disclosure::pointer);
    let named = |pointer: &str, named: &str| {
        let named = named.strip_suffix('/').unwrap_or(named);
        pointer == named || pointer.strip_prefix(named).is_some_and(|rest| rest.starts_with('/'))
    };
    for name in keep {
        if !pointers().any(|pointer| named(pointer, name)) {
            return Err(Failure::refused(
                codes::POINTER_UNKNOWN,
                "证书中没有这项内容；用 --list 查看有哪些",
                "the certificate has no such record; see --list for what there is",
            )
            .at(name.clone()));
        }
    }
    Ok(pointers().filter(|pointer| keep.iter().any(|name| named(pointer, name))).collect())
}

fn refused(error: &DisclosureError) -> Failure {
    if error.code() == "DISCLOSURE_INCOMPLETE" {
        return Failure::refused(
            "DISCLOSURE_INCOMPLETE",
            format!("证书的用途要求出示的记录不能隐去，请一并 --keep：{error}"),
            format!("records that the certificate's purpose demands can't be hidden; keep them too: {error}"),
        );
    }
    Failure::refused(
        error.code(),
        format!("证书的内容与承诺不符：{error}"),
        format!("not what the certificate commits to: {error}"),
    )
}

fn list(disclosures: &[Disclosure], lang: Lang) -> Answer {
    let records: Vec<Record> = disclosures
        .iter()
        .map(|one| Record { pointer: one.pointer().to_string(), what: gist(one) })
        .collect();
    let rows: Vec<Vec<String>> =
        records.iter().map(|one| vec![one.pointer.clone(), one.what.clone()]).collect();
    let text = table(&[lang.pick("指针", "pointer"), lang.pick("内容", "what it says")], &rows);
    Answer::new(&Listed { records }, text)
}

fn gist(disclosure: &Disclosure) -> String {
    let text = verifier::json::compact(disclosure.value());
    let mut cut: String = text.chars().take(GIST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}

fn written(file: String, shown: &Shown, lang: Lang) -> Answer {
    let hidden: BTreeMap<String, u64> = shown
        .counters()
        .iter()
        .filter(|counter| counter.hidden() > 0)
        .map(|counter| (counter.counter.name(), counter.hidden()))
        .collect();
    let (records, of, adverse) = (shown.records(), shown.of(), shown.hidden_adverse());
    let gone = of - records;
    let text = say!(
        lang,
        "已写出 {file}：出示 {of} 项中的 {records} 项，隐去 {gone} 项，其中不利记录 {adverse} 条\n",
        "{file} is written: {records} of {of} records are shown, {gone} are hidden, {adverse} of them adverse\n"
    );
    Answer::new(&Written { file, shown: records, of, hidden, hidden_adverse: adverse }, text)
}
