//! `xinzheng-verify`.
fn main() {}
