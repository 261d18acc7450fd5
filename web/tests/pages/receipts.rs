//! Receipts: made at the window, printed, checked again by their number.

use notary::operator_log::{Action, Filter};
use notary::people::Role;

use super::*;

const CASE: &str = "示县政务20261122-0187";

/// Scans, takes a receipt, and says where it is.
fn receipt(clerk: &mut Browser, code: &str, case: &str) -> String {
    let fields = [("last", code), ("case", case), ("matter", "<b>食品</b>经营许可\u{202e}")];
    let answer = clerk.submit("/window", "/window/receipt", &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let address = answer.header("location").to_string();
    assert!(address.starts_with("/receipt/"), "{address}");
    address
}

#[test]
fn a_receipt_is_printed_listed_and_checked_again() {
    let house = House::new();
    let (accepted, issued) = issue(&house, sample("report-full.json"));
    let mut clerk = house.signed_in(Role::Window);
    let address = receipt(&mut clerk, &window_code(&accepted), CASE);
    let printed = clerk.get(&address);
    assert_eq!((printed.status, printed.header("cache-control")), (200, "no-store"));
    let number = address.trim_start_matches("/receipt/");
    let checked = house.browser().post("/receipt", &[("number", number)]);
    for answer in [&printed, &checked] {
        let page = answer.text();
        html::check("receipt", &page);
        assert!(page.contains(CASE) && page.contains("&#60;b&#62;食品&#60;/b&#62;经营许可<"), "{page}");
        assert!(page.contains(issued.certificate.core().holder().unwrap().name()));
        assert!(page.contains("data-outcome=\"valid\" data-code=\"VALID\"") && page.contains("示例单位"));
        assert_eq!(inside(&page, "receipt-number").replace(' ', ""), number);
        assert!(page.contains("核验通过，证书真实有效"));
    }
    // The next scan needs no click from here, and only the clerk has that form.
    assert!(printed.text().contains("action=\"/window\"") && !checked.text().contains("action=\"/window\""));
    let today = clerk.get("/window").text();
    assert!(today.contains(&address) && today.contains(CASE));
    assert!(
        english(house.browser())
            .post("/receipt", &[("number", number)])
            .text()
            .contains("Receipt of a verification")
    );
    // Whoever looks at it: the clerk once, two strangers with its number.
    let looks = Filter { action: Some(Action::ReceiptViewed), ..Filter::default() };
    assert_eq!(house.office.operator_log().page(None, 10, &looks).unwrap().entries.len(), 3);
}

#[test]
fn a_window_stays_as_it_was_set_over_receipts() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let mut clerk = house.signed_in(Role::Window);
    let code = window_code(&accepted);
    let set =
        [("code", code.as_str()), ("purpose", "LISTING"), ("audience", "91619900MA0DEM0131"), ("keep", "1")];
    clerk.submit("/window", "/window", &[&set[..], &[("case", CASE)]].concat());
    let made = clerk.submit("/window", "/window/receipt", &[("last", &code), ("case", CASE), ("keep", "1")]);
    let printed = clerk.get(made.header("location"));
    html::check("receipt", &printed.text());
    assert!(printed.text().contains(&format!("name=\"case\" value=\"{CASE}\"")), "{}", printed.text());
    // Its form sends neither purpose nor unit: both stay.
    let next = clerk.submit("/window", "/window", &[("code", &code)]).text();
    assert!(
        next.contains("<option value=\"LISTING\" selected>") && next.contains("value=\"91619900MA0DEM0131\"")
    );
    assert!(clerk.get("/window").text().contains("<option value=\"LISTING\" selected>"));
}

#[test]
fn a_receipt_says_what_holds_when_it_is_made() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let mut clerk = house.signed_in(Role::Window);
    let code = window_code(&accepted);
    assert_eq!(verdict(&clerk.submit("/window", "/window", &[("code", &code)])).0, "valid");
    house.office.set_status(&accepted.number, verifier::status::Status::Revoked, "错误出具").unwrap();
    house.office.publish_status().unwrap();
    let address = receipt(&mut clerk, &code, CASE);
    assert!(clerk.get(&address).text().contains("data-outcome=\"invalid\" data-code=\"REVOKED\""));
}

#[test]
fn receipts_of_others_and_unknown_ones_are_not_shown() {
    let house = House::new();
    let (accepted, _) = issue(&house, sample("report-full.json"));
    let mut clerk = house.signed_in(Role::Window);
    let address = receipt(&mut clerk, &window_code(&accepted), CASE);
    house.account("other.clerk", "另一位", Role::Window);
    let mut other = house.browser();
    assert_eq!(other.sign_in("other.clerk", browser::PASSWORD).status, 303);
    assert_eq!(other.get(&address).status, 404);
    assert!(!other.get("/window").text().contains(&address));
    assert_eq!(house.signed_in(Role::Operator).get(&address).status, 403);
    assert!(house.browser().get(&address).header("location").starts_with("/sign-in"));
    assert_eq!(clerk.get("/receipt/1").status, 404);
    // Nothing that was not judged gets one.
    for last in ["", "x", accepted.number.as_str()] {
        let answer = clerk.submit("/window", "/window/receipt", &[("last", last)]);
        assert_eq!(answer.status, 400, "{last}");
    }
    for (number, status) in [("123", 400), ("", 400), ("<b>", 400), ("202611220000000000000042", 404)] {
        let answer = house.browser().post("/receipt", &[("number", number)]);
        html::check("receipt", &answer.text());
        assert!(answer.status == status || answer.status == 400, "{number}: {}", answer.status);
    }
    let long = "9".repeat(80);
    assert_eq!(
        clerk
            .submit("/window", "/window/receipt", &[("last", &window_code(&accepted)), ("case", &long)])
            .status,
        422
    );
}
