//! The printed certificate, through other people's tools: qpdf reads the file, poppler gives its text and its picture,
//! zbar its codes. What is printed is what was certified, and whatever is changed afterwards is found.

use e2e::{documents, paths};
use notary::keys::{Passphrase, example};
use notary::office::{NewOffice, NotBefore, Office, OpenOptions, SealPolicy, Submission, SubmissionKind};
use notary::refusal::RefusalCode;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::pdf::{Pdf, PdfCertificate};
use verifier::shelf::StatusShelf;
use verifier::time::{Date, Time};
use verifier::verdict::{Code, Outcome, Verdict};
use verifier::verify::{Presented, Terms, verify};

/// Later than any sample: 2026-12-01.
const NOW: u64 = 1_796_054_400;
/// Places of a file that are changed, one at a time.
const TOUCHED: usize = 150;

/// An office with every sample, and a file, printed.
struct Desk {
    folder: tempfile::TempDir,
    office: Office,
    printed: Vec<Printed>,
}

struct Printed {
    name: String,
    number: CertificateNumber,
    document: Vec<u8>,
    pdf: Vec<u8>,
    path: PathBuf,
}

fn open(home: &Path) -> Office {
    let options = OpenOptions {
        clock: Arc::new(NotBefore(Time::new(NOW).unwrap())),
        allow_example_keys: true,
        allow_later: false,
    };
    Office::open(home, &Arc::new(Passphrase::new(example::PASSPHRASE).unwrap()), options).expect("an office")
}

fn desk() -> &'static Desk {
    static DESK: OnceLock<Desk> = OnceLock::new();
    DESK.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().join("office");
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".into(),
            organisation: Some("12619900990000084G".into()),
            host: None,
            seal: SealPolicy::Manual,
        };
        Office::create_example(&home, &new, Time::new(NOW).unwrap()).expect("a new office");
        let office = open(&home);
        let mut given: Vec<(String, Vec<u8>)> = samples();
        let many = documents::report(9).replacen("渭水样例食品有限公司", "喆堃龘𠮷（〔2026〕①）有限公司", 1);
        given.push(("rare.json".into(), many.into_bytes()));
        given.push(("采购合同.txt".into(), "第一条 本合同自双方签字之日起生效。\n".into()));
        let submitted: Vec<_> = given
            .into_iter()
            .map(|(name, bytes)| {
                let number = submit(&office, &name, &bytes).expect("accepted");
                (name, number, bytes)
            })
            .collect();
        office.seal_all().expect("sealed");
        let print = |(name, number, document): (String, CertificateNumber, Vec<u8>)| {
            let pdf = office.pdf(&number).expect("printed");
            let path = folder.path().join(format!("{name}.pdf"));
            std::fs::write(&path, &pdf).expect("written");
            Printed { name, number, document, pdf, path }
        };
        let printed = submitted.into_iter().map(print).collect();
        Desk { folder, office, printed }
    })
}

fn samples() -> Vec<(String, Vec<u8>)> {
    let files = e2e::ledger::files(&paths::root().join("tests/samples"));
    let name = |path: &Path| path.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
    files
        .into_iter()
        .map(|(path, bytes)| (name(&path), bytes))
        .filter(|(name, _)| {
            name.ends_with(".json") && (name.starts_with("report-") || name.starts_with("commitment-"))
        })
        .collect()
}

fn submit(office: &Office, name: &str, bytes: &[u8]) -> Result<CertificateNumber, notary::refusal::Refusal> {
    let kind = match name.ends_with(".json") {
        true => SubmissionKind::Json,
        false => SubmissionKind::File { name: name.into(), media_type: None },
    };
    let submission =
        Submission { bytes: bytes.to_vec(), kind, idempotency_key: None, corrects: None, qr: true };
    office.submit(submission).map(|accepted| accepted.number)
}

impl Desk {
    fn one(&self, name: &str) -> &Printed {
        self.printed.iter().find(|printed| printed.name == name).expect("a sample")
    }

    fn judge(&self, bytes: &[u8]) -> Verdict {
        let now = self.office.now();
        let terms = Terms { status_asked: false, ..Terms::at(now) };
        match Presented::read(bytes, now) {
            Ok(presented) => verify(&presented, self.office.trust(), &StatusShelf::default(), &terms),
            Err(verdict) => *verdict,
        }
    }
}

