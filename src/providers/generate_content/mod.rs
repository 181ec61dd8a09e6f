//! Gemini's `generateContent`.

mod body;
mod content;
mod options;
mod refuse;
mod response;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use crate::exchange::Request;

use super::{Outgoing, Target, Wire};

pub(super) use refuse::unsendable;
pub(super) use stream::{Stream, decode};

/// The API version where the plan names none: the moving names of models exist only there.
const VERSION: &str = "v1beta";

/// The request as it goes out. What `unsendable` finds is not looked for again.
pub(super) fn encode(target: &Target<'_>, request: &Request, max_output: Option<u64>) -> Outgoing {
    let (body, dropped) = body::of(target, request, max_output);
    Outgoing {
        wire: Wire::GenerateContent,
        path: path(target, if request.stream { "streamGenerateContent?alt=sse" } else { "generateContent" }),
        headers: Vec::new(),
        body: super::write::body(&body),
        dropped,
    }
}

/// Whether the model is one from before Gemini 3: with it came levels of thinking, and signatures of calls that it wants back.
fn is_older(target: &Target<'_>) -> bool {
    ["gemini-1", "gemini-2", "gemma-"].iter().any(|older| target.known_as().starts_with(older))
}

/// The path of a method of a model. The version stands in front, whatever the address has already: `providers::join` sees to that.
pub(super) fn path(target: &Target<'_>, method: &str) -> String {
    let mut path = String::with_capacity(target.id.len() + 64);
    path.push('/');
    path.push_str(target.provider.api_version.as_deref().unwrap_or(VERSION));
    path.push_str("/models/");
    for byte in target.id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path.push(':');
    path.push_str(method);
    path
}
