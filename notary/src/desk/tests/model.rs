//! Random sequences of what people do, held against a small model, with the office closed and opened anew in between, and
//! with its journal cut off at every record.
//!
//! The model knows nothing of journals or keys: per draft a state, a version, who had a hand in it; per request a state.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use verifier::number::CertificateNumber;
use verifier::registry::Purpose;
use verifier::time::Date;

use super::*;
use crate::refusal::RefusalCode;

/// What somebody does. Drafts and versions are chosen among those that there are, right or wrong.
#[derive(Clone, Copy, Debug)]
enum Step {
    Submit { n: u32, no: bool, by: usize, answer: bool },
    Edit { draft: usize, back: bool, by: usize, stale: bool },
    Approve { draft: usize, by: usize, stale: bool },
    Return { draft: usize, by: usize, stale: bool },
    Discard { draft: usize, by: usize, stale: bool },
    Ask { purpose: usize },
    Close { request: usize, refuse: bool },
    Reopen,
}

const ACTORS: [(&str, Standing); 5] = [
    ("op-1", Standing::Operator),
    ("op-2", Standing::Operator),
    ("rev-1", Standing::Reviewer),
    // The account of an operator that became a reviewer's.
    ("op-1", Standing::Reviewer),
    ("holder", Standing::Holder),
];

fn step() -> impl Strategy<Value = Step> {
    let (who, which) = (0..ACTORS.len(), 0..6usize);
    prop_oneof![
        4 => (0..6u32, any::<bool>(), who.clone(), any::<bool>())
            .prop_map(|(n, no, by, answer)| Step::Submit { n, no, by, answer }),
        3 => (which.clone(), any::<bool>(), who.clone(), prop::bool::weighted(0.2))
            .prop_map(|(draft, back, by, stale)| Step::Edit { draft, back, by, stale }),
        5 => (which.clone(), who.clone(), prop::bool::weighted(0.2))
            .prop_map(|(draft, by, stale)| Step::Approve { draft, by, stale }),
        2 => (which.clone(), who.clone(), prop::bool::weighted(0.2))
            .prop_map(|(draft, by, stale)| Step::Return { draft, by, stale }),
        1 => (which.clone(), who, prop::bool::weighted(0.2))
            .prop_map(|(draft, by, stale)| Step::Discard { draft, by, stale }),
        2 => (0..3usize).prop_map(|purpose| Step::Ask { purpose }),
        1 => (which, any::<bool>()).prop_map(|(request, refuse)| Step::Close { request, refuse }),
        1 => Just(Step::Reopen),
    ]
}

/// A draft as the model knows it.
#[derive(Clone, Debug)]
struct Known {
    n: u32,
    no: bool,
    state: DraftState,
    version: u32,
    hands: Vec<&'static str>,
    edited: bool,
    /// Whether its number had been submitted before.
    again: bool,
    request: Option<usize>,
    approved: Option<&'static str>,
}

#[derive(Debug, Default)]
struct Model {
    drafts: Vec<Known>,
    requests: Vec<(Purpose, RequestState)>,
    /// Documents that were certified: number of the sample and whether it was an edited one.
    issued: BTreeMap<(u32, bool), (bool, CertificateNumber)>,
}

fn document(n: u32, no: bool, edited: bool) -> Vec<u8> {
    let submission = if no { penalty(n) } else { clean(n) };
    let text = String::from_utf8(submission.bytes).unwrap();
    if edited { text.replace("存续", "开业").into_bytes() } else { text.into_bytes() }
}

fn holder_code() -> crate::code::UnifiedCode {
    let document = samples::document("report-general-penalty.json");
    match &document.holder().unwrap().identity {
        crate::document::value::Identity::Code(code) => code.clone(),
        crate::document::value::Identity::Person(_) => panic!("a person"),
    }
}

