//! 给接收方的副本: a copy of a certificate with less in it, chosen by its holder in plain words.
//!
//! ```text
//! GET  /holder/certificates/N/copy       what there is, each with a box to tick
//! POST /holder/certificates/N/copy       do=look   what it will show and hide, and whom that would not suffice
//!                                        do=xzc, do=pdf   the copy
//! GET, POST /operator/certificates/N/copy          the same, at the holder's wish
//! ```
//!
//! Boxes are numbered as the records stand in the certificate. What a document says of itself (its number, period, purpose,
//! what was collected) is one box. Not here: what a copy is and which are not made (`Office::copy`).

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use notary::office::{Copy, Office};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use verifier::disclosure::{Disclosure, Place};
use verifier::json::Value;
use verifier::number::CertificateNumber;
use verifier::registry::{Counter, Purpose};

use super::holder::{code, own};
use super::{logged, looked, read, work};
use crate::lang::Lang;
use crate::page::words::grouped;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Characters of a record's value that are shown.
const GIST: usize = 60;
/// The box of what a document says of itself.
const BASIC: &str = "b";
/// What it is called.
const BASIC_WORDS: [&str; 2] =
    ["编号、查询期、用途、归集范围等说明", "Number, period, purpose, what was collected"];

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/holder/certificates/{number:\d{22}}/copy", read().to(holders))
        .route(r"/holder/certificates/{number:\d{22}}/copy", web::post().to(holders_made))
        .route(r"/operator/certificates/{number:\d{22}}/copy", read().to(offices))
        .route(r"/operator/certificates/{number:\d{22}}/copy", web::post().to(offices_made));
}

#[derive(Template)]
#[template(path = "desk/copy.html")]
struct Choose<'a> {
    page: &'a Page,
    csrf: &'a str,
    address: &'a str,
    grouped: String,
    groups: Vec<Group>,
    purposes: Vec<(&'static str, &'static str)>,
    to: &'a str,
    trouble: String,
}

#[derive(Template)]
#[template(path = "desk/copy-look.html")]
struct Look<'a> {
    page: &'a Page,
    csrf: &'a str,
    address: &'a str,
    grouped: String,
    /// What goes with every button: the choice.
    fields: Vec<(&'static str, String)>,
    shown: u64,
    of: u64,
    hidden: u64,
    adverse: u64,
    kept: Vec<String>,
    gone: Vec<(&'static str, u64, bool)>,
    gone_members: Vec<String>,
    to: &'static str,
    lacks: String,
}

/// Boxes that belong together.
struct Group {
    title: &'static str,
    boxes: Vec<Choosable>,
}

/// Something to tick.
struct Choosable {
    name: &'static str,
    value: String,
    label: String,
    adverse: bool,
    checked: bool,
}

/// What was chosen.
#[derive(Debug, Default)]
struct Choice {
    kept: BTreeSet<usize>,
    basic: bool,
    to: Option<Purpose>,
    act: String,
}

/// Whose pages these are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Holder,
    Office,
}

impl Door {
    fn address(self, number: &str) -> String {
        match self {
            Door::Holder => format!("/holder/certificates/{number}"),
            Door::Office => format!("/operator/certificates/{number}"),
        }
    }

    fn section(self) -> Section {
        if self == Door::Holder { Section::Holder } else { Section::Operator }
    }

    /// The number, if whoever asks may.
    fn may(self, office: &Office, by: &SignedIn, number: &str) -> Result<CertificateNumber, Problem> {
        match self {
            Door::Holder => own(office, &code(by)?, number),
            Door::Office => CertificateNumber::parse(number).map_err(|_| Common::NotFound.problem()),
        }
    }
}

async fn holders(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    code(&signed_in)?;
    choose(Door::Holder, page, signed_in, &shared, number.into_inner(), None, None).await
}

async fn offices(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    choose(Door::Office, page, signed_in, &shared, number.into_inner(), None, None).await
}

async fn holders_made(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
    form: CheckedForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    code(&signed_in)?;
    made(Door::Holder, page, signed_in, &shared, number.into_inner(), form.0).await
}

async fn offices_made(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
    form: CheckedForm<Vec<(String, String)>>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    made(Door::Office, page, signed_in, &shared, number.into_inner(), form.0).await
}

