//! Issue, sealing, expiry, and clocks that are wrong.

use super::office::credit;
use super::papers::report;
use super::raw::item;
use super::sealed::Sealed;
use super::{BARE, Case, DAY, SEALED};

const ISSUED: u64 = 1_795_310_130;
const EXPIRES: u64 = 1_803_086_130;

pub fn cases() -> Vec<Case> {
    let sealed = |time| report().sealed().at(time);
    let case = |name, what, sealed: Sealed| Case::new(name, what, sealed.qr().text(), BARE);
    let fails = |case: Case, code| case.but("DATES_OK", code).invalid(code);
    let issued_later = Sealed::of(credit(), report().core.set(8, item(|w| w.unsigned(SEALED + 1))));
    let judged = |name, what, now: u64| case(name, what, sealed(SEALED)).term("now", now);
    vec![
        fails(case("issued-after-sealed", "issued a second after it was sealed", issued_later), "DATES_BAD"),
        case("issued-when-sealed", "issued in the second in which it was sealed", sealed(ISSUED)),
        fails(
            judged("sealed-later", "sealed 301 seconds later than the clock says", SEALED - 301).lists(&[]),
            "NOT_YET_VALID",
        ),
        judged("sealed-slightly-later", "sealed 300 seconds later than the clock says", SEALED - 300)
            .lists(&[]),
        fails(
            judged("clock-day-behind", "a clock that is a day behind", SEALED - DAY).lists(&[]),
            "NOT_YET_VALID",
        ),
        judged("clock-day-ahead", "a clock that is a day ahead, and a list of the day", SEALED + DAY),
        judged(
            "clock-two-days-ahead",
            "a clock that is two days ahead: the list seems old",
            SEALED + 2 * DAY,
        )
        .but("STATUS_VALID", "STATUS_STALE")
        .open("STATUS_STALE"),
        judged("last-second", "the last second of the certificate", EXPIRES - 1).proof_only(),
        fails(judged("expired", "the second in which it expires", EXPIRES).proof_only(), "EXPIRED"),
        judged("expired-at-earlier", "expired now, judged as of a day before", EXPIRES + DAY)
            .term("at", EXPIRES - DAY)
            .proof_only(),
        fails(
            judged("expired-later", "not expired now, judged as of a later day", SEALED + DAY)
                .term("at", EXPIRES)
                .proof_only(),
            "EXPIRED",
        ),
        fails(
            judged("expired-and-revoked", "revoked and expired: the status leads", EXPIRES)
                .lists(&["revoked"]),
            "EXPIRED",
        )
        .but("STATUS_VALID", "REVOKED")
        .invalid("REVOKED"),
        fails(
            judged("expired-and-stale", "expired, and the list is old: a certain failure leads", EXPIRES),
            "EXPIRED",
        )
        .but("STATUS_VALID", "STATUS_STALE")
        .invalid("EXPIRED"),
        fails(
            judged("not-yet-valid-and-revoked", "not yet valid leads over the status", SEALED - 301)
                .lists(&["revoked-early"]),
            "NOT_YET_VALID",
        )
        .but("STATUS_VALID", "REVOKED")
        .invalid("NOT_YET_VALID"),
    ]
}
