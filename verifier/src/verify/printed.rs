//! Check 13: whether a PDF is as the office made it (`spec/pdf.md`).

use alloc::string::{String, ToString};

use super::sealed::Sealed;
use crate::limits;
use crate::pdf::{FoundNote, PdfCertificate, PdfNote};
use crate::time::Time;
use crate::trust::{KeyUse, OfficeKey};
use crate::verdict::{Checks, Code, Detail, Fields};

/// Adds PDF_OK, PDF_ALTERED or PDF_UNSIGNED.
pub(super) fn printed(
    pdf: &PdfCertificate,
    fields: &Fields,
    sealed: &Sealed<'_>,
    at: Time,
    checks: &mut Checks,
) {
    let judged = match pdf.note() {
        FoundNote::Absent => Err((Code::PdfUnsigned, String::from("the PDF has no note of the office"))),
        FoundNote::Broken(what) => Err((Code::PdfAltered, what.clone())),
        FoundNote::Whole(note) => {
            signed(note, fields, sealed, at).map_err(|(code, what)| (code, what.to_string()))
        }
    };
    match judged {
        Ok(()) => checks.add(Code::PdfOk),
        Err((code, what)) => checks.with(code, Detail::Text(what)),
    }
}

fn signed(
    note: &PdfNote,
    fields: &Fields,
    sealed: &Sealed<'_>,
    at: Time,
) -> Result<(), (Code, &'static str)> {
    let office = sealed.office;
    let same = *note.origin() == office.origin
        && *note.number() == fields.core.number()
        && *note.entry() == sealed.entry;
    if !same {
        return Err((Code::PdfAltered, "the office's note is of another certificate than the attached one"));
    }
    // Of one office, name and id stand for one key.
    let lines = note.note().signatures();
    let named = |key: &&OfficeKey| lines.iter().any(|line| line.names(&key.key));
    let Some(key) = office.keys_for(KeyUse::Pdf).find(named) else {
        return Err((Code::PdfUnsigned, "the trust bundle does not have the key that signed the PDF"));
    };
    if note.note().verify_one(&key.key).is_err() {
        return Err((Code::PdfAltered, "the signature on the PDF does not verify"));
    }
    // A PDF has no time of its own: it was made between the closing of the batch and the moment judged.
    let latest = at.saturating_add(limits::CLOCK_TOLERANCE);
    if key.compromised.is_some() {
        Err((Code::PdfUnsigned, "the key that signed the PDF was compromised"))
    } else if at > key.verify_until {
        Err((Code::PdfUnsigned, "the key that signed the PDF is past its verification time"))
    } else if key.sign_until < sealed.note.time() || latest < key.sign_from {
        Err((
            Code::PdfUnsigned,
            "the key that signed the PDF was not in force after the certificate was sealed",
        ))
    } else {
        Ok(())
    }
}
