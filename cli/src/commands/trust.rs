//! `trust D …`: the bundle that the office hands out. Showing and exporting read files and need no secret; a change is the
//! office's own to make.

mod show;

use std::path::Path;

use serde::Serialize;
use verifier::origin::Origin;
use verifier::time::parse_decimal;
use verifier::trust::{TrustBundle, fingerprint};
use verifier::{base64, hash, limits, timestamp};

use crate::args::{Common, Trust, TrustAction};
use crate::codes;
use crate::door::reach::{Reach, unexpected};
use crate::door::witness::{Ask, Told};
use crate::door::{Bytes, Request, Response};
use crate::lang::{Lang, moment};
use crate::output::{Answer, Failure};
use crate::{files, say};

/// The bundle's name in the office's folder.
const BUNDLE: &str = "trust.xzt";
/// The office's settings, where its ledger is named.
const OFFICE: &str = "office.json";
/// A file with a certificate, PEM or DER.
const CERTIFICATE_MAX: usize = 64 << 10;
/// Larger settings are not an office's.
const OFFICE_MAX: usize = 64 << 10;

#[derive(Serialize)]
struct Show<'a> {
    roots: Vec<Root>,
    sequence: u64,
    issued: u64,
    expires: u64,
    offices: Vec<String>,
    authorities: Vec<AuthorityShown>,
    chains: Vec<ChainShown>,
    bundle: &'a str,
}

#[derive(Serialize)]
struct AuthorityShown {
    label: String,
    organisation: String,
    sha256: String,
}

#[derive(Serialize)]
struct ChainShown {
    label: String,
    chain_id: u64,
    sender: String,
    organisation: String,
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
struct Prepared {
    file: String,
}

#[derive(Serialize)]
struct Changed {
    sequence: u64,
}

pub fn run(args: &Trust, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let changes = matches!(
        args.action,
        TrustAction::Add | TrustAction::Remove | TrustAction::Quorum | TrustAction::Renew
    );
    let taken_in = args.action == TrustAction::Add && words.len() == 1;
    if args.prepare.is_some() && (!changes || taken_in) {
        return Err(Failure::usage(
            "--prepare 只用于修改：add、remove、quorum、renew",
            "--prepare goes with a change: add, remove, quorum, renew",
        ));
    }
    let (token, name) = (args.organisation.as_deref(), args.name.as_deref());
    match (args.action, words.as_slice()) {
        (TrustAction::Show, []) => {
            let dir = args.dir.display().to_string();
            Ok(show(&own_office(&args.dir)?.0, &text(&args.dir)?, &dir, lang))
        }
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
        (TrustAction::Add, ["authority", label, file]) => {
            add_authority(args, common, lang, label, Path::new(file), token)
        }
        (TrustAction::Add, ["chain", label, chain_id, address]) => {
            let token = token.ok_or_else(no_organisation)?.to_string();
            let (sender, label) = (address_of(address)?, label.to_string());
            let chain_id = parse_decimal(chain_id).ok_or_else(|| {
                Failure::usage(
                    format!("链号“{chain_id}”不对；应为十进制数"),
                    format!("\"{chain_id}\" is no chain's number; it is a decimal number"),
                )
            })?;
            change(args, common, lang, Ask::TrustChain { label, chain_id, sender, token })
        }
        (TrustAction::Add, ["root", key]) => {
            change(args, common, lang, Ask::TrustRoot { key: key.to_string() })
        }
        (TrustAction::Remove, ["root", id]) => {
            change(args, common, lang, Ask::DistrustRoot { id: id.to_string() })
        }
        (TrustAction::Remove, ["authority", label]) => {
            change(args, common, lang, Ask::DistrustAuthority { label: label.to_string() })
        }
        (TrustAction::Remove, ["chain", label]) => {
            change(args, common, lang, Ask::DistrustChain { label: label.to_string() })
        }
        (TrustAction::Add, [file]) => {
            let bytes = files::read(Path::new(file), limits::NOTE_BYTES)?;
            let text = String::from_utf8(bytes).map_err(|_| damaged("not UTF-8"))?;
            change(args, common, lang, Ask::TakeTrust { text })
        }
        (TrustAction::Remove, ["witness", name]) => {
            change(args, common, lang, Ask::DistrustWitness { name: name.to_string() })
        }
        (TrustAction::Renew, []) => change(args, common, lang, Ask::RenewTrust),
        (TrustAction::Quorum, [threshold, members @ ..]) => {
            let members = members.iter().map(|member| member.to_string()).collect();
            change(args, common, lang, Ask::Quorum { threshold: threshold.to_string(), members })
        }
        _ => Err(Failure::usage("用法不对；见 trust --help", "not a call of trust; see trust --help")),
    }
}

/// A timestamp authority, by its certificate. What the certificate says is shown: the person compares it.
fn add_authority(
    args: &Trust,
    common: &Common,
    lang: Lang,
    label: &str,
    file: &Path,
    token: Option<&str>,
) -> Result<Answer, Failure> {
    let token = token.ok_or_else(no_organisation)?.to_string();
    let unfit = |zh: String, en: String| {
        Failure::could_not(codes::CERTIFICATE_UNFIT, zh, en).at(file.display().to_string())
    };
    let der = der_of(&files::read(file, CERTIFICATE_MAX)?).ok_or_else(|| {
        unfit(
            "不是一份证书；应为 DER，或只含一份证书的 PEM".to_string(),
            "this is no certificate; it is DER, or PEM with one certificate in it".to_string(),
        )
    })?;
    let seen = timestamp::view(&der).map_err(|why| {
        unfit(format!("证书无法使用：{why}"), format!("the certificate is of no use: {why}"))
    })?;
    if !seen.usable {
        return Err(unfit(
            "此证书既不能签发证书，也不是时间戳签名证书".to_string(),
            "this certificate neither issues certificates nor signs timestamps".to_string(),
        ));
    }
    let ask = Ask::TrustAuthority { label: label.to_string(), token, certificate: Bytes(der) };
    let changed = change(args, common, lang, ask)?;
    let (subject, print) = (&seen.subject, colons(seen.fingerprint.as_bytes()));
    let (from, until) = (seen.not_before.china_date(), seen.not_after.china_date());
    let shown = say!(
        lang,
        "时间戳机构证书：{subject}，{from} 至 {until}\nSHA-256：{print}（请与时间戳机构公布的核对）\n",
        "certificate of the authority: {subject}, {from} to {until}\nSHA-256: {print} (compare it with what the authority publishes)\n"
    );
    Ok(changed.after(&shown))
}

/// The certificate in a file: DER as it is, or the one in a PEM file.
fn der_of(bytes: &[u8]) -> Option<Vec<u8>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.contains(BEGIN)) else {
        return (bytes.first() == Some(&0x30)).then(|| bytes.to_vec());
    };
    let (_, rest) = text.split_once(BEGIN)?;
    let (body, rest) = rest.split_once(END)?;
    let body: String = body.split_whitespace().collect();
    if rest.contains(BEGIN) { None } else { base64::decode(&body) }
}

