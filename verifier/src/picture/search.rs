//! Where in a picture to look for codes, and how: a fixed list of ways, cheap ones first.
//!
//! Most pictures need only the first look. The harder ways are tried while there is no certificate code yet, so a
//! picture without any costs the whole list: about a second for a large one.

use std::prelude::v1::*;
use std::vec;

use rxing::common::{BitMatrix, DetectorRXingResult, GlobalHistogramBinarizer, HybridBinarizer};
use rxing::oned::Code128Reader;
use rxing::qrcode::cpp_port::decoder::Decode;
use rxing::qrcode::cpp_port::detector::{
    FindFinderPatterns, FinderPatternSet, GenerateFinderPatternSets, SampleQR,
};
use rxing::{BarcodeFormat, Binarizer, BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult, Reader};

use super::Gray;
use super::limits;
use crate::guard::guarded;

/// The longer side that the first look is at: a page at about 200 dots an inch.
const FIRST_SIDE: u32 = 2048;
/// Pictures up to this size are enlarged.
const SMALL_SIDE: u32 = 1024;
/// White pixels put around a picture that was cut close to its code.
const MARGIN: u32 = 24;

/// The texts of all codes found, each once, in reading order. Looks harder until `enough` accepts one of them.
pub fn search(picture: &Gray, enough: &dyn Fn(&str) -> bool) -> Vec<String> {
    let mut found = Found { codes: Vec::new(), tries: limits::CODE_TRIES };
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

/// The text of one bar code (Code 128) that lies level or upright, upside down included.
pub fn bar_code(picture: &Gray) -> Option<String> {
    let level = reduced(picture, FIRST_SIDE);
    read_bars(&level).or_else(|| read_bars(&level.redrawn(1, 90.0, MARGIN)))
}

fn read_bars(picture: &Gray) -> Option<String> {
    let (width, height) = (picture.width(), picture.height());
    let source = Luma8LuminanceSource::new(picture.clone().into_pixels(), width, height).ok()?;
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let attempt = || {
        let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
        Code128Reader.decode_with_hints(&mut bitmap, &hints).ok()
    };
    guarded(attempt).flatten().map(|result| result.getText().to_owned())
}

type Harder = fn(&mut Found, &Gray, &Gray);

const HARDER: [Harder; 9] = [
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
    |found, _, fine| found.look(&fine.blurred(), Way::Global),
];

/// How a grey picture is made black and white.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// A threshold for each neighbourhood.
    Local,
    /// The same, with white specks in black closed.
    LocalClosed,
    /// One threshold for all.
    Global,
}

/// One code: its text, the middle of it and half its size, in parts of the picture's width and height.
struct Place {
    text: String,
    x: f32,
    y: f32,
    half: f32,
}

/// What was found, and how often one may still try.
struct Found {
    codes: Vec<Place>,
    tries: usize,
}

impl Found {
    fn look(&mut self, picture: &Gray, way: Way) {
        let (width, height) = (picture.width(), picture.height());
        let Ok(source) = Luma8LuminanceSource::new(picture.clone().into_pixels(), width, height) else {
            return;
        };
        let results = guarded(|| match way {
            Way::Global => read(GlobalHistogramBinarizer::new(source), way, &mut self.tries),
            _ => read(HybridBinarizer::new(source), way, &mut self.tries),
        });
        for result in results.unwrap_or_default() {
            if self.is_full() {
                return;
            }
            if !result.getText().is_empty() && !self.texts().any(|t| t == result.getText()) {
                self.codes.push(place(&result, width, height));
            }
        }
    }

    fn texts(&self) -> impl Iterator<Item = &str> {
        self.codes.iter().map(|code| code.text.as_str())
    }

    /// One more than can be reported, to tell "too many" from "just as many".
    fn is_full(&self) -> bool {
        self.codes.len() > limits::CODES
    }

    /// Line by line; what stands beside each other is a line, even if it is not quite level.
    fn in_reading_order(mut self) -> Vec<String> {
        self.codes.sort_by(|a, b| a.y.total_cmp(&b.y));
        let mut lines: Vec<Vec<Place>> = Vec::new();
        for code in self.codes {
            match lines.last_mut() {
                Some(line) if line.first().is_some_and(|first| code.y - first.y < first.half) => {
                    line.push(code)
                }
                _ => lines.push(vec![code]),
            }
        }
        for line in &mut lines {
            line.sort_by(|a, b| a.x.total_cmp(&b.x));
        }
        lines.into_iter().flatten().map(|code| code.text).collect()
    }
}

