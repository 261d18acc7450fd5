//! A certificate for people: its QR code as a picture, SVG for print and pages, PNG for everything else; and the printed
//! certificate ([`pdf`]).
//!
//! ```text
//! <svg xmlns="http://www.w3.org/2000/svg" width="48.4mm" height="48.4mm" viewBox="0 0 121 121" …>
//! <rect width="121" height="121" fill="#fff"/><path d="M4 4h7v1h-7zM13 4h2v1h-2z…"/></svg>
//! ```
//!
//! Here: which symbol is drawn and how (`verifier/spec/qr.md`: error correction M, version 24 at most, quiet zone of
//! 4 modules, 0.40 mm a module, nothing in the middle). Not here: what the text says; that is `verifier::qr`.

pub mod code128;
mod pdf;

use std::fmt::{self, Write as _};

use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

pub use pdf::{Issuer, PAGES_MAX, PdfError, missing_glyph, pdf};

/// White modules on every side (ISO/IEC 18004; `verifier/spec/qr.md`).
pub const QUIET_ZONE: usize = 4;

/// The largest symbol that is drawn: 113 modules a side, 45 mm in print.
pub const LARGEST_VERSION: i16 = 24;

/// Pixels a module in [`Symbol::png`]: 5 at 300 dpi are 0.42 mm.
pub const PNG_SCALE: usize = 5;

/// 300 dpi, in pixels a metre, written into the PNG so that printing unscaled keeps the module's size.
const PNG_PIXELS_PER_METRE: u32 = 11_811;

/// A module in print, in hundredths of a millimetre.
const MODULE_HUNDREDTHS_MM: usize = 40;

/// A QR symbol: the dark and light modules of one text.
pub struct Symbol {
    width: usize,
    modules: Vec<Color>,
    version: i16,
}

/// The text does not fit a symbol of [`LARGEST_VERSION`]: a host name that is too long, or a payload over its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the text does not fit a QR code of version {LARGEST_VERSION} with error correction M")
    }
}

impl std::error::Error for TooLong {}

impl Symbol {
    /// The smallest symbol with `prefix` (`https://<host>/v#`) in a byte segment and `digits` (`0`-`9` only) in a
    /// numeric one, error correction M.
    ///
    /// # Errors
    /// [`TooLong`] if no version up to [`LARGEST_VERSION`] holds them, or if `digits` has another character.
    pub fn new(prefix: &str, digits: &str) -> Result<Symbol, TooLong> {
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(TooLong);
        }
        let (version, bits) = (1..=LARGEST_VERSION)
            .find_map(|version| Some((version, segments(version, prefix, digits)?)))
            .ok_or(TooLong)?;
        let code = QrCode::with_bits(bits, EcLevel::M).map_err(|_| TooLong)?;
        Ok(Symbol { width: code.width(), modules: code.into_colors(), version })
    }

    /// Version of the symbol, 1 to [`LARGEST_VERSION`].
    #[must_use]
    pub fn version(&self) -> i16 {
        self.version
    }

    /// Modules a side, without the quiet zone.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The symbol with its quiet zone as an SVG of its printed size, one path for all dark modules.
    #[must_use]
    pub fn svg(&self) -> String {
        let side = self.width + 2 * QUIET_ZONE;
        let hundredths = side * MODULE_HUNDREDTHS_MM;
        let size = format!("{}.{:02}mm", hundredths / 100, hundredths % 100);
        let mut path = String::new();
        for y in 0..self.width {
            for (x, length) in self.runs(y) {
                // Writing to a String can't fail.
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
        }
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{size}\" height=\"{size}\" viewBox=\"0 0 {side} {side}\" \
             shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>\n"
        )
    }

    /// The symbol with its quiet zone as a PNG of one bit a pixel, [`PNG_SCALE`] pixels a module, marked as 300 dpi.
    #[must_use]
    pub fn png(&self) -> Vec<u8> {
        let side = (self.width + 2 * QUIET_ZONE) * PNG_SCALE;
        let mut bytes = Vec::new();
        // A symbol has at most 121 modules a side and memory takes every write: encoding can't fail.
        encode_png(&mut bytes, side as u32, &self.pixels(side))
            .expect("a small picture is encoded into memory");
        bytes
    }

    /// Rows of packed pixels, most significant bit first, 1 is white.
    fn pixels(&self, side: usize) -> Vec<u8> {
        let row_bytes = side.div_ceil(8);
        let mut rows = vec![0xff_u8; row_bytes * side];
        for y in 0..self.width {
            for (x, length) in self.runs(y) {
                for py in (y + QUIET_ZONE) * PNG_SCALE..(y + QUIET_ZONE + 1) * PNG_SCALE {
                    for px in (x + QUIET_ZONE) * PNG_SCALE..(x + QUIET_ZONE + length) * PNG_SCALE {
                        rows[py * row_bytes + px / 8] &= !(0x80 >> (px % 8));
                    }
                }
            }
        }
        rows
    }

    /// Runs of dark modules in row `y`: start and length.
    pub(crate) fn runs(&self, y: usize) -> Vec<(usize, usize)> {
        let row = &self.modules[y * self.width..(y + 1) * self.width];
        let mut runs: Vec<(usize, usize)> = Vec::new();
        for (x, color) in row.iter().enumerate() {
            if *color == Color::Dark {
                match runs.last_mut() {
                    Some((start, length)) if *start + *length == x => *length += 1,
                    _ => runs.push((x, 1)),
                }
            }
        }
        runs
    }
}

