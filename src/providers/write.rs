//! Writes JSON bodies.

use serde::Serialize;

/// A body. Names are text and writing to memory does not fail.
pub(super) fn body<T: Serialize>(value: &T) -> Vec<u8> {
    // Large enough for most requests, so that it need not grow.
    let mut out = Vec::with_capacity(2048);
    let written = serde_json::to_writer(&mut out, value);
    debug_assert!(written.is_ok(), "{written:?}");
    out
}
