//! The door to templates and matters: registering, importing, reading.
//!
//! ```text
//! desk.add_template(&by, &NewTemplate { id: "CN-01", version: "1", … })      desk.import_matters(&by, bytes)
//! ```
//!
//! Not here: keeping them (`register`).

use super::desk::CommitmentDesk;
use super::matter::{CheckWithin, Matter, TITLES};
use super::matter_table::{self, BadMatter};
use super::register::{NewTemplate, Register, Template};
use crate::desk::{Actor, Standing};
use crate::refusal::{Refusal, RefusalCode};

/// What an import of matters came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct MattersImported {
    /// Rows that were good.
    pub good: u64,
    /// Of those, how many were new or changed.
    pub changed: u64,
    /// Rows that were not taken.
    pub bad: Vec<BadMatter>,
}

impl CommitmentDesk<'_> {
    pub(super) fn register(&self) -> &Register {
        self.office.register()
    }

    /// Registers a version of a template; whether it was new. The same again is fine.
    ///
    /// # Errors
    /// `ROLE_NOT_ALLOWED`, `TEMPLATE_BAD`, `TEMPLATE_THERE`, `LIST_LONG`; `OFFICE_STOPPED` after a failed write.
    pub fn add_template(&self, by: &Actor, template: &NewTemplate) -> Result<(Template, bool), Refusal> {
        self.may(by)?;
        self.stopping(self.register().add_template(template, self.office.now(), &by.account))
    }

    /// Every version of every template, by id and version.
    pub fn templates(&self) -> Vec<Template> {
        self.register().templates()
    }

    /// A template.
    ///
    /// # Errors
    /// `TEMPLATE_UNKNOWN`.
    pub fn template(&self, id: &str, version: &str) -> Result<Template, Refusal> {
        self.register().template(id, version).ok_or_else(|| unknown(id, version))
    }

    /// A template's text.
    ///
    /// # Errors
    /// `TEMPLATE_UNKNOWN`; damage.
    pub fn template_text(&self, id: &str, version: &str) -> Result<String, Refusal> {
        self.register().text(id, version)?.ok_or_else(|| unknown(id, version))
    }

    /// Has commitments by templates that are not registered refused, or accepted with a remark.
    ///
    /// # Errors
    /// `ROLE_NOT_ALLOWED`; `OFFICE_STOPPED` after a failed write.
    pub fn refuse_unknown_templates(&self, by: &Actor, refuse: bool) -> Result<(), Refusal> {
        self.may(by)?;
        self.stopping(self.register().set_refuse_unknown(refuse, self.office.now(), &by.account))
    }

    /// Whether they are refused.
    pub fn refuses_unknown_templates(&self) -> bool {
        self.register().refuses_unknown()
    }

    /// Puts the matters of a file (CSV, XLSX, JSON) into the catalogue: good rows in, bad ones told.
    ///
    /// # Errors
    /// `ROLE_NOT_ALLOWED`, `TABLE_…`, `JSON_SYNTAX`, `LIST_LONG`; then nothing is in.
    pub fn import_matters(&self, by: &Actor, bytes: &[u8]) -> Result<MattersImported, Refusal> {
        self.may(by)?;
        let (days, today) = (self.days()?, self.today());
        let read = matter_table::read(bytes, &|matter| {
            let mut faults = Vec::new();
            if let Some((id, version)) = &matter.template
                && self.register().template(id, version).is_none()
            {
                let found = format!("{id} {version}");
                faults.push((TITLES[6], id.clone(), Refusal::new(RefusalCode::TemplateUnknown).found(found)));
            }
            if let Some(CheckWithin::Rule(rule)) = &matter.check_within
                && let Err(refusal) = days.deadlines.find(rule, today)
            {
                faults.push((TITLES[8], rule.clone(), refusal));
            }
            faults
        })?;
        let changed = self.register().put_matters(&read.good, self.office.now(), &by.account);
        Ok(MattersImported { good: read.good.len() as u64, changed: self.stopping(changed)?, bad: read.bad })
    }

    /// The catalogue, by code.
    pub fn matters(&self) -> Vec<Matter> {
        self.register().matters()
    }

    /// One matter.
    ///
    /// # Errors
    /// `MATTER_UNKNOWN`.
    pub fn matter(&self, code: &str) -> Result<Matter, Refusal> {
        self.register().matter(code).ok_or_else(|| Refusal::new(RefusalCode::MatterUnknown).found(code))
    }

    fn may(&self, by: &Actor) -> Result<(), Refusal> {
        self.office.alive()?;
        match by.standing {
            Standing::Operator | Standing::Reviewer | Standing::Command => Ok(()),
            Standing::Holder | Standing::Window => Err(Refusal::new(RefusalCode::RoleNotAllowed)),
        }
    }

    /// After a failed write nothing more is promised.
    fn stopping<T>(&self, done: Result<T, Refusal>) -> Result<T, Refusal> {
        done.map_err(|refusal| match refusal.code().as_str().starts_with("JOURNAL_") {
            true => self.office.stop(refusal),
            false => refusal,
        })
    }
}

fn unknown(id: &str, version: &str) -> Refusal {
    Refusal::new(RefusalCode::TemplateUnknown).found(format!("{id} {version}"))
}
