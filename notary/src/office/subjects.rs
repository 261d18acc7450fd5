//! What the office knows of subjects: one code with several names, one name with several codes, old codes and new ones.
//!
//! ```text
//! index   "c/<code>/<name>/<doc>"   tags, as in `holder`: the names of a code, each found without reading all its documents
//!         "m/<name>/<code>/<doc>"   organisations alone: the codes of a name
//! D/subjects/whitelist.csv          pairs of code and name that are right although they are not alone
//! D/subjects/aliases.csv            旧代码,新代码,依据,证据摘要: after a correction or a merger both mean one subject
//! ```
//!
//! The rows go when the document is erased. The files are imported whole, in place of the ones before. A certificate that
//! was issued under an old code stays as it is and is found under the new one. Natural persons are never here.

use std::collections::{BTreeMap, BTreeSet};

use verifier::base64;
use verifier::core::Holder;
use verifier::hash::tagged;
use verifier::number::CertificateNumber;
use verifier::registry::HolderKind;

use super::Office;
use super::accept::internal;
use super::holder::holder_name;
use crate::code::UnifiedCode;
use crate::import::Whitelist;
use crate::refusal::{Refusal, RefusalCode};

/// Names of a code, and codes of a name, that are told.
pub const TOLD_MAX: usize = 8;
/// Bytes of a whitelist or a table of aliases.
pub const SUBJECTS_MAX: usize = 32 << 20;
/// Aliases of an office.
pub const ALIASES_MAX: usize = 50_000;
/// Codes that one subject may have had.
const CODES_EACH: usize = 8;
const WHITELIST: &str = "subjects/whitelist.csv";
const ALIASES: &str = "subjects/aliases.csv";

/// What stands for a document's holder in the index.
#[derive(Clone, Debug)]
pub(super) struct HolderTags {
    code: String,
    name: String,
    kind: HolderKind,
}

impl HolderTags {
    /// The keys of its rows.
    pub(super) fn keys(&self, doc: u32) -> Vec<Vec<u8>> {
        let HolderTags { code, name, kind } = self;
        let mut keys = vec![holder_name(code, doc)];
        if *kind != HolderKind::Person {
            keys.push(format!("c/{code}/{name}/{doc:08x}").into_bytes());
        }
        if matches!(kind, HolderKind::Org | HolderKind::GovOrg) {
            keys.push(format!("m/{name}/{code}/{doc:08x}").into_bytes());
        }
        keys
    }
}

/// Old codes and new ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    /// Old → new.
    pairs: BTreeMap<String, String>,
}

impl Aliases {
    /// Reads `旧代码,新代码,依据,证据摘要` lines, UTF-8, with or without a head. The digest of the evidence is
    /// `sha256:` and 64 digits.
    ///
    /// # Errors
    /// `TABLE_ENCODING`, `TABLE_FILE`, `TABLE_ROWS`; `CODE_…`, `CELL_MISSING`, `ALIAS_BAD` with the row.
    pub fn parse(bytes: &[u8]) -> Result<Aliases, Refusal> {
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
            .map_err(|_| Refusal::new(RefusalCode::TableEncoding).found(1))?;
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut pairs = BTreeMap::new();
        for (n, record) in reader.records().enumerate() {
            let record = record.map_err(|error| Refusal::new(RefusalCode::TableFile).found(error))?;
            let row = format!("row {}", n + 1);
            let cell = |place: usize| record.get(place).unwrap_or_default().trim();
            if (n == 0 && cell(0).ends_with("代码")) || record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if pairs.len() == ALIASES_MAX {
                return Err(Refusal::new(RefusalCode::TableRows).right(ALIASES_MAX));
            }
            let code =
                |place: usize| UnifiedCode::parse_typed(cell(place)).map_err(|fault| fault.refusal(&row));
            let (old, new) = (code(0)?, code(1)?);
            if !is_digest(cell(3)) {
                let right = "sha256:<64 hex digits>";
                return Err(Refusal::new(RefusalCode::CellMissing).at(row).right(right));
            }
            let bad = || Refusal::new(RefusalCode::AliasBad).at(row.clone()).found(&old);
            if old == new || pairs.insert(old.to_string(), new.to_string()).is_some() {
                return Err(bad());
            }
        }
        let aliases = Aliases { pairs };
        // A chain that comes back to where it began names no present code.
        for old in aliases.pairs.keys() {
            let mut seen = BTreeSet::from([old]);
            let mut at = aliases.pairs.get(old);
            while let Some(next) = at {
                if !seen.insert(next) || seen.len() > CODES_EACH {
                    return Err(Refusal::new(RefusalCode::AliasBad).found(old));
                }
                at = aliases.pairs.get(next);
            }
        }
        Ok(aliases)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The code itself, and every code that led to it; not what it led to: whoever holds an old code holds what is old.
    pub fn with_old(&self, code: &UnifiedCode) -> Vec<UnifiedCode> {
        let mut all = vec![code.clone()];
        let mut at = 0;
        while let Some(one) = all.get(at).cloned() {
            at += 1;
            let olds = self.pairs.iter().filter(|(_, new)| *new == one.as_str());
            for old in olds.filter_map(|(old, _)| UnifiedCode::parse(old).ok()) {
                if all.len() < CODES_EACH && !all.contains(&old) {
                    all.push(old);
                }
            }
        }
        all
    }
}

/// `sha256:` and 64 digits.
fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:")
        .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
}

