//! The office's calendars of working days, one file a year, and its table of deadlines.
//!
//! ```text
//! D/calendar/2026.json      imported; another one of the same year takes its place
//! D/calendar/deadlines.json the office's own table, where it has one; else the one that comes with the program
//! ```

use super::Office;
use crate::refusal::Refusal;
use crate::workday::{CALENDAR_MAX, DEADLINES_MAX, Deadlines, WorkCalendar, YearCalendar};

/// The folder.
const FOLDER: &str = "calendar";
/// The office's own table.
const DEADLINES: &str = "calendar/deadlines.json";
/// Years that are read.
const YEARS_MAX: usize = 200;

impl Office {
    /// The calendars of working days that were imported.
    ///
    /// # Errors
    /// `CALENDAR_FORM` for a file that was damaged since, `DISK_…`.
    pub fn work_calendar(&self) -> Result<WorkCalendar, Refusal> {
        let mut calendar = WorkCalendar::default();
        let years = self.disk.list(FOLDER)?;
        let year = |name: &String| name.strip_suffix(".json").is_some_and(|year| year.parse::<u32>().is_ok());
        for name in years.iter().filter(|name| year(name)).take(YEARS_MAX) {
            let path = format!("{FOLDER}/{name}");
            if let Some(bytes) = self.disk.read(&path, CALENDAR_MAX)? {
                calendar.insert(YearCalendar::parse(&bytes)?);
            }
        }
        Ok(calendar)
    }

    /// Takes a year's calendar in, in place of an earlier one. Nothing that was computed before changes by itself.
    ///
    /// # Errors
    /// `CALENDAR_FORM`, `DISK_…`.
    pub fn import_calendar(&self, bytes: &[u8]) -> Result<YearCalendar, Refusal> {
        let year = YearCalendar::parse(bytes)?;
        self.disk.replace(&format!("{FOLDER}/{}.json", year.year()), bytes)?;
        Ok(year)
    }

    /// The table of deadlines.
    ///
    /// # Errors
    /// `CALENDAR_FORM`, `DISK_…`.
    pub fn deadlines(&self) -> Result<Deadlines, Refusal> {
        match self.disk.read(DEADLINES, DEADLINES_MAX)? {
            Some(bytes) => Deadlines::parse(&bytes),
            None => Deadlines::built_in(),
        }
    }

    /// Takes a table of deadlines in, in place of the one before.
    ///
    /// # Errors
    /// `CALENDAR_FORM`, `DISK_…`.
    pub fn import_deadlines(&self, bytes: &[u8]) -> Result<Deadlines, Refusal> {
        let table = Deadlines::parse(bytes)?;
        self.disk.replace(DEADLINES, bytes)?;
        Ok(table)
    }
}
