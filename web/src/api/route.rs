//! Addresses with their methods: GET answers HEAD too, any other method gets 405 with `Allow`.

use std::collections::BTreeMap;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{Handler, HttpResponse, Resource, Responder, Route};

use super::ROOT;
use crate::problem::Common;

/// One method at one address.
pub struct Address {
    method: Method,
    path: &'static str,
    route: Route,
}

impl Address {
    /// For GET and HEAD.
    pub fn get<F, Args>(path: &'static str, handler: F) -> Address
    where
        F: Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = web::route().guard(Any(Get()).or(Head())).to(handler);
        Address { method: Method::GET, path, route }
    }

    /// For POST.
    pub fn post<F, Args>(path: &'static str, handler: F) -> Address
    where
        F: Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Address { method: Method::POST, path, route: web::post().to(handler) }
    }

    /// For DELETE.
    pub fn delete<F, Args>(path: &'static str, handler: F) -> Address
    where
        F: Handler<Args>,
        Args: actix_web::FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        Address { method: Method::DELETE, path, route: web::delete().to(handler) }
    }

    /// `GET`, `POST`, `DELETE`.
    pub fn method(&self) -> &'static str {
        match self.method {
            Method::POST => "POST",
            Method::DELETE => "DELETE",
            _ => "GET",
        }
    }

    /// Below [`ROOT`], e.g. `/batches/{number}`.
    pub fn path(&self) -> &'static str {
        self.path
    }
}

/// Registers the addresses; methods of one address together.
pub fn register(config: &mut ServiceConfig, addresses: Vec<Address>) {
    let mut by_path: BTreeMap<&'static str, Vec<Address>> = BTreeMap::new();
    for address in addresses {
        by_path.entry(address.path).or_default().push(address);
    }
    // What ends in a suffix stands before what takes any name there.
    let mut resources: Vec<_> = by_path.into_iter().collect();
    resources.sort_by_key(|(path, _)| path.ends_with('}'));
    for (path, addresses) in resources {
        config.service(resource(path, addresses));
    }
}

fn resource(path: &'static str, addresses: Vec<Address>) -> Resource {
    let allow = addresses
        .iter()
        .flat_map(|address| match address.method {
            Method::GET => vec!["GET", "HEAD"],
            _ => vec![address.method()],
        })
        .collect::<Vec<_>>()
        .join(", ");
    // A name ends at a dot: what follows it is the form that is asked for.
    let pattern = format!("{ROOT}{}", path.replace('}', ":[^/.]+}"));
    let mut resource = web::resource(pattern);
    for address in addresses {
        resource = resource.route(address.route);
    }
    resource.default_service(web::to(move || {
        let allow = allow.clone();
        async move { not_allowed(&allow) }
    }))
}

fn not_allowed(allow: &str) -> HttpResponse {
    let mut answer = Common::MethodNotAllowed.problem().empty();
    if let Ok(value) = HeaderValue::from_str(allow) {
        answer.headers_mut().insert(ALLOW, value);
    }
    answer
}
