//! Events of certificates, and heads of the operators' log.

use super::Case;
use super::accounts::ORIGIN;
use verifier::base64;
use verifier::hash::leaf_hash;

const NUMBER: &str = "2026112240170938612531";
const NONCE: [u8; 16] = [7; 16];

pub fn cases() -> Vec<Case> {
    let mut all = events();
    all.extend(log_heads());
    all
}

/// `tagged(label, parts)` of hashing.md, by hand.
fn entry(body: &str) -> String {
    let origin = [&[ORIGIN.len() as u8], ORIGIN.as_bytes()].concat();
    let preimage = [b"xinzheng/event/v1\0".as_slice(), &origin, &NONCE, body.as_bytes()].concat();
    base64::encode(verifier::hash::sha256(&[&preimage]).as_bytes())
}

fn body(sequence: u64, previous: &str, kind: &str, detail: &str) -> String {
    format!(
        "{{\"format\":\"xinzheng/event/v1\",\"certificate\":\"{NUMBER}\",\"sequence\":{sequence},\"previous\":\"{previous}\",\
         \"kind\":\"{kind}\",\"at\":1795312800,\"by\":\"A00004\",\"reason_code\":\"OBJECTION\",\"reason\":\"异议核实中\",\
         \"basis\":\"\",\"detail\":{detail}}}"
    )
}

fn events() -> Vec<Case> {
    let core = leaf_hash(b"the core").to_base64();
    let good = body(1, &core, "SUSPENDED", "{\"case\":\"Y00001\"}");
    let case = |name, what, expect, input: &str| {
        Case::new("event", name, what, "event", input, expect)
            .with("origin", ORIGIN)
            .with("nonce", base64::encode(&NONCE))
    };
    let bad = |name, what, from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        case(name, what, "FORMAT_BAD", &good.replacen(from, to, 1))
    };
    let told = |case: Case, body: &str, sequence: u64, kind: &str| {
        case.with("entry", entry(body))
            .with("sequence", sequence)
            .with("kind", kind)
            .with("certificate", NUMBER)
    };
    let second = body(2, &entry(&good), "RESUMED", "{}");
    let long = format!("{{\"note\":\"{}\"}}", "字".repeat(4000));
    let longest = body(4_294_967_295, &core, "OBJECTION_FILED", &long);
    let details = |count: usize| {
        let members: Vec<String> = (0..count).map(|at| format!("\"n{}\":\"\"", "a".repeat(at + 1))).collect();
        body(1, &core, "CLOSED", &format!("{{{}}}", members.join(",")))
    };
    let mut all = vec![
        told(case("first", "the first event of a certificate", "ok", &good), &good, 1, "SUSPENDED"),
        told(case("second", "the one after it", "ok", &second), &second, 2, "RESUMED")
            .with("after", good.clone()),
        told(
            case("longest-text", "a text of 12,000 bytes, the highest sequence", "ok", &longest),
            &longest,
            4_294_967_295,
            "OBJECTION_FILED",
        ),
        told(case("details-16", "16 details", "ok", &details(16)), &details(16), 1, "CLOSED"),
        case(
            "previous-other",
            "names another event than the one before",
            "CHAIN_BAD",
            &body(2, &core, "RESUMED", "{}"),
        )
        .with("after", good.clone()),
        case(
            "sequence-jumps",
            "a sequence is left out",
            "CHAIN_BAD",
            &body(3, &entry(&good), "RESUMED", "{}"),
        )
        .with("after", good.clone()),
        case("certificate-other", "follows an event of another certificate", "CHAIN_BAD", &second)
            .with("after", good.replacen(NUMBER, "2026112240170938612628", 1)),
        case("details-17", "17 details", "FORMAT_BAD", &details(17)),
        case("text-long", "a text of 12,003 bytes", "FORMAT_BAD", &longest.replacen("字", "字字", 1)),
        bad("version", "another version", "event/v1", "event/v2"),
        bad(
            "number-check",
            "a certificate number whose check digits do not fit",
            NUMBER,
            "2026112240170938612532",
        ),
        bad("sequence-0", "a sequence begins at 1", "\"sequence\":1", "\"sequence\":0"),
        bad("sequence-large", "a sequence of 2^32", "\"sequence\":1", "\"sequence\":4294967296"),
        bad("sequence-text", "a sequence in quotes", "\"sequence\":1", "\"sequence\":\"1\""),
        bad("previous-short", "no hash", "=\"", "\""),
        bad("kind-unknown", "a kind that there is not", "SUSPENDED", "PAUSED"),
        bad("kind-lower-case", "a kind in lower case", "SUSPENDED", "suspended"),
        bad("by-space", "who did it, with a space", "A00004", "A 00004"),
        bad("by-empty", "nobody did it", "A00004", ""),
        bad("reason-code", "a reason's code in lower case", "\"OBJECTION\"", "\"objection\""),
        bad("detail-number", "a detail that is no text", "\"Y00001\"", "1"),
        bad("detail-name", "a detail's name in upper case", "\"case\"", "\"Case\""),
        bad("detail-order", "details out of order", "{\"case\"", "{\"unit\":\"\",\"case\""),
        bad("member-missing", "without its basis", ",\"basis\":\"\"", ""),
        bad("member-more", "a member more", "\"detail\"", "\"more\":1,\"detail\""),
        bad("direction", "a character that turns the direction", "核实", "核\u{202e}实"),
        bad("space", "a space that compact JSON does not have", "\"at\":", "\"at\": "),
    ];
    all.push(case("lf", "an LF at the end", "FORMAT_BAD", &format!("{good}\n")));
    all
}

