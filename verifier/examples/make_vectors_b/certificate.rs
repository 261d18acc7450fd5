//! Certificate files (spec/certificate.md), written as text.

use super::documents::{REPORT, disclose, report_core, sorted_digests};
use super::signed::{TIME, batch_note, checkpoint, ledger, sign};
use super::{Page, base64, base64url};
use serde_json::{Value, json};
use verifier::hash::Hash;

/// Members of a file, as they are written.
#[derive(Clone)]
struct File(Vec<(&'static str, String)>);

impl File {
    /// The second of four entries, with all of its document shown, and a tlog-proof.
    fn whole() -> File {
        let core = report_core().bytes();
        let ledger = ledger(&core);
        let shown = disclose(REPORT);
        let digests: Vec<String> = sorted_digests(&shown).iter().map(|d| base64url(d.as_bytes())).collect();
        let path: Vec<String> = ledger.path.iter().map(Hash::to_base64).collect();
        let note = batch_note(0, 4, ledger.root, TIME).encode();
        let proof = format!(
            "c2sp.org/tlog-proof@v1\nindex 1\n{}\n\n{}",
            path.join("\n"),
            checkpoint(4, ledger.root).encode()
        );
        File(vec![
            ("format", text("xinzheng/certificate/v1")),
            ("core", text(&base64(core))),
            ("index", "1".into()),
            ("path", json!(path).to_string()),
            ("batch_note", text(&note)),
            ("digests", json!(digests).to_string()),
            ("disclosures", json!(shown).to_string()),
            ("tlog_proof", text(&proof)),
        ])
    }

    fn set(mut self, key: &'static str, value: impl Into<String>) -> File {
        match self.0.iter_mut().find(|(k, _)| *k == key) {
            Some(member) => member.1 = value.into(),
            None => self.0.push((key, value.into())),
        }
        self
    }

    fn without(mut self, key: &str) -> File {
        self.0.retain(|(k, _)| *k != key);
        self
    }

    fn text(&self) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(key, value)| format!("{}:{value}", text(key))).collect();
        format!("{{{}}}\n", members.join(","))
    }
}

/// A JSON string.
fn text(text: &str) -> String {
    json!(text).to_string()
}

fn anchor() -> Value {
    let ledger = ledger(&report_core().bytes());
    json!({"checkpoint": checkpoint(4, ledger.root).encode(), "type": "a-later-type"})
}

pub fn make(page: &Page) {
    good(page);
    bad(page);
}

fn good(page: &Page) {
    let case = |name: &str, what: &str, file: File, shown: &str, records: &[&str]| {
        page.case(name, json!({"what": what, "input": base64(file.text()), "expect": "ok", "index": 1, "shown": shown, "records": records}));
    };
    let all: Vec<&str> = REPORT.iter().map(|(pointer, _)| *pointer).collect();
    let whole = File::whole;
    case("holders-copy", "the holder's own copy, with a tlog-proof", whole(), "ok", &all);
    case("new", "before there is a tlog-proof", whole().without("tlog_proof"), "ok", &all);
    case(
        "copy",
        "a copy that shows one record",
        whole().set("disclosures", json!([disclose(REPORT)[6]]).to_string()),
        "ok",
        &all[6..7],
    );
    case(
        "bare",
        "what a QR code carries",
        whole().set("digests", "[]").set("disclosures", "[]").without("tlog_proof"),
        "ok",
        &[],
    );
    let anchor = format!(
        "[{{\"type\":\"a-later-type\",\"checkpoint\":{},\"token\":\"AAAA\"}}]",
        anchor()["checkpoint"]
    );
    case("anchor", "an anchor of a type of a later version", whole().set("anchors", anchor), "ok", &all);
    case(
        "disclosures-without-digests",
        "disclosures without digests",
        whole().set("digests", "[]"),
        "DISCLOSURE_BAD",
        &[],
    );
    let mut digests = sorted_digests(&disclose(REPORT));
    digests.reverse();
    let digests: Vec<String> = digests.iter().map(|d| base64url(d.as_bytes())).collect();
    case(
        "digests-order",
        "digests descending",
        whole().set("digests", json!(digests).to_string()),
        "DISCLOSURE_BAD",
        &[],
    );
    case(
        "disclosure-malformed",
        "a disclosure that is none",
        whole().set("disclosures", "[\"e30\"]"),
        "DISCLOSURE_BAD",
        &[],
    );
    let twice = disclose(REPORT)[6].clone();
    case(
        "disclosure-twice",
        "a disclosure twice",
        whole().set("disclosures", json!([twice, twice]).to_string()),
        "DISCLOSURE_BAD",
        &[],
    );
}

