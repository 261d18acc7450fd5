//! Commitments of a real office over years, with crashes, against a small model.

mod lists;
mod model;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::time::Time;

use super::*;
use crate::calendar::Day;
use crate::desk::{Actor, Standing};
use crate::disk::Disk;
use crate::document::value::CommitmentCode;
use crate::keys::{Passphrase, example};
use crate::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind};
use crate::refusal::{Refusal, RefusalCode};

const TOLERANCE: &str = include_str!("../../../tests/samples/commitment-tolerance.json");
const APPROVAL: &str = include_str!("../../../tests/samples/commitment-approval-substitute.json");
const GOVERNMENT: &str = include_str!("../../../tests/samples/commitment-gov-public.json");
const PERSON: &str = include_str!("../../../tests/samples/commitment-person.json");
const REPAIR: &str = include_str!("../../../tests/samples/commitment-repair.json");
const REPORT: &str = include_str!("../../../tests/samples/report-full.json");

/// A clock that a test sets.
struct TestClock(Mutex<Time>);

impl Clock for TestClock {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

/// An office in a folder of its own.
struct House {
    dir: tempfile::TempDir,
    clock: Arc<TestClock>,
}

impl House {
    fn new() -> House {
        let dir = tempfile::tempdir().unwrap();
        let now = Time::parse_rfc3339_china("2026-11-22T10:00:00+08:00").unwrap();
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".to_string(),
            organisation: Some("12619900990000084G".to_string()),
            host: None,
            seal: SealPolicy::Manual,
        };
        Office::create_example(&dir.path().join("office"), &new, now).unwrap();
        House { dir, clock: Arc::new(TestClock(Mutex::new(now))) }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("office")
    }

    fn options(&self) -> OpenOptions {
        OpenOptions { clock: self.clock.clone(), allow_example_keys: true, allow_later: false }
    }

    fn open(&self) -> Office {
        Office::open(&self.path(), &passphrase(), self.options()).unwrap()
    }

    fn open_on(&self, disk: Arc<dyn Disk>) -> Result<Office, Refusal> {
        Office::open_on(&self.path(), disk, &passphrase(), self.options())
    }

    fn later(&self, days: u64) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.saturating_add(days * 86_400);
    }

    /// Ten o'clock of that day.
    fn on(&self, day: &str) {
        *self.clock.0.lock().unwrap() = Time::parse_rfc3339_china(&format!("{day}T10:00:00+08:00")).unwrap();
    }

    fn findings(&self) -> Vec<crate::audit::Finding> {
        let options = crate::audit::AuditOptions::default();
        crate::office::audit(&self.path(), &options, &mut |_| {}).unwrap().findings
    }
}

fn passphrase() -> Arc<Passphrase> {
    Arc::new(Passphrase::new(example::PASSPHRASE).unwrap())
}

fn submit(office: &Office, text: &str) -> Result<CertificateNumber, Refusal> {
    let kind = SubmissionKind::Json;
    let submission =
        Submission { bytes: text.as_bytes().to_vec(), kind, idempotency_key: None, qr: true, corrects: None };
    office.submit(submission).map(|accepted| accepted.number)
}

fn sealed(office: &Office, text: &str) -> CertificateNumber {
    let number = submit(office, text).unwrap();
    office.seal().unwrap();
    number
}

