//! What is around routes that misbehave, on a real server with routes made for it.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use actix_multipart::Multipart;
use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Bytes, Data, Form, Json, Path, Query};
use actix_web::{App, HttpResponse, HttpServer};
use futures_util::StreamExt;
use notary::keys::{Passphrase, example};
use notary::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, SystemClock};
use serde::Deserialize;
use verifier::origin::Origin;

use super::*;
use crate::settings::Settings;

/// Long enough for the slowest machine; nothing waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);
/// What bodies may have here.
const BODY: u64 = 1_000;

fn short(_: &Method, path: &str) -> Limits {
    let long = Duration::from_secs(3_600);
    match path {
        "/sleep" => Limits { body: BODY, time: Duration::from_millis(50), grace: long },
        "/slow" => Limits { body: BODY, time: long, grace: Duration::from_millis(50) },
        _ => Limits { body: BODY, time: long, grace: long },
    }
}

#[derive(Deserialize)]
struct Fields {
    n: u32,
}

async fn whole_upload(mut upload: Multipart) -> Result<String, actix_web::Error> {
    let mut bytes = 0;
    while let Some(field) = upload.next().await {
        let mut field = field?;
        while let Some(part) = field.next().await {
            bytes += part?.len();
        }
    }
    Ok(bytes.to_string())
}

struct Served {
    at: SocketAddr,
    handle: ServerHandle,
    _dir: tempfile::TempDir,
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

fn served() -> Served {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("office");
    let origin = Origin::parse(example::ORIGIN).unwrap();
    let new =
        NewOffice { origin, name: "N".into(), organisation: None, host: None, seal: SealPolicy::Manual };
    Office::create_example(&path, &new, SystemClock.now()).unwrap();
    let options = OpenOptions { allow_example_keys: true, ..OpenOptions::default() };
    let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
    let office = Arc::new(Office::open(&path, &passphrase, options).unwrap());
    let shared = Data::new(Shared::new(office, Settings::default()).unwrap().gated(Gate::new(short)));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || {
                App::new()
                    .app_data(shared.clone())
                    .wrap(from_fn(outer))
                    .route("/panic", web::to(async || -> HttpResponse { panic!("a secret of somebody") }))
                    .route(
                        "/sleep",
                        web::to(async || {
                            std::future::pending::<()>().await;
                            HttpResponse::Ok().finish()
                        }),
                    )
                    .route("/slow", web::post().to(async |body: Bytes| body.len().to_string()))
                    .route("/bytes", web::post().to(async |body: Bytes| body.len().to_string()))
                    .route("/json", web::post().to(async |json: Json<Fields>| json.n.to_string()))
                    .route("/form", web::post().to(async |form: Form<Fields>| form.n.to_string()))
                    .route("/query", web::get().to(async |query: Query<Fields>| query.n.to_string()))
                    .route("/path/{n}", web::get().to(async |n: Path<u32>| n.to_string()))
                    .route("/upload", web::post().to(whole_upload))
                    .service(web::resource("/get").route(web::get().to(HttpResponse::Ok)))
            })
            .workers(1)
            .disable_signals()
            .listen(listener)
            .unwrap()
            .run();
            tell.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    Served { at, handle: told.recv().unwrap(), _dir: dir }
}

/// Status, and the code where it is a problem.
fn ask(at: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let mut part = [0; 1024];
    while let Ok(n @ 1..) = stream.read(&mut part) {
        bytes.extend_from_slice(&part[..n]);
        if bytes.ends_with(b"}") {
            break;
        }
    }
    let text = String::from_utf8(bytes).unwrap();
    let body = text.split_once("\r\n\r\n").expect("a head").1;
    let code = serde_json::from_str::<serde_json::Value>(body)
        .ok()
        .and_then(|json| Some(json.get("code")?.as_str()?.to_string()));
    assert!(text.contains("content-security-policy"), "{text}");
    (text[9..12].parse().unwrap(), code.unwrap_or_else(|| body.to_string()))
}

