//! One code with several subjects (一码多赋), one subject with several codes (重复赋码): found among the rows of a file
//! and against what the office knows.
//!
//! ```text
//! CODE_MANY_SUBJECTS  91619900MA0DEM0131  秦岭示范机械有限公司（row 2）、秦岭机械有限公司（row 9）
//! ```
//!
//! A finding is a warning: which of the two is right only the office that gave the code out can say. Pairs on the
//! whitelist (merged registrations, renamed subjects) are no longer told. Natural persons are left out, and sole traders
//! too where the name is the key: many small shops have the same one.

use std::collections::{BTreeMap, BTreeSet};

use verifier::registry::HolderKind;

use super::FINDINGS_MAX;
use crate::code::UnifiedCode;
use crate::refusal::{Refusal, RefusalCode};

/// The most lines of a whitelist.
pub const WHITELIST_MAX: usize = 200_000;

/// Pairs of code and name that are known to be right although they are not alone.
#[derive(Clone, Debug, Default)]
pub struct Whitelist {
    pairs: BTreeSet<(String, String)>,
}

impl Whitelist {
    /// Reads `统一社会信用代码,机构名称` lines (more columns may follow: the basis), UTF-8, with or without a head.
    ///
    /// # Errors
    /// What is wrong with a code, with its row; `TABLE_ENCODING`, `TABLE_ROWS`, `CELL_MISSING`.
    pub fn parse(bytes: &[u8]) -> Result<Whitelist, Refusal> {
        let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
            .map_err(|_| Refusal::new(RefusalCode::TableEncoding).found(1))?;
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
        let mut pairs = BTreeSet::new();
        for (n, record) in reader.records().enumerate() {
            if n > WHITELIST_MAX {
                return Err(Refusal::new(RefusalCode::TableRows).right(WHITELIST_MAX));
            }
            let record = record.map_err(|error| Refusal::new(RefusalCode::TableFile).found(error))?;
            let (code, name) = (record.get(0).unwrap_or_default(), record.get(1).unwrap_or_default().trim());
            let row = format!("row {}", n + 1);
            if n == 0 && code.trim().ends_with("代码") || record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let code = UnifiedCode::parse_typed(code).map_err(|fault| fault.refusal(&row))?;
            if name.is_empty() {
                return Err(Refusal::new(RefusalCode::CellMissing).at(row).right("机构名称"));
            }
            pairs.insert((code.to_string(), name.to_string()));
        }
        Ok(Whitelist { pairs })
    }

    /// Reads a list that an office keeps: as [`Whitelist::parse`], and every line has the digest of its evidence,
    /// `sha256:` and 64 digits, as its last cell.
    ///
    /// # Errors
    /// As [`Whitelist::parse`]; `CELL_MISSING` where there is no digest.
    pub fn parse_proven(bytes: &[u8]) -> Result<Whitelist, Refusal> {
        let list = Whitelist::parse(bytes)?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text);
        for (n, record) in reader.records().enumerate() {
            let record = record.map_err(|error| Refusal::new(RefusalCode::TableFile).found(error))?;
            let head = n == 0 && record.get(0).is_some_and(|cell| cell.trim().ends_with("代码"));
            if head || record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let digest = record.iter().next_back().unwrap_or_default().trim();
            let hex = digest.strip_prefix("sha256:").unwrap_or_default();
            if hex.len() != 64 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
                let row = format!("row {}", n + 1);
                return Err(Refusal::new(RefusalCode::CellMissing).at(row).right("sha256:<64 hex digits>"));
            }
        }
        Ok(list)
    }

    /// How many pairs it has.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn has(&self, code: &str, name: &str) -> bool {
        self.pairs.contains(&(code.to_string(), name.to_string()))
    }
}

/// Something about subjects that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `CODE_MANY_SUBJECTS`, `SUBJECT_MANY_CODES`, `CODE_INNER_CHECK`.
    pub refusal: Refusal,
    /// The first row that it shows in.
    pub row: u64,
}

/// What is known of subjects: who has which code, and where that was seen first (0: in the office).
#[derive(Default)]
pub(super) struct Subjects {
    by_code: BTreeMap<String, Vec<(String, u64)>>,
    by_name: BTreeMap<String, Vec<(String, u64)>>,
    inner: BTreeMap<String, u64>,
}

impl Subjects {
    /// A code, its name and the row that they stand in.
    pub fn saw(&mut self, code: &UnifiedCode, name: &str, kind: HolderKind, row: u64) {
        let keep = |list: &mut Vec<(String, u64)>, what: &str| {
            if !list.iter().any(|(known, _)| known == what) {
                list.push((what.to_string(), row));
            }
        };
        keep(self.by_code.entry(code.to_string()).or_default(), name);
        if kind == HolderKind::Org {
            keep(self.by_name.entry(name.to_string()).or_default(), code.as_str());
        }
        if row > 0 && !code.inner_check_holds() {
            self.inner.entry(code.to_string()).or_insert(row);
        }
    }

