//! The pages of the three officers, walked as they walk them.

use notary::operator_log::{Action, Filter};
use notary::people::Role;

use crate::browser::{Browser, House, PASSWORD};

const PERSON: &str = "陈<i>静</i>";

fn submit(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> crate::browser::Answer {
    browser.submit("/password", path, fields)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split_once(before).expect(before).1.split_once(after).expect(after).0
}

#[test]
fn an_account_is_proposed_confirmed_used_reset_and_suspended() {
    let house = House::new();
    let mut system = house.signed_in(Role::SystemAdministrator);
    let mut security = house.signed_in(Role::SecurityAdministrator);
    let fields = [("name", "window-7"), ("person", PERSON), ("unit", "政务服务中心"), ("role", "window")];
    let made = submit(&mut system, "/admin/accounts/new", &fields);
    assert_eq!(made.status, 200, "{}", made.text());
    let one_time = between(&made.text(), "id=\"one-time-password\">", "<").to_string();
    assert!(!made.text().contains(PERSON) && made.text().contains("陈&#60;i&#62;静"), "names are escaped");
    let id = house.office.people().by_name("window-7").unwrap().id().to_string();
    let path = format!("/admin/accounts/{id}");
    assert!(!system.get(&path).text().contains(&one_time), "shown once");

    assert_eq!(house.browser().sign_in("window-7", &one_time).status, 401, "not before it is confirmed");
    let own = submit(&mut system, &format!("{path}/confirm"), &[]);
    assert!(own.status == 403 && own.text().contains("须由另一类管理员确认"), "{}", own.text());
    assert!(security.get("/admin").text().contains("待您确认"));
    assert!(security.get("/admin/accounts").text().contains("待您确认"));
    let confirmed = submit(&mut security, &format!("{path}/confirm"), &[]);
    assert_eq!((confirmed.status, confirmed.header("location")), (303, &*format!("{path}?done=confirmed")));
    assert!(security.get(&format!("{path}?done=confirmed")).text().contains("notice-ok"));

    let mut clerk = house.browser();
    assert_eq!(clerk.sign_in("window-7", &one_time).header("location"), "/password");
    let answer = clerk.submit("/password", "/password", &[("password", PASSWORD), ("again", PASSWORD)]);
    assert_eq!(answer.header("location"), "/window");

    let reset = submit(&mut system, &format!("{path}/reset"), &[]);
    let next = between(&reset.text(), "id=\"one-time-password\">", "<").to_string();
    assert_ne!(next, one_time);
    assert_eq!(clerk.get("/password").status, 303, "a reset ends the session");
    assert_eq!(submit(&mut security, &format!("{path}/suspend"), &[]).status, 403);
    assert_eq!(submit(&mut system, &format!("{path}/suspend"), &[]).status, 303);
    assert_eq!(house.browser().sign_in("window-7", &next).status, 401);
    assert_eq!(submit(&mut system, &format!("{path}/resume"), &[]).status, 303);
    assert_eq!(house.browser().sign_in("window-7", &next).status, 401, "not before it is confirmed");
    assert_eq!(submit(&mut security, &format!("{path}/confirm"), &[]).status, 303);
    assert_eq!(house.browser().sign_in("window-7", &next).status, 303);

    let log = house.office.operator_log();
    for action in [
        Action::AccountAdded,
        Action::AccountConfirmed,
        Action::PasswordReset,
        Action::AccountSuspended,
        Action::AccountResumed,
        Action::PasswordSet,
        Action::SignedIn,
        Action::AccountsViewed,
    ] {
        let filter = Filter { action: Some(action), ..Filter::default() };
        assert!(!log.page(None, 1, &filter).unwrap().entries.is_empty(), "{action:?} is not in the log");
    }
    log.verify().unwrap();
}

#[test]
fn wrong_accounts_are_refused_with_what_was_typed_kept() {
    let house = House::new();
    let mut system = house.signed_in(Role::SystemAdministrator);
    let good = [("name", "audit-2"), ("person", "钱进"), ("unit", "中心"), ("role", "auditor")];
    let with = |change: (&'static str, &'static str)| {
        good.map(|(key, value)| if key == change.0 { change } else { (key, value) })
    };
    let taken = house.office.people().by_name(Role::SystemAdministrator.as_str()).unwrap();
    for (fields, word) in [
        (with(("name", "ab")), "登录名不对"),
        (with(("name", "system-administrator")), "登录名已被使用"),
        (with(("person", "\u{202e}钱进")), "可见字符"),
        (with(("unit", "")), "单位名称不对"),
        (with(("role", "root")), "没有这种角色"),
        (with(("role", "holder")), "统一社会信用代码"),
    ] {
        let answer = submit(&mut system, "/admin/accounts/new", &fields);
        assert!(
            answer.text().contains(word) && answer.text().contains("role=\"alert\""),
            "{word}: {}",
            answer.text()
        );
        assert!((400..500).contains(&answer.status));
    }
    let mut fields = good;
    fields[1].1 = taken.person();
    let answer = submit(&mut system, "/admin/accounts/new", &fields);
    assert!(answer.text().contains("三员分立"), "{}", answer.text());
    assert!(answer.text().contains("value=\"audit-2\""), "what was typed is kept");
}

#[test]
fn the_three_manage_neither_themselves_nor_each_other() {
    let house = House::new();
    let mut system = house.signed_in(Role::SystemAdministrator);
    drop(house.signed_in(Role::SecurityAdministrator));
    let id = |role: Role| house.office.people().by_name(role.as_str()).unwrap().id();
    for who in [Role::SystemAdministrator, Role::SecurityAdministrator] {
        for what in ["reset", "suspend"] {
            let answer = submit(&mut system, &format!("/admin/accounts/{}/{what}", id(who)), &[]);
            assert_eq!(answer.status, 403, "{who:?} {what}");
        }
        assert!(!system.get(&format!("/admin/accounts/{}", id(who))).text().contains("/suspend\""));
    }
    let fields = [("role", "window")];
    let path = format!("/admin/accounts/{}/role", id(Role::SystemAdministrator));
    assert_eq!(submit(&mut system, &path, &fields).status, 403, "nobody proposes an own role");
}

#[test]
fn a_key_is_shown_once_and_revoked_at_once() {
    let house = House::new();
    let mut security = house.signed_in(Role::SecurityAdministrator);
    let fields = [("label", "审批系统"), ("unit", "中心"), ("days", "30"), ("verifications.write", "1")];
    let made = submit(&mut security, "/admin/api-keys", &fields);
    let key = between(&made.text(), "id=\"api-key\">", "<").to_string();
    assert!(key.starts_with("xzk_") && key.len() == 56);
    let list = security.get("/admin/api-keys");
    assert!(!list.text().contains(&key) && list.text().contains(&key[..12]));
    let looks = Filter { action: Some(Action::ApiKeysViewed), ..Filter::default() };
    assert!(!house.office.operator_log().page(None, 1, &looks).unwrap().entries.is_empty());
    assert_eq!(house.office.people().caller(&key).unwrap().label(), "审批系统");
    let revoked = submit(&mut security, "/admin/api-keys/K00001/revoke", &[]);
    assert_eq!(revoked.status, 303);
    assert!(house.office.people().caller(&key).is_err());
    for wrong in [
        vec![("label", "x"), ("unit", "y"), ("days", "30")],
        vec![("label", "x"), ("unit", "y"), ("days", "367"), ("jobs.write", "1")],
        vec![("label", ""), ("unit", "y"), ("days", "30"), ("jobs.write", "1")],
        vec![("label", "x"), ("unit", "y"), ("days", "-1"), ("jobs.write", "1")],
    ] {
        let answer = submit(&mut security, "/admin/api-keys", &wrong);
        assert!(answer.status == 422 && answer.text().contains("role=\"alert\""), "{wrong:?}");
    }
}

#[test]
fn a_key_that_issues_or_changes_counts_once_the_other_administrator_has_confirmed_it() {
    let house = House::new();
    let (mut security, mut system) =
        (house.signed_in(Role::SecurityAdministrator), house.signed_in(Role::SystemAdministrator));
    for (n, scope) in ["documents.submit", "status.write"].into_iter().enumerate() {
        let fields = [("label", "信用平台"), ("unit", "中心"), ("days", "30"), (scope, "1")];
        let made = submit(&mut security, "/admin/api-keys", &fields);
        assert!(made.text().contains("id=\"waits\""), "{}", made.text());
        let key = between(&made.text(), "id=\"api-key\">", "<").to_string();
        assert!(house.office.people().caller(&key).is_err(), "{scope}");
        let id = format!("K{:05}", 2 * n + 1);
        let (confirm, reject) =
            (format!("/admin/api-keys/{id}/confirm"), format!("/admin/api-keys/{id}/reject"));
        assert!(!security.get("/admin/api-keys").text().contains(&confirm));
        for own in [&confirm, &reject] {
            assert_eq!(submit(&mut security, own, &[]).status, 403, "nobody alone");
        }
        assert!(house.office.people().caller(&key).is_err(), "{scope}");
        assert!(system.get("/admin").text().contains("个接口密钥"));
        assert!(system.get("/admin/api-keys").text().contains(&confirm));
        assert_eq!(submit(&mut system, &confirm, &[]).status, 303);
        assert!(house.office.people().caller(&key).is_ok(), "{scope}");
        assert_eq!(submit(&mut system, &confirm, &[]).status, 409, "there is nothing more to confirm");
        assert!(!system.get("/admin").text().contains("个接口密钥"));

        let made = submit(&mut security, "/admin/api-keys", &fields);
        let key = between(&made.text(), "id=\"api-key\">", "<").to_string();
        let reject = format!("/admin/api-keys/K{:05}/reject", 2 * n + 2);
        assert_eq!(submit(&mut system, &reject, &[]).status, 303);
        assert!(house.office.people().caller(&key).is_err(), "{scope}");
    }
    let log = house.office.operator_log();
    for action in [Action::ApiKeyAdded, Action::ApiKeyConfirmed, Action::ApiKeyRejected] {
        let filter = Filter { action: Some(action), ..Filter::default() };
        assert!(!log.page(None, 1, &filter).unwrap().entries.is_empty(), "{action:?} is not in the log");
    }
}

#[test]
fn the_auditor_reads_filters_and_checks_the_log() {
    let house = House::new();
    drop(house.signed_in(Role::Window));
    drop(house.browser().sign_in("nobody-x", "wrong"));
    let mut auditor = house.signed_in(Role::Auditor);
    let page = auditor.get("/admin/log").text();
    assert!(
        page.contains("SIGN_IN_REFUSED")
            && page.contains(&house.office.operator_log().head().chain.to_base64())
    );
    assert!(!page.contains("nobody-x"), "what was typed is not in the log");
    let none = auditor.get("/admin/log?from=2001-01-01&until=2001-01-02&action=signed-in").text();
    assert!(none.contains("没有符合条件的日志"));
    let some = auditor.get("/admin/log?action=signed-in").text();
    assert!(some.contains("SIGN_IN_REFUSED") && !some.contains("log-viewed\" selected"));
    for bad in ["from=yesterday", "action=everything", "before=x", "from=2026-02-30"] {
        assert_eq!(auditor.get(&format!("/admin/log?{bad}")).status, 400, "{bad}");
    }
    let checked = auditor.submit("/admin/log", "/admin/log/verify", &[]);
    assert!(checked.status == 200 && checked.text().contains("逐条校验一致"), "{}", checked.text());
    for _ in 0..60 {
        auditor.get("/admin/log");
    }
    let page = auditor.get("/admin/log").text();
    let older = between(&page, "<a href=\"/admin/log?", "\"").replace("&#38;", "&").replace("&amp;", "&");
    let older = auditor.get(&format!("/admin/log?{older}"));
    assert!(older.status == 200 && older.text().contains("SIGN_IN_REFUSED"));
}

#[test]
fn keys_and_health_say_how_things_stand() {
    let house = House::new();
    let mut system = house.signed_in(Role::SystemAdministrator);
    let keys = system.get("/admin/keys").text();
    assert!(keys.contains("credit.example.gov.cn/ledger/batch+") && keys.contains("签发中"));
    assert!(!keys.contains("请注意"));
    assert!(keys.contains("根私钥") && keys.contains("在本机"), "it should not stay: {keys}");
    let root = house.office.dir().join("keys/root.pem");
    let elsewhere = house.office.dir().join("root.pem");
    std::fs::rename(&root, &elsewhere).unwrap();
    assert!(system.get("/admin/keys").text().contains("离线保管"));
    std::fs::rename(&elsewhere, &root).unwrap();
    let health = system.get("/admin/health").text();
    assert!(health.contains("正常") && health.contains("北京时间"));
    // Every page in English too.
    for path in [
        "/admin",
        "/admin/accounts",
        "/admin/api-keys",
        "/admin/keys",
        "/admin/health",
        "/admin/accounts/new",
    ] {
        let page = system.ask("GET", path, &[("Accept-Language", "en")], "").text();
        assert!(page.contains("lang=\"en\""), "{path}");
        let main = between(&page, "<main", "</main>");
        let chinese =
            main.replace("示例", "").chars().filter(|c| ('\u{4e00}'..'\u{9fff}').contains(c)).count();
        assert!(chinese < 60, "{path} has Chinese left in it: {main}");
    }
    house.pass(2 * 365 * 86_400 - 30 * 86_400);
    let mut system = house.browser();
    system.sign_in(Role::SystemAdministrator.as_str(), PASSWORD);
    let keys = system.get("/admin/keys").text();
    assert!(keys.contains("须安排后继") && keys.contains("信任名单已于"), "{keys}");
    assert!(keys.contains("批次密钥将于") && keys.contains("office rotate batch"), "{keys}");
    assert!(system.get("/admin").text().contains("批次密钥将于"), "the officers' first page says it, too");
}

/// An alarm says what is to be done about it, and the officers' first page leads there.
#[test]
fn an_alarm_says_what_to_do_next() {
    let hour = std::time::Duration::from_secs(3_600);
    let mut settings = web::Settings::default();
    settings.hourly.sign_ins = 0;
    let gateway = web::settings::HttpSettings::default();
    settings.anchors = vec![
        web::settings::AnchorTarget::authority("stranger", "https://127.0.0.1:1/tsr", hour, None).unwrap(),
        web::settings::AnchorTarget::http("gateway", "http://127.0.0.1:1/anchor", hour, gateway).unwrap(),
    ];
    let house = House::with(settings);
    let mut system = house.signed_in(Role::SystemAdministrator);
    let began = std::time::Instant::now();
    let health = loop {
        let health = system.get("/admin/health").text();
        // The gateway has failed at least once: it is told of, and not as one that is well.
        if between(&health, "id=\"anchors\"", "</section>").matches("起未成功").count() == 2 {
            break health;
        }
        assert!(began.elapsed() < std::time::Duration::from_secs(120), "{health}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    };
    assert!(health.contains("接下来：请用 xinzheng trust D add 列入信任名单"), "{health}");
    let targets = between(&health, "id=\"anchors\"", "</section>");
    assert!(!targets.contains("tag-ok") && targets.contains("设置不允许用不加密的 HTTP"), "{targets}");
    let failing = targets.matches("tag-error").count();
    assert!(failing > 0 && health.contains(&format!("有警报：见证 0，锚定 {failing}。")), "{health}");
    let home = system.get("/admin").text();
    assert!(home.contains("外部锚定有警报") && home.contains("href=\"/admin/health\""), "{home}");
}
