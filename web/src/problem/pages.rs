//! `GET /problems/CODE`: what a code means, for whoever follows the `type` of a problem.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::web::{self, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use notary::refusal::RefusalCode;

use super::{Common, Problem, status_of, wants_html};
use crate::page::{Page, Trouble, error_page};

/// The address of this module.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/problems/{code}", web::route().guard(Any(Get()).or(Head())).to(meaning));
}

/// The problem without a case: what was found and what would be right are left open.
fn general(code: &str) -> Option<Problem> {
    let common = Common::ALL.iter().map(|common| common.problem()).find(|problem| problem.code() == code);
    let refusal = || {
        let code = *RefusalCode::ALL.iter().find(|known| known.as_str() == code)?;
        let open = |lang| code.template(lang).replace("{found}", "…").replace("{right}", "…");
        let [zh, en] = [verifier::text::Lang::Zh, verifier::text::Lang::En].map(open);
        Some(Problem::new(status_of(code), code.as_str(), zh, en))
    };
    common.or_else(refusal)
}

async fn meaning(request: HttpRequest, code: Path<String>, page: Page) -> Result<HttpResponse, Problem> {
    let problem = general(&code).ok_or_else(|| Common::NotFound.problem())?;
    let lang = page.lang.words();
    if !wants_html(request.path(), request.headers()) {
        let json = problem.json(lang, "");
        return Ok(HttpResponse::Ok().content_type("application/json").body(json));
    }
    let trouble = Trouble {
        sentence: problem.title(lang).to_string(),
        next: problem.message(lang).to_string(),
        code: problem.code().to_string(),
        request_id: String::new(),
    };
    let mut answer = error_page(page, problem.status(), &trouble);
    // The page is about a problem and is none itself.
    *answer.status_mut() = StatusCode::OK;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_and_every_common_problem_is_explained_without_a_case() {
        for code in RefusalCode::ALL {
            let problem = general(code.as_str()).unwrap();
            assert_eq!(problem.code(), code.as_str());
            let both = format!("{problem} {}", problem.message(verifier::text::Lang::Zh));
            assert!(!both.contains("{found}") && !both.contains("{right}"), "{both}");
        }
        for common in Common::ALL {
            assert!(general(common.problem().code()).is_some());
        }
        assert!(general("NO_SUCH_CODE").is_none() && general("").is_none());
    }
}
