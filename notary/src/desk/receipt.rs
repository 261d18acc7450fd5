//! Receipts (核验回执): that a window verified a certificate for a case, and what came of it.
//!
//! ```text
//! 回执编号 2026 1122 5830 1746 2940 1785 · 办件编号 示县政务20261122-0187 · 事项 食品经营许可
//! 证书编号 2026112240170938612531 · valid VALID L2 · 状态截至 2026-11-22 09:58:41 · 2026-11-22 10:03:12 · 综合窗口3号
//! ```
//!
//! Durable before it is answered; looked up by its number by whoever has it. Here: making and finding. Not here: verifying,
//! and the page that is printed.

use verifier::number::CertificateNumber;
use verifier::time::Time;
use verifier::verdict::{Code, Outcome, Verdict};

use super::number::ReceiptNumber;
use super::record::{self, Event, Kind, ReceiptBody, ReceiptHead};
use super::words::{self, CASE_MAX, MATTER_MAX};
use super::{Actor, Desk};
use crate::journal::Position;
use crate::office::record::{json, time};
use crate::refusal::{Refusal, RefusalCode};

/// Receipts in one list.
pub const RECEIPTS_LISTED_MAX: usize = 500;
/// Numbers are tried so often: a collision has a chance below 10^-9 even at a million a day.
const NUMBER_TRIES: usize = 8;

/// What a receipt is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceiptTerms {
    case: String,
    matter: String,
}

impl ReceiptTerms {
    /// Case number (办件编号, at most [`CASE_MAX`] characters) and matter (事项, at most [`MATTER_MAX`]). Either may be
    /// empty. What can't be seen is left out of them.
    ///
    /// # Errors
    /// `DESK_TEXT`.
    pub fn new(case: &str, matter: &str) -> Result<Self, Refusal> {
        Ok(ReceiptTerms {
            case: words::line("/case", case, CASE_MAX)?,
            matter: words::line("/matter", matter, MATTER_MAX)?,
        })
    }
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Receipt {
    /// Its number.
    pub number: ReceiptNumber,
    /// 办件编号; may be empty.
    pub case: String,
    /// 事项; may be empty.
    pub matter: String,
    /// The certificate that was verified; none where what was presented could not be read.
    pub certificate: Option<CertificateNumber>,
    /// The holder's name and code as the verified certificate says them.
    pub holder: Option<(String, String)>,
    /// Valid, invalid or undetermined.
    pub outcome: Outcome,
    /// The code that led.
    pub code: Code,
    /// Assurance level reached.
    pub level: u8,
    /// The moment that the evidence of status spoke of.
    pub status_as_of: Option<Time>,
    /// When it was verified.
    pub at: Time,
    /// By which account.
    pub account: String,
    /// Of which unit.
    pub unit: String,
}

impl Desk<'_> {
    /// Makes a receipt of a verdict. `given` is the number that was looked up, for verdicts that say none.
    ///
    /// # Errors
    /// `OFFICE_STOPPED` and what the disk says.
    pub fn make_receipt(
        &self,
        terms: &ReceiptTerms,
        verdict: &Verdict,
        given: Option<&CertificateNumber>,
        by: &Actor,
    ) -> Result<Receipt, Refusal> {
        self.office.alive()?;
        let now = self.office.now();
        let core = verdict.fields.as_ref().map(|fields| &fields.core);
        let mut receipt = Receipt {
            number: ReceiptNumber::fresh(now)?,
            case: terms.case.clone(),
            matter: terms.matter.clone(),
            certificate: core.map(|core| core.number()).or(given.copied()),
            holder: core
                .and_then(|core| core.holder())
                .map(|holder| (holder.name().to_owned(), holder.code().to_owned())),
            outcome: verdict.outcome,
            code: verdict.code,
            level: verdict.level,
            status_as_of: verdict.fields.as_ref().and_then(|fields| fields.status.as_of),
            at: now,
            account: by.account.clone(),
            unit: by.unit.clone(),
        };
        let slot = self.key_of_day(now)?;
        let sealed = self.store.seal(slot, Kind::Receipt, json(&body(&receipt)))?;
        let ticket = {
            let mut state = self.store.state();
            let mut tries = 0;
            while state.receipts.contains_key(&receipt.number) {
                tries += 1;
                if tries == NUMBER_TRIES {
                    return Err(Refusal::new(RefusalCode::NoRandomness));
                }
                receipt.number = ReceiptNumber::fresh(now)?;
            }
            let head = ReceiptHead {
                number: receipt.number.as_str().to_owned(),
                slot,
                at: now.seconds(),
                account: by.account.clone(),
            };
            let payload = record::payload(&head, &sealed);
            self.stopping(self.store.append(&mut state, Kind::Receipt, &payload, Event::Receipt(head)))?
        };
        self.stopping(self.store.wait(ticket))?;
        Ok(receipt)
    }

