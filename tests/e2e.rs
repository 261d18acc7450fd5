//! The end-to-end tests: one binary, a module for each matter, in `tests/e2e/`.

#[path = "e2e/house.rs"]
mod house;

#[path = "e2e/fuzz.rs"]
mod fuzz;

#[path = "e2e/tamper.rs"]
mod tamper;
