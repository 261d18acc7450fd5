//! Everything that can be named: files by content, folders, archives, text, standard input.

use std::io::{Cursor, Write};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::office::Office;

fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn content_decides_and_not_the_name() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    office.write("certificate.pdf", issued[0].file());
    office.write("scan.xzc.txt", issued[0].scan());
    office.write("mail.dat", archive(&[("1", issued[0].file().as_bytes())]));
    let answer = office.judge(&["{}/certificate.pdf", "{}/scan.xzc.txt", "{}/mail.dat"]);
    assert_eq!(answer.codes(), ["VALID", "VALID", "VALID"]);
}

#[test]
fn what_is_none_says_what_it_is() {
    let office = Office::new();
    let list = office.status_list(1, 1_795_310_130, &[]);
    let cases: [(&str, &[u8], &str, &str); 10] = [
        ("a.pdf", b"%PDF-1.7\n", "NOT_RECOGNISED", "PDF"),
        ("a.svg", b"<svg xmlns=\"x\"/>", "NOT_RECOGNISED", "PNG"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "NOT_RECOGNISED", "HEIC"),
        ("a.bin", b"\0\x01\x02\x03", "NOT_RECOGNISED", "not a kind of file"),
        ("a.json", b"{\"schema\":\"credit-report/v1\"}", "NOT_RECOGNISED", "JSON"),
        ("a.txt", "你好".as_bytes(), "NOT_RECOGNISED", ""),
        ("a.xzs", list.as_bytes(), "NOT_RECOGNISED", "--status"),
        ("empty.xzc", b"", "FILE_INCOMPLETE", "empty"),
        ("number.txt", b"2026112240170938612574", "NEEDS_LOOKUP", ""),
        ("cut.txt", b"https://credit.example.gov.cn/v#00472101311264307", "SCAN_INCOMPLETE", ""),
    ];
    for (name, bytes, code, words) in cases {
        office.write(&format!("one/{name}"), bytes);
        let answer = office.judge(&["--no-status", &format!("{{}}/one/{name}")]);
        assert_eq!((answer.exit, answer.codes()), (2, vec![code.to_owned()]), "{name}");
        assert!(answer.text().contains(words), "{name}: {}", answer.text());
    }
    let bundle = office.judge(&["{}/trust.xzt"]);
    assert!(bundle.codes() == ["NOT_RECOGNISED"] && bundle.text().contains("--trust"));
}

/// As much of a PDF as carries a certificate.
fn pdf(certificates: &[&str]) -> Vec<u8> {
    let stream = |(certificate, n): (&&str, u32)| {
        let length = certificate.len();
        format!("{n} 0 obj <</Type/EmbeddedFile/Length {length}>> stream\n{certificate}\nendstream endobj\n")
    };
    format!("%PDF-1.7\n{}", certificates.iter().zip(1..).map(stream).collect::<String>()).into_bytes()
}

#[test]
fn a_pdf_without_the_offices_note_is_judged_by_its_attachment() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司"]);
    let (one, two) = (issued[0].file(), issued[1].file());
    office.write("in/one.pdf", pdf(&[&one]));
    office.write("in/two.pdf", pdf(&[&one, &two]));
    office.write("in/forged.pdf", pdf(&[&issued[0].forged()]));
    office.write("mail.zip", archive(&[("信用.pdf", &pdf(&[&one]))]));
    let answer = office.judge(&["{}/in", "{}/mail.zip"]);
    assert_eq!(answer.exit, 1);
    assert_eq!(answer.codes(), ["SIG_BAD", "PDF_UNSIGNED", "NOT_RECOGNISED", "PDF_UNSIGNED"]);
    let text = answer.text();
    assert!(text.contains("甲公司") && text.contains("several attachments"), "{text}");
}

