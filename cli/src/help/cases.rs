//! The help of `objection` and `repair`.

use super::texts::CommandText;

const EVIDENCE: (&str, [&str; 2]) =
    ("evidence", ["佐证材料的摘要，可重复", "Digest of evidence; may be repeated"]);
const OPEN: (&str, [&str; 2]) = ("open", ["只列未办结的", "Only those that are open"]);
const ON: (&str, [&str; 2]) = ("on", ["按此日计算，默认今天", "As of this day; today by default"]);

/// `objection`
pub const OBJECTION: CommandText = CommandText {
    name: "objection",
    about: ["异议：提出、受理、核实、办结", "Objections: file, accept, verify, end"],
    more: [
        "开始核实时，证书暂停使用；异议不成立则恢复（主体坚持的，加注异议），成立则由更正后的证书替代，或随文书撤销。\n更正后的证书须先提交并封存：xinzheng submit D FILE --corrects NUMBER",
        "When verifying starts the certificate is suspended; rejected, it is valid again (or the objection is noted, where the holder insists); upheld, the corrected certificate takes its place, or it is revoked with the document.\nThe corrected certificate is submitted and sealed first: xinzheng submit D FILE --corrects NUMBER",
    ],
    examples: &[
        (
            "xinzheng objection office file 2026112240170938612531 --item CF-0011 --ground 金额有误",
            ["对证书中的一条记录提出异议", "Against one record of a certificate"],
        ),
        (
            "xinzheng objection office verify Y00001",
            ["开始核实，证书暂停使用", "Verify; the certificate is suspended"],
        ),
        (
            "xinzheng objection office uphold Y00001 --replaced-by 2026112241112293847574",
            ["异议成立，已更正", "Upheld: the corrected certificate takes its place"],
        ),
        ("xinzheng objection office due", ["到期与逾期", "What is due and overdue"]),
    ],
    args: &[
        ("dir", ["机构文件夹", "Folder of the office"]),
        ("action", ["做什么", "What to do"]),
        ("what", ["异议编号；提出时为证书编号", "The objection; a certificate's number for file"]),
        ("item", ["针对文书中的这条记录", "Against this record of the document"]),
        ("claim", ["针对证书的这项声明，可重复", "Against this claim; may be repeated"]),
        ("ground", ["异议理由", "Why"]),
        EVIDENCE,
        ("note", ["办理说明", "What is said with the step"]),
        (
            "seen",
            ["您看到的版本；已有变化则不办理", "The version you looked at; nothing happens if it moved on"],
        ),
        ("replaced_by", ["更正后的证书编号", "The corrected certificate"]),
        (
            "withdrawn",
            ["文书已撤销，没有更正后的证书", "The document is withdrawn and nothing takes its place"],
        ),
        OPEN,
        ON,
    ],
};

/// `repair`
pub const REPAIR: CommandText = CommandText {
    name: "repair",
    about: [
        "信用修复：引用该记录的全部证书一次更新",
        "Credit repair: every certificate that cites a record goes out of use at once",
    ],
    more: [
        "ITEM 是记录编号；多个机关有同一编号时写作“机关代码/编号”。\nWAY：commitment 作出信用承诺，rectification 完成失信整改，check 通过信用核查，training 接受专题培训，report 提交信用报告，public-welfare 参加公益慈善活动。\n此后列有该记录的新报告不再受理。中断后再次启动会办完。",
        "ITEM is the record's id; where several organs have one of that id, write CODE/ID with the organ's code.\nWAY: commitment, rectification, check, training, report, public-welfare.\nFrom then on no new report may list the record. Broken off, it is finished at the next start.",
    ],
    examples: &[
        (
            "xinzheng repair office CF-0011 --preview",
            ["先看涉及哪些证书", "See first which certificates cite it"],
        ),
        (
            "xinzheng repair office CF-0011 --ways rectification,training --basis 令第36号 --reason 已整改",
            ["办理", "Do it"],
        ),
        ("xinzheng repair office show R00001", ["办理结果清单", "The list of what was done"]),
    ],
    args: &[
        ("dir", ["机构文件夹", "Folder of the office"]),
        ("words", ["记录编号，或 list、show REPAIR、due", "A record's id, or list, show REPAIR, due"]),
        ("ways", ["修复方式，逗号分隔", "Ways of repair, separated by commas"]),
        ("basis", ["依据", "What it rests on"]),
        ("reason", ["理由", "Why"]),
        EVIDENCE,
        (
            "preview",
            ["只查询涉及的证书，不作改动", "Only show which certificates cite it; nothing is changed"],
        ),
        OPEN,
        ON,
    ],
};
