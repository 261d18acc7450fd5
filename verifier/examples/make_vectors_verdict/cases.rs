//! All cases, and how one is written.

#[path = "cases/anchors.rs"]
mod anchors;
#[path = "cases/bundles.rs"]
mod bundles;
#[path = "cases/dates.rs"]
mod dates;
#[path = "../make_vectors_b/documents.rs"]
mod documents;
#[path = "cases/keys.rs"]
mod keys;
#[path = "cases/lists.rs"]
mod lists;
#[path = "cases/office.rs"]
mod office;
#[path = "../make_vectors/cases/pair.rs"]
mod pair;
#[path = "cases/papers.rs"]
mod papers;
#[path = "cases/paths.rs"]
mod paths;
#[allow(dead_code)] // the other vectors make more of them than these
#[path = "../make_vectors_b/pdf_file.rs"]
mod pdf_file;
#[path = "cases/printed.rs"]
mod printed;
#[path = "cases/proofs.rs"]
mod proofs;
#[path = "../make_vectors_b/raw.rs"]
mod raw;
#[path = "cases/sealed.rs"]
mod sealed;
#[path = "cases/shown.rs"]
mod shown;
#[path = "cases/signatures.rs"]
mod signatures;
#[path = "cases/status.rs"]
mod status;
#[path = "cases/texts.rs"]
mod texts;
#[allow(dead_code)] // the other vectors make more proofs than these
#[path = "../../tests/oracles/tree.rs"]
mod tree;
#[path = "cases/trust.rs"]
mod trust;
#[path = "cases/vouchers.rs"]
mod vouchers;

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// When the batch of nearly every case was closed.
pub const SEALED: u64 = 1_795_310_140;
/// An hour later: the caller's clock.
pub const NOW: u64 = SEALED + 3600;
pub const HOUR: u64 = 3600;
pub const DAY: u64 = 86_400;

/// The checks of a QR code or bare file that is valid, in their order.
pub const BARE: &str = "FORMAT_OK TRUST_OK OFFICE_OK SIG_OK PATH_OK KEY_OK KIND_OK DATES_OK STATUS_VALID";
/// Of a file with digests.
pub const COPY: &str =
    "FORMAT_OK TRUST_OK OFFICE_OK SIG_OK PATH_OK KEY_OK KIND_OK DATES_OK DISCLOSURE_OK STATUS_VALID";
/// Of a file with digests and a tlog-proof.
pub const WHOLE: &str =
    "FORMAT_OK TRUST_OK OFFICE_OK SIG_OK PATH_OK KEY_OK KIND_OK DATES_OK DISCLOSURE_OK PROOF_OK STATUS_VALID";

/// One vector. A new one is valid at level 1; a builder's methods say what is different.
#[derive(Clone)]
pub struct Case {
    name: &'static str,
    what: &'static str,
    certificate: Vec<u8>,
    trust: &'static str,
    root: Option<String>,
    status: Vec<&'static str>,
    seen: Vec<&'static str>,
    proofs: Vec<&'static str>,
    document: Option<Vec<u8>>,
    terms: BTreeMap<&'static str, Value>,
    codes: Vec<&'static str>,
    verdict: Value,
    code: &'static str,
    level: u8,
    /// What a verifier has to say that checks no tokens, where it is something else.
    untimed: Option<Untimed>,
    /// Who vouches from outside, as an answer for programs has it.
    vouchers: Option<vouchers::Vouchers>,
    /// The proof of two histories that it bears: the file `.xzf`.
    fork: Option<String>,
}

/// See [`Case::untimed`].
#[derive(Clone)]
struct Untimed {
    codes: Vec<&'static str>,
    level: u8,
    /// The code that leaves it undetermined.
    open: Option<&'static str>,
}

impl Case {
    /// Judged an hour after it was sealed, with the main bundle, its root pinned, and a list that says valid.
    pub fn new(
        name: &'static str,
        what: &'static str,
        certificate: impl AsRef<[u8]>,
        codes: &'static str,
    ) -> Case {
        let terms = [
            ("now", NOW.into()),
            ("at", Value::Null),
            ("max_age", DAY.into()),
            ("status_asked", true.into()),
            ("purpose", Value::Null),
            ("audience", Value::Null),
        ];
        Case {
            name,
            what,
            certificate: certificate.as_ref().to_vec(),
            trust: "main",
            root: Some(office::root().vkey()),
            status: vec!["valid"],
            seen: Vec::new(),
            proofs: Vec::new(),
            document: None,
            terms: terms.into(),
            codes: codes.split(' ').collect(),
            verdict: "valid".into(),
            code: "VALID",
            level: 1,
            untimed: None,
            vouchers: None,
            fork: None,
        }
    }

