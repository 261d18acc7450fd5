//! What commands ask of an office's batch checks.

use notary::check::{Facts, Input, NoGuessing, Terms};
use notary::office::{Office, SealPolicy};
use notary::operator_log::{Action, Actor, Outcome};
use serde::{Deserialize, Serialize};
use verifier::moment::parse_moment;
use verifier::registry::{DocumentKind, Purpose};
use verifier::row::hex;

use super::Bytes;
use crate::output::Failure;

/// What is asked.
#[derive(Serialize, Deserialize)]
pub struct Ask {
    /// The table's bytes.
    pub table: Bytes,
    /// As of when, as it was typed.
    pub at: Option<String>,
    /// Which purpose.
    pub purpose: Option<String>,
    /// Which kind.
    pub kind: Option<String>,
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub struct Told {
    /// What the files are called, without an ending.
    pub name: String,
    /// As of when.
    pub at: String,
    /// SHA-256 of the table.
    pub input: String,
    /// Size and root of the ledger then.
    pub ledger: (u64, String),
    /// Rows: all, valid, invalid, undetermined, not found, refused.
    pub counts: [u64; 6],
    /// For people.
    pub csv: Bytes,
    /// The summary that is certified.
    pub json: Bytes,
    /// The number of its certificate.
    pub number: String,
    /// The certificate, once it is sealed.
    pub xzc: Option<Bytes>,
    /// What came of each row: row, asked, outcome, code, reason in both languages.
    pub rows: Vec<(u64, String, String, String, String, String)>,
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Failure> {
    let input = Input::read(&ask.table.0)?;
    let at = match &ask.at {
        None => None,
        Some(text) => Some(parse_moment(text, office.now()).ok_or_else(|| not_a("--at", text))?),
    };
    let purpose = named(&ask.purpose, "--purpose", Purpose::from_name)?;
    let kind = named(&ask.kind, "--kind", DocumentKind::from_name)?;
    let seals = office.seal_policy() != SealPolicy::Manual;
    if at.is_none() && seals {
        // What is judged now is judged by what is out now.
        office.seal_all()?;
        if office.status_due() {
            office.publish_status()?;
        }
    }
    let terms = Terms { at, purpose, kind, facts: Facts::Full };
    let checked = office.check(&input, &terms, &NoGuessing, &mut |_, _| true)?;
    let accepted = office.notarize_check(&checked)?;
    if seals {
        office.seal_all()?;
    }
    let log = office.operator_log();
    log.append(&Actor::Command, Action::CheckMade, accepted.number.as_str(), Outcome::Done)?;
    let xzc = match office.index_of(&accepted.number)? {
        None => None,
        Some(_) => Some(Bytes(office.certificate(&accepted.number)?.certificate.encode())),
    };
    let counts = checked.counts();
    let (size, root) = checked.ledger();
    Ok(Told {
        name: checked.name(),
        at: checked.at().display_china(),
        input: hex(checked.input()),
        ledger: (size, verifier::base64::encode(root.as_bytes())),
        counts: [
            counts.rows,
            counts.valid,
            counts.invalid,
            counts.undetermined,
            counts.not_found,
            counts.refused,
        ],
        csv: Bytes(checked.csv()),
        json: Bytes(checked.json()),
        number: accepted.number.to_string(),
        xzc,
        rows: checked
            .rows()
            .iter()
            .map(|row| {
                let (zh, en) = row.message.clone();
                (row.row, row.asked.clone(), row.outcome.as_str().to_owned(), row.code.clone(), zh, en)
            })
            .collect(),
    })
}

fn named<T>(
    word: &Option<String>,
    argument: &str,
    of: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Failure> {
    match word {
        None => Ok(None),
        Some(word) => of(word).map(Some).ok_or_else(|| not_a(argument, word)),
    }
}

fn not_a(argument: &str, word: &str) -> Failure {
    Failure::usage(
        format!("{argument} 的值“{word}”不对；用 --help 查看用法"),
        format!("\"{word}\" is no value for {argument}; see --help"),
    )
}
