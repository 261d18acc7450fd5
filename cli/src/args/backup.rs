//! The arguments of `backup` and `restore`.

use std::path::PathBuf;

use clap::Args;

/// `backup`
#[derive(Args)]
pub struct Backup {
    /// Folder of the office.
    pub dir: PathBuf,
    /// Folder to make.
    pub to: PathBuf,
}

/// `restore`
#[derive(Args)]
pub struct Restore {
    /// Folder of the backup.
    pub from: PathBuf,
    /// Folder of the office to make.
    pub dir: PathBuf,
    /// The office's newest published checkpoint.
    #[arg(long, value_name = "FILE", required_unless_present = "nothing_published_since")]
    pub checkpoint: Option<PathBuf>,
    /// Nothing was published after the backup.
    #[arg(long, conflicts_with = "checkpoint")]
    pub nothing_published_since: bool,
}
