//! What an input may hold at most: the named limits of spec page `README.md`, and those of single formats.
//!
//! A reader refuses what is larger before it allocates for it. Limits that only an office needs (rows of an
//! import, the length of a job) are not here.

/// Bytes of a JSON document that an office notarizes.
pub const DOCUMENT_BYTES: usize = 4 * 1024 * 1024;
/// Bytes of any other file that an office notarizes.
pub const FILE_BYTES: usize = 64 * 1024 * 1024;
/// Nesting of arrays and objects in JSON.
pub const JSON_DEPTH: usize = 16;
/// Values, nested ones too, in one JSON artefact: a bound on memory, far above what any artefact needs.
pub const JSON_VALUES: usize = 262_144;
/// Disclosures, and so digests, of one document.
pub const DISCLOSURES: usize = 4096;

/// Bytes of a core.
pub const CORE_BYTES: usize = 4096;
/// Bytes of the core of a certificate that has a QR code.
pub const CORE_QR_BYTES: usize = 700;
/// Nesting of arrays and maps in a core.
pub const CORE_DEPTH: usize = 3;
/// Claims in a core.
pub const CLAIMS: usize = 32;
/// Bytes of a name or title in a core.
pub const CORE_TEXT_BYTES: usize = 600;

/// Bytes of an event's body.
pub const EVENT_BYTES: usize = 64 * 1024;
/// Members of an event's detail.
pub const EVENT_DETAILS: usize = 16;
/// Bytes of one text of an event: 4,000 Chinese characters, as the national layout of commitments allows.
pub const EVENT_TEXT_BYTES: usize = 12_000;

/// Bytes of the payload of a QR code.
pub const QR_PAYLOAD_BYTES: usize = 820;
/// Bytes of text that a scanner, or a person, hands in.
pub const SCANNED_TEXT_BYTES: usize = 8 * 1024;

/// Hashes in a Merkle path or a consistency proof.
pub const PATH_HASHES: usize = 64;
/// Entries in a batch.
pub const BATCH_ENTRIES: u64 = 4096;
/// Entries in a batch none of whose certificates has a QR code.
pub const BATCH_ENTRIES_WITHOUT_QR: u64 = 65_536;
/// Hashes in a full tile, and entries in a full entry bundle.
pub const TILE_WIDTH: u64 = 256;
/// The highest level of a tile.
pub const TILE_LEVEL: u8 = 63;
/// Bytes of a batch file.
pub const BATCH_FILE_BYTES: usize = 64 * 1024;

/// Bytes of a whole signed note, signatures included.
pub const NOTE_BYTES: usize = 1024 * 1024 + NOTE_SIGNATURES * SIGNATURE_LINE_BYTES;
/// Bytes of the text of a signed note.
pub const NOTE_TEXT_BYTES: usize = 1024 * 1024;
/// Signature lines of a note.
pub const NOTE_SIGNATURES: usize = 16;
/// Bytes of one signature line: room for the ML-DSA-44 cosignatures of other ledgers, which are ignored.
pub const SIGNATURE_LINE_BYTES: usize = 4096;
/// Bytes of a key's name.
pub const KEY_NAME_BYTES: usize = 100;
/// Bytes of an origin, so that `<origin>/witness` is a key's name.
pub const ORIGIN_BYTES: usize = 80;
/// Bytes of a `.tlog-proof`.
pub const TLOG_PROOF_BYTES: usize = 128 * 1024;

/// Hashes in a request to a witness (C2SP tlog-witness).
pub const WITNESS_HASHES: usize = 63;
/// Bytes of a request to a witness: its hashes, 16 of the longest signature lines, and a checkpoint with extension lines.
pub const WITNESS_REQUEST_BYTES: usize = 128 * 1024;
/// Bytes of a witness's answer: 16 of the longest signature lines.
pub const WITNESS_ANSWER_BYTES: usize = NOTE_SIGNATURES * (SIGNATURE_LINE_BYTES + 1);
/// Bytes of a proof that a ledger was forked.
pub const MISBEHAVIOUR_BYTES: usize = 512 * 1024;

