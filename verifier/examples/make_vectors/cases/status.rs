//! Status lists.

use super::Case;
use super::accounts::ORIGIN;
use super::pair::{Pair, root_seed, sign};
use miniz_oxide::deflate::compress_to_vec_zlib;
use serde_json::json;
use verifier::base64;
use verifier::entry::Entry;
use verifier::hash::sha256;
use verifier::key::KeyKind;

const LIST: usize = 524_288;
const STATUS: &str = "status";

fn key() -> Pair {
    Pair::new(root_seed("status"), &format!("{ORIGIN}/status"), KeyKind::Note)
}

/// Seven entries: every status once.
fn bits() -> Vec<u8> {
    let mut bits = vec![0xff; LIST];
    bits[..4].copy_from_slice(&[0x10, 0x32, 0xed, 0xff]);
    bits
}

fn text(bits: &[u8]) -> String {
    let list = sha256(&[bits]);
    format!(
        "{ORIGIN}/status\nshard 0\nsequence 1\nsize 7\nlist {list}\nprevious none\nissued 1795312800\nexpires 1795399200\n"
    )
}

/// As the page has the file, by hand: the library's writer is not asked.
fn file(note: &str, zlib: &[u8]) -> String {
    let note = note.replace('\n', "\\n");
    format!(
        "{{\"format\":\"xinzheng/status-list/v1\",\"note\":\"{note}\",\"list\":\"{}\"}}\n",
        base64::encode(zlib)
    )
}

fn case(name: &'static str, what: &'static str, expect: &'static str, file: String) -> Case {
    Case::new(STATUS, name, what, "status-list", file, expect).with("vkey", key().vkey())
}

