//! What a judge reads: 说明.txt and 说明.html. In Chinese only, for it goes to a Chinese court.
//!
//! It says what is proven and what is not, and which rule each part speaks to; no more law than is known here to the word.

use std::fmt::Write as _;

use serde::Serialize;
use verifier::status::Status;
use verifier::time::Time;

use crate::office::{Provenance, Via, time_of};

/// What is known of the document before it was notarized, as `provenance.json` has it.
#[derive(Serialize)]
pub(super) struct Origins {
    pub(super) format: &'static str,
    pub(super) certificate: String,
    /// Of the bytes as they came, in hex.
    pub(super) sha256: String,
    pub(super) bytes: u64,
    pub(super) name: Option<String>,
    pub(super) media_type: String,
    pub(super) issued_at: u64,
    pub(super) sealed_at: u64,
    /// None for a document that was accepted before this was recorded.
    pub(super) recorded: Option<Provenance>,
}

/// What the explanation tells of.
pub(super) struct Facts<'a> {
    pub(super) office: &'a str,
    pub(super) ledger: &'a str,
    pub(super) number: String,
    pub(super) title: &'a str,
    pub(super) holder: Option<(&'a str, &'a str)>,
    pub(super) issued: Time,
    pub(super) sealed: Time,
    pub(super) index: u64,
    pub(super) made: Time,
    pub(super) status: Option<Status>,
    pub(super) list: Option<u64>,
    pub(super) roots: Vec<String>,
    pub(super) cosigned: usize,
    pub(super) origins: &'a Origins,
    pub(super) verifier: Option<&'a str>,
}

/// The two files that name the others.
const MANIFESTS: &str = "manifest";

/// A heading and what stands below it.
struct Part {
    title: &'static str,
    body: Vec<Block>,
}

enum Block {
    Text(String),
    Rows(Vec<(String, String)>),
    Steps(Vec<String>),
    Code(String),
}

/// For any editor: CRLF and a byte order mark, so that it opens on an old Windows.
pub(super) fn text(facts: &Facts<'_>, names: &[&str]) -> String {
    let mut out = format!("\u{feff}{}\n", title(facts));
    for Part { title, body } in parts(facts, names) {
        let _ = writeln!(out, "\n{title}\n");
        for block in body {
            match block {
                Block::Text(text) => out += &format!("{text}\n"),
                Block::Code(text) => out += &format!("\n    {text}\n\n"),
                Block::Rows(rows) => {
                    rows.iter().for_each(|(name, value)| out += &format!("  {name}：{value}\n"));
                }
                Block::Steps(steps) => {
                    for (step, n) in steps.iter().zip(1..) {
                        out += &format!("  {n}. {step}\n");
                    }
                }
            }
        }
    }
    out.replace('\n', "\r\n")
}

const CSS: &str = "body{font:16px/1.75 'Noto Serif CJK SC','SimSun',serif;max-width:52rem;margin:2.5rem auto;padding:0 1rem;\
color:#111}h1{font-size:1.5rem;text-align:center;margin:0 0 1.5rem}h2{font-size:1.15rem;margin:1.8rem 0 .6rem;\
border-bottom:1px solid #999}table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #999;\
padding:.35rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:15rem;font-weight:600;\
background:#f5f5f5}pre{background:#f5f5f5;border:1px solid #999;padding:.6rem;white-space:pre-wrap;overflow-wrap:anywhere;\
font:.9rem/1.5 'Noto Sans Mono CJK SC',Consolas,monospace}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}";

/// For any browser: one page by itself.
pub(super) fn html(facts: &Facts<'_>, names: &[&str]) -> String {
    let heading = escaped(&title(facts));
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{heading}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<h1>{heading}</h1>\n"
    );
    for Part { title, body } in parts(facts, names) {
        out += &format!("<h2>{title}</h2>\n");
        for block in body {
            match block {
                Block::Text(text) => out += &format!("<p>{}</p>\n", escaped(&text)),
                Block::Code(text) => out += &format!("<pre>{}</pre>\n", escaped(&text)),
                Block::Rows(rows) => {
                    out += "<table>\n";
                    for (name, value) in rows {
                        let (name, value) = (escaped(&name), escaped(&value));
                        out += &format!("<tr><th>{name}</th><td>{value}</td></tr>\n");
                    }
                    out += "</table>\n";
                }
                Block::Steps(steps) => {
                    let items: String =
                        steps.iter().map(|step| format!("<li>{}</li>\n", escaped(step))).collect();
                    out += &format!("<ol>\n{items}</ol>\n");
                }
            }
        }
    }
    out + "</body>\n</html>\n"
}

fn title(facts: &Facts<'_>) -> String {
    format!("证据包说明：社会信用区块链证书 {}", facts.number)
}

fn parts(facts: &Facts<'_>, names: &[&str]) -> Vec<Part> {
    vec![
        Part { title: "一、本证据包是什么", body: what(facts) },
        Part { title: "二、证书的基本情况", body: vec![Block::Rows(basics(facts))] },
        Part { title: "三、文书存证前的来源", body: before(facts.origins) },
        Part { title: "四、各文件证明什么", body: vec![Block::Rows(files(names))] },
        Part { title: "五、不依赖签发机构的核验方法", body: how(facts) },
        Part { title: "六、与电子数据审查规则的对应", body: law() },
        Part { title: "七、本证据包不能证明的事项", body: limits(facts) },
    ]
}

