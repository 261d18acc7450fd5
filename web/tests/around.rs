//! What is around every route: headers, problems, ids, limits, and what strange requests get. Bytes over TCP.

mod common;

use std::io::Write;
use std::sync::Arc;

use common::{Served, ask, connect, get, raw, read, read_one};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use web::Settings;
use web::client::{ForwardedBy, Proxies};
use web::rate::Hourly;
use web::settings::{MetricsFor, Secret, Tls};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

#[test]
fn every_answer_has_its_headers() {
    let served = Served::new();
    for (line, status) in [
        ("GET /", 200),
        ("GET /health", 200),
        ("GET /ready", 200),
        ("GET /static/style.css", 200),
        ("GET /ledger/tile/0/000", 404),
        ("GET /nothing", 404),
        ("POST /nothing", 404),
        ("POST /health", 404),
        ("HEAD /", 200),
        ("BREW /", 404),
    ] {
        let answer = ask(served.at, line, "");
        assert_eq!(answer.status, status, "{line}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", CSP),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{line} {name}");
        }
        assert!(answer.header("permissions-policy").is_some_and(|value| value.starts_with("camera=(self)")));
        assert!(answer.header("x-request-id").is_some_and(|id| id.len() == 25), "{line}");
        assert_eq!(answer.header("strict-transport-security"), None, "{line}: no TLS here");
        assert!(answer.header("cache-control").is_some(), "{line}");
        assert_eq!(answer.header("server"), None);
    }
    assert_eq!(get(served.at, "/health").header("cache-control"), Some("no-store"));
    assert_eq!(get(served.at, "/nothing").header("cache-control"), Some("no-store"));
}

#[test]
fn what_is_not_there_is_a_problem_or_a_page() {
    let served = Served::new();
    let problem = ask(served.at, "GET /certificate/2026112240170938612531", "Accept-Language: en\r\n");
    assert_eq!((problem.status, problem.code().as_str()), (404, "NOT_FOUND"));
    assert_eq!(problem.json()["title"], "Not found");
    assert_eq!(problem.json()["request_id"].as_str(), problem.header("x-request-id"));
    assert!(!problem.text().contains("2026112240170938612531"), "the address is not repeated");
    assert_eq!(get(served.at, "/nothing").json()["title"], "未找到");

    let page = ask(served.at, "GET /nothing", "Accept: text/html,*/*;q=0.8\r\n");
    assert_eq!((page.status, page.header("content-type")), (404, Some("text/html; charset=utf-8")));
    assert!(page.text().contains("NOT_FOUND") && page.text().contains(page.header("x-request-id").unwrap()));
    let meaning = get(served.at, "/problems/CONFLICT");
    assert_eq!((meaning.status, meaning.json()["status"].as_u64()), (200, Some(409)));
    let meaning = ask(served.at, "GET /problems/CONFLICT?lang=en", "Accept: text/html\r\n");
    assert!(meaning.status == 200 && meaning.text().contains("already used for other bytes"));
    assert_eq!(get(served.at, "/problems/%3Cscript%3E").code(), "NOT_FOUND");
    let api = ask(served.at, "GET /api/v1/nothing", "Accept: text/html\r\n");
    assert_eq!(api.code(), "NOT_FOUND", "a machine's address gives JSON whatever is accepted");
}

#[test]
fn a_body_that_says_it_is_too_large_is_refused_before_it_comes() {
    let served = Served::new();
    for (line, length) in
        [("GET /", 2_000), ("POST /sign-in", 65_537), ("POST /api/v1/documents", 99_999_999_999_u64)]
    {
        let mut stream = connect(served.at);
        write!(stream, "{line} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\nand so on").unwrap();
        let answer = read_one(&mut stream);
        assert_eq!((answer.status, answer.code().as_str()), (413, "BODY_LARGE"), "{line}");
    }
    assert_eq!(get(served.at, "/health").status, 200);
}

#[test]
fn requests_that_two_readers_could_read_differently_are_refused() {
    let served = Served::new();
    for strange in [
        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
        "POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 4\r\n\r\nabcd",
        "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /x HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: x\r\nContent-Length : 4\r\n\r\nabcd",
        "GET /x HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n",
        "GET /x\0 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET  /x HTTP/1.1\r\nHost: x\r\n\r\n",
        "\u{16}\u{3}\u{1}\r\n\r\n",
    ] {
        let answer = raw(served.at, strange.as_bytes());
        assert_eq!(answer.status, 400, "{strange:?}: {answer:?}");
        assert!(!answer.text().contains("HTTP/1.1 "), "one answer, the connection closed: {strange:?}");
    }
    let fields = "a: b\r\n".repeat(200);
    assert!(matches!(ask(served.at, "GET /", &fields).status, 400 | 431));
    let long = format!("x: {}\r\n", "y".repeat(1 << 20));
    assert!(matches!(ask(served.at, "GET /", &long).status, 400 | 413 | 431));
    assert_eq!(get(served.at, "/health").status, 200);
}

