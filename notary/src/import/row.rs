//! A row as a commitment: every cell is read, and either all are good or every fault is told.
//!
//! ```text
//! 61990020261120000001 │ 渭水样例食品有限公司 │ 法人及非法人组织 │ 91619900MA0DEM021U │ 容缺受理型 │ …
//!   →  {"code":"61990020261120000001","collected":{"layout":"NATIONAL_20"},"committer":{"kind":"ORG",…},…}
//! ```
//!
//! The same row gives the same bytes, wherever it stands, so that a file that was imported in part can be imported
//! again. Not here: rules between a document and the office (its clock, what it has), which are `Office::submit`'s.

use serde_json::{Map, Value, json};
use verifier::registry::HolderKind;

use super::cell::Cell;
use super::column::Column;
use super::fault::{BadRow, Fault};
use crate::calendar::Day;
use crate::code::{PersonId, UnifiedCode};
use crate::document::value::CommitmentCode;
use crate::document::vocabulary::{CommitmentType, Fulfilment, Publicity};
use crate::refusal::{Refusal, RefusalCode};

/// A row that makes a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoodRow {
    /// The row as a spreadsheet numbers it, from 1.
    pub row: u64,
    /// The commitment's code.
    pub code: CommitmentCode,
    /// The document, `credit-commitment/v1`.
    pub document: Vec<u8>,
    /// Its cells in the order of the layout, as they stand in the file.
    pub cells: Vec<String>,
    /// Who committed itself, where that is no natural person.
    pub(super) subject: Option<(UnifiedCode, String, HolderKind)>,
}

/// Words of the layout, and others that mean the same.
const KINDS: [(HolderKind, &[&str]); 3] = [
    (HolderKind::Org, &["法人及非法人组织", "法人", "非法人组织", "法人和非法人组织", "企业法人"]),
    (HolderKind::Person, &["自然人"]),
    (HolderKind::Sole, &["个体工商户", "个体"]),
];
/// Types with a second name: both vocabularies are in use.
const TYPE_ALIASES: [(CommitmentType, &str); 3] = [
    (CommitmentType::Voluntary, "主动公示"),
    (CommitmentType::CertItem, "证明事项告知承诺"),
    (CommitmentType::Tolerance, "容缺承诺"),
];
/// A state that says that nothing was determined yet.
const IN_PROGRESS: &str = "履行中";

/// Reads a row whose cells stand in the order of the layout; `extra` cells stood beyond the head's last column.
pub(super) fn read(row: u64, cells: &[Cell], extra: usize, width: usize) -> Result<GoodRow, BadRow> {
    let shown: Vec<String> = cells.iter().map(Cell::shown).collect();
    if extra > 0 {
        // Behind the cell that was torn in two nothing stands in its column.
        let refusal = Refusal::new(RefusalCode::RowWide).found(width + extra).right(width);
        return Err(BadRow { row, faults: vec![Fault::of(None, "", &refusal)], cells: shown });
    }
    let mut reading = Reading { cells, faults: Vec::new() };
    let (code, subject, document) = reading.document();
    let faults = reading.faults;
    match code {
        Some(code) if faults.is_empty() => {
            // Values of text, made a moment ago: writing them can't fail.
            let document = serde_json::to_vec(&document).unwrap_or_default();
            Ok(GoodRow { row, code, document, cells: shown, subject })
        }
        _ => Err(BadRow { row, faults, cells: shown }),
    }
}

struct Reading<'a> {
    cells: &'a [Cell],
    faults: Vec<Fault>,
}

type Subject = Option<(UnifiedCode, String, HolderKind)>;

