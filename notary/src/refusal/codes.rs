//! The table of refusal codes: one row a code, with its two message templates.
//!
//! To add one: a row here, a row in `REFUSALS.md`. A code is frozen once released: its meaning never changes.
//! `{found}` is the value found, `{right}` what would be right; a template uses them or leaves them out.

use super::Lang;

macro_rules! refusal_codes {
    ($($variant:ident $code:literal $zh:literal $en:literal)+) => {
        /// Every code that a refusal can have. What each means and what to do: `REFUSALS.md`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum RefusalCode {
            $(#[doc = $en] $variant,)+
        }

        impl RefusalCode {
            /// Every code, in the order of the table.
            pub const ALL: &'static [RefusalCode] = &[$(RefusalCode::$variant,)+];

            /// The code as it stands in output.
            pub fn as_str(self) -> &'static str {
                match self { $(RefusalCode::$variant => $code,)+ }
            }

            /// The message, with `{found}` and `{right}` in it where values go.
            pub fn template(self, lang: Lang) -> &'static str {
                match (self, lang) {
                    $((RefusalCode::$variant, Lang::Zh) => $zh, (RefusalCode::$variant, Lang::En) => $en,)+
                }
            }
        }
    };
}

refusal_codes! {
    // Strict JSON (spec/json.md).
    JsonSyntax "JSON_SYNTAX"
        "不是合法的 JSON:{found}"
        "not JSON: {found}"
    JsonCutOff "JSON_CUT_OFF"
        "文件不完整，在中途结束；请重新传送整个文件"
        "the file ends before the document does; send the whole file again"
    JsonUtf8 "JSON_UTF8"
        "文件不是 UTF-8 编码（可能是 GBK）；请另存为 UTF-8（不带 BOM）"
        "the file is not UTF-8 (perhaps GBK); save it as UTF-8 without a byte order mark"
    JsonKeyTwice "JSON_KEY_TWICE"
        "同一字段出现了两次；请只保留一个"
        "the same member stands twice; keep one"
    JsonNumber "JSON_NUMBER"
        "数字只能是 ±(2^53−1) 以内的整数；金额请写成字符串，例如 \"1.2000\""
        "a number must be whole and within ±(2^53−1); write an amount as a string, such as \"1.2000\""
    JsonText "JSON_TEXT"
        "文字中含不允许的字符或未规范化：{found}；须为 NFC，不得含方向控制符、零宽字符、控制字符"
        "text with a character that is not allowed, or not in NFC: {found}; leave out direction marks, zero-width and control characters, and write it in NFC"
    JsonDeep "JSON_DEEP"
        "嵌套过深；最多 16 层"
        "nested too deep; 16 levels at most"
    JsonLarge "JSON_LARGE"
        "文件过大；JSON 文档最大 4 MiB"
        "too large; a JSON document has at most 4 MiB"

    // Shape (spec/document.md).
    SchemaUnknown "SCHEMA_UNKNOWN"
        "不认识的文档类型“{found}”；应为 {right}"
        "unknown schema \"{found}\"; it must be {right}"
    MemberUnknown "MEMBER_UNKNOWN"
        "不认识的字段“{found}”；此处的字段有：{right}"
        "unknown member \"{found}\"; the members here are: {right}"
    MemberMissing "MEMBER_MISSING"
        "缺少字段“{right}”"
        "the member \"{right}\" is missing"
    MemberMisplaced "MEMBER_MISPLACED"
        "字段“{found}”不能用在这里；仅适用于：{right}"
        "the member \"{found}\" does not go here; it goes with: {right}"
    TypeWrong "TYPE_WRONG"
        "值的类型不对：为 {found}，应为 {right}"
        "a value of the wrong type: {found}, it must be {right}"
    TextLength "TEXT_LENGTH"
        "文字长度不符：{found} 个字符，应为 {right}"
        "text of {found} characters; it must have {right}"
    TextBytes "TEXT_BYTES"
        "名称过长：UTF-8 编码 {found} 字节，最多 {right} 字节"
        "the name is too long: {found} bytes of UTF-8, at most {right}"
    TextBlank "TEXT_BLANK"
        "文字只有空白"
        "the text is nothing but white space"
    TextLine "TEXT_LINE"
        "名称应为一行，不得含换行或制表符，首尾不得有空白"
        "a name is one line, without line breaks, tabs, or white space at its ends"
    WordUnknown "WORD_UNKNOWN"
        "不认识的取值“{found}”；应为其中之一：{right}"
        "unknown word \"{found}\"; it must be one of: {right}"
    WordTwice "WORD_TWICE"
        "同一取值“{found}”列了两次"
        "the word \"{found}\" stands twice in the list"
    ListShort "LIST_SHORT"
        "列表不能为空"
        "the list needs at least one element"
    ListLong "LIST_LONG"
        "列表有 {found} 项，最多 {right} 项"
        "the list has {found} elements, at most {right}"
    NumberRange "NUMBER_RANGE"
        "计数 {found} 超出范围；应为 {right}"
        "the count {found} is out of range; it must be {right}"
    DateForm "DATE_FORM"
        "日期“{found}”不对；应为实际存在的日期，写作 YYYY-MM-DD，1900 至 9999 年"
        "\"{found}\" is no date; write a real day of 1900 to 9999 as YYYY-MM-DD"
    InstantForm "INSTANT_FORM"
        "时间“{found}”不对；应写作 YYYY-MM-DDThh:mm:ss+08:00，1970 至 9999 年"
        "\"{found}\" is no instant; write YYYY-MM-DDThh:mm:ss+08:00, of 1970 to 9999"
    AmountForm "AMOUNT_FORM"
        "金额“{found}”不对；应为字符串，1 至 12 位整数，可有 1 至 6 位小数，单位万元"
        "\"{found}\" is no amount; write 1 to 12 digits and perhaps a point and 1 to 6 digits, in ten thousand yuan"
    RegionForm "REGION_FORM"
        "行政区划代码“{found}”不对；应为 6 位数字"
        "\"{found}\" is no region code; it has 6 digits"
    ReportNoForm "REPORT_NO_FORM"
        "报告编号“{found}”不对；应为 22 位：14 位年月日时分秒和 8 位数字或大写字母"
        "\"{found}\" is no report number; it has 22 characters: a local time as 14 digits, and 8 of 0-9 A-Z"
    CommitmentCodeForm "COMMITMENT_CODE_FORM"
        "承诺编码“{found}”不对；应为 20 位数字"
        "\"{found}\" is no commitment code; it has 20 digits"
    DigestForm "DIGEST_FORM"
        "摘要“{found}”不对；应为 sha256: 或 sm3: 加 64 位小写十六进制"
        "\"{found}\" is no digest; write sha256: or sm3: and 64 lower-case hex digits"

    // Unified social credit codes (GB 32100-2015).
    CodeLength "CODE_LENGTH"
        "统一社会信用代码应为 18 位，现为 {found} 位"
        "a unified social credit code has 18 characters, this one has {found}"
    CodeCharacter "CODE_CHARACTER"
        "统一社会信用代码含非法字符：{found}；可用字符或提示：{right}"
        "a unified social credit code cannot have {found}; allowed, or a hint: {right}"
    CodeCheck "CODE_CHECK"
        "统一社会信用代码的校验位不符：末位为 {found}，按前 17 位应为 {right}；请对照证照逐位核对"
        "the code's check character is wrong: {found}, by the 17 before it {right}; compare every character with the licence"
    CodeNotExact "CODE_NOT_EXACT"
        "统一社会信用代码须为半角大写，不含空格或横线；应写作 {right}"
        "write the code in half-width upper case without spaces or dashes: {right}"
    CodeSpreadsheet "CODE_SPREADSHEET"
        "代码已被电子表格改成数值“{found}”；请把该列设为文本后重新填写"
        "a spreadsheet has turned the code into the number {found}; make the column text and fill it in again"

    // ID numbers (GB 11643-1999). These messages never repeat the value.
    PersonIdForm "PERSON_ID_FORM"
        "公民身份号码应为 18 位：17 位数字和一位数字或大写 X"
        "an ID number has 18 characters: 17 digits and one digit or upper-case X"
    PersonIdDate "PERSON_ID_DATE"
        "公民身份号码第 7 至 14 位不是 1900 年以来、今日以前的实际日期"
        "characters 7 to 14 of the ID number are no real day from 1900 to today"
    PersonIdCheck "PERSON_ID_CHECK"
        "公民身份号码的校验位不符；请对照证件逐位核对"
        "the ID number's check character is wrong; compare every character with the card"
    PersonNameShort "PERSON_NAME_SHORT"
        "自然人姓名至少 2 个字符，否则无法掩码"
        "a person's name has at least 2 characters, else it cannot be masked"

    // Rules between values (spec/document.md).
    DatesOrder "DATES_ORDER"
        "日期先后不符：{found}；应为 {right}"
        "dates in the wrong order: {found}; it must be {right}"
    DatedLater "DATED_LATER"
        "文档日期 {found} 晚于当前时间 {right}；请核对日期和本机时钟"
        "dated {found}, later than now, {right}; check the date and this machine's clock"
    CounterDisagrees "COUNTER_DISAGREES"
        "计数与所列记录不符：填 {found}，应为 {right}"
        "the counter disagrees with the records listed: {found} given, {right} counted"
    RecordRepaired "RECORD_REPAIRED"
        "所列记录已完成信用修复，本模板不展示已修复记录；请从报告中移除"
        "the record is flagged REPAIRED and this template does not show repaired records; take it out of the report"
    ItemIdTwice "ITEM_ID_TWICE"
        "记录编号“{found}”重复；首次出现在 {right}"
        "the item_id \"{found}\" stands twice; first at {right}"
    SubjectKind "SUBJECT_KIND"
        "主体类别 {found} 与文档类别不符；应为 {right}"
        "the subject's kind {found} does not go with this kind of document; it must be {right}"
    PublicityPerson "PUBLICITY_PERSON"
        "自然人的承诺不得公开；应为 {right}"
        "a natural person's commitment is never PUBLIC; it must be {right}"
    RecordsMany "RECORDS_MANY"
        "文档分为 {found} 条记录，最多 {right} 条；请缩小查询范围或分成几份"
        "the document splits into {found} records, at most {right}; narrow the query or divide it"

    // Files.
    FileName "FILE_NAME"
        "文件名不能使用：{found}；应为 1 至 200 个字符，不含目录"
        "the file name cannot be used: {found}; it has 1 to 200 characters and no directory part"
    FileLarge "FILE_LARGE"
        "文件 {found} 字节，最大 {right} 字节"
        "the file has {found} bytes, at most {right}"
    MediaType "MEDIA_TYPE"
        "媒体类型“{found}”不对；应如 application/pdf"
        "\"{found}\" is no media type; write it as in application/pdf"

    // Issuing.
    CoreTooLong "CORE_TOO_LONG"
        "证书核心超出长度限制：{found}；请缩短，或不生成二维码（{right}）"
        "the certificate's core is too long: {found}; shorten it, or issue without a QR code ({right})"
    SelfCheckFailed "SELF_CHECK_FAILED"
        "签发前自检未通过，未签发任何证书：{found}；请联系技术支持并保留现场"
        "our own check before issuing failed and nothing was issued: {found}; keep everything as it is and ask for support"

    // Repetitions.
    Conflict "CONFLICT"
        "已用于内容不同的文档，对应证书 {found}；更正后的报告请使用新编号"
        "already used for other bytes, certificate {found}; give a corrected document its own number"
    IdempotencyKey "IDEMPOTENCY_KEY"
        "幂等键长度应为 1 至 {right} 个字符"
        "an idempotency key has 1 to {right} characters"

    // The office.
    OfficeExists "OFFICE_EXISTS"
        "目录已有内容；请另选一个空目录"
        "there is something in the folder already; name an empty one"
    OfficeMissing "OFFICE_MISSING"
        "此处没有签发机构的数据；先运行 init，或检查路径"
        "there is no office here; run init, or check the path"
    OfficeConfig "OFFICE_CONFIG"
        "机构设置不对：{found}"
        "the office's settings are wrong: {found}"
    OfficeStopped "OFFICE_STOPPED"
        "因先前的故障已停止受理；请查看日志后重新启动"
        "stopped after an earlier failure; look at the log and start again"
    ExampleKeys "EXAMPLE_KEYS"
        "这是公开的示例密钥，任何人都有；只能用于演示和测试"
        "these are the published example keys, which everybody has; they are for demo and tests"
    KeyNotInForce "KEY_NOT_IN_FORCE"
        "密钥在 {found} 不在有效期内，不能签发"
        "the key is not in force at {found}"
    TrustDamaged "TRUST_DAMAGED"
        "信任名单文件损坏：{found}"
        "the trust bundle is damaged: {found}"
    CheckpointDamaged "CHECKPOINT_DAMAGED"
        "已公布的账本头不是本机构所签：{found}"
        "the published checkpoint is not one that this office signed: {found}"
    StageDamaged "STAGE_DAMAGED"
        "待封存批次的暂存文件损坏；请勿删除，联系技术支持"
        "the staged batch is damaged; do not delete it, ask for support"
    StageDiffers "STAGE_DIFFERS"
        "暂存的批次与日志不符；请勿删除，联系技术支持"
        "the staged batch does not follow from the journal; do not delete it, ask for support"

    // Certificates and status.
    CertificateUnknown "CERTIFICATE_UNKNOWN"
        "未查到证书 {found}"
        "there is no certificate {found}"
    BatchUnknown "BATCH_UNKNOWN"
        "没有第 {found} 批；现有 {right} 批，从 0 起编号"
        "there is no batch {found}; there are {right}, counted from 0"
    EntryUnknown "ENTRY_UNKNOWN"
        "账本中没有第 {found} 条；现有 {right} 条，从 0 起编号"
        "the ledger has no entry {found}; it has {right}, counted from 0"
    NotSealed "NOT_SEALED"
        "证书 {found} 尚未封存入批；请先封存批次"
        "certificate {found} is not sealed yet; seal the batch first"
    Erased "ERASED"
        "证书 {found} 的文档已删除，无法再出具"
        "the document of certificate {found} was erased"
    StatusNotAllowed "STATUS_NOT_ALLOWED"
        "状态不能由“{found}”变为“{right}”"
        "the status can't go from {found} to {right}"
    StatusNotSettable "STATUS_NOT_SETTABLE"
        "此版本只能设置以下状态：{right}"
        "this version can set only: {right}"
    ReasonLength "REASON_LENGTH"
        "请填写原因，1 至 {right} 个字符"
        "give a reason of 1 to {right} characters"
    NoRandomness "NO_RANDOMNESS"
        "系统没有提供随机数；未签发任何证书"
        "the system gave no random bytes; nothing was issued"

    // People, sessions and the operator log.
    AccountName "ACCOUNT_NAME"
        "登录名不对；应为 3 至 32 个字符，以字母开头，只用 {right}"
        "not a sign-in name: 3 to 32 of {right}, the first a letter"
    AccountNameTaken "ACCOUNT_NAME_TAKEN"
        "登录名已被使用；请换一个"
        "somebody has this sign-in name; choose another"
    PersonName "PERSON_NAME"
        "姓名或名称不对；应为 1 至 {right} 个可见字符，一行"
        "not a name: 1 to {right} visible characters on one line"
    UnitName "UNIT_NAME"
        "单位名称不对；应为 1 至 {right} 个可见字符，一行"
        "not a unit's name: 1 to {right} visible characters on one line"
    HolderCode "HOLDER_CODE"
        "企业账号须填统一社会信用代码，其他角色不得填写"
        "a holder's account has a unified social credit code, and no other account has one"
    OfficersApart "OFFICERS_APART"
        "三员分立：此人已有系统管理员、安全管理员或审计员账号 {found}"
        "system administrator, security administrator and auditor are different people; this person has account {found}"
    OfficerAccount "OFFICER_ACCOUNT"
        "系统管理员、安全管理员和审计员的账号须在本机用 xinzheng account 管理"
        "accounts of the three officers are managed with xinzheng account on the office's own computer"
    ConfirmOther "CONFIRM_OTHER"
        "须由另一类管理员确认，不能由提出人或本人确认"
        "an administrator of the other kind has to confirm this, neither who proposed it nor whom it is about"
    NothingToConfirm "NOTHING_TO_CONFIRM"
        "此账号没有待确认的事项，或尚待确认"
        "the account has nothing that waits, or is itself still waiting to be confirmed"
    AccountUnknown "ACCOUNT_UNKNOWN"
        "没有这个账号，或其间已有变动；请刷新后再试"
        "there is no such account, or it has changed meanwhile; look again"
    AccountSelf "ACCOUNT_SELF"
        "不能对自己的账号这样做"
        "nobody does this to an own account"
    AccountNotSuspended "ACCOUNT_NOT_SUSPENDED"
        "账号没有停用"
        "the account is not suspended"
    RoleUnknown "ROLE_UNKNOWN"
        "没有这种角色；应为其中之一：{right}"
        "there is no such role; it must be one of: {right}"
    RoleNotAllowed "ROLE_NOT_ALLOWED"
        "无权限"
        "not allowed for your role"
    PeopleMany "PEOPLE_MANY"
        "数量已达上限 {right}"
        "there are {right} already, the most that there can be"
    SignInRefused "SIGN_IN_REFUSED"
        "登录名或密码不正确，或账号未启用"
        "wrong name or password, or an account that is not in use"
    SignInLocked "SIGN_IN_LOCKED"
        "尝试次数过多，请 {right} 分钟后再试"
        "too many attempts; try again in {right} minutes"
    SignInBusy "SIGN_IN_BUSY"
        "登录的人太多，请稍后再试"
        "too many are signing in; try again in a moment"
    SignInNeeded "SIGN_IN_NEEDED"
        "请先登录"
        "sign in first"
    OneTimeSpent "ONE_TIME_SPENT"
        "一次性密码已使用或已过期；请管理员重置"
        "the one-time password was used or has run out; ask an administrator for a new one"
    PasswordRules "PASSWORD_RULES"
        "密码不符合要求：至少 12 个字符，不含姓名或登录名，不能是重复或连续的字符（{right}）"
        "not a good password: at least 12 characters, without your names, not repeated or in a row ({right})"
    PasswordCurrent "PASSWORD_CURRENT"
        "当前密码不正确"
        "the current password is wrong"
    FormExpired "FORM_EXPIRED"
        "页面已过期或来源不对；请返回、刷新后再提交"
        "the form is too old or not from here; go back, reload, and send it again"
    ApiKeyRefused "API_KEY_REFUSED"
        "接口密钥无效、已吊销或已过期"
        "no such API key, or it was revoked or has run out"
    ApiKeyUnknown "API_KEY_UNKNOWN"
        "没有这个接口密钥"
        "there is no such API key"
    ApiKeyScopes "API_KEY_SCOPES"
        "请选择密钥的权限，可选：{right}"
        "choose what the key may do, from: {right}"
    ApiKeyDays "API_KEY_DAYS"
        "有效天数应为 {right}"
        "the key counts for {right} days"
    ScopeMissing "SCOPE_MISSING"
        "无权限：需要 {right}"
        "not allowed: it needs {right}"
    PeopleDamaged "PEOPLE_DAMAGED"
        "账号数据损坏，未作改动；请从备份恢复：{found}"
        "the accounts are damaged, nothing was changed; restore them from a backup: {found}"
    PeopleKey "PEOPLE_KEY"
        "账号数据由另一把账本密钥封存：{found}"
        "the accounts are sealed under another ledger key: {found}"
    LogDamaged "LOG_DAMAGED"
        "操作日志损坏或被改动，未作改动；请保留现场：{found}"
        "the operator log is damaged or was altered, nothing was changed; keep it as it is: {found}"
    LogObject "LOG_OBJECT"
        "操作日志只记编号（程序错误）"
        "the operator log takes numbers only (a fault of the program)"

    // The disk: what is wrong and where, in the part's own words.
    DiskPath "DISK_PATH"
        "路径不合法：{found}"
        "{found}"
    DiskFileDiffers "DISK_FILE_DIFFERS"
        "不可更改的文件已存在且内容不同，未作改动：{found}"
        "{found}"
    DiskFileTooLarge "DISK_FILE_TOO_LARGE"
        "文件过大：{found}"
        "{found}"
    DiskFailed "DISK_FAILED"
        "磁盘操作失败，未作改动：{found}"
        "{found}"
    DiskStateUnknown "DISK_STATE_UNKNOWN"
        "磁盘写入结果不明，已停止；请检查磁盘后重新启动：{found}"
        "{found}"
    DiskStopped "DISK_STOPPED"
        "先前磁盘故障，已停止；请重新启动：{found}"
        "{found}"

    // The index: what is wrong and where, in the part's own words.
    IndexDamaged "INDEX_DAMAGED"
        "索引损坏；重新启动时会由日志重建：{found}"
        "{found}"
    IndexBusy "INDEX_BUSY"
        "索引被另一进程占用：{found}"
        "{found}"
    IndexMisuse "INDEX_MISUSE"
        "索引的用法不对（程序错误）：{found}"
        "{found}"
    IndexIo "INDEX_IO"
        "索引读写失败：{found}"
        "{found}"

    // The journal: what is wrong and where, in the part's own words.
    JournalMissing "JOURNAL_MISSING"
        "没有日志：{found}"
        "{found}"
    JournalDamaged "JOURNAL_DAMAGED"
        "日志损坏，未作改动；请从备份恢复：{found}"
        "{found}"
    JournalBehind "JOURNAL_BEHIND"
        "日志比已公布的账本旧，已停止签发；请恢复最新的日志：{found}"
        "{found}"
    JournalOtherOffice "JOURNAL_OTHER_OFFICE"
        "日志属于另一机构：{found}"
        "{found}"
    JournalFailed "JOURNAL_FAILED"
        "日志写入失败，已停止；请检查磁盘后重新启动：{found}"
        "{found}"
    JournalTooLarge "JOURNAL_TOO_LARGE"
        "记录过大：{found}"
        "{found}"
    JournalKind "JOURNAL_KIND"
        "记录类型不对（程序错误）：{found}"
        "{found}"
    JournalPosition "JOURNAL_POSITION"
        "日志中没有这条记录：{found}"
        "{found}"
    JournalIo "JOURNAL_IO"
        "日志读写失败：{found}"
        "{found}"

    // Keys: what is wrong and where, in the part's own words.
    KeyPassphrase "KEY_PASSPHRASE"
        "口令不对：{found}"
        "{found}"
    KeyPassphraseForm "KEY_PASSPHRASE_FORM"
        "口令的形式不对：{found}"
        "{found}"
    KeyDamaged "KEY_DAMAGED"
        "密钥文件损坏，未作改动；请从备份恢复：{found}"
        "{found}"
    KeyNotEncrypted "KEY_NOT_ENCRYPTED"
        "密钥文件未加密，拒绝使用：{found}"
        "{found}"
    KeyMissing "KEY_MISSING"
        "没有密钥文件：{found}"
        "{found}"
    KeyExists "KEY_EXISTS"
        "密钥文件已存在，未作改动：{found}"
        "{found}"
    KeyWrongUse "KEY_WRONG_USE"
        "密钥不能用于此目的：{found}"
        "{found}"
    KeySignatureBad "KEY_SIGNATURE_BAD"
        "刚做出的签名无法验证，已停止；请检查机器：{found}"
        "{found}"
    KeyRandom "KEY_RANDOM"
        "系统没有提供随机数：{found}"
        "{found}"
    KeyIo "KEY_IO"
        "密钥文件读写失败：{found}"
        "{found}"

    // The ledger: what is wrong and where, in the part's own words.
    LedgerFileMissing "LEDGER_FILE_MISSING"
        "账本缺少文件；请从镜像恢复：{found}"
        "{found}"
    LedgerDamaged "LEDGER_DAMAGED"
        "账本文件损坏，未作改动；请从镜像恢复：{found}"
        "{found}"
    LedgerRange "LEDGER_RANGE"
        "账本中没有这个范围（程序错误）：{found}"
        "{found}"
    LedgerDisagrees "LEDGER_DISAGREES"
        "两次独立计算结果不一致，未签名，已停止；请检查机器：{found}"
        "{found}"

    // The lock: what is wrong and where, in the part's own words.
    OfficeBusy "OFFICE_BUSY"
        "另一进程正在使用该机构的数据：{found}"
        "{found}"
    LockIo "LOCK_IO"
        "锁文件读写失败：{found}"
        "{found}"

    // The documents' keys: what is wrong and where, in the part's own words.
    VaultMissing "VAULT_MISSING"
        "没有文档密钥文件：{found}"
        "{found}"
    VaultDamaged "VAULT_DAMAGED"
        "文档密钥文件损坏，未作改动：{found}"
        "{found}"
    VaultOtherOffice "VAULT_OTHER_OFFICE"
        "文档密钥文件属于另一机构：{found}"
        "{found}"
    VaultSlotUnused "VAULT_SLOT_UNUSED"
        "文档密钥从未写入：{found}"
        "{found}"
    VaultSlotErased "VAULT_SLOT_ERASED"
        "文档密钥已删除：{found}"
        "{found}"
    VaultSlotDamaged "VAULT_SLOT_DAMAGED"
        "文档密钥损坏：{found}"
        "{found}"
    VaultSealBad "VAULT_SEAL_BAD"
        "密封的记录无法打开：{found}"
        "{found}"
    VaultRandom "VAULT_RANDOM"
        "系统没有提供随机数：{found}"
        "{found}"
    VaultFailed "VAULT_FAILED"
        "文档密钥写入失败，已停止：{found}"
        "{found}"
    VaultIo "VAULT_IO"
        "文档密钥文件读写失败：{found}"
        "{found}"
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_distinct_words_of_capitals() {
        let codes: BTreeSet<_> = RefusalCode::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(codes.len(), RefusalCode::ALL.len());
        for code in codes {
            assert!(
                code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'),
                "{code}"
            );
        }
    }

    #[test]
    fn both_languages_use_the_same_values() {
        for code in RefusalCode::ALL {
            let (zh, en) = (code.template(Lang::Zh), code.template(Lang::En));
            for hole in ["{found}", "{right}"] {
                assert_eq!(zh.contains(hole), en.contains(hole), "{} {hole}", code.as_str());
            }
        }
    }

    #[test]
    fn refusals_md_lists_exactly_these_codes_in_this_order() {
        // The codes of commands come last, and are `cli`'s.
        let (page, _) = include_str!("../../REFUSALS.md").split_once("\n## Commands\n").unwrap();
        let rows: Vec<Vec<&str>> = page
            .lines()
            .filter(|line| line.starts_with("| `"))
            .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
            .collect();
        for row in &rows {
            assert!(row.len() == 3 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        }
        let listed: Vec<&str> = rows.iter().map(|row| row[0].trim_matches('`')).collect();
        let codes: Vec<&str> = RefusalCode::ALL.iter().map(|c| c.as_str()).collect();
        assert_eq!(listed, codes);
    }
}
