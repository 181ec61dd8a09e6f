//! Writes JSON bodies.

use serde::Serialize;

/// A body. Names are text and writing to memory does not fail.
pub(super) fn body<T: Serialize>(value: &T) -> Vec<u8> {
    // Enough for a short request, and no more than what the system's allocator has at hand.
    let mut out = Vec::with_capacity(1024);
    let written = serde_json::to_writer(&mut out, value);
    debug_assert!(written.is_ok(), "{written:?}");
    out
}