/// Bytes of the manifest of an evidence package.
pub const EVIDENCE_BYTES: usize = 4 * 1024 * 1024;
/// Files of an evidence package.
pub const EVIDENCE_FILES: usize = 8_192;
/// Bytes of a file's name in an evidence package.
pub const EVIDENCE_NAME_BYTES: usize = 200;

/// Bytes of a certificate file.
pub const CERTIFICATE_BYTES: usize = 16 * 1024 * 1024;
/// Bytes of a PDF file.
pub const PDF_BYTES: usize = 32 * 1024 * 1024;
/// Anchors in a certificate file.
pub const ANCHORS: usize = 16;

/// Bytes of one anchor, as JSON.
pub const ANCHOR_BYTES: usize = 512 * 1024;
/// Bytes of a timestamp token.
pub const ANCHOR_TOKEN_BYTES: usize = 64 * 1024;
/// Bytes of an authority's answer: a token, and words around it.
pub const TIMESTAMP_ANSWER_BYTES: usize = ANCHOR_TOKEN_BYTES + 4 * 1024;
/// Certificates beside a timestamp token.
pub const ANCHOR_CHAIN: usize = 8;
/// Bytes of a transaction on a chain.
pub const ANCHOR_TRANSACTION_BYTES: usize = 4 * 1024;
/// Bytes of the header of a chain's block: consortium chains keep the signatures of their sealers in it.
pub const ANCHOR_HEADER_BYTES: usize = 32 * 1024;
/// Bytes of what a chain's node or a gateway answered.
pub const ANCHOR_ANSWER_BYTES: usize = 64 * 1024;
/// Characters of an answer's media type.
pub const CONTENT_TYPE_BYTES: usize = 200;

/// Indexes in one shard of the status lists.
pub const STATUS_SHARD: u64 = 1 << 20;
/// Bytes of an inflated status list: 4 bits an index.
pub const STATUS_LIST_BYTES: usize = 524_288;
/// Bytes of a status list file. Deflate adds at most a few bytes in ten thousand; base64 a third.
pub const STATUS_FILE_BYTES: usize = 1024 * 1024;
/// Shards that an index of status lists names: four billion entries.
pub const STATUS_SHARDS: usize = 4096;
/// Bytes of an index of status lists: some 240 a shard.
pub const STATUS_INDEX_BYTES: usize = 1024 * 1024;
/// Seconds between a status note's `issued` and `expires`: 72 hours.
pub const STATUS_LIFETIME: u64 = 259_200;

/// Bytes of the text of a trust bundle.
pub const TRUST_BYTES: usize = NOTE_TEXT_BYTES;
/// Root keys that a trust bundle lists.
pub const TRUST_ROOTS: usize = 4;
/// Offices in a trust bundle.
pub const OFFICES: usize = 1024;
/// Keys of one office.
pub const OFFICE_KEYS: usize = 64;
/// Witnesses in a trust bundle.
pub const WITNESSES: usize = 256;
/// Groups of witnesses in a trust bundle.
pub const GROUPS: usize = 64;
/// Timestamp authorities in a trust bundle.
pub const AUTHORITIES: usize = 64;
/// Chains in a trust bundle.
pub const CHAINS: usize = 64;
/// Characters of a label in a trust bundle.
pub const LABEL_BYTES: usize = 64;
/// Characters of an organisation's token.
pub const TOKEN_BYTES: usize = 64;
/// Bytes of an organisation's name.
pub const ORGANISATION_BYTES: usize = 200;
/// Characters of a status address.
pub const URL_BYTES: usize = 300;
/// Bytes of the DER certificate of a timestamp authority.
pub const AUTHORITY_BYTES: usize = 8 * 1024;

/// Seconds that evidence of status may be old, unless the caller says otherwise: 24 hours.
pub const STATUS_MAX_AGE: u64 = 86_400;
/// Seconds that two clocks may differ.
pub const CLOCK_TOLERANCE: u64 = 300;
/// Batch notes that a verifier of many certificates remembers.
pub const NOTES_REMEMBERED: usize = 4096;
