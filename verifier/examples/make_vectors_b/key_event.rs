//! Key events (spec/key-event.md), written as text, and what may follow what.

use super::signed::{origin, sign};
use super::{Page, base64};
use ed25519_dalek::SigningKey;
use serde_json::json;
use verifier::hash::{Hash, sha256};
use verifier::key::{KeyKind, KeyName, VerifierKey};

const ANNOUNCED: &str = "sign-from 1797000000\nsign-until 1860000000\nverify-until 2175000000\n";
const ENDED: &str = "sign-from 1795226400\nsign-until 1797900000\nverify-until 2173917600\n";

/// The example batch key, or a new one in its place.
fn vkey(name: &str, seed: &str) -> String {
    let seed = sha256(&[format!("xinzheng/example-key/v1 {seed}").as_bytes()]);
    let public = SigningKey::from_bytes(seed.as_bytes()).verifying_key().to_bytes();
    VerifierKey::new(KeyName::parse(name).unwrap(), KeyKind::Note, &public).unwrap().encode()
}

fn batch(seed: &str) -> String {
    vkey(&format!("{}/batch", origin()), seed)
}

fn event(word: &str, key: &str, said: &str, time: u64) -> String {
    format!("{}/key-event\n{word} batch {key}\n{said}time {time}\n", origin())
}

fn stolen(from: u64, size: u64) -> String {
    format!("from {from}\nsize {size}\nroot {}\n", Hash::from_bytes([9; 32]))
}

pub fn make(page: &Page) {
    texts(page);
    histories(page);
}

fn texts(page: &Page) {
    let (old, new) = (batch("batch"), batch("batch, the next"));
    let announced = event("announced", &new, ANNOUNCED, 1_796_000_000);
    let ended = event("ended", &old, ENDED, 1_796_000_000);
    let compromised = event("compromised", &old, &stolen(1_795_900_000, 33), 1_796_000_000);
    let good = |name: &str, what: &str, text: &str, change: &str, key: &str| {
        let id = VerifierKey::parse(key).unwrap().id().to_string();
        page.case(
            name,
            json!({"what": what, "check": "key-event", "input": base64(text), "use": "batch", "change": change,
                "key_id": id, "time": 1_796_000_000, "expect": "ok"}),
        );
    };
    good("announced", "a new key, announced before it signs", &announced, "announced", &new);
    good("ended", "the old key ends after the overlap", &ended, "ended", &old);
    good("compromised", "a key that somebody else may have", &compromised, "compromised", &old);
    let bad = |name: &str, what: &str, text: String| {
        page.case(
            name,
            json!({"what": what, "check": "key-event", "input": base64(text), "expect": "FORMAT_BAD"}),
        );
    };
    let changed = |from: &str, to: &str| {
        assert!(announced.contains(from));
        announced.replacen(from, to, 1)
    };
    bad("word", "a word that there is not", changed("announced", "renewed"));
    bad("use", "a use that there is not", changed(" batch ", " root "));
    bad("use-other", "the key's name is that of another use", changed(" batch ", " status "));
    bad("origin", "the first line does not end in /key-event", changed("/key-event", "/key-events"));
    bad("origin-other", "the key is of another ledger", changed("credit.", "credit2."));
    bad("kind", "the key cosigns", {
        let public = *VerifierKey::parse(&new).unwrap().public();
        let name = KeyName::parse(&format!("{}/batch", origin())).unwrap();
        let cosigner = VerifierKey::new(name, KeyKind::Cosignature, &public).unwrap().encode();
        event("announced", &cosigner, ANNOUNCED, 1_796_000_000)
    });
    bad("dates", "it ends before it begins", changed("sign-until 1860000000", "sign-until 1796999999"));
    bad("dates-verify", "it is relied on no more before it ends", changed("2175000000", "1859999999"));
    bad("zero", "a number with a leading zero", changed("from 1797", "from 01797"));
    bad("order", "two lines in another order", {
        event(
            "announced",
            &new,
            "sign-until 1860000000\nsign-from 1797000000\nverify-until 2175000000\n",
            1_796_000_000,
        )
    });
    bad("more", "a line behind the last", format!("{announced}\n"));
    bad("cut", "the last line does not end", announced.trim_end().to_owned());
    bad("signed", "a note and not its text", sign("batch", &announced).encode());
    bad(
        "from-later",
        "a compromise later than the event",
        event("compromised", &old, &stolen(1_796_000_001, 33), 1_796_000_000),
    );
    bad(
        "root-of-none",
        "size 0 with a root that it does not have",
        event("compromised", &old, &stolen(1_795_900_000, 0), 1_796_000_000),
    );
    bad("mixed", "a compromise with the dates of a key", event("compromised", &old, ENDED, 1_796_000_000));
}

