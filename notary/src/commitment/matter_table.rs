//! The catalogue of matters out of a file: CSV or XLSX with the titles of the catalogue, or JSON.
//!
//! ```text
//! 事项编码,事项名称,实施部门,实施部门代码,承诺类型,设定依据,样式编号,样式版本,核查期限,公开类型,不适用情形,适用领域,政务承诺类别
//! {"format":"xinzheng/matters/v1","matters":[{"code":"SX00001","name":"食品经营许可",…}]}
//! ```
//!
//! Good rows go in; of a bad one every fault is told with its row, column, value and reason, as the import of commitments
//! does. Encodings are as there. Not here: what a matter is made of (`matter`).

use std::collections::HashMap;
use std::io::Cursor;

use serde::Deserialize;

use super::matter::{Given, Matter, TITLES, Wrong};
use super::register::MATTERS_MAX;
use crate::import::{Cell, HEAD_ROWS_MAX, each_row};
use crate::refusal::{Refusal, RefusalCode};

/// Bytes of a file.
pub const MATTERS_FILE_MAX: usize = 16 << 20;
/// Titles without which a row is not the head.
const NEEDED: [usize; 7] = [0, 1, 2, 3, 4, 5, 9];

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMatter {
    /// The row as a spreadsheet numbers it; of JSON the place in the list, from 1.
    pub row: u64,
    /// The title, the value, the reason: at least one.
    pub faults: Vec<(&'static str, String, Refusal)>,
}

/// What a file came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MattersRead {
    /// Matters that are as they should be.
    pub good: Vec<Matter>,
    /// Rows that are not.
    pub bad: Vec<BadMatter>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    matters: Vec<Given>,
}

/// Reads a file. `known` says of a matter what is wrong with it beside its own words.
///
/// # Errors
/// `TABLE_…` where the file is no table; `JSON_SYNTAX`; `LIST_LONG`.
pub(super) fn read(bytes: &[u8], known: &dyn Fn(&Matter) -> Vec<Wrong>) -> Result<MattersRead, Refusal> {
    if bytes.len() > MATTERS_FILE_MAX {
        return Err(Refusal::new(RefusalCode::TableLarge).found(bytes.len()).right(MATTERS_FILE_MAX));
    }
    let given = match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
        Some(b'{') => from_json(bytes)?,
        _ => from_table(bytes)?,
    };
    let (mut read, mut rows) = (MattersRead::default(), HashMap::new());
    for (row, given) in given {
        match given.read() {
            Err(faults) => read.bad.push(BadMatter { row, faults }),
            Ok(matter) => {
                let mut faults = known(&matter);
                if let Some(first) = rows.insert(matter.code.clone(), row) {
                    let refusal = Refusal::new(RefusalCode::CommitmentTwice).found(&matter.code).right(first);
                    faults.push((TITLES[0], matter.code.clone(), refusal));
                }
                match faults.is_empty() {
                    true => read.good.push(matter),
                    false => read.bad.push(BadMatter { row, faults }),
                }
            }
        }
    }
    Ok(read)
}

fn from_json(bytes: &[u8]) -> Result<Vec<(u64, Given)>, Refusal> {
    let file: File =
        serde_json::from_slice(bytes).map_err(|error| Refusal::new(RefusalCode::JsonSyntax).found(error))?;
    if file.format != "xinzheng/matters/v1" {
        return Err(Refusal::new(RefusalCode::MatterBad)
            .at("/format")
            .found(file.format)
            .right("xinzheng/matters/v1"));
    }
    many(file.matters.len())?;
    Ok((1..).zip(file.matters).collect())
}

fn many(count: usize) -> Result<(), Refusal> {
    match count > MATTERS_MAX {
        true => Err(Refusal::new(RefusalCode::ListLong).found(count).right(MATTERS_MAX)),
        false => Ok(()),
    }
}

