//! Changing a certificate's status by hand, and who sees what of its history.

use notary::operator_log::Action;
use notary::people::Role;
use verifier::event::EventKind;

use super::browser::House;
use super::{by_id, penalty, times_logged};

const REASON: &str = "收到<b>部门</b>来函，核实中";

#[test]
fn each_change_is_an_event_and_everybody_sees_as_much_of_it_as_is_theirs() {
    let house = House::new();
    let number = penalty(&house);
    let (mut operator, mut holder) = (house.signed_in(Role::Operator), house.signed_in(Role::Holder));
    let one = format!("/operator/certificates/{number}");
    let change = format!("{one}/status");
    let suspend = [
        ("kind", "SUSPENDED"),
        ("seen", "0"),
        ("reason", REASON),
        ("basis", "示市监函〔2026〕7号"),
        ("claim_NO_PENALTY", "1"),
    ];
    assert_eq!(operator.submit(&one, &change, &suspend).status, 303);
    assert_eq!(by_id(&operator.get(&one), "status"), "已暂停");
    let own = holder.get(&format!("/holder/certificates/{number}"));
    assert!(own.text().contains("异议核实中，暂缓使用"), "{}", own.text());
    assert!(!own.text().contains("部门") && !own.text().contains("〔2026〕7号"), "reasons stay inside");
    assert!(holder.get("/holder").text().contains("异议核实中，暂缓使用"), "told without asking");

    assert_eq!(
        operator.submit(&one, &change, &[("kind", "RESUMED"), ("seen", "1"), ("reason", "无误")]).status,
        303
    );
    let noted = [("kind", "OBJECTION_NOTED"), ("seen", "2"), ("reason", "当事人坚持")];
    assert_eq!(operator.submit(&one, &change, &noted).status, 303);
    let withdrawn = [("kind", "WITHDRAWN"), ("seen", "3"), ("reason", "申请停用"), ("sure", "yes")];
    assert_eq!(operator.submit(&one, &change, &withdrawn).status, 303);

    let kinds: Vec<EventKind> =
        house.office.events_of(&number).unwrap().iter().map(|view| view.event.fields().kind).collect();
    use EventKind::{ObjectionNoted, Resumed, Suspended, Withdrawn};
    assert_eq!(kinds, [Suspended, Resumed, ObjectionNoted, Withdrawn]);
    assert_eq!(times_logged(&house, Action::StatusSet, number.as_str()), 4);

    let history = format!("/history/{number}");
    for role in Role::ALL {
        let answer = house.signed_in(role).get(&history);
        match role {
            Role::Operator | Role::Reviewer | Role::Auditor => {
                let text = answer.text();
                assert!(text.contains("&#60;b&#62;部门") && !text.contains("<b>部门"), "{text}");
                for part in ["VERIFYING", "示市监函〔2026〕7号", "NO_PENALTY", "HOLDER_WISH", "异议标注"]
                {
                    assert!(text.contains(part), "{part}");
                }
                assert!(text.contains("OPERATOR") || text.contains("operator"), "who did it: {text}");
            }
            _ => assert_eq!(answer.status, 403, "{role:?}"),
        }
    }
    assert_eq!(times_logged(&house, Action::HistoryViewed, number.as_str()), 3);
    let own = holder.get(&format!("/holder/certificates/{number}"));
    assert!(own.text().contains("恢复有效") && own.text().contains("已应申请撤回"), "{}", own.text());
    house.office.operator_log().verify().unwrap();
}

#[test]
fn an_old_page_changes_nothing_and_loses_nothing() {
    let house = House::new();
    let number = penalty(&house);
    let mut operator = house.signed_in(Role::Operator);
    let one = format!("/operator/certificates/{number}");
    let change = format!("{one}/status");
    let suspend = [("kind", "SUSPENDED"), ("seen", "0"), ("reason", REASON), ("basis", "依据甲")];
    assert_eq!(operator.submit(&one, &change, &suspend).status, 303);
    // The same button again, and another operator's old page.
    let again = operator.submit(&one, &change, &suspend);
    assert_eq!(again.status, 409);
    let late = [("kind", "REVOKED"), ("seen", "0"), ("reason", REASON), ("basis", "依据乙"), ("sure", "yes")];
    let late = house.signed_in(Role::Operator).submit(&one, &change, &late);
    assert_eq!(late.status, 409);
    let text = late.text();
    assert!(
        text.contains("请刷新后再办") && text.contains("依据乙") && text.contains("&#60;b&#62;部门"),
        "{text}"
    );
    assert!(text.contains("name=\"seen\" value=\"1\""), "the form stands on what is there now");
    assert_eq!(by_id(&late, "status"), "已暂停");
    assert_eq!(house.office.last_event(&number).unwrap(), 1);

    for (fields, status) in [
        (vec![("kind", "SUPERSEDED"), ("seen", "1"), ("reason", "x")], 422),
        (vec![("kind", "FULFILLED"), ("seen", "1"), ("reason", "x")], 422),
        (vec![("seen", "1"), ("reason", "x")], 422),
        (vec![("kind", "REVOKED"), ("seen", "1"), ("reason", "x")], 422),
        (vec![("kind", "RESUMED"), ("seen", "1"), ("reason", " ")], 422),
        (vec![("kind", "RESUMED"), ("seen", "-1"), ("reason", "x")], 400),
        (vec![("kind", "RESUMED"), ("reason", "x")], 400),
    ] {
        let answer = operator.submit(&one, &change, &fields);
        assert_eq!(answer.status, status, "{fields:?}");
    }
    let long = "长".repeat(201);
    for field in ["reason", "basis"] {
        let mut fields = vec![("kind", "RESUMED"), ("seen", "1")];
        fields.push((field, &long));
        if field == "basis" {
            fields.push(("reason", "x"));
        }
        assert_eq!(operator.submit(&one, &change, &fields).status, 422, "{field}");
    }
    assert_eq!(house.office.last_event(&number).unwrap(), 1);
    assert_eq!(operator.get("/operator/certificates/2026112200000000000099").status, 404);
}

#[test]
fn a_number_is_searched_for_and_never_kept_in_an_address_that_is_wrong() {
    let house = House::new();
    let number = penalty(&house);
    let mut auditor = house.signed_in(Role::Auditor);
    assert_eq!(auditor.get("/history").status, 200);
    let found = auditor.get(&format!("/history?number={}+{}", &number.as_str()[..4], &number.as_str()[4..]));
    assert_eq!((found.status, found.header("location")), (303, format!("/history/{number}").as_str()));
    let wrong = auditor.get("/history?number=%3Cscript%3E1");
    assert!(wrong.status == 422 && !wrong.text().contains("<script>1"));
    let nobodys = verifier::number::CertificateNumber::with_check("20261122000000000001").unwrap();
    assert_eq!(auditor.get(&format!("/history/{nobodys}")).status, 404);
}
