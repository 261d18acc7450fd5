//! Batch files (spec/ledger.md), written as text.

use super::signed::{TIME, batch_note, checkpoint, sign};
use super::{Page, base64};
use serde_json::json;
use verifier::hash::Hash;

/// A file of batch 7 over `[start, end)`, with these notes.
fn file(start: u64, end: u64, size: u64, notes: &[String]) -> String {
    let checkpoint = json!(checkpoint(size, hash(9)).encode());
    let notes = json!(notes);
    format!(
        "{{\"format\":\"xinzheng/batch/v1\",\"batch\":7,\"start\":{start},\"end\":{end},\"checkpoint\":{checkpoint},\"notes\":{notes}}}\n"
    )
}

fn note(start: u64, end: u64) -> String {
    batch_note(start, end, hash(1), TIME).encode()
}

fn hash(byte: u8) -> Hash {
    Hash::from_bytes([byte; 32])
}

pub fn make(page: &Page) {
    let good = |name: &str, what: &str, input: String, notes: &[[u64; 2]]| {
        page.case(
            name,
            json!({"what": what, "input": base64(input), "expect": "ok", "notes": notes, "time": TIME}),
        );
    };
    let two = || file(17, 33, 33, &[note(16, 32), note(32, 33)]);
    good("one-note", "a range that is a subtree: one note", file(16, 32, 32, &[note(16, 32)]), &[[16, 32]]);
    good(
        "two-notes",
        "a range that is none: the two of its cover, the first reaching back",
        two(),
        &[[16, 32], [32, 33]],
    );
    good("one-entry", "a batch of one entry", file(4, 5, 5, &[note(4, 5)]), &[[4, 5]]);
    let first = file(0, 3, 3, &[note(0, 3)]).replace("\"batch\":7", "\"batch\":0");
    good("first", "the first batch", first, &[[0, 3]]);

    let bad = |name: &str, what: &str, input: String| {
        page.case(
            &format!("bad-{name}"),
            json!({"what": what, "input": base64(input), "expect": "FORMAT_BAD"}),
        );
    };
    bad("end", "an end that is not the checkpoint's size", file(17, 34, 33, &[note(16, 32), note(32, 33)]));
    bad("empty-range", "start and end are equal", file(33, 33, 33, &[note(16, 32), note(32, 33)]));
    bad("reversed-range", "start after end", file(34, 33, 33, &[note(16, 32), note(32, 33)]));
    bad("notes-none", "no note", file(17, 33, 33, &[]));
    bad("notes-one", "one note where the cover has two", file(17, 33, 33, &[note(16, 32)]));
    bad(
        "notes-two",
        "two notes where the range is a subtree itself",
        file(16, 32, 32, &[note(16, 24), note(24, 32)]),
    );
    bad(
        "notes-order",
        "the notes of the cover the wrong way round",
        file(17, 33, 33, &[note(32, 33), note(16, 32)]),
    );
    bad("notes-other-cover", "a note over another subtree", file(17, 33, 33, &[note(0, 32), note(32, 33)]));
    let later = batch_note(32, 33, hash(1), TIME + 1).encode();
    bad("notes-times", "notes of two times", file(17, 33, 33, &[note(16, 32), later]));
    let other = sign("batch", &format!("other.example/ledger/batch\n32 33\n{}\n{TIME}\n", hash(1))).encode();
    bad("notes-origin", "a note of another ledger", file(17, 33, 33, &[note(16, 32), other]));
    let swapped = file(16, 32, 32, &[checkpoint(32, hash(9)).encode()]);
    bad("note-checkpoint", "a checkpoint in the place of a batch note", swapped);
    bad("version-2", "version 2", two().replace("batch/v1", "batch/v2"));
    bad("member-unknown", "an unknown member", two().replace(",\"notes\"", ",\"count\":16,\"notes\""));
    bad(
        "member-order",
        "members in another order",
        two().replace("\"start\":17,\"end\":33", "\"end\":33,\"start\":17"),
    );
    bad("space", "a space", two().replace("\"batch\":7", "\"batch\": 7"));
    bad("line-end-missing", "no LF at its end", two().trim_end().into());
    bad("line-end-twice", "two LF at its end", two() + "\n");
    bad("cut", "cut off", two()[..200].into());
    bad("batch-negative", "a negative number", two().replace("\"batch\":7", "\"batch\":-7"));
}
