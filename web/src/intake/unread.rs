//! What can't be read as a certificate: the code, what it is, and what to do next, in two languages.

use std::borrow::Cow;

use verifier::archive::ArchiveError;
use verifier::picture::PictureError;
use verifier::text::Lang;
use verifier::time::Time;
use verifier::verdict::{Code, Detail, Verdict};

/// Why nothing can be judged, or the verdict that is certain already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotRead {
    code: Code,
    zh: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl NotRead {
    /// A code of a verdict with a sentence in both languages.
    pub fn new(code: Code, zh: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> NotRead {
        NotRead { code, zh: zh.into(), en: en.into() }
    }

    /// As the verifier said it.
    pub(super) fn of_verdict(verdict: &Verdict) -> NotRead {
        let what = verdict.checks.iter().find_map(|check| match &check.detail {
            Detail::Text(text) if !text.is_empty() => Some(text.clone()),
            _ => None,
        });
        let zh = verdict.code.message(Lang::Zh);
        match what {
            Some(en) => NotRead::new(verdict.code, zh, en),
            None => NotRead::new(verdict.code, zh, verdict.code.message(Lang::En)),
        }
    }

    pub(super) fn unknown_text() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "不是证书的二维码内容、窗口码或证书编号；请扫描证书上的二维码或窗口码",
            "neither the content of a certificate's QR code nor a window code or number: scan the code on the certificate",
        )
    }

    /// The certificate number alone.
    pub fn number_alone() -> NotRead {
        NotRead::new(
            Code::NeedsLookup,
            "这是证书编号；请再输入10位查验码，或扫描窗口码",
            "a certificate number: enter the 10 digits of its check code too, or scan the window code",
        )
    }

    pub(super) fn input_method() -> NotRead {
        NotRead::new(
            Code::ScanIncomplete,
            "检测到中文输入法干扰，请切换英文或扫描“窗口码”",
            "a Chinese input method has changed what the scanner typed: switch it to English, or scan the window code",
        )
    }

    pub(super) fn cut() -> NotRead {
        NotRead::new(
            Code::ScanIncomplete,
            "扫码内容不完整，请重新扫描",
            "the scan is incomplete: scan again, from a little further away",
        )
    }

    pub(super) fn digits(count: usize) -> NotRead {
        NotRead::new(
            Code::ScanIncomplete,
            format!("共{count}位数字；窗口码为32位，证书编号为22位，请重新扫描或核对"),
            format!("{count} digits; a window code has 32, a certificate number 22: scan again or compare"),
        )
    }

    pub(super) fn check_digits() -> NotRead {
        NotRead::new(
            Code::ScanIncomplete,
            "证书编号的校验位不符，可能有数字输错，请重新扫描或核对",
            "the check digits of the number do not fit, one of its digits may be wrong: scan again or compare",
        )
    }

    pub(super) fn two_codes() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "读到两个不同的窗口码；请一次扫描一份证书",
            "two different window codes: scan one certificate at a time",
        )
    }

    pub(super) fn several() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "其中有多份证书；请一次核验一份，或使用批量核验",
            "more than one certificate in it: verify one at a time, or use batch verification",
        )
    }

    pub(super) fn too_many() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "图片中的二维码过多；请只拍一份证书",
            "too many codes in one picture: take a picture of one certificate",
        )
    }

    pub(super) fn too_large() -> NotRead {
        NotRead::new(Code::NotRecognised, "文件过大，未读取", "too large a file, not read")
    }

    pub(super) fn no_code() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "图片中没有可读的二维码；请对准二维码、平整纸面、在充足光线下重拍",
            "no code could be read: flatten the paper, light it evenly, take the picture closer",
        )
    }

    pub(super) fn other_codes() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "图片中的二维码不是证书二维码",
            "the codes in the picture are not of a certificate",
        )
    }

    pub(super) fn picture(error: PictureError) -> NotRead {
        match error {
            PictureError::TooLarge => NotRead::new(
                Code::NotRecognised,
                "图片过大，请缩小后再试",
                "the picture is too large: reduce it and try again",
            ),
            PictureError::Damaged => {
                NotRead::new(Code::NotRecognised, "图片已损坏，无法打开", "the picture is damaged")
            }
        }
    }

    pub(super) fn archive(error: ArchiveError) -> NotRead {
        let (zh, en) = match error {
            ArchiveError::Damaged => ("压缩包已损坏，请重新获取", "the archive is damaged: fetch it again"),
            ArchiveError::TooManyEntries => {
                ("压缩包内文件过多，未读取", "too many entries in the archive, not read")
            }
            ArchiveError::TooLarge => {
                ("压缩包解压后过大，未读取", "the archive inflates to too much, not read")
            }
            ArchiveError::NameTwice => (
                "压缩包内有同名文件，无法确定以哪个为准",
                "two entries of one name: which is meant can't be told",
            ),
            ArchiveError::Encrypted => ("压缩包已加密，请先解密", "protected by a password: unpack it first"),
            ArchiveError::Method => {
                ("压缩方式不受支持，请先解压", "compressed in an unknown way: unpack it first")
            }
        };
        NotRead::new(Code::NotRecognised, zh, en)
    }

    pub(super) fn file_type() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "不是可识别的证书文件；请上传.xzc、PDF、证书照片或证书压缩包",
            "not a certificate file: give an .xzc, a PDF, a picture of a certificate or an archive with one",
        )
    }

    /// A `.xzf`, where only certificates are judged.
    pub(super) fn proof_of_fork() -> NotRead {
        NotRead::new(
            Code::NotRecognised,
            "这是账本分叉证明（.xzf），不是证书；请在核验页查看它证明了什么",
            "a proof that a ledger was forked (.xzf), not a certificate: the verification page says what it proves",
        )
    }

    /// The code that the verdict has.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What is, and what to do.
    pub fn message(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// The verdict, with the sentence in Chinese as its detail.
    pub fn verdict(&self, at: Time) -> Verdict {
        self.verdict_in(Lang::Zh, at)
    }

    /// The verdict, with the sentence in this language as its detail.
    pub fn verdict_in(&self, lang: Lang, at: Time) -> Verdict {
        Verdict::unread(self.code, self.message(lang).to_owned(), at)
    }
}
