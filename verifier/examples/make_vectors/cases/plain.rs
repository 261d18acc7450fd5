//! Tile names, times and entries.

use super::Case;
use super::accounts::ORIGIN;
use serde_json::json;
use verifier::base64;
use verifier::hash::sha256;

pub fn cases() -> Vec<Case> {
    let mut all = tiles();
    all.extend(times());
    all.extend(entries());
    all
}

fn tiles() -> Vec<Case> {
    let good = |name, what, input, number: &str, width: u64| {
        // A number may be too large for a reader of JSON, so it is text.
        Case::new("tile", name, what, "tile-path", input, "ok").with("number", number).with("width", width)
    };
    let bad = |name, what, input| Case::new("tile", name, what, "tile-path", input, "FORMAT_BAD");
    vec![
        good("first", "the first tile of hashes", "tile/0/000", "0", 256),
        good("grouped", "a number in three groups", "tile/1/x001/x234/067", "1234067", 256),
        good("partial", "a partial bundle of entries", "tile/entries/000.p/41", "0", 41),
        good("level-63", "the highest level", "tile/63/000.p/1", "0", 1),
        good(
            "last",
            "the largest number",
            "tile/0/x018/x446/x744/x073/x709/x551/615",
            "18446744073709551615",
            256,
        ),
        bad("too-large", "a number of 2^64", "tile/0/x018/x446/x744/x073/x709/x551/616"),
        bad("two-digits", "a group of two digits", "tile/0/00"),
        bad("four-digits", "a group of four digits", "tile/0/1000"),
        bad("leading-group", "a leading group of zeros", "tile/0/x000/001"),
        bad("no-x", "a group but the last without x", "tile/0/001/234"),
        bad("x-last", "the last group with x", "tile/0/x001"),
        bad("level-64", "a level that there is not", "tile/64/000"),
        bad("level-leading-zero", "a level with a leading zero", "tile/00/000"),
        bad("width-0", "an empty tile", "tile/0/000.p/0"),
        bad("width-256", "a full tile written as a partial one", "tile/0/000.p/256"),
        bad("width-leading-zero", "a width with a leading zero", "tile/0/000.p/041"),
        bad("parent", "a folder above", "tile/0/../000"),
        bad("slash", "a slash at the end", "tile/0/000/"),
        bad("absolute", "a slash at the beginning", "/tile/0/000"),
        bad("other", "something else", "checkpoint"),
    ]
}

