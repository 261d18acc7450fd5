//! Records of reports by their keys, and which certificates cite one.
//!
//! ```text
//! index   "i/<tag of the id>/<tag of the organ>/<number of acceptance>"   value: number of acceptance, u8 1 where it is REPAIRED
//! tag     base64url of the first 16 (id) or 8 (organ) bytes of SHA-256("xinzheng/item-tag/v1" ‖ office ‖ 0 ‖ id)
//! ```
//!
//! The rows stand in the index alone and go when the document is erased; a rebuilt index reads them from the documents.
//! Every record of a document has one, disclosed or not. Commitments and advice have no item id.

use verifier::base64;
use verifier::hash::tagged;

use crate::document::Document;
use crate::document::report::section::{Flags, Sections};
use crate::document::vocabulary::Flag;
use crate::office::Office;
use crate::refusal::{Refusal, RefusalCode};

/// What stands for a record: of its id, and of its organ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct ItemKey {
    item: [u8; 16],
    organ: [u8; 8],
}

/// A record that a document lists, as the office remembers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ItemRow {
    pub(crate) key: ItemKey,
    /// Where it stands in the document.
    pub(crate) at: String,
    /// Flagged REPAIRED.
    pub(crate) repaired: bool,
    /// Flagged OBJECTION_VERIFYING.
    pub(crate) verifying: bool,
}

/// A record that a document lists.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Cited<'a> {
    /// Its pointer in the document.
    pub at: String,
    /// Its id.
    pub item: &'a str,
    /// The code of the organ whose record it is; a judgment has none.
    pub organ: Option<&'a str>,
    /// Flagged REPAIRED.
    pub repaired: bool,
    /// Flagged OBJECTION_VERIFYING.
    pub verifying: bool,
}

impl Cited<'_> {
    /// Whether this is what `ITEM` or `ORGAN/ITEM` names.
    pub fn is(&self, written: &str) -> bool {
        written == self.item
            || written.strip_suffix(self.item).and_then(|rest| rest.strip_suffix('/'))
                == Some(self.organ.unwrap_or_default())
    }
}

/// Every record of a document that has an id, in the order of the document.
pub fn cited(document: &Document) -> Vec<Cited<'_>> {
    match document.report() {
        Some(report) => of_sections(&report.sections),
        None => Vec::new(),
    }
}

fn of_sections(sections: &Sections) -> Vec<Cited<'_>> {
    let mut out = Vec::with_capacity(sections.len());
    macro_rules! add {
        ($section:ident, $r:ident => $organ:expr, $flags:expr) => {
            out.extend(sections.$section.iter().enumerate().map(|(n, $r)| {
                let flags: Option<&Flags> = $flags;
                Cited {
                    at: format!("/sections/{}/{n}", stringify!($section)),
                    item: &$r.item_id,
                    organ: $organ,
                    repaired: flags.is_some_and(Flags::repaired),
                    verifying: flags.is_some_and(|flags| flags.has(Flag::ObjectionVerifying)),
                }
            }))
        };
    }
    add!(admin, r => Some(r.organ.uscc.as_str()), Some(&r.flags));
    add!(honest, r => Some(r.organ.uscc.as_str()), Some(&r.flags));
    add!(serious, r => Some(r.organ.uscc.as_str()), Some(&r.flags));
    add!(abnormal, r => Some(r.organ.uscc.as_str()), Some(&r.flags));
    add!(ratings, r => Some(r.rater.uscc.as_str()), None);
    add!(judgments, r => None, Some(&r.flags));
    add!(other, r => Some(r.organ.uscc.as_str()), Some(&r.flags));
    add!(local, r => Some(r.organ.uscc.as_str()), Some(&r.flags));
    out
}

/// A document that cites a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Citing {
    pub doc: u32,
    pub repaired: bool,
}

impl Office {
    /// What stands for a record.
    pub(crate) fn item_key(&self, item: &str, organ: Option<&str>) -> ItemKey {
        let tag = |text: &str| {
            let parts: [&[u8]; 3] = [self.origin().as_str().as_bytes(), &[0], text.as_bytes()];
            *tagged("xinzheng/item-tag/v1", &parts).as_bytes()
        };
        let (item, organ) = (tag(item), tag(organ.unwrap_or_default()));
        ItemKey {
            item: item.first_chunk().copied().unwrap_or_default(),
            organ: organ.first_chunk().copied().unwrap_or_default(),
        }
    }

