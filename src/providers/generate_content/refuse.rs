//! Finds what of a request Gemini cannot be told.

use super::content::{Calls, object};
use crate::exchange::{Part, Request, Role};
use crate::providers::Unsendable;

/// The most texts at which an answer may end.
const STOPS: usize = 5;

/// What of a request cannot be said, if anything.
pub(in crate::providers) fn unsendable(request: &Request) -> Option<Unsendable> {
    if request.stop.len() > STOPS {
        return Some(Unsendable { field: "stop", why: "takes at most 5 stop strings" });
    }
    if request.parallel_tools == Some(false) && !request.tools.is_empty() {
        return Some(Unsendable { field: "parallel_tool_calls", why: "cannot be kept from calling several tools at once" });
    }
    let mut calls = Calls::default();
    request.messages.iter().find_map(|message| message.parts.iter().find_map(|part| part_of(message.role, part, &mut calls)))
}

fn part_of<'r>(role: Role, part: &'r Part, calls: &mut Calls<'r>) -> Option<Unsendable> {
    let why = match part {
        Part::Image(_) | Part::File(_) if role != Role::User => "takes pictures and documents from the user only",
        Part::ToolCall(call) => {
            calls.add(call);
            if call.arguments.trim_ascii().is_empty() || object(&call.arguments).is_some() {
                return None;
            }
            "takes a tool's arguments as a JSON object only"
        }
        Part::ToolResult(result) if calls.find(&result.id).is_none() => "takes a tool's result only behind the call",
        _ => return None,
    };
    Some(Unsendable { field: "messages", why })
}
