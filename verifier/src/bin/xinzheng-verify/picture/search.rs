//! Where in a picture to look for codes, and how: a fixed list of ways, cheap ones first.
//!
//! Most pictures need only the first look. The harder ways are tried while there is no certificate code yet, so a
//! picture without any costs the whole list: about a second for a large one.

use rxing::common::{GlobalHistogramBinarizer, HybridBinarizer};
use rxing::multi::MultipleBarcodeReader;
use rxing::multi::qrcode::QRCodeMultiReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BarcodeFormat, Binarizer, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult};

use super::Gray;
use crate::limits;

/// The longer side that the first look is at: a page at about 200 dots an inch.
const FIRST_SIDE: u32 = 2048;
/// Pictures up to this size are enlarged.
const SMALL_SIDE: u32 = 1024;
/// White pixels put around a picture that was cut close to its code.
const MARGIN: u32 = 24;

/// The texts of all codes found, each once, in reading order. Looks harder until `enough` accepts one of them.
pub fn search(picture: &Gray, enough: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found = Found::default();
    let first = reduced(picture, FIRST_SIDE);
    found.look(&first, Way::Local);
    let fine = reduced(picture, limits::SEARCH_SIDE);
    if fine.side() > first.side() {
        found.look(&fine, Way::Local);
    } else {
        found.look(&first, Way::Global);
    }
    for harder in HARDER {
        if found.texts().any(enough) || found.is_full() {
            break;
        }
        harder(&mut found, &first, &fine);
    }
    found.in_reading_order()
}

type Harder = fn(&mut Found, &Gray, &Gray);

const HARDER: [Harder; 10] = [
    |found, first, _| found.look(&first.redrawn(1, 0.0, MARGIN), Way::Local),
    |found, first, _| found.look(&first.smaller(2), Way::Local),
    |found, first, _| found.look(first, Way::LocalClosed),
    |found, first, _| found.look(&first.blurred(), Way::Local),
    |found, first, _| found.look(&first.inverted(), Way::Local),
    |found, first, _| {
        if first.side() <= SMALL_SIDE {
            found.look(&first.redrawn(2, 0.0, MARGIN), Way::Local)
        }
    },
    |found, first, _| {
        if first.side() <= SMALL_SIDE / 2 {
            found.look(&first.redrawn(4, 0.0, MARGIN), Way::Local)
        }
    },
    |found, first, _| found.look(&first.redrawn(1, 45.0, MARGIN), Way::Local),
    |found, first, _| found.look(first, Way::OtherReader),
    |found, _, fine| found.look(&fine.blurred(), Way::Global),
];

/// How a grey picture is made black and white, and which reader looks at it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A threshold for each neighbourhood.
    Local,
    /// The same, with white specks in black closed.
    LocalClosed,
    /// One threshold for all.
    Global,
    /// A threshold for each neighbourhood, and the older of both readers.
    OtherReader,
}

/// What was found: text and place, as parts of the picture's height and width.
#[derive(Default)]
struct Found(Vec<(String, f32, f32)>);

impl Found {
    fn look(&mut self, picture: &Gray, way: Way) {
        let (width, height) = (picture.width(), picture.height());
        let Ok(source) = Luma8LuminanceSource::new(picture.clone().into_pixels(), width, height) else {
            return;
        };
        let results = match way {
            Way::Global => read(GlobalHistogramBinarizer::new(source), way),
            _ => read(HybridBinarizer::new(source), way),
        };
        for result in results {
            if self.is_full() {
                return;
            }
            if !result.getText().is_empty() && !self.texts().any(|t| t == result.getText()) {
                let (x, y) = centre(&result);
                #[expect(clippy::cast_precision_loss, reason = "sides are a few thousand pixels")]
                self.0.push((result.getText().to_owned(), y / height as f32, x / width as f32));
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(text, ..)| text.as_str())
    }

    /// One more than can be reported, to tell "too many" from "just as many".
    fn is_full(&self) -> bool {
        self.0.len() > limits::CODES
    }

    fn in_reading_order(mut self) -> Vec<String> {
        self.0.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)));
        self.0.into_iter().map(|(text, ..)| text).collect()
    }
}

fn read<B: Binarizer>(binarizer: B, way: Way) -> Vec<RXingResult> {
    let mut bitmap = BinaryBitmap::new(binarizer);
    let hints = DecodeHints {
        TryHarder: Some(true),
        PossibleFormats: Some([BarcodeFormat::QR_CODE].into()),
        ..DecodeHints::default()
    };
    if way == Way::LocalClosed && bitmap.close().is_err() {
        return Vec::new();
    }
    let results = match way {
        Way::OtherReader => QRCodeMultiReader::new().decode_multiple_with_hints(&mut bitmap, &hints),
        _ => QrReader.decode_multiple_with_hints(&mut bitmap, &hints),
    };
    results.unwrap_or_default()
}

fn centre(result: &RXingResult) -> (f32, f32) {
    let points = result.getRXingResultPoints();
    let (mut x, mut y) = (0.0, 0.0);
    for point in points {
        x += point.x;
        y += point.y;
    }
    #[expect(clippy::cast_precision_loss, reason = "four points")]
    let count = points.len().max(1) as f32;
    (x / count, y / count)
}

/// The picture in a whole fraction of its size, so that it is at most `side` long.
fn reduced(picture: &Gray, side: u32) -> Gray {
    picture.smaller(picture.side().div_ceil(side.max(1)))
}
