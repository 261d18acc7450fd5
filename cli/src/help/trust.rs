//! The texts of `trust`.

use super::texts::{CommandText, DIR, FORCE};

/// `trust`
pub const TRUST: CommandText = CommandText {
    name: "trust",
    about: ["查看、导出或修改信任名单", "Show, export or change the trust bundle"],
    more: [
        "把信任名单和根公钥指纹交给核验方；指纹请当面或电话核对。\n修改由根密钥签署：把根密钥文件放回 keys 文件夹，改完再移走；或用 --prepare 写出待签文本，在存放根密钥的机器上用 xinzheng key FOLDER sign 签署，再用 add FILE 采用。新一期名单记入账本，核验方须重新取得。",
        "Give verifiers the bundle and the fingerprint of its root key; compare the fingerprint in person or by telephone.\nA change is signed by the root key: bring its file back into the keys folder, and take it away afterwards; or write the text with --prepare, sign it with xinzheng key FOLDER sign where the root is kept, and take it in with add FILE. The new bundle goes into the ledger; verifiers have to get it.",
    ],
    examples: &[
        ("xinzheng trust office show", ["内容与根公钥指纹", "What it says and the fingerprint of its root"]),
        ("xinzheng trust office export office.xzt", ["导出给核验方", "Write it for verifiers"]),
        (
            "xinzheng trust office export-policy office.policy",
            ["导出为 C2SP tlog-policy", "Write it as a C2SP tlog-policy"],
        ),
        (
            "xinzheng trust office add witness province.example.gov.cn/ledger/witness+1f02d0a7+BB… --organisation 11619900990000076Q --name 示例省信用中心",
            ["增加一个见证方", "A witness whose cosignatures count from now on"],
        ),
        (
            "xinzheng trust office add authority tsa tsa-ca.pem --organisation tsa.example.cn",
            [
                "增加一个时间戳机构（CA 证书，PEM 或 DER）",
                "A timestamp authority, by its CA certificate in PEM or DER",
            ],
        ),
        (
            "xinzheng trust office add chain fisco 1 0x1f0c44a2… --organisation chain.example.cn",
            [
                "增加一条锚定链：链号和本机构的发送地址",
                "A chain, by its number and the address that the office sends from",
            ],
        ),
        (
            "xinzheng trust office quorum 2",
            ["须有任意两个见证方见证，才算达到法定数", "Any two of the witnesses make the quorum"],
        ),
        (
            "xinzheng trust office add root credit.example.gov.cn/root+1f0c44a2+Aa… --prepare next.txt",
            [
                "写出增加一把根密钥的文本，待离线签署",
                "One more root: the text, for the roots to sign where they are kept",
            ],
        ),
        (
            "xinzheng trust office renew",
            ["到期之前照原样签署新的一期", "Sign it anew as it is, before it expires"],
        ),
        (
            "xinzheng trust office add new.xzt",
            ["采用在别处签署的信任名单", "Take a bundle in that was signed elsewhere"],
        ),
    ],
    args: &[
        DIR,
        (
            "action",
            [
                "show：查看；export、export-policy：导出；add、remove、quorum：修改；renew：照原样再签一年",
                "show it, export it to a file, change it, or sign it anew for another year",
            ],
        ),
        (
            "words",
            [
                "文件；或 witness、authority、chain、root 及其内容；或 none、any、all、个数",
                "A file; or witness, authority, chain or root and what it is; or none, any, all, a number",
            ],
        ),
        (
            "organisation",
            ["所属单位的统一社会信用代码或主机名", "Unified social credit code or host of the organisation"],
        ),
        ("name", ["见证方的单位名称", "Name of the witness's organisation"]),
        (
            "prepare",
            [
                "只写出待签文本到此文件，不生效",
                "Only write the text to be signed to this file; nothing is changed",
            ],
        ),
        FORCE,
    ],
};
