//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// 离线核验社会信用区块链证书。不联网，不安装，不改动证书。
/// Checks credit certificates offline: no network, nothing installed, nothing changed.
#[derive(Debug, Parser)]
#[command(
    name = "xinzheng-verify",
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    override_usage = "xinzheng-verify --trust BUNDLE [OPTIONS] FILE|-|DIR...\n       xinzheng-verify trust pin BUNDLE\n       xinzheng-verify status import --trust BUNDLE FILE|DIR...",
    after_help = EXAMPLES
)]
pub struct Cli {
    /// What to do instead of verifying.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to verify, and how.
    #[command(flatten)]
    pub verify: Verify,
}

/// Everything but verifying.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// 管理本机信任的根密钥 · The roots that this computer trusts
    #[command(subcommand)]
    Trust(Trust),
    /// 管理本机的状态清单 · The status lists that this computer keeps
    #[command(subcommand)]
    Status(Status),
}

/// What can be done with status lists.
#[derive(Debug, Subcommand)]
pub enum Status {
    /// 导入状态清单，供以后的核验自动使用 · Check lists that came on a stick and keep them for every later verification
    Import(Import),
}

/// Arguments of `status import`.
#[derive(Debug, Args)]
pub struct Import {
    /// 状态清单（.xzs）或其文件夹 · Status lists or folders of them
    #[arg(value_name = "FILE|DIR", required = true)]
    pub files: Vec<PathBuf>,
    /// 信任名单（必填，或设环境变量XINZHENG_TRUST） · The trust bundle; or the environment variable XINZHENG_TRUST
    #[arg(long, value_name = "BUNDLE")]
    pub trust: Option<PathBuf>,
    /// 根密钥：名单须由它签署 · The root key that must have signed the bundle
    #[arg(long, value_name = "VKEY")]
    pub root: Option<String>,
    /// 输出JSON · One JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// 语言 · Language of messages
    #[arg(long, value_name = "LANG")]
    pub lang: Option<Language>,
    /// 输出编码 · Encoding of the output
    #[arg(long, value_enum, default_value_t = Encoding::Utf8, value_name = "ENCODING")]
    pub encoding: Encoding,
}

/// What can be done with roots.
#[derive(Debug, Subcommand)]
pub enum Trust {
    /// 确认并记住信任名单的根密钥 · Remember the root of a trust bundle, after you compared its fingerprint
    Pin(Pin),
}

/// Arguments of `trust pin`.
#[derive(Debug, Args)]
pub struct Pin {
    /// 信任名单文件 · The trust bundle
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// 不询问（仅供脚本使用） · Do not ask; for scripts that compared the fingerprint already
    #[arg(long)]
    pub yes: bool,
    /// 根密钥：名单须由它签署 · Pin this root, and only if it signed the bundle
    #[arg(long, value_name = "VKEY")]
    pub root: Option<String>,
    /// 输出JSON · One JSON object on standard output
    #[arg(long)]
    pub json: bool,
    /// 语言 · Language of messages
    #[arg(long, value_name = "LANG")]
    pub lang: Option<Language>,
    /// 输出编码 · Encoding of the output
    #[arg(long, value_enum, default_value_t = Encoding::Utf8, value_name = "ENCODING")]
    pub encoding: Encoding,
}

