//! Paths from the core's entry to the batch note's hash.

use super::office::{archive, credit};
use super::papers::report;
use super::sealed::{Qr, Sealed};
use super::{BARE, Case, SEALED};
use serde_json::json;
use verifier::base64;
use verifier::entry::Entry;
use verifier::hash::{Hash, leaf_hash, node_hash};
use verifier::origin::Origin;

pub fn cases() -> Vec<Case> {
    let mut all = files();
    all.extend(qr_codes());
    all
}

fn bad(case: Case) -> Case {
    case.stops("PATH_OK", "PATH_BAD").invalid("PATH_BAD")
}

/// Entry 5 in a batch note over [4, 8): two hashes.
fn four() -> Sealed {
    report().sealed().placed(5, 4, 8)
}

fn texts(path: &[Hash]) -> serde_json::Value {
    json!(path.iter().map(Hash::to_base64).collect::<Vec<_>>())
}

fn files() -> Vec<Case> {
    let sealed = four();
    let path = sealed.path();
    let case = |name, what, file: super::sealed::File| Case::new(name, what, file.text(), BARE);
    let with = |path: &[Hash]| sealed.bare().set("path", texts(path));
    let other = leaf_hash(b"other");
    // A core with one character of the holder's name changed.
    let core = base64::encode(&changed_core(&sealed));
    vec![
        case("path-two-hashes", "a batch of four", sealed.bare()),
        case("path-none", "a batch of one: no hash", report().sealed().placed(5, 5, 6).bare()),
        bad(case("path-missing", "the last hash is missing", with(&path[..1]))),
        bad(case("path-extra", "a hash too many", with(&[&path[..], &[other]].concat()))),
        bad(case("path-wrong-hash", "another hash", with(&[path[0], other]))),
        bad(case("path-order", "the hashes in the other order", with(&[path[1], path[0]]))),
        bad(case(
            "path-wrong-index",
            "the right path with the neighbour's index",
            sealed.bare().set("index", json!(4)),
        )),
        bad(case(
            "path-index-at-end",
            "the index is the end of the range",
            sealed.bare().set("index", json!(8)),
        )),
        bad(case("path-index-before", "the index is before the range", sealed.bare().set("index", json!(3)))),
        bad(case(
            "path-core-changed",
            "the core was changed after it was sealed",
            sealed.bare().set("core", json!(core)),
        )),
        bad(case(
            "path-other-batch",
            "the batch note of another batch",
            sealed.bare().set("batch_note", json!(report().sealed().placed(5, 0, 8).note())),
        )),
        bad(case("path-other-ledger", "an entry copied into another office's ledger", copied()).lists(&[])),
    ]
}

/// The entry of a core of the credit office, in a batch note of the archive.
fn copied() -> super::sealed::File {
    let sealed = Sealed::of(archive(), report().core).placed(5, 4, 6);
    let sibling = sealed.tree(6).leaf(4);
    let entry = Entry::of_core(&Origin::parse(credit().origin).unwrap(), &sealed.core);
    let root = node_hash(&sibling, &leaf_hash(entry.as_bytes()));
    let text = format!("{}/batch\n4 6\n{root}\n{SEALED}\n", archive().origin);
    sealed.bare().set("batch_note", json!(super::pair::sign(&text, &[&archive().batch])))
}

fn changed_core(sealed: &Sealed) -> Vec<u8> {
    let mut core = sealed.core.clone();
    let name = "渭水".as_bytes();
    let place = core.windows(name.len()).position(|window| window == name).unwrap();
    core[place..place + 6].copy_from_slice("淮水".as_bytes());
    core
}

fn qr_codes() -> Vec<Case> {
    let sealed = four();
    let qr = sealed.qr();
    let path = sealed.path();
    let case = |name, what, qr: Qr| Case::new(name, what, qr.text(), BARE);
    let sig_bad = |case: Case| case.stops("SIG_OK", "SIG_BAD").invalid("SIG_BAD");
    // Its hash can't be computed, so there is nothing to verify the signature of.
    let no_path = |case: Case| case.stops("SIG_OK", "PATH_BAD").invalid("PATH_BAD");
    let other = leaf_hash(b"other");
    vec![
        case("path-qr", "a QR code of a batch of four", qr.clone()),
        no_path(case(
            "path-qr-missing",
            "a QR code: the last hash is missing",
            Qr { path: path[..1].to_vec(), ..qr.clone() },
        )),
        no_path(case(
            "path-qr-extra",
            "a QR code: a hash too many",
            Qr { path: [&path[..], &[other]].concat(), ..qr.clone() },
        )),
        sig_bad(case(
            "path-qr-wrong-hash",
            "a QR code: another hash gives another root",
            Qr { path: vec![path[0], other], ..qr.clone() },
        )),
        sig_bad(case(
            "path-qr-wrong-index",
            "a QR code: the neighbour's index gives another root",
            Qr { index: 4, ..qr.clone() },
        )),
        sig_bad(case(
            "path-qr-core-changed",
            "a QR code: a changed core gives another root",
            Qr { core: changed_core(&sealed), ..qr.clone() },
        )),
        sig_bad(case(
            "path-qr-range-changed",
            "a QR code: the range was moved",
            Qr { start: 0, end: 4, index: 1, ..qr },
        )),
    ]
}
