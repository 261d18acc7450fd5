//! What bad input gets: a clear 4xx or a verdict, and no effect on others.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::house::{COMMITMENT, House, JSON, form, window_code};

const BYTES: &str = "Content-Type: application/octet-stream\r\n";

#[test]
fn methods_types_and_sizes() {
    let house = House::new();
    for (line, allow) in [
        ("PUT /documents", "post"),
        ("GET /verify", "post"),
        ("DELETE /batches", "get, head"),
        ("POST /trust", "get, head"),
        ("PATCH /jobs/00000000000000000000000000000000", "get, head, delete"),
    ] {
        let answer = house.ask(line, "", b"");
        assert_eq!((answer.status, answer.code().as_str()), (405, "METHOD_NOT_ALLOWED"), "{line}");
        let mut given: Vec<&str> = answer.header("allow").unwrap().split(", ").collect();
        let mut wanted: Vec<&str> = allow.split(", ").collect();
        given.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(given, wanted, "{line}");
    }
    for line in
        ["POST /documents", "POST /verify", "POST /verifications", "POST /jobs", "POST /certificates/look-up"]
    {
        for media_type in ["application/xml", "video/mp4", "nonsense"] {
            let answer = house.ask(line, &format!("Content-Type: {media_type}\r\n"), b"<a/>");
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (415, "MEDIA_TYPE_UNSUPPORTED"),
                "{line} {media_type}"
            );
        }
    }
    // Refused by what it says, before it is sent.
    for (line, length) in
        [("POST /documents", 80u64 << 20), ("POST /verify", 17 << 20), ("POST /jobs", 13 << 20)]
    {
        let header = format!("Content-Type: text/csv\r\nContent-Length: {length}\r\n");
        let header =
            if line.ends_with("verify") { format!("{BYTES}Content-Length: {length}\r\n") } else { header };
        let answer = house.ask(line, &header, b"");
        assert_eq!((answer.status, answer.code().as_str()), (413, "BODY_LARGE"), "{line}");
    }
    let large = house.ask("POST /documents", JSON, &vec![b' '; (4 << 20) + 1]);
    assert_eq!(large.status, 413);
    let long = json!({"text": "7".repeat(60_000)});
    assert_eq!(house.post_json("/verify", &long).json()["code"], "NOT_RECOGNISED");
    assert_eq!(house.post_json("/verify", &json!({"text": "7".repeat(70_000)})).status, 413);
}

#[test]
fn broken_multipart() {
    let house = House::new();
    let (header, whole) = form(&[("kind", "file")], Some(("a.txt", "text/plain", b"x")));
    for (header, body) in [
        (header.as_str(), &whole[..whole.len() / 2]),
        (header.as_str(), b"" as &[u8]),
        (header.as_str(), b"--limit\r\n\r\n"),
        (header.as_str(), b"--other\r\n\r\nx\r\n--other--"),
        ("Content-Type: multipart/form-data\r\n", &whole),
        ("Content-Type: multipart/form-data; boundary=\r\n", &whole),
    ] {
        for line in ["POST /documents", "POST /verify", "POST /jobs", "POST /verifications"] {
            let answer = house.ask(line, header, body);
            assert!(
                matches!(answer.status, 400 | 415),
                "{line} {header}: {} {}",
                answer.status,
                answer.text()
            );
            answer.code();
        }
    }
    let twice = [("kind", "file"), ("kind", "file")];
    let (header, body) = form(&twice, Some(("a.txt", "text/plain", b"x")));
    assert_eq!(house.ask("POST /documents", &header, &body).code(), "MULTIPART_BAD");
    let (header, body) = form(&[("kind", "file"), ("surprise", "1")], Some(("a.txt", "text/plain", b"x")));
    let answer = house.ask("POST /documents", &header, &body);
    assert_eq!((answer.code().as_str(), &answer.json()["where"]), ("MEMBER_UNKNOWN", &"surprise".into()));
    let many: Vec<(String, &str)> = (0..20).map(|n| (format!("f{n}"), "x")).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let (header, body) = form(&many, None);
    assert_eq!(house.ask("POST /verify", &header, &body).code(), "MULTIPART_BAD");
    let long = "x".repeat(20_000);
    let (header, body) = form(&[("case", &long)], None);
    assert_eq!(house.ask("POST /verifications", &header, &body).code(), "BODY_LARGE");
    let (header, body) = form(&[("kind", "file")], None);
    assert_eq!(house.ask("POST /documents", &header, &body).code(), "MULTIPART_BAD");
}

