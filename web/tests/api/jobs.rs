//! Verifying many: a table in, progress, a table out; whose it is; how it ends.

use std::thread;
use std::time::{Duration, Instant};

use notary::operator_log::{Action, Filter};
use notary::people::Scope;
use verifier::status::Status;

use crate::common::{Answer, PATIENCE};
use crate::house::{COMMITMENT, House, PERSON, REPORT, form, qr_text, window_code};

const CSV: &str = "Content-Type: text/csv\r\n";

fn begin(house: &House, table: &str) -> Answer {
    house.ask("POST /jobs", CSV, table.as_bytes())
}

/// The path of a job, once it is at its end.
fn done(house: &House, begun: &Answer) -> String {
    assert_eq!(begun.status, 202, "{}", begun.text());
    let path = begun.header("location").unwrap().replace("/api/v1", "");
    let began = Instant::now();
    loop {
        let seen = house.get(&path).json();
        if seen["state"] == "done" {
            assert_eq!(seen["done"], seen["rows"]);
            return path;
        }
        assert!(began.elapsed() < PATIENCE, "{seen}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_table_is_verified_row_by_row() {
    let house = House::new();
    let (a, b, c) = (house.issue(COMMITMENT), house.issue(REPORT), house.issue(PERSON));
    house.office.set_status(&b.number, Status::Revoked, "错误出具").unwrap();
    house.office.publish_status().unwrap();
    let table = format!(
        "\u{feff}证书编号,查验码\r\n{},{}\r\n=\"{}\",'{}\r\n{},0000000000\r\n2.02611E+21,{}\r\n=cmd|' /C calc'!A0,1\r\n",
        a.number, a.check_code, b.number, b.check_code, c.number, c.check_code
    );
    let path = done(&house, &begin(&house, &table));
    let seen = house.get(&path).json();
    assert_eq!(
        (&seen["rows"], &seen["valid"], &seen["invalid"], &seen["undetermined"]),
        (&5.into(), &1.into(), &1.into(), &3.into())
    );
    let answer = house.get(&format!("{path}/result.csv"));
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let text = answer.text();
    assert!(text.starts_with("\u{feff}行号,证书编号,结论,代码,说明"), "{text}");
    let lines: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(lines.len(), 6, "{text}");
    assert!(lines[1].starts_with(&format!("2,'{},有效,VALID,", a.number)), "{}", lines[1]);
    assert!(lines[1].contains("渭水样例食品有限公司") && lines[1].ends_with("L2"), "{}", lines[1]);
    assert!(lines[2].starts_with(&format!("3,'{},无效,REVOKED,", b.number)), "{}", lines[2]);
    assert!(lines[3].contains("CERTIFICATE_UNKNOWN") && !lines[3].contains("VALID"), "{}", lines[3]);
    assert!(lines[4].starts_with("5,,无法判定,"), "{}", lines[4]);
    for line in &lines[1..] {
        assert!(line.split(',').all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{line}");
    }
    assert_eq!(house.ask(&format!("DELETE {path}"), "", b"").status, 204);
    assert_eq!(house.get(&path).code(), "JOB_UNKNOWN");
}

#[test]
fn what_a_forger_wrote_is_in_no_result() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let genuine = house.office.certificate(&accepted.number).unwrap().qr.unwrap();
    let mut signature = *genuine.signature();
    signature[0] ^= 1;
    let forged = verifier::qr::QrPayload::new(
        genuine.core().clone(),
        genuine.subtree(),
        genuine.index(),
        genuine.time(),
        genuine.path().to_vec(),
        genuine.key_id(),
        signature,
    );
    let (prefix, digits) = verifier::qr::url(house.office.host(), &forged.unwrap());
    let path = done(&house, &begin(&house, &format!("qr\n{prefix}{digits}\n")));
    let text = house.get(&format!("{path}/result.csv")).text();
    assert!(text.contains("\r\n2,,无效,SIG_BAD,"), "{text}");
    assert!(!text.contains(accepted.number.as_str()), "{text}");
}

#[test]
fn tables_come_in_many_forms() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let (code, qr) = (window_code(&accepted), qr_text(&house, &accepted));
    let gbk = {
        // 窗口码
        let mut bytes = vec![0xb4, 0xb0, 0xbf, 0xda, 0xc2, 0xeb];
        bytes.extend(format!("\r\n{code}\r\n").bytes());
        bytes
    };
    let utf16: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(format!("窗口码\r\n{code}\r\n").encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for table in [format!("{code}\n").into_bytes(), format!("qr\n{qr}\n").into_bytes(), gbk, utf16] {
        let path = done(&house, &house.ask("POST /jobs", CSV, &table));
        assert_eq!(house.get(&path).json()["valid"], 1, "{}", String::from_utf8_lossy(&table));
    }
    let (header, body) = form(&[("purpose", "FINANCING")], Some(("表格.csv", "text/csv", code.as_bytes())));
    let path = done(&house, &house.ask("POST /jobs", &header, &body));
    assert_eq!(house.get(&path).json()["valid"], 1);
    for (table, code) in
        [("", "TABLE_EMPTY"), ("企业,地址\n甲,乙\n", "TABLE_COLUMNS"), ("窗口码\n", "TABLE_EMPTY")]
    {
        let answer = begin(&house, table);
        assert_eq!((answer.status, answer.code().as_str()), (422, code));
    }
    let many = begin(&house, &format!("窗口码\n{}", format!("{code}\n").repeat(5_001)));
    assert_eq!((many.status, many.code().as_str()), (422, "TABLE_ROWS"));
    assert_eq!(house.ask("POST /jobs", "Content-Type: image/png\r\n", b"x").status, 415);
}

#[test]
fn a_job_is_its_owners() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let begun = begin(&house, &window_code(&accepted));
    let path = done(&house, &begun);
    let other = format!("Authorization: Bearer {}\r\n", house.key_for(&[Scope::JobsWrite]));
    for line in [format!("GET {path}"), format!("GET {path}/result.csv"), format!("DELETE {path}")] {
        let answer = house.ask(&line, &other, b"");
        assert_eq!((answer.status, answer.code().as_str()), (404, "JOB_UNKNOWN"), "{line}");
    }
    let reads = format!("Authorization: Bearer {}\r\n", house.key_for(&[Scope::CertificatesRead]));
    assert_eq!(house.ask(&format!("GET {path}"), &reads, b"").status, 403);
    assert_eq!(house.public(&format!("GET {path}"), "", b"").status, 401);
    for id in ["x", "00000000000000000000000000000000", "%2e%2e"] {
        assert_eq!(house.get(&format!("/jobs/{id}")).status, 404, "{id}");
    }
}

#[test]
fn too_many_jobs_wait_and_one_can_be_ended() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let table = format!("窗口码\n{}", format!("{}\n", window_code(&accepted)).repeat(5_000));
    let begun: Vec<Answer> = (0..7).map(|_| begin(&house, &table)).collect();
    let refused: Vec<&Answer> = begun.iter().filter(|answer| answer.status != 202).collect();
    assert!(!refused.is_empty());
    for answer in refused {
        assert_eq!((answer.status, answer.code().as_str()), (429, "JOBS_MANY"));
        assert!(answer.header("retry-after").is_some());
    }
    let last = begun.iter().rfind(|answer| answer.status == 202).unwrap();
    let path = last.header("location").unwrap().replace("/api/v1", "");
    assert_eq!(house.get(&format!("{path}/result.csv")).code(), "JOB_RUNNING");
    assert_eq!(house.ask(&format!("DELETE {path}"), "", b"").status, 204);
    assert_eq!(house.get(&path).json()["state"], "cancelled");
    let dropped = Filter { action: Some(Action::JobDropped), ..Filter::default() };
    assert_eq!(house.office.operator_log().page(None, 10, &dropped).unwrap().entries.len(), 1);
    let result = house.get(&format!("{path}/result.csv")).text();
    assert!(result.contains("CANCELLED") && result.contains("未核验"), "{result}");
    // The server ends while jobs are open: it does not wait for them.
    drop(house);
}
