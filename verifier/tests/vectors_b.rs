//! Holds the library against every file of `../vectors/` for json, number, core, disclosure, anchor, certificate, batch-file, qr
//! and pdf. What a case has to look like is on the page of its format in `../spec/`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::path::Path;

use serde_json::{Value, json};
use verifier::anchor::Anchor;
use verifier::base64::{decode, encode, encode_url};
use verifier::batch_file::BatchFile;
use verifier::batch_note::BatchNote;
use verifier::certificate::Certificate;
use verifier::core::Core;
use verifier::disclosure::{self, Disclosure, DisclosureError, DocumentMatch};
use verifier::entry::Entry;
use verifier::hash::{Hash, sha256};
use verifier::key::VerifierKey;
use verifier::key_event::{KeyEvent, KeyHistory};
use verifier::limits::DOCUMENT_BYTES;
use verifier::merkle::verify_inclusion;
use verifier::number::{CertificateNumber, CheckCode, WindowCode};
use verifier::pdf::{FoundNote, Pdf};
use verifier::qr::{QrPayload, from_digits, read_text, to_digits};
use verifier::time::Time;
use verifier::trust::{KeyUse, Office, OfficeKey, Organisation};

/// Runs `check` on each vector of a page. It gives what the library made of the case; the file says what that must be.
fn each(page: &str, at_least: usize, check: impl Fn(&Value) -> Value) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join(page);
    let mut wrong = Vec::new();
    let (mut good, mut bad) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        assert!(case["what"].is_string(), "{path:?} says what it is");
        for (key, is) in check(&case).as_object().unwrap() {
            if case[key] != *is {
                wrong.push(format!(
                    "{}: {key} is {is}, not {}",
                    path.file_stem().unwrap().display(),
                    case[key]
                ));
            }
        }
        if case["expect"].as_str().is_none_or(|e| e == "ok") { good += 1 } else { bad += 1 }
    }
    assert!(wrong.is_empty(), "{page}:\n{}", wrong.join("\n"));
    assert!(good >= 3 && bad >= 3 && good + bad >= at_least, "{page}: {good} good, {bad} bad");
}

fn input(case: &Value) -> Vec<u8> {
    bytes(&case["input"])
}

fn bytes(value: &Value) -> Vec<u8> {
    decode(value.as_str().unwrap()).unwrap()
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn json() {
    each("json", 80, |case| match verifier::json::parse(&input(case), DOCUMENT_BYTES) {
        Ok(value) => {
            let compact = verifier::json::compact(&value);
            assert_eq!(verifier::json::parse_compact(compact.as_bytes(), DOCUMENT_BYTES), Ok(value));
            json!({"expect": "ok", "compact": compact})
        }
        Err(error) => json!({"expect": error.code().as_str(), "pointer": error.pointer()}),
    });
}

#[test]
fn pdf() {
    each("pdf", 40, |case| match Pdf::read(&input(case)) {
        Ok(pdf) => {
            let note = match pdf.note() {
                FoundNote::Absent => Value::Null,
                FoundNote::Broken(_) => "broken".into(),
                FoundNote::Whole(note) => json!({
                    "origin": note.origin().as_str(),
                    "number": note.number().as_str(),
                    "entry": encode(note.entry().as_bytes()),
                    "digest": note.digest().to_base64(),
                }),
            };
            json!({"expect": "ok", "attachment": encode(pdf.attachment()), "note": note})
        }
        Err(error) => json!({"expect": error.code().as_str()}),
    });
}

#[test]
fn number() {
    each("number", 20, |case| {
        let text = text(input(case));
        let written = match case["of"].as_str().unwrap() {
            "certificate number" => CertificateNumber::parse(&text).map(|number| number.to_string()),
            "check code" => CheckCode::parse(&text).map(|code| code.to_string()),
            "window code" => WindowCode::parse(&text).map(|code| code.to_string()),
            other => panic!("{other}"),
        };
        written.map_or(json!({"expect": "FORMAT_BAD"}), |written| {
            assert_eq!(written, text);
            json!({"expect": "ok"})
        })
    });
}

#[test]
fn core() {
    each("core", 90, |case| match Core::parse(&input(case)) {
        Ok(core) => {
            assert_eq!(Core::new(core.fields().clone()).unwrap().as_bytes(), input(case));
            json!({"expect": "ok", "fields": fields(&core)})
        }
        Err(_) => json!({"expect": "FORMAT_BAD"}),
    });
}

fn fields(core: &Core) -> Value {
    let claims = core.claims().iter().map(|claim| {
        let counts = claim.counts().map(|(part, whole)| [part, whole]).unwrap_or_default();
        let all = [&[claim.rule().number(), claim.value().number()], &counts[..]].concat();
        if claim.counts().is_some() { all } else { all[..2].to_vec() }
    });
    let counters = core.counters().iter().map(|(counter, count)| [counter.number(), *count]);
    json!({
        "number": core.number().as_str(),
        "kind": core.kind().number(),
        "holder": core.holder().map(|h| json!([h.kind().number(), h.name(), h.code()])),
        "title": core.title(),
        "purpose": core.purpose().map(|purpose| purpose.number()),
        "audience": core.audience().map(|a| [a.name(), a.code()]),
        "issued_at": core.issued_at().seconds(),
        "expires_at": core.expires_at().seconds(),
        "period": core.period().map(|(first, last)| [first.to_string(), last.to_string()]),
        "data_as_of": core.data_as_of().map(|time| time.seconds()),
        "claims": claims.collect::<Vec<_>>(),
        "counters": counters.collect::<Vec<_>>(),
        "document_root": core.document_root().to_base64(),
        "nonce": encode(core.nonce()),
    })
}

#[test]
fn disclosure() {
    each("disclosure", 55, |case| {
        let core = Core::parse(&bytes(&case["core"])).unwrap();
        let list = |key: &str| case[key].as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned());
        let digest = |text: String| Hash::from_slice(&verifier::base64::decode_url(&text).unwrap()).unwrap();
        let digests: Vec<Hash> = list("digests").map(digest).collect();
        let Ok(shown) = list("disclosures").map(|d| Disclosure::parse(&d)).collect::<Result<Vec<_>, _>>()
        else {
            return json!({"expect": "DISCLOSURE_BAD"});
        };
        let mut is = match disclosure::check(&core, &digests, &shown) {
            Ok(found) => {
                let hidden = found.counters().iter().filter(|c| c.hidden() > 0);
                let hidden: serde_json::Map<_, _> =
                    hidden.map(|c| (c.counter.name(), c.hidden().into())).collect();
                json!({"expect": "ok", "hidden": hidden})
            }
            Err(DisclosureError::Incomplete(missing)) => {
                let missing: serde_json::Map<_, _> =
                    missing.iter().map(|(c, n)| (c.name().into(), (*n).into())).collect();
                json!({"expect": "DISCLOSURE_INCOMPLETE", "missing": missing})
            }
            Err(bad) => json!({"expect": bad.code()}),
        };
        if case["document"].is_string() {
            let document = verifier::json::parse(&bytes(&case["document"]), DOCUMENT_BYTES).unwrap();
            is["match"] = match disclosure::compare_document(&document, digests.len(), &shown) {
                DocumentMatch::Same => "DOCUMENT_OK",
                DocumentMatch::Differs(_) => "DOCUMENT_DIFFERS",
                DocumentMatch::NotShown => "DOCUMENT_NOT_SHOWN",
            }
            .into();
            if case["secret"].is_string() {
                splits_and_salts(case, &document, &mut is);
            }
        }
        is
    });
}

