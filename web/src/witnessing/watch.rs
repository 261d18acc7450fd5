//! How it goes with each witness that is asked: for the loop, the officers' page and the metrics.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use notary::office::Office;
use verifier::text::Lang;
use verifier::time::Time;

use crate::settings::WitnessAddress;

/// After so many failures in a row it is an alarm.
const FAILURES_ALARM: u32 = 3;
/// A newest checkpoint that a witness has not cosigned for so many seconds is an alarm.
const BEHIND_ALARM: u64 = 600;
/// Between two tries after failures, in seconds: doubled each time, at most this.
const WAIT_MAX: u64 = 600;

/// The witnesses that are asked.
#[derive(Debug, Default)]
pub struct Asked {
    witnesses: Vec<WitnessAddress>,
    states: Mutex<Vec<State>>,
}

/// How it goes with one.
#[derive(Clone, Debug, Default)]
struct State {
    /// Size of the last checkpoint that it cosigned, and the time that it gave.
    cosigned: Option<(u64, Time)>,
    /// The size that it is thought to have seen last.
    seen: Option<u64>,
    /// Failures since the start, by kind.
    failures: BTreeMap<String, u64>,
    /// Failures since the last success.
    in_a_row: u32,
    /// The last failure.
    last: Option<(Time, String)>,
    /// Not asked again before.
    rests_until: Option<Time>,
}

/// One witness, as a page shows it.
#[derive(Clone, Debug)]
pub struct AskedView {
    /// The name of its key.
    pub name: String,
    /// Its address.
    pub url: String,
    /// Whether the trust bundle lists this very key: else nobody counts its cosignatures.
    pub trusted: bool,
    /// Whether it is of another organisation than the office's, by the bundle.
    pub independent: bool,
    /// Size of the last checkpoint that it cosigned, and when.
    pub cosigned: Option<(u64, Time)>,
    /// The last failure: when, and its kind.
    pub failure: Option<(Time, String)>,
    /// What somebody has to look at, if anything.
    pub alarm: Option<Alarm>,
}

/// What somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// It has failed several times in a row; the kind of the last.
    Failing(String),
    /// It has not cosigned the newest checkpoint for so many seconds.
    Behind(u64),
    /// The trust bundle has another key under its name, or none.
    NotTrusted,
}

impl Alarm {
    /// In words.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Alarm::Failing(kind) => match lang {
                Lang::Zh => format!("连续多次未能见证：{}", reason(kind, lang)),
                Lang::En => format!("failed several times in a row: {}", reason(kind, lang)),
            },
            Alarm::Behind(seconds) => match lang {
                Lang::Zh => format!("最新检查点已 {} 分钟未见证", seconds / 60),
                Lang::En => format!("the newest checkpoint has waited {} minutes for it", seconds / 60),
            },
            Alarm::NotTrusted => lang
                .pick(
                    "信任名单中没有这个公钥，其见证不算数",
                    "the trust bundle does not list this key: its cosignatures count for nothing",
                )
                .to_string(),
        }
    }
}

/// What a kind of failure means.
pub fn reason(kind: &str, lang: Lang) -> String {
    let (zh, en) = match kind {
        "connection" | "host" => ("连接不上", "no connection"),
        "timed-out" => ("超时", "it took too long"),
        "tls" | "no-roots" => ("TLS 证书不可信", "its TLS certificate is not trusted"),
        "plain-http" => ("设置不允许用不加密的 HTTP", "plain HTTP is not allowed to there"),
        "redirect" => ("跳转到别处，未跟随", "it leads elsewhere, which is not followed"),
        "too-large" | "protocol" | "unreadable" => ("应答不可读", "its answer can't be read"),
        "no-cosignature" => ("应答中没有其签名", "its answer has no cosignature of its key"),
        "cosignature" => ("签名或时间不对", "its signature or its time is wrong"),
        "ahead" => ("声称见过更新的检查点，但不能出示", "it claims a newer checkpoint and shows none"),
        "conflict" => ("一再称记录的规模不同", "it names another size each time"),
        "refused-404" => ("对方未登记本账本", "it does not know this ledger"),
        "refused-403" => ("对方登记的公钥不符", "it knows another key of this ledger"),
        "refused-422" => ("对方认为与其记录矛盾", "it says that this contradicts what it saw"),
        other => return other.to_string(),
    };
    lang.pick(zh, en).to_string()
}

