//! Pages as lists of what is drawn on them, in points from the upper left corner; then as a PDF.
//!
//! Pages are listed first and drawn afterwards, because each says how many there are.

use krilla::color::{luma, rgb};
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke, StrokeDash};
use krilla::surface::Surface;

use super::PdfError;
use super::face::{Faces, Weight};

/// Width of an A4 page.
pub(super) const WIDTH: f32 = 595.28;
/// Height of an A4 page.
pub(super) const HEIGHT: f32 = 841.89;
/// One pixel at 300 dpi: symbols are drawn in multiples of it, so that a black-and-white copy keeps their modules alike.
pub(super) const PIXEL: f32 = 0.24;

/// A colour. None carries a meaning by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Black,
    /// For words of lesser weight; dark enough for a black-and-white copy.
    Grey,
    /// Behind labels; gone in a black-and-white copy.
    Pale,
    White,
    /// Frame and title.
    Red,
}

/// How a text looks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub(super) weight: Weight,
    pub(super) size: f32,
    pub(super) ink: Ink,
}

impl Style {
    pub(super) const fn regular(size: f32) -> Style {
        Style { weight: Weight::Regular, size, ink: Ink::Black }
    }

    pub(super) const fn bold(size: f32) -> Style {
        Style { weight: Weight::Bold, size, ink: Ink::Black }
    }

    pub(super) const fn grey(size: f32) -> Style {
        Style { weight: Weight::Regular, size, ink: Ink::Grey }
    }

    pub(super) const fn ink(self, ink: Ink) -> Style {
        Style { ink, ..self }
    }
}

/// Something on a page.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// A line of text; `y` is its base line.
    Text { x: f32, y: f32, style: Style, text: String },
    /// A filled shape of closed polygons, even-odd.
    Filled { polygons: Vec<Vec<(f32, f32)>>, ink: Ink },
    /// Open or closed lines; dashed where a length is given.
    Drawn { lines: Vec<Vec<(f32, f32)>>, ink: Ink, width: f32, dash: Option<f32> },
}

/// The pages of a certificate.
pub(super) struct Sheet {
    pub(super) faces: &'static Faces,
    pages: Vec<Vec<Mark>>,
}

impl Sheet {
    pub(super) fn new() -> Result<Sheet, PdfError> {
        Ok(Sheet { faces: Faces::get()?, pages: vec![Vec::new()] })
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Vec::new());
    }

    pub(super) fn pages(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn put(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Puts something on a page that is there already.
    pub(super) fn put_on(&mut self, page: usize, mark: Mark) {
        if let Some(page) = self.pages.get_mut(page) {
            page.push(mark);
        }
    }

    /// Width of a text.
    pub(super) fn width(&self, style: Style, text: &str) -> f32 {
        text.chars().map(|c| self.faces.width(style.weight, c)).sum::<f32>() * style.size
    }

    pub(super) fn text(&mut self, x: f32, y: f32, style: Style, text: impl Into<String>) {
        self.put(Mark::Text { x, y, style, text: text.into() });
    }

    /// A text whose middle is at `x`.
    pub(super) fn centred(&mut self, x: f32, y: f32, style: Style, text: &str) {
        let x = x - self.width(style, text) / 2.0;
        self.text(x, y, style, text);
    }

    pub(super) fn filled(&mut self, x: f32, y: f32, w: f32, h: f32, ink: Ink) {
        self.put(Mark::Filled { polygons: vec![corners(x, y, w, h)], ink });
    }

    pub(super) fn frame(&mut self, x: f32, y: f32, w: f32, h: f32, ink: Ink, width: f32) {
        let mut line = corners(x, y, w, h);
        line.push((x, y));
        self.put(Mark::Drawn { lines: vec![line], ink, width, dash: None });
    }

    pub(super) fn rule(&mut self, x: f32, y: f32, to: f32, ink: Ink, width: f32) {
        self.put(Mark::Drawn { lines: vec![vec![(x, y), (to, y)]], ink, width, dash: None });
    }

    /// Draws all pages.
    pub(super) fn draw(&self, page: usize, surface: &mut Surface<'_>) -> Result<(), PdfError> {
        for mark in self.pages.get(page).into_iter().flatten() {
            match mark {
                Mark::Text { x, y, style, text } => self.draw_text(surface, *x, *y, *style, text)?,
                Mark::Filled { polygons, ink } => {
                    let Some(path) = path(polygons, true) else { continue };
                    surface.set_stroke(None);
                    surface.set_fill(Some(fill(*ink)));
                    surface.draw_path(&path);
                }
                Mark::Drawn { lines, ink, width, dash } => {
                    let Some(path) = path(lines, false) else { continue };
                    surface.set_fill(None);
                    surface.set_stroke(Some(stroke(*ink, *width, *dash)));
                    surface.draw_path(&path);
                }
            }
        }
        Ok(())
    }

    fn draw_text(
        &self,
        surface: &mut Surface<'_>,
        x: f32,
        y: f32,
        style: Style,
        text: &str,
    ) -> Result<(), PdfError> {
        if text.is_empty() {
            return Ok(());
        }
        let run = self.faces.run(style.weight, text)?;
        surface.set_fill(Some(fill(style.ink)));
        surface.set_stroke(run.thickened.then(|| stroke(style.ink, style.size * 0.03, None)));
        surface.draw_glyphs(Point::from_xy(x, y), &run.glyphs, run.font, text, style.size, false);
        Ok(())
    }
}

/// The corners of a rectangle.
pub(super) fn corners(x: f32, y: f32, w: f32, h: f32) -> Vec<(f32, f32)> {
    vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h)]
}

fn path(lines: &[Vec<(f32, f32)>], closed: bool) -> Option<Path> {
    let mut builder = PathBuilder::new();
    for line in lines {
        // Rectangles have an operator of their own, which makes a QR code a third of the size.
        if let [(x, y), (right, top), (_, bottom), (left, _)] = line[..]
            && closed
            && (x, y) == (left, top)
            && let Some(rect) = Rect::from_ltrb(x, y, right, bottom)
        {
            builder.push_rect(rect);
            continue;
        }
        for (n, (x, y)) in line.iter().enumerate() {
            match n {
                0 => builder.move_to(*x, *y),
                _ => builder.line_to(*x, *y),
            }
        }
        if closed {
            builder.close();
        }
    }
    builder.finish()
}

fn fill(ink: Ink) -> Fill {
    let paint = match ink {
        Ink::Red => rgb::Color::new(0x8e, 0x1b, 0x1b).into(),
        Ink::Black => luma::Color::new(0).into(),
        Ink::Grey => luma::Color::new(0x48).into(),
        Ink::Pale => luma::Color::new(0xf0).into(),
        Ink::White => luma::Color::new(0xff).into(),
    };
    Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::EvenOdd }
}

fn stroke(ink: Ink, width: f32, dash: Option<f32>) -> Stroke {
    let dash = dash.map(|length| StrokeDash { array: vec![length, length], offset: 0.0 });
    Stroke { paint: fill(ink).paint, width, dash, ..Stroke::default() }
}
