//! `trust D …`: the bundle that the office hands out. Showing and exporting read files and need no secret; a change is the
//! office's own to make.

use std::path::Path;

use serde::Serialize;
use verifier::limits;
use verifier::origin::Origin;
use verifier::trust::{TrustBundle, fingerprint};

use crate::args::{Common, Trust, TrustAction};
use crate::door::reach::{Reach, unexpected};
use crate::door::witness::{Ask, Told};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::{files, say};

/// The bundle's name in the office's folder.
const BUNDLE: &str = "trust.xzt";
/// The office's settings, where its ledger is named.
const OFFICE: &str = "office.json";
/// Larger settings are not an office's.
const OFFICE_MAX: usize = 64 << 10;

#[derive(Serialize)]
struct Show<'a> {
    roots: Vec<Root>,
    sequence: u64,
    issued: u64,
    expires: u64,
    offices: Vec<String>,
    bundle: &'a str,
}

#[derive(Serialize)]
struct Root {
    key: String,
    fingerprint: String,
}

#[derive(Serialize)]
struct Exported {
    file: String,
    roots: Vec<Root>,
    sequence: u64,
}

#[derive(Serialize)]
struct Changed {
    sequence: u64,
}

pub fn run(args: &Trust, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let (token, name) = (args.organisation.as_deref(), args.name.as_deref());
    match (args.action, words.as_slice()) {
        (TrustAction::Show, []) => Ok(show(&own_office(&args.dir)?.0, &text(&args.dir)?, lang)),
        (TrustAction::Show, _) => {
            Err(Failure::usage("show 不写文件；要导出请用 export", "show writes no file; use export"))
        }
        (TrustAction::Export, [file]) => {
            export(args, file, &own_office(&args.dir)?.0, text(&args.dir)?.as_bytes(), lang)
        }
        (TrustAction::ExportPolicy, [file]) => {
            let (bundle, origin) = own_office(&args.dir)?;
            let policy = bundle.export_policy(&origin).ok_or_else(|| damaged("its own office is missing"))?;
            export(args, file, &bundle, policy.as_bytes(), lang)
        }
        (TrustAction::Export | TrustAction::ExportPolicy, []) => {
            Err(Failure::usage("缺少 FILE：写到哪里", "FILE is missing: where to write"))
        }
        (TrustAction::Add, ["witness", key]) => match (token, name) {
            (Some(token), Some(name)) => {
                let (key, token, name) = (key.to_string(), token.to_string(), name.to_string());
                change(args, common, lang, Ask::TrustWitness { key, token, name })
            }
            _ => Err(Failure::usage(
                "增加见证方须写明 --organisation 和 --name",
                "a witness needs --organisation and --name",
            )),
        },
        (TrustAction::Add, [file]) => {
            let bytes = files::read(Path::new(file), limits::NOTE_BYTES)?;
            let text = String::from_utf8(bytes).map_err(|_| damaged("not UTF-8"))?;
            change(args, common, lang, Ask::TakeTrust { text })
        }
        (TrustAction::Remove, ["witness", name]) => {
            change(args, common, lang, Ask::DistrustWitness { name: name.to_string() })
        }
        (TrustAction::Quorum, [threshold, members @ ..]) => {
            let members = members.iter().map(|member| member.to_string()).collect();
            change(args, common, lang, Ask::Quorum { threshold: threshold.to_string(), members })
        }
        _ => Err(Failure::usage("用法不对；见 trust --help", "not a call of trust; see trust --help")),
    }
}

/// A change, which the office carries out.
fn change(args: &Trust, common: &Common, lang: Lang, ask: Ask) -> Result<Answer, Failure> {
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let Response::Witness(Told::Trust { sequence }) = reach.ask(Request::Witness(ask))? else {
        return Err(unexpected());
    };
    let dir = args.dir.display();
    let text = say!(
        lang,
        "信任名单第 {sequence} 期已签署并启用\n接下来：xinzheng trust {dir} export office.xzt，交给核验方；根密钥用完请移走\n",
        "trust bundle {sequence} is signed and in use\nNext: xinzheng trust {dir} export office.xzt, for verifiers; take the root key away again\n"
    );
    Ok(Answer::new(&Changed { sequence }, text))
}

