use super::*;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use verifier::time::Time;

/// A server that says the same to everybody, in any manner.
fn server(says: impl Fn(&mut TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            if read_whole(&mut stream).is_some() {
                says(&mut stream);
            }
        }
    });
    address
}

/// A request to its end: what is closed unread is reset, and the answer with it.
fn read_whole(stream: &mut TcpStream) -> Option<()> {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0].to_ascii_lowercase());
    }
    let head = String::from_utf8(head).ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.and_then(|text| text.parse().ok()).unwrap_or(0)];
    stream.read_exact(&mut body).ok()
}

fn client(plain_http: PlainHttp) -> Outgoing {
    Outgoing::new(&OutgoingSettings { roots: None, plain_http }).unwrap()
}

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

fn bounds() -> Bounds {
    Bounds { bytes: 1_000, connect: PATIENCE, whole: PATIENCE }
}

fn said(text: &'static str) -> Result<Answer, OutgoingError> {
    let address = server(move |stream| drop(stream.write_all(text.as_bytes())));
    client(PlainHttp::Anywhere).get(&format!("http://{address}/x"), &bounds())
}

#[test]
fn an_answer_is_read_whatever_its_status() {
    let answer =
        said("HTTP/1.1 409 Conflict\r\ncontent-type: text/x.tlog.size\r\ncontent-length: 3\r\n\r\n41\n")
            .unwrap();
    assert_eq!(
        (answer.status(), answer.content_type(), answer.body()),
        (409, "text/x.tlog.size", &b"41\n"[..])
    );
    let answer = said("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello").unwrap();
    assert_eq!((answer.status(), answer.content_type(), answer.body()), (200, "", &b"hello"[..]));
}

#[test]
fn a_body_is_sent_and_we_say_who_we_are() {
    let address = server(|stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")));
    let answer =
        client(PlainHttp::Anywhere).post(&format!("http://{address}/"), "text/plain", b"old 0\n", &bounds());
    assert_eq!(answer.unwrap().status(), 200);
    assert!(USER_AGENT.starts_with("xinzheng/"));
}

#[test]
fn what_is_too_large_is_not_read() {
    let huge = server(|stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n"));
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    let client = client(PlainHttp::Anywhere);
    assert_eq!(client.get(&format!("http://{huge}/"), &bounds()), Err(OutgoingError::TooLarge));
    let head = server(|stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\n"));
        drop(stream.write_all(b"x-filler: "));
        while stream.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert_eq!(client.get(&format!("http://{head}/"), &bounds()), Err(OutgoingError::TooLarge));
}

#[test]
fn a_slow_drip_ends_with_the_time() {
    let drip = server(|stream| {
        drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n"));
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    let bounds = Bounds { whole: Duration::from_millis(600), ..bounds() };
    let result = client(PlainHttp::Anywhere).get(&format!("http://{drip}/"), &bounds);
    assert_eq!(result, Err(OutgoingError::TimedOut));
}

#[test]
fn nothing_is_followed_and_what_is_not_http_is_told() {
    let redirect = said("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(redirect, Err(OutgoingError::Redirect { status: 302 }));
    for text in ["SSH-2.0-OpenSSH_9.6\r\n\r\n", "", "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort"] {
        let kind = said(text).unwrap_err().kind();
        assert!(["protocol", "connection", "timed-out"].contains(&kind), "{text:?}: {kind}");
    }
}

#[test]
fn plain_http_goes_only_where_it_is_allowed() {
    let address = server(|stream| drop(stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")));
    let url = format!("http://{address}/");
    assert_eq!(client(PlainHttp::Nowhere).get(&url, &bounds()), Err(OutgoingError::PlainHttp));
    let hosts = PlainHttp::Hosts(BTreeSet::from([address.to_string()]));
    assert_eq!(client(hosts.clone()).get(&url, &bounds()).unwrap().status(), 200);
    assert_eq!(client(hosts).get("http://127.0.0.1/", &bounds()), Err(OutgoingError::PlainHttp));
    let eighty = PlainHttp::Hosts(BTreeSet::from(["w.example".to_string()]));
    assert!(eighty.allows("w.example") && eighty.allows("W.Example:80") && !eighty.allows("w.example:81"));
    for bad in ["", "ftp://a/", "a.cn/x", "http://", "http://u:p@a.cn/", "https://a.cn/ x"] {
        assert_eq!(client(PlainHttp::Anywhere).get(bad, &bounds()), Err(OutgoingError::Address), "{bad:?}");
    }
}

#[test]
fn a_file_of_roots_has_to_hold_some() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("roots.pem");
    std::fs::write(&file, "nothing").unwrap();
    let settings = OutgoingSettings { roots: Some(file.clone()), ..OutgoingSettings::default() };
    assert!(Outgoing::new(&settings).unwrap_err().to_string().contains("no certificate"));
    std::fs::remove_file(&file).unwrap();
    assert_eq!(Outgoing::new(&settings).unwrap_err().file, file);
}

#[test]
fn tries_rest_after_a_failure_and_the_third_in_a_row_is_an_alarm() {
    let time = |seconds| Time::new(seconds).unwrap();
    let mut tries = Tries::default();
    assert!(!tries.rests() && tries.failing_since().is_none());
    tries.failed("tls", time(100));
    let failing = tries.failed("timed-out", time(200));
    assert!(tries.rests() && tries.alarm().is_none());
    assert_eq!((failing.since, failing.last, failing.times), (time(100), time(200), 2));
    assert_eq!(tries.failing_since(), Some(time(100)));
    // Whoever starts again goes on with them, and asks at once.
    let mut again = Tries::remembering(Some(failing));
    assert!(!again.rests());
    again.failed("tls", time(300));
    assert_eq!((again.alarm(), again.failing_since()), (Some("tls"), Some(time(100))));
    again.wake();
    assert!(!again.rests() && again.alarm().is_some());
    again.failed("tls", time(400));
    again.succeeded();
    assert!(!again.rests() && again.alarm().is_none() && again.failing_since().is_none());
    assert_eq!(
        again.last(),
        Some(&(time(400), "tls".to_string())),
        "what the last failure was is still told"
    );
    // A clock that went back does not make it begin in the future.
    assert_eq!(again.failed("tls", time(50)).since, time(50));
    assert_eq!(again.failed("tls", time(40)).since, time(40));
}
