//! Who may do what, asked of the real server over TCP.

#![allow(clippy::unwrap_used)]

mod admin;
mod browser;
#[cfg(unix)]
mod keys;
mod programs;
mod routes;
mod sign_in;
