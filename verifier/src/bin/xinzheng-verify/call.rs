//! What the caller named and wished for, checked before anything is judged.

use std::env;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use verifier::registry::Purpose;
use verifier::text::Lang;
use verifier::time::Time;

use crate::args::Verify;
use crate::gather::{self, Gathered};
use crate::usage::Usage;
use verifier::moment;

/// What this computer takes for now.
pub fn clock(lang: Lang) -> Result<Time, Usage> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|span| span.as_secs());
    seconds.and_then(|seconds| Time::new(seconds).ok()).ok_or_else(|| {
        Usage::new(
            "CLOCK",
            lang.pick("本机时间异常，请校准时钟", "this computer's clock can't be right: set it"),
        )
    })
}

/// What to say where the trust bundle was issued later than now: the battery of an old PC is empty.
pub fn clock_behind(lang: Lang) -> &'static str {
    lang.pick(
        "本机时间早于信任名单的签发时间，请校准时钟",
        "this computer's clock is earlier than the issue of the trust bundle: set it",
    )
}

/// Where the trust bundle is: `--trust`, else the environment.
pub fn bundle_path(named: Option<&Path>, lang: Lang) -> Result<PathBuf, Usage> {
    let set = || env::var_os("XINZHENG_TRUST").filter(|value| !value.is_empty()).map(PathBuf::from);
    named.map(Path::to_owned).or_else(set).ok_or_else(|| {
        let message = lang.pick(
            "请用 --trust 指定信任名单（证书旁或压缩包内的名单不予采信）",
            "name the trust bundle with --trust; one that lies beside a certificate is never used",
        );
        Usage::new("TRUST_MISSING", message)
    })
}

/// What is not there is a slip of the hand; nothing is judged before it is put right.
pub fn check_paths(args: &Verify, lang: Lang) -> Result<(), Usage> {
    let named =
        args.files.iter().filter(|path| path.as_os_str() != "-").chain(&args.status).chain(&args.document);
    let missing: Vec<String> =
        named.filter(|path| !path.exists()).map(|path| gather::shown(&path.to_string_lossy())).collect();
    if args.files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        return Err(Usage::new("USAGE", lang.pick("\"-\" 只能用一次", "\"-\" can be named only once")));
    }
    if let Some(out) = args.out.as_ref().and_then(|out| out.canonicalize().ok())
        && args.files.iter().chain(&args.trust).any(|path| path.canonicalize().is_ok_and(|path| path == out))
    {
        let message = lang.pick("--out 不能覆盖要核验的文件", "--out would overwrite what is verified");
        return Err(Usage::new("OUTPUT_FAILED", message));
    }
    match missing.is_empty() {
        true => Ok(()),
        false => Err(Usage::about("FILE_MISSING", lang, "找不到：{}", "not found: {}", &missing.join(", "))),
    }
}

/// The report must not be written over a proof that was just kept: it may be the only one.
pub fn check_out(out: Option<&Path>, kept: &[PathBuf], lang: Lang) -> Result<(), Usage> {
    let out = out.and_then(|out| out.canonicalize().ok());
    let is_kept = |path: &PathBuf| out.is_some() && path.canonicalize().ok() == out;
    match kept.iter().any(is_kept) {
        true => Err(Usage::new(
            "OUTPUT_FAILED",
            lang.pick("--out 不能覆盖分叉证明", "--out would overwrite the proof of two histories"),
        )),
        false => Ok(()),
    }
}

/// The document of `--document`. It can belong to one certificate only.
pub fn read_document(path: &Path, gathered: &Gathered, lang: Lang) -> Result<Vec<u8>, Usage> {
    if gathered.jobs.len() > 1 {
        let message =
            lang.pick("--document 只能与一份证书比对", "--document can be held against one certificate only");
        return Err(Usage::new("DOCUMENT_ONE", message));
    }
    gather::read_file(path).map_err(|unread| {
        let name = gather::shown(&path.to_string_lossy());
        Usage::new("DOCUMENT_BAD", format!("--document {name}: {}", unread.message(lang)))
    })
}

/// A purpose by its name, its number, or its Chinese words.
pub fn parse_purpose(text: &str, lang: Lang) -> Result<Purpose, Usage> {
    let by_number = || Purpose::from_number(text.parse().ok()?);
    let by_words = || Purpose::ALL.iter().copied().find(|purpose| purpose.zh() == text);
    let found = Purpose::from_name(&text.to_ascii_uppercase()).or_else(by_number).or_else(by_words);
    found.ok_or_else(|| {
        let known: Vec<String> = Purpose::ALL.iter().map(|p| format!("{} {}", p.name(), p.zh())).collect();
        Usage::about(
            "PURPOSE_BAD",
            lang,
            "--purpose 应为下列之一：{}",
            "--purpose has to be one of: {}",
            &known.join(", "),
        )
    })
}

/// The moment of `--at`.
pub fn parse_at(text: &str, now: Time, lang: Lang) -> Result<Time, Usage> {
    moment::parse_moment(text, now).ok_or_else(|| bad_moment(text, lang))
}

/// The span of `--max-age`, in seconds.
pub fn parse_max_age(text: &str, lang: Lang) -> Result<u64, Usage> {
    moment::parse_span(text).ok_or_else(|| bad_span(text, lang))
}

fn bad_moment(text: &str, lang: Lang) -> Usage {
    let (zh, en) = (
        "--at 无法识别：{}。应如 2026-11-22、\"2026-11-22 09:15\" 或 2026-11-22T09:15:30+08:00",
        "--at: {} is no moment. It has to look like 2026-11-22, \"2026-11-22 09:15\" or 2026-11-22T09:15:30+08:00",
    );
    Usage::about("AT_BAD", lang, zh, en, &gather::shown(text))
}

fn bad_span(text: &str, lang: Lang) -> Usage {
    let (zh, en) = (
        "--max-age 无法识别：{}。应如 30m、24h、7d",
        "--max-age: {} is no span. It has to look like 30m, 24h or 7d",
    );
    Usage::about("MAX_AGE_BAD", lang, zh, en, &gather::shown(text))
}

/// What is told of an evidence package whose files are all there.
pub fn package_whole(name: &str, files: usize, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("证据包 {name}：清单所列 {files} 个文件全部一致；其中的证书按制作时刻核验"),
        Lang::En => format!(
            "evidence package {name}: all {files} files are as its manifest says; its certificate is judged as of when it was made"
        ),
    }
}
