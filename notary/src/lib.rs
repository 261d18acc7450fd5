//! The credit office.
