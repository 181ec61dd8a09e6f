//! Reads a whole message, and what whole messages and streams have in common.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::exchange::{Answer, Event, Finish, ToolCall, Usage};
use crate::failure::Failure;
use crate::providers::Failed;
use crate::providers::join::join;

#[derive(Debug, Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    content: Vec<Block<'a>>,
    #[serde(borrow)]
    stop_reason: Cow<'a, str>,
    #[serde(default)]
    usage: Counts,
}

/// A content block, flat: its type says which members count.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Block<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) text: Option<String>,
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
    #[serde(borrow)]
    pub(super) input: Option<&'a RawValue>,
    pub(super) thinking: Option<String>,
    pub(super) signature: Option<String>,
    pub(super) data: Option<String>,
}

/// What was used up, as it is told here: what is read from and written to the cache is not in `input`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Counts {
    #[serde(rename = "input_tokens")]
    input: Option<u64>,
    #[serde(rename = "cache_read_input_tokens")]
    cached: Option<u64>,
    #[serde(rename = "cache_creation_input_tokens")]
    cache_written: Option<u64>,
    #[serde(rename = "output_tokens")]
    output: Option<u64>,
}

impl Counts {
    /// These figures, and for those that are not told the earlier ones.
    pub(super) fn over(self, earlier: Self) -> Self {
        Self {
            input: self.input.or(earlier.input),
            cached: self.cached.or(earlier.cached),
            cache_written: self.cache_written.or(earlier.cache_written),
            output: self.output.or(earlier.output),
        }
    }

    pub(super) fn usage(self) -> Usage {
        let cached = self.cached.unwrap_or(0);
        let cache_written = self.cache_written.unwrap_or(0);
        Usage {
            input: self.input.unwrap_or(0).saturating_add(cached).saturating_add(cache_written),
            output: self.output.unwrap_or(0),
            cached,
            cache_written,
            // Thoughts are in the output, and not told apart.
            reasoning: 0,
        }
    }
}

/// Reads a whole message of this target (`provider/model`).
pub(in crate::providers) fn decode(target: &str, body: &[u8]) -> Result<Answer, Failed> {
    let message: Message<'_> = serde_json::from_slice(body).map_err(|_| broken())?;
    let finish = finish(&message.stop_reason)?;
    let mut events = Vec::with_capacity(message.content.len() + 2);
    for block in message.content {
        read(block, &mut events)?;
    }
    events.push(Event::Usage(message.usage.usage()));
    events.push(Event::Finish(finish));
    Ok(join(target, events))
}

fn read(block: Block<'_>, out: &mut Vec<Event>) -> Result<(), Failed> {
    match &*block.kind {
        "text" => out.extend(some(block.text.ok_or_else(broken)?).map(Event::Text)),
        "tool_use" => {
            out.push(Event::ToolCall(ToolCall { arguments: arguments(block.input)?.to_owned(), ..call(block.id, block.name)? }));
        }
        "thinking" => {
            out.extend(some(block.thinking.ok_or_else(broken)?).map(Event::Thinking));
            out.extend(block.signature.map(Event::ThinkingSignature));
        }
        "redacted_thinking" => out.push(Event::SealedThinking(block.data.ok_or_else(broken)?)),
        _ => {}
    }
    Ok(())
}

/// Text that is not empty.
pub(super) fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

/// A call whose arguments are not known yet.
pub(super) fn call(id: Option<String>, name: Option<String>) -> Result<ToolCall, Failed> {
    let (Some(id), Some(name)) = (id, name) else { return Err(broken()) };
    Ok(ToolCall { id, name, arguments: String::new(), signature: None })
}

/// The arguments of a call as text.
pub(super) fn arguments(input: Option<&RawValue>) -> Result<&str, Failed> {
    match input.map(RawValue::get) {
        None => Ok("{}"),
        Some(object) if object.starts_with('{') => Ok(object),
        Some(_) => Err(broken()),
    }
}

/// Why the answer ended. A refusal is a failure: another model may answer.
pub(super) fn finish(stop_reason: &str) -> Result<Finish, Failed> {
    match stop_reason {
        "max_tokens" | "model_context_window_exceeded" => Ok(Finish::Length),
        "tool_use" => Ok(Finish::ToolCalls),
        "refusal" => Err(Failed::of(Failure::ContentPolicy)),
        _ => Ok(Finish::Stop),
    }
}

/// What is no message breaks the protocol.
pub(super) fn broken() -> Failed {
    Failed::of(Failure::ServerError)
}
