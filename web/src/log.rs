//! What is written about requests: one line each, to standard error.
//!
//! ```text
//! 2026-11-22T06:31:07.214Z  INFO request: answered id="9f3c61d20b7a4e58-000001a4" method="POST" route="/window" status=200 code="" ms=12 client="browser" proxied=false
//! {"timestamp":"2026-11-22T06:31:07.214Z","level":"INFO","fields":{"message":"answered","id":"9f3c…","ms":12,…},"target":"request"}
//! ```
//!
//! A line names the route by its pattern. It has no address of a client, no certificate number, no name, no query: who
//! looked at what is in the operator log, which is protected. Times are UTC.

use std::io;
use std::panic;

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// What this service writes lines under.
const OWN: [&str; 4] = ["request", "office", "panic", "web"];

/// What the log looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
    /// Nothing.
    None,
}

impl LogFormat {
    /// `text`, `json` or `none`.
    #[must_use]
    pub fn parse(text: &str) -> Option<LogFormat> {
        match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            "none" => Some(LogFormat::None),
            _ => None,
        }
    }
}

/// Starts the log of this process; called once, by whoever starts the server. A panic is written with its place but
/// without its message, which may hold what was being handled.
pub fn begin(format: LogFormat) {
    let lines = fmt::layer().with_writer(io::stderr);
    // Of other crates only what is wrong.
    let filter = Targets::new().with_targets(OWN.map(|own| (own, Level::INFO))).with_default(Level::WARN);
    // A second call changes nothing: the first log goes on.
    let _ = match format {
        LogFormat::Text => {
            tracing_subscriber::registry().with(lines.with_ansi(false)).with(filter).try_init()
        }
        LogFormat::Json => tracing_subscriber::registry().with(lines.json()).with(filter).try_init(),
        LogFormat::None => return,
    };
    panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(target: "panic", place, "panic");
    }));
}