/// 20 bytes in hexadecimal, with or without 0x before them.
fn address_of(text: &str) -> Result<[u8; 20], Failure> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let nibble = |digit: u8| char::from(digit).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let pair = |pair: &[u8]| Some(nibble(*pair.first()?)? << 4 | nibble(*pair.get(1)?)?);
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
    bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(|| {
        Failure::usage(
            format!("地址“{text}”不对；应为 40 位十六进制数字"),
            format!("\"{text}\" is no address; it has 40 hexadecimal digits"),
        )
    })
}

fn colons(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    pairs.join(":")
}

fn no_organisation() -> Failure {
    Failure::usage(
        "须写明 --organisation：所属单位的统一社会信用代码或主机名",
        "--organisation is missing: the organisation's unified social credit code or host name",
    )
}

/// A change, which the office carries out.
fn change(args: &Trust, common: &Common, lang: Lang, ask: Ask) -> Result<Answer, Failure> {
    let ask = match &args.prepare {
        Some(file) => {
            files::refuse_existing(file, args.force)?;
            Ask::Prepare { change: Box::new(ask) }
        }
        None => ask,
    };
    let dir = args.dir.display();
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let sequence = match reach.ask(Request::Witness(ask))? {
        Response::Witness(Told::Trust { sequence }) => sequence,
        Response::Witness(Told::Prepared { text }) => {
            let file = args.prepare.as_deref().ok_or_else(unexpected)?;
            files::write(file, text.as_bytes())?;
            let shown = file.display().to_string();
            let text = say!(
                lang,
                "已写出 {shown}，尚未生效\n接下来：在存放根密钥的机器上 xinzheng key FOLDER sign {shown} --out next.xzt，带回后 xinzheng trust {dir} add next.xzt\n",
                "{shown} is written; nothing is changed yet\nNext: where the root key is kept, xinzheng key FOLDER sign {shown} --out next.xzt; then here, xinzheng trust {dir} add next.xzt\n"
            );
            return Ok(Answer::new(&Prepared { file: shown.clone() }, text));
        }
        _ => return Err(unexpected()),
    };
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

fn show(bundle: &TrustBundle, text: &str, dir: &str, lang: Lang) -> Answer {
    let (sequence, issued, expires) = (bundle.sequence(), bundle.issued(), bundle.expires());
    let authorities = bundle.fields().authorities.iter().map(|one| AuthorityShown {
        label: one.label.clone(),
        organisation: one.token.clone(),
        sha256: colons(hash::sha256(&[&one.certificate]).as_bytes()),
    });
    let chains = bundle.fields().chains.iter().map(|one| ChainShown {
        label: one.label.clone(),
        chain_id: one.chain_id,
        sender: one.sender.iter().fold("0x".to_string(), |text, byte| format!("{text}{byte:02x}")),
        organisation: one.token.clone(),
    });
    let show = Show {
        roots: roots(bundle),
        sequence,
        issued: issued.seconds(),
        expires: expires.seconds(),
        offices: bundle.offices().iter().map(|office| office.origin.to_string()).collect(),
        authorities: authorities.collect(),
        chains: chains.collect(),
        bundle: text,
    };
    let (from, until) = (moment(lang, issued), moment(lang, expires));
    let mut out = String::new();
    for root in &show.roots {
        let (key, print) = (&root.key, &root.fingerprint);
        out += &say!(lang, "根公钥：{key}\n指纹：{print}\n", "root key: {key}\nfingerprint: {print}\n");
    }
    out += &say!(
        lang,
        "第 {sequence} 期，{from} 签发，{until} 到期\n",
        "sequence {sequence}, issued {from}, expires {until}\n"
    );
    out += &show::in_words(bundle, dir, lang);
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
