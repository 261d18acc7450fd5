//! The texts of `witness`.

use super::texts::{CommandText, DIR};

/// `witness`
pub const WITNESS: CommandText = CommandText {
    name: "witness",
    about: ["为其他机构的账本作见证", "Witness the ledgers of other offices"],
    more: [
        "见证方核对其他机构的账本只增不改，并在检查点上签名（C2SP tlog-witness）。服务运行时，见证地址是 对外网址/witness。\n对方：在设置的 witness.ask 中写上本机构的见证公钥和地址，并用 xinzheng trust D add witness 列入信任名单。\n由备份恢复后，见证方不知道备份之后签过哪些检查点，因此暂停签名。请从对方服务、镜像和其他见证方取得本机构签过的最新检查点，用 wake 告知；以最新的为准。",
        "A witness sees to it that other offices' ledgers only grow, and signs their checkpoints (C2SP tlog-witness). While the service runs, it answers at /witness of its address.\nThe other side names this key and address in its settings, witness.ask, and lists the key with xinzheng trust D add witness.\nA witness that was restored from a backup does not know what it has cosigned since, and cosigns nothing. Take the newest checkpoints with its signature from the ledger's service, from mirrors and from other witnesses, and tell it with wake; the newest counts.",
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
        (
            "xinzheng witness office rotate --name county.example.gov.cn/2027/witness",
            [
                "另建一把见证密钥，新旧同时见证，直至移走旧密钥的文件",
                "One more key; both cosign until the old one's file is taken away",
            ],
        ),
        ("xinzheng witness office remove county.example.gov.cn/ledger", ["不再见证", "Witness it no more"]),
        (
            "xinzheng witness office wake county.example.gov.cn/ledger checkpoint",
            [
                "恢复后告知最近签过的检查点，继续见证",
                "After a restore, tell it the newest checkpoint that it cosigned: it goes on from there",
            ],
        ),
    ],
    args: &[
        DIR,
        (
            "action",
            [
                "init：生成密钥；rotate：另建一把，与旧的并用；list：列出；add：增加账本；remove：去掉账本；wake：恢复后告知签过的检查点",
                "init: make the key; rotate: one more beside the old one; list; add or remove ledgers; wake: tell it, after a restore, what it cosigned",
            ],
        ),
        (
            "words",
            [
                "账本的公钥，或账本名称及检查点文件",
                "Keys of ledgers, or the name of one and files with its checkpoints",
            ],
        ),
        (
            "name",
            [
                "见证密钥的名称，以 /witness 结尾；默认为账本名称加 /witness",
                "Name of the key, which ends in /witness; the ledger's with /witness behind it by default",
            ],
        ),
        (
            "nothing_cosigned_since",
            ["确认备份之后没有签过任何检查点", "Say that nothing was cosigned after the backup"],
        ),
    ],
};
