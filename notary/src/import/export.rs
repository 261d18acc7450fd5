//! A commitment as a row of the national layout.

use super::column::Column;
use super::row::{TYPES, kind_label};
use crate::commitment::Present;
use crate::document::commitment::Commitment;
use crate::document::value::Identity;
use crate::document::vocabulary::Fulfilment;

/// What was determined of a commitment, as the layout has it.
struct Determined {
    state: String,
    unperformed: Option<String>,
    pursued: Option<String>,
    on: String,
    unit: String,
    unit_code: String,
}

/// The cells of the commitment in the order of the layout; `None` for one that the layout has no form for: that of an
/// organ of government. What was determined is what it was collected with.
pub fn commitment_cells(commitment: &Commitment) -> Option<Vec<String>> {
    let found = commitment.collected.as_ref().and_then(|collected| collected.fulfilment.as_ref());
    let determined = found.map(|found| Determined {
        state: found.state.label().to_string(),
        unperformed: found.unperformed.clone(),
        pursued: found.pursued.clone(),
        on: found.determined_on.to_string(),
        unit: found.determined_by.name.clone(),
        unit_code: found.determined_by.uscc.to_string(),
    });
    cells(commitment, determined)
}

/// The same, with what has been determined since. An adverse result that can still be objected to is left out: the layout
/// has no word for it. What was false when it was made stands as not fulfilled, and says so.
pub fn commitment_cells_now(commitment: &Commitment, present: &Present) -> Option<Vec<String>> {
    let determined = match (present.is_unsettled(), present.determined_on, &present.unit) {
        (false, Some(on), Some((unit, unit_code))) => {
            let (state, unperformed) = match present.state {
                Fulfilment::FoundFalse => {
                    let text = present.unperformed.as_deref().unwrap_or_default();
                    (Fulfilment::NotFulfilled, Some(format!("{}：{text}", Fulfilment::FoundFalse.label())))
                }
                state => (state, present.unperformed.clone()),
            };
            let short = |text: String| text.chars().take(crate::document::read::TEXT_MAX).collect();
            Some(Determined {
                state: state.label().to_string(),
                unperformed: unperformed.map(short),
                pursued: present.liability.clone(),
                on: on.to_string(),
                unit: unit.clone(),
                unit_code: unit_code.clone(),
            })
        }
        _ => None,
    };
    cells(commitment, determined)
}

fn cells(commitment: &Commitment, found: Option<Determined>) -> Option<Vec<String>> {
    if !TYPES.contains(&commitment.commitment_type) {
        return None;
    }
    let found = found.as_ref();
    let cell = |column: Column| -> Option<String> {
        Some(match column {
            Column::Code => commitment.code.to_string(),
            Column::Name => commitment.committer.name.clone(),
            Column::Kind => kind_label(commitment.committer.kind).to_string(),
            Column::CommitterCode => match &commitment.committer.identity {
                Identity::Code(code) => code.to_string(),
                Identity::Person(id) => id.reveal().to_string(),
            },
            Column::Type => commitment.commitment_type.label().to_string(),
            Column::Reason => commitment.reason.clone(),
            Column::Content => commitment.content.clone(),
            Column::Liability => commitment.liability.clone(),
            Column::MadeOn => commitment.made_on.to_string(),
            Column::ValidTo => commitment.valid_to?.to_string(),
            Column::State => found?.state.clone(),
            Column::Unperformed => found?.unperformed.clone()?,
            Column::Pursued => found?.pursued.clone()?,
            Column::DeterminedOn => found?.on.clone(),
            Column::DeterminedBy => found?.unit.clone(),
            Column::DeterminedByCode => found?.unit_code.clone(),
            Column::AcceptedBy => commitment.accepted_by.name.clone(),
            Column::AcceptedByCode => commitment.accepted_by.uscc.to_string(),
            Column::Publicity => commitment.publicity.label().to_string(),
            Column::Remark => commitment.collected.as_ref()?.remark.clone()?,
        })
    };
    Some(Column::ALL.into_iter().map(|column| cell(column).unwrap_or_default()).collect())
}
