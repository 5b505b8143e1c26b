//! Calls of parsers that may panic on damaged files.

use crate::text;
use crate::text::Text;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// True while a parser runs on this thread, whose panics are not reported.
    static IS_QUIET: Cell<bool> = const { Cell::new(false) };
}

/// The result of a parser; a panic becomes an error and is not reported otherwise.
///
/// # Errors
/// Errors of `parse`, and a panic as a file that is damaged.
pub fn guarded<T>(parse: impl FnOnce() -> Result<T, Text>) -> Result<T, Text> {
    static QUIET_HOOK: Once = Once::new();
    QUIET_HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !IS_QUIET.get() {
                usual(panic);
            }
        }));
    });
    IS_QUIET.set(true);
    // Drops whatever a parser leaves behind with it.
    let result = catch_unwind(AssertUnwindSafe(parse));
    IS_QUIET.set(false);
    result.unwrap_or_else(|_| Err(damaged()))
}

/// The error of a file that its parser does not understand.
pub fn damaged() -> Text {
    text!("is damaged or incomplete; write it again, or save the table as CSV")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_of_a_parser_is_an_error() {
        assert_eq!(guarded(|| Ok(1)), Ok(1));
        let none: Vec<u8> = Vec::new();
        let refused = guarded(|| Ok(none[1])).unwrap_err().to_string();
        assert!(refused.contains("damaged"), "{refused}");
    }
}
