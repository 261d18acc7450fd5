//! What can be done or looked at: the words of the operator log. A code is frozen once released.

use crate::refusal::Lang;

macro_rules! actions {
    ($($variant:ident $code:literal $zh:literal $en:literal)+) => {
        /// What was done or looked at.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Action {
            $(#[doc = $en] $variant,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Action] = &[$(Action::$variant,)+];

            /// The code in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Action::$variant => $code,)+ }
            }

            /// The words on screens.
            pub fn word(self, lang: Lang) -> &'static str {
                match self { $(Action::$variant => lang.pick($zh, $en),)+ }
            }
        }
    };
}

actions! {
    // Signing in.
    SignedIn "signed-in" "登录" "signed in"
    SignedOut "signed-out" "退出" "signed out"
    PasswordSet "password-set" "设置密码" "set a password"
    // Accounts and keys of programs.
    AccountsViewed "accounts-viewed" "查看账号" "looked at the accounts"
    AccountAdded "account-added" "新增账号" "added an account"
    AccountConfirmed "account-confirmed" "确认账号或角色" "confirmed an account or role"
    AccountRejected "account-rejected" "驳回账号或角色" "turned down an account or role"
    RoleProposed "role-proposed" "提议变更角色" "proposed a role"
    PasswordReset "password-reset" "重置密码" "reset a password"
    AccountSuspended "account-suspended" "停用账号" "suspended an account"
    AccountResumed "account-resumed" "恢复账号" "resumed an account"
    ApiKeysViewed "api-keys-viewed" "查看接口密钥" "looked at the API keys"
    ApiKeyAdded "api-key-added" "新增接口密钥" "added an API key"
    ApiKeyRevoked "api-key-revoked" "吊销接口密钥" "revoked an API key"
    ApiKeyConfirmed "api-key-confirmed" "确认接口密钥" "confirmed an API key"
    ApiKeyRejected "api-key-rejected" "驳回接口密钥" "turned down an API key"
    LogViewed "log-viewed" "查看操作日志" "looked at the operator log"
    LogVerified "log-verified" "校验操作日志" "verified the operator log"
    // Documents and drafts.
    DocumentSubmitted "document-submitted" "提交文档" "submitted a document"
    CommitmentsExported "commitments-exported" "导出信用承诺" "exported commitments"
    ImportSent "import-sent" "上传导入表格" "sent a table to be imported"
    ImportViewed "import-viewed" "查看导入" "looked at an import"
    ImportConfirmed "import-confirmed" "确认导入" "confirmed an import"
    ImportTurnedDown "import-turned-down" "退回导入" "turned an import down"
    ImportCancelled "import-cancelled" "取消导入" "cancelled an import"
    CommitmentViewed "commitment-viewed" "查看信用承诺" "looked at commitments"
    CommitmentEvent "commitment-event" "记录承诺事件" "recorded an event of a commitment"
    DueViewed "due-viewed" "查看到期事项" "looked at what is due"
    CalendarImported "calendar-imported" "导入工作日历" "imported a calendar of working days"
    BackupMade "backup-made" "备份机构" "copied the office"
    BatchSealed "batch-sealed" "封存批次" "sealed a batch"
    DraftMade "draft-made" "新建草稿" "made a draft"
    DraftViewed "draft-viewed" "查看草稿" "looked at a draft"
    DraftChanged "draft-changed" "修改草稿" "changed a draft"
    DraftSent "draft-sent" "提交复核" "sent a draft to review"
    DraftApproved "draft-approved" "批准签发" "approved a draft"
    DraftReturned "draft-returned" "退回草稿" "returned a draft"
    DraftDropped "draft-dropped" "作废草稿" "dropped a draft"
    // Certificates.
    CertificateViewed "certificate-viewed" "查看证书" "looked at a certificate"
    CertificateDownloaded "certificate-downloaded" "下载证书" "downloaded a certificate"
    EvidenceMade "evidence-made" "制作证据包" "made an evidence package"
    AuditExported "audit-exported" "导出审计数据" "exported the documents for an audit"
    StatusSet "status-set" "变更证书状态" "changed a certificate's status"
    ListsImported "lists-imported" "收下其他机构的状态清单" "took in other offices' status lists"
    StatusPublished "status-published" "发布状态清单" "published status lists"
    DocumentErased "document-erased" "删除文档" "erased a document"
    HistoryViewed "history-viewed" "查看证书历程" "looked at a certificate's history"
    ErasureProposed "erasure-proposed" "提议删除文档" "proposed to erase a document"
    ErasureViewed "erasure-viewed" "查看删除提议" "looked at proposals to erase"
    ErasureApproved "erasure-approved" "批准删除文档" "approved erasing a document"
    ErasureRejected "erasure-rejected" "驳回删除提议" "turned down erasing a document"
    // Objections, repairs.
    ObjectionFiled "objection-filed" "提出异议" "filed an objection"
    ObjectionViewed "objection-viewed" "查看异议" "looked at objections"
    ObjectionAccepted "objection-accepted" "受理异议" "accepted an objection"
    ObjectionVerifying "objection-verifying" "异议核实，暂停使用" "began to verify an objection"
    ObjectionUpheld "objection-upheld" "异议成立" "upheld an objection"
    ObjectionRejected "objection-rejected" "异议不成立" "rejected an objection"
    ObjectionNoted "objection-noted" "异议标注" "noted an objection"
    ObjectionTakenBack "objection-taken-back" "撤回异议" "took an objection back"
    RepairViewed "repair-viewed" "查看信用修复" "looked at repairs"
    RepairPreviewed "repair-previewed" "查询修复所涉证书" "looked up what a repair affects"
    RepairProposed "repair-proposed" "登记信用修复" "entered a repair"
    RepairAccepted "repair-accepted" "受理信用修复" "accepted a repair"
    RepairRejected "repair-rejected" "不予信用修复" "turned down a repair"
    Repaired "repaired" "信用修复" "repaired"
    // Commitments after they were made.
    CommitmentsListed "commitments-listed" "查看承诺清单" "looked at lists of commitments"
    EligibilityViewed "eligibility-viewed" "查询告知承诺适用" "looked up who may commit itself"
    TemplateAdded "template-added" "登记承诺书样式" "registered a template of commitments"
    TemplatesSet "templates-set" "设置承诺书样式核对" "set how unknown templates are taken"
    MattersImported "matters-imported" "导入承诺事项清单" "imported matters of commitments"
    // Requests of holders, show-codes.
    RequestMade "request-made" "申请报告" "asked for a report"
    RequestViewed "request-viewed" "查看申请" "looked at a request"
    RequestAnswered "request-answered" "办结申请" "answered a request"
    ShowCodeMade "show-code-made" "亮证" "made a show-code"
    ShowCodeUsed "show-code-used" "核验亮证" "used a show-code"
    // Verifying.
    Verified "verified" "核验" "verified a certificate"
    ReceiptMade "receipt-made" "出具核验回执" "gave a receipt"
    ReceiptViewed "receipt-viewed" "查看核验回执" "looked at a receipt"
    JobStarted "job-started" "批量核验" "began a verification job"
    JobViewed "job-viewed" "查看批量核验" "looked at a verification job"
    JobDropped "job-dropped" "删除批量核验" "dropped a verification job"
    // Checking many, and copies with less in them.
    CheckMade "check-made" "批量核查" "checked many at one moment"
    CheckViewed "check-viewed" "查看批量核查结果" "looked at the answer of a check"
    CheckDropped "check-dropped" "删除批量核查" "dropped a check of many"
    TableImported "table-imported" "导入期限表、白名单或新旧代码" "imported deadlines, a whitelist, or old and new codes"
    CopyMade "copy-made" "制作部分出示的副本" "made a copy with less in it"
    // Witnesses and the trust bundle.
    WitnessMade "witness-made" "生成见证密钥" "made the key of a witness"
    WitnessedLedgersChanged "witnessed-ledgers-changed" "变更所见证的账本" "changed which ledgers are witnessed"
    WitnessWoken "witness-woken" "告知恢复后的见证方" "told a restored witness what it had cosigned"
    TrustChanged "trust-changed" "变更信任名单" "changed the trust bundle"
    KeyRotated "key-rotated" "轮换密钥" "rotated a key"
    KeyChangePrepared "key-change-prepared" "准备密钥变更待离线签署" "prepared a change of keys for an offline root"
    KeyCompromised "key-compromised" "登记密钥失密" "told that a key is compromised"
    // Anchors of the own ledger.
    ChainKeyMade "chain-key-made" "生成链上密钥" "made a key for chains"
    AnchorAsked "anchor-asked" "要求立即锚定" "asked to anchor the ledger now"
}

impl Action {
    /// The other way.
    pub fn parse(code: &str) -> Option<Action> {
        Action::ALL.iter().copied().find(|action| action.as_str() == code)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_distinct_plain_words() {
        let codes: BTreeSet<&str> = Action::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(codes.len(), Action::ALL.len());
        for action in Action::ALL {
            assert!(action.as_str().bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
            assert_eq!(Action::parse(action.as_str()), Some(*action));
        }
        assert_eq!(Action::parse("SIGNED-IN"), None);
    }
}
