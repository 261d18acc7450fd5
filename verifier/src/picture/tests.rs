//! Pictures drawn here, with codes as the office prints them: a URL as bytes, then digits.

use std::format;

use image::{GrayImage, ImageFormat, Luma};
use qrcode::bits::Bits;
use qrcode::{EcLevel, QrCode, Version};

use super::*;

/// A text of the shape of a certificate's code: its content does not matter here, and is refused later.
fn text(seed: u64, digits: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let digits: String =
        (0..digits).map(|_| char::from(b'0' + u8::try_from(random(&mut state) % 10).unwrap())).collect();
    format!("https://credit.example.gov.cn/v#{digits}")
}

fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state >> 11
}

/// A code with its quiet zone, `module` pixels a module.
fn code(text: &str, module: u32) -> GrayImage {
    let (url, digits) = text.split_at(text.find('#').map_or(0, |at| at + 1));
    let code = (1..=30)
        .find_map(|version| {
            let mut bits = Bits::new(Version::Normal(version));
            if !url.is_empty() {
                bits.push_byte_data(url.as_bytes()).ok()?;
            }
            bits.push_numeric_data(digits.as_bytes()).ok()?;
            bits.push_terminator(EcLevel::M).ok()?;
            QrCode::with_bits(bits, EcLevel::M).ok()
        })
        .unwrap();
    let modules = u32::try_from(code.width()).unwrap() + 8;
    GrayImage::from_fn(modules * module, modules * module, |x, y| {
        let (x, y) = ((x / module).checked_sub(4), (y / module).checked_sub(4));
        let dark = |x: u32, y: u32| {
            let (x, y) = (x as usize, y as usize);
            x < code.width() && y < code.width() && code[(x, y)] == qrcode::Color::Dark
        };
        Luma([if x.zip(y).is_some_and(|(x, y)| dark(x, y)) { 0 } else { 255 }])
    })
}

fn paste(page: &mut GrayImage, code: &GrayImage, left: u32, top: u32) {
    for (x, y, pixel) in code.enumerate_pixels() {
        page.put_pixel(left + x, top + y, *pixel);
    }
}

fn turned(picture: &GrayImage, degrees: f64) -> GrayImage {
    let gray = Gray::new(picture.width(), picture.height(), picture.as_raw().clone()).unwrap();
    let gray = gray.redrawn(1, degrees, 10);
    GrayImage::from_raw(gray.width(), gray.height(), gray.into_pixels()).unwrap()
}

/// Grain, a shadow from one side, less contrast: a phone photo of paper.
fn as_photo(picture: &mut GrayImage, seed: u64) {
    let mut state = seed | 1;
    let width = u64::from(picture.width());
    for (x, _, pixel) in picture.enumerate_pixels_mut() {
        let shadow = 110 + 90 * u64::from(x) / width;
        let value = 25 + u64::from(pixel.0[0]) * shadow / 255 + random(&mut state) % 40;
        pixel.0[0] = u8::try_from(value.min(255)).unwrap();
    }
}

