//! Signs that are drawn, not typed: what a claim says is told by a word *and* a sign *and* the look of its box, never by a
//! colour.

use super::sheet::{Ink, Mark};

/// Distance of the lines of a hatching.
const HATCH: f32 = 4.0;

/// Slanting lines in a rectangle: not covered.
pub(super) fn hatching(x: f32, y: f32, w: f32, h: f32) -> Mark {
    let mut lines = Vec::new();
    let mut at = HATCH;
    while at < w + h {
        // From the upper or right edge to the left or lower one.
        let from = if at <= w { (x + at, y) } else { (x + w, y + at - w) };
        let to = if at <= h { (x, y + at) } else { (x + at - h, y + h) };
        lines.push(vec![from, to]);
        at += HATCH;
    }
    Mark::Drawn { lines, ink: Ink::Black, width: 0.6, dash: None }
}

/// A rectangle as a closed line.
pub(super) fn outline(x: f32, y: f32, w: f32, h: f32) -> Vec<(f32, f32)> {
    vec![(x, y), (x + w, y), (x + w, y + h), (x, y + h), (x, y)]
}

/// A tick in a square of this size: holds.
pub(super) fn tick(x: f32, y: f32, size: f32, ink: Ink) -> Mark {
    let line = vec![
        (x + 0.08 * size, y + 0.55 * size),
        (x + 0.38 * size, y + 0.85 * size),
        (x + 0.95 * size, y + 0.15 * size),
    ];
    Mark::Drawn { lines: vec![line], ink, width: size * 0.15, dash: None }
}

/// A cross: does not hold.
pub(super) fn cross(x: f32, y: f32, size: f32, ink: Ink) -> Mark {
    let (a, b) = (0.14 * size, 0.86 * size);
    let lines = vec![vec![(x + a, y + a), (x + b, y + b)], vec![(x + b, y + a), (x + a, y + b)]];
    Mark::Drawn { lines, ink, width: size * 0.16, dash: None }
}

/// A square half of which is black: in part.
pub(super) fn half(x: f32, y: f32, size: f32) -> [Mark; 2] {
    let (a, w) = (0.1 * size, 0.8 * size);
    let lower = vec![(x + a, y + a + w), (x + a + w, y + a), (x + a + w, y + a + w)];
    [
        Mark::Filled { polygons: vec![lower], ink: Ink::Black },
        Mark::Drawn { lines: vec![outline(x + a, y + a, w, w)], ink: Ink::Black, width: 0.8, dash: None },
    ]
}

/// An exclamation mark: under objection.
pub(super) fn warning(x: f32, y: f32, size: f32) -> Mark {
    let middle = x + size / 2.0;
    let bar = vec![
        (middle - 0.11 * size, y + 0.05 * size),
        (middle + 0.11 * size, y + 0.05 * size),
        (middle + 0.07 * size, y + 0.64 * size),
        (middle - 0.07 * size, y + 0.64 * size),
    ];
    let dot = super::sheet::corners(middle - 0.1 * size, y + 0.76 * size, 0.2 * size, 0.2 * size);
    Mark::Filled { polygons: vec![bar, dot], ink: Ink::Black }
}
