//! A fence around libraries that take a stranger's file apart: pictures, codes, archives.
//!
//! They are large, and written to stop with a panic where their arithmetic does not come out. Should one stumble, then
//! that one attempt gives nothing; the other files of the run are judged all the same. Our own code is not fenced.

use std::boxed::Box;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread_local;

/// Runs `attempt`; none, and nothing printed, if it panicked.
pub fn guarded<T>(attempt: impl FnOnce() -> T) -> Option<T> {
    static QUIET_HOOK: Once = Once::new();
    thread_local! { static GUARDED: Cell<bool> = const { Cell::new(false) } }
    QUIET_HOOK.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !GUARDED.get() {
                usual(info);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(attempt));
    GUARDED.set(outer);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stumble_gives_nothing_and_what_follows_goes_on() {
        assert_eq!(guarded(|| guarded(|| -> u8 { panic!("inside") })), Some(None));
        assert_eq!(guarded(|| 7), Some(7));
    }
}