#[test]
fn damaged_certificates() {
    let office = Office::new();
    let file = office.issue(&["甲公司"])[0].file();
    office.write("cut.xzc", &file[..file.len() / 2]);
    office.write("later.xzc", file.replace("certificate/v1", "certificate/v2"));
    office.write("more.xzc", file.replace("{\"format\"", "{\"x\":1,\"format\""));
    office.write("noise.xzc", [0u8; 40]);
    let answer = office.judge(&["{}/cut.xzc", "{}/later.xzc", "{}/more.xzc", "{}/noise.xzc"]);
    assert_eq!(answer.codes(), ["FILE_INCOMPLETE", "VERSION_UNKNOWN", "FORMAT_BAD", "NOT_RECOGNISED"]);
}

#[test]
fn a_folder_in_order_with_what_is_none_left_out() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司", "丙公司"]);
    office.write("in/b.xzc", issued[0].file());
    office.write("in/a/z.xzc", issued[1].file());
    office.write("in/c.txt", issued[2].scan());
    office.write("in/damaged.xzc", [0u8; 9]);
    office.write("in/empty.jpg", []);
    office.write("in/.hidden.xzc", issued[0].forged());
    office.write("in/trust.xzt", office.bundle(9, &office.root));
    office.write("in/status-0.xzs", office.status_list(1, 1_795_310_190, &[(16, 0), (17, 1), (18, 0)]));
    for (name, bytes) in [
        ("readme.txt", "读我"),
        ("a.tlog-proof", "c2sp.org/tlog-proof@v1\n"),
        ("a.svg", "<svg/>"),
        ("r.json", "{}"),
    ] {
        office.write(&format!("in/{name}"), bytes);
    }
    let answer = office.judge(&["{}/in"]);
    assert_eq!(
        answer.files(&office),
        ["in/a/z.xzc", "in/b.xzc", "in/c.txt", "in/damaged.xzc", "in/empty.jpg"]
    );
    assert_eq!(answer.codes(), ["REVOKED", "VALID", "VALID", "NOT_RECOGNISED", "FILE_INCOMPLETE"]);
    assert_eq!(answer.json()["left_out"], 5);
    assert_eq!(answer.json()["trust"]["sequence"], 3, "the bundle in the folder is not used");
}

#[test]
fn a_folder_or_archive_without_any_is_not_a_success() {
    let office = Office::new();
    office.write("in/readme.txt", "读我");
    office.write("empty.zip", archive(&[("readme.txt", "读我".as_bytes())]));
    std::fs::create_dir(office.path("nothing")).unwrap();
    for name in ["{}/in", "{}/empty.zip", "{}/nothing"] {
        let answer = office.judge(&[name]);
        assert_eq!((answer.exit, answer.codes()), (2, vec!["NOT_RECOGNISED".to_owned()]), "{name}");
    }
}

#[test]
fn archives_with_lists_and_archives_in_them() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司"]);
    let inner = archive(&[("deep/二.xzc", issued[1].file().as_bytes())]);
    let inmost = archive(&[("inner.zip", &archive(&[("3.zip", &inner)]))]);
    let list = office.status_list(1, 1_795_310_190, &[(16, 1), (17, 0)]);
    office.write(
        "mail.zip",
        archive(&[("inner.zip", &inner), ("1.xzc", issued[0].file().as_bytes()), ("s.xzs", list.as_bytes())]),
    );
    let answer = office.judge(&["{}/mail.zip"]);
    assert_eq!(answer.files(&office), ["mail.zip/1.xzc", "mail.zip/inner.zip/deep/二.xzc"]);
    assert_eq!(answer.codes(), ["REVOKED", "VALID"]);
    office.write("deep.zip", inmost);
    let answer = office.judge(&["{}/deep.zip"]);
    assert_eq!((answer.exit, answer.codes()), (2, vec!["NOT_RECOGNISED".to_owned()]));
}

