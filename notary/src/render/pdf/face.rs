//! The three faces that are built in: which characters they have, how wide each is, and the form that PDF wants.
//!
//! Chinese needs no shaping, and the office's names in Latin letters can do without kerning: a text is its characters one
//! after the other, each with its own glyph. So the tables `cmap` and `hmtx` (OpenType 1.9) are all that is read here.

use std::sync::OnceLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};

use super::PdfError;

static REGULAR: &[u8] = include_bytes!("../../../fonts/sans-regular.otf");
static BOLD: &[u8] = include_bytes!("../../../fonts/sans-bold.otf");
static TITLE: &[u8] = include_bytes!("../../../fonts/serif-bold.otf");

/// Which face a text is set in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Whatever the documents say.
    Regular,
    /// The office's own words; a document's are thickened.
    Bold,
    /// Titles.
    Title,
}

/// The faces, read once.
pub(super) struct Faces {
    regular: Face,
    bold: Face,
    title: Face,
}

/// One text in one face, ready to be drawn.
pub(super) struct Run {
    pub(super) font: Font,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Whether the face is regular and the text should be bold.
    pub(super) thickened: bool,
}

impl Faces {
    /// The built-in ones.
    ///
    /// # Errors
    /// If the program was built with other files than these.
    pub(super) fn get() -> Result<&'static Faces, PdfError> {
        static FACES: OnceLock<Option<Faces>> = OnceLock::new();
        let read = || {
            Some(Faces { regular: Face::read(REGULAR)?, bold: Face::read(BOLD)?, title: Face::read(TITLE)? })
        };
        FACES.get_or_init(read).as_ref().ok_or(PdfError::Font)
    }

    /// Sets a text.
    ///
    /// # Errors
    /// The first character that no face has.
    pub(super) fn run(&self, weight: Weight, text: &str) -> Result<Run, PdfError> {
        let own = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
            Weight::Title => &self.title,
        };
        match own.run(text) {
            Ok(run) => Ok(run),
            Err(_) => {
                let run = self.regular.run(text).map_err(PdfError::GlyphMissing)?;
                Ok(Run { thickened: weight != Weight::Regular, ..run })
            }
        }
    }

    /// Width of a character in ems; a missing one is as wide as a Chinese one.
    pub(super) fn width(&self, weight: Weight, c: char) -> f32 {
        let own = match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
            Weight::Title => &self.title,
        };
        own.glyph(c).or_else(|| self.regular.glyph(c)).map_or(1.0, |(_, width)| width)
    }

    /// Whether everything can be printed: the first character that can't.
    pub(super) fn missing(&self, text: &str) -> Option<char> {
        text.chars().find(|c| !matches!(c, '\n' | '\t') && self.regular.glyph(*c).is_none())
    }
}

struct Face {
    font: Font,
    units: f32,
    /// First and last character, and the glyph of the first.
    groups: Vec<(u32, u32, u32)>,
    advances: Vec<u16>,
}

impl Face {
    fn read(data: &'static [u8]) -> Option<Face> {
        let units = u16_at(table(data, b"head")?, 18)?;
        let metrics = usize::from(u16_at(table(data, b"hhea")?, 34)?);
        let hmtx = table(data, b"hmtx")?;
        let advances = (0..metrics).map(|n| u16_at(hmtx, n * 4)).collect::<Option<_>>()?;
        let groups = groups(table(data, b"cmap")?)?;
        Some(Face { font: Font::new(data.into(), 0)?, units: f32::from(units), groups, advances })
    }

    fn glyph(&self, c: char) -> Option<(u32, f32)> {
        let code = u32::from(c);
        let place = self.groups.partition_point(|(first, ..)| *first <= code).checked_sub(1)?;
        let (first, last, glyph) = self.groups.get(place)?;
        let glyph = (code <= *last).then(|| glyph + (code - first)).filter(|glyph| *glyph != 0)?;
        // Glyphs beyond the last advance are as wide as that one.
        let advance = self.advances.get(glyph as usize).or(self.advances.last())?;
        Some((glyph, f32::from(*advance) / self.units))
    }

    fn run(&self, text: &str) -> Result<Run, char> {
        let mut glyphs = Vec::with_capacity(text.len());
        for (place, c) in text.char_indices() {
            let (glyph, advance) = self.glyph(c).ok_or(c)?;
            let range = place..place + c.len_utf8();
            glyphs.push(KrillaGlyph::new(GlyphId::new(glyph), advance, 0.0, 0.0, 0.0, range, None));
        }
        Ok(Run { font: self.font.clone(), glyphs, thickened: false })
    }
}

/// The groups of the format 12 subtable, which covers all planes.
fn groups(cmap: &[u8]) -> Option<Vec<(u32, u32, u32)>> {
    let tables = usize::from(u16_at(cmap, 2)?);
    let subtable = (0..tables).find_map(|n| {
        let offset = usize::try_from(u32_at(cmap, 4 + n * 8 + 4)?).ok()?;
        cmap.get(offset..).filter(|table| u16_at(table, 0) == Some(12))
    })?;
    let count = usize::try_from(u32_at(subtable, 12)?).ok()?;
    let group = |n: usize| {
        let at = 16 + n * 12;
        Some((u32_at(subtable, at)?, u32_at(subtable, at + 4)?, u32_at(subtable, at + 8)?))
    };
    (0..count).map(group).collect()
}

fn table<'a>(data: &'a [u8], tag: &[u8; 4]) -> Option<&'a [u8]> {
    let tables = usize::from(u16_at(data, 4)?);
    let record = (0..tables).map(|n| 12 + n * 16).find(|at| data.get(*at..at + 4) == Some(tag))?;
    let (start, length) = (u32_at(data, record + 8)? as usize, u32_at(data, record + 12)? as usize);
    data.get(start..start.checked_add(length)?)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_rare_characters_can_be_printed() {
        let faces = Faces::get().unwrap();
        assert_eq!(faces.missing("欧阳喆、堃、龘、𠮷、㐂、·、〔2026〕①⑳ＡＢ｜％ Ångström é"), None);
        assert_eq!(faces.missing("甲😀"), Some('😀'));
        assert_eq!(faces.missing("ཀ"), Some('ཀ'));
        // Written so that `fonts/make.py` does not take it for a word of the office's.
        let run = faces.run(Weight::Bold, "\u{20b9f}").unwrap();
        assert!(run.thickened);
    }

    #[test]
    fn widths_are_those_of_the_face() {
        let faces = Faces::get().unwrap();
        assert_eq!(faces.width(Weight::Regular, '信'), 1.0);
        assert!((0.4..0.7).contains(&faces.width(Weight::Regular, '1')));
        assert_eq!(faces.run(Weight::Regular, "信1").unwrap().glyphs.len(), 2);
    }
}