impl Model {
    /// Does a step with the office and with the model, and compares what both say.
    fn take(&mut self, office: &Office, step: Step) {
        let desk = office.desk();
        match step {
            Step::Submit { n, no, by, answer } => {
                let (account, standing) = ACTORS[by];
                let request = answer.then(|| self.requests.len().checked_sub(1)).flatten();
                let id = request.map(|place| RequestId(place as u64 + 1));
                let submission = json(document(n, no, false));
                let done =
                    desk.submit_draft(&actor(account, standing), &Draftable { submission, request: id });
                let expected = self.submit(n, no, account, standing, request);
                assert_eq!(
                    done.map(|draft| draft.id.0 as usize - 1).map_err(|r| r.code()),
                    expected,
                    "{step:?}"
                );
            }
            Step::Edit { draft, back, by, stale } => {
                let Some(known) = self.drafts.get(draft).cloned() else { return };
                let (account, standing) = ACTORS[by];
                let version = known.version - u32::from(stale);
                let bytes = document(known.n, known.no, !back);
                let done =
                    desk.edit_draft(&actor(account, standing), DraftId(draft as u64 + 1), version, bytes);
                let expected = self.edit(draft, !back, account, standing, stale);
                assert_eq!(done.map(|_| ()).map_err(|refusal| refusal.code()), expected, "{step:?}");
            }
            Step::Approve { draft, by, stale } => {
                let Some(known) = self.drafts.get(draft).cloned() else { return };
                let (account, standing) = ACTORS[by];
                let version = known.version - u32::from(stale);
                let done = desk.approve_draft(&actor(account, standing), DraftId(draft as u64 + 1), version);
                let number = done.as_ref().ok().map(|accepted| accepted.number);
                let expected = self.approve(draft, account, standing, stale, number);
                assert_eq!(
                    done.map(|_| ()).map_err(|refusal| refusal.code()),
                    expected,
                    "{step:?} {known:?}"
                );
            }
            Step::Return { draft, by, stale } => {
                let Some(known) = self.drafts.get(draft).cloned() else { return };
                let (account, standing) = ACTORS[by];
                let version = known.version - u32::from(stale);
                let by = actor(account, standing);
                let done = desk.return_draft(&by, DraftId(draft as u64 + 1), version, "有误");
                let waits = matches!(known.state, DraftState::ToReview | DraftState::ToIssue);
                let expected = match (standing, waits && !stale) {
                    (Standing::Reviewer, true) => Ok(()),
                    (Standing::Reviewer, false) => Err(RefusalCode::DraftChanged),
                    _ => Err(RefusalCode::RoleNotAllowed),
                };
                if expected.is_ok() {
                    self.drafts[draft].state = DraftState::Returned;
                    self.drafts[draft].version += 1;
                }
                assert_eq!(done.map(|_| ()).map_err(|refusal| refusal.code()), expected, "{step:?}");
            }
            Step::Discard { draft, by, stale } => {
                let Some(known) = self.drafts.get(draft).cloned() else { return };
                let (account, standing) = ACTORS[by];
                let version = known.version - u32::from(stale);
                let by = actor(account, standing);
                let done = desk.discard_draft(&by, DraftId(draft as u64 + 1), version);
                let expected = match (standing, known.state.is_open() && !stale) {
                    (Standing::Operator, true) => Ok(()),
                    (Standing::Operator, false) => Err(RefusalCode::DraftChanged),
                    _ => Err(RefusalCode::RoleNotAllowed),
                };
                if expected.is_ok() {
                    self.drafts[draft].state = DraftState::Discarded;
                    if let Some(request) = known.request {
                        self.requests[request].1 = RequestState::Asked;
                    }
                }
                assert_eq!(done.map(|_| ()).map_err(|refusal| refusal.code()), expected, "{step:?}");
            }
            Step::Ask { purpose } => {
                let purpose = Purpose::ALL[purpose];
                let day = |d| Date::from_ymd(2026, 11, d).unwrap();
                let terms =
                    RequestTerms::new(&holder_code(), purpose, None, (day(1), day(21)), day(22)).unwrap();
                let asked = desk.ask(&holder(), &terms).unwrap();
                let known = self.requests.iter().position(|(p, state)| *p == purpose && state.is_open());
                let place = known.unwrap_or_else(|| {
                    self.requests.push((purpose, RequestState::Asked));
                    self.requests.len() - 1
                });
                assert_eq!(asked.id.0 as usize - 1, place);
            }
            Step::Close { request, refuse } => {
                let Some((_, state)) = self.requests.get(request).copied() else { return };
                let id = RequestId(request as u64 + 1);
                let done = match refuse {
                    true => desk.refuse_request(&operator(), id, "无数据"),
                    false => desk.withdraw_request(&holder(), id),
                };
                let expected = match state {
                    RequestState::Asked => Ok(()),
                    _ => Err(RefusalCode::RequestClosed),
                };
                if expected.is_ok() {
                    let to = if refuse { RequestState::Refused } else { RequestState::Withdrawn };
                    self.requests[request].1 = to;
                }
                assert_eq!(done.map(|_| ()).map_err(|refusal| refusal.code()), expected, "{step:?}");
            }
            Step::Reopen => {}
        }
    }

