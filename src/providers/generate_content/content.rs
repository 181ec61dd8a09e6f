//! Turns a conversation into contents and parts.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::value::RawValue;

use crate::exchange::{Image, Message, Part as Said, Role, ToolCall, ToolResult};
use crate::providers::Target;

/// What Google documents for a call that another model made, and that therefore has no signature: from Gemini 3 on calls without one are refused.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// One turn, or the system's text.
#[derive(Debug, Serialize)]
pub(super) struct Content<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<&'static str>,
    pub(super) parts: Vec<Part<'r>>,
}

/// A part of a turn: one of its members.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Part<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'r str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    thought: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    inline_data: Option<InlineData<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_data: Option<FileData<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<FunctionCall<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_response: Option<FunctionResponse<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thought_signature: Option<&'r str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct InlineData<'r> {
    mime_type: &'r str,
    data: &'r str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FileData<'r> {
    file_uri: &'r str,
    mime_type: &'static str,
}

#[derive(Debug, Serialize)]
struct FunctionCall<'r> {
    id: &'r str,
    name: &'r str,
    args: Arguments<'r>,
}

/// A tool's arguments as an object; `None` is an empty one.
#[derive(Debug)]
struct Arguments<'r>(Option<&'r RawValue>);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(object) => object.serialize(serializer),
            None => serializer.serialize_map(Some(0))?.end(),
        }
    }
}

#[derive(Debug, Serialize)]
struct FunctionResponse<'r> {
    id: &'r str,
    name: &'r str,
    response: Returned,
    /// Which of the calls before it answers: without ids the order counts.
    #[serde(skip)]
    place: usize,
}

/// The API wants an object, and knows these two members.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Returned {
    Result(String),
    Error(String),
}

/// What the system says, wherever in the conversation it does: the API has one place for it.
pub(super) fn system(messages: &[Message]) -> Option<Content<'_>> {
    let parts = messages.iter().filter(|message| message.role == Role::System).flat_map(|message| &message.parts);
    let parts: Vec<_> = parts.filter_map(text).collect();
    (!parts.is_empty()).then_some(Content { role: None, parts })
}

/// Everything else, one content for all consecutive messages of one role.
pub(super) fn contents<'r>(target: &Target<'_>, messages: &'r [Message]) -> Vec<Content<'r>> {
    let mut contents: Vec<Content<'r>> = Vec::with_capacity(messages.len());
    let mut calls = Calls::default();
    for message in messages {
        let role = match message.role {
            Role::System => continue,
            Role::User => "user",
            Role::Assistant => "model",
        };
        if contents.last().is_none_or(|last| last.role != Some(role)) {
            contents.push(Content { role: Some(role), parts: Vec::with_capacity(message.parts.len()) });
        }
        if let Some(Content { parts, .. }) = contents.last_mut() {
            message.parts.iter().for_each(|said| add(target, said, &mut calls, parts));
        }
    }
    contents.retain(|content| !content.parts.is_empty());
    for Content { parts, .. } in &mut contents {
        // Results stand before everything else that the user says, in the order of the calls.
        parts.sort_by_key(|part| part.function_response.as_ref().map_or(usize::MAX, |response| response.place));
        // Older models do not ask for signatures.
        if !super::is_older(target)
            && let Some(first) = parts.iter_mut().find(|part| part.function_call.is_some())
        {
            // Only the first of the calls of a turn has one.
            first.thought_signature.get_or_insert(NO_SIGNATURE);
        }
    }
    contents
}

/// The calls so far by id, with their number and name. A later call takes an id over: a result stands behind its call.
#[derive(Debug, Default)]
pub(super) struct Calls<'r> {
    by_id: BTreeMap<&'r str, (usize, &'r str)>,
    count: usize,
}

impl<'r> Calls<'r> {
    /// Remembers a call.
    pub(super) fn add(&mut self, call: &'r ToolCall) {
        self.by_id.insert(&call.id, (self.count, &call.name));
        self.count += 1;
    }

    /// The number and the name of the call with this id.
    pub(super) fn find(&self, id: &str) -> Option<(usize, &'r str)> {
        self.by_id.get(id).copied()
    }
}

fn add<'r>(target: &Target<'_>, said: &'r Said, calls: &mut Calls<'r>, parts: &mut Vec<Part<'r>>) {
    match said {
        Said::Text(_) | Said::Refusal(_) => parts.extend(text(said)),
        Said::Image(image) => parts.push(picture(image)),
        Said::File(file) => parts.push(inline(&file.media_type, &file.data)),
        Said::ToolCall(call) => {
            calls.add(call);
            let function_call = Some(FunctionCall { id: &call.id, name: &call.name, args: Arguments(object(&call.arguments)) });
            parts.push(Part { function_call, thought_signature: call.signature.as_deref(), ..Part::default() });
        }
        Said::ToolResult(result) => {
            let (place, name) = calls.find(&result.id).unwrap_or((usize::MAX - 1, result.name.as_deref().unwrap_or_default()));
            let function_response = Some(FunctionResponse { id: &result.id, name, response: returned(result), place });
            parts.push(Part { function_response, ..Part::default() });
            // What is no text stands behind the results.
            result.parts.iter().filter(|part| !matches!(part, Said::Text(_))).for_each(|part| add(target, part, calls, parts));
        }
        Said::Thinking(of) if of.target.as_deref() == Some(target.name) && !of.text.is_empty() => {
            parts.push(Part { text: Some(&of.text), thought: true, thought_signature: of.signature.as_deref(), ..Part::default() });
        }
        Said::Thinking(_) => {}
    }
}

fn text(said: &Said) -> Option<Part<'_>> {
    match said {
        Said::Text(text) | Said::Refusal(text) if !text.is_empty() => Some(Part { text: Some(text), ..Part::default() }),
        _ => None,
    }
}

fn picture(image: &Image) -> Part<'_> {
    match image {
        Image::Data { media_type, data, .. } => inline(media_type, data),
        Image::Url { url, .. } => Part { file_data: Some(FileData { file_uri: url, mime_type: media_type(url) }), ..Part::default() },
    }
}

fn inline<'r>(mime_type: &'r str, data: &'r str) -> Part<'r> {
    Part { inline_data: Some(InlineData { mime_type, data }), ..Part::default() }
}

/// What kind of picture an address ends in; the API wants to be told, and looks at the picture itself too.
fn media_type(url: &str) -> &'static str {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "png" => "image/png",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "heif" => "image/heif",
        _ => "image/jpeg",
    }
}

fn returned(result: &ToolResult) -> Returned {
    let mut texts = result.parts.iter().filter_map(|part| match part {
        Said::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let mut all = texts.next().unwrap_or_default().to_owned();
    for text in texts {
        all.push('\n');
        all.push_str(text);
    }
    if result.is_error { Returned::Error(all) } else { Returned::Result(all) }
}

/// The arguments, where they are a JSON object.
pub(super) fn object(arguments: &str) -> Option<&RawValue> {
    serde_json::from_str::<&RawValue>(arguments).ok().filter(|json| json.get().starts_with('{'))
}