/// The bundle of the office in this folder, and the office's ledger.
///
/// # Errors
/// `OFFICE_MISSING` where there is none, `TRUST_BAD` where the bundle is not whole.
pub fn own_office(dir: &Path) -> Result<(TrustBundle, Origin), Failure> {
    let bundle = TrustBundle::open(&text(dir)?, None).map_err(|error| damaged(&error.to_string()))?;
    let settings = files::read(&dir.join(OFFICE), OFFICE_MAX)?;
    let settings: serde_json::Value = serde_json::from_slice(&settings).unwrap_or_default();
    let origin = settings.get("origin").and_then(|origin| origin.as_str()).unwrap_or_default();
    let origin = Origin::parse(origin).map_err(|refused| {
        Failure::could_not(
            "OFFICE_CONFIG",
            format!("office.json 损坏：{refused}"),
            format!("office.json is damaged: {refused}"),
        )
        .at(dir.join(OFFICE).display().to_string())
    })?;
    Ok((bundle, origin))
}

/// The bundle's text.
fn text(dir: &Path) -> Result<String, Failure> {
    files::office(dir)?;
    String::from_utf8(files::read(&dir.join(BUNDLE), limits::TRUST_BYTES)?).map_err(|_| damaged("not UTF-8"))
}

fn damaged(what: &str) -> Failure {
    Failure::could_not(
        "TRUST_BAD",
        format!("信任名单损坏：{what}"),
        format!("the trust bundle is damaged: {what}"),
    )
    .at(BUNDLE)
}

fn show(bundle: &TrustBundle, text: &str, lang: Lang) -> Answer {
    let (sequence, issued, expires) = (bundle.sequence(), bundle.issued(), bundle.expires());
    let show = Show {
        roots: roots(bundle),
        sequence,
        issued: issued.seconds(),
        expires: expires.seconds(),
        offices: bundle.offices().iter().map(|office| office.origin.to_string()).collect(),
        bundle: text,
    };
    let (from, until) = (issued.display_china_words(), expires.display_china_words());
    let mut out = String::new();
    for root in &show.roots {
        let (key, print) = (&root.key, &root.fingerprint);
        out += &say!(lang, "根公钥：{key}\n指纹：{print}\n", "root key: {key}\nfingerprint: {print}\n");
    }
    out += &say!(
        lang,
        "第 {sequence} 期，{from} 签发，{until} 到期\n\n{text}",
        "sequence {sequence}, issued {from}, expires {until}\n\n{text}"
    );
    Answer::new(&show, out)
}

fn export(
    args: &Trust,
    file: &str,
    bundle: &TrustBundle,
    bytes: &[u8],
    lang: Lang,
) -> Result<Answer, Failure> {
    let path = Path::new(file);
    files::refuse_existing(path, args.force)?;
    files::write(path, bytes)?;
    let file = path.display().to_string();
    let exported = Exported { file: file.clone(), roots: roots(bundle), sequence: bundle.sequence() };
    let mut text = say!(lang, "已写出 {file}\n", "{file} is written\n");
    for Root { key, fingerprint } in &exported.roots {
        text += &say!(
            lang,
            "根公钥：{key}\n指纹：{fingerprint}（请与核验方当面或电话核对）\n",
            "root key: {key}\nfingerprint: {fingerprint} (compare it with the verifier in person or by telephone)\n"
        );
    }
    Ok(Answer::new(&exported, text))
}

fn roots(bundle: &TrustBundle) -> Vec<Root> {
    bundle.roots().iter().map(|root| Root { key: root.encode(), fingerprint: fingerprint(root) }).collect()
}