    fn submit(
        &mut self,
        n: u32,
        no: bool,
        account: &'static str,
        standing: Standing,
        request: Option<usize>,
    ) -> Result<usize, RefusalCode> {
        if standing != Standing::Operator {
            return Err(RefusalCode::RoleNotAllowed);
        }
        if let Some((edited, _)) = self.issued.get(&(n, no)) {
            // Certified as it is: the preview says so. Certified with other bytes: its number is taken.
            if *edited {
                return Err(RefusalCode::Conflict);
            }
        }
        if request.is_some() && !no {
            // The clean sample is about somebody else than the holder who asks.
            return Err(RefusalCode::RequestHolder);
        }
        let same =
            |known: &Known| known.state.is_open() && (known.n, known.no, known.edited) == (n, no, false);
        if let Some(place) = self.drafts.iter().position(same) {
            return match self.drafts[place].request == request {
                true => Ok(place),
                false => Err(RefusalCode::DraftChanged),
            };
        }
        if let Some(request) = request {
            if self.requests[request].1 != RequestState::Asked {
                return Err(RefusalCode::RequestClosed);
            }
            self.requests[request].1 = RequestState::InWork;
        }
        let before = self.drafts.iter().any(|known| (known.n, known.no) == (n, no));
        let again = before && !self.issued.contains_key(&(n, no));
        let state = if no || again { DraftState::ToReview } else { DraftState::ToIssue };
        let (version, hands, edited) = (1, vec![account], false);
        self.drafts.push(Known { n, no, state, version, hands, edited, again, request, approved: None });
        Ok(self.drafts.len() - 1)
    }

    fn edit(
        &mut self,
        draft: usize,
        edited: bool,
        account: &'static str,
        standing: Standing,
        stale: bool,
    ) -> Result<(), RefusalCode> {
        if standing != Standing::Operator {
            return Err(RefusalCode::RoleNotAllowed);
        }
        let known = &self.drafts[draft];
        if stale || !known.state.is_open() {
            return Err(RefusalCode::DraftChanged);
        }
        if self.issued.get(&(known.n, known.no)).is_some_and(|(other, _)| *other != edited) {
            return Err(RefusalCode::Conflict);
        }
        let known = &mut self.drafts[draft];
        known.edited = edited;
        known.version += 1;
        known.approved = None;
        known.state =
            if known.no || edited || known.again { DraftState::ToReview } else { DraftState::ToIssue };
        if !known.hands.contains(&account) {
            known.hands.push(account);
        }
        Ok(())
    }

