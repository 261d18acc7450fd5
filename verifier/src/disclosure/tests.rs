//! Single cases are in `../../vectors/disclosure/`; here is what holds for all documents.

use alloc::string::ToString;
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;
use crate::core::{Audience, Core, CoreFields, Holder};
use crate::number::CertificateNumber;
use crate::registry::{Counter, DocumentKind, HolderKind, Open, Purpose};
use crate::time::{Date, Time};

const REPORT: &str = r#"{"schema":"credit-report/v1","purpose":"BIDDING","audience":{"name":"示例银行","uscc":"91619900MA0DEM099A"},"subject":{"kind":"ORG","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM021U"},"period":{"from":"2023-11-22","to":"2026-11-21"},"data_as_of":"2026-11-21T23:59:59+08:00","sections":{"admin":[{"item_id":"XK-1","act":"PERMIT","flags":[]},{"item_id":"CF-1","act":"PENALTY","flags":[]},{"item_id":"CF-2","act":"PENALTY","flags":["REPAIRED"]}],"honest":[],"advice":[{"text":"按时公示年报"}]}}"#;

const PERSON: &str = r#"{"schema":"credit-report/v1","subject":{"kind":"PERSON","name":"简策","person_id":"619900199003071230"},"sections":{"admin":[]}}"#;

fn value(text: &str) -> Value {
    json::parse(text.as_bytes(), 1 << 20).unwrap()
}

fn salt(i: usize) -> [u8; 16] {
    [u8::try_from(i).unwrap(); 16]
}

fn disclosed(document: &Value) -> Vec<Disclosure> {
    let records = records(document).unwrap();
    records.into_iter().enumerate().map(|(i, (p, v))| Disclosure::new(salt(i), p, v).unwrap()).collect()
}

fn digests(disclosures: &[Disclosure]) -> Vec<Hash> {
    let mut digests: Vec<Hash> = disclosures.iter().map(Disclosure::digest).collect();
    digests.sort_unstable();
    digests
}

/// The core that belongs to the document, as REPORT and PERSON have it.
fn fields(document: &Value, disclosures: &[Disclosure]) -> CoreFields {
    let person = disclosures.iter().find(|d| *d.place() == Place::PersonId);
    let holder = match person {
        Some(id) => Holder::new(HolderKind::Person, "简*", Holder::reference(&id.digest())),
        None => Holder::new(HolderKind::Org, "渭水样例食品有限公司", "91619900MA0DEM021U"),
    };
    let counters = counters(&records(document).unwrap()).unwrap();
    CoreFields {
        number: CertificateNumber::with_check("20261122401709386125").unwrap(),
        kind: DocumentKind::CreditReport,
        holder: Some(holder.unwrap()),
        title: "公共信用信息报告".into(),
        purpose: document.get("purpose").map(|_| Purpose::Bidding.into()),
        audience: document.get("audience").map(|_| Audience::new("示例银行", "91619900MA0DEM099A").unwrap()),
        issued_at: Time::new(1_795_310_130).unwrap(),
        expires_at: Time::new(1_803_086_130).unwrap(),
        period: Some((Date::parse("2023-11-22").unwrap(), Date::parse("2026-11-21").unwrap())),
        data_as_of: Some(Time::parse_rfc3339_china("2026-11-21T23:59:59+08:00").unwrap()),
        claims: Vec::new(),
        counters: counters.into_iter().map(|(counter, n)| (Open::Known(counter), n)).collect(),
        document_root: document_root(&digests(disclosures)).unwrap(),
        nonce: [7; 16],
    }
}

fn core(document: &Value, disclosures: &[Disclosure]) -> Core {
    Core::new(fields(document, disclosures)).unwrap()
}

/// Where `check` finds the fault, and the words of it.
fn bad(core: &Core, digests: &[Hash], disclosures: &[Disclosure]) -> String {
    match check(core, digests, disclosures).unwrap_err() {
        DisclosureError::Bad(refused) => refused.to_string(),
        other => panic!("{other}"),
    }
}

