//! What follows one another down the pages: headings, paragraphs, and rows of tables, with page breaks.

use super::face::Weight;
use super::lines::lines;
use super::sheet::{HEIGHT, Ink, Sheet, Style, WIDTH};

/// White space at the left and right.
pub(super) const MARGIN: f32 = 51.0;
/// Width of what is printed.
pub(super) const COLUMN: f32 = WIDTH - 2.0 * MARGIN;
/// Where pages after the first one begin.
const TOP: f32 = 74.0;
/// Where they end.
const BOTTOM: f32 = HEIGHT - 54.0;
/// White space around the text of a cell.
const PAD: f32 = 3.6;
/// Base lines' distance, in sizes.
pub(super) const LEADING: f32 = 1.45;
/// Lines of a cell that are left together at a page's end.
const TOGETHER: usize = 3;
/// Rows with more lines than these are cut where the page ends.
const LONG_ROW: usize = 12;
/// Thickness of a table's lines.
const HAIR: f32 = 0.5;

/// A cell of a table.
pub(super) struct Cell {
    pub(super) width: f32,
    pub(super) text: String,
    pub(super) style: Style,
    /// Labels have a shade behind them.
    pub(super) label: bool,
}

impl Cell {
    pub(super) fn label(width: f32, text: &str) -> Cell {
        Cell { width, text: text.to_owned(), style: Style::bold(8.5), label: true }
    }

    pub(super) fn value(width: f32, text: impl Into<String>) -> Cell {
        Cell { width, text: text.into(), style: Style::regular(9.0), label: false }
    }

    pub(super) fn styled(self, style: Style) -> Cell {
        Cell { style, ..self }
    }
}

/// Pages being filled from the top.
pub(super) struct Flow<'a> {
    pub(super) sheet: &'a mut Sheet,
    pub(super) y: f32,
    /// Where this page ends.
    pub(super) bottom: f32,
    /// What stands at the top of the pages that follow: left and right.
    pub(super) head: (String, String),
}

impl<'a> Flow<'a> {
    pub(super) fn new(sheet: &'a mut Sheet, y: f32, bottom: f32, head: (String, String)) -> Flow<'a> {
        Flow { sheet, y, bottom, head }
    }

    /// Goes to a new page, unless this one is fresh.
    pub(super) fn new_page(&mut self) {
        self.sheet.new_page();
        let (left, right) = &self.head;
        let style = Style::grey(8.0);
        let x = WIDTH - MARGIN - self.sheet.width(style, right);
        let (left, right) = (left.clone(), right.clone());
        self.sheet.text(MARGIN, 52.0, style, left);
        self.sheet.text(x, 52.0, style, right);
        self.sheet.rule(MARGIN, 58.0, WIDTH - MARGIN, Ink::Red, 1.0);
        (self.y, self.bottom) = (TOP, BOTTOM);
    }

    /// Sees to it that so much fits on this page.
    pub(super) fn need(&mut self, height: f32) {
        if self.y + height > self.bottom {
            self.new_page();
        }
    }

    pub(super) fn space(&mut self, height: f32) {
        self.y += height;
    }

    /// A heading with a bar before it; what follows it needs so much room that it is not left alone.
    pub(super) fn heading(&mut self, text: &str, english: &str, followed_by: f32) {
        self.need(26.0 + followed_by);
        self.sheet.filled(MARGIN, self.y + 3.0, 3.2, 13.0, Ink::Red);
        let style = Style { weight: Weight::Title, size: 12.5, ink: Ink::Black };
        self.sheet.text(MARGIN + 9.0, self.y + 14.0, style, text);
        let x = MARGIN + 16.0 + self.sheet.width(style, text);
        self.sheet.text(x, self.y + 14.0, Style::grey(7.5), english);
        self.y += 22.0;
    }

    /// A paragraph over the whole width.
    pub(super) fn paragraph(&mut self, style: Style, text: &str) {
        for line in lines(self.sheet.faces, style.weight, text, COLUMN / style.size) {
            self.need(style.size * LEADING);
            self.sheet.text(MARGIN, self.y + style.size * 1.1, style, line);
            self.y += style.size * LEADING;
        }
    }

    /// A row of a table. A long one goes on on the next page: the tallest cell, the others stand at its beginning.
    pub(super) fn row(&mut self, cells: &[Cell]) {
        let mut broken: Vec<Vec<String>> = cells.iter().map(|cell| self.broken(cell)).collect();
        loop {
            let (tallest, height) = tallest(cells, &broken);
            let room = self.bottom - self.y;
            if height <= room {
                self.draw_row(cells, &broken, height);
                return;
            }
            let Some((cell, lines)) = cells.get(tallest).zip(broken.get_mut(tallest)) else { return };
            let fitting = ((room - 2.0 * PAD) / (cell.style.size * LEADING)).floor().max(0.0) as usize;
            if lines.len() > LONG_ROW && fitting >= TOGETHER {
                let rest = lines.split_off(fitting.min(lines.len()));
                let (_, height) = self::tallest(cells, &broken);
                self.draw_row(cells, &broken, height.min(room));
                broken.iter_mut().for_each(Vec::clear);
                if let Some(lines) = broken.get_mut(tallest) {
                    *lines = rest;
                }
            }
            self.new_page();
        }
    }

    /// Height that a row will take where it is not cut.
    pub(super) fn row_height(&self, cells: &[Cell]) -> f32 {
        let broken: Vec<Vec<String>> = cells.iter().map(|cell| self.broken(cell)).collect();
        tallest(cells, &broken).1
    }

    fn broken(&self, cell: &Cell) -> Vec<String> {
        let width = (cell.width - 2.0 * PAD - 2.0) / cell.style.size;
        lines(self.sheet.faces, cell.style.weight, &cell.text, width)
    }

    fn draw_row(&mut self, cells: &[Cell], broken: &[Vec<String>], height: f32) {
        let mut x = MARGIN;
        for (cell, lines) in cells.iter().zip(broken) {
            if cell.label {
                self.sheet.filled(x, self.y, cell.width, height, Ink::Pale);
            }
            // Shorter cells stand in the middle of the row's height.
            let lead = cell.style.size * LEADING;
            let top = self.y + (height - lines.len() as f32 * lead) / 2.0;
            for (n, line) in lines.iter().enumerate() {
                let y = top + n as f32 * lead + (lead - cell.style.size) / 2.0 + cell.style.size * 0.88;
                self.sheet.text(x + PAD + 1.0, y, cell.style, line.as_str());
            }
            x += cell.width;
        }
        let mut x = MARGIN;
        for cell in cells {
            self.sheet.frame(x, self.y, cell.width, height, Ink::Grey, HAIR);
            x += cell.width;
        }
        self.y += height;
    }
}

/// Which cell is the tallest, and how tall it makes the row.
fn tallest(cells: &[Cell], broken: &[Vec<String>]) -> (usize, f32) {
    let height =
        |(cell, lines): (&Cell, &Vec<String>)| lines.len() as f32 * cell.style.size * LEADING + 2.0 * PAD;
    let heights = cells.iter().zip(broken).map(height).enumerate();
    heights.fold((0, 0.0), |best, (place, height)| if height > best.1 { (place, height) } else { best })
}
