//! `audit`: an office from its journal to its ledger, or a published ledger by itself. Reads only.

use std::path::Path;

use notary::audit::{AuditOptions, AuditReport, DirSource, Verdict, Watch, audit_watched, origin_of};
use notary::refusal::Refusal;
use serde::Serialize;
use verifier::key::VerifierKey;
use verifier::limits;
use verifier::trust::TrustBundle;

use crate::args::{Audit, Common};
use crate::codes;
use crate::console::Progress;
use crate::lang::Lang;
use crate::output::{Answer, COULD_NOT, Failure, OK, REFUSED};
use crate::{files, say};

#[derive(Serialize)]
struct Report {
    verdict: &'static str,
    size: u64,
    findings: Vec<Finding>,
    /// Findings beyond those listed.
    #[serde(skip_serializing_if = "is_zero")]
    more: u64,
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

pub fn run(args: &Audit, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let report = match examine(args, common, lang) {
        Ok(report) => report,
        // An audit that can't be done has its own answer, in the shape of every other.
        Err(failure) if common.json && failure.exit_code() == COULD_NOT => {
            let finding = Finding {
                code: failure.code().to_string(),
                where_: failure.where_().unwrap_or_default().to_string(),
                message: failure.message(lang).to_string(),
            };
            let report = Report { verdict: "could-not", size: 0, findings: vec![finding], more: 0 };
            return Ok(Answer::new(&report, "").exit(COULD_NOT));
        }
        Err(failure) => return Err(failure),
    };
    Ok(answer(&report, lang))
}

fn examine(args: &Audit, common: &Common, lang: Lang) -> Result<AuditReport, Failure> {
    let options = AuditOptions { from: args.from, ..AuditOptions::default() };
    let office = args.dir.join("office.json").is_file();
    if office && (args.trust.is_some() || args.root.is_some()) {
        return Err(Failure::usage(
            "审计机构文件夹时用它自己的信任名单；--trust 和 --root 用于公开的账本",
            "an office is audited with its own trust bundle; --trust and --root go with a published ledger",
        ));
    }
    if office {
        let mut progress = Progress::unknown(lang.pick("审计", "auditing"), !common.json);
        return Ok(notary::office::audit(&args.dir, &options, &mut |seen| progress.at(seen as usize))?);
    }
    let trust = args.trust.as_deref().map(|path| bundle(path, args.root.as_deref())).transpose()?;
    let source = DirSource::new(&args.dir).map_err(Refusal::from)?;
    let origin = origin_of(&source).map_err(Refusal::from)?.ok_or_else(|| {
        Failure::could_not(
            codes::LEDGER_UNREADABLE,
            "没有可读的检查点；应给出机构文件夹或账本文件夹",
            "no checkpoint that can be read; name the folder of an office or of a ledger",
        )
        .at(args.dir.display().to_string())
    })?;
    let mut watch = Shown(Progress::unknown(lang.pick("审计", "auditing"), !common.json));
    Ok(audit_watched(&source, &origin, trust.as_ref(), &options, &mut watch).map_err(Refusal::from)?)
}

/// Shows a person how far it is.
struct Shown(Progress);

impl Watch for Shown {
    fn progress(&mut self, done: u64, _of: u64) {
        self.0.at(usize::try_from(done).unwrap_or(usize::MAX));
    }
}

fn bundle(path: &Path, root: Option<&str>) -> Result<TrustBundle, Failure> {
    let bad = |what: String| {
        Failure::could_not(
            "TRUST_BAD",
            format!("信任名单不可用：{what}"),
            format!("the trust bundle can't be used: {what}"),
        )
        .at(path.display().to_string())
    };
    let text =
        String::from_utf8(files::read(path, limits::TRUST_BYTES)?).map_err(|_| bad("not UTF-8".into()))?;
    let pinned = root.map(VerifierKey::parse).transpose().map_err(|refused| {
        Failure::usage(format!("--root 不是公钥：{refused}"), format!("--root is no key: {refused}"))
            .at("--root")
    })?;
    TrustBundle::open(&text, pinned.as_ref()).map_err(|error| bad(error.to_string()))
}

fn answer(report: &AuditReport, lang: Lang) -> Answer {
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
            message: finding.message.clone(),
        })
        .collect();
    let (size, count) = (report.size, findings.len() as u64 + report.more);
    let mut text = String::new();
    for Finding { code, where_, message } in &findings {
        text += &say!(lang, "{code} 位置：{where_}\n  {message}\n", "{code} at {where_}\n  {message}\n");
    }
    text += &match report.verdict {
        Verdict::Clean => say!(
            lang,
            "无差异：{size} 条存证全部推导一致\n",
            "clean: all of {size} entries were derived again\n"
        ),
        Verdict::Findings => say!(
            lang,
            "发现 {count} 处差异，账本共 {size} 条存证\n",
            "{count} findings in a ledger of {size} entries\n"
        ),
        Verdict::CouldNot => say!(lang, "无法完成审计\n", "the audit could not be done\n"),
    };
    Answer::new(&Report { verdict, size, findings, more: report.more }, text).exit(exit)
}
