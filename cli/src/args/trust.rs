//! The arguments of `trust`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `trust`
#[derive(Args)]
#[command(
    override_usage = "xinzheng trust D show\n       xinzheng trust D export|export-policy FILE [--force]\n       xinzheng trust D add witness VKEY --organisation TOKEN --name NAME\n       xinzheng trust D add authority LABEL CERTIFICATE --organisation TOKEN\n       xinzheng trust D add chain LABEL CHAINID ADDRESS --organisation TOKEN\n       xinzheng trust D add root VKEY\n       xinzheng trust D remove root KEYID\n       xinzheng trust D remove witness KEYNAME\n       xinzheng trust D remove authority|chain LABEL\n       xinzheng trust D quorum none|any|all|K [KEYNAME]...\n       xinzheng trust D renew\n       xinzheng trust D add|remove|quorum|renew ... --prepare FILE\n       xinzheng trust D add FILE"
)]
pub struct Trust {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "show|export|export-policy|add|remove|quorum|renew")]
    pub action: TrustAction,
    /// A file; or what is added, removed or asked for.
    #[arg(value_name = "FILE|WORD")]
    pub words: Vec<String>,
    /// Token of the organisation.
    #[arg(long, value_name = "TOKEN")]
    pub organisation: Option<String>,
    /// Name of the witness's organisation.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// Where the text goes that an offline root is to sign.
    #[arg(long, value_name = "FILE")]
    pub prepare: Option<PathBuf>,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// What `trust` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TrustAction {
    /// Show it.
    Show,
    /// Write the bundle.
    Export,
    /// Write it as a policy for witness and log tools.
    ExportPolicy,
    /// A witness, an authority, a chain, a root, or a bundle that was signed elsewhere.
    Add,
    /// A witness, an authority, a chain or a root.
    Remove,
    /// Who makes the quorum.
    Quorum,
    /// The same for another year.
    Renew,
}
