//! A commitment as a row of the national layout.

use super::column::Column;
use super::row::{TYPES, kind_label};
use crate::document::commitment::Commitment;
use crate::document::value::Identity;

/// The cells of the commitment in the order of the layout; `None` for one that the layout has no form for: that of an
/// organ of government.
pub fn commitment_cells(commitment: &Commitment) -> Option<Vec<String>> {
    if !TYPES.contains(&commitment.commitment_type) {
        return None;
    }
    let found = commitment.collected.as_ref().and_then(|collected| collected.fulfilment.as_ref());
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
            Column::State => found?.state.label().to_string(),
            Column::Unperformed => found?.unperformed.clone()?,
            Column::Pursued => found?.pursued.clone()?,
            Column::DeterminedOn => found?.determined_on.to_string(),
            Column::DeterminedBy => found?.determined_by.name.clone(),
            Column::DeterminedByCode => found?.determined_by.uscc.to_string(),
            Column::AcceptedBy => commitment.accepted_by.name.clone(),
            Column::AcceptedByCode => commitment.accepted_by.uscc.to_string(),
            Column::Publicity => commitment.publicity.label().to_string(),
            Column::Remark => commitment.collected.as_ref()?.remark.clone()?,
        })
    };
    Some(Column::ALL.into_iter().map(|column| cell(column).unwrap_or_default()).collect())
}
