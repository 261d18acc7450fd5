//! Pages for what went wrong: what, where, and what to do next.
//!
//! ```text
//! 429  查询过于频繁，请稍后再试   RATE_LIMITED
//! ```

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::Page;

/// What went wrong, in the reader's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence, large.
    pub sentence: String,
    /// What to do next.
    pub next: String,
    /// The stable code, if there is one.
    pub code: String,
    /// What to name when asking for help, if there is one.
    pub request_id: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: &'a Page,
    status: u16,
    trouble: &'a Trouble,
}

/// The page for a status that says enough by itself.
#[must_use]
pub fn error(request: &HttpRequest, status: StatusCode) -> HttpResponse {
    let page = Page::of(request);
    let (zh, en) = sentence(status);
    let (next_zh, next_en) = next(status);
    let trouble = Trouble {
        sentence: page.lang.pick(zh, en).to_string(),
        next: page.lang.pick(next_zh, next_en).to_string(),
        ..Trouble::default()
    };
    error_page(page, status, &trouble)
}

/// The page for something more particular.
#[must_use]
pub fn error_page(page: Page, status: StatusCode, trouble: &Trouble) -> HttpResponse {
    let (zh, en) = sentence(status);
    let page = page.titled(zh, en);
    page.html(status, &ErrorPage { page: &page, status: status.as_u16(), trouble })
}

fn sentence(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 | 422 => ("提交的内容有误", "What was sent is not right"),
        401 => ("请先登录", "Please sign in first"),
        403 => ("无权限", "Not allowed"),
        404 => ("没有这个页面", "There is no such page"),
        405 => ("此处不接受这样的请求", "This address does not take such a request"),
        408 => ("等待超时", "It took too long to arrive"),
        409 => ("内容已被他人更改", "Somebody else has changed it"),
        413 => ("提交的内容过大", "What was sent is too large"),
        415 => ("不是可识别的证书文件", "Not a kind of file that is known here"),
        429 => ("查询过于频繁，请稍后再试", "Too many requests: please try again later"),
        503 => ("服务暂时不可用", "The service can't answer just now"),
        _ => ("服务出现故障", "Something went wrong here"),
    }
}

fn next(status: StatusCode) -> (&'static str, &'static str) {
    match status.as_u16() {
        400 | 422 => ("请返回上一页，改正后再提交。", "Go back, correct it and send it again."),
        401 => ("登录后会回到原来的页面。", "You will come back to where you were."),
        403 => (
            "您的账号不能打开此页面。如需办理，请联系本机构的系统管理员。",
            "Your account may not open this page. Ask the system administrator of this office.",
        ),
        404 => ("请核对网址，或从首页进入。", "Check the address, or start from the first page."),
        405 => ("请从首页进入。", "Start from the first page."),
        408 => ("请检查网络后重试。", "Check the network and try again."),
        409 => ("请重新打开此页面，核对后再操作。", "Open the page again and look before you go on."),
        413 => (
            "请上传原始的证书文件，不要上传整份扫描件。",
            "Send the certificate's own file, not a large scan.",
        ),
        415 => (
            "可以上传 .xzc 文件、证书 PDF，或带二维码的 PNG、JPEG 图片。",
            "Send an .xzc file, the certificate's PDF, or a PNG or JPEG picture of its QR code.",
        ),
        429 => ("请等待一分钟。证书本身不受影响。", "Wait a minute. The certificate itself is not affected."),
        503 => (
            "请稍后再试。证书可以离线核验，不受影响。",
            "Try again in a while. Certificates can be verified offline all the same.",
        ),
        _ => (
            "请稍后再试。如仍有问题，请把下面的编号告诉本机构。",
            "Try again in a while. If it stays, tell this office the number below.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn every_status_has_a_page_in_both_languages() {
        for status in [400, 401, 403, 404, 405, 408, 409, 413, 415, 418, 422, 429, 500, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            for (address, tag) in [("/x", "lang=\"zh-CN\""), ("/x?lang=en", "lang=\"en\"")] {
                let answer = error(&TestRequest::with_uri(address).to_http_request(), status);
                assert_eq!(answer.status(), status);
                assert_eq!(answer.headers().get("cache-control").unwrap(), "no-store");
                let body =
                    actix_web::rt::System::new().block_on(to_bytes(answer.into_body())).unwrap_or_default();
                let body = String::from_utf8(body.to_vec()).unwrap();
                assert!(body.contains(tag) && body.contains(status.as_str()), "{status}: {body}");
            }
        }
    }
}
