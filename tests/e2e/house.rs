//! The shape of the house: who may link what, and what the project's own text may say.

use e2e::{graph, paths};
use std::collections::BTreeSet;

/// Bottom to top. Each may use what stands before it and nothing behind it. `e2e` stands outside and sees all.
const LAYERS: [&str; 4] = ["verifier", "notary", "web", "cli"];

/// Crates that open sockets or drive such code. None of them may be in anything that checks or issues.
const NETWORK: [&str; 25] = [
    "actix-codec",
    "actix-http",
    "actix-rt",
    "actix-server",
    "actix-web",
    "async-io",
    "async-std",
    "attohttpc",
    "axum",
    "curl",
    "h2",
    "hyper",
    "isahc",
    "mio",
    "native-tls",
    "openssl",
    "quinn",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "tokio",
    "trust-dns-resolver",
    "ureq",
    "warp",
];

#[test]
fn layers_point_one_way() {
    let graph = graph::graph();
    let ours = graph.ours();
    let known: BTreeSet<&str> = LAYERS.iter().copied().chain(["e2e"]).collect();
    assert_eq!(
        ours.keys().copied().collect::<BTreeSet<_>>(),
        known,
        "a crate that has no place among the layers"
    );
    for (height, layer) in LAYERS.iter().enumerate() {
        let used = ours[layer].names.iter().filter(|n| ours.contains_key(n.as_str()));
        for name in used {
            assert!(
                LAYERS[..height].contains(&name.as_str()),
                "{layer} uses {name}, which does not stand below it"
            );
        }
    }
}

#[test]
fn verifier_and_notary_link_no_network() {
    let graph = graph::graph();
    for name in ["verifier", "notary"] {
        let linked = graph.linked_into(name);
        let network: Vec<&&str> = linked.iter().filter(|n| NETWORK.contains(n)).collect();
        assert!(network.is_empty(), "{name} links {network:?}");
        assert!(linked.contains("sha2"), "the graph below {name} is empty: {linked:?}");
    }
    let web = graph.linked_into("web");
    assert!(
        web.contains("actix-web") && web.contains("tokio"),
        "the list of network crates has lost touch: {web:?}"
    );
}

#[test]
fn verifier_library_is_no_std() {
    let source = paths::read("verifier/src/lib.rs");
    assert!(source.lines().any(|l| l.trim() == "#![no_std]"), "verifier/src/lib.rs says #![no_std]");
    // Reading pictures and archives is a feature of its own, off unless a program asks for it.
    let back = source.replace("#[cfg(any(test, feature = \"picture\"))]\nextern crate std;", "");
    assert!(!back.contains("extern crate std"), "verifier/src/lib.rs takes std back in");
    let tree =
        graph::cargo(&["tree", "--locked", "-p", "verifier", "-e", "normal,features", "--prefix", "none"]);
    let std: Vec<&str> = tree.lines().filter(|l| l.contains("feature \"std\"")).collect();
    assert!(std.is_empty(), "dependencies of the library with their std feature on: {std:?}");
    let linked: BTreeSet<&str> = tree.lines().filter_map(|l| l.split(' ').next()).collect();
    assert!(linked.contains("sha2"), "the tree is empty: {tree}");
    for other in ["getrandom", "libc", "rand", "serde_json", "clap"] {
        assert!(!linked.contains(other), "the library links {other}");
    }
}

#[test]
fn only_allowed_licences_and_sources() {
    let allowed = allowed_licences();
    let graph = graph::graph();
    let mut outside = 0;
    for package in graph.outside() {
        let (name, version) = (&package.name, &package.version);
        assert!(acceptable(&package.license, &allowed), "{name} {version}: licence {:?}", package.license);
        let source = package.source.as_deref().unwrap_or("");
        assert!(
            source.starts_with("registry+") && source.ends_with("-index"),
            "{name} {version} comes from {source}"
        );
        outside += 1;
    }
    assert!(outside > 50, "the graph is empty");
}

#[test]
fn lock_file_is_kept() {
    assert!(paths::tracked().iter().any(|f| f == "Cargo.lock"), "Cargo.lock is not in git");
}

/// The project speaks of itself: no path of the machine it was written on, no host of a package registry.
#[test]
fn text_speaks_only_of_itself() {
    let words = [
        ["/wo", "rk/"].concat(),
        ["/tmp", "/plan"].concat(),
        ["/ro", "ot/."].concat(),
        ["crates", ".io"].concat(),
        ["docs", ".rs/"].concat(),
        ["pypi", ".org"].concat(),
        ["npmjs", ".com"].concat(),
        ["npmjs", ".org"].concat(),
        ["deb.", "debian"].concat(),
        ["shared/", "design"].concat(),
    ];
    let mut found = Vec::new();
    for file in paths::tracked() {
        // Lock files name where each package came from; that is what they are for.
        if file.ends_with("Cargo.lock") {
            continue;
        }
        let bytes = std::fs::read(paths::root().join(&file)).expect("a tracked file can be read");
        let Ok(text) = String::from_utf8(bytes) else { continue };
        for (number, line) in text.lines().enumerate() {
            if let Some(word) = words.iter().find(|w| line.contains(w.as_str())) {
                found.push(format!("{file}:{}: {word}", number + 1));
            }
        }
    }
    assert!(found.is_empty(), "words that do not belong here:\n{}", found.join("\n"));
}

#[test]
fn licence_expressions_are_read() {
    let allowed: BTreeSet<String> = ["MIT", "A", "L WITH E"].iter().map(|s| s.to_string()).collect();
    for good in ["MIT", "MIT/GPL", "GPL OR MIT", "(GPL OR MIT) AND A", "L WITH E", "GPL OR (A AND MIT)"] {
        assert!(acceptable(good, &allowed), "{good}");
    }
    for bad in ["", "GPL", "MIT AND GPL", "(MIT", "L", "MIT MIT", "(GPL OR MIT) AND GPL"] {
        assert!(!acceptable(bad, &allowed), "{bad}");
    }
}

/// The `allow` list of `deny.toml`: one quoted name a line between `allow = [` and `]`.
fn allowed_licences() -> BTreeSet<String> {
    let text = paths::read("deny.toml");
    let list = text
        .split("\nallow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .expect("deny.toml has the list");
    let names: BTreeSet<String> = list.split('"').skip(1).step_by(2).map(str::to_owned).collect();
    assert!(names.contains("MIT") && names.len() > 3, "deny.toml has the list");
    names
}

/// An SPDX expression of `AND`, `OR` and brackets; `/` is the old way of writing `OR`.
fn acceptable(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let flat = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = flat.split_whitespace().collect();
    let mut at = 0;
    let good = either(&words, &mut at, allowed);
    good && at == words.len()
}

fn either(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut good = both(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        good |= both(words, at, allowed);
    }
    good
}

fn both(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut good = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        good &= one(words, at, allowed);
    }
    good
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    if words.get(*at) == Some(&"(") {
        *at += 1;
        let good = either(words, at, allowed);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return good && closed;
    }
    let mut name = words.get(*at).copied().unwrap_or("").to_owned();
    *at += 1;
    if words.get(*at) == Some(&"WITH") {
        name = format!("{name} WITH {}", words.get(*at + 1).copied().unwrap_or(""));
        *at += 2;
    }
    allowed.contains(&name)
}
