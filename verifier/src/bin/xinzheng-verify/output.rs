//! The four ways in which a report is written. Each takes the finished report and gives one string.

pub mod csv;
pub mod html;
pub mod json;
pub mod text;
