//! What each command and argument means, `[zh, en]`. A test holds this against the parser.

/// A text in both languages: Chinese, English.
pub type Both = [&'static str; 2];

/// The texts of one command.
pub struct CommandText {
    /// As it is typed.
    pub name: &'static str,
    /// One line.
    pub about: Both,
    /// What a person should know before using it; may be empty.
    pub more: Both,
    /// Command lines and what they do.
    pub examples: &'static [(&'static str, Both)],
    /// The arguments by their id.
    pub args: &'static [(&'static str, Both)],
}

pub const DIR: (&str, Both) = ("dir", ["机构文件夹", "Folder of the office"]);
const NUMBER: (&str, Both) = ("number", ["证书编号，22 位数字", "Certificate number, 22 digits"]);
pub const FORCE: (&str, Both) = ("force", ["覆盖已有的文件", "Write over a file that is there"]);

/// What every command takes.
pub const COMMON: &[(&str, Both)] = &[
    ("json", ["输出一个 JSON 对象", "Answer with one JSON object"]),
    ("lang", ["界面语言：zh 或 en；默认随系统", "Language: zh or en; the locale's by default"]),
    (
        "passphrase_file",
        [
            "密钥口令所在的文件（第一行）；也可用环境变量 XINZHENG_PASSPHRASE",
            "File with the passphrase of the keys (first line); or set XINZHENG_PASSPHRASE",
        ],
    ),
];

/// The program itself.
pub const PROGRAM: CommandText = CommandText {
    name: "xinzheng",
    about: [
        "信证：为信用报告和信用承诺签发社会信用区块链证书",
        "Xinzheng: blockchain certificates for credit reports and credit commitments",
    ],
    more: [
        "每个命令都有说明：xinzheng COMMAND --help。\n退出码：0 完成；1 有被拒绝或有发现；2 无法完成；3 用法不对。",
        "Every command has its help: xinzheng COMMAND --help.\nExit codes: 0 done; 1 something was refused or found; 2 could not be done; 3 wrong call.",
    ],
    examples: &[
        (
            "xinzheng demo",
            ["建立示例机构，签发样例证书，并启动服务", "An example office: issue the samples, then serve"],
        ),
        (
            "xinzheng init office --origin credit.example.gov.cn/ledger --name 示例县公共信用信息中心",
            ["建立新机构", "Make a new office"],
        ),
        ("xinzheng submit office report.json", ["为一份信用报告签发证书", "Certify a credit report"]),
    ],
    args: &[],
};

