//! What a file is, by its first bytes. Names are never believed, but for one thing: a file *called* like one that would
//! be judged, and that is nothing known, is judged all the same, so that no damaged one slips out of a folder unseen.

use std::prelude::v1::*;

/// What the bytes look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A certificate file, `.xzc`, of this or another version.
    Certificate,
    /// A ZIP archive.
    Zip,
    /// An office document, which is a ZIP archive too.
    OfficeDocument,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A picture in a format that is not read here; its name.
    OtherPicture(&'static str),
    /// A drawing; the office gives the code as a drawing too, beside the picture of it.
    Svg,
    /// A PDF document.
    Pdf,
    /// A status list, `.xzs`.
    StatusList,
    /// A trust bundle, `.xzt`.
    TrustBundle,
    /// A tlog-proof or another signed note: evidence that belongs to a certificate, not one itself.
    Evidence,
    /// Any other JSON.
    Json,
    /// Text that may hold scanned codes.
    ScannedText,
    /// Any other text.
    OtherText,
    /// Nothing at all: no bytes.
    Empty,
    /// None of these.
    Unknown,
}

impl Kind {
    /// Whether a file of this kind that merely lies in a folder or archive is judged. Others are left out, and counted.
    pub fn is_judged_unasked(self) -> bool {
        matches!(
            self,
            Self::Certificate
                | Self::Zip
                | Self::Png
                | Self::Jpeg
                | Self::OtherPicture(_)
                | Self::Pdf
                | Self::ScannedText
        )
    }
}

/// How far into a file a PDF may begin, as readers commonly allow.
const PDF_START: usize = 1024;
/// How much of a JSON file is looked at for its `format`.
const JSON_START: usize = 256;

/// Says what `bytes` are.
pub fn recognise(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    if let Some(kind) = by_magic(bytes) {
        return kind;
    }
    let start = skip_blank(bytes);
    if start.first() == Some(&b'{') {
        return json(start.get(..JSON_START).unwrap_or(start));
    }
    if bytes.windows(5).take(PDF_START).any(|w| w == b"%PDF-") {
        return Kind::Pdf;
    }
    match text_of(bytes) {
        Some(text) => text_kind(&text),
        None => Kind::Unknown,
    }
}

/// The text of a file: UTF-8, with or without a byte order mark, or UTF-16 with one (Windows' Notepad writes it).
pub fn text_of(bytes: &[u8]) -> Option<String> {
    let (encoding, skip) = match bytes {
        [0xff, 0xfe, ..] => (Some(encoding_rs::UTF_16LE), 2),
        [0xfe, 0xff, ..] => (Some(encoding_rs::UTF_16BE), 2),
        [0xef, 0xbb, 0xbf, ..] => (None, 3),
        _ => (None, 0),
    };
    let bytes = bytes.get(skip..)?;
    let text = match encoding {
        Some(encoding) => encoding.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned(),
        None => match core::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => {
                encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(bytes)?.into_owned()
            }
        },
    };
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1a}');
    (!text.contains(control)).then_some(text)
}

fn by_magic(bytes: &[u8]) -> Option<Kind> {
    Some(match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Kind::Png,
        [0xff, 0xd8, 0xff, ..] => Kind::Jpeg,
        [b'P', b'K', 3, 4, ..] if is_office_document(bytes) => Kind::OfficeDocument,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Kind::Zip,
        [b'%', b'P', b'D', b'F', b'-', ..] => Kind::Pdf,
        [b'G', b'I', b'F', b'8', ..] => Kind::OtherPicture("GIF"),
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => Kind::OtherPicture("BMP"),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Kind::OtherPicture("TIFF"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Kind::OtherPicture("WebP"),
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => match brand.get(..4)? {
            b"heic" | b"heix" | b"mif1" | b"msf1" | b"heim" | b"hevc" => Kind::OtherPicture("HEIC"),
            b"avif" | b"avis" => Kind::OtherPicture("AVIF"),
            _ => return None,
        },
        _ => return None,
    })
}

/// The first entry of Word, Excel and WPS files, by custom, names their content types.
fn is_office_document(bytes: &[u8]) -> bool {
    bytes.get(30..49) == Some(b"[Content_Types].xml".as_slice())
}

fn skip_blank(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes).trim_ascii_start()
}