fn code(text: &str) -> CommitmentCode {
    CommitmentCode::parse(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn operator() -> Actor {
    Actor {
        account: "A00004".into(), unit: "示例县公共信用信息中心".into(), standing: Standing::Operator
    }
}

/// An event with whatever its kind needs.
fn whole(kind: EventKind) -> NewCommitmentEvent {
    let mut event = NewCommitmentEvent::new(kind);
    for (field, needed) in fields(kind) {
        if !needed {
            continue;
        }
        match field {
            Field::Channels => {
                let (site, url) = ("信用中国".to_string(), "https://a.cn/1".to_string());
                event.channels.push(Channel { site, url, on: String::new() });
            }
            Field::Evidence => event.evidence.push(format!("sha256:{}", "ab".repeat(32))),
            Field::Unit => event.unit = "示例县市场监督管理局".into(),
            Field::UnitCode => event.unit_code = "11619900990000121R".into(),
            Field::Unperformed => event.unperformed = "未按期完成整改".into(),
            Field::Liability => event.liability = "撤销许可".into(),
            Field::Outcome => event.upheld = Some(false),
            Field::Reason => event.reason = "有证据".into(),
            Field::Basis => event.basis = "区政府主要领导签署".into(),
            Field::Items | Field::ValidTo => {}
        }
    }
    event
}

fn does(office: &Office, which: &str, kind: EventKind) -> Result<(), RefusalCode> {
    let done = office.commitment_desk().event(&operator(), &code(which), &whole(kind), None);
    done.map(drop).map_err(|refusal| refusal.code())
}

/// A year's calendar: spring days off, a make-up Sunday, a week in October.
fn calendar(year: u32) -> Vec<u8> {
    let sunday =
        (1..=20).map(|of_month| Day::new(year, 2, of_month).unwrap()).find(|day| day.is_weekend()).unwrap();
    format!(
        r#"{{"format":"xinzheng/calendar/v1","year":{year},"source":"试用","off":[
            {{"name":"元旦","from":"{year}-01-01","to":"{year}-01-03"}},
            {{"name":"春节","from":"{year}-02-21","to":"{year}-02-27"}},
            {{"name":"国庆","from":"{year}-10-01","to":"{year}-10-07"}}],"working":["{sunday}"]}}"#
    )
    .into_bytes()
}

const TOLERANCE_CODE: &str = "61990020261122000002";
const APPROVAL_CODE: &str = "61990020261122000001";

#[test]
fn missing_items_are_handed_in_or_overdue_by_the_day() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    let two = TOLERANCE.replace(
        r#""due_on": "2026-12-01"
    }"#,
        r#""due_on": "2026-12-01"
    }, {"name": "健康证明", "due_on": "2026-11-27"}"#,
    );
    sealed(&office, &two);
    let which = code(TOLERANCE_CODE);
    // Without the year's calendar nothing is counted; what the commitment says of itself counts.
    let view = desk.one(&which).unwrap();
    assert_eq!(view.stage, Stage::SupplementDue { left: None });
    assert_eq!(view.supplement_due, Some(day("2026-11-27")));
    assert!(view.remarks.contains(&Remark::SupplementUnchecked), "{:?}", view.remarks);
    office.import_calendar(&calendar(2026)).unwrap();
    let view = desk.one(&which).unwrap();
    assert_eq!((view.stage, view.seen), (Stage::SupplementDue { left: Some(5) }, 0));
    assert_eq!(view.remarks, []);
    let list = desk.due(day("2026-11-25")).unwrap();
    let row = list.rows.iter().find(|row| row.what == DueWhat::Supplement).unwrap();
    assert_eq!((row.left, row.soon, row.overdue), (Some(2), true, false));
    // One of two: the rest is still due, and the day for the rest is its own.
    let mut one = whole(EventKind::Supplemented);
    one.items = vec!["没有的材料".into()];
    let refused = desk.event(&operator(), &which, &one, None).unwrap_err();
    assert_eq!((refused.code(), refused.where_()), (RefusalCode::CommitmentItem, "/items"));
    one.items = vec!["健康证明".into()];
    desk.event(&operator(), &which, &one, Some(0)).unwrap();
    let view = desk.one(&which).unwrap();
    assert_eq!(view.missing, ["经营场所平面图"]);
    assert!(matches!(view.stage, Stage::SupplementDue { .. }));
    assert_eq!(
        does(&office, TOLERANCE_CODE, EventKind::SupplementOverdue),
        Err(RefusalCode::CommitmentNotDue)
    );
    assert!(desk.by_the_day().unwrap().is_empty());
    house.on("2026-12-02");
    assert_eq!(desk.one(&which).unwrap().stage, Stage::SupplementOverdue);
    let list = desk.overdue(day("2026-12-02")).unwrap();
    assert_eq!((list.count, list.rows[0].what), (1, DueWhat::Supplement));
    assert_eq!(desk.by_the_day().unwrap().len(), 1);
    assert!(desk.by_the_day().unwrap().is_empty());
    let view = desk.one(&which).unwrap();
    let event = &view.events.last().unwrap().event;
    assert_eq!((event.fields().by.as_str(), event.fields().reason_code.as_str()), ("office", "BY_THE_DAY"));
    assert_eq!(event.detail("unperformed"), Some("逾期未补正：经营场所平面图"));
    assert_eq!(event.detail("unit_code"), Some("11619900990000068X"));
    assert!(view.present.overdue && view.present.is_unsettled());
    // Handed in late, it is in.
    does(&office, TOLERANCE_CODE, EventKind::Supplemented).unwrap();
    assert_eq!(desk.one(&which).unwrap().stage, Stage::Supplemented);
    assert_eq!(does(&office, TOLERANCE_CODE, EventKind::Supplemented), Err(RefusalCode::CommitmentOrder));
    office.seal().unwrap();
    drop(office);
    assert_eq!(house.findings(), []);
}

