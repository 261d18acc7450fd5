//! Issuing: from a document to the core of its certificate (spec/core.md).
//!
//! ```text
//! report-person.json   holder [3, "欧***", "<base64url of 16 bytes of the digest of /subject/person_id>"]
//! ```
//!
//! A natural person's name is masked and the ID number is only referred to; neither is ever in a core. What is not here:
//! choosing number, dates and nonce, which the caller does, and the entry and signatures over the core.

use verifier::core::{Audience, Core, CoreFields, Holder, mask};
use verifier::error::Refused;
use verifier::limits;
use verifier::number::CertificateNumber;
use verifier::registry::Open;
use verifier::time::Time;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::claim;
use crate::disclose::{Disclosed, self_check};
use crate::document::value::{Identity, Party, Unit};
use crate::document::{Body, Document};
use crate::refusal::{Refusal, RefusalCode};

/// 16 random bytes that make an entry a secret of the core's; fresh for each core, kept like the document's secret.
///
/// Wiped when dropped; it has no `Debug`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Nonce([u8; 16]);

impl Nonce {
    /// A fresh one.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut nonce = Nonce([0; 16]);
        getrandom::fill(&mut nonce.0)?;
        Ok(nonce)
    }

    /// The one that was kept.
    pub fn from_bytes(bytes: &[u8; 16]) -> Self {
        Nonce(*bytes)
    }

    /// Its bytes, to be sealed and kept.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What a certificate has that its document has not.
#[derive(Clone)]
pub struct IssueTerms {
    /// The certificate's number.
    pub number: CertificateNumber,
    /// A nonce of its own.
    pub nonce: Nonce,
    /// The moment of issue.
    pub issued_at: Time,
    /// The end, later than `issued_at`.
    pub expires_at: Time,
    /// Whether the certificate does without a QR code; its core may then have 4,096 bytes and not only 700.
    pub no_qr: bool,
}

/// The core of the certificate of `document`, which was disclosed as `disclosed`.
///
/// # Errors
/// `CORE_TOO_LONG` naming the longest field; `DATED_LATER` for data of after the issue; `SELF_CHECK_FAILED` where the
/// core would break a rule that no document can.
pub fn build_core(document: &Document, disclosed: &Disclosed, terms: &IssueTerms) -> Result<Core, Refusal> {
    if let Some(data_as_of) = document.data_as_of().filter(|time| *time > terms.issued_at) {
        return Err(Refusal::new(RefusalCode::DatedLater)
            .at("/data_as_of")
            .found(data_as_of.display_china())
            .right(terms.issued_at.display_china()));
    }
    let fields = fields(document, disclosed, terms).map_err(|refused| self_check(&refused))?;
    let limit = if terms.no_qr { limits::CORE_BYTES } else { limits::CORE_QR_BYTES };
    let longest = longest_field(document, &fields);
    let core = Core::new(fields).map_err(|refused| self_check(&refused))?;
    let length = core.as_bytes().len();
    if length > limit {
        let (at, bytes) = &longest;
        return Err(Refusal::new(RefusalCode::CoreTooLong)
            .at(at.as_str())
            .found(format_args!("{length} > {limit}; {at}: {bytes}"))
            .right("--no-qr"));
    }
    Ok(core)
}

fn fields(document: &Document, disclosed: &Disclosed, terms: &IssueTerms) -> Result<CoreFields, Refused> {
    let (claims, counters) = match document.report() {
        Some(report) => (claim::claims(report)?, claim::counters(report)),
        None => Default::default(),
    };
    Ok(CoreFields {
        number: terms.number,
        kind: document.kind(),
        holder: document.holder().map(|party| holder(party, document, disclosed)).transpose()?,
        title: document.title(),
        purpose: document.purpose().map(Open::Known),
        audience: document.audience().map(audience).transpose()?,
        issued_at: terms.issued_at,
        expires_at: terms.expires_at,
        period: document.period(),
        data_as_of: document.data_as_of(),
        claims,
        counters: counters.into_iter().map(|(counter, count)| (Open::Known(counter), count)).collect(),
        document_root: disclosed.root(),
        nonce: *terms.nonce.as_bytes(),
    })
}

fn holder(party: &Party, document: &Document, disclosed: &Disclosed) -> Result<Holder, Refused> {
    match &party.identity {
        Identity::Code(code) => Holder::new(party.kind, party.name.as_str(), code.as_str()),
        Identity::Person(_) => {
            let pointer = format!("{}/person_id", holder_pointer(document));
            let person_id = disclosed
                .at(&pointer)
                .ok_or_else(|| Refused::new("document", pointer, "the ID number is not disclosed apart"))?;
            Holder::new(party.kind, mask(&party.name), Holder::reference(&person_id.digest()))
        }
    }
}

fn audience(unit: &Unit) -> Result<Audience, Refused> {
    Audience::new(unit.name.as_str(), unit.uscc.as_str())
}

/// The JSON pointer of the member that says whom the document is about.
fn holder_pointer(document: &Document) -> &'static str {
    match document.body() {
        Body::Report(_) => "/subject",
        Body::Commitment(_) | Body::File(_) => "/committer",
    }
}

