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
use crate::plan::BaseUrl;

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

/// The path of a method of a model, after the address.
pub(super) fn path(target: &Target<'_>, method: &str) -> String {
    let mut path = String::with_capacity(target.id.len() + 64);
    let version = target.provider.api_version.as_deref().unwrap_or(VERSION);
    if !has_version(&target.provider.base_url, version) {
        path.push('/');
        path.push_str(version);
    }
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

/// Whether the address already ends in a version. What is in a variable is not seen, and is taken to be the address of the host.
fn has_version(base_url: &BaseUrl<'_>, version: &str) -> bool {
    let BaseUrl::Url(url) = base_url else { return false };
    let last = url.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    last == version || matches!(last, "v1" | "v1beta")
}
