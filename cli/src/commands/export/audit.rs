//! `export --type audit`: every document with what its entry follows from, for an auditor. Confidential.
//!
//! ```text
//! DIR/entries-000000000000.jsonl  entries-000000065536.jsonl …   manifest.json  manifest.note     for the owner alone
//! ```

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use notary::audit::export::{FileDigest, MANIFEST, MANIFEST_NOTE, NamedFile};
use serde::Serialize;

use crate::args::{Common, Export};
use crate::codes;
use crate::console::Progress;
use crate::door::export::{Ask, Told};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::files::{self, Growing};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;

/// Bytes after which a file ends.
const FILE_BYTES: u64 = 64 << 20;

#[derive(Serialize)]
struct Outcome {
    dir: String,
    size: u64,
    documents: u64,
    erased: u64,
    files: usize,
}

/// A file that is being written.
struct Part {
    name: String,
    growing: Growing,
    file: BufWriter<File>,
    digest: FileDigest,
}

impl Part {
    fn new(dir: &Path, from: u64) -> Result<Part, Failure> {
        let name = format!("entries-{from:012}.jsonl");
        let (growing, file) = Growing::new(&dir.join(&name))?;
        Ok(Part { name, growing, file: BufWriter::new(file), digest: FileDigest::default() })
    }

    fn line(&mut self, line: &str) -> Result<(), Failure> {
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.write_all(b"\n"));
        written.map_err(|error| self.growing.failed(&error))?;
        self.digest.update(line.as_bytes());
        self.digest.update(b"\n");
        Ok(())
    }

    fn end(self) -> Result<NamedFile, Failure> {
        let Part { name, growing, file, digest } = self;
        let file = file.into_inner().map_err(|error| growing.failed(&io::Error::other(error.to_string())))?;
        growing.keep(&file)?;
        Ok(digest.named(name))
    }
}

pub fn run(args: &Export, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    empty_dir(&args.out, args.force)?;
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let mut ask = |ask: Ask| match reach.ask(Request::Export(ask))? {
        Response::Export(told) => Ok(told),
        _ => Err(unexpected()),
    };
    let Told::Begun { size } = ask(Ask::Begin)? else { return Err(unexpected()) };
    let mut progress = Progress::unknown(lang.pick("导出", "exporting"), !common.json);
    let (mut files, mut documents, mut erased) = (Vec::new(), 0, 0);
    let mut part = Part::new(&args.out, 0)?;
    let mut from = Some(0).filter(|_| size > 0);
    while let Some(start) = from {
        let Told::Lines { lines, documents: some, erased: gone, next } =
            ask(Ask::Lines { from: start, size })?
        else {
            return Err(unexpected());
        };
        for line in &lines {
            part.line(line)?;
        }
        (documents, erased, from) = (documents + some, erased + gone, next);
        if let Some(next) = next.filter(|_| part.digest.bytes() >= FILE_BYTES) {
            files.push(std::mem::replace(&mut part, Part::new(&args.out, next)?).end()?);
        }
        progress.at(usize::try_from(next.unwrap_or(size)).unwrap_or(usize::MAX));
    }
    files.push(part.end()?);
    drop(progress);
    let count = files.len();
    let Told::Signed { manifest, note } = ask(Ask::Sign { size, documents, erased, files })? else {
        return Err(unexpected());
    };
    for (name, text) in [(MANIFEST, manifest), (MANIFEST_NOTE, note)] {
        let (growing, mut file) = Growing::new(&args.out.join(name))?;
        file.write_all(text.as_bytes()).map_err(|error| growing.failed(&error))?;
        growing.keep(&file)?;
    }
    let dir = args.out.display().to_string();
    let text = say!(
        lang,
        "审计数据：{dir}，文档 {documents} 份，已销毁 {erased} 份。内含全部文档与随机盐，请妥善保管\n",
        "for the auditor: {dir}, {documents} documents, {erased} erased. It holds every document and its salts: keep it well\n"
    );
    Ok(Answer::new(&Outcome { dir, size, documents, erased, files: count }, text))
}

/// A folder of its own, for the owner alone.
fn empty_dir(dir: &Path, force: bool) -> Result<(), Failure> {
    files::make_dir(dir)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // Where the folder is somebody else's the files are still for the owner alone.
        let _ = fs::set_permissions(dir, fs::Permissions::from_mode(0o700));
    }
    let is_empty = fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_none());
    if !is_empty && !force {
        return Err(Failure::refused(
            codes::FILE_EXISTS,
            "文件夹不是空的；换一个，或加 --force",
            "the folder is not empty; choose another, or write into it with --force",
        )
        .at(dir.display().to_string()));
    }
    Ok(())
}
