//! What reading a picture may take at most.
//!
//! Every one is far above what an honest picture needs, and low enough that none can fill the memory of an old PC or keep
//! it busy for minutes.

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
