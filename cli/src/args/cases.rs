//! The arguments of `objection` and `repair`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `objection`
#[derive(Args)]
#[command(
    override_usage = "xinzheng objection D list [--open]\n       xinzheng objection D show CASE\n       xinzheng objection D due [--on DAY]\n       xinzheng objection D file NUMBER --ground G [--item ITEM] [--claim NAME]… [--evidence sha256:…]…\n       xinzheng objection D accept|verify|reject|note|take-back CASE [--note N] [--seen V]\n       xinzheng objection D uphold CASE --replaced-by NUMBER | --withdrawn [--note N] [--seen V]"
)]
pub struct Objection {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "list|show|due|file|accept|verify|uphold|reject|note|take-back")]
    pub action: ObjectionAction,
    /// `CASE`, or `NUMBER` for `file`.
    #[arg(value_name = "CASE | NUMBER")]
    pub what: Option<String>,
    /// Against this record.
    #[arg(long, value_name = "ITEM")]
    pub item: Option<String>,
    /// Against these claims.
    #[arg(long, value_name = "NAME")]
    pub claim: Vec<String>,
    /// Why.
    #[arg(long, value_name = "G")]
    pub ground: Option<String>,
    /// Digests of evidence.
    #[arg(long, value_name = "sha256:…")]
    pub evidence: Vec<String>,
    /// What is said with a step.
    #[arg(long, value_name = "N")]
    pub note: Option<String>,
    /// The version that was looked at.
    #[arg(long, value_name = "V")]
    pub seen: Option<u32>,
    /// The corrected certificate.
    #[arg(long, value_name = "NUMBER")]
    pub replaced_by: Option<String>,
    /// The document is withdrawn.
    #[arg(long, conflicts_with = "replaced_by")]
    pub withdrawn: bool,
    /// Only what is open.
    #[arg(long)]
    pub open: bool,
    /// Due as of this day.
    #[arg(long, value_name = "DAY")]
    pub on: Option<String>,
}

/// What `objection` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ObjectionAction {
    /// List them.
    List,
    /// Show one.
    Show,
    /// What is due.
    Due,
    /// File one.
    File,
    /// Accept it.
    Accept,
    /// Suspend the certificate and verify.
    Verify,
    /// It is right.
    Uphold,
    /// It is not.
    Reject,
    /// It is not, and is noted.
    Note,
    /// Take it back.
    TakeBack,
}

/// `repair`
#[derive(Args)]
#[command(
    override_usage = "xinzheng repair D ITEM --ways WAY[,WAY…] --basis B --reason R [--evidence sha256:…]…\n       xinzheng repair D ITEM --preview\n       xinzheng repair D list [--open]\n       xinzheng repair D show REPAIR\n       xinzheng repair D due [--on DAY]"
)]
pub struct Repair {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// The record, or `list`, `show REPAIR`, `due`.
    #[arg(value_name = "ITEM | list | show REPAIR | due", required = true, num_args = 1..=2)]
    pub words: Vec<String>,
    /// How it was repaired.
    #[arg(long, value_name = "WAY,…", value_delimiter = ',')]
    pub ways: Vec<String>,
    /// What it rests on.
    #[arg(long, value_name = "B")]
    pub basis: Option<String>,
    /// Why.
    #[arg(long, value_name = "R")]
    pub reason: Option<String>,
    /// Digests of evidence.
    #[arg(long, value_name = "sha256:…")]
    pub evidence: Vec<String>,
    /// Only show which certificates cite it.
    #[arg(long)]
    pub preview: bool,
    /// Only what is open.
    #[arg(long)]
    pub open: bool,
    /// Due as of this day.
    #[arg(long, value_name = "DAY")]
    pub on: Option<String>,
}