    fn approve(
        &mut self,
        draft: usize,
        account: &'static str,
        standing: Standing,
        stale: bool,
        number: Option<CertificateNumber>,
    ) -> Result<(), RefusalCode> {
        let known = self.drafts[draft].clone();
        match known.state {
            DraftState::Issued(_) if !stale && known.approved == Some(account) => return Ok(()),
            DraftState::ToReview | DraftState::ToIssue if stale => return Err(RefusalCode::DraftChanged),
            DraftState::ToReview if standing != Standing::Reviewer || known.hands.contains(&account) => {
                return Err(RefusalCode::FourEyes);
            }
            DraftState::ToIssue if standing != Standing::Operator => return Err(RefusalCode::RoleNotAllowed),
            DraftState::ToReview | DraftState::ToIssue => {}
            _ => return Err(RefusalCode::DraftChanged),
        }
        self.drafts[draft].approved = Some(account);
        match self.issued.get(&(known.n, known.no)).copied() {
            // Another draft of the same report number was faster, with other bytes.
            Some((edited, _)) if edited != known.edited => {
                self.drafts[draft].state = DraftState::Returned;
                self.drafts[draft].version += 1;
                return Err(RefusalCode::Conflict);
            }
            Some((_, before)) => assert_eq!(number, Some(before), "one document, one certificate"),
            None => {
                let number = number.expect("a certificate");
                let seen = self.issued.values().any(|(_, other)| *other == number);
                assert!(!seen, "two documents, two certificates");
                self.issued.insert((known.n, known.no), (known.edited, number));
            }
        }
        let number = self.issued[&(known.n, known.no)].1;
        self.drafts[draft].state = DraftState::Issued(number);
        if let Some(request) = known.request {
            self.requests[request].1 = RequestState::Issued(number);
        }
        Ok(())
    }

    /// All that the office says, against all that the model knows.
    fn agrees(&self, office: &Office) {
        let desk = office.desk();
        for (n, known) in self.drafts.iter().enumerate() {
            let draft = desk.draft(DraftId(n as u64 + 1)).unwrap();
            assert_eq!(
                (draft.state, draft.version, draft.changed, draft.again),
                (known.state, known.version, known.edited, known.again)
            );
            assert_eq!(draft.hands, known.hands);
            assert_eq!(draft.summary.is_some(), known.state.is_open());
            match desk.open_draft(draft.id) {
                Ok(opened) => {
                    assert_eq!(opened.submission.bytes, document(known.n, known.no, known.edited));
                    let original = known.edited.then(|| document(known.n, known.no, false));
                    assert_eq!(opened.original, original);
                }
                Err(_) => assert!(!known.state.is_open()),
            }
        }
        assert!(desk.draft(DraftId(self.drafts.len() as u64 + 1)).is_err());
        let open = self.drafts.iter().filter(|known| known.state.is_open()).count();
        assert_eq!(desk.open_drafts().len(), open);
        for (n, (_, state)) in self.requests.iter().enumerate() {
            assert_eq!(desk.request(RequestId(n as u64 + 1)).unwrap().state, *state);
        }
        assert_eq!(office.summary().documents as usize, self.issued.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn the_desk_does_what_the_model_does(steps in prop::collection::vec(step(), 1..30)) {
        let house = House::new();
        let mut office = Some(house.open());
        let mut model = Model::default();
        for step in steps {
            if matches!(step, Step::Reopen) {
                drop(office.take());
                office = Some(house.open());
            }
            model.take(office.as_ref().unwrap(), step);
        }
        model.agrees(office.as_ref().unwrap());
        drop(office);
        model.agrees(&house.open());
    }
}

/// The segments of the desk's journal with the ends of their records, in order.
fn ends_of_records(desk: &Path) -> (PathBuf, Vec<u8>, Vec<usize>) {
    let mut segments: Vec<PathBuf> = std::fs::read_dir(desk)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("segment-"))
        .collect();
    segments.sort();
    let path = segments.pop().unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let (mut at, mut ends) = (64, vec![64]);
    while at < bytes.len() {
        let length = u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        at += 17 + length + 4;
        ends.push(at);
    }
    (path, bytes, ends)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.path().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(std::fs::copy(entry.path(), to).unwrap()),
        }
    }
}

