//! A body under watch: it ends with an error where it is too large, too slow, or one too many.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::rt::time::{Sleep, sleep};
use actix_web::web::Bytes;
use futures_util::stream::Stream;

use super::{BODIES_BYTES, BODY_BYTES_A_SECOND, Limits};
use crate::problem::{Common, Problem};

/// How a body was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Beyond its limit.
    Large,
    /// Below the pace that is asked for.
    Slow,
    /// Too many bodies at once.
    Crowded,
}

impl Cut {
    /// What the sender is told.
    pub fn problem(self) -> Problem {
        match self {
            Cut::Large => Common::BodyLarge.problem(),
            Cut::Slow => Common::BodySlow.problem(),
            Cut::Crowded => Common::Busy.problem().retry_after(super::BUSY_RETRY_S),
        }
    }
}

/// Bytes of bodies that all requests of a server hold.
#[derive(Debug, Default)]
pub struct Budget(AtomicU64);

impl Budget {
    /// Takes so many, if they are left.
    fn take(&self, bytes: u64) -> bool {
        let held = self.0.fetch_add(bytes, Ordering::Relaxed);
        let fits = held.saturating_add(bytes) <= BODIES_BYTES;
        if !fits {
            self.0.fetch_sub(bytes, Ordering::Relaxed);
        }
        fits
    }
}

/// What is known of one body while its request lives; gives its bytes back when that ends.
#[derive(Debug)]
pub struct Meter {
    budget: Arc<Budget>,
    held: Cell<u64>,
    cut: Cell<Option<Cut>>,
    open: Cell<bool>,
}

impl Meter {
    /// How the body was ended, if it was not its own end.
    pub fn cut(&self) -> Option<Cut> {
        self.cut.get()
    }

    /// Whether more of it was still to come.
    pub fn is_open(&self) -> bool {
        self.open.get()
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.budget.0.fetch_sub(self.held.get(), Ordering::Relaxed);
    }
}

/// Puts the request's body under watch.
pub fn guard(request: &mut ServiceRequest, limits: Limits, budget: Arc<Budget>) -> Rc<Meter> {
    let meter = Rc::new(Meter { budget, held: Cell::new(0), cut: Cell::new(None), open: Cell::new(false) });
    let body: Payload = match request.take_payload() {
        Payload::None => Payload::None,
        inner => {
            meter.open.set(true);
            let late = Box::pin(sleep(limits.grace));
            let watched = Watched { inner, limits, meter: meter.clone(), began: Instant::now(), late };
            Payload::Stream { payload: Box::pin(watched) }
        }
    };
    request.set_payload(body);
    meter
}

struct Watched {
    inner: Payload,
    limits: Limits,
    meter: Rc<Meter>,
    began: Instant,
    late: Pin<Box<Sleep>>,
}

impl Watched {
    fn end(&self, cut: Cut) -> Poll<Option<Result<Bytes, PayloadError>>> {
        self.meter.cut.set(Some(cut));
        Poll::Ready(Some(Err(match cut {
            Cut::Large => PayloadError::Overflow,
            Cut::Slow | Cut::Crowded => PayloadError::Incomplete(None),
        })))
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Some(cut) = self.meter.cut() {
            return self.end(cut);
        }
        match Pin::new(&mut self.inner).poll_next(cx) {
            Poll::Ready(Some(Ok(bytes))) => {
                let more = bytes.len() as u64;
                let held = self.meter.held.get().saturating_add(more);
                if held > self.limits.body {
                    return self.end(Cut::Large);
                }
                if !self.meter.budget.take(more) {
                    return self.end(Cut::Crowded);
                }
                self.meter.held.set(held);
                let due = self.limits.grace + Duration::from_secs(held / BODY_BYTES_A_SECOND);
                let due = actix_web::rt::time::Instant::from_std(self.began + due);
                self.late.as_mut().reset(due);
                Poll::Ready(Some(Ok(bytes)))
            }
            Poll::Ready(None) => {
                self.meter.open.set(false);
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(error))),
            Poll::Pending => match self.late.as_mut().poll(cx) {
                Poll::Ready(()) => self.end(Cut::Slow),
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_gives_back_what_a_request_held() {
        let budget = Arc::new(Budget::default());
        let meter =
            Meter { budget: budget.clone(), held: Cell::new(0), cut: Cell::new(None), open: Cell::new(true) };
        assert!(budget.take(BODIES_BYTES));
        meter.held.set(BODIES_BYTES);
        assert!(!budget.take(1));
        drop(meter);
        assert!(budget.take(1));
    }
}