impl Asked {
    /// These witnesses, as far as the ledger knows them from before.
    pub fn new(witnesses: Vec<WitnessAddress>, office: &Office) -> Asked {
        let known = office.newest_cosigned();
        let state = |witness: &WitnessAddress| {
            let seen = known.as_ref().and_then(|(size, note)| {
                note.signatures().iter().any(|line| line.names(witness.key())).then_some(*size)
            });
            State { seen, ..State::default() }
        };
        let states = Mutex::new(witnesses.iter().map(state).collect());
        Asked { witnesses, states }
    }

    /// The witnesses.
    pub(super) fn witnesses(&self) -> &[WitnessAddress] {
        &self.witnesses
    }

    /// The places of those that have not cosigned the checkpoint of this size, and are not resting.
    pub(super) fn due(&self, size: u64, now: Time) -> Vec<usize> {
        let due = |state: &State| {
            state.cosigned.is_none_or(|(cosigned, _)| cosigned != size)
                && state.rests_until.is_none_or(|until| until <= now)
        };
        self.states().iter().enumerate().filter(|(_, state)| due(state)).map(|(place, _)| place).collect()
    }

    /// From which size a witness is thought to go on.
    pub(super) fn seen(&self, place: usize) -> u64 {
        self.states().get(place).and_then(|state| state.seen).unwrap_or(0)
    }

    /// It says that it saw this size.
    pub(super) fn saw(&self, place: usize, size: u64) {
        if let Some(state) = self.states().get_mut(place) {
            state.seen = Some(size);
        }
    }

    /// It cosigned the checkpoint of this size at this time.
    pub(super) fn cosigned(&self, place: usize, size: u64, time: Time) {
        if let Some(state) = self.states().get_mut(place) {
            (state.seen, state.cosigned, state.in_a_row) = (Some(size), Some((size, time)), 0);
        }
    }

    /// It failed in this way; it rests for a while.
    pub(super) fn failed(&self, place: usize, kind: String, now: Time) {
        if let Some(state) = self.states().get_mut(place) {
            *state.failures.entry(kind.clone()).or_default() += 1;
            state.in_a_row = state.in_a_row.saturating_add(1);
            let wait = 1u64.checked_shl(state.in_a_row).unwrap_or(WAIT_MAX).min(WAIT_MAX);
            state.rests_until = Some(now.saturating_add(wait));
            state.last = Some((now, kind));
        }
    }

    /// All of them, for a page.
    pub fn views(&self, office: &Office) -> Vec<AskedView> {
        let (now, trust) = (office.now(), office.trust());
        let own = trust.office(office.origin()).map(|own| own.organisation.token.as_str());
        let head = office.own_head().ok().flatten();
        let view = |(witness, state): (&WitnessAddress, State)| {
            let listed = trust.witnesses().iter().find(|listed| listed.key == *witness.key());
            let behind = head.as_ref().and_then(|head| {
                let done = state.cosigned.is_some_and(|(size, _)| size == head.checkpoint.size())
                    || state.seen == Some(head.checkpoint.size());
                let age = now.since(head.time);
                (!done && age > BEHIND_ALARM).then_some(Alarm::Behind(age))
            });
            let failing = state.last.clone().filter(|_| state.in_a_row >= FAILURES_ALARM);
            let alarm = match (failing, behind) {
                (Some((_, kind)), _) => Some(Alarm::Failing(kind)),
                (None, Some(behind)) => Some(behind),
                (None, None) => listed.is_none().then_some(Alarm::NotTrusted),
            };
            AskedView {
                name: witness.key().name().to_string(),
                url: witness.url().to_string(),
                trusted: listed.is_some(),
                independent: listed.is_some_and(|listed| Some(listed.organisation.token.as_str()) != own),
                cosigned: state.cosigned,
                failure: state.last.clone(),
                alarm,
            }
        };
        self.witnesses.iter().zip(self.states().clone()).map(view).collect()
    }

