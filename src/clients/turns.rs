//! Puts what belongs to one turn into one message: all results of tools that follow each other, and all calls behind the text they came with.

use std::collections::BTreeMap;

use crate::exchange::{Message, Part, Role, ToolCall, ToolResult};

/// Adds a tool's result: to the message of results before it, where there is one.
pub(super) fn push_result(messages: &mut Vec<Message>, result: ToolResult) {
    let part = Part::ToolResult(result);
    match messages.last_mut() {
        Some(Message { role: Role::User, parts }) if matches!(parts.last(), Some(Part::ToolResult(_))) => parts.push(part),
        _ => messages.push(Message { role: Role::User, parts: vec![part] }),
    }
}

/// Adds a call: to what the model said right before it.
pub(super) fn push_call(messages: &mut Vec<Message>, call: ToolCall) {
    let part = Part::ToolCall(call);
    match messages.last_mut() {
        Some(Message { role: Role::Assistant, parts }) => parts.push(part),
        _ => messages.push(Message { role: Role::Assistant, parts: vec![part] }),
    }
}

/// Gives every result of a tool the name of the tool that was called, where it has none.
pub(super) fn name_results(messages: &mut [Message]) {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for part in messages.iter_mut().flat_map(|message| &mut message.parts) {
        match part {
            Part::ToolCall(call) => drop(names.insert(call.id.clone(), call.name.clone())),
            Part::ToolResult(result) if result.name.is_none() => result.name = names.get(&result.id).cloned(),
            _ => {}
        }
    }
}