    /// The first findings, and how many there are.
    pub fn findings(&self, whitelist: &Whitelist) -> (Vec<Finding>, u64) {
        let mut findings = Vec::new();
        let mut count = 0;
        let mut tell = |code: RefusalCode, key: &str, several: Option<&[(String, u64)]>, row: u64| {
            count += 1;
            if findings.len() < FINDINGS_MAX {
                let listed: Vec<String> = several.unwrap_or_default().iter().take(5).map(named).collect();
                let refusal = Refusal::new(code).found(key).right(listed.join("、"));
                findings.push(Finding { refusal, row });
            }
        };
        for (code, names) in &self.by_code {
            let open = |name: &str| !whitelist.has(code, name);
            several(names, open, |row| tell(RefusalCode::CodeManySubjects, code, Some(names), row));
        }
        for (name, codes) in &self.by_name {
            let open = |code: &str| !whitelist.has(code, name);
            several(codes, open, |row| tell(RefusalCode::SubjectManyCodes, name, Some(codes), row));
        }
        for (code, row) in &self.inner {
            tell(RefusalCode::CodeInnerCheck, code, None, *row);
        }
        (findings, count)
    }
}

/// Tells the row of the second one, where two or more are not on the whitelist, one of them in the file.
fn several(list: &[(String, u64)], open: impl Fn(&str) -> bool, tell: impl FnOnce(u64)) {
    let unlisted: Vec<u64> = list.iter().filter(|(one, _)| open(one)).map(|(_, row)| *row).collect();
    let shows = unlisted.iter().skip(1).copied().find(|row| *row > 0);
    if let Some(row) = shows {
        tell(row);
    }
}

fn named((what, row): &(String, u64)) -> String {
    match row {
        0 => format!("{what}（已有）"),
        row => format!("{what}（row {row}）"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(pairs: &[(&str, &str, HolderKind)]) -> Subjects {
        let mut subjects = Subjects::default();
        for (row, (code, name, kind)) in pairs.iter().enumerate() {
            subjects.saw(&UnifiedCode::parse(code).unwrap(), name, *kind, row as u64 + 2);
        }
        subjects
    }

    fn codes(subjects: &Subjects, whitelist: &Whitelist) -> Vec<(RefusalCode, u64)> {
        subjects.findings(whitelist).0.iter().map(|f| (f.refusal.code(), f.row)).collect()
    }

    const ONE: &str = "91619900MA0DEM0131";
    const TWO: &str = "91619900MA0DEM021U";
    const SOLE: &str = "92619900MA0DEM048G";

    #[test]
    fn one_code_for_two_and_two_codes_for_one_are_told_once_each() {
        let none = Whitelist::default();
        let org = HolderKind::Org;
        assert!(codes(&subjects(&[(ONE, "甲", org), (TWO, "乙", org), (ONE, "甲", org)]), &none).is_empty());
        let two_names = subjects(&[(ONE, "甲", org), (ONE, "乙", org), (ONE, "乙", org)]);
        assert_eq!(codes(&two_names, &none), [(RefusalCode::CodeManySubjects, 3)]);
        let two_codes = subjects(&[(ONE, "甲", org), (TWO, "甲", org)]);
        assert_eq!(codes(&two_codes, &none), [(RefusalCode::SubjectManyCodes, 3)]);
        // Two shops may have one name.
        assert!(
            codes(&subjects(&[(SOLE, "小吃店", HolderKind::Sole), (ONE, "小吃店", org)]), &none).is_empty()
        );
        let inner = subjects(&[("91619900MA0DEM0144", "甲", org)]);
        assert_eq!(codes(&inner, &none), [(RefusalCode::CodeInnerCheck, 2)]);
    }

    #[test]
    fn a_pair_on_the_whitelist_is_not_told() {
        let org = HolderKind::Org;
        let list = |text: &str| Whitelist::parse(text.as_bytes()).unwrap();
        let two = subjects(&[(ONE, "甲", org), (ONE, "乙", org)]);
        assert!(codes(&two, &list(&format!("统一社会信用代码,机构名称,依据\n{ONE},乙,更名\n"))).is_empty());
        assert!(codes(&two, &list(&format!("\u{feff}{ONE},甲\r\n{ONE},乙"))).is_empty());
        assert_eq!(codes(&two, &list(&format!("{TWO},乙"))).len(), 1);
        let three = subjects(&[(ONE, "甲", org), (ONE, "乙", org), (ONE, "丙", org)]);
        assert_eq!(codes(&three, &list(&format!("{ONE},乙"))).len(), 1);
        let refused = |text: &[u8]| Whitelist::parse(text).unwrap_err();
        assert_eq!(refused(b"91619900MA0DEM0132,A").code(), RefusalCode::CodeCheck);
        assert_eq!(refused(format!("{ONE},").as_bytes()).where_(), "row 1");
        assert_eq!(refused(b"\xff\xff").code(), RefusalCode::TableEncoding);
    }
}
