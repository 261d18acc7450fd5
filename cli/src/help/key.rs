//! The texts of `key`.

use super::texts::{CommandText, DIR, FORCE};

/// `key`
pub const KEY: CommandText = CommandText {
    name: "key",
    about: ["机构的密钥：列出、轮换、登记失密", "The office's keys: list, rotate, tell of a compromise"],
    more: [
        "轮换不停机：新旧密钥同时签发一段时间（默认 30 天），写入账本和信任名单。信任名单由根密钥签署：把根密钥文件放回 keys 文件夹，签完移走；或用 --prepare 写出待签文本，在存放根密钥的机器上用 sign 签署，再用 take 采用。\n失密登记后，该密钥立即停止签发；最后可信检查点之前的证书仍可核验。步骤见 KEYS.zh-CN.md。\n时间写作 2026-11-22T09:00:00+08:00，或 2026-11-22（当日零时）。",
        "Rotating stops nothing: old and new key sign side by side for a while (30 days unless otherwise said), and ledger and trust bundle say so. The root key signs the trust bundle: bring its file back into the keys folder and take it away afterwards; or write the text with --prepare, sign it with `sign` where the root is kept, and bring it back with `take`.\nA compromised key stops signing at once; certificates up to the last good checkpoint stay good. KEYS.md has the steps.\nA time is 2026-11-22T09:00:00+08:00, or 2026-11-22 for that day's beginning.",
    ],
    examples: &[
        ("xinzheng key office list", ["用途、状态、日期、提醒", "Use, state, dates, what is to be done"]),
        (
            "xinzheng key office rotate batch",
            ["换批次密钥，旧密钥再用 30 天", "A new batch key; the old one goes on for 30 days"],
        ),
        (
            "xinzheng key office rotate ledger --signer hsm.signer",
            ["新账本密钥在密码机内", "The new ledger key is in a hardware module"],
        ),
        (
            "xinzheng key office rotate status --from 2027-01-01 --prepare next.txt",
            ["写出待离线根密钥签署的文本", "The text for an offline root to sign"],
        ),
        (
            "xinzheng key /media/root sign next.txt --out next.xzt",
            ["在离线机器上签署", "Signed on the offline machine"],
        ),
        (
            "xinzheng key /media/root new-root",
            ["在离线机器上另建一把根密钥", "Another root key, on the offline machine"],
        ),
        ("xinzheng key office take next.xzt", ["采用已签署的信任名单", "Take the signed bundle in"]),
        (
            "xinzheng key office compromised batch 1f0c44a2 --from 2026-11-22T03:10:00+08:00 --last-good 4096",
            ["登记失密：从何时起、最后可信检查点多少条", "Since when, and the last good checkpoint's size"],
        ),
    ],
    args: &[
        DIR,
        (
            "action",
            [
                "list：列出；rotate：轮换；compromised：登记失密；sign：用根密钥签署；new-root：另建一把根密钥；take：采用",
                "list, rotate, tell of a compromise, sign with the root, make another root, take in",
            ],
        ),
        (
            "words",
            [
                "用途 ledger、batch、status 或 pdf，及密钥编号；或文件",
                "ledger, batch, status or pdf, and the key's id; or a file",
            ],
        ),
        ("from", ["从何时起（轮换默认为现在）", "From when on (a rotation: from now on)"]),
        (
            "overlap",
            [
                "旧密钥再签发多久，如 30d、12h（默认 30d）",
                "How long the old key goes on signing, such as 30d or 12h (30d)",
            ],
        ),
        (
            "signer",
            ["新密钥在外部程序中：.signer 文件", "The new key is an external program's: its .signer file"],
        ),
        ("last_good", ["最后可信检查点的条数", "Entries under the last good checkpoint"]),
        (
            "prepare",
            [
                "只写出待签文本到此文件，不生效",
                "Only write the text to be signed to this file; nothing is changed",
            ],
        ),
        ("out", ["签好的信任名单写到哪里", "Where the signed bundle goes"]),
        FORCE,
    ],
};
