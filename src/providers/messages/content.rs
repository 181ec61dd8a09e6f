//! Turns a conversation into turns of content blocks.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use super::ids;
use crate::exchange::{File, Image, Message, Part, Role, Thinking, ToolCall, ToolResult};

/// The kind of document that is plain text.
const TEXT: &str = "text/plain";

/// One turn.
#[derive(Debug, Serialize)]
pub(super) struct Turn<'r> {
    role: &'static str,
    content: Vec<Block<'r>>,
}

/// A part of a turn.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block<'r> {
    Text {
        text: &'r str,
    },
    Image {
        source: Source<'r>,
    },
    Document {
        source: Source<'r>,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'r str>,
    },
    ToolUse {
        id: Cow<'r, str>,
        name: &'r str,
        input: Arguments<'r>,
    },
    ToolResult {
        tool_use_id: Cow<'r, str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        content: Vec<Block<'r>>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_error: bool,
    },
    Thinking {
        thinking: &'r str,
        signature: &'r str,
    },
    RedactedThinking {
        data: &'r str,
    },
}

/// Where a picture or document is.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Source<'r> {
    Base64 { media_type: &'r str, data: &'r str },
    Url { url: &'r str },
    Text { media_type: &'static str, data: String },
}

/// A tool's arguments as an object; `None` is an empty one.
#[derive(Debug)]
pub(super) struct Arguments<'r>(Option<&'r RawValue>);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(object) => object.serialize(serializer),
            None => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

/// What the system says, wherever in the conversation it does: the API has one place for it, in front.
pub(super) fn system(messages: &[Message]) -> Vec<Block<'_>> {
    let parts = messages.iter().filter(|message| message.role == Role::System).flat_map(|message| &message.parts);
    parts.filter_map(text).collect()
}

/// Everything else, one turn for all consecutive messages of one role. Thoughts of anybody but `target` are left out.
pub(super) fn turns<'r>(target: &str, messages: &'r [Message]) -> Vec<Turn<'r>> {
    let mut turns: Vec<Turn<'r>> = Vec::with_capacity(messages.len());
    for message in messages {
        let role = match message.role {
            Role::System => continue,
            Role::User => "user",
            Role::Assistant => "assistant",
        };
        let blocks = message.parts.iter().filter_map(|part| block(target, part));
        match turns.last_mut() {
            Some(turn) if turn.role == role => turn.content.extend(blocks),
            _ => turns.push(Turn { role, content: blocks.collect() }),
        }
    }
    turns.retain(|turn| !turn.content.is_empty());
    for turn in &mut turns {
        // Results stand before everything else that the user says.
        turn.content.sort_by_key(|block| !matches!(block, Block::ToolResult { .. }));
    }
    turns
}

fn block<'r>(target: &str, part: &'r Part) -> Option<Block<'r>> {
    match part {
        Part::Text(_) | Part::Refusal(_) => text(part),
        Part::Image(of) => Some(image(of)),
        Part::File(of) => Some(file(of)),
        Part::ToolCall(ToolCall { id, name, arguments, .. }) => {
            Some(Block::ToolUse { id: ids::id(id), name, input: Arguments(object(arguments)) })
        }
        Part::ToolResult(ToolResult { id, parts, is_error, .. }) => {
            let content = parts.iter().filter_map(|part| block(target, part)).collect();
            Some(Block::ToolResult { tool_use_id: ids::id(id), content, is_error: *is_error })
        }
        Part::Thinking(of) if of.target.as_deref() == Some(target) => thinking(of),
        Part::Thinking(_) => None,
    }
}

/// Text without a letter is refused, and says nothing.
fn text(part: &Part) -> Option<Block<'_>> {
    match part {
        Part::Text(text) | Part::Refusal(text) if !text.trim_ascii().is_empty() => Some(Block::Text { text }),
        _ => None,
    }
}

fn image(image: &Image) -> Block<'_> {
    let source = match image {
        Image::Url { url, .. } => Source::Url { url },
        Image::Data { media_type, data, .. } => Source::Base64 { media_type, data },
    };
    Block::Image { source }
}

fn file(file: &File) -> Block<'_> {
    let source = match plain_text(file) {
        Some(data) => Source::Text { media_type: TEXT, data },
        None => Source::Base64 { media_type: &file.media_type, data: &file.data },
    };
    Block::Document { source, title: file.name.as_deref() }
}

/// The words of a document that is plain text: the API takes them as such. `None`: it is another, or not in UTF-8.
pub(super) fn plain_text(file: &File) -> Option<String> {
    let bytes = if file.media_type == TEXT { STANDARD.decode(&file.data).ok()? } else { return None };
    String::from_utf8(bytes).ok()
}

/// A thought goes back with its signature or not at all.
fn thinking(thought: &Thinking) -> Option<Block<'_>> {
    match (&thought.sealed, &thought.signature) {
        (Some(data), _) => Some(Block::RedactedThinking { data }),
        (None, Some(signature)) => Some(Block::Thinking { thinking: &thought.text, signature }),
        (None, None) => None,
    }
}

/// The arguments, where they are a JSON object.
pub(super) fn object(arguments: &str) -> Option<&RawValue> {
    serde_json::from_str::<&RawValue>(arguments).ok().filter(|json| json.get().starts_with('{'))
}