fn what(facts: &Facts<'_>) -> Vec<Block> {
    let Facts { office, ledger, .. } = facts;
    let made = moment(facts.made);
    vec![
        Block::Text(format!(
            "本证据包由{office}（账本 {ledger}）于 {made} 制作，供诉讼、仲裁、复议和争议处理使用。包内有证书所证明的文书原文、证书、账本证明、状态、变更记录和来源记录。"
        )),
        Block::Text(
            "账本只增不改：每份文书的摘要与随机数一起计算成一条存证，按批次排入默克尔树，由机构签名公布。改动文书、证书或存证的任何一个字节，重新计算的结果都会与已签名公布的根不符。"
                .to_owned(),
        ),
        Block::Text("包内含未公开的信用信息，仅供本案使用，不得向无关人员提供。".to_owned()),
    ]
}

fn basics(facts: &Facts<'_>) -> Vec<(String, String)> {
    let row = |name: &str, value: String| (name.to_owned(), value);
    let mut rows = vec![row("证书编号", facts.number.clone()), row("名称", facts.title.to_owned())];
    if let Some((name, code)) = facts.holder {
        rows.push(row("主体", format!("{name}（{code}）")));
    }
    rows.push(row("签发时间", moment(facts.issued)));
    rows.push(row("入账本时间", moment(facts.sealed)));
    rows.push(row("账本中的序号", facts.index.to_string()));
    let status = facts.status.map_or("无状态记录", status);
    let list = facts.list.map_or(String::new(), |n| format!("，依据第 {n} 期状态清单"));
    rows.push(row("制作时的状态", format!("{status}{list}")));
    if facts.cosigned > 0 {
        rows.push(row("见证", format!("账本检查点另有 {} 个签名，由核验程序按信任名单判断", facts.cosigned)));
    }
    rows
}

/// Repaired and replaced are one and the same to everybody.
fn status(status: Status) -> &'static str {
    match status {
        Status::Valid => "有效",
        Status::Revoked => "已撤销",
        Status::Suspended => "异议核实中，暂缓使用",
        Status::Replaced => "本证书已有更新版本，请以新证书为准",
        Status::ObjectionNoted => "有效（有异议标注）",
        Status::Withdrawn => "主体已撤回",
        _ => "无效",
    }
}

fn before(origins: &Origins) -> Vec<Block> {
    let row = |name: &str, value: String| (name.to_owned(), value);
    let mut rows = vec![
        row("文书原文的 SHA-256", origins.sha256.clone()),
        row("文书原文的长度", format!("{} 字节", origins.bytes)),
        row("文书类型", origins.media_type.clone()),
    ];
    if let Some(name) = &origins.name {
        rows.push(row("文件名", name.clone()));
    }
    let Some(from) = &origins.recorded else {
        rows.push(row("提交单位、提交人和方式", "接收该文书时系统尚未记录".to_owned()));
        return vec![Block::Rows(rows)];
    };
    rows.push(row("接收时间", moment(time_of(from.at))));
    let via = match from.via {
        Via::Api => "业务系统通过接口提交",
        Via::Page => "工作人员通过网页提交",
        Via::Import => "表格批量导入",
        Via::Command => "在机构服务器上用命令提交",
    };
    rows.push(row("接收方式", via.to_owned()));
    let by = match from.by.as_str() {
        "command" => "持有机构文件夹的人员（命令方式，不分账号）".to_owned(),
        by => format!("{by}（账号或接口密钥的编号）"),
    };
    rows.push(row("提交人", by));
    if !from.unit.is_empty() {
        rows.push(row("提交单位", from.unit.clone()));
    }
    if let Some(second) = &from.approved_by {
        rows.push(row("复核人", format!("{second}（账号编号）")));
    }
    if let Some(table) = &from.table {
        rows.push(row("导入批次", format!("{}，第 {} 行", table.import, table.row)));
    }
    let gap = origins.sealed_at.saturating_sub(from.at);
    rows.push(row("接收至入账本的间隔", format!("{gap} 秒")));
    vec![Block::Rows(rows)]
}

