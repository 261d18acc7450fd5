//! QR codes (spec/qr.md): digits, payloads put together by hand, and texts as scanners hand them on.

use super::documents::report_core;
use super::raw::{Raw, item};
use super::signed::{TIME, batch_note, ledger};
use super::{Page, base64, base64url};
use serde_json::{Value, json};
use verifier::hash::Hash;
use verifier::qr::to_digits;

/// The parts of a payload, as they are written.
#[derive(Clone)]
struct Raws {
    version: u8,
    core: Vec<u8>,
    numbers: Vec<Vec<u8>>,
    path: Vec<Hash>,
    rest: Vec<u8>,
}

impl Raws {
    fn good() -> Raws {
        let core = report_core().bytes();
        let ledger = ledger(&core);
        let note = batch_note(0, 4, ledger.root, TIME);
        let line = &note.signatures()[0];
        let rest = [&line.id().as_bytes()[..], line.blob()].concat();
        // Start 0, size 4, offset 1, and the time: 1795310140 is 6 in the highest of five groups of 7 bits.
        let numbers = vec![vec![0], vec![4], vec![1], vec![0xBC, 0x84, 0x89, 0xD8, 0x06]];
        Raws { version: 1, core, numbers, path: ledger.path, rest }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut after = (self.core.len() as u16).to_be_bytes().to_vec();
        after.extend(&self.core);
        after.extend(self.numbers.concat());
        after.push(self.path.len() as u8);
        self.path.iter().for_each(|hash| after.extend(hash.as_bytes()));
        after.extend(&self.rest);
        framed(self.version, &after)
    }

    fn text(&self) -> String {
        format!("https://credit.example.gov.cn/v#{}", to_digits(&self.bytes()))
    }
}

/// With version, length and CRC before it.
fn framed(version: u8, after: &[u8]) -> Vec<u8> {
    let mut out = vec![version];
    out.extend((after.len() as u16 + 7).to_be_bytes());
    out.extend(crc(after).to_be_bytes());
    out.extend(after);
    out
}

/// CRC-32 of ISO 3309, bit by bit.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)))
}

pub fn make(page: &Page) {
    digits(page);
    good(page);
    texts(page);
    payloads(page);
}

fn digits(page: &Page) {
    let case = |name: &str, what: &str, bytes: &[u8], digits: &str| {
        page.case(&format!("digits-{name}"), json!({"what": what, "bytes": base64(bytes), "digits": digits}));
    };
    case("none", "no bytes", &[], "");
    case("1", "1 byte: 3 digits", &[1], "001");
    case("2", "2 bytes, little endian: 5 digits", &[0, 1], "00256");
    case("3", "3 bytes: 8 digits", &[255; 3], "16777215");
    case("4", "4 bytes: 10 digits", &[255; 4], "4294967295");
    case("5", "5 bytes: 13 digits", &[255; 5], "1099511627775");
    case("6", "6 bytes: 15 digits", &[255; 6], "281474976710655");
    case("7", "7 bytes: 17 digits", &[255; 7], "72057594037927935");
    case("8", "7 bytes and 1", &[1, 2, 3, 4, 5, 6, 7, 8], "01976943448883713008");
    case("zeros", "zeros are not left out", &[0; 9], "0000000000000000000000");
}

