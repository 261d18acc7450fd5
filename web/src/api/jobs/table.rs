//! The table of a job: what stands in it, read forgivingly.
//!
//! ```text
//! 证书编号,查验码                         窗口码                                        二维码内容
//! 2026112240170938612531,5390217746      20261122401709386125315390217746              https://…/v#0047…
//! ```
//!
//! With or without a line of names, in UTF-8 (a byte order mark or none), UTF-16 or GB 18030, with commas, semicolons or
//! tabs. What a spreadsheet does to long numbers (`="2026…"`, an apostrophe, lost leading zeros of a check code) is
//! forgiven; what it has rounded (`2.02611E+21`) can't be, and the row says so. Not here: judging.

use actix_web::http::StatusCode;
use verifier::number::CheckCode;
use verifier::qr::fold;
use verifier::recognise::text_of;

use crate::problem::Problem;

/// Rows of a job.
pub const ROWS_MAX: usize = 5_000;
/// Bytes of a table: 5,000 QR texts and room for other columns.
pub const TABLE_BYTES: usize = 12 << 20;
/// Columns that are looked at.
const COLUMNS_MAX: usize = 64;
/// Bytes of one row.
const ROW_BYTES: usize = 16 << 10;

const NUMBER: [&str; 6] = ["证书编号", "编号", "number", "certificatenumber", "certificate", "certno"];
const CHECK_CODE: [&str; 5] = ["查验码", "校验码", "checkcode", "code", "check"];
const TEXT: [&str; 10] =
    ["窗口码", "二维码", "二维码内容", "扫码内容", "手机码", "离线码", "windowcode", "qr", "qrtext", "text"];

/// One row: its line in the table and what is to be verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Its line, counted from 1, the names among them.
    pub line: u64,
    /// As it goes to `intake`.
    pub text: String,
}

/// Which columns say what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Columns {
    /// Number and check code.
    Pair(usize, usize),
    /// One text.
    One(usize),
}

/// Reads a table.
///
/// # Errors
/// `TABLE_…` with the line: what is the matter with it as a whole. A single row that can't be used is the job's matter.
pub fn read(bytes: &[u8]) -> Result<Vec<TableRow>, Problem> {
    let text = text_of(bytes).ok_or_else(|| {
        bad(
            "TABLE_ENCODING",
            "表格的编码无法识别；请另存为 UTF-8 或 GB 18030 的 CSV",
            "the table's encoding is not known; save it as CSV in UTF-8 or GB 18030",
        )
    })?;
    // One kind of line end, so that lines are counted right.
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut columns = None;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record =
            record.map_err(|_| bad("TABLE_BAD", "表格不是合法的 CSV", "not a well-formed CSV table"))?;
        let line = record.position().map_or(0, |position| line_of(&text, position));
        if record.iter().all(str::is_empty) {
            continue;
        }
        if record.len() > COLUMNS_MAX || record.as_slice().len() > ROW_BYTES {
            return Err(bad("TABLE_ROW_LARGE", "这一行过长", "this row is too long").at(line.to_string()));
        }
        let columns = match columns {
            Some(columns) => columns,
            None => {
                let (found, is_head) = columns_of(&record)?;
                columns = Some(found);
                if is_head {
                    continue;
                }
                found
            }
        };
        if rows.len() == ROWS_MAX {
            return Err(bad(
                "TABLE_ROWS",
                "表格超过5000行；请分开提交",
                "more than 5,000 rows; send them in parts",
            )
            .at(line.to_string()));
        }
        rows.push(TableRow { line, text: text_in(&record, columns) });
    }
    match rows.is_empty() {
        true => Err(bad("TABLE_EMPTY", "表格里没有数据行", "there are no rows in the table")),
        false => Ok(rows),
    }
}

/// The columns by their names, or, where the first row has data, by their count.
fn columns_of(first: &csv::StringRecord) -> Result<(Columns, bool), Problem> {
    let names: Vec<String> = first.iter().map(name).collect();
    let find = |known: &[&str]| names.iter().position(|name| known.contains(&name.as_str()));
    match (find(&NUMBER), find(&CHECK_CODE), find(&TEXT)) {
        (Some(number), Some(check), _) => return Ok((Columns::Pair(number, check), true)),
        (_, _, Some(text)) => return Ok((Columns::One(text), true)),
        _ => {}
    }
    let data = |place: usize| {
        first.get(place).is_some_and(|cell| unmangled(cell).chars().any(|c| c.is_ascii_digit()))
    };
    if data(0)
        && first.len() >= 2
        && unmangled(first.get(1).unwrap_or_default()).len() <= CheckCode::LEN
        && data(1)
    {
        return Ok((Columns::Pair(0, 1), false));
    }
    if data(0) {
        return Ok((Columns::One(0), false));
    }
    Err(bad(
        "TABLE_COLUMNS",
        "没有找到所需的列；请用“证书编号、查验码”或“窗口码”或“二维码”作列名",
        "no column is known; name them \"number\" and \"check_code\", or \"window_code\", or \"qr\"",
    ))
}