/// The commands, in the order in which they are listed.
pub const COMMANDS: &[CommandText] = &[
    CommandText {
        name: "demo",
        about: ["示例机构：签发样例证书并启动服务", "An example office: issue the samples, then serve"],
        more: [
            "使用公开的示例密钥，证书没有任何效力。再次运行时接着用原来的文件夹，不重复签发。",
            "Uses example keys that everyone knows: its certificates are worth nothing. A second run goes on with the same folder and issues nothing twice.",
        ],
        examples: &[
            (
                "xinzheng demo",
                [
                    "在 ./demo 建立示例机构，在 8080 端口提供服务",
                    "Example office in ./demo, served on port 8080",
                ],
            ),
            ("xinzheng demo --once --dir example", ["签发后即结束", "Stop after issuing"]),
        ],
        args: &[
            ("dir", ["示例机构的文件夹；默认 demo", "Folder of the example office; demo by default"]),
            (
                "port",
                ["端口；默认 8080，被占用时顺延", "Port; 8080 by default, the next free one if it is taken"],
            ),
            ("once", ["签发后结束，不启动服务", "Stop after issuing, do not serve"]),
        ],
    },
    CommandText {
        name: "init",
        about: ["建立新机构：密钥、信任名单、空账本", "Make a new office: keys, trust bundle, empty ledger"],
        more: [
            "根密钥签署信任名单，平时不用：请把 keys 文件夹中的根密钥移到离线介质保存。",
            "The root key signs the trust bundle and nothing else: move its file from the keys folder to a medium that is kept offline.",
        ],
        examples: &[(
            "xinzheng init office --origin credit.example.gov.cn/ledger --name 示例县公共信用信息中心",
            [
                "在 office 文件夹建立机构；口令从终端输入",
                "Make an office in the folder office; asks for a passphrase",
            ],
        )],
        args: &[
            ("dir", ["机构文件夹；须不存在或为空", "Folder of the office; must be missing or empty"]),
            (
                "origin",
                [
                    "账本名称，如 credit.example.gov.cn/ledger；以后不能改",
                    "Name of the ledger, such as credit.example.gov.cn/ledger; can't be changed later",
                ],
            ),
            ("name", ["机构名称，印在证书上", "Name of the office, shown on certificates"]),
            ("organisation", ["机构的统一社会信用代码", "Unified social credit code of the office"]),
            (
                "host",
                [
                    "二维码网址的主机名；默认取自账本名称",
                    "Host of the URL in QR codes; the ledger name's by default",
                ],
            ),
            (
                "seal",
                [
                    "自动封存的间隔，毫秒（默认 200）；manual 为只用 seal 命令封存",
                    "Milliseconds between batches (200 by default); manual: only by the command seal",
                ],
            ),
        ],
    },
    CommandText {
        name: "submit",
        about: ["提交文档，签发证书", "Hand in documents and certify them"],
        more: [
            "一组文件中有错的逐个列出（代码、位置、原因），其余照常受理，退出码为 1。\n同一报告编号再次提交相同内容，得到同一张证书；内容不同则拒绝（CONFLICT）。",
            "Of a group of files the wrong ones are listed (code, place, reason), the others are taken, and the exit code is 1.\nThe same report number with the same bytes gives the same certificate again; with other bytes it is refused (CONFLICT).",
        ],
        examples: &[
            ("xinzheng submit office report.json", ["一份信用报告", "One credit report"]),
            ("xinzheng submit office reports/ --json", ["文件夹中的全部 *.json", "Every *.json in a folder"]),
            ("xinzheng submit office contract.pdf --kind file", ["任意文件", "Any file"]),
        ],
        args: &[
            DIR,
            ("files", ["文件，或含 *.json 的文件夹", "Files, or folders with *.json in them"]),
            (
                "kind",
                [
                    "document：报告与承诺（默认）；file：任意文件",
                    "document: reports and commitments (default); file: any bytes",
                ],
            ),
            (
                "media_type",
                ["file 的媒体类型，如 application/pdf", "Media type of a file, such as application/pdf"],
            ),
            (
                "key",
                [
                    "幂等键：同一键再次提交相同内容，得到同一张证书；文件默认由名称和内容得出",
                    "A repetition with the same key gives the same certificate; a file's is made of its name and bytes by default",
                ],
            ),
            (
                "corrects",
                [
                    "所更正的证书编号；可与其文书同号",
                    "The certificate whose document this corrects; it may have that document's own number",
                ],
            ),
            (
                "no_qr",
                ["证书不带二维码，内容可以更长", "Certificates without a QR code, which may hold more"],
            ),
            (
                "wait",
                [
                    "sealed：等到证书生成（默认）；accepted：受理即返回",
                    "sealed: until the certificate exists (default); accepted: until the document is safe on disk",
                ],
            ),
        ],
    },
    CommandText {
        name: "import",
        about: ["导入信用承诺表格，逐行签发证书", "Import a table of commitments and certify each row"],
        more: [
            "表格为全国信用承诺归集的 20 列，CSV（UTF-8 或 GB 18030）或 .xlsx，最多 200000 行；列的次序不限，多余的列不采用。\n有错的行连同原因写入另一文件，改正后可再次导入；其余照常导入，退出码为 1。\n同一承诺编码再次导入：内容相同得到同一张证书，不同则拒绝。编码列请设为“文本”，用 .xlsx 更稳妥。",
            "The table has the 20 columns of the national layout, as CSV (UTF-8 or GB 18030) or .xlsx, 200,000 rows at most; columns in any order, others are ignored.\nWrong rows go to another file with the reasons, to be corrected and imported again; the others go in, and the exit code is 1.\nThe same commitment code again: the same content gives the same certificate, other content is refused. Keep columns of codes as text; .xlsx is safer.",
        ],
        examples: &[
            (
                "xinzheng import office commitments.xlsx --type commitments",
                ["导入一个表格", "Import a table"],
            ),
            (
                "xinzheng import office commitments.csv --type commitments --errors wrong.xlsx --receipts numbers.csv",
                [
                    "指定错误行文件，并写出各行的证书编号与查验码",
                    "Name the file of refused rows, and write the certificate numbers and check codes of the others",
                ],
            ),
        ],
        args: &[
            DIR,
            (
                "file",
                [
                    "表格：.csv 或 .xlsx；期限表和日历为 .json",
                    "The table: .csv or .xlsx; deadlines and calendars are .json",
                ],
            ),
            (
                "rows",
                [
                    "内容：commitments（信用承诺）、deadlines（期限表 JSON）、calendar（工作日历 JSON）、whitelist（白名单）、aliases（旧代码与新代码）",
                    "What it has: commitments; deadlines or calendar (JSON); whitelist (code, name, basis, digest of the evidence); aliases (old code, new code, basis, digest of the evidence)",
                ],
            ),
            (
                "errors",
                [
                    "被拒绝的行写到这里（.csv 或 .xlsx）；默认在表格旁，名为 *.refused.*",
                    "Refused rows go here (.csv or .xlsx); by default beside the table, named *.refused.*",
                ],
            ),
            (
                "receipts",
                [
                    "证书编号与查验码写到这里（.csv 或 .xlsx）",
                    "Certificate numbers and check codes go here (.csv or .xlsx)",
                ],
            ),
            (
                "whitelist",
                [
                    "白名单：统一社会信用代码,机构名称；不再提示一码多赋和重复赋码；默认用已导入的白名单",
                    "Pairs of unified code and name that are known to be right: they are not noted as duplicates; the imported ones by default",
                ],
            ),
            (
                "no_qr",
                ["证书不带二维码，内容可以更长", "Certificates without a QR code, which may hold more"],
            ),
            (
                "wait",
                [
                    "sealed：等到证书生成（默认）；accepted：受理即返回",
                    "sealed: until the certificates exist (default); accepted: until the documents are safe on disk",
                ],
            ),
            FORCE,
        ],
    },
    CommandText {
        name: "export",
        about: [
            "导出信用承诺表格，或供审计的全部文档",
            "Export the commitments as a table, or all documents for an auditor",
        ],
        more: [
            "与 import 同样的 20 列；已撤销、替代、撤回或销毁的不导出。含个人信息，文件只有本人可读，请妥善保管。\n--type audit 把全部文档连同随机盐和变更记录写入一个文件夹，由机构签名，供审计人员用 audit --export 重新推导；内容保密，导出记入操作日志。",
            "The same 20 columns as import; what was revoked, replaced, withdrawn or erased is left out. It holds personal data: only you can read the file, keep it well.\n--type audit writes every document with its salts and events to a folder and signs it, for an auditor to derive everything again with audit --export; it is confidential, and in the operator log.",
        ],
        examples: &[
            (
                "xinzheng export office --type commitments --out commitments.xlsx",
                ["导出为 Excel 表格", "Export as a workbook"],
            ),
            (
                "xinzheng export office --type audit --out for-the-auditor",
                ["导出供审计的全部文档", "Everything for an auditor"],
            ),
        ],
        args: &[
            DIR,
            (
                "rows",
                [
                    "导出的内容：commitments（信用承诺）、audit（供审计的全部文档）",
                    "What is exported: commitments, or audit for everything that an auditor needs",
                ],
            ),
            (
                "out",
                [
                    "输出文件：.csv 或 .xlsx；audit 为文件夹",
                    "Where to write: .csv or .xlsx; a folder for audit",
                ],
            ),
            FORCE,
        ],
    },
    super::check::CHECK,
    CommandText {
        name: "calendar",
        about: ["工作日历与期限", "Calendars of working days, and deadlines"],
        more: [
            "工作日按国务院办公厅每年的节假日安排计算：先导入该年的日历，没有日历的年份不予计算（CALENDAR_MISSING）。\n日历为 JSON：{\"format\":\"xinzheng/calendar/v1\",\"year\":…,\"source\":\"通知文号\",\"off\":[{\"name\",\"from\",\"to\"}],\"working\":[调休上班日]}。",
            "Working days follow the notice of holidays of each year: import that year's calendar first, a year without one is not counted (CALENDAR_MISSING).\nA calendar is JSON: {\"format\":\"xinzheng/calendar/v1\",\"year\":..., \"source\":\"the notice\",\"off\":[{\"name\",\"from\",\"to\"}],\"working\":[days of weekends that are worked]}.",
        ],
        examples: &[
            (
                "xinzheng calendar office import calendar-2026.json",
                ["导入一年的节假日安排", "Take a year's holidays in"],
            ),
            (
                "xinzheng calendar office due tolerance-supplement 2026-11-20",
                ["容缺受理材料的截止日", "When missing papers are due"],
            ),
            ("xinzheng calendar office show", ["列出日历和全部期限", "List the calendars and all deadlines"]),
        ],
        args: &[
            DIR,
            (
                "action",
                ["show：列出；import：导入；due：计算截止日", "show, import a year, or count what is due"],
            ),
            ("words", ["import 的文件，或 due 的规则与起算日", "The file to import, or rule and day of due"]),
        ],
    },
    super::commitment::COMMITMENT,
    CommandText {
        name: "seal",
        about: ["立即封存当前批次", "Close the open batch now"],
        more: ["", ""],
        examples: &[(
            "xinzheng seal office",
            ["为已受理的文档生成证书", "Make the certificates of what was accepted"],
        )],
        args: &[DIR],
    },
    CommandText {
        name: "certificate",
        about: ["导出证书文件", "Write a certificate's files"],
        more: [
            "写出 NUMBER.xzc（证书）、NUMBER.pdf（可打印，附有证书）、NUMBER.qr.svg 与 NUMBER.qr.png（二维码）、NUMBER.tlog-proof（账本证明）。\n重复执行会更新这些文件；别的证书的文件不会被覆盖。",
            "Writes NUMBER.xzc (the certificate), NUMBER.pdf (for print, with the certificate attached), NUMBER.qr.svg and NUMBER.qr.png (its QR code), NUMBER.tlog-proof (proof of the ledger).\nRunning it again refreshes these files; a file of another certificate is never written over.",
        ],
        examples: &[(
            "xinzheng certificate office 2026112240170938612531 --out certificates",
            ["导出到 certificates 文件夹", "Write into the folder certificates"],
        )],
        args: &[DIR, NUMBER, ("out", ["输出文件夹", "Folder for the files"])],
    },
    CommandText {
        name: "disclose",
        about: ["制作只含部分内容的副本", "Make a copy of a certificate with less in it"],
        more: [
            "副本仍可核验，并会说明隐去了几条、其中几条为不利记录；用途要求出示的记录不能隐去。",
            "The copy still verifies and says how many records it hides and how many of those are adverse; records that the purpose demands can't be hidden.",
        ],
        examples: &[
            ("xinzheng disclose a.xzc --list", ["列出可以出示的内容", "List what there is"]),
            (
                "xinzheng disclose a.xzc --keep /subject /sections/admin --out b.xzc",
                ["只保留主体信息和行政管理信息", "Keep only the subject and the administrative records"],
            ),
        ],
        args: &[
            ("file", ["证书文件", "A certificate file"]),
            (
                "keep",
                [
                    "保留的内容：指针或其前缀，如 /subject、/sections/admin",
                    "What to keep: pointers or their beginnings, such as /subject, /sections/admin",
                ],
            ),
            ("out", ["副本的文件名", "File for the copy"]),
            ("list", ["只列出内容，不制作副本", "Only list what there is"]),
            FORCE,
        ],
    },
    super::status::STATUS,
    super::cases::OBJECTION,
    super::cases::REPAIR,
    CommandText {
        name: "erase",
        about: [
            "销毁一份文档的密钥，使其内容无法恢复",
            "Destroy a document's key, so that nobody can read it again",
        ],
        more: [
            "账本和已发出的证书不变，状态也不变；磁盘备用块和旧备份可能仍有旧密钥。不能撤回。",
            "Ledger, certificates already given out and status stay as they are; spare blocks of a disk and old backups may still hold the key. There is no way back.",
        ],
        examples: &[(
            "xinzheng erase office 2026112240170938612531",
            ["在终端上会先询问", "Asks first on a terminal"],
        )],
        args: &[
            DIR,
            NUMBER,
            ("reason", ["原因，记入机构日志", "Why; kept in the office's journal"]),
            ("yes", ["不询问", "Do not ask"]),
        ],
    },
    super::audit::AUDIT,
    super::backup::BACKUP,
    super::backup::RESTORE,
    super::evidence::EVIDENCE,
    super::key::KEY,
    super::trust::TRUST,
    super::anchor::ANCHOR,
    super::witness::WITNESS,
    CommandText {
        name: "account",
        about: ["管理账号：建立、列出、重置密码、停用、恢复", "Accounts: make, list, reset, suspend, resume"],
        more: [
            "角色：holder 企业、window 窗口、operator 操作员、reviewer 复核员、auditor 审计员、system-administrator 系统管理员、security-administrator 安全管理员。\n三员分立：同一人不得同时有后三种中的两种账号。本命令由持有机构文件夹的人使用，立即生效，记入操作日志。",
            "Roles: holder, window, operator, reviewer, auditor, system-administrator, security-administrator.\nNo person has accounts of two of the last three. The command is for whoever holds the office's folder; it works at once and is in the operator log.",
        ],
        examples: &[
            (
                "xinzheng account office add window-1 --role window --person 王芳 --unit 政务服务中心",
                ["建立窗口账号，显示一次性密码", "A window clerk's account; shows the one-time password"],
            ),
            (
                "xinzheng account office reset sysadmin",
                ["重置密码，显示新的一次性密码", "A new one-time password"],
            ),
        ],
        args: &[
            DIR,
            (
                "action",
                [
                    "list：列出；add：建立；reset：重置密码；suspend：停用；resume：恢复",
                    "list, add, reset the password, suspend, resume",
                ],
            ),
            ("name", ["登录名", "Sign-in name"]),
            ("role", ["角色", "Role"]),
            ("person", ["姓名", "The person's name"]),
            ("unit", ["单位；默认为本机构", "The person's unit; this office by default"]),
            ("code", ["企业账号的统一社会信用代码", "Of a holder: the unified social credit code"]),
        ],
    },
    CommandText {
        name: "api-key",
        about: ["管理接口密钥：建立、列出、吊销", "API keys: make, list, revoke"],
        more: [
            "权限：documents.submit 提交文档、certificates.read 读取证书、verifications.write 核验并出具回执、jobs.write 批量核验、status.write 变更证书状态及办理异议和修复、commitments.write 记录承诺履行情况。\n密钥只在建立时显示一次，本机只保存其摘要。",
            "Scopes: documents.submit, certificates.read, verifications.write, jobs.write, status.write, commitments.write.\nA key is shown once, when it is made; only its digest is kept.",
        ],
        examples: &[
            (
                "xinzheng api-key office add --label 审批系统 --scope verifications.write --days 180",
                ["建立密钥", "Make a key"],
            ),
            ("xinzheng api-key office revoke K00003", ["立即吊销", "Take it back at once"]),
        ],
        args: &[
            DIR,
            ("action", ["list：列出；add：建立；revoke：吊销", "list, add, revoke"]),
            ("id", ["密钥编号，如 K00003", "Number of a key, such as K00003"]),
            ("label", ["用途", "What it is for"]),
            ("unit", ["使用单位；默认为本机构", "Whose it is; this office's by default"]),
            ("scope", ["权限，可以多个", "What it may do, one or more"]),
            ("days", ["有效天数，1 至 366（默认）", "Days that it counts, 1 to 366 (the default)"]),
        ],
    },
    CommandText {
        name: "serve",
        about: ["启动服务：网页、接口、公开账本、自动封存", "Serve: pages, API, ledger files, sealing"],
        more: [
            "设置依次取自 --config 文件、环境变量（如 XINZHENG_LISTEN）和命令行，后者优先；全部设置见 settings.example.toml。日志写到标准错误。服务运行时，其他命令经机构文件夹中的本地套接字交给它执行。按 Ctrl-C 停止：正在处理的请求先答复，已受理的先封存完毕。",
            "Settings come from the file of --config, the environment (such as XINZHENG_LISTEN) and the command line, which counts most; settings.example.toml has them all. The log goes to standard error. While it runs, other commands hand their work to it over a local socket in the office's folder. Ctrl-C stops it after answering the requests under way and sealing what was accepted.",
        ],
        examples: &[
            ("xinzheng serve office", ["在 127.0.0.1:8080 提供服务", "Serve on 127.0.0.1:8080"]),
            (
                "xinzheng serve office --listen 0.0.0.0:443 --tls-certificate chain.pem --tls-key key.pem",
                ["以 HTTPS 对外提供服务", "Serve to others over HTTPS"],
            ),
            ("xinzheng serve office --config settings.toml", ["按设置文件提供服务", "Serve as a file says"]),
        ],
        args: &[
            DIR,
            ("config", ["设置文件（TOML）", "File with the settings (TOML)"]),
            ("listen", ["地址和端口；默认 127.0.0.1:8080", "Address and port; 127.0.0.1:8080 by default"]),
            (
                "public_address",
                [
                    "对外的网址，如 https://credit.example.gov.cn",
                    "Address that people use, such as https://credit.example.gov.cn",
                ],
            ),
            ("tls_certificate", ["TLS 证书链（PEM）", "Certificate chain for TLS (PEM)"]),
            ("tls_key", ["TLS 私钥（PEM）", "Key for TLS (PEM)"]),
            (
                "proxies_trusted",
                ["可信的反向代理，逗号分隔", "Reverse proxies that are believed, with commas between them"],
            ),
            ("log", ["日志的形式；默认 text", "Form of the log; text by default"]),
        ],
    },
];