/// Arguments of a verification.
#[derive(Debug, Args)]
pub struct Verify {
    /// 证书文件（.xzc、PDF）、ZIP、二维码照片（PNG/JPEG）、扫码文本、文件夹；"-"为标准输入
    /// · Certificate files (.xzc, PDF), ZIP archives, pictures with the QR code, scanned text, folders; "-" is standard input
    #[arg(value_name = "FILE|-|DIR", required = true)]
    pub files: Vec<PathBuf>,
    /// 信任名单（必填，或设环境变量XINZHENG_TRUST） · The trust bundle; or the environment variable XINZHENG_TRUST
    #[arg(long, value_name = "BUNDLE")]
    pub trust: Option<PathBuf>,
    /// 根密钥：名单须由它签署 · The root key that must have signed the bundle
    #[arg(long, value_name = "VKEY")]
    pub root: Option<String>,
    /// 状态清单（.xzs）或其文件夹，可多次使用；证书旁的清单自动读取
    /// · Status lists or folders of them, may be repeated; lists beside a certificate are found by themselves
    #[arg(long, value_name = "FILE|DIR", action = clap::ArgAction::Append)]
    pub status: Vec<PathBuf>,
    /// 只核验证明，不问状态 · Check the proof only, not the status
    #[arg(long, conflicts_with = "status")]
    pub no_status: bool,
    /// 状态依据最长时限，如 90s 30m 24h 7d · How old evidence of status may be
    #[arg(long, value_name = "SPAN", default_value = "24h")]
    pub max_age: String,
    /// 按该时刻核验，如 2026-11-22、"2026-11-22 09:15" · Judge at this moment instead of now (Beijing time unless it says so)
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// 与证书比对的文件（仅限一份证书） · A document to hold against the one certificate given
    #[arg(long, value_name = "FILE")]
    pub document: Option<PathBuf>,
    /// 本单位用途，名称或编号，如 FINANCING · Your purpose, to be warned if the certificate is for another
    #[arg(long, value_name = "P")]
    pub purpose: Option<String>,
    /// 本单位统一社会信用代码 · Your code, to be warned if the certificate is for another recipient
    #[arg(long, value_name = "CODE")]
    pub audience: Option<String>,
    /// 输出JSON · Print JSON
    #[arg(long, group = "format")]
    pub json: bool,
    /// 输出CSV（UTF-8，带BOM） · Print CSV
    #[arg(long, group = "format")]
    pub csv: bool,
    /// 输出可打印的HTML核验报告 · Print an HTML report for the credit file
    #[arg(long, group = "format")]
    pub html: bool,
    /// 写入文件而非屏幕 · Write to this file instead of the screen
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// 证书带有账本分叉的证据时，把证明写入该文件（从不覆盖） · Write the proof here where a certificate shows that a ledger was forked; never overwritten
    #[arg(long, value_name = "FILE.xzf")]
    pub misbehaviour: Option<PathBuf>,
    /// 语言 · Language of messages
    #[arg(long, value_name = "LANG")]
    pub lang: Option<Language>,
    /// 文本和CSV的编码 · Encoding of text and CSV
    #[arg(long, value_enum, default_value_t = Encoding::Utf8, value_name = "ENCODING")]
    pub encoding: Encoding,
}

/// `--lang`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// Simplified Chinese.
    #[value(name = "zh-CN", alias = "zh", alias = "zh-cn")]
    Zh,
    /// English.
    #[value(name = "en")]
    En,
}

/// `--encoding`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Encoding {
    /// UTF-8.
    #[value(name = "utf8", alias = "utf-8")]
    Utf8,
    /// GBK, for pipes and files on old Chinese Windows.
    #[value(name = "gbk")]
    Gbk,
}

const EXAMPLES: &str = "\
示例：
  首次使用，确认根密钥指纹         xinzheng-verify trust pin trust.xzt
  核验一份证书                    xinzheng-verify --trust trust.xzt 2026112240170938612574.xzc
  核验照片中的二维码              xinzheng-verify --trust trust.xzt --status status/ photo.jpg
  核验整个文件夹，出具核验报告     xinzheng-verify --trust trust.xzt --html --out report.html certificates/
  邮件收到的压缩包，导出表格       xinzheng-verify --trust trust.xzt --csv --out result.csv mail.zip
  核验某日的状态                  xinzheng-verify --trust trust.xzt --at 2026-11-22 --status old/ a.xzc
  导入U盘里的状态清单              xinzheng-verify status import --trust trust.xzt /media/stick
  旧版中文控制台乱码时            xinzheng-verify --trust trust.xzt --encoding gbk a.xzc | more

Examples:
  first of all, pin the root      xinzheng-verify trust pin trust.xzt
  one certificate                 xinzheng-verify --trust trust.xzt --lang en 2026112240170938612574.xzc
  what a scanner typed            echo https://credit.example.gov.cn/v#0047... | xinzheng-verify --trust trust.xzt -
  a folder, for the credit file   xinzheng-verify --trust trust.xzt --html --out report.html certificates/
  lists from a stick, for later   xinzheng-verify status import --trust trust.xzt /media/stick
  for a program                   xinzheng-verify --trust trust.xzt --json mail.zip

退出码 Exit status: 0 有效 valid, 1 无效 invalid, 2 无法判定 undetermined, 3 用法错误 usage.
多份时 Of several: 1 优先于 before 2 优先于 before 0.
环境变量 Environment: XINZHENG_TRUST 信任名单 trust bundle; XINZHENG_CONFIG 根密钥和状态清单记录所在文件夹 folder of the pins and of kept status lists; NO_COLOR.";