impl Office {
    /// What stands for a holder in the index.
    pub(super) fn holder_tags(&self, holder: &Holder) -> HolderTags {
        HolderTags {
            code: self.holder_tag(holder.code()),
            name: self.name_tag(holder.name()),
            kind: holder.kind(),
        }
    }

    fn name_tag(&self, name: &str) -> String {
        let hash = tagged("xinzheng/holder-name/v1", &[self.origin.as_str().as_bytes(), name.as_bytes()]);
        base64::encode_url(hash.as_bytes())
    }

    /// The names under which documents of the office know these codes: at most [`TOLD_MAX`] each, every name once.
    ///
    /// # Errors
    /// `LIST_LONG`; damage that is found on the way.
    pub fn names_of(&self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, Refusal> {
        let prefixes = codes.iter().map(|code| format!("c/{}/", self.holder_tag(code.as_str())));
        self.each_other(prefixes, |holder| holder.name().to_owned())
    }

    /// The codes under which documents of the office know organisations of these names: at most [`TOLD_MAX`] each.
    ///
    /// # Errors
    /// `LIST_LONG`; damage that is found on the way.
    pub fn codes_of(&self, names: &[String]) -> Result<Vec<Vec<String>>, Refusal> {
        let prefixes = names.iter().map(|name| format!("m/{}/", self.name_tag(name)));
        self.each_other(prefixes, |holder| holder.code().to_owned())
    }

    fn each_other(
        &self,
        prefixes: impl ExactSizeIterator<Item = String>,
        told: impl Fn(&Holder) -> String,
    ) -> Result<Vec<Vec<String>>, Refusal> {
        if prefixes.len() > super::AT_ONCE_MAX {
            return Err(Refusal::new(RefusalCode::ListLong).found(prefixes.len()).right(super::AT_ONCE_MAX));
        }
        prefixes.map(|prefix| self.others(&prefix, &told)).collect()
    }

    /// Of each second tag below the prefix one document, and what it says.
    fn others(&self, prefix: &str, told: &impl Fn(&Holder) -> String) -> Result<Vec<String>, Refusal> {
        let mut found = BTreeSet::new();
        let mut after: Option<Vec<u8>> = None;
        for _ in 0..TOLD_MAX {
            let rows = self.indexed(self.index.scan_prefix(prefix.as_bytes(), after.as_deref(), 1))?;
            let Some((key, doc)) = rows.into_iter().next() else { break };
            let doc = doc.try_into().map(u32::from_be_bytes).map_err(|_| internal("a subject's row"))?;
            match self.core_of(doc) {
                Ok(core) => found.extend(core.holder().map(told)),
                // A row that a crash left behind.
                Err(refusal) if refusal.code() == RefusalCode::Erased => {}
                Err(refusal) => return Err(refusal),
            }
            // Past every document of this tag: `~` is greater than any digit.
            let cut = key.len().saturating_sub(8);
            after = Some([&key[..cut], b"~"].concat());
        }
        Ok(found.into_iter().collect())
    }

    /// The office's own whitelist.
    ///
    /// # Errors
    /// What is wrong with the file, `DISK_…`.
    pub fn whitelist(&self) -> Result<Whitelist, Refusal> {
        Whitelist::parse(&self.whitelist_file()?)
    }

    /// The same as it was imported; empty where there is none.
    ///
    /// # Errors
    /// `DISK_…`.
    pub fn whitelist_file(&self) -> Result<Vec<u8>, Refusal> {
        Ok(self.disk.read(WHITELIST, SUBJECTS_MAX)?.unwrap_or_default())
    }

    /// A holder's certificates under its code and under earlier ones, as [`Office::certificates_of`] has each.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn certificates_of_subject(
        &self,
        holder: &UnifiedCode,
    ) -> Result<Vec<(CertificateNumber, Option<u64>)>, Refusal> {
        let mut all = Vec::new();
        for code in self.aliases()?.with_old(holder) {
            all.extend(self.certificates_of(&code)?);
        }
        Ok(all)
    }

