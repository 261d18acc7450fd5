//! Every page that anybody may open: well formed, light, in both languages, not kept where it must not be.

use std::collections::BTreeSet;

use super::*;

const PUBLIC: [&str; 7] =
    ["/", "/verify", "/certificate", "/receipt", "/batches", "/how-to-check", "/sign-in"];

#[test]
fn every_public_page_is_light_well_formed_and_in_both_languages() {
    let house = House::new();
    issue(&house, sample("report-full.json"));
    let pages = PUBLIC.iter().map(ToString::to_string);
    let pages: Vec<String> = pages.chain(["/batches/0".into(), "/batches/entry?index=0".into()]).collect();
    for path in &pages {
        for (tag, lang) in [("zh-CN", "zh-CN,zh;q=0.9"), ("en", "en-GB,en")] {
            let answer = house.browser().ask("GET", path, &[("Accept-Language", lang)], "");
            assert_eq!(answer.status, 200, "{path}");
            let page = answer.text();
            html::check(path, &page);
            assert!(page.contains(&format!("<html lang=\"{tag}\">")), "{path}");
            assert_eq!(answer.header("content-language"), tag, "{path}");
            assert!(answer.header("vary").contains("Accept-Language"), "{path}");
            assert!(answer.header("content-security-policy").starts_with("default-src 'none'"), "{path}");
            assert!(page.contains(lang_line(tag)), "{path} has the disclaimer");
            assert!(!page.contains("黑名单") && !page.contains("证明材料"), "{path}");
            let weight = page.len() + loaded(&house, &page);
            assert!(weight < PAGE_BYTES, "{path}: {weight} bytes");
        }
    }
}

fn lang_line(tag: &str) -> &'static str {
    match tag {
        "en" => "neither a credit rating nor a guarantee",
        _ => "本证书仅反映查询期内已归集信息，不构成信用评级或担保。",
    }
}

/// The bytes of everything that a browser loads with a page: nothing from elsewhere.
fn loaded(house: &House, page: &str) -> usize {
    let mut bytes = 0;
    for tag in html::tags(page) {
        let address = match tag.name.as_str() {
            "link" => tag.get("href"),
            "script" | "img" => tag.get("src"),
            _ => None,
        };
        let Some(address) = address else { continue };
        assert!(address.starts_with("/static/"), "{address}");
        let answer = house.browser().get(address);
        assert_eq!(answer.status, 200, "{address}");
        bytes += answer.body.len();
    }
    bytes
}

#[test]
fn every_link_of_every_public_page_leads_somewhere() {
    let house = House::new();
    issue(&house, sample("report-full.json"));
    let mut links = BTreeSet::new();
    for path in PUBLIC.iter().chain(&["/batches/0", "/batches/entry?index=0"]) {
        let page = house.browser().get(path).text();
        let found = html::tags(&page).into_iter().filter(|tag| tag.name == "a");
        links.extend(found.filter_map(|tag| tag.get("href").map(str::to_string)));
    }
    assert!(links.contains("/batches/entry?index=0") && links.contains("/ledger/batch/000"), "{links:?}");
    for link in links.iter().filter(|link| !link.starts_with('#')) {
        assert!(link.starts_with('/') && !link.starts_with("//"), "{link}");
        let status = house.browser().get(link).status;
        assert!(matches!(status, 200 | 303), "{link}: {status}");
    }
}

#[test]
fn a_choice_of_language_is_kept_and_counts_more_than_the_header() {
    let house = House::new();
    let mut browser = house.browser();
    let chosen = browser.get("/verify?lang=en");
    assert!(chosen.header("set-cookie").contains("SameSite=Lax"));
    for path in ["/", "/certificate", "/nothing"] {
        let answer = browser.ask("GET", path, &[("Accept-Language", "zh-CN")], "");
        assert!(answer.text().contains("<html lang=\"en\">"), "{path}");
    }
    assert!(browser.get("/?lang=zh").text().contains("<html lang=\"zh-CN\">"));
    assert!(browser.get("/").text().contains("<html lang=\"zh-CN\">"));
}

#[test]
fn what_is_no_page_says_so_in_a_page() {
    let house = House::new();
    for (path, status) in
        [("/nothing", 404), ("/batches/99", 404), ("/batches/x", 404), ("/batches/entry?index=9", 404)]
    {
        let answer = house.browser().get(path);
        assert_eq!(answer.status, status, "{path}");
        html::check(path, &answer.text());
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
    }
    // Nothing of the address that was asked for comes back in the page.
    let answer = house.browser().get("/%3Cscript%3Ealert(1)%3C/script%3E");
    assert_eq!(answer.status, 404);
    assert!(!answer.text().contains("alert(1)"));
}

/// What Chromium 78 does not know. Comments may say it.
#[test]
fn the_style_sheet_is_one_that_old_browsers_know() {
    let sheet = include_str!("../../static/style.css");
    let (mut plain, mut rest) = (String::new(), sheet);
    while let Some((before, after)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = after.split_once("*/").unwrap().1;
    }
    plain.push_str(rest);
    let plain = plain.replace("minmax(", "(");
    for later in [
        ":has(",
        ":is(",
        ":where(",
        ":focus-visible",
        "clamp(",
        "min(",
        "max(",
        "inset:",
        "aspect-ratio",
        "var(--",
    ] {
        assert!(!plain.contains(later), "{later}");
    }
    let rules = plain.split('}').filter_map(|rule| rule.rsplit_once('{'));
    for (selector, body) in rules.clone() {
        let flex = body.contains("display: flex");
        assert!(!flex || !body.contains("gap:"), "a gap in a flex box: {selector}");
        assert!(!body.contains("url(") && !body.contains("@import"), "{selector} loads something");
    }
    assert!(rules.count() > 100);
}

#[test]
fn names_are_escaped_wherever_they_stand() {
    let house = House::new();
    let hostile = "<img src=x>&\\\"'公司";
    let bytes = String::from_utf8(sample("report-full.json")).unwrap();
    let name = serde_json::from_str::<serde_json::Value>(&bytes).unwrap()["subject"]["name"].to_string();
    let (accepted, issued) = issue(&house, bytes.replace(&name, &format!("\"{hostile}\"")).into_bytes());
    let mut browser = house.browser();
    let shown = [
        browser.post("/verify", &[("text", &window_code(&accepted))]),
        upload(house.at, "/verify", &[], &issued.certificate.encode(), "en"),
        browser.post(
            "/certificate",
            &[("number", accepted.number.as_str()), ("check_code", accepted.check_code.as_str())],
        ),
    ];
    for answer in shown {
        assert_eq!(verdict(&answer).0, "valid");
        let page = answer.text();
        assert!(!page.contains("<img") && page.contains("&#60;img src=x&#62;&#38;&#34;&#39;公司"), "{page}");
    }
}
