//! Batch keys: their dates, and a compromised one.

use super::bundles::{COMPROMISED, SIGN_FROM, SIGN_UNTIL, VERIFY_UNTIL, ended_batch, next_batch};
use super::office::{county, credit, province};
use super::pair::sign;
use super::papers::{Paper, report};
use super::raw::{Raw, item};
use super::sealed::{File, Sealed, checkpoint, checkpoint_over, filler, tlog_proof};
use super::tree::Tree;
use super::{BARE, Case, HOUR, NOW, SEALED, WHOLE};
use serde_json::json;
use verifier::entry::Entry;
use verifier::origin::Origin;

pub fn cases() -> Vec<Case> {
    let mut all = dates();
    all.extend(compromised());
    all
}

/// The report's core, issued then and good for long.
fn core(issued: u64) -> Raw {
    report().core.set(8, item(|w| w.unsigned(issued))).set(9, item(|w| w.unsigned(VERIFY_UNTIL + HOUR)))
}

/// Sealed then, ten seconds after it was issued.
fn sealed(time: u64) -> Sealed {
    Sealed::of(credit(), core(time - 10)).at(time)
}

fn dates() -> Vec<Case> {
    let case = |name, what, time: u64| Case::new(name, what, sealed(time).qr().text(), BARE).lists(&[]);
    let not_valid = |case: Case| case.but("KEY_OK", "KEY_NOT_VALID").invalid("KEY_NOT_VALID");
    let judged = |name, what, at: u64| case(name, what, SEALED).term("now", at).proof_only();
    let ended = sign(&report().sealed().note_text(), &[&ended_batch()]);
    vec![
        case("key-first-second", "sealed in the first second of the key", SIGN_FROM),
        not_valid(case("key-too-early", "sealed a second before the key signs", SIGN_FROM - 1)),
        case("key-last-second", "sealed in the last second of the key", SIGN_UNTIL)
            .term("now", SIGN_UNTIL + HOUR),
        not_valid(
            case("key-too-late", "sealed a second after the key signs", SIGN_UNTIL + 1)
                .term("now", SIGN_UNTIL + HOUR),
        ),
        not_valid(Case::new(
            "key-ended",
            "signed by a key that had ended",
            report().sealed().bare().set("batch_note", json!(ended)).text(),
            BARE,
        )),
        judged(
            "key-last-second-relied-on",
            "judged in the last second in which the key is relied on",
            VERIFY_UNTIL,
        ),
        judged("key-retired", "judged a second after the key is relied on", VERIFY_UNTIL + 1)
            .but("KEY_OK", "KEY_RETIRED")
            .open("KEY_RETIRED"),
        judged("key-retired-at-earlier", "the same, judged as of the day it was sealed", VERIFY_UNTIL + 1)
            .term("at", SEALED + HOUR),
    ]
}

fn compromised() -> Vec<Case> {
    let Paper { disclosures, .. } = report();
    let sealed = report().sealed();
    let file = || sealed.file(&disclosures, &disclosures);
    let case = |name, what, certificate: String, codes| {
        Case::new(name, what, certificate, codes).trust("compromised-batch")
    };
    let open = |case: Case| case.but("KEY_OK", "KEY_COMPROMISED").open("KEY_COMPROMISED");
    let both = sign(&report().sealed().note_text(), &[&credit().batch, &next_batch()]);
    vec![
        open(case(
            "compromised-qr",
            "a QR code of a compromised key, sealed before: a thief chooses the time",
            sealed.qr().text(),
            BARE,
        )),
        open(
            case(
                "compromised-at-earlier",
                "the same, judged as of a moment before",
                sealed.qr().text(),
                BARE,
            )
            .term("now", COMPROMISED + HOUR)
            .term("at", NOW),
        ),
        Case::new(
            "compromised-overlap",
            "signed by the compromised key and by the one that comes after it, which nobody else has",
            report().sealed().bare().set("batch_note", json!(both)).text(),
            BARE,
        )
        .trust("compromised-overlap"),
        open(case("compromised-file", "a file without a proof", file().text(), super::COPY)),
        case(
            "compromised-last-good",
            "a proof under the last good checkpoint",
            file().proof(6, &[]).text(),
            WHOLE,
        )
        .level(2),
        open(
            case(
                "compromised-fork",
                "a proof under another checkpoint of the last good one's size",
                forked(&sealed, file()).text(),
                WHOLE,
            )
            .level(2),
        ),
        open(
            case("compromised-later", "a proof under a later checkpoint", file().proof(8, &[]).text(), WHOLE)
                .level(2),
        ),
        case(
            "compromised-anchored",
            "a proof under a later checkpoint that an independent witness cosigned the second before",
            file().proof(8, &[(province(), COMPROMISED - 1)]).text(),
            WHOLE,
        )
        .level(3),
        open(
            case(
                "compromised-anchored-late",
                "the independent witness cosigned at the moment itself",
                file().proof(8, &[(province(), COMPROMISED)]).text(),
                WHOLE,
            )
            .level(3),
        ),
        open(
            case(
                "compromised-own-witness",
                "only a witness of the office's own organisation cosigned before",
                file().proof(8, &[(county(), COMPROMISED - 1)]).text(),
                WHOLE,
            )
            .level(2),
        ),
        open(case(
            "compromised-bad-proof",
            "a proof of another entry helps nothing",
            {
                file()
                    .set(
                        "tlog_proof",
                        json!(tlog_proof(
                            4,
                            &sealed.tree(6).path(4, 0, 6),
                            &checkpoint(&sealed, &sealed.office.ledger, 6, &[])
                        )),
                    )
                    .text()
            },
            WHOLE,
        ))
        .but("PROOF_OK", "PROOF_BAD")
        .invalid("PROOF_BAD"),
    ]
}

/// Under a ledger of six entries whose first one is another.
fn forked(sealed: &Sealed, file: File) -> File {
    let origin = Origin::parse(sealed.office.origin).unwrap();
    let entry = *Entry::of_core(&origin, &sealed.core).as_bytes();
    let tree = Tree::new(6, |i| match i {
        0 => filler(100),
        5 => entry,
        _ => filler(i),
    });
    let note = checkpoint_over(&sealed.office, &sealed.office.ledger, 6, tree.hash(0, 6), &[]);
    file.set("tlog_proof", json!(tlog_proof(5, &tree.path(5, 0, 6), &note)))
}
