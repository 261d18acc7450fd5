//! The holder's copy for a recipient, by plain forms.

use notary::people::Role;
use verifier::certificate::Certificate;
use verifier::verify::Presented;

use super::browser::{Browser, House};
use super::{by_id, sample};

fn house() -> (House, String) {
    let house = House::new();
    let submission = notary::office::Submission {
        bytes: sample("report-general-penalty.json").into_bytes(),
        kind: notary::office::SubmissionKind::Json,
        idempotency_key: None,
        qr: true,
        corrects: None,
    };
    let number = house.office.submit(submission).unwrap().number;
    house.office.seal_all().unwrap();
    (house, number.to_string())
}

/// The boxes of the page: value, whether ticked, words.
fn boxes(page: &str) -> Vec<(String, bool, String)> {
    page.split("<input type=\"checkbox\" name=\"k\" value=\"")
        .skip(1)
        .map(|rest| {
            let (value, rest) = rest.split_once('"').unwrap();
            let (attributes, rest) = rest.split_once('>').unwrap();
            let (words, _) = rest.split_once("</label>").unwrap();
            (value.to_owned(), attributes.contains("checked"), words.to_owned())
        })
        .collect()
}

fn send(browser: &mut Browser, path: &str, kept: &[&str], more: &[(&str, &str)]) -> super::browser::Answer {
    let csrf = browser.get(path).csrf();
    let fields: Vec<(&str, &str)> = [("csrf", csrf.as_str())]
        .into_iter()
        .chain(kept.iter().map(|value| ("k", *value)))
        .chain(more.iter().copied())
        .collect();
    browser.post(path, &fields)
}

#[test]
fn the_holder_ticks_looks_and_downloads() {
    let (house, number) = house();
    let mut holder = house.signed_in(Role::Holder);
    let path = format!("/holder/certificates/{number}/copy");
    assert!(holder.get(&format!("/holder/certificates/{number}")).text().contains(&path));
    let page = holder.get(&path);
    assert_eq!(page.status, 200, "{}", page.text());
    let all = boxes(&page.text());
    assert!(all.iter().all(|(_, ticked, _)| *ticked));
    let penalty = all.iter().find(|(.., words)| words.contains("行政处罚")).unwrap();
    assert!(penalty.2.contains("不利记录"), "{}", penalty.2);
    let kept: Vec<&str> =
        all.iter().filter(|one| one.0 != penalty.0).map(|(value, ..)| value.as_str()).collect();
    let look = send(&mut holder, &path, &kept, &[("do", "look")]);
    assert_eq!((by_id(&look, "count-hidden"), by_id(&look, "count-adverse")), ("1".into(), "1".into()));
    assert!(!look.text().contains("role=\"alert\""));
    // A recipient whose purpose demands it: a warning, before anything is downloaded.
    let look = send(&mut holder, &path, &kept, &[("do", "look"), ("to", "BIDDING")]);
    assert!(look.text().contains("未出示此用途必须出示的记录") && look.text().contains("行政处罚1条"));
    let file = send(&mut holder, &path, &kept, &[("do", "xzc")]);
    let copy = Certificate::parse(&file.body).unwrap();
    assert_eq!(copy.shown().unwrap().1.hidden_adverse(), 1);
    let pdf = send(&mut holder, &path, &kept, &[("do", "pdf")]);
    assert_eq!(pdf.header("content-type"), "application/pdf");
    let Presented::Pdf(read) = Presented::read(&pdf.body, house.office.now()).unwrap() else { panic!() };
    assert_eq!(read.certificate().encode(), copy.encode());
    // What was chosen is still chosen when it is changed.
    let again = send(&mut holder, &path, &kept, &[("do", "edit")]);
    let again = boxes(&again.text());
    assert!(again.iter().all(|(value, ticked, _)| *ticked == (*value != penalty.0)));
    let none = send(&mut holder, &path, &[], &[("do", "look")]);
    assert_eq!(none.status, 422);
    assert!(none.text().contains("没有选择要出示的内容"));
}

#[test]
fn another_holders_certificate_is_not_there_and_the_operator_may() {
    let (house, number) = house();
    let mut operator = house.signed_in(Role::Operator);
    let path = format!("/operator/certificates/{number}/copy");
    assert_eq!(operator.get(&path).status, 200);
    let english = operator.ask("GET", &path, &[("Accept-Language", "en")], "");
    assert!(english.text().contains("Tick what is to be shown"));
    for bad in [("do", "all"), ("k", "x"), ("to", "NOTHING")] {
        assert_eq!(send(&mut operator, &path, &["b"], &[bad]).status, 400, "{bad:?}");
    }
    let mut window = house.signed_in(Role::Window);
    assert_eq!(window.get(&path).status, 403);
}