impl Reading<'_> {
    fn document(&mut self) -> (Option<CommitmentCode>, Subject, Value) {
        let code = self.cell(Column::Code, |cell| {
            let text = cell.code(20)?;
            CommitmentCode::parse(&text)
                .ok_or_else(|| Refusal::new(RefusalCode::CommitmentCodeForm).found(text))
        });
        let (committer, subject) = self.committer();
        let commitment_type = self.word(Column::Type, type_of, &TYPES.map(CommitmentType::label));
        let [reason, content, liability] =
            [Column::Reason, Column::Content, Column::Liability].map(|column| self.text(column));
        let made_on = self.cell(Column::MadeOn, Cell::day);
        let valid_to = self.cell(Column::ValidTo, Cell::day);
        if let (Some(from), Some(to)) = (made_on, valid_to)
            && to < from
        {
            let refusal = Refusal::new(RefusalCode::DatesOrder)
                .found(format_args!("{to} < {from}"))
                .right(format_args!("≥ {from}"));
            self.fault(Column::ValidTo, &refusal);
        }
        let collected = self.collected();
        let accepted_by = self.unit(Column::AcceptedBy, Column::AcceptedByCode);
        let publicity = self.word(Column::Publicity, publicity_of, &PUBLICITIES.map(Publicity::label));
        let mut document = json!({
            "schema": "credit-commitment/v1",
            "code": code.as_ref().map(CommitmentCode::as_str),
            "type": commitment_type.map(CommitmentType::spelling),
            "committer": committer,
            "reason": reason, "content": content, "liability": liability,
            "made_on": written(made_on),
            "accepted_by": accepted_by,
            "publicity": publicity.map(Publicity::spelling),
            "collected": collected,
        });
        put(&mut document, "valid_to", written(valid_to));
        (code, subject, document)
    }

    fn committer(&mut self) -> (Value, Subject) {
        let kind = self.word(Column::Kind, kind_of, &KINDS.map(|(_, words)| words[0]));
        let name = self.text(Column::Name);
        let (member, code, subject) = match kind {
            Some(HolderKind::Person) => {
                let id = self.cell(Column::CommitterCode, |cell| {
                    let id = PersonId::parse(&cell.code(18)?, None).map_err(|fault| fault.refusal(""))?;
                    Ok(id.reveal().to_string())
                });
                ("person_id", id, None)
            }
            kind => {
                let code = self.uscc(Column::CommitterCode);
                let subject = code.clone().zip(name.clone()).zip(kind).map(|((c, n), k)| (c, n, k));
                ("uscc", code.map(|code| code.to_string()), subject)
            }
        };
        (json!({"kind": kind.map(HolderKind::name), "name": name, member: code}), subject)
    }

    fn collected(&mut self) -> Value {
        let mut collected = json!({"layout": "NATIONAL_20"});
        put(&mut collected, "remark", self.text(Column::Remark));
        let others = [
            Column::Unperformed,
            Column::Pursued,
            Column::DeterminedOn,
            Column::DeterminedBy,
            Column::DeterminedByCode,
        ];
        let none = self.is_blank(Column::State)
            || self.peek(Column::State).is_some_and(|word| word.trim() == IN_PROGRESS);
        if none {
            for column in others {
                if !self.is_blank(column) {
                    let right =
                        format!("{}{}", Column::State.title(), self.peek(Column::State).unwrap_or_default());
                    self.fault(column, &Refusal::new(RefusalCode::CellMisplaced).right(right));
                }
            }
            return collected;
        }
        let state = self.word(Column::State, state_of, &STATES.map(Fulfilment::label));
        let mut found = json!({"state": state.map(Fulfilment::spelling)});
        for (column, key) in [(Column::Unperformed, "unperformed"), (Column::Pursued, "pursued")] {
            match state {
                Some(Fulfilment::Fulfilled) if !self.is_blank(column) => {
                    self.fault(column, &Refusal::new(RefusalCode::CellMisplaced).right("全部履行"));
                }
                Some(Fulfilment::Fulfilled) | None => {}
                Some(_) if self.is_blank(column) => {
                    self.fault(column, &Refusal::new(RefusalCode::UnfulfilledUntold));
                }
                Some(_) => put(&mut found, key, self.text(column)),
            }
        }
        let day = self.filled(Column::DeterminedOn, |me, column| me.cell(column, Cell::day));
        put(&mut found, "determined_on", written(day));
        let name = self.filled(Column::DeterminedBy, Self::text);
        let code = self.filled(Column::DeterminedByCode, Self::uscc);
        put(&mut found, "determined_by", Some(json!({"name": name, "uscc": code.map(|c| c.to_string())})));
        put(&mut collected, "fulfilment", Some(found));
        collected
    }

    fn unit(&mut self, name: Column, code: Column) -> Value {
        let (name, code) = (self.text(name), self.uscc(code));
        json!({"name": name, "uscc": code.map(|code| code.to_string())})
    }

    fn uscc(&mut self, column: Column) -> Option<UnifiedCode> {
        self.cell(column, |cell| UnifiedCode::parse_typed(&cell.code(18)?).map_err(|fault| fault.refusal("")))
    }

    fn text(&mut self, column: Column) -> Option<String> {
        self.cell(column, |cell| {
            let text = cell.text()?;
            let length = text.chars().count();
            if length > column.max() {
                let right = format!("1…{}", column.max());
                return Err(Refusal::new(RefusalCode::TextLength).found(length).right(right));
            }
            Ok(text)
        })
    }

    fn word<T>(&mut self, column: Column, read: impl Fn(&str) -> Option<T>, right: &[&str]) -> Option<T> {
        self.cell(column, |cell| {
            let text = cell.text()?;
            let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            read(&plain)
                .ok_or_else(|| Refusal::new(RefusalCode::WordUnknown).found(&text).right(right.join("、")))
        })
    }

    /// A cell that is not blank, read; one that has to be filled in and is not is a fault.
    fn cell<T>(&mut self, column: Column, read: impl FnOnce(&Cell) -> Result<T, Refusal>) -> Option<T> {
        let cell = self.cells.get(column.index())?;
        if cell.is_blank() {
            if column.needed() {
                self.fault(column, &Refusal::new(RefusalCode::CellMissing).right(column.title()));
            }
            return None;
        }
        read(cell).map_err(|refusal| self.fault(column, &refusal)).ok()
    }

    /// A cell that another one asks for.
    fn filled<T>(&mut self, column: Column, read: impl FnOnce(&mut Self, Column) -> Option<T>) -> Option<T> {
        if self.is_blank(column) {
            self.fault(column, &Refusal::new(RefusalCode::CellMissing).right(column.title()));
            return None;
        }
        read(self, column)
    }

    fn is_blank(&self, column: Column) -> bool {
        self.cells.get(column.index()).is_none_or(Cell::is_blank)
    }

    fn peek(&self, column: Column) -> Option<String> {
        self.cells.get(column.index()).map(Cell::shown)
    }

    fn fault(&mut self, column: Column, refusal: &Refusal) {
        let mut value = self.peek(column).unwrap_or_default();
        let person =
            self.peek(Column::Kind).is_some_and(|word| kind_of(word.trim()) == Some(HolderKind::Person));
        if person && matches!(column, Column::Name | Column::CommitterCode) {
            value = "*".repeat(value.chars().count().min(18));
        }
        self.faults.push(Fault::of(Some(column), &value, refusal));
    }
}

