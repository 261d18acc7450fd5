//! Certificates and their renderings, and who may have them.

use std::io::{Cursor, Read};

use notary::people::Scope;
use serde_json::Value;

use crate::house::{COMMITMENT, House, PERSON, REPORT, window_code};

#[test]
fn every_rendering_is_there_and_is_nobodys_to_keep() {
    let house = House::new();
    let accepted = house.issue(REPORT);
    let number = accepted.number;
    let issued = house.office.certificate(&number).unwrap();
    for (suffix, media_type, start) in [
        ("xzc", "application/json", &b"{\"format\":\"xinzheng/certificate/v1\""[..]),
        ("pdf", "application/pdf", b"%PDF-"),
        ("qr.svg", "image/svg+xml", b"<svg"),
        ("qr.png", "image/png", b"\x89PNG"),
        ("tlog-proof", "text/plain; charset=utf-8", b"c2sp.org/tlog-proof@v1"),
        ("zip", "application/zip", b"PK\x03\x04"),
    ] {
        let path = format!("/certificates/{number}.{suffix}");
        let answer = house.get(&path);
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(media_type)), "{suffix}");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let saved = format!("attachment; filename=\"{number}.{suffix}\"");
        assert_eq!(answer.header("content-disposition"), Some(saved.as_str()));
        assert!(answer.body.starts_with(start), "{suffix}");
        let tag = answer.header("etag").unwrap();
        let known = house.ask(&format!("GET {path}"), &format!("If-None-Match: {tag}\r\n"), b"");
        assert_eq!((known.status, known.body.len()), (304, 0), "{suffix} is the same again");
        let head = house.ask(&format!("HEAD {path}"), "", b"");
        assert_eq!((head.status, head.body.len()), (200, 0));
    }
    assert_eq!(house.get(&format!("/certificates/{number}.xzc")).body, issued.certificate.encode());
    let view = house.get(&format!("/certificates/{number}")).json();
    assert_eq!(view["window_code"], window_code(&accepted));
    assert_eq!(view["verdict"]["verdict"], "valid");
}

#[test]
fn the_archive_has_what_checking_offline_takes() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let bytes = house.get(&format!("/certificates/{}.zip", accepted.number)).body;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut read = |name: &str| {
        let mut bytes = Vec::new();
        archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    let number = accepted.number;
    let certificate = read(&format!("{number}.xzc"));
    let trust = String::from_utf8(read("trust.xzt")).unwrap();
    let trust = verifier::trust::TrustBundle::open(&trust, None).unwrap();
    let list = verifier::status_list::StatusList::parse(&read("status-0.xzs")).unwrap();
    let words = String::from_utf8(read("说明.txt")).unwrap();
    assert!(
        words.starts_with('\u{feff}') && words.contains("\r\n") && words.contains("不构成信用评级或担保")
    );
    let now = notary::office::Clock::now(&*house.hands);
    let presented = verifier::verify::Presented::read(&certificate, now).unwrap();
    let shelf = verifier::shelf::StatusShelf::new(vec![list], &trust);
    let verdict = verifier::verify::verify(&presented, &trust, &shelf, &verifier::verify::Terms::at(now));
    assert_eq!(verdict.code.as_str(), "VALID");
}

#[test]
fn only_those_who_may_see_it_do_and_every_look_is_in_the_log() {
    let house = House::new();
    let number = house.issue(PERSON).number;
    let path = format!("GET /certificates/{number}");
    let with = |key: &str, line: &str| house.ask(line, &format!("Authorization: Bearer {key}\r\n"), b"");
    assert_eq!(house.public(&path, "", b"").code(), "SIGN_IN_NEEDED");
    assert_eq!(with("xzk_nobody", &path).status, 401);
    let verifies = house.key_for(&[Scope::VerificationsWrite, Scope::JobsWrite]);
    assert_eq!(with(&verifies, &path).code(), "SCOPE_MISSING");
    assert_eq!(with(&verifies, &format!("{path}.xzc")).status, 403);
    let submits = house.key_for(&[Scope::DocumentsSubmit]);
    let view = with(&submits, &path);
    assert_eq!(
        (view.status, &view.json()["sealed"], &view.json()["verdict"]),
        (200, &true.into(), &Value::Null)
    );
    assert_eq!(view.json()["check_code"], Value::Null);
    assert_eq!(with(&submits, &format!("{path}.xzc")).status, 403);
    let log = house.office.operator_log();
    let before = log.head().size;
    let reads = house.key_for(&[Scope::CertificatesRead]);
    assert_eq!(with(&reads, &format!("{path}.xzc")).status, 200);
    assert_eq!(log.head().size, before + 1);
    let entry = &log.page(None, 1, &Default::default()).unwrap().entries[0];
    assert_eq!((entry.action().as_str(), entry.object()), ("certificate-downloaded", number.as_str()));
}

#[test]
fn what_is_not_there_is_said_so() {
    let house = House::new();
    let nobody = verifier::number::CertificateNumber::with_check("20261122000000000001").unwrap();
    for path in [format!("/certificates/{nobody}"), format!("/certificates/{nobody}.xzc")] {
        let answer = house.get(&path);
        assert_eq!((answer.status, answer.code().as_str()), (404, "CERTIFICATE_UNKNOWN"), "{path}");
    }
    for path in
        ["/certificates/1", "/certificates/x.xzc", "/certificates/%00", "/certificates/2026.docx", "/nothing"]
    {
        assert_eq!(house.get(path).status, 404, "{path}");
    }
    let number = house.issue(COMMITMENT).number;
    house.office.erase(&number, "到期").unwrap();
    assert_eq!(house.get(&format!("/certificates/{number}.xzc")).code(), "ERASED");
}
