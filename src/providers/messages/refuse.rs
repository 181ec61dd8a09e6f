//! Finds what of a request Anthropic cannot be told.

use super::content::{object, plain_text};
use crate::exchange::{Image, Output, Part, Request, Role};
use crate::providers::Unsendable;

/// The kinds of pictures that are taken.
const IMAGES: [&str; 4] = ["image/gif", "image/jpeg", "image/png", "image/webp"];

/// What of a request cannot be said, if anything.
pub(in crate::providers) fn unsendable(request: &Request) -> Option<Unsendable> {
    if matches!(request.output, Output::JsonObject) {
        return Some(Unsendable { field: "response_format", why: "answers in JSON only by a schema" });
    }
    request.messages.iter().find_map(|message| message.parts.iter().find_map(|part| part_of(message.role, part)))
}

fn part_of(role: Role, part: &Part) -> Option<Unsendable> {
    let why = match part {
        Part::Image(_) | Part::File(_) if role != Role::User => "takes pictures and documents from the user only",
        Part::Image(Image::Data { media_type, .. }) if !IMAGES.contains(&media_type.as_str()) => {
            "takes pictures as PNG, JPEG, GIF or WebP only"
        }
        Part::File(file) if file.media_type != "application/pdf" && plain_text(file).is_none() => {
            "takes documents as PDF or plain text only"
        }
        Part::ToolCall(call) if !call.arguments.trim_ascii().is_empty() && object(&call.arguments).is_none() => {
            "takes a tool's arguments as a JSON object only"
        }
        Part::ToolResult(result) => return result.parts.iter().find_map(|part| part_of(Role::User, part)),
        _ => return None,
    };
    Some(Unsendable { field: "messages", why })
}
