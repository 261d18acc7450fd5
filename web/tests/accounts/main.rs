//! Who may do what, asked of the real server over TCP.

#![allow(clippy::unwrap_used)]

mod browser;
mod sign_in;
