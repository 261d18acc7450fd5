//! The fuzz targets of the other crates, shared with libFuzzer so that the two kinds of fuzzing can't drift apart.

#[path = "../../verifier/fuzz/targets.rs"]
pub mod verifier;

#[path = "../../notary/fuzz/targets.rs"]
pub mod notary;
