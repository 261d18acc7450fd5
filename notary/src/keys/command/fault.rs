//! What can go wrong with an external program that signs.

use std::fmt;

use verifier::text::Lang;

/// Why there is no signature. All of these may pass: the program can be mended while the office runs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerFault {
    /// It could not be started; what the system says.
    Start(String),
    /// It did not answer within its time, or took in nothing.
    Silent,
    /// It ended.
    Died,
    /// Its answer is longer than any answer.
    TooLong,
    /// Its answer is none of the protocol's, or one to another question.
    Garbage,
    /// It has another key than the `.vkey` file says.
    OtherKey,
    /// What it gave is no signature of what it was given, by this key.
    SignatureBad,
    /// It said that it can't, in these words.
    Refused(String),
}

impl SignerFault {
    /// A word for it, for metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            SignerFault::Start(_) => "start",
            SignerFault::Silent => "silent",
            SignerFault::Died => "died",
            SignerFault::TooLong => "too-long",
            SignerFault::Garbage => "garbage",
            SignerFault::OtherKey => "other-key",
            SignerFault::SignatureBad => "signature-bad",
            SignerFault::Refused(_) => "refused",
        }
    }

    /// In words.
    pub fn text(&self, lang: Lang) -> String {
        let text = match self {
            SignerFault::Start(why) => {
                return match lang {
                    Lang::Zh => format!("签名程序无法启动，系统提示：“{why}”"),
                    Lang::En => format!("the signing program can't be started ({why})"),
                };
            }
            SignerFault::Refused(why) => {
                return match lang {
                    Lang::Zh => format!("签名程序拒绝签名，其原话：“{why}”"),
                    Lang::En => format!("the signing program refused to sign ({why})"),
                };
            }
            SignerFault::Silent => {
                ("签名程序没有在规定时间内回答", "the signing program did not answer in time")
            }
            SignerFault::Died => ("签名程序已退出", "the signing program ended"),
            SignerFault::TooLong => {
                ("签名程序的回答过长", "the signing program's answer is longer than any answer")
            }
            SignerFault::Garbage => {
                ("签名程序的回答不符合协议", "the signing program's answer is not the protocol's")
            }
            SignerFault::OtherKey => {
                ("签名程序用的不是这个密钥", "the signing program has another key than the .vkey file says")
            }
            SignerFault::SignatureBad => {
                ("签名程序给出的签名无法验证", "the signing program's signature does not verify")
            }
        };
        match lang {
            Lang::Zh => text.0.to_string(),
            Lang::En => text.1.to_string(),
        }
    }
}

impl fmt::Display for SignerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}
