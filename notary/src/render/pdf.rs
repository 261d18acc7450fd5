//! The printed certificate: a PDF/A-3b file with the certificate file attached and the office's note (`verifier/spec/pdf.md`).
//!
//! ```text
//! page 1     title · number · holder · purpose · dates · claims · QR code · window code
//! page 2 …   the report in ten numbered blocks, the text of a commitment, or what a file is
//! attached   2026112240170938612531.xzc
//! ```
//!
//! Here: what is printed and how. Everything on the pages comes out of the signed core and the disclosures of the attached
//! certificate, or is a fixed word. Not here: who may sign the file, and checking it, which is `verifier::pdf`'s.
//! The same certificate gives the same bytes.

mod face;
mod flow;
mod front;
mod lines;
mod paper;
mod partial;
mod records;
mod report;
mod sheet;
mod signs;

use std::fmt;

use krilla::Document;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::{Data, SerializeSettings};
use verifier::entry::Entry;
use verifier::note::Note;
use verifier::pdf::{self, PdfNote};
use verifier::time::Time;

pub use paper::Issuer;

use crate::office::Issued;
use face::Faces;
use flow::MARGIN;
use paper::Paper;
use sheet::{HEIGHT, Ink, Mark, Sheet, Style, WIDTH};

/// Pages of one file: thousands of records.
pub const PAGES_MAX: usize = 2_000;

/// Why a certificate can't be printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PdfError {
    /// A character that the face does not have.
    GlyphMissing(char),
    /// More pages than [`PAGES_MAX`].
    TooLong,
    /// A QR code that does not fit its symbol.
    CodeTooLong,
    /// The certificate's disclosures are not its own.
    Disclosures,
    /// The built-in faces can't be read.
    Font,
    /// The library that writes PDF refused something; what.
    Library(String),
    /// The note can't be put into the file.
    Note(String),
}

impl fmt::Display for PdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PdfError::GlyphMissing(c) => {
                write!(f, "the face has no glyph for {c:?} (U+{:04X})", u32::from(*c))
            }
            PdfError::TooLong => write!(f, "more than {PAGES_MAX} pages"),
            PdfError::CodeTooLong => f.write_str("a code does not fit its symbol"),
            PdfError::Disclosures => f.write_str("the certificate's disclosures are not its own"),
            PdfError::Font => f.write_str("the built-in faces can't be read"),
            PdfError::Library(what) | PdfError::Note(what) => f.write_str(what),
        }
    }
}

impl std::error::Error for PdfError {}

/// The first character of a text that can't be printed.
///
/// # Errors
/// If the built-in faces can't be read.
pub fn missing_glyph(text: &str) -> Result<Option<char>, PdfError> {
    Ok(Faces::get()?.missing(text))
}

/// The file of a certificate. `sign` makes the note of its text with the office's pdf key.
///
/// # Errors
/// What can't be printed, or what `sign` says.
pub fn pdf<E: From<PdfError>>(
    issued: &Issued,
    issuer: &Issuer<'_>,
    sign: impl FnOnce(&str) -> Result<Note, E>,
) -> Result<Vec<u8>, E> {
    let paper = Paper::of(issued, issuer)?;
    let sheet = sheet(&paper)?;
    noted(document(&sheet, &paper, issued.certificate.encode())?, issued, sign)
}

/// All pages.
fn sheet(paper: &Paper<'_>) -> Result<Sheet, PdfError> {
    let mut sheet = Sheet::new()?;
    let number = paper.core.number();
    let head = (format!("社会信用区块链证书　{}", paper.core.title()), format!("证书编号 {number}"));
    front::front(&mut sheet, paper, &head)?;
    let mut flow = flow::Flow::new(&mut sheet, HEIGHT, HEIGHT, head);
    report::pages(&mut flow, paper);
    let all = sheet.pages();
    if all > PAGES_MAX {
        return Err(PdfError::TooLong);
    }
    for page in 0..all {
        let style = Style::grey(7.5);
        let place = format!("第 {} 页，共 {all} 页", page + 1);
        let x = WIDTH - MARGIN - sheet.width(style, &place);
        let y = HEIGHT - 17.0;
        let left = match page {
            0 => format!("证书编号 {number}"),
            _ => front::DISCLAIMER.to_owned(),
        };
        sheet.put_on(page, Mark::Text { x: MARGIN, y, style, text: left });
        sheet.put_on(page, Mark::Text { x, y, style, text: place });
        if page > 0 {
            let line = vec![(MARGIN, y - 11.0), (WIDTH - MARGIN, y - 11.0)];
            sheet.put_on(page, Mark::Drawn { lines: vec![line], ink: Ink::Grey, width: 0.4, dash: None });
        }
    }
    Ok(sheet)
}

