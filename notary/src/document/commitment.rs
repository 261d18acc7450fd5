//! `credit-commitment/v1` (spec/document.md): the typed commitment.
//!
//! ```text
//! {"schema":"credit-commitment/v1","code":"61990020261122000003","type":"CERT_ITEM",
//!  "committer":{"kind":"ORG","name":"延塔测试建筑工程有限公司","uscc":"91619900MA0DEM03XK"},…,"made_on":"2026-11-22",…}
//! ```
//!
//! A [`Commitment`] is only ever read, so one that exists is right, shape and rules. Fields are public to read and named
//! as the members are. One that was collected in the national layout carries what that layout says of it ([`Collected`])
//! and may lack what it has no column for. What is not here: what becomes of a commitment later.

mod collected;

use verifier::registry::HolderKind;

pub use collected::{Collected, Determination};

use super::Intake;
use super::read::{Members, Place};
use super::value::{CommitmentCode, Digest, Party, Template, Unit};
use super::vocabulary::{CommitmentType, Publicity, SignatureMethod};
use crate::calendar::Day;
use crate::refusal::{Refusal, RefusalCode};

/// A credit commitment.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Commitment {
    pub code: CommitmentCode,
    pub commitment_type: CommitmentType,
    pub type_other: Option<String>,
    pub committer: Party,
    pub matter: Option<Matter>,
    pub reason: String,
    pub content: String,
    pub liability: String,
    pub notice_digest: Option<Digest>,
    pub template: Option<CommitmentTemplate>,
    pub made_on: Day,
    pub valid_to: Option<Day>,
    pub accepted_by: Unit,
    pub missing_items: Vec<MissingItem>,
    pub conditions: Vec<String>,
    pub publicity: Publicity,
    pub approvals: Vec<Approval>,
    pub signature_evidence: Option<SignatureEvidence>,
    pub collected: Option<Collected>,
}

impl Commitment {
    /// Reads a commitment and holds it against its rules.
    pub(crate) fn read(root: &Place<'_>, intake: &Intake<'_>) -> Result<Self, Refusal> {
        let members = root.members(&[
            "schema",
            "code",
            "type",
            "type_other?",
            "committer",
            "matter?",
            "reason",
            "content",
            "liability",
            "notice_digest?",
            "template?",
            "made_on",
            "valid_to?",
            "accepted_by",
            "missing_items?",
            "conditions?",
            "publicity",
            "approvals?",
            "signature_evidence?",
            "collected?",
        ])?;
        let commitment_type: CommitmentType = members.need("type")?.word()?;
        let collected = members.optional("collected", Collected::read)?;
        placed(&members, commitment_type, collected.is_some())?;
        let commitment = Commitment {
            code: CommitmentCode::read(&members.need("code")?)?,
            commitment_type,
            type_other: members.optional("type_other", Place::text)?,
            committer: committer(&members.need("committer")?, commitment_type, intake.today())?,
            matter: members.optional("matter", Matter::read)?,
            reason: members.need("reason")?.text()?,
            content: members.need("content")?.text()?,
            liability: members.need("liability")?.text()?,
            notice_digest: members.optional("notice_digest", Digest::read)?,
            template: members.optional("template", CommitmentTemplate::read)?,
            made_on: members.need("made_on")?.day()?,
            valid_to: members.given("valid_to", Place::day)?,
            accepted_by: Unit::read(&members.need("accepted_by")?)?,
            missing_items: members
                .optional("missing_items", |p| p.each(MissingItem::read))?
                .unwrap_or_default(),
            conditions: members.optional("conditions", |p| p.each(condition))?.unwrap_or_default(),
            publicity: members.need("publicity")?.word()?,
            approvals: members.optional("approvals", |p| p.each(Approval::read))?.unwrap_or_default(),
            signature_evidence: members.optional("signature_evidence", SignatureEvidence::read)?,
            collected,
        };
        rules(&commitment, intake)?;
        Ok(commitment)
    }

    /// The latest of the day it was made, the days of its approvals, and the day its fulfilment was determined.
    pub fn latest_day(&self) -> Day {
        let determined =
            self.collected.iter().filter_map(|c| c.fulfilment.as_ref()).map(|found| found.determined_on);
        self.approvals.iter().map(|a| a.at).chain(determined).fold(self.made_on, Day::max)
    }
}

