//! Who may do what, asked of the real server over TCP.

#![allow(clippy::unwrap_used)]

mod admin;
mod browser;
mod programs;
mod routes;
mod sign_in;