    /// An answer for programs has these (verdict.md).
    pub fn vouched(mut self, vouchers: vouchers::Vouchers) -> Case {
        self.vouchers = Some(vouchers);
        self
    }

    /// It proves that the ledger was forked (misbehaviour.md).
    pub fn proves(mut self, fork: String) -> Case {
        self.fork = Some(fork);
        self
    }

    /// A verifier that checks no tokens says another code each time, and gives another level. Asked last.
    pub fn untimed(mut self, code: &str, other: &'static str, level: u8) -> Case {
        assert!(self.codes.contains(&code), "{}", self.name);
        let codes = self.codes.iter().map(|one| if *one == code { other } else { *one }).collect();
        self.untimed = Some(Untimed { codes, level, open: None });
        self
    }

    /// And has to leave open what a timestamp settles.
    pub fn untimed_open(mut self, code: &str, other: &'static str) -> Case {
        let untimed = self.untimed.as_mut().unwrap();
        let place = untimed.codes.iter().position(|one| *one == code).unwrap();
        untimed.codes[place] = other;
        untimed.open = Some(other);
        self
    }

    pub fn trust(mut self, name: &'static str) -> Case {
        self.trust = name;
        self
    }

    pub fn root(mut self, vkey: Option<String>) -> Case {
        self.root = vkey;
        self
    }

