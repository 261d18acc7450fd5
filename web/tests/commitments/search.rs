//! What everybody finds among commitments of every kind, made by chance: what may be shown, all of it, and nothing else.

use notary::commitment::{Channel, NewCommitmentEvent};
use notary::desk::{Actor, Standing};
use notary::document::value::CommitmentCode;
use notary::office::NewEvent;
use serde_json::Value;
use verifier::event::EventKind;
use verifier::status::Status;

use super::browser::House;
use super::life::accepted;

const CODES: [&str; 4] =
    ["91619900MA0DEM0131", "91619900MA0DEM021U", "91619900MA0DEM03XK", "91619900MA0DEM11X7"];
const PERSONS: [&str; 2] = ["619900198501010010", "619900199912310020"];
const MADE: u64 = 48;

/// The same numbers each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// One that was made, and whether everybody may find it.
struct Made {
    code: String,
    name: String,
    id: String,
    person: bool,
    public: bool,
}

fn make(house: &House, n: u64, chance: &mut Chance) -> Made {
    let person = chance.below(4) == 0;
    let sample = if person { "commitment-person.json" } else { "commitment-voluntary.json" };
    let mut document: Value = serde_json::from_slice(&super::sample(sample)).unwrap();
    let code = format!("6199002026112100{n:04}");
    let publicity = match (person, chance.below(4)) {
        (true, 0 | 1) | (false, 0) => "LIMITED",
        (true, _) | (false, 1) => "NONE",
        (false, _) => "PUBLIC",
    };
    document["code"] = code.clone().into();
    document["publicity"] = publicity.into();
    let (name, id) = match person {
        true => (format!("王小{n}明"), PERSONS[chance.below(2) as usize].to_owned()),
        false => (format!("第{n}号甲乙丙有限公司"), CODES[chance.below(4) as usize].to_owned()),
    };
    document["committer"]["name"] = name.clone().into();
    document["committer"][if person { "person_id" } else { "uscc" }] = id.clone().into();
    let number = accepted(house, serde_json::to_vec(&document).unwrap()).number;
    let desk = house.office.commitment_desk();
    let by = Actor { account: "A00001".into(), unit: "示例单位".into(), standing: Standing::Operator };
    let mut event = NewCommitmentEvent::new(EventKind::Publicised);
    event.channels = vec![Channel {
        site: "信用中国".into(),
        url: "https://credit.example.gov.cn/c".into(),
        on: String::new(),
    }];
    let code_of = CommitmentCode::parse(&code).unwrap();
    let wanted = chance.below(5) > 0;
    let publicised = wanted && desk.event(&by, &code_of, &event, None).is_ok();
    assert_eq!(publicised, wanted && publicity == "PUBLIC", "only what is for everybody is made public");
    let ended = match chance.below(8) {
        0 => house.office.set_status(&number, Status::Revoked, "误发").map(drop),
        1 => house.office.set_status(&number, Status::Withdrawn, "主体撤回").map(drop),
        2 => {
            let repaired = NewEvent {
                kind: EventKind::Repaired,
                by: "A00001".into(),
                reason_code: "REPAIRED".into(),
                reason: "信用修复".into(),
                basis: String::new(),
                detail: Vec::new(),
            };
            house.office.record_event(&number, repaired, None).map(drop)
        }
        3 => house.office.erase(&number, "主体申请删除").map(drop),
        _ => return Made { code, name, id, person, public: publicised },
    };
    ended.unwrap();
    Made { code, name, id, person, public: false }
}

#[test]
fn the_public_finds_exactly_what_it_may() {
    let house = House::new();
    let mut chance = Chance(20_261_122);
    let all: Vec<Made> = (0..MADE).map(|n| make(&house, n, &mut chance)).collect();
    assert!(all.iter().filter(|one| one.public).count() > 5 && all.iter().any(|one| one.person));
    let mut visitor = house.browser();
    let mut found = |word: &str| visitor.post("/commitments", &[("word", word)]).text();
    for one in &all {
        let link = format!("/commitments/{}", one.code);
        for word in [one.code.as_str(), one.name.as_str(), one.id.as_str()] {
            let text = found(word);
            assert_eq!(text.contains(&link), one.public, "{} by {word}", one.code);
            // What is typed stands in its box again; nothing else of who may not be shown does.
            let shown = text.split("id=\"found\"").nth(1).unwrap_or_default();
            for other in all.iter().filter(|other| !other.public) {
                assert!(
                    !shown.contains(&other.name) && !shown.contains(&other.code),
                    "{word}: {}",
                    other.code
                );
            }
        }
        let page = house.browser().get(&link);
        assert_eq!(page.status, if one.public { 200 } else { 404 }, "{}", one.code);
        let answer = house.browser().get(&format!("/api/v1/commitments?code={}", one.code));
        assert_eq!(answer.text().contains(&one.code), one.public);
        if one.person {
            assert!(!found(&one.name).contains("id=\"found\"") && !found("王小").contains("id=\"found\""));
        }
    }
    // A part of every name: page by page, each once.
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let text = house.browser().post("/commitments", &[("word", "甲乙丙"), ("after", &after)]).text();
        let rest = text.split("id=\"found\"").nth(1).unwrap_or_default();
        seen.extend(rest.split("href=\"/commitments/").skip(1).map(|part| part[..20].to_owned()));
        match rest.split_once("name=\"after\" value=\"") {
            Some((_, more)) => after = more.split('"').next().unwrap().to_owned(),
            None => break,
        }
    }
    let mut wanted: Vec<String> = all.iter().filter(|one| one.public).map(|one| one.code.clone()).collect();
    wanted.sort();
    seen.sort();
    assert_eq!(seen, wanted);
}