/// Runs somebody else's program; `tests/run` says which package it is in.
fn tool(program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program).args(args).output();
    let output = output.unwrap_or_else(|e| panic!("{program} is not there: {e}; see tests/run"));
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn text_of(path: &Path) -> String {
    let text = tool("pdftotext", &["-layout", path.to_str().unwrap(), "-"]);
    String::from_utf8(text).unwrap().split_whitespace().collect()
}

#[test]
fn every_printed_certificate_is_a_good_file_of_the_office() {
    let desk = desk();
    for printed in &desk.printed {
        let path = printed.path.to_str().unwrap();
        tool("qpdf", &["--check", path]);
        let info = String::from_utf8(tool("pdfinfo", &[path])).unwrap();
        assert!(info.contains("JavaScript:      no") && info.contains("Form:            none"), "{info}");
        let meta = String::from_utf8(tool("pdfinfo", &["-meta", path])).unwrap();
        assert!(meta.contains("pdfaid:part>3<") && meta.contains("pdfaid:conformance>B<"), "{meta}");
        let fonts = String::from_utf8(tool("pdffonts", &[path])).unwrap();
        for font in fonts.lines().skip(2) {
            assert!(
                font.contains(" yes yes yes "),
                "{}: embedded, subset, with Unicode: {font}",
                printed.name
            );
        }
        assert!(printed.pdf.len() < 1 << 20, "{}: {} bytes", printed.name, printed.pdf.len());
        let verdict = desk.judge(&printed.pdf);
        assert_eq!((verdict.outcome, verdict.code, verdict.level), (Outcome::Valid, Code::Valid, 2));
        assert!(verdict.checks.iter().any(|check| check.code == Code::PdfOk), "{}", printed.name);
        let issued = desk.office.certificate(&printed.number).unwrap();
        let pdf = PdfCertificate::read(&printed.pdf).unwrap();
        assert_eq!(*pdf.certificate(), issued.certificate, "{}", printed.name);
        // Attached under its name, and the only one.
        let attached = String::from_utf8(tool("pdfdetach", &["-list", path])).unwrap();
        assert!(
            attached.contains("1 embedded files") && attached.contains(&format!("{}.xzc", printed.number))
        );
    }
}

#[test]
fn everything_that_a_document_says_is_printed() {
    let desk = desk();
    for printed in &desk.printed {
        let text = text_of(&printed.path);
        let check = desk.office.certificate(&printed.number).unwrap().check_code;
        for fixed in [
            printed.number.as_str(),
            check.as_str(),
            "社会信用区块链证书",
            "不构成信用评级或担保",
            "有效期至",
        ] {
            assert!(text.contains(fixed), "{}: {fixed}", printed.name);
        }
        let Ok(document) = serde_json::from_slice::<Value>(&printed.document) else { continue };
        let mut said = Vec::new();
        leaves(&document, &mut said);
        for leaf in said {
            let leaf: String = shown(&leaf).split_whitespace().collect();
            // A long text may run over two pages or cells: its first characters are enough to find it.
            let start: String = leaf.chars().take(12).collect();
            assert!(text.contains(&start), "{}: {leaf} is not printed", printed.name);
        }
        if document["schema"] == "credit-report/v1" {
            let empty =
                document["sections"].as_object().unwrap().values().any(|s| s.as_array().unwrap().is_empty());
            let said = text.contains("查询期内无相关信息") || text.contains("该领域未纳入本报告");
            assert!(!empty || said, "{}", printed.name);
        }
    }
}

/// All texts of a document that people read; words of vocabularies are printed in Chinese and checked by their records.
fn leaves(value: &Value, said: &mut Vec<String>) {
    match value {
        Value::String(text) if !text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') => {
            said.push(text.clone())
        }
        Value::Array(list) => list.iter().for_each(|value| leaves(value, said)),
        Value::Object(members) => {
            members.iter().filter(|(key, _)| *key != "schema").for_each(|(_, value)| leaves(value, said));
        }
        _ => {}
    }
}

/// Days and instants as they are printed.
fn shown(text: &str) -> String {
    if let Ok(date) = Date::parse(text) {
        return date.display_words();
    }
    Time::parse_rfc3339_china(text).map_or_else(|_| text.to_owned(), |time| time.display_china_words())
}