#[test]
fn days_that_a_commitment_gives_itself_are_held_against_the_rule() {
    let house = House::new();
    let office = house.open();
    let late = TOLERANCE.replace("2026-12-01", "2026-12-02");
    office.import_calendar(&calendar(2026)).unwrap();
    let refused = submit(&office, &late).unwrap_err();
    assert_eq!((refused.code(), refused.where_()), (RefusalCode::SupplementLate, "/missing_items/0/due_on"));
    sealed(&office, TOLERANCE);
    // In a year without a calendar it is accepted, told as unchecked, and the rule's day counts once it is known.
    let house = House::new();
    let office = house.open();
    sealed(&office, &late);
    let desk = office.commitment_desk();
    assert_eq!(desk.one(&code(TOLERANCE_CODE)).unwrap().remarks, [Remark::SupplementUnchecked]);
    office.import_calendar(&calendar(2026)).unwrap();
    let view = desk.one(&code(TOLERANCE_CODE)).unwrap();
    assert_eq!(view.remarks, [Remark::SupplementLate { by_rule: day("2026-12-01") }]);
    assert_eq!(view.supplement_due, Some(day("2026-12-01")));
}

#[test]
fn an_adverse_result_counts_once_its_window_is_over_and_never_while_it_is_disputed() {
    let house = House::new();
    let office = house.open();
    office.import_calendar(&calendar(2026)).unwrap();
    let desk = office.commitment_desk();
    sealed(&office, APPROVAL);
    let which = code(APPROVAL_CODE);
    // A report that lists the commitment as not kept.
    let report = |state: &str, n: u32| {
        REPORT
            .replace("61990020260310000003", APPROVAL_CODE)
            .replace("\"PARTLY_FULFILLED\"", &format!("\"{state}\""))
            .replace("20261122091537A0000008", &format!("20261122091537A{n:07}"))
    };
    let refused = |n: u32, state: &str| submit(&office, &report(state, n)).map_err(|refusal| refusal.code());
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::NotFulfilled), Err(RefusalCode::CommitmentOrder));
    does(&office, APPROVAL_CODE, EventKind::CheckStarted).unwrap();
    does(&office, APPROVAL_CODE, EventKind::NotFulfilled).unwrap();
    let view = desk.one(&which).unwrap();
    assert_eq!((view.stage, view.present.counts), (Stage::NotFulfilled, false));
    // Five working days after Sunday the 22nd.
    assert_eq!(view.present.window_ends, Some(day("2026-11-27")));
    assert_eq!(refused(1, "NOT_FULFILLED"), Err(RefusalCode::CommitmentNotSettled));
    assert!(refused(2, "IN_PROGRESS").is_ok());
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::Closed), Err(RefusalCode::CommitmentWindow));
    house.on("2026-11-27");
    assert!(!desk.one(&which).unwrap().present.counts);
    does(&office, APPROVAL_CODE, EventKind::ObjectionFiled).unwrap();
    house.on("2026-11-30");
    assert_eq!(refused(3, "NOT_FULFILLED"), Err(RefusalCode::CommitmentNotSettled));
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::Closed), Err(RefusalCode::CommitmentOrder));
    // Rejected: it counts at once, for the window is over.
    does(&office, APPROVAL_CODE, EventKind::ObjectionResolved).unwrap();
    assert!(desk.one(&which).unwrap().present.counts);
    assert!(refused(4, "NOT_FULFILLED").is_ok());
    // Rectified, checked again, kept.
    does(&office, APPROVAL_CODE, EventKind::CheckStarted).unwrap();
    assert!(desk.one(&which).unwrap().present.counts, "until something else is determined");
    does(&office, APPROVAL_CODE, EventKind::Fulfilled).unwrap();
    let view = desk.one(&which).unwrap();
    assert_eq!((view.stage, view.present.counts), (Stage::Fulfilled, false));
    // False when it was made, and the objection upheld: as if it had never been determined.
    does(&office, APPROVAL_CODE, EventKind::CheckStarted).unwrap();
    does(&office, APPROVAL_CODE, EventKind::FoundFalse).unwrap();
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::CheckStarted), Err(RefusalCode::CommitmentOrder));
    does(&office, APPROVAL_CODE, EventKind::ObjectionFiled).unwrap();
    let mut upheld = whole(EventKind::ObjectionResolved);
    upheld.upheld = Some(true);
    desk.event(&operator(), &which, &upheld, None).unwrap();
    house.on("2026-12-31");
    assert_eq!(refused(5, "FOUND_FALSE"), Err(RefusalCode::CommitmentNotSettled));
    assert!(refused(6, "IN_PROGRESS").is_ok());
    office.seal().unwrap();
    drop(office);
    assert_eq!(house.findings(), []);
}

