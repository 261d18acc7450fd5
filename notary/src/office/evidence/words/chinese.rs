//! 说明 in Chinese: for a Chinese court.
//!
//! It says what is proven and what is not, and which rule each part speaks to; no more law than is known here to the word.

use verifier::key_event::KeyChange;
use verifier::status::Status;
use verifier::text::{Lang, level_words};
use verifier::time::Time;

use super::{Block, Facts, MANIFESTS, Origins, Part, is_there, shown_name};
use crate::office::evidence::anchored::{Outside, Shown};
use crate::office::evidence::keyed::KeyTold;
use crate::office::{Via, time_of};

pub(super) fn title(facts: &Facts<'_>) -> String {
    format!("证据包说明：社会信用区块链证书 {}", facts.number)
}

pub(super) fn parts(facts: &Facts<'_>, names: &[&str]) -> Vec<Part> {
    vec![
        Part { title: "一、本证据包是什么", body: what(facts) },
        Part { title: "二、证书的基本情况", body: vec![Block::Rows(basics(facts))] },
        Part { title: "三、文书存证前的来源", body: before(facts.origins) },
        Part { title: "四、各文件证明什么", body: vec![Block::Rows(files(names))] },
        Part { title: "五、不依赖签发机构的核验方法", body: how(facts) },
        Part { title: "六、签发机构以外的存证及其核验命令", body: outside(facts) },
        Part { title: "七、签名密钥的变更记录", body: keys(facts) },
        Part { title: "八、与电子数据审查规则的对应", body: law() },
        Part { title: "九、本证据包不能证明的事项", body: limits(facts) },
    ]
}