/// Does what an office does: splits the document, salts its records, and makes digests and root of them.
fn splits_and_salts(case: &Value, document: &verifier::json::Value, is: &mut Value) {
    use hmac::{Hmac, KeyInit, Mac};
    let records = disclosure::records(document).unwrap();
    let made: Vec<Disclosure> = records
        .into_iter()
        .map(|(pointer, value)| {
            let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&bytes(&case["secret"])).unwrap();
            mac.update(pointer.as_bytes());
            let salt = mac.finalize().into_bytes()[..16].try_into().unwrap();
            Disclosure::new(salt, pointer, value).unwrap()
        })
        .collect();
    let mut digests: Vec<Hash> = made.iter().map(Disclosure::digest).collect();
    digests.sort();
    is["pointers"] = made.iter().map(Disclosure::pointer).collect();
    is["disclosures"] = made.iter().map(Disclosure::as_str).collect();
    is["digests"] = digests.iter().map(|digest| encode_url(digest.as_bytes())).collect();
    is["root"] = disclosure::document_root(&digests).unwrap().to_base64().into();
}

/// The batch key of `keys/example`, which signs the notes of the vectors.
fn batch_key() -> VerifierKey {
    VerifierKey::parse(
        "credit.example.gov.cn/ledger/batch+26ae7421+ATrTDsaET9WpfCGz1ps82tHKD2GgE03imz1CYqj+g7qi",
    )
    .unwrap()
}

/// Signature and path of a certificate hold: the vectors are real.
fn holds(core: &Core, index: u64, path: &[Hash], note: &BatchNote) {
    let leaf = Entry::of_core(note.origin(), core.as_bytes()).leaf();
    verify_inclusion(&leaf, index, note.subtree(), path, note.hash()).unwrap();
}

#[test]
fn anchor() {
    each("anchor", 50, |case| match Anchor::parse(&text(input(case))) {
        Ok(anchor) => {
            assert_eq!(anchor.encode(), text(input(case)));
            json!({
                "expect": "ok", "type": anchor.type_name(), "label": anchor.label(),
                "digest": anchor.digest().map(|digest| digest.to_base64()), "path": anchor.path().map(<[Hash]>::len),
            })
        }
        Err(_) => json!({"expect": "FORMAT_BAD"}),
    });
}

