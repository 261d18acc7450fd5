//! What is printed: the signed core, what the holder's copy discloses of the document, and where both are sealed.
//! Nothing else gets onto a page but fixed words, and the check code, which is no secret of the certificate's.

use std::collections::BTreeMap;

use verifier::core::Core;
use verifier::disclosure::{Place, Shown};
use verifier::json::Value;
use verifier::number::WindowCode;
use verifier::time::{Date, Time};

use super::PdfError;
use crate::office::Issued;
use crate::render::Symbol;

/// Everything that the pages say.
pub(super) struct Paper<'a> {
    pub(super) core: &'a Core,
    /// How much of the document is shown.
    pub(super) shown: Shown,
    /// The members of the document, by pointer.
    pub(super) members: BTreeMap<String, Value>,
    /// The records of its sections, in their order.
    pub(super) sections: BTreeMap<String, Vec<Value>>,
    pub(super) issuer: &'a Issuer<'a>,
    origin: &'a str,
    pub(super) index: u64,
    /// First and last entry of the batch note's range.
    pub(super) batch: (u64, u64),
    pub(super) sealed_at: Time,
    pub(super) window: WindowCode,
    pub(super) symbol: Option<Symbol>,
}

/// Who issues, and how far the certificate file is proven.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'a> {
    /// The office's name in the trust bundle.
    pub name: &'a str,
    /// The host in the QR code's URL.
    pub host: &'a str,
    /// Assurance level of the attached certificate.
    pub level: u8,
    /// How the commitment that is certified is kept at the time of printing, in a line; nothing where it is none.
    pub fulfilment: Option<&'a str>,
}

impl<'a> Paper<'a> {
    pub(super) fn of(issued: &'a Issued, issuer: &'a Issuer<'a>) -> Result<Paper<'a>, PdfError> {
        let certificate = &issued.certificate;
        let (disclosures, shown) = certificate.shown().map_err(|_| PdfError::Disclosures)?;
        let (mut members, mut sections) =
            (BTreeMap::new(), BTreeMap::<String, BTreeMap<usize, Value>>::new());
        for disclosure in disclosures {
            let value = disclosure.value().clone();
            match disclosure.place() {
                Place::Section(section, place) => {
                    sections.entry(section.clone()).or_default().insert(*place, value);
                }
                _ => drop(members.insert(disclosure.pointer().to_owned(), value)),
            }
        }
        let symbol = match &issued.qr {
            None => None,
            Some(payload) => {
                let (prefix, digits) = verifier::qr::url(issuer.host, payload);
                Some(Symbol::new(&prefix, &digits).map_err(|_| PdfError::CodeTooLong)?)
            }
        };
        let note = certificate.batch();
        Ok(Paper {
            core: certificate.core(),
            shown,
            members,
            sections: sections.into_iter().map(|(name, rows)| (name, rows.into_values().collect())).collect(),
            issuer,
            origin: note.origin().as_str(),
            index: certificate.index(),
            batch: (note.subtree().start(), note.subtree().end().saturating_sub(1)),
            sealed_at: note.time(),
            window: WindowCode::new(certificate.core().number(), issued.check_code),
            symbol,
        })
    }

    /// The ledger's name.
    pub(super) fn origin(&self) -> &str {
        self.origin
    }

    /// A member of the document, at `/…`.
    pub(super) fn member(&self, pointer: &str) -> Option<&Value> {
        self.members.get(pointer).filter(|value| !value.is_null())
    }

    /// A text of the document.
    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.member(pointer)?.as_str()
    }

    /// The elements of a list of the document.
    pub(super) fn list(&self, pointer: &str) -> &[Value] {
        self.member(pointer).and_then(Value::as_array).unwrap_or_default()
    }

    /// The records of a section.
    pub(super) fn section(&self, name: &str) -> &[Value] {
        self.sections.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// `2026年11月22日`, of a day in a document; as it stands where it is none.
pub(super) fn day(text: &str) -> String {
    match text {
        "LONG_TERM" => "长期".to_owned(),
        text => Date::parse(text).map_or_else(|_| text.to_owned(), |date| date.display_words()),
    }
}

/// `2026年11月22日 09:15`, of an instant in a document; as it stands where it is none.
pub(super) fn instant(text: &str) -> String {
    Time::parse_rfc3339_china(text).map_or_else(|_| text.to_owned(), moment)
}

/// `2026年11月22日 09:15`, on the office's clock.
pub(super) fn moment(time: Time) -> String {
    time.display_china_words()
}
