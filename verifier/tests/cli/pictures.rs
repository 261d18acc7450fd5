//! Certificates in pictures, from the symbol to the verdict. Turned, small and noisy ones are tested beside the reader.

use image::{GrayImage, ImageFormat, Luma};
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use crate::office::Office;

/// The symbol of a certificate: URL in bytes, then digits, at error correction M.
fn symbol(text: &str, module: u32) -> GrayImage {
    let (url, digits) = text.split_at(text.find('#').map_or(0, |at| at + 1));
    let code = (1..=24).find_map(|version| {
        let mut bits = Bits::new(Version::Normal(version));
        if !url.is_empty() {
            bits.push_byte_data(url.as_bytes()).ok()?;
        }
        bits.push_numeric_data(digits.as_bytes()).ok()?;
        bits.push_terminator(EcLevel::M).ok()?;
        QrCode::with_bits(bits, EcLevel::M).ok()
    });
    let code = code.unwrap();
    let side = code.width() as u32 + 8;
    GrayImage::from_fn(side * module, side * module, |x, y| {
        let at = |v: u32| ((v / module) as usize).wrapping_sub(4);
        let inside = at(x) < code.width() && at(y) < code.width();
        Luma([if inside && code[(at(x), at(y))] == Color::Dark { 0 } else { 255 }])
    })
}

fn file(picture: &GrayImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Grain and a shadow, from a fixed seed.
fn as_photo(picture: &mut GrayImage) {
    let mut state = 88_172_645_463_325_252u64;
    let width = picture.width();
    for (x, _, pixel) in picture.enumerate_pixels_mut() {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let light = 120 + 80 * x / width;
        pixel.0[0] = (20 + u32::from(pixel.0[0]) * light / 255 + (state >> 40) as u32 % 40).min(255) as u8;
    }
}

#[test]
fn png_and_jpeg_of_one_certificate() {
    let office = Office::new();
    let issued = office.issue(&["渭水样例食品有限公司", "乙公司"]);
    let plain = symbol(&issued[0].scan(), 4);
    office.write("plain.png", file(&plain, ImageFormat::Png));
    office.write("turned.png", file(&image::imageops::rotate90(&plain), ImageFormat::Png));
    let mut page = GrayImage::from_pixel(1654, 2339, Luma([255]));
    image::imageops::overlay(&mut page, &plain, 900, 1600);
    as_photo(&mut page);
    office.write("photo.jpg", file(&page, ImageFormat::Jpeg));
    let answer = office.judge(&["{}/plain.png", "{}/turned.png", "{}/photo.jpg"]);
    assert_eq!(answer.exit, 0, "{}", answer.text());
    assert_eq!(answer.codes(), ["VALID", "VALID", "VALID"]);
    for result in answer.json()["results"].as_array().unwrap() {
        assert_eq!(result["number"], issued[0].number());
        assert_eq!(result["level"], 1);
        assert!(result["hidden"].is_null(), "a code shows nothing of the document");
    }
}

#[test]
fn two_in_one_picture_and_a_window_code_beside_them() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司"]);
    office.write("status-0.xzs", office.status_list(1, 1_795_310_190, &[(16, 0), (17, 1)]));
    let mut page = GrayImage::from_pixel(1240, 1754, Luma([255]));
    image::imageops::overlay(&mut page, &symbol(&issued[0].scan(), 4), 60, 60);
    image::imageops::overlay(&mut page, &symbol(&issued[1].scan(), 4), 600, 1000);
    image::imageops::overlay(&mut page, &symbol("20261122401709386125745390217746", 5), 900, 60);
    office.write("page.png", file(&page, ImageFormat::Png));
    let answer = office.judge(&["{}/page.png"]);
    assert_eq!((answer.exit, answer.codes()), (1, vec!["VALID".to_owned(), "REVOKED".to_owned()]));
    assert_eq!(answer.files(&office), ["page.png#1", "page.png#2"]);
}

#[test]
fn pictures_that_show_none() {
    let office = Office::new();
    office.write("window.png", file(&symbol("20261122401709386125745390217746", 5), ImageFormat::Png));
    office.write("other.png", file(&symbol("https://example.com/menu#7", 5), ImageFormat::Png));
    office.write("blank.png", file(&GrayImage::from_pixel(300, 200, Luma([200])), ImageFormat::Png));
    office.write("broken.jpg", b"\xff\xd8\xff\xe0 and no more");
    let answer = office.judge(&["{}/window.png", "{}/other.png", "{}/blank.png", "{}/broken.jpg"]);
    assert_eq!(answer.exit, 2);
    assert_eq!(answer.codes(), ["NEEDS_LOOKUP", "NOT_RECOGNISED", "NOT_RECOGNISED", "NOT_RECOGNISED"]);
}
