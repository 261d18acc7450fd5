//! Formats and checks of Xinzheng certificates.
#![no_std]
extern crate alloc;
