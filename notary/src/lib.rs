//! The credit office.

pub mod render;
