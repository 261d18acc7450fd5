//! The description, held to what is registered and to what is answered.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::common::{Answer, get};
use crate::house::{COMMITMENT, House, JSON, window_code};

fn description() -> Value {
    serde_json::from_str(include_str!("../../openapi/openapi.json")).unwrap()
}

/// Method and address of every operation described.
fn operations(description: &Value) -> BTreeSet<(String, String)> {
    let paths = description["paths"].as_object().unwrap();
    let each = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().unwrap().keys().map(|method| method.to_uppercase());
        methods.map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(each).collect()
}

#[test]
fn every_address_is_described_and_every_one_described_is_there() {
    let registered: BTreeSet<(String, String)> = web::api::described()
        .into_iter()
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    assert_eq!(operations(&description()), registered);
}

#[test]
fn every_reference_leads_somewhere_and_every_text_is_in_both_languages() {
    fn walk(value: &Value, root: &Value, at: &str, said: &mut usize) {
        match value {
            Value::Object(members) => {
                if let Some(to) = value["$ref"].as_str() {
                    assert!(root.pointer(to.trim_start_matches('#')).is_some(), "{at}: {to}");
                }
                for name in ["description", "summary"] {
                    if value[name].is_string() {
                        assert!(value[format!("x-{name}-en")].is_string(), "{at}/{name}");
                        *said += 1;
                    }
                }
                members.iter().for_each(|(name, value)| walk(value, root, &format!("{at}/{name}"), said));
            }
            Value::Array(elements) => elements.iter().for_each(|value| walk(value, root, at, said)),
            _ => (),
        }
    }
    let (description, mut said) = (description(), 0);
    walk(&description, &description, "", &mut said);
    assert!(said > 100);
}

#[test]
fn it_is_served_in_the_readers_language_with_its_page() {
    let house = House::new();
    let served = |language: &str| {
        house.public("GET /openapi.json", &format!("Accept-Language: {language}\r\n"), b"").json()
    };
    let (zh, en) = (served("zh-CN"), served("en"));
    assert_eq!(operations(&zh), operations(&description()));
    assert_eq!(zh["paths"]["/verify"]["post"]["summary"], "核验（公开）");
    assert_eq!(en["paths"]["/verify"]["post"]["summary"], "Verify (public)");
    assert!(!zh.to_string().contains("x-summary-en") && !en.to_string().contains("核验（公开）"));
    let page = get(house.at, "/api");
    assert_eq!((page.status, page.header("content-language")), (200, Some("zh-cn")));
    let text = page.text();
    for (_, path) in operations(&zh) {
        assert!(text.contains(&format!("/api/v1{path}")), "{path}");
    }
    assert!(!text.contains("<script>") && !text.contains("style=\"") && !text.contains("https://unpkg"));
}

