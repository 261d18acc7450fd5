//! A court's expert with a package and stock tools: timestamps by `openssl`, digests, what happened to keys.

use std::io::{Cursor, Read};

use verifier::anchor::{Anchor, Evidence, Evm, Http, Rfc3161, anchored_digest};
use verifier::entry::{Entry, PublicKind};
use verifier::evidence::Manifest;
use verifier::key_event::KeyEvent;
use verifier::timestamp::{accept, request};
use verifier::tlog_proof::TlogProof;
use verifier::trust::{Authority, KeyUse};
use zip::ZipArchive;

use super::*;
use crate::audit::tests::authority::Workshop;
use crate::office::evidence::anchored::{self, Outside, Shown};

const NONCE: u64 = 7;

type Files = Vec<(String, Vec<u8>)>;

fn unpacked(zip: &[u8]) -> Files {
    let mut archive = ZipArchive::new(Cursor::new(zip)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let (name, mut bytes) = (file.name().unwrap().into_owned(), Vec::new());
            file.read_to_end(&mut bytes).unwrap();
            (name, bytes)
        })
        .collect()
}

fn text(files: &Files, name: &str) -> String {
    let found = files.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{name}"));
    String::from_utf8(found.1.clone()).unwrap()
}

/// A bundle that knows this authority, too. Nobody signed it: it is asked for authorities alone.
fn knowing(office: &Office, label: &str, certificate: Vec<u8>) -> TrustBundle {
    let mut fields = office.trust().fields().clone();
    let token = "tsa.example.cn".to_owned();
    fields.authorities.push(Authority { label: label.to_owned(), token, certificate });
    TrustBundle::from_text(&fields.text().unwrap()).unwrap()
}

#[test]
fn an_expert_checks_timestamps_with_openssl_alone() {
    for kinds in [&["RSA:2048", "RSA:2048"][..], &["P-256", "P-256", "P-256"][..]] {
        let desk = Desk::new();
        let office = desk.open();
        let number = office.submit(json(SAMPLES[0])).unwrap().number;
        office.seal().unwrap();
        let issued = office.certificate(&number).unwrap();
        let note = issued.tlog_proof.note().clone();

        let workshop = Workshop::new();
        let names = workshop.chain("example", kinds, "sha256");
        let root = workshop.read(&format!("{}.der", names[0]));
        let digest = anchored_digest(note.text());
        // The authority's clock is the machine's own.
        let late = Time::new(4_000_000_000).unwrap();
        let signer = names.last().unwrap();
        let trust = knowing(&office, "tsa-example", root);
        let authorities = &trust.fields().authorities;
        // An intermediate is beside the token where there is one.
        let middle =
            if names.len() == 3 { vec![workshop.read(&format!("{}.der", names[1]))] } else { vec![] };
        let in_token: Vec<&str> = if names.len() == 3 { vec![&names[1]] } else { vec![] };
        let answer = workshop.reply(&request(&digest, NONCE, None), signer, &in_token, "sha256");
        let token = accept(&answer, &digest, NONCE, None, authorities, late).unwrap();
        let stamp = Evidence::Rfc3161(Rfc3161 { token: token.as_der().to_vec(), chain: middle });
        let anchor = Anchor::new("tsa-example", note.clone(), stamp).unwrap();
        let path = issued.tlog_proof.path().to_vec();
        let certificate = issued.certificate.with_anchors(vec![anchor.with_path(path).unwrap()]).unwrap();

        let (files, told) = anchored::files(&certificate, &trust, late);
        let unpack = tempfile::tempdir().unwrap();
        for (name, bytes) in &files {
            let path = unpack.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        let [Outside { what: Shown::Stamp { signer: Some(by), .. }, .. }] = &told[..] else {
            panic!("one timestamp that verifies");
        };
        assert!(by.contains(signer.as_str()), "{by}");
        // The command as the explanation gives it, word by word.
        let command = told[0].openssl().unwrap();
        let expert = || {
            let words: Vec<&str> = command.split(' ').skip(1).collect();
            let mut openssl = std::process::Command::new("openssl");
            let out =
                openssl.args(words).current_dir(unpack.path()).env("OPENSSL_CONF", "/dev/null").output();
            let out = out.unwrap();
            (out.status.success(), [out.stdout, out.stderr].concat())
        };
        let (good, said) = expert();
        assert!(good, "{command}\n{}", String::from_utf8_lossy(&said));
        assert!(String::from_utf8_lossy(&said).contains("Verification: OK"));
        // One digit of the checkpoint, and it does not hold.
        let checkpoint = unpack.path().join("anchors/rfc3161-tsa-example/checkpoint.txt");
        let before = std::fs::read_to_string(&checkpoint).unwrap();
        std::fs::write(&checkpoint, before.replacen("\n2\n", "\n3\n", 1)).unwrap();
        assert!(!expert().0);
        // The certificate's entry is under the very checkpoint.
        let proof =
            TlogProof::parse(&text(&files, "anchors/rfc3161-tsa-example/inclusion.tlog-proof")).unwrap();
        assert_eq!(proof.note().text(), before);
        proof.proves(&office.proof(&number).unwrap().entry).unwrap();

        // A bundle that does not know the authority: the token is there, its certificate and a command are not.
        let (files, told) = anchored::files(&certificate, office.trust(), late);
        assert!(files.iter().all(|(name, _)| !name.ends_with("authority.pem")));
        assert!(told[0].openssl().is_none());
    }
}

#[test]
fn a_package_has_what_gateways_and_chains_answered_as_it_came() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    office.seal().unwrap();
    let issued = office.certificate(&number).unwrap();
    let note = issued.tlog_proof.note().clone();
    let path = issued.tlog_proof.path().to_vec();
    let http = Http {
        address: "https://gateway.example/anchor".into(),
        at: office.now(),
        content_type: "application/json".into(),
        answer: b"{\"height\":41}".to_vec(),
    };
    let evm =
        Evm { at: office.now(), transaction: vec![2], header: None, receipt: b"{\"result\":null}".to_vec() };
    let of = |label: &str, evidence| {
        Anchor::new(label, note.clone(), evidence).unwrap().with_path(path.clone()).unwrap()
    };
    let anchors = vec![of("one", Evidence::Http(http)), of("main", Evidence::Evm(evm))];
    let certificate = issued.certificate.with_anchors(anchors).unwrap();
    let (files, told) = anchored::files(&certificate, office.trust(), office.now());
    assert_eq!(text(&files, "anchors/http-one/answer.bin"), "{\"height\":41}");
    let asked: serde_json::Value =
        serde_json::from_str(&text(&files, "anchors/http-one/request.json")).unwrap();
    assert_eq!(asked["digest"], verifier::row::hex(&anchored_digest(note.text())));
    assert_eq!(text(&files, "anchors/evm-main/receipt.json"), "{\"result\":null}");
    assert!(files.iter().all(|(name, _)| name != "anchors/evm-main/header.rlp"));
    assert_eq!(told.len(), 2);
}

