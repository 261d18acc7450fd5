//! Commitments (信用承诺) after they were made: what happens to them, what is due, who may see them, what they are made of.
//!
//! ```text
//! 容缺受理型   已作出 ─► 待补正（剩3个工作日） ─► 已补正 │ 逾期未补正 ─► 践诺核查中 ─► 全部履行 │ 部分履行 │ 全部未履行 │ 承诺不实 ─► 监管完成
//! ```
//!
//! A commitment's document never changes; what becomes of it are events in its certificate's chain (`Office::record_event`).
//! Here: the order of events ([`follows`]), what each needs, days and lists, public search, templates and the catalogue of
//! matters. The door is [`Office::commitment_desk`]. Not here: the document (`document::commitment`), the chain
//! (`office::event`), tables in the national layout (`import`).

mod catalogue;
mod desk;
mod due;
mod eligible;
mod event;
mod life;
mod matter;
mod matter_table;
mod may;
mod present;
mod register;
mod remark;
mod row;
mod rules;
mod search;
mod stage;
mod table;
#[cfg(test)]
mod tests;

pub use catalogue::MattersImported;
pub use desk::{CommitmentDesk, HOLDERS_MAX, Listed, PAGE_MAX, Page, View};
pub use due::{DUE_MAX, Due, DueList, DueWhat, Figures};
pub use eligible::{Eligibility, Ineligible};
pub use event::{
    CHANNELS_MAX, Channel, EVIDENCE_MAX, Field, NewCommitmentEvent, fields, read_channels, word,
};
pub use life::{
    Days, Facts, Finding, Found, Life, RENEWAL_RULE, RESOLUTION_RULE, SUPPLEMENT_RULE, WINDOW_RULE,
    chain_fits,
};
pub use matter::{Area, CheckWithin, Excluded, GovernmentKind, Matter, TITLES as MATTER_TITLES};
pub use matter_table::{BadMatter, MATTERS_FILE_MAX};
pub use present::Present;
pub use register::{MATTERS_MAX, NewTemplate, TEMPLATE_TEXT_MAX, TEMPLATES_MAX, Template, template_digest};
pub(crate) use register::{REGISTER, Register, register_id};
pub use remark::Remark;
pub(crate) use row::Indexed;
pub use search::{PublicPage, PublicRow, SEARCH_MIN, SEARCH_WALK_MAX};
pub use stage::Stage;
pub use table::{Phase, follows};