/// `format` is the first member of every file of ours, but a mangled one may still name it somewhere near.
fn json(start: &[u8]) -> Kind {
    let names = |format: &[u8]| start.windows(format.len()).any(|w| w == format);
    if names(b"xinzheng/certificate/") {
        Kind::Certificate
    } else if names(b"xinzheng/status-list/") {
        Kind::StatusList
    } else {
        Kind::Json
    }
}

fn text_kind(text: &str) -> Kind {
    let mut lines = text.lines();
    let (first, second) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    if first.ends_with("/root") && second.starts_with("trust ") {
        return Kind::TrustBundle;
    }
    if first.starts_with("c2sp.org/tlog-proof") || text.contains("\n\n\u{2014} ") {
        return Kind::Evidence;
    }
    if text.trim_start().starts_with("<svg") || text.trim_start().starts_with("<?xml") {
        return if text.contains("<svg") { Kind::Svg } else { Kind::OtherText };
    }
    if text.lines().any(is_scan_like) { Kind::ScannedText } else { Kind::OtherText }
}

/// `…/v#…`, or nothing but a good many digits.
fn is_scan_like(line: &str) -> bool {
    let folded = line.trim().replace("%23", "#").replace('＃', "#").replace('／', "/");
    let digits = |c: char| c.is_ascii_digit() || ('０'..='９').contains(&c);
    folded.contains("/v#")
        || (folded.chars().count() >= 22 && folded.chars().all(|c| digits(c) || c.is_whitespace()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_ours() {
        let cases: [(&[u8], Kind); 7] = [
            (b"{\"format\":\"xinzheng/certificate/v1\",\"core\":\"\"}\n", Kind::Certificate),
            (b"\xef\xbb\xbf\r\n { \"format\" : \"xinzheng/certificate/v9\"", Kind::Certificate),
            (b"{\"format\":\"xinzheng/status-list/v1\",\"note\":\"\"}\n", Kind::StatusList),
            (b"{\"schema\":\"credit-report/v1\"}", Kind::Json),
            (b"a.example/root\ntrust v1\nroot a\n", Kind::TrustBundle),
            (b"c2sp.org/tlog-proof@v1\nindex 4\n", Kind::Evidence),
            ("a.example/ledger\n4\nAAAA\n\n\u{2014} a.example/ledger AAAA\n".as_bytes(), Kind::Evidence),
        ];
        for (bytes, kind) in cases {
            assert_eq!(recognise(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn files_of_others() {
        let cases: [(&[u8], Kind); 10] = [
            (b"\x89PNG\r\n\x1a\n....", Kind::Png),
            (b"\xff\xd8\xff\xe0....", Kind::Jpeg),
            (b"PK\x05\x06", Kind::Zip),
            (b"PK\x03\x04", Kind::Zip),
            (b"%PDF-1.7\n", Kind::Pdf),
            (b"\n\n%PDF-1.7\n", Kind::Pdf),
            (b"\0\0\0\x18ftypheic", Kind::OtherPicture("HEIC")),
            (b"<svg xmlns=''>", Kind::Svg),
            (b"", Kind::Empty),
            (b"\0\x01\x02\x03", Kind::Unknown),
        ];
        for (bytes, kind) in cases {
            assert_eq!(recognise(bytes), kind, "{}", String::from_utf8_lossy(bytes));
        }
        let mut office = b"PK\x03\x04".to_vec();
        office.resize(30, 0);
        office.extend_from_slice(b"[Content_Types].xml");
        assert_eq!(recognise(&office), Kind::OfficeDocument);
    }

    #[test]
    fn text_with_scans_in_the_encodings_of_windows() {
        let text = "扫描结果 https://a.example/v#0047\r\n";
        let utf16: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let gbk = encoding_rs::GBK.encode(text).0.into_owned();
        for bytes in [text.as_bytes(), &utf16, &gbk] {
            assert_eq!(recognise(bytes), Kind::ScannedText);
            assert_eq!(text_of(bytes).unwrap(), text);
        }
        assert_eq!(recognise("20261122401709386125745390217746".as_bytes()), Kind::ScannedText);
        assert_eq!(recognise("２０２６１１２２４０１７０９３８６１２５７４".as_bytes()), Kind::ScannedText);
        assert_eq!(recognise("请查收附件。".as_bytes()), Kind::OtherText);
        assert_eq!(text_of(b"a\0b"), None);
    }
}
