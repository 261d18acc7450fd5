//! The audit of a published ledger: once, from where the last one ended, again and again, or with the office's export.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use notary::audit::export::{Against, Counts};
use notary::audit::follow::{Followed, STATE_BYTES, follow};
use notary::audit::{AuditOptions, AuditReport, Verdict, Watch, audit_watched, origin_of};
use notary::disk::DiskError;
use notary::office::{Clock as _, SystemClock};
use notary::refusal::Refusal;
use verifier::entry::Entry;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::TrustBundle;

use super::place::Place;
use super::proof;
use super::report::{Told, Trusted};
use super::trusted::Bundle;
use crate::args::{Audit, Common};
use crate::console::{self, Progress};
use crate::lang::Lang;
use crate::output::Failure;
use crate::{codes, files, say};

/// Audits a published ledger, once or until something is found.
pub fn audit(
    args: &Audit,
    common: &Common,
    lang: Lang,
    place: &Place,
    mut trust: Option<Bundle>,
) -> Result<Told, Failure> {
    let source = place.source();
    let origin = origin_of(source).map_err(|error| place.failure(error))?.ok_or_else(|| {
        Failure::could_not(
            codes::LEDGER_UNREADABLE,
            "没有可读的检查点；应给出机构文件夹，或账本的文件夹或网址",
            "no checkpoint that can be read; name the folder of an office, or the folder or address of a ledger",
        )
        .at(&*args.target)
    })?;
    if let Some(export) = &args.export {
        return with_export(args, common, lang, place, &origin, trust, export);
    }
    let mut followed = match args.state.as_deref().filter(|path| path.exists()) {
        Some(path) => remembered(path)?,
        None => Followed::new(origin.clone()),
    };
    if *followed.origin() != origin {
        let (known, is) = (followed.origin().clone(), origin.clone());
        return Err(state_bad(args, format!("{known}, {is}")));
    }
    let mut last: Option<u64> = None;
    loop {
        let (now, from) = (SystemClock.now(), followed.audited().max(args.from));
        let bundle = trust.as_ref().map(|bundle| bundle.newest().clone());
        let done = once(args, common, lang, place, bundle.as_ref(), &mut followed, now)?;
        // The ledger itself has the keys of after a rotation, or tells of a theft: one more look with the newer bundle of the
        // same root, also where nothing was found by the older one.
        if let (Ok(report), Some(trust)) = (&done, &mut trust)
            && let Some(newer) = &report.newer
            && trust.take(newer)
        {
            place.begin();
            continue;
        }
        match done {
            Ok(report) if args.watch && report.verdict == Verdict::Clean => {
                if last != Some(report.size) && !common.json {
                    let (when, size) = (now.display_china(), report.size);
                    console::out(&say!(lang, "{when} 无差异，{size} 条\n", "{when} clean, {size} entries\n"));
                }
                last = Some(report.size);
            }
            Ok(report) => {
                let proof = proof::keep(args, &report)?;
                let used = bundle.as_ref().map(|bundle| used(bundle, trust.as_ref()));
                return Ok(told(args, report, origin, used, from, now, None, proof));
            }
            // Whoever watches waits: for the network, and once the ledger was read, for whatever stands in its place (a page of
            // maintenance, a gateway that redirects).
            Err(error) => {
                let failure = place.failure(error);
                let waits = failure.code() == codes::SOURCE_UNREACHABLE
                    || last.is_some() && failure.code() == codes::SOURCE_BAD;
                if !args.watch || !waits {
                    return Err(failure);
                }
                complain(&failure, lang);
            }
        }
        sleep(Duration::from_secs(args.every));
        if let Some(Err(failure)) = trust.as_mut().map(Bundle::refresh) {
            complain(&failure, lang);
        }
        place.begin();
    }
}

/// One audit. The outer error ends everything, the inner one may pass.
fn once(
    args: &Audit,
    common: &Common,
    lang: Lang,
    place: &Place,
    trust: Option<&TrustBundle>,
    followed: &mut Followed,
    now: Time,
) -> Result<Result<AuditReport, DiskError>, Failure> {
    let source = place.source();
    let options = AuditOptions { from: args.from, now: Some(now), ..AuditOptions::default() };
    let mut watch = Shown(Progress::unknown(lang.pick("审计", "auditing"), !common.json && !args.watch));
    if args.state.is_none() && !args.watch {
        return Ok(audit_watched(source, followed.origin(), trust, &options, &mut watch));
    }
    let mut kept = Ok(());
    let mut keep = |state: &Followed| {
        if let (Some(path), Ok(())) = (&args.state, &kept) {
            kept = files::write(path, state.encode().as_bytes());
        }
    };
    let report = follow(source, trust, followed, &options, &mut watch, &mut keep);
    kept.map(|()| report)
}

