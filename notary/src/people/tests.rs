//! People in an office of their own folder: who may be what, signing in, what a copied folder shows.

use std::sync::Mutex;

use verifier::key::{KeyName, VerifierKey};
use verifier::time::Time;

use super::*;
use crate::keys::{KeyError, KeyFile, KeyUse, Passphrase, Signer, SignerFault};
use crate::office::Spare;

const CODE: &str = "91619900MA0DEM021U";

/// A clock that is set.
struct Hands(Mutex<u64>);

impl Clock for Hands {
    fn now(&self) -> Time {
        Time::new(*self.0.lock().unwrap()).unwrap()
    }
}

struct House {
    dir: tempfile::TempDir,
    signer: Arc<KeyFile>,
    hands: Arc<Hands>,
}

impl House {
    fn new() -> House {
        let dir = tempfile::tempdir().unwrap();
        let name = KeyName::parse("credit.example.gov.cn/ledger").unwrap();
        let passphrase = Arc::new(Passphrase::new("test").unwrap());
        let signer =
            KeyFile::generate(&dir.path().join("keys"), KeyUse::Ledger, &name, passphrase, 1000).unwrap();
        House { dir, signer: Arc::new(signer), hands: Arc::new(Hands(Mutex::new(1_795_000_000))) }
    }

    fn open(&self) -> Result<People, Refusal> {
        self.open_with(&[&self.signer], &[&self.signer])
    }

    /// Opened where these ledger keys are there, of which the second ones last.
    fn open_with(&self, here: &[&Arc<KeyFile>], lasting: &[&Arc<KeyFile>]) -> Result<People, Refusal> {
        let keys = keys(here, lasting);
        People::open(self.dir.path(), [7; 32], &keys, self.hands.clone(), &mut Vec::new())
    }

    /// One more ledger key.
    fn another(&self) -> Arc<KeyFile> {
        let (name, dir) = (self.signer.key().name(), self.dir.path().join("keys"));
        let passphrase = Arc::new(Passphrase::new("test").unwrap());
        Arc::new(KeyFile::generate(&dir, KeyUse::Ledger, name, passphrase, 1000).unwrap())
    }

    fn pass(&self, seconds: u64) {
        *self.hands.0.lock().unwrap() += seconds;
    }
}

fn keys(here: &[&Arc<KeyFile>], lasting: &[&Arc<KeyFile>]) -> PeopleKeys {
    PeopleKeys {
        all: here.iter().map(|key| Arc::clone(*key) as Arc<dyn Signer>).collect(),
        wanted: lasting.iter().map(|key| key.key().clone()).collect(),
        spare: None,
    }
}

fn new(name: &str, person: &str, role: Role) -> NewAccount {
    let code = (role == Role::Holder).then_some(CODE);
    NewAccount::new(name, person, "政务服务中心", role, code).unwrap()
}

fn officer(account: &Account) -> Officer {
    Officer { id: account.id(), role: account.role() }
}

fn refused<T>(result: Result<T, Refusal>) -> RefusalCode {
    match result {
        Ok(_) => panic!("it was allowed"),
        Err(refusal) => refusal.code(),
    }
}

