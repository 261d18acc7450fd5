//! What is handed in: certificates in all the forms that scanners and mail make of them, cut ones, and other things.

use super::papers::{NUMBER, report};
use super::{BARE, Case, WHOLE, base64url};

pub fn cases() -> Vec<Case> {
    let sealed = report().sealed();
    let qr = sealed.qr();
    let (text, digits) = (qr.text(), qr.digits());
    let file = sealed.file(&report().disclosures, &report().disclosures).proof(6, &[]).text();
    let wide: String = text.chars().map(|c| char::from_u32(u32::from(c) + 0xfee0).unwrap()).collect();
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let good = |name, what, text: String| Case::new(name, what, text, BARE);
    let unread = |name, what, input: &[u8], code| {
        Case::new(name, what, input, "FORMAT_OK").lists(&[]).stops("FORMAT_OK", code)
    };
    let open = |name, what, input: &str, code| unread(name, what, input.as_bytes(), code).open(code);
    let damaged = {
        let place = text.len() - 100;
        let digit = if &text[place..=place] == "1" { "2" } else { "1" };
        format!("{}{digit}{}", &text[..place], &text[place + 1..])
    };
    let version_2 = super::sealed::Qr { version: 2, ..qr.clone() };
    let mut other_core = qr.clone();
    other_core.core[1] = 0x18;
    vec![
        good("qr-digits-alone", "the digits without the URL", digits.clone()),
        good(
            "qr-base64url",
            "the other form: u and base64url",
            format!("https://credit.example.gov.cn/v#u{}", base64url(qr.bytes())),
        ),
        good("qr-percent-23", "an app wrote # as %23", text.replace('#', "%23")),
        good("qr-appended", "an app appended to the fragment", format!("{text}&appinstall=0")),
        good("qr-full-width", "typed through a Chinese input method: full-width", wide),
        good("qr-line-breaks", "broken into lines", lines.join("\r\n")),
        good(
            "qr-upper-case",
            "the URL in upper case",
            text.replacen("https://credit.example.gov.cn/v", "HTTPS://CREDIT.EXAMPLE.GOV.CN/V", 1),
        ),
        good(
            "qr-other-host",
            "another host, which means nothing",
            text.replacen("credit.example", "credit-example", 1),
        ),
        open(
            "qr-cut",
            "a scan without its last seventeen digits",
            &text[..text.len() - 17],
            "SCAN_INCOMPLETE",
        ),
        open(
            "qr-url-only",
            "a scan of the first segment only",
            "https://credit.example.gov.cn/v#",
            "SCAN_INCOMPLETE",
        ),
        open("qr-damaged-digit", "one digit misread", &damaged, "SCAN_INCOMPLETE"),
        open("qr-version-2", "a later version, length and CRC right", &version_2.text(), "VERSION_UNKNOWN"),
        unread(
            "qr-malformed",
            "length and CRC right, a core that is none",
            other_core.text().as_bytes(),
            "FORMAT_BAD",
        )
        .invalid("FORMAT_BAD"),
        open("number", "the certificate's number alone", NUMBER, "NEEDS_LOOKUP"),
        open(
            "window-code",
            "the window code, number and check code",
            &format!("{NUMBER}0123456789"),
            "NEEDS_LOOKUP",
        ),
        open("other-text", "some other text", "https://example.com/", "NOT_RECOGNISED"),
        open("empty", "nothing at all", "", "NOT_RECOGNISED"),
        unread(
            "other-bytes",
            "bytes that are no text",
            &[0x89, b'P', b'N', b'G', 0xff, 0xfe],
            "NOT_RECOGNISED",
        )
        .open("NOT_RECOGNISED"),
        open("file-cut", "a file that ends in the middle", &file[..file.len() / 2], "FILE_INCOMPLETE"),
        open("file-cut-line-end", "a file without its line end", file.trim_end(), "FILE_INCOMPLETE"),
        open(
            "file-version-2",
            "a file of a later version",
            &file.replacen("/v1", "/v2", 1),
            "VERSION_UNKNOWN",
        ),
        open("file-other-json", "another JSON", "{\"format\":\"xinzheng/batch/v1\"}\n", "NOT_RECOGNISED"),
        unread(
            "file-space",
            "a space behind a comma",
            file.replacen(",\"index\"", ", \"index\"", 1).as_bytes(),
            "FORMAT_BAD",
        )
        .invalid("FORMAT_BAD"),
        unread(
            "file-second-copy",
            "a member with a readable copy of a field",
            file.replacen(",\"index\"", ",\"holder\":\"x\",\"index\"", 1).as_bytes(),
            "FORMAT_BAD",
        )
        .invalid("FORMAT_BAD"),
        Case::new(
            "file-anchor-unknown",
            "an anchor of a later type, which gives no level",
            with_anchor(&file),
            WHOLE,
        )
        .level(2),
    ]
}

/// With an anchor whose type nobody knows yet.
fn with_anchor(file: &str) -> String {
    let sealed = report().sealed();
    let checkpoint = super::sealed::checkpoint(&sealed, &sealed.office.ledger, 6, &[]);
    let anchor = format!(
        ",\"anchors\":[{{\"type\":\"a-later-type\",\"checkpoint\":{}}}]}}\n",
        serde_json::json!(checkpoint)
    );
    format!("{}{anchor}", file.strip_suffix("}\n").unwrap())
}
