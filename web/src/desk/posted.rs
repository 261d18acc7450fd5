//! What a form with files sent: fields, and any number of files within the body's limit.
//!
//! ```text
//! csrf=…   (first, checked before anything else is read)   text={…}   files=report-1.json   files=report-2.json
//! ```
//!
//! Everything is counted while it arrives. Line ends of a text box are made LF again. Not here: what the files are.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest};
use futures_util::TryStreamExt;
use verifier::limits::{DOCUMENT_BYTES, FILE_BYTES};

use crate::problem::{Common, Problem, of_error};
use crate::session::SignedIn;

/// Files of one form.
pub const FILES_MAX: usize = 50;
/// Parts of one form.
const PARTS_MAX: usize = FILES_MAX + 16;
/// Bytes of a field that holds no document: 4,000 characters and room.
const FIELD_BYTES: usize = 16 << 10;
/// Characters of a file's name that are kept.
const NAME_MAX: usize = 200;

/// A file that was sent.
#[derive(Debug)]
pub struct PostedFile {
    /// Its name without folders, as the sender gave it.
    pub name: String,
    /// Its bytes.
    pub bytes: Bytes,
}

/// What a form sent.
#[derive(Debug, Default)]
pub struct Posted {
    fields: BTreeMap<String, String>,
    /// The files, in order.
    pub files: Vec<PostedFile>,
}

impl Posted {
    /// Reads the form of somebody who is signed in.
    ///
    /// # Errors
    /// `CSRF_BAD` before anything else is read; `BODY_LARGE`, `MULTIPART_BAD`.
    pub async fn read(
        request: &HttpRequest,
        payload: &mut Payload,
        by: &SignedIn,
    ) -> Result<Posted, Problem> {
        let mut form = Multipart::from_request(request, payload).await.map_err(|error| of_error(&error))?;
        let mut posted = Posted::default();
        for n in 0..PARTS_MAX {
            let Some(mut part) = form.try_next().await.map_err(|error| of_error(&error.into()))? else {
                return match n {
                    0 => Err(Common::CsrfBad.problem()),
                    _ => Ok(posted),
                };
            };
            let name = part.name().unwrap_or_default().to_owned();
            let file = part.content_disposition().and_then(|header| header.get_filename()).map(base_name);
            let limit = match (&file, name.as_str()) {
                (Some(_), _) => FILE_BYTES,
                (None, "text") => 2 * DOCUMENT_BYTES,
                (None, _) => FIELD_BYTES,
            };
            if n == 0 && name != "csrf" {
                return Err(Common::CsrfBad.problem());
            }
            let bytes = part.bytes(limit).await.map_err(|_| Common::BodyLarge.problem())?;
            let bytes = bytes.map_err(|error| of_error(&error.into()))?;
            match file {
                // A box in which no file was chosen.
                Some(name) if name.is_empty() && bytes.is_empty() => {}
                Some(_) if posted.files.len() == FILES_MAX => return Err(Common::BodyLarge.problem()),
                Some(name) => posted.files.push(PostedFile { name, bytes }),
                None => {
                    let text = String::from_utf8(bytes.to_vec()).map_err(|_| Common::FormBad.problem())?;
                    if n == 0 {
                        by.check_csrf(&text)?;
                    }
                    posted.fields.entry(name).or_insert_with(|| text.replace("\r\n", "\n"));
                }
            }
        }
        Err(Common::MultipartBad.problem())
    }

    /// A field; empty where it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }
}

/// A file's name without folders of either kind.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(NAME_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_left_out_of_names() {
        for (given, kept) in
            [("a.json", "a.json"), ("C:\\报告\\a.json", "a.json"), ("../../etc/a", "a"), ("/", "")]
        {
            assert_eq!(base_name(given), kept);
        }
        assert_eq!(base_name(&"长".repeat(999)).chars().count(), NAME_MAX);
    }
}
