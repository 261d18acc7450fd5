//! Lies in what the office exports for its auditors, and what it finds in its own folder.

use std::path::Path;

use e2e::instance::{copy, text};
use e2e::malicious::made_up;
use e2e::programs::{run, xinzheng};
use e2e::{documents, ledger};

use super::{Story, one};

#[test]
fn lies_in_an_export_are_caught_by_the_ledger() {
    let story = Story::new();
    let honest = story.at("office/ledger");
    let (first, revoked) = (story.indexes[0], story.indexes[1]);
    let audit = |name: &str, lie: &dyn Fn(&mut Vec<serde_json::Value>)| {
        let export = story.export(name, &honest, |lines| lie(lines));
        story.audit(&honest, &["--export", &export])
    };
    let at = |index: u64| format!("export#{index}");
    let place = |lines: &[serde_json::Value], index: u64| {
        lines.iter().position(|line| line["index"] == index).expect("a line")
    };
    assert_eq!(audit("honest", &|_| ()), []);
    let edited = audit("edited", &|lines| {
        let line = place(lines, first);
        let document = verifier::base64::decode(&text(&lines[line]["document"])).expect("a document");
        let document = String::from_utf8(document).expect("text").replacen("1.2000", "0.1200", 1);
        lines[line]["document"] = verifier::base64::encode(document.as_bytes()).into();
    });
    assert_eq!(edited, one("DOCUMENT_DIFFERS", &at(first)));
    let left_out = audit("left-out", &|lines| {
        let line = place(lines, first);
        lines.remove(line);
    });
    assert_eq!(left_out, one("EXPORT_MISSING", &at(first)));
    let no_event = audit("no-event", &|lines| {
        let line = place(lines, revoked);
        lines[line]["events"] = serde_json::json!([]);
    });
    assert_eq!(no_event.len(), 1, "{no_event:?}");
    assert_eq!(no_event[0].0, "EXPORT_MISSING", "{no_event:?}");
    let put_in = audit("put-in", &|lines| {
        let line = place(lines, first);
        let mut more = lines[line].clone();
        more["index"] = 40.into();
        lines.push(more);
    });
    assert!(put_in.contains(&("EXPORT_EXTRA".into(), at(40))), "{put_in:?}");
    // What is altered after it was signed is not looked into any further.
    let export = story.export("unsigned", &honest, |_| ());
    let manifest = Path::new(&export).join("manifest.json");
    let says = std::fs::read_to_string(&manifest).expect("a manifest").replacen(
        "\"documents\":",
        "\"documents\": ",
        1,
    );
    std::fs::write(&manifest, says).expect("a manifest");
    assert_eq!(story.audit(&honest, &["--export", &export]), one("EXPORT_BAD", "manifest.json"));
}

#[test]
fn what_the_office_itself_finds() {
    let story = Story::new();
    let office = |name: &str| {
        let to = story.at(name);
        copy(&story.at("office"), &to);
        to
    };
    let own_audit = |office: &Path| {
        let said = run(xinzheng().arg("audit").arg(office).arg("--json"));
        let findings = said.json()["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|one| text(&one["code"])).collect::<Vec<_>>()
    };
    assert_eq!(own_audit(&story.at("office")), [] as [&str; 0]);

    // Somebody publishes another history over the office's own: its journal says otherwise, and nothing is signed on.
    let replaced = office("replaced");
    let other = story.publish("another", |history| *history.item_mut(story.indexes[0]) = made_up(3));
    std::fs::remove_dir_all(replaced.join("ledger")).expect("a folder");
    copy(&other, &replaced.join("ledger"));
    let found = own_audit(&replaced);
    assert!(found.contains(&"HEAD_DIFFERS".to_string()), "{found:?}");
    let file = story.at("more.json");
    std::fs::write(&file, documents::commitment(77)).expect("a document");
    let submitted = run(xinzheng().arg("submit").arg(&replaced).arg(&file).arg("--json"));
    assert_ne!(submitted.code, Some(0), "{submitted}");

    // A key that was erased is put back from an older copy: the next start overwrites it again, as the journal says.
    let erasing = office("erasing");
    let keys = erasing.join("journal/keys");
    let before = std::fs::read(&keys).expect("the documents' keys");
    let number = &story.numbers[0];
    let words = ["--reason", "test", "--yes", "--json"];
    let erased = run(xinzheng().arg("erase").arg(&erasing).arg(number).args(words));
    assert_eq!(erased.code, Some(0), "{erased}");
    let after = std::fs::read(&keys).expect("the documents' keys");
    assert_ne!(before, after);
    std::fs::write(&keys, &before).expect("the old keys");
    let _ = run(xinzheng().arg("seal").arg(&erasing).arg("--json"));
    assert_eq!(std::fs::read(&keys).expect("the documents' keys"), after, "erased again");
    assert_eq!(own_audit(&erasing), [] as [&str; 0]);

    // The operators' log with an entry cut out of its middle.
    let logged = office("logged");
    let segments = ledger::files(&logged.join("operator-log"));
    let (path, bytes) = segments.iter().max_by_key(|(_, bytes)| bytes.len()).expect("a log");
    let mut bytes = bytes.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(path, bytes).expect("a log");
    let found = own_audit(&logged);
    assert!(found.iter().any(|code| code == "OPERATOR_LOG_BAD" || code == "JOURNAL_DAMAGED"), "{found:?}");
}
