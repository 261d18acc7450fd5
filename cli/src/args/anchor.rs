//! The arguments of `anchor`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `anchor`
#[derive(Args)]
#[command(
    override_usage = "xinzheng anchor D list\n       xinzheng anchor D show N\n       xinzheng anchor D now [--config FILE]\n       xinzheng anchor D key [new]\n       xinzheng anchor D check N [--url URL|--config FILE]"
)]
pub struct Anchor {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "list|show|now|key|check")]
    pub action: AnchorAction,
    /// Number of an anchor; `new` for one more key.
    #[arg(value_name = "N|new")]
    pub words: Vec<String>,
    /// Settings of the service, where it does not run.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address of the chain's node to be asked.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// What `anchor` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AnchorAction {
    /// Show the newest anchors.
    List,
    /// Show one.
    Show,
    /// Anchor the newest checkpoint now.
    Now,
    /// Make or show the key that pays on chains.
    Key,
    /// Ask a node about one on a chain.
    Check,
}