#[test]
fn a_forwarded_address_counts_from_a_trusted_proxy_alone() {
    let hourly = Hourly { requests: 12, ..Hourly::default() };
    let stranger = Served::with(Settings { hourly, ..Settings::default() });
    let from = |served: &Served, address: &str| {
        ask(served.at, "GET /health", &format!("X-Forwarded-For: {address}\r\nX-Request-Id: mine\r\n"))
    };
    assert_eq!(from(&stranger, "192.0.2.1").status, 200);
    let refused = from(&stranger, "192.0.2.2");
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "RATE_LIMITED"),
        "the header changes nothing"
    );
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=300).contains(&wait));
    assert_eq!(refused.json()["detail"], "查询过于频繁，请稍后再试");
    assert_ne!(refused.header("x-request-id"), Some("mine"));

    let proxies = Proxies::new(vec!["127.0.0.1".parse().unwrap()], ForwardedBy::XForwardedFor);
    let trusting = Served::with(Settings { hourly, proxies, ..Settings::default() });
    let first = from(&trusting, "6.6.6.6, 192.0.2.1");
    assert_eq!((first.status, first.header("x-request-id")), (200, Some("mine")));
    assert_eq!(from(&trusting, "7.7.7.7, 192.0.2.1").status, 429, "what stands further left is not believed");
    assert_eq!(from(&trusting, "192.0.2.2").status, 200);
    let tls = ask(trusting.at, "GET /", "X-Forwarded-For: 192.0.2.3\r\nX-Forwarded-Proto: https\r\n");
    assert_eq!(tls.header("strict-transport-security"), Some("max-age=31536000"));
}

#[test]
fn metrics_count_routes_and_name_nothing_else() {
    let served = Served::new();
    get(served.at, "/certificate/2026112240170938612531?code=1234567890");
    get(served.at, "/ledger/tile/0/000");
    let metrics = get(served.at, "/metrics");
    assert_eq!(metrics.status, 200);
    let text = metrics.text();
    assert!(
        text.contains("xinzheng_requests_total{method=\"GET\",route=\"/ledger/{path:.*}\",status=\"4xx\"} 1")
    );
    assert!(
        text.contains("xinzheng_stopped 0") && text.contains("xinzheng_request_seconds_bucket"),
        "{text}"
    );
    assert!(!text.contains("2026112240170938612531") && !text.contains("1234567890"));
    let passed_on = ask(served.at, "GET /metrics", "X-Forwarded-For: 192.0.2.1\r\n");
    assert_eq!(passed_on.code(), "NOT_FOUND", "from a proxy on this machine");
}

#[test]
fn metrics_have_a_token_or_a_listener_of_their_own() {
    let token = MetricsFor::Token(Secret::new("0123456789abcdef"));
    let served = Served::with(Settings { metrics: token, ..Settings::default() });
    assert_eq!(get(served.at, "/metrics").status, 404);
    let with =
        |token: &str| ask(served.at, "GET /metrics", &format!("Authorization: Bearer {token}\r\n")).status;
    assert_eq!((with("0123456789abcdef"), with("0123456789abcdeF")), (200, 404));

    let own = Settings {
        metrics: MetricsFor::Elsewhere,
        metrics_listen: Some("127.0.0.1:0".parse().unwrap()),
        ..Settings::default()
    };
    let served = Served::with(own);
    let watched = served.metrics.unwrap();
    assert_eq!((get(served.at, "/metrics").status, get(watched, "/metrics").status), (404, 200));
    assert_eq!((get(watched, "/health").status, get(watched, "/ready").status), (200, 200));
    assert_eq!(get(watched, "/").status, 404, "nothing else is there");
}

#[test]
fn tls_is_spoken_with_the_certificate_of_the_settings() {
    let dir = tempfile::tempdir().unwrap();
    let openssl = |words: &[&str]| {
        let done =
            std::process::Command::new("openssl").args(words).current_dir(dir.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
        "-keyout",
        "key.pem",
        "-out",
        "chain.pem",
    ]);
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", "other.pem"]);
    let path = |name: &str| dir.path().join(name);
    assert!(Tls::read(&path("chain.pem"), &path("other.pem")).is_err(), "a key of another certificate");
    assert!(Tls::read(&path("key.pem"), &path("key.pem")).is_err(), "no certificate in it");
    let tls = Tls::read(&path("chain.pem"), &path("key.pem")).unwrap();
    let served = Served::with(Settings { tls: Some(tls), ..Settings::default() });

    let mut roots = rustls::RootCertStore::empty();
    let chain = CertificateDer::from_pem_file(path("chain.pem")).unwrap();
    roots.add(chain).unwrap();
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
    let name = "localhost".try_into().unwrap();
    let client = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = rustls::StreamOwned::new(client, connect(served.at));
    stream.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let answer = read(&mut stream);
    assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some("ok")));
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));

    // A handshake that never comes holds nobody.
    let mut silent = connect(served.at);
    silent.write_all(b"\x16\x03\x01").unwrap();
    let mut plain = connect(served.at);
    plain.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    let _ = std::io::Read::read_to_end(&mut plain, &mut bytes);
    assert!(!bytes.starts_with(b"HTTP/"), "not without TLS");
}

#[test]
fn one_connection_carries_many_requests_and_a_slow_head_does_not_hold_others() {
    let served = Served::new();
    let mut slow = connect(served.at);
    slow.write_all(b"GET / HTTP/1.1\r\nHo").unwrap();
    let mut stream = connect(served.at);
    for close in ["keep-alive", "close"] {
        write!(stream, "GET /health HTTP/1.1\r\nHost: x\r\nConnection: {close}\r\n\r\n").unwrap();
    }
    let answers = read(&mut stream);
    assert_eq!(
        answers.text().matches("HTTP/1.1 200").count(),
        1,
        "the first is the head, the second follows"
    );
    slow.write_all(b"st: x\r\nConnection: close\r\n\r\n").unwrap();
    assert_eq!(read(&mut slow).status, 200);
}