fn from_table(bytes: &[u8]) -> Result<Vec<(u64, Given)>, Refusal> {
    let (mut head, mut looked): (Option<Vec<Option<usize>>>, usize) = (None, 0);
    let mut rows = Vec::new();
    each_row(Cursor::new(bytes), MATTERS_FILE_MAX as u64, &mut |row, cells| {
        let texts: Vec<String> = cells.iter().map(Cell::shown).collect();
        let Some(columns) = &head else {
            looked += 1;
            let plain = |text: &String| text.trim().trim_start_matches('*').trim().to_string();
            let columns: Vec<Option<usize>> =
                texts.iter().map(|text| TITLES.iter().position(|title| *title == plain(text))).collect();
            if NEEDED.iter().all(|needed| columns.contains(&Some(*needed))) {
                head = Some(columns);
            } else if looked >= HEAD_ROWS_MAX {
                return Err(no_head());
            }
            return Ok(());
        };
        let cell = |title: usize| {
            let place = columns.iter().position(|column| *column == Some(title));
            place.and_then(|place| texts.get(place)).map(|text| text.trim().to_string()).unwrap_or_default()
        };
        rows.push((
            row,
            Given {
                code: cell(0),
                name: cell(1),
                department: cell(2),
                department_code: cell(3),
                commitment_type: cell(4),
                basis: cell(5),
                template: cell(6),
                template_version: cell(7),
                check_within: cell(8),
                publicity: cell(9),
                excluded: cell(10),
                area: cell(11),
                government: cell(12),
            },
        ));
        many(rows.len())
    })?;
    match head {
        Some(_) => Ok(rows),
        None => Err(no_head()),
    }
}

fn no_head() -> Refusal {
    let titles: Vec<&str> = NEEDED.iter().filter_map(|n| TITLES.get(*n)).copied().collect();
    Refusal::new(RefusalCode::TableHeader).found(HEAD_ROWS_MAX).right(titles.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "SX00001,食品经营许可,示例县行政审批服务局,11619900990000068X,审批替代型,《示例办法》第三条,,,30日,可向社会公开,,市场主体准营,";

    fn table(rows: &[&str]) -> Vec<u8> {
        let mut text = format!("信用承诺事项清单\n{}\n", TITLES.join(","));
        rows.iter().for_each(|row| text += &format!("{row}\n"));
        text.into_bytes()
    }

    /// A row, and the title and code of each of its faults.
    type Told = (u64, Vec<(&'static str, RefusalCode)>);

    fn told(bytes: &[u8]) -> (usize, Vec<Told>) {
        let read = read(bytes, &|_| Vec::new()).unwrap();
        let bad = |bad: &BadMatter| {
            (bad.row, bad.faults.iter().map(|(title, _, refusal)| (*title, refusal.code())).collect())
        };
        (read.good.len(), read.bad.iter().map(bad).collect())
    }

    #[test]
    fn good_rows_go_in_and_of_bad_ones_every_fault_is_told() {
        let bad = "SX2,,局,11619900990000068Y,口头型,依据,CN-01,,三日,公开,安全,户籍,";
        let (good, told) = told(&table(&[GOOD, bad, GOOD]));
        assert_eq!(good, 1);
        assert_eq!(told[0].0, 4);
        let titles: Vec<&str> = told[0].1.iter().map(|(title, _)| *title).collect();
        assert_eq!(
            titles,
            [
                "事项名称",
                "实施部门代码",
                "承诺类型",
                "公开类型",
                "样式版本",
                "核查期限",
                "不适用情形",
                "适用领域"
            ]
        );
        assert_eq!(told[1], (5, vec![("事项编码", RefusalCode::CommitmentTwice)]));
    }

    #[test]
    fn json_and_gb18030_read_the_same() {
        let json = r#"{"format":"xinzheng/matters/v1","matters":[{"code":"SX00001","name":"食品经营许可",
            "department":"示例县行政审批服务局","department_code":"11619900990000068X","type":"APPROVAL_SUBSTITUTE",
            "basis":"《示例办法》第三条","check_within":"30","publicity":"PUBLIC","area":"MARKET_ENTRY"}]}"#;
        let utf8 = String::from_utf8(table(&[GOOD])).unwrap();
        let (gbk, ..) = encoding_rs::GB18030.encode(&utf8);
        let one = |bytes: &[u8]| read(bytes, &|_| Vec::new()).unwrap().good.pop().unwrap();
        assert_eq!(one(json.as_bytes()), one(utf8.as_bytes()));
        assert_eq!(one(json.as_bytes()), one(&gbk));
        let refused = |bytes: &[u8]| read(bytes, &|_| Vec::new()).unwrap_err().code();
        assert_eq!(refused(b"{}"), RefusalCode::JsonSyntax);
        assert_eq!(refused("甲,乙\n".as_bytes()), RefusalCode::TableHeader);
    }

    #[test]
    fn kinds_of_promises_go_with_organs_of_government() {
        let row = GOOD.replace("市场主体准营,", ",办理期限承诺");
        assert_eq!(told(&table(&[&row])).1[0].1, [("政务承诺类别", RefusalCode::MatterBad)]);
        let row = row.replace("审批替代型", "政务公开承诺");
        assert_eq!(told(&table(&[&row])).0, 1);
    }
}