#[test]
fn a_package_tells_what_happened_to_the_keys_that_signed() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    office.seal().unwrap();
    let package = |office: &Office| unpacked(&office.evidence(&number, &EvidenceTerms::default()).unwrap());
    let of_keys = |files: &Files| -> Vec<String> {
        files.iter().filter(|(name, _)| name.starts_with("keys/")).map(|(name, _)| name.clone()).collect()
    };
    let before = package(&office);
    assert_eq!(of_keys(&before), Vec::<String>::new());
    assert!(text(&before, "说明.txt").contains("没有这些签名密钥的变更记录"));
    for usage in [KeyUse::Batch, KeyUse::Status] {
        let rotation = Rotation { overlap: 86_400, ..Rotation::new(usage, office.now()) };
        office.rotate_key(&rotation).unwrap();
    }
    office.seal().unwrap();
    // A restart knows the same from the journal.
    let first = package(&office);
    drop(office);
    let office = desk.open();
    let after = package(&office);
    assert_eq!(of_keys(&after), of_keys(&first));
    let names = of_keys(&after);
    assert_eq!(names.len(), 2, "{names:?}: the batch key's end and its proof; no list is in it");
    let event = text(&after, &names[1]);
    let signed = issued_by(&office, &number);
    assert_eq!(KeyEvent::from_text(&event).unwrap().key().id().to_string(), signed);
    let proof = TlogProof::parse(&text(&after, &names[0])).unwrap();
    proof.proves(&Entry::of_public_body(PublicKind::KeyEvent, event.as_bytes())).unwrap();
    for (page, said) in [("说明.html", "期限提前"), ("explanation.en.html", "ends earlier")] {
        assert!(text(&after, page).contains(said) && text(&after, page).contains(&signed), "{page}");
    }
    let manifest = Manifest::parse(text(&after, "manifest.json").as_bytes()).unwrap();
    assert!(names.iter().all(|name| manifest.names().any(|named| named == name)));
}

/// The id of the key that signed a certificate's batch.
fn issued_by(office: &Office, number: &CertificateNumber) -> String {
    let certificate = office.certificate(number).unwrap().certificate;
    certificate.batch_note().signatures()[0].id().to_string()
}
