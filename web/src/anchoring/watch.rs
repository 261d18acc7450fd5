//! How it goes with each target of anchors: for the loop, the officers' page and the metrics.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notary::anchor::{Failing, Listed, Target};
use notary::office::Office;
use verifier::anchor::AnchorKind;
use verifier::text::Lang;
use verifier::time::Time;

use crate::metrics::{self, head};
use crate::outgoing::Tries;
use crate::settings::AnchorTarget;

/// A newest head that has waited so many seconds beyond the pace of its target is an alarm.
const BEHIND_ALARM: u64 = 3_600;

/// The targets of the settings.
#[derive(Debug, Default)]
pub struct Anchoring {
    targets: Vec<AnchorTarget>,
    states: Mutex<Vec<State>>,
}

/// How it goes with one.
#[derive(Clone, Debug, Default)]
struct State {
    /// Since when a head has been wanted.
    since: Option<Time>,
    /// How the tries went.
    tries: Tries,
}

/// One target, as a page shows it.
#[derive(Clone, Debug)]
pub struct AnchoringView {
    /// Whom.
    pub target: Target,
    /// Its address.
    pub url: String,
    /// How often at most.
    pub every: Duration,
    /// Its newest anchor.
    pub last: Option<Listed>,
    /// Since when a head waits to be anchored there.
    pub since: Option<Time>,
    /// Since when every try has failed, where the last one did.
    pub failing_since: Option<Time>,
    /// The last failure: when, and its kind.
    pub failure: Option<(Time, String)>,
    /// Whether the trust bundle knows it: else nobody can check its evidence. Gateways are in no bundle.
    pub trusted: bool,
    /// Whether it is of another organisation than the office's, by the bundle.
    pub independent: bool,
    /// What somebody has to look at, if anything.
    pub alarm: Option<Alarm>,
}

/// What somebody has to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// It has failed several times in a row; the kind of the last.
    Failing(String),
    /// The newest head has waited for it for so many seconds.
    Behind(u64),
    /// The trust bundle does not list it.
    NotTrusted,
}

impl Alarm {
    /// In words.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Alarm::Failing(kind) => match lang {
                Lang::Zh => format!("连续多次未能锚定：{}", reason(kind, lang)),
                Lang::En => format!("failed several times in a row: {}", reason(kind, lang)),
            },
            Alarm::Behind(seconds) => match lang {
                Lang::Zh => format!("最新检查点已等待 {} 分钟", seconds / 60),
                Lang::En => format!("the newest checkpoint has waited {} minutes for it", seconds / 60),
            },
            Alarm::NotTrusted => lang
                .pick(
                    "信任名单中没有它，没有人能核验其证据",
                    "the trust bundle does not list it, so nobody can check its evidence",
                )
                .to_string(),
        }
    }
}

impl Alarm {
    /// What is to be done about it.
    pub fn next(&self, lang: Lang) -> &'static str {
        match self {
            Alarm::Failing(kind) => super::words::next(kind, lang),
            Alarm::Behind(_) => lang.pick(
                "请用 xinzheng anchor D now 立即重试；仍不行的，与对方联系",
                "try at once with xinzheng anchor D now; if that does not help, ask those who run it",
            ),
            Alarm::NotTrusted => super::words::next("not-trusted", lang),
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
        "too-large" => ("应答过大", "its answer is too large"),
        "protocol" | "unreadable" => ("应答不可读", "its answer can't be read"),
        "content-type" => ("应答的类型不对", "its answer is of the wrong type"),
        "not-trusted" => ("信任名单中没有它", "the trust bundle does not list it"),
        "rejected" => ("对方拒绝了请求", "it rejected the request"),
        "evidence" => ("给出的证据不成立，未保存", "its evidence does not hold and was not kept"),
        "policy" => ("时间戳策略与设置不符", "its policy is not the one in the settings"),
        "work-damaged" => ("正在办理的记录损坏", "what was under way is damaged"),
        "disk" => ("不能写盘", "it could not be written to disk"),
        "no-key" => ("没有链上密钥", "there is no key for the chain"),
        other => return super::words::reason(other, lang),
    };
    lang.pick(zh, en).to_string()
}

/// What a kind of target is called.
pub fn kind_word(kind: AnchorKind, lang: Lang) -> &'static str {
    match kind {
        AnchorKind::Rfc3161 => lang.pick("可信时间戳", "timestamp authority"),
        AnchorKind::Evm => lang.pick("链上锚定", "chain"),
        AnchorKind::Http => lang.pick("存证网关", "gateway"),
    }
}

impl Anchoring {
    /// These targets.
    pub fn new(targets: Vec<AnchorTarget>) -> Anchoring {
        let states = Mutex::new(vec![State::default(); targets.len()]);
        Anchoring { targets, states }
    }

    /// As the last service left them: since when a target has failed is no younger after a restart.
    #[must_use]
    pub fn remembering(self, office: &Office) -> Anchoring {
        for (settings, state) in self.targets.iter().zip(self.states().iter_mut()) {
            state.tries = Tries::remembering(office.failing(&settings.target().to_string()));
        }
        self
    }

    /// The targets.
    pub fn targets(&self) -> &[AnchorTarget] {
        &self.targets
    }

    /// Whether a target is left alone for now.
    pub(super) fn rests(&self, place: usize) -> bool {
        self.states().get(place).is_some_and(|state| state.tries.rests())
    }

    /// Whether it is known since when a head is wanted from this target.
    pub(super) fn waits(&self, place: usize) -> bool {
        self.states().get(place).is_some_and(|state| state.since.is_some())
    }