#[test]
fn what_was_not_collected_never_looks_like_a_clean_record() {
    let desk = desk();
    let text = text_of(&desk.one("report-special-partly-covered.json").path);
    for words in [
        "行政处罚：查询期内无相关信息",
        "行政强制：该领域未纳入本报告",
        "刑事裁判：该领域未纳入本报告（数据仅更新至2026年06月30日，未及时更新）",
        "未归集，不等于没有记录",
    ] {
        assert!(text.contains(words), "{words}");
    }
    assert!(!text.contains("行政强制：查询期内无相关信息") && !text.contains("刑事裁判：查询期内无相关信息"));
    let person = text_of(&desk.one("report-person.json").path);
    assert!(person.contains("欧***") && person.contains("欧阳示例") && person.contains("619900198501010010"));
}

/// A black-and-white copy at 300 dpi, and codes read by a decoder that knows nothing of us.
#[test]
fn the_codes_are_read_from_a_black_and_white_copy() {
    let desk = desk();
    for printed in &desk.printed {
        let copy = printed.path.with_extension("copy");
        let args = ["-r", "300", "-mono", "-f", "1", "-l", "1", "-singlefile"];
        let paths = [printed.path.to_str().unwrap(), copy.to_str().unwrap()];
        tool("pdftoppm", &[&args[..], &paths[..]].concat());
        let picture = format!("{}.pbm", copy.display());
        let read = String::from_utf8(tool("zbarimg", &["--quiet", &picture])).unwrap();
        let codes: BTreeSet<&str> = read.lines().collect();
        let issued = desk.office.certificate(&printed.number).unwrap();
        let window = format!("{}{}", printed.number, issued.check_code);
        assert!(codes.contains(format!("CODE-128:{window}").as_str()), "{}: {read}", printed.name);
        assert!(codes.contains(format!("QR-Code:{window}").as_str()), "{}: {read}", printed.name);
        assert_eq!(codes.len(), 3, "{}: {read}", printed.name);
        let scanned =
            codes.iter().find_map(|code| code.strip_prefix("QR-Code:https")).expect("the large code");
        let verdict = desk.judge(format!("https{scanned}").as_bytes());
        assert_eq!((verdict.outcome, verdict.level), (Outcome::Valid, 1), "{}", printed.name);
        assert_eq!(verdict.fields.unwrap().core.number(), printed.number);
    }
}

#[test]
fn the_same_certificate_gives_the_same_bytes() {
    let desk = desk();
    let printed = desk.one("report-full.json");
    assert_eq!(desk.office.pdf(&printed.number).unwrap(), printed.pdf);
    for (name, parts) in
        [("AcroForm", "/AcroForm"), ("script", "/JS"), ("link", "/URI"), ("launch", "/Launch")]
    {
        let found = printed.pdf.windows(parts.len()).any(|w| w == parts.as_bytes());
        assert!(!found, "{name}");
    }
}

#[test]
fn every_change_is_found() {
    let desk = desk();
    let pdf = &desk.one("report-general-clean.json").pdf;
    let mut altered = 0;
    for n in 0..TOUCHED {
        let mut changed = pdf.clone();
        let place = n * (pdf.len() - 1) / (TOUCHED - 1);
        changed[place] ^= 1 << (n % 8);
        let verdict = desk.judge(&changed);
        assert_ne!(verdict.outcome, Outcome::Valid, "byte {place}");
        altered += usize::from(verdict.code == Code::PdfAltered);
    }
    // The others hit what says that it is a PDF, or the mark itself.
    assert!(altered > TOUCHED * 9 / 10, "{altered}");
    // The note and what is behind it, byte by byte.
    for place in pdf.len() - 700..pdf.len() {
        let mut changed = pdf.clone();
        changed[place] ^= 1;
        assert_ne!(desk.judge(&changed).outcome, Outcome::Valid, "byte {place}");
    }
    let code = |bytes: &[u8]| desk.judge(bytes).code;
    let update = b"4 0 obj\n<</Length 0>>\nstream\n\nendstream\nendobj\nxref\n4 1\n0000000000 00000 n \ntrailer\n<<>>\nstartxref\n0\n%%EOF\n";
    assert_eq!(code(&[pdf, &update[..]].concat()), Code::PdfAltered);
    assert_eq!(code(&[pdf, &b"\n"[..]].concat()), Code::PdfAltered);
    assert_eq!(code(&[pdf.as_slice(), pdf].concat()), Code::PdfAltered);
    assert_eq!(code(&pdf[..pdf.len() - 1]), Code::PdfAltered);
}

