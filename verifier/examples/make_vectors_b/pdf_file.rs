//! A small PDF file, object by object, with an attachment and the office's note (spec/pdf.md).

use miniz_oxide::deflate::compress_to_vec_zlib;
use verifier::base64;
use verifier::hash::tagged;

/// What the attachment's stream says of itself.
#[derive(Clone)]
pub struct Attached {
    pub data: Vec<u8>,
    /// Members of the dictionary after `/Type`.
    pub members: String,
    /// The dictionary's `/Type`.
    pub kind: &'static str,
}

impl Attached {
    /// In Flate, as the office writes it.
    pub fn flate(bytes: &[u8]) -> Attached {
        let data = compress_to_vec_zlib(bytes, 9);
        let members = format!("/Filter/FlateDecode/Params<</Size {}>>/Length {}", bytes.len(), data.len());
        Attached { data, members, kind: "/EmbeddedFile" }
    }

    /// As it is.
    pub fn plain(bytes: &[u8]) -> Attached {
        let members = format!("/Length {}", bytes.len());
        Attached { data: bytes.to_vec(), members, kind: "/EmbeddedFile" }
    }

    /// With other members of the dictionary.
    pub fn members(self, members: impl Into<String>) -> Attached {
        Attached { members: members.into(), ..self }
    }

    fn object(&self) -> Vec<u8> {
        let head = format!("<</Type{}{}>>\nstream\n", self.kind, self.members);
        [head.as_bytes(), &self.data, b"\nendstream"].concat()
    }
}

/// A file of one page that carries these; without a note.
pub fn file(page: &str, attached: &[Attached], more: &[&str]) -> Vec<u8> {
    let content = format!("BT /F1 18 Tf 72 720 Td ({page}) Tj ET");
    let names: String = (0..attached.len()).map(|n| format!("({n}.xzc) {} 0 R ", 6 + 2 * n)).collect();
    let mut objects: Vec<Vec<u8>> = vec![
        format!("<</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles<</Names[{names}]>>>>>>").into_bytes(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
            .to_vec(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()).into_bytes(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_vec(),
    ];
    for (n, attached) in attached.iter().enumerate() {
        let stream = 7 + 2 * n;
        objects.push(format!("<</Type/Filespec/F({n}.xzc)/EF<</F {stream} 0 R>>>>").into_bytes());
        objects.push(attached.object());
    }
    objects.extend(more.iter().map(|object| object.as_bytes().to_vec()));
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = String::from("0000000000 65535 f \n");
    for (n, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{} 0 obj\n", n + 1).as_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let (start, size) = (out.len(), objects.len() + 1);
    let end =
        format!("xref\n0 {size}\n{table}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
    out.extend(end.as_bytes());
    out
}

/// The file with a note's line: 640 characters of base64 and filling. `note` is given the digest of the file.
pub fn noted(file: &[u8], note: impl Fn(&str) -> String) -> Vec<u8> {
    let place = find(file, b"startxref").unwrap();
    let before = [&file[..place], b"%xinzheng-pdf-note "].concat();
    let after = [b"\n", &file[place..]].concat();
    let digest = tagged("xinzheng/pdf/v1", &[&before, &after]).to_base64();
    let mut chars = base64::encode(note(&digest).as_bytes());
    chars.push_str(&".".repeat(640 - chars.len()));
    [&before, chars.as_bytes(), &after].concat()
}

/// The file with one part replaced by another.
pub fn replaced(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let place = find(file, from).unwrap_or_else(|| panic!("{} is not there", String::from_utf8_lossy(from)));
    [&file[..place], to, &file[place + from.len()..]].concat()
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|window| window == part)
}

/// An incremental update: an object written anew, a table of its own, and another end.
pub fn updated(file: &[u8], object: u32, body: &str) -> Vec<u8> {
    let mut out = file.to_vec();
    let place = out.len();
    out.extend(format!("{object} 0 obj\n{body}\nendobj\n").as_bytes());
    let (table, old) = (out.len(), find(file, b"xref\n0 ").unwrap());
    let end = format!(
        "xref\n{object} 1\n{place:010} 00000 n \ntrailer\n<</Size 8/Root 1 0 R/Prev {old}>>\nstartxref\n{table}\n%%EOF\n"
    );
    out.extend(end.as_bytes());
    out
}
