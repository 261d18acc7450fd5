//! What an audit answers: for machines as design says, for people in lines.

use std::path::PathBuf;

use notary::audit::export::Counts;
use notary::audit::{AuditReport, FindingCode, Verdict};
use serde::Serialize;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::TrustBundle;

use super::{checked, machine};
use crate::lang::Lang;
use crate::output::{Answer, COULD_NOT, Failure, OK, REFUSED};
use crate::say;

/// An audit that was done.
pub struct Told {
    /// What came out.
    pub report: AuditReport,
    /// What was named in the call.
    pub target: String,
    /// The ledger, where it was audited from outside.
    pub origin: Option<Origin>,
    /// What its signatures were held against.
    pub trust: Option<Trusted>,
    /// So many entries were audited before.
    pub from: u64,
    /// When.
    pub now: Time,
    /// What the office's export held, where there is one.
    pub export: Option<Counts>,
    /// Where the proof of two histories is, if there is one.
    pub proof: Option<PathBuf>,
}

/// The trust bundle of an audit.
pub struct Trusted {
    /// The root keys' names and ids.
    pub roots: Vec<String>,
    /// Its sequence.
    pub sequence: u64,
    /// When it ends.
    pub expires: Time,
    /// It was found in the ledger, and is newer than the one in the file.
    pub is_from_ledger: bool,
}

impl Trusted {
    /// Of this bundle.
    pub fn of(bundle: &TrustBundle) -> Trusted {
        let roots = bundle.roots().iter().map(|root| root.encode()).collect();
        Trusted { roots, sequence: bundle.sequence(), expires: bundle.expires(), is_from_ledger: false }
    }
}

#[derive(Serialize)]
struct Report {
    verdict: &'static str,
    size: u64,
    findings: Vec<Finding>,
    /// Findings beyond those listed.
    #[serde(skip_serializing_if = "is_zero")]
    more: u64,
    /// So many entries were audited before.
    #[serde(skip_serializing_if = "is_zero")]
    from: u64,
    /// Two signed heads that can't both be of one history.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<Pair>,
    /// The file that proves it to anybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    misbehaviour: Option<String>,
    /// What the office's export held.
    #[serde(skip_serializing_if = "Option::is_none")]
    export: Option<Export>,
    /// What was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    checked: Option<machine::Checked>,
}

#[derive(Serialize)]
struct Export {
    size: u64,
    documents: u64,
    events: u64,
    erased: u64,
}

#[derive(Serialize)]
struct Pair {
    seen: String,
    now: String,
}

fn is_zero(more: &u64) -> bool {
    *more == 0
}

#[derive(Serialize)]
struct Finding {
    code: String,
    #[serde(rename = "where")]
    where_: String,
    message: String,
}

/// The answer of an audit that could not be done.
pub fn could_not(failure: &Failure, lang: Lang) -> Answer {
    let finding = Finding {
        code: failure.code().to_string(),
        where_: failure.where_().unwrap_or_default().to_string(),
        message: failure.message(lang).to_string(),
    };
    let report = Report {
        verdict: "could-not",
        size: 0,
        findings: vec![finding],
        more: 0,
        from: 0,
        conflict: None,
        misbehaviour: None,
        export: None,
        checked: None,
    };
    Answer::new(&report, "").exit(COULD_NOT)
}