#[test]
fn a_one_time_password_lets_in_once_and_an_own_one_from_then_on() {
    let house = House::new();
    let people = house.open().unwrap();
    let (account, password) = people.add(new("window-1", "王芳", Role::Window)).unwrap();
    assert_eq!(refused(people.sign_in("window-1", "something else", "a")), RefusalCode::SignInRefused);
    let signed_in = people.sign_in("Window-1", password.as_str(), "a").unwrap();
    assert!(signed_in.must_change);
    assert_eq!(refused(people.sign_in("window-1", password.as_str(), "a")), RefusalCode::OneTimeSpent);

    let generation = signed_in.account.generation();
    let set = |password: &str| people.set_password(account.id(), generation, None, password, "a");
    assert_eq!(refused(set("short")), RefusalCode::PasswordRules);
    assert_eq!(refused(set("my name is 王芳, yes")), RefusalCode::PasswordRules);
    assert_eq!(refused(set(password.as_str())), RefusalCode::PasswordRules, "not the one that was given out");
    let changed = set("correct horse battery").unwrap();
    assert!(changed.generation() > generation && !changed.must_change());
    assert_eq!(refused(set("another good phrase")), RefusalCode::AccountUnknown, "the session has ended");

    drop(people);
    let people = house.open().unwrap();
    assert!(!people.sign_in("window-1", "correct horse battery", "b").unwrap().must_change);
    assert_eq!(refused(people.sign_in("window-1", password.as_str(), "b")), RefusalCode::SignInRefused);
    let change = |current, next| people.set_password(account.id(), changed.generation(), current, next, "b");
    assert_eq!(refused(change(None, "another good phrase")), RefusalCode::PasswordCurrent);
    assert_eq!(refused(change(Some("wrong"), "another good phrase")), RefusalCode::PasswordCurrent);
    change(Some("correct horse battery"), "another good phrase").unwrap();
}

#[test]
fn a_one_time_password_runs_out() {
    let house = House::new();
    let people = house.open().unwrap();
    let (_, password) = people.add(new("window-1", "王芳", Role::Window)).unwrap();
    house.pass(ONE_TIME_LASTS);
    assert_eq!(refused(people.sign_in("window-1", password.as_str(), "a")), RefusalCode::OneTimeSpent);
}

#[test]
fn unknown_names_and_suspended_accounts_get_the_same_answer_and_the_same_lockout() {
    let house = House::new();
    let people = house.open().unwrap();
    let (account, password) = people.add(new("window-1", "王芳", Role::Window)).unwrap();
    people.suspend(None, account.id()).unwrap();
    let answers = |name: &str, password: &str| -> Vec<String> {
        (0..=FAILURES_MAX).map(|_| people.sign_in(name, password, name).unwrap_err().to_string()).collect()
    };
    let nobody = answers("nobody-here", "x");
    assert_eq!(nobody, answers("window-1", password.as_str()), "the right password of a suspended account");
    assert_eq!(nobody, answers("<b>", "x"), "no name at all");
    assert!(nobody[0].starts_with("SIGN_IN_REFUSED") && nobody.last().unwrap().starts_with("SIGN_IN_LOCKED"));
    people.resume(None, account.id()).unwrap();
    assert_eq!(refused(people.sign_in("window-1", password.as_str(), "window-1")), RefusalCode::SignInLocked);
    house.pass(LOCKED_FOR);
    people.sign_in("window-1", password.as_str(), "window-1").unwrap();
}

#[test]
fn three_officers_are_three_people() {
    let house = House::new();
    let people = house.open().unwrap();
    let (system, _) = people.add(new("sysadmin", "张伟", Role::SystemAdministrator)).unwrap();
    for role in [Role::SecurityAdministrator, Role::Auditor, Role::SystemAdministrator] {
        assert_eq!(refused(people.add(new("second", "张 伟", role))), RefusalCode::OfficersApart);
        assert_eq!(
            refused(people.propose(officer(&system), new("second", "张伟", role))),
            RefusalCode::OfficersApart
        );
    }
    people.suspend(None, system.id()).unwrap();
    assert_eq!(
        refused(people.add(new("second", "张伟", Role::Auditor))),
        RefusalCode::OfficersApart,
        "suspended counts: it can come back"
    );
    let (clerk, _) = people.add(new("zhang-w", "张伟", Role::Window)).unwrap();
    let (security, _) = people.add(new("secadmin", "李娜", Role::SecurityAdministrator)).unwrap();
    assert_eq!(
        refused(people.propose_role(officer(&security), clerk.id(), Role::Auditor, None)),
        RefusalCode::OfficersApart,
        "by a change of role neither"
    );
}