#[test]
fn a_document_is_split_into_records() {
    let pointers = |text| records(&value(text)).unwrap().into_iter().map(|(p, _)| p).collect::<Vec<_>>();
    assert_eq!(
        pointers(REPORT)[..5],
        ["/schema", "/purpose", "/audience", "/subject", "/period"].map(String::from)
    );
    assert_eq!(
        pointers(REPORT)[6..],
        ["/sections/admin/0", "/sections/admin/1", "/sections/admin/2", "/sections/advice/0"]
            .map(String::from)
    );
    assert_eq!(pointers(PERSON), ["/schema", "/subject", "/subject/person_id"].map(String::from));
    assert!(!json::compact(&records(&value(PERSON)).unwrap()[1].1).contains("person_id"));
    assert_eq!(pointers(r#"{"a/b~c":1}"#), ["/a~1b~0c".to_string()]);
    for none in
        ["1", "{}", r#"{"sections":[]}"#, r#"{"sections":{"admin":{}}}"#, r#"{"sections":{"admin":[]}}"#]
    {
        assert!(records(&value(none)).is_err(), "{none}");
    }
    let many = alloc::format!("{{\"sections\":{{\"other\":[{}0]}}}}", "0,".repeat(4096));
    assert!(records(&value(&many)).is_err());
}

#[test]
fn everything_shown_is_good() {
    for text in [REPORT, PERSON] {
        let document = value(text);
        let all = disclosed(&document);
        let shown = check(&core(&document, &all), &digests(&all), &all).unwrap();
        assert_eq!((shown.records(), shown.of()), (all.len() as u64, all.len() as u64));
        assert_eq!(shown.hidden_adverse(), 0);
        assert!(shown.counters().iter().all(|c| c.hidden() == 0));
        assert_eq!(compare_document(&document, all.len(), &all), DocumentMatch::Same);
    }
}

#[test]
fn nothing_shown_is_good() {
    let document = value(REPORT);
    let all = disclosed(&document);
    let core = core(&document, &all);
    assert_eq!(check(&core, &[], &[]).unwrap().hidden_adverse(), 1);
    assert_eq!(check(&core, &digests(&all), &[]).unwrap().records(), 0);
    assert_eq!(compare_document(&document, 0, &[]), DocumentMatch::NotShown);
}

#[test]
fn hiding_is_allowed_but_not_bad_news_where_the_purpose_demands_it() {
    let document = value(REPORT);
    let all = disclosed(&document);
    let without = |pointer: &str| all.iter().filter(|d| d.pointer() != pointer).cloned().collect::<Vec<_>>();
    let core = core(&document, &all);
    let shown = check(&core, &digests(&all), &without("/sections/admin/0")).unwrap();
    assert_eq!(shown.counters()[1], CounterShown { counter: Counter::Permits.into(), counted: 1, shown: 0 });
    let error = check(&core, &digests(&all), &without("/sections/admin/1")).unwrap_err();
    assert_eq!(error, DisclosureError::Incomplete([(Counter::Penalties, 1)].into()));
    assert_eq!(error.code(), "DISCLOSURE_INCOMPLETE");

    let for_a_bank = Core::new(CoreFields { purpose: None, ..fields(&document, &all) }).unwrap();
    let shown = check(&for_a_bank, &digests(&all), &without("/sections/admin/1")).unwrap();
    assert_eq!(shown.hidden_adverse(), 1);
}

#[test]
fn what_the_core_says_otherwise_is_refused() {
    let document = value(REPORT);
    for (pointer, other) in [
        ("/schema", r#""credit-report/v2""#),
        ("/purpose", r#""FINANCING""#),
        ("/audience", "null"),
        ("/audience", r#"{"name":"示例银行","uscc":"91619900MA0DEM098B"}"#),
        ("/period", r#"{"from":"2023-11-22","to":"2026-11-20"}"#),
        ("/data_as_of", r#""2026-11-21T23:59:58+08:00""#),
        ("/subject", r#"{"kind":"ORG","name":"渭水样例食品公司","uscc":"91619900MA0DEM021U"}"#),
        ("/subject", r#"{"kind":"SOLE","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM021U"}"#),
        ("/subject/person_id", r#""619900199003071230""#),
    ] {
        let mut all = disclosed(&document);
        let changed = Disclosure::new([99; 16], pointer, value(other)).unwrap();
        match all.iter_mut().find(|d| d.pointer() == pointer) {
            Some(place) => *place = changed,
            None => all.push(changed),
        }
        // The digests are those of what is shown: it is the office that contradicts itself.
        let root = document_root(&digests(&all)).unwrap();
        let core = Core::new(CoreFields { document_root: root, ..fields(&document, &disclosed(&document)) })
            .unwrap();
        assert!(bad(&core, &digests(&all), &all).contains("than the core"), "{pointer} {other}");
    }
}

#[test]
fn counters_are_kept() {
    let document = value(REPORT);
    let all = disclosed(&document);
    let with = |counters: Vec<(Open<Counter>, u64)>| {
        let core = Core::new(CoreFields { counters, ..fields(&document, &all) }).unwrap();
        check(&core, &digests(&all), &all)
    };
    let right = fields(&document, &all).counters;
    let less = right.iter().copied().filter(|(c, _)| c.known() != Some(Counter::Penalties)).collect();
    assert!(with(less).is_err());
    let more = right.iter().map(|(c, n)| (*c, n + 1)).collect();
    assert!(with(more).is_err());
    // A later version may class records otherwise.
    let later = [(Open::Known(Counter::Permits), 1), (Open::Unknown(18), 3)].into();
    assert!(with(later).is_ok());
    let too_many = [(Open::Known(Counter::Permits), 1), (Open::Unknown(18), 4)].into();
    assert!(with(too_many).is_err());
}

#[test]
fn documents_are_compared() {
    let document = value(REPORT);
    let all = disclosed(&document);
    let n = all.len();
    let text = REPORT.replace(
        "\"from\":\"2023-11-22\",\"to\":\"2026-11-21\"",
        "\"to\":\"2026-11-21\",\"from\":\"2023-11-22\"",
    );
    assert_ne!(text, REPORT);
    assert_eq!(compare_document(&value(&text), n, &all), DocumentMatch::Same);
    assert_eq!(compare_document(&document, n, &all[1..]), DocumentMatch::NotShown);
    let other = value(&REPORT.replace("XK-1", "XK-2"));
    assert_eq!(compare_document(&other, n, &all), DocumentMatch::Differs("/sections/admin/0".into()));
    assert_eq!(compare_document(&value(PERSON), n, &all[..1]), DocumentMatch::Differs("".into()));
    assert_eq!(compare_document(&value("[]"), n, &all), DocumentMatch::Differs("".into()));

    let file = value(
        r#"{"schema":"file/v1","name":"a.pdf","media_type":"application/pdf","size":3,"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}"#,
    );
    let (all, hash) = (disclosed(&file), sha256(&[b"abc"]));
    assert_eq!(compare_file(&hash, 3, &all), DocumentMatch::Same);
    assert_eq!(compare_file(&hash, 4, &all), DocumentMatch::Differs("/size".into()));
    assert_eq!(compare_file(&sha256(&[b"abd"]), 3, &all), DocumentMatch::Differs("/sha256".into()));
    assert_eq!(compare_file(&hash, 3, &all[..2]), DocumentMatch::NotShown);
}

#[test]
fn a_record_can_not_be_guessed_from_its_digest() {
    // With the whole record known, but not its salt, no digest of the document comes out.
    let document = value(PERSON);
    let all: Vec<Disclosure> = records(&document)
        .unwrap()
        .into_iter()
        .enumerate()
        .map(|(i, (p, v))| {
            Disclosure::new(sha256(&[b"secret", &[i as u8]]).as_bytes()[..16].try_into().unwrap(), p, v)
                .unwrap()
        })
        .collect();
    let guesses = records(&document).unwrap().into_iter().flat_map(|(pointer, value)| {
        let bare = sha256(&[json::compact(&value).as_bytes()]);
        let unsalted = Disclosure::new([0; 16], pointer, value).unwrap().digest();
        [bare, unsalted]
    });
    assert!(guesses.into_iter().all(|guess| !digests(&all).contains(&guess)));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(salt: [u8; 16], name in "[a-z/~渭水]{1,8}", text in "[ -~渭水\n]{0,40}") {
        let pointer = json::pointer::join("", &name);
        let written = Disclosure::new(salt, pointer, text.into()).unwrap();
        prop_assert_eq!(Disclosure::parse(written.as_str()), Ok(written));
    }

    #[test]
    fn a_changed_character_is_refused_or_another_disclosure(salt: [u8; 16], text in "[ -~]{0,20}", at: prop::sample::Index, to in "[A-Za-z0-9_=-]") {
        let written = Disclosure::new(salt, "/title", text.into()).unwrap();
        let at = at.index(written.as_str().len());
        let mut changed = written.as_str().to_string();
        changed.replace_range(at..=at, &to);
        if let Ok(other) = Disclosure::parse(&changed) {
            prop_assert_eq!(other.as_str(), changed.as_str());
            let again = Disclosure::new(*other.salt(), other.pointer(), other.value().clone()).unwrap();
            prop_assert_eq!(again.as_str(), changed.as_str());
            prop_assert!(again == written || again.digest() != written.digest());
        }
    }

    #[test]
    fn no_input_panics(text: String, pointer: String, bytes: Vec<u8>) {
        let _ = Disclosure::parse(&text);
        let _ = Disclosure::parse(&base64::encode_url(&bytes));
        let _ = Place::parse(&pointer);
    }
}