#[test]
fn what_other_programs_make_of_it() {
    let desk = desk();
    let printed = desk.one("report-special-clean.json");
    let path = printed.path.to_str().unwrap();
    let at = |name: &str| desk.folder.path().join(name).to_str().unwrap().to_owned();
    let (again, two, locked) = (at("again.pdf"), at("two.pdf"), at("locked.pdf"));
    tool("qpdf", &[path, &again]);
    let saved = desk.judge(&std::fs::read(&again).unwrap());
    assert_eq!((saved.outcome, saved.code), (Outcome::Undetermined, Code::PdfUnsigned));
    assert_eq!(saved.fields.unwrap().core.number(), printed.number, "the attachment is judged by itself");
    let contract = desk.folder.path().join("contract.txt");
    std::fs::write(&contract, "something else").unwrap();
    tool("qpdf", &[path, "--add-attachment", contract.to_str().unwrap(), "--", &two]);
    let verdict = desk.judge(&std::fs::read(&two).unwrap());
    assert_eq!((verdict.outcome, verdict.code), (Outcome::Undetermined, Code::NotRecognised));
    assert!(verdict.checks[0].detail.to_string().contains("several attachments"));
    tool("qpdf", &["--encrypt", "", "owner", "256", "--", path, &locked]);
    let verdict = desk.judge(&std::fs::read(&locked).unwrap());
    assert_eq!(verdict.code, Code::NotRecognised);
    assert!(verdict.checks[0].detail.to_string().contains("encrypted"));
}

#[test]
fn a_character_that_cannot_be_printed_is_refused_before_anything_is_issued() {
    let desk = desk();
    let before = desk.office.summary().documents;
    let bad = documents::report(10).replacen("渭水样例食品有限公司", "渭水😀食品有限公司", 1);
    let refusal = submit(&desk.office, "bad.json", bad.as_bytes()).unwrap_err();
    assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::GlyphMissing, "/subject/name"));
    assert!(refusal.to_string().contains("U+1F600"), "{refusal}");
    let refusal = submit(&desk.office, "合同😀.txt", b"x").unwrap_err();
    assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::GlyphMissing, "/name"));
    assert_eq!(desk.office.summary().documents, before);
    let rare = text_of(&desk.one("rare.json").path);
    assert!(rare.contains("喆堃龘𠮷（〔2026〕①）有限公司"));
}

#[test]
fn hundreds_of_records_go_on_over_many_pages() {
    let desk = desk();
    let mut report: Value = serde_json::from_str(&documents::report(11)).unwrap();
    let permit = report["sections"]["admin"][0].clone();
    let permits = (0..400).map(|n| {
        let mut permit = permit.clone();
        permit["item_id"] = format!("XK-{n:04}").into();
        permit["content"] = format!("准予第{n}项经营，{}", "依法诚信经营，".repeat(n % 40)).into();
        permit
    });
    report["sections"]["admin"] = permits.collect();
    report["summary"]["permits"] = 400.into();
    report["summary"]["penalties"] = 0.into();
    let number = submit(&desk.office, "many.json", report.to_string().as_bytes()).unwrap();
    desk.office.seal_all().unwrap();
    let pdf = desk.office.pdf(&number).unwrap();
    assert!(pdf.len() < 1 << 20, "{} bytes", pdf.len());
    assert!(Pdf::read(&pdf).is_ok());
    let path = desk.folder.path().join("many.pdf");
    std::fs::write(&path, &pdf).unwrap();
    let text = text_of(&path);
    assert!((0..400).all(|n| text.contains(&format!("XK-{n:04}"))));
    let info = String::from_utf8(tool("pdfinfo", &[path.to_str().unwrap()])).unwrap();
    let pages: usize = info.lines().find_map(|l| l.strip_prefix("Pages:")).unwrap().trim().parse().unwrap();
    assert!(text.contains(&format!("第{pages}页，共{pages}页")), "{pages}");
}
