//! Trust bundles: expired, changed, of another root, without the office; and what the office may issue.

use super::office::{archive, other_root};
use super::papers::report;
use super::{BARE, Case, NOW, SEALED};

pub fn cases() -> Vec<Case> {
    let sealed = report().sealed();
    let qr = sealed.qr();
    let case = |name, what| Case::new(name, what, qr.text(), BARE);
    let mut changed = qr.clone();
    changed.time += 1;
    vec![
        case("root-not-pinned", "no root is pinned")
            .root(None)
            .but("STATUS_VALID", "STATUS_VALID ROOT_NOT_PINNED"),
        case("root-other", "another root is pinned than the bundle's")
            .root(Some(other_root().vkey()))
            .unusable("ROOT_OTHER"),
        case("trust-changed", "a digit of the bundle was changed after it was signed")
            .trust("changed")
            .unusable("TRUST_BAD"),
        case("trust-changed-not-pinned", "a digit was changed, and no root is pinned")
            .trust("changed")
            .root(None)
            .unusable("TRUST_BAD"),
        case("trust-expired", "the bundle has expired")
            .trust("expired")
            .but("TRUST_OK", "TRUST_EXPIRED")
            .open("TRUST_EXPIRED"),
        case("trust-expired-since", "the bundle has expired now, at the moment judged it had not")
            .trust("expired")
            .term("at", SEALED + 300)
            .lists(&[])
            .but("TRUST_OK", "TRUST_EXPIRED")
            .open("TRUST_EXPIRED"),
        case("trust-expires-now", "the second in which the bundle expires")
            .trust("expired")
            .term("now", SEALED + 600)
            .but("TRUST_OK", "TRUST_EXPIRED")
            .open("TRUST_EXPIRED"),
        case("trust-last-second", "the last second of the bundle").trust("expired").term("now", SEALED + 599),
        Case::new(
            "trust-expired-forged",
            "a certain failure leads over an expired bundle",
            changed.text(),
            BARE,
        )
        .trust("expired")
        .but("TRUST_OK", "TRUST_EXPIRED")
        .stops("SIG_OK", "SIG_BAD")
        .invalid("SIG_BAD"),
        Case::new(
            "office-unknown",
            "a file of an office that is not in the bundle",
            sealed.bare().text(),
            BARE,
        )
        .trust("archive-only")
        .lists(&[])
        .stops("OFFICE_OK", "OFFICE_UNKNOWN")
        .open("OFFICE_UNKNOWN"),
        Case::new(
            "kind-not-allowed",
            "an office that may certify files only certified a report",
            report().sealed_by(archive()).qr().text(),
            BARE,
        )
        .lists(&[])
        .but("KIND_OK", "KIND_NOT_ALLOWED")
        .invalid("KIND_NOT_ALLOWED"),
        case("purpose-other", "certified for a loan, asked for a tender")
            .term("purpose", "BIDDING")
            .but("STATUS_VALID", "STATUS_VALID PURPOSE_OTHER"),
        case("purpose-same", "certified for a loan, asked for a loan").term("purpose", "FINANCING"),
        case("audience-any", "for anyone, asked by somebody").term("audience", "91619900MA0BANK01X"),
        case("clock-at-seal", "judged in the second in which it was sealed").term("now", SEALED).lists(&[]),
        case("at-now", "the moment asked for is now").term("at", NOW),
    ]
}
