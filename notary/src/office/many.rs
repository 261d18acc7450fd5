//! Many documents at once: an import hands them over by the hundred.
//!
//! ```text
//! 512 documents  →  read and sealed on every core  →  one flush of the journal  →  one change of the index
//! ```

use std::thread;

use super::Office;
use super::accept::{Accepted, Begun, Submission, internal};
use super::provenance::Provenance;
use crate::refusal::{Refusal, RefusalCode};

/// Documents that are accepted at once; each of them may be as large as a document is.
pub const AT_ONCE_MAX: usize = 1_000;
/// Threads that read them. Reading is what costs; more than the cores are of no use.
const THREADS_MAX: usize = 8;

impl Office {
    /// Accepts documents, each as [`submit`](Self::submit) does, and answers in their order. What is refused keeps none of
    /// the others back. All that are accepted are durable when this returns.
    ///
    /// # Errors
    /// `LIST_LONG` for more than [`AT_ONCE_MAX`].
    pub fn submit_many(
        &self,
        submissions: Vec<Submission>,
    ) -> Result<Vec<Result<Accepted, Refusal>>, Refusal> {
        self.submit_many_from(submissions.into_iter().map(|one| (one, None)).collect())
    }

    /// The same, each with where it came from.
    ///
    /// # Errors
    /// As [`Office::submit_many`].
    pub fn submit_many_from(
        &self,
        submissions: Vec<(Submission, Option<Provenance>)>,
    ) -> Result<Vec<Result<Accepted, Refusal>>, Refusal> {
        if submissions.len() > AT_ONCE_MAX {
            let found = submissions.len();
            return Err(Refusal::new(RefusalCode::ListLong).found(found).right(AT_ONCE_MAX));
        }
        let threads = thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAX);
        let share = submissions.len().div_ceil(threads).max(1);
        let begin = |some: &[(Submission, Option<Provenance>)]| {
            some.iter().map(|(one, from)| self.begin(one, from.as_ref())).collect::<Vec<_>>()
        };
        let begun: Vec<Result<Begun, Refusal>> = thread::scope(|scope| {
            let parts: Vec<_> = submissions
                .chunks(share)
                .map(|some| (some.len(), scope.spawn(move || begin(some))))
                .collect();
            let joined = parts.into_iter().flat_map(|(length, part)| {
                part.join().unwrap_or_else(|_| {
                    (0..length).map(|_| Err(internal("reading a document failed"))).collect()
                })
            });
            joined.collect()
        });
        Ok(self.complete(begun))
    }
}
