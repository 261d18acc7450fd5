//! `GET /api`: the description as a page, made here, with nothing from elsewhere.

use actix_web::HttpResponse;
use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use askama::Template;
use serde_json::{Map, Value};

use super::document;
use crate::api::ROOT;
use crate::page::Page;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/api", web::route().guard(Any(Get()).or(Head())).to(api));
}

async fn api(page: Page) -> HttpResponse {
    let page = page.titled("接口说明", "Interface for programs").public();
    let document = document(page.lang);
    let view = View {
        about: text(&document["info"], "description"),
        groups: groups(&document),
        shapes: shapes(&document),
        page: &page,
    };
    page.html(StatusCode::OK, &view)
}

#[derive(Template)]
#[template(path = "api.html")]
struct View<'a> {
    page: &'a Page,
    about: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
}

/// The operations of one tag.
struct Group {
    id: String,
    name: String,
    operations: Vec<Operation>,
}

struct Operation {
    id: String,
    method: String,
    address: String,
    summary: String,
    about: String,
    /// Whether anybody may ask.
    public: bool,
    parameters: Vec<Line>,
    bodies: Vec<Line>,
    answers: Vec<Line>,
}

/// A name, its type, what it is, and the shape that it refers to.
struct Line {
    name: String,
    kind: String,
    about: String,
    shape: String,
}

/// One schema.
struct Shape {
    name: String,
    members: Vec<Line>,
}

fn groups(document: &Value) -> Vec<Group> {
    let tags = document["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    let paths = document["paths"].as_object();
    tags.iter()
        .map(|tag| {
            let id = text(tag, "name");
            let all = paths.into_iter().flatten().flat_map(|(path, methods)| {
                methods
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(move |(method, operation)| (path, method, operation))
            });
            let own = all.filter(|(.., operation)| operation["tags"][0] == id.as_str());
            let operations =
                own.map(|(path, method, described)| operation(document, path, method, described));
            Group { name: text(tag, "description"), operations: operations.collect(), id }
        })
        .collect()
}

fn operation(document: &Value, path: &str, method: &str, described: &Value) -> Operation {
    let list = |name: &str| described[name].as_array().map(Vec::as_slice).unwrap_or_default();
    let parameters = list("parameters").iter().map(|parameter| Line {
        name: text(parameter, "name"),
        kind: format!("{} · {}", text(parameter, "in"), kind(&parameter["schema"])),
        about: text(parameter, "description"),
        shape: String::new(),
    });
    let bodies = described["requestBody"]["content"].as_object().into_iter().flatten();
    let answers = described["responses"].as_object().into_iter().flatten();
    Operation {
        id: text(described, "operationId"),
        method: method.to_uppercase(),
        address: format!("{ROOT}{path}"),
        summary: text(described, "summary"),
        about: text(described, "description"),
        public: list("security").is_empty(),
        parameters: parameters.collect(),
        bodies: bodies
            .map(|(media_type, body)| Line {
                name: media_type.clone(),
                kind: kind(&body["schema"]),
                about: fields(&body["schema"]),
                shape: shape(&body["schema"]),
            })
            .collect(),
        answers: answers.map(|(status, answer)| self::answer(document, status, answer)).collect(),
    }
}

fn answer(document: &Value, status: &str, answer: &Value) -> Line {
    let found = match answer["$ref"].as_str() {
        Some(to) => document.pointer(to.trim_start_matches('#')).unwrap_or(answer),
        None => answer,
    };
    let (media_type, schema) = match found["content"].as_object().and_then(|content| content.iter().next()) {
        Some((media_type, content)) => (media_type.clone(), shape(&content["schema"])),
        None => (String::new(), String::new()),
    };
    Line { name: status.to_owned(), kind: media_type, about: text(found, "description"), shape: schema }
}

fn shapes(document: &Value) -> Vec<Shape> {
    let schemas = document["components"]["schemas"].as_object();
    schemas
        .into_iter()
        .flatten()
        .map(|(name, schema)| {
            let mut members = Vec::new();
            match schema["oneOf"].as_array() {
                Some(either) => either.iter().for_each(|schema| lines("", schema, &mut members)),
                None => lines("", schema, &mut members),
            }
            Shape { name: name.clone(), members }
        })
        .collect()
}

/// The members of an object, those of objects in it behind a dot.
fn lines(before: &str, schema: &Value, into: &mut Vec<Line>) {
    let empty = Map::new();
    for (name, member) in schema["properties"].as_object().unwrap_or(&empty) {
        let inner = inner(member);
        let name = format!("{before}{name}");
        into.push(Line {
            name: name.clone(),
            kind: kind(member),
            about: text(member, "description"),
            shape: shape(inner),
        });
        lines(&format!("{name}."), inner, into);
    }
}

/// What an array has, or what stands there where it is not null.
fn inner(schema: &Value) -> &Value {
    if schema["items"].is_object() {
        return &schema["items"];
    }
    schema["anyOf"].get(0).unwrap_or(schema)
}

fn shape(schema: &Value) -> String {
    let to = inner(schema)["$ref"].as_str().unwrap_or_default();
    to.rsplit('/').next().unwrap_or_default().to_owned()
}

/// `string`, `integer | null`, `a | b | c`, `object[]`.
fn kind(schema: &Value) -> String {
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ");
    }
    if schema["anyOf"].is_array() {
        return format!("{} | null", kind(inner(schema)));
    }
    match &schema["type"] {
        Value::String(name) if name == "array" => format!("{}[]", kind(&schema["items"])),
        Value::String(name) => name.clone(),
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | "),
        _ => "object".to_owned(),
    }
}

/// The names of the fields of a form.
fn fields(schema: &Value) -> String {
    let names = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    names.collect::<Vec<_>>().join(", ")
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}