/// The field that takes most bytes of those that a person can shorten: its pointer in the document, and its bytes.
fn longest_field(document: &Document, fields: &CoreFields) -> (String, usize) {
    let holder = fields.holder.as_ref().map_or(0, |holder| holder.name().len());
    let audience = fields.audience.as_ref().map_or(0, |audience| audience.name().len());
    let candidates = [
        (format!("{}/name", holder_pointer(document)), holder),
        ("/audience/name".to_owned(), audience),
        ("/name".to_owned(), if matches!(document.body(), Body::File(_)) { fields.title.len() } else { 0 }),
    ];
    candidates.into_iter().max_by_key(|(_, bytes)| *bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use verifier::disclosure::check;

    use super::*;
    use crate::disclose::{DocumentSecret, disclose};
    use crate::samples;

    fn terms() -> IssueTerms {
        IssueTerms {
            number: CertificateNumber::with_check("20261122401709386125").unwrap(),
            nonce: Nonce::from_bytes(&[9; 16]),
            issued_at: samples::now(),
            expires_at: Time::new(samples::now().seconds() + 90 * 86_400).unwrap(),
            no_qr: false,
        }
    }

    fn issue(document: &Document, terms: &IssueTerms) -> Result<(Core, Disclosed), Refusal> {
        let disclosed = disclose(document.value(), &DocumentSecret::from_bytes(&[7; 32]))?;
        Ok((build_core(document, &disclosed, terms)?, disclosed))
    }

    /// A sample with one text replaced by another.
    fn changed(name: &str, from: &str, to: &str) -> Document {
        let text = String::from_utf8(samples::bytes(name)).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        samples::parse(text.replace(from, to).as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    #[test]
    fn every_sample_makes_a_core_that_a_verifier_finds_all_of_it_under() {
        for name in [samples::names("report-"), samples::names("commitment-")].concat() {
            let document = samples::document(&name);
            let (core, disclosed) = issue(&document, &terms()).unwrap();
            assert_eq!(Core::parse(core.as_bytes()).unwrap(), core, "{name}");
            let shown = check(&core, disclosed.digests(), disclosed.disclosures()).unwrap();
            assert_eq!((shown.records(), shown.hidden_adverse()), (shown.of(), 0), "{name}");
        }
    }

    #[test]
    fn a_natural_person_is_masked_and_the_number_only_referred_to() {
        for name in ["report-person.json", "commitment-person.json"] {
            let (core, disclosed) = issue(&samples::document(name), &terms()).unwrap();
            let holder = core.holder().unwrap();
            assert_eq!(holder.name(), "欧***");
            let person_id =
                disclosed.disclosures().iter().find(|d| d.pointer().ends_with("/person_id")).unwrap();
            assert_eq!(holder.code(), Holder::reference(&person_id.digest()));
            let holds = |part: &str| core.as_bytes().windows(part.len()).any(|w| w == part.as_bytes());
            assert!(!holds("619900198501010010") && !holds("欧阳") && !holds("示例"));
        }
    }

    #[test]
    fn a_core_of_an_ordinary_report_has_about_300_bytes() {
        let (core, _) = issue(&samples::document("report-full.json"), &terms()).unwrap();
        assert!((200..350).contains(&core.as_bytes().len()), "{}", core.as_bytes().len());
    }

    #[test]
    fn a_core_too_long_for_a_qr_code_names_the_longest_field() {
        let (name, audience) = ("渭水样例食品有限公司", "示例县行政审批服务局");
        let long = changed("report-general-penalty.json", name, &"长".repeat(200));
        let refusal = issue(&long, &terms()).err().unwrap();
        assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::CoreTooLong, "/subject/name"));
        assert!(refusal.to_string().contains("600"), "{refusal}");
        let (core, _) = issue(&long, &IssueTerms { no_qr: true, ..terms() }).unwrap();
        assert!(core.as_bytes().len() > limits::CORE_QR_BYTES);

        let long = changed("report-special-clean.json", audience, &"长".repeat(200));
        assert_eq!(issue(&long, &terms()).err().unwrap().where_(), "/audience/name");
        let file = Document::file(&"长".repeat(200), None, b"").unwrap();
        assert_eq!(issue(&file, &terms()).err().unwrap().where_(), "/name");
    }

    #[test]
    fn a_file_has_its_name_for_a_title_and_no_holder() {
        let file = Document::file("鉴定意见.pdf", None, b"%PDF").unwrap();
        let (core, disclosed) = issue(&file, &terms()).unwrap();
        assert_eq!((core.title(), core.holder(), core.claims().len()), ("鉴定意见.pdf", None, 0));
        assert!(check(&core, disclosed.digests(), disclosed.disclosures()).is_ok());
    }

    #[test]
    fn data_of_after_the_issue_is_refused() {
        let issued_at = Time::parse_rfc3339_china("2026-11-21T23:59:58+08:00").unwrap();
        let refusal = issue(&samples::document("report-full.json"), &IssueTerms { issued_at, ..terms() })
            .err()
            .unwrap();
        assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::DatedLater, "/data_as_of"));
    }

    #[test]
    fn terms_that_no_core_can_have_issue_nothing() {
        let terms = IssueTerms { expires_at: samples::now(), ..terms() };
        let refusal = issue(&samples::document("report-full.json"), &terms).err().unwrap();
        assert_eq!(refusal.code(), RefusalCode::SelfCheckFailed);
    }
}