/// Each kind of file that there is, and what it proves.
fn files(names: &[&str]) -> Vec<(String, String)> {
    let all: [(&str, &str, &str); 14] = [
        ("certificate/", ".xzc", "证书文件：签名的正文、在批次中的路径、批次签名和全部披露项，可独立核验"),
        ("certificate/", ".pdf", "证书打印件，附有同一证书文件，整份文件由机构签名"),
        ("document/received/", "", "提交时的文书原文，逐字节保存"),
        ("document/disclosures.txt", "", "文书逐条记录及其随机盐，每行一条；其摘要构成文书根"),
        ("document/core.cbor", "", "证书正文（签名所及的字节），其摘要即账本中的存证"),
        ("proof/", ".tlog-proof", "该存证在账本中的包含证明及机构签名的检查点，可用通用工具核验"),
        ("proof/batch.json", "", "该批次的范围、检查点和批次签名"),
        ("proof/checkpoint", "", "制作时最新的账本检查点"),
        ("status/", ".xzs", "制作时最新的状态清单，由机构签名"),
        ("status/", ".tlog-proof", "该状态清单已记入账本的证明"),
        ("events/", "", "证书签发后的变更记录：每条的正文、随机数、前一条，以及在账本中的证明"),
        ("provenance.json", "", "文书存证前的来源记录（第三部分的数据）"),
        ("trust.xzt", "", "信任名单：机构的公钥和有效期，由根密钥签名"),
        (MANIFESTS, "", "全部文件的摘要清单，由机构签名"),
    ];
    let is_there = |start: &str, end: &str| {
        start == MANIFESTS || names.iter().any(|name| name.starts_with(start) && name.ends_with(end))
    };
    let there = all.iter().filter(|(start, end, _)| is_there(start, end));
    there
        .map(|(start, end, what)| {
            let name = match (*start, *end) {
                (MANIFESTS, _) => "manifest.json、manifest.note".to_owned(),
                (start, "") if start.ends_with('/') => format!("{start}…"),
                (start, "") => start.to_owned(),
                (start, end) => format!("{start}…{end}"),
            };
            (name, (*what).to_owned())
        })
        .collect()
}

fn how(facts: &Facts<'_>) -> Vec<Block> {
    let program = match facts.verifier {
        Some(digest) => format!(
            "取得核验程序 xinzheng-verify（开放源代码）。本机构本版本程序文件的 SHA-256 为 {digest}；也可由第三方自源代码编译：cargo build --release -p verifier --features cli。"
        ),
        None => "取得核验程序 xinzheng-verify（开放源代码），或由第三方自源代码编译：cargo build --release -p verifier --features cli。".to_owned(),
    };
    let root = facts.roots.first().map_or("根公钥", String::as_str);
    vec![
        Block::Steps(vec![
            program,
            format!(
                "通过签发机构以外的途径（上级信用主管部门、公报、公证机构、以往保存的名单）核对根公钥：{}。不要只凭本包内的 trust.xzt。",
                facts.roots.join("，")
            ),
            "在不联网的计算机上运行下面的命令。程序逐个核对包内文件，并按制作时刻核验证书；任何文件被改动都会逐个指出。".to_owned(),
        ]),
        Block::Code(format!("xinzheng-verify --trust trust.xzt --root \"{root}\" 证据包.zip")),
        Block::Text(
            "其中 trust.xzt 自本包取出后须由 --root 给出的根公钥验证通过，否则程序拒绝使用。账本包含证明采用公开规范（C2SP tlog-proof、RFC 6962），可另用他人编写的工具核验。"
                .to_owned(),
        ),
    ]
}

fn law() -> Vec<Block> {
    let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    vec![Block::Rows(vec![
        row(
            "《人民法院在线诉讼规则》第十六条（上链后的真实性）",
            "区块链技术存储的电子数据经技术核验一致的，可以认定上链后未经篡改，有相反证据的除外。本包第五部分即技术核验的方法。",
        ),
        row(
            "第十七条（对上链存储有异议时的审查）",
            "存证平台是否符合规定、当事人与平台的利害关系、信息系统的清洁与安全、技术与过程是否符合标准。本包提供技术与过程方面的材料；平台资质和利害关系由提供方另行说明。",
        ),
        row(
            "第十八条（上链前的真实性）",
            "上链前的数据是否真实，须结合来源、生成机制、存储过程、公证与第三方见证、其他证据综合判断。本包第三部分提供来源与接收过程的记录，账本本身不证明上链前的真实性。",
        ),
        row(
            "《电子签名法》第五条、第十三条",
            "原件形式与可靠的电子签名。本包的签名能发现对签名和内容的改动；密钥是否为机构专有并由其控制，由机构的密钥管理材料说明。",
        ),
    ])]
}

fn limits(facts: &Facts<'_>) -> Vec<Block> {
    let mut steps = vec![
        "文书所载内容在进入账本之前是否真实。".to_owned(),
        "签发时间由机构填写；入账本时间由机构签名，未经第三方见证或时间戳的，独立证明力以信任名单中的见证为限。".to_owned(),
        "manifest.note 是机构对本包的签名，只说明本包由其制作；证书的效力以证书文件和账本证明自身为准。".to_owned(),
    ];
    if facts.cosigned == 0 {
        steps.push("制作时检查点尚无见证方联署。".to_owned());
    }
    vec![Block::Steps(steps)]
}

/// `2026年11月22日 10:15:30`, Beijing time.
fn moment(time: Time) -> String {
    let shown = time.display_china();
    let Some((day, rest)) = shown.split_once('T') else { return shown };
    let mut parts = day.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next(), rest.get(..8)) {
        (Some(year), Some(month), Some(day), Some(clock)) => {
            let plain = |digits: &str| digits.trim_start_matches('0').to_owned();
            format!("{year}年{}月{}日 {clock}（北京时间）", plain(month), plain(day))
        }
        _ => shown.clone(),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
