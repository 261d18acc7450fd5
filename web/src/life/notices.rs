//! What the holder is told without asking: a certificate that has a newer version, is suspended, or ends soon.
//!
//! ```text
//! 本证书已有更新版本，请以新证书为准   → 新证书 2026 1122 …
//! 证书将于 2026年11月29日 到期          → 申请更新
//! ```
//!
//! Correction and repair are told in the same words. Not here: reasons, which stay inside the office.

use notary::office::Office;
use notary::refusal::{Refusal, RefusalCode};
use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::history::{Outward, outward, replaced_sentence};
use crate::desk::holder::CertificateRow;
use crate::lang::Lang;
use crate::page::words::grouped;

/// One line for the holder.
pub struct NoticeLine {
    /// The class of the notice.
    pub class: &'static str,
    /// The sentence.
    pub text: String,
    /// The certificate that it is about, in groups.
    pub grouped: String,
    /// Where to go from here, and the words of the link; empty for nowhere.
    pub link: (String, String),
}

/// What has happened to a holder's certificate.
pub struct Told {
    /// What the holder should know now.
    pub notice: Option<NoticeLine>,
    /// Its events, in the words of the public.
    pub history: Vec<Outward>,
}

/// What a holder is told of a certificate of its own.
///
/// # Errors
/// `CERTIFICATE_UNKNOWN`; damage that is found on the way.
pub fn told(
    lang: Lang,
    office: &Office,
    number: &CertificateNumber,
    row: &CertificateRow,
) -> Result<Told, Refusal> {
    let events = match office.events_of(number) {
        Ok(events) => events,
        Err(refusal) if refusal.code() == RefusalCode::Erased => Vec::new(),
        Err(refusal) => return Err(refusal),
    };
    let line = |class, text: String, link| NoticeLine { class, text, grouped: row.grouped.clone(), link };
    let nowhere = || (String::new(), String::new());
    let notice = match office.status_of(number)? {
        Some(Status::Replaced) => {
            let superseded =
                events.iter().rev().find(|view| view.event.fields().kind == EventKind::Superseded);
            let successor = superseded.and_then(|view| view.event.detail("replaced_by"));
            let successor = successor.and_then(|text| CertificateNumber::parse(text).ok());
            let link = successor.map(|new| {
                let words = format!("{}{}", lang.pick("新证书 ", "the new one: "), grouped(new.as_str()));
                (format!("/holder/certificates/{new}"), words)
            });
            let again = || ("/holder/ask".to_owned(), lang.pick("申请更新", "Ask for a new one").to_owned());
            Some(line("notice-warn", stop(lang, replaced_sentence(lang)), link.unwrap_or_else(again)))
        }
        Some(Status::Suspended) => {
            let text = lang.pick("异议核实中，暂缓使用。", "Suspended while an objection is verified.");
            Some(line("notice-warn", text.to_owned(), nowhere()))
        }
        Some(Status::Revoked) => {
            let text = lang.pick("证书已撤销，不得使用。", "Revoked: it must not be used.");
            Some(line("notice-error", text.to_owned(), nowhere()))
        }
        _ if row.ends_soon => {
            let text = match lang {
                Lang::Zh => format!("证书将于{}到期。", row.expires),
                Lang::En => format!("It is valid until {}.", row.expires),
            };
            let link = ("/holder/ask".to_owned(), lang.pick("申请更新", "Ask for a new one").to_owned());
            Some(line("notice-warn", text, link))
        }
        _ => None,
    };
    Ok(Told { notice, history: outward(lang, &events) })
}

fn stop(lang: Lang, sentence: &str) -> String {
    match lang {
        Lang::Zh => format!("{sentence}。"),
        Lang::En => format!("{}.", sentence[..1].to_uppercase() + &sentence[1..]),
    }
}
