//! Documents made at random, every one of which the parser accepts, and what holds for all of them.
//!
//! Names and texts have rare characters, quotes and slashes, and lengths up to the limits; every word of every
//! vocabulary comes up; sections may be empty. What each holds is decided by `proptest`, so failures shrink.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::calendar::Day;
use crate::document::vocabulary::*;

const CODE_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const ITEM_KINDS: [&str; 7] =
    ["行政许可", "行政处罚", "行政强制", "严重失信主体名单", "刑事裁判", "经营异常名录", "信用承诺"];

/// A `credit-report/v1` as JSON. Repaired records may be in it.
pub fn report() -> impl Strategy<Value = Value> {
    (select(ReportKind::ALL), head(), sections(), dates())
        .prop_flat_map(|(kind, head, sections, dates)| {
            let person = kind == ReportKind::Personal;
            let subject =
                if person { person_subject().boxed() } else { registered_subject(&["ORG", "SOLE"]).boxed() };
            let rest = (subject, subject_rest(), "[0-9A-Z]{8}");
            (Just((kind, head, sections, dates)), rest)
        })
        .prop_map(|((kind, mut report, sections, [from, to, as_of, made]), (mut subject, rest, serial))| {
            merge(&mut subject, rest);
            let at = |day: Day, clock: &str| format!("{day}T{clock}+08:00");
            merge(
                &mut report,
                json!({
                    "schema": "credit-report/v1", "kind": kind.spelling(), "subject": subject,
                    "report_no": format!("{}235959{serial}", made.to_string().replace('-', "")),
                    "period": {"from": from.to_string(), "to": to.to_string()},
                    "data_as_of": at(as_of, "12:00:00"), "generated_at": at(made, "23:59:59"),
                    "summary": summary(&sections), "sections": sections,
                }),
            );
            report
        })
}

/// A `credit-commitment/v1` as JSON.
pub fn commitment() -> impl Strategy<Value = Value> {
    (select(CommitmentType::ALL), select(&["LIMITED", "NONE"][..])).prop_flat_map(|(commitment_type, hidden)| {
        let committer = match commitment_type {
            CommitmentType::GovPublic => registered_subject(&["GOV_ORG"]).boxed(),
            _ => prop_oneof![person_subject(), registered_subject(&["ORG", "SOLE"])].boxed(),
        };
        let least = |needed: CommitmentType| usize::from(commitment_type == needed);
        let missing = vec((name(), day()).prop_map(|(n, d)| json!({"name": n, "due_on": d})), 1..3);
        let approvals = (name(), text(), past()).prop_map(|(n, p, d)| json!({"name": n, "post": p, "at": d}));
        let approvals = vec(approvals, least(CommitmentType::GovPublic)..3);
        let optional = (of(text()), missing, of(vec(text().prop_map(|t| json!({"text": t})), 0..3)), approvals);
        let dates = (past(), of(day()));
        let digests = (of(digest()), digest(), of((name(), name(), of(digest()))));
        let words = (select(Publicity::ALL), select(SignatureMethod::ALL));
        let texts = (name(), name(), text(), text(), text(), unit());
        (Just((commitment_type, hidden)), committer, optional, dates, digests, words, texts, "[0-9]{20}")
    }).prop_map(|((commitment_type, hidden), committer, optional, (made_on, valid_to), digests, words, texts, code)| {
        let person = committer["kind"] == "PERSON";
        let publicity = if person { hidden } else { words.0.spelling() };
        let mut commitment = json!({
            "schema": "credit-commitment/v1", "code": code, "type": commitment_type.spelling(),
            "committer": committer, "matter": {"code": texts.0, "name": texts.1}, "reason": texts.2, "content": texts.3,
            "liability": texts.4, "made_on": made_on, "accepted_by": texts.5, "publicity": publicity,
            "valid_to": valid_to.filter(|to| *to >= made_on), "approvals": optional.3,
            "signature_evidence": {"method": words.1.spelling(), "digest": digests.1},
        });
        put(&mut commitment, "notice_digest", digests.0);
        put(&mut commitment, "conditions", optional.2);
        put(&mut commitment, "template", digests.2.map(|(id, version, digest)| {
            let mut template = json!({"id": id, "version": version});
            put(&mut template, "digest", digest);
            template
        }));
        put(&mut commitment, "type_other", optional.0.filter(|_| commitment_type == CommitmentType::Other));
        let tolerance = commitment_type == CommitmentType::Tolerance;
        put(&mut commitment, "missing_items", tolerance.then_some(optional.1));
        commitment
    })
}