fn good(page: &Page) {
    let raw = Raws::good();
    let path: Vec<String> = raw.path.iter().map(Hash::to_base64).collect();
    let says = json!({
        "core": base64(&raw.core), "start": 0, "end": 4, "index": 1, "time": TIME, "path": path,
        "key_id": base64(&raw.rest[..4]), "signature": base64(&raw.rest[4..]),
    });
    let text = raw.text();
    let digits = &text[text.find('#').unwrap() + 1..];
    let url = base64url(raw.bytes());
    let wide =
        |text: &str| -> String { text.chars().map(|c| char::from_u32(c as u32 + 0xFEE0).unwrap()).collect() };
    let lines: Vec<&str> =
        text.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    for (name, what, text) in [
        ("url", "the URL", text.clone()),
        ("digits-alone", "the digits alone", digits.into()),
        (
            "other-host",
            "another host, which means nothing",
            format!("http://192.0.2.1:8080/x/y?z=1#{digits}"),
        ),
        ("percent", "# as %23", text.replace('#', "%23")),
        ("line-breaks", "broken into lines by a chat program", lines.join("\r\n")),
        (
            "spaces",
            "spaces, TAB and an ideographic space",
            format!(" {}\t{}\u{3000}\n", &text[..50], &text[50..]),
        ),
        ("byte-order-mark", "a text file with a byte order mark", format!("\u{FEFF}{text}")),
        ("upper-case", "upper-cased", text.to_uppercase()),
        ("wide", "typed through an input method: full-width", wide(&text)),
        ("wide-digits", "full-width digits alone", wide(digits)),
        (
            "app-query",
            "a parameter that an app appends to the fragment",
            format!("{text}?from=singlemessage&isappinstalled=0"),
        ),
        ("app-parameter", "another way to append one", format!("{text}&appinstall=0")),
        ("two-marks", "another # before", format!("https://example.com/#/go#{digits}")),
        ("base64url", "the other form", format!("https://credit.example.gov.cn/v#u{url}")),
        (
            "base64url-upper",
            "the other form under a capital U",
            format!("HTTPS://CREDIT.EXAMPLE.GOV.CN/V#U{url}"),
        ),
        ("base64url-alone", "the other form alone", format!("u{url}")),
    ] {
        page.case(
            &format!("text-{name}"),
            json!({"what": what, "text": text, "expect": "ok", "payload": says}),
        );
    }
    let mut largest = Raws::good();
    largest.core = Raw::ordinary().set(5, item(|w| w.text(&"x".repeat(150)))).bytes();
    largest.path = vec![Hash::from_bytes([7; 32]); 11];
    let missing = 820 - largest.bytes().len();
    largest.core = Raw::ordinary().set(5, item(|w| w.text(&"x".repeat(150 + missing)))).bytes();
    assert_eq!(largest.bytes().len(), 820);
    let payload: Value = json!({
        "core": base64(&largest.core), "start": 0, "end": 4, "index": 1, "time": TIME,
        "path": largest.path.iter().map(Hash::to_base64).collect::<Vec<_>>(),
        "key_id": base64(&largest.rest[..4]), "signature": base64(&largest.rest[4..]),
    });
    page.case(
        "payload-820",
        json!({"what": "820 bytes", "input": base64(largest.bytes()), "expect": "ok", "payload": payload}),
    );
}

