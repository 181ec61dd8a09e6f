//! OpenAI's chat completions, which OpenRouter and many others speak too.

mod answer;
mod body;
mod ids;
mod messages;
mod reply;
mod stream;
#[cfg(test)]
mod tests;

use crate::exchange::{Part, Request, Role};

use super::takes::hints;
use super::{Outgoing, Rules, Target, Unsendable, Wire};

pub(super) use answer::decode;
pub(super) use stream::Stream;

/// The most texts at which an answer can be told to end.
const STOPS: usize = 4;

/// The request as it goes out.
pub(super) fn encode(target: &Target<'_>, request: &Request, max_output: Option<u64>) -> Outgoing {
    let hints = hints(target, request, lacks(target));
    let body = body::write(target, request, max_output, &hints);
    Outgoing {
        wire: Wire::Chat(Rules::of(target.provider)),
        path: path(target, "/chat/completions"),
        headers: Vec::new(),
        body,
        dropped: hints.dropped,
    }
}

/// The hints that there are no fields for.
pub(super) fn lacks(target: &Target<'_>) -> &'static [&'static str] {
    match (&*target.provider.protocol, &*target.provider.vendor) {
        ("openrouter", _) => &[],
        // It answers unknown fields with 422.
        (_, "mistral") => &["top_k", "seed", "user"],
        _ => &["top_k"],
    }
}

/// The path of an OpenAI-shaped endpoint. Azure's older addresses take the version as a query.
pub(super) fn path(target: &Target<'_>, path: &str) -> String {
    match &target.provider.api_version {
        Some(version) if target.provider.vendor == "azure" => format!("{path}?api-version={version}"),
        _ => path.to_owned(),
    }
}

/// What cannot be said in this shape.
pub(super) fn unsendable(target: &Target<'_>, request: &Request) -> Option<Unsendable> {
    if !request.stop.is_empty() && takes_no_stop(target) {
        return Some(Unsendable { field: "stop", why: "takes no stop texts" });
    }
    if request.stop.len() > STOPS && target.provider.protocol != "openai_compatible" {
        return Some(Unsendable { field: "stop", why: "takes at most 4 stop texts" });
    }
    request.messages.iter().find_map(|message| message.parts.iter().find_map(|part| of_part(message.role, part)))
}

fn of_part(role: Role, part: &Part) -> Option<Unsendable> {
    let why = match part {
        Part::Image(_) | Part::File(_) if role != Role::User => "takes pictures and files in a user's message alone",
        Part::ToolResult(result) if result.parts.iter().any(|part| matches!(part, Part::Image(_) | Part::File(_))) => {
            "takes no pictures and files in the result of a tool"
        }
        _ => return None,
    };
    Some(Unsendable { field: "messages", why })
}

/// OpenAI's o3 and o4-mini, by whatever name.
fn takes_no_stop(target: &Target<'_>) -> bool {
    ["o3", "o4-mini"].into_iter().any(|name| {
        // A snapshot's date may follow.
        target.known_as().strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with("-20"))
    })
}
