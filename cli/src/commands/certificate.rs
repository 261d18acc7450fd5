//! `certificate`: the files of one certificate.

use std::path::{Path, PathBuf};

use notary::render::Symbol;
use serde::Serialize;
use verifier::limits;

use crate::args::{Certificate, Common};
use crate::codes;
use crate::door::reach::{Reach, unexpected};
use crate::door::{Issued, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::{files, say};

#[derive(Serialize)]
struct Written {
    number: String,
    files: Vec<String>,
    check_code: String,
    window_code: String,
}

pub fn run(args: &Certificate, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let request = Request::Certificate { number: args.number.clone() };
    let Response::Certificate(issued) = Reach::new(&args.dir, common, lang)?.ask(request)? else {
        return Err(unexpected());
    };
    files::make_dir(&args.out)?;
    let paths = write(&args.number, &issued, &args.out)?;
    let list: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let (number, code, lines) = (&args.number, &issued.check_code, list.join("\n  "));
    let mut text = say!(
        lang,
        "证书 {number}（查验码 {code}）：\n  {lines}\n",
        "certificate {number} (check code {code}):\n  {lines}\n"
    );
    if let Err(failure) = &issued.pdf {
        let why = failure.message(lang);
        text += &say!(lang, "没有 PDF：{why}\n", "no PDF: {why}\n");
    }
    let written = Written {
        number: args.number.clone(),
        files: list,
        check_code: issued.check_code.clone(),
        window_code: issued.window_code.clone(),
    };
    Ok(Answer::new(&written, text))
}

/// Writes the files of a certificate into a folder that is there: `.xzc`, `.pdf`, `.tlog-proof`, and the pictures of its QR code.
pub fn write(number: &str, issued: &Issued, out: &Path) -> Result<Vec<PathBuf>, Failure> {
    let path = |end: &str| out.join(format!("{number}.{end}"));
    let certificate = path("xzc");
    refuse_another(&certificate, &issued.xzc.0)?;
    let mut written = Vec::new();
    let mut put = |path: PathBuf, bytes: &[u8]| {
        files::write(&path, bytes)?;
        written.push(path);
        Ok::<(), Failure>(())
    };
    put(certificate, &issued.xzc.0)?;
    if let Ok(pdf) = &issued.pdf {
        put(path("pdf"), &pdf.0)?;
    }
    if let Some((prefix, digits)) = &issued.qr {
        let symbol = Symbol::new(prefix, digits).map_err(|long| {
            Failure::could_not(codes::QR_TOO_LONG, format!("二维码放不下：{long}"), long.to_string())
                .at(number)
        })?;
        put(path("qr.svg"), symbol.svg().as_bytes())?;
        put(path("qr.png"), &symbol.png())?;
    }
    put(path("tlog-proof"), issued.tlog_proof.as_bytes())?;
    Ok(written)
}

/// A file of this name is replaced only by the same certificate: the same core at the same place in the ledger.
fn refuse_another(path: &Path, new: &[u8]) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(());
    }
    let parse = |bytes: &[u8]| verifier::certificate::Certificate::parse(bytes).ok();
    let same = match (parse(&files::read(path, limits::CERTIFICATE_BYTES)?), parse(new)) {
        (Some(old), Some(new)) => old.core() == new.core() && old.index() == new.index(),
        _ => false,
    };
    files::refuse_existing(path, same)
}
