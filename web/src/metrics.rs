//! What can be counted: requests by route, and how the office does. `GET /metrics` in the text form of Prometheus.
//!
//! ```text
//! xinzheng_requests_total{method="GET",route="/ledger/{path:.*}",status="2xx"} 41
//! xinzheng_pending_entries 0
//! ```
//!
//! A route is named by its pattern, never by an address. Each server has its own registry.

use std::fmt::Write as _;
use std::time::Duration;

use actix_web::http::StatusCode;
use notary::office::Office;
use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder,
};
use verifier::status_list::StatusList;

/// Bounds of the buckets of answers, in seconds: the window's 0.3 s and 1 s are among them.
const ANSWER_SECONDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];
/// Bounds of the buckets of sealing, in seconds.
const SEAL_SECONDS: [f64; 8] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The counters of one server.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    seconds: HistogramVec,
    in_flight: IntGauge,
    seal_seconds: Histogram,
    last_seal: IntGauge,
    ledger_size: IntGauge,
    batches: IntGauge,
    documents: IntGauge,
    pending: IntGauge,
    stopped: IntGauge,
    checkpoint_age: IntGauge,
    status_age: IntGauge,
    rate_limited: IntCounter,
}

impl Metrics {
    /// All at zero.
    ///
    /// # Errors
    /// Two metrics of one name: a fault of this module.
    pub fn new() -> Result<Metrics, prometheus::Error> {
        let registry = Registry::new();
        let gauge = |name: &str, help: &str| kept(&registry, IntGauge::new(name, help));
        Ok(Metrics {
            requests: kept(
                &registry,
                IntCounterVec::new(
                    Opts::new("xinzheng_requests_total", "Requests answered."),
                    &["route", "method", "status"],
                ),
            )?,
            seconds: kept(
                &registry,
                HistogramVec::new(
                    HistogramOpts::new("xinzheng_request_seconds", "Time until a request was answered.")
                        .buckets(ANSWER_SECONDS.to_vec()),
                    &["route"],
                ),
            )?,
            in_flight: gauge("xinzheng_requests_in_flight", "Requests being answered.")?,
            seal_seconds: kept(
                &registry,
                Histogram::with_opts(
                    HistogramOpts::new("xinzheng_seal_seconds", "Time that closing a batch took.")
                        .buckets(SEAL_SECONDS.to_vec()),
                ),
            )?,
            last_seal: gauge(
                "xinzheng_last_seal_timestamp_seconds",
                "When this server last closed a batch.",
            )?,
            ledger_size: gauge("xinzheng_ledger_entries", "Entries in the ledger.")?,
            batches: gauge("xinzheng_batches", "Batches sealed.")?,
            documents: gauge("xinzheng_documents", "Documents accepted.")?,
            pending: gauge("xinzheng_pending_entries", "Entries that wait for a batch.")?,
            stopped: gauge("xinzheng_stopped", "1 once the office has stopped after a failure.")?,
            checkpoint_age: gauge("xinzheng_checkpoint_age_seconds", "Age of the published checkpoint.")?,
            status_age: gauge("xinzheng_status_list_age_seconds", "Age of the newest status list.")?,
            rate_limited: kept(
                &registry,
                IntCounter::new("xinzheng_rate_limited_total", "Requests refused because of their rate."),
            )?,
            registry,
        })
    }

    /// A request begins; it ends when what is given is dropped.
    pub fn enter(&self) -> UnderWay {
        self.in_flight.inc();
        UnderWay(self.in_flight.clone())
    }

    /// A request was answered.
    pub fn answered(&self, route: &str, method: &str, status: StatusCode, took: Duration) {
        let class = match status.as_u16() / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.with_label_values(&[route, method, class]).inc();
        self.seconds.with_label_values(&[route]).observe(took.as_secs_f64());
    }

    /// A batch was closed.
    pub fn sealed(&self, office: &Office, took: Duration) {
        self.seal_seconds.observe(took.as_secs_f64());
        self.last_seal.set(i64::try_from(office.now().seconds()).unwrap_or(i64::MAX));
    }

    /// Everything, in the text form of Prometheus, with the office's state as of now.
    pub fn text(&self, office: &Office, rate_limited: u64) -> String {
        let summary = office.summary();
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        self.ledger_size.set(number(summary.size));
        self.batches.set(number(summary.batches));
        self.documents.set(number(summary.documents));
        self.pending.set(number(summary.pending));
        self.stopped.set(i64::from(summary.stopped));
        self.checkpoint_age.set(checkpoint_age(office).map_or(-1, number));
        self.status_age.set(status_age(office, summary.size).map_or(-1, number));
        self.rate_limited.inc_by(rate_limited.saturating_sub(self.rate_limited.get()));
        // Only a metric without a name or a broken writer can fail; there is neither.
        TextEncoder::new().encode_to_string(&self.registry.gather()).unwrap_or_default()
    }
}

/// A request that is being answered.
pub struct UnderWay(IntGauge);

impl UnderWay {
    /// How many there are, this one among them.
    pub fn count(&self) -> u64 {
        u64::try_from(self.0.get()).unwrap_or(0)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn kept<C: Collector + Clone + 'static>(
    registry: &Registry,
    made: Result<C, prometheus::Error>,
) -> Result<C, prometheus::Error> {
    let collector = made?;
    registry.register(Box::new(collector.clone()))?;
    Ok(collector)
}

/// Writes the head of a metric that is not in a registry: its numbers are those of the moment, with labels that come and go.
pub fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a String can't fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// Writes one number of such a metric.
pub fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: i64) {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels: Vec<String> =
        labels.iter().map(|(key, text)| format!("{key}=\"{}\"", escaped(text))).collect();
    let _ = match labels.is_empty() {
        true => writeln!(out, "{name} {value}"),
        false => writeln!(out, "{name}{{{}}} {value}", labels.join(",")),
    };
}

/// Since the checkpoint was published, by its file; `None` where there is none.
fn checkpoint_age(office: &Office) -> Option<u64> {
    let written = std::fs::metadata(office.dir().join("ledger/checkpoint")).ok()?.modified().ok()?;
    Some(written.elapsed().map_or(0, |age| age.as_secs()))
}

/// Since the newest status list was issued, by the office's clock.
fn status_age(office: &Office, size: u64) -> Option<u64> {
    let newest = office.newest_list(size.checked_sub(1)?)?;
    let list = StatusList::parse(newest.as_bytes()).ok()?;
    Some(office.now().since(list.says().fields().issued))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_class() {
        let metrics = Metrics::new().unwrap();
        let first = metrics.enter();
        assert_eq!((first.count(), metrics.enter().count()), (1, 2));
        assert_eq!(first.count(), 1, "what is dropped is over");
        metrics.answered("/x/{n}", "GET", StatusCode::NOT_FOUND, Duration::from_millis(7));
        let text = TextEncoder::new().encode_to_string(&metrics.registry.gather()).unwrap();
        assert!(
            text.contains("xinzheng_requests_total{method=\"GET\",route=\"/x/{n}\",status=\"4xx\"} 1"),
            "{text}"
        );
        assert!(text.contains("xinzheng_request_seconds_bucket{route=\"/x/{n}\",le=\"0.005\"} 0"), "{text}");
    }
}