fn bad(page: &Page) {
    let case = |name: &str, what: &str, input: &[u8], code: &str| {
        page.case(&format!("bad-{name}"), json!({"what": what, "input": base64(input), "expect": code}));
    };
    let whole = File::whole;
    let good = whole().text();
    let incomplete =
        |name: &str, what: &str, input: &str| case(name, what, input.as_bytes(), "FILE_INCOMPLETE");
    incomplete("cut", "cut in the middle", &good[..good.len() / 2]);
    incomplete("cut-early", "cut within the first member", &good[..20]);
    incomplete("cut-last-byte", "without its LF", good.trim_end());
    case("empty", "nothing", b"", "NOT_RECOGNISED");
    case("pdf", "a PDF file", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n", "NOT_RECOGNISED");
    case("document", "a document", b"{\"schema\":\"credit-report/v1\"}\n", "NOT_RECOGNISED");
    case(
        "other-format",
        "another artefact",
        whole().set("format", text("xinzheng/batch/v1")).text().as_bytes(),
        "NOT_RECOGNISED",
    );
    case(
        "version-2",
        "version 2",
        whole().set("format", text("xinzheng/certificate/v2")).text().as_bytes(),
        "VERSION_UNKNOWN",
    );

    let bad = |name: &str, what: &str, input: &str| case(name, what, input.as_bytes(), "FORMAT_BAD");
    bad("two-line-ends", "two LF at its end", &format!("{good}\n"));
    bad("crlf", "CR LF at its end", &good.replace('\n', "\r\n"));
    bad("space", "a space after a colon", &good.replacen("\"index\":1", "\"index\": 1", 1));
    bad("escape", "an escape that need not be", &good.replacen("\"index\"", "\"\\u0069ndex\"", 1));
    let mut order = whole();
    order.0.swap(2, 3);
    bad("order", "members in another order", &order.text());
    bad("member-twice", "a member twice", &good.replacen("\"index\":1", "\"index\":1,\"index\":2", 1));
    bad(
        "member-unknown",
        "a member that is not signed and that a reader might show",
        &whole().set("holder", "\"渭水\"").text(),
    );
    for key in ["core", "index", "path", "batch_note", "digests", "disclosures"] {
        bad(
            &format!("missing-{}", key.replace('_', "-")),
            "a member is missing",
            &whole().without(key).text(),
        );
    }
    bad(
        "core-url",
        "the core in base64url",
        &whole().set("core", text(&base64url(report_core().bytes()))).text(),
    );
    bad(
        "core-malformed",
        "a core with a byte after it",
        &whole().set("core", text(&base64([report_core().bytes(), vec![0]].concat()))).text(),
    );
    bad("index-negative", "a negative index", &whole().set("index", "-1").text());
    bad("index-text", "an index as text", &whole().set("index", "\"1\"").text());
    bad("index-float", "an index with a fraction", &whole().set("index", "1.0").text());
    let path = |hashes: Vec<String>| whole().set("path", json!(hashes).to_string()).text();
    bad("path-31", "a hash of 31 bytes", &path(vec![base64([1; 31])]));
    bad(
        "path-bits",
        "unused bits of base64 that are not zero",
        &path(vec![base64([1; 32]).replace("AQE=", "AQF=")]),
    );
    bad("path-65", "a path of 65 hashes", &path(vec![base64([1; 32]); 65]));
    bad("note-unsigned", "a batch note without a signature", &whole().set("batch_note", text("credit.example.gov.cn/ledger/batch\n0 4\n4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=\n1795310140\n")).text());
    let root = ledger(&report_core().bytes()).root;
    bad(
        "note-checkpoint",
        "a checkpoint instead of a batch note",
        &whole().set("batch_note", text(&checkpoint(4, root).encode())).text(),
    );
    let odd = sign("batch", &format!("credit.example.gov.cn/ledger/batch\n1 4\n{root}\n{TIME}\n")).encode();
    bad(
        "note-no-subtree",
        "a batch note over a range that is no subtree",
        &whole().set("batch_note", text(&odd)).text(),
    );
    bad(
        "digest-31",
        "a digest of 31 bytes",
        &whole().set("digests", json!([base64url([1; 31])]).to_string()).text(),
    );
    bad(
        "digest-standard",
        "digests in base64 with padding",
        &whole().set("digests", json!([base64([1; 32])]).to_string()).text(),
    );
    bad(
        "digests-4097",
        "4,097 digests",
        &whole().set("digests", json!(vec![base64url([1; 32]); 4097]).to_string()).text(),
    );
    bad("disclosures-numbers", "disclosures that are no text", &whole().set("disclosures", "[1]").text());
    bad("proof-null", "a tlog-proof of null", &whole().set("tlog_proof", "null").text());
    bad("proof-malformed", "a tlog-proof without an index", &good.replacen("index 1\\n", "", 1));
    bad("anchors-empty", "an empty list of anchors", &whole().set("anchors", "[]").text());
    let anchor = r#"{"type":"a-later-type","checkpoint":"…"}"#;
    bad("anchors-17", "17 anchors", &whole().set("anchors", format!("[{}]", [anchor; 17].join(","))).text());
    bad(
        "anchor-no-type",
        "an anchor without a type",
        &whole().set("anchors", r#"[{"checkpoint":"…","token":"AAAA"}]"#).text(),
    );
    bad("anchor-text", "an anchor that is no object", &whole().set("anchors", "[\"…\"]").text());
}
