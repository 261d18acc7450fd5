//! Random failures, restarts and clocks, against a small model of what has to be there.

use std::collections::BTreeMap;

use super::*;

/// What the model knows of one target.
#[derive(Default)]
struct Known {
    /// Sizes and times of its anchors.
    kept: Vec<(u64, Time)>,
    /// What was noted last, of which size.
    noted: Option<(u64, Vec<u8>)>,
}

impl Desk {
    fn earlier(&self, seconds: u64) {
        let mut now = self.clock.0.lock().unwrap();
        *now = Time::new(now.seconds() - seconds).unwrap();
    }
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

#[test]
fn after_any_failures_restarts_and_clocks_there_is_what_the_model_says() {
    for seed in 1..=12 {
        walk(seed);
    }
}

fn walk(seed: u64) {
    let desk = Desk::new();
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let targets = [gateway("one"), gateway("two")];
    let mut known: BTreeMap<&Target, Known> = targets.iter().map(|t| (t, Known::default())).collect();
    let mut documents: Vec<(CertificateNumber, u64)> = Vec::new();
    // The keys are good from the beginning on: the clock does not go back behind it.
    desk.later(100 * HOUR);
    let mut office = desk.open();
    for step in 0..60 {
        let at = format!("seed {seed}, step {step}");
        match random.next(8) {
            0 | 1 => {
                let number = office.submit(note(step)).unwrap().number;
                office.seal().unwrap();
                documents.push((number, office.index_of(&number).unwrap().unwrap()));
            }
            2 => desk.later(random.next(2 * 86_400)),
            // A clock that is set right, back by an hour at most.
            3 => desk.earlier(random.next(HOUR)),
            4 => {
                drop(office);
                office = desk.open();
            }
            _ => {
                let target = &targets[random.next(2) as usize];
                one_step(&office, target, known.get_mut(target).unwrap(), &mut random, &at);
            }
        }
    }
    let count: usize = known.values().map(|known| known.kept.len()).sum();
    assert_eq!(office.anchors().count(), count as u64, "seed {seed}");
    for (number, index) in &documents {
        let mut expected: Vec<(String, u64)> = Vec::new();
        for (target, known) in &known {
            let first = known.kept.iter().find(|(size, _)| size > index);
            expected.extend(first.map(|(size, _)| (target.label().to_string(), *size)));
        }
        let mut carried = sizes(&office.certificate(number).unwrap().certificate);
        carried.sort();
        assert_eq!(carried, expected, "seed {seed}, entry {index}");
    }
    desk.later(100 * HOUR);
    // However it went, the next success has the newest head.
    let head = office.own_head().unwrap().map_or(0, |head| head.checkpoint.size());
    for target in &targets {
        office.anchors().give_up(target).unwrap();
        if let Some(work) = office.anchors().wanted(target, 0, office.now()).unwrap() {
            office.anchors().keep(&work, &answered(&work, office.now())).unwrap();
        }
        assert_eq!(office.anchors().last(target).map_or(0, |last| last.size), head, "seed {seed}");
    }
    assert_eq!(findings(&desk), [], "seed {seed}");
}

/// What is wanted is what the model expects; then the target does something.
fn one_step(office: &Office, target: &Target, known: &mut Known, random: &mut Random, at: &str) {
    let now = office.now();
    let head = office.own_head().unwrap().map_or(0, |head| head.checkpoint.size());
    let last = known.kept.last().copied();
    let is_new = last.is_none_or(|(size, _)| size < head) && head > 0;
    // An anchor from further ahead than the pace goes is of a clock that was wrong.
    let rested =
        last.is_none_or(|(_, time)| now >= time.saturating_add(HOUR) || time > now.saturating_add(HOUR));
    let work = office.anchors().wanted(target, HOUR, now).unwrap();
    let found =
        work.as_ref().map(|work| (work.head().checkpoint.size(), work.progress().map(<[u8]>::to_vec)));
    let expected = match &known.noted {
        Some((size, bytes)) => Some((*size, Some(bytes.clone()))),
        None => (is_new && rested).then_some((head, None)),
    };
    assert_eq!(found, expected, "{at}");
    let Some(work) = work else { return };
    let size = work.head().checkpoint.size();
    match random.next(6) {
        // No answer.
        0 => {}
        1 => {
            let later = answered(&work, now.saturating_add(HOUR));
            assert_eq!(
                office.anchors().keep(&work, &later).unwrap_err().code(),
                RefusalCode::AnchorBad,
                "{at}"
            );
        }
        2 => {
            office.anchors().give_up(target).unwrap();
            known.noted = None;
        }
        3 | 4 => {
            let bytes = random.next(1 << 32).to_be_bytes().to_vec();
            office.anchors().note_progress(&work, bytes.clone()).unwrap();
            known.noted = Some((size, bytes));
        }
        _ => {
            let kept = office.anchors().keep(&work, &answered(&work, now));
            // Evidence from before the batch was closed can't be: the clock went back since.
            if !crate::witness::time_is_plausible(now, work.head().time, now) {
                assert_eq!(kept.unwrap_err().code(), RefusalCode::AnchorBad, "{at}");
                return;
            }
            kept.unwrap();
            known.kept.push((size, now));
            known.noted = None;
        }
    }
}

fn note(n: u64) -> Submission {
    Submission {
        bytes: format!("document {n}").into_bytes(),
        kind: SubmissionKind::File { name: format!("{n}.txt"), media_type: None },
        idempotency_key: None,
        corrects: None,
        qr: true,
    }
}
