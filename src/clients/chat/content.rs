//! Reads the content of chat messages.

use super::super::NotUnderstood;
use super::super::fields::{Fields, cow, list, text};
use super::super::json::{Json, Read};
use super::super::media;
use super::super::rule::{NO_AUDIO, NO_FILE_ID, Rule};
use crate::exchange::{File, Image, Part};

/// Which parts a message may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    /// Text alone: the system, or a tool.
    Plain,
    /// Pictures and documents too.
    User,
    /// Refusals too.
    Assistant,
}

/// Text, or a list of parts.
pub(super) fn content(json: Json<'_>, speaker: Speaker) -> Read<Vec<Part>> {
    match json {
        Json::Text(text) => Ok(vec![Part::Text(text.into_owned())]),
        Json::List(items) if items.is_empty() => Err(NotUnderstood::here("is empty")),
        parts @ Json::List(_) => list(parts, |json| part(json, speaker)),
        _ => Err(NotUnderstood::here("must be text or a list of parts")),
    }
}

fn part(json: Json<'_>, speaker: Speaker) -> Read<Part> {
    let mut fields = Fields::of(json)?;
    let kind = fields.need("type", cow)?;
    let part = match (kind.as_ref(), speaker) {
        ("text", _) => Part::Text(fields.need("text", text)?),
        ("refusal", Speaker::Assistant) => Part::Refusal(fields.need("refusal", text)?),
        ("image_url", Speaker::User) => Part::Image(fields.need("image_url", image)?),
        ("file", Speaker::User) => Part::File(fields.need("file", file)?),
        ("input_audio", _) => return Err(NotUnderstood::here(NO_AUDIO)),
        _ => return Err(wrong_type(speaker)),
    };
    fields.done(&[Rule::ignored("prompt_cache_breakpoint")])?;
    Ok(part)
}

fn wrong_type(speaker: Speaker) -> NotUnderstood {
    NotUnderstood::here(match speaker {
        Speaker::Plain => "must be `text` in this message",
        Speaker::User => "must be `text`, `image_url` or `file` in this message",
        Speaker::Assistant => "must be `text` or `refusal` in this message",
    })
    .inside("type")
}

fn image(json: Json<'_>) -> Read<Image> {
    let mut fields = Fields::of(json)?;
    let detail = fields.read("detail", media::detail)?;
    let image = fields.need("url", |json| media::image(&cow(json)?, detail))?;
    fields.done(&[])?;
    Ok(image)
}

fn file(json: Json<'_>) -> Read<File> {
    let mut fields = Fields::of(json)?;
    let name = fields.read("filename", text)?;
    let file = fields.read("file_data", |json| media::file(&cow(json)?, name))?;
    fields.done(&[Rule::refused("file_id", NO_FILE_ID)])?;
    file.ok_or_else(|| NotUnderstood::here("is missing").inside("file_data"))
}
