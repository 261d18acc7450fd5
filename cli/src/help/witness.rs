//! The texts of `witness`.

use super::texts::{CommandText, DIR};

/// `witness`
pub const WITNESS: CommandText = CommandText {
    name: "witness",
    about: ["为其他机构的账本作见证", "Witness the ledgers of other offices"],
    more: [
        "见证方核对其他机构的账本只增不改，并在检查点上签名（C2SP tlog-witness）。服务运行时，见证地址是 对外网址/witness。\n对方：在设置的 witness.ask 中写上本机构的见证公钥和地址，并用 xinzheng trust D add witness 列入信任名单。",
        "A witness sees to it that other offices' ledgers only grow, and signs their checkpoints (C2SP tlog-witness). While the service runs, it answers at /witness of its address.\nThe other side names this key and address in its settings, witness.ask, and lists the key with xinzheng trust D add witness.",
    ],
    examples: &[
        ("xinzheng witness office init", ["生成见证密钥，显示公钥", "Make the key of a witness and show it"]),
        (
            "xinzheng witness office add county.example.gov.cn/ledger+54911cd3+Aa…",
            [
                "见证这个账本；公钥见对方 key list 的 ledger 一行",
                "Witness this ledger; its key is the line ledger of the other side's key list",
            ],
        ),
        (
            "xinzheng witness office list",
            ["公钥、见证的账本、发现的分叉", "The key, the ledgers, forks that were found"],
        ),
        ("xinzheng witness office remove county.example.gov.cn/ledger", ["不再见证", "Witness it no more"]),
    ],
    args: &[
        DIR,
        (
            "action",
            [
                "init：生成密钥；list：列出；add：增加账本；remove：去掉账本",
                "init: make the key; list; add or remove ledgers",
            ],
        ),
        ("words", ["账本的公钥，或账本名称", "Keys of ledgers, or the name of one"]),
        (
            "name",
            [
                "见证密钥的名称，以 /witness 结尾；默认为账本名称加 /witness",
                "Name of the key, which ends in /witness; the ledger's with /witness behind it by default",
            ],
        ),
    ],
};