#[test]
fn without_a_calendar_a_result_counts_once_any_calendar_would_let_it() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    sealed(&office, APPROVAL);
    does(&office, APPROVAL_CODE, EventKind::CheckStarted).unwrap();
    does(&office, APPROVAL_CODE, EventKind::PartlyFulfilled).unwrap();
    let view = desk.one(&code(APPROVAL_CODE)).unwrap();
    assert_eq!(view.remarks, [Remark::WindowUnchecked]);
    for (days, counts) in [(20, false), (50, false), (1, true)] {
        house.later(days);
        assert_eq!(desk.one(&code(APPROVAL_CODE)).unwrap().present.counts, counts, "{days}");
    }
}

#[test]
fn who_looked_before_something_else_happened_is_told() {
    let house = House::new();
    let office = house.open();
    sealed(&office, APPROVAL);
    let desk = office.commitment_desk();
    let publicised = whole(EventKind::Publicised);
    let which = code(APPROVAL_CODE);
    desk.event(&operator(), &which, &publicised, Some(0)).unwrap();
    let stale = desk.event(&operator(), &which, &publicised, Some(0)).unwrap_err();
    assert_eq!(stale.code(), RefusalCode::EventOutOfOrder);
    let window = Actor { standing: Standing::Window, ..operator() };
    let refused = desk.event(&window, &which, &publicised, None).unwrap_err();
    assert_eq!(refused.code(), RefusalCode::RoleNotAllowed);
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::TakenBack), Err(RefusalCode::CommitmentOrder));
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::Supplemented), Err(RefusalCode::CommitmentType));
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::Renewed), Err(RefusalCode::CommitmentType));
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::Expired), Err(RefusalCode::CommitmentNotDue));
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::Suspended), Err(RefusalCode::CommitmentOrder));
    assert_eq!(does(&office, "61990020261122000099", EventKind::Closed), Err(RefusalCode::CommitmentUnknown));
    sealed(&office, REPAIR);
    assert_eq!(
        does(&office, "61990020261122000004", EventKind::Publicised),
        Err(RefusalCode::CommitmentNotPublic)
    );
    does(&office, "61990020261122000004", EventKind::TakenBack).unwrap();
    assert_eq!(desk.one(&code("61990020261122000004")).unwrap().next, []);
    // Before the batch is sealed there is nothing to add to.
    submit(&office, GOVERNMENT).unwrap();
    assert_eq!(does(&office, "61990020261122000007", EventKind::Publicised), Err(RefusalCode::NotSealed));
    office.seal().unwrap();
    // Revoked: nothing more is recorded.
    let number = desk.one(&which).unwrap().number;
    office.set_status(&number, verifier::status::Status::Revoked, "签发有误").unwrap();
    assert_eq!(does(&office, APPROVAL_CODE, EventKind::CheckStarted), Err(RefusalCode::CommitmentEnded));
    assert_eq!(desk.one(&which).unwrap().next, []);
}

