//! Plain tables whose columns line up where Chinese and Latin characters mix.
//!
//! ```text
//! 编号                    主体                  结论
//! 2026112240170938612531  示例县青禾农业有限公司  有效
//! ```

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Spaces between two columns.
const GAP: usize = 2;
/// A cell is cut at this width, except in the last column.
const CELL: usize = 44;

/// The rows under the heads, one line each, columns padded to their widest cell (a Chinese character counts two).
pub fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let last = heads.len().saturating_sub(1);
    let cut = |(n, cell): (usize, &str)| if n == last { one_line(cell) } else { shorten(&one_line(cell)) };
    let mut lines: Vec<Vec<String>> = vec![heads.iter().map(|head| (*head).to_string()).collect()];
    lines.extend(rows.iter().map(|row| row.iter().map(String::as_str).enumerate().map(cut).collect()));
    let widths: Vec<usize> = (0..heads.len())
        .map(|n| lines.iter().filter_map(|row| row.get(n)).map(|c| c.width()).max().unwrap_or(0))
        .collect();
    let mut out = String::new();
    for line in &lines {
        let mut text = String::new();
        for (cell, width) in line.iter().zip(&widths) {
            text.push_str(cell);
            text.push_str(&" ".repeat(width - cell.width() + GAP));
        }
        out.push_str(text.trim_end());
        out.push('\n');
    }
    out
}

fn one_line(cell: &str) -> String {
    cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn shorten(cell: &str) -> String {
    if cell.width() <= CELL {
        return cell.to_string();
    }
    let mut out = String::new();
    for c in cell.chars() {
        if out.width() + c.width().unwrap_or(0) + 2 > CELL {
            break;
        }
        out.push(c);
    }
    out + "…"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let text = table(
            &["主体", "verdict"],
            &[vec!["示例县青禾农业有限公司".into(), "有效".into()], vec!["A Co".into(), "VALID\n".into()]],
        );
        let starts: Vec<usize> = text
            .lines()
            .zip(["verdict", "有效", "VALID"])
            .map(|(line, cell)| line[..line.find(cell).unwrap()].width())
            .collect();
        assert_eq!(starts, [24, 24, 24]);
        assert_eq!(text.lines().count(), 3);
    }

    #[test]
    fn long_cells_are_cut_but_the_last() {
        let long = "字".repeat(60);
        let text = table(&["a", "b"], &[vec![long.clone(), long.clone()]]);
        assert!(text.contains(&format!("{}…  {long}", "字".repeat(21))));
    }
}
