//! The arguments of `witness`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `witness`
#[derive(Args)]
#[command(
    override_usage = "xinzheng witness D init [--name N]\n       xinzheng witness D rotate --name N\n       xinzheng witness D list\n       xinzheng witness D add VKEY...\n       xinzheng witness D remove LEDGER\n       xinzheng witness D wake LEDGER CHECKPOINT...\n       xinzheng witness D wake [LEDGER] --nothing-cosigned-since"
)]
pub struct Witness {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "init|rotate|list|add|remove|wake")]
    pub action: WitnessAction,
    /// Keys of ledgers; the name of one, and files with checkpoints of it.
    #[arg(value_name = "VKEY|LEDGER|CHECKPOINT")]
    pub words: Vec<String>,
    /// Name of the witness's key.
    #[arg(long, value_name = "N")]
    pub name: Option<String>,
    /// Say that nothing was cosigned after the backup was made.
    #[arg(long)]
    pub nothing_cosigned_since: bool,
}

/// What `witness` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WitnessAction {
    /// Make the key.
    Init,
    /// One more key beside the old one.
    Rotate,
    /// Show key and ledgers.
    List,
    /// Take ledgers in.
    Add,
    /// Leave a ledger.
    Remove,
    /// Tell it, after a restore, what it has cosigned.
    Wake,
}
