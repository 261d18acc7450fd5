//! A commitment's row in the index: what lists and deadlines ask of it without opening its document.
//!
//! ```text
//! "cm/<number of acceptance>"        {"f":{"code":"…","type":"TOLERANCE",…},"l":{"seen":2,"phase":3,…}}
//! "cn/<name>/<number of acceptance>"   of public ones, by the committer's name as it is searched for
//! ```
//!
//! The life in a row may be older than the chain of events: `seen` says so, and whoever reads it then makes it again from the
//! chain. So no crash can leave a wrong one. No name of a natural person is in any row, and no ID number. Not here: reading
//! and writing rows (`office`).

use serde::{Deserialize, Serialize};
use verifier::registry::HolderKind;

use super::life::{Facts, Finding, Found, Life};
use super::table::Phase;
use crate::calendar::Day;
use crate::document::commitment::Commitment;
use crate::document::value::CommitmentCode;
use crate::document::vocabulary::{CommitmentType, Fulfilment, Publicity};

/// The most characters of a name in the index.
const NAME_MAX: usize = 200;

/// What the index keeps of a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Indexed {
    pub(crate) facts: Facts,
    pub(crate) life: Life,
    /// The committer's name as it is searched for, where everybody may search for it.
    pub(crate) name: Option<String>,
}

impl Indexed {
    /// Of a document to which nothing has happened.
    pub(crate) fn fresh(commitment: &Commitment) -> Indexed {
        let facts = Facts::of(commitment);
        let public = facts.publicity == Publicity::Public && facts.committer != HolderKind::Person;
        let name = public.then(|| folded(&commitment.committer.name));
        Indexed { life: Life::begin(&facts), facts, name }
    }

    /// The value of its row.
    pub(crate) fn value(facts: &Facts, life: &Life) -> Vec<u8> {
        serde_json::to_vec(&Wire { f: WireFacts::of(facts), l: WireLife::of(life) }).unwrap_or_default()
    }

    /// Reads a row's value.
    pub(crate) fn read(value: &[u8]) -> Option<(Facts, Life)> {
        let wire: Wire = serde_json::from_slice(value).ok()?;
        Some((wire.f.facts()?, wire.l.life()?))
    }
}

/// A name as it is searched for: white space gone, full-width letters, digits and brackets plain, Latin letters small.
pub(crate) fn folded(name: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '〔' => '(',
        '〕' => ')',
        c => c,
    };
    name.chars()
        .filter(|c| !c.is_whitespace())
        .map(plain)
        .flat_map(char::to_lowercase)
        .take(NAME_MAX)
        .collect()
}

#[derive(Serialize, Deserialize)]
struct Wire {
    f: WireFacts,
    l: WireLife,
}

#[derive(Serialize, Deserialize)]
struct WireFacts {
    code: String,
    #[serde(rename = "type")]
    commitment_type: String,
    kind: String,
    publicity: String,
    made: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    matter: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    missing: Vec<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    collected: Option<(String, u32)>,
}

impl WireFacts {
    fn of(facts: &Facts) -> Self {
        WireFacts {
            code: facts.code.to_string(),
            commitment_type: facts.commitment_type.spelling().to_string(),
            kind: facts.committer.name().to_string(),
            publicity: facts.publicity.spelling().to_string(),
            made: facts.made_on.days(),
            until: facts.valid_to.map(Day::days),
            matter: facts.matter.clone(),
            missing: facts.missing.iter().map(|day| day.days()).collect(),
            collected: facts.collected.map(|(state, on)| (state.spelling().to_string(), on.days())),
        }
    }