/// The bundle that was used.
fn used(bundle: &TrustBundle, newest: Option<&Bundle>) -> Trusted {
    let is_from_ledger = newest
        .is_some_and(|newest| newest.is_from_ledger() && newest.newest().sequence() == bundle.sequence());
    Trusted { is_from_ledger, ..Trusted::of(bundle) }
}

fn complain(failure: &Failure, lang: Lang) {
    let (when, what) = (SystemClock.now().display_china(), failure.message(lang));
    console::err(&format!("{when} {what}\n"));
}

#[expect(clippy::too_many_arguments, reason = "the parts of one answer")]
fn told(
    args: &Audit,
    report: AuditReport,
    origin: Origin,
    trust: Option<Trusted>,
    from: u64,
    now: Time,
    export: Option<Counts>,
    proof: Option<PathBuf>,
) -> Told {
    let target = args.target.clone();
    Told { report, target, origin: Some(origin), trust, from, now, export, proof }
}

/// Audits a published ledger together with the documents behind it.
fn with_export(
    args: &Audit,
    common: &Common,
    lang: Lang,
    place: &Place,
    origin: &Origin,
    mut trust: Option<Bundle>,
    export: &Path,
) -> Result<Told, Failure> {
    loop {
        let (now, bundle) = (SystemClock.now(), trust.as_ref().map(|trust| trust.newest().clone()));
        let mut options = AuditOptions { now: Some(now), ..AuditOptions::default() };
        let opened = Against::open(export, origin, bundle.as_ref(), options.findings_max);
        let against = opened.map_err(|error| Failure::from(Refusal::from(error)))?;
        options.seen = against.checkpoint();
        let shown = Shown(Progress::unknown(lang.pick("审计", "auditing"), !common.json));
        let mut watch = Both(against, shown);
        let report = audit_watched(place.source(), origin, bundle.as_ref(), &options, &mut watch);
        let mut report = report.map_err(|error| place.failure(error))?;
        let counts = watch.0.finish(place.source(), &mut report).map_err(|error| place.failure(error))?;
        if let (Some(trust), Some(newer)) = (&mut trust, &report.newer)
            && trust.take(newer)
        {
            place.begin();
            continue;
        }
        let proof = proof::keep(args, &report)?;
        let used = bundle.as_ref().map(|bundle| used(bundle, trust.as_ref()));
        return Ok(told(args, report.decided(), origin.clone(), used, 0, now, Some(counts), proof));
    }
}

/// Two who look on.
struct Both(Against, Shown);

impl Watch for Both {
    fn entry(&mut self, index: u64, entry: &Entry) {
        self.0.entry(index, entry);
    }

    fn public(&mut self, index: u64) {
        self.0.public(index);
    }

    fn progress(&mut self, done: u64, of: u64) {
        self.0.progress(done, of);
        self.1.progress(done, of);
    }
}

fn remembered(path: &Path) -> Result<Followed, Failure> {
    Followed::parse(&files::read(path, STATE_BYTES)?).map_err(|what| {
        Failure::could_not(
            codes::AUDIT_STATE_BAD,
            format!("审计状态文件不可用：{what}"),
            format!("the file of --state can't be used: {what}"),
        )
        .at(path.display().to_string())
    })
}

fn state_bad(args: &Audit, what: String) -> Failure {
    let at = args.state.as_deref().map(|path| path.display().to_string()).unwrap_or_default();
    Failure::could_not(
        codes::AUDIT_STATE_BAD,
        format!("审计状态文件是另一个账本的：{what}"),
        format!("the file of --state is of another ledger: {what}"),
    )
    .at(at)
}

/// Shows a person how far it is.
struct Shown(Progress);

impl Watch for Shown {
    fn progress(&mut self, done: u64, _of: u64) {
        self.0.at(usize::try_from(done).unwrap_or(usize::MAX));
    }
}
