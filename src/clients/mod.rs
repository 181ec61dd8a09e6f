//! The shapes in which agents speak to byokc: requests are read, answers, streams and errors written. Pure; `serve` does the listening.
//!
//! Every shape has a file with the same parts: `read` turns a body into an `exchange` request, `write` an answer into a body, `Stream` events into
//! server-sent events, and `error` says what went wrong in the shape of that client's library.

/// Why a request was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    /// The place in the request: `messages[2].content`; empty where it is the whole.
    pub field: String,
    /// What is wrong with it, to stand behind the field's name: `is not passed on: leave it out`.
    pub why: String,
}