#[test]
fn what_one_administrator_proposes_the_other_confirms() {
    let house = House::new();
    let people = house.open().unwrap();
    let (system, _) = people.add(new("sysadmin", "张伟", Role::SystemAdministrator)).unwrap();
    let (security, _) = people.add(new("secadmin", "李娜", Role::SecurityAdministrator)).unwrap();
    let (auditor, _) = people.add(new("auditor", "赵敏", Role::Auditor)).unwrap();
    let (system, security, auditor) = (officer(&system), officer(&security), officer(&auditor));

    assert_eq!(
        refused(people.propose(auditor, new("window-1", "王芳", Role::Window))),
        RefusalCode::RoleNotAllowed
    );
    let (clerk, password) = people.propose(system, new("window-1", "王芳", Role::Window)).unwrap();
    assert_eq!(refused(people.sign_in("window-1", password.as_str(), "a")), RefusalCode::SignInRefused);
    for other in [system, auditor, officer(&clerk)] {
        assert_eq!(refused(people.confirm(other, clerk.id())), RefusalCode::ConfirmOther);
    }
    people.confirm(security, clerk.id()).unwrap();
    people.sign_in("window-1", password.as_str(), "a").unwrap();
    assert_eq!(refused(people.confirm(security, clerk.id())), RefusalCode::NothingToConfirm);

    let proposed = people.propose_role(security, clerk.id(), Role::Operator, None).unwrap();
    assert_eq!((proposed.role(), proposed.proposal().unwrap().role()), (Role::Window, Role::Operator));
    assert_eq!(refused(people.confirm(security, clerk.id())), RefusalCode::ConfirmOther);
    let before = people.account(clerk.id()).unwrap().generation();
    let after = people.confirm(system, clerk.id()).unwrap();
    assert!(after.role() == Role::Operator && after.generation() > before, "sessions end with the role");

    assert_eq!(
        refused(people.propose_role(system, system.id, Role::Operator, None)),
        RefusalCode::AccountSelf
    );
    people.propose_role(system, security.id, Role::Operator, None).unwrap();
    assert_eq!(
        refused(people.confirm(security, security.id)),
        RefusalCode::ConfirmOther,
        "not about oneself"
    );

    let (turned_down, password) = people.propose(system, new("window-2", "刘洋", Role::Window)).unwrap();
    people.reject(security, turned_down.id()).unwrap();
    assert_eq!(refused(people.sign_in("window-2", password.as_str(), "a")), RefusalCode::SignInRefused);
}

#[test]
fn over_the_service_the_system_administrator_manages_everybody_but_the_three() {
    let house = House::new();
    let people = house.open().unwrap();
    let (system, _) = people.add(new("sysadmin", "张伟", Role::SystemAdministrator)).unwrap();
    let (security, _) = people.add(new("secadmin", "李娜", Role::SecurityAdministrator)).unwrap();
    let (clerk, _) = people.add(new("window-1", "王芳", Role::Window)).unwrap();
    let by = Some(officer(&system));
    assert_eq!(refused(people.reset_password(by, security.id())), RefusalCode::OfficerAccount);
    assert_eq!(refused(people.suspend(by, security.id())), RefusalCode::OfficerAccount);
    assert_eq!(refused(people.suspend(by, system.id())), RefusalCode::AccountSelf);
    assert_eq!(refused(people.suspend(Some(officer(&security)), clerk.id())), RefusalCode::RoleNotAllowed);
    let (_, password) = people.reset_password(by, clerk.id()).unwrap();
    people.suspend(by, clerk.id()).unwrap();
    let back = people.resume(by, clerk.id()).unwrap();
    assert_eq!(back.state(), AccountState::Proposed, "the other administrator confirms");
    people.confirm(officer(&security), clerk.id()).unwrap();
    people.sign_in("window-1", password.as_str(), "a").unwrap();
}

