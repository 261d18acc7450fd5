//! The life of a certificate, for programs: its events, its status, objections and repairs.

use notary::people::Scope;
use serde_json::{Value, json};

use crate::common::Answer;
use crate::house::{House, JSON};

/// A report with a penalty, CF-0011.
fn penalty() -> String {
    let path = format!("{}/../tests/samples/report-general-penalty.json", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn calendar(house: &House) {
    let year: u32 = house.office.now().china_date().to_ymd().0;
    for year in [year, year + 1] {
        let off = json!([{"name":"元旦","from":format!("{year}-01-01"),"to":format!("{year}-01-01")}]);
        let text =
            json!({"format":"xinzheng/calendar/v1","year":year,"source":"测试","off":off,"working":[]});
        house.office.import_calendar(text.to_string().as_bytes()).unwrap();
    }
}

fn code(answer: Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text());
    answer.code()
}

#[test]
fn a_change_is_made_once_and_seen_in_the_events() {
    let house = House::new();
    let number = house.issue(&penalty()).number;
    let path = format!("/certificates/{number}/status");
    let body =
        json!({"kind":"SUSPENDED","reason":"来函","basis":"〔2026〕7号","claims":["NO_PENALTY"],"seen":0});
    let ask = |key: &str, body: &Value| {
        let headers = format!("{JSON}Idempotency-Key: {key}\r\n");
        house.ask(&format!("POST {path}"), &headers, body.to_string().as_bytes())
    };
    let first = ask("a-1", &body).json();
    assert_eq!(
        (&first["from"], &first["to"], &first["repeated"]),
        (&json!("valid"), &json!("suspended"), &json!(false))
    );
    let again = ask("a-1", &body).json();
    assert_eq!((&again["sequence"], &again["repeated"]), (&json!(1), &json!(true)));
    let other = json!({"kind":"RESUMED","reason":"无误"});
    assert_eq!(code(ask("a-1", &other), 409), "CONFLICT");
    assert_eq!(code(house.post_json(&path, &body), 409), "EVENT_OUT_OF_ORDER");
    // Twice at once with one key is one change.
    let both = std::thread::scope(|threads| {
        let both = [(); 2].map(|()| threads.spawn(|| ask("a-2", &other)));
        both.map(|thread| thread.join().unwrap())
    });
    let repeated: Vec<Value> = both.iter().map(|answer| answer.json()["repeated"].clone()).collect();
    assert!(repeated.contains(&json!(true)) && repeated.contains(&json!(false)), "{repeated:?}");

    let events = house.get(&format!("/certificates/{number}/events")).json();
    assert_eq!(events["status"], "valid");
    let kinds: Vec<&str> =
        events["events"].as_array().unwrap().iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["SUSPENDED", "RESUMED"]);
    let event = &events["events"][0];
    assert_eq!((&event["reason"], &event["basis"]), (&json!("来函"), &json!("〔2026〕7号")));
    assert_eq!(event["detail"]["claims"], "NO_PENALTY");
    assert!(event["by"].as_str().unwrap().starts_with('K'));

    for (bad, status, said) in [
        (json!({"kind":"SUPERSEDED","reason":"x"}), 422, "WORD_UNKNOWN"),
        (json!({"reason":"x"}), 422, "MEMBER_MISSING"),
        (json!({"kind":"REVOKED"}), 422, "MEMBER_MISSING"),
        (json!({"kind":"REVOKED","reason":" "}), 422, "REASON_LENGTH"),
        (json!({"kind":"REVOKED","reason":"x","sure":true}), 422, "MEMBER_UNKNOWN"),
        (json!({"kind":"REVOKED","reason":"x","seen":-1}), 422, "TYPE_WRONG"),
        (json!({"kind":"REVOKED","reason":"x","claims":["NO_PENALTY"]}), 422, "MEMBER_MISPLACED"),
        (json!({"kind":"SUSPENDED","reason":"x","claims":["NOT_THERE"]}), 422, "WORD_UNKNOWN"),
        (json!({"kind":"SUSPENDED","reason":"x","claims":[1]}), 422, "TYPE_WRONG"),
        (json!({"kind":"SUSPENDED","reason":"x","claims":vec!["NO_PENALTY"; 41]}), 422, "LIST_LONG"),
        (json!({"kind":"RESUMED","reason":"x"}), 409, "STATUS_NOT_ALLOWED"),
    ] {
        assert_eq!(code(house.post_json(&path, &bad), status), said, "{bad}");
    }
    let reader = house.key_for(&[Scope::CertificatesRead, Scope::DocumentsSubmit]);
    let headers = format!("{JSON}Authorization: Bearer {reader}\r\n");
    let refused = house.ask(&format!("POST {path}"), &headers, body.to_string().as_bytes());
    assert_eq!(code(refused, 403), "SCOPE_MISSING");
    assert_eq!(house.office.last_event(&number).unwrap(), 2);
}