#[test]
fn a_bomb_is_a_line_and_not_a_crash() {
    let office = Office::new();
    let zeros = vec![0; 60 << 20];
    let files: Vec<(String, &[u8])> = (0..9).map(|n| (format!("{n}"), zeros.as_slice())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), *bytes)).collect();
    let bomb = archive(&files);
    assert!(bomb.len() < 1 << 20);
    office.write("bomb.zip", &bomb);
    office.write("in/inner.zip", archive(&[("bomb.zip", &bomb)]));
    for name in ["{}/bomb.zip", "{}/in"] {
        let answer = office.judge(&[name]);
        assert_eq!((answer.exit, answer.codes()), (2, vec!["NOT_RECOGNISED".to_owned()]));
        assert!(answer.text().contains("inflates"), "{}", answer.text());
    }
}

#[test]
fn several_scans_in_a_text_with_broken_lines() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司", "丙公司"]);
    let [first, second, third] = [0, 1, 2].map(|n| issued[n].scan());
    let (head, tail) = second.split_at(700);
    office
        .write("scans.txt", format!("扫描记录\r\n{first}\r\n\r\n{head}\r\n{tail}\r\n{}\r\n", &third[..500]));
    let answer = office.judge(&["{}/scans.txt"]);
    assert_eq!(answer.codes(), ["VALID", "VALID", "SCAN_INCOMPLETE"]);
    assert_eq!(answer.files(&office), ["scans.txt#1", "scans.txt#2", "scans.txt#3"]);
    let folded: String = first
        .chars()
        .map(|c| match c {
            '0'..='9' => char::from_u32(c as u32 + 0xfee0).unwrap(),
            c => c,
        })
        .collect();
    office.write("wide.txt", encoding_rs::GBK.encode(&folded).0);
    assert_eq!(office.judge(&["{}/wide.txt"]).codes(), ["VALID"]);
}

#[test]
fn standard_input_of_every_kind() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司"]);
    let (root, at) = (office.root.vkey(), "1795310190");
    let run = |input: &[u8]| {
        office
            .run_with(&["--trust", "{}/trust.xzt", "--root", &root, "--at", at, "--json", "-"], input)
            .codes()
    };
    assert_eq!(run(issued[0].file().as_bytes()), ["VALID"]);
    assert_eq!(run(issued[0].scan().as_bytes()), ["VALID"]);
    let both = archive(&[("1", issued[0].file().as_bytes()), ("2", issued[1].forged().as_bytes())]);
    assert_eq!(run(&both), ["VALID", "SIG_BAD"]);
    assert_eq!(run(b""), ["FILE_INCOMPLETE"]);
}

#[test]
fn many_files_in_a_fixed_order() {
    let office = Office::new();
    let names: Vec<String> = (0..200).map(|n| format!("样例公司{n}")).collect();
    let issued = office.issue(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for (n, one) in issued.iter().enumerate() {
        let bytes = if n % 50 == 7 { one.forged() } else { one.file() };
        office.write(&format!("in/{n:03}.xzc"), bytes);
    }
    let (first, second) = (office.judge(&["{}/in"]), office.judge(&["{}/in"]));
    assert_eq!(first.exit, 1);
    assert_eq!(first.json()["summary"], serde_json::json!({"valid": 196, "invalid": 4, "undetermined": 0}));
    let names: Vec<String> = (0..200).map(|n| format!("in/{n:03}.xzc")).collect();
    assert_eq!(first.files(&office), names);
    assert_eq!(first.json()["results"], second.json()["results"]);
}

#[test]
fn usage_errors_are_three_and_help_is_none() {
    let office = Office::new();
    for args in [
        &["--bogus"][..],
        &[],
        &["--json", "--csv", "x"],
        &["--at", "soon", "{}/trust.xzt"],
        &["--max-age", "1y", "{}/trust.xzt"],
        &["{}/none.xzc"],
    ] {
        assert_eq!(office.run(args).exit, 3, "{args:?}");
    }
    let answer = office.run(&["--json", "--bogus"]);
    assert_eq!(answer.json()["error"]["code"], "USAGE");
    let help = office.run(&["--help"]);
    assert_eq!(help.exit, 0);
    assert!(help.text().contains("示例") && help.text().contains("Examples"));
    assert_eq!(office.run(&["--version"]).exit, 0);
}