/// The process ends after each record of the desk and in the middle of each, the office's own journal being ahead of it or
/// behind it: what was approved is issued at the start, what was not waits, and nothing is ever issued twice.
#[test]
fn a_crash_at_every_point_of_the_desks_journal_issues_everything_once() {
    let house = House::new();
    {
        let office = house.open();
        let desk = office.desk();
        let day = |d| Date::from_ymd(2026, 11, d).unwrap();
        let terms = RequestTerms::new(&holder_code(), Purpose::Bidding, None, (day(1), day(21)), day(22));
        desk.ask(&holder(), &terms.unwrap()).unwrap();
        let answer = Draftable { submission: penalty(1), request: Some(RequestId(1)) };
        desk.submit_draft(&operator(), &answer).unwrap();
        desk.submit_draft(&operator(), &draftable(clean(1))).unwrap();
        desk.edit_draft(&operator(), DraftId(1), 1, document(1, true, true)).unwrap();
    }
    let before = House { dir: tempfile::tempdir().unwrap(), clock: house.clock.clone() };
    copy(&house.path(), &before.path());
    let approve = |office: &Office| {
        let first = office.desk().approve_draft(&reviewer(), DraftId(1), 2);
        let second = office.desk().approve_draft(&operator(), DraftId(2), 1);
        [first.unwrap().number, second.unwrap().number]
    };
    let numbers = approve(&house.open());
    // Request, draft, draft, edited, approved, issued, approved, issued.
    let (path, bytes, ends) = ends_of_records(&house.path().join("desk"));
    assert_eq!(ends.len(), 9);
    let crashed = |from: &House, cut: usize| {
        let copied = House { dir: tempfile::tempdir().unwrap(), clock: house.clock.clone() };
        copy(&from.path(), &copied.path());
        let desk = copied.path().join("desk");
        std::fs::write(desk.join(path.file_name().unwrap()), &bytes[..cut]).unwrap();
        // A key is overwritten after the record that says so is on disk; a crash may come between.
        let keys = Path::new("desk").join(crate::vault::FILE);
        std::fs::copy(before.path().join(&keys), copied.path().join(&keys)).unwrap();
        copied
    };
    for (n, end) in ends.iter().enumerate().skip(4) {
        for cut in [*end, end - 7] {
            let whole = if cut == *end { n } else { n - 1 };
            if whole < 4 {
                continue;
            }
            // The office's journal is ahead: both documents were accepted. Each stays one certificate.
            let copied = crashed(&house, cut);
            let office = copied.open();
            assert!(office.desk().open_drafts().iter().all(|draft| draft.state != DraftState::Issuing));
            assert_eq!((approve(&office), office.summary().documents), (numbers, 2), "cut at {cut}");
            let slots: Vec<_> = office.desk_store().state().to_erase();
            assert_eq!(slots.len(), 2);
            for slot in slots {
                let state = office.desk_store().vault.state(slot).unwrap();
                assert_eq!(state, crate::vault::SlotState::Erased);
            }
            // It is behind: nothing was accepted when the process ended, so nothing can have been said to be issued.
            if whole <= 5 {
                let copied = crashed(&before, cut);
                let office = copied.open();
                let issued = u64::from(whole == 5);
                assert_eq!(office.summary().documents, issued, "cut at {cut}");
                let request = office.desk().request(RequestId(1)).unwrap().state;
                assert_eq!(matches!(request, RequestState::Issued(_)), whole == 5);
                approve(&office);
                assert_eq!(office.summary().documents, 2);
            }
        }
    }
}
