//! The texts of `backup` and `restore`.

use super::texts::CommandText;

/// `backup`
pub const BACKUP: CommandText = CommandText {
    name: "backup",
    about: ["备份机构，可与服务同时进行", "Copy an office, while it runs or not"],
    more: [
        "备份是某一时刻的完整状态：开始前已受理的文档都在其中。备份含加密的密钥和文档，口令不在其中；请与机构文件夹同样保管。此后删除的内容仍在旧备份中，请按规定期限销毁旧备份。",
        "A backup is of one moment and has every document that was accepted before. It holds keys and documents, encrypted, without the passphrase: guard it like the office. What is erased later is still in it: destroy old backups in time.",
    ],
    examples: &[(
        "xinzheng backup office /media/disk/office-20261122",
        ["备份到新文件夹", "Copy the office to a new folder"],
    )],
    args: &[
        ("dir", ["机构文件夹", "Folder of the office"]),
        ("to", ["要建立的备份文件夹", "Folder to make"]),
    ],
};

/// `restore`
pub const RESTORE: CommandText = CommandText {
    name: "restore",
    about: ["由备份恢复机构", "Put a backup in place"],
    more: [
        "逐个核对备份中的文件，并与机构最近公布的检查点比较：备份早于它时拒绝，因为由旧状态继续签发会使账本分叉，任何见证机构和审计都会发现。检查点可从服务（/ledger/checkpoint）、镜像或见证机构取得。恢复后请运行 xinzheng audit。",
        "Every file is held against the manifest, and the backup against the checkpoint that the office has published last: an older backup is refused, for signing on from it would fork the ledger, and every witness and auditor would see it. Take the checkpoint from the service (/ledger/checkpoint), a mirror or a witness. Run xinzheng audit afterwards.",
    ],
    examples: &[(
        "xinzheng restore /media/disk/office-20261122 office --checkpoint checkpoint",
        ["恢复，并与公布的检查点核对", "Restore, held against the published checkpoint"],
    )],
    args: &[
        ("from", ["备份文件夹", "Folder of the backup"]),
        ("dir", ["要建立的机构文件夹", "Folder of the office to make"]),
        (
            "checkpoint",
            ["机构最近公布的检查点文件", "File with the newest checkpoint that the office has published"],
        ),
        (
            "nothing_published_since",
            ["确认备份之后没有公布过任何内容", "Say that nothing was published after the backup"],
        ),
    ],
};
