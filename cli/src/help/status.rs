//! Texts of `status`.

use super::texts::{CommandText, DIR};

pub const STATUS: CommandText = CommandText {
    name: "status",
    about: [
        "查询和变更证书状态；发布、导入状态清单",
        "A certificate's status: history, at a moment, change; publish and import lists",
    ],
    more: [
        "NUMBER 显示历程；NUMBER at TIME 查询当时对外发布的状态，--out 另存可离线核验的证据；NUMBER set 变更状态并立即发布新的状态清单。\n已撤销、已替代、已撤回的证书不能恢复有效。更正（replaced）与信用修复（repaired）对外完全相同。自然人证书对外只有有效和已撤销。\nimport 收下信任名单中其他机构的状态清单，供本机构窗口核验其证书。",
        "NUMBER shows the history; NUMBER at TIME what was published at that moment, with --out the evidence for offline checking; NUMBER set changes it and publishes new lists at once.\nWhat is revoked, replaced or withdrawn never becomes valid again. Corrected (replaced) and repaired are the same to the public. Of natural persons only valid and revoked are ever published.\nimport takes lists of other offices in the trust bundle, so that this office's windows can judge their certificates.",
    ],
    examples: &[
        (
            "xinzheng status office 2026112240170938612531",
            ["显示一张证书的历程", "What happened to a certificate"],
        ),
        (
            "xinzheng status office 2026112240170938612531 at \"2026-11-22 10:00\" --out evidence",
            ["当时是否有效，附账本证明", "Was it valid then? With proof from the ledger"],
        ),
        (
            "xinzheng status office 2026112240170938612531 set suspended --reason 异议核实 --claim NO_PENALTY",
            ["异议核实中，暂缓使用", "Suspend it while an objection is verified"],
        ),
        (
            "xinzheng status office 2026112240170938612531 set revoked --reason 信息有误",
            ["撤销一张证书", "Revoke a certificate"],
        ),
        (
            "xinzheng status office publish --out lists",
            ["发布状态清单，并复制到 lists 文件夹", "Publish the lists and copy them to the folder lists"],
        ),
    ],
    args: &[
        DIR,
        (
            "words",
            [
                "NUMBER、NUMBER at TIME、NUMBER set 状态、publish 或 import FILE…",
                "NUMBER, NUMBER at TIME, NUMBER set STATUS, publish or import FILE...",
            ],
        ),
        ("reason", ["原因，记入证书历程，不公开", "Why; kept in the certificate's history, not published"]),
        ("basis", ["依据：条款或文书号", "On what basis: a rule, a document's number"]),
        (
            "claim",
            [
                "暂停所涉的声明（仅限 suspended）；对外为整张证书",
                "Claims that a suspension is about; to the public it is the whole certificate",
            ],
        ),
        (
            "replaced_by",
            [
                "更新版本的证书编号（仅限 replaced、repaired），须为同一主体",
                "The certificate in its place, of the same holder (replaced, repaired)",
            ],
        ),
        (
            "seen",
            [
                "您看到的最后一条记录的序号；此后若有新记录则不变更",
                "Sequence of the last event that you looked at: nothing is changed if there is another by now",
            ],
        ),
        (
            "out",
            [
                "另存到此文件夹：清单(status-0.xzs …)或当时状态的证据",
                "Folder for copies: of the lists (status-0.xzs …), or of the evidence of a moment",
            ],
        ),
    ],
};
