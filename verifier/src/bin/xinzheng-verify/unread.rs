//! Why an input gives no certificate: the code, and a line that says what is and what to do.

use verifier::evidence::What;
use verifier::pdf::Why;
use verifier::text::Lang;
use verifier::verdict::Code;

use crate::scanned::TextError;
use verifier::archive::ArchiveError;
use verifier::picture::PictureError;

/// Something that is no certificate, or can't be read as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// No bytes.
    Empty,
    /// None of the kinds known.
    Unknown,
    /// Larger than is read.
    TooLarge,
    /// The system would not let it be read; in its words.
    System(String),
    /// A PDF without the one certificate that the office attaches.
    Pdf(Why),
    /// A picture of a kind not read here.
    OtherPicture(&'static str),
    /// A drawing.
    Svg,
    /// A Word, Excel or WPS file.
    OfficeDocument,
    /// A trust bundle.
    TrustBundle,
    /// A status list.
    StatusList,
    /// A proof or another signed note.
    Evidence,
    /// JSON of another kind.
    Json,
    /// Text without a scan.
    Text,
    /// A picture without a code that could be read.
    NoCode,
    /// A picture with codes of other things only.
    OtherCodes,
    /// A picture with nothing but a number or window code.
    LookupCode,
    /// A picture with too many codes.
    TooManyCodes,
    /// A picture that can't be decoded.
    Picture(PictureError),
    /// An archive that can't be read.
    Archive(ArchiveError),
    /// An archive without certificates.
    EmptyArchive,
    /// An archive in an archive in an archive.
    NestedArchive,
    /// A text that can't be taken apart.
    Scans(TextError),
    /// A file of an evidence package that is not as the manifest says.
    Packaged(What),
    /// The manifest of an evidence package that the office did not sign; why.
    NotSigned(String),
    /// A folder without certificates.
    EmptyFolder,
    /// More files than are read in one run.
    TooManyFiles,
}

impl Unread {
    /// The code of the verdict.
    pub fn code(&self) -> Code {
        match self {
            Self::LookupCode => Code::NeedsLookup,
            Self::Empty => Code::FileIncomplete,
            Self::Packaged(_) => Code::FormatBad,
            Self::NotSigned(_) => Code::SigBad,
            _ => Code::NotRecognised,
        }
    }

    /// What is, and what to do.
    pub fn message(&self, lang: Lang) -> String {
        if let Self::System(words) = self {
            return format!("{}: {words}", lang.pick("无法读取", "could not be read"));
        }
        if let Self::NotSigned(why) = self {
            let (zh, en) =
                ("证据包清单的签名不成立", "the evidence package's manifest is not signed as it has to be");
            return format!("{}: {why}", lang.pick(zh, en));
        }
        if let Self::OtherPicture(kind) = self {
            let (zh, en) = (
                "不支持此图片格式，请另存为PNG或JPEG",
                "not a picture format that is read: save it as PNG or JPEG",
            );
            return format!("{kind}: {}", lang.pick(zh, en));
        }
        let (zh, en) = self.messages();
        lang.pick(zh, en).to_owned()
    }

