//! How it goes with each witness that is asked: for the loop, the officers' page and the metrics.

use std::sync::{Mutex, MutexGuard, PoisonError};

use notary::anchor::Failing;
use notary::office::Office;
use verifier::text::Lang;
use verifier::time::Time;

use crate::metrics::{head, line};
use crate::outgoing::{Tries, next_step};
use crate::settings::WitnessAddress;

/// A newest checkpoint that a witness has not cosigned for so many seconds is an alarm.
const BEHIND_ALARM: u64 = 600;

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
    /// The largest size that bears its signature, verified here.
    vouched: u64,
    /// What it had cosigned, and what it said later that it had seen last: less.
    went_back: Option<(u64, u64)>,
    /// How the tries went.
    tries: Tries,
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
    /// Since when every try has failed, where the last one did.
    pub failing_since: Option<Time>,
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
    /// It has cosigned so many entries and says now that it saw fewer: it has forgotten, and could cosign another history.
    WentBack(u64, u64),
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
            Alarm::WentBack(from, to) => match lang {
                Lang::Zh => {
                    format!("它忘记了自己签过的检查点：曾签到 {from} 条，现称只见过 {to} 条；其见证已不可靠")
                }
                Lang::En => format!(
                    "it has forgotten what it cosigned, {from} entries and now {to}: it could cosign another history"
                ),
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

impl Alarm {
    /// What is to be done about it.
    pub fn next(&self, lang: Lang) -> &'static str {
        match self {
            Alarm::Failing(kind) => next(kind, lang),
            Alarm::Behind(_) => next_step("connection", lang),
            Alarm::WentBack(..) => lang.pick(
                "请与对方核实，是否由备份恢复而未告知见证程序",
                "ask those who run it whether it was restored without being told what it cosigned",
            ),
            Alarm::NotTrusted => lang.pick(
                "请用 xinzheng trust D add witness 列入信任名单，或从设置 witness.ask 中去掉",
                "add the key with xinzheng trust D add witness, or take it out of the setting witness.ask",
            ),
        }
    }
}

/// What somebody does about failures of this kind.
fn next(kind: &str, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        "refused-404" => (
            "请对方登记本账本的公钥：xinzheng witness D add",
            "ask those who run it to add this ledger's key: xinzheng witness D add",
        ),
        "refused-403" => (
            "本机构换过账本密钥的，请对方登记新的公钥：xinzheng witness D add",
            "where this ledger has a new key, ask those who run it to add that: xinzheng witness D add",
        ),
        "refused-503" => (
            "请对方查看其“运行状况”；由备份恢复的，须用 xinzheng witness D wake 告知签过的检查点",
            "ask those who run it to look at their Health page; after a restore they tell it with xinzheng witness D wake",
        ),
        "refused-422" | "ahead" | "conflict" => (
            "请立即与对方核对双方的检查点；不一致的，先停止服务，保留现场",
            "compare the checkpoints of both sides with them at once; where they differ, stop the service and keep everything as it is",
        ),
        "no-cosignature" | "cosignature" => (
            "请与对方核对见证公钥和系统时间",
            "compare the witness's key and the clock with those who run it",
        ),
        other => return next_step(other, lang),
    };
    lang.pick(zh, en)
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
        "refused-503" => {
            ("对方暂不能见证，可能刚由备份恢复", "it can't now; it may have been restored from a backup")
        }
        "refused-404" => ("对方未登记本账本", "it does not know this ledger"),
        "refused-403" => ("对方登记的公钥不符", "it knows another key of this ledger"),
        "refused-422" => ("对方认为与其记录矛盾", "it says that this contradicts what it saw"),
        other => return other.to_string(),
    };
    lang.pick(zh, en).to_string()
}

/// As what the office notes how it goes with this witness: another key is another one.
pub(super) fn noted_as(witness: &WitnessAddress) -> String {
    format!("witness {}", witness.key().encode())
}

impl Asked {
    /// These witnesses, as far as the ledger knows them from before, and as the last service left them.
    pub fn new(witnesses: Vec<WitnessAddress>, office: &Office) -> Asked {
        let known = office.newest_cosigned();
        let state = |witness: &WitnessAddress| {
            let seen = known.as_ref().and_then(|(size, note)| {
                note.signatures().iter().any(|line| line.names(witness.key())).then_some(*size)
            });
            let tries = Tries::remembering(office.failing(&noted_as(witness)));
            State { seen, vouched: seen.unwrap_or(0), tries, ..State::default() }
        };
        let states = Mutex::new(witnesses.iter().map(state).collect());
        Asked { witnesses, states }
    }

    /// The witnesses.
    pub(super) fn witnesses(&self) -> &[WitnessAddress] {
        &self.witnesses
    }

    /// The places of those that have not cosigned the checkpoint of this size, and are not resting.
    pub(super) fn due(&self, size: u64) -> Vec<usize> {
        let due = |state: &State| {
            state.cosigned.is_none_or(|(cosigned, _)| cosigned != size) && !state.tries.rests()
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
            if size < state.vouched {
                // It is asked on from there all the same, for its signatures are of this ledger; the alarm stays.
                state.went_back = Some((state.vouched, size));
                state.tries.count("went-back");
            }
        }
    }

    /// It cosigned the checkpoint of this size at this time.
    pub(super) fn cosigned(&self, place: usize, size: u64, time: Time) {
        if let Some(state) = self.states().get_mut(place) {
            (state.seen, state.cosigned) = (Some(size), Some((size, time)));
            state.tries.succeeded();
            state.vouched = state.vouched.max(size);
        }
    }

    /// It failed in this way; it rests for a while. How it fails by now.
    pub(super) fn failed(&self, place: usize, kind: &str, now: Time) -> Option<Failing> {
        self.states().get_mut(place).map(|state| state.tries.failed(kind, now))
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
            let went_back = state.went_back.map(|(from, to)| Alarm::WentBack(from, to));
            let alarm = match (state.tries.alarm(), behind) {
                _ if went_back.is_some() => went_back,
                (Some(kind), _) => Some(Alarm::Failing(kind.to_string())),
                (None, Some(behind)) => Some(behind),
                (None, None) => listed.is_none().then_some(Alarm::NotTrusted),
            };
            AskedView {
                name: witness.key().name().to_string(),
                url: witness.url().to_string(),
                trusted: listed.is_some(),
                independent: listed.is_some_and(|listed| Some(listed.organisation.token.as_str()) != own),
                cosigned: state.cosigned,
                failing_since: state.tries.failing_since(),
                failure: state.tries.last().cloned(),
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
            for (kind, count) in state.tries.failures() {
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
        let name = "xinzheng_witness_asleep_ledgers";
        head(&mut out, name, "gauge", "Ledgers that a restored witness waits to be told of.");
        line(&mut out, name, &[], i64::try_from(super::asleep(office)).unwrap_or(i64::MAX));
        head(&mut out, "xinzheng_misbehaviour_proofs", "gauge", "Proofs kept here that a ledger was forked.");
        let proofs = i64::try_from(witness.evidence().len()).unwrap_or(i64::MAX);
        line(&mut out, "xinzheng_misbehaviour_proofs", &[], proofs);
        out
    }

    fn states(&self) -> MutexGuard<'_, Vec<State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
