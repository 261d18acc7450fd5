//! Problems that any route can have, one row each: code, status, and the sentence in two languages.

use actix_web::http::StatusCode;

use super::Problem;

macro_rules! common {
    ($($variant:ident $code:literal $status:ident $zh:literal $en:literal)+) => {
        /// A problem that any route can have.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Common {
            $(#[doc = $en] $variant,)+
        }

        impl Common {
            /// Every one, in the order of the table.
            pub const ALL: &'static [Common] = &[$(Common::$variant,)+];

            /// The problem.
            pub fn problem(self) -> Problem {
                match self { $(Common::$variant => Problem::new(StatusCode::$status, $code, $zh, $en),)+ }
            }
        }
    };
}

common! {
    RequestBad "REQUEST_BAD" BAD_REQUEST
        "请求的格式不对，未作任何处理"
        "the request is not well formed; nothing was done"
    JsonBad "JSON_SYNTAX" BAD_REQUEST
        "请求正文不是合法的 JSON，或缺少字段；请对照接口说明"
        "the body is not the JSON that is expected here; compare it with the description of the interface"
    FormBad "FORM_BAD" BAD_REQUEST
        "表单缺少必填项或格式不对；请返回重新填写"
        "the form lacks a field or is not well formed; go back and fill it in again"
    MultipartBad "MULTIPART_BAD" BAD_REQUEST
        "上传的内容不完整或格式不对；请重新上传"
        "the upload is cut off or not well formed; send it again"
    QueryBad "QUERY_BAD" BAD_REQUEST
        "地址中的参数不对"
        "the address has a parameter that is missing or wrong"
    SignInNeeded "SIGN_IN_NEEDED" UNAUTHORIZED
        "请先登录，或在请求中给出接口密钥"
        "sign in first, or send an API key"
    Forbidden "FORBIDDEN" FORBIDDEN
        "无权限"
        "this account may not do that"
    CsrfBad "CSRF_BAD" FORBIDDEN
        "页面已过期；请返回刷新后重试"
        "the page is out of date; go back, load it again and repeat"
    NotFound "NOT_FOUND" NOT_FOUND
        "没有这个页面或文件；请检查地址"
        "there is nothing at this address; check it"
    MethodNotAllowed "METHOD_NOT_ALLOWED" METHOD_NOT_ALLOWED
        "此地址不接受这种请求方法"
        "this address does not take this method"
    NotAcceptable "NOT_ACCEPTABLE" NOT_ACCEPTABLE
        "没有所要求格式的内容"
        "there is no such form of it"
    BodySlow "BODY_SLOW" REQUEST_TIMEOUT
        "接收请求正文超时；请检查网络后重试"
        "the body did not arrive in time; check the network and try again"
    Gone "GONE" GONE
        "内容已删除"
        "it was removed for good"
    BodyLarge "BODY_LARGE" PAYLOAD_TOO_LARGE
        "上传的内容过大；请对照大小限制"
        "the body is too large; see the limits"
    MediaTypeUnsupported "MEDIA_TYPE_UNSUPPORTED" UNSUPPORTED_MEDIA_TYPE
        "此处不接受这种类型的内容；请检查 Content-Type"
        "this address does not take that type of body; check Content-Type"
    RateLimited "RATE_LIMITED" TOO_MANY_REQUESTS
        "查询过于频繁，请稍后再试"
        "too many requests; try again later"
    HeadersLarge "HEADERS_LARGE" REQUEST_HEADER_FIELDS_TOO_LARGE
        "请求头过大"
        "the request's headers are too large"
    Internal "INTERNAL" INTERNAL_SERVER_ERROR
        "服务出现故障；请稍后重试，仍有问题请把请求编号告诉管理员"
        "the service failed; try again later, and if it goes on tell the administrator the request id"
    Busy "BUSY" SERVICE_UNAVAILABLE
        "服务繁忙，请稍后再试"
        "the service is busy; try again soon"
    TimeLimit "TIME_LIMIT" SERVICE_UNAVAILABLE
        "处理超时；已受理的不会丢失，请用同一幂等键或同一编号重试"
        "it took too long; what was accepted is not lost: repeat it with the same idempotency key or number"
}

/// The problem of a bare status, such as the router's own 404 and 405.
pub fn of_status(status: StatusCode) -> Problem {
    let known = Common::ALL.iter().map(|common| common.problem()).find(|problem| problem.status() == status);
    let general = || if status.is_server_error() { Common::Internal } else { Common::RequestBad }.problem();
    match status {
        StatusCode::NOT_FOUND => Common::NotFound.problem(),
        StatusCode::FORBIDDEN => Common::Forbidden.problem(),
        StatusCode::SERVICE_UNAVAILABLE => Common::Busy.problem(),
        _ => known.unwrap_or_else(|| Problem { status, ..general() }),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_distinct_and_statuses_are_errors() {
        let codes: BTreeSet<String> =
            Common::ALL.iter().map(|common| common.problem().code().to_string()).collect();
        assert_eq!(codes.len(), Common::ALL.len());
        for common in Common::ALL {
            let status = common.problem().status();
            assert!(status.is_client_error() || status.is_server_error(), "{common:?}");
        }
    }

    #[test]
    fn a_bare_status_keeps_its_number() {
        for status in [400, 401, 403, 404, 405, 408, 413, 415, 418, 429, 431, 500, 501, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(of_status(status).status(), status);
        }
        assert_eq!(of_status(StatusCode::NOT_FOUND).code(), "NOT_FOUND");
    }
}
