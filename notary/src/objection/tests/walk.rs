//! Random walks of operators, holders and crashes over cases and certificates, held against a small model.

use std::collections::BTreeMap;

use verifier::status::Status;

use super::*;

/// Steps of one walk.
const STEPS: usize = 60;
/// Walks of one run.
const WALKS: u64 = 3;

/// splitmix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// What has to be true: the state of each case, the status of each certificate.
#[derive(Clone, Debug, Default, PartialEq)]
struct Model {
    cases: Vec<(usize, ObjectionState, bool)>,
    status: Vec<&'static str>,
}

impl Model {
    fn others_verifying(&self, case: usize) -> bool {
        let (of, ..) = self.cases[case];
        let mut others = self.cases.iter().enumerate().filter(|(n, other)| *n != case && other.0 == of);
        others.any(|(_, other)| other.1 == ObjectionState::Verifying)
    }

    /// A case that is not upheld ends: what suspends nobody's certificate any more is lifted.
    fn lift(&mut self, case: usize, to: ObjectionState, noted: bool) {
        let before = self.cases[case].1;
        self.cases[case].1 = to;
        self.cases[case].2 = noted;
        let of = self.cases[case].0;
        if before != ObjectionState::Verifying || self.others_verifying(case) {
            return;
        }
        if self.status[of] == "suspended" {
            let any = self.cases.iter().any(|one| one.0 == of && one.2);
            self.status[of] = if any { "objection-noted" } else { "valid" };
        } else if self.status[of] == "valid" && noted {
            self.status[of] = "objection-noted";
        }
    }
}

