//! What the settings say of a gateway.
//!
//! ```toml
//! [[anchor]]
//! kind = "http"
//! label = "chainmaker-gateway"                  # what the office calls it
//! url = "https://gateway.example.gov.cn/anchor"
//! token_file = "gateway.token"                  # its first line goes along as a header, so as it stands there: Bearer …
//! token_header = "authorization"                # that header's name
//! ```

use std::path::PathBuf;

use super::{Keys, Wrong};

/// Bytes of a header's name.
const NAME_BYTES: usize = 64;
/// The header where nothing is said.
const HEADER: &str = "authorization";

/// A gateway that takes a digest and answers with what it likes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpSettings {
    /// File whose first line is the token that it is shown.
    pub token_file: Option<PathBuf>,
    /// The header that the token goes in, lower case.
    pub token_header: String,
}

impl Default for HttpSettings {
    fn default() -> Self {
        HttpSettings { token_file: None, token_header: HEADER.into() }
    }
}

pub(super) fn read(keys: &mut Keys<'_>) -> Result<HttpSettings, Wrong> {
    let usual = HttpSettings::default();
    // What says how long a request is, where it goes and what is in it is the client's.
    let own = ["host", "content-length", "content-type", "transfer-encoding", "connection"];
    let name = |text: &str| {
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let fits = !text.is_empty() && text.len() <= NAME_BYTES && plain && !own.contains(&text);
        fits.then(|| text.to_string())
    };
    let right =
        ["小写的 HTTP 头名称，如 authorization", "the name of a header in lower case, such as authorization"];
    Ok(HttpSettings {
        token_file: keys.file("token_file")?,
        token_header: keys.take("token_header", right[0], right[1], name)?.unwrap_or(usual.token_header),
    })
}
