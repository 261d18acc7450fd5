//! Gateways: the digest goes there, the answer is kept as it comes, or nothing is.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use verifier::anchor::{AnchorKind, Evidence};
use web::settings::{AnchorTarget, HttpSettings};

use crate::{Anchoring, HOUR, until};

/// What comes after the bytes of an answer.
#[derive(Clone, Copy)]
enum After {
    /// Its end.
    End,
    /// A byte now and then.
    Drip,
    /// Nothing, and no end.
    Hangs,
}

/// A gateway that answers with these bytes, and the requests that it got.
fn gateway(answer: Vec<u8>) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    gateway_with(answer, After::End)
}

fn gateway_with(answer: Vec<u8>, after: After) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (at, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
    let held = asked.clone();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let (mut bytes, mut byte) = (Vec::new(), [0]);
            while !bytes.ends_with(b"}") && stream.read_exact(&mut byte).is_ok() {
                bytes.push(byte[0]);
            }
            held.lock().unwrap().push(String::from_utf8_lossy(&bytes).into_owned());
            let _ = stream.write_all(&answer);
            match after {
                After::End => {}
                After::Drip => {
                    while stream.write_all(b" ").is_ok() {
                        thread::sleep(Duration::from_millis(100));
                    }
                }
                After::Hangs => thread::sleep(crate::PATIENCE),
            }
        }
    });
    (at, asked)
}

fn answer(status: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

#[test]
fn the_digest_goes_to_a_gateway_with_its_token_and_the_answer_is_kept_as_it_came() {
    let body = b"{\"txId\": \"\xe9\x93\xbe 17b\", \"blockHeight\": 4711}\n";
    let (at, asked) = gateway(answer("201 x", "application/json; charset=utf-8", body));
    let mut office = Anchoring::new();
    let token = office.dir.path().join("token");
    std::fs::write(&token, "Bearer abc.def\n").unwrap();
    let terms = HttpSettings { token_file: Some(token), ..HttpSettings::default() };
    let url = format!("http://{at}/anchor?chain=1");
    office.settle();
    office.serve(vec![AnchorTarget::http("gateway", &url, HOUR, terms).unwrap()]);
    until("anchored", || office.is_anchored(AnchorKind::Http, "gateway"));
    let anchor = office.office.anchors().show(0).unwrap();
    let Some(Evidence::Http(http)) = anchor.evidence() else { panic!("{anchor:?}") };
    assert_eq!((http.answer.as_slice(), http.address.as_str()), (&body[..], url.as_str()));
    assert_eq!(http.content_type, "application/json; charset=utf-8");

    let asked = asked.lock().unwrap();
    let (head, sent) = asked[0].split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /anchor?chain=1 HTTP/1.1\r\n"), "{head}");
    assert!(head.to_ascii_lowercase().contains("\r\nauthorization: bearer abc.def"), "{head}");
    let digest: String =
        anchor.digest().unwrap().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let text = anchor.note().unwrap().text();
    let expected = format!(
        "{{\"format\":\"xinzheng/anchor/v1\",\"origin\":\"credit.example.gov.cn/ledger\",\"size\":{},\
         \"digest\":\"{digest}\",\"checkpoint\":{}}}",
        anchor.checkpoint().unwrap().size(),
        serde_json::json!(text)
    );
    assert_eq!(sent, expected);
}

#[test]
fn what_is_no_answer_of_a_gateway_is_not_kept() {
    let huge = answer("200 x", "text/plain", &[b'x'; 65_537]);
    let long = b"HTTP/1.1 200 x\r\ncontent-type: text/plain\r\ncontent-length: 5000\r\n\r\n".to_vec();
    let redirect = b"HTTP/1.1 307 x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n".to_vec();
    let cases = [
        (answer("500 x", "text/plain", b"no"), After::End, "refused-500"),
        (answer("204 x", "text/plain", b""), After::End, "refused-204"),
        (answer("200 x", "text/plain", b""), After::End, "unreadable"),
        (answer("302 x", "text/plain", b"elsewhere"), After::End, "redirect"),
        (redirect, After::End, "redirect"),
        (huge, After::End, "too-large"),
        (b"SSH-2.0-OpenSSH\r\n".to_vec(), After::End, "protocol"),
        (Vec::new(), After::End, "connection"),
        (long, After::Drip, "timed-out"),
        (Vec::new(), After::Hangs, "timed-out"),
    ];
    let mut office = Anchoring::new();
    let target = |(n, (answer, after, _)): (usize, &(Vec<u8>, After, &str))| {
        let url = format!("http://{}/", gateway_with(answer.clone(), *after).0);
        AnchorTarget::http(&format!("g{n}"), &url, HOUR, HttpSettings::default()).unwrap()
    };
    let mut targets: Vec<AnchorTarget> = cases.iter().enumerate().map(target).collect();
    let (at, asked) = gateway(answer("200 x", "text/plain", b"ok"));
    let terms = HttpSettings { token_file: Some("/nowhere/at/all".into()), ..HttpSettings::default() };
    targets.push(AnchorTarget::http("token", &format!("http://{at}/"), HOUR, terms).unwrap());
    office.settle();
    office.serve(targets);
    for (n, (.., reason)) in cases.iter().enumerate() {
        office.failed("http", &format!("g{n}"), reason);
    }
    office.failed("http", "token", "token");
    assert_eq!((office.office.anchors().count(), asked.lock().unwrap().len()), (0, 0));
}