fn file(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn check(picture: &GrayImage, expected: &[&str]) {
    let expected = Codes::Certificates(expected.iter().map(|text| (*text).to_owned()).collect());
    assert_eq!(codes(&file(picture, ImageFormat::Png)), Ok(expected));
}

#[test]
fn a_plain_code_of_every_length() {
    for (seed, digits) in [(1, 200), (2, 900), (3, 1991)] {
        let text = text(seed, digits);
        check(&code(&text, 4), &[&text]);
    }
}

#[test]
fn turned_codes() {
    let text = text(4, 1900);
    let plain = code(&text, 4);
    for degrees in [90.0, 180.0, 270.0, 17.0, -5.0, 45.0] {
        check(&turned(&plain, degrees), &[&text]);
    }
}

#[test]
fn small_ones() {
    let text = text(5, 1900);
    check(&code(&text, 1), &[&text]);
    check(&code(&text, 2), &[&text]);
    check(&turned(&code(&text, 3), 17.0), &[&text]);
}

#[test]
fn a_photo_of_a_page_as_jpeg() {
    let text = text(6, 1900);
    let mut page = GrayImage::from_pixel(2400, 3200, Luma([255]));
    paste(&mut page, &turned(&code(&text, 6), 8.0), 700, 1500);
    as_photo(&mut page, 7);
    let found = codes(&file(&page, ImageFormat::Jpeg));
    assert_eq!(found, Ok(Codes::Certificates(vec![text])));
}

#[test]
fn cut_close_inverted_and_transparent() {
    let text = text(8, 900);
    let plain = code(&text, 4);
    let cut = image::imageops::crop_imm(&plain, 16, 16, plain.width() - 32, plain.height() - 32).to_image();
    check(&cut, &[&text]);
    let mut inverted = plain.clone();
    inverted.pixels_mut().for_each(|pixel| pixel.0[0] = !pixel.0[0]);
    check(&inverted, &[&text]);
    let transparent = image::GrayAlphaImage::from_fn(plain.width(), plain.height(), |x, y| {
        image::LumaA([0, !plain.get_pixel(x, y).0[0]])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    transparent.write_to(&mut bytes, ImageFormat::Png).unwrap();
    assert_eq!(codes(bytes.get_ref()), Ok(Codes::Certificates(vec![text])));
}

#[test]
fn two_certificates_and_lookup_codes_in_one_picture() {
    let (first, second) = (text(9, 1700), text(10, 1800));
    let lookup = "20261122401709386125745390217746";
    let mut page = GrayImage::from_pixel(1240, 1754, Luma([255]));
    paste(&mut page, &code(&first, 4), 60, 100);
    paste(&mut page, &code(&second, 4), 640, 900);
    paste(&mut page, &code(lookup, 5), 900, 100);
    check(&page, &[&first, &second]);
}

#[test]
fn the_same_certificate_twice_is_one() {
    let text = text(11, 900);
    let mut page = GrayImage::from_pixel(1000, 500, Luma([255]));
    paste(&mut page, &code(&text, 4), 20, 20);
    paste(&mut page, &code(&text, 4), 520, 40);
    check(&page, &[&text]);
}

#[test]
fn pictures_without_a_certificate() {
    let blank = GrayImage::from_pixel(300, 200, Luma([240]));
    assert_eq!(codes(&file(&blank, ImageFormat::Png)), Ok(Codes::None));
    let lookup = code("20261122401709386125745390217746", 5);
    let text = "20261122401709386125745390217746".to_owned();
    assert_eq!(codes(&file(&lookup, ImageFormat::Png)), Ok(Codes::Lookups(vec![text])));
    let other = code("https://example.com/#12", 5);
    assert_eq!(codes(&file(&other, ImageFormat::Png)), Ok(Codes::Others));
}

#[test]
fn grain_alone_is_no_code() {
    let mut grain = GrayImage::from_pixel(700, 500, Luma([0]));
    let mut state = 12;
    grain.pixels_mut().for_each(|pixel| pixel.0[0] = u8::try_from(random(&mut state) % 256).unwrap());
    assert_eq!(codes(&file(&grain, ImageFormat::Png)), Ok(Codes::None));
}

#[test]
fn too_large_and_damaged() {
    let whole = file(&code(&text(13, 100), 3), ImageFormat::Png);
    assert_eq!(codes(&whole[..whole.len() / 2]), Err(PictureError::Damaged));
    assert_eq!(codes(&whole[..20]), Err(PictureError::Damaged));
    // A header that claims 65,535 × 65,535 pixels, as a bomb would, is refused before anything is inflated.
    let mut huge = whole.clone();
    huge[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    let crc = crc32fast::hash(&huge[12..29]).to_be_bytes();
    huge[29..33].copy_from_slice(&crc);
    assert_eq!(codes(&huge), Err(PictureError::TooLarge));
}

#[test]
fn a_hundred_codes_and_one_more() {
    let page = |rows: u32| {
        let mut page = GrayImage::from_pixel(10 * 250, rows * 250, Luma([255]));
        for place in 0..10 * rows {
            let code = code(&text(u64::from(place + 1), 400), 3);
            paste(&mut page, &code, place % 10 * 250, place / 10 * 250);
        }
        codes(&file(&page, ImageFormat::Png))
    };
    let hundred: Vec<String> = (1..=100).map(|seed| text(seed, 400)).collect();
    assert_eq!(page(10), Ok(Codes::Certificates(hundred)));
    assert_eq!(page(11), Ok(Codes::TooMany));
}

#[test]
fn drawings_made_to_keep_the_reader_busy() {
    // Corners side by side, in two sizes: the larger ones are tried, of the smaller ones there are too many.
    for module in [1, 3] {
        let corner = |x: u32, y: u32| {
            let (x, y) = (x / module % 9, y / module % 9);
            let from_centre = x.abs_diff(3).max(y.abs_diff(3));
            Luma([if x < 7 && y < 7 && from_centre != 2 { 0 } else { 255 }])
        };
        let drawing = GrayImage::from_fn(1500, 1500, corner);
        assert_eq!(codes(&file(&drawing, ImageFormat::Png)), Ok(Codes::None));
    }
}

#[test]
fn seen_from_the_side() {
    let text = text(14, 1900);
    let plain = code(&text, 5);
    let (w, h) = (f64::from(plain.width()), f64::from(plain.height()));
    // The top is farther away than the bottom.
    let slanted = GrayImage::from_fn(plain.width(), plain.height(), |x, y| {
        let near = 0.8 + 0.2 * f64::from(y) / h;
        let (from, line) = ((f64::from(x) - w / 2.0) / near + w / 2.0, f64::from(y) / near);
        let inside = from >= 0.0 && from < w && line < h;
        if inside { *plain.get_pixel(from as u32, line as u32) } else { Luma([255]) }
    });
    check(&slanted, &[&text]);
}

/// Widths of the bars and spaces of a Code 128 in its set C, two digits a symbol (ISO/IEC 15417).
fn bars(digits: &str) -> Vec<u8> {
    let values: Vec<u32> = (0..digits.len()).step_by(2).map(|i| digits[i..i + 2].parse().unwrap()).collect();
    let check = values.iter().zip(1u32..).fold(105, |sum, (value, place)| sum + value * place) % 103;
    let mut widths = Vec::new();
    for symbol in [105].into_iter().chain(values).chain([check, 106]) {
        widths.extend(SYMBOLS[symbol as usize].bytes().map(|width| width - b'0'));
    }
    widths
}

#[test]
fn a_bar_code_of_a_window_code() {
    let text = "20261122401709386125745390217746";
    let row: Vec<bool> = bars(text)
        .iter()
        .enumerate()
        .flat_map(|(place, width)| std::iter::repeat_n(place % 2 == 0, usize::from(*width) * 3))
        .collect();
    let width = u32::try_from(row.len()).unwrap();
    let level = GrayImage::from_fn(width + 90, 220, |x, y| {
        let dark = x >= 45 && (60..160).contains(&y) && row.get(x as usize - 45).is_some_and(|bar| *bar);
        Luma([if dark { 0 } else { 255 }])
    });
    let found = Ok(Codes::Lookups(vec![text.to_owned()]));
    for degrees in [0.0, 2.0, 180.0, 90.0, 270.0] {
        assert_eq!(codes(&file(&turned(&level, degrees), ImageFormat::Png)), found, "{degrees}");
    }
    let other = GrayImage::from_fn(300, 120, |x, _| Luma([if x / 7 % 2 == 0 { 0 } else { 255 }]));
    assert_eq!(codes(&file(&other, ImageFormat::Png)), Ok(Codes::None));
}

const SYMBOLS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];
