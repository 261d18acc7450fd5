//! The commands and their arguments: one structure each. What they mean to a person is in `help`.

mod anchor;
mod audit;
mod backup;
mod cases;
mod check;
mod commitment;
mod evidence;
mod key;
mod status;
mod trust;
mod witness;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::lang::Lang;
pub use anchor::{Anchor, AnchorAction};
pub use audit::Audit;
pub use backup::{Backup, Restore};
pub use cases::{Objection, ObjectionAction, Repair};
pub use commitment::{Commitment, Outcome as CommitmentOutcome};
pub use evidence::Evidence;
pub use key::{Key, KeyAction};
pub use status::Status;
pub use trust::{Trust, TrustAction};
pub use witness::{Witness, WitnessAction};

pub use check::Check;

/// A call of the program.
#[derive(Parser)]
#[command(name = "xinzheng", version, disable_help_flag = true, disable_version_flag = true)]
#[command(disable_help_subcommand = true, subcommand_required = true, arg_required_else_help = true)]
pub struct Call {
    /// What every command takes.
    #[command(flatten)]
    pub common: Common,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Args)]
pub struct Common {
    /// One JSON object on standard output.
    #[arg(long, global = true)]
    pub json: bool,
    /// Language of messages; read by `lang::of_call` before anything is parsed.
    #[arg(long, global = true, value_name = "zh|en", value_parser = crate::lang::parse)]
    pub lang: Option<Lang>,
    /// File with the passphrase of the office's keys.
    #[arg(long, global = true, value_name = "FILE")]
    pub passphrase_file: Option<PathBuf>,
}

/// The commands.
#[derive(Subcommand)]
pub enum Command {
    /// Example office, samples, service.
    Demo(Demo),
    /// A new office.
    Init(Init),
    /// Documents in.
    Submit(Submit),
    /// Tables of commitments in.
    Import(Import),
    /// Tables of commitments out.
    Export(Export),
    /// Many codes or certificates at once.
    Check(Check),
    /// Working days and deadlines.
    Calendar(Calendar),
    /// How commitments are kept.
    Commitment(Box<Commitment>),
    /// Close the open batch.
    Seal(OfficeDir),
    /// Certificate files out.
    Certificate(Certificate),
    /// A copy with less in it.
    Disclose(Disclose),
    /// Status of certificates.
    Status(Status),
    /// Objections against certificates.
    Objection(Objection),
    /// Credit repair of a record.
    Repair(Repair),
    /// Destroy a document's key.
    Erase(Erase),
    /// Re-derive everything.
    Audit(Audit),
    /// A copy of an office.
    Backup(Backup),
    /// A copy put in place.
    Restore(Restore),
    /// Evidence packages.
    Evidence(Evidence),
    /// Keys.
    Key(Key),
    /// Trust bundle.
    Trust(Trust),
    /// Anchors of the ledger.
    Anchor(Anchor),
    /// A witness of other ledgers.
    Witness(Witness),
    /// Accounts of people.
    Account(Account),
    /// Keys of programs.
    ApiKey(ApiKey),
    /// The service.
    Serve(Serve),
}

/// `demo`
#[derive(Args)]
pub struct Demo {
    /// Where the example office lies.
    #[arg(long, value_name = "D", default_value = "demo")]
    pub dir: PathBuf,
    /// Port; a taken one moves to the next.
    #[arg(long, value_name = "P", default_value_t = 8080)]
    pub port: u16,
    /// Stop after issuing.
    #[arg(long)]
    pub once: bool,
}

/// `init`
#[derive(Args)]
pub struct Init {
    /// Folder of the office; must be new or empty.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// Name of the ledger.
    #[arg(long, value_name = "O")]
    pub origin: String,
    /// Name of the office.
    #[arg(long, value_name = "N")]
    pub name: String,
    /// Unified social credit code of the office.
    #[arg(long, value_name = "CODE")]
    pub organisation: Option<String>,
    /// Host of the URL in QR codes.
    #[arg(long, value_name = "HOST")]
    pub host: Option<String>,
    /// When batches close.
    #[arg(long, value_name = "MS|manual", default_value = "200")]
    pub seal: String,
}

