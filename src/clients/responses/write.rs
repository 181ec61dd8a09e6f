//! Turns an answer into a response.

use serde::Serialize;

use super::super::{Head, wire};
use super::output::Item;
use super::stream::Stream;
use crate::exchange::{Answer, Event, Finish, Part, Usage};

/// A response, whole or just begun, with every member that OpenAI's libraries look for. What the request said is not repeated.
#[derive(Serialize)]
pub(super) struct Response<'a> {
    id: &'a str,
    object: &'static str,
    created_at: u64,
    pub(super) status: &'static str,
    background: bool,
    error: (),
    pub(super) incomplete_details: Option<Incomplete>,
    instructions: (),
    max_output_tokens: (),
    model: &'a str,
    pub(super) output: &'a [Item],
    parallel_tool_calls: bool,
    previous_response_id: (),
    reasoning: Reasoning,
    store: bool,
    temperature: (),
    text: Text,
    tool_choice: &'static str,
    tools: [(); 0],
    top_p: (),
    truncation: &'static str,
    pub(super) usage: Option<Used>,
    metadata: Empty,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) byok_receipt: Option<&'a str>,
}

#[derive(Serialize)]
pub(super) struct Incomplete {
    reason: &'static str,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Default, Serialize)]
struct Reasoning {
    effort: (),
    summary: (),
}

#[derive(Serialize)]
struct Text {
    format: Format,
}

#[derive(Serialize)]
struct Format {
    r#type: &'static str,
}

impl<'a> Response<'a> {
    /// One in which nothing is said yet.
    pub(super) fn begun(id: &'a str, model: &'a str, created_at: u64) -> Self {
        Self {
            id,
            object: "response",
            created_at,
            status: "in_progress",
            background: false,
            error: (),
            incomplete_details: None,
            instructions: (),
            max_output_tokens: (),
            model,
            output: &[],
            parallel_tool_calls: true,
            previous_response_id: (),
            reasoning: Reasoning::default(),
            store: false,
            temperature: (),
            text: Text { format: Format { r#type: "text" } },
            tool_choice: "auto",
            tools: [],
            top_p: (),
            truncation: "disabled",
            usage: None,
            metadata: Empty {},
            byok_receipt: None,
        }
    }
}

/// Why a response is incomplete, where it is.
pub(super) fn incomplete(finish: Finish) -> Option<Incomplete> {
    match finish {
        Finish::Stop | Finish::ToolCalls => None,
        Finish::Length => Some(Incomplete { reason: "max_output_tokens" }),
        Finish::ContentFilter => Some(Incomplete { reason: "content_filter" }),
    }
}

/// A whole response: what a stream of the same answer ends with.
pub(in super::super) fn write(head: &Head<'_>, answer: &Answer) -> Vec<u8> {
    let mut stream = Stream::silent(head);
    let mut nothing = Vec::new();
    for part in &answer.parts {
        match part {
            Part::Text(text) => stream.event(&Event::Text(text.clone()), &mut nothing),
            Part::Refusal(text) => stream.event(&Event::Refusal(text.clone()), &mut nothing),
            Part::ToolCall(call) => stream.event(&Event::ToolCall(call.clone()), &mut nothing),
            // Thoughts are not shown in this shape; the rest is never in an answer.
            Part::Thinking(_) | Part::Image(_) | Part::File(_) | Part::ToolResult(_) => {}
        }
    }
    stream.event(&Event::Usage(answer.usage), &mut nothing);
    stream.event(&Event::Finish(answer.finish), &mut nothing);
    stream.end(head.receipt, &mut nothing);
    wire::body(&stream.response(head.receipt))
}

/// Tokens.
#[derive(Serialize)]
pub(super) struct Used {
    input_tokens: u64,
    input_tokens_details: OfInput,
    output_tokens: u64,
    output_tokens_details: OfOutput,
    total_tokens: u64,
}

#[derive(Serialize)]
struct OfInput {
    cached_tokens: u64,
    cache_write_tokens: u64,
}

#[derive(Serialize)]
struct OfOutput {
    reasoning_tokens: u64,
}

impl Used {
    /// In OpenAI's words.
    pub(super) fn of(usage: Usage) -> Self {
        Self {
            input_tokens: usage.input,
            input_tokens_details: OfInput { cached_tokens: usage.cached, cache_write_tokens: usage.cache_written },
            output_tokens: usage.output,
            output_tokens_details: OfOutput { reasoning_tokens: usage.reasoning },
            total_tokens: usage.input.saturating_add(usage.output),
        }
    }
}