/// The types of the layout: all but a commitment of an organ of government, which has another form.
pub(super) const TYPES: [CommitmentType; 7] = [
    CommitmentType::ApprovalSubstitute,
    CommitmentType::Tolerance,
    CommitmentType::CertItem,
    CommitmentType::Repair,
    CommitmentType::Industry,
    CommitmentType::Voluntary,
    CommitmentType::Other,
];
/// Who may see a commitment.
const PUBLICITIES: [Publicity; 3] = [Publicity::Public, Publicity::Limited, Publicity::None];
/// The states that the layout has.
pub(super) const STATES: [Fulfilment; 3] =
    [Fulfilment::Fulfilled, Fulfilment::PartlyFulfilled, Fulfilment::NotFulfilled];

fn kind_of(word: &str) -> Option<HolderKind> {
    KINDS.iter().find(|(_, words)| words.contains(&word)).map(|(kind, _)| *kind)
}

fn type_of(word: &str) -> Option<CommitmentType> {
    let bare = word.trim_end_matches('型');
    let of_label = TYPES.into_iter().find(|t| t.label().trim_end_matches('型') == bare);
    let of_alias = || TYPE_ALIASES.iter().find(|(_, alias)| *alias == bare).map(|(t, _)| *t);
    of_label.or_else(of_alias)
}

fn publicity_of(word: &str) -> Option<Publicity> {
    PUBLICITIES.into_iter().find(|publicity| publicity.label() == word)
}

fn state_of(word: &str) -> Option<Fulfilment> {
    STATES.into_iter().find(|state| state.label() == word)
}

/// The layout's word for a kind of committer.
pub(super) fn kind_label(kind: HolderKind) -> &'static str {
    let kind = if kind == HolderKind::GovOrg { HolderKind::Org } else { kind };
    KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, words)| words[0])
}

fn written(day: Option<Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

/// Sets a member, where there is a value for it.
fn put(object: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let (Some(members), Some(value)) = (object.as_object_mut() as Option<&mut Map<String, Value>>, value) {
        members.insert(key.to_string(), value.into());
    }
}
