//! What each fuzz target does with its input. Written once, run twice: by libFuzzer (`fuzz_targets/`) and, with seeded
//! mutations on a stable compiler, by the workspace's tests (`tests/e2e/fuzz.rs`).
//!
//! A target never panics on any input, and what it reads it writes again byte for byte: one encoding, nothing else.
//! It answers whether the input was read, so that a caller can keep what got through.

use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::core::Core;
use verifier::note::Note;
use verifier::tile::TilePath;
use verifier::{json, limits};

/// Signed notes: text and signature lines.
pub fn note(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(note) = Note::parse(text) else { return false };
    assert_eq!(note.encode(), text, "a note is written as it was read");
    assert!(note.verify(&[]).is_err(), "nobody known signed");
    true
}

/// Checkpoints and batch notes, signed and bare. No input is both.
pub fn checkpoint(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let checkpoint = Checkpoint::from_text(text);
    let batch = BatchNote::from_text(text);
    assert!(checkpoint.is_err() || batch.is_err(), "a checkpoint is taken for a batch note");
    let mut read = false;
    if let Ok(checkpoint) = checkpoint {
        assert_eq!(checkpoint.text(), text, "a checkpoint is written as it was read");
        read = true;
    }
    if let Ok(batch) = batch {
        assert_eq!(batch.text(), text, "a batch note is written as it was read");
        assert!(!batch.subtree().is_empty(), "a batch note of nothing");
        read = true;
    }
    if let Ok((checkpoint, note)) = Checkpoint::parse_note(text) {
        assert_eq!(checkpoint.text(), note.text());
        assert_eq!(note.encode(), text);
        read = true;
    }
    if let Ok((batch, note)) = BatchNote::parse_note(text) {
        assert_eq!(batch.text(), note.text());
        assert_eq!(note.encode(), text);
        read = true;
    }
    read
}

/// Names of tiles.
pub fn tile_path(data: &[u8]) -> bool {
    let Ok(text) = core::str::from_utf8(data) else { return false };
    let Ok(path) = TilePath::parse(text) else { return false };
    assert_eq!(path.to_string(), text, "a tile's name is written as it was read");
    let again = TilePath::new(path.level(), path.number(), path.width());
    assert_eq!(again.as_ref(), Ok(&path), "a tile's name is made of its parts");
    true
}

/// Strict JSON of any shape, as documents come in.
pub fn json(data: &[u8]) -> bool {
    let Ok(value) = json::parse(data, limits::DOCUMENT_BYTES) else {
        assert!(json::parse_compact(data, limits::DOCUMENT_BYTES).is_err(), "compact JSON is JSON");
        return false;
    };
    let compact = json::compact(&value);
    let again = json::parse_compact(compact.as_bytes(), usize::MAX);
    assert_eq!(again.as_ref(), Ok(&value), "the compact form says the same");
    let is_compact = json::parse_compact(data, limits::DOCUMENT_BYTES).is_ok();
    assert_eq!(is_compact, compact.as_bytes() == data, "one compact form, and no other");
    true
}

/// Cores: the CBOR body of a certificate.
pub fn core(data: &[u8]) -> bool {
    let Ok(core) = Core::parse(data) else { return false };
    assert_eq!(core.as_bytes(), data, "a core keeps its bytes");
    let again = Core::new(core.fields().clone());
    assert_eq!(again.as_ref().map(Core::as_bytes), Ok(data), "a core is written as it was read");
    true
}
