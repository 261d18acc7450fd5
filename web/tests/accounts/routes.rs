//! Every address × every role: who gets in, who is sent away. An address that is registered and not listed here fails.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use notary::people::{NewApiKey, Role, Scope};

use crate::browser::{Answer, Browser, House};

/// Who may.
#[derive(Clone, Copy)]
enum Who {
    /// Everybody, signed in or not.
    Everybody,
    /// Whoever is signed in.
    Anybody,
    /// These roles.
    Roles(&'static [Role]),
    /// Programs with this scope, and sessions of these roles.
    Api(Scope, &'static [Role]),
}

use Role::{Auditor, Holder, Operator, Reviewer, SecurityAdministrator, SystemAdministrator, Window};
use Who::{Anybody, Api, Everybody, Roles};

const ADMINISTRATORS: Who = Roles(&[SystemAdministrator, SecurityAdministrator]);
const OFFICERS: Who = Roles(&[SystemAdministrator, SecurityAdministrator, Auditor]);
const CLERKS: Who = Roles(&[Window]);
const OPERATORS: Who = Roles(&[Operator]);
const DESKS: Who = Roles(&[Operator, Reviewer]);
const REVIEWERS: Who = Roles(&[Reviewer]);
const HISTORIANS: Who = Roles(&[Operator, Reviewer, Auditor]);
const HOLDERS: Who = Roles(&[Holder]);
const SUBMITTERS: Who = Api(Scope::DocumentsSubmit, &[]);
const READERS: Who = Api(Scope::CertificatesRead, &[Operator, Reviewer, Holder]);
const CHECKERS: Who = Api(Scope::VerificationsWrite, &[Window, Operator, Reviewer]);
const CHANGERS: Who = Api(Scope::StatusWrite, &[]);
const CASE_READERS: Who = Api(Scope::StatusWrite, &[Operator, Reviewer]);
const JOBBERS: Who = Api(Scope::JobsWrite, &[Window, Operator, Reviewer]);

/// Method, address as it is registered, an address to ask for, the fields of its form, who may.
type Row = (&'static str, &'static str, &'static str, &'static [(&'static str, &'static str)], Who);

const NO: &[(&str, &str)] = &[];
const VERSION: &[(&str, &str)] = &[("version", "1")];
/// Well formed, and nobody has them.
const NUMBER: &str = "2026112240170938612531";

const TABLE: &[Row] = &[
    // Open to everybody.
    ("GET", "/", "/", NO, Everybody),
    ("GET", "/verify", "/verify", NO, Everybody),
    ("POST", "/verify", "/verify", &[("text", NUMBER)], Everybody),
    ("GET", "/certificate", "/certificate", NO, Everybody),
    ("POST", "/certificate", "/certificate", &[("number", NUMBER), ("code", "0123456789")], Everybody),
    ("GET", "/receipt", "/receipt", NO, Everybody),
    ("POST", "/receipt", "/receipt", &[("number", "R1")], Everybody),
    ("GET", "/batches", "/batches", NO, Everybody),
    ("GET", "/batches/entry", "/batches/entry", NO, Everybody),
    ("POST", "/batches/entry", "/batches/entry", &[("number", NUMBER)], Everybody),
    ("GET", "/batches/{number}", "/batches/0", NO, Everybody),
    ("GET", "/how-to-check", "/how-to-check", NO, Everybody),
    ("GET", "/v", "/v", NO, Everybody),
    ("GET", "/sw.js", "/sw.js", NO, Everybody),
    ("GET", "/verify.html", "/verify.html", NO, Everybody),
    ("GET", "/trust.xzt", "/trust.xzt", NO, Everybody),
    ("GET", "/health", "/health", NO, Everybody),
    ("GET", "/ready", "/ready", NO, Everybody),
    ("GET", "/metrics", "/metrics", NO, Everybody),
    ("GET", "/problems/{code}", "/problems/NOT_FOUND", NO, Everybody),
    ("GET", "/ledger/{path:.*}", "/ledger/checkpoint", NO, Everybody),
    ("GET", "/witness", "/witness", NO, Everybody),
    ("POST", "/witness/add-checkpoint", "/witness/add-checkpoint", NO, Everybody),
    (
        "GET",
        "/witness/{hash:[0-9a-f]{64}}/checkpoint",
        "/witness/0000000000000000000000000000000000000000000000000000000000000000/checkpoint",
        NO,
        Everybody,
    ),
    ("GET", "/static/{name:.*}", "/static/style.css", NO, Everybody),
    ("GET", "/sign-in", "/sign-in", NO, Everybody),
    // Its form has a token of its own; `sign_in` tests it.
    ("POST", "/sign-in", "/sign-in", &[("name", "nobody-x"), ("password", "x")], Everybody),
    ("POST", "/sign-out", "/sign-out", NO, Everybody),
    ("GET", "/api", "/api", NO, Everybody),
    ("GET", "/api/v1/openapi.json", "/api/v1/openapi.json", NO, Everybody),
    ("GET", "/api/v1/health", "/api/v1/health", NO, Everybody),
    ("GET", "/api/v1/ready", "/api/v1/ready", NO, Everybody),
    ("GET", "/api/v1/batches", "/api/v1/batches", NO, Everybody),
    ("GET", "/api/v1/batches/{number}", "/api/v1/batches/0", NO, Everybody),
    ("GET", "/api/v1/anchors", "/api/v1/anchors", NO, Everybody),
    ("GET", "/api/v1/entries/{index}", "/api/v1/entries/0", NO, Everybody),
    ("GET", "/api/v1/checkpoint", "/api/v1/checkpoint", NO, Everybody),
    ("GET", "/api/v1/status", "/api/v1/status", NO, Everybody),
    ("GET", "/api/v1/trust", "/api/v1/trust", NO, Everybody),
    ("GET", "/api/v1/trust.xzt", "/api/v1/trust.xzt", NO, Everybody),
    ("POST", "/api/v1/verify", "/api/v1/verify", NO, Everybody),
    ("POST", "/api/v1/certificates/look-up", "/api/v1/certificates/look-up", NO, Everybody),
    // One's own.
    ("GET", "/password", "/password", NO, Anybody),
    ("POST", "/password", "/password", &[("password", "x"), ("again", "y")], Anybody),
    // The window.
    ("GET", "/window", "/window", NO, CLERKS),
    ("POST", "/window", "/window", &[("text", "1")], CLERKS),
    ("POST", "/window/receipt", "/window/receipt", &[("text", "1")], CLERKS),
    ("GET", "/receipt/{number}", "/receipt/R1", NO, CLERKS),
    // The operator, the second person, the holder.
    ("GET", "/operator", "/operator", NO, OPERATORS),
    ("GET", "/operator/certificates", "/operator/certificates", NO, OPERATORS),
    (
        "GET",
        r"/operator/certificates/{number:\d{22}}",
        "/operator/certificates/2026112240170938612531",
        NO,
        OPERATORS,
    ),
    (
        "POST",
        r"/operator/certificates/{number:\d{22}}/status",
        "/operator/certificates/2026112240170938612531/status",
        NO,
        OPERATORS,
    ),
    // Objections, repairs, erasing, histories.
    (
        "GET",
        r"/holder/certificates/{number:\d{22}}/objection",
        "/holder/certificates/2026112240170938612531/objection",
        NO,
        HOLDERS,
    ),
    (
        "GET",
        r"/operator/certificates/{number:\d{22}}/objection",
        "/operator/certificates/2026112240170938612531/objection",
        NO,
        OPERATORS,
    ),
    (
        "GET",
        r"/operator/certificates/{number:\d{22}}/erase",
        "/operator/certificates/2026112240170938612531/erase",
        NO,
        OPERATORS,
    ),
    (
        "POST",
        r"/holder/certificates/{number:\d{22}}/objection",
        "/holder/certificates/2026112240170938612531/objection",
        NO,
        HOLDERS,
    ),
    (
        "POST",
        r"/operator/certificates/{number:\d{22}}/objection",
        "/operator/certificates/2026112240170938612531/objection",
        NO,
        OPERATORS,
    ),
    (
        "POST",
        r"/operator/certificates/{number:\d{22}}/erase",
        "/operator/certificates/2026112240170938612531/erase",
        NO,
        OPERATORS,
    ),
    ("GET", r"/holder/objections/{id:Y\d{5,12}}", "/holder/objections/Y99999", NO, HOLDERS),
    (
        "POST",
        r"/holder/objections/{id:Y\d{5,12}}/take-back",
        "/holder/objections/Y99999/take-back",
        VERSION,
        HOLDERS,
    ),
    ("GET", r"/operator/objections", "/operator/objections", NO, OPERATORS),
    ("GET", r"/operator/objections/{id:Y\d{5,12}}", "/operator/objections/Y99999", NO, OPERATORS),
    (
        "POST",
        r"/operator/objections/{id:Y\d{5,12}}/{step:[a-z]{4,8}}",
        "/operator/objections/Y99999/accept",
        VERSION,
        OPERATORS,
    ),
    ("GET", r"/operator/repairs", "/operator/repairs", NO, OPERATORS),
    ("POST", r"/operator/repairs", "/operator/repairs", NO, OPERATORS),
    ("POST", r"/operator/repairs/preview", "/operator/repairs/preview", &[("item", "CF-9999")], OPERATORS),
    ("GET", r"/operator/repairs/{id:R\d{5,12}}", "/operator/repairs/R99999", NO, OPERATORS),
    ("GET", r"/operator/repairs/{id:R\d{5,12}}.csv", "/operator/repairs/R99999.csv", NO, OPERATORS),
    (
        "POST",
        r"/operator/repairs/{id:R\d{5,12}}/{step:[a-z]{6,7}}",
        "/operator/repairs/R99999/accept",
        VERSION,
        OPERATORS,
    ),
    ("GET", r"/review/repairs", "/review/repairs", NO, REVIEWERS),
    ("GET", r"/review/repairs/{id:R\d{5,12}}", "/review/repairs/R99999", NO, REVIEWERS),
    ("GET", r"/review/repairs/{id:R\d{5,12}}.csv", "/review/repairs/R99999.csv", NO, REVIEWERS),
    (
        "POST",
        r"/review/repairs/{id:R\d{5,12}}/{step:[a-z]{6,7}}",
        "/review/repairs/R99999/approve",
        VERSION,
        REVIEWERS,
    ),
    ("GET", r"/operator/erasures", "/operator/erasures", NO, OPERATORS),
    ("GET", r"/operator/erasures/{id:E\d{5,12}}", "/operator/erasures/E99999", NO, OPERATORS),
    (
        "POST",
        r"/operator/erasures/{id:E\d{5,12}}/reject",
        "/operator/erasures/E99999/reject",
        VERSION,
        OPERATORS,
    ),
    ("GET", r"/review/erasures", "/review/erasures", NO, REVIEWERS),
    ("GET", r"/review/erasures/{id:E\d{5,12}}", "/review/erasures/E99999", NO, REVIEWERS),
    (
        "POST",
        r"/review/erasures/{id:E\d{5,12}}/{step:[a-z]{6,7}}",
        "/review/erasures/E99999/approve",
        VERSION,
        REVIEWERS,
    ),
    ("GET", "/history", "/history", NO, HISTORIANS),
    ("GET", r"/history/{number:\d{22}}", "/history/2026112240170938612531", NO, HISTORIANS),
    (
        "GET",
        r"/operator/certificates/{number:\d{22}}.{form:[a-z.-]{2,12}}",
        "/operator/certificates/2026112240170938612531.xzc",
        NO,
        OPERATORS,
    ),
    ("GET", r"/operator/drafts/{id:\d{1,12}}", "/operator/drafts/9999", NO, OPERATORS),
    ("POST", r"/operator/drafts/{id:\d{1,12}}/approve", "/operator/drafts/9999/approve", VERSION, OPERATORS),
    ("POST", r"/operator/drafts/{id:\d{1,12}}/discard", "/operator/drafts/9999/discard", VERSION, OPERATORS),
    ("GET", r"/operator/drafts/{id:\d{1,12}}/edit", "/operator/drafts/9999/edit", NO, OPERATORS),
    ("POST", r"/operator/drafts/{id:\d{1,12}}/edit", "/operator/drafts/9999/edit", VERSION, OPERATORS),
    ("GET", r"/operator/requests/{id:\d{1,12}}", "/operator/requests/9999", NO, OPERATORS),
    ("POST", r"/operator/requests/{id:\d{1,12}}/refuse", "/operator/requests/9999/refuse", NO, OPERATORS),
    ("GET", "/operator/submit", "/operator/submit", NO, OPERATORS),
    ("POST", "/operator/submit", "/operator/submit", &[("text", "{}")], OPERATORS),
    (
        "GET",
        r"/operator/certificates/{number:\d{22}}/copy",
        "/operator/certificates/2026112240170938612531/copy",
        NO,
        OPERATORS,
    ),
    (
        "POST",
        r"/operator/certificates/{number:\d{22}}/copy",
        "/operator/certificates/2026112240170938612531/copy",
        &[("do", "look")],
        OPERATORS,
    ),
    (
        "GET",
        r"/holder/certificates/{number:\d{22}}/copy",
        "/holder/certificates/2026112240170938612531/copy",
        NO,
        HOLDERS,
    ),
    (
        "POST",
        r"/holder/certificates/{number:\d{22}}/copy",
        "/holder/certificates/2026112240170938612531/copy",
        &[("do", "look")],
        HOLDERS,
    ),
    (
        "POST",
        "/api/v1/certificates/{number}/disclosures",
        "/api/v1/certificates/2026112240170938612531/disclosures",
        NO,
        READERS,
    ),
    ("GET", "/operator/check", "/operator/check", NO, DESKS),
    ("POST", "/operator/check", "/operator/check", NO, DESKS),
    (
        "GET",
        "/operator/check/{id:[0-9a-f]{32}}",
        "/operator/check/00000000000000000000000000000000",
        NO,
        DESKS,
    ),
    (
        "GET",
        "/operator/check/{id:[0-9a-f]{32}}.{form:[a-z]{3,4}}",
        "/operator/check/00000000000000000000000000000000.csv",
        NO,
        DESKS,
    ),
    ("GET", "/review", "/review", NO, REVIEWERS),
    ("GET", r"/review/drafts/{id:\d{1,12}}", "/review/drafts/9999", NO, REVIEWERS),
    ("POST", r"/review/drafts/{id:\d{1,12}}/approve", "/review/drafts/9999/approve", VERSION, REVIEWERS),
    ("POST", r"/review/drafts/{id:\d{1,12}}/return", "/review/drafts/9999/return", VERSION, REVIEWERS),
    ("GET", "/holder", "/holder", NO, HOLDERS),
    (
        "GET",
        r"/holder/certificates/{number:\d{22}}",
        "/holder/certificates/2026112240170938612531",
        NO,
        HOLDERS,
    ),
    (
        "GET",
        r"/holder/certificates/{number:\d{22}}.{form:[a-z.-]{2,12}}",
        "/holder/certificates/2026112240170938612531.xzc",
        NO,
        HOLDERS,
    ),
    (
        "POST",
        r"/holder/certificates/{number:\d{22}}/show",
        "/holder/certificates/2026112240170938612531/show",
        NO,
        HOLDERS,
    ),
    ("GET", "/holder/ask", "/holder/ask", NO, HOLDERS),
    ("POST", "/holder/ask", "/holder/ask", NO, HOLDERS),
    ("GET", "/holder/ask/{purpose:[A-Z_]{2,40}}", "/holder/ask/GENERAL", NO, HOLDERS),
    ("POST", "/holder/ask/{purpose:[A-Z_]{2,40}}", "/holder/ask/GENERAL", NO, HOLDERS),
    ("GET", r"/holder/requests/{id:\d{1,12}}", "/holder/requests/9999", NO, HOLDERS),
    ("POST", r"/holder/requests/{id:\d{1,12}}/withdraw", "/holder/requests/9999/withdraw", NO, HOLDERS),
    // Whoever was shown the code has it.
    ("GET", r"/show/{token:\d{38}}", "/show/00000000000000000000000000000000000000", NO, Everybody),
    // Administration.
    ("GET", "/admin", "/admin", NO, OFFICERS),
    ("GET", "/admin/accounts", "/admin/accounts", NO, ADMINISTRATORS),
    ("GET", "/admin/accounts/new", "/admin/accounts/new", NO, ADMINISTRATORS),
    ("POST", "/admin/accounts/new", "/admin/accounts/new", &[("name", "?")], ADMINISTRATORS),
    ("GET", "/admin/accounts/{id}", "/admin/accounts/A00001", NO, ADMINISTRATORS),
    (
        "POST",
        "/admin/accounts/{id}/role",
        "/admin/accounts/A99999/role",
        &[("role", "window")],
        ADMINISTRATORS,
    ),
    ("POST", "/admin/accounts/{id}/confirm", "/admin/accounts/A99999/confirm", NO, ADMINISTRATORS),
    ("POST", "/admin/accounts/{id}/reject", "/admin/accounts/A99999/reject", NO, ADMINISTRATORS),
    ("POST", "/admin/accounts/{id}/reset", "/admin/accounts/A99999/reset", NO, ADMINISTRATORS),
    ("POST", "/admin/accounts/{id}/suspend", "/admin/accounts/A99999/suspend", NO, ADMINISTRATORS),
    ("POST", "/admin/accounts/{id}/resume", "/admin/accounts/A99999/resume", NO, ADMINISTRATORS),
    ("GET", "/admin/api-keys", "/admin/api-keys", NO, ADMINISTRATORS),
    ("POST", "/admin/api-keys", "/admin/api-keys", &[("label", "x")], Roles(&[SecurityAdministrator])),
    ("POST", "/admin/api-keys/{id}/revoke", "/admin/api-keys/K99999/revoke", NO, ADMINISTRATORS),
    (
        "POST",
        "/admin/api-keys/{id}/confirm",
        "/admin/api-keys/K99999/confirm",
        NO,
        Roles(&[SystemAdministrator]),
    ),
    (
        "POST",
        "/admin/api-keys/{id}/reject",
        "/admin/api-keys/K99999/reject",
        NO,
        Roles(&[SystemAdministrator]),
    ),
    ("GET", "/admin/keys", "/admin/keys", NO, OFFICERS),
    ("GET", "/admin/health", "/admin/health", NO, OFFICERS),
    ("GET", "/admin/log", "/admin/log", NO, Roles(&[Auditor])),
    ("POST", "/admin/log/verify", "/admin/log/verify", NO, Roles(&[Auditor])),
    // Commitments.
    ("GET", "/commitments", "/commitments", NO, Everybody),
    ("POST", "/commitments", "/commitments", &[("word", "示例")], Everybody),
    ("GET", r"/commitments/{code:\d{20}}", "/commitments/61990020261122000003", NO, Everybody),
    ("GET", "/operator/commitments", "/operator/commitments", NO, OPERATORS),
    ("POST", "/operator/commitments", "/operator/commitments", &[("word", "1")], OPERATORS),
    (
        "GET",
        r"/operator/commitments/{code:\d{20}}",
        "/operator/commitments/61990020261122000003",
        NO,
        OPERATORS,
    ),
    (
        "POST",
        r"/operator/commitments/{code:\d{20}}",
        "/operator/commitments/61990020261122000003",
        NO,
        OPERATORS,
    ),
    ("GET", "/operator/due", "/operator/due", NO, OPERATORS),
    ("GET", "/operator/matters", "/operator/matters", NO, OPERATORS),
    ("POST", "/operator/matters", "/operator/matters", NO, OPERATORS),
    ("POST", "/operator/matters/eligible", "/operator/matters/eligible", NO, OPERATORS),
    ("GET", "/operator/templates", "/operator/templates", NO, OPERATORS),
    ("POST", "/operator/templates", "/operator/templates", NO, OPERATORS),
    ("GET", "/api/v1/commitments", "/api/v1/commitments", NO, Everybody),
    ("GET", "/api/v1/commitments/{code}", "/api/v1/commitments/61990020261122000003", NO, Everybody),
    (
        "POST",
        "/api/v1/commitments/{code}/events",
        "/api/v1/commitments/61990020261122000003/events",
        NO,
        Api(Scope::CommitmentsWrite, &[]),
    ),
    // Imports of commitments.
    ("GET", "/operator/imports", "/operator/imports", NO, OPERATORS),
    ("POST", "/operator/imports", "/operator/imports", NO, OPERATORS),
    (
        "GET",
        "/operator/imports/{id:[0-9a-f]{32}}",
        "/operator/imports/00000000000000000000000000000000",
        NO,
        OPERATORS,
    ),
    (
        "POST",
        "/operator/imports/{id:[0-9a-f]{32}}/cancel",
        "/operator/imports/00000000000000000000000000000000/cancel",
        NO,
        OPERATORS,
    ),
    (
        "GET",
        "/operator/imports/{id:[0-9a-f]{32}}/{which:refused|receipts}",
        "/operator/imports/00000000000000000000000000000000/refused",
        NO,
        OPERATORS,
    ),
    ("GET", "/operator/export.{format:csv|xlsx}", "/operator/export.csv", NO, OPERATORS),
    ("GET", "/review/imports", "/review/imports", NO, REVIEWERS),
    (
        "GET",
        "/review/imports/{id:[0-9a-f]{32}}",
        "/review/imports/00000000000000000000000000000000",
        NO,
        REVIEWERS,
    ),
    (
        "POST",
        "/review/imports/{id:[0-9a-f]{32}}/confirm",
        "/review/imports/00000000000000000000000000000000/confirm",
        NO,
        REVIEWERS,
    ),
    (
        "POST",
        "/review/imports/{id:[0-9a-f]{32}}/turn-down",
        "/review/imports/00000000000000000000000000000000/turn-down",
        NO,
        REVIEWERS,
    ),
    ("POST", "/api/v1/imports", "/api/v1/imports", NO, SUBMITTERS),
    ("GET", "/api/v1/imports/{id}", "/api/v1/imports/0", NO, SUBMITTERS),
    ("DELETE", "/api/v1/imports/{id}", "/api/v1/imports/0", NO, SUBMITTERS),
    ("GET", "/api/v1/imports/{id}/refused", "/api/v1/imports/0/refused", NO, SUBMITTERS),
    ("GET", "/api/v1/imports/{id}/certificates.csv", "/api/v1/imports/0/certificates.csv", NO, SUBMITTERS),
    // Programs.
    ("POST", "/api/v1/documents", "/api/v1/documents", NO, SUBMITTERS),
    ("GET", "/api/v1/certificates/{number}", "/api/v1/certificates/2026112240170938612531", NO, READERS),
    (
        "GET",
        "/api/v1/certificates/{number}/status",
        "/api/v1/certificates/2026112240170938612531/status",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}.xzc",
        "/api/v1/certificates/2026112240170938612531.xzc",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}.pdf",
        "/api/v1/certificates/2026112240170938612531.pdf",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}.qr.svg",
        "/api/v1/certificates/2026112240170938612531.qr.svg",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}.qr.png",
        "/api/v1/certificates/2026112240170938612531.qr.png",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}.tlog-proof",
        "/api/v1/certificates/2026112240170938612531.tlog-proof",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}.zip",
        "/api/v1/certificates/2026112240170938612531.zip",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}/evidence",
        "/api/v1/certificates/2026112240170938612531/evidence",
        NO,
        READERS,
    ),
    (
        "GET",
        "/api/v1/certificates/{number}/events",
        "/api/v1/certificates/2026112240170938612531/events",
        NO,
        Api(Scope::CertificatesRead, &[Operator, Reviewer, Auditor, Holder]),
    ),
    (
        "POST",
        "/api/v1/certificates/{number}/status",
        "/api/v1/certificates/2026112240170938612531/status",
        NO,
        CHANGERS,
    ),
    ("GET", "/api/v1/objections", "/api/v1/objections", NO, CASE_READERS),
    ("POST", "/api/v1/objections", "/api/v1/objections", NO, CHANGERS),
    ("GET", "/api/v1/objections/{id}", "/api/v1/objections/Y99999", NO, CASE_READERS),
    ("POST", "/api/v1/objections/{id}/steps", "/api/v1/objections/Y99999/steps", NO, CHANGERS),
    ("POST", "/api/v1/repairs", "/api/v1/repairs", NO, CHANGERS),
    ("GET", "/api/v1/repairs/{id}", "/api/v1/repairs/R99999", NO, CASE_READERS),
    ("POST", "/api/v1/verifications", "/api/v1/verifications", NO, CHECKERS),
    ("GET", "/api/v1/verifications/{receipt}", "/api/v1/verifications/R1", NO, CHECKERS),
    ("POST", "/api/v1/jobs", "/api/v1/jobs", NO, JOBBERS),
    ("GET", "/api/v1/jobs/{id}", "/api/v1/jobs/J1", NO, JOBBERS),
    ("DELETE", "/api/v1/jobs/{id}", "/api/v1/jobs/J1", NO, JOBBERS),
    ("GET", "/api/v1/jobs/{id}/result.csv", "/api/v1/jobs/J1/result.csv", NO, JOBBERS),
    ("POST", "/api/v1/checks", "/api/v1/checks", NO, JOBBERS),
    ("GET", "/api/v1/checks/{id}", "/api/v1/checks/C1", NO, JOBBERS),
    ("DELETE", "/api/v1/checks/{id}", "/api/v1/checks/C1", NO, JOBBERS),
    ("GET", "/api/v1/checks/{id}/result.csv", "/api/v1/checks/C1/result.csv", NO, JOBBERS),
    ("GET", "/api/v1/checks/{id}/result.json", "/api/v1/checks/C1/result.json", NO, JOBBERS),
    ("GET", "/api/v1/checks/{id}/result.xzc", "/api/v1/checks/C1/result.xzc", NO, JOBBERS),
];