    /// In the text form of Prometheus: the witnesses that are asked, and this instance as one.
    pub fn metrics(&self, office: &Office) -> String {
        let mut out = String::new();
        let now = office.now();
        head(
            &mut out,
            "xinzheng_witness_cosignature_age_seconds",
            "gauge",
            "Since a witness last cosigned; -1 before it did.",
        );
        let states = self.states().clone();
        for (witness, state) in self.witnesses.iter().zip(&states) {
            let age =
                state.cosigned.map_or(-1, |(_, time)| i64::try_from(now.since(time)).unwrap_or(i64::MAX));
            line(
                &mut out,
                "xinzheng_witness_cosignature_age_seconds",
                &[("witness", witness.key().name().as_str())],
                age,
            );
        }
        head(
            &mut out,
            "xinzheng_witness_failures_total",
            "counter",
            "Requests to a witness that brought no cosignature, by kind.",
        );
        for (witness, state) in self.witnesses.iter().zip(&states) {
            for (kind, count) in &state.failures {
                let labels = [("witness", witness.key().name().as_str()), ("kind", kind.as_str())];
                line(
                    &mut out,
                    "xinzheng_witness_failures_total",
                    &labels,
                    i64::try_from(*count).unwrap_or(i64::MAX),
                );
            }
        }
        head(&mut out, "xinzheng_cosigned_entries", "gauge", "Entries under the newest cosigned checkpoint.");
        let cosigned = office.newest_cosigned().map_or(0, |(size, _)| size);
        line(&mut out, "xinzheng_cosigned_entries", &[], i64::try_from(cosigned).unwrap_or(i64::MAX));
        let Some(witness) = office.witness() else { return out };
        let ledgers = witness.ledgers();
        head(
            &mut out,
            "xinzheng_witnessed_total",
            "counter",
            "Checkpoints of another ledger that were cosigned here.",
        );
        for ledger in &ledgers {
            let count = i64::try_from(ledger.cosigned).unwrap_or(i64::MAX);
            line(&mut out, "xinzheng_witnessed_total", &[("ledger", &ledger.origin)], count);
        }
        head(
            &mut out,
            "xinzheng_witness_refusals_total",
            "counter",
            "Checkpoints of another ledger that were refused here, by kind.",
        );
        for ledger in &ledgers {
            for (kind, count) in &ledger.refused {
                let labels = [("ledger", ledger.origin.as_str()), ("kind", kind.as_str())];
                line(
                    &mut out,
                    "xinzheng_witness_refusals_total",
                    &labels,
                    i64::try_from(*count).unwrap_or(i64::MAX),
                );
            }
        }
        head(&mut out, "xinzheng_misbehaviour_proofs", "gauge", "Proofs kept here that a ledger was forked.");
        let proofs = i64::try_from(witness.evidence().len()).unwrap_or(i64::MAX);
        line(&mut out, "xinzheng_misbehaviour_proofs", &[], proofs);
        out
    }

    fn states(&self) -> MutexGuard<'_, Vec<State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a String can't fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: i64) {
    let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let labels: Vec<String> =
        labels.iter().map(|(key, text)| format!("{key}=\"{}\"", escaped(text))).collect();
    let _ = match labels.is_empty() {
        true => writeln!(out, "{name} {value}"),
        false => writeln!(out, "{name}{{{}}} {value}", labels.join(",")),
    };
}