/// `submit`
#[derive(Args)]
pub struct Submit {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// Files, or folders of `*.json`.
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// What the files are.
    #[arg(long, value_name = "document|file", default_value = "document")]
    pub kind: Kind,
    /// Media type of a `file`.
    #[arg(long, value_name = "TYPE/SUBTYPE")]
    pub media_type: Option<String>,
    /// Makes a repetition known.
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// The certificate whose document this one corrects.
    #[arg(long, value_name = "NUMBER")]
    pub corrects: Option<String>,
    /// Certificates without a QR code, which may be larger.
    #[arg(long)]
    pub no_qr: bool,
    /// How long to wait.
    #[arg(long, value_name = "sealed|accepted", default_value = "sealed")]
    pub wait: Wait,
}

/// What is submitted.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// JSON documents whose `schema` says what they are.
    Document,
    /// Any bytes.
    File,
}

/// Which promise is waited for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Wait {
    /// The certificate exists.
    Sealed,
    /// The document is safely on disk.
    Accepted,
}

/// `import`
#[derive(Args)]
pub struct Import {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// The table.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What its rows are.
    #[arg(long = "type", value_name = "commitments|deadlines|calendar|whitelist|aliases")]
    pub rows: Rows,
    /// Where refused rows go.
    #[arg(long, value_name = "FILE")]
    pub errors: Option<PathBuf>,
    /// Where certificate numbers go.
    #[arg(long, value_name = "FILE")]
    pub receipts: Option<PathBuf>,
    /// Pairs of code and name that are known to be right.
    #[arg(long, value_name = "FILE.csv")]
    pub whitelist: Option<PathBuf>,
    /// Certificates without a QR code, which may be larger.
    #[arg(long)]
    pub no_qr: bool,
    /// How long to wait.
    #[arg(long, value_name = "sealed|accepted", default_value = "sealed")]
    pub wait: Wait,
    /// Write over files that are there.
    #[arg(long)]
    pub force: bool,
}

/// `export`
#[derive(Args)]
pub struct Export {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What is wanted.
    #[arg(long = "type", value_name = "commitments|audit")]
    pub rows: Exported,
    /// The table, or the folder.
    #[arg(long, value_name = "FILE.csv|FILE.xlsx|DIR")]
    pub out: PathBuf,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// `calendar`
#[derive(Args)]
#[command(
    override_usage = "xinzheng calendar D show\n       xinzheng calendar D import FILE\n       xinzheng calendar D due RULE DAY"
)]
pub struct Calendar {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "show|import|due")]
    pub action: CalendarAction,
    /// `FILE`, or `RULE DAY`.
    #[arg(value_name = "FILE | RULE DAY", num_args = 0..=2)]
    pub words: Vec<String>,
}

/// What `calendar` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CalendarAction {
    /// Show calendars and deadlines.
    Show,
    /// Take a year's calendar in.
    Import,
    /// Count a deadline.
    Due,
}

/// What is exported.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Exported {
    /// Commitments in the national layout.
    Commitments,
    /// Documents with what their entries follow from.
    Audit,
}

/// What the rows of a table are.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Rows {
    /// Commitments in the national layout.
    Commitments,
    /// The office's table of deadlines.
    Deadlines,
    /// A year's working days.
    Calendar,
    /// Pairs of code and name that are right.
    Whitelist,
    /// Old codes and new ones.
    Aliases,
}

/// A command that needs only the office.
#[derive(Args)]
pub struct OfficeDir {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
}