fn what(facts: &Facts<'_>) -> Vec<Block> {
    let Facts { office, ledger, .. } = facts;
    let made = moment(facts.made);
    vec![
        Block::Text(format!(
            "本证据包由{office}（账本 {ledger}）于 {made}制作，供诉讼、仲裁、复议和争议处理使用。包内有证书所证明的文书原文、证书、账本证明、状态、变更记录和来源记录。"
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
    let level = format!("L{}（{}）", facts.level, level_words(facts.level, Lang::Zh));
    rows.push(row("可信等级（四级制）", level));
    let status = facts.status.map_or("无状态记录", status);
    let list = facts.list.map_or(String::new(), |n| format!("，依据第 {n} 期状态清单"));
    rows.push(row("制作时的状态", format!("{status}{list}")));
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
        let digest = table.sha256.clone().unwrap_or_else(|| "导入时系统尚未记录".to_owned());
        rows.push(row("导入表格的 SHA-256", digest));
    }
    let gap = origins.sealed_at.saturating_sub(from.at);
    rows.push(row("接收至入账本的间隔", format!("{gap} 秒")));
    vec![Block::Rows(rows)]
}

/// Each kind of file that there is, and what it proves.
fn files(names: &[&str]) -> Vec<(String, String)> {
    let all: [(&str, &str, &str); 17] = [
        (
            "certificate/",
            ".xzc",
            "证书文件：签名的正文、在批次中的路径、批次签名和全部披露项。核验：xinzheng-verify --trust trust.xzt --root 根公钥 --status status certificate",
        ),
        (
            "certificate/",
            ".pdf",
            "证书打印件，附有同一证书，整份文件由机构签名。核验命令同上。打印件不附时间戳和链上存证，单独核验时可信等级可能低于证书文件",
        ),
        (
            "document/received/",
            "",
            "提交时的文书原文，逐字节保存。核验：sha256sum document/received/*，与第三部分的摘要比较；xinzheng-verify --document 原文 证书文件，逐条比较",
        ),
        (
            "document/disclosures.txt",
            "",
            "文书逐条记录及其随机盐，每行一条（RFC 9901）；其 SHA-256 摘要构成文书根",
        ),
        ("document/core.cbor", "", "证书正文（签名所及的字节），其摘要即账本中的存证"),
        (
            "proof/",
            ".tlog-proof",
            "该存证在账本中的包含证明及机构签名的检查点（C2SP tlog-proof）。核验：xinzheng-verify，或任何 tlog-proof 工具",
        ),
        ("proof/batch.json", "", "该批次的范围、检查点和批次签名"),
        ("proof/checkpoint", "", "制作时最新的账本检查点"),
        ("status/", ".xzs", "制作时最新的状态清单，由机构签名。核验证书时用 --status status 采用"),
        ("status/", ".tlog-proof", "该状态清单已记入账本的证明"),
        ("events/", "", "证书签发后的变更记录：每条的正文、随机数、前一条，以及在账本中的证明"),
        ("anchors/", "", "签发机构以外的机构对检查点的存证：时间戳、链上交易、网关回执。核验命令见第六部分"),
        ("keys/", ".txt", "签名密钥的变更记录（公开存证的原文），见第七部分"),
        ("keys/", ".tlog-proof", "该变更记录已记入账本的证明"),
        ("provenance.json", "", "文书存证前的来源记录（第三部分的数据）"),
        ("trust.xzt", "", "信任名单：机构的公钥和有效期，由根密钥签名"),
        (
            MANIFESTS,
            "",
            "全部文件的摘要清单，由机构签名。核验：xinzheng-verify 证据包.zip 逐个核对；也可用 sha256sum 逐个计算",
        ),
    ];
    let there = all.iter().filter(|(start, end, _)| is_there(names, start, end));
    there
        .map(|(start, end, what)| {
            let name = match *start {
                MANIFESTS => "manifest.json、manifest.note".to_owned(),
                _ => shown_name(start, end),
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

/// Who else says that the checkpoint was there, and how that is checked without the office.
fn outside(facts: &Facts<'_>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if facts.witnesses.is_empty() && facts.outside.is_empty() {
        blocks.push(Block::Text("制作时检查点尚无见证方联署，也无时间戳或链上存证。".to_owned()));
        return blocks;
    }
    if !facts.witnesses.is_empty() {
        blocks.push(Block::Text(
            "见证：下列机构在所列时间确认检查点与其以往见过的账本一致，并联署。由 xinzheng-verify 按信任名单核验。".to_owned(),
        ));
        let rows = facts.witnesses.iter().map(|(name, time)| (name.clone(), moment(*time)));
        blocks.push(Block::Rows(rows.collect()));
    }
    for one in facts.outside {
        blocks.extend(anchor(one));
    }
    blocks
}

fn anchor(one: &Outside) -> Vec<Block> {
    let Outside { folder, label, size, what } = one;
    let under = format!(
        "所存证的是账本前 {size} 条的检查点 {folder}checkpoint.txt；本证书的存证在其中，证明为 {folder}inclusion.tlog-proof。"
    );
    match what {
        Shown::Stamp { at, signer, authority, .. } => {
            let by = match signer {
                Some(signer) => format!("制作本包时已按信任名单核验，签名者为{signer}"),
                None => "制作本包时未能按信任名单核验".to_owned(),
            };
            let mut blocks = vec![Block::Text(format!(
                "可信时间戳（RFC 3161，{label}）：{}。{by}。{under}任何装有 OpenSSL 的计算机都可核验（在证据包解压后的文件夹中运行）：",
                moment(*at)
            ))];
            match one.openssl() {
                Some(command) => blocks.push(Block::Code(command)),
                None => blocks
                    .push(Block::Text("信任名单中没有该时间戳机构的证书，须向其取得后核验。".to_owned())),
            }
            if *authority {
                blocks.push(Block::Text(
                    "显示 Verification: OK 即该检查点在所列时间已经存在。authority.pem 取自信任名单，可与时间戳机构公布的证书比对；-attime 使已过期的证书按当时判断。"
                        .to_owned(),
                ));
            }
            blocks
        }
        Shown::Transaction(hash) => vec![
            Block::Text(format!(
                "链上锚定（{label}）：已附回执，未离线验证。{under}核对方法：向该链任一节点查询下列交易，其数据应为 xinzheng/anchor/v1、一个零字节和 checkpoint.txt 的 SHA-256（sha256sum {folder}checkpoint.txt）。"
            )),
            Block::Code(hash.clone()),
        ],
        Shown::Answer { address, at } => vec![Block::Text(format!(
            "网关存证（{label}，{address}）：已附{}的答复原文 {folder}answer.bin，未离线验证。{under}核对方法：以 checkpoint.txt 的 SHA-256 向该网关查询。",
            moment(*at)
        ))],
    }
}

/// What the ledger tells of the keys that signed.
fn keys(facts: &Facts<'_>) -> Vec<Block> {
    if facts.keys.is_empty() {
        let text = "账本中没有这些签名密钥的变更记录：自机构建立或信任名单首次列明以来未曾更换。密钥及其期限见 trust.xzt。";
        return vec![Block::Text(text.to_owned())];
    }
    let row = |key: &KeyTold| {
        let what = match &key.change {
            KeyChange::Announced(dates) => {
                format!("列明期限：自 {} 起签署，可签至 {}", clock(dates.sign_from), clock(dates.sign_until))
            }
            KeyChange::Ended(dates) => format!("期限提前：可签至 {}", clock(dates.sign_until)),
            KeyChange::Compromised(bad) => format!(
                "报告失密：自 {} 起仅凭该密钥的签名不能采信，最后可信的是账本前 {} 条的检查点",
                clock(bad.from),
                bad.size
            ),
        };
        (key.key.clone(), format!("{what}（{} 记入账本，序号 {}）", clock(key.at), key.index))
    };
    vec![
        Block::Text(
            "以下为记入账本的密钥变更，原文在 keys/，每条有账本证明。期限以内的签名有效；密钥是否可用以信任名单为准。"
                .to_owned(),
        ),
        Block::Rows(facts.keys.iter().map(row).collect()),
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
        "签发时间由机构填写，入账本时间由机构签名；独立于机构的时间只有第六部分所列见证和时间戳的时间。"
            .to_owned(),
        "manifest.note 是机构对本包的签名，只说明本包由其制作；证书的效力以证书文件和账本证明自身为准。"
            .to_owned(),
    ];
    if facts.outside.iter().any(|one| matches!(one.what, Shown::Transaction(_) | Shown::Answer { .. })) {
        steps.push(
            "链上交易和网关答复未在离线环境中验证，不提高证书的可信等级；在线查询的结果另行举证。".to_owned(),
        );
    }
    vec![Block::Steps(steps)]
}

/// `2026年11月22日 10:15:30（北京时间）`.
fn moment(time: Time) -> String {
    format!("{}（北京时间）", clock(time))
}

/// `2026年11月22日 10:15:30`, for where brackets stand around it.
fn clock(time: Time) -> String {
    let shown = time.display_china();
    let Some((day, rest)) = shown.split_once('T') else { return shown };
    let mut parts = day.splitn(3, '-');
    match (parts.next(), parts.next(), parts.next(), rest.get(..8)) {
        (Some(year), Some(month), Some(day), Some(clock)) => {
            let plain = |digits: &str| digits.trim_start_matches('0').to_owned();
            format!("{year}年{}月{}日 {clock}", plain(month), plain(day))
        }
        _ => shown.clone(),
    }
}