#[test]
fn what_the_kinds_of_events_alone_leave_open_is_refused_at_every_door() {
    let house = House::new();
    let office = house.open();
    let number = sealed(&office, APPROVAL);
    // An objection to nothing: of a commitment that was collected with a result the same kinds would be right.
    let event = |kind| crate::office::NewEvent {
        kind,
        by: "A00004".into(),
        reason_code: "X".into(),
        reason: "x".into(),
        basis: String::new(),
        detail: Vec::new(),
    };
    let refused = |kind| office.record_event(&number, event(kind), None).unwrap_err().code();
    assert_eq!(refused(EventKind::ObjectionFiled), RefusalCode::CommitmentOrder);
    for kind in [EventKind::CheckStarted, EventKind::NotFulfilled, EventKind::ObjectionFiled] {
        does(&office, APPROVAL_CODE, kind).unwrap();
    }
    // An objection that ends without saying how.
    assert_eq!(refused(EventKind::ObjectionResolved), RefusalCode::CommitmentOrder);
    office.seal().unwrap();
    drop(office);
    assert_eq!(house.findings(), []);
}

#[test]
fn a_government_s_promise_is_continued_every_year() {
    let house = House::new();
    let office = house.open();
    sealed(&office, GOVERNMENT);
    let desk = office.commitment_desk();
    let which = "61990020261122000007";
    does(&office, which, EventKind::Publicised).unwrap();
    let renewal = |on: &str| {
        let list = desk.due(day(on)).unwrap();
        list.rows.iter().find(|row| row.what == DueWhat::Renewal).map(|row| (row.due, row.overdue))
    };
    assert_eq!(renewal("2026-11-22"), Some((Some(day("2027-11-22")), false)));
    house.on("2027-11-30");
    assert_eq!(renewal("2027-11-30"), Some((Some(day("2027-11-22")), true)));
    assert_eq!(desk.one(&code(which)).unwrap().stage, Stage::Expired);
    assert_eq!(desk.by_the_day().unwrap().len(), 1);
    let mut renewed = whole(EventKind::Renewed);
    renewed.valid_to = "2027-11-30".into();
    let refused = desk.event(&operator(), &code(which), &renewed, None).unwrap_err();
    assert_eq!((refused.code(), refused.where_()), (RefusalCode::DatesOrder, "/valid_to"));
    renewed.valid_to = "2028-11-21".into();
    desk.event(&operator(), &code(which), &renewed, None).unwrap();
    let view = desk.one(&code(which)).unwrap();
    assert_eq!((view.stage, view.valid_to), (Stage::Publicised, Some(day("2028-11-21"))));
    assert_eq!(renewal("2027-11-30"), Some((Some(day("2028-11-30")), false)));
}

