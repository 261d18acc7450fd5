//! Roles: what an account may do. An account has exactly one.

use serde::{Deserialize, Serialize};

use super::Scope;
use crate::refusal::Lang;

/// What an account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// 企业: sees and downloads its own certificates, asks for reports.
    Holder,
    /// 窗口: verifies certificates and gives receipts.
    Window,
    /// 操作员: submits documents and approves what needs no second person.
    Operator,
    /// 复核员: the second person (四眼).
    Reviewer,
    /// 审计员: reads the operator log.
    Auditor,
    /// 系统管理员: accounts, keys' dates, health.
    SystemAdministrator,
    /// 安全管理员: confirms accounts and roles, gives out API keys.
    SecurityAdministrator,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 7] = [
        Role::Holder,
        Role::Window,
        Role::Operator,
        Role::Reviewer,
        Role::Auditor,
        Role::SystemAdministrator,
        Role::SecurityAdministrator,
    ];

    /// The word for it in files, commands and the operator log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Holder => "holder",
            Role::Window => "window",
            Role::Operator => "operator",
            Role::Reviewer => "reviewer",
            Role::Auditor => "auditor",
            Role::SystemAdministrator => "system-administrator",
            Role::SecurityAdministrator => "security-administrator",
        }
    }

    /// The other way.
    pub fn parse(word: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == word)
    }

    /// The word on screens.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            Role::Holder => lang.pick("企业", "Holder"),
            Role::Window => lang.pick("窗口人员", "Window clerk"),
            Role::Operator => lang.pick("操作员", "Operator"),
            Role::Reviewer => lang.pick("复核员", "Reviewer"),
            Role::Auditor => lang.pick("审计员", "Auditor"),
            Role::SystemAdministrator => lang.pick("系统管理员", "System administrator"),
            Role::SecurityAdministrator => lang.pick("安全管理员", "Security administrator"),
        }
    }

    /// One of the three that no person holds two of (三员分立).
    pub const fn is_officer(self) -> bool {
        matches!(self, Role::Auditor | Role::SystemAdministrator | Role::SecurityAdministrator)
    }

    /// The administrator that has to confirm what this one proposed.
    pub const fn counterpart(self) -> Option<Role> {
        match self {
            Role::SystemAdministrator => Some(Role::SecurityAdministrator),
            Role::SecurityAdministrator => Some(Role::SystemAdministrator),
            _ => None,
        }
    }

    /// What a browser session of this role may ask of the machine API. Never `documents.submit` and `status.write`: they act
    /// at once, and what people do waits for a second person where the rule asks for one (四眼, `desk`).
    pub const fn scopes(self) -> &'static [Scope] {
        match self {
            Role::Window => &[Scope::VerificationsWrite, Scope::JobsWrite],
            Role::Operator | Role::Reviewer => {
                &[Scope::CertificatesRead, Scope::VerificationsWrite, Scope::JobsWrite]
            }
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_a_role_the_same_in_files() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Some(role));
            assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.as_str()));
        }
        assert_eq!(Role::parse("admin"), None);
    }

    #[test]
    fn nobody_issues_past_the_desk_with_a_session() {
        assert!(Role::ALL.iter().all(|role| !role.scopes().iter().any(|scope| scope.needs_two())));
    }
}
