//! A copy with less in it, as it is printed: what is hidden is said, and never looks like "no record".
//!
//! ```text
//! 部分出示的副本   本文件出示25项中的19项，隐去6项，其中不利记录1条。未出示不等于没有记录。
//! 1 行政管理       × 本副本未出示：行政处罚1条
//! ```

use verifier::disclosure::Shown;
use verifier::registry::Counter;

use super::flow::Flow;
use super::paper::Paper;
use super::report::hatched;
use super::sheet::Style;

/// At the top of the pages of a copy; nothing where all is shown.
pub(super) fn notice(flow: &mut Flow<'_>, shown: &Shown) {
    if !is_partial(shown) {
        return;
    }
    let (records, of, adverse) = (shown.records(), shown.of(), shown.hidden_adverse());
    let gone = of.saturating_sub(records);
    flow.heading("部分出示的副本", "A copy with less in it", 40.0);
    flow.paragraph(
        Style::bold(10.0),
        &format!("本文件出示{of}项中的{records}项，隐去{gone}项，其中不利记录{adverse}条。"),
    );
    let each: Vec<String> = hidden(shown, |_| true);
    if !each.is_empty() {
        flow.paragraph(Style::regular(9.5), &format!("未出示的记录：{}。", each.join("、")));
    }
    flow.paragraph(
        Style::grey(8.0),
        "未出示不等于没有记录；隐去的内容仍在签名承诺之内，持有人可另行出示完整证书。",
    );
    flow.space(8.0);
}

/// Whether anything is hidden.
pub(super) fn is_partial(shown: &Shown) -> bool {
    shown.records() < shown.of()
}

/// Below a block's title: what of it is hidden. Whether there is any.
pub(super) fn block(flow: &mut Flow<'_>, paper: &Paper<'_>, section: &str) -> bool {
    let of_section = counters_of(section);
    let hidden = hidden(&paper.shown, |counter| of_section.contains(&counter));
    if !hidden.is_empty() {
        hatched(flow, &format!("本副本未出示：{}", hidden.join("、")));
    }
    !hidden.is_empty()
}

fn hidden(shown: &Shown, wanted: impl Fn(Counter) -> bool) -> Vec<String> {
    let each = shown.counters().iter().filter(|counter| counter.hidden() > 0);
    let known = each.filter(|counter| counter.counter.known().is_none_or(&wanted));
    known.map(|counter| format!("{}{}条", counter.counter.zh(), counter.hidden())).collect()
}

/// The counters of a section's records, those that were repaired apart: these may be anywhere.
fn counters_of(section: &str) -> &'static [Counter] {
    match section {
        "admin" => &[Counter::Permits, Counter::Penalties, Counter::Coercions, Counter::OtherActs],
        "honest" => &[Counter::Honest],
        "serious" => &[Counter::SeriousDishonest],
        "abnormal" => &[Counter::Abnormal, Counter::AbnormalRemoved],
        "commitments" => &[Counter::CommitmentsBroken, Counter::Commitments],
        "ratings" => &[Counter::Ratings],
        "judgments" => &[Counter::CriminalJudgments, Counter::Judgments],
        "other" => &[Counter::Other],
        "local" => &[Counter::Local],
        "advice" => &[Counter::Advice],
        _ => &[],
    }
}
