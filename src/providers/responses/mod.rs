//! OpenAI's responses endpoint, which some models alone are served by, or take tools at. Nothing is stored there.

mod answer;
mod body;
mod items;
mod reply;
mod stream;
#[cfg(test)]
mod tests;

use crate::exchange::{Part, Request, Role};

use super::takes::hints;
use super::{Outgoing, Target, Unsendable, Wire};

pub(super) use answer::decode;
pub(super) use stream::Stream;

/// The request as it goes out.
pub(super) fn encode(target: &Target<'_>, request: &Request, max_output: Option<u64>) -> Outgoing {
    let hints = hints(target, request, &["top_k", "presence_penalty", "frequency_penalty", "seed"]);
    let body = body::write(target, request, max_output, &hints);
    let path = super::chat::path(target, "/responses");
    Outgoing { wire: Wire::Responses, path, headers: Vec::new(), body, dropped: hints.dropped }
}

/// What cannot be said in this shape.
pub(super) fn unsendable(request: &Request) -> Option<Unsendable> {
    if !request.stop.is_empty() {
        return Some(Unsendable { field: "stop", why: "takes no stop texts where it is called" });
    }
    let misplaced = |message: &crate::exchange::Message| {
        message.role != Role::User && message.parts.iter().any(|part| matches!(part, Part::Image(_) | Part::File(_)))
    };
    let why = "takes pictures and files in a user's message alone";
    request.messages.iter().any(misplaced).then_some(Unsendable { field: "messages", why })
}
