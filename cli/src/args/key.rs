//! The arguments of `key`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `key`
#[derive(Args)]
#[command(
    override_usage = "xinzheng key D list\n       xinzheng key D rotate ledger|batch|status|pdf [--from TIME] [--overlap 30d] [--signer FILE] [--prepare FILE]\n       xinzheng key D compromised ledger|batch|status|pdf KEYID --from TIME --last-good SIZE [--prepare FILE]\n       xinzheng key FOLDER sign FILE --out FILE\n       xinzheng key FOLDER new-root\n       xinzheng key D take FILE"
)]
pub struct Key {
    /// Folder of the office; for `sign` and `new-root`, the one with the root key.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "list|rotate|compromised|sign|new-root|take")]
    pub action: KeyAction,
    /// The key's use and id; a file.
    #[arg(value_name = "USE|KEYID|FILE", num_args = 0..=2)]
    pub words: Vec<String>,
    /// From when on.
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// How long the old key goes on.
    #[arg(long, value_name = "DAYS")]
    pub overlap: Option<String>,
    /// The program that has the new key.
    #[arg(long, value_name = "FILE")]
    pub signer: Option<PathBuf>,
    /// Size of the last good checkpoint.
    #[arg(long, value_name = "SIZE")]
    pub last_good: Option<u64>,
    /// Where the text goes that an offline root is to sign.
    #[arg(long, value_name = "FILE")]
    pub prepare: Option<PathBuf>,
    /// Where the signed bundle goes.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// What `key` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyAction {
    /// List them.
    List,
    /// A new one beside the old one.
    Rotate,
    /// Somebody else may have one.
    Compromised,
    /// Sign a trust bundle with the root.
    Sign,
    /// Make another root, beside the one of the folder.
    NewRoot,
    /// Take a signed one in.
    Take,
}
