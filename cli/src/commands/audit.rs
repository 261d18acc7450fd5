//! `audit`: an office from its journal to its ledger, or a published ledger by itself, in a folder or behind an address.
//! Reads only.

mod html;
mod report;

use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use notary::audit::export::Against;
use notary::audit::follow::{Followed, STATE_BYTES, follow};
use notary::audit::{AuditOptions, DirSource, LedgerSource, Verdict, Watch, audit_watched, origin_of};
use notary::disk::DiskError;
use notary::office::{Clock as _, SystemClock};
use notary::refusal::Refusal;
use verifier::entry::Entry;
use verifier::key::VerifierKey;
use verifier::limits;
use verifier::origin::Origin;
use verifier::trust::TrustBundle;
use web::audit_source::{HttpSource, SourceTrouble};
use web::outgoing::{Outgoing, OutgoingSettings, PlainHttp};

use crate::args::{Audit, Common};
use crate::console::{self, Progress};
use crate::lang::Lang;
use crate::output::{Answer, COULD_NOT, Failure};
use crate::{codes, files, say};
use report::{Told, answer, could_not};

pub fn run(args: &Audit, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let told = match examine(args, common, lang) {
        Ok(told) => told,
        // An audit that can't be done has its own answer, in the shape of every other.
        Err(failure) if common.json && failure.exit_code() == COULD_NOT => {
            return Ok(could_not(&failure, lang));
        }
        Err(failure) => return Err(failure),
    };
    if let Some(path) = &args.html {
        files::write(path, html::page(&told, lang).as_bytes())?;
    }
    Ok(answer(&told, lang))
}

fn examine(args: &Audit, common: &Common, lang: Lang) -> Result<Told, Failure> {
    let is_address = ["http://", "https://"].iter().any(|scheme| args.target.starts_with(scheme));
    let dir = Path::new(&args.target);
    if !is_address && dir.join("office.json").is_file() {
        return office(dir, args, common, lang);
    }
    if args.trust.is_none() && (is_address || args.state.is_some() || args.watch) {
        return Err(Failure::usage(
            "从外部审计需要信任名单：用 --trust 指明",
            "an audit from outside needs a trust bundle: name it with --trust",
        ));
    }
    let trust = args.trust.as_deref().map(|path| bundle(path, args.root.as_deref())).transpose()?;
    let place = match is_address {
        true => Place::Address(connect(args)?),
        false => Place::Folder(DirSource::new(dir).map_err(Refusal::from)?),
    };
    outside(args, common, lang, &place, trust.as_ref())
}

fn office(dir: &Path, args: &Audit, common: &Common, lang: Lang) -> Result<Told, Failure> {
    if args.trust.is_some() || args.root.is_some() {
        return Err(Failure::usage(
            "审计机构文件夹时用它自己的信任名单；--trust 和 --root 用于公开的账本",
            "an office is audited with its own trust bundle; --trust and --root go with a published ledger",
        ));
    }
    if args.state.is_some() || args.watch || args.export.is_some() {
        return Err(Failure::usage(
            "--state、--watch 和 --export 用于公开的账本",
            "--state, --watch and --export go with a published ledger",
        ));
    }
    let options = AuditOptions { from: args.from, ..AuditOptions::default() };
    let mut progress = Progress::unknown(lang.pick("审计", "auditing"), !common.json);
    let report = notary::office::audit(dir, &options, &mut |seen| progress.at(seen as usize))?;
    Ok(Told {
        report,
        target: args.target.clone(),
        origin: None,
        trust: None,
        from: args.from,
        now: SystemClock.now(),
        export: None,
    })
}

/// Where a published ledger is.
enum Place {
    Folder(DirSource),
    Address(Box<HttpSource>),
}

impl Place {
    fn source(&self) -> &dyn LedgerSource {
        match self {
            Place::Folder(source) => source,
            Place::Address(source) => &**source,
        }
    }

    /// What kept an audit from going on.
    fn failure(&self, error: DiskError) -> Failure {
        match self {
            Place::Folder(_) => Refusal::from(error).into(),
            Place::Address(source) => match source.trouble() {
                Some(trouble) => unreached(&trouble),
                None => Refusal::from(error).into(),
            },
        }
    }
}