#[test]
fn an_objection_goes_through_its_steps_and_a_repetition_changes_nothing() {
    let house = House::new();
    calendar(&house);
    let number = house.issue(&penalty()).number;
    let digest = format!("sha256:{}", "0a".repeat(32));
    let body = json!({"certificate":number.as_str(),"item":"CF-0011","ground":"已撤销","evidence":[digest]});
    let made = house.post_json("/objections", &body);
    assert_eq!((made.status, made.header("location")), (201, Some("/api/v1/objections/y00001")));
    assert_eq!(made.json()["state"], "filed");
    let again = house.post_json("/objections", &body);
    assert_eq!((again.status, &again.json()["id"]), (200, &json!("Y00001")));

    let steps = "/objections/Y00001/steps";
    let suspend = json!({"step":"suspend","version":1,"note":"转核实"});
    let done = house.post_json(steps, &suspend).json();
    assert_eq!((&done["state"], &done["version"]), (&json!("verifying"), &json!(3)));
    assert_eq!(house.post_json(steps, &suspend).json(), done, "the same step again by the same caller");
    let other = house.key_for(&[Scope::StatusWrite]);
    let headers = format!("{JSON}Authorization: Bearer {other}\r\n");
    let late = house.ask(&format!("POST {steps}"), &headers, suspend.to_string().as_bytes());
    assert_eq!(code(late, 409), "OBJECTION_CHANGED");
    assert_eq!(house.office.last_event(&number).unwrap(), 1);
    let reject = json!({"step":"reject","version":3,"note":"仍然有效"});
    assert_eq!(house.post_json(steps, &reject).json()["state"], "rejected");
    assert_eq!(house.get("/objections/Y00001").json()["steps"].as_array().unwrap().len(), 4);

    for n in 0..3 {
        let body = json!({"certificate":number.as_str(),"ground":format!("理由 {n}")});
        assert_eq!(house.post_json("/objections", &body).status, 201);
    }
    let page = house.get("/objections?open=true&limit=2").json();
    assert_eq!((page["objections"].as_array().unwrap().len(), &page["next"]), (2, &json!("Y00003")));
    let rest = house.get("/objections?open=true&limit=2&after=Y00003").json();
    assert_eq!((rest["objections"].as_array().unwrap().len(), &rest["next"]), (1, &Value::Null));

    for (bad, status, said) in [
        (json!({"certificate":"1","ground":"x"}), 404, "CERTIFICATE_UNKNOWN"),
        (json!({"certificate":number.as_str()}), 422, "MEMBER_MISSING"),
        (json!({"certificate":number.as_str(),"ground":"x","item":"CF-9999"}), 422, "OBJECTION_ITEM"),
        (json!({"certificate":number.as_str(),"ground":"x","evidence":["md5:0"]}), 422, "DIGEST_FORM"),
        (
            json!({"certificate":number.as_str(),"ground":"x","claims":["MODEL_SUBJECT"]}),
            422,
            "OBJECTION_CLAIM",
        ),
    ] {
        assert_eq!(code(house.post_json("/objections", &bad), status), said, "{bad}");
    }
    for (bad, status, said) in [
        (json!({"step":"explode","version":1}), 422, "WORD_UNKNOWN"),
        (json!({"step":"accept"}), 422, "MEMBER_MISSING"),
        (json!({"step":"uphold","version":1}), 422, "MEMBER_MISSING"),
        (json!({"step":"accept","version":1,"replacement":"x"}), 422, "MEMBER_UNKNOWN"),
        (json!({"step":"reject","version":1,"note":"x"}), 409, "OBJECTION_STEP"),
    ] {
        assert_eq!(code(house.post_json("/objections/Y00002/steps", &bad), status), said, "{bad}");
    }
    assert_eq!(code(house.get("/objections/Y99999"), 404), "OBJECTION_UNKNOWN");
}

#[test]
fn a_repair_is_entered_by_a_program_and_decided_by_people() {
    let house = House::new();
    let number = house.issue(&penalty()).number;
    let body = json!({"item":"CF-0011","ways":["training","rectification"],"basis":"信修决〔2026〕3号","reason":"已整改"});
    let made = house.post_json("/repairs", &body);
    assert_eq!((made.status, &made.json()["state"]), (201, &json!("applied")));
    let again = house.post_json("/repairs", &body);
    assert_eq!((again.status, &again.json()["id"]), (200, &json!("R00001")));
    let other = json!({"item":"CF-0011","ways":["training"],"basis":"另一","reason":"另一"});
    assert_eq!(code(house.post_json("/repairs", &other), 409), "REPAIR_KNOWN");
    let status = house.office.status_of(&number).unwrap().unwrap();
    assert_eq!(status.name(), "valid", "nothing has happened yet");
    assert_eq!(house.get("/repairs/R00001").json()["done"], json!([]));
    for (bad, status, said) in [
        (json!({"item":"CF-9999","ways":["training"],"basis":"x","reason":"x"}), 422, "REPAIR_ITEM"),
        (json!({"item":"CF-0011","ways":[],"basis":"x","reason":"x"}), 422, "REPAIR_WAY"),
        (json!({"item":"CF-0011","ways":["magic"],"basis":"x","reason":"x"}), 422, "WORD_UNKNOWN"),
        (json!({"item":"CF-0011","ways":["training"],"reason":"x"}), 422, "MEMBER_MISSING"),
    ] {
        assert_eq!(code(house.post_json("/repairs", &bad), status), said, "{bad}");
    }
    assert_eq!(code(house.get("/repairs/R99999"), 404), "REPAIR_UNKNOWN");
}