#[test]
fn templates_and_their_conditions_are_held_against_commitments() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    let text = "本单位承诺已具备许可条件。\n";
    let new = NewTemplate {
        id: "CN-01".into(),
        version: "1".into(),
        name: "告知承诺书".into(),
        measurable: true,
        text: text.into(),
    };
    let by = |digest: Option<&str>, conditions: &str| {
        let digest = digest.map(|digest| format!(r#","digest":"{digest}""#)).unwrap_or_default();
        let more =
            format!(r#"{{"template":{{"id":"CN-01","version":"1"{digest}}},"conditions":[{conditions}],"#);
        APPROVAL.replacen('{', &more, 1)
    };
    let refused = |text: &str| {
        let refusal = submit(&office, text).unwrap_err();
        (refusal.code(), refusal.where_().to_string())
    };
    let at = |code, at: &str| (code, at.to_string());
    desk.refuse_unknown_templates(&operator(), true).unwrap();
    assert_eq!(refused(&by(None, "")), at(RefusalCode::TemplateUnknown, "/template"));
    desk.add_template(&operator(), &new).unwrap();
    let digest = template_digest(text);
    let other = template_digest("别的");
    assert_eq!(refused(&by(None, "")), at(RefusalCode::TemplateDigest, "/template/digest"));
    assert_eq!(refused(&by(Some(&other), "")), at(RefusalCode::TemplateDigest, "/template/digest"));
    let conditions = r#"{"text":"面积不少于 30 平方米"},{"text":"法律、法规规定的其他条件"}"#;
    assert_eq!(
        refused(&by(Some(&digest), conditions)),
        at(RefusalCode::ConditionCatchAll, "/conditions/1/text")
    );
    sealed(&office, &by(Some(&digest), r#"{"text":"面积不少于 30 平方米"}"#));
    assert_eq!(desk.one(&code(APPROVAL_CODE)).unwrap().remarks, []);
    // The register is there after the office was closed, and so is its setting.
    drop(office);
    let office = house.open();
    assert!(office.commitment_desk().refuses_unknown_templates());
    assert_eq!(office.commitment_desk().template_text("CN-01", "1").unwrap(), text);
    assert_eq!(house.findings(), []);
}

#[test]
fn who_was_false_or_is_listed_may_not_commit_itself_until_that_is_repaired() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    let matters = "事项编码,事项名称,实施部门,实施部门代码,承诺类型,设定依据,公开类型,不适用情形,核查期限\n\
        SX00001,食品经营许可,示例县行政审批服务局,11619900990000068X,审批替代型,示例依据,可向社会公开,,30日\n\
        SX00009,危险化学品,示例县行政审批服务局,11619900990000068X,证明事项型,示例依据,不可公开,公共安全,\n";
    let done = desk.import_matters(&operator(), matters.as_bytes()).unwrap();
    assert_eq!((done.good, done.changed, done.bad.len()), (2, 2, 0));
    assert_eq!(desk.import_matters(&operator(), matters.as_bytes()).unwrap().changed, 0);
    let holder = crate::code::UnifiedCode::parse("91619900MA0DEM0131").unwrap();
    let told = |matter: Option<&str>| {
        let answer = desk.eligible(&holder, matter).unwrap();
        assert_eq!(answer.eligible, answer.reasons.is_empty());
        answer.reasons.iter().map(Ineligible::code).collect::<Vec<_>>()
    };
    assert_eq!(told(Some("SX00001")), [] as [&str; 0]);
    assert_eq!(told(Some("SX00009")), ["EXCLUDED_MATTER"]);
    assert_eq!(desk.eligible(&holder, Some("SX1")).unwrap_err().code(), RefusalCode::MatterUnknown);
    sealed(&office, APPROVAL);
    let check = desk.due(day("2026-12-23")).unwrap();
    let row = check.rows.iter().find(|row| row.what == DueWhat::Check).unwrap();
    assert_eq!((row.due, row.overdue), (Some(day("2026-12-22")), true));
    assert_eq!(desk.figures(day("2026-11-22")).unwrap().matters, (1, 2));
    does(&office, APPROVAL_CODE, EventKind::CheckStarted).unwrap();
    does(&office, APPROVAL_CODE, EventKind::FoundFalse).unwrap();
    // In its objection window it speaks against nobody.
    assert_eq!(told(None), [] as [&str; 0]);
    house.later(100);
    assert_eq!(told(None), ["FOUND_FALSE"]);
    let number = desk.one(&code(APPROVAL_CODE)).unwrap().number;
    office.set_status(&number, verifier::status::Status::Replaced, "信用修复").unwrap();
    assert_eq!(told(None), [] as [&str; 0]);
    let verified = include_str!("../../../tests/samples/report-special-serious.json");
    let serious = verified
        .replace("\"OBJECTION_VERIFYING\"", "")
        .replace("\"report_no\": \"2026112209153", "\"report_no\": \"2026112209154");
    let subject: serde_json::Value = serde_json::from_str(&serious).unwrap();
    let listed = crate::code::UnifiedCode::parse(subject["subject"]["uscc"].as_str().unwrap()).unwrap();
    // A listing that is being verified is not held against anybody; the newest report counts.
    sealed(&office, verified);
    assert!(desk.eligible(&listed, None).unwrap().eligible);
    sealed(&office, &serious);
    let answer = desk.eligible(&listed, None).unwrap();
    assert_eq!(answer.reasons.iter().map(Ineligible::code).collect::<Vec<_>>(), ["SERIOUS_RECORD"]);
}