fn connect(args: &Audit) -> Result<Box<HttpSource>, Failure> {
    // Whoever names an address without TLS knows why, and what comes is judged by its signatures.
    let settings = OutgoingSettings { roots: args.ca.clone(), plain_http: PlainHttp::Anywhere };
    let outgoing = Outgoing::new(&settings).map_err(|error| {
        Failure::could_not(codes::FILE_UNREADABLE, format!("根证书文件不可用：{error}"), error.to_string())
    })?;
    HttpSource::open(outgoing, &args.target).map(Box::new).map_err(|trouble| unreached(&trouble))
}

fn unreached(trouble: &SourceTrouble) -> Failure {
    let why = &trouble.why;
    let zh = match trouble.code {
        codes::SOURCE_BAD => format!("这个网址的应答不是账本：{why}"),
        _ => format!("读不到账本：{why}"),
    };
    Failure::could_not(trouble.code, zh, format!("the ledger can't be read: {why}")).at(&*trouble.path)
}

/// Audits a published ledger, once or until something is found.
fn outside(
    args: &Audit,
    common: &Common,
    lang: Lang,
    place: &Place,
    trust: Option<&TrustBundle>,
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
        let options = AuditOptions { from: args.from, now: Some(now), ..AuditOptions::default() };
        let mut watch = Shown(Progress::unknown(lang.pick("审计", "auditing"), !common.json && !args.watch));
        let report = match args.state.is_some() || args.watch {
            true => {
                let mut kept = Ok(());
                let mut keep = |state: &Followed| {
                    if let (Some(path), Ok(())) = (&args.state, &kept) {
                        kept = files::write(path, state.encode().as_bytes());
                    }
                };
                let report = follow(source, trust, &mut followed, &options, &mut watch, &mut keep);
                kept?;
                report
            }
            false => audit_watched(source, &origin, trust, &options, &mut watch),
        };
        drop(watch);
        match report {
            Ok(report) if args.watch && report.verdict == Verdict::Clean => {
                if last != Some(report.size) && !common.json {
                    let (when, size) = (now.display_china(), report.size);
                    console::out(&say!(lang, "{when} 无差异，{size} 条\n", "{when} clean, {size} entries\n"));
                }
                last = Some(report.size);
            }
            Ok(report) => {
                let target = args.target.clone();
                let trust = trust.map(report::Trusted::of);
                return Ok(Told { report, target, origin: Some(origin), trust, from, now, export: None });
            }
            // Whoever watches waits for the network, too. What is wrong for good ends it.
            Err(error) => {
                let failure = place.failure(error);
                if !args.watch || failure.code() != codes::SOURCE_UNREACHABLE {
                    return Err(failure);
                }
                let (when, what) = (now.display_china(), failure.message(lang));
                console::err(&format!("{when} {what}\n"));
            }
        }
        sleep(Duration::from_secs(args.every));
    }
}

/// Audits a published ledger together with the documents behind it.
fn with_export(
    args: &Audit,
    common: &Common,
    lang: Lang,
    place: &Place,
    origin: &Origin,
    trust: Option<&TrustBundle>,
    export: &Path,
) -> Result<Told, Failure> {
    let now = SystemClock.now();
    let mut options = AuditOptions { now: Some(now), ..AuditOptions::default() };
    let opened = Against::open(export, origin, trust, options.findings_max);
    let against = opened.map_err(|error| Failure::from(Refusal::from(error)))?;
    options.seen = against.checkpoint();
    let shown = Shown(Progress::unknown(lang.pick("审计", "auditing"), !common.json));
    let mut watch = Both(against, shown);
    let report = audit_watched(place.source(), origin, trust, &options, &mut watch);
    let mut report = report.map_err(|error| place.failure(error))?;
    let counts = watch.0.finish(place.source(), &mut report).map_err(|error| place.failure(error))?;
    let (target, trust) = (args.target.clone(), trust.map(report::Trusted::of));
    let origin = Some(origin.clone());
    Ok(Told { report: report.decided(), target, origin, trust, from: 0, now, export: Some(counts) })
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