fn texts(page: &Page) {
    let text = Raws::good().text();
    let mark = text.find('#').unwrap() + 1;
    let digits = &text[mark..];
    let case = |name: &str, what: &str, text: &str, code: &str| {
        page.case(&format!("text-bad-{name}"), json!({"what": what, "text": text, "expect": code}));
    };
    let cut = |name: &str, what: &str, text: &str| case(name, what, text, "SCAN_INCOMPLETE");
    cut("no-digits", "the byte segment alone", &text[..mark]);
    cut("tail-cut", "the last digit is missing", &text[..text.len() - 1]);
    cut("tail-cut-chunk", "the last chunk is missing", &text[..text.len() - 17]);
    cut("half", "half of the digits", &text[..mark + 17 * 20]);
    cut("head-cut", "the first chunk is missing", &format!("{}{}", &text[..mark], &digits[17..]));
    cut("chunk-twice", "a chunk twice", &format!("{}{}{digits}", &text[..mark], &digits[..17]));
    let mut swapped = digits.as_bytes().to_vec();
    let other = (60..).find(|i| swapped[*i] != swapped[i + 1]).unwrap();
    swapped.swap(other, other + 1);
    cut(
        "digits-swapped",
        "two neighbouring digits swapped: a wrong CRC",
        &format!("{}{}", &text[..mark], String::from_utf8(swapped).unwrap()),
    );
    cut(
        "chunk-too-large",
        "a chunk of 2^56",
        &format!("{}72057594037927936{}", &text[..mark], &digits[17..]),
    );
    cut("rest-too-large", "a rest of 3 digits above 255", &format!("{}256", &text[..mark]));
    cut("rest-length", "a rest of 4 digits, which no bytes have", &format!("{}0123", &text[..mark]));
    cut("number-after-mark", "22 digits after a #", &format!("{}2026112240170938612531", &text[..mark]));
    let url = base64url(Raws::good().bytes());
    cut("base64url-cut", "the other form, cut", &format!("https://a.cn/v#u{}", &url[..url.len() - 3]));
    cut(
        "base64url-lower",
        "the other form in lower case",
        &format!("https://a.cn/v#u{}", url.to_lowercase()),
    );
    cut("base64url-empty", "the other form with nothing in it", "https://a.cn/v#u");

    let other = |name: &str, what: &str, text: &str| case(name, what, text, "NOT_RECOGNISED");
    other("empty", "nothing", "");
    other("white-space", "white space", " \r\n");
    other("other-url", "another URL", "https://example.com/pay?id=1");
    other("other-fragment", "another URL with a fragment", "https://example.com/app#/route");
    other(
        "health-card",
        "a SMART Health Card",
        "shc:/5676290952432060346029243740446031222959532654603460292540772804336028702864716745222809286",
    );
    other(
        "covid-pass",
        "an EU digital certificate",
        "HC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 O5 N2FBBRW1*70HS8WY04AC*WIFN0AHCD8KD97TK0F90KECTHGWJC0FDC:5AIA%G7X+AQB9746HS80:54IBQF60R6$A80X6S1BTYACG6M+9XG8KIAWNA91AY%67092L4WJCT3EHS8XJC$+DXJCCWENF6OF63W5NW6WF6%JC QE/IAYJC5LEW34U3ET7DXC9 QE-ED8%E.JCBECB1A-:8$96646AL60A60S6Q$D.UDRYA 96NF6L/5QW6307KQEPD09WEQDD+Q6TW6FA7C466KCN9E%961A6DL6FA7D46JPCT3E5JDLA7$Q6E464W5TG6..DX%DZJC6/DTZ9 QE5$CB$DA/D JC1/D3Z8WED1ECW.CCWE.Y92OAGY8MY9L+9MPCG/D5 C5IA5N9$PC5$CUZCY$5Y$527BHB6*L8ARHDJL.Q7*2T7:SCNFZN70H6*AS6+T$D9UCAD97C8.SIJ60N0E$96FMFHQUDVSC9W:U0RN%IDR*N4DV4EN-TFGG1JJVAGWCVHGT6BT6SLAE-",
    );
    other("fido", "another use of the same digits", "FIDO:/8124632");
    other("letter", "a letter among the digits", &format!("{}x{}", &text[..mark + 30], &text[mark + 31..]));
    other("arabic-digits", "digits of another script", &format!("{}\u{661}\u{662}\u{663}", &text[..mark]));
    other("base64url-padding", "the other form with padding", &format!("https://a.cn/v#u{url}="));
    other("base64url-standard", "the other form in the standard alphabet", "https://a.cn/v#uAbc+/def");
    other("word-with-u", "a word that begins with u", "university");
    other("too-long", "8,193 characters", &format!("{}{}", &text[..mark], "1".repeat(8193 - mark)));
    other("chinese", "text", "社会信用区块链证书");

    let lookup = |name: &str, what: &str, text: &str| case(name, what, text, "NEEDS_LOOKUP");
    lookup("number", "a certificate number", "2026112240170938612531");
    lookup("window-code", "a window code, as a scanner types it", "20261122401709386125315390217746\r\n");
    lookup(
        "window-code-wide",
        "a window code through an input method",
        "２０２６１１２２４０１７０９３８６１２５３１５３９０２１７７４６",
    );
}

