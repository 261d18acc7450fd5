//! The texts of `commitment`.

use super::texts::CommandText;

/// `commitment`
pub const COMMITMENT: CommandText = CommandText {
    name: "commitment",
    about: [
        "信用承诺：履行情况、到期、查询、样式与事项",
        "Commitments: how they are kept, what is due, search, templates and matters",
    ],
    more: [
        "CODE 为承诺编码，显示其阶段、履行情况与历史。event 记录一项：publicised 公示、supplemented 补正、check-started 践诺核查、fulfilled 全部履行、partly-fulfilled 部分履行、not-fulfilled 全部未履行、found-false 承诺不实、taken-back 撤回、expired 到期、objection-filed 异议、objection-resolved 异议办结、closed 监管完成、renewed 续承诺。\n不利认定须有证据摘要、认定单位及代码、未履行内容与责任追究内容；异议期满前不计入报告。\nby-the-day 记录只因日期而发生的事：逾期未补正、到期。",
        "CODE is a commitment's code: its stage, how it is kept and its history are shown. event records one of: publicised, supplemented, supplement-overdue, check-started, fulfilled, partly-fulfilled, not-fulfilled, found-false, taken-back, expired, objection-filed, objection-resolved, closed, renewed.\nAn adverse result needs digests of evidence, the determining unit and its code, what is unperformed and what followed; it counts in no report before its objection window is over.\nby-the-day records what the date alone brings: missing items overdue, terms over.",
    ],
    examples: &[
        ("xinzheng commitment office 61990020261122000002", ["查看一项承诺", "Look at a commitment"]),
        (
            "xinzheng commitment office 61990020261122000002 event publicised --channel 信用中国=https://credit.example.gov.cn/c/1",
            ["记录公示", "Record where it is public"],
        ),
        ("xinzheng commitment office due", ["查看到期与逾期事项", "See what is due and overdue"]),
        (
            "xinzheng commitment office matters import 事项清单.csv",
            ["导入承诺事项清单", "Import the catalogue of matters"],
        ),
    ],
    args: &[
        ("dir", ["机构文件夹", "Folder of the office"]),
        (
            "words",
            [
                "承诺编码，或 list、due、figures、search、eligible、by-the-day、templates、matters",
                "A commitment's code, or list, due, figures, search, eligible, by-the-day, templates, matters",
            ],
        ),
        ("evidence", ["证据摘要，可多个", "Digests of evidence"]),
        ("unit", ["认定单位", "Determining unit"]),
        ("unit_code", ["认定单位的统一社会信用代码", "Unified social credit code of the determining unit"]),
        ("unperformed", ["未履行的承诺内容；承诺不实时为不实内容", "What is unperformed, or what was false"]),
        ("liability", ["违诺责任追究内容", "What followed from it"]),
        (
            "item",
            ["已补正的材料名称；不写即为全部", "Names of items handed in; all that are missing without it"],
        ),
        ("channel", ["公示渠道：站点名称=网址", "Where it is public: name of the site=address"]),
        (
            "outcome",
            ["异议结论：upheld 成立，rejected 不成立", "Outcome of the objection: upheld or rejected"],
        ),
        ("valid_to", ["续承诺后的有效期至", "Last day of the new term"]),
        ("reason", ["理由", "Reason"]),
        ("basis", ["依据", "Basis"]),
        (
            "seen",
            [
                "您看到的最后一条记录的序号；其间有新记录时拒绝",
                "Number of the last event that you looked at; refused if there is another since",
            ],
        ),
        ("on", ["按这一日计算；默认今日", "As of this day; today by default"]),
        ("stage", ["只列这一阶段，如 CHECKING", "Only those in this stage, such as CHECKING"]),
        ("matter", ["承诺事项编码", "Code of a matter"]),
        ("id", ["样式编号", "Id of the template"]),
        ("template_version", ["样式版本", "Version of the template"]),
        ("name", ["样式名称", "Name of the template"]),
        (
            "measurable",
            ["要求条件可量化，拒绝兜底条款", "Its conditions have to be measurable: no catch-alls"],
        ),
        ("after", ["接着上一页列出", "Go on where the page before ended"]),
    ],
};
