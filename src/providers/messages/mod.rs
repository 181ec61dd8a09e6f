//! Anthropic's messages API.

mod answer;
mod body;
mod content;
mod ids;
mod options;
mod refuse;
mod stream;
#[cfg(test)]
mod tests;

use crate::exchange::Request;

use super::{Outgoing, Target, Wire};

pub(super) use answer::decode;
pub(super) use refuse::unsendable;
pub(super) use stream::Stream;

/// The API version where the plan names none: the one under which sampling can still be chosen.
const VERSION: &str = "2023-06-01";

/// The request as it goes out. What `unsendable` finds is not looked for again.
pub(super) fn encode(target: &Target<'_>, request: &Request, max_output: Option<u64>) -> Outgoing {
    let (body, dropped) = body::of(target, request, max_output);
    Outgoing {
        wire: Wire::Messages,
        path: "/v1/messages".to_owned(),
        headers: vec![("anthropic-version", version(target).to_owned())],
        body: super::write::body(&body),
        dropped,
    }
}

fn version<'t>(target: &'t Target<'_>) -> &'t str {
    target.provider.api_version.as_deref().unwrap_or(VERSION)
}
