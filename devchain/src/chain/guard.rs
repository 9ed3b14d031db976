//! Keeps a panic of the runtime inside: for a caller it is an error like others, and no noise on the terminal.

use std::{
    any::Any,
    cell::Cell,
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Runs `f`. A panic in it becomes its message.
///
/// The runtime panics by design, for example on call data that it cannot decode. Such a panic goes to the log, at level debug;
/// all others go where they went before.
pub(super) fn guarded<R>(f: impl FnOnce() -> R) -> Result<R, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if GUARDED.get() {
                tracing::debug!(%panic, "the runtime panicked");
            } else {
                before(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(f));
    GUARDED.set(outer);
    result.map_err(|panic| message(&*panic))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown reason".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message_and_the_next_call_is_not_affected() {
        assert_eq!(
            guarded(|| panic!("no such key")),
            Err::<(), _>("no such key".to_owned())
        );
        assert_eq!(
            guarded(|| panic!("no such key: {}", 7)),
            Err::<(), _>("no such key: 7".to_owned())
        );
        assert_eq!(guarded(|| 7), Ok(7));
    }

    #[test]
    fn a_guarded_call_inside_another_does_not_end_the_guard() {
        let outer = guarded(|| {
            let _ = guarded(|| ());
            assert!(GUARDED.get());
        });
        assert_eq!(outer, Ok(()));
        assert!(!GUARDED.get());
    }
}
