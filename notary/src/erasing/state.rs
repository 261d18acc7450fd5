//! What the journal says of proposals to erase: one kind of record, and what it does to memory.
//!
//! ```text
//! {"erasing":1,"version":1,"to":"proposed","number":"2026…","slot":14,"at":…,"by":…}   + sealed Why
//! {"erasing":1,"version":2,"to":"approved","slot":14,"at":…,"by":…}                    the commit point
//! {"erasing":1,"version":3,"to":"done","slot":14,"at":…,"by":…}
//! ```

use serde::{Deserialize, Serialize};
use verifier::number::CertificateNumber;
use verifier::time::Time;

use super::ErasingState;
use crate::journal::{Position, RecordRef};
use crate::office::record::{time, unframed};

/// The head of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub erasing: u64,
    /// The version from now on.
    pub version: u32,
    pub to: String,
    pub slot: u64,
    pub at: u64,
    pub by: String,
    /// Proposed: the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
}

/// What is sealed of a proposal.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Why {
    pub reason: String,
    pub basis: String,
}

/// What is sealed of a later step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub note: String,
}

/// A step in memory.
#[derive(Clone, Debug)]
pub(super) struct StepRow {
    pub at: Time,
    pub by: String,
    pub state: ErasingState,
    pub position: Position,
}

/// A proposal in memory.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub id: u64,
    pub version: u32,
    pub state: ErasingState,
    pub number: CertificateNumber,
    pub slot: u64,
    pub steps: Vec<StepRow>,
}

impl Row {
    /// Who proposed it.
    pub fn proposed_by(&self) -> &str {
        self.steps.first().map_or("", |step| step.by.as_str())
    }
}

/// What the journal says of proposals.
#[derive(Debug, Default)]
pub(crate) struct Proposals {
    pub(super) rows: Vec<Row>,
    slots: u64,
}

impl Proposals {
    /// Takes a record of the journal.
    pub(crate) fn replay(&mut self, record: &RecordRef<'_>) -> Result<(), String> {
        let (head, _) = unframed::<Head>(record.payload).ok_or("not as records of erasings are")?;
        self.take(&head, record.position)
    }

    /// Takes a record. The error says what in it contradicts those before.
    pub(super) fn take(&mut self, head: &Head, position: Position) -> Result<(), String> {
        let to = ErasingState::from_name(&head.to).ok_or("no such state")?;
        let at = head.erasing.checked_sub(1).and_then(|n| usize::try_from(n).ok()).ok_or("erasing 0")?;
        let step = StepRow { at: time(head.at), by: head.by.clone(), state: to, position };
        if to == ErasingState::Proposed {
            let number = head.number.as_deref().ok_or("an erasing of nothing")?;
            let number = CertificateNumber::parse(number).map_err(|refused| refused.to_string())?;
            if at != self.rows.len() || head.version != 1 {
                return Err(format!("erasing {} does not follow", head.erasing));
            }
            let (id, slot) = (head.erasing, head.slot);
            self.rows.push(Row { id, version: 1, state: to, number, slot, steps: vec![step] });
            self.slots = self.slots.max(slot + 1);
            return Ok(());
        }
        let row = self.rows.get_mut(at).ok_or_else(|| format!("there is no erasing {}", head.erasing))?;
        let follows = matches!(
            (row.state, to),
            (ErasingState::Proposed, ErasingState::Approved | ErasingState::Rejected)
                | (ErasingState::Approved, ErasingState::Done)
        );
        if !follows || head.version != row.version + 1 || head.slot != row.slot {
            return Err(format!("erasing {}: a step that does not follow", head.erasing));
        }
        (row.version, row.state) = (head.version, to);
        row.steps.push(step);
        Ok(())
    }

    /// A proposal by its number.
    pub(super) fn row(&self, id: u64) -> Option<&Row> {
        self.rows.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// How many wait.
    pub(super) fn open(&self) -> usize {
        self.rows.iter().filter(|row| row.state.is_open()).count()
    }

    /// One more than the highest slot that a record names.
    pub(crate) fn slots(&self) -> u64 {
        self.slots
    }
}