#[test]
fn files_made_to_do_harm_get_a_verdict() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let zeros = vec![b'0'; 40 << 20];
    let mut bomb = zip::ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("a.xzc", zip::write::SimpleFileOptions::default()).unwrap();
    bomb.write_all(&zeros).unwrap();
    let bomb = bomb.finish().unwrap().into_inner();
    let crowd = hundred_codes();
    for (what, bytes) in [
        ("a bomb", bomb.as_slice()),
        ("a picture with a hundred codes", &crowd),
        ("a picture cut off", &crowd[..crowd.len() / 2]),
        ("an archive cut off", &bomb[..bomb.len() / 2]),
        ("a PDF that is none", b"%PDF-1.7\nnothing of the kind"),
        ("no kind of file", &[0xde, 0xad, 0xbe, 0xef]),
        ("another's JSON", b"{\"format\":\"something\"}"),
    ] {
        let answer = house.public("POST /verify", BYTES, bytes);
        assert_eq!(answer.status, 200, "{what}: {}", answer.text());
        let verdict = answer.json();
        assert_eq!(verdict["verdict"], "undetermined", "{what}: {verdict}");
        assert!(!verdict["checks"][0]["detail"].as_str().unwrap().is_empty(), "{what}");
    }
    assert!(
        house.public("POST /verify", BYTES, &crowd).json()["checks"][0]["detail"]
            .as_str()
            .unwrap()
            .contains("多份证书")
    );
    let after = house.post_json("/verify", &json!({"text": window_code(&accepted)})).json();
    assert_eq!(after["verdict"], "valid", "others are served as before");
}

#[test]
fn a_printed_certificate_has_one_attachment() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let pdf = house.get(&format!("/certificates/{}.pdf", accepted.number)).body;
    let judged = |bytes: &[u8]| {
        let answer = house.public("POST /verify", "Content-Type: application/pdf\r\n", bytes);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let verdict = answer.json();
        let word = |name: &str| verdict[name].as_str().unwrap().to_owned();
        (word("verdict"), word("code"))
    };
    let says = |outcome: &str, code: &str| (outcome.to_owned(), code.to_owned());
    assert_eq!(judged(&pdf), says("valid", "VALID"));
    // The office's own file with one more attached, as programs that change PDFs do it: at the end.
    let another = b"\n900 0 obj\n<</Type/EmbeddedFile/Length 2>>\nstream\n{}\nendstream\nendobj\n%%EOF\n";
    assert_eq!(judged(&[&pdf, another.as_slice()].concat()), says("invalid", "PDF_ALTERED"));
    for vector in [
        include_str!("../../../verifier/vectors/pdf/attachment-two.json"),
        include_str!("../../../verifier/vectors/pdf/attachment-two-one-unreadable.json"),
    ] {
        let vector: serde_json::Value = serde_json::from_str(vector).unwrap();
        let bytes = STANDARD.decode(vector["input"].as_str().unwrap()).unwrap();
        assert_eq!(judged(&bytes), says("undetermined", "NOT_RECOGNISED"), "{}", vector["what"]);
    }
}

/// A picture with a hundred codes of what looks like certificates.
fn hundred_codes() -> Vec<u8> {
    let (side, cell) = (10usize, 130usize);
    let width = side * cell;
    let mut pixels = vec![0xff_u8; width * width];
    for place in 0..side * side {
        let digits: String = (0..100).map(|i| char::from(b'0' + ((place * 7 + i * i) % 10) as u8)).collect();
        let symbol = notary::render::Symbol::new("https://a.example/v#", &digits).unwrap();
        let (picture, picture_width) = grey(&symbol.png());
        let scale = notary::render::PNG_SCALE;
        let (left, top) = (place % side * cell, place / side * cell);
        for y in 0..picture_width / scale {
            for x in 0..picture_width / scale {
                let value = picture[y * scale * picture_width + x * scale];
                for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
                    let (px, py) = (left + 2 * x + dx, top + 2 * y + dy);
                    if px < left + cell && py < top + cell {
                        pixels[py * width + px] = value;
                    }
                }
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, width as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    bytes
}

/// The pixels of a PNG of one bit a pixel, a byte each.
fn grey(png: &[u8]) -> (Vec<u8>, usize) {
    let mut decoder = png::Decoder::new(Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    (pixels, info.width as usize)
}
