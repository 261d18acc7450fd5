//! The arguments of `evidence`.

use std::path::PathBuf;

use clap::Args;

/// `evidence`
#[derive(Args)]
pub struct Evidence {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// Certificate number.
    #[arg(value_name = "NUMBER")]
    pub number: String,
    /// The package.
    #[arg(long, value_name = "FILE.zip")]
    pub out: PathBuf,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}