    fn messages(&self) -> (&'static str, &'static str) {
        match self {
            Self::Empty => ("文件为空，请重新获取", "the file is empty: fetch it again"),
            Self::Packaged(What::Changed) => (
                "证据包中的这个文件与清单不符，已被改动",
                "this file of the evidence package was changed: the manifest says otherwise",
            ),
            Self::Packaged(What::Missing) => {
                ("证据包中缺少这个文件", "this file is missing in the evidence package")
            }
            Self::Packaged(What::Extra) => {
                ("这个文件不在证据包的清单中", "the evidence package's manifest does not name this file")
            }
            Self::Unknown | Self::System(_) | Self::OtherPicture(_) | Self::NotSigned(_) => {
                ("不是可识别的文件类型", "not a kind of file that is known here")
            }
            Self::TooLarge => ("文件过大，未读取", "too large a file, not read"),
            Self::Pdf(Why::TooLarge) => ("PDF文件过大，未读取", "too large a PDF, not read"),
            Self::Pdf(Why::Encrypted) => (
                "PDF文件已加密，无法读取证书附件，请索取原始电子文件",
                "the PDF is encrypted: ask for the file as the office made it",
            ),
            Self::Pdf(Why::SeveralAttachments) => (
                "PDF文件有多个附件，无法确定以哪个为准，请索取原始电子文件",
                "the PDF has several attachments: which is meant can't be told; ask for the file as the office made it",
            ),
            Self::Pdf(Why::Unreadable) => (
                "PDF文件的附件无法读取，请索取原始电子文件",
                "the PDF's attachment can't be read: ask for the file as the office made it",
            ),
            Self::Pdf(_) => (
                "PDF文件缺少证书附件，请索取原始电子文件，或核验二维码图片",
                "no certificate is attached to the PDF: ask for the file as the office made it, or check a picture of the QR code",
            ),
            Self::Svg => (
                "矢量图不在核验之列，请使用同名PNG图片",
                "a drawing is not read: use the PNG of the same name",
            ),
            Self::OfficeDocument => (
                "这是文档文件，请提供其中的证书文件或图片",
                "an office document: give the certificate or picture itself",
            ),
            Self::TrustBundle => ("这是信任名单，请用--trust指定", "a trust bundle: name it with --trust"),
            Self::StatusList => ("这是状态清单，请用--status指定", "a status list: name it with --status"),
            Self::Evidence => {
                ("这是单独的证明，请提供.xzc证书文件", "a proof without its certificate: give the .xzc file")
            }
            Self::Json => ("这是JSON文件，但不是证书", "JSON, but not a certificate"),
            Self::Text => ("文本中没有证书二维码内容", "no scanned certificate code in this text"),
            Self::NoCode => (
                "图片中没有可读的二维码，请对准二维码、平整纸面、在充足光线下重拍",
                "no QR code could be read: flatten the paper, light it evenly, take the picture closer",
            ),
            Self::OtherCodes => {
                ("图片中的二维码不是证书二维码", "the codes in the picture are not of a certificate")
            }
            Self::LookupCode => (
                "图片中只有窗口码或证书编号，需联网查询；离线请拍摄证书二维码",
                "only a window code or number in the picture: look it up online, or take a picture of the large QR code",
            ),
            Self::TooManyCodes => {
                ("图片中证书二维码过多，请分开拍摄", "too many certificate codes in one picture: split it")
            }
            Self::Picture(PictureError::TooLarge) => {
                ("图片过大，请缩小后再试", "the picture is too large: reduce it")
            }
            Self::Picture(PictureError::Damaged) => ("图片已损坏，无法打开", "the picture is damaged"),
            Self::Archive(ArchiveError::Damaged) => {
                ("压缩包已损坏，请重新获取", "the archive is damaged: fetch it again")
            }
            Self::Archive(ArchiveError::TooManyEntries) => {
                ("压缩包内文件过多，未读取", "too many entries in the archive, not read")
            }
            Self::Archive(ArchiveError::TooLarge) => {
                ("压缩包解压后过大，未读取", "the archive inflates to too much, not read")
            }
            Self::Archive(ArchiveError::NameTwice) => (
                "压缩包内有同名文件，无法确定以哪个为准",
                "two entries of one name: which is meant can't be told",
            ),
            Self::Archive(ArchiveError::Encrypted) => {
                ("压缩包已加密，请先解密", "protected by a password: unpack it first")
            }
            Self::Archive(ArchiveError::Method) => {
                ("压缩方式不受支持，请先解压", "compressed in an unknown way: unpack it first")
            }
            Self::EmptyArchive => ("压缩包内没有证书", "no certificate in the archive"),
            Self::NestedArchive => {
                ("压缩包嵌套过深，请先解压", "archives nested too deep: unpack them first")
            }
            Self::Scans(TextError::Bytes | TextError::Lines | TextError::Scans) => {
                ("文本过长，请分成多个文件", "too long a text: split it")
            }
            Self::EmptyFolder => ("文件夹内没有证书", "no certificate in the folder"),
            Self::TooManyFiles => {
                ("文件过多，其余未读取，请分批核验", "too many files, the rest was not read: verify in parts")
            }
        }
    }
}