#[test]
fn no_administrator_alone_gets_to_be_operator_and_reviewer() {
    let house = House::new();
    let people = house.open().unwrap();
    let (system, _) = people.add(new("sysadmin", "张伟", Role::SystemAdministrator)).unwrap();
    let (security, _) = people.add(new("secadmin", "李娜", Role::SecurityAdministrator)).unwrap();
    for (name, person, role) in
        [("operator-1", "王芳", Role::Operator), ("reviewer-1", "陈静", Role::Reviewer)]
    {
        let (account, _) = people.add(new(name, person, role)).unwrap();
        let (reset, password) = people.reset_password(Some(officer(&system)), account.id()).unwrap();
        assert_eq!(reset.state(), AccountState::Proposed);
        assert_eq!(refused(people.sign_in(name, password.as_str(), "a")), RefusalCode::SignInRefused);
        assert_eq!(refused(people.confirm(officer(&system), account.id())), RefusalCode::ConfirmOther);
        people.confirm(officer(&security), account.id()).unwrap();
        people.sign_in(name, password.as_str(), "a").unwrap();
    }
}

#[test]
fn an_api_key_counts_until_it_is_revoked_or_runs_out() {
    let house = House::new();
    let people = house.open().unwrap();
    let make = |days| {
        let new = NewApiKey::new("审批系统", "政务服务中心", &[Scope::VerificationsWrite], days).unwrap();
        people.add_api_key(new).unwrap()
    };
    let ((first, text), (second, other)) = (make(30), make(1));
    assert_eq!(people.caller(text.as_str()).unwrap().id(), first.id());
    assert_eq!(refused(people.caller(first.prefix())), RefusalCode::ApiKeyRefused);
    assert_eq!(refused(people.caller(&text.as_str().to_uppercase())), RefusalCode::ApiKeyRefused);
    house.pass(86_400);
    assert_eq!(refused(people.caller(other.as_str())), RefusalCode::ApiKeyRefused);
    assert!(people.caller(text.as_str()).is_ok() && second.revoked().is_none());
    people.revoke_api_key(first.id()).unwrap();
    assert_eq!(refused(people.caller(text.as_str())), RefusalCode::ApiKeyRefused);
    drop(people);
    let people = house.open().unwrap();
    assert_eq!(refused(people.caller(text.as_str())), RefusalCode::ApiKeyRefused, "after a restart too");
}

#[test]
fn no_administrator_alone_makes_a_key_that_issues_or_changes() {
    let house = House::new();
    let people = house.open().unwrap();
    let (system, _) = people.add(new("sysadmin", "张伟", Role::SystemAdministrator)).unwrap();
    let (security, _) = people.add(new("secadmin", "李娜", Role::SecurityAdministrator)).unwrap();
    let (system, security) = (officer(&system), officer(&security));
    let key = |scopes: &[Scope]| NewApiKey::new("信用平台", "信用中心", scopes, 30).unwrap();
    assert_eq!(
        refused(people.propose_api_key(system, key(&[Scope::JobsWrite]))),
        RefusalCode::RoleNotAllowed
    );
    let (plain, _) = people.propose_api_key(security, key(&[Scope::JobsWrite])).unwrap();
    assert!(plain.proposal().is_none());
    assert_eq!(refused(people.confirm_api_key(system, plain.id())), RefusalCode::NothingToConfirm);
    for scope in Scope::ALL.into_iter().filter(|scope| scope.needs_two()) {
        let (proposed, text) = people.propose_api_key(security, key(&[scope, Scope::JobsWrite])).unwrap();
        let by = proposed.proposal().unwrap().by();
        assert_eq!(by, security.id);
        assert_eq!(refused(people.caller(text.as_str())), RefusalCode::ApiKeyRefused);
        // Neither who proposed it, nor with the other role that the same account may have got since.
        let turned = Officer { id: security.id, role: Role::SystemAdministrator };
        for other in [security, turned, Officer { id: system.id, role: Role::Auditor }] {
            assert_eq!(refused(people.confirm_api_key(other, proposed.id())), RefusalCode::ConfirmOther);
            assert_eq!(refused(people.reject_api_key(other, proposed.id())), RefusalCode::ConfirmOther);
        }
        people.confirm_api_key(system, proposed.id()).unwrap();
        assert_eq!(people.caller(text.as_str()).unwrap().id(), proposed.id());
        assert_eq!(refused(people.confirm_api_key(system, proposed.id())), RefusalCode::NothingToConfirm);

        let (down, text) = people.propose_api_key(security, key(&[scope])).unwrap();
        people.reject_api_key(system, down.id()).unwrap();
        assert_eq!(refused(people.confirm_api_key(system, down.id())), RefusalCode::NothingToConfirm);
        assert_eq!(refused(people.caller(text.as_str())), RefusalCode::ApiKeyRefused);
        let (back, text) = people.propose_api_key(security, key(&[scope])).unwrap();
        people.revoke_api_key(back.id()).unwrap();
        assert_eq!(refused(people.confirm_api_key(system, back.id())), RefusalCode::NothingToConfirm);
        assert_eq!(refused(people.caller(text.as_str())), RefusalCode::ApiKeyRefused);
    }
    let (kept, text) = people.propose_api_key(security, key(&[Scope::StatusWrite])).unwrap();
    drop(people);
    let people = house.open().unwrap();
    assert_eq!(refused(people.caller(text.as_str())), RefusalCode::ApiKeyRefused, "after a restart too");
    people.confirm_api_key(system, kept.id()).unwrap();
    assert!(people.caller(text.as_str()).is_ok());
}

