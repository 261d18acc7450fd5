//! The one table of a commitment's life: which event may follow which.
//!
//! ```text
//! 已作出 ─► 已公示 ─► 践诺核查中 ─► 全部履行 │ 部分履行 │ 全部未履行 │ 承诺不实 ─► 监管完成
//! 已作出 ─► 已撤回                                 adverse ─► 异议 ─► set aside, or as before
//! 待补正 ─► 已补正 │ 逾期未补正                     部分履行、全部未履行 ─► 践诺核查中 ─► …
//! ```
//!
//! A commitment is taken back only while nothing else has happened to it: the office has no event for the decision on the
//! acceptance, and any other event comes after that decision. A determination rests on a check. After a rectification a
//! new check may better what was found before, except that what was false when it was made stays that. Here: the order
//! alone. Not here: what an event needs besides (`event`), days (`life`).

use verifier::event::EventKind;

use crate::refusal::{Refusal, RefusalCode};

/// Where a commitment stands in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Made, and nothing has happened since.
    Made,
    /// In force: made public, continued, past its term, or a result was set aside.
    Running,
    /// Something of what was missing was handed in.
    Supplemented,
    /// It was not handed in in time.
    Overdue,
    /// Somebody checks whether it is kept.
    Checking,
    /// Kept.
    Fulfilled,
    /// Kept in part.
    Partly,
    /// Not kept.
    NotFulfilled,
    /// False when it was made.
    FoundFalse,
    /// The committer objects to [`Phase::Overdue`].
    DisputedOverdue,
    /// The committer objects to [`Phase::Partly`].
    DisputedPartly,
    /// The committer objects to [`Phase::NotFulfilled`].
    DisputedNot,
    /// The committer objects to [`Phase::FoundFalse`].
    DisputedFalse,
    /// Taken back.
    TakenBack,
    /// Nothing more is checked.
    Closed,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Phase; 15] = [
        Phase::Made,
        Phase::Running,
        Phase::Supplemented,
        Phase::Overdue,
        Phase::Checking,
        Phase::Fulfilled,
        Phase::Partly,
        Phase::NotFulfilled,
        Phase::FoundFalse,
        Phase::DisputedOverdue,
        Phase::DisputedPartly,
        Phase::DisputedNot,
        Phase::DisputedFalse,
        Phase::TakenBack,
        Phase::Closed,
    ];

    /// Where it goes with this event: nowhere where the event can't follow; two ways where the event's own words decide
    /// (an objection is rejected: the first; upheld: the second). Events of the certificate alone change nothing.
    pub fn after(self, event: EventKind) -> &'static [Phase] {
        use EventKind as E;
        match (self, event) {
            (Phase::TakenBack | Phase::Closed, _) => &[],
            // 公示: at any time; it changes only what was not in force yet.
            (Phase::Made, E::Publicised) => &[Phase::Running],
            (phase, E::Publicised) => phase.alone(),
            (Phase::Made | Phase::Running, E::Supplemented) => &[Phase::Supplemented],
            (Phase::Supplemented | Phase::Overdue, E::Supplemented) => &[Phase::Supplemented],
            (Phase::Made | Phase::Running | Phase::Supplemented, E::SupplementOverdue) => &[Phase::Overdue],
            (Phase::Made | Phase::Running | Phase::Supplemented | Phase::Overdue, E::CheckStarted) => {
                &[Phase::Checking]
            }
            (Phase::Fulfilled | Phase::Partly | Phase::NotFulfilled, E::CheckStarted) => &[Phase::Checking],
            (Phase::Checking, E::Fulfilled) => &[Phase::Fulfilled],
            (Phase::Checking, E::PartlyFulfilled) => &[Phase::Partly],
            (Phase::Checking, E::NotFulfilled) => &[Phase::NotFulfilled],
            (Phase::Checking, E::FoundFalse) => &[Phase::FoundFalse],
            (Phase::Made, E::TakenBack) => &[Phase::TakenBack],
            (Phase::Made, E::Expired) => &[Phase::Running],
            (Phase::Running | Phase::Supplemented | Phase::Overdue | Phase::Checking, E::Expired) => {
                self.alone()
            }
            (Phase::Overdue, E::ObjectionFiled) => &[Phase::DisputedOverdue],
            (Phase::Partly, E::ObjectionFiled) => &[Phase::DisputedPartly],
            (Phase::NotFulfilled, E::ObjectionFiled) => &[Phase::DisputedNot],
            (Phase::FoundFalse, E::ObjectionFiled) => &[Phase::DisputedFalse],
            // Upheld, what was late counts as handed in, and any other result as never determined.
            (Phase::DisputedOverdue, E::ObjectionResolved) => &[Phase::Overdue, Phase::Supplemented],
            (Phase::DisputedPartly, E::ObjectionResolved) => &[Phase::Partly, Phase::Running],
            (Phase::DisputedNot, E::ObjectionResolved) => &[Phase::NotFulfilled, Phase::Running],
            (Phase::DisputedFalse, E::ObjectionResolved) => &[Phase::FoundFalse, Phase::Running],
            (Phase::Made | Phase::Running | Phase::Fulfilled, E::Renewed) => &[Phase::Running],
            (Phase::Running | Phase::Supplemented | Phase::Overdue, E::Closed) => &[Phase::Closed],
            (Phase::Fulfilled | Phase::Partly | Phase::NotFulfilled | Phase::FoundFalse, E::Closed) => {
                &[Phase::Closed]
            }
            _ => &[],
        }
    }

    /// Whether it is an adverse result, or an objection to one.
    pub fn is_adverse(self) -> bool {
        self.is_disputed()
            || matches!(self, Phase::Overdue | Phase::Partly | Phase::NotFulfilled | Phase::FoundFalse)
    }

    /// Whether an objection is open.
    pub fn is_disputed(self) -> bool {
        matches!(
            self,
            Phase::DisputedOverdue | Phase::DisputedPartly | Phase::DisputedNot | Phase::DisputedFalse
        )
    }

    /// Itself, as a place in the table.
    fn alone(self) -> &'static [Phase] {
        let place = Phase::ALL.iter().position(|phase| *phase == self).unwrap_or(0);
        Phase::ALL.get(place..=place).unwrap_or_default()
    }
}

