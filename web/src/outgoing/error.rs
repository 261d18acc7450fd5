//! Why a request brought no answer, and why there is no client.

use std::fmt;
use std::path::PathBuf;

/// Why a request brought no answer. Names no address: whoever asked knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutgoingError {
    /// It is not an address of HTTP or HTTPS.
    Address,
    /// HTTP without TLS is not allowed to there.
    PlainHttp,
    /// There are no roots that HTTPS could be checked against.
    NoRoots,
    /// The name of the host is not known.
    Host,
    /// No connection came about, or it broke.
    Connection {
        /// The system's words.
        why: String,
    },
    /// The other side's certificate is not one of the roots', not its own, or TLS failed otherwise.
    Tls {
        /// What is wrong.
        why: String,
    },
    /// It took too long: to connect, to begin, or to end.
    TimedOut,
    /// The head or the body is longer than it may be.
    TooLarge,
    /// It leads elsewhere, and nothing is followed.
    Redirect {
        /// The status.
        status: u16,
    },
    /// What came is not HTTP.
    Protocol {
        /// What is wrong.
        why: String,
    },
}

impl OutgoingError {
    /// A stable word for logs and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            OutgoingError::Address => "address",
            OutgoingError::PlainHttp => "plain-http",
            OutgoingError::NoRoots => "no-roots",
            OutgoingError::Host => "host",
            OutgoingError::Connection { .. } => "connection",
            OutgoingError::Tls { .. } => "tls",
            OutgoingError::TimedOut => "timed-out",
            OutgoingError::TooLarge => "too-large",
            OutgoingError::Redirect { .. } => "redirect",
            OutgoingError::Protocol { .. } => "protocol",
        }
    }

    pub(super) fn from_ureq(error: ureq::Error) -> OutgoingError {
        use ureq::Error as E;
        match error {
            E::Io(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(tls) => OutgoingError::Tls { why: tls.to_string() },
                None if error.kind() == std::io::ErrorKind::TimedOut => OutgoingError::TimedOut,
                None => OutgoingError::Connection { why: error.to_string() },
            },
            E::ConnectionFailed => OutgoingError::Connection { why: "refused".into() },
            E::Timeout(_) | E::BodyStalled => OutgoingError::TimedOut,
            E::HostNotFound => OutgoingError::Host,
            E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) => OutgoingError::TooLarge,
            E::Tls(why) => OutgoingError::Tls { why: why.into() },
            E::Rustls(error) => OutgoingError::Tls { why: error.to_string() },
            E::BadUri(_) => OutgoingError::Address,
            other => OutgoingError::Protocol { why: other.to_string() },
        }
    }
}

impl fmt::Display for OutgoingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OutgoingError::Address => f.write_str("not an address of HTTPS or HTTP"),
            OutgoingError::PlainHttp => f.write_str(
                "plain HTTP is not allowed to there; use https, or name the host in outgoing.plain_http",
            ),
            OutgoingError::NoRoots => f.write_str(
                "there are no root certificates to check HTTPS against; name a PEM file in outgoing.roots",
            ),
            OutgoingError::Host => f.write_str("the name of the host is not known"),
            OutgoingError::Connection { why } => write!(f, "no connection: {why}"),
            OutgoingError::Tls { why } => write!(f, "TLS: {why}"),
            OutgoingError::TimedOut => f.write_str("it took too long"),
            OutgoingError::TooLarge => f.write_str("the answer is longer than it may be"),
            OutgoingError::Redirect { status } => {
                write!(f, "it leads elsewhere ({status}), and no redirect is followed")
            }
            OutgoingError::Protocol { why } => write!(f, "not a good answer: {why}"),
        }
    }
}

impl std::error::Error for OutgoingError {}

/// A file of root certificates that can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RootsError {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

impl fmt::Display for RootsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file.display(), self.why)
    }
}

impl std::error::Error for RootsError {}
