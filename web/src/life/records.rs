//! The records of a certificate, to choose one from.

use notary::office::Office;
use verifier::json::Value;
use verifier::number::CertificateNumber;

use crate::problem::Problem;

/// Characters of a record's words.
const WORDS_MAX: usize = 60;

/// A record to choose.
pub struct RecordChoice {
    /// What names it: `CF-0011`, or `11619900990000121R/CF-0011` where two organs have one of that name.
    pub item: String,
    /// What people know it by: `CF-0011 示市监罚〔2026〕11号 没收违法所得…`.
    pub words: String,
}

/// The records of a sealed certificate that have a number of their own, in the document's order.
///
/// # Errors
/// As for `Office::certificate`.
pub fn records(office: &Office, number: &CertificateNumber) -> Result<Vec<RecordChoice>, Problem> {
    let issued = office.certificate(number)?;
    let Ok((disclosures, _)) = issued.certificate.shown() else { return Ok(Vec::new()) };
    let mut found: Vec<(&str, Option<&str>, String)> = Vec::new();
    for disclosure in &disclosures {
        let value = disclosure.value();
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let Some(item) = text("item_id") else { continue };
        let organ = ["organ", "rater"].iter().find_map(|name| value.get(name)?.get("uscc")?.as_str());
        let parts = ["doc_no", "case_no", "title", "reason", "content", "scheme"];
        let words: Vec<&str> = parts.iter().filter_map(|name| text(name)).take(2).collect();
        let words: String = words.join(" ").chars().take(WORDS_MAX).collect();
        found.push((item, organ, format!("{item}　{words}")));
    }
    let twice = |item: &str| found.iter().filter(|(other, ..)| *other == item).count() > 1;
    let choice = |(item, organ, words): &(&str, Option<&str>, String)| RecordChoice {
        item: match twice(item) {
            true => format!("{}/{item}", organ.unwrap_or_default()),
            false => (*item).to_owned(),
        },
        words: words.clone(),
    };
    Ok(found.iter().map(choice).collect())
}
