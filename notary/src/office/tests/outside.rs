//! What leaves the office for a court or an auditor.

use std::io::{Cursor, Read};

use verifier::event::EventKind;
use verifier::evidence::{MANIFEST, MANIFEST_NOTE, Manifest};
use verifier::hash::sha256;
use zip::ZipArchive;

use super::*;
use crate::audit::export::{Against, FileDigest};
use crate::audit::{AuditOptions, DirSource, audit_watched};

fn event(kind: EventKind) -> NewEvent {
    NewEvent {
        kind,
        by: "A00004".into(),
        reason_code: "OBJECTION".into(),
        reason: "异议核实中".into(),
        basis: String::new(),
        detail: vec![],
    }
}

fn unpacked(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
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

#[test]
fn an_evidence_package_holds_everything_and_says_where_the_document_came_from() {
    let desk = Desk::new();
    let office = desk.open();
    let from = Provenance::new(office.now(), Via::Api, "K00002", "示例县市场监督管理局");
    let table = Some(TableRow { import: "7".into(), sha256: Some("cd".repeat(32)), row: 12 });
    let from = Provenance { table, ..from };
    let number = office.submit_from(json(SAMPLES[0]), Some(from)).unwrap().number;
    let old = office.submit(json(SAMPLES[2])).unwrap().number;
    let terms = EvidenceTerms { verifier: Some("ab".repeat(32)) };
    assert_eq!(office.evidence(&number, &terms).unwrap_err().code(), RefusalCode::NotSealed);
    office.seal().unwrap();
    office.record_event(&number, event(EventKind::Suspended), Some(0)).unwrap();
    office.publish_status().unwrap();
    desk.later(60);
    let package = office.evidence(&number, &terms).unwrap();
    // The same moment gives the same bytes.
    assert_eq!(office.evidence(&number, &terms).unwrap(), package);
    let files = unpacked(&package);
    let get = |name: &str| &files.iter().find(|(own, _)| own == name).unwrap_or_else(|| panic!("{name}")).1;
    let text = |name: &str| String::from_utf8(get(name).clone()).unwrap();
    assert_eq!(get("document/received/document.json"), SAMPLES[0].as_bytes());
    let core = office.certificate(&number).unwrap().certificate.core().as_bytes().to_vec();
    assert_eq!(get("document/core.cbor"), &core);
    for name in [
        &format!("certificate/{number}.xzc"),
        &format!("certificate/{number}.pdf"),
        &format!("proof/{number}.tlog-proof"),
        "proof/batch.json",
        "proof/checkpoint",
        "status/status-0-1.xzs",
        "status/status-0-1.tlog-proof",
        "events/0001.tlog-proof",
        "trust.xzt",
    ] {
        assert!(!get(name).is_empty());
    }
    let chain: serde_json::Value = serde_json::from_str(&text("events/events.json")).unwrap();
    assert!(chain["events"][0]["body"].as_str().unwrap().contains("\"kind\":\"SUSPENDED\""));
    let origins: serde_json::Value = serde_json::from_str(&text("provenance.json")).unwrap();
    assert_eq!(origins["recorded"]["by"], "K00002");
    for said in [
        "示例县市场监督管理局",
        "第 12 行",
        &"cd".repeat(32),
        "异议核实中，暂缓使用",
        &"ab".repeat(32),
        "第十六条",
    ] {
        assert!(text("说明.txt").contains(said) && text("说明.html").contains(said), "{said}");
    }
    let manifest = Manifest::parse(get(MANIFEST)).unwrap();
    manifest.check_note(&text(MANIFEST_NOTE), office.trust()).unwrap();
    let others = files.iter().filter(|(name, _)| ![MANIFEST, MANIFEST_NOTE].contains(&name.as_str()));
    let digests = others.map(|(name, bytes)| (name.as_str(), bytes.len() as u64, sha256(&[bytes])));
    assert_eq!(manifest.faults(digests), []);
    // A document from before this was recorded.
    let files = unpacked(&office.evidence(&old, &EvidenceTerms::default()).unwrap());
    let origins = &files.iter().find(|(name, _)| name == "provenance.json").unwrap().1;
    assert!(String::from_utf8(origins.clone()).unwrap().contains("\"recorded\": null"));
    // What was replaced is handed out to nobody but whoever decides a dispute; what was erased to nobody.
    office.record_event(&old, event(EventKind::Superseded), Some(0)).unwrap();
    assert_eq!(office.certificate(&old).unwrap_err().code(), RefusalCode::ContentWithdrawn);
    office.evidence(&old, &EvidenceTerms::default()).unwrap();
    office.erase(&old, "到期").unwrap();
    assert_eq!(office.evidence(&old, &terms).unwrap_err().code(), RefusalCode::Erased);
}

#[test]
fn an_export_accounts_for_every_entry() {
    let desk = Desk::new();
    let office = desk.open();
    let numbers: Vec<_> = SAMPLES.iter().map(|text| office.submit(json(text)).unwrap().number).collect();
    office.seal().unwrap();
    for number in &numbers {
        office.record_event(number, event(EventKind::Suspended), Some(0)).unwrap();
    }
    office.record_event(&numbers[0], event(EventKind::Resumed), Some(1)).unwrap();
    office.publish_status().unwrap();
    office.erase(&numbers[2], "到期").unwrap();
    // Accepted and not sealed: not in it.
    let later = SAMPLES[0].replace("\"report_number\": \"", "\"report_number\": \"9");
    if later != SAMPLES[0] {
        office.submit(json(&later)).unwrap();
    }
    let size = office.published_size();
    let out = desk.dir.path().join("export");
    std::fs::create_dir(&out).unwrap();
    let (mut sum, mut from, mut text) = (ExportSum { size, ..ExportSum::default() }, Some(0), String::new());
    while let Some(start) = from {
        let part = office.audit_export(start, size).unwrap();
        part.lines.iter().for_each(|line| text += &format!("{line}\n"));
        (sum.documents, sum.erased) = (sum.documents + part.documents, sum.erased + part.erased);
        from = part.next;
    }
    assert_eq!((sum.documents, sum.erased), (2, 1));
    let mut digest = FileDigest::default();
    digest.update(text.as_bytes());
    sum.files.push(digest.named("entries-000000000000.jsonl".into()));
    std::fs::write(out.join("entries-000000000000.jsonl"), text).unwrap();
    let (manifest, note) = office.sign_export(sum).unwrap();
    std::fs::write(out.join("manifest.json"), manifest).unwrap();
    std::fs::write(out.join("manifest.note"), note).unwrap();
    let source = DirSource::new(&desk.path().join("ledger")).unwrap();
    let mut against = Against::open(&out, office.origin(), Some(office.trust()), 100).unwrap();
    let options = AuditOptions { seen: against.checkpoint(), ..AuditOptions::default() };
    let mut report =
        audit_watched(&source, office.origin(), Some(office.trust()), &options, &mut against).unwrap();
    let counts = against.finish(&source, &mut report).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!((counts.size, counts.documents, counts.events, counts.erased), (size, 2, 3, 1));
}
