//! Text in both languages, GBK, CSV, the page to print.

use std::fs;

use crate::answer::Answer;
use crate::office::{Office, SEALED};

fn run(office: &Office, more: &[&str]) -> Answer {
    let (root, at) = (office.root.vkey(), (SEALED + 3600).to_string());
    let always = ["--trust", "{}/trust.xzt", "--root", &root, "--at", &at];
    office.run(&[&always[..], more].concat())
}

/// A valid one, a forged one, one that can't be told, with a holder and a file name that mean harm.
fn mixed() -> Office {
    let office = Office::new();
    let issued = office.issue(&["=HYPERLINK(\"x\")<script>alert(1)</script>", "乙公司", "丙公司", "丁公司"]);
    office.write("in/<b>&.xzc", issued[0].file());
    office.write("in/2.xzc", issued[1].forged());
    office.write("in/3.txt", &issued[2].scan()[..700]);
    office.write("in/4.xzc", issued[3].file());
    office
}

#[test]
fn a_block_says_the_verdict_in_words() {
    let office = Office::new();
    office.write("a.xzc", office.issue(&["渭水样例食品有限公司"])[0].file());
    let zh = run(&office, &["--lang", "zh-CN", "{}/a.xzc"]);
    for words in [
        "有效",
        "VALID",
        "渭水样例食品有限公司",
        "91619900MA0DEM021U",
        "无行政处罚：不成立",
        "信任根",
        "指纹",
    ] {
        assert!(words == "指纹" || zh.text().contains(words), "{words} in {}", zh.text());
    }
    let en = run(&office, &["--lang", "en", "{}/a.xzc"]);
    for words in ["VALID", "no administrative penalty: does NOT hold", "trust root", "assurance"] {
        assert!(en.text().contains(words), "{words} in {}", en.text());
    }
    assert!(!zh.text().contains('\u{1b}') && !en.text().contains('\u{1b}'), "no colour in a pipe");
}

#[test]
fn many_are_a_table_with_the_details_of_those_not_valid() {
    let office = mixed();
    let answer = run(&office, &["--lang", "en", "{}/in"]);
    assert_eq!(answer.exit, 1);
    let text = answer.text();
    assert!(text.contains("total 4  VALID 2  INVALID 1  UNDETERMINED 1"), "{text}");
    assert!(text.contains("SIG_BAD") && text.contains("SCAN_INCOMPLETE"));
}

#[test]
fn text_in_gbk_for_old_consoles() {
    let office = mixed();
    for lang in ["zh-CN", "en"] {
        let utf8 = run(&office, &["--lang", lang, "{}/in"]).text();
        let gbk = run(&office, &["--lang", lang, "--encoding", "gbk", "{}/in"]).bytes;
        let (decoded, _, failed) = encoding_rs::GBK.decode(&gbk);
        assert!(!failed);
        assert_eq!(decoded, utf8, "every character is one that GBK has");
    }
}

#[test]
fn a_table_that_a_spreadsheet_can_open_safely() {
    let office = mixed();
    let answer = run(&office, &["--csv", "--lang", "zh-CN", "{}/in"]);
    assert_eq!(answer.exit, 1);
    let text = answer.text();
    let table = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let lines: Vec<&str> = table.split("\r\n").collect();
    assert_eq!(lines.len(), 6, "head, four rows, and nothing after the last");
    assert!(lines[0].starts_with("文件,结论,代码"));
    assert!(text.contains("\"'=HYPERLINK(\"\"x\"\")"), "{text}");
    assert!(lines.iter().any(|line| line.contains("无效,SIG_BAD")));
    assert!(text.contains(",'20261122"), "a number of 22 digits stays text");
    let gbk = run(&office, &["--csv", "--encoding", "gbk", "--lang", "zh-CN", "{}/in"]).bytes;
    assert_eq!(encoding_rs::GBK.decode(&gbk).0, table);
}

#[test]
fn a_page_to_keep() {
    let office = mixed();
    let answer = run(&office, &["--html", "--out", "{}/report.html", "{}/in"]);
    assert_eq!((answer.exit, answer.bytes.len()), (1, 0));
    let page = fs::read_to_string(office.path("report.html")).unwrap();
    assert!(page.contains("<html lang=\"zh-CN\">"), "in Chinese unless somebody asks for something else");
    for forbidden in
        ["<script", "<img", "<link", "<iframe", "src=", "href=", "url(", "http://", "@import", "onerror"]
    {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("&lt;b&gt;&amp;.xzc"));
    let invalid = page.find("section class=\"one invalid").unwrap();
    let undetermined = page.find("section class=\"one undetermined").unwrap();
    let valid = page.find("section class=\"one valid").unwrap();
    assert!(invalid < undetermined && undetermined < valid, "those not valid first");
    let program = fs::read(env!("CARGO_BIN_EXE_xinzheng-verify")).unwrap();
    let digest: String =
        verifier::hash::sha256(&[&program]).as_bytes().iter().map(|b| format!("{b:02x}")).collect();
    assert!(page.contains(&digest), "the program's own digest");
    assert!(page.contains("2026-11-22T10:15:30+08:00"), "the moment judged");
    assert!(run(&office, &["--html", "--lang", "en", "{}/in"]).text().contains("<html lang=\"en\">"));
}

#[test]
fn an_output_that_cannot_be_written_is_said() {
    let office = mixed();
    let answer = run(&office, &["--csv", "--out", "{}/none/report.csv", "{}/in"]);
    assert_eq!(answer.exit, 3);
    assert!(answer.errors.contains("OUTPUT_FAILED"));
    let before = fs::read(office.path("in/4.xzc")).unwrap();
    assert_eq!(run(&office, &["--out", "{}/in/../in/4.xzc", "{}/in/4.xzc"]).exit, 3);
    assert_eq!(fs::read(office.path("in/4.xzc")).unwrap(), before, "nothing that is verified is overwritten");
}
