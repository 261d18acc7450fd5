//! `backup` and `restore`.

use notary::backup::{Published, restore as put};
use serde::Serialize;
use verifier::limits::NOTE_BYTES;

use crate::args::{Backup, Common, Restore};
use crate::codes;
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;

#[derive(Serialize)]
struct Done {
    folder: String,
    origin: Option<String>,
    size: u64,
    root: String,
    files: u64,
}

/// `backup`
pub fn backup(args: &Backup, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    // The office may be held by a service with another working folder.
    let to = std::path::absolute(&args.to).map_err(|why| unreadable(&args.to, &why))?;
    let request = Request::Backup { to: to.clone() };
    let Response::BackedUp { size, root, files } = Reach::new(&args.dir, common, lang)?.ask(request)? else {
        return Err(unexpected());
    };
    let folder = to.display().to_string();
    let text = say!(
        lang,
        "已备份到 {folder}\n账本大小 {size}，{files} 个文件\n",
        "copied to {folder}\nledger of {size} entries, {files} files\n"
    );
    Ok(Answer::new(&Done { folder, origin: None, size, root, files }, text))
}

/// `restore`
pub fn restore(args: &Restore, lang: Lang) -> Result<Answer, Failure> {
    let published = match &args.checkpoint {
        None => Published::NothingSince,
        Some(file) => {
            let read = crate::files::read(file, NOTE_BYTES)?;
            Published::Checkpoint(String::from_utf8_lossy(&read).into_owned())
        }
    };
    let done = put(&args.from, &args.dir, &published)?;
    let folder = args.dir.display().to_string();
    let (size, files) = (done.size, done.files);
    let text = say!(
        lang,
        "已恢复到 {folder}\n账本大小 {size}，{files} 个文件；请运行 xinzheng audit {folder}\n",
        "restored to {folder}\nledger of {size} entries, {files} files; now run xinzheng audit {folder}\n"
    );
    let text = match done.witness_asleep {
        true => text + lang.pick(
            "见证已暂停，直到用 xinzheng witness D wake 告知备份之后签过的检查点\n",
            "the witness is asleep until xinzheng witness D wake tells it what it cosigned after the backup\n",
        ),
        false => text,
    };
    let root = done.root.to_base64();
    Ok(Answer::new(&Done { folder, origin: Some(done.origin), size, root, files }, text))
}

fn unreadable(path: &std::path::Path, why: &std::io::Error) -> Failure {
    Failure::could_not(
        codes::FILE_UNWRITABLE,
        format!("无法确定文件夹：{why}"),
        format!("can't tell which folder this is: {why}"),
    )
    .at(path.display().to_string())
}