fn times() -> Vec<Case> {
    let time = |name, what, input: &str, seconds: u64| {
        Case::new("time", name, what, "time-china", input, "ok").with("seconds", seconds)
    };
    let bad = |name, what, input: &str| Case::new("time", name, what, "time-china", input, "FORMAT_BAD");
    let date = |name, what, input: &str, days: u64| {
        Case::new("time", name, what, "date", input, "ok").with("days", days)
    };
    let bad_date = |name, what, input: &str| Case::new("time", name, what, "date", input, "FORMAT_BAD");
    let seconds =
        |name, what, input: &str, expect| Case::new("time", name, what, "time-seconds", input, expect);
    vec![
        time("now", "a moment", "2026-11-22T09:15:30+08:00", 1_795_310_130),
        time("epoch", "the first moment", "1970-01-01T08:00:00+08:00", 0),
        time("leap-day", "the last second of a leap day", "2024-02-29T23:59:59+08:00", 1_709_222_399),
        time("last", "the last moment that has a text", "9999-12-31T23:59:59+08:00", 253_402_271_999),
        bad("before-epoch", "a second too early", "1970-01-01T07:59:59+08:00"),
        bad("utc", "another offset", "2026-11-22T01:15:30Z"),
        bad("offset-7", "another offset", "2026-11-22T08:15:30+07:00"),
        bad("fraction", "a fraction of a second", "2026-11-22T09:15:30.0+08:00"),
        bad("lower-t", "a lower-case t", "2026-11-22t09:15:30+08:00"),
        bad("space", "a space for the T", "2026-11-22 09:15:30+08:00"),
        bad("hour-24", "24 o'clock", "2026-11-22T24:00:00+08:00"),
        bad("leap-second", "a leap second", "2026-12-31T23:59:60+08:00"),
        bad("no-seconds", "no seconds", "2026-11-22T09:15+08:00"),
        date("date", "a day", "2026-11-22", 20_779),
        date("date-epoch", "the first day", "1970-01-01", 0),
        date("date-2000", "a leap day of a century that is one", "2000-02-29", 11_016),
        date("date-last", "the last day", "9999-12-31", 2_932_896),
        bad_date("date-2100", "a leap day of a century that is none", "2100-02-29"),
        bad_date("date-april-31", "April has 30 days", "2026-04-31"),
        bad_date("date-month-13", "month 13", "2026-13-01"),
        bad_date("date-day-0", "day 0", "2026-01-00"),
        bad_date("date-1969", "before 1970", "1969-12-31"),
        bad_date("date-short", "a month of one digit", "2026-1-01"),
        bad_date("date-full-width", "full-width digits", "２０２６-11-22"),
        seconds("seconds", "whole seconds", "1795310130", "ok").with("seconds", 1_795_310_130u64),
        seconds("seconds-last", "the end of the year 9999", "253402300799", "ok")
            .with("seconds", 253_402_300_799u64),
        seconds("seconds-after", "a second after the year 9999", "253402300800", "FORMAT_BAD"),
        seconds("milliseconds", "milliseconds", "1795310130000", "FORMAT_BAD"),
        seconds("seconds-leading-zero", "a leading zero", "01795310130", "FORMAT_BAD"),
        seconds("seconds-negative", "a sign", "-1", "FORMAT_BAD"),
        seconds("seconds-empty", "nothing", "", "FORMAT_BAD"),
    ]
}

fn entries() -> Vec<Case> {
    let (origin, nonce) = (ORIGIN.as_bytes(), [7u8; 16]);
    let length = [u8::try_from(origin.len()).unwrap()];
    let private = |label: &[u8], rest: &[&[u8]]| {
        let parts = [&[label, b"\0", &length, origin], rest].concat();
        sha256(&parts).to_base64()
    };
    let public = |name, what, kind: &str, preimage: &[u8], expect: &'static str| {
        Case::new("entry", name, what, "public-entry", preimage, expect)
            .with("kind", kind)
            .with("entry", sha256(&[preimage]).to_base64())
    };
    let bad =
        |name, what, preimage: &[u8]| Case::new("entry", name, what, "public-entry", preimage, "FORMAT_BAD");
    vec![
        Case::new("entry", "core", "the entry of a core (any bytes)", "core-entry", b"core", "ok")
            .with("origin", ORIGIN)
            .with("entry", private(b"xinzheng/core/v1", &[b"core"])),
        Case::new("entry", "event", "the entry of an event", "event-entry", b"body", "ok")
            .with("origin", ORIGIN)
            .with("nonce", json!(base64::encode(&nonce)))
            .with("entry", private(b"xinzheng/event/v1", &[&nonce, b"body"])),
        public(
            "status-note",
            "the preimage of a status note",
            "StatusNote",
            b"xinzheng/status-note/v1\0note",
            "ok",
        ),
        public(
            "trust-bundle",
            "the preimage of a trust bundle",
            "TrustBundle",
            b"xinzheng/trust-bundle/v1\0note",
            "ok",
        ),
        public(
            "key-event",
            "the preimage of a key event, empty",
            "KeyEvent",
            b"xinzheng/key-event/v1\0",
            "ok",
        ),
        public("log-head", "the preimage of a log head", "LogHead", b"xinzheng/log-head/v1\0\0\0", "ok"),
        bad("private-core", "a core's preimage is not public", b"xinzheng/core/v1\0\x01acore"),
        bad("private-event", "an event's preimage is not public", b"xinzheng/event/v1\0\x01a"),
        bad("no-zero", "no zero byte after the label", b"xinzheng/key-event/v1"),
        bad("version-2", "another version", b"xinzheng/key-event/v2\0"),
        bad("empty", "nothing", b""),
    ]
}
