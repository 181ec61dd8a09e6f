//! Writes JSON bodies and server-sent events.

use serde::Serialize;

/// A JSON body.
pub(super) fn body<T: Serialize>(value: &T) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    put(value, &mut out);
    out
}

/// An event without a name.
pub(super) fn data<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    out.extend_from_slice(b"data: ");
    put(value, out);
    out.extend_from_slice(b"\n\n");
}

/// An event with a name.
pub(super) fn event<T: Serialize>(name: &str, value: &T, out: &mut Vec<u8>) {
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.as_bytes());
    out.push(b'\n');
    data(value, out);
}

/// Nothing that is written here can fail: no map has keys other than text, and memory takes every byte.
fn put<T: Serialize>(value: &T, out: &mut Vec<u8>) {
    let written = serde_json::to_writer(out, value);
    debug_assert!(written.is_ok(), "{written:?}");
}
