//! What went wrong with a key, in the reader's language.
//!
//! ```text
//! keys/batch-1f0c44a2.pem: is not text; nothing was changed, restore it from a backup
//! keys/batch-1f0c44a2.pem：不是文本
//! ```
//!
//! The office's own phrases are said in Chinese; the words of an external program, of the system and of a library stay as they
//! are, in quotation marks. Not here: what is to be done (`refusal`, by the code).

use super::KeyError;
use crate::refusal::Lang;

/// The phrases of the errors, in English and Chinese. One that ends in a space or a bracket goes on with somebody else's words.
const PHRASES: &[(&str, &str)] = &[
    ("anything: its public key is of no use", "任何内容：其公钥无效"),
    ("a note that does not begin with its name", "开头不是其名称的文本"),
    ("a text that is not a note's", "不是签名文本的内容"),
    ("asks for more work than a key file may", "要求的计算量超过密钥文件的上限"),
    ("cosignatures", "见证签名"),
    ("examples", "示例"),
    (
        "has a time of 0, or of more than 60 s to start or 30 s to sign",
        "时限为 0，或启动超过 60 秒、签名超过 30 秒",
    ),
    (
        "has an argv of more than 32 texts, or a text of more than 4,096 bytes",
        "argv 超过 32 项，或有一项超过 4,096 字节",
    ),
    ("has an argv that does not begin with the full path of a program", "argv 的开头不是程序的完整路径"),
    ("has another format than xinzheng/signer/v1", "format 不是 xinzheng/signer/v1"),
    ("holds a control character, perhaps a line break", "含有控制字符，可能是换行"),
    ("holds a key, but not an Ed25519 one", "其中的密钥不是 Ed25519 密钥"),
    ("holds a public key that is not the private key's", "其中的公钥与私钥不配对"),
    ("holds more than 1,024 keys", "其中的密钥超过 1,024 个"),
    ("holds more than 16 chain keys", "其中的链上密钥超过 16 个"),
    ("is another key than its .address file says", "不是 .address 文件所写的密钥"),
    ("is another key than its .vkey file says", "不是 .vkey 文件所写的密钥"),
    ("is empty", "口令为空"),
    ("is far too large for a key", "远大于一个密钥文件"),
    ("is longer than 1,024 bytes", "口令超过 1,024 字节"),
    ("is not an address and the digest of the key's file", "内容不是地址和密钥文件的摘要"),
    ("is not text", "不是文本"),
    ("is not UTF-8", "不是 UTF-8 文本"),
    (
        "its name does not begin with root, ledger, batch, status, pdf or witness",
        "文件名的开头不是 root、ledger、batch、status、pdf 或 witness",
    ),
    ("names another key than the .vkey file beside it, or none", "没有写明密钥，或与旁边的 .vkey 文件不同"),
    ("such a transaction", "这样的交易"),
    ("such things by its name", "此类内容（按其名称）"),
    (
        "the key's name or kind is not of the use that the file's name says",
        "密钥的名称或种类与文件名所写的用途不符",
    ),
    ("the second line is not \"sha256\" and a digest", "第二行不是 sha256 和摘要"),
    ("there are more than two lines", "超过两行"),
    (
        "was changed since it was written, and the passphrase does not open it (or it is the wrong one)",
        "写入后被改动过，且口令打不开（或口令不对）",
    ),
];

/// Beginnings and ends of phrases with a value in between.
const FRAMES: &[(&str, &str, &str, &str)] = &[
    ("can't be made (", ")", "无法生成（“", "”）"),
    ("holds \"", "\", not an encrypted private key", "其中是“", "”，不是加密的私钥"),
    ("is not a PEM file of one key (", ")", "不是只含一个密钥的 PEM 文件（“", "”）"),
    ("is not encrypted PKCS#8 (", ")", "不是加密的 PKCS#8（“", "”）"),
    ("is not such a file: ", "", "不是这样的文件：“", "”"),
    ("is of no use: others may change ", "; chmod go-w it", "不可用：他人可以改动 ", "；请执行 chmod go-w"),
];

impl KeyError {
    /// What went wrong, in this language.
    pub fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => chinese(self),
            Lang::En => self.to_string(),
        }
    }
}