async fn made(
    door: Door,
    page: Page,
    signed_in: SignedIn,
    shared: &Data<Shared>,
    number: String,
    fields: Vec<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let choice = Choice::read(&fields)?;
    match choice.act.as_str() {
        "edit" => choose(door, page, signed_in, shared, number, Some(choice), None).await,
        "look" => look(door, page, signed_in, shared, number, choice).await,
        "xzc" | "pdf" => file(door, page, signed_in, shared, number, choice).await,
        _ => Err(Common::FormBad.problem()),
    }
}

async fn choose(
    door: Door,
    page: Page,
    signed_in: SignedIn,
    shared: &Data<Shared>,
    number: String,
    choice: Option<Choice>,
    refused: Option<Refusal>,
) -> Result<HttpResponse, Problem> {
    let (lang, by) = (page.lang, signed_in.clone());
    let to = choice.as_ref().and_then(|choice| choice.to).map_or("", Purpose::name);
    let address = door.address(&number);
    let (groups, number) = work(shared, move |office| {
        let number = door.may(office, &by, &number)?;
        looked(office, &by, Action::CertificateViewed, number.as_str())?;
        Ok((groups(lang, &office.records_of(&number)?, choice.as_ref()), number))
    })
    .await?;
    let page = titled(page, door);
    let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let word = |purpose: &Purpose| (purpose.name(), lang.pick(purpose.zh(), purpose.en()));
    let choose = Choose {
        page: &page,
        csrf: signed_in.csrf(),
        address: &address,
        grouped: grouped(number.as_str()),
        groups,
        purposes: Purpose::ALL.iter().map(word).collect(),
        to,
        trouble: refused.map(|refusal| refusal.message(lang.words())).unwrap_or_default(),
    };
    Ok(page.html(status, &choose))
}