    pub fn lists(mut self, names: &[&'static str]) -> Case {
        self.status = names.to_vec();
        self
    }

    /// These lists were seen before.
    pub fn seen(mut self, names: &[&'static str]) -> Case {
        self.seen = names.to_vec();
        self
    }

    /// With tlog-proofs of lists' notes.
    pub fn list_proofs(mut self, names: &[&'static str]) -> Case {
        self.proofs = names.to_vec();
        self
    }

    pub fn document(mut self, bytes: impl AsRef<[u8]>) -> Case {
        self.document = Some(bytes.as_ref().to_vec());
        self
    }

    pub fn term(mut self, name: &'static str, value: impl Into<Value>) -> Case {
        assert!(self.terms.insert(name, value.into()).is_some(), "{name}");
        self
    }

    /// Only the proof is asked for.
    pub fn proof_only(self) -> Case {
        self.term("status_asked", false).lists(&[]).but("STATUS_VALID", "STATUS_NOT_ASKED")
    }

    /// With other codes in the place of one; none, and it is not there.
    pub fn but(mut self, code: &str, others: &'static str) -> Case {
        let place =
            self.codes.iter().position(|c| *c == code).unwrap_or_else(|| panic!("{}: {code}", self.name));
        self.codes.splice(place..=place, others.split_whitespace());
        self
    }

    /// The check ends with another code and is the last one: no field is shown.
    pub fn stops(mut self, code: &str, other: &'static str) -> Case {
        let place = self.codes.iter().position(|c| *c == code).unwrap();
        self.codes.truncate(place);
        self.codes.push(other);
        self.level = 0;
        self
    }

    pub fn level(mut self, level: u8) -> Case {
        self.level = level;
        self
    }

    fn leads(mut self, verdict: &str, code: &'static str) -> Case {
        self.verdict = verdict.into();
        self.code = code;
        self
    }

    pub fn valid(self, code: &'static str) -> Case {
        self.leads("valid", code)
    }

    pub fn invalid(self, code: &'static str) -> Case {
        self.leads("invalid", code)
    }

    pub fn open(self, code: &'static str) -> Case {
        self.leads("undetermined", code)
    }

    /// Nothing is judged: the trust bundle can't be used.
    pub fn unusable(mut self, code: &'static str) -> Case {
        self.codes.clear();
        (self.verdict, self.code, self.level) = (Value::Null, code, 0);
        self
    }

    /// The file: one member a line, in this order.
    fn text(&self) -> String {
        let terms = ["now", "at", "max_age", "status_asked", "purpose", "audience"];
        let terms = terms.map(|name| format!("\"{name}\": {}", self.terms[name])).join(", ");
        let number = if self.codes.contains(&"PATH_OK") { json!(papers::NUMBER) } else { Value::Null };
        let expect = format!(
            "\"verdict\": {}, \"code\": \"{}\", \"level\": {}, \"number\": {number},\n    \"codes\": {}",
            self.verdict,
            self.code,
            self.level,
            json!(self.codes)
        );
        let untimed = self.untimed.as_ref().map(|untimed| {
            let verdict = if untimed.open.is_some() { json!("undetermined") } else { self.verdict.clone() };
            format!(
                "{{\"verdict\": {verdict}, \"code\": \"{}\", \"level\": {}, \"number\": {number},\n    \"codes\": {}}}",
                untimed.open.unwrap_or(self.code),
                untimed.level,
                json!(untimed.codes)
            )
        });
        let files = |names: &[&str], end: &str| {
            json!(names.iter().map(|n| format!("common/{n}.{end}")).collect::<Vec<_>>())
        };
        let mut members = vec![
            ("what", json!(self.what).to_string()),
            ("certificate", json!(verifier::base64::encode(&self.certificate)).to_string()),
            ("trust", json!(format!("common/{}.xzt", self.trust)).to_string()),
            ("root", json!(self.root).to_string()),
            ("status", files(&self.status, "xzs").to_string()),
        ];
        if !self.seen.is_empty() {
            let seen: Vec<Value> = self.seen.iter().map(|name| lists::seen(name)).collect();
            members.push(("seen", json!(seen).to_string()));
        }
        if !self.proofs.is_empty() {
            members.push(("status_proofs", files(&self.proofs, "tlog-proof").to_string()));
        }
        if let Some(document) = &self.document {
            members.push(("document", json!(verifier::base64::encode(document)).to_string()));
        }
        members.push(("terms", format!("{{{terms}}}")));
        members.push(("expect", format!("{{{expect}}}")));
        members.extend(untimed.map(|untimed| ("expect_without_timestamps", untimed)));
        if let Some(vouchers) = &self.vouchers {
            members.push(("answer", vouchers.text(true)));
            if self.untimed.is_some() {
                members.push(("answer_without_timestamps", vouchers.text(false)));
            }
        }
        members.extend(self.fork.as_ref().map(|fork| ("fork", json!(fork).to_string())));
        let lines: Vec<String> = members.iter().map(|(key, value)| format!("  \"{key}\": {value}")).collect();
        format!("{{\n{}\n}}\n", lines.join(",\n"))
    }
}

/// Every file below `vectors/verdict/`, by its path.
pub fn files() -> BTreeMap<String, String> {
    let mut all = valid();
    for cases in [
        texts::cases(),
        trust::cases(),
        signatures::cases(),
        paths::cases(),
        keys::cases(),
        dates::cases(),
        shown::cases(),
        proofs::cases(),
        anchors::cases(),
        printed::cases(),
        status::cases(),
    ] {
        all.extend(cases);
    }
    let mut files: BTreeMap<String, String> = bundles::all()
        .into_iter()
        .map(|(name, text)| (format!("common/{name}.xzt"), text))
        .chain(lists::all().into_iter().map(|(name, text)| (format!("common/{name}.xzs"), text)))
        .chain(lists::proofs().into_iter().map(|(name, text)| (format!("common/{name}.tlog-proof"), text)))
        .collect();
    for case in all {
        let lists = case.status.iter().map(|name| format!("{name}.xzs"));
        let proofs = case.proofs.iter().map(|name| format!("{name}.tlog-proof"));
        let used = lists.chain(proofs).chain([format!("{}.xzt", case.trust)]);
        used.for_each(|file| assert!(files.contains_key(&format!("common/{file}")), "{}: {file}", case.name));
        assert!(
            files.insert(format!("{}.json", case.name), case.text()).is_none(),
            "{} stands twice",
            case.name
        );
    }
    files
}

/// One of each kind that is valid.
fn valid() -> Vec<Case> {
    use papers::*;
    let whole =
        |paper: &Paper| paper.sealed().file(&paper.disclosures, &paper.disclosures).proof(6, &[]).text();
    let qr = |paper: &Paper| paper.sealed().qr().text();
    vec![
        Case::new("valid-qr", "a QR code of a report", qr(&report()), BARE),
        Case::new(
            "valid-file",
            "the holder's own copy of a report, with a tlog-proof",
            whole(&report()),
            WHOLE,
        )
        .level(2),
        Case::new(
            "valid-bare-file",
            "what the QR code carries, as a file",
            report().sealed().bare().text(),
            BARE,
        ),
        Case::new(
            "valid-person",
            "a natural person's report, with the ID number shown",
            whole(&person()),
            WHOLE,
        )
        .level(2),
        Case::new("valid-person-qr", "a natural person's report as a QR code", qr(&person()), BARE),
        Case::new("valid-commitment", "a commitment", whole(&commitment()), WHOLE).level(2),
        Case::new("valid-commitment-qr", "a commitment as a QR code", qr(&commitment()), BARE),
        Case::new("valid-document-file", "a file that the office notarized", whole(&any_file()), WHOLE)
            .level(2),
        Case::new(
            "valid-document-file-qr",
            "a file that the office notarized, as a QR code",
            qr(&any_file()),
            BARE,
        ),
        Case::new(
            "valid-other-office",
            "of another office in the bundle, whose batch key has the same key id",
            any_file().sealed_by(office::archive()).qr().text(),
            BARE,
        )
        .lists(&[]),
        Case::new("proof-only", "only the proof is asked for", whole(&report()), WHOLE).level(2).proof_only(),
    ]
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    verifier::base64::encode_url(bytes.as_ref())
}