fn payloads(page: &Page) {
    let case = |name: &str, what: &str, bytes: &[u8], code: &str| {
        page.case(
            &format!("payload-bad-{name}"),
            json!({"what": what, "input": base64(bytes), "expect": code}),
        );
    };
    let good = Raws::good().bytes();
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        assert_ne!(bytes[at], byte);
        bytes[at] = byte;
        bytes
    };
    case("empty", "nothing", b"", "SCAN_INCOMPLETE");
    case("seven-bytes", "the head alone", &good[..7], "SCAN_INCOMPLETE");
    case("length", "a length of one more", &changed(2, good[2] + 1), "SCAN_INCOMPLETE");
    case("crc", "a wrong CRC", &changed(6, !good[6]), "SCAN_INCOMPLETE");
    case(
        "core-bit",
        "a changed bit of the core under the old CRC",
        &changed(20, good[20] ^ 1),
        "SCAN_INCOMPLETE",
    );
    case(
        "byte-after",
        "a byte after it that the length does not count",
        &[&good[..], &[0]].concat(),
        "SCAN_INCOMPLETE",
    );
    case("version-0", "version 0", &changed(0, 0), "VERSION_UNKNOWN");
    case("version-2", "version 2", &changed(0, 2), "VERSION_UNKNOWN");
    case(
        "version-2-garbled",
        "version 2 and a wrong CRC",
        &[&[2], &good[1..good.len() - 1], &[!good[good.len() - 1]]].concat(),
        "SCAN_INCOMPLETE",
    );

    let bad = |name: &str, what: &str, change: &dyn Fn(&mut Raws)| {
        let mut raw = Raws::good();
        change(&mut raw);
        case(name, what, &raw.bytes(), "FORMAT_BAD");
    };
    bad("signature-short", "a signature of 63 bytes", &|r| r.rest.truncate(67));
    bad("signature-long", "a byte after the signature", &|r| r.rest.push(0));
    bad("core-malformed", "a core with a byte after it", &|r| r.core.push(0));
    bad("core-701", "a core of more than 700 bytes", &|r| {
        r.core = Raw::ordinary().set(5, item(|w| w.text(&"x".repeat(540)))).bytes()
    });
    bad("start-long", "a start in two bytes that fits one", &|r| r.numbers[0] = vec![0x80, 0]);
    bad("size-long", "a size in two bytes that fits one", &|r| r.numbers[1] = vec![0x84, 0]);
    bad("start-ten-bytes", "a start of 10 bytes", &|r| r.numbers[0] = [vec![0x80; 9], vec![1]].concat());
    bad("range-empty", "an empty range", &|r| (r.numbers[1], r.numbers[2]) = (vec![0], vec![0]));
    bad("range-no-subtree", "a range that is no subtree: [1, 5)", &|r| r.numbers[0] = vec![1]);
    bad("index-outside", "an index that is not below the end", &|r| r.numbers[2] = vec![4]);
    bad("time-far", "a time after the year 9999", &|r| {
        r.numbers[3] = vec![0x80, 0x83, 0xD1, 0xFF, 0xAF, 0x07]
    });
    bad("path-counts-more", "the path counts a hash that is not there", &|r| {
        r.rest.truncate(40);
        r.path.push(Hash::from_bytes([1; 32]));
        r.rest.truncate(20);
    });
    bad("path-65", "65 hashes", &|r| r.path = vec![Hash::from_bytes([1; 32]); 65]);
    bad("too-long", "more than 820 bytes", &|r| r.path = vec![Hash::from_bytes([1; 32]); 20]);
    case("no-core", "a core of no bytes", &framed(1, &[0, 0]), "FORMAT_BAD");
    case("core-beyond-end", "a core longer than the payload", &framed(1, &[0xff, 0xff, 0xa0]), "FORMAT_BAD");
}
