//! What `export --type audit` asks of an office: lines, a part at a time, and the manifest.

use notary::audit::export::NamedFile;
use notary::office::{ExportSum, Office};
use notary::operator_log::Action;
use serde::{Deserialize, Serialize};

use super::log;
use crate::output::Failure;

/// Something of an export.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// How many entries there are now.
    Begin,
    /// Lines from this entry on, below the size.
    Lines { from: u64, size: u64 },
    /// The manifest of what was written.
    Sign { size: u64, documents: u64, erased: u64, files: Vec<NamedFile> },
}

/// The answer.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// So many entries.
    Begun { size: u64 },
    /// Lines, and where to go on.
    Lines { lines: Vec<String>, documents: u64, erased: u64, next: Option<u64> },
    /// Manifest and note.
    Signed { manifest: String, note: String },
}

/// It is in the operator log before anything of it is given out.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Failure> {
    Ok(match ask {
        Ask::Begin => {
            log(office, Action::AuditExported, "documents")?;
            Told::Begun { size: office.published_size() }
        }
        Ask::Lines { from, size } => {
            let part = office.audit_export(from, size)?;
            let (documents, erased) = (part.documents, part.erased);
            Told::Lines { lines: part.lines, documents, erased, next: part.next }
        }
        Ask::Sign { size, documents, erased, files } => {
            let (manifest, note) = office.sign_export(ExportSum { size, documents, erased, files })?;
            Told::Signed { manifest, note }
        }
    })
}
