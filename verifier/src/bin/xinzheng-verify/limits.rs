//! What this program reads at most. The limits of the formats, of pictures and of archives are in the library.
//!
//! Every one is far above what an honest file needs, and low enough that no file can fill the memory of an
//! old PC or keep it busy for minutes.

/// Bytes of one file that is not an archive: 64 MiB.
pub const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of an archive: 256 MiB.
pub const ARCHIVE_BYTES: u64 = 256 * 1024 * 1024;
/// Bytes that all entries of an archive inflate to: 512 MiB.
pub const ARCHIVE_INFLATED: u64 = 512 * 1024 * 1024;
/// Bytes of an archive inside an archive, and what its entries inflate to: 64 MiB.
pub const INNER_ARCHIVE_INFLATED: u64 = 64 * 1024 * 1024;
/// Files of one run, folders and archives unfolded.
pub const FILES: usize = 10_000;
/// Folders inside folders.
pub const FOLDER_DEPTH: usize = 16;
/// Names looked at in all folders of one run, whatever they are.
pub const FOLDER_NAMES: usize = 200_000;

/// Bytes of a text file with scanned codes: 4 MiB.
pub const TEXT_BYTES: usize = 4 * 1024 * 1024;
/// Lines of a text file with scanned codes.
pub const TEXT_LINES: usize = 20_000;
/// Scanned codes of one text file.
pub const SCANS: usize = 2_000;

/// Status lists used in one run; each takes half a mebibyte of memory.
pub const LISTS: usize = 256;
/// Threads that judge.
pub const THREADS: usize = 8;
/// Bytes of the file that remembers roots.
pub const PIN_FILE_BYTES: u64 = 256 * 1024;
/// Roots remembered.
pub const PINS: usize = 256;
/// Shards whose newest list is remembered.
pub const SHARDS_REMEMBERED: usize = 1024;
/// Proofs of lists' notes used in one run.
pub const PROOFS: usize = 256;
/// Bytes of such a proof.
pub const PROOF_BYTES: u64 = verifier::limits::TLOG_PROOF_BYTES as u64;
