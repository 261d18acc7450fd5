//! Kinds of events: their words, and what each makes of a certificate's status.

use crate::status::Status;

macro_rules! kinds {
    ($($variant:ident $word:literal $says:literal)+) => {
        /// What happened to a certificate, or to the commitment that it certifies.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub enum EventKind {
            $(#[doc = $says] $variant,)+
        }

        impl EventKind {
            /// All of them.
            pub const ALL: &'static [EventKind] = &[$(EventKind::$variant,)+];

            /// The word in a body.
            pub const fn word(self) -> &'static str {
                match self { $(EventKind::$variant => $word,)+ }
            }
        }
    };
}

kinds! {
    Suspended "SUSPENDED" "异议核实中: suspended, whole or for some of its claims."
    Resumed "RESUMED" "恢复: valid again, or the note of an objection taken away."
    Superseded "SUPERSEDED" "已更正: a corrected certificate stands in its place."
    Repaired "REPAIRED" "信用修复: a record that it cites was repaired. To the public the same as superseded."
    ObjectionNoted "OBJECTION_NOTED" "异议标注: an objection was turned down and is noted."
    Withdrawn "WITHDRAWN" "主体撤回: withdrawn by the holder."
    Revoked "REVOKED" "撤销: should not have been issued."
    Publicised "PUBLICISED" "公示: the commitment was made public."
    Supplemented "SUPPLEMENTED" "补正: what was missing was handed in."
    SupplementOverdue "SUPPLEMENT_OVERDUE" "逾期未补正: it was not handed in in time."
    CheckStarted "CHECK_STARTED" "践诺核查: somebody checks whether the commitment is kept."
    Fulfilled "FULFILLED" "全部履行."
    PartlyFulfilled "PARTLY_FULFILLED" "部分履行."
    NotFulfilled "NOT_FULFILLED" "全部未履行."
    FoundFalse "FOUND_FALSE" "承诺不实: it was false when it was made."
    TakenBack "TAKEN_BACK" "撤回: the committer took the commitment back."
    Expired "EXPIRED" "到期: its term is over."
    ObjectionFiled "OBJECTION_FILED" "异议: the committer objects to a result."
    ObjectionResolved "OBJECTION_RESOLVED" "异议办结: upheld or rejected."
    Closed "CLOSED" "监管完成: nothing more is checked."
    Renewed "RENEWED" "续承诺: continued for another term."
}

impl EventKind {
    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<EventKind> {
        EventKind::ALL.iter().copied().find(|kind| kind.word() == word)
    }

    /// Whether it may happen to a certificate of this status. Another objection may suspend what is suspended, and be noted where
    /// one is noted; everything else that changes a status follows the one table, `Status::may_become`.
    pub fn may_follow(self, status: Status) -> bool {
        match self.status() {
            None => true,
            Some(to) if to == status => matches!(self, EventKind::Suspended | EventKind::ObjectionNoted),
            Some(to) => status.may_become(to),
        }
    }

    /// What the certificate's status is after it; none where it is an event of the commitment alone.
    pub const fn status(self) -> Option<Status> {
        match self {
            EventKind::Suspended => Some(Status::Suspended),
            EventKind::Resumed => Some(Status::Valid),
            EventKind::Superseded | EventKind::Repaired => Some(Status::Replaced),
            EventKind::ObjectionNoted => Some(Status::ObjectionNoted),
            EventKind::Withdrawn => Some(Status::Withdrawn),
            EventKind::Revoked => Some(Status::Revoked),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_distinct_and_each_status_has_its_events() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from_word(kind.word()), Some(*kind));
        }
        let made = |status| EventKind::ALL.iter().filter(|kind| kind.status() == Some(status)).count();
        assert_eq!(made(Status::Replaced), 2);
        assert_eq!(made(Status::NotIssued), 0);
        for status in
            [Status::Valid, Status::Revoked, Status::Suspended, Status::ObjectionNoted, Status::Withdrawn]
        {
            assert_eq!(made(status), 1);
        }
    }
}
