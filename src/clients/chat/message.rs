//! Reads the messages of a chat.

use super::super::fields::{Fields, cow, list, name, text};
use super::super::json::{Json, Read};
use super::super::{NotUnderstood, call_id, turns};
use super::content::{Speaker, content};
use super::rules;
use crate::exchange::{Message, Part, Role, ToolCall, ToolResult};

/// All messages, oldest first, and what they hint at beside what they say.
pub(super) fn messages(json: Json<'_>, hints: &mut Vec<&'static str>) -> Read<Vec<Message>> {
    let mut messages = Vec::new();
    list(json, |json| message(json, &mut messages, hints))?;
    if messages.is_empty() {
        return Err(NotUnderstood::here("is empty: there must be a message"));
    }
    turns::name_results(&mut messages);
    Ok(messages)
}

fn message(json: Json<'_>, messages: &mut Vec<Message>, hints: &mut Vec<&'static str>) -> Read<()> {
    let mut fields = Fields::of(json)?;
    match fields.need("role", cow)?.as_ref() {
        "system" | "developer" => messages.push(said(fields, Role::System, Speaker::Plain, hints)?),
        "user" => messages.push(said(fields, Role::User, Speaker::User, hints)?),
        "assistant" => messages.push(answered(fields, hints)?),
        "tool" => turns::push_result(messages, returned(fields)?),
        "function" => return Err(NotUnderstood::here("is deprecated; use `tool` instead").inside("role")),
        _ => return Err(NotUnderstood::here("must be `system`, `developer`, `user`, `assistant` or `tool`").inside("role")),
    }
    Ok(())
}

fn said(mut fields: Fields<'_>, role: Role, speaker: Speaker, hints: &mut Vec<&'static str>) -> Read<Message> {
    named(&mut fields, hints)?;
    let parts = fields.need("content", |json| content(json, speaker))?;
    fields.done(&[])?;
    Ok(Message { role, parts })
}

/// Which of several people speaks: few targets can be told, so none is.
fn named(fields: &mut Fields<'_>, hints: &mut Vec<&'static str>) -> Read<()> {
    let name = fields.read("name", cow)?;
    if name.is_some_and(|name| !name.is_empty()) && !hints.contains(&"name") {
        hints.push("name");
    }
    Ok(())
}

fn answered(mut fields: Fields<'_>, hints: &mut Vec<&'static str>) -> Read<Message> {
    named(&mut fields, hints)?;
    let mut parts = fields.read("content", |json| content(json, Speaker::Assistant))?.unwrap_or_default();
    if let Some(refusal) = fields.read("refusal", text)? {
        parts.push(Part::Refusal(refusal));
    }
    let calls = fields.read("tool_calls", |json| list(json, call))?.unwrap_or_default();
    if !calls.is_empty() {
        // Libraries send empty text along with calls, which some providers refuse.
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        parts.extend(calls.into_iter().map(Part::ToolCall));
    }
    fields.done(rules::ANSWERED)?;
    if parts.is_empty() {
        // Models say nothing at all at times, and libraries send that back.
        parts.push(Part::Text(String::new()));
    }
    Ok(Message { role: Role::Assistant, parts })
}

fn call(json: Json<'_>) -> Read<ToolCall> {
    let mut fields = Fields::of(json)?;
    let (id, signature) = call_id::split(fields.need("id", name)?);
    if fields.read("type", cow)?.is_some_and(|kind| kind != "function") {
        return Err(NotUnderstood::here("must be `function`: the plan allows no other tools").inside("type"));
    }
    let (name, arguments) = fields.need("function", |json| {
        let mut fields = Fields::of(json)?;
        let function = (fields.need("name", name)?, fields.read("arguments", text)?.unwrap_or_default());
        fields.done(rules::FUNCTION)?;
        Ok(function)
    })?;
    fields.done(rules::CALL)?;
    Ok(ToolCall { id, name, arguments, signature })
}

fn returned(mut fields: Fields<'_>) -> Read<ToolResult> {
    let (id, _) = call_id::split(fields.need("tool_call_id", name)?);
    let name = fields.read("name", name)?;
    let parts = fields.need("content", |json| content(json, Speaker::Plain))?;
    fields.done(&[])?;
    Ok(ToolResult { id, name, parts, is_error: false })
}