#[test]
fn key_event() {
    let read = |value: &Value| KeyEvent::from_text(&text(bytes(value)));
    each("key-event", 30, |case| match (read(&case["input"]), case["check"].as_str().unwrap()) {
        (Err(_), _) => json!({"expect": "FORMAT_BAD"}),
        (Ok(event), "key-event") => {
            assert_eq!(event.text(), text(input(case)));
            json!({
                "expect": "ok", "use": event.usage().name(), "change": event.change().name(),
                "key_id": event.key().id().to_string(), "time": event.time().seconds(),
            })
        }
        (Ok(event), _) => {
            let words: Vec<&str> = case["first"].as_str().unwrap().split(' ').collect();
            let time = |n: usize| Time::parse_seconds(words[n]).unwrap();
            let key = OfficeKey {
                usage: KeyUse::Batch,
                key: VerifierKey::parse(words[0]).unwrap(),
                sign_from: time(1),
                sign_until: time(2),
                verify_until: time(3),
                compromised: None,
            };
            let mut history = KeyHistory::begin(&Office {
                origin: event.origin().clone(),
                organisation: Organisation { token: "a.cn".to_owned(), name: "a".to_owned() },
                kinds: Vec::new(),
                status_url: None,
                keys: vec![key],
            });
            for before in case["before"].as_array().unwrap() {
                history.apply(&read(before).unwrap()).unwrap();
            }
            json!({"expect": history.apply(&event).map_or("FORMAT_BAD", |()| "ok")})
        }
    });
}

#[test]
fn certificate() {
    each("certificate", 45, |case| match Certificate::parse(&input(case)) {
        Ok(certificate) => {
            assert_eq!(certificate.encode(), input(case));
            certificate.batch_note().verify_one(&batch_key()).unwrap();
            holds(certificate.core(), certificate.index(), certificate.path(), certificate.batch());
            let (shown, records) = match certificate.shown() {
                Ok((shown, _)) => ("ok", shown.iter().map(|d| d.pointer().to_owned()).collect()),
                Err(error) => (error.code(), vec![]),
            };
            json!({"expect": "ok", "index": certificate.index(), "shown": shown, "records": records})
        }
        Err(error) => json!({"expect": error.code()}),
    });
}

#[test]
fn batch_file() {
    each("batch-file", 20, |case| match BatchFile::parse(&input(case)) {
        Ok(file) => {
            assert_eq!(file.encode().as_bytes(), input(case));
            let range = |(note, _): &(BatchNote, _)| [note.subtree().start(), note.subtree().end()];
            let notes: Vec<_> = file.notes().iter().map(range).collect();
            json!({"expect": "ok", "notes": notes, "time": file.time().seconds()})
        }
        Err(_) => json!({"expect": "FORMAT_BAD"}),
    });
}

#[test]
fn qr() {
    each("qr", 70, |case| {
        if let Some(digits) = case["digits"].as_str() {
            assert_eq!(from_digits(digits).unwrap(), bytes(&case["bytes"]));
            return json!({"digits": to_digits(&bytes(&case["bytes"]))});
        }
        let read = match case["text"].as_str() {
            Some(text) => read_text(text),
            None => QrPayload::parse(&input(case)),
        };
        match read {
            Ok(payload) => {
                assert_eq!(QrPayload::parse(&payload.encode()).as_ref(), Ok(&payload));
                let path: Vec<String> = payload.path().iter().map(Hash::to_base64).collect();
                let says = json!({
                    "core": encode(payload.core().as_bytes()), "start": payload.subtree().start(),
                    "end": payload.subtree().end(), "index": payload.index(), "time": payload.time().seconds(),
                    "path": path, "key_id": encode(payload.key_id().as_bytes()), "signature": encode(payload.signature()),
                });
                json!({"expect": "ok", "payload": says})
            }
            Err(error) => json!({"expect": error.code()}),
        }
    });
}

/// Disclosures of RFC 9901, and of ours as a stock SD-JWT library took them: the same digests.
#[test]
fn sd_jwt() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/sd-jwt/digests.json");
    let file: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    for case in file["rfc9901"].as_array().unwrap() {
        let text = case["disclosure"].as_str().unwrap();
        assert_eq!(encode_url(sha256(&[text.as_bytes()]).as_bytes()), case["digest"], "{}", case["section"]);
    }
    let ours = file["library"]["disclosures"].as_array().unwrap();
    assert!(ours.len() >= 10);
    for case in ours {
        let disclosure = Disclosure::parse(case["disclosure"].as_str().unwrap()).unwrap();
        assert_eq!(encode_url(disclosure.digest().as_bytes()), case["digest"]);
        assert_eq!(disclosure.pointer(), case["name"]);
        let value: Value = serde_json::from_str(&verifier::json::compact(disclosure.value())).unwrap();
        assert_eq!(value, case["value"]);
    }
}
