//! `credit-report/v1` (spec/document.md): the typed report.
//!
//! ```text
//! {"schema":"credit-report/v1","report_no":"20261122091531A0000002","kind":"GENERAL",…,
//!  "subject":{"kind":"ORG","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM021U",…},…,
//!  "sections":{"admin":[{"item_id":"CF-0011","act":"PENALTY",…}],…},…}
//! ```
//!
//! A [`Report`] is only ever read, so one that exists is right: its shape, and its rules in `rules.rs`. Fields are
//! public to read; a document hands out shared references only. The records of the sections are in [`section`].
//! What is not here: the claims that follow from a report (`crate::claim`).

mod rules;
pub mod section;

use verifier::registry::{HolderKind, Purpose};
use verifier::time::Time;

use super::Intake;
use super::read::{Members, Place};
use super::value::{Party, Region, ReportNo, Template, Unit};
use super::vocabulary::{Channel, CoverageStatus, Label, ReportKind};
use crate::calendar::Day;
use crate::refusal::Refusal;
use section::Sections;

/// A credit report.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Report {
    /// The report's own number.
    pub report_no: ReportNo,
    /// What kind of report.
    pub kind: ReportKind,
    /// The template that it was made by.
    pub template: Template,
    /// What it is for.
    pub purpose: Purpose,
    /// Whom it is for; anyone where there is none.
    pub audience: Option<Unit>,
    /// Who made it.
    pub issuer: Unit,
    /// The region of the issuer.
    pub region: Region,
    /// Whom it is about.
    pub subject: Subject,
    /// The first and last day asked for.
    pub period: Period,
    /// The fields asked for.
    pub fields: Fields,
    /// The moment that the data is of.
    pub data_as_of: Time,
    /// The moment that the report was made.
    pub generated_at: Time,
    /// Where the data comes from.
    pub sources: Vec<Source>,
    /// What was collected and what was not.
    pub coverage: Vec<Coverage>,
    /// The counts that the report shows.
    pub summary: Summary,
    /// The records.
    pub sections: Sections,
    /// What the report says that it leaves out.
    pub excluded_note: Vec<String>,
}

impl Report {
    /// Reads a report and holds it against its rules.
    pub(crate) fn read(root: &Place<'_>, intake: &Intake<'_>) -> Result<Self, Refusal> {
        let members = root.members(&[
            "schema",
            "report_no",
            "kind",
            "template",
            "purpose",
            "audience",
            "issuer",
            "region",
            "subject",
            "period",
            "fields",
            "data_as_of",
            "generated_at",
            "sources",
            "coverage",
            "summary",
            "sections",
            "excluded_note",
        ])?;
        let kind = members.need("kind")?.word()?;
        let report = Report {
            report_no: ReportNo::read(&members.need("report_no")?)?,
            kind,
            template: Template::read(&members.need("template")?.members(&["id", "version"])?)?,
            purpose: members.need("purpose")?.word()?,
            audience: members.given("audience", Unit::read)?,
            issuer: Unit::read(&members.need("issuer")?)?,
            region: Region::read(&members.need("region")?)?,
            subject: Subject::read(&members.need("subject")?, kind, intake.today())?,
            period: Period::read(&members.need("period")?)?,
            fields: Fields::read(&members.need("fields")?)?,
            data_as_of: members.need("data_as_of")?.time()?,
            generated_at: members.need("generated_at")?.time()?,
            sources: members.need("sources")?.each(Source::read)?,
            coverage: members.need("coverage")?.each(Coverage::read)?,
            summary: Summary::read(&members.need("summary")?)?,
            sections: Sections::read(&members.need("sections")?)?,
            excluded_note: members.need("excluded_note")?.each(Place::text)?,
        };
        rules::check(&report, intake)?;
        Ok(report)
    }
}

/// Whom a report is about.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Subject {
    /// Kind, name and code.
    pub party: Party,
    /// 法定代表人 or 负责人.
    pub legal_representative: Option<String>,
    /// The day it was founded; it may be long before 1970.
    pub established_on: Option<Day>,
    /// Its address.
    pub address: Option<String>,
    /// 登记状态, in the registry's words.
    pub registration_status: Option<String>,
    /// 曾用名.
    pub former_names: Vec<String>,
    /// Labels, none twice.
    pub labels: Vec<Label>,
}

