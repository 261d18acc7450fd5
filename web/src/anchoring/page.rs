//! The targets of anchors on the officers' pages.

use super::watch::{Alarm, AnchoringView, kind_word, reason};
use crate::page::Page;
use crate::page::words::moment;
use crate::server::Shared;

/// A target, as the officers' page shows it.
pub struct TargetRow {
    /// What kind of target it is.
    pub kind: &'static str,
    /// As the trust bundle calls it.
    pub label: String,
    /// Its address.
    pub url: String,
    /// When it last anchored, and how far.
    pub last: String,
    /// Since when a head waits for it, or nothing but failures came; empty where neither is so.
    pub waits: String,
    /// Whether its evidence counts as somebody else's.
    pub independent: bool,
    /// What somebody has to look at; empty where nothing is.
    pub alarm: String,
    /// What is to be done about that.
    pub next: &'static str,
    /// The last failure; empty where there was none, or where the alarm tells of it.
    pub failure: String,
}

/// The targets, for the officers.
pub fn target_rows(page: &Page, shared: &Shared) -> Vec<TargetRow> {
    let (lang, words) = (page.lang, page.lang.words());
    let row = |view: AnchoringView| {
        let told = matches!(view.alarm, Some(Alarm::Failing(_)));
        TargetRow {
            kind: kind_word(view.target.kind(), words),
            label: view.target.label().to_string(),
            last: match &view.last {
                Some(last) => {
                    let entries = lang.pick("条存证", "entries");
                    format!("{} · {} {entries}", moment(lang, last.time), last.size)
                }
                None => lang.pick("尚未", "not yet").to_string(),
            },
            waits: waits(page, &view),
            next: view.alarm.as_ref().map_or("", |alarm| alarm.next(words)),
            independent: view.independent,
            alarm: view.alarm.as_ref().map(|alarm| alarm.text(words)).unwrap_or_default(),
            failure: view.failure.filter(|_| view.failing_since.is_some() && !told).map_or_else(
                String::new,
                |(time, kind)| {
                    let what = lang.pick("最近一次失败：", "last failure: ");
                    format!("{what}{} · {}", moment(lang, time), reason(&kind, words))
                },
            ),
            url: view.url,
        }
    };
    shared.anchoring().views(shared.office()).into_iter().map(row).collect()
}

fn waits(page: &Page, view: &AnchoringView) -> String {
    let lang = page.lang;
    match (view.failing_since, view.since) {
        (Some(since), _) => {
            format!(
                "{}{}{}",
                lang.pick("自 ", "failing since "),
                moment(lang, since),
                lang.pick(" 起未成功", "")
            )
        }
        (None, Some(since)) => {
            format!(
                "{}{}{}",
                lang.pick("自 ", "waiting since "),
                moment(lang, since),
                lang.pick(" 起等待锚定", "")
            )
        }
        (None, None) => String::new(),
    }
}