#[test]
fn random_walks_agree_with_the_model_also_after_crashes() {
    let seed = std::env::var("XINZHENG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
    for walk in 0..WALKS {
        println!("seed {}", seed + walk);
        one_walk(seed + walk);
    }
}

fn one_walk(seed: u64) {
    let mut dice = Dice(seed);
    let house = House::new();
    let mut office = house.open();
    let texts = [clean(1), clean(2), person(3)];
    let numbers: Vec<CertificateNumber> = texts.iter().map(|text| issue(&office, text)).collect();
    // A replacement of each, sealed before: so that a crash never cuts off a batch.
    let spare = [clean(11), clean(12), person(13)].map(|text| issue(&office, &text));
    let mut model = Model { cases: vec![], status: vec!["valid"; 3] };
    let mut seen: BTreeMap<usize, Vec<&'static str>> = BTreeMap::new();
    for step in 0..STEPS {
        let (before, records) = (model.clone(), house.records(&house.path()).len());
        let done = act(&office, &mut model, &mut dice, &numbers, &spare);
        compare(&office, &model, &numbers, seed, step);
        for (n, now) in model.status.iter().enumerate() {
            let all = seen.entry(n).or_default();
            // Nothing comes back from where nothing comes back.
            let ended = all.iter().any(|one| matches!(*one, "revoked" | "replaced"));
            assert!(!(ended && matches!(*now, "valid" | "suspended" | "objection-noted")), "seed {seed}");
            all.push(now);
        }
        if dice.below(4) == 0 {
            drop(office);
            let all = house.records(&house.path());
            // A crash somewhere in the records of this step: the step was done or it was not.
            if done && all.len() > records && dice.below(2) == 0 {
                let at = records + dice.below((all.len() - records) as u64) as usize;
                let path = house.crashed("crash", all[at].1, dice.below(9) as u32);
                std::fs::remove_dir_all(house.path()).unwrap();
                std::fs::rename(&path, house.path()).unwrap();
                office = house.open();
                let now = observed(&office, &numbers);
                assert!(
                    now == model || now == before,
                    "seed {seed} step {step}: {now:?}\n{before:?}\n{model:?}"
                );
                if now != model {
                    // What the crash took was never there.
                    for (n, all) in &mut seen {
                        all.truncate(step);
                        all.push(now.status[*n]);
                    }
                }
                model = now;
            } else {
                office = house.open();
            }
            compare(&office, &model, &numbers, seed, step);
            assert_eq!(house.findings(&house.path()), [], "seed {seed} step {step}");
        }
    }
    office.publish_status().unwrap();
    assert_eq!(house.findings(&house.path()), [], "seed {seed}");
}

/// Somebody does something, allowed or not; whether it was done.
fn act(
    office: &Office,
    model: &mut Model,
    dice: &mut Dice,
    numbers: &[CertificateNumber],
    spare: &[CertificateNumber],
) -> bool {
    let cases = office.objections();
    let which = dice.below(numbers.len() as u64) as usize;
    let ended = matches!(model.status[which], "revoked" | "replaced" | "withdrawn");
    let action = dice.below(10);
    if action < 2 || model.cases.is_empty() {
        let (item, claims) = (None, vec![]);
        let new = NewObjection {
            certificate: numbers[which],
            item,
            claims,
            ground: "有误".into(),
            evidence: vec![],
        };
        let filed = cases.file(&holder(), new);
        assert_eq!(filed.is_err(), ended);
        if filed.is_ok() {
            model.cases.push((which, ObjectionState::Filed, false));
        }
        return filed.is_ok();
    }
    if action == 2 && dice.below(6) == 0 {
        // Somebody's own decision.
        if ended {
            return false;
        }
        office.set_status(&numbers[which], Status::Revoked, "误发").unwrap();
        model.status[which] = "revoked";
        return true;
    }
    let case = dice.below(model.cases.len() as u64) as usize;
    let (of, state, _) = model.cases[case];
    let id = ObjectionId(case as u64 + 1);
    let version = cases.one(id).unwrap().version;
    // A stale look never does anything.
    if dice.below(5) == 0 {
        let stale = cases.accept(&operator(), id, version + 1, "");
        assert_eq!(stale.unwrap_err().code(), RefusalCode::ObjectionChanged);
        return false;
    }
    let out = matches!(model.status[of], "revoked" | "replaced" | "withdrawn");
    match dice.below(6) {
        0 => {
            let done = cases.accept(&operator(), id, version, "受理").is_ok();
            assert_eq!(done, state == ObjectionState::Filed);
            if done {
                model.cases[case].1 = ObjectionState::Accepted;
            }
            done
        }
        1 => {
            let done = cases.start_verifying(&operator(), id, version, "").is_ok();
            assert_eq!(done, state == ObjectionState::Accepted && !out);
            if done {
                model.cases[case].1 = ObjectionState::Verifying;
                model.status[of] = "suspended";
            }
            done
        }
        2 => {
            let withdrawn = dice.below(3) == 0;
            let remedy = if withdrawn { Remedy::Withdrawn } else { Remedy::Corrected(spare[of]) };
            let done = cases.uphold(&operator(), id, version, remedy, "").is_ok();
            assert_eq!(done, state == ObjectionState::Verifying);
            if done {
                model.cases[case].1 = ObjectionState::Upheld;
                if !out {
                    model.status[of] = if withdrawn { "revoked" } else { "replaced" };
                }
            }
            done
        }
        n @ (3 | 4) => {
            let noted = n == 4;
            let done = match noted {
                true => cases.note_only(&operator(), id, version, "坚持"),
                false => cases.reject(&operator(), id, version, "无误"),
            };
            assert_eq!(done.is_ok(), state == ObjectionState::Verifying);
            if done.is_ok() {
                model.lift(case, ObjectionState::Rejected, noted);
            }
            done.is_ok()
        }
        _ => {
            let done = cases.take_back(&holder(), id, version, "").is_ok();
            assert_eq!(done, state.is_open());
            if done {
                model.lift(case, ObjectionState::TakenBack, false);
            }
            done
        }
    }
}

/// What the office says.
fn observed(office: &Office, numbers: &[CertificateNumber]) -> Model {
    let cases = office.objections().list(ObjectionFilter::default(), None, OBJECTIONS_LISTED_MAX).unwrap();
    let of = |case: &Objection| numbers.iter().position(|number| *number == case.certificate).unwrap();
    let status = |number: &CertificateNumber| office.status_of(number).unwrap().unwrap().name();
    Model {
        cases: cases.iter().map(|case| (of(case), case.state, case.noted)).collect(),
        status: numbers.iter().map(status).collect(),
    }
}

fn compare(office: &Office, model: &Model, numbers: &[CertificateNumber], seed: u64, step: usize) {
    assert_eq!(observed(office, numbers), *model, "seed {seed} step {step}");
}
