//! The credit office.

pub mod disk;
pub mod render;
