//! The texts of `audit`.

use super::texts::CommandText;

/// `audit`
pub const AUDIT: CommandText = CommandText {
    name: "audit",
    about: ["重新推导全部内容并指出差异", "Re-derive everything and locate any difference"],
    more: [
        "可与运行中的服务同时进行，只读。退出码：0 无差异；1 有发现；2 无法进行。\n审计机构文件夹时用它自己的信任名单；审计公开的账本（文件夹或网址）只需要信任名单，不需要机构配合。\n--state 记住已审计到哪里和见过的检查点：下次只审计新增部分，账本变小或出现两份历史即为发现。各代码的含义见 AUDIT.md。--json 的 code、where 不随语言变；message 用 --lang 或系统的语言。",
        "Works beside a running service and only reads. Exit code: 0 clean; 1 findings; 2 could not.\nThe folder of an office is audited with its own trust bundle; a published ledger, in a folder or behind an address, needs a trust bundle and nothing of the office.\n--state remembers how far it was audited and the checkpoint that was seen: the next audit goes on there, and a ledger that shrank or has two histories is a finding. AUDIT.md has the codes. With --json code and where are in no language; message is in that of --lang or the locale.",
    ],
    examples: &[
        (
            "xinzheng audit office",
            [
                "审计一个机构：日志、文档、账本、状态清单",
                "Audit an office: journal, documents, ledger, status lists",
            ],
        ),
        ("xinzheng audit ledger --trust trust.xzt", ["审计一份公开的账本", "Audit a published ledger"]),
        (
            "xinzheng audit https://credit.example.gov.cn --trust trust.xzt --state audit.json --watch",
            [
                "从外部持续审计，有发现时退出并报告",
                "Keep auditing from outside; ends and reports when something is found",
            ],
        ),
    ],
    args: &[
        (
            "target",
            [
                "机构文件夹，或公开账本的文件夹或网址",
                "Folder of an office, or folder or address of a published ledger",
            ],
        ),
        ("trust", ["信任名单；审计公开账本时需要", "Trust bundle; needed for a published ledger"]),
        ("root", ["信任名单的根公钥", "Root key of the bundle"]),
        (
            "from",
            [
                "此前已审计过的条数，只审计其后的",
                "So many entries were audited before; audit what comes after",
            ],
        ),
        (
            "state",
            [
                "记录审计进度与所见检查点的文件；没有时新建",
                "File that remembers the progress and what was seen; made if missing",
            ],
        ),
        ("watch", ["持续审计，直到有发现", "Audit again and again until something is found"]),
        ("every", ["两次审计的间隔，如 60s、5m、1h", "Between two audits: 60s, 5m, 1h"]),
        (
            "export",
            [
                "机构用 export --type audit 导出的文件夹：连同全部文档重新推导",
                "Folder that the office made with export --type audit: derive every document again, too",
            ],
        ),
        (
            "misbehaviour",
            [
                "发现两份历史时写出证明的文件；默认写在状态文件旁，扩展名 .xzf",
                "File for the proof where two histories are found; beside the state by default, ending in .xzf",
            ],
        ),
        ("html", ["另写一份可打印的报告", "Write a report to print, too"]),
        (
            "ca",
            [
                "核对 HTTPS 所用的根证书文件（PEM）；默认用系统的",
                "PEM file of root certificates for HTTPS; the system's by default",
            ],
        ),
    ],
};
