//! What this program reads at most. The limits of the formats themselves are in the library's `limits`.
//!
//! Every one is far above what an honest file needs, and low enough that no file can fill the memory of an
//! old PC or keep it busy for minutes.

/// Bytes of one file that is not an archive, on disk or in an archive: 64 MiB.
pub const FILE_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of an archive: 256 MiB.
pub const ARCHIVE_BYTES: u64 = 256 * 1024 * 1024;
/// Entries of an archive.
pub const ARCHIVE_ENTRIES: usize = 10_000;
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

/// Pixels of a picture: 64 megapixels.
pub const PIXELS: u64 = 64 * 1024 * 1024;
/// Bytes that decoding one picture may take: 64 megapixels in eight bytes each.
pub const PICTURE_MEMORY: u64 = 512 * 1024 * 1024;
/// Pixels from which on only one picture at a time is decoded.
pub const LARGE_PICTURE: u64 = 16 * 1024 * 1024;
/// Different codes reported of one picture.
pub const CODES: usize = 100;
/// Corners of codes considered in one look at a picture; a code has three.
pub const CODE_CORNERS: usize = 600;
/// Rows, of every third, that may cross what looks like a corner, all crossings counted.
pub const CODE_CROSSINGS: usize = 40_000;
/// Attempts to read a code out of one picture, in all looks together.
pub const CODE_TRIES: usize = 20_000;
/// The longer side, in pixels, of the largest copy of a picture that codes are looked for in.
pub const SEARCH_SIDE: u32 = 4096;

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
