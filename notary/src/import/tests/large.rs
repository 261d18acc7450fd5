//! A table far larger than memory should ever hold: made while it is read, so that what is kept can be counted.

use std::io::{Read, Result as IoResult, Seek, SeekFrom};

use super::*;

const HEAD: &str = "承诺编码,承诺人名称,承诺人类别,承诺人代码,承诺类型,承诺事由,承诺内容,违诺责任,承诺作出日期,承诺有效期,\
    承诺履行状态,未履行的承诺内容,违诺责任追究内容,承诺履行状态认定日期,认定单位,认定单位代码,承诺受理单位,承诺受理单位代码,公开类型,备注\n";
/// One in so many rows has a code that fails its check.
const BAD: u64 = 100;

/// A CSV file of so many rows, none of which lies anywhere.
struct Endless {
    rows: u64,
    at: u64,
    /// Bytes that were read so far, over all passes.
    read: u64,
}

impl Endless {
    fn new(rows: u64) -> Endless {
        Endless { rows, at: 0, read: 0 }
    }

    fn row(n: u64) -> String {
        let code = if n.is_multiple_of(BAD) { "91619900MA0DEM0132" } else { "91619900MA0DEM021U" };
        let text = "承诺所提交材料真实";
        format!(
            "61990020261120{n:06},渭水样例食品有限公司,法人及非法人组织,{code},主动型,办理食品经营许可,{text},自愿接受依法处理,\
             2026/11/20,2027-11-19,,,,,,,示例县行政审批服务局,11619900990000068X,可向社会公开,\n"
        )
    }

    /// Every row has the same length.
    fn width() -> u64 {
        Endless::row(1).len() as u64
    }

    fn length(&self) -> u64 {
        HEAD.len() as u64 + self.rows * Endless::width()
    }
}

impl Read for Endless {
    fn read(&mut self, to: &mut [u8]) -> IoResult<usize> {
        let head = HEAD.len() as u64;
        let (text, within) = match self.at.checked_sub(head) {
            None => (HEAD.to_owned(), self.at),
            Some(_) if self.at >= self.length() => return Ok(0),
            Some(below) => (Endless::row(below / Endless::width() + 1), below % Endless::width()),
        };
        let rest = &text.as_bytes()[within as usize..];
        let some = rest.len().min(to.len());
        to[..some].copy_from_slice(&rest[..some]);
        (self.at, self.read) = (self.at + some as u64, self.read + some as u64);
        Ok(some)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> IoResult<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length().checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| std::io::Error::from(std::io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// Counts, and keeps nothing.
#[derive(Default)]
struct Counter {
    accepted: u64,
    refused: Vec<u64>,
    most: usize,
    progress: u64,
}

impl Taker for Counter {
    type Error = Broken;
    type Receipt = ();

    fn take(&mut self, rows: &[GoodRow]) -> Result<Vec<Taken<()>>, Broken> {
        self.most = self.most.max(rows.len());
        Ok(rows.iter().map(|_| Ok(())).collect())
    }

    fn names(&mut self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, Broken> {
        Ok(vec![Vec::new(); codes.len()])
    }

    fn accepted(&mut self, _: GoodRow, _: ()) -> Result<(), Broken> {
        self.accepted += 1;
        Ok(())
    }

    fn refused(&mut self, row: BadRow) -> Result<(), Broken> {
        self.refused.push(row.row);
        Ok(())
    }

    fn progress(&mut self, done: u64, _: u64) {
        self.progress = done;
    }
}

#[test]
fn a_million_rows_are_refused_before_anything_is_taken_and_no_further_read_than_the_limit() {
    let mut file = Endless::new(1_000_000);
    assert!(file.length() < BYTES_MAX);
    let refused = Table::open(&mut file).err().unwrap();
    assert_eq!(refused.code(), crate::refusal::RefusalCode::TableRows);
    // The first pass finds out the encoding, and reads all of it; the second stops at the limit.
    let limit = HEAD.len() as u64 + (ROWS_MAX + 1) * Endless::width();
    assert!(file.read <= file.length() + limit + (1 << 20), "{} bytes were read", file.read);
}

#[test]
fn as_many_rows_as_may_be_are_taken_by_the_handful() {
    let rows: u64 = std::env::var("XINZHENG_ROWS").ok().and_then(|n| n.parse().ok()).unwrap_or(20_000);
    assert!(rows <= ROWS_MAX);
    let mut table = Table::open(Endless::new(rows)).unwrap();
    assert_eq!(table.rows(), rows);
    let mut counter = Counter::default();
    let summary = run(&mut table, &Whitelist::default(), &mut counter).map_err(|broken| broken.0).unwrap();
    assert_eq!((summary.rows, counter.progress), (rows, rows));
    assert_eq!(counter.refused.len() as u64, rows / BAD);
    assert_eq!(counter.accepted, rows - rows / BAD);
    assert!(counter.most <= HANDFUL);
    // Row 1 of the file is the head.
    assert!(counter.refused.iter().all(|row| (row - 1).is_multiple_of(BAD)));
}
