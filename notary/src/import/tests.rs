//! The samples, tables made at random, tables spoilt at random, and what spreadsheets do to codes.

mod hostile;
mod large;
mod made;
mod sampled;

use std::convert::Infallible;
use std::io::Cursor;

use super::*;
use crate::code::UnifiedCode;
use crate::document::Document;
use crate::refusal::Refusal;

/// Takes everything that reads as a document on the day of the samples.
#[derive(Default)]
struct Notebook {
    accepted: Vec<(GoodRow, Document)>,
    refused: Vec<BadRow>,
    progress: Vec<(u64, u64)>,
    /// Codes and names that the office knows already.
    known: Vec<(&'static str, &'static str)>,
    asked: Vec<UnifiedCode>,
}

/// An import can't fail here but by the table.
#[derive(Debug)]
struct Broken(Refusal);

impl From<Refusal> for Broken {
    fn from(refusal: Refusal) -> Broken {
        Broken(refusal)
    }
}

impl From<Infallible> for Broken {
    fn from(never: Infallible) -> Broken {
        match never {}
    }
}

impl Taker for Notebook {
    type Error = Broken;
    type Receipt = Document;

    fn take(&mut self, rows: &[GoodRow]) -> Result<Vec<Taken<Document>>, Broken> {
        assert!(rows.len() <= HANDFUL);
        let told = |refusal: Refusal| {
            let (zh, en) =
                (refusal.message(crate::refusal::Lang::Zh), refusal.message(crate::refusal::Lang::En));
            Fault::told(refusal.code().as_str(), refusal.where_(), &zh, &en)
        };
        Ok(rows.iter().map(|row| crate::samples::parse(&row.document).map_err(told)).collect())
    }

    fn names(&mut self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, Broken> {
        for code in codes {
            assert!(!self.asked.contains(code), "asked twice for {code}");
        }
        self.asked.extend_from_slice(codes);
        let known = |code: &UnifiedCode| -> Vec<String> {
            let of_code = self.known.iter().filter(|(known, _)| *known == code.as_str());
            of_code.map(|(_, name)| (*name).to_string()).collect()
        };
        Ok(codes.iter().map(known).collect())
    }

    fn accepted(&mut self, row: GoodRow, document: Document) -> Result<(), Broken> {
        self.accepted.push((row, document));
        Ok(())
    }

    fn refused(&mut self, row: BadRow) -> Result<(), Broken> {
        self.refused.push(row);
        Ok(())
    }

    fn progress(&mut self, done: u64, of: u64) {
        self.progress.push((done, of));
    }
}

/// Imports these bytes.
fn import(bytes: &[u8]) -> Result<(Notebook, Summary), Refusal> {
    let mut table = Table::open(Cursor::new(bytes))?;
    let mut notebook = Notebook::default();
    let summary = run(&mut table, &Whitelist::default(), &mut notebook).map_err(|Broken(refusal)| refusal)?;
    assert_eq!(summary.accepted, notebook.accepted.len() as u64);
    assert_eq!(summary.refused, notebook.refused.len() as u64);
    assert_eq!(summary.rows, summary.accepted + summary.refused);
    assert_eq!(summary.rows, table.rows());
    Ok((notebook, summary))
}

/// A table of these rows under the layout's head.
fn table(rows: &[Vec<String>], format: Format) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()), format).unwrap();
    writer.row(Column::ALL.map(Column::title)).unwrap();
    for row in rows {
        writer.row(row.iter().map(String::as_str)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A good row.
fn good(serial: u64) -> Vec<String> {
    [
        &format!("61990020261120{serial:06}"),
        "渭水样例食品有限公司",
        "法人及非法人组织",
        "91619900MA0DEM021U",
        "容缺受理型",
        "办理食品经营许可",
        "承诺所提交材料真实、合法、有效",
        "自愿接受依法处理",
        "2026-11-20",
        "2027-11-19",
        "",
        "",
        "",
        "",
        "",
        "",
        "示例县行政审批服务局",
        "11619900990000068X",
        "可向社会公开",
        "",
    ]
    .map(str::to_string)
    .to_vec()
}
