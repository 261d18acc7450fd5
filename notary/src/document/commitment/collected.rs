//! What the national collection layout says of a commitment beyond the commitment itself (spec/document.md).
//!
//! ```text
//! {"layout":"NATIONAL_20","remark":"…",
//!  "fulfilment":{"state":"PARTLY_FULFILLED","unperformed":"…","pursued":"…","determined_on":"2026-11-21",
//!                "determined_by":{"name":"…","uscc":"…"}}}
//! ```
//!
//! It is what a unit handed over, as of then; a later determination is an event of the commitment, not a change here.

use super::super::read::Place;
use super::super::value::Unit;
use super::super::vocabulary::{CollectionLayout, Fulfilment};
use crate::calendar::Day;
use crate::refusal::{Refusal, RefusalCode};

/// The states that the layout knows, in its order.
const STATES: [Fulfilment; 3] =
    [Fulfilment::Fulfilled, Fulfilment::PartlyFulfilled, Fulfilment::NotFulfilled];

/// How a commitment was collected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Collected {
    /// By which layout.
    pub layout: CollectionLayout,
    /// Its fulfilment, where that was determined already.
    pub fulfilment: Option<Determination>,
    /// The remark.
    pub remark: Option<String>,
}

/// How a commitment was found to be kept: by whom and when.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Determination {
    /// Fulfilled, partly, or not.
    pub state: Fulfilment,
    /// What was not performed; there unless all was.
    pub unperformed: Option<String>,
    /// What followed from that; there unless all was performed.
    pub pursued: Option<String>,
    /// When it was determined.
    pub determined_on: Day,
    /// By whom.
    pub determined_by: Unit,
}

impl Collected {
    pub(super) fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["layout", "fulfilment?", "remark?"])?;
        Ok(Collected {
            layout: members.need("layout")?.word()?,
            fulfilment: members.optional("fulfilment", Determination::read)?,
            remark: members.optional("remark", Place::text)?,
        })
    }
}

impl Determination {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members =
            place.members(&["state", "unperformed?", "pursued?", "determined_on", "determined_by"])?;
        let word = members.need("state")?;
        let state: Fulfilment = word.word()?;
        if !STATES.contains(&state) {
            let right: Vec<&str> = STATES.iter().map(|state| state.spelling()).collect();
            return Err(word
                .refuse(RefusalCode::WordUnknown)
                .found(state.spelling())
                .right(right.join(", ")));
        }
        for key in ["unperformed", "pursued"] {
            if state == Fulfilment::Fulfilled {
                members.refuse_misplaced(key, "PARTLY_FULFILLED, NOT_FULFILLED")?;
            } else {
                members.need(key)?;
            }
        }
        Ok(Determination {
            state,
            unperformed: members.optional("unperformed", Place::text)?,
            pursued: members.optional("pursued", Place::text)?,
            determined_on: members.need("determined_on")?.day()?,
            determined_by: Unit::read(&members.need("determined_by")?)?,
        })
    }
}
