//! What was sent and what came back, for a full record: masked by every detector, in the shape of OpenTelemetry's conventions for generative AI.

use serde_json::{Value, json};

use crate::exchange::{Embed, Message, Part, Request, Role};
use crate::redact::{Detectors, mask};

/// The conversation: the system's text, and everything else.
pub fn conversation(request: &Request) -> (Option<Value>, Value) {
    let of = |system: bool| request.messages.iter().filter(move |message| (message.role == Role::System) == system);
    let system: Vec<Value> = of(true).flat_map(|message| parts(&message.parts)).collect();
    let messages: Vec<Value> = of(false).map(message).collect();
    (Some(system).filter(|system| !system.is_empty()).map(Value::from), messages.into())
}

/// Texts that become vectors.
pub fn texts(request: &Embed) -> Value {
    request.input.iter().map(|text| json!({"role": "user", "parts": [{"type": "text", "content": masked(text)}]})).collect()
}

/// An answer.
pub fn answer(of: &[Part]) -> Value {
    json!([{"role": "assistant", "parts": parts(of)}])
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::System => "system",
        Role::User if matches!(message.parts.first(), Some(Part::ToolResult(_))) => "tool",
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    json!({"role": role, "parts": parts(&message.parts)})
}

fn parts(parts: &[Part]) -> Vec<Value> {
    parts.iter().map(part).collect()
}

fn part(part: &Part) -> Value {
    match part {
        Part::Text(text) => json!({"type": "text", "content": masked(text)}),
        Part::Refusal(text) => json!({"type": "refusal", "content": masked(text)}),
        Part::Thinking(thinking) => json!({"type": "reasoning", "content": masked(&thinking.text)}),
        Part::ToolCall(call) => {
            json!({"type": "tool_call", "id": masked(&call.id), "name": masked(&call.name), "arguments": masked(&call.arguments)})
        }
        Part::ToolResult(result) => json!({"type": "tool_call_response", "id": masked(&result.id), "response": self::parts(&result.parts)}),
        // Detectors read text only: of the rest the record says that it was there.
        Part::Image(_) => json!({"type": "image"}),
        Part::File(file) => json!({"type": "file", "mime_type": masked(&file.media_type)}),
    }
}

fn masked(text: &str) -> String {
    mask(text, Detectors::ALL).into_owned()
}
