//! Single cases are in `../../vectors/certificate/`; here is what holds for all files.

use alloc::string::ToString;

use proptest::prelude::*;

use super::*;
use crate::core::tests::any_core;
use crate::core::{CoreFields, Holder};
use crate::key::{KeyKind, KeyName, VerifierKey};
use crate::merkle::Subtree;
use crate::note::SignatureLine;
use crate::origin::Origin;
use crate::registry::{Counter, DocumentKind, HolderKind};
use crate::time::Time;

const DOCUMENT: &str = r#"{"schema":"credit-report/v1","subject":{"kind":"PERSON","name":"简策","person_id":"619900199003071230"},"sections":{"admin":[{"act":"PERMIT"},{"act":"PERMIT"}],"advice":[{"text":"…"}]}}"#;

fn batch_key() -> VerifierKey {
    // The public key of RFC 8032 §7.1 TEST 1.
    let public = crate::base64::decode("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=").unwrap();
    let name = KeyName::parse("credit.example.gov.cn/ledger/batch").unwrap();
    VerifierKey::new(name, KeyKind::Note, &public.try_into().unwrap()).unwrap()
}

fn note(text: String) -> Note {
    Note::new(text).unwrap().with_signature(SignatureLine::new(&batch_key(), [9; 64])).unwrap()
}

fn origin() -> Origin {
    Origin::parse("credit.example.gov.cn/ledger").unwrap()
}

