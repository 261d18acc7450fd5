//! Grey pixels: decoding a picture within bounds, and the few changes of it that help a search.

use std::io::Cursor;
use std::prelude::v1::*;
use std::sync::Mutex;
use std::vec;

use image::{DynamicImage, ImageError, ImageReader, Limits};

use super::PictureError;
use super::limits;

/// A grey picture, a byte a pixel, rows from the top; 0 is black.
#[derive(Clone, Debug)]
pub struct Gray {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

/// Held while a large picture is decoded, so that eight threads don't take eight times the memory.
static LARGE: Mutex<()> = Mutex::new(());

/// Decodes a PNG or JPEG file. What is transparent becomes white.
pub fn decode(bytes: &[u8]) -> Result<Gray, PictureError> {
    let reader = || {
        let mut reader =
            ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| PictureError::Damaged)?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(limits::PICTURE_MEMORY);
        reader.limits(limits);
        Ok(reader)
    };
    let (width, height) = reader()?.into_dimensions().map_err(error)?;
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > limits::PIXELS {
        return Err(PictureError::TooLarge);
    }
    let _one_at_a_time = (pixels > limits::LARGE_PICTURE).then(|| LARGE.lock());
    let picture = reader()?.decode().map_err(error)?;
    let (width, height) = (picture.width(), picture.height());
    let pixels =
        if picture.color().has_alpha() { on_white(&picture) } else { picture.into_luma8().into_raw() };
    Gray::new(width, height, pixels).ok_or(PictureError::Damaged)
}

fn error(error: ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::TooLarge,
        _ => PictureError::Damaged,
    }
}

fn on_white(picture: &DynamicImage) -> Vec<u8> {
    let blend = |pixel: &image::LumaA<u8>| {
        let [luma, alpha] = pixel.0.map(u32::from);
        let white = 255u32.saturating_sub(alpha).saturating_mul(255);
        u8::try_from(luma.saturating_mul(alpha).saturating_add(white) / 255).unwrap_or(255)
    };
    picture.to_luma_alpha8().pixels().map(blend).collect()
}

impl Gray {
    /// None unless there are exactly width × height pixels, and some.
    pub fn new(width: u32, height: u32, pixels: Vec<u8>) -> Option<Gray> {
        let count = usize::try_from(width).ok()?.checked_mul(usize::try_from(height).ok()?)?;
        (count > 0 && pixels.len() == count).then_some(Gray { width, height, pixels })
    }

    /// Pixels across.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The longer of both.
    pub fn side(&self) -> u32 {
        self.width.max(self.height)
    }

    /// The pixels, row by row.
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// Every `factor` × `factor` pixels become one, their mean. Unchanged for a factor below 2.
    pub fn smaller(&self, factor: u32) -> Gray {
        let (width, height) = (self.width.checked_div(factor), self.height.checked_div(factor));
        let (Some(width), Some(height)) = (width, height) else { return self.clone() };
        if factor < 2 || width == 0 || height == 0 {
            return self.clone();
        }
        let (across, step) = (self.row_length(), usize::try_from(factor).unwrap_or(1));
        let area = factor.saturating_mul(factor);
        let kept = usize::try_from(width).unwrap_or(0);
        let mut pixels = Vec::with_capacity(kept.saturating_mul(usize::try_from(height).unwrap_or(0)));
        let mut sums = vec![0u32; kept];
        for band in self.pixels.chunks_exact(across.saturating_mul(step)) {
            sums.fill(0);
            for row in band.chunks_exact(across) {
                for (sum, block) in sums.iter_mut().zip(row.chunks_exact(step)) {
                    *sum = block.iter().fold(*sum, |sum, pixel| sum.saturating_add(u32::from(*pixel)));
                }
            }
            pixels.extend(sums.iter().map(|sum| mean(*sum, area)));
        }
        Gray::new(width, height, pixels).unwrap_or_else(|| self.clone())
    }

    /// Drawn anew at `scale` times the size, turned by `degrees`, with `margin` white pixels around, by the mean of
    /// the four nearest pixels weighted by distance.
    pub fn redrawn(&self, scale: u32, degrees: f64, margin: u32) -> Gray {
        let scale = f64::from(scale.max(1));
        let (sin, cos) = degrees.to_radians().sin_cos();
        let (w, h) = (f64::from(self.width), f64::from(self.height));
        let spread = |a: f64, b: f64| (a * cos.abs() + b * sin.abs()) * scale + 2.0 * f64::from(margin);
        let (wide, high) = (spread(w, h), spread(h, w));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few thousand pixels at most"
        )]
        let (width, height) = (wide.ceil() as u32, high.ceil() as u32);
        let mut pixels = Vec::new();
        for y in 0..height {
            let dy = (f64::from(y) + 0.5 - high / 2.0) / scale;
            for x in 0..width {
                let dx = (f64::from(x) + 0.5 - wide / 2.0) / scale;
                pixels.push(self.between(dx * cos + dy * sin + w / 2.0, dy * cos - dx * sin + h / 2.0));
            }
        }
        Gray::new(width, height, pixels).unwrap_or_else(|| self.clone())
    }

    /// Black becomes white.
    pub fn inverted(&self) -> Gray {
        Gray { pixels: self.pixels.iter().map(|p| !p).collect(), ..*self }
    }

    /// Each pixel becomes the mean of the nine around it: takes the grain off a photo.
    pub fn blurred(&self) -> Gray {
        let mut pixels = Vec::with_capacity(self.pixels.len());
        for y in 0..self.height {
            for x in 0..self.width {
                let near = |d: u32, v: u32, most: u32| {
                    v.saturating_add(d).saturating_sub(1).min(most.saturating_sub(1))
                };
                let mut sum = 0u32;
                for (dx, dy) in NINE {
                    sum = sum.saturating_add(u32::from(
                        self.at(near(dx, x, self.width), near(dy, y, self.height)),
                    ));
                }
                pixels.push(mean(sum, 9));
            }
        }
        Gray { pixels, ..*self }
    }

    fn row_length(&self) -> usize {
        usize::try_from(self.width).unwrap_or(usize::MAX)
    }

    /// White outside.
    fn at(&self, x: u32, y: u32) -> u8 {
        if x >= self.width {
            return 255;
        }
        let row = usize::try_from(y).ok().and_then(|y| y.checked_mul(self.row_length()));
        let place = row.and_then(|row| row.checked_add(usize::try_from(x).ok()?));
        place.and_then(|place| self.pixels.get(place)).copied().unwrap_or(255)
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clipped to the picture, rounded on purpose"
    )]
    fn between(&self, x: f64, y: f64) -> u8 {
        let (x, y) = (x - 0.5, y - 0.5);
        if x < -1.0 || y < -1.0 || x > f64::from(self.width) || y > f64::from(self.height) {
            return 255;
        }
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        // Casting saturates: what is left of the picture, at -1, reads as its first column.
        let pixel = |dx: f64, dy: f64| f64::from(self.at((left + dx) as u32, (top + dy) as u32));
        let upper = pixel(0.0, 0.0) * (1.0 - fx) + pixel(1.0, 0.0) * fx;
        let lower = pixel(0.0, 1.0) * (1.0 - fx) + pixel(1.0, 1.0) * fx;
        (upper * (1.0 - fy) + lower * fy).round() as u8
    }
}

const NINE: [(u32, u32); 9] = [(0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (2, 1), (0, 2), (1, 2), (2, 2)];

fn mean(sum: u32, count: u32) -> u8 {
    let half = count / 2;
    u8::try_from(sum.saturating_add(half).checked_div(count).unwrap_or(0)).unwrap_or(255)
}
