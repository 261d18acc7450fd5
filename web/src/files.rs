//! `GET /ledger/…`: one file of the ledger's folder, with an ETag.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, ETAG};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::etag;
use crate::ledger_path;
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// No file of a ledger is larger: a trust bundle is 1 MiB, a status list in base64 0.7 MiB.
const FILE_MAX: u64 = 4 << 20;

/// Answers with the file, if the address is one's.
pub async fn ledger(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    // The address as it was sent: with anything escaped in it, it is no file's.
    let address = request.uri().path().strip_prefix("/ledger/").unwrap_or_default();
    let Some((kind, path)) = ledger_path::parse(address) else {
        return Err(Common::NotFound.problem());
    };
    let path = shared.ledger_dir().join(path);
    match web::block(move || read(&path)).await {
        Ok(Ok(bytes)) => {
            // Whoever fetches lists every minute takes the bytes only when they are others.
            let (tag, known) = etag(&request, &bytes);
            let mut answer = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
            answer
                .insert_header((ETAG, tag))
                .insert_header((CACHE_CONTROL, kind.cache_control()))
                .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
            Ok(match known {
                true => answer.finish(),
                false => answer.insert_header((CONTENT_TYPE, kind.content_type())).body(bytes),
            })
        }
        Ok(Err(error)) if error.kind() == io::ErrorKind::NotFound => Err(Common::NotFound.problem()),
        _ => Err(Common::Internal.problem()),
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let meta = file.metadata()?;
    if !meta.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    if meta.len() > FILE_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut bytes = Vec::new();
    file.take(FILE_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}