pub fn cases() -> Vec<Case> {
    let (good_bits, good_text) = (bits(), text(&bits()));
    let zlib = |bits: &[u8]| compress_to_vec_zlib(bits, 6);
    let good = file(&sign(&good_text, &[&key()]), &zlib(&good_bits));
    let statuses = json!({
        "0": "valid", "1": "revoked", "2": "suspended", "3": "replaced", "4": "objection-noted", "5": "withdrawn",
        "6": "not-issued", "7": null, "1048576": null,
    });
    // The note is over other bits, or has another text, but is signed.
    let of_bits = |bits: &[u8]| file(&sign(&text(bits), &[&key()]), &zlib(bits));
    let of_zlib = |zlib: &[u8]| file(&sign(&good_text, &[&key()]), zlib);
    let of_text = |from: &str, to: &str| {
        assert!(good_text.contains(from), "{from}");
        file(&sign(&good_text.replacen(from, to, 1), &[&key()]), &zlib(&good_bits))
    };
    let of_file = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let with = |place: usize, byte: u8| {
        let mut bits = bits();
        bits[place] = byte;
        bits
    };
    let previous = Entry::from_bytes([7; 32]);
    let previous = base64::encode(previous.as_bytes());
    let second = good_text.replace("sequence 1", "sequence 2").replace("none", &previous);
    let batch = Pair::new(root_seed("batch"), &format!("{ORIGIN}/batch"), KeyKind::Note);
    vec![
        case("good", "every status once; the lower index is in the lower bits", "ok", good.clone())
            .with("statuses", statuses.clone()),
        case("stored", "the same bits, compressed less", "ok", of_zlib(&compress_to_vec_zlib(&good_bits, 1)))
            .with("statuses", statuses),
        case(
            "second",
            "the second note of the shard",
            "ok",
            file(&sign(&second, &[&key()]), &zlib(&good_bits)),
        )
        .with("statuses", json!({"0": "valid", "1": "revoked"})),
        case(
            "swapped-nibbles",
            "the other bit order: index 0 is revoked, 1 is valid",
            "ok",
            of_bits(&with(0, 0x01)),
        )
        .with("statuses", json!({"0": "revoked", "1": "valid"})),
        case(
            "signer-unknown",
            "signed by the batch key",
            "SIGNER_UNKNOWN",
            file(&sign(&good_text, &[&batch]), &zlib(&good_bits)),
        ),
        case(
            "text-changed",
            "the size was changed after signing",
            "SIG_BAD",
            of_file("size 7\\n", "size 8\\n"),
        ),
        case("value-4", "a value that is no status", "FORMAT_BAD", of_bits(&with(1, 0x42))),
        case("value-c", "a value that is no status", "FORMAT_BAD", of_bits(&with(1, 0x3c))),
        case(
            "beyond-size",
            "a status at an index that is not below the size",
            "FORMAT_BAD",
            of_bits(&with(3, 0x0f)),
        ),
        case(
            "far-beyond-size",
            "a status at the last index of the shard",
            "FORMAT_BAD",
            of_bits(&with(LIST - 1, 0x0f)),
        ),
        case(
            "digest-other",
            "the bits are not those that the note signs",
            "FORMAT_BAD",
            of_zlib(&zlib(&with(0, 0x00))),
        ),
        case(
            "two-bit-list",
            "a list of 2 bits an index: half the bytes",
            "FORMAT_BAD",
            of_bits(&good_bits[..LIST / 2]),
        ),
        case("one-byte-less", "a list that is a byte short", "FORMAT_BAD", of_bits(&good_bits[..LIST - 1])),
        case(
            "one-byte-more",
            "a list that is a byte long",
            "FORMAT_BAD",
            of_bits(&[&good_bits[..], &[0xff]].concat()),
        ),
        case("bomb", "a stream that inflates to 8 MiB", "FORMAT_BAD", of_zlib(&zlib(&vec![0xff; 16 * LIST]))),
        case(
            "zlib-cut",
            "a stream that is cut off",
            "FORMAT_BAD",
            of_zlib(zlib(&good_bits).split_last().unwrap().1),
        ),
        case(
            "zlib-trailing",
            "a byte after the stream",
            "FORMAT_BAD",
            of_zlib(&[&zlib(&good_bits)[..], &[0]].concat()),
        ),
        case("zlib-sum", "a wrong Adler-32", "FORMAT_BAD", {
            let mut z = zlib(&good_bits);
            *z.last_mut().unwrap() ^= 1;
            of_zlib(&z)
        }),
        case("gzip", "gzip in place of zlib", "FORMAT_BAD", of_zlib(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])),
        case("sequence-0", "a sequence begins at 1", "FORMAT_BAD", of_text("sequence 1", "sequence 0")),
        case(
            "first-with-previous",
            "sequence 1 with a previous note",
            "FORMAT_BAD",
            of_text("none", &previous),
        ),
        case(
            "second-without-previous",
            "sequence 2 without a previous note",
            "FORMAT_BAD",
            of_text("sequence 1", "sequence 2"),
        ),
        case(
            "expires-at-once",
            "expires when it is issued",
            "FORMAT_BAD",
            of_text("expires 1795399200", "expires 1795312800"),
        ),
        case(
            "expires-late",
            "expires after more than 72 hours",
            "FORMAT_BAD",
            of_text("expires 1795399200", "expires 1795572001"),
        ),
        case(
            "milliseconds",
            "a time in milliseconds",
            "FORMAT_BAD",
            of_text("issued 1795312800", "issued 1795312800000"),
        ),
        case(
            "shard-too-large",
            "a shard beyond the last index",
            "FORMAT_BAD",
            of_text("shard 0", "shard 17592186044416"),
        ),
        case(
            "other-key-name",
            "the first line is not a status key's name",
            "FORMAT_BAD",
            of_text("/ledger/status", "/ledger/batch"),
        ),
        case(
            "lines-swapped",
            "sequence before shard",
            "FORMAT_BAD",
            of_text("shard 0\nsequence 1", "sequence 1\nshard 0"),
        ),
        case("note-short", "a line of the note is missing", "FORMAT_BAD", of_text("previous none\n", "")),
        case("format-other", "another version", "FORMAT_BAD", of_file("status-list/v1", "status-list/v2")),
        case("members-swapped", "list before note", "FORMAT_BAD", {
            let (head, tail) = good.trim_end().strip_suffix('}').unwrap().split_once(",\"note\"").unwrap();
            let (note, list) = tail.split_once(",\"list\"").unwrap();
            format!("{head},\"list\"{list},\"note\"{note}}}\n")
        }),
        case(
            "member-more",
            "a member that the page does not name",
            "FORMAT_BAD",
            of_file("\"}\n", "\",\"more\":1}\n"),
        ),
        case("space", "not compact", "FORMAT_BAD", of_file(",\"note\"", ", \"note\"")),
        case("no-line-feed", "no LF at the end", "FORMAT_BAD", good.trim_end().into()),
    ]
}
