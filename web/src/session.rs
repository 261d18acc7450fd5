//! Who is signed in, and what they may do.
//!
//! ```text
//! async fn queue(signed_in: SignedIn, …) -> Result<HttpResponse, Problem> {     303 to /sign-in?next=… for nobody
//!     signed_in.require(&[Role::Operator])?;                                    403 for another role
//!
//! async fn approve(signed_in: SignedIn, form: CheckedForm<Approve>, …)          403 without this session's csrf field
//! async fn jobs(caller: ApiCaller, …) { caller.require(Scope::JobsWrite)?; … }                an API key, or a session
//! ```
//!
//! A session is 256 random bits in a cookie that scripts can't read (`__Host-xinzheng` over TLS, `xinzheng` without),
//! kept here by its hash, in memory: a restart ends every session. It begins with a new identifier at every sign-in, ends
//! after an idle time, after [`LASTS`] in any case, at sign-out, and whenever the account's password, role or state
//! changes. `SameSite=Lax`, so that a link in an approval system still finds the clerk signed in; every form that changes
//! something carries the session's token besides. Not here: accounts and passwords (`notary::people`).

mod caller;
mod cookie;
mod form;
mod next;
mod pages;
mod signed_in;
mod store;

use actix_web::HttpRequest;
use actix_web::web::{self, Data, ServiceConfig};
use notary::refusal::{Refusal, RefusalCode};

pub use caller::ApiCaller;
pub use form::{CheckedForm, FORM_MAX};
pub use signed_in::SignedIn;
pub(crate) use signed_in::see_other;
pub use store::{EACH_MAX, LASTS, SESSIONS_MAX, Sessions};

use crate::page::Person;
use crate::server::Shared;

/// `/sign-in`, `/sign-out`, `/password`.
pub fn configure(config: &mut ServiceConfig) {
    pages::configure(config);
}

/// Whoever is signed in, for the frame of a page; nobody while a password has still to be chosen.
pub fn person(request: &HttpRequest) -> Option<Person> {
    let signed_in = SignedIn::of(request)?;
    Some(signed_in.person(crate::lang::Lang::of(request)))
}

/// Hashing and the disk take their time: elsewhere than where requests are answered.
pub(crate) async fn blocking<T: Send + 'static>(
    shared: &Data<Shared>,
    work: impl FnOnce(&Shared) -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let shared = shared.clone();
    let done = web::block(move || work(&shared)).await;
    done.unwrap_or_else(|_| Err(Refusal::new(RefusalCode::OfficeStopped)))
}
