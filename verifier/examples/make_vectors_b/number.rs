//! Certificate number, check code, window code (spec/number.md).

use super::{Page, base64};
use serde_json::json;

pub fn make(page: &Page) {
    let case = |name: &str, what: &str, of: &str, input: &str, expect: &str| {
        page.case(name, json!({"what": what, "of": of, "input": base64(input), "expect": expect}));
    };
    let number = |name, what, input, expect| case(name, what, "certificate number", input, expect);
    number("good", "a certificate number", "2026112240170938612531", "ok");
    number(
        "iso-7064",
        "the example of ISO 7064, 794 with the check 44, behind zeros",
        "0000000000000000079444",
        "ok",
    );
    number("check-02", "the smallest check", "0000000000000000003202", "ok");
    number("check-98", "the largest check", "0000000000000000000098", "ok");
    number("check-wrong", "the last digit is wrong", "2026112240170938612532", "FORMAT_BAD");
    number("digit-wrong", "a digit is wrong", "2026112240170938613531", "FORMAT_BAD");
    number("digits-swapped", "two neighbouring digits swapped", "2026112240170938612351", "FORMAT_BAD");
    number("check-00", "00 instead of 97 also leaves 1", "0000000000000000006500", "FORMAT_BAD");
    number("check-01", "01 instead of 98 also leaves 1", "0000000000000000000001", "FORMAT_BAD");
    number("check-99", "99 instead of 02 also leaves 1", "0000000000000000003299", "FORMAT_BAD");
    number("short", "21 digits", "202611224017093861253", "FORMAT_BAD");
    number("long", "23 digits", "20261122401709386125310", "FORMAT_BAD");
    number("letter", "a letter", "202611224017O938612531", "FORMAT_BAD");
    number("wide", "full-width digits", "２０２６112240170938612531", "FORMAT_BAD");
    number("line-break", "a line break after it", "2026112240170938612531\n", "FORMAT_BAD");
    case("check-code", "a check code", "check code", "5390217746", "ok");
    case("check-code-short", "9 digits", "check code", "539021774", "FORMAT_BAD");
    case("check-code-letter", "a letter", "check code", "539021774l", "FORMAT_BAD");
    case("window-code", "a window code", "window code", "20261122401709386125315390217746", "ok");
    case(
        "window-code-wrong",
        "the number in it is wrong",
        "window code",
        "20261122401709386125325390217746",
        "FORMAT_BAD",
    );
    case("window-code-short", "31 digits", "window code", "2026112240170938612531539021774", "FORMAT_BAD");
}
