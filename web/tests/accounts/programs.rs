//! Programs with their keys.

use notary::people::{NewApiKey, Role, Scope};

use crate::browser::House;

#[test]
fn a_key_counts_in_its_one_form_and_until_it_ends() {
    let house = House::new();
    let new = NewApiKey::new("审批系统", "中心", &[Scope::JobsWrite], 1).unwrap();
    let (_, text) = house.office.people().add_api_key(new).unwrap();
    let ask = |value: &str| {
        house
            .browser()
            .ask("GET", "/api/v1/jobs/J1", &[("Authorization", value), ("Accept", "*/*")], "")
            .status
    };
    let good = format!("Bearer {}", text.as_str());
    assert!(!matches!(ask(&good), 401 | 403));
    assert!(!matches!(ask(&good.replace("Bearer", "bearer")), 401 | 403), "the scheme's name has no case");
    for bad in [
        text.as_str().to_string(),
        format!("Basic {}", text.as_str()),
        "Bearer".to_string(),
        "Bearer ".to_string(),
        format!("Bearer {}", &text.as_str()[..12]),
        format!("Bearer {}x", text.as_str()),
        format!("Bearer {}", text.as_str().to_uppercase()),
        format!("Bearer {}", "x".repeat(5000)),
    ] {
        assert_eq!(ask(&bad), 401, "{bad}");
    }
    house.pass(86_400);
    assert_eq!(ask(&good), 401, "it has run out");
}

#[test]
fn a_bad_key_is_not_made_good_by_a_session() {
    let house = House::new();
    let mut clerk = house.signed_in(Role::Window);
    assert!(!matches!(clerk.get("/api/v1/jobs/J1").status, 401 | 403));
    assert_eq!(clerk.ask("GET", "/api/v1/jobs/J1", &[("Authorization", "Bearer xzk_a_b")], "").status, 401);
}
