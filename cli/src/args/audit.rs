//! The arguments of `audit`.

use std::path::PathBuf;

use clap::Args;

/// `audit`
#[derive(Args)]
pub struct Audit {
    /// Folder of an office or of a published ledger, or the address of one.
    #[arg(value_name = "D|DIR|URL")]
    pub target: String,
    /// Trust bundle to hold a published ledger against.
    #[arg(long, value_name = "BUNDLE")]
    pub trust: Option<PathBuf>,
    /// Root key that must have signed the bundle.
    #[arg(long, value_name = "VKEY")]
    pub root: Option<String>,
    /// Entries audited before. Not with what follows a ledger: that has to know the lists and keys from before, or it would
    /// find faults that are none.
    #[arg(long, value_name = "SIZE", default_value_t = 0, conflicts_with_all = ["state", "watch"])]
    pub from: u64,
    /// What is remembered from one audit to the next.
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Audit again and again until something is found.
    #[arg(long)]
    pub watch: bool,
    /// Between two audits.
    #[arg(long, value_name = "60s", default_value = "60s", value_parser = seconds)]
    pub every: u64,
    /// What the office exported for the auditor.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["state", "watch", "from"])]
    pub export: Option<PathBuf>,
    /// Where to write the proof of two histories.
    #[arg(long, value_name = "FILE.xzf")]
    pub misbehaviour: Option<PathBuf>,
    /// A report to print.
    #[arg(long, value_name = "FILE.html")]
    pub html: Option<PathBuf>,
    /// Certificates that HTTPS is checked against.
    #[arg(long, value_name = "FILE.pem")]
    pub ca: Option<PathBuf>,
}

/// `60s`, `5m`, `1h`: at least a second, at most a week.
fn seconds(text: &str) -> Result<u64, String> {
    let (digits, unit) = match text.strip_suffix(['s', 'm', 'h']) {
        Some(digits) => (digits, text.chars().last()),
        None => (text, Some('s')),
    };
    let factor = match unit {
        Some('m') => 60,
        Some('h') => 3600,
        _ => 1,
    };
    let seconds = digits.parse::<u64>().ok().and_then(|n| n.checked_mul(factor));
    seconds.filter(|seconds| (1..=604_800).contains(seconds)).ok_or_else(|| "60s, 5m, 1h".to_string())
}

#[cfg(test)]
mod tests {
    use super::{Audit, seconds};
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        audit: Audit,
    }

    #[test]
    fn what_follows_a_ledger_begins_at_its_begin() {
        let line = |more: &[&str]| Line::try_parse_from(["audit", "ledger"].iter().chain(more)).is_ok();
        assert!(line(&["--watch", "--state", "s.json"]) && line(&["--watch"]));
        assert_eq!(Line::try_parse_from(["audit", "ledger", "--from", "7"]).unwrap().audit.from, 7);
        assert!(!line(&["--watch", "--from", "7"]) && !line(&["--state", "s.json", "--from", "7"]));
    }

    #[test]
    fn a_span_is_a_number_with_a_unit() {
        for (text, span) in [("60s", 60), ("5m", 300), ("1h", 3600), ("7", 7)] {
            assert_eq!(seconds(text), Ok(span));
        }
        for text in ["", "s", "0s", "-1s", "8d", "1.5h", "169h", "99999999999999999999h"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
