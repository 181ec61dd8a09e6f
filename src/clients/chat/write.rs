//! Turns an answer into a chat completion.

use std::borrow::Cow;

use serde::Serialize;

use super::super::{Head, call_id, wire};
use crate::exchange::{Answer, Finish, Part, ToolCall, Usage};

#[derive(Serialize)]
struct Completion<'a> {
    id: String,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: [Choice<'a>; 1],
    usage: Used,
    #[serde(skip_serializing_if = "Option::is_none")]
    byok_receipt: Option<&'a str>,
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u8,
    message: Message<'a>,
    logprobs: (),
    finish_reason: &'static str,
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Option<Cow<'a, str>>,
    refusal: Option<Cow<'a, str>>,
    annotations: [(); 0],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Call<'a>>,
}

#[derive(Serialize)]
struct Call<'a> {
    id: Cow<'a, str>,
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

/// A whole completion.
pub(in super::super) fn write(head: &Head<'_>, answer: &Answer) -> Vec<u8> {
    let (mut content, mut refusal, mut tool_calls) = (None, None, Vec::new());
    for part in &answer.parts {
        match part {
            Part::Text(text) => append(&mut content, text),
            Part::Refusal(text) => append(&mut refusal, text),
            Part::ToolCall(call) => tool_calls.push(Call::of(call)),
            // Thoughts are not shown in this shape; the rest is never in an answer.
            Part::Thinking(_) | Part::Image(_) | Part::File(_) | Part::ToolResult(_) => {}
        }
    }
    // An answer without a word is one all the same, and a client that sends it back must be understood.
    if refusal.is_none() && tool_calls.is_empty() {
        content.get_or_insert_default();
    }
    wire::body(&Completion {
        id: head.id_with("chatcmpl-"),
        object: "chat.completion",
        created: head.created,
        model: head.model,
        choices: [Choice {
            index: 0,
            message: Message { role: "assistant", content, refusal, annotations: [], tool_calls },
            logprobs: (),
            finish_reason: reason(answer.finish),
        }],
        usage: Used::of(answer.usage),
        byok_receipt: head.receipt,
    })
}

fn append<'a>(whole: &mut Option<Cow<'a, str>>, text: &'a str) {
    match whole {
        None => *whole = Some(Cow::Borrowed(text)),
        Some(whole) => whole.to_mut().push_str(text),
    }
}

impl<'a> Call<'a> {
    fn of(call: &'a ToolCall) -> Self {
        let arguments = if call.arguments.is_empty() { "{}" } else { &call.arguments };
        let id = call_id::join(&call.id, call.signature.as_deref());
        Self { id, r#type: "function", function: Function { name: &call.name, arguments } }
    }
}

/// OpenAI's word for why an answer ended.
pub(super) fn reason(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "stop",
        Finish::Length => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::ContentFilter => "content_filter",
    }
}

/// Tokens.
#[derive(Serialize)]
pub(super) struct Used {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: OfPrompt,
    completion_tokens_details: OfCompletion,
}

#[derive(Serialize)]
struct OfPrompt {
    cached_tokens: u64,
    cache_write_tokens: u64,
}

#[derive(Serialize)]
struct OfCompletion {
    reasoning_tokens: u64,
}

impl Used {
    /// In OpenAI's words.
    pub(super) fn of(usage: Usage) -> Self {
        Self {
            prompt_tokens: usage.input,
            completion_tokens: usage.output,
            total_tokens: usage.input.saturating_add(usage.output),
            prompt_tokens_details: OfPrompt { cached_tokens: usage.cached, cache_write_tokens: usage.cache_written },
            completion_tokens_details: OfCompletion { reasoning_tokens: usage.reasoning },
        }
    }
}
