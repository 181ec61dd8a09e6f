//! Reads the items of a response's input.

use super::super::fields::{Fields, cow, list, name, text};
use super::super::json::{Json, Read};
use super::super::rule::{NO_AUDIO, NOTHING_STORED, PROVIDER_TOOL};
use super::super::{NotUnderstood, call_id, media, turns};
use super::rules;
use crate::exchange::{Message, Part, Role, ToolCall, ToolResult};

/// A conversation: one text of the user, or items, oldest first.
pub(super) fn input(json: Json<'_>) -> Read<Vec<Message>> {
    let mut messages = Vec::new();
    match json {
        Json::Text(text) => messages.push(Message { role: Role::User, parts: vec![Part::Text(text.into_owned())] }),
        items @ Json::List(_) => drop(list(items, |json| item(json, &mut messages))?),
        _ => return Err(NotUnderstood::here("must be text or a list of items")),
    }
    if messages.is_empty() {
        return Err(NotUnderstood::here("is empty: there must be a message"));
    }
    turns::name_results(&mut messages);
    Ok(messages)
}

fn item(json: Json<'_>, messages: &mut Vec<Message>) -> Read<()> {
    let mut fields = Fields::of(json)?;
    match fields.read("type", cow)?.as_deref() {
        None | Some("message") => messages.push(message(fields)?),
        Some("function_call") => turns::push_call(messages, call(fields)?),
        Some("function_call_output") => turns::push_result(messages, returned(fields)?),
        // Only who thought it could make sense of it, and who that was is not known.
        Some("reasoning") => {}
        Some("item_reference") => return Err(NotUnderstood::here(NOTHING_STORED)),
        Some("custom_tool_call" | "custom_tool_call_output") => {
            return Err(NotUnderstood::here("must be `function_call` or `function_call_output`: tools are functions here").inside("type"));
        }
        Some(kind)
            if kind.ends_with("_call") || kind.ends_with("_output") || kind.starts_with("mcp_") || kind.starts_with("tool_search_") =>
        {
            return Err(NotUnderstood::here(PROVIDER_TOOL));
        }
        Some(_) => {
            let kinds = "must be `message`, `function_call`, `function_call_output` or `reasoning`";
            return Err(NotUnderstood::here(kinds).inside("type"));
        }
    }
    Ok(())
}

fn message(mut fields: Fields<'_>) -> Read<Message> {
    let role = match fields.need("role", cow)?.as_ref() {
        "user" => Role::User,
        "system" | "developer" => Role::System,
        "assistant" => Role::Assistant,
        _ => return Err(NotUnderstood::here("must be `user`, `assistant`, `system` or `developer`").inside("role")),
    };
    let parts = fields.need("content", |json| content(json, role))?;
    fields.done(rules::ITEM)?;
    Ok(Message { role, parts })
}

fn call(mut fields: Fields<'_>) -> Read<ToolCall> {
    let (id, signature) = call_id::split(fields.need("call_id", name)?);
    let call = ToolCall { id, name: fields.need("name", name)?, arguments: fields.need("arguments", text)?, signature };
    fields.done(rules::ITEM)?;
    Ok(call)
}

fn returned(mut fields: Fields<'_>) -> Read<ToolResult> {
    let (id, _) = call_id::split(fields.need("call_id", name)?);
    let parts = fields.need("output", |json| content(json, Role::User))?;
    // A result has a place for text and pictures only.
    if let Some(index) = parts.iter().position(|part| matches!(part, Part::File(_))) {
        return Err(NotUnderstood::here("must be `input_text` or `input_image` in a tool's result")
            .inside("type")
            .at(index)
            .inside("output"));
    }
    fields.done(rules::ITEM)?;
    Ok(ToolResult { id, name: None, parts, is_error: false })
}

fn content(json: Json<'_>, role: Role) -> Read<Vec<Part>> {
    match json {
        Json::Text(text) => Ok(vec![Part::Text(text.into_owned())]),
        Json::List(items) if items.is_empty() => Err(NotUnderstood::here("is empty")),
        parts @ Json::List(_) => list(parts, |json| part(json, role)),
        _ => Err(NotUnderstood::here("must be text or a list of parts")),
    }
}

fn part(json: Json<'_>, role: Role) -> Read<Part> {
    let mut fields = Fields::of(json)?;
    let kind = fields.need("type", cow)?;
    let (part, rules) = match (kind.as_ref(), role) {
        ("input_text", Role::User | Role::System) | ("output_text", Role::Assistant) => {
            (Part::Text(fields.need("text", text)?), rules::PART)
        }
        ("refusal", Role::Assistant) => (Part::Refusal(fields.need("refusal", text)?), rules::PART),
        ("input_image", Role::User) => {
            let detail = fields.read("detail", media::detail)?;
            let image = fields.read("image_url", |json| media::image(&cow(json)?, detail))?;
            fields.done(rules::IMAGE)?;
            return image.map(Part::Image).ok_or_else(|| NotUnderstood::here("is missing").inside("image_url"));
        }
        ("input_file", Role::User) => {
            let name = fields.read("filename", text)?;
            let file = fields.read("file_data", |json| media::file(&cow(json)?, name))?;
            fields.done(rules::FILE)?;
            return file.map(Part::File).ok_or_else(|| NotUnderstood::here("is missing").inside("file_data"));
        }
        ("input_audio", _) => return Err(NotUnderstood::here(NO_AUDIO)),
        _ => return Err(wrong_type(role)),
    };
    fields.done(rules)?;
    Ok(part)
}

fn wrong_type(role: Role) -> NotUnderstood {
    NotUnderstood::here(match role {
        Role::System => "must be `input_text` here",
        Role::User => "must be `input_text`, `input_image` or `input_file` here",
        Role::Assistant => "must be `output_text` or `refusal` here",
    })
    .inside("type")
}