prop_compose! {
    /// A file that reads, whether or not anything in it is true.
    fn any_certificate()(
        core in any_core(),
        (start, level, offset) in (0u64..1000, 0u32..12, any::<u64>()),
        (hash, time) in (any::<[u8; 32]>(), 0u64..4_000_000_000),
        path in proptest::collection::vec(any::<[u8; 32]>(), 0..12),
        digests in proptest::collection::vec(any::<[u8; 32]>(), 0..5),
        disclosures in proptest::collection::vec("[A-Za-z0-9_-]{0,20}", 0..5),
        proof: bool,
        anchors in proptest::collection::vec("[ -~渭]{0,9}", 0..3),
    ) -> Certificate {
        let (start, end) = (start << level, (start + 1) << level);
        let hash = Hash::from_bytes(hash);
        let path: Vec<Hash> = path.into_iter().map(Hash::from_bytes).collect();
        let batch = BatchNote::new(origin(), Subtree::new(start, end).unwrap(), hash, Time::new(time).unwrap()).unwrap();
        let checkpoint = crate::checkpoint::Checkpoint::new(origin(), end, hash).unwrap();
        let index = start + offset % (end - start);
        let tlog_proof = proof.then(|| TlogProof::new(index, path.clone(), note(checkpoint.text())).unwrap());
        let anchor = |text: String| Anchor::from_value(Value::object([
            ("type", "a-later-type".into()), ("checkpoint", checkpoint.text().into()), ("token", text.into()),
        ])).unwrap();
        Certificate::from_parts(CertificateParts {
            core, index, path,
            batch_note: note(batch.text()),
            digests: digests.into_iter().map(Hash::from_bytes).collect(),
            disclosures,
            tlog_proof,
            anchors: anchors.into_iter().map(anchor).collect(),
        }).unwrap()
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(certificate in any_certificate()) {
        prop_assert_eq!(Certificate::parse(&certificate.encode()), Ok(certificate));
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_file(certificate in any_certificate(), at: prop::sample::Index, byte: u8) {
        let mut bytes = certificate.encode();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(other) = Certificate::parse(&bytes) {
            prop_assert_eq!(other.encode(), bytes);
        }
    }

    #[test]
    fn a_cut_file_is_incomplete(certificate in any_certificate(), at: prop::sample::Index) {
        let bytes = certificate.encode();
        let cut = &bytes[..at.index(bytes.len())];
        let right = if cut.is_empty() { CertificateError::NotRecognised } else { CertificateError::Incomplete };
        prop_assert_eq!(Certificate::parse(cut), Err(right));
    }

    #[test]
    fn a_qr_code_carries_what_the_file_says(certificate in any_certificate()) {
        if let Ok(qr) = certificate.qr() {
            let rebuilt = BatchNote::new(origin(), qr.subtree(), *certificate.batch().hash(), qr.time()).unwrap();
            prop_assert_eq!(&rebuilt, certificate.batch());
            prop_assert_eq!((qr.core(), qr.index(), qr.path()), (certificate.core(), certificate.index(), certificate.path()));
            prop_assert_eq!((qr.key_id(), qr.signature()), (batch_key().id(), &[9; 64]));
        } else {
            prop_assert!(certificate.encode().len() > 820);
        }
    }

    #[test]
    fn no_input_panics(bytes: Vec<u8>) {
        let _ = Certificate::parse(&bytes);
    }
}

/// A certificate of DOCUMENT that shows all of it.
fn showing_all() -> Certificate {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let parts = any_certificate().new_tree(&mut runner).unwrap().current().parts().clone();
    let document = json::parse(DOCUMENT.as_bytes(), 1000).unwrap();
    let records = disclosure::records(&document).unwrap();
    let disclose = |(i, (pointer, value))| Disclosure::new([i; 16], pointer, value).unwrap();
    let disclosures: Vec<Disclosure> = (0u8..).zip(records).map(disclose).collect();
    let mut digests: Vec<Hash> = disclosures.iter().map(Disclosure::digest).collect();
    digests.sort_unstable();
    let id = disclosures.iter().find(|d| *d.place() == Place::PersonId).unwrap().digest();
    let core = Core::new(CoreFields {
        kind: DocumentKind::CreditReport,
        holder: Holder::new(HolderKind::Person, "简*", Holder::reference(&id)).ok(),
        counters: [(Counter::Permits.into(), 2), (Counter::Advice.into(), 1)].into(),
        document_root: disclosure::document_root(&digests).unwrap(),
        ..parts.core.fields().clone()
    });
    let disclosures = disclosures.iter().map(|d| d.as_str().to_string()).collect();
    Certificate::from_parts(CertificateParts { core: core.unwrap(), digests, disclosures, ..parts }).unwrap()
}

#[test]
fn copies_show_less() {
    let all = showing_all();
    let pointers = |certificate: &Certificate| {
        let (disclosures, shown) = certificate.shown().unwrap();
        assert_eq!((shown.records(), shown.of()), (disclosures.len() as u64, 6));
        disclosures.iter().map(|d| d.pointer().to_string()).collect::<Vec<_>>()
    };
    assert_eq!(pointers(&all).len(), 6);
    let copy = all.disclose(&["/subject", "/sections/admin"]).unwrap();
    assert_eq!(pointers(&copy), ["/subject", "/sections/admin/0", "/sections/admin/1"]);
    assert_eq!(copy.shown().unwrap().1.counters()[1].hidden(), 1);
    assert_eq!(pointers(&copy.disclose(&["/sections/admin/1"]).unwrap()), ["/sections/admin/1"]);
    assert_eq!(pointers(&all.disclose(&["/subject/person_id"]).unwrap()), ["/subject/person_id"]);
    assert_eq!(pointers(&all.disclose(&["/sections"]).unwrap()).len(), 3);
    assert!(pointers(&all.disclose(&[]).unwrap()).is_empty());
    assert_eq!(copy.disclose(&["/sections/advice"]).unwrap_err().at(), "/sections/advice");
    assert!(all.disclose(&["/sections/adm"]).is_err());
    assert!(all.disclose(&[""]).is_err());
    // All else is as it was.
    let mut again = copy.parts().clone();
    again.disclosures = all.parts().disclosures.clone();
    assert_eq!(&again, all.parts());
}

#[test]
fn what_is_no_certificate_is_told_apart() {
    let text = String::from_utf8(showing_all().encode()).unwrap();
    let code = |text: &str| Certificate::parse(text.as_bytes()).unwrap_err().code();
    assert_eq!(code(""), "NOT_RECOGNISED");
    assert_eq!(code("%PDF-1.7"), "NOT_RECOGNISED");
    assert_eq!(code("{}\n"), "NOT_RECOGNISED");
    assert_eq!(code("{\"format\":\"xinzheng/batch/v1\"}\n"), "NOT_RECOGNISED");
    assert_eq!(code("{\"fo"), "FILE_INCOMPLETE");
    assert_eq!(code("{\"format\":\"xinzheng/certificate/v"), "FILE_INCOMPLETE");
    assert_eq!(code("{\"format\":\"xinzheng/certificate/v2\"}\n"), "VERSION_UNKNOWN");
    assert_eq!(code("{\"format\":\"xinzheng/certificate/v2\",\"co"), "VERSION_UNKNOWN");
    assert_eq!(code(text.trim_end()), "FILE_INCOMPLETE");
    assert_eq!(code(&alloc::format!("{text}\n")), "FORMAT_BAD");
    assert_eq!(code(&alloc::format!(" {text}")), "FORMAT_BAD");
    assert_eq!(code(&text.replacen("index\":", "index\":-", 1)), "FORMAT_BAD");
}