/// Members of a report that stand by themselves.
fn head() -> impl Strategy<Value = Value> {
    let source = (name(), uscc(), text(), select(Channel::ALL)).prop_map(|(unit, uscc, kind, channel)| {
        json!({"unit": unit, "uscc": uscc, "item_kind": kind, "channel": channel.spelling(),
               "latest_at": "1970-01-01T08:00:00+08:00"})
    });
    let row = (text(), select(&ITEM_KINDS[..]), select(CoverageStatus::ALL), day()).prop_map(|(field, kind, status, d)| {
        json!({"field": field, "item_kind": kind, "status": status.spelling(), "as_of": d})
    });
    let fields = prop_oneof![Just(json!("ALL")), vec(text(), 0..3).prop_map(|fields| json!(fields))];
    let purpose = select(verifier::registry::Purpose::ALL);
    (purpose, of(unit()), unit(), "[0-9]{6}", fields, vec(source, 0..3), vec(row, 0..10), vec(text(), 0..3), [name(), name()])
        .prop_map(|(purpose, audience, issuer, region, fields, sources, coverage, note, [id, version])| {
            json!({"template": {"id": id, "version": version}, "purpose": purpose.name(), "audience": audience,
                   "issuer": issuer, "region": region, "fields": fields, "sources": sources, "coverage": coverage,
                   "excluded_note": note})
        })
}

fn sections() -> impl Strategy<Value = Value> {
    let judgment = (text(), select(JudgmentKind::ALL), text(), day(), flags()).prop_map(|(no, kind, outcome, d, flags)| {
        json!({"case_no": no, "kind": kind.spelling(), "outcome": outcome, "decided_on": d, "flags": flags})
    });
    let serious = (text(), day(), of(day()), unit(), flags()).prop_map(|(list, d, to, organ, flags)| {
        json!({"list": list, "decided_on": d, "valid_to": to, "organ": organ, "flags": flags})
    });
    let abnormal = (text(), day(), of(day()), unit(), flags()).prop_map(|(reason, d, removed, organ, flags)| {
        json!({"reason": reason, "listed_on": d, "removed_on": removed, "organ": organ, "flags": flags})
    });
    let brief = ("[0-9]{20}", select(CommitmentType::ALL), text(), day(), unit(), select(Fulfilment::ALL))
        .prop_map(|(code, kind, reason, d, by, fulfilment)| {
            json!({"code": code, "type": kind.spelling(), "reason": reason, "made_on": d, "accepted_by": by,
                   "fulfilment": fulfilment.spelling()})
        });
    let rating = (text(), text(), day(), unit()).prop_map(
        |(scheme, grade, d, rater)| json!({"scheme": scheme, "grade": grade, "as_of": d, "rater": rater}),
    );
    let advice = text().prop_map(|text| json!({"text": text}));
    let few = 0..3;
    let first =
        (vec(admin(), 0..6), vec(item(), few.clone()), vec(serious, few.clone()), vec(abnormal, few.clone()));
    let second = (vec(brief, few.clone()), vec(rating, few.clone()), vec(judgment, few.clone()));
    let third = (vec(item(), few.clone()), vec(advice, few.clone()), vec(item(), few));
    (first, second, third).prop_map(|((admin, honest, serious, abnormal), (commitments, ratings, judgments), third)| {
        let (other, advice, local) = third;
        let mut next = 0;
        let mut numbered = |records: Vec<Value>| -> Value {
            let number = |mut record: Value| {
                next += 1;
                record["item_id"] = json!(format!("编号-{next}"));
                record
            };
            records.into_iter().map(number).collect()
        };
        json!({
            "admin": numbered(admin), "honest": numbered(honest), "serious": numbered(serious),
            "abnormal": numbered(abnormal), "commitments": commitments, "ratings": numbered(ratings),
            "judgments": numbered(judgments), "other": numbered(other), "advice": advice, "local": numbered(local),
        })
    })
}

