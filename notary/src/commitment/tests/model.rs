//! Random lives of commitments against a small model, with crashes between and an audit in the end.

use verifier::status::Status;

use super::*;
use crate::disk::RealDisk;
use crate::disk::testing::{FailingDisk, Failure};

/// Lives; more with `XINZHENG_ROUNDS`, others with `XINZHENG_SEED`.
const ROUNDS: u64 = 3;
/// Steps of each.
const STEPS: usize = 60;

/// Numbers that look random: SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// What people would say of a commitment: only what happened, no phases and no table.
#[derive(Clone, Debug, Default)]
struct Model {
    tolerance: bool,
    government: bool,
    public: bool,
    anything: bool,
    checking: bool,
    handed_in: bool,
    /// The result that stands, and its day.
    result: Option<(EventKind, Day)>,
    disputed: bool,
    expired: bool,
    over: bool,
    ended: bool,
    events: u32,
    valid_to: Option<Day>,
    supplement: Option<Day>,
}

impl Model {
    /// Whether it may happen today; `window` tells the last day on which an objection keeps a result from counting.
    fn may(&self, kind: EventKind, today: Day, window: impl Fn(Day) -> Day) -> bool {
        use EventKind as E;
        if self.ended || self.over || self.disputed && !matches!(kind, E::Publicised | E::ObjectionResolved) {
            return false;
        }
        let result = self.result.map(|(kind, _)| kind);
        // Nothing was determined by a check, and none is going on.
        let open = !self.checking && result.is_none_or(|kind| kind == E::SupplementOverdue);
        let past = self.valid_to.is_some_and(|last| last < today);
        match kind {
            E::Publicised => self.public,
            E::Supplemented => self.tolerance && open && !self.handed_in,
            E::SupplementOverdue => {
                let late = self.supplement.is_some_and(|due| due < today);
                self.tolerance && open && !self.handed_in && result.is_none() && late
            }
            E::CheckStarted => !self.checking && result != Some(E::FoundFalse),
            E::Fulfilled | E::PartlyFulfilled | E::NotFulfilled | E::FoundFalse => self.checking,
            E::TakenBack => !self.anything,
            E::Expired => !self.expired && past && (open || self.checking),
            E::ObjectionFiled => result.is_some_and(|kind| kind != E::Fulfilled) && !self.checking,
            E::ObjectionResolved => self.disputed,
            E::Renewed => self.government && !self.checking && result.is_none_or(|kind| kind == E::Fulfilled),
            E::Closed => match self.result {
                _ if self.checking => false,
                Some((E::Fulfilled, _)) => true,
                Some((_, on)) => window(on) < today,
                None if !self.anything || self.tolerance && !self.handed_in => false,
                None => self.tolerance && self.handed_in || self.expired || past,
            },
            _ => false,
        }
    }

    fn take(&mut self, event: &NewCommitmentEvent, today: Day) {
        use EventKind as E;
        (self.anything, self.events) = (true, self.events + 1);
        match event.kind {
            E::Supplemented => (self.handed_in, self.result) = (true, None),
            E::CheckStarted => self.checking = true,
            E::Fulfilled | E::PartlyFulfilled | E::NotFulfilled | E::FoundFalse | E::SupplementOverdue => {
                (self.checking, self.result) = (false, Some((event.kind, today)));
            }
            E::TakenBack | E::Closed => self.over = true,
            E::Expired => self.expired = true,
            E::ObjectionFiled => self.disputed = true,
            E::ObjectionResolved => {
                self.disputed = false;
                if event.upheld == Some(true) {
                    self.handed_in |= self.result.is_some_and(|(kind, _)| kind == E::SupplementOverdue);
                    self.result = None;
                }
            }
            E::Renewed => (self.expired, self.result) = (false, None),
            _ => {}
        }
    }
}

#[test]
fn random_lives_are_those_of_the_model_and_the_audit_finds_nothing() {
    let set = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = set("XINZHENG_SEED").unwrap_or(20_261_122);
    for round in 0..set("XINZHENG_ROUNDS").unwrap_or(ROUNDS) {
        live(Random(seed + round));
    }
}