#[test]
fn a_copied_folder_shows_no_name_and_opens_under_no_other_key() {
    let house = House::new();
    let people = house.open().unwrap();
    let (account, password) = people.add(new("window-1", "王芳", Role::Window)).unwrap();
    drop(people);
    for entry in std::fs::read_dir(house.dir.path().join(FOLDER)).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        for word in ["window-1", "王芳", "政务", "argon2", password.as_str()] {
            assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
        }
    }
    let other = House::new();
    let thief = house.open_with(&[&other.signer], &[&other.signer]);
    assert_eq!(refused(thief), RefusalCode::PeopleKey);
    assert_eq!(house.open().unwrap().account(account.id()).unwrap().person(), "王芳");
    std::fs::remove_file(house.dir.path().join(FOLDER).join("key")).unwrap();
    assert_eq!(refused(house.open()), RefusalCode::PeopleDamaged, "no new key over old records");
}

#[test]
fn a_crash_between_key_and_journal_is_no_harm() {
    let house = House::new();
    drop(house.open().unwrap());
    std::fs::remove_file(house.dir.path().join(FOLDER).join("segment-00000000000000000001")).unwrap();
    house.open().unwrap().add(new("window-1", "王芳", Role::Window)).unwrap();
}

#[test]
fn a_rotated_ledger_key_opens_it_and_the_old_one_may_go() {
    let house = House::new();
    let (old, new_key) = (house.signer.clone(), house.another());
    let people = house.open().unwrap();
    let (account, _) = people.add(new("window-1", "王芳", Role::Window)).unwrap();
    let known = |people: Result<People, Refusal>| people.unwrap().account(account.id()).is_some();
    // The overlap: sealed under both while it runs, and each opens it alone.
    people.seal_anew(&keys(&[&old, &new_key], &[&old, &new_key])).unwrap();
    drop(people);
    assert!(known(house.open_with(&[&old], &[&old, &new_key])));
    assert!(known(house.open_with(&[&new_key], &[&old, &new_key])), "one that is away keeps its seal");
    assert!(known(house.open_with(&[&old], &[&old, &new_key])));
    assert!(known(house.open_with(&[&new_key], &[&new_key])));
    assert_eq!(
        refused(house.open_with(&[&old], &[&new_key])),
        RefusalCode::PeopleKey,
        "the end of the old one"
    );
    // Where no lasting key is here it stays as it was.
    assert!(known(house.open_with(&[&new_key], &[])));
}