/// Whether a value is as the schema says: no member is missing, and none is there that is not described.
fn holds(schema: &Value, value: &Value, root: &Value, at: &str) {
    if let Some(to) = schema["$ref"].as_str() {
        return holds(root.pointer(to.trim_start_matches('#')).unwrap(), value, root, at);
    }
    if let Some(either) = schema["anyOf"].as_array() {
        let [one, null] = either.as_slice() else { panic!("{at}: two of them") };
        assert_eq!(null["type"], "null", "{at}");
        if !value.is_null() {
            holds(one, value, root, at);
        }
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    assert!(kinds.contains(&kind), "{at}: {kind}, described as {kinds:?}");
    if let (Some(words), false) = (schema["enum"].as_array(), value.is_null()) {
        assert!(words.contains(value), "{at}: {value}");
    }
    if let Some(members) = value.as_object() {
        for name in schema["required"].as_array().into_iter().flatten() {
            assert!(members.contains_key(name.as_str().unwrap()), "{at}: {name} is missing");
        }
        // Described elsewhere, and said to be so.
        let elsewhere = schema["additionalProperties"] == true;
        for (name, value) in members.iter().filter(|_| !elsewhere) {
            assert!(schema["properties"][name].is_object(), "{at}: {name} is not described");
            holds(&schema["properties"][name], value, root, &format!("{at}/{name}"));
        }
    }
    for element in value.as_array().into_iter().flatten() {
        holds(&schema["items"], element, root, &format!("{at}/-"));
    }
}

/// Holds an answer to its description.
fn described(root: &Value, method: &str, path: &str, answer: &Answer) {
    let mut response = &root["paths"][path][method]["responses"][answer.status.to_string()];
    if let Some(to) = response["$ref"].as_str() {
        response = root.pointer(to.trim_start_matches('#')).unwrap();
    }
    let at = format!("{method} {path} {}", answer.status);
    assert!(response.is_object(), "{at} is not described: {}", answer.text());
    let media_type = answer.header("content-type").unwrap().split(';').next().unwrap().to_owned();
    let content = &response["content"][&media_type];
    assert!(content.is_object(), "{at}: {media_type} is not described");
    if media_type.ends_with("json") && content["schema"]["contentMediaType"].is_null() {
        holds(&content["schema"], &answer.json(), root, &at);
    }
}

#[test]
fn answers_are_as_they_are_described() {
    let (house, root) = (House::new(), description());
    let check = |method: &str, path: &str, answer: Answer| {
        described(&root, method, path, &answer);
        answer
    };
    let taken = check("post", "/documents", house.ask("POST /documents", JSON, COMMITMENT.as_bytes()));
    check("post", "/documents", house.ask("POST /documents", JSON, COMMITMENT.as_bytes()));
    check("post", "/documents", house.ask("POST /documents", JSON, b"{"));
    check("post", "/documents", house.public("POST /documents", JSON, b"{}"));
    check("post", "/documents", house.ask("POST /documents", "Content-Type: a/b\r\n", b"{}"));
    let number = taken.json()["number"].as_str().unwrap().to_owned();
    let report = house.issue(crate::house::REPORT);
    for suffix in ["", ".xzc", ".pdf", ".qr.svg", ".qr.png", ".tlog-proof", ".zip", "/evidence"] {
        let path = format!("/certificates/{{number}}{suffix}");
        check("get", &path, house.get(&format!("/certificates/{number}{suffix}")));
        check("get", &path, house.get(&format!("/certificates/0000000000000000079444{suffix}")));
    }
    let text = json!({"text": window_code(&report)});
    check("post", "/verify", house.post_json("/verify", &text));
    check("post", "/verify", house.post_json("/verify", &json!({"text": "x"})));
    check("post", "/verify", house.post_json("/verify", &json!({"txt": "x"})));
    let code = json!({"window_code": window_code(&report)});
    check("post", "/certificates/look-up", house.post_json("/certificates/look-up", &code));
    let made = check("post", "/verifications", house.post_json("/verifications", &text));
    let receipt = made.json()["receipt"].as_str().unwrap().to_owned();
    check("get", "/verifications/{receipt}", house.get(&format!("/verifications/{receipt}")));
    let job = check(
        "post",
        "/jobs",
        house.ask("POST /jobs", "Content-Type: text/csv\r\n", window_code(&report).as_bytes()),
    );
    let id = job.json()["id"].as_str().unwrap().to_owned();
    check("get", "/jobs/{id}", house.get(&format!("/jobs/{id}")));
    check("get", "/jobs/{id}/result.csv", house.get(&format!("/jobs/{id}/result.csv")));
    for path in [
        "/batches",
        "/anchors",
        "/checkpoint",
        "/status",
        "/trust",
        "/trust.xzt",
        "/health",
        "/ready",
        "/openapi.json",
    ] {
        check("get", path, house.get(path));
    }
    check("get", "/batches/{number}", house.get("/batches/0"));
    check("get", "/batches/{number}", house.get("/batches/99999"));
    check("get", "/entries/{index}", house.get("/entries/0"));
}