fn histories(page: &Page) {
    let (old, new) = (batch("batch"), batch("batch, the next"));
    let first = format!("{old} 1795226400 1858384800 2173917600");
    let case = |name: &str, what: &str, before: &[String], last: String, good: bool| {
        let before: Vec<_> = before.iter().map(base64).collect();
        let expect = if good { "ok" } else { "FORMAT_BAD" };
        page.case(
            &format!("history-{name}"),
            json!({"what": what, "check": "key-history", "first": first, "before": before,
                "input": base64(last), "expect": expect}),
        );
    };
    let announced = event("announced", &new, ANNOUNCED, 1_796_000_000);
    let dates = |until: u64| format!("sign-from 1795226400\nsign-until {until}\nverify-until 2173917600\n");
    let ended = |until: u64, time: u64| event("ended", &old, &dates(until), time);
    let bad = |from: u64, size: u64, time: u64| event("compromised", &old, &stolen(from, size), time);
    case(
        "rotation",
        "the old one ends after the new one was announced",
        core::slice::from_ref(&announced),
        ended(1_797_900_000, 1_796_000_000),
        true,
    );
    case(
        "longer",
        "a known key signs longer than was said",
        &[],
        event("announced", &old, &dates(1_860_000_000), 1_796_000_000),
        true,
    );
    case(
        "wider",
        "a compromise turns out to be older",
        &[bad(1_795_900_000, 33, 1_796_000_000)],
        bad(1_795_800_000, 20, 1_796_000_001),
        true,
    );
    case(
        "unknown-ended",
        "a key ends that was never announced",
        &[],
        event("ended", &new, ENDED, 1_796_000_000),
        false,
    );
    case(
        "unknown-stolen",
        "a key is compromised that was never announced",
        &[],
        event("compromised", &new, &stolen(1_795_900_000, 33), 1_796_000_000),
        false,
    );
    case(
        "twice",
        "announced again with the same dates",
        core::slice::from_ref(&announced),
        announced.clone(),
        false,
    );
    case("same", "an end where nothing changes", &[], ended(1_858_384_800, 1_796_000_000), false);
    case("later-end", "an end later than it was", &[], ended(1_858_384_801, 1_796_000_000), false);
    case(
        "past",
        "an end in the past takes back what was signed",
        &[],
        ended(1_795_999_999, 1_796_000_000),
        false,
    );
    case(
        "beginning",
        "another beginning of a known key",
        &[],
        event("ended", &old, &ENDED.replace("1795226400", "1795226401"), 1_796_000_000),
        false,
    );
    case(
        "time",
        "earlier than the event before it",
        &[announced],
        ended(1_797_900_000, 1_795_999_999),
        false,
    );
    case(
        "good-again",
        "a compromised key signs longer",
        &[bad(1_795_900_000, 33, 1_796_000_000)],
        event("announced", &old, &dates(1_860_000_000), 1_796_000_001),
        false,
    );
    case(
        "narrower",
        "a compromise turns out to be younger",
        &[bad(1_795_900_000, 33, 1_796_000_000)],
        bad(1_795_900_001, 33, 1_796_000_001),
        false,
    );
    case(
        "larger",
        "a compromise with a larger good ledger",
        &[bad(1_795_900_000, 33, 1_796_000_000)],
        bad(1_795_900_000, 34, 1_796_000_001),
        false,
    );
}
