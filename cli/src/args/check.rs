//! The arguments of `check`.

use std::path::PathBuf;

use clap::Args;

/// `check`
#[derive(Args)]
pub struct Check {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// The table.
    #[arg(value_name = "FILE.csv|.xlsx")]
    pub file: PathBuf,
    /// As of when.
    #[arg(long, value_name = "T")]
    pub at: Option<String>,
    /// Codes are looked up for certificates of this purpose.
    #[arg(long, value_name = "P")]
    pub purpose: Option<String>,
    /// Codes are looked up for certificates of this kind.
    #[arg(long, value_name = "credit-report|credit-commitment")]
    pub kind: Option<String>,
    /// Where the answer goes.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Write over files that are there.
    #[arg(long)]
    pub force: bool,
}
