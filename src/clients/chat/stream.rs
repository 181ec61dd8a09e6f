//! Turns events into chunks of a chat completion.

use std::borrow::Cow;

use serde::Serialize;

use super::super::{Head, Problem, call_id, error, wire};
use super::write::{Used, reason};
use crate::exchange::{Event, Finish, Request, Usage};

/// A stream in this shape.
#[derive(Clone, Debug)]
pub(in super::super) struct Stream {
    id: String,
    model: String,
    created: u64,
    /// Whether the usage comes last; all other chunks then say that they have none.
    with_usage: bool,
    /// Whether the first thing in the answer may be a call rather than text.
    with_tools: bool,
    /// How many calls have begun.
    calls: usize,
    /// Whether the last call has no arguments so far.
    bare: bool,
    finish: Finish,
    usage: Usage,
}

#[derive(Serialize)]
struct Chunk<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: &'a [Choice<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Nullable<Used>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    byok_receipt: Option<&'a str>,
}

/// A member that is written even where it is empty.
#[derive(Serialize)]
#[serde(untagged)]
enum Nullable<T> {
    Null,
    Value(T),
}

#[derive(Serialize)]
struct Choice<'a> {
    index: u8,
    delta: Delta<'a>,
    logprobs: (),
    finish_reason: Option<&'static str>,
}

#[derive(Default, Serialize)]
struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Nullable<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Nullable<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_calls: Option<[Call<'a>; 1]>,
}

#[derive(Serialize)]
struct Call<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    arguments: &'a str,
}

impl Stream {
    pub(in super::super) fn new(head: &Head<'_>, request: &Request) -> Self {
        Self {
            id: head.id_with("chatcmpl-"),
            model: head.model.to_owned(),
            created: head.created,
            with_usage: request.stream_usage,
            with_tools: !request.tools.is_empty(),
            calls: 0,
            bare: false,
            finish: Finish::default(),
            usage: Usage::default(),
        }
    }

    /// The chunk that says who speaks.
    pub(in super::super) fn start(&self, out: &mut Vec<u8>) {
        let content = if self.with_tools { Nullable::Null } else { Nullable::Value("") };
        self.delta(Delta { role: Some("assistant"), content: Some(content), refusal: Some(Nullable::Null), ..Delta::default() }, out);
    }

    /// A chunk, where a client of this shape sees something of the event.
    pub(in super::super) fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Text(text) => self.delta(Delta { content: Some(Nullable::Value(text)), ..Delta::default() }, out),
            Event::Refusal(text) => self.delta(Delta { refusal: Some(Nullable::Value(text)), ..Delta::default() }, out),
            Event::ToolCall(call) => {
                self.end_call(out);
                self.calls += 1;
                self.bare = call.arguments.is_empty();
                let id = Some(call_id::join(&call.id, call.signature.as_deref()));
                let function = Function { name: Some(&call.name), arguments: &call.arguments };
                self.call(Call { index: self.calls - 1, id, r#type: Some("function"), function }, out);
            }
            Event::Arguments(text) => self.arguments(text, out),
            Event::Usage(usage) => self.usage = *usage,
            Event::Finish(finish) => self.finish = *finish,
            // Thoughts are not shown in this shape.
            Event::Thinking(_) | Event::ThinkingSignature(_) | Event::SealedThinking(_) => {}
        }
    }

    /// The last chunks. The receipt is in that which says why the answer ended.
    pub(in super::super) fn end(&mut self, receipt: Option<&str>, out: &mut Vec<u8>) {
        self.end_call(out);
        let choice = Choice { index: 0, delta: Delta::default(), logprobs: (), finish_reason: Some(reason(self.finish)) };
        self.chunk(&[choice], None, receipt, out);
        if self.with_usage {
            self.chunk(&[], Some(Used::of(self.usage)), None, out);
        }
        out.extend_from_slice(b"data: [DONE]\n\n");
    }

    /// A chunk at which OpenAI's libraries raise an error.
    pub(in super::super) fn fail(problem: &Problem<'_>, out: &mut Vec<u8>) {
        wire::data(&error::OpenAi::of(problem), out);
    }

    /// A call without arguments gets empty ones: clients read them as JSON.
    fn end_call(&mut self, out: &mut Vec<u8>) {
        if self.bare {
            self.arguments("{}", out);
        }
    }

    fn arguments(&mut self, text: &str, out: &mut Vec<u8>) {
        if text.is_empty() || self.calls == 0 {
            return;
        }
        self.bare = false;
        let function = Function { name: None, arguments: text };
        self.call(Call { index: self.calls - 1, id: None, r#type: None, function }, out);
    }

    fn call(&self, call: Call<'_>, out: &mut Vec<u8>) {
        self.delta(Delta { tool_calls: Some([call]), ..Delta::default() }, out);
    }

    fn delta(&self, delta: Delta<'_>, out: &mut Vec<u8>) {
        self.chunk(&[Choice { index: 0, delta, logprobs: (), finish_reason: None }], None, None, out);
    }

    fn chunk(&self, choices: &[Choice<'_>], usage: Option<Used>, byok_receipt: Option<&str>, out: &mut Vec<u8>) {
        let usage = self.with_usage.then_some(usage.map_or(Nullable::Null, Nullable::Value));
        let (id, model) = (self.id.as_str(), self.model.as_str());
        wire::data(&Chunk { id, object: "chat.completion.chunk", created: self.created, model, choices, usage, byok_receipt }, out);
    }
}