    /// The receipt of this number.
    ///
    /// # Errors
    /// `RECEIPT_UNKNOWN`; damage that is found on the way.
    pub fn receipt(&self, number: &ReceiptNumber) -> Result<Receipt, Refusal> {
        let row = self.store.state().receipts.get(number).copied();
        let row = row.ok_or_else(|| Refusal::new(RefusalCode::ReceiptUnknown).found(number.grouped()))?;
        self.receipt_at(row.position)
    }

    /// An account's receipts of today, newest first, at most [`RECEIPTS_LISTED_MAX`].
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn receipts_today(&self, account: &str) -> Result<Vec<Receipt>, Refusal> {
        let today = self.office.now().china_date();
        let places: Vec<Position> = {
            let state = self.store.state();
            match state.day {
                Some((day, _)) if day == today => state.today.get(account),
                _ => None,
            }
            .map(|places| places.iter().rev().take(RECEIPTS_LISTED_MAX).copied().collect())
            .unwrap_or_default()
        };
        places.into_iter().map(|place| self.receipt_at(place)).collect()
    }

    fn receipt_at(&self, position: Position) -> Result<Receipt, Refusal> {
        let damaged = |what: String| Refusal::new(RefusalCode::SelfCheckFailed).found(what);
        let record = self.stopping(self.store.read(position))?;
        let (head, sealed) = record::head::<ReceiptHead>(&record.payload).map_err(damaged)?;
        let body = record::body(&self.store.vault, head.slot, Kind::Receipt, sealed).map_err(damaged)?;
        let body: ReceiptBody =
            body.ok_or_else(|| Refusal::new(RefusalCode::ReceiptUnknown).found(&head.number))?;
        let number = ReceiptNumber::parse(&head.number)?;
        read(&head, number, body).ok_or_else(|| damaged("receipt".to_owned()))
    }

    /// The key that seals this day's receipts; a fresh one for the first.
    fn key_of_day(&self, now: Time) -> Result<u64, Refusal> {
        let known = self.store.state().key_of_day(now);
        match known {
            Some(slot) => Ok(slot),
            // Two that come first at once take two keys: both are good, the later record's goes on.
            None => Ok(self.store.vault.allocate()?.0),
        }
    }
}

fn body(receipt: &Receipt) -> ReceiptBody {
    ReceiptBody {
        case: receipt.case.clone(),
        matter: receipt.matter.clone(),
        unit: receipt.unit.clone(),
        certificate: receipt.certificate.map(|number| number.as_str().to_owned()),
        holder: receipt.holder.clone(),
        outcome: receipt.outcome.as_str().to_owned(),
        code: receipt.code.as_str().to_owned(),
        level: receipt.level,
        status_as_of: receipt.status_as_of.map(Time::seconds),
    }
}

fn read(head: &ReceiptHead, number: ReceiptNumber, body: ReceiptBody) -> Option<Receipt> {
    let outcomes = [Outcome::Valid, Outcome::Invalid, Outcome::Undetermined];
    let certificate = body.certificate.as_deref().map(CertificateNumber::parse).transpose().ok()?;
    Some(Receipt {
        number,
        case: body.case,
        matter: body.matter,
        certificate,
        holder: body.holder,
        outcome: outcomes.into_iter().find(|outcome| outcome.as_str() == body.outcome)?,
        code: Code::ALL.iter().copied().find(|code| code.as_str() == body.code)?,
        level: body.level,
        status_as_of: body.status_as_of.map(time),
        at: time(head.at),
        account: head.account.clone(),
        unit: body.unit,
    })
}