    /// Whether the certificate is this holder's, under its code or an earlier one.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn holds_as_subject(
        &self,
        holder: &UnifiedCode,
        number: &CertificateNumber,
    ) -> Result<bool, Refusal> {
        if self.holds(holder, number)? {
            return Ok(true);
        }
        for code in self.aliases()?.with_old(holder).iter().skip(1) {
            if self.holds(code, number)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes a whitelist in, in place of the one before; how many pairs it has.
    ///
    /// # Errors
    /// As [`Whitelist::parse_proven`]; `DISK_…`.
    pub fn import_whitelist(&self, bytes: &[u8]) -> Result<usize, Refusal> {
        let list = Whitelist::parse_proven(bytes)?;
        self.disk.replace(WHITELIST, bytes)?;
        Ok(list.len())
    }

    /// Old codes and new ones.
    ///
    /// # Errors
    /// What is wrong with the file, `DISK_…`.
    pub fn aliases(&self) -> Result<Aliases, Refusal> {
        match self.disk.read(ALIASES, SUBJECTS_MAX)? {
            Some(bytes) => Aliases::parse(&bytes),
            None => Ok(Aliases::default()),
        }
    }

    /// Takes a table of aliases in, in place of the one before.
    ///
    /// # Errors
    /// As [`Aliases::parse`]; `DISK_…`.
    pub fn import_aliases(&self, bytes: &[u8]) -> Result<Aliases, Refusal> {
        let aliases = Aliases::parse(bytes)?;
        self.disk.replace(ALIASES, bytes)?;
        Ok(aliases)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "91619900MA0DEM0131";
    const NEW: &str = "91619900MA0DEM021U";
    const NEWEST: &str = "91619900MA0DEM03XK";

    fn digest() -> String {
        format!("sha256:{}", "0a".repeat(32))
    }

    #[test]
    fn an_old_code_is_found_under_every_later_one() {
        let text =
            format!("旧代码,新代码,依据,证据摘要\n{OLD},{NEW},换证,{0}\n{NEW},{NEWEST},合并,{0}\n", digest());
        let aliases = Aliases::parse(text.as_bytes()).unwrap();
        let all = |code: &str| {
            let code = UnifiedCode::parse(code).unwrap();
            aliases.with_old(&code).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(all(NEWEST), [NEWEST, NEW, OLD]);
        assert_eq!(all(NEW), [NEW, OLD]);
        assert_eq!(all(OLD), [OLD]);
    }

    #[test]
    fn what_names_no_present_code_or_has_no_evidence_is_refused() {
        let refused = |text: String| Aliases::parse(text.as_bytes()).unwrap_err().code();
        let d = digest();
        assert_eq!(refused(format!("{OLD},{OLD},x,{d}")), RefusalCode::AliasBad);
        assert_eq!(refused(format!("{OLD},{NEW},x,{d}\n{NEW},{OLD},x,{d}")), RefusalCode::AliasBad);
        assert_eq!(refused(format!("{OLD},{NEW},x,{d}\n{OLD},{NEWEST},x,{d}")), RefusalCode::AliasBad);
        assert_eq!(refused(format!("{OLD},{NEW},x,")), RefusalCode::CellMissing);
        assert_eq!(refused(format!("{OLD},{NEW},x,sha256:00")), RefusalCode::CellMissing);
        assert_eq!(refused(format!("{OLD},91619900MA0DEM0132,x,{d}")), RefusalCode::CodeCheck);
        assert!(Aliases::parse(b"").unwrap().is_empty());
    }
}