fn admin() -> impl Strategy<Value = Value> {
    let texts = (text(), text(), of(text()), of(text()), of(text()), of(text()), of(text()));
    let amounts = (of(amount()), of(amount()));
    let valid_to = prop_oneof![day().prop_map(|d| json!(d)), Just(json!("LONG_TERM"))];
    let dates = (day(), of(day()), of(valid_to), of(day()), of((of(day()), of(day()))));
    (select(Act::ALL), texts, amounts, dates, of(select(Severity::ALL)), unit(), unit(), flags()).prop_map(
        |(act, texts, amounts, dates, severity, organ, source, flags)| {
            let mut record = json!({"act": act.spelling(), "doc_no": texts.0, "content": texts.1, "organ": organ,
                                    "source": source, "flags": flags, "decided_on": dates.0});
            for (key, value) in [("title", texts.2), ("category", texts.3), ("facts", texts.4), ("basis", texts.5),
                                 ("license_affected", texts.6), ("amount_wan_yuan", amounts.0),
                                 ("confiscated_wan_yuan", amounts.1), ("publicity_until", dates.3)] {
                put(&mut record, key, value);
            }
            put(&mut record, "severity", severity.map(Severity::spelling));
            let from = dates.1.filter(|from| dates.2.as_ref().is_none_or(|to| to == "LONG_TERM" || to.as_str() >= Some(from)));
            put(&mut record, "valid_from", from);
            put(&mut record, "valid_to", dates.2);
            put(&mut record, "repair", dates.4.map(|(served, earliest)| {
                let mut repair = json!({});
                put(&mut repair, "notice_served_on", served);
                put(&mut repair, "earliest_on", earliest);
                repair
            }));
            record
        },
    )
}

fn item() -> impl Strategy<Value = Value> {
    (text(), day(), unit(), of(flags())).prop_map(|(title, d, organ, flags)| {
        let mut record = json!({"title": title, "as_of": d, "organ": organ});
        put(&mut record, "flags", flags);
        record
    })
}

/// The summary that the sections ask for, counted on the JSON.
fn summary(sections: &Value) -> Value {
    let count = |section: &str, test: &dyn Fn(&Value) -> bool| {
        let repaired =
            |r: &Value| r["flags"].as_array().is_some_and(|flags| flags.contains(&json!("REPAIRED")));
        sections[section].as_array().unwrap().iter().filter(|r| !repaired(r) && test(r)).count()
    };
    let all = |section: &str| count(section, &|_| true);
    json!({
        "permits": count("admin", &|r| r["act"] == "PERMIT"), "penalties": count("admin", &|r| r["act"] == "PENALTY"),
        "honest": all("honest"), "serious_dishonest": all("serious"), "abnormal": all("abnormal"),
        "commitments": all("commitments"), "ratings": all("ratings"), "judgments": all("judgments"), "other": all("other"),
    })
}

fn person_subject() -> impl Strategy<Value = Value> {
    (person_name(), person_id())
        .prop_map(|(name, id)| json!({"kind": "PERSON", "name": name, "person_id": id}))
}

fn registered_subject(kinds: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (select(kinds), name(), uscc())
        .prop_map(|(kind, name, uscc)| json!({"kind": kind, "name": name, "uscc": uscc}))
}

fn subject_rest() -> impl Strategy<Value = Value> {
    let labels = proptest::sample::subsequence(Label::ALL.to_vec(), 0..=Label::ALL.len());
    (of(of(name())), of(of(day())), of(of(text())), of(text()), vec(name(), 0..3), labels).prop_map(
        |(representative, founded, address, status, former, labels)| {
            let labels: Vec<&str> = labels.into_iter().map(Label::spelling).collect();
            let mut rest = json!({"registration_status": status, "former_names": former, "labels": labels});
            put(&mut rest, "legal_representative", representative);
            put(&mut rest, "established_on", founded);
            put(&mut rest, "address", address);
            rest
        },
    )
}

