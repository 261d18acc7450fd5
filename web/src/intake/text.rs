//! Text from a scanner gun, a keyboard or the clipboard, with what happens to it on the way forgiven.
//!
//! ```text
//! https://credit.example.gov.cn/v#0047…            a QR code
//! ＨＴＴＰＳ：／／credit。example…／ｖ＃００４７…        the same, typed through a Chinese input method
//! ]C1 2026 1122 4017 0938 6125 31 5390217746⏎      a window code, with the scanner's mark and white space
//! ２０２６１１２２４０１７０９３８６１２５３１            a number in full-width digits
//! ```
//!
//! Safe to forgive is what the number's check digits or the code's length and CRC confirm afterwards. What they do not
//! confirm is explained: a cut scan, an input method that swallowed something, a wrong digit.

use verifier::limits::SCANNED_TEXT_BYTES;
use verifier::number::{CertificateNumber, WindowCode};
use verifier::qr::{self, ScanError};
use verifier::verdict::Code;
use verifier::verify::Presented;

use super::{Given, NotRead};

/// Fewer digits than this in a row are no QR code that lost its address.
const QR_DIGITS_MIN: usize = 200;
/// A text with so many characters besides its digits is prose, not a number somebody typed.
const AROUND_NUMBER_MAX: usize = 60;

/// Reads what was scanned, typed or pasted.
///
/// # Errors
/// What is the matter with it, and what to do.
pub fn read_text(text: &str) -> Result<Given, NotRead> {
    if text.len() > SCANNED_TEXT_BYTES {
        return Err(NotRead::unknown_text());
    }
    let folded = qr::fold(text);
    let plain = without_mark(&folded);
    match qr::read_text(plain) {
        Ok(payload) => Ok(Given::Proof(Box::new(Presented::Qr(payload)))),
        Err(ScanError::NeedsLookup) => number(plain),
        Err(ScanError::NotRecognised) => in_another_form(plain).unwrap_or_else(|| {
            Err(if is_changed_url(text) { NotRead::input_method() } else { NotRead::unknown_text() })
        }),
        Err(ScanError::Incomplete) => in_another_form(plain)
            .unwrap_or_else(|| Err(if is_touched(text) { NotRead::input_method() } else { NotRead::cut() })),
        Err(ScanError::VersionUnknown(version)) => Err(NotRead::new(
            Code::VersionUnknown,
            "证书版本较新，请更新核验程序",
            format!("the code is of version {version}, later than is known here: update the service"),
        )),
        Err(ScanError::FormatBad(refused)) => {
            Err(NotRead::new(Code::FormatBad, "证书内容不符合格式，不能采信", refused.to_string()))
        }
    }
}

/// Some scanners begin with the kind of code they saw (ISO/IEC 15424): `]C1`, `]Q3`.
fn without_mark(text: &str) -> &str {
    let mut chars = text.chars();
    let marked = chars.next() == Some(']')
        && chars.next().is_some_and(|c| c.is_ascii_alphabetic())
        && chars.next().is_some_and(|c| c.is_ascii_digit());
    if marked { chars.as_str() } else { text }
}

/// 22 or 32 digits and nothing else.
fn number(digits: &str) -> Result<Given, NotRead> {
    match digits.len() {
        WindowCode::LEN => WindowCode::parse(digits).map(Given::WindowCode),
        _ => CertificateNumber::parse(digits).map(Given::Number),
    }
    .map_err(|_| NotRead::check_digits())
}

/// Digits with signs between or before them, a code that was read twice, a QR code whose address is damaged.
/// None where there is nothing like it.
fn in_another_form(folded: &str) -> Option<Result<Given, NotRead>> {
    let tail_at = folded.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + char_len(folded, at));
    let tail = folded.get(tail_at..).unwrap_or_default();
    if tail.len() >= QR_DIGITS_MIN && tail.len() < folded.len() {
        let read = qr::read_text(&format!("#{tail}")).ok()?;
        return Some(Ok(Given::Proof(Box::new(Presented::Qr(read)))));
    }
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let others = folded.chars().count().saturating_sub(digits.len());
    if others > AROUND_NUMBER_MAX || folded.contains('#') {
        return None;
    }
    match digits.len() {
        CertificateNumber::LEN | WindowCode::LEN => Some(number(&digits)),
        44 | 64 => {
            let (first, second) = digits.split_at(digits.len() / 2);
            Some(if first == second { number(first) } else { Err(NotRead::two_codes()) })
        }
        count @ (18..=50) => Some(Err(NotRead::digits(count))),
        _ => None,
    }
}