/// What came of asking.
#[derive(Debug, PartialEq, Eq)]
enum Came {
    /// The route answered, whatever it said.
    In,
    /// To the page to sign in on, or 401.
    SignInFirst,
    /// 403.
    Forbidden,
}

fn came(answer: &Answer) -> Came {
    match answer.status {
        303 if answer.header("location").starts_with("/sign-in") => Came::SignInFirst,
        401 => Came::SignInFirst,
        403 => Came::Forbidden,
        _ => Came::In,
    }
}

/// Asks as a page of this browser would: with its session's token, in the form and in the header.
fn ask(browser: &mut Browser, row: &Row, csrf: &str, bearer: Option<&str>) -> Answer {
    let (method, _, address, fields, _) = *row;
    let bearer = bearer.map(|key| format!("Bearer {key}"));
    let mut headers = vec![("X-CSRF-Token", csrf)];
    headers.extend(bearer.iter().map(|value| ("Authorization", value.as_str())));
    // Whatever an answer sets is not kept: each row is asked in the same state.
    let mut browser = browser.clone();
    if method == "POST"
        && ([
            "/operator/submit",
            "/operator/check",
            "/operator/imports",
            "/operator/matters",
            "/operator/templates",
            "/operator/repairs",
            "/operator/commitments/61990020261122000003",
        ]
        .contains(&address)
            || address.ends_with("/objection")
            || address.ends_with("/edit"))
    {
        let part = |(name, value): &(&str, &str)| {
            format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
        };
        let parts: String = [("csrf", csrf)].iter().chain(fields).map(part).collect();
        let kind = ("Content-Type", "multipart/form-data; boundary=b");
        return browser.ask(method, address, &[kind], &format!("{parts}--b--\r\n"));
    }
    if method == "POST" && !address.starts_with("/api/") {
        let fields = [&[("csrf", csrf)], fields].concat();
        return browser.post(address, &fields);
    }
    if method == "POST" {
        headers.push(("Content-Type", "application/json"));
    }
    browser.ask(method, address, &headers, if method == "POST" { "{}" } else { "" })
}