#[test]
fn the_file_of_the_first_version_is_read_and_a_crash_while_it_is_written_is_no_harm() {
    let house = House::new();
    let (old, new_key) = (house.signer.clone(), house.another());
    let people = house.open().unwrap();
    let (account, _) = people.add(new("window-1", "王芳", Role::Window)).unwrap();
    drop(people);
    let path = house.dir.path().join(FOLDER).join("key");
    let two: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let mut one = two["seals"][0].clone();
    one["format"] = "xinzheng/people-key/v1".into();
    std::fs::write(&path, serde_json::to_vec(&one).unwrap()).unwrap();
    // Half a file that a crash left.
    std::fs::write(path.with_file_name(".key.new"), "{").unwrap();
    let people = house.open_with(&[&old, &new_key], &[&new_key]).unwrap();
    assert_eq!(people.account(account.id()).unwrap().person(), "王芳");
    drop(people);
    assert!(!path.with_file_name(".key.new").exists());
    house.open_with(&[&new_key], &[&new_key]).unwrap();
    for (from, to) in
        [("people-key/v2", "people-key/v3"), ("\"seals\":[", "\"seals\":[7,"), ("{", "{\"a\":1,")]
    {
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen(from, to, 1)).unwrap();
        assert_eq!(refused(house.open_with(&[&new_key], &[])), RefusalCode::PeopleDamaged, "{to}");
        std::fs::write(&path, text).unwrap();
    }
}

/// A key behind a program that is away for now.
struct Away(Arc<KeyFile>);

impl Signer for Away {
    fn key(&self) -> &VerifierKey {
        self.0.key()
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], KeyError> {
        let name = self.0.key().name().to_string();
        Err(KeyError::SignerFailed { name, fault: SignerFault::Died })
    }
}

#[test]
fn a_ledger_key_behind_a_program_that_is_away_keeps_nobody_out() {
    let house = House::new();
    let spare = |words: &str, proven: bool| {
        Some(Spare { passphrase: Arc::new(Passphrase::new(words).unwrap()), proven })
    };
    let with = |words: &str, proven| PeopleKeys {
        spare: spare(words, proven),
        ..keys(&[&house.signer], &[&house.signer])
    };
    let away = |words: &str| PeopleKeys {
        all: vec![Arc::new(Away(house.signer.clone()))],
        wanted: vec![house.signer.key().clone()],
        spare: spare(words, false),
    };
    let open = |keys: PeopleKeys| {
        People::open(house.dir.path(), [7; 32], &keys, house.hands.clone(), &mut Vec::new())
    };
    // Made while the key lay in a file: no seal under the passphrase yet, and so nothing to open it with.
    let (account, _) = house.open().unwrap().add(new("window-1", "王芳", Role::Window)).unwrap();
    assert_eq!(refused(open(away("test"))), RefusalCode::KeySignerFailed);
    drop(open(with("test", true)).unwrap());
    let people = open(away("test")).unwrap();
    assert_eq!(people.account(account.id()).unwrap().person(), "王芳");
    people.add(new("window-2", "李明", Role::Window)).unwrap();
    drop(people);
    assert_eq!(refused(open(away("other"))), RefusalCode::KeySignerFailed, "another passphrase");
    // Another passphrase that nothing showed to be right takes no place; one that a key's file showed does.
    drop(open(with("other", false)).unwrap());
    assert_eq!(open(away("test")).unwrap().accounts().len(), 2);
    drop(open(with("other", true)).unwrap());
    assert_eq!(refused(open(away("test"))), RefusalCode::KeySignerFailed);
    drop(open(away("other")).unwrap());
    // Back in a file: the seal under the passphrase goes.
    drop(house.open().unwrap());
    assert_eq!(refused(open(away("other"))), RefusalCode::KeySignerFailed);
}
