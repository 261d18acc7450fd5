//! Proofs that a ledger was forked, `.xzf`: at the verification page, at the window, and for programs.

use std::sync::Arc;

use notary::keys::{KeyFile, Passphrase, Signer as _, example};
use notary::people::Role;
use verifier::anchor::{Anchor, Evidence, Http};
use verifier::certificate::Certificate;
use verifier::checkpoint::Checkpoint;
use verifier::hash::leaf_hash;
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;
use verifier::origin::Origin;

use super::*;

/// A head of the example office's ledger, signed by its key, which everybody has.
fn head(leaf: u8) -> Note {
    head_of(1, leaf)
}

fn head_of(size: u64, leaf: u8) -> Note {
    let pem = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../keys/example/ledger.pem");
    let key = KeyFile::open(&pem, Arc::new(Passphrase::new(example::PASSPHRASE).unwrap())).unwrap();
    let origin = Origin::parse(example::ORIGIN).unwrap();
    key.sign_note(&Checkpoint::new(origin, size, leaf_hash(&[leaf])).unwrap().text()).unwrap()
}

fn fork() -> String {
    Misbehaviour::of_one_size(head(1), head(2)).unwrap().encode()
}

#[test]
fn the_verification_page_says_what_a_fork_proves() {
    let house = House::new();
    let file = fork();
    let shown = upload(house.at, "/verify", &[], file.as_bytes(), "zh");
    assert_eq!(verdict(&shown), says("invalid", "LEDGER_FORKED"));
    let page = shown.text();
    assert!(inside(&page, "verdict-sentence").contains("两份互相矛盾的检查点"), "{page}");
    assert!(page.contains("账本：credit.example.gov.cn/ledger") && page.contains("这是证明，不是证书"));
    let root = leaf_hash(&[1]).to_base64().replace('+', "&#43;");
    assert!(page.contains(&root) || page.contains(&leaf_hash(&[1]).to_base64()), "{page}");
    assert!(page.contains("credit.example.gov.cn/ledger&#43;54911cd3") || page.contains("ledger+54911cd3"));
    let english = upload(house.at, "/verify", &[], file.as_bytes(), "en").text();
    assert!(english.contains("LEDGER FORKED") && english.contains("not a certificate"), "{english}");
    // Pasted, without the LF at its end.
    let pasted = house.browser().post("/verify", &[("text", file.trim_end())]);
    assert_eq!(verdict(&pasted), says("invalid", "LEDGER_FORKED"));

    for (changed, code) in [
        (file.replace("\"credit.example", "\"other.example"), "OFFICE_UNKNOWN"),
        (file.replacen("\"second\"", "\"Second\"", 1), "FORMAT_BAD"),
        (file.replacen("/v1", "/v2", 1), "FORMAT_BAD"),
    ] {
        let shown = upload(house.at, "/verify", &[], changed.as_bytes(), "zh");
        assert_eq!(verdict(&shown), says("undetermined", code), "{changed}");
    }
    // The signature of the one under the text of the other.
    let (one, two) = (head(1).encode(), head(2).encode());
    let line = |note: &str| note.lines().last().unwrap().to_owned();
    let spoiled = file.replacen(&line(&one), &line(&two), 1);
    assert_ne!(spoiled, file);
    assert_eq!(
        verdict(&upload(house.at, "/verify", &[], spoiled.as_bytes(), "zh")),
        says("undetermined", "SIG_BAD")
    );
}

#[test]
fn the_window_and_programs_are_told_that_it_is_no_certificate() {
    let house = House::new();
    let file = fork();
    let mut clerk = house.signed_in(Role::Window);
    let shown = clerk.submit("/window", "/window", &[("code", file.trim_end())]);
    assert_eq!(verdict(&shown), says("invalid", "LEDGER_FORKED"));
    assert!(!shown.text().contains("data-receipt"), "no receipt is given for it");
    let answer =
        house.browser().ask("POST", "/api/v1/verify", &[("Content-Type", "application/octet-stream")], &file);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("NOT_RECOGNISED") && answer.text().contains(".xzf"), "{}", answer.text());
}

/// A certificate of the office that was given a second history to carry: an anchor over a head of the same size, another root.
fn two_faced(house: &House) -> Certificate {
    let (_, issued) = issue(house, sample("report-special-clean.json"));
    let size = issued.tlog_proof.checkpoint().size();
    let gateway = Evidence::Http(Http {
        address: "https://gateway.example.cn/put".to_string(),
        at: house.office.now(),
        content_type: "application/json".to_string(),
        answer: b"{}".to_vec(),
    });
    let other = Anchor::new("gateway", head_of(size, 9), gateway).unwrap();
    let path = issued.tlog_proof.path().to_vec();
    let certificate = issued.certificate.with_tlog_proof(issued.tlog_proof);
    certificate.with_anchors(vec![other.with_path(path).unwrap()]).unwrap()
}

#[test]
fn a_certificate_of_two_histories_gives_a_proof_to_save() {
    let house = House::new();
    let certificate = two_faced(&house).encode();
    for (lang, words) in [("zh", "保存分叉证明"), ("en", "Save the proof")] {
        let shown = upload(house.at, "/verify", &[], &certificate, lang);
        assert_eq!(verdict(&shown), says("undetermined", "LEDGER_FORKED"));
        let page = shown.text();
        assert_eq!(inside(&page, "fork-proof"), words);
        let (_, rest) = page.split_once("href=\"data:application/json;base64,").unwrap();
        let saved = verifier::base64::decode(&rest.split_once('"').unwrap().0.replace("&#43;", "+")).unwrap();
        let proof = Misbehaviour::parse(&saved).unwrap();
        assert!(proof.contradicts());
        // What was saved stands for itself.
        assert_eq!(
            verdict(&upload(house.at, "/verify", &[], &saved, lang)),
            says("invalid", "LEDGER_FORKED")
        );
    }
    let honest = issue(&house, sample("report-general-clean.json")).1.certificate.encode();
    assert!(!upload(house.at, "/verify", &[], &honest, "zh").text().contains("fork-proof"));
}