/// A column's name without what people put around it.
fn name(cell: &str) -> String {
    let kept = fold(cell).to_ascii_lowercase();
    let end = kept.find(['(', '（']).unwrap_or(kept.len());
    kept.get(..end).unwrap_or_default().replace(['_', '-', '*', '"', '\''], "")
}

fn text_in(record: &csv::StringRecord, columns: Columns) -> String {
    let cell = |place: usize| unmangled(record.get(place).unwrap_or_default());
    match columns {
        Columns::One(place) => cell(place),
        Columns::Pair(number, check) => {
            let code = cell(check);
            let zeros =
                code.chars().all(|c| c.is_ascii_digit()) && !code.is_empty() && code.len() < CheckCode::LEN;
            let code = if zeros { format!("{code:0>10}") } else { code };
            format!("{} {code}", cell(number))
        }
    }
}

/// A cell without what spreadsheets are told with it: `="2026…"`, `'2026…`.
fn unmangled(cell: &str) -> String {
    let folded = fold(cell);
    let inner = folded.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(&folded).trim_start_matches('\'').to_owned()
}

/// The line of a record: the reader's position lies before the empty lines that it passes over.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let rest = usize::try_from(position.byte()).ok().and_then(|at| text.as_bytes().get(at..));
    let empty = rest.unwrap_or_default().iter().take_while(|byte| **byte == b'\n').count();
    position.line().saturating_add(empty as u64)
}

/// The sign between cells: what stands most often in the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: &u8| first.bytes().filter(|byte| byte == sign).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(count).unwrap_or(b',')
}

fn bad(code: &'static str, zh: &'static str, en: &'static str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(table: &str) -> Vec<String> {
        read(table.as_bytes()).unwrap().into_iter().map(|row| row.text).collect()
    }

    #[test]
    fn columns_are_found_by_name_or_by_count() {
        let pair = ["2026112240170938612531 5390217746".to_owned()];
        for table in [
            "证书编号,查验码\r\n2026112240170938612531,5390217746\r\n",
            "\u{feff}证书编号,查验码\n2026112240170938612531,5390217746\n",
            "序号,查验码（10位）,企业名称,证书编号*\n1,5390217746,样例公司,2026112240170938612531",
            "certificate_number;check_code\n2026112240170938612531;5390217746",
            "Number\tCheck Code\n2026112240170938612531\t5390217746",
            "2026112240170938612531,5390217746",
            "'2026112240170938612531,=\"5390217746\"",
            "证书编号,查验码\n２０２６１１２２４０１７０９３８６１２５３１,5390217746\n\n",
        ] {
            assert_eq!(texts(table), pair, "{table}");
        }
        assert_eq!(texts("窗口码\n20261122401709386125315390217746\n"), ["20261122401709386125315390217746"]);
        assert_eq!(texts("20261122401709386125315390217746\n"), ["20261122401709386125315390217746"]);
        assert_eq!(texts("qr\nhttps://a.example/v#0047\n"), ["https://a.example/v#0047"]);
        assert_eq!(
            texts("证书编号,查验码\n2026112240170938612531,390217\n"),
            ["2026112240170938612531 0000390217"]
        );
        let rows = read("窗口码\n\n1\n\n2\n".as_bytes()).unwrap();
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn what_is_no_table_says_what_to_do() {
        let code = |bytes: &[u8]| read(bytes).unwrap_err().code().to_owned();
        assert_eq!(code(b""), "TABLE_EMPTY");
        assert_eq!(code("窗口码\n".as_bytes()), "TABLE_EMPTY");
        assert_eq!(code("企业名称,地址\n甲,乙\n".as_bytes()), "TABLE_COLUMNS");
        assert_eq!(code(b"a\0b"), "TABLE_ENCODING");
        assert_eq!(code(format!("窗口码\n{}", "1\n".repeat(ROWS_MAX + 1)).as_bytes()), "TABLE_ROWS");
        assert_eq!(code(format!("窗口码\n{}", "1".repeat(ROW_BYTES + 1)).as_bytes()), "TABLE_ROW_LARGE");
        assert_eq!(read(format!("窗口码\n{}", "1\n".repeat(ROWS_MAX)).as_bytes()).unwrap().len(), ROWS_MAX);
    }
}