fn unit() -> impl Strategy<Value = Value> {
    (name(), uscc()).prop_map(|(name, uscc)| json!({"name": name, "uscc": uscc}))
}

fn flags() -> impl Strategy<Value = Vec<&'static str>> {
    let flags = Flag::ALL.iter().map(|flag| flag.spelling()).collect::<Vec<_>>();
    prop_oneof![Just(Vec::new()), proptest::sample::subsequence(flags, 0..=Flag::ALL.len()).prop_shuffle()]
}

/// Text with everything that JSON has to escape or could change.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => "[一-龥喆堃龘𠮷é\"\\\\/~<>&A-z0-9][ \n\t一-龥喆堃龘𠮷é\"\\\\/~<>&A-z0-9 ]{0,30}",
        1 => Just("长".repeat(4_000)),
        1 => Just("𠮷\n".repeat(2_000)),
    ]
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        20 => "[一-龥喆堃龘𠮷é\"\\\\/~·A-z0-9]{1,20}",
        3 => "[一-龥喆堃龘𠮷]{1,4} ?[()A-z0-9]{1,4}",
        1 => Just("长".repeat(200)),
        1 => Just("𠮷".repeat(150)),
    ]
}

fn person_name() -> impl Strategy<Value = String> {
    prop_oneof![10 => "[一-龥喆堃龘𠮷]{2,4}", 2 => "[一-龥]{2,6}·[一-龥]{2,6}", 1 => Just("𠮷".repeat(150)), 1 => Just("\u{9f98}".repeat(200))]
}

fn uscc() -> impl Strategy<Value = String> {
    ("[1-9ANY][1-9]", "[0-9]{6}", vec(select(&CODE_ALPHABET[..]), 9)).prop_map(|(head, region, body)| {
        let mut code = head + &region + core::str::from_utf8(&body).unwrap();
        let value = |c: u8| CODE_ALPHABET.iter().position(|a| *a == c).unwrap();
        let mut weight = 1;
        let mut sum = 0;
        for c in code.bytes() {
            sum += value(c) * weight;
            weight = weight * 3 % 31;
        }
        code.push(char::from(CODE_ALPHABET[(31 - sum % 31) % 31]));
        code
    })
}

fn person_id() -> impl Strategy<Value = String> {
    ("[0-9]{6}", past(), "[0-9]{3}").prop_map(|(region, birthday, serial)| {
        let head = region + &birthday.replace('-', "") + &serial;
        // ISO 7064 MOD 11-2: all 18, the check weighing 1 and X being 10, leave 1 when divided by 11.
        let sum = head.bytes().fold(0, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
        let check = (12 - sum) % 11;
        head + &if check == 10 { "X".to_owned() } else { check.to_string() }
    })
}

fn amount() -> impl Strategy<Value = String> {
    "[0-9]{1,12}(\\.[0-9]{1,6})?"
}

fn digest() -> impl Strategy<Value = String> {
    "(sha256|sm3):[0-9a-f]{64}"
}

/// Any day that documents can name.
fn day() -> impl Strategy<Value = String> {
    a_day(1900..=9999).prop_map(|day| day.to_string())
}

/// A day before the samples' time.
fn past() -> impl Strategy<Value = String> {
    a_day(1900..=2025).prop_map(|day| day.to_string())
}

/// First and last day of a period, day of the data, day of the report.
fn dates() -> impl Strategy<Value = [Day; 4]> {
    [a_day(1971..=2025), a_day(1971..=2025), a_day(1971..=2025), a_day(1971..=2025)].prop_map(|mut days| {
        days.sort_unstable();
        days
    })
}

fn a_day(years: core::ops::RangeInclusive<u32>) -> impl Strategy<Value = Day> {
    (years, 1..=12u32, 1..=31u32).prop_filter_map("a day of the calendar", |(y, m, d)| Day::new(y, m, d))
}

fn put(object: &mut Value, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        object[key] = value.into();
    }
}

fn merge(object: &mut Value, more: Value) {
    let more: Map<String, Value> = more.as_object().cloned().unwrap_or_default();
    object.as_object_mut().unwrap().extend(more);
}
