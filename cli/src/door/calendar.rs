//! What commands ask of an office's calendars of working days and its deadlines.

use notary::calendar::Day;
use notary::office::Office;
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::{Refusal, RefusalCode};
use notary::workday::{Deadline, Unit, YearCalendar};
use serde::{Deserialize, Serialize};

use super::Bytes;

/// What is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// The calendars and the deadlines.
    Show,
    /// Take a year's calendar in.
    Import(Bytes),
    /// When something is due that began on this day.
    Due { rule: String, start: String },
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// Both.
    All { years: Vec<YearShown>, deadlines: Vec<RuleShown> },
    /// The calendar that was taken in.
    Year(YearShown),
    /// The days of a rule.
    Due { rule: RuleShown, due: Option<String>, earliest: Option<String> },
}

/// A calendar.
#[derive(Serialize, Deserialize)]
pub struct YearShown {
    pub year: u32,
    pub source: String,
    /// Days off that it lists.
    pub off: usize,
    /// Days of weekends that are worked.
    pub working: usize,
}

/// A deadline.
#[derive(Serialize, Deserialize)]
pub struct RuleShown {
    pub id: String,
    pub name: String,
    pub from: String,
    pub least: Option<u32>,
    pub most: Option<u32>,
    pub unit: Unit,
    /// `None` where nobody has checked it.
    pub basis: Option<String>,
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Refusal> {
    match ask {
        Ask::Show => Ok(Told::All {
            years: office.work_calendar()?.years().map(year).collect(),
            deadlines: office.deadlines()?.rules().iter().map(rule).collect(),
        }),
        Ask::Import(bytes) => {
            let calendar = office.import_calendar(&bytes.0)?;
            let object = format!("calendar-{}", calendar.year());
            office.operator_log().append(
                &Actor::Command,
                Action::CalendarImported,
                &object,
                Outcome::Done,
            )?;
            Ok(Told::Year(year(&calendar)))
        }
        Ask::Due { rule: id, start } => {
            let wrong = || Refusal::new(RefusalCode::DateForm).at("DAY").found(&start);
            let start = Day::parse(&start).ok_or_else(wrong)?;
            let (table, calendar) = (office.deadlines()?, office.work_calendar()?);
            let found = table.find(&id, start)?;
            let written = |day: Option<Day>| day.map(|day| day.to_string());
            let due = written(found.due(start, &calendar)?);
            let earliest = written(found.earliest(start, &calendar)?);
            Ok(Told::Due { rule: rule(found), due, earliest })
        }
    }
}

fn year(calendar: &YearCalendar) -> YearShown {
    let (off, working) = calendar.listed();
    YearShown { year: calendar.year(), source: calendar.source().to_string(), off, working }
}

fn rule(deadline: &Deadline) -> RuleShown {
    let (least, most) = deadline.length();
    RuleShown {
        id: deadline.id().to_string(),
        name: deadline.name().to_string(),
        from: deadline.from().to_string(),
        least,
        most,
        unit: deadline.unit(),
        basis: deadline.basis().map(str::to_string),
    }
}
