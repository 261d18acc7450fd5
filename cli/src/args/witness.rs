//! The arguments of `witness`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `witness`
#[derive(Args)]
#[command(
    override_usage = "xinzheng witness D init [--name N]\n       xinzheng witness D list\n       xinzheng witness D add VKEY...\n       xinzheng witness D remove LEDGER"
)]
pub struct Witness {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "init|list|add|remove")]
    pub action: WitnessAction,
    /// Keys of ledgers, or the name of one.
    #[arg(value_name = "VKEY|LEDGER")]
    pub words: Vec<String>,
    /// Name of the witness's key.
    #[arg(long, value_name = "N")]
    pub name: Option<String>,
}

/// What `witness` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum WitnessAction {
    /// Make the key.
    Init,
    /// Show key and ledgers.
    List,
    /// Take ledgers in.
    Add,
    /// Leave a ledger.
    Remove,
}
