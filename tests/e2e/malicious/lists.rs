//! Misdeeds with status lists: an auditor sees them in the ledger, a verifier in the lists that it is shown.

use std::path::Path;

use verifier::status::Status;

use super::{Story, one};

#[test]
fn misdeeds_with_status_lists_are_caught_by_auditors_and_verifiers() {
    let story = Story::new();
    let honest = story.at("office/ledger");
    let revoked = story.indexes[1];
    let mut history = story.kit.history();
    let lists: Vec<u64> = history.lists_mut().iter().map(|(fields, _)| fields.sequence).collect();
    let newest = *lists.last().expect("a list");
    let revoked_in = {
        let mut lists = history.lists_mut();
        let first = lists.iter_mut().find(|(_, bits)| bits.get(revoked) == Some(Status::Revoked));
        first.expect("it is in a list").0.sequence
    };
    assert!(revoked_in < newest, "{revoked_in} of {lists:?}");
    let list = |ledger: &Path, sequence: u64| ledger.join(format!("status/0/{sequence}.xzs"));
    let number = &story.numbers[1];

    // Revoked, and valid again in the next list, all properly chained.
    let again = story.publish("again", |history| {
        let lists = history.lists_mut();
        for (fields, bits) in lists {
            if fields.sequence > revoked_in {
                assert!(bits.set(revoked, Status::Valid));
            }
        }
    });
    let at = format!("status/0/{}.xzs#{revoked}", revoked_in + 1);
    assert_eq!(story.audit(&again, &[]), one("STATUS_CHANGE", &at));
    // To a verifier that is shown the list of each, two lists of one sequence contradict each other.
    let both = [list(&honest, newest), list(&again, newest)];
    assert_eq!(story.verify(number, &[&both[0]]), ("invalid".into(), "REVOKED".into()));
    let (verdict, code) = story.verify(number, &[&both[0], &both[1]]);
    assert_eq!((verdict.as_str(), code.as_str()), ("undetermined", "STATUS_CONFLICT"));

    // An older list in the place of the newest: the highest sequence that anybody shows wins.
    let rolled = story.publish("rolled", |_| ());
    std::fs::copy(list(&rolled, revoked_in - 1), rolled.join("status/0.xzs")).expect("a list");
    assert_eq!(story.audit(&rolled, &[]), one("STATUS_NEWEST", "status/0.xzs"));
    let (older, newer) = (rolled.join("status/0.xzs"), list(&honest, newest));
    assert_eq!(story.verify(number, &[&older, &newer]), ("invalid".into(), "REVOKED".into()));

    // A list of which the ledger knows nothing.
    let unlogged = story.publish("unlogged", |_| ());
    let (fields, bits) = {
        let mut history = story.kit.history();
        let mut lists = history.lists_mut();
        let (fields, bits) = lists.pop().expect("a list");
        (fields.clone(), bits.clone())
    };
    let previous = std::fs::read(list(&unlogged, newest)).expect("a list");
    let previous = verifier::status_list::StatusList::parse(&previous).expect("a list").entry();
    let fields = verifier::status::StatusFields { sequence: newest + 1, previous: Some(previous), ..fields };
    let (_, file) = story.kit.list(&fields, &bits);
    std::fs::write(list(&unlogged, newest + 1), &file).expect("a list");
    std::fs::write(unlogged.join("status/0.xzs"), &file).expect("a list");
    let found = story.audit(&unlogged, &[]);
    assert!(
        found.contains(&("STATUS_NOT_LOGGED".into(), format!("status/0/{}.xzs", newest + 1))),
        "{found:?}"
    );
    assert!(
        found.iter().all(|(code, _)| ["STATUS_NOT_LOGGED", "STATUS_NEWEST"].contains(&code.as_str())),
        "{found:?}"
    );

    // The change is an event in the ledger, and no list says it.
    let hidden = story.publish("hidden", |history| {
        for (_, bits) in history.lists_mut() {
            if bits.get(revoked) == Some(Status::Revoked) {
                assert!(bits.set(revoked, Status::Valid));
            }
        }
    });
    assert_eq!(story.audit(&hidden, &[]), [], "the list alone does not tell");
    let export = story.export("hidden-export", &hidden, |_| ());
    assert_eq!(
        story.audit(&hidden, &["--export", &export]),
        one("STATUS_HIDDEN", &format!("export#{revoked}"))
    );
}
