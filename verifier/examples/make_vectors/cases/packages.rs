//! Evidence packages and exports, by their manifests: what is found in them is a list of names, lengths and digests.

use super::Case;
use super::accounts::{ORIGIN, ledger_key};
use super::pair::{Pair, root_seed, sign};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use verifier::base64;
use verifier::hash::leaf_hash;
use verifier::key::KeyKind;

const NUMBER: &str = "2026112240170938612531";
const MADE: u64 = 1_795_400_000;

fn pdf_key() -> Pair {
    Pair::new(root_seed("pdf"), &format!("{ORIGIN}/pdf"), KeyKind::Note)
}

/// A pdf key that signed until before these packages were made, and one that was somebody else's by then.
fn old_key() -> Pair {
    Pair::new(root_seed("old pdf"), &format!("{ORIGIN}/pdf"), KeyKind::Note)
}

fn stolen_key() -> Pair {
    Pair::new(root_seed("stolen pdf"), &format!("{ORIGIN}/pdf"), KeyKind::Note)
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bundle() -> String {
    let root = Pair::new(root_seed("root 1"), "credit.example.gov.cn/root", KeyKind::Note);
    let dates = "1795312800 1826848800 2142381600";
    let mut pdf = [pdf_key().vkey(), stolen_key().vkey()];
    pdf.sort();
    let text = format!(
        "credit.example.gov.cn/root\ntrust v1\nroot {}\nsequence 3\nissued 1795312800\nexpires 1826848800\noffice {ORIGIN}\n\
         organisation 12619900990000084G 示例县公共信用信息中心\nkinds credit-report\nkey ledger {} {dates}\n\
         key pdf {} 1763776800 1795312800 2142381600\nkey pdf {} {dates}\nkey pdf {} {dates}\n\
         compromised {} {} 1795399999 41 {}\nquorum none\n",
        root.vkey(),
        ledger_key().vkey(),
        old_key().vkey(),
        pdf[0],
        pdf[1],
        stolen_key().key.name(),
        stolen_key().key.id(),
        leaf_hash(b"last good"),
    );
    sign(&text, &[&root])
}

fn note(word: &str, digest: &str, key: &Pair) -> String {
    sign(&format!("{ORIGIN}/pdf\n{word}\n{MADE}\n{digest}\n"), &[key])
}

pub fn cases() -> Vec<Case> {
    let mut all = evidence();
    all.extend(exports());
    all
}

fn files() -> Vec<(&'static str, &'static [u8])> {
    vec![
        ("certificate/2026112240170938612531.xzc", b"{}"),
        ("document/received/document.json", b"{\"a\":1}"),
        ("trust.xzt", b"bundle"),
        ("说明.txt", "说明".as_bytes()),
    ]
}

fn manifest(files: &[(&str, &[u8])]) -> String {
    let file = |(name, bytes): &(&str, &[u8])| {
        format!("{{\"name\":\"{name}\",\"bytes\":{},\"sha256\":\"{}\"}}", bytes.len(), hex(bytes))
    };
    let files: Vec<String> = files.iter().map(file).collect();
    format!(
        "{{\"format\":\"xinzheng/evidence/v1\",\"origin\":\"{ORIGIN}\",\"number\":\"{NUMBER}\",\"made\":{MADE},\"files\":[{}]}}",
        files.join(",")
    )
}

fn found(files: &[(&str, &[u8])]) -> Value {
    files
        .iter()
        .map(|(name, bytes)| json!({"name": name, "bytes": bytes.len(), "sha256": hex(bytes)}))
        .collect()
}

fn package(
    name: &'static str,
    what: &'static str,
    expect: &'static str,
    manifest: &str,
    note: String,
    files: &[(&str, &[u8])],
) -> Case {
    Case::new("evidence", name, what, "evidence", manifest, expect)
        .with("trust", base64::encode(bundle().as_bytes()))
        .with("note", base64::encode(note.as_bytes()))
        .with("files", found(files))
}

fn evidence() -> Vec<Case> {
    let (files, whole) = (files(), manifest(&files()));
    let word = format!("evidence {NUMBER}");
    let by = |key: &Pair| note(&word, &hex(whole.as_bytes()), key);
    let good = by(&pdf_key());
    let with = |name, what, found: &[(&str, &[u8])], faults: Value| {
        package(name, what, "FORMAT_BAD", &whole, good.clone(), found).with("faults", faults)
    };
    let signed_as = |name, what, note: String| package(name, what, "SIG_BAD", &whole, note, &files);
    // A manifest of another form, signed as it stands: only its form is wrong.
    let form = |name, what, from: &str, to: &str| {
        assert!(whole.contains(from), "{from}");
        let changed = whole.replacen(from, to, 1);
        let note = note(&word, &hex(changed.as_bytes()), &pdf_key());
        package(name, what, "FORMAT_BAD", &changed, note, &files)
    };
    let mut changed = files.clone();
    changed[2].1 = b"bundlE";
    let mut longer = files.clone();
    longer[2].1 = b"bundle and more";
    let mut extra = files.clone();
    extra.push(("zusatz.txt", b"more"));
    let mut renamed = files.clone();
    renamed[2].0 = "Trust.xzt";
    let mut swapped = files.clone();
    swapped.swap(1, 2);
    vec![
        package("good", "whole and signed", "ok", &whole, good.clone(), &files)
            .with("origin", ORIGIN)
            .with("number", NUMBER)
            .with("made", MADE),
        package(
            "archive-order",
            "the files in another order than the manifest",
            "ok",
            &whole,
            good.clone(),
            &swapped,
        ),
        with(
            "changed",
            "a file of the same length with other bytes",
            &changed,
            json!([["trust.xzt", "changed"]]),
        ),
        with("longer", "a file with more in it", &longer, json!([["trust.xzt", "changed"]])),
        with(
            "missing",
            "a file is not there",
            &files[1..],
            json!([["certificate/2026112240170938612531.xzc", "missing"]]),
        ),
        with("extra", "a file more than the manifest names", &extra, json!([["zusatz.txt", "extra"]])),
        with(
            "renamed",
            "a file of another name",
            &renamed,
            json!([["Trust.xzt", "extra"], ["trust.xzt", "missing"]]),
        ),
        signed_as(
            "note-of-another",
            "the note is over another manifest",
            note(&word, &hex(b"another"), &pdf_key()),
        ),
        signed_as("note-number", "the note names another certificate", {
            note("evidence 2026112240170938612628", &hex(whole.as_bytes()), &pdf_key())
        }),
        signed_as(
            "note-export",
            "the note of an export",
            note("export 41", &hex(whole.as_bytes()), &pdf_key()),
        ),
        signed_as("key-ledger", "signed by the ledger key", by(&ledger_key())),
        signed_as("key-old", "signed by a pdf key that was out of use by then", by(&old_key())),
        signed_as(
            "key-compromised",
            "signed by a pdf key that was somebody else's by then",
            by(&stolen_key()),
        ),
        signed_as("signature-bad", "a signature of another text", {
            let line = |note: &str| note.lines().last().unwrap().to_owned();
            good.replacen(&line(&good), &line(&note(&word, &hex(b"another"), &pdf_key())), 1)
        }),
        signed_as("no-note", "no signed note", String::new()),
        form("version", "another version", "evidence/v1", "evidence/v2"),
        form("name-parent", "a name that leads out of the package", "trust.xzt", "../t.xzt"),
        form("name-absolute", "an absolute name", "trust.xzt", "/t.xzt"),
        form("name-backslash", "a name with a backslash", "trust.xzt", "tru\\\\st.xzt"),
        form(
            "name-of-manifest",
            "the manifest in its own list",
            "certificate/2026112240170938612531.xzc",
            "manifest.json",
        ),
        form("names-order", "names out of order", "certificate/2026112240170938612531.xzc", "z"),
        form("digest-upper-case", "a digest in capital letters", "\"sha256\":\"4", "\"sha256\":\"F"),
        form("bytes-negative", "a negative length", "\"bytes\":2,", "\"bytes\":-2,"),
        form("made-fraction", "a time with a fraction", "1795400000", "1795400000.5"),
        form("member-more", "a member more", "\"files\"", "\"more\":1,\"files\""),
        form("space", "a space that compact JSON does not have", "\"made\":", "\"made\": "),
    ]
}

fn exports() -> Vec<Case> {
    let head = |origin: &str, size: u64| {
        sign(&format!("{origin}\n{size}\n{}\n", leaf_hash(b"root")), &[&ledger_key()]).replace('\n', "\\n")
    };
    let manifest = format!(
        "{{\"format\":\"xinzheng/export/v1\",\"origin\":\"{ORIGIN}\",\"size\":41,\"checkpoint\":\"{}\",\"made\":{MADE},\
         \"documents\":30,\"erased\":1,\"files\":[{{\"name\":\"entries-000000000000.jsonl\",\"bytes\":4,\"sha256\":\"{}\"}}]}}",
        head(ORIGIN, 41),
        hex(b"line"),
    );
    let case = |name, what, expect, manifest: &str, note: String| {
        Case::new("export", name, what, "export", manifest, expect)
            .with("trust", base64::encode(bundle().as_bytes()))
            .with("origin", ORIGIN)
            .with("note", base64::encode(note.as_bytes()))
    };
    let by = |key: &Pair| note("export 41", &hex(manifest.as_bytes()), key);
    // Changed and signed as it stands: only that is wrong.
    let form = |name, what, from: &str, to: &str| {
        assert!(manifest.contains(from), "{from}");
        let changed = manifest.replacen(from, to, 1);
        let note = note("export 41", &hex(changed.as_bytes()), &pdf_key());
        case(name, what, "FORMAT_BAD", &changed, note)
    };
    let signed_as = |name, what, note: String| case(name, what, "SIG_BAD", &manifest, note);
    vec![
        case("good", "whole and signed", "ok", &manifest, by(&pdf_key()))
            .with("size", 41)
            .with("documents", 30)
            .with("erased", 1),
        signed_as(
            "note-of-another",
            "the note is over another manifest",
            note("export 41", &hex(b"another"), &pdf_key()),
        ),
        signed_as("note-evidence", "the note of an evidence package", {
            note(&format!("evidence {NUMBER}"), &hex(manifest.as_bytes()), &pdf_key())
        }),
        signed_as(
            "note-size",
            "the note names another size",
            note("export 40", &hex(manifest.as_bytes()), &pdf_key()),
        ),
        signed_as("key-ledger", "signed by the ledger key", by(&ledger_key())),
        signed_as("key-old", "signed by a pdf key that was out of use by then", by(&old_key())),
        signed_as(
            "key-compromised",
            "signed by a pdf key that was somebody else's by then",
            by(&stolen_key()),
        ),
        signed_as("no-note", "no signed note", String::new()),
        form("version", "another version", "export/v1", "export/v2"),
        form(
            "origin-other",
            "of another ledger",
            &format!("\"origin\":\"{ORIGIN}"),
            "\"origin\":\"other.example.gov.cn/ledger",
        ),
        form("checkpoint-size", "a checkpoint of another size", &head(ORIGIN, 41), &head(ORIGIN, 40)),
        form(
            "checkpoint-other",
            "a checkpoint of another ledger",
            &head(ORIGIN, 41),
            &head("other.example.gov.cn/ledger", 41),
        ),
        form("checkpoint-none", "no checkpoint", &head(ORIGIN, 41), ""),
        form("member-more", "a member more", "\"files\"", "\"more\":1,\"files\""),
        form("member-missing", "without the number of documents", "\"documents\":30,", ""),
        form(
            "members-order",
            "members in another order",
            "\"documents\":30,\"erased\":1",
            "\"erased\":1,\"documents\":30",
        ),
        form("space", "a space that compact JSON does not have", "\"made\":", "\"made\": "),
        form("bytes-negative", "a negative length", "\"bytes\":4", "\"bytes\":-4"),
    ]
}
