//! What `commitment --json` says to a program.

use serde::Serialize;

use crate::door::commitment::{BadRow, DueRow, FoundRow, MatterRow, One, Row, Said, TemplateRow};

#[derive(Serialize)]
pub(super) struct Recorded<'a> {
    pub number: String,
    pub sequence: u32,
    pub kind: String,
    pub commitment: &'a One,
}

#[derive(Serialize)]
pub(super) struct Page<'a> {
    pub rows: &'a [Row],
    pub next: Option<u32>,
}

#[derive(Serialize)]
pub(super) struct DueShown<'a> {
    pub rows: &'a [DueRow],
    pub count: u64,
    pub overdue: u64,
    pub calendars_missing: bool,
}

#[derive(Serialize)]
pub(super) struct Figures {
    pub figures: std::collections::BTreeMap<String, u64>,
    pub kept: (u64, u64),
    pub matters: (u64, u64),
}

#[derive(Serialize)]
pub(super) struct Happened {
    pub events: Vec<(String, u32)>,
}

#[derive(Serialize)]
pub(super) struct Found<'a> {
    pub rows: &'a [FoundRow],
    pub next: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Eligible<'a> {
    pub eligible: bool,
    pub reasons: &'a [Said],
    pub report: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Templates<'a> {
    pub templates: &'a [TemplateRow],
    pub refuse_unknown: bool,
}

#[derive(Serialize)]
pub(super) struct Text<'a> {
    pub text: &'a str,
}

#[derive(Serialize)]
pub(super) struct Added<'a> {
    pub template: &'a TemplateRow,
    pub added: bool,
}

#[derive(Serialize)]
pub(super) struct Matters<'a> {
    pub matters: &'a [MatterRow],
}

#[derive(Serialize)]
pub(super) struct Imported<'a> {
    pub good: u64,
    pub changed: u64,
    pub bad: &'a [BadRow],
}
