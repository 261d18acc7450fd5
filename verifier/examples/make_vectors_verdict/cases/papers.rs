//! The documents: split, salted and committed to by hand.

use super::documents::{self, PERSON, PERSON_TEXT, REPORT, REPORT_TEXT, disclose, sorted_digests};
use super::office::{Office, credit};
use super::raw::{Raw, item};
use super::sealed::Sealed;
use verifier::hash::sha256;

/// The number of all of them.
pub const NUMBER: &str = "2026112240170938612531";

/// A document with its core.
pub struct Paper {
    pub core: Raw,
    /// One for each record.
    pub disclosures: Vec<String>,
    /// Its bytes.
    pub document: Vec<u8>,
}

impl Paper {
    /// The fifth entry behind the first one of the office's ledger.
    pub fn sealed(&self) -> Sealed {
        self.sealed_by(credit())
    }

    pub fn sealed_by(&self, office: Office) -> Sealed {
        Sealed::of(office, self.core.clone())
    }
}

/// Two permits and a penalty for a loan, as the page of disclosures shows them.
pub fn report() -> Paper {
    let core = documents::report_core();
    Paper { core, disclosures: disclose(REPORT), document: REPORT_TEXT.into() }
}

/// The same for a tender: the profile of this purpose demands the penalty.
pub fn tender() -> Paper {
    let named = |(pointer, value)| (pointer, if pointer == "/purpose" { r#""BIDDING""# } else { value });
    let records: Vec<(&str, &str)> = REPORT.iter().copied().map(named).collect();
    let core = documents::report_core().set(6, item(|w| w.unsigned(2)));
    paper(core, &records, REPORT_TEXT.replacen("FINANCING", "BIDDING", 1).into_bytes())
}

/// A natural person's: the ID number is a record of its own.
pub fn person() -> Paper {
    Paper { core: documents::person_core(), disclosures: disclose(PERSON), document: PERSON_TEXT.into() }
}

const COMMITMENT: &[(&str, &str)] = &[
    ("/schema", r#""credit-commitment/v1""#),
    ("/code", r#""61990020261122000017""#),
    ("/type", r#""APPROVAL_SUBSTITUTE""#),
    ("/committer", r#"{"kind":"ORG","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM021U"}"#),
    ("/content", r#""所提交材料真实、合法、有效""#),
    ("/made_on", r#""2026-11-22""#),
];

pub fn commitment() -> Paper {
    let members: Vec<String> =
        COMMITMENT.iter().map(|(pointer, value)| format!("\"{}\":{value}", &pointer[1..])).collect();
    let core = Raw::ordinary().set(3, item(|w| w.unsigned(2))).set(5, item(|w| w.text("信用承诺书")));
    paper(unclaimed(core), COMMITMENT, format!("{{{}}}", members.join(",")).into_bytes())
}

/// Of nobody: a file need not name a holder.
pub fn any_file() -> Paper {
    let bytes = "第一条 本合同自双方签字之日起生效。\n".as_bytes().to_vec();
    let hex: String = sha256(&[&bytes]).as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let (size, hex) = (bytes.len().to_string(), format!("\"{hex}\""));
    let records = [
        ("/schema", "\"file/v1\""),
        ("/name", "\"采购合同.txt\""),
        ("/media_type", "\"text/plain\""),
        ("/size", size.as_str()),
        ("/sha256", hex.as_str()),
    ];
    let core =
        Raw::ordinary().set(3, item(|w| w.unsigned(3))).set(5, item(|w| w.text("采购合同.txt"))).without(4);
    paper(unclaimed(core), &records, bytes)
}

/// Without what only a report has.
fn unclaimed(core: Raw) -> Raw {
    let core = core.without(6).without(10).without(11);
    core.set(12, item(|w| w.array(0))).set(13, item(|w| w.map(0)))
}

fn paper(core: Raw, records: &[(&str, &str)], document: Vec<u8>) -> Paper {
    let disclosures = disclose(records);
    let root = documents::root(&sorted_digests(&disclosures));
    Paper { core: core.set(14, item(|w| w.bytes(root.as_bytes()))), disclosures, document }
}
