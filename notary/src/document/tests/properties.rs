//! What holds for every document that the parser accepts: it can be issued, and a verifier finds all of it.

use proptest::prelude::*;
use verifier::core::Core;
use verifier::disclosure::{Disclosure, DisclosureError, check, counters, records};
use verifier::number::CertificateNumber;
use verifier::registry::Counter;
use verifier::time::Time;

use super::generated::{commitment, report};
use crate::claim;
use crate::disclose::{Disclosed, DocumentSecret, disclose};
use crate::document::value::Identity;
use crate::document::{Document, Intake, Templates};
use crate::issue::{IssueTerms, Nonce, build_core};
use crate::samples;

fn take(json: &serde_json::Value) -> Document {
    let intake = Intake { now: samples::now(), allow_later: false, templates: &Templates::every() };
    Document::parse(json.to_string().as_bytes(), &intake)
        .unwrap_or_else(|refusal| panic!("{refusal}\n{json}"))
}

fn issue(document: &Document, secret: [u8; 32]) -> (Core, Disclosed) {
    let disclosed = disclose(document.value(), &DocumentSecret::from_bytes(&secret)).unwrap();
    let terms = IssueTerms {
        number: CertificateNumber::with_check("20261122401709386125").unwrap(),
        nonce: Nonce::from_bytes(&[3; 16]),
        issued_at: samples::now(),
        expires_at: Time::new(samples::now().seconds() + 1).unwrap(),
        no_qr: true,
    };
    (build_core(document, &disclosed, &terms).unwrap(), disclosed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_document_is_issued_and_found_whole(json in prop_oneof![3 => report(), 2 => commitment()], secret: [u8; 32]) {
        let document = take(&json);
        let (core, disclosed) = issue(&document, secret);
        prop_assert_eq!(&Core::parse(core.as_bytes()).unwrap(), &core);
        let shown = check(&core, disclosed.digests(), disclosed.disclosures()).unwrap();
        prop_assert_eq!(shown.records(), shown.of());
        prop_assert_eq!(shown.hidden_adverse(), 0);
        for disclosure in disclosed.disclosures() {
            prop_assert_eq!(&Disclosure::parse(disclosure.as_str()).unwrap(), disclosure);
        }
    }

    #[test]
    fn any_part_may_be_hidden_but_no_bad_news_that_the_purpose_demands(json in report(), kept: u64, secret: [u8; 32]) {
        let (core, disclosed) = issue(&take(&json), secret);
        let keep = |n: usize| kept >> (n % 64) & 1 == 1;
        let part: Vec<Disclosure> =
            disclosed.disclosures().iter().enumerate().filter(|(n, _)| keep(*n)).map(|(_, d)| d.clone()).collect();
        let adverse = |part: &[Disclosure]| {
            let records: Vec<_> = part.iter().map(|d| (d.pointer().to_owned(), d.value().clone())).collect();
            let counts = counters(&records).unwrap();
            Counter::ADVERSE.iter().map(|counter| counts.get(counter).copied().unwrap_or(0)).sum::<u64>()
        };
        let hidden = adverse(disclosed.disclosures()) - adverse(&part);
        let demanded = core.purpose().and_then(|p| p.known()).is_some_and(|p| !p.demands().is_empty());
        match check(&core, disclosed.digests(), &part) {
            Ok(shown) => {
                prop_assert!(part.is_empty() || !demanded || hidden == 0);
                prop_assert!(part.is_empty() || shown.hidden_adverse() == hidden);
            }
            Err(DisclosureError::Incomplete(_)) => prop_assert!(demanded && hidden > 0),
            Err(error) => prop_assert!(false, "{:?}", error),
        }
    }

    #[test]
    fn counters_are_those_that_a_verifier_counts(json in report()) {
        let document = take(&json);
        let theirs = counters(&records(document.value()).unwrap()).unwrap();
        prop_assert_eq!(claim::counters(document.report().unwrap()), theirs);
    }

    #[test]
    fn no_id_number_and_no_full_name_of_a_person_is_in_a_core(json in prop_oneof![report(), commitment()]) {
        let document = take(&json);
        let (core, _) = issue(&document, [1; 32]);
        let party = document.holder().unwrap();
        if let Identity::Person(id) = &party.identity {
            let holds = |part: &str| core.as_bytes().windows(part.len()).any(|w| w == part.as_bytes());
            let first: String = party.name.chars().take(1).collect();
            let masked = first + &"*".repeat(party.name.chars().count() - 1);
            prop_assert_eq!(core.holder().unwrap().name(), masked);
            // The audience may happen to be called after the person.
            let elsewhere = core.audience().is_some_and(|audience| audience.name().contains(&party.name));
            prop_assert!(!holds(id.reveal()) && (elsewhere || !holds(&party.name)));
        }
    }

    #[test]
    fn what_was_accepted_is_read_again_the_same(json in prop_oneof![report(), commitment()]) {
        let document = take(&json);
        let again = Document::reread(verifier::json::compact(document.value()).as_bytes()).unwrap();
        prop_assert!(again == document);
    }
}
