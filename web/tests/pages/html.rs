//! Looks at a page as a careful reader of its source would: what is opened is closed, every id stands once, every field
//! has a label, nothing stands inline that the policy forbids.

use std::collections::{BTreeMap, BTreeSet};

/// Elements that are never closed.
const VOID: [&str; 8] = ["meta", "link", "input", "br", "hr", "img", "path", "circle"];

/// One start tag.
#[derive(Debug)]
pub struct Tag {
    pub name: String,
    pub attributes: BTreeMap<String, String>,
    /// Names of what it stands in, the outermost first.
    pub inside: Vec<String>,
}

impl Tag {
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// All start tags of a page; panics where it is not well formed.
pub fn tags(page: &str) -> Vec<Tag> {
    let mut rest = page.strip_prefix("<!DOCTYPE html>\n").expect("a doctype first");
    let (mut tags, mut open) = (Vec::new(), Vec::<String>::new());
    while let Some((text, after)) = rest.split_once('<') {
        assert!(!text.contains('>'), "a stray > in {text:?}");
        let (inner, after) = after.split_once('>').expect("a tag that ends");
        rest = after;
        assert!(!inner.starts_with("!--"), "comments are not sent: {inner}");
        if let Some(name) = inner.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name), "closed out of order");
            continue;
        }
        let (name, attributes) = inner.split_once(' ').unwrap_or((inner, ""));
        let tag = Tag { name: name.to_string(), attributes: pairs(attributes), inside: open.clone() };
        let closed = VOID.contains(&name) && !(matches!(name, "path" | "circle"));
        if !closed {
            open.push(name.to_string());
        }
        tags.push(tag);
    }
    assert_eq!(open, Vec::<String>::new(), "left open");
    tags
}

/// Panics where the page breaks a rule of this house.
pub fn check(what: &str, page: &str) {
    let tags = tags(page);
    let mut ids = BTreeSet::new();
    for id in tags.iter().filter_map(|tag| tag.get("id")) {
        assert!(ids.insert(id.to_string()), "{what}: id {id} stands twice");
    }
    let labels: BTreeSet<&str> =
        tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
    for tag in &tags {
        for (name, value) in &tag.attributes {
            assert!(!name.starts_with("on") && name != "style", "{what}: inline {name} in {tag:?}");
            assert!(!value.trim_start().starts_with("javascript:"), "{what}: {tag:?}");
        }
        for name in ["aria-labelledby", "aria-describedby", "for"] {
            let named = tag.get(name).into_iter().flat_map(str::split_whitespace);
            named.for_each(|id| assert!(ids.contains(id), "{what}: {name}={id} names nothing"));
        }
        match tag.name.as_str() {
            "script" => {
                assert!(tag.get("src").is_some_and(|src| src.starts_with("/static/")), "{what}: {tag:?}")
            }
            "style" | "iframe" | "object" => panic!("{what}: {tag:?}"),
            "img" => assert!(tag.get("alt").is_some(), "{what}: {tag:?}"),
            "svg" => assert_eq!(tag.get("aria-hidden"), Some("true"), "{what}: {tag:?}"),
            "input" | "select" | "textarea" => field(what, tag, &labels),
            "form" => assert!(tag.get("action").is_some_and(|to| to.starts_with('/')), "{what}: {tag:?}"),
            _ => {}
        }
    }
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
    assert_eq!((count("h1"), count("main"), count("header"), count("footer")), (1, 1, 1, 1), "{what}");
    let html = tags.first().expect("a first tag");
    assert!(matches!(html.get("lang"), Some("zh-CN" | "en")), "{what}: {html:?}");
    let skip = tags.iter().find(|tag| tag.name == "a").expect("a link");
    assert_eq!(skip.get("href"), Some("#content"), "{what}: the first link skips to the content");
    let (_, title) = page.split_once("<title>").expect("a title");
    assert!(!title.starts_with(" ·"), "{what}: the title says nothing");
}

fn field(what: &str, tag: &Tag, labels: &BTreeSet<&str>) {
    if matches!(tag.get("type"), Some("hidden" | "submit")) {
        return;
    }
    let labelled = tag.get("id").is_some_and(|id| labels.contains(id));
    let wrapped = tag.inside.iter().any(|name| name == "label");
    assert!(labelled || wrapped || tag.get("aria-label").is_some(), "{what}: no label for {tag:?}");
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let (mut pairs, mut rest) = (BTreeMap::new(), text.trim());
    while !rest.is_empty() {
        let end = rest.find(['=', ' ']).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("an attribute that ends"),
            None => ("", after),
        };
        assert!(!name.is_empty() && !after.starts_with('='), "an attribute without quotes: {text}");
        assert!(pairs.insert(name.to_string(), value.to_string()).is_none(), "{name} twice: {text}");
        rest = after.trim_start();
    }
    pairs
}

#[test]
fn the_reader_sees_what_is_wrong() {
    let page = |body: &str| {
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><title>T</title></head><body><a href=\"#content\">s</a>\
         <header></header><main id=\"content\"><h1>T</h1>{body}</main><footer></footer></body></html>"
        )
    };
    check("good", &page("<label for=\"a\">A</label><input id=\"a\">"));
    for bad in [
        "<p>",
        "</p>",
        "<p id=\"a\"></p><p id=\"a\"></p>",
        "<input id=\"a\">",
        "<p style=\"x\"></p>",
        "<p onclick=\"x\"></p>",
        "<script>x</script>",
        "<p aria-labelledby=\"b\"></p>",
        "<h1>U</h1>",
        "<a href=\"javascript:x\">a</a>",
        "<p a=b></p>",
        "a > b",
    ] {
        let page = page(bad);
        assert!(std::panic::catch_unwind(|| check("bad", &page)).is_err(), "{bad}");
    }
}
