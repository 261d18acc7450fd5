//! Which HTTP status goes with which refusal, and the title of each status.

use actix_web::http::StatusCode;
use notary::refusal::RefusalCode;
use verifier::text::Lang;

/// The status of a refusal. A code without a row is the server's fault, and a test finds it.
pub fn status_of(code: RefusalCode) -> StatusCode {
    row(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn row(code: RefusalCode) -> Option<StatusCode> {
    use RefusalCode as C;
    Some(match code {
        // What was sent can't be read.
        C::JsonSyntax
        | C::JsonCutOff
        | C::JsonUtf8
        | C::JsonKeyTwice
        | C::JsonNumber
        | C::JsonText
        | C::JsonDeep
        | C::IdempotencyKey
        | C::TableFile
        | C::TableEncoding
        | C::TableHeader
        | C::TableColumnTwice => StatusCode::BAD_REQUEST,
        C::JsonLarge | C::FileLarge | C::TableLarge | C::TableRows | C::CheckRows => {
            StatusCode::PAYLOAD_TOO_LARGE
        }
        // It can be read and says something that does not hold.
        C::RowWide
        | C::CellMissing
        | C::CellMisplaced
        | C::CellFault
        | C::CodeZeroLost
        | C::DateSerial
        | C::CommitmentTwice
        | C::CodeManySubjects
        | C::SubjectManyCodes
        | C::CodeInnerCheck
        | C::CheckColumns
        | C::CheckEmpty
        | C::CheckLater
        | C::CheckPerson
        | C::CheckCodeNeeded
        | C::CheckNotFound
        | C::CheckNone
        | C::CheckGuessed
        | C::CheckUnread
        | C::MomentAhead
        | C::ListUnusable
        | C::ReplacementOther
        | C::CopyPointer
        | C::AliasBad
        | C::CopyEmpty
        | C::CopyIncomplete
        | C::CalendarMissing
        | C::CalendarForm
        | C::DeadlineUnknown
        | C::DeskText
        | C::DraftKind
        | C::RequestHolder
        | C::RequestPeriod
        | C::ReceiptNumber
        | C::UnfulfilledUntold
        | C::GlyphMissing
        | C::PdfTooLong
        | C::SchemaUnknown
        | C::MemberUnknown
        | C::MemberMissing
        | C::MemberMisplaced
        | C::TypeWrong
        | C::TextLength
        | C::TextBytes
        | C::TextBlank
        | C::TextLine
        | C::WordUnknown
        | C::WordTwice
        | C::ListShort
        | C::ListLong
        | C::NumberRange
        | C::DateForm
        | C::InstantForm
        | C::AmountForm
        | C::RegionForm
        | C::ReportNoForm
        | C::CommitmentCodeForm
        | C::DigestForm
        | C::CodeLength
        | C::CodeCharacter
        | C::CodeCheck
        | C::CodeNotExact
        | C::CodeSpreadsheet
        | C::PersonIdForm
        | C::PersonIdDate
        | C::PersonIdCheck
        | C::PersonNameShort
        | C::DatesOrder
        | C::DatedLater
        | C::CounterDisagrees
        | C::RecordRepaired
        | C::ItemIdTwice
        | C::SubjectKind
        | C::PublicityPerson
        | C::RecordsMany
        | C::FileName
        | C::MediaType
        | C::CoreTooLong
        | C::StatusNotSettable
        | C::ReasonLength => StatusCode::UNPROCESSABLE_ENTITY,
        C::AccountName
        | C::PersonName
        | C::UnitName
        | C::HolderCode
        | C::OfficersApart
        | C::RoleUnknown
        | C::PasswordRules
        | C::PasswordCurrent
        | C::ApiKeyScopes
        | C::ApiKeyDays => StatusCode::UNPROCESSABLE_ENTITY,
        // A witness's ledgers and keys, and changes of the trust bundle: by commands, should one reach a page.
        C::WitnessExists | C::WitnessMissing | C::WitnessAwake | C::BackupExists => StatusCode::CONFLICT,
        C::WitnessLedgerUnknown => StatusCode::NOT_FOUND,
        C::WitnessName
        | C::WitnessKeyKind
        | C::WitnessOwnLedger
        | C::WitnessLedgersMany
        | C::CosignatureBad
        | C::WitnessHead
        | C::WitnessHeadsDiffer
        | C::TrustChange
        | C::TrustOlder
        | C::BackupBad
        | C::BackupOlder
        | C::BackupOther => StatusCode::UNPROCESSABLE_ENTITY,
        // Keys and anchors.
        C::AnchorUnknown | C::AnchorsNone => StatusCode::NOT_FOUND,
        C::KeyDates | C::KeyKnown | C::KeyUnknown | C::LastGoodUnknown => StatusCode::UNPROCESSABLE_ENTITY,
        C::KeySignerFailed | C::KeySignerRefused => StatusCode::SERVICE_UNAVAILABLE,
        C::KeySignerFile | C::AnchorBad | C::AnchorDamaged | C::AnchorWorkDamaged | C::AnchorProgress => {
            StatusCode::INTERNAL_SERVER_ERROR
        }
        C::LedgerSeenElsewhere => StatusCode::SERVICE_UNAVAILABLE,
        C::WitnessDamaged | C::TrustRootMissing => StatusCode::INTERNAL_SERVER_ERROR,
        // Commitments after they were made.
        C::CommitmentUnknown => StatusCode::NOT_FOUND,
        C::CommitmentOrder
        | C::CommitmentEnded
        | C::CommitmentNotPublic
        | C::CommitmentNotDue
        | C::CommitmentWindow => StatusCode::CONFLICT,
        C::CommitmentType
        | C::CommitmentItem
        | C::CommitmentField
        | C::CommitmentFieldOdd
        | C::CommitmentChannel
        | C::CommitmentNotSettled
        | C::SupplementLate
        | C::SearchShort
        | C::SearchPlace
        | C::TemplateDigest
        | C::TemplateUnknown
        | C::TemplateBad
        | C::ConditionCatchAll
        | C::MatterBad
        | C::MatterUnknown => StatusCode::UNPROCESSABLE_ENTITY,
        C::TemplateThere => StatusCode::CONFLICT,
        C::SignInRefused | C::OneTimeSpent | C::ApiKeyRefused => StatusCode::UNAUTHORIZED,
        C::FourEyes
        | C::RoleNotAllowed
        | C::ScopeMissing
        | C::OfficerAccount
        | C::ConfirmOther
        | C::AccountSelf => StatusCode::FORBIDDEN,
        C::SignInLocked => StatusCode::TOO_MANY_REQUESTS,
        C::ReceiptUnknown
        | C::DraftUnknown
        | C::RequestUnknown
        | C::ShowCodeUnknown
        | C::CertificateUnknown
        | C::BatchUnknown
        | C::EntryUnknown => StatusCode::NOT_FOUND,
        C::AccountUnknown | C::ApiKeyUnknown => StatusCode::NOT_FOUND,
        C::AccountNameTaken | C::NothingToConfirm | C::AccountNotSuspended | C::PeopleMany => {
            StatusCode::CONFLICT
        }
        C::DeskFull
        | C::DraftChanged
        | C::RequestClosed
        | C::Conflict
        | C::NotSealed
        | C::CheckEnded
        | C::StatusNotAllowed => StatusCode::CONFLICT,
        // What happened to a certificate meanwhile, and what is no event.
        C::EventOutOfOrder => StatusCode::CONFLICT,
        C::EventBad => StatusCode::UNPROCESSABLE_ENTITY,
        C::Erased | C::ContentWithdrawn => StatusCode::GONE,
        // Objections, credit repair, erasing.
        C::ObjectionUnknown | C::RepairUnknown | C::ErasingUnknown => StatusCode::NOT_FOUND,
        C::ObjectionChanged
        | C::ObjectionStep
        | C::ObjectionEnded
        | C::ObjectionsMany
        | C::CertificateInCase
        | C::RepairChanged
        | C::RepairKnown
        | C::RepairsMany
        | C::ErasingChanged
        | C::ErasingsMany => StatusCode::CONFLICT,
        C::ObjectionItem
        | C::ObjectionClaim
        | C::CorrectionHolder
        | C::CorrectionStatus
        | C::ItemUnderObjection
        | C::ItemRepaired
        | C::RepairItem
        | C::RepairItemAmbiguous
        | C::RepairWayMissing => StatusCode::UNPROCESSABLE_ENTITY,
        // The office can't now, and may be able to later.
        C::OfficeStopped
        | C::OfficeBusy
        | C::KeyNotInForce
        | C::NoRandomness
        | C::SignInBusy
        | C::DiskStopped
        | C::DiskStateUnknown
        | C::JournalFailed
        | C::IndexBusy => StatusCode::SERVICE_UNAVAILABLE,
        // The office is not as it must be.
        C::SelfCheckFailed
        | C::OfficeExists
        | C::OfficeMissing
        | C::OfficeConfig
        | C::ExampleKeys
        | C::TrustDamaged
        | C::CheckpointDamaged
        | C::StageDamaged
        | C::StageDiffers
        | C::DiskPath
        | C::DiskFileDiffers
        | C::DiskFileTooLarge
        | C::DiskFailed
        | C::IndexDamaged
        | C::IndexMisuse
        | C::IndexIo
        | C::JournalMissing
        | C::JournalDamaged
        | C::JournalBehind
        | C::JournalOtherOffice
        | C::JournalTooLarge
        | C::JournalKind
        | C::JournalPosition
        | C::JournalIo
        | C::KeyPassphrase
        | C::KeyPassphraseForm
        | C::KeyDamaged
        | C::KeyNotEncrypted
        | C::KeyMissing
        | C::KeyExists
        | C::KeyWrongUse
        | C::KeySignatureBad
        | C::KeyRandom
        | C::KeyIo
        | C::LedgerFileMissing
        | C::LedgerDamaged
        | C::LedgerRange
        | C::LedgerDisagrees
        | C::LockIo
        | C::VaultMissing
        | C::VaultDamaged
        | C::VaultOtherOffice
        | C::VaultSlotUnused
        | C::VaultSlotErased
        | C::VaultSlotDamaged
        | C::VaultSealBad
        | C::VaultRandom
        | C::VaultFailed
        | C::VaultIo
        | C::PeopleDamaged
        | C::PeopleKey
        | C::LogDamaged
        | C::LogObject => StatusCode::INTERNAL_SERVER_ERROR,
        _ => return None,
    })
}

/// What is told where the office itself is at fault, in Chinese and English.
pub fn own_fault(status: StatusCode) -> [&'static str; 2] {
    match status {
        StatusCode::SERVICE_UNAVAILABLE => [
            "本机构暂时不能受理；请稍后再试，仍有问题请把请求编号告诉管理员",
            "the office can't do this now; try again later, and if it goes on tell the administrator the request id",
        ],
        _ => [
            "本机构的系统出现故障，未作改动；请把请求编号告诉管理员",
            "the office's system failed and nothing was changed; tell the administrator the request id",
        ],
    }
}

/// The title of a status.
pub fn title(status: StatusCode, lang: Lang) -> &'static str {
    let (zh, en) = match status.as_u16() {
        400 => ("请求的格式不对", "Not well formed"),
        401 => ("需要登录", "Not signed in"),
        403 => ("无权限", "Not allowed"),
        404 => ("未找到", "Not found"),
        405 => ("不接受这种请求方法", "Method not allowed"),
        406 => ("没有所要求的格式", "Not acceptable"),
        408 => ("接收超时", "Too slow"),
        409 => ("与当前状态冲突", "Conflict"),
        410 => ("已删除", "Gone"),
        413 => ("内容过大", "Too large"),
        415 => ("内容类型不受支持", "Unsupported type"),
        422 => ("内容不符合要求", "Refused"),
        429 => ("查询过于频繁", "Too many requests"),
        431 => ("请求头过大", "Headers too large"),
        503 => ("暂时不能服务", "Not available now"),
        status if status >= 500 => ("服务故障", "Server failure"),
        _ => ("请求未被接受", "Not accepted"),
    };
    lang.pick(zh, en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_row() {
        let missing: Vec<_> = RefusalCode::ALL.iter().filter(|code| row(**code).is_none()).collect();
        assert!(missing.is_empty(), "no status for {missing:?}");
    }

    #[test]
    fn what_the_caller_can_mend_is_the_callers() {
        for (code, status) in [
            (RefusalCode::JsonKeyTwice, 400),
            (RefusalCode::CodeCheck, 422),
            (RefusalCode::Conflict, 409),
            (RefusalCode::Erased, 410),
            (RefusalCode::FileLarge, 413),
            (RefusalCode::CertificateUnknown, 404),
            (RefusalCode::OfficeStopped, 503),
            (RefusalCode::LedgerDisagrees, 500),
        ] {
            assert_eq!(status_of(code).as_u16(), status, "{code:?}");
        }
    }
}