/// Members that go with one type only, and with that one must be there; and those that only a collected commitment lacks.
fn placed(members: &Members<'_>, commitment_type: CommitmentType, collected: bool) -> Result<(), Refusal> {
    if !collected {
        members.need("matter")?;
        members.need("signature_evidence")?;
    }
    if commitment_type != CommitmentType::Other {
        members.refuse_misplaced("type_other", CommitmentType::Other.spelling())?;
    }
    if commitment_type != CommitmentType::Tolerance {
        members.refuse_misplaced("missing_items", CommitmentType::Tolerance.spelling())?;
    }
    for (needing, key) in
        [(CommitmentType::Tolerance, "missing_items"), (CommitmentType::GovPublic, "approvals")]
    {
        if commitment_type != needing {
            continue;
        }
        // The national layout has no column for what is still to be handed in.
        match members.maybe(key) {
            None if collected && needing == CommitmentType::Tolerance => {}
            None => drop(members.need(key)?),
            Some(place) if place.list()?.is_empty() => return Err(place.refuse(RefusalCode::ListShort)),
            Some(_) => {}
        }
    }
    Ok(())
}

fn committer(
    place: &Place<'_>,
    commitment_type: CommitmentType,
    today: Option<Day>,
) -> Result<Party, Refusal> {
    let members = place.members(&["kind", "name", "uscc?", "person_id?"])?;
    let kinds: &[HolderKind] = match commitment_type {
        CommitmentType::GovPublic => &[HolderKind::GovOrg],
        _ => &[HolderKind::Org, HolderKind::Sole, HolderKind::Person],
    };
    Party::read(&members, kinds, today)
}

fn condition(place: &Place<'_>) -> Result<String, Refusal> {
    place.members(&["text"])?.need("text")?.text()
}

fn rules(commitment: &Commitment, intake: &Intake<'_>) -> Result<(), Refusal> {
    if let Some(valid_to) = commitment.valid_to.filter(|to| *to < commitment.made_on) {
        return Err(Refusal::new(RefusalCode::DatesOrder)
            .at("/valid_to")
            .found(format_args!("{valid_to} < {}", commitment.made_on))
            .right("made_on ≤ valid_to"));
    }
    if commitment.committer.kind == HolderKind::Person && commitment.publicity == Publicity::Public {
        return Err(Refusal::new(RefusalCode::PublicityPerson).at("/publicity").right("LIMITED, NONE"));
    }
    intake.day_not_later("/made_on", commitment.made_on)?;
    if let Some(found) = commitment.collected.as_ref().and_then(|c| c.fulfilment.as_ref()) {
        let at = "/collected/fulfilment/determined_on";
        if found.determined_on < commitment.made_on {
            return Err(Refusal::new(RefusalCode::DatesOrder)
                .at(at)
                .found(format_args!("{} < {}", found.determined_on, commitment.made_on))
                .right("made_on ≤ determined_on"));
        }
        intake.day_not_later(at, found.determined_on)?;
    }
    for (n, approval) in commitment.approvals.iter().enumerate() {
        intake.day_not_later(&format!("/approvals/{n}/at"), approval.at)?;
    }
    Ok(())
}

/// What the commitment is about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Matter {
    pub code: String,
    pub name: String,
}

impl Matter {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["code", "name"])?;
        Ok(Matter { code: members.need("code")?.name()?, name: members.need("name")?.name()? })
    }
}

/// The template of the commitment's text, and its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct CommitmentTemplate {
    pub template: Template,
    pub digest: Option<Digest>,
}

impl CommitmentTemplate {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["id", "version", "digest?"])?;
        Ok(CommitmentTemplate {
            template: Template::read(&members)?,
            digest: members.optional("digest", Digest::read)?,
        })
    }
}

/// A document still to be handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct MissingItem {
    pub name: String,
    pub due_on: Day,
}

impl MissingItem {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["name", "due_on"])?;
        Ok(MissingItem { name: members.need("name")?.name()?, due_on: members.need("due_on")?.day()? })
    }
}

/// Who approved a commitment of an organ of government.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Approval {
    pub name: String,
    pub post: String,
    pub at: Day,
}

impl Approval {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["name", "post", "at"])?;
        Ok(Approval {
            name: members.need("name")?.name()?,
            post: members.need("post")?.text()?,
            at: members.need("at")?.day()?,
        })
    }
}

/// How it was signed, and the digest of the signed paper or file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct SignatureEvidence {
    pub method: SignatureMethod,
    pub digest: Digest,
}

impl SignatureEvidence {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["method", "digest"])?;
        Ok(SignatureEvidence {
            method: members.need("method")?.word()?,
            digest: Digest::read(&members.need("digest")?)?,
        })
    }
}
