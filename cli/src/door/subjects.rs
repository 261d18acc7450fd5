//! What commands ask of what an office knows of subjects, and of the tables it keeps.

use notary::code::UnifiedCode;
use notary::office::Office;
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::Refusal;
use serde::{Deserialize, Serialize};

use super::Bytes;

/// What is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// The codes under which organisations of these names are known.
    CodesOf(Vec<String>),
    /// The office's own whitelist, as it was imported.
    Whitelist,
    /// The codes that a holder had, its present one among them.
    OldCodes(String),
    /// Take a whitelist in.
    ImportWhitelist(Bytes),
    /// Take old and new codes in.
    ImportAliases(Bytes),
    /// Take a table of deadlines in.
    ImportDeadlines(Bytes),
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// Codes of each name.
    Codes(Vec<Vec<String>>),
    /// A file's bytes.
    File(Bytes),
    /// So many lines were taken in.
    Taken(usize),
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Refusal> {
    let (taken, what) = match ask {
        Ask::CodesOf(names) => return Ok(Told::Codes(office.codes_of(&names)?)),
        Ask::Whitelist => return Ok(Told::File(Bytes(office.whitelist_file()?))),
        Ask::OldCodes(code) => {
            let code = UnifiedCode::parse_typed(&code).map_err(|fault| fault.refusal("CODE"))?;
            let codes = office.aliases()?.with_old(&code);
            return Ok(Told::Codes(vec![codes.iter().map(ToString::to_string).collect()]));
        }
        Ask::ImportWhitelist(bytes) => (office.import_whitelist(&bytes.0)?, "whitelist"),
        Ask::ImportAliases(bytes) => (office.import_aliases(&bytes.0)?.len(), "aliases"),
        Ask::ImportDeadlines(bytes) => (office.import_deadlines(&bytes.0)?.rules().len(), "deadlines"),
    };
    office.operator_log().append(&Actor::Command, Action::TableImported, what, Outcome::Done)?;
    Ok(Told::Taken(taken))
}