fn chinese(error: &KeyError) -> String {
    match error {
        KeyError::Passphrase { file } | KeyError::Missing { file } | KeyError::Exists { file } => {
            file.display().to_string()
        }
        KeyError::PassphraseForm { what } => phrase(what),
        KeyError::Damaged { file, what } | KeyError::SignerFile { file, what } => {
            format!("{}：{}", file.display(), phrase(what))
        }
        KeyError::NotEncrypted { file } => {
            let file = file.display();
            format!("{file}；请加密：openssl pkcs8 -topk8 -in {file}")
        }
        KeyError::WrongUse { name, what } => format!("{name} 不签署{}", phrase(what)),
        KeyError::SignatureBad { name } => name.clone(),
        KeyError::SignerFailed { name, fault } => format!("{name}：{}", fault.text(Lang::Zh)),
        KeyError::SignerRefused { name, text } => format!("{name}，其原话：“{text}”"),
        KeyError::Random => "请检查系统的随机数来源".to_owned(),
        KeyError::Io { file, why } => format!("{}，系统提示：“{why}”", file.display()),
    }
}

/// In Chinese; a phrase of somebody else's as it is, in quotation marks.
fn phrase(what: &str) -> String {
    if let Some((_, zh)) = PHRASES.iter().find(|(en, _)| *en == what) {
        return (*zh).to_owned();
    }
    let framed = FRAMES.iter().find_map(|(begin, end, zh_begin, zh_end)| {
        let value = what.strip_prefix(begin)?.strip_suffix(end)?;
        Some(format!("{zh_begin}{value}{zh_end}"))
    });
    framed.unwrap_or_else(|| format!("“{what}”"))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::SignerFault;
    use super::*;

    /// A phrase that is changed where it is told has to be changed here.
    #[test]
    fn every_phrase_is_one_that_is_told() {
        let told = [
            include_str!("chain.rs"),
            include_str!("command.rs"),
            include_str!("command/config.rs"),
            include_str!("example.rs"),
            include_str!("file.rs"),
            include_str!("folder.rs"),
            include_str!("passphrase.rs"),
            include_str!("pkcs8.rs"),
            include_str!("signer.rs"),
        ]
        .concat();
        for (en, zh) in PHRASES {
            let quoted = en.replace('"', "\\\"");
            assert!(told.contains(&format!("\"{quoted}\"")), "{en}");
            assert!(!zh.is_ascii(), "{zh}");
        }
        for (begin, end, ..) in FRAMES {
            let quoted = |text: &str| told.contains(&text.replace('"', "\\\""));
            assert!(quoted(begin) && quoted(end), "{begin}…{end}");
        }
        // And the other way round, as far as the source says so.
        for call in ["KeyError::damaged(", "damaged(", "bad(", "wrong(", "what: "] {
            for rest in told.split(call).skip(1) {
                let Some((before, after)) = rest.split_once('"') else { continue };
                let text = after.split('"').next().unwrap_or_default();
                if before.contains([')', '!', '{', '}', ';']) || text.ends_with('\\') {
                    continue;
                }
                assert!(!phrase(text).starts_with('“'), "{text}");
            }
        }
    }

    #[test]
    fn an_error_is_said_in_the_readers_language() {
        let file = PathBuf::from("keys/batch-1f0c44a2.pem");
        let damaged = KeyError::damaged(&file, "is not text");
        assert_eq!(damaged.text(Lang::Zh), "keys/batch-1f0c44a2.pem：不是文本");
        assert_eq!(damaged.text(Lang::En), damaged.to_string());
        let name = "credit.example.gov.cn/ledger/batch".to_owned();
        let silent = KeyError::SignerFailed { name: name.clone(), fault: SignerFault::Silent };
        assert_eq!(silent.text(Lang::Zh), format!("{name}：签名程序没有在规定时间内回答"));
        // Its own words stay as they are, and are marked.
        let refused = KeyError::SignerRefused { name: name.clone(), text: "the token is locked".to_owned() };
        assert_eq!(refused.text(Lang::Zh), format!("{name}，其原话：“the token is locked”"));
        let json = KeyError::SignerFile { file, what: "is not such a file: expected value".to_owned() };
        assert_eq!(json.text(Lang::Zh), "keys/batch-1f0c44a2.pem：不是这样的文件：“expected value”");
        let refusal = crate::refusal::Refusal::from(silent);
        assert!(
            refusal.message(Lang::Zh).contains("签名程序没有在规定时间内回答"),
            "{}",
            refusal.message(Lang::Zh)
        );
        assert!(refusal.message(Lang::En).contains("did not answer in time"), "{refusal}");
    }
}
