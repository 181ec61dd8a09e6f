//! Blocks of an answer, as Anthropic writes them.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::super::call_id;
use super::thought;
use crate::exchange::{Finish, Thinking, ToolCall, Usage};

/// A block.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block<'a> {
    Text { text: Cow<'a, str> },
    ToolUse { id: Cow<'a, str>, name: &'a str, input: Input<'a> },
    Thinking { thinking: &'a str, signature: String },
    RedactedThinking { data: String },
}

/// A call's arguments.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Input<'a> {
    Empty {},
    Object(&'a RawValue),
    /// What is no JSON object goes into one, under the name that Anthropic's documentation has for it: a call must not seem to have no arguments.
    Wrong {
        #[serde(rename = "INVALID_JSON")]
        text: &'a str,
    },
}

impl<'a> Block<'a> {
    /// A call with the arguments that it has.
    pub(super) fn call(call: &'a ToolCall) -> Self {
        let input = match serde_json::from_str::<&RawValue>(&call.arguments) {
            Ok(raw) if raw.get().starts_with('{') => Input::Object(raw),
            _ if call.arguments.is_empty() => Input::Empty {},
            _ => Input::Wrong { text: &call.arguments },
        };
        Self::call_with(call, input)
    }

    /// A call whose arguments come later.
    pub(super) fn begun(call: &'a ToolCall) -> Self {
        Self::call_with(call, Input::Empty {})
    }

    fn call_with(call: &'a ToolCall, input: Input<'a>) -> Self {
        Self::ToolUse { id: call_id::join(&call.id, call.signature.as_deref()), name: &call.name, input }
    }

    /// A thought that can come back to the target that thought it; others are not shown.
    pub(super) fn thought(thinking: &'a Thinking) -> Option<Self> {
        let target = thinking.target.as_deref()?;
        match (&thinking.sealed, &thinking.signature) {
            (Some(sealed), _) => Some(Self::RedactedThinking { data: thought::mark(target, sealed) }),
            (None, Some(signature)) => Some(Self::Thinking { thinking: &thinking.text, signature: thought::mark(target, signature) }),
            (None, None) => None,
        }
    }
}

/// Anthropic's word for why an answer ended. A refusal in words ends it too.
pub(super) fn reason(finish: Finish, refused: bool) -> &'static str {
    match finish {
        _ if refused => "refusal",
        Finish::Stop => "end_turn",
        Finish::Length => "max_tokens",
        Finish::ToolCalls => "tool_use",
        Finish::ContentFilter => "refusal",
    }
}

/// Tokens; those from and into the cache are counted apart.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names on the wire")]
pub(super) struct Used {
    input_tokens: u64,
    cache_creation_input_tokens: u64,
    cache_read_input_tokens: u64,
    output_tokens: u64,
}

impl Used {
    /// In Anthropic's words.
    pub(super) fn of(usage: Usage) -> Self {
        Self {
            input_tokens: usage.input.saturating_sub(usage.cached).saturating_sub(usage.cache_written),
            cache_creation_input_tokens: usage.cache_written,
            cache_read_input_tokens: usage.cached,
            output_tokens: usage.output,
        }
    }
}