/// The file without its note.
fn document(sheet: &Sheet, paper: &Paper<'_>, attachment: Vec<u8>) -> Result<Vec<u8>, PdfError> {
    let library = |what: String| PdfError::Library(what);
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_B)
        .finish()
        .map_err(|error| library(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: false, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let number = paper.core.number().to_string();
    let date = date(paper.sealed_at);
    document.set_metadata(
        Metadata::new()
            .title(format!("社会信用区块链证书 {number}"))
            .language("zh-CN".to_owned())
            .authors(vec![paper.issuer.name.to_owned()])
            .creator("Xinzheng".to_owned())
            .producer("Xinzheng".to_owned())
            .document_id(number.clone())
            .creation_date(date),
    );
    let size = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| library("page size".to_owned()))?;
    for page in 0..sheet.pages() {
        let mut drawn = document.start_page_with(size.clone());
        let mut surface = drawn.surface();
        sheet.draw(page, &mut surface)?;
        surface.finish();
        drawn.finish();
    }
    let file = EmbeddedFile {
        path: format!("{number}.xzc"),
        mime_type: MimeType::new("application/json"),
        description: Some(format!("社会信用区块链证书 {number}（电子证书）")),
        association_kind: AssociationKind::Source,
        data: Data::from(attachment),
        modification_date: Some(date),
        compress: Some(true),
        location: None,
    };
    document.embed_file(file).ok_or_else(|| library("two attachments".to_owned()))?;
    document.finish().map_err(|error| library(format!("{error:?}")))
}

/// The file with the office's note directly before `startxref`.
fn noted<E: From<PdfError>>(
    file: Vec<u8>,
    issued: &Issued,
    sign: impl FnOnce(&str) -> Result<Note, E>,
) -> Result<Vec<u8>, E> {
    let bad = |what: &str| PdfError::Note(what.to_owned());
    const START: &[u8] = b"\nstartxref\n";
    let place = file.windows(START.len()).rposition(|w| w == START).ok_or_else(|| bad("no startxref"))? + 1;
    let (head, tail) = file.split_at(place);
    let mut after = b"\n".to_vec();
    after.extend_from_slice(tail.trim_ascii_end());
    after.push(b'\n');
    let before = [head, pdf::MARK].concat();
    let (core, origin) = (issued.certificate.core(), issued.certificate.batch().origin());
    let entry = Entry::of_core(origin, core.as_bytes());
    let digest = pdf::file_digest(&before, &after);
    let note = sign(&PdfNote::text(origin, &core.number(), &entry, &digest))?;
    let chars = pdf::filled(&note).ok_or_else(|| bad("the note is too long"))?;
    Ok([&before, chars.as_bytes(), &after].concat())
}

/// On the office's clock.
fn date(time: Time) -> DateTime {
    let text = time.display_china();
    let part =
        |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse().ok()).unwrap_or(0_u16);
    let byte = |range: std::ops::Range<usize>| part(range) as u8;
    DateTime::new(part(0..4))
        .month(byte(5..7))
        .day(byte(8..10))
        .hour(byte(11..13))
        .minute(byte(14..16))
        .second(byte(17..19))
        .utc_offset_hour(8)
        .utc_offset_minute(0)
}

#[cfg(test)]
mod tests {
    use verifier::registry::{ClaimValue, Rule};

    use super::face::Weight;
    use super::*;

    /// The bold faces have the office's own words; `fonts/make.py` takes them from these sources.
    #[test]
    fn the_bold_faces_have_every_fixed_word() {
        let faces = Faces::get().unwrap();
        let claims =
            Rule::ALL.iter().map(|rule| rule.zh()).chain(ClaimValue::ALL.iter().map(|value| value.zh()));
        let blocks = records::BLOCKS.iter().flat_map(|block| {
            let labels = block.fields.iter().map(|field| field.label);
            block.kinds.iter().copied().chain(labels)
        });
        let words = [
            "仅限用于：",
            "数据截至",
            "有效期至",
            "该领域未纳入本报告",
            "未归集",
            "未及时更新",
            "〔异议核实中〕",
            "0123456789 ×",
        ];
        for word in claims.chain(blocks).chain(words) {
            assert!(!faces.run(Weight::Bold, word).unwrap().thickened, "{word}: run notary/fonts/make.py");
        }
        let titles = records::BLOCKS.iter().map(|block| block.title);
        for word in
            titles.chain(["社会信用区块链证书", "报告载明事项", "信用承诺书", "存证文件", "0123456789"])
        {
            assert!(!faces.run(Weight::Title, word).unwrap().thickened, "{word}: run notary/fonts/make.py");
        }
    }

    #[test]
    fn dates_are_those_of_the_offices_clock() {
        let time = Time::parse_rfc3339_china("2026-11-22T07:05:40+08:00").unwrap();
        let expected = DateTime::new(2026).month(11).day(22).hour(7).minute(5).second(40);
        assert_eq!(date(time), expected.utc_offset_hour(8).utc_offset_minute(0));
    }
}
