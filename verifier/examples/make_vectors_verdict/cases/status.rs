//! Status lists, and batch notes in their place.

use super::office::credit;
use super::papers::{person, report};
use super::raw::item;
use super::sealed::Sealed;
use super::{BARE, Case, DAY, HOUR, SEALED};

/// When the report was issued.
const ISSUED: u64 = 1_795_310_130;
/// When most lists were issued.
const LISTED: u64 = SEALED + 600;

pub fn cases() -> Vec<Case> {
    let mut all = values();
    all.extend(ages());
    all.extend(several());
    all.extend(unusable());
    all.extend(earlier());
    all.extend(remembered());
    all.extend(proven());
    all
}

fn case(name: &'static str, what: &'static str, lists: &[&'static str]) -> Case {
    Case::new(name, what, report().sealed().qr().text(), BARE).lists(lists)
}

fn fails(case: Case, code: &'static str) -> Case {
    case.but("STATUS_VALID", code).invalid(code)
}

fn open(case: Case, code: &'static str) -> Case {
    case.but("STATUS_VALID", code).open(code)
}

fn values() -> Vec<Case> {
    let of_person =
        |name, what, lists| Case::new(name, what, person().sealed().qr().text(), BARE).lists(lists);
    vec![
        case("status-valid", "0: valid", &["valid"]),
        fails(case("status-revoked", "1: revoked", &["revoked"]), "REVOKED"),
        open(case("status-suspended", "2: suspended", &["suspended"]), "SUSPENDED"),
        fails(case("status-replaced", "3: replaced", &["replaced"]), "REPLACED"),
        case("status-objection-noted", "D: an objection is noted", &["objection-noted"])
            .but("STATUS_VALID", "OBJECTION_NOTED")
            .valid("OBJECTION_NOTED"),
        fails(case("status-withdrawn", "E: withdrawn by the holder", &["withdrawn"]), "WITHDRAWN"),
        fails(
            case("status-not-issued", "F: no certificate at a covered index", &["not-issued"]),
            "NOT_ISSUED",
        ),
        of_person("status-person-valid", "a natural person: valid", &["valid"]),
        fails(of_person("status-person-revoked", "a natural person: revoked", &["revoked"]), "REVOKED"),
        case("status-not-asked", "only the proof is asked for, though it is revoked", &[])
            .proof_only()
            .lists(&["revoked"]),
    ]
}

fn ages() -> Vec<Case> {
    let at = |case: Case, now: u64| case.term("now", now);
    // The batch note of a later batch covers it too.
    let core = report()
        .core
        .set(8, item(|w| w.unsigned(ISSUED - 2 * DAY)))
        .set(11, item(|w| w.unsigned(ISSUED - 3 * DAY)));
    let old = Sealed::of(credit(), core).placed(4, 4, 6).qr().text();
    vec![
        at(case("list-limit", "a list as old as the limit", &["valid"]), LISTED + DAY),
        open(
            at(case("list-stale", "a list a second older than the limit", &["valid"]), LISTED + DAY + 1),
            "STATUS_STALE",
        ),
        at(case("list-limit-named", "the caller's own limit", &["valid"]), LISTED + HOUR)
            .term("max_age", HOUR),
        open(
            at(
                case("list-stale-named", "a second older than the caller's own limit", &["valid"]),
                LISTED + HOUR + 1,
            )
            .term("max_age", HOUR),
            "STATUS_STALE",
        ),
        at(case("list-last-second", "the last second of the list", &["short-lived"]), LISTED + 600),
        open(at(case("list-expired", "an expired list", &["short-lived"]), LISTED + 601), "STATUS_STALE"),
        open(
            at(
                case("list-longer-than-expiry", "a limit longer than the list is good for", &["valid"]),
                LISTED + DAY + 1,
            )
            .term("max_age", 7 * DAY),
            "STATUS_STALE",
        ),
        fails(
            at(case("list-stale-revoked", "revoked in a list that is old", &["revoked"]), LISTED + 30 * DAY),
            "REVOKED",
        ),
        fails(
            at(
                case("list-expired-revoked", "revoked in a list that has expired", &["short-lived-revoked"]),
                LISTED + 601,
            ),
            "REVOKED",
        ),
        open(
            at(
                case("list-stale-suspended", "suspended in a list that is old", &["suspended"]),
                LISTED + DAY + 1,
            ),
            "STATUS_STALE",
        ),
        case("no-list-fresh", "no list, issued an hour ago", &[]),
        at(case("no-list-limit", "no list, issued as long ago as the limit", &[]), ISSUED + DAY),
        open(
            at(
                case("no-list-old", "no list, issued a second longer ago than the limit", &[]),
                ISSUED + DAY + 1,
            ),
            "STATUS_MISSING",
        ),
        open(
            case("no-list-limit-0", "no list, and no age allowed", &[]).term("max_age", 0),
            "STATUS_MISSING",
        ),
        case("older-list-fresh", "a list that does not cover the index yet, issued an hour ago", &["older"]),
        open(
            at(
                case(
                    "older-list-old",
                    "a list that does not cover the index yet, issued too long ago",
                    &["older"],
                ),
                ISSUED + DAY + 1,
            ),
            "STATUS_STALE",
        ),
        open(
            Case::new(
                "reach-back",
                "issued two days ago, under a fresh batch note that reaches back",
                old,
                BARE,
            )
            .lists(&[]),
            "STATUS_MISSING",
        ),
    ]
}

fn several() -> Vec<Case> {
    vec![
        fails(
            case("sequence-revoked", "valid, and revoked in the next list", &["valid", "later-revoked"]),
            "REVOKED",
        ),
        case("sequence-valid", "suspended, and valid in the next list", &["later-valid", "suspended"]),
        case(
            "sequence-covers",
            "a list that does not cover the index yet, and the next",
            &["older", "valid"],
        ),
        open(case("conflict", "two lists of one sequence", &["valid", "suspended"]), "STATUS_CONFLICT"),
        open(
            case("conflict-revoked", "two lists of one sequence, one says revoked", &["revoked", "valid"]),
            "STATUS_CONFLICT",
        ),
        case("conflict-before", "two lists of an earlier sequence", &["valid", "suspended", "later-valid"]),
        case("same-list-twice", "the same list twice", &["valid", "valid"]),
        case(
            "extra-signature",
            "the same list, once with a stranger's signature",
            &["valid", "extra-signature"],
        ),
        case("from-the-future", "a list from the future is not there yet", &["valid", "from-the-future"]),
        fails(
            case("slightly-ahead", "a list 300 seconds ahead of the clock", &["valid", "slightly-ahead"]),
            "REVOKED",
        ),
        fails(
            case("other-shard", "a list of another shard has a higher sequence", &["other-shard", "revoked"]),
            "REVOKED",
        ),
        case("other-offices-list", "another office's list says revoked at this index", &["other-office"]),
    ]
}

fn unusable() -> Vec<Case> {
    // Were it used, the sixth entry's old issue would not matter.
    let late = |case: Case| {
        case.term("now", ISSUED + DAY + 1)
            .but("STATUS_VALID", "STATUS_UNUSABLE STATUS_MISSING")
            .open("STATUS_MISSING")
    };
    let fresh = |case: Case| case.but("STATUS_VALID", "STATUS_UNUSABLE STATUS_VALID");
    vec![
        fresh(case("list-forged", "a list whose signature does not verify; issued an hour ago", &["forged"])),
        late(case("list-forged-old", "a list whose signature does not verify; issued long ago", &["forged"])),
        late(case(
            "list-other-offices-key",
            "a list signed by another office's status key",
            &["other-offices-key"],
        )),
        late(case("list-batch-key", "a list signed by the batch key", &["batch-key"])),
        late(case("list-ended-key", "a list signed by a status key that had ended", &["ended-key"])),
        fresh(case("list-forged-beside-good", "a forged list beside a good one", &["forged", "valid"])),
        late(
            case(
                "list-compromised-key",
                "a list of a compromised status key, issued before: a thief chooses the time",
                &["valid"],
            )
            .trust("compromised-status"),
        ),
        fresh(
            case(
                "list-compromised-key-revoked",
                "revoked in a list of a compromised status key; issued an hour ago",
                &["revoked"],
            )
            .trust("compromised-status"),
        ),
    ]
}

/// Judged as of an earlier moment.
fn earlier() -> Vec<Case> {
    let then = |name, what, lists: &[&'static str], at: u64| {
        case(name, what, lists).term("now", SEALED + 30 * DAY).term("at", at)
    };
    vec![
        then("at-list-of-then", "valid that day, revoked later", &["valid", "later-revoked"], LISTED + 100),
        fails(
            then(
                "at-after-revoked",
                "judged as of a moment after it was revoked",
                &["valid", "later-revoked"],
                SEALED + 1200,
            ),
            "REVOKED",
        ),
        open(
            then("at-no-list-of-then", "no list that was fresh that day", &["valid"], LISTED + 2 * DAY),
            "STATUS_STALE",
        ),
        then(
            "at-next-list-seconds-later",
            "revoked in a list that was issued a second after that moment",
            &["valid", "later-revoked"],
            SEALED + 1199,
        ),
        then(
            "at-before-any-list",
            "before any list, within a day of its issue",
            &["later-revoked"],
            SEALED + 60,
        ),
    ]
}

/// Somebody who has seen a newer list is not shown an older one.
fn remembered() -> Vec<Case> {
    let rollback = |case: Case| open(case, "STATUS_ROLLBACK");
    vec![
        case("seen-same", "the newest list that was seen", &["valid"]).seen(&["valid"]),
        case("seen-older", "an older list was seen", &["later-valid"]).seen(&["valid"]),
        rollback(
            case("seen-newer", "valid in a list older than one that was seen", &["valid"])
                .seen(&["later-valid"]),
        ),
        rollback(
            case("seen-newer-suspended", "suspended in a list older than one that was seen", &["suspended"])
                .seen(&["later-valid"]),
        ),
        fails(
            case(
                "seen-newer-revoked",
                "revoked in a list older than one that was seen: that is final",
                &["revoked"],
            )
            .seen(&["later-valid"]),
            "REVOKED",
        ),
        rollback(
            case(
                "seen-newer-not-covered",
                "an older list than was seen, which does not cover the index",
                &["older"],
            )
            .seen(&["later-valid"]),
        ),
        case("seen-newer-no-list", "no list at hand; issued an hour ago", &[]).seen(&["later-valid"]),
        open(
            case("seen-other", "another list of the sequence that was seen", &["suspended"]).seen(&["valid"]),
            "STATUS_CONFLICT",
        ),
        case("seen-other-shard", "a list of another shard is at hand, too", &["valid", "other-shard"])
            .seen(&["valid"]),
        case("seen-later-than-at", "the newer list was issued after the moment judged", &["valid"])
            .seen(&["later-revoked"])
            .term("now", SEALED + 30 * DAY)
            .term("at", LISTED + 100),
        rollback(
            case("seen-before-at", "the newer list was there at the moment judged", &["valid"])
                .seen(&["later-revoked"])
                .term("now", SEALED + 30 * DAY)
                .term("at", SEALED + 1200),
        ),
    ]
}

/// The note of the list that was used is in the ledger.
fn proven() -> Vec<Case> {
    let with = |name, what, proofs: &[&'static str]| {
        case(name, what, &["valid", "after-valid"])
            .term("now", SEALED + 30 * DAY)
            .term("at", LISTED + 100)
            .list_proofs(proofs)
    };
    let proven = "STATUS_VALID STATUS_PROVEN";
    vec![
        with(
            "status-proven",
            "the list of that day, with a proof of its note, and the next list",
            &["valid"],
        )
        .but("STATUS_VALID", proven),
        case("status-proven-newest", "the newest list, with a proof of its note", &["valid"])
            .list_proofs(&["valid"])
            .but("STATUS_VALID", proven),
        with(
            "status-proof-too-early",
            "a proof of an entry that the list itself covers",
            &["valid-too-early"],
        ),
        with(
            "status-proof-batch-key",
            "a proof under a checkpoint that the batch key signed",
            &["valid-batch-key"],
        ),
        case("status-proof-other", "a proof of another list's note", &["later-valid"])
            .list_proofs(&["valid"]),
        fails(
            case(
                "status-proof-overtaken",
                "a proof of a list, and a newer one that says revoked",
                &["valid", "after-valid"],
            )
            .list_proofs(&["valid"]),
            "REVOKED",
        ),
    ]
}
