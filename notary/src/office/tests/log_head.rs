//! The head of the operator log in the ledger: once a day, and no way back behind it.

use super::*;
use crate::operator_log::{Action, Actor, Outcome};

fn done(office: &Office) {
    office.operator_log().append(&Actor::Command, Action::BatchSealed, "", Outcome::Done).unwrap();
}

#[test]
fn the_log_s_head_is_sealed_once_a_day_if_the_log_has_grown() {
    let desk = Desk::new();
    let office = desk.open();
    assert!(!office.log_head_due());
    done(&office);
    assert!(!office.log_head_due());
    desk.later(86_400);
    assert!(office.log_head_due());
    office.seal_log_head().unwrap();
    assert!(!office.log_head_due());
    desk.later(2 * 86_400);
    assert!(!office.log_head_due(), "nothing came to the log");
    done(&office);
    assert!(office.log_head_due());
    office.seal_log_head().unwrap();
    office.seal_all().unwrap();
    // The trust bundle and two heads.
    assert_eq!(office.summary().size, 3);
    drop(office);
    assert_eq!(findings(&desk), []);
    drop(desk.open());
}

#[test]
fn a_log_cut_off_before_its_sealed_head_is_found_and_the_office_does_not_open() {
    let desk = Desk::new();
    let folder = desk.path().join("operator-log");
    let copy = desk.dir.path().join("older");
    let copied = |from: &std::path::Path, to: &std::path::Path| {
        let _ = std::fs::remove_dir_all(to);
        std::fs::create_dir(to).unwrap();
        for file in std::fs::read_dir(from).unwrap() {
            let file = file.unwrap();
            std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
        }
    };
    done(&desk.open());
    copied(&folder, &copy);
    {
        let office = desk.open();
        done(&office);
        office.seal_log_head().unwrap();
        office.seal_all().unwrap();
    }
    copied(&copy, &folder);
    let found = findings(&desk);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].code, crate::audit::FindingCode::OperatorLogBad);
    let refused = Office::open(&desk.path(), &passphrase(), desk.options()).err().unwrap();
    assert_eq!(refused.code(), RefusalCode::LogDamaged);
    // Another log of the same length is no way round it.
    {
        let other = Desk::new();
        let office = other.open();
        done(&office);
        other.later(5);
        done(&office);
        drop(office);
        copied(&other.path().join("operator-log"), &folder);
    }
    let refused = Office::open(&desk.path(), &passphrase(), desk.options()).err().unwrap();
    assert_eq!(refused.code(), RefusalCode::LogDamaged);
}