    fn facts(self) -> Option<Facts> {
        let collected = match self.collected {
            None => None,
            Some((state, on)) => {
                let state = Fulfilment::ALL.iter().copied().find(|word| word.spelling() == state)?;
                Some((state, Day::from_days(on)?))
            }
        };
        Some(Facts {
            code: CommitmentCode::parse(&self.code)?,
            commitment_type: CommitmentType::ALL
                .iter()
                .copied()
                .find(|word| word.spelling() == self.commitment_type)?,
            committer: HolderKind::ALL.iter().copied().find(|kind| kind.name() == self.kind)?,
            publicity: Publicity::ALL.iter().copied().find(|word| word.spelling() == self.publicity)?,
            made_on: Day::from_days(self.made)?,
            valid_to: self.until.map(Day::from_days).map_or(Some(None), |day| day.map(Some))?,
            matter: self.matter,
            missing: self.missing.into_iter().map(Day::from_days).collect::<Option<Vec<_>>>()?,
            collected,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct WireLife {
    seen: u32,
    phase: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    public: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    expired: bool,
    /// How many items were handed in; their names are the chain's to say.
    #[serde(default, skip_serializing_if = "is_zero")]
    items: u32,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    all_in: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    found: Option<(u8, u32, u32)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    renewed: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    objected: Option<u32>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    aside: bool,
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

/// Findings by the number that stands for them in a row.
const FINDINGS: [Finding; 5] =
    [Finding::Fulfilled, Finding::Partly, Finding::Not, Finding::False, Finding::Overdue];

impl WireLife {
    fn of(life: &Life) -> Self {
        let place = |finding| FINDINGS.iter().position(|known| *known == finding).unwrap_or(0) as u8;
        WireLife {
            seen: life.seen,
            phase: Phase::ALL.iter().position(|phase| *phase == life.phase).unwrap_or(0) as u8,
            public: life.publicised.map(Day::days),
            expired: life.expired,
            items: life.handed_in,
            all_in: life.all_in,
            found: life.found.map(|found| (place(found.finding), found.on.days(), found.sequence)),
            renewed: life.renewed.map(Day::days),
            until: life.until.map(Day::days),
            objected: life.objected.map(Day::days),
            aside: life.set_aside,
        }
    }

    fn life(self) -> Option<Life> {
        let day = |days: Option<u32>| days.map(Day::from_days).map_or(Some(None), |day| day.map(Some));
        let found = match self.found {
            None => None,
            Some((place, on, sequence)) => {
                Some(Found { finding: *FINDINGS.get(usize::from(place))?, on: Day::from_days(on)?, sequence })
            }
        };
        Some(Life {
            seen: self.seen,
            phase: *Phase::ALL.get(usize::from(self.phase))?,
            publicised: day(self.public)?,
            expired: self.expired,
            handed_in: self.items,
            all_in: self.all_in,
            found,
            renewed: day(self.renewed)?,
            until: day(self.until)?,
            objected: day(self.objected)?,
            set_aside: self.aside,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn what_is_written_is_read() {
        let facts = Facts {
            code: CommitmentCode::parse("61990020261122000002").unwrap(),
            commitment_type: CommitmentType::Tolerance,
            committer: HolderKind::Sole,
            publicity: Publicity::Limited,
            made_on: day("2026-11-22"),
            valid_to: Some(day("2027-11-21")),
            matter: Some("SX00002".into()),
            missing: vec![day("2026-12-01"), day("2026-11-30")],
            collected: Some((Fulfilment::NotFulfilled, day("2026-12-02"))),
        };
        for phase in Phase::ALL {
            let mut life = Life::begin(&facts);
            (life.phase, life.seen, life.handed_in, life.renewed) = (phase, 7, 1, Some(day("2027-01-01")));
            assert_eq!(Indexed::read(&Indexed::value(&facts, &life)), Some((facts.clone(), life)));
        }
        assert_eq!(Indexed::read(b"{}"), None);
    }

    #[test]
    fn names_are_found_however_they_are_typed() {
        assert_eq!(folded(" 样例（Ｘi'an）  有限公司"), folded("样例(xi＇an)有限公司"));
        assert_eq!(folded("样例〔西〕"), "样例(西)");
    }
}
