//! The errors of the framework's own readers of bodies, forms, uploads, queries and paths, as problems.

use actix_multipart::MultipartError;
use actix_web::error::{
    Error, JsonPayloadError, PathError, PayloadError, QueryPayloadError, UrlencodedError,
};
use actix_web::http::StatusCode;

use super::{Common, Problem, of_status};

/// The problem behind an error. One that is not known is told by its status alone: its text is not ours.
pub fn of_error(error: &Error) -> Problem {
    if let Some(problem) = error.as_error::<Problem>() {
        return problem.clone();
    }
    let common = if let Some(error) = error.as_error::<JsonPayloadError>() {
        json(error)
    } else if let Some(error) = error.as_error::<UrlencodedError>() {
        form(error)
    } else if let Some(error) = error.as_error::<MultipartError>() {
        multipart(error)
    } else if let Some(error) = error.as_error::<PayloadError>() {
        payload(error)
    } else if error.as_error::<QueryPayloadError>().is_some() {
        Common::QueryBad
    } else if error.as_error::<PathError>().is_some() {
        Common::NotFound
    } else {
        return of_status(error.as_response_error().status_code());
    };
    common.problem()
}

fn json(error: &JsonPayloadError) -> Common {
    match error {
        JsonPayloadError::OverflowKnownLength { .. } | JsonPayloadError::Overflow { .. } => Common::BodyLarge,
        JsonPayloadError::ContentType => Common::MediaTypeUnsupported,
        JsonPayloadError::Payload(error) => payload(error),
        _ => Common::JsonBad,
    }
}

fn form(error: &UrlencodedError) -> Common {
    match error {
        UrlencodedError::Overflow { .. } => Common::BodyLarge,
        UrlencodedError::ContentType => Common::MediaTypeUnsupported,
        UrlencodedError::Payload(error) => payload(error),
        _ => Common::FormBad,
    }
}

fn multipart(error: &MultipartError) -> Common {
    match error {
        MultipartError::ContentTypeMissing | MultipartError::ContentTypeIncompatible => {
            Common::MediaTypeUnsupported
        }
        MultipartError::Payload(error) => payload(error),
        _ => Common::MultipartBad,
    }
}

fn payload(error: &PayloadError) -> Common {
    match error {
        PayloadError::Overflow => Common::BodyLarge,
        _ if StatusCode::PAYLOAD_TOO_LARGE == actix_web::ResponseError::status_code(error) => {
            Common::BodyLarge
        }
        _ => Common::RequestBad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_readers_become_the_problem_they_are() {
        let code = |error: Error| of_error(&error).code().to_string();
        assert_eq!(code(Problem::from(Common::CsrfBad).into()), "CSRF_BAD");
        assert_eq!(code(JsonPayloadError::ContentType.into()), "MEDIA_TYPE_UNSUPPORTED");
        assert_eq!(code(JsonPayloadError::Overflow { limit: 1 }.into()), "BODY_LARGE");
        assert_eq!(code(JsonPayloadError::Payload(PayloadError::Overflow).into()), "BODY_LARGE");
        assert_eq!(code(UrlencodedError::Overflow { size: 2, limit: 1 }.into()), "BODY_LARGE");
        assert_eq!(code(UrlencodedError::Encoding.into()), "FORM_BAD");
        assert_eq!(code(MultipartError::Incomplete.into()), "MULTIPART_BAD");
        assert_eq!(code(MultipartError::ContentTypeIncompatible.into()), "MEDIA_TYPE_UNSUPPORTED");
        assert_eq!(code(actix_web::error::ErrorImATeapot("Alice's secret")), "REQUEST_BAD");
        assert_eq!(code(actix_web::error::ErrorInternalServerError("x")), "INTERNAL");
    }
}
