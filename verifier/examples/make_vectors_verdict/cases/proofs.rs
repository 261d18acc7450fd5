//! Tlog-proofs, and the levels that they give.

use super::bundles::{COMPROMISED, RETIRED, ended_ledger, next_ledger, retiring_ledger};
use super::office::{archive, county, note_key, province, stranger, university};
use super::pair::Pair;
use super::papers::report;
use super::sealed::{File, Sealed, checkpoint, checkpoint_over, filler, tlog_proof};
use super::tree::Tree;
use super::vouchers::Vouchers;
use super::{Case, SEALED, WHOLE};
use serde_json::json;
use verifier::entry::Entry;
use verifier::origin::Origin;

pub fn cases() -> Vec<Case> {
    let mut all = levels();
    all.extend(bad());
    all.extend(ledger_keys());
    all
}

fn file(sealed: &Sealed) -> File {
    sealed.file(&report().disclosures, &report().disclosures)
}

fn cosigned(name: &'static str, what: &'static str, cosigners: &[(Pair, u64)]) -> Case {
    Case::new(name, what, file(&report().sealed()).proof(7, cosigners).text(), WHOLE)
}

fn levels() -> Vec<Case> {
    let then = SEALED + 5;
    vec![
        cosigned("level-2", "under a checkpoint of the ledger key", &[]).level(2).vouched(Vouchers::nobody()),
        cosigned(
            "level-2-own-witness",
            "cosigned by a witness of the office's own organisation",
            &[(county(), then)],
        )
        .level(2)
        .vouched(Vouchers::nobody().county()),
        cosigned(
            "level-2-stranger",
            "cosigned by a witness that is in no bundle: ignored",
            &[(stranger(), then)],
        )
        .level(2)
        .vouched(Vouchers::nobody()),
        cosigned("level-3", "cosigned by an independent witness", &[(province(), then)])
            .level(3)
            .vouched(Vouchers::nobody().province()),
        cosigned(
            "level-3-own-and-other",
            "cosigned by the own witness and an independent one: no quorum",
            &[(county(), then), (province(), then)],
        )
        .level(3)
        .vouched(Vouchers::nobody().county().province()),
        cosigned(
            "level-3-twice",
            "cosigned twice by one witness: no quorum",
            &[(province(), then), (province(), then + 60)],
        )
        .level(3)
        .vouched(Vouchers::nobody().province()),
        cosigned("level-4", "cosigned by the quorum", &[(province(), then), (university(), then)])
            .level(4)
            .vouched(Vouchers::nobody().province().university()),
    ]
}

fn bad() -> Vec<Case> {
    let sealed = report().sealed();
    let (tree, key) = (sealed.tree(7), &sealed.office.ledger);
    let good = checkpoint(&sealed, key, 7, &[]);
    let path = tree.path(5, 0, 7);
    let with = |index: u64, path: &[_], note: &str| {
        file(&sealed).set("tlog_proof", json!(tlog_proof(index, path, note)))
    };
    let case = |name, what, file: File| {
        Case::new(name, what, file.text(), WHOLE).but("PROOF_OK", "PROOF_BAD").invalid("PROOF_BAD")
    };
    let of_archive = Sealed { office: archive().into(), ..sealed.clone() };
    let cosigned = checkpoint(&sealed, key, 7, &[(province(), SEALED + 5)]);
    let (_, cosignature) = cosigned.trim_end().rsplit_once('\n').unwrap();
    let other_size = checkpoint(&sealed, key, 8, &[]);
    vec![
        case("proof-hash-missing", "the last hash is missing", with(5, &path[..path.len() - 1], &good)),
        case("proof-hash-extra", "a hash too many", with(5, &[&path[..], &path[..1]].concat(), &good)),
        case(
            "proof-wrong-hash",
            "another first hash",
            with(5, &[&[tree.leaf(0)], &path[1..]].concat(), &good),
        ),
        case("proof-other-entry", "a proof of the neighbour", with(4, &tree.path(4, 0, 7), &good)),
        case("proof-entry-twice", "the same entry at another index of the ledger", entry_twice(&sealed)),
        case("proof-other-index", "the path with the neighbour's index", with(4, &path, &good)),
        case("proof-other-size", "the path to another size", with(5, &path, &other_size)),
        case(
            "proof-other-ledger",
            "under a checkpoint of another office's ledger",
            with(
                5,
                &of_archive.tree(7).path(5, 0, 7),
                &checkpoint(&of_archive, &of_archive.office.ledger, 7, &[]),
            ),
        ),
        case(
            "proof-size-changed",
            "the checkpoint's size was changed after signing",
            with(5, &path, &good.replacen("\n7\n", "\n8\n", 1)),
        ),
        case("proof-cosignature-bad", "a cosignature of a known witness that is of another checkpoint", {
            let other = checkpoint(&sealed, key, 8, &[(province(), SEALED + 5)]);
            let (_, line) = other.trim_end().rsplit_once('\n').unwrap();
            with(5, &path, &format!("{good}{line}\n"))
        }),
        case("proof-cosignature-good-and-bad", "a good cosignature and a bad one of the same witness", {
            let other = checkpoint(&sealed, key, 8, &[(province(), SEALED + 5)]);
            let (_, line) = other.trim_end().rsplit_once('\n').unwrap();
            with(5, &path, &format!("{good}{cosignature}\n{line}\n"))
        })
        .vouched(Vouchers::nobody()),
    ]
}