/// The answer of one that was.
pub fn answer(told: &Told, lang: Lang) -> Answer {
    let report = &told.report;
    let (verdict, exit) = match report.verdict {
        Verdict::Clean => ("clean", OK),
        Verdict::Findings => ("findings", REFUSED),
        Verdict::CouldNot => ("could-not", COULD_NOT),
    };
    let findings: Vec<Finding> = report
        .findings
        .iter()
        .map(|finding| Finding {
            code: finding.code.as_str().to_string(),
            where_: finding.where_.clone(),
            message: finding.message(lang),
        })
        .collect();
    let mut text = String::new();
    for finding in &report.findings {
        let (code, where_, message) = (finding.code, &finding.where_, finding.message(lang));
        let meaning = meaning(code, lang);
        text += &say!(
            lang,
            "{code} 位置：{where_}\n  {meaning}：{message}\n",
            "{code} at {where_}\n  {meaning}: {message}\n"
        );
    }
    text += &verdict_line(told, lang);
    for (name, line) in checked::lines(told, lang) {
        text += &say!(lang, "{name}：{line}\n", "{name}: {line}\n");
    }
    text += &newer_line(told, lang);
    if let Some(Counts { size, documents, events, erased }) = told.export {
        text += &say!(
            lang,
            "审计数据覆盖前 {size} 条：重新推导文档 {documents} 份、变更 {events} 条，已销毁 {erased} 份\n",
            "the export covers {size} entries: {documents} documents and {events} events derived again, {erased} erased\n"
        );
    }
    text += &proof_line(told, lang);
    let export = told.export.map(|Counts { size, documents, events, erased }| Export {
        size,
        documents,
        events,
        erased,
    });
    let conflict =
        report.conflict.as_ref().map(|pair| Pair { seen: pair.seen.clone(), now: pair.now.clone() });
    let misbehaviour = told.proof.as_ref().map(|path| path.display().to_string());
    let (size, more, from) = (report.size, report.more, told.from);
    // An office's own audit has no outside evidence to tell of.
    let checked = told.origin.as_ref().map(|_| machine::Checked::of(report));
    let json = Report { verdict, size, findings, more, from, conflict, misbehaviour, export, checked };
    Answer::new(&json, text).exit(exit)
}

/// That the ledger has a newer trust bundle.
pub fn newer_line(told: &Told, lang: Lang) -> String {
    match told.report.newer.as_ref().map(TrustBundle::sequence) {
        None => String::new(),
        Some(sequence) => say!(
            lang,
            "账本中有同一信任根签署的更新的信任名单（序号 {sequence}）：请换用\n",
            "the ledger has a newer trust bundle of the same root (sequence {sequence}): use that\n"
        ),
    }
}

/// Where the proof of two histories is, or that there is one.
pub fn proof_line(told: &Told, lang: Lang) -> String {
    let proven = told.report.conflict.as_ref().is_some_and(|conflict| conflict.proof.is_some());
    match &told.proof {
        Some(path) => {
            let path = path.display();
            say!(
                lang,
                "账本分叉的证明：{path}。任何人可核对：xinzheng-verify --trust 信任名单 {path}\n",
                "proof of two histories: {path}; anybody can check it: xinzheng-verify --trust BUNDLE {path}\n"
            )
        }
        None if proven => say!(
            lang,
            "两份历史可以证明：用 --misbehaviour FILE.xzf 写出证明\n",
            "the two histories can be proven: --misbehaviour FILE.xzf writes the proof\n"
        ),
        None => String::new(),
    }
}

/// What came out, in one line.
pub fn verdict_line(told: &Told, lang: Lang) -> String {
    let report = &told.report;
    let (size, count) = (report.size, report.findings.len() as u64 + report.more);
    let from = told.from.min(size);
    match report.verdict {
        Verdict::Clean if from > 0 => say!(
            lang,
            "无差异：账本共 {size} 条存证，其中前 {from} 条此前已审计\n",
            "clean: {size} entries, of which the first {from} were audited before\n"
        ),
        Verdict::Clean => say!(
            lang,
            "无差异：{size} 条存证全部推导一致\n",
            "clean: all of {size} entries were derived again\n"
        ),
        Verdict::Findings if count == 1 => {
            say!(lang, "发现 1 处差异，账本共 {size} 条存证\n", "1 finding in a ledger of {size} entries\n")
        }
        Verdict::Findings => say!(
            lang,
            "发现 {count} 处差异，账本共 {size} 条存证\n",
            "{count} findings in a ledger of {size} entries\n"
        ),
        Verdict::CouldNot => say!(lang, "无法完成审计\n", "the audit could not be done\n"),
    }
}

/// What a code means, for people.
pub fn meaning(code: FindingCode, lang: Lang) -> &'static str {
    code.meaning(lang)
}
