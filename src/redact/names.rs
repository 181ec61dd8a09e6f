//! What of a request cannot be masked: pictures, files, and names in which something is found.

use super::{Detectors, Unreadable, find};
use crate::exchange::{Output, Part, Request, ToolChoice};

/// Whether all of a request can be read, and no name in it holds anything. The route's name does not leave.
pub(super) fn check(request: &Request, detectors: Detectors) -> Result<(), Unreadable> {
    for message in &request.messages {
        parts(&message.parts, detectors)?;
    }
    let chosen = request.tool_choice.iter().filter_map(|choice| if let ToolChoice::Named(tool) = choice { Some(tool) } else { None });
    for tool in request.tools.iter().map(|tool| &tool.name).chain(chosen) {
        name(TOOL, tool, detectors)?;
    }
    if let Output::JsonSchema(schema) = &request.output {
        name("the name of the schema", &schema.name, detectors)?;
    }
    Ok(())
}

const TOOL: &str = "the name of a tool";
const CALL: &str = "the id of a tool call";

fn name(which: &'static str, text: &str, detectors: Detectors) -> Result<(), Unreadable> {
    if find(text, detectors).is_empty() { Ok(()) } else { Err(Unreadable::Name(which)) }
}

fn parts(all: &[Part], detectors: Detectors) -> Result<(), Unreadable> {
    for part in all {
        match part {
            Part::Image(_) => return Err(Unreadable::Image),
            Part::File(_) => return Err(Unreadable::File),
            Part::ToolCall(call) => {
                name(CALL, &call.id, detectors)?;
                name(TOOL, &call.name, detectors)?;
                name("the signature of a tool call", call.signature.as_deref().unwrap_or_default(), detectors)?;
            }
            Part::ToolResult(result) => {
                name(CALL, &result.id, detectors)?;
                name(TOOL, result.name.as_deref().unwrap_or_default(), detectors)?;
                parts(&result.parts, detectors)?;
            }
            Part::Text(_) | Part::Refusal(_) | Part::Thinking(_) => {}
        }
    }
    Ok(())
}