/// The two segments and the terminator in a symbol of this version, if they fit.
fn segments(version: i16, prefix: &str, digits: &str) -> Option<Bits> {
    let mut bits = Bits::new(Version::Normal(version));
    // Even an empty segment has a head, and a window code just fits the smallest symbol.
    if !prefix.is_empty() {
        bits.push_byte_data(prefix.as_bytes()).ok()?;
    }
    bits.push_numeric_data(digits.as_bytes()).ok()?;
    bits.push_terminator(EcLevel::M).ok()?;
    Some(bits)
}

fn encode_png(out: &mut Vec<u8>, side: u32, pixels: &[u8]) -> Result<(), png::EncodingError> {
    let mut encoder = png::Encoder::new(out, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::High);
    encoder.set_pixel_dims(Some(png::PixelDimensions {
        xppu: PNG_PIXELS_PER_METRE,
        yppu: PNG_PIXELS_PER_METRE,
        unit: png::Unit::Meter,
    }));
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "https://credit.example.gov.cn/v#";

    /// Digits without a pattern, `n` of them.
    fn digits(n: usize) -> String {
        let mut x = 88_172_645_463_325_252_u64;
        (0..n)
            .map(|_| {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                char::from(b'0' + (x % 10) as u8)
            })
            .collect()
    }

    fn read(luma: Vec<u8>, side: usize) -> String {
        rxing::helpers::detect_in_luma(luma, side as u32, side as u32, Some(rxing::BarcodeFormat::QR_CODE))
            .expect("the picture has a QR code")
            .getText()
            .to_owned()
    }

    /// One byte a pixel, as another decoder sees the PNG.
    fn decode_png(bytes: &[u8]) -> (Vec<u8>, usize) {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut luma = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut luma).unwrap();
        assert_eq!((info.color_type, info.width), (png::ColorType::Grayscale, info.height));
        (luma, info.width as usize)
    }

    /// Draws the SVG's path the slow way, 3 pixels a module.
    fn draw_svg(svg: &str) -> (Vec<u8>, usize) {
        let view = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap();
        let modules: usize = view.parse().unwrap();
        let side = modules * 3;
        let mut luma = vec![255; side * side];
        let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
        for run in path.split('M').skip(1) {
            let (at, rest) = run.split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = rest.split('v').next().unwrap().parse().unwrap();
            for py in y * 3..(y + 1) * 3 {
                luma[py * side + x * 3..py * side + (x + length) * 3].fill(0);
            }
        }
        (luma, side)
    }

    #[test]
    fn what_is_drawn_is_read_again() {
        for n in [17, 500, 1_200, 1_990] {
            let digits = digits(n);
            let symbol = Symbol::new(PREFIX, &digits).unwrap();
            let (luma, side) = decode_png(&symbol.png());
            assert_eq!(side, (symbol.width() + 8) * PNG_SCALE);
            assert_eq!(read(luma, side), format!("{PREFIX}{digits}"));
            let (luma, side) = draw_svg(&symbol.svg());
            assert_eq!(read(luma, side), format!("{PREFIX}{digits}"));
        }
    }

    #[test]
    fn the_smallest_version_is_taken_and_none_over_24() {
        // 820 bytes are 1,992 digits: 117 chunks of 7 bytes and one of 1.
        let largest = Symbol::new(PREFIX, &digits(1_992)).unwrap();
        assert_eq!((largest.version(), largest.width()), (24, 113));
        assert_eq!(Symbol::new("", &digits(32)).unwrap().version(), 1);
        assert_eq!(Symbol::new(PREFIX, &digits(2_200)).err(), Some(TooLong));
        assert_eq!(Symbol::new(PREFIX, "12a").err(), Some(TooLong));
    }

    #[test]
    fn the_quiet_zone_is_white_and_the_size_is_stated() {
        let symbol = Symbol::new(PREFIX, &digits(300)).unwrap();
        let (luma, side) = decode_png(&symbol.png());
        let quiet = QUIET_ZONE * PNG_SCALE;
        for y in 0..side {
            for x in 0..side {
                let inside = (quiet..side - quiet).contains(&x) && (quiet..side - quiet).contains(&y);
                assert!(inside || luma[y * side + x] == 255, "dark pixel at {x},{y}");
            }
        }
        let expected = (symbol.width() + 8) * 4;
        assert!(symbol.svg().contains(&format!("width=\"{}.{}0mm\"", expected / 10, expected % 10)));
    }
}