#[test]
fn every_address_by_every_role() {
    let house = House::new();
    let mut wrong = Vec::new();
    let mut nobody = house.browser();
    for row in TABLE {
        let expected = match row.4 {
            Everybody => continue,
            _ => Came::SignInFirst,
        };
        let answer = ask(&mut nobody, row, "", None);
        if came(&answer) != expected {
            wrong.push(format!("nobody: {} {} gave {}", row.0, row.2, answer.status));
        }
    }
    for role in Role::ALL {
        let mut browser = house.signed_in(role);
        let csrf = browser.get("/password").csrf();
        for row in TABLE {
            let may = match row.4 {
                Everybody if row.1 == "/sign-in" || row.1 == "/sign-out" => continue,
                Everybody | Anybody => true,
                Roles(roles) | Api(_, roles) => roles.contains(&role),
            };
            let answer = ask(&mut browser, row, &csrf, None);
            if (came(&answer) == Came::In) != may || came(&answer) == Came::SignInFirst {
                wrong.push(format!("{}: {} {} gave {}", role.as_str(), row.0, row.2, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_page_in_english_has_a_chinese_date() {
    let house = House::new();
    let mut looked = 0;
    for role in Role::ALL {
        let browser = house.signed_in(role);
        for row in TABLE.iter().filter(|row| row.0 == "GET" && !row.1.starts_with("/api/")) {
            let answer = browser.clone().ask("GET", row.2, &[("Accept-Language", "en")], "");
            let text = answer.text();
            if !text.contains("<html lang=\"en\"") {
                continue;
            }
            looked += 1;
            let dates = text
                .match_indices('年')
                .filter(|(at, _)| text[..*at].ends_with(|c: char| c.is_ascii_digit()));
            let before = |at: usize| text[..at].chars().rev().take(20).collect::<Vec<_>>().into_iter().rev();
            let around: Vec<String> = dates.map(|(at, _)| before(at).collect()).collect();
            assert!(around.is_empty(), "{} {}: {around:?}", role.as_str(), row.2);
        }
    }
    assert!(looked > 50, "{looked} pages");
}

#[test]
fn every_address_by_every_scope() {
    let house = House::new();
    let mut wrong = Vec::new();
    for scope in Scope::ALL {
        let new = NewApiKey::new("审批系统", "政务服务中心", &[scope], 30).unwrap();
        let (key, text) = house.office.people().add_api_key(new).unwrap();
        for row in TABLE {
            let Api(wanted, _) = row.4 else { continue };
            // Whoever submits may ask whether a certificate is sealed.
            let may = wanted == scope
                || (scope == Scope::DocumentsSubmit && row.1 == "/api/v1/certificates/{number}");
            let answer = ask(&mut house.browser(), row, "", Some(text.as_str()));
            let expected = if may { Came::In } else { Came::Forbidden };
            if came(&answer) != expected {
                wrong.push(format!("{}: {} {} gave {}", scope.as_str(), row.0, row.2, answer.status));
            }
        }
        // A key opens no page.
        for row in TABLE.iter().filter(|row| matches!(row.4, Roles(_) | Anybody)) {
            if came(&ask(&mut house.browser(), row, "", Some(text.as_str()))) != Came::SignInFirst {
                wrong.push(format!("{}: {} {} let a key in", scope.as_str(), row.0, row.2));
            }
        }
        house.office.people().revoke_api_key(key.id()).unwrap();
        for row in TABLE.iter().filter(|row| matches!(row.4, Api(..))) {
            let answer = ask(&mut house.browser(), row, "", Some(text.as_str()));
            if answer.status != 401 {
                wrong.push(format!("revoked {}: {} {} gave {}", scope.as_str(), row.0, row.2, answer.status));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_changes_something_needs_the_token_of_its_own_session() {
    let house = House::new();
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let mut browser = house.signed_in(role);
        // Another session of the same account: its token is not this one's.
        let other = house.signed_in(role).get("/password").csrf();
        for row in TABLE.iter().filter(|row| row.0 != "GET") {
            let may = match row.4 {
                Everybody => false,
                Anybody => true,
                Roles(roles) | Api(_, roles) => roles.contains(&role),
            };
            if !may {
                continue;
            }
            for token in ["", "AAAA", &other] {
                let answer = ask(&mut browser, row, token, None);
                if answer.status != 403 {
                    wrong.push(format!("{}: {} {} gave {}", role.as_str(), row.0, row.2, answer.status));
                }
            }
        }
        let sign_out = browser.clone().post("/sign-out", &[("csrf", &other)]);
        assert_eq!(sign_out.status, 403, "nobody is signed out by another site");
        assert_eq!(browser.get("/password").status, 200);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_of_people_are_kept_nowhere() {
    let house = House::new();
    for role in Role::ALL {
        let mut browser = house.signed_in(role);
        let csrf = browser.get("/password").csrf();
        for row in TABLE.iter().filter(|row| row.0 == "GET" && matches!(row.4, Roles(_) | Anybody | Api(..)))
        {
            let answer = ask(&mut browser, row, &csrf, None);
            assert_eq!(answer.header("cache-control"), "no-store", "{} {}", role.as_str(), row.2);
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{}", row.2);
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{}", row.2);
        }
        // What is open to everybody shows who is signed in, and then is not kept either.
        assert_eq!(browser.get("/").header("cache-control"), "no-store");
    }
}

/// What this module's own pages can be asked for with any other method: nothing.
#[test]
fn other_methods_are_not_answered() {
    let house = House::new();
    let mut browser = house.signed_in(Role::SystemAdministrator);
    let known: BTreeSet<(&str, &str)> = TABLE.iter().map(|row| (row.0, row.2)).collect();
    for address in TABLE.iter().map(|row| row.2) {
        for method in ["GET", "POST", "PUT", "DELETE", "PATCH"] {
            if known.contains(&(method, address)) {
                continue;
            }
            let status = browser.ask(method, address, &[], "").status;
            assert!(
                matches!(status, 404 | 405),
                "{method} {address} gave {status}: a route that is not listed"
            );
        }
    }
}

/// Reads the addresses out of the sources, where they are registered.
#[test]
fn no_address_is_left_out() {
    let listed: BTreeSet<String> = TABLE.iter().map(|row| row.1.to_string()).collect();
    let mut found = BTreeSet::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |path, text| {
        let api = path.components().any(|part| part.as_os_str() == "api");
        for call in ["resource(", "route(", "Address::get(", "Address::post(", "Address::delete(", "scope("] {
            for (at, _) in text.match_indices(call) {
                let rest = text[at + call.len()..].trim_start();
                let rest = rest.strip_prefix('r').unwrap_or(rest);
                let Some(address) = rest.strip_prefix('"').and_then(|rest| rest.split('"').next()) else {
                    continue;
                };
                let root = if api && call.starts_with("Address") { "/api/v1" } else { "" };
                found.insert(format!("{root}{address}"));
            }
        }
    });
    assert!(found.len() > 50, "the addresses were not found: {found:?}");
    let missing: Vec<&String> = found.difference(&listed).collect();
    assert!(missing.is_empty(), "say in the table who may ask for {missing:?}");
    let gone: Vec<&String> = listed.difference(&found).collect();
    assert!(gone.is_empty(), "not registered any more: {gone:?}");
}

fn sources(dir: &Path, visit: &mut dyn FnMut(&Path, &str)) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, visit);
        } else if path.extension().is_some_and(|kind| kind == "rs") && path.file_name().unwrap() != "tests.rs"
        {
            let text = fs::read_to_string(&path).unwrap();
            // Unit tests stand last.
            visit(&path, text.split("#[cfg(test)]\nmod tests {").next().unwrap());
        }
    }
}