fn post(at: SocketAddr, path: &str, kind: &str, body: &str) -> (u16, String) {
    let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: {kind}\r\n");
    ask(at, &format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()))
}

fn get(at: SocketAddr, path: &str) -> (u16, String) {
    ask(at, &format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
}

fn told(status: u16, code: &str) -> (u16, String) {
    (status, code.to_string())
}

#[test]
fn a_panic_is_an_answer_and_the_worker_goes_on() {
    let served = served();
    for _ in 0..3 {
        assert_eq!(get(served.at, "/panic"), told(500, "INTERNAL"));
    }
    assert_eq!(get(served.at, "/path/7"), told(200, "7"));
}

#[test]
fn what_takes_too_long_is_ended() {
    let served = served();
    assert_eq!(get(served.at, "/sleep"), told(503, "TIME_LIMIT"));
    let half = "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345";
    assert_eq!(ask(served.at, half), told(408, "BODY_SLOW"));
    let half = "POST /sleep HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345";
    assert_eq!(ask(served.at, half), told(408, "BODY_SLOW"));
}

#[test]
fn a_body_is_counted_while_it_comes() {
    let served = served();
    let chunked = |length: usize| {
        let head =
            "POST /bytes HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
        ask(served.at, &format!("{head}{length:x}\r\n{}\r\n0\r\n\r\n", "a".repeat(length)))
    };
    assert_eq!(chunked(1_000), told(200, "1000"));
    assert_eq!(chunked(1_001), told(413, "BODY_LARGE"));
    assert_eq!(post(served.at, "/bytes", "text/plain", &"a".repeat(1_001)), told(413, "BODY_LARGE"));
}

#[test]
fn what_readers_refuse_is_told_as_a_problem() {
    let served = served();
    let at = served.at;
    const FORM: &str = "application/x-www-form-urlencoded";
    assert_eq!(post(at, "/json", "application/json", "{\"n\":1}"), told(200, "1"));
    assert_eq!(post(at, "/json", "application/json", "{\"n\":"), told(400, "JSON_SYNTAX"));
    assert_eq!(post(at, "/json", "text/plain", "{\"n\":1}"), told(415, "MEDIA_TYPE_UNSUPPORTED"));
    assert_eq!(post(at, "/form", FORM, "n=x"), told(400, "FORM_BAD"));
    assert_eq!(post(at, "/form", "application/json", "{}"), told(415, "MEDIA_TYPE_UNSUPPORTED"));
    assert_eq!(get(at, "/query?n=x"), told(400, "QUERY_BAD"));
    assert_eq!(get(at, "/path/x"), told(404, "NOT_FOUND"));
    assert_eq!(post(at, "/get", "text/plain", ""), told(405, "METHOD_NOT_ALLOWED"));
    assert_eq!(get(at, "/none"), told(404, "NOT_FOUND"));
}

#[test]
fn a_broken_upload_is_told_as_a_problem() {
    let served = served();
    let kind = "multipart/form-data; boundary=b";
    let part = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n12345\r\n";
    assert_eq!(post(served.at, "/upload", kind, &format!("{part}--b--\r\n")), told(200, "5"));
    for broken in [part.to_string(), part.replace("--b", "--c"), "".into(), "--b\r\n\r\n".into(), "x".into()]
    {
        let (status, code) = post(served.at, "/upload", kind, &broken);
        assert_eq!((status, code.as_str()), (400, "MULTIPART_BAD"), "{broken:?}");
    }
    assert_eq!(post(served.at, "/upload", "multipart/form-data", part), told(400, "MULTIPART_BAD"));
    assert_eq!(post(served.at, "/upload", "text/plain", part), told(415, "MEDIA_TYPE_UNSUPPORTED"));
    assert_eq!(post(served.at, "/upload", kind, &part.repeat(20)), told(413, "BODY_LARGE"));
}
