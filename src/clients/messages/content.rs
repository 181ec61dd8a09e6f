//! Reads the blocks of Anthropic's messages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::fields::{Fields, cow, flag, list, name, raw, text};
use super::super::json::{Json, Read};
use super::super::rule::{NO_FILE_ID, PROVIDER_TOOL};
use super::super::{NotUnderstood, call_id, media};
use super::{rules, thought};
use crate::exchange::{File, Image, Part, Thinking, ToolCall, ToolResult};

/// Where blocks stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    System,
    User,
    Assistant,
    Result,
}

/// Text, or a list of blocks.
pub(super) fn content(json: Json<'_>, place: Place) -> Read<Vec<Part>> {
    match json {
        Json::Text(text) => Ok(vec![Part::Text(text.into_owned())]),
        // A tool may return nothing, and so may a model.
        Json::List(items) if items.is_empty() && place == Place::User => Err(NotUnderstood::here("is empty")),
        blocks @ Json::List(_) => list(blocks, |json| block(json, place)),
        _ => Err(NotUnderstood::here("must be text or a list of blocks")),
    }
}

fn block(json: Json<'_>, place: Place) -> Read<Part> {
    let mut fields = Fields::of(json)?;
    let kind = fields.need("type", cow)?;
    match (kind.as_ref(), place) {
        ("text", _) => {
            let part = Part::Text(fields.need("text", text)?);
            fields.done(rules::TEXT).map(|()| part)
        }
        ("image", Place::User | Place::Result) => {
            let part = Part::Image(fields.need("source", image)?);
            fields.done(rules::BLOCK).map(|()| part)
        }
        ("document", Place::User) => document(fields).map(Part::File),
        ("tool_result", Place::User) => result(fields).map(Part::ToolResult),
        ("tool_use", Place::Assistant) => call(fields).map(Part::ToolCall),
        ("thinking", Place::Assistant) => thinking(fields).map(Part::Thinking),
        ("redacted_thinking", Place::Assistant) => sealed(fields).map(Part::Thinking),
        (kind, _) if is_of_a_provider_tool(kind) => Err(NotUnderstood::here(PROVIDER_TOOL)),
        _ => Err(wrong_type(place)),
    }
}

/// Calls and results of tools that run at the provider, and what only they give.
fn is_of_a_provider_tool(kind: &str) -> bool {
    kind == "server_tool_use" || kind.starts_with("mcp_tool_") || kind.ends_with("_tool_result") || kind == "container_upload"
}

fn wrong_type(place: Place) -> NotUnderstood {
    NotUnderstood::here(match place {
        Place::System => "must be `text` here",
        Place::User => "must be `text`, `image`, `document` or `tool_result` in this message",
        Place::Assistant => "must be `text`, `tool_use`, `thinking` or `redacted_thinking` in this message",
        Place::Result => "must be `text` or `image` in a tool's result",
    })
    .inside("type")
}

fn image(json: Json<'_>) -> Read<Image> {
    let mut fields = Fields::of(json)?;
    let image = match fields.need("type", cow)?.as_ref() {
        "url" => fields.need("url", |json| media::image(&cow(json)?, None))?,
        "base64" => {
            let media_type = fields.need("media_type", name)?;
            if !media_type.starts_with("image/") {
                return Err(NotUnderstood::here("must be that of a picture").inside("media_type"));
            }
            Image::Data { media_type, data: fields.need("data", base64)?, detail: None }
        }
        "file" => return Err(NotUnderstood::here(NO_FILE_ID).inside("type")),
        _ => return Err(NotUnderstood::here("must be `base64` or `url`").inside("type")),
    };
    fields.done(rules::SOURCE)?;
    Ok(image)
}

fn document(mut fields: Fields<'_>) -> Read<File> {
    let name = fields.read("title", text)?;
    let file = fields.need("source", |json| source(json, name))?;
    fields.done(rules::DOCUMENT)?;
    Ok(file)
}

fn source(json: Json<'_>, title: Option<String>) -> Read<File> {
    let mut fields = Fields::of(json)?;
    let kind = fields.need("type", cow)?;
    let media_type = fields.read("media_type", name)?;
    let file = match kind.as_ref() {
        "base64" => {
            File { media_type: media_type.unwrap_or_else(|| "application/pdf".to_owned()), data: fields.need("data", base64)?, name: title }
        }
        "text" => File {
            media_type: media_type.unwrap_or_else(|| "text/plain".to_owned()),
            data: STANDARD.encode(fields.need("data", cow)?.as_bytes()),
            name: title,
        },
        "file" => return Err(NotUnderstood::here(NO_FILE_ID).inside("type")),
        _ => return Err(NotUnderstood::here("must be `base64` or `text`: send the data itself").inside("type")),
    };
    fields.done(rules::SOURCE)?;
    Ok(file)
}

fn base64(json: Json<'_>) -> Read<String> {
    let data = text(json)?;
    if media::is_base64(&data) { Ok(data) } else { Err(NotUnderstood::here("must be base64")) }
}

fn call(mut fields: Fields<'_>) -> Read<ToolCall> {
    let (id, signature) = call_id::split(fields.need("id", name)?);
    let name = fields.need("name", name)?;
    let arguments = fields.need("input", raw)?.get().to_owned();
    fields.done(rules::CALL)?;
    Ok(ToolCall { id, name, arguments, signature })
}

fn result(mut fields: Fields<'_>) -> Read<ToolResult> {
    let (id, _) = call_id::split(fields.need("tool_use_id", name)?);
    let parts = fields.read("content", |json| content(json, Place::Result))?.unwrap_or_default();
    let is_error = fields.read("is_error", flag)?.unwrap_or_default();
    fields.done(rules::BLOCK)?;
    Ok(ToolResult { id, name: None, parts, is_error })
}

fn thinking(mut fields: Fields<'_>) -> Read<Thinking> {
    let text = fields.need("thinking", text)?;
    let (target, signature) = thought::unmark(fields.need("signature", super::super::fields::text)?);
    fields.done(rules::BLOCK)?;
    Ok(Thinking { text, signature: Some(signature), sealed: None, target })
}

fn sealed(mut fields: Fields<'_>) -> Read<Thinking> {
    let (target, sealed) = thought::unmark(fields.need("data", name)?);
    fields.done(rules::BLOCK)?;
    Ok(Thinking { text: String::new(), signature: None, sealed: Some(sealed), target })
}