fn log_heads() -> Vec<Case> {
    let text = |entries: u64, head: &str, time: u64| {
        format!("{ORIGIN}/operator-log\nentries {entries}\nhead {head}\ntime {time}\n")
    };
    let (head, other) = (leaf_hash(b"4711").to_base64(), leaf_hash(b"4712").to_base64());
    let good = text(4711, &head, 1_795_312_800);
    let case = |name, what, expect, input: &str| Case::new("log-head", name, what, "log-head", input, expect);
    let bad = |name, what, from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        case(name, what, "FORMAT_BAD", &good.replacen(from, to, 1))
    };
    let after =
        |name, what, expect, input: String| case(name, what, expect, &input).with("after", good.clone());
    vec![
        case("good", "4,711 entries", "ok", &good)
            .with("origin", ORIGIN)
            .with("entries", 4711)
            .with("head", head.clone())
            .with("time", 1_795_312_800),
        after("same-again", "the same head a day later", "ok", text(4711, &head, 1_795_399_200)),
        after("longer", "one entry more", "ok", text(4712, &other, 1_795_399_200)),
        after("shorter", "an entry less", "CHAIN_BAD", text(4710, &other, 1_795_399_200)),
        after(
            "head-other",
            "another head of as many entries",
            "CHAIN_BAD",
            text(4711, &other, 1_795_399_200),
        ),
        after("time-earlier", "made earlier", "CHAIN_BAD", text(4712, &other, 1_795_312_799)),
        bad("name", "not the name of an operators' log", "/operator-log", "/log"),
        bad("entries-0", "a log is never empty", "entries 4711", "entries 0"),
        bad("entries-leading-zero", "a leading zero", "entries 4711", "entries 04711"),
        bad("word", "another word", "entries ", "Entries "),
        bad("head-short", "no hash", &head, "AAAA"),
        bad("order", "lines in another order", "entries 4711\n", ""),
        bad("time-negative", "a time before 1970", "time 1795312800", "time -1"),
        bad("line-more", "a line more", "1795312800\n", "1795312800\nmore\n"),
        bad("no-lf", "no LF at the end", "1795312800\n", "1795312800"),
    ]
}