/// `certificate`
#[derive(Args)]
pub struct Certificate {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// Certificate number.
    #[arg(value_name = "NUMBER")]
    pub number: String,
    /// Folder for the files.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// `disclose`
#[derive(Args)]
pub struct Disclose {
    /// A certificate file.
    #[arg(value_name = "FILE.xzc")]
    pub file: PathBuf,
    /// Pointers to keep.
    #[arg(long, value_name = "POINTER", num_args = 1.., required_unless_present = "list")]
    pub keep: Vec<String>,
    /// The copy.
    #[arg(long, value_name = "FILE", required_unless_present = "list")]
    pub out: Option<PathBuf>,
    /// Only say what there is.
    #[arg(long, conflicts_with_all = ["keep", "out"])]
    pub list: bool,
    /// Write over a file that is there.
    #[arg(long)]
    pub force: bool,
}

/// `erase`
#[derive(Args)]
pub struct Erase {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// Certificate number.
    #[arg(value_name = "NUMBER")]
    pub number: String,
    /// Why.
    #[arg(long, value_name = "R")]
    pub reason: Option<String>,
    /// Do not ask.
    #[arg(long)]
    pub yes: bool,
}

/// `account`
#[derive(Args)]
#[command(
    override_usage = "xinzheng account D list\n       xinzheng account D add NAME --role R --person P [--unit U] [--code C]\n       xinzheng account D reset|suspend|resume NAME"
)]
pub struct Account {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "list|add|reset|suspend|resume")]
    pub action: AccountAction,
    /// Sign-in name.
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// The role.
    #[arg(long, value_name = "R")]
    pub role: Option<String>,
    /// The person's name.
    #[arg(long, value_name = "P")]
    pub person: Option<String>,
    /// The person's unit.
    #[arg(long, value_name = "U")]
    pub unit: Option<String>,
    /// Whom a holder speaks for.
    #[arg(long, value_name = "C")]
    pub code: Option<String>,
}

/// What `account` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AccountAction {
    /// List them.
    List,
    /// Make one.
    Add,
    /// A new one-time password.
    Reset,
    /// Out of use.
    Suspend,
    /// Into use again.
    Resume,
}

/// `api-key`
#[derive(Args)]
#[command(
    override_usage = "xinzheng api-key D list\n       xinzheng api-key D add --label L --scope S… [--unit U] [--days N]\n       xinzheng api-key D revoke ID"
)]
pub struct ApiKey {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// What to do.
    #[arg(value_name = "list|add|revoke")]
    pub action: ApiKeyAction,
    /// The key's number.
    #[arg(value_name = "ID")]
    pub id: Option<String>,
    /// What it is for.
    #[arg(long, value_name = "L")]
    pub label: Option<String>,
    /// Whose it is.
    #[arg(long, value_name = "U")]
    pub unit: Option<String>,
    /// What it may do.
    #[arg(long, value_name = "S", num_args = 1..)]
    pub scope: Vec<String>,
    /// How long it counts.
    #[arg(long, value_name = "N", default_value_t = 366)]
    pub days: u64,
}

/// What `api-key` does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ApiKeyAction {
    /// List them.
    List,
    /// Make one.
    Add,
    /// Take one back.
    Revoke,
}

/// `serve`
#[derive(Args)]
pub struct Serve {
    /// Folder of the office.
    #[arg(value_name = "D")]
    pub dir: PathBuf,
    /// File with the settings.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Address and port.
    #[arg(long, value_name = "A")]
    pub listen: Option<String>,
    /// Address that people use.
    #[arg(long, value_name = "URL")]
    pub public_address: Option<String>,
    /// Certificate chain for TLS.
    #[arg(long, value_name = "FILE")]
    pub tls_certificate: Option<String>,
    /// Key of the certificate.
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<String>,
    /// Proxies that are believed.
    #[arg(long, value_name = "ADDRESS,…")]
    pub proxies_trusted: Option<String>,
    /// Form of the log.
    #[arg(long, value_name = "text|json|none")]
    pub log: Option<String>,
}

impl Serve {
    /// What was set on the command line, by the names of the settings.
    pub fn flags(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("listen", &self.listen),
            ("public_address", &self.public_address),
            ("tls.certificate", &self.tls_certificate),
            ("tls.key", &self.tls_key),
            ("proxies.trusted", &self.proxies_trusted),
            ("log", &self.log),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value.clone()?))).collect()
    }
}