    /// A head is wanted from this target, since then.
    pub(super) fn wants(&self, place: usize, since: Time) {
        if let Some(state) = self.states().get_mut(place) {
            state.since.get_or_insert(since);
        }
    }

    /// Nothing is wanted from it.
    pub(super) fn is_done(&self, place: usize) {
        if let Some(state) = self.states().get_mut(place) {
            state.since = None;
        }
    }

    /// It gave an anchor, which is kept.
    pub(super) fn anchored(&self, place: usize) {
        if let Some(state) = self.states().get_mut(place) {
            state.since = None;
            state.tries.succeeded();
        }
    }

    /// It failed in this way; it rests for a while. How it fails by now.
    pub(super) fn failed(&self, place: usize, kind: &str, now: Time) -> Option<Failing> {
        self.states().get_mut(place).map(|state| state.tries.failed(kind, now))
    }

    /// It is to be asked now, however it went before.
    pub(super) fn wake(&self, place: usize) {
        if let Some(state) = self.states().get_mut(place) {
            state.tries.wake();
        }
    }

    /// How many failures there were since the start.
    pub fn failures(&self) -> u64 {
        self.states().iter().flat_map(|state| state.tries.failures().values()).sum()
    }

    /// All of them, for a page.
    pub fn views(&self, office: &Office) -> Vec<AnchoringView> {
        let states = self.states().clone();
        let view = |(target, state)| one(office, target, state);
        self.targets.iter().zip(states).map(view).collect()
    }

    /// How many alarms there are.
    pub fn alarms(&self, office: &Office) -> usize {
        self.views(office).iter().filter(|view| view.alarm.is_some()).count()
    }

    /// In the text form of Prometheus.
    pub fn metrics(&self, office: &Office) -> String {
        let mut out = String::new();
        if self.targets.is_empty() {
            return out;
        }
        let (now, views, states) = (office.now(), self.views(office), self.states().clone());
        let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        head(
            &mut out,
            "xinzheng_anchor_age_seconds",
            "gauge",
            "Since a target last anchored; -1 before it did.",
        );
        for view in &views {
            let age = view.last.as_ref().map_or(-1, |last| number(now.since(last.time)));
            line(&mut out, "xinzheng_anchor_age_seconds", &view.target, None, age);
        }
        head(&mut out, "xinzheng_anchored_entries", "gauge", "Entries under the newest anchored checkpoint.");
        for view in &views {
            let size = view.last.as_ref().map_or(0, |last| number(last.size));
            line(&mut out, "xinzheng_anchored_entries", &view.target, None, size);
        }
        head(
            &mut out,
            "xinzheng_anchor_waiting_seconds",
            "gauge",
            "Since a head waits for a target; 0 where none does.",
        );
        for view in &views {
            let waits = view.since.map_or(0, |since| number(now.since(since)));
            line(&mut out, "xinzheng_anchor_waiting_seconds", &view.target, None, waits);
        }
        head(&mut out, "xinzheng_anchor_alarm", "gauge", "1 where somebody has to look at a target.");
        for view in &views {
            line(&mut out, "xinzheng_anchor_alarm", &view.target, None, i64::from(view.alarm.is_some()));
        }
        head(
            &mut out,
            "xinzheng_anchor_failures_total",
            "counter",
            "Tries that brought no anchor, by reason.",
        );
        for (view, state) in views.iter().zip(&states) {
            for (kind, count) in state.tries.failures() {
                line(&mut out, "xinzheng_anchor_failures_total", &view.target, Some(kind), number(*count));
            }
        }
        out
    }

    fn states(&self) -> MutexGuard<'_, Vec<State>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn one(office: &Office, settings: &AnchorTarget, state: State) -> AnchoringView {
    let trust = office.trust();
    let (label, kind) = (settings.target().label(), settings.target().kind());
    let own = trust.office(office.origin()).map(|own| own.organisation.token.as_str());
    let fields = trust.fields();
    let token = match kind {
        AnchorKind::Rfc3161 => {
            fields.authorities.iter().find(|known| known.label == label).map(|known| &known.token)
        }
        AnchorKind::Evm => fields.chains.iter().find(|known| known.label == label).map(|known| &known.token),
        AnchorKind::Http => None,
    };
    let trusted = token.is_some() || kind == AnchorKind::Http;
    let waits = state.since.map(|since| office.now().since(since)).filter(|waits| *waits > BEHIND_ALARM);
    let alarm = match (trusted, state.tries.alarm(), waits) {
        (false, ..) => Some(Alarm::NotTrusted),
        (true, Some(kind), _) => Some(Alarm::Failing(kind.to_string())),
        (true, None, Some(waits)) => Some(Alarm::Behind(waits)),
        (true, None, None) => None,
    };
    AnchoringView {
        target: settings.target().clone(),
        url: settings.url().to_string(),
        every: settings.every(),
        last: office.anchors().last(settings.target()),
        since: state.since,
        failing_since: state.tries.failing_since(),
        failure: state.tries.last().cloned(),
        trusted,
        independent: token.is_some_and(|token| Some(token.as_str()) != own),
        alarm,
    }
}

/// One number about a target.
fn line(out: &mut String, name: &str, target: &Target, reason: Option<&str>, value: i64) {
    let mut labels = vec![("kind", target.kind().name()), ("target", target.label())];
    labels.extend(reason.map(|reason| ("reason", reason)));
    metrics::line(out, name, &labels, value);
}