impl Subject {
    fn read(place: &Place<'_>, kind: ReportKind, today: Option<Day>) -> Result<Self, Refusal> {
        let members = place.members(&[
            "kind",
            "name",
            "uscc?",
            "person_id?",
            "legal_representative?",
            "established_on?",
            "address?",
            "registration_status",
            "former_names",
            "labels",
        ])?;
        let kinds: &[HolderKind] = match kind {
            ReportKind::Personal => &[HolderKind::Person],
            _ => &[HolderKind::Org, HolderKind::Sole],
        };
        Ok(Subject {
            party: Party::read(&members, kinds, today)?,
            legal_representative: members.given("legal_representative", Place::name)?,
            established_on: members.given("established_on", Place::day)?,
            address: members.given("address", Place::text)?,
            registration_status: members.given("registration_status", Place::text)?,
            former_names: members.need("former_names")?.each(Place::name)?,
            labels: members.need("labels")?.words()?,
        })
    }
}

/// The first and the last day of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
}

impl Period {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["from", "to"])?;
        Ok(Period { from: members.need("from")?.day()?, to: members.need("to")?.day()? })
    }
}

/// The fields (领域) that were asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fields {
    /// All of them.
    All,
    /// These.
    Some(Vec<String>),
}

impl Fields {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        match place.string() {
            Ok("ALL") => Ok(Fields::All),
            Ok(other) => Err(place
                .refuse(crate::refusal::RefusalCode::WordUnknown)
                .found(other)
                .right("\"ALL\", [ … ]")),
            Err(_) => Ok(Fields::Some(place.each(Place::text)?)),
        }
    }
}

/// Where some of the data comes from, and how fresh it is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Source {
    /// The unit's name.
    pub unit: String,
    /// The unit's code.
    pub uscc: crate::code::UnifiedCode,
    /// What kind of items.
    pub item_kind: String,
    /// How they came.
    pub channel: Channel,
    /// When the last ones came.
    pub latest_at: Time,
}

impl Source {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["unit", "uscc", "item_kind", "channel", "latest_at"])?;
        Ok(Source {
            unit: members.need("unit")?.name()?,
            uscc: members.need("uscc")?.code()?,
            item_kind: members.need("item_kind")?.text()?,
            channel: members.need("channel")?.word()?,
            latest_at: members.need("latest_at")?.time()?,
        })
    }
}

/// Whether one kind of item of one field was collected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Coverage {
    /// The field, or `ALL`.
    pub field: String,
    /// The kind of item, such as 行政处罚.
    pub item_kind: String,
    /// Whether it was collected.
    pub status: CoverageStatus,
    /// As of which day.
    pub as_of: Day,
}

impl Coverage {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["field", "item_kind", "status", "as_of"])?;
        Ok(Coverage {
            field: members.need("field")?.text()?,
            item_kind: members.need("item_kind")?.text()?,
            status: members.need("status")?.word()?,
            as_of: members.need("as_of")?.day()?,
        })
    }
}

/// The counts that a report shows; each was held against the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Summary {
    pub permits: u64,
    pub penalties: u64,
    pub honest: u64,
    pub serious_dishonest: u64,
    pub abnormal: u64,
    pub commitments: u64,
    pub ratings: u64,
    pub judgments: u64,
    pub other: u64,
}

impl Summary {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&[
            "permits",
            "penalties",
            "honest",
            "serious_dishonest",
            "abnormal",
            "commitments",
            "ratings",
            "judgments",
            "other",
        ])?;
        let count = |members: &Members<'_>, key: &str| members.need(key)?.count();
        Ok(Summary {
            permits: count(&members, "permits")?,
            penalties: count(&members, "penalties")?,
            honest: count(&members, "honest")?,
            serious_dishonest: count(&members, "serious_dishonest")?,
            abnormal: count(&members, "abnormal")?,
            commitments: count(&members, "commitments")?,
            ratings: count(&members, "ratings")?,
            judgments: count(&members, "judgments")?,
            other: count(&members, "other")?,
        })
    }
}