/// Finds the corners of codes, and tries what three of them might make together.
fn read<B: Binarizer>(binarizer: B, way: Way, tries: &mut usize) -> Vec<RXingResult> {
    let mut bitmap = BinaryBitmap::new(binarizer);
    if way == Way::LocalClosed && bitmap.close().is_err() {
        return Vec::new();
    }
    let picture = bitmap.get_black_matrix();
    if is_crowded(picture) {
        return Vec::new();
    }
    // The largest are most likely real.
    let mut corners = FindFinderPatterns(picture, true, 0);
    corners.sort_by_key(|corner| std::cmp::Reverse(corner.size));
    corners.truncate(limits::CODE_CORNERS);
    let mut used = Vec::new();
    let mut found = Vec::new();
    for set in GenerateFinderPatternSets(&mut corners) {
        let three = [set.bl, set.tl, set.tr];
        if three.iter().any(|corner| used.contains(corner)) {
            continue;
        }
        let Some(left) = tries.checked_sub(1) else { break };
        *tries = left;
        if let Some(Some(result)) = guarded(|| attempt(picture, &set)) {
            used.extend(three);
            found.push(result);
        }
    }
    found
}

/// Whether more rows than in any honest picture cross what might be the corner of a code: a drawing of nothing but
/// corners would keep the reader busy for hours.
fn is_crowded(picture: &BitMatrix) -> bool {
    let mut crossings = 0usize;
    for y in (2..picture.height()).step_by(3) {
        let mut runs = [0u32; 5];
        let mut dark = false;
        for x in 0..picture.width() {
            if picture.get(x, y) == dark {
                runs[4] = runs[4].saturating_add(1);
                continue;
            }
            if dark && is_corner(runs) {
                crossings = crossings.saturating_add(1);
            }
            dark = !dark;
            runs = [runs[1], runs[2], runs[3], runs[4], 1];
        }
    }
    crossings > limits::CODE_CROSSINGS
}

/// Dark, light, dark, light, dark in about the lengths 1, 1, 3, 1, 1.
fn is_corner(runs: [u32; 5]) -> bool {
    let total = runs.iter().fold(0u32, |sum, run| sum.saturating_add(*run));
    let near = |run: u32, modules: u32| {
        let (run, whole) = (run.saturating_mul(14), total.saturating_mul(modules));
        run > whole && run < whole.saturating_mul(4)
    };
    near(runs[0], 1) && near(runs[1], 1) && near(runs[2], 3) && near(runs[3], 1) && near(runs[4], 1)
}

fn attempt(picture: &BitMatrix, set: &FinderPatternSet) -> Option<RXingResult> {
    let sampled = SampleQR(picture, set).ok()?;
    let decoded = Decode(sampled.getBits()).ok().filter(|decoded| decoded.isValid())?;
    Some(RXingResult::with_decoder_result(decoded, sampled.getPoints(), BarcodeFormat::QR_CODE))
}

#[expect(clippy::cast_precision_loss, reason = "sides are a few thousand pixels")]
fn place(result: &RXingResult, width: u32, height: u32) -> Place {
    let points = result.getRXingResultPoints();
    let middle = |of: fn(&rxing::Point) -> f32| {
        let (least, most) =
            points.iter().map(of).fold((f32::MAX, f32::MIN), |(a, b), v| (a.min(v), b.max(v)));
        (least / 2.0 + most / 2.0, most / 2.0 - least / 2.0)
    };
    let ((x, _), (y, half)) = (middle(|point| point.x), middle(|point| point.y));
    let (width, height) = (width as f32, height as f32);
    Place { text: result.getText().to_owned(), x: x / width, y: y / height, half: half / height }
}

/// The picture in a whole fraction of its size, so that it is at most `side` long.
fn reduced(picture: &Gray, side: u32) -> Gray {
    picture.smaller(picture.side().div_ceil(side.max(1)))
}
