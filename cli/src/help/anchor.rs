//! The texts of `anchor`.

use super::texts::{CommandText, DIR};

/// `anchor`
pub const ANCHOR: CommandText = CommandText {
    name: "anchor",
    about: ["账本的外部锚定：时间戳、链、网关", "Anchors of the ledger: timestamps, chains, gateways"],
    more: [
        "外部锚定证明账本的某个检查点在某一时刻已经存在，不必相信本机构。目标写在服务设置的 [[anchor]] 中，由服务按各自的间隔自动锚定最新检查点；失败不影响签发，恢复后自动补上。证据保存在 ledger/anchors，之后下载的证书自带。",
        "An anchor shows that a checkpoint of the ledger existed at a time, without trusting this office. Targets are in the settings of the service, [[anchor]]; the service has the newest checkpoint anchored by each at its pace. Failures hold nothing up and are made up for. The evidence is in ledger/anchors, and certificates downloaded afterwards carry it.",
    ],
    examples: &[
        ("xinzheng anchor office list", ["各目标最近的锚定", "The newest anchors of each target"]),
        (
            "xinzheng anchor office show 7",
            ["第 7 号锚定；--json 输出全部证据", "Anchor 7; all of its evidence with --json"],
        ),
        (
            "xinzheng anchor office now",
            ["服务立即锚定最新检查点，不等间隔", "The service anchors the newest checkpoint now"],
        ),
        (
            "xinzheng anchor office now --config settings.toml",
            ["服务未运行时，由本命令锚定一次", "Without a service: this command does it once"],
        ),
        (
            "xinzheng anchor office key",
            [
                "链上密钥的地址；没有时生成",
                "The address of the key that pays on chains; makes one where there is none",
            ],
        ),
        (
            "xinzheng anchor office check 7 --url http://10.0.3.7:8545",
            ["向链的节点核对第 7 号锚定", "Asks a node of the chain about anchor 7"],
        ),
    ],
    args: &[
        DIR,
        (
            "action",
            [
                "list：列出；show：显示一个；now：立即锚定；key：链上密钥；check：向节点核对",
                "list; show one; now: anchor the newest checkpoint; key: the key that pays on chains; check: ask a node",
            ],
        ),
        ("words", ["锚定的编号；new：再生成一把链上密钥", "Number of an anchor; new: one more key"]),
        ("url", ["链的节点地址", "Address of a node of the chain"]),
        ("config", ["服务的设置文件（服务未运行时）", "Settings of the service, where it does not run"]),
    ],
};
