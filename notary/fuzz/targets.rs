//! What each fuzz target of the office does with its input; see `verifier/fuzz/README.md`, whose way this follows.

use notary::document::{Document, Intake, Templates};
use verifier::disclosure;
use verifier::json;
use verifier::time::Time;

/// Documents as they come in: reports and commitments.
pub fn document_json(data: &[u8]) -> bool {
    let templates = Templates::default();
    let intake = Intake { now: Time::MAX, allow_later: false, templates: &templates };
    let document = match Document::parse(data, &intake) {
        Ok(document) => document,
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty(), "a refusal says something");
            return false;
        }
    };
    let compact = json::compact(document.value());
    let again = Document::reread(compact.as_bytes());
    assert!(again.is_ok_and(|again| again == document), "an accepted document reads the same again");
    let records = disclosure::records(document.value()).expect("an accepted document can be split");
    disclosure::counters(&records).expect("an accepted document's records can be counted");
    true
}
