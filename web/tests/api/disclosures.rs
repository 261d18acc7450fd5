//! Copies with less in them, by programs: what is kept, what is said of the rest, who may.

use notary::operator_log::{Action, Filter};
use notary::people::Scope;
use serde_json::json;
use verifier::certificate::Certificate;
use verifier::registry::Purpose;
use verifier::shelf::StatusShelf;
use verifier::verdict::Code;
use verifier::verify::{Presented, Terms, verify};

use crate::house::House;

const LOAN: &str = include_str!("../../../tests/samples/report-general-penalty.json");
const TENDER: &str = include_str!("../../../tests/samples/report-full.json");

#[test]
fn a_copy_shows_what_is_kept_and_counts_the_rest() {
    let house = House::new();
    let number = house.issue(LOAN).number;
    let path = format!("/certificates/{number}/disclosures");
    let keep = json!({"keep": ["/subject", "/period"]});
    let answer = house.post_json(&path, &keep);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let copy = Certificate::parse(&answer.body).unwrap();
    let (records, shown) = copy.shown().unwrap();
    assert!(records.iter().all(|record| !record.pointer().starts_with("/sections/admin")));
    assert_eq!(shown.hidden_adverse(), 1);
    let code = |purpose| {
        let terms = Terms { purpose, status_asked: false, ..Terms::at(house.office.now()) };
        let presented = Presented::File(copy.clone());
        let verdict = verify(&presented, house.office.trust(), &StatusShelf::default(), &terms);
        // Whatever the recipient demands, it is told how much is hidden.
        assert_eq!(verdict.fields.unwrap().shown.unwrap().hidden_adverse(), 1);
        verdict.code
    };
    assert_eq!(code(None), Code::Valid);
    assert_eq!(code(Some(Purpose::Award)), Code::Valid);
    assert_eq!(code(Some(Purpose::Bidding)), Code::DisclosureIncomplete);
    // Named beforehand, it is not made.
    let mut named = keep.clone();
    named["purpose"] = json!("BIDDING");
    let refused = house.post_json(&path, &named);
    assert_eq!((refused.status, refused.code().as_str()), (422, "COPY_INCOMPLETE"));
    assert!(refused.text().contains("行政处罚"), "{}", refused.text());
    let mut pdf = keep;
    pdf["form"] = json!("pdf");
    let pdf = house.post_json(&path, &pdf);
    assert_eq!(pdf.header("content-type"), Some("application/pdf"));
    let presented = Presented::read(&pdf.body, house.office.now()).unwrap();
    let Presented::Pdf(read) = &presented else { panic!("a PDF") };
    assert_eq!(read.certificate().encode(), copy.encode(), "the copy is inside");
    let made = Filter { action: Some(Action::CopyMade), ..Filter::default() };
    assert!(house.office.operator_log().page(None, 10, &made).unwrap().entries.len() >= 3);
}

#[test]
fn what_the_certificates_own_purpose_demands_can_not_be_hidden() {
    let house = House::new();
    let number = house.issue(TENDER).number;
    let path = format!("/certificates/{number}/disclosures");
    let refused = house.post_json(&path, &json!({"keep": ["/subject"]}));
    assert_eq!((refused.status, refused.code().as_str()), (422, "COPY_INCOMPLETE"));
    let kept = house.post_json(&path, &json!({"keep": ["/subject", "/sections"]}));
    assert_eq!(kept.status, 200, "{}", kept.text());
}

#[test]
fn what_is_asked_wrong_and_who_may_not() {
    let house = House::new();
    let number = house.issue(LOAN).number;
    let path = format!("/certificates/{number}/disclosures");
    for (body, status, code) in [
        (json!({}), 422, "MEMBER_MISSING"),
        (json!({"keep": []}), 422, "COPY_EMPTY"),
        (json!({"keep": "x"}), 422, "TYPE_WRONG"),
        (json!({"keep": [1]}), 422, "TYPE_WRONG"),
        (json!({"keep": ["/nothing"]}), 422, "COPY_POINTER"),
        (json!({"keep": vec!["/subject"; 4097]}), 422, "LIST_LONG"),
        (json!({"keep": ["/subject"], "form": "doc"}), 422, "WORD_UNKNOWN"),
        (json!({"keep": ["/subject"], "more": 1}), 422, "MEMBER_UNKNOWN"),
    ] {
        let answer = house.post_json(&path, &body);
        assert_eq!(answer.code(), code, "{}", answer.text());
        assert!(answer.status == status || answer.status == 400 || answer.status == 413, "{}", answer.text());
    }
    let other = format!("Authorization: Bearer {}\r\n", house.key_for(&[Scope::JobsWrite]));
    let json = "Content-Type: application/json\r\n";
    let body = br#"{"keep":["/subject"]}"#;
    assert_eq!(house.ask(&format!("POST {path}"), &format!("{other}{json}"), body).status, 403);
    assert_eq!(house.public(&format!("POST {path}"), json, body).status, 401);
    let none = "/certificates/2026112240170938612531/disclosures";
    assert_eq!(house.ask(&format!("POST {none}"), json, body).status, 404);
}
