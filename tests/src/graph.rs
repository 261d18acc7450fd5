//! The dependency graph of the workspace, as `cargo metadata` tells it.

use crate::paths::root;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// One package of the graph.
pub struct Package {
    /// Its name, e.g. `sha2`.
    pub name: String,
    /// Its version, e.g. `0.11.1`.
    pub version: String,
    /// Its licence as an SPDX expression; empty where it names none.
    pub license: String,
    /// The registry it comes from; `None` for our own crates.
    pub source: Option<String>,
    /// Ids of the packages that its code links: neither development nor build dependencies.
    links: BTreeSet<String>,
    /// Names of all packages of its manifest, development and build dependencies included.
    pub names: BTreeSet<String>,
}

/// Every package that this machine's build of the workspace uses, all features on, by package id.
pub struct Graph(BTreeMap<String, Package>);

/// Asks cargo. Fails where `Cargo.lock` is missing or behind the manifests.
pub fn graph() -> Graph {
    let target = host();
    let meta = cargo(&[
        "metadata",
        "--format-version=1",
        "--all-features",
        "--locked",
        "--filter-platform",
        &target,
    ]);
    let meta: Value = serde_json::from_str(&meta).expect("cargo metadata is JSON");
    let mut links: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for node in list(&meta["resolve"]["nodes"]) {
        let linked =
            list(&node["deps"]).iter().filter(|d| list(&d["dep_kinds"]).iter().any(|k| k["kind"].is_null()));
        links.insert(text(&node["id"]), linked.map(|d| text(&d["pkg"]).to_owned()).collect());
    }
    let package = |p: &Value| {
        let id = text(&p["id"]);
        let links = links.remove(id)?;
        let names = list(&p["dependencies"]).iter().map(|d| text(&d["name"]).to_owned()).collect();
        let package = Package {
            name: text(&p["name"]).to_owned(),
            version: text(&p["version"]).to_owned(),
            license: p["license"].as_str().unwrap_or("").to_owned(),
            source: p["source"].as_str().map(str::to_owned),
            links,
            names,
        };
        Some((id.to_owned(), package))
    };
    Graph(list(&meta["packages"]).iter().filter_map(package).collect())
}

impl Graph {
    /// Our own crates, by name.
    pub fn ours(&self) -> BTreeMap<&str, &Package> {
        self.0.values().filter(|p| p.source.is_none()).map(|p| (p.name.as_str(), p)).collect()
    }

    /// Crates from outside.
    pub fn outside(&self) -> impl Iterator<Item = &Package> {
        self.0.values().filter(|p| p.source.is_some())
    }

    /// Names of all packages that end up in `name`, every feature of it on.
    pub fn linked_into(&self, name: &str) -> BTreeSet<&str> {
        let top = self.0.values().find(|p| p.name == name && p.source.is_none()).expect("one of our crates");
        let mut open: Vec<&str> = top.links.iter().map(String::as_str).collect();
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(id) = open.pop() {
            if seen.insert(id) {
                open.extend(self.0[id].links.iter().map(String::as_str));
            }
        }
        seen.into_iter().map(|id| self.0[id].name.as_str()).collect()
    }
}

/// Runs cargo in the repository and gives its standard output.
pub fn cargo(args: &[&str]) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let out = Command::new(cargo).args(args).current_dir(root()).output().expect("cargo runs");
    assert!(out.status.success(), "cargo {args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).expect("cargo prints UTF-8")
}

fn host() -> String {
    let out = Command::new("rustc").arg("-vV").output().expect("rustc runs");
    let told = String::from_utf8(out.stdout).expect("rustc prints UTF-8");
    told.lines().find_map(|l| l.strip_prefix("host: ")).expect("rustc names its host").to_owned()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text in cargo metadata")
}
