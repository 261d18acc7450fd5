//! Copies with less in them: the holder picks what a recipient sees.
//!
//! ```text
//! keep /subject /sections/admin/0   →   NUMBER.xzc with two disclosures and all digests, or a PDF that prints these alone
//! ```
//!
//! A copy verifies as the certificate does, and says how many records it hides and how many of those are adverse
//! (spec/disclosure.md). One that the certificate's own purpose would refuse is not made; one that another recipient's
//! purpose would refuse is made only by who was told so. Not here: who may ask.

use verifier::certificate::Certificate;
use verifier::disclosure::{Disclosure, DisclosureError, Shown};
use verifier::number::CertificateNumber;
use verifier::registry::{Counter, Purpose};

use super::accept::internal;
use super::{Issued, Office};
use crate::refusal::{Refusal, RefusalCode};

/// Pointers of one request.
pub const KEEP_MAX: usize = verifier::limits::DISCLOSURES;

/// A copy, not given out yet.
#[derive(Clone, Debug)]
pub struct Copy {
    issued: Issued,
    shown: Shown,
}

impl Office {
    /// What a certificate could show: every record of its document.
    ///
    /// # Errors
    /// As [`Office::certificate`].
    pub fn records_of(&self, number: &CertificateNumber) -> Result<Vec<Disclosure>, Refusal> {
        let issued = self.certificate(number)?;
        Ok(issued.certificate.shown().map_err(internal)?.0)
    }

    /// A copy that shows the records at these pointers, or below them.
    ///
    /// # Errors
    /// As [`Office::certificate`]; `COPY_POINTER` for one that leads nowhere, `COPY_EMPTY` where nothing is kept,
    /// `COPY_INCOMPLETE` where the certificate's own purpose demands what is hidden.
    pub fn copy(&self, number: &CertificateNumber, keep: &[String]) -> Result<Copy, Refusal> {
        let mut issued = self.certificate(number)?;
        let (disclosures, _) = issued.certificate.shown().map_err(internal)?;
        let kept = matching(&disclosures, keep)?;
        issued.certificate = issued.certificate.disclose(&kept).map_err(internal)?;
        match issued.certificate.shown() {
            Ok((_, shown)) => Ok(Copy { issued, shown }),
            Err(DisclosureError::Incomplete(lacks)) => {
                Err(Refusal::new(RefusalCode::CopyIncomplete).found(words(&lacks)))
            }
            Err(error) => Err(internal(error)),
        }
    }

    /// The printed copy: it prints what is kept, and has the copy attached.
    ///
    /// # Errors
    /// As [`Office::pdf`].
    pub fn pdf_of_copy(&self, copy: &Copy) -> Result<Vec<u8>, Refusal> {
        self.printed(&copy.issued)
    }
}

impl Copy {
    /// The file.
    pub fn certificate(&self) -> &Certificate {
        &self.issued.certificate
    }

    /// How much it shows and hides.
    pub fn shown(&self) -> &Shown {
        &self.shown
    }

    /// What a recipient of this purpose demands and does not get: `DISCLOSURE_INCOMPLETE` there.
    pub fn lacks(&self, purpose: Purpose) -> Vec<(Counter, u64)> {
        self.shown.lacks(purpose)
    }
}

/// Counters and how many records of each: `行政处罚1条、…`.
pub fn words(lacks: &[(Counter, u64)]) -> String {
    lacks.iter().map(|(counter, n)| format!("{} {n}", counter.zh())).collect::<Vec<_>>().join("、")
}

/// The pointers of the records that are named, or lie below what is named.
fn matching<'a>(disclosures: &'a [Disclosure], keep: &[String]) -> Result<Vec<&'a str>, Refusal> {
    if keep.len() > KEEP_MAX {
        return Err(Refusal::new(RefusalCode::ListLong).found(keep.len()).right(KEEP_MAX));
    }
    let mut named: std::collections::BTreeMap<&str, bool> =
        keep.iter().map(|name| (name.strip_suffix('/').unwrap_or(name), false)).collect();
    let mut kept = Vec::new();
    for disclosure in disclosures {
        let pointer = disclosure.pointer();
        // The pointer itself and everything above it.
        let above = pointer.match_indices('/').map(|(at, _)| &pointer[..at]).chain([pointer]);
        let mut is_kept = false;
        for one in above.filter(|one| !one.is_empty()) {
            if let Some(found) = named.get_mut(one) {
                *found = true;
                is_kept = true;
            }
        }
        if is_kept {
            kept.push(pointer);
        }
    }
    match named.iter().find(|(_, found)| !**found) {
        Some((name, _)) => Err(Refusal::new(RefusalCode::CopyPointer).at(*name)),
        None if kept.is_empty() => Err(Refusal::new(RefusalCode::CopyEmpty)),
        None => Ok(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disclosures(pointers: &[&str]) -> Vec<Disclosure> {
        let value = verifier::json::Value::Null;
        let one =
            |(n, pointer): (usize, &&str)| Disclosure::new([n as u8; 16], *pointer, value.clone()).unwrap();
        pointers.iter().enumerate().map(one).collect()
    }

    #[test]
    fn a_pointer_keeps_what_it_names_and_what_lies_below() {
        let all = disclosures(&[
            "/schema",
            "/subject",
            "/sections/admin/0",
            "/sections/admin/10",
            "/sections/honest/0",
        ]);
        let kept = |keep: &[&str]| {
            let keep: Vec<String> = keep.iter().map(|one| (*one).to_string()).collect();
            matching(&all, &keep).map(|kept| kept.len()).map_err(|refusal| refusal.code())
        };
        assert_eq!(kept(&["/sections/admin"]), Ok(2));
        assert_eq!(kept(&["/sections/admin/"]), Ok(2));
        assert_eq!(kept(&["/sections/admin/1"]), Err(RefusalCode::CopyPointer));
        assert_eq!(kept(&["/sections", "/subject"]), Ok(4));
        assert_eq!(kept(&["/sub"]), Err(RefusalCode::CopyPointer));
        assert_eq!(kept(&[]), Err(RefusalCode::CopyEmpty));
        assert_eq!(kept(&[""]), Err(RefusalCode::CopyPointer));
    }
}
