//! The texts of `evidence`.

use super::texts::CommandText;

/// `evidence`
pub const EVIDENCE: CommandText = CommandText {
    name: "evidence",
    about: ["制作证据包，供诉讼或争议处理", "Make an evidence package, for a court or a dispute"],
    more: [
        "一个 ZIP：文书原文、证书、账本证明、状态、变更记录、存证前的来源、给法庭的说明，全部文件的摘要由机构签名。\n用 xinzheng-verify FILE.zip 离线核验。含未公开的信息，文件只有本人可读；制作记入操作日志。",
        "One ZIP: the document as it came, the certificate, its proofs, status, events, where the document came from, an explanation for the court; the office signs the digests of all files.\nxinzheng-verify FILE.zip checks it offline. It holds what is not public: only you can read the file, and making it is in the operator log.",
    ],
    examples: &[(
        "xinzheng evidence office 2026112240170938612531 --out evidence.zip",
        ["制作一份证书的证据包", "The package of one certificate"],
    )],
    args: &[
        ("dir", ["机构文件夹", "Folder of the office"]),
        ("number", ["证书编号，22 位数字", "Certificate number, 22 digits"]),
        ("out", ["输出文件", "Where to write"]),
        ("force", ["覆盖已有的文件", "Write over a file that is there"]),
    ],
};