    /// The records of a document, as the office remembers them.
    pub(crate) fn item_rows(&self, document: &Document) -> Vec<ItemRow> {
        let row = |one: Cited<'_>| ItemRow {
            key: self.item_key(one.item, one.organ),
            at: one.at,
            repaired: one.repaired,
            verifying: one.verifying,
        };
        cited(document).into_iter().map(row).collect()
    }

    /// Documents that cite a record, in the order of acceptance.
    pub(super) fn citing(&self, key: &ItemKey) -> Result<Vec<Citing>, Refusal> {
        let mut out = Vec::new();
        self.each_citing(&key.prefix(), |citing| out.push(citing))?;
        out.sort_unstable();
        out.dedup();
        Ok(out)
    }

    /// The record that `ITEM` or `ORGAN/ITEM` names: id and organ. Of a bare id, the one that certificates cite.
    ///
    /// # Errors
    /// `REPAIR_ITEM` where no certificate cites it and no organ is named; `REPAIR_ITEM_AMBIGUOUS` where records of
    /// several organs have this id.
    pub(super) fn resolve_item(&self, written: &str) -> Result<(String, Option<String>), Refusal> {
        let written = crate::office::casework::said("/item", written, super::steps::ITEM_MAX)?;
        if let Some((organ, item)) = written.split_once('/')
            && !item.is_empty()
            && (organ.is_empty() || crate::code::UnifiedCode::parse(organ).is_ok())
        {
            let organ = Some(organ).filter(|organ| !organ.is_empty());
            return Ok((item.to_owned(), organ.map(str::to_owned)));
        }
        let mut first_of: std::collections::BTreeMap<Vec<u8>, u32> = std::collections::BTreeMap::new();
        let prefix = self.item_key(&written, None).item_prefix();
        let length = prefix.len();
        self.each_row(&prefix, |name, citing| {
            let organ = name.get(length..length + ORGAN_TAG).unwrap_or_default().to_vec();
            first_of.entry(organ).or_insert(citing.doc);
        })?;
        let mut organs = Vec::new();
        for doc in first_of.values() {
            let found = self.with_document(*doc, |document| {
                let records = cited(document);
                let one = records.into_iter().find(|one| one.item == written);
                one.map(|one| one.organ.map(str::to_owned))
            })?;
            organs.extend(found.flatten());
        }
        match organs.as_slice() {
            [] => Err(Refusal::new(RefusalCode::RepairItem).at("/item").found(&written)),
            [one] => Ok((written, one.clone())),
            several => {
                let forms: Vec<String> = several
                    .iter()
                    .map(|organ| format!("{}/{written}", organ.as_deref().unwrap_or_default()))
                    .collect();
                Err(Refusal::new(RefusalCode::RepairItemAmbiguous)
                    .at("/item")
                    .found(&written)
                    .right(forms.join(", ")))
            }
        }
    }

    fn each_citing(&self, prefix: &[u8], mut visit: impl FnMut(Citing)) -> Result<(), Refusal> {
        self.each_row(prefix, |_, citing| visit(citing))
    }

    fn each_row(&self, prefix: &[u8], mut visit: impl FnMut(&[u8], Citing)) -> Result<(), Refusal> {
        let mut after: Option<Vec<u8>> = None;
        loop {
            let rows = self.index_rows(prefix, after.as_deref(), crate::index::SCAN_MAX)?;
            for (name, value) in &rows {
                if let Some((doc, [flag])) = value.split_first_chunk::<4>() {
                    visit(name, Citing { doc: u32::from_be_bytes(*doc), repaired: *flag == 1 });
                }
            }
            match rows.into_iter().last() {
                Some((name, _)) => after = Some(name),
                None => return Ok(()),
            }
        }
    }
}

/// Characters of an organ's tag in a row's name.
const ORGAN_TAG: usize = 11;

impl ItemKey {
    fn item_prefix(&self) -> Vec<u8> {
        format!("i/{}/", base64::encode_url(&self.item)).into_bytes()
    }

    fn prefix(&self) -> Vec<u8> {
        let mut out = self.item_prefix();
        out.extend(base64::encode_url(&self.organ).into_bytes());
        out.push(b'/');
        out
    }

    /// The row of a document in the index.
    pub(crate) fn row(&self, doc: u32, repaired: bool) -> (Vec<u8>, Vec<u8>) {
        let mut name = self.prefix();
        name.extend(format!("{doc:08x}").into_bytes());
        (name, [&doc.to_be_bytes()[..], &[u8::from(repaired)]].concat())
    }
}
