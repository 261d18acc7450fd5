//! A change of status as a person orders it: in the words of commands, with what belongs to it held against the office.
//!
//! ```text
//! suspended        for these claims only, or the whole            → SUSPENDED        {"claims":"NO_PENALTY"}
//! replaced         by a corrected certificate of the same holder  → SUPERSEDED       {"replaced_by":"2026…"}
//! ```
//!
//! Here: which event a word makes, and what is refused before anything is recorded. Not here: the table of changes and the
//! chain (`event`), cases of objection and repair, which record their events themselves.

use verifier::base64;
use verifier::core::Core;
use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::Office;
use super::accept::internal;
use super::event::{NewEvent, Recorded};
use crate::refusal::{Refusal, RefusalCode};

/// Claims that a suspension may name.
pub const CLAIMS_MAX: usize = 32;

/// What is ordered.
#[derive(Clone, Debug)]
pub struct StatusOrder {
    /// What shall become of the certificate.
    pub to: Order,
    /// Who orders it: an account's number, or a word such as `command`.
    pub by: String,
    /// Why.
    pub reason: String,
    /// On what basis; may be empty.
    pub basis: String,
    /// Names of the claims that a suspension is about; none for the whole. Publicly it is always the whole.
    pub claims: Vec<String>,
    /// The certificate that stands in its place.
    pub replaced_by: Option<CertificateNumber>,
}

macro_rules! orders {
    ($($(#[doc = $doc:literal])+ $name:ident $word:literal $kind:ident,)+) => {
        /// What may be ordered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Order { $($(#[doc = $doc])+ $name,)+ }

        impl Order {
            /// All of them.
            pub const ALL: &'static [Order] = &[$(Order::$name,)+];

            /// The word of commands.
            pub const fn word(self) -> &'static str {
                match self { $(Order::$name => $word,)+ }
            }

            /// The event that it makes.
            pub const fn kind(self) -> EventKind {
                match self { $(Order::$name => EventKind::$kind,)+ }
            }
        }
    };
}

orders! {
    /// An objection is being verified.
    Suspended "suspended" Suspended,
    /// Valid again, or the note of an objection taken away.
    Valid "valid" Resumed,
    /// Corrected: another certificate stands in its place.
    Replaced "replaced" Superseded,
    /// A record that it cites was repaired. Publicly the same as replaced.
    Repaired "repaired" Repaired,
    /// An objection was turned down and is noted.
    ObjectionNoted "objection-noted" ObjectionNoted,
    /// The holder withdraws it.
    Withdrawn "withdrawn" Withdrawn,
    /// It should not have been issued.
    Revoked "revoked" Revoked,
}

impl Order {
    /// The order of this word.
    pub fn from_word(word: &str) -> Option<Order> {
        Order::ALL.iter().copied().find(|order| order.word() == word)
    }
}

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ordered {
    /// It was recorded.
    Done(Recorded),
    /// It is so already; nothing was recorded.
    Already(Status),
}

impl Office {
    /// Changes a certificate's status. `seen` as for [`Office::record_event`].
    ///
    /// # Errors
    /// As for [`Office::record_event`]; `REPLACEMENT_OTHER`, `CERTIFICATE_UNKNOWN` for the certificate in its place;
    /// `CERTIFICATE_IN_CASE` for what would end a suspension while an objection is being verified;
    /// `EVENT_BAD` for a claim that it does not have, or what does not belong to the order.
    pub fn order(
        &self,
        number: &CertificateNumber,
        order: StatusOrder,
        seen: Option<u32>,
    ) -> Result<Ordered, Refusal> {
        let kind = order.to.kind();
        let now =
            self.status_of(number)?.ok_or_else(|| Refusal::new(RefusalCode::NotSealed).found(number))?;
        if kind.status() == Some(now) && order.claims.is_empty() {
            return Ok(Ordered::Already(now));
        }
        // What an objection suspends is resumed by its case alone; cases wait while this is decided and recorded.
        let _one = self.casework();
        let doc = self.doc_of(number)?;
        if matches!(order.to, Order::Valid | Order::ObjectionNoted) && self.state().objections.suspends(doc) {
            return Err(Refusal::new(RefusalCode::CertificateInCase).found(number));
        }
        let mut detail = Vec::new();
        if !order.claims.is_empty() {
            let belongs = kind == EventKind::Suspended && order.claims.len() <= CLAIMS_MAX;
            if !belongs {
                return Err(Refusal::new(RefusalCode::EventBad).at("claims").found("claims"));
            }
            detail.push(("claims".to_string(), self.claims_of(number, &order.claims)?.join(",")));
        }
        if let Some(other) = &order.replaced_by {
            if kind.status() != Some(Status::Replaced) {
                return Err(Refusal::new(RefusalCode::EventBad).at("replaced_by").found("replaced_by"));
            }
            self.may_replace(other, number)?;
            detail.push(("replaced_by".to_string(), other.to_string()));
        }
        let event = NewEvent {
            kind,
            by: order.by,
            reason_code: "ORDERED".to_string(),
            reason: order.reason,
            basis: order.basis,
            detail,
        };
        self.record_event(number, event, seen).map(Ordered::Done)
    }

    /// Whether `other` may stand in the place of `number`: sealed, good to be used, of the same holder.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `ERASED`, `REPLACEMENT_OTHER`.
    pub fn may_replace(&self, other: &CertificateNumber, number: &CertificateNumber) -> Result<(), Refusal> {
        let refuse = |why: &str| {
            let refusal = Refusal::new(RefusalCode::ReplacementOther).at("replaced_by");
            Err(refusal.found(other).right(why.to_string()))
        };
        if other == number {
            return refuse("it is the same certificate");
        }
        match self.status_of(other)? {
            None => return refuse("it is not sealed yet"),
            Some(Status::Valid | Status::ObjectionNoted) => {}
            Some(status) => return refuse(&format!("its own status is {}", status.name())),
        }
        let (old, new) = (self.doc_of(number)?, self.doc_of(other)?);
        let party = |doc: u32| {
            let (_, private, bytes) = self.opened(doc)?;
            Ok::<_, Refusal>(private.document(&bytes)?.holder().map(|party| party.identity.clone()))
        };
        // Of an erased certificate nobody knows the holder any more.
        match (party(old)?, party(new)?) {
            (Some(old), Some(new)) if old == new => Ok(()),
            (None, None) => Ok(()),
            _ => refuse("it is another holder's"),
        }
    }

    /// The claims of these names, in the order of the core: `NO_PENALTY` or `NO_PENALTY/1`.
    fn claims_of(&self, number: &CertificateNumber, names: &[String]) -> Result<Vec<String>, Refusal> {
        let (_, private, _) = self.opened(self.doc_of(number)?)?;
        let core = base64::decode(&private.core).ok_or_else(|| internal("core"))?;
        let core = Core::parse(&core).map_err(internal)?;
        let rules: Vec<String> = core.claims().iter().map(|claim| claim.rule().name()).collect();
        let bare = |rule: &str| rule.split('/').next().unwrap_or_default().to_string();
        let is = |rule: &str, name: &str| rule == name || bare(rule) == name;
        if let Some(unknown) = names.iter().find(|name| !rules.iter().any(|rule| is(rule, name))) {
            return Err(Refusal::new(RefusalCode::EventBad).at("claims").found(unknown));
        }
        let named = |rule: &String| names.iter().any(|name| is(rule, name));
        Ok(rules.iter().filter(|rule| named(rule)).map(|rule| bare(rule)).collect())
    }
}
