//! Arguments of `status`.

use std::path::PathBuf;

use clap::Args;

/// `status`
#[derive(Args)]
#[command(
    override_usage = "xinzheng status D NUMBER\n       xinzheng status D NUMBER at TIME [--out DIR]\n       xinzheng status D NUMBER set valid|suspended|replaced|repaired|objection-noted|withdrawn|revoked --reason R\n       xinzheng status D publish [--out DIR]\n       xinzheng status D import FILE..."
)]
pub struct Status {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// `NUMBER`, `NUMBER at TIME`, `NUMBER set STATUS`, `publish` or `import FILE...`.
    #[arg(
        value_name = "NUMBER | NUMBER at TIME | NUMBER set STATUS | publish | import FILE",
        required = true,
        num_args = 1..
    )]
    pub words: Vec<String>,
    /// Why.
    #[arg(long, value_name = "R")]
    pub reason: Option<String>,
    /// On what basis.
    #[arg(long, value_name = "B")]
    pub basis: Option<String>,
    /// Claims that a suspension is about.
    #[arg(long, value_name = "NAME", num_args = 1.., value_delimiter = ',')]
    pub claim: Vec<String>,
    /// The certificate in its place.
    #[arg(long, value_name = "NUMBER")]
    pub replaced_by: Option<String>,
    /// Sequence of the last event that was looked at.
    #[arg(long, value_name = "N")]
    pub seen: Option<u32>,
    /// Folder for copies.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}