/// A copy, or why there can't be one, which a person can mend.
fn copy(
    office: &Office,
    number: &CertificateNumber,
    choice: &Choice,
) -> Result<Result<Copy, Refusal>, Problem> {
    let records = office.records_of(number)?;
    let keep: Vec<String> = (0..)
        .zip(&records)
        .filter(|(n, record)| choice.kept.contains(n) || (choice.basic && is_basic(record)))
        .map(|(_, record)| record.pointer().to_owned())
        .collect();
    match office.copy(number, &keep) {
        Ok(copy) => Ok(Ok(copy)),
        Err(refusal) if matches!(refusal.code(), RefusalCode::CopyEmpty | RefusalCode::CopyIncomplete) => {
            Ok(Err(refusal))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn look(
    door: Door,
    page: Page,
    signed_in: SignedIn,
    shared: &Data<Shared>,
    number: String,
    choice: Choice,
) -> Result<HttpResponse, Problem> {
    let (lang, by, typed) = (page.lang, signed_in.clone(), number.clone());
    let fields = choice.fields();
    let to = choice.to;
    let (choice, came, all) = work(shared, move |office| {
        let number = door.may(office, &by, &typed)?;
        looked(office, &by, Action::CertificateViewed, number.as_str())?;
        let came = copy(office, &number, &choice)?;
        Ok((choice, came, office.records_of(&number)?))
    })
    .await?;
    let copy = match came {
        Ok(copy) => copy,
        Err(refusal) => {
            return choose(door, page, signed_in, shared, number, Some(choice), Some(refusal)).await;
        }
    };
    let shown = copy.shown();
    let page = titled(page, door);
    let kept = copy.certificate().shown().map(|(records, _)| records).unwrap_or_default();
    let lacks = to.map(|purpose| copy.lacks(purpose)).unwrap_or_default();
    let each = |(counter, n): &(Counter, u64)| match lang.is_en() {
        false => format!("{}{n}条", counter.zh()),
        true => format!("{n} of {}", counter.en()),
    };
    let gone = shown.counters().iter().filter(|counter| counter.hidden() > 0).filter_map(|counter| {
        let known = counter.counter.known()?;
        Some((lang.pick(known.zh(), known.en()), counter.hidden(), known.adverse()))
    });
    // Members of the document that are hidden: the basic ones in one line, as they were chosen.
    let is_gone = |record: &&Disclosure| !kept.iter().any(|other| other.pointer() == record.pointer());
    let of_document = |record: &&Disclosure| !matches!(record.place(), Place::Section(..));
    let members = all.iter().filter(of_document).filter(is_gone);
    let mut gone_members: Vec<String> = members
        .map(|record| match is_basic(record) {
            true => lang.pick(BASIC_WORDS[0], BASIC_WORDS[1]).to_owned(),
            false => label(lang, record).0,
        })
        .collect();
    gone_members.dedup();
    let address = door.address(&number);
    let look = Look {
        page: &page,
        csrf: signed_in.csrf(),
        address: &address,
        grouped: grouped(&number),
        fields,
        shown: shown.records(),
        of: shown.of(),
        hidden: shown.of().saturating_sub(shown.records()),
        adverse: shown.hidden_adverse(),
        kept: kept.iter().filter(|record| !is_basic(record)).map(|record| label(lang, record).0).collect(),
        gone: gone.collect(),
        gone_members,
        to: to.map_or("", |purpose| lang.pick(purpose.zh(), purpose.en())),
        lacks: lacks.iter().map(each).collect::<Vec<_>>().join(lang.pick("、", ", ")),
    };
    Ok(page.html(StatusCode::OK, &look))
}

async fn file(
    door: Door,
    page: Page,
    signed_in: SignedIn,
    shared: &Data<Shared>,
    number: String,
    choice: Choice,
) -> Result<HttpResponse, Problem> {
    let (by, typed) = (signed_in.clone(), number.clone());
    let (choice, came) = work(shared, move |office| {
        let number = door.may(office, &by, &typed)?;
        let copy = match copy(office, &number, &choice)? {
            Ok(copy) => copy,
            Err(refusal) => return Ok((choice, Err(refusal))),
        };
        let bytes = match choice.act.as_str() {
            "pdf" => office.pdf_of_copy(&copy),
            _ => Ok(copy.certificate().encode()),
        };
        let bytes = logged(office, &by, Action::CopyMade, number.as_str(), bytes)?;
        Ok((choice, Ok(bytes)))
    })
    .await?;
    let bytes = match came {
        Ok(bytes) => bytes,
        Err(refusal) => {
            return choose(door, page, signed_in, shared, number, Some(choice), Some(refusal)).await;
        }
    };
    let (ending, media_type) = match choice.act.as_str() {
        "pdf" => ("pdf", "application/pdf"),
        _ => ("xzc", "application/json"),
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{number}-copy.{ending}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(bytes))
}

impl Choice {
    fn read(fields: &[(String, String)]) -> Result<Choice, Problem> {
        let mut choice = Choice::default();
        for (name, value) in fields {
            match name.as_str() {
                "k" if value == BASIC => choice.basic = true,
                "k" => {
                    let n = value.parse().map_err(|_| Common::FormBad.problem())?;
                    choice.kept.insert(n);
                }
                "to" if value.is_empty() => {}
                "to" => {
                    let purpose = Purpose::from_name(value).ok_or_else(|| Common::FormBad.problem())?;
                    choice.to = Some(purpose);
                }
                "do" => choice.act.clone_from(value),
                _ => {}
            }
        }
        Ok(choice)
    }

    fn fields(&self) -> Vec<(&'static str, String)> {
        let basic = self.basic.then(|| ("k", BASIC.to_owned()));
        let kept = self.kept.iter().map(|n| ("k", n.to_string()));
        let to = self.to.map(|purpose| ("to", purpose.name().to_owned()));
        basic.into_iter().chain(kept).chain(to).collect()
    }
}

/// The sections of a report, as its pages call them.
const SECTIONS: [(&str, &str, &str); 10] = [
    ("admin", "行政管理", "Administration"),
    ("honest", "诚实守信", "Honest conduct"),
    ("serious", "严重失信主体名单", "Lists of seriously dishonest subjects"),
    ("abnormal", "经营异常", "Abnormal operations"),
    ("commitments", "信用承诺", "Credit commitments"),
    ("ratings", "信用评价", "Ratings"),
    ("judgments", "司法判决", "Judgments"),
    ("other", "其他信息", "Other information"),
    ("advice", "信用状况提升建议", "Advice"),
    ("local", "地方补充内容", "Local supplements"),
];

/// Members that are chosen for themselves; all others are what a document says of itself.
const MEMBERS: [(&str, &str, &str); 13] = [
    (
        "/subject",
        "主体基础信息（地址、法定代表人等）",
        "The subject: address, legal representative and so on",
    ),
    ("/subject/person_id", "公民身份号码", "ID number"),
    ("/committer", "承诺人信息", "The committer"),
    ("/committer/person_id", "公民身份号码", "ID number"),
    ("/sources", "数据来源单位", "Sources of the data"),
    ("/excluded_note", "其他说明", "Notes"),
    ("/reason", "承诺事由", "Reason of the commitment"),
    ("/content", "承诺内容", "What is committed to"),
    ("/liability", "违诺责任", "Liability for a breach"),
    ("/missing_items", "待补正材料", "What is still to be handed in"),
    ("/conditions", "告知的条件", "Conditions told"),
    ("/approvals", "签署人", "Who signed"),
    ("/signature_evidence", "签署凭证", "Evidence of the signature"),
];

fn is_basic(record: &Disclosure) -> bool {
    !matches!(record.place(), Place::Section(..)) && member(record).is_none()
}

fn member(record: &Disclosure) -> Option<&'static (&'static str, &'static str, &'static str)> {
    MEMBERS.iter().find(|(pointer, ..)| *pointer == record.pointer())
}

/// All boxes. At first everything is ticked but an ID number.
fn groups(lang: Lang, records: &[Disclosure], choice: Option<&Choice>) -> Vec<Group> {
    let checked = |n: usize, record: &Disclosure| match choice {
        Some(choice) => choice.kept.contains(&n),
        None => !record.pointer().ends_with("/person_id"),
    };
    let one = |(n, record): (usize, &Disclosure)| {
        let (label, adverse) = label(lang, record);
        Choosable { name: "k", value: n.to_string(), label, adverse, checked: checked(n, record) }
    };
    let all = || (0usize..).zip(records);
    let basic = Choosable {
        name: "k",
        value: BASIC.to_owned(),
        label: lang.pick(BASIC_WORDS[0], BASIC_WORDS[1]).to_owned(),
        adverse: false,
        checked: choice.is_none_or(|choice| choice.basic),
    };
    let members = all().filter(|(_, record)| member(record).is_some()).map(one);
    let first = Group {
        title: lang.pick("基本信息", "The document itself"),
        boxes: [basic].into_iter().chain(members).collect(),
    };
    let sections = SECTIONS.iter().map(|(name, zh, en)| Group {
        title: lang.pick(zh, en),
        boxes: all()
            .filter(|(_, record)| matches!(record.place(), Place::Section(section, _) if section == name))
            .map(one)
            .collect(),
    });
    [first].into_iter().chain(sections).filter(|group| !group.boxes.is_empty()).collect()
}

/// A record in plain words, and whether it is bad news.
fn label(lang: Lang, record: &Disclosure) -> (String, bool) {
    let Place::Section(section, _) = record.place() else {
        let words = member(record).map(|(_, zh, en)| lang.pick(zh, en));
        return (words.unwrap_or(record.pointer()).to_owned(), false);
    };
    let counter = Counter::of_record(section, record.value());
    let word = counter.map_or("", |counter| lang.pick(counter.zh(), counter.en()));
    let gist = gist(record.value());
    let sign = if gist.is_empty() { "" } else { lang.pick("：", ": ") };
    (format!("{word}{sign}{gist}"), counter.is_some_and(Counter::adverse))
}

/// What a record is called, and its day.
fn gist(record: &Value) -> String {
    let text = |key: &&str| record.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let named = ["title", "name", "list_name", "reason", "scheme", "case_no", "category", "text", "content"];
    let number = ["doc_no", "grade"];
    let days = ["decided_on", "listed_on", "made_on", "awarded_on", "as_of"];
    let parts: Vec<&str> =
        [&named[..], &number, &days].iter().filter_map(|keys| keys.iter().find_map(text)).collect();
    let all = parts.join(" ");
    let mut cut: String = all.chars().take(GIST).collect();
    if cut.len() < all.len() {
        cut.push('…');
    }
    cut
}

fn titled(page: Page, door: Door) -> Page {
    page.titled("给接收方的副本", "A copy for a recipient").at(door.section())
}
