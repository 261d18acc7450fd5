//! The arguments of `commitment`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `commitment`
#[derive(Args)]
#[command(override_usage = "xinzheng commitment D CODE\n       \
    xinzheng commitment D CODE event KIND [--evidence DIGEST…] [--unit U --unit-code C] [--unperformed T] [--liability T] [--reason R] [--seen N] …\n       \
    xinzheng commitment D list|due|figures [--stage S] [--on DAY]\n       \
    xinzheng commitment D search WORD\n       \
    xinzheng commitment D eligible CODE [--matter M]\n       \
    xinzheng commitment D by-the-day\n       \
    xinzheng commitment D templates list|show ID VERSION|add FILE --id I --template-version V --name N [--measurable]|unknown accept|refuse\n       \
    xinzheng commitment D matters list|import FILE")]
pub struct Commitment {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "CODE | WORD…", required = true, num_args = 1..=4)]
    pub words: Vec<String>,
    /// Digests of evidence.
    #[arg(long, value_name = "sha256:…", num_args = 1..)]
    pub evidence: Vec<String>,
    /// The unit that determined it.
    #[arg(long, value_name = "U")]
    pub unit: Option<String>,
    /// The unit's code.
    #[arg(long, value_name = "CODE")]
    pub unit_code: Option<String>,
    /// What is unperformed.
    #[arg(long, value_name = "T")]
    pub unperformed: Option<String>,
    /// What followed.
    #[arg(long, value_name = "T")]
    pub liability: Option<String>,
    /// Items handed in.
    #[arg(long, value_name = "NAME", num_args = 1..)]
    pub item: Vec<String>,
    /// Where it is public.
    #[arg(long, value_name = "SITE=URL", num_args = 1..)]
    pub channel: Vec<String>,
    /// How an objection ended.
    #[arg(long, value_name = "upheld|rejected")]
    pub outcome: Option<Outcome>,
    /// End of the new term.
    #[arg(long, value_name = "DAY")]
    pub valid_to: Option<String>,
    /// Why.
    #[arg(long, value_name = "R")]
    pub reason: Option<String>,
    /// On what basis.
    #[arg(long, value_name = "B")]
    pub basis: Option<String>,
    /// The event that was looked at last.
    #[arg(long, value_name = "N")]
    pub seen: Option<u32>,
    /// Another day than today.
    #[arg(long, value_name = "DAY")]
    pub on: Option<String>,
    /// Only those in this stage.
    #[arg(long, value_name = "S")]
    pub stage: Option<String>,
    /// For this matter.
    #[arg(long, value_name = "CODE")]
    pub matter: Option<String>,
    /// Id of a template.
    #[arg(long, value_name = "ID")]
    pub id: Option<String>,
    /// Version of a template.
    #[arg(long, value_name = "V")]
    pub template_version: Option<String>,
    /// Name of a template.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Whether its conditions have to be measurable.
    #[arg(long)]
    pub measurable: bool,
    /// Where a list goes on.
    #[arg(long, value_name = "MARK")]
    pub after: Option<String>,
}

/// How an objection ended.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// The result is set aside.
    Upheld,
    /// It stands.
    Rejected,
}