fn live(mut random: Random) {
    let house = House::new();
    let samples = [
        (TOLERANCE, TOLERANCE_CODE),
        (APPROVAL, APPROVAL_CODE),
        (GOVERNMENT, "61990020261122000007"),
        (REPAIR, "61990020261122000004"),
    ];
    let mut office = house.open();
    for year in 2026..2034 {
        office.import_calendar(&calendar(year)).unwrap();
    }
    let mut models: Vec<Model> = Vec::new();
    for (text, which) in samples {
        sealed(&office, text);
        models.push(Model {
            tolerance: which == TOLERANCE_CODE,
            government: text == GOVERNMENT,
            public: text != REPAIR,
            valid_to: Some(day("2027-11-21")),
            supplement: (which == TOLERANCE_CODE).then(|| day("2026-12-01")),
            ..Model::default()
        });
    }
    let own = |kind: &EventKind| kind.status().is_none();
    let kinds: Vec<EventKind> = EventKind::ALL.iter().copied().filter(own).collect();
    for step in 0..STEPS {
        // The keys of an example office sign for two years.
        house.later(random.next(18));
        let today = Day::from(office.now().china_date());
        let days = Days { calendar: office.work_calendar().unwrap(), deadlines: office.deadlines().unwrap() };
        let window = |on: Day| days.due(WINDOW_RULE, on).unwrap();
        let n = random.next(samples.len() as u64) as usize;
        let which = samples[n].1;
        let view = office.commitment_desk().one(&code(which)).unwrap();
        // The view offers exactly what the model allows, of every kind.
        for kind in &kinds {
            let may = models[n].may(*kind, today, window);
            let told = format!("step {step}: {which} {} {:?}", kind.word(), models[n]);
            assert_eq!(view.next.contains(kind), may, "{told}");
        }
        // Half of what is tried is allowed.
        let from = if random.next(2) == 0 && !view.next.is_empty() { &view.next } else { &kinds };
        let kind = from[random.next(from.len() as u64) as usize];
        let mut event = whole(kind);
        if kind == EventKind::ObjectionResolved {
            event.upheld = Some(random.next(2) == 0);
        }
        let may = models[n].may(kind, today, window);
        let done = office.commitment_desk().event(&operator(), &code(which), &event, Some(models[n].events));
        assert_eq!(done.is_ok(), may, "step {step}: {which} {} {:?} {done:?}", kind.word(), models[n]);
        if may {
            models[n].take(&event, today);
        }
        match random.next(14) {
            0 => drop(office.seal().unwrap()),
            1 => {
                drop(office);
                office = house.open();
            }
            // The index is a view: made again, it says the same.
            2 => {
                let before = office.commitment_rows(None, 100).unwrap();
                drop(office);
                std::fs::remove_dir_all(house.path().join("index")).unwrap();
                office = house.open();
                assert_eq!(office.commitment_rows(None, 100).unwrap(), before);
            }
            // The disk fails somewhere while a batch is sealed.
            3 => {
                drop(office);
                let failure = if random.next(2) == 0 { Failure::Lost } else { Failure::Persisted };
                let disk = RealDisk::open(&house.path()).unwrap();
                let failing = FailingDisk::new(disk, 1 + random.next(8), failure);
                if let Ok(failing) = house.open_on(Arc::new(failing)) {
                    drop(failing.seal());
                }
                office = house.open();
            }
            4 if step > STEPS / 2 && office.status_of(&view.number).unwrap() == Some(Status::Valid) => {
                office.set_status(&view.number, Status::Revoked, "签发有误").unwrap();
                (models[n].ended, models[n].events) = (true, models[n].events + 1);
            }
            _ => {}
        }
    }
    for (model, (_, which)) in models.iter().zip(samples) {
        let view = office.commitment_desk().one(&code(which)).unwrap();
        assert_eq!(view.seen, model.events);
        let events: Vec<_> = view.events.iter().map(|seen| seen.event.clone()).collect();
        assert_eq!(chain_fits(&view.commitment, &events), Ok(()));
    }
    office.seal_all().unwrap();
    office.publish_status().unwrap();
    drop(office);
    assert_eq!(house.findings(), []);
}