fn char_len(text: &str, at: usize) -> usize {
    text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8)
}

/// Whether an input method has been at it: Chinese characters, or signs in their Chinese forms.
fn is_touched(text: &str) -> bool {
    text.chars()
        .any(|c| matches!(c, '\u{3000}'..='\u{303F}' | '\u{4E00}'..='\u{9FFF}' | '\u{FF00}'..='\u{FF60}'))
}

/// Whether it may have been the address of a certificate before an input method changed it.
fn is_changed_url(text: &str) -> bool {
    let digits = qr::fold(text).bytes().filter(u8::is_ascii_digit).count();
    is_touched(text) && digits >= QR_DIGITS_MIN / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "2026112240170938612531\u{0}5390217746";

    fn code() -> String {
        let start = CertificateNumber::with_check("20261122401709386125").unwrap();
        format!("{start}{}", CODE.split('\0').nth(1).unwrap())
    }

    fn window(text: &str) -> Option<String> {
        match read_text(text) {
            Ok(Given::WindowCode(code)) => Some(code.to_string()),
            _ => None,
        }
    }

    #[test]
    fn a_window_code_as_scanners_and_people_type_it() {
        let code = code();
        let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        let (number, check) = code.split_at(22);
        let grouped: Vec<&str> = (0..8).map(|i| &code[i * 4..i * 4 + 4]).collect();
        for text in [
            code.clone(),
            format!("{code}\r"),
            format!("{code}\r\n"),
            format!("\t{code}\t\n"),
            format!("\u{feff}{code}"),
            wide,
            format!("]C1{code}"),
            format!("]Q3{code}\r"),
            format!("{number} {check}"),
            format!("{number}\n{check}"),
            format!("{number}，{check}"),
            grouped.join(" "),
            grouped.join("-"),
            format!("证书编号：{number} 查验码：{check}"),
            format!("{code}\r{code}\r"),
        ] {
            assert_eq!(window(&text).as_deref(), Some(code.as_str()), "{text:?}");
        }
        assert!(matches!(read_text(number), Ok(Given::Number(_))));
        assert!(matches!(read_text(&format!("编号 {number}")), Ok(Given::Number(_))));
    }

    #[test]
    fn what_is_not_safe_is_explained() {
        let code = code();
        let says = |text: &str| {
            let not_read = read_text(text).unwrap_err();
            (not_read.code(), not_read.message(verifier::text::Lang::Zh).to_owned())
        };
        let (cut, message) = says(&code[..30]);
        assert_eq!(cut, Code::ScanIncomplete);
        assert!(message.contains("30"), "{message}");
        let last = if code.ends_with('9') { '0' } else { '9' };
        assert!(
            window(&format!("{}{last}", &code[..31])).is_some(),
            "the check code has no check of its own"
        );
        let digit = if code.starts_with('1') { '2' } else { '1' };
        assert!(says(&format!("{digit}{}", &code[1..])).1.contains("校验位"));
        let other = format!("{}0000000000", &code[..22]);
        assert!(says(&format!("{code}{other}")).1.contains("两个"));
        assert_eq!(says("您好").0, Code::NotRecognised);
        assert_eq!(says("").0, Code::NotRecognised);
        assert_eq!(says(&"7".repeat(SCANNED_TEXT_BYTES + 1)).0, Code::NotRecognised);
        assert_eq!(says("https://example.com/").0, Code::NotRecognised);
        let digits = "1234567".repeat(40);
        assert!(says(&format!("ｈｔｔｐｓ：／／信用。ｅｘａｍｐｌｅ／ｖ＃{digits}")).1.contains("输入法"));
        assert!(says(&format!("好吧：／／。。／{digits}")).1.contains("输入法"));
        assert_eq!(says(&format!("https://credit.example.gov.cn/v#{digits}")).0, Code::ScanIncomplete);
    }
}