/// A ledger that has the entry at 5 and at 6, and the proof of the latter.
fn entry_twice(sealed: &Sealed) -> File {
    let origin = Origin::parse(sealed.office.origin).unwrap();
    let entry = *Entry::of_core(&origin, &sealed.core).as_bytes();
    let tree = Tree::new(7, |i| if i == 5 || i == 6 { entry } else { filler(i) });
    let note = checkpoint_over(&sealed.office, &sealed.office.ledger, 7, tree.hash(0, 7), &[]);
    file(sealed).set("tlog_proof", json!(tlog_proof(6, &tree.path(6, 0, 7), &note)))
}

fn ledger_keys() -> Vec<Case> {
    let sealed = report().sealed();
    let under = |key: &Pair, cosigners: &[(Pair, u64)]| {
        file(&sealed).proof_under(7, &checkpoint(&sealed, key, 7, cosigners)).text()
    };
    let case = |name, what, key: &Pair| Case::new(name, what, under(key, &[]), WHOLE).level(2);
    let unusable = |case: Case| case.but("PROOF_OK", "PROOF_UNUSABLE").open("PROOF_UNUSABLE").level(1);
    let key = &sealed.office.ledger;
    let unknown = note_key("impostor ledger", sealed.office.origin);
    let compromised =
        |name, what, text: String| Case::new(name, what, text, WHOLE).trust("compromised-ledger").level(2);
    vec![
        case("proof-next-key", "refreshed under a ledger key that signs from later on", &next_ledger()),
        unusable(case(
            "proof-ended-key",
            "under a ledger key that ended before the batch was closed",
            &ended_ledger(),
        )),
        unusable(case(
            "proof-unknown-key",
            "under a key that is in no bundle, with the ledger's name",
            &unknown,
        )),
        unusable(case(
            "proof-batch-key",
            "a checkpoint signed by the batch key under its own name",
            &sealed.office.batch,
        )),
        case("proof-last-second", "the last second in which the ledger key is relied on", &retiring_ledger())
            .term("now", RETIRED),
        unusable(
            case("proof-retired", "a second after the ledger key is relied on", &retiring_ledger())
                .term("now", RETIRED + 1),
        ),
        compromised(
            "proof-compromised-last-good",
            "a compromised ledger key: the last good checkpoint",
            file(&sealed).proof(6, &[]).text(),
        ),
        unusable(compromised(
            "proof-compromised",
            "a compromised ledger key: a later checkpoint",
            under(key, &[]),
        )),
        compromised(
            "proof-compromised-anchored",
            "a compromised ledger key: an independent witness cosigned the second before",
            under(key, &[(province(), COMPROMISED - 1)]),
        )
        .level(3),
        unusable(compromised(
            "proof-compromised-anchored-late",
            "a compromised ledger key: an independent witness cosigned at the moment itself",
            under(key, &[(province(), COMPROMISED)]),
        )),
        Case::new(
            "compromised-ledger-qr",
            "a compromised ledger key says nothing against a batch note",
            sealed.qr().text(),
            super::BARE,
        )
        .trust("compromised-ledger"),
    ]
}