/// Where a commitment may begin: one that was collected may have been determined already.
const BEGINNINGS: [Phase; 4] = [Phase::Made, Phase::Fulfilled, Phase::Partly, Phase::NotFulfilled];

/// Whether `next` may follow what happened to a commitment so far, as far as the order alone can tell. Events of its
/// certificate (suspended, revoked, …) are passed over.
///
/// # Errors
/// `COMMITMENT_ORDER`.
pub fn follows(so_far: &[EventKind], next: EventKind) -> Result<(), Refusal> {
    let mut phases = BEGINNINGS.to_vec();
    let own = |kind: &&EventKind| kind.status().is_none();
    for kind in so_far.iter().filter(own).chain([&next]) {
        let mut after: Vec<Phase> = phases.iter().flat_map(|phase| phase.after(*kind)).copied().collect();
        after.sort_unstable();
        after.dedup();
        phases = after;
    }
    // After an event of its own a commitment expires once, until it is continued.
    let twice = next == EventKind::Expired
        && so_far.iter().rev().take_while(|kind| **kind != EventKind::Renewed).any(|kind| *kind == next);
    if phases.is_empty() || twice {
        let last = so_far.iter().rev().find(own).map_or("MADE", |kind| kind.word());
        return Err(Refusal::new(RefusalCode::CommitmentOrder).found(next.word()).right(last));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Own events of a commitment.
    fn kinds() -> impl Iterator<Item = EventKind> {
        EventKind::ALL.iter().copied().filter(|kind| kind.status().is_none())
    }

    /// Every phase with every event, spelled out once more.
    #[test]
    fn the_table_is_this_one() {
        let allowed: [(Phase, &str); 15] = [
            (
                Phase::Made,
                "PUBLICISED SUPPLEMENTED SUPPLEMENT_OVERDUE CHECK_STARTED TAKEN_BACK EXPIRED RENEWED",
            ),
            (
                Phase::Running,
                "PUBLICISED SUPPLEMENTED SUPPLEMENT_OVERDUE CHECK_STARTED EXPIRED CLOSED RENEWED",
            ),
            (Phase::Supplemented, "PUBLICISED SUPPLEMENTED SUPPLEMENT_OVERDUE CHECK_STARTED EXPIRED CLOSED"),
            (Phase::Overdue, "PUBLICISED SUPPLEMENTED CHECK_STARTED EXPIRED OBJECTION_FILED CLOSED"),
            (Phase::Checking, "PUBLICISED FULFILLED PARTLY_FULFILLED NOT_FULFILLED FOUND_FALSE EXPIRED"),
            (Phase::Fulfilled, "PUBLICISED CHECK_STARTED CLOSED RENEWED"),
            (Phase::Partly, "PUBLICISED CHECK_STARTED OBJECTION_FILED CLOSED"),
            (Phase::NotFulfilled, "PUBLICISED CHECK_STARTED OBJECTION_FILED CLOSED"),
            (Phase::FoundFalse, "PUBLICISED OBJECTION_FILED CLOSED"),
            (Phase::DisputedOverdue, "PUBLICISED OBJECTION_RESOLVED"),
            (Phase::DisputedPartly, "PUBLICISED OBJECTION_RESOLVED"),
            (Phase::DisputedNot, "PUBLICISED OBJECTION_RESOLVED"),
            (Phase::DisputedFalse, "PUBLICISED OBJECTION_RESOLVED"),
            (Phase::TakenBack, ""),
            (Phase::Closed, ""),
        ];
        assert_eq!(allowed.map(|(phase, _)| phase), Phase::ALL);
        for (phase, events) in allowed {
            for kind in kinds() {
                let listed = events.split(' ').any(|word| word == kind.word());
                assert_eq!(!phase.after(kind).is_empty(), listed, "{phase:?} {}", kind.word());
            }
        }
    }

    #[test]
    fn what_was_false_when_made_is_never_bettered_but_by_an_objection_upheld() {
        // Everything that can be reached from FoundFalse without an objection.
        let mut reached = vec![Phase::FoundFalse];
        let mut n = 0;
        while let Some(phase) = reached.get(n).copied() {
            for kind in kinds().filter(|kind| *kind != EventKind::ObjectionResolved) {
                let fresh: Vec<Phase> =
                    phase.after(kind).iter().copied().filter(|after| !reached.contains(after)).collect();
                reached.extend(fresh);
            }
            n += 1;
        }
        assert_eq!(reached, [Phase::FoundFalse, Phase::DisputedFalse, Phase::Closed]);
    }

    #[test]
    fn order_is_held_whatever_happens_to_the_certificate_between() {
        use EventKind::{
            CheckStarted, Closed, Expired, FoundFalse, Fulfilled, ObjectionFiled, ObjectionResolved,
            PartlyFulfilled, Publicised, Renewed, Resumed, Suspended, TakenBack,
        };
        for (so_far, next, good) in [
            (&[][..], TakenBack, true),
            (&[Suspended, Resumed], TakenBack, true),
            (&[Publicised], TakenBack, false),
            (&[Publicised], Fulfilled, false),
            (&[Publicised, CheckStarted], Fulfilled, true),
            (&[CheckStarted, PartlyFulfilled, CheckStarted], Fulfilled, true),
            (&[CheckStarted, FoundFalse], CheckStarted, false),
            (&[CheckStarted, FoundFalse, ObjectionFiled, ObjectionResolved], CheckStarted, true),
            (&[CheckStarted, FoundFalse, ObjectionFiled], Closed, false),
            (&[TakenBack], Publicised, false),
            (&[Expired], Expired, false),
            (&[Expired, Renewed], Expired, true),
            // What was collected with a result needs no check of ours before an objection.
            (&[], ObjectionFiled, true),
            (&[], ObjectionResolved, false),
            (&[Publicised, Closed], Publicised, false),
        ] {
            let answer = follows(so_far, next);
            assert_eq!(answer.is_ok(), good, "{so_far:?} {}", next.word());
            if let Err(refusal) = answer {
                assert_eq!(refusal.code(), RefusalCode::CommitmentOrder);
            }
        }
    }
}
