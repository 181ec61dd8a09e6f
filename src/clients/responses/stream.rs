//! Turns events into those of OpenAI's responses, and keeps the items for the last one.

use serde::Serialize;

use super::super::{Head, Problem, call_id, error, wire};
use super::output::{Content, Item, Kind, Status};
use super::write::{Response, Used, incomplete};
use crate::exchange::{Event, Finish, ToolCall, Usage};

/// A stream in this shape.
#[derive(Clone, Debug)]
pub(in super::super) struct Stream {
    id: String,
    model: String,
    created: u64,
    /// Whether events are written; a whole answer is only collected.
    speaks: bool,
    sequence: u64,
    items: Vec<Item>,
    /// Whether the last item is still being said.
    open: bool,
    finish: Finish,
    usage: Usage,
}

/// Any event: those members are written that it has.
#[derive(Default, Serialize)]
struct Written<'a> {
    r#type: &'a str,
    sequence_number: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Response<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<&'a Item>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'a Content>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delta: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arguments: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<[(); 0]>,
}

/// The event at which a stream breaks off: OpenAI's libraries raise what stands under `error`, others read the members beside it.
#[derive(Serialize)]
struct Broken<'a> {
    r#type: &'static str,
    sequence_number: u64,
    code: &'a str,
    message: &'a str,
    param: Option<&'a str>,
    error: error::Said<'a>,
}

impl Stream {
    pub(in super::super) fn new(head: &Head<'_>) -> Self {
        Self { speaks: true, ..Self::silent(head) }
    }

    /// One that writes nothing and only collects.
    pub(super) fn silent(head: &Head<'_>) -> Self {
        Self {
            id: head.id_with("resp_"),
            model: head.model.to_owned(),
            created: head.created,
            speaks: false,
            sequence: 0,
            items: Vec::new(),
            open: false,
            finish: Finish::default(),
            usage: Usage::default(),
        }
    }

    /// The response as it is at the end.
    pub(super) fn response<'a>(&'a self, receipt: Option<&'a str>) -> Response<'a> {
        let mut response = Response::begun(&self.id, &self.model, self.created);
        response.incomplete_details = incomplete(self.finish);
        response.status = if response.incomplete_details.is_some() { "incomplete" } else { "completed" };
        response.output = &self.items;
        response.usage = Some(Used::of(self.usage));
        response.byok_receipt = receipt;
        response
    }

    /// The response, empty.
    pub(in super::super) fn start(&mut self, out: &mut Vec<u8>) {
        for r#type in ["response.created", "response.in_progress"] {
            let response = Some(Response::begun(&self.id, &self.model, self.created));
            put(self.speaks, &mut self.sequence, Written { r#type, response, ..Written::default() }, out);
        }
    }

    /// What a client sees of an event.
    pub(in super::super) fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Text(text) => self.say(Kind::Text, text, out),
            Event::Refusal(text) => self.say(Kind::Refusal, text, out),
            Event::ToolCall(call) => self.call(call, out),
            Event::Arguments(text) => self.arguments(text, out),
            Event::Usage(usage) => self.usage = *usage,
            Event::Finish(finish) => self.finish = *finish,
            // Thoughts are not shown in this shape.
            Event::Thinking(_) | Event::ThinkingSignature(_) | Event::SealedThinking(_) => {}
        }
    }

    /// The last events. The receipt is in the response that the last of them holds.
    pub(in super::super) fn end(&mut self, receipt: Option<&str>, out: &mut Vec<u8>) {
        let incomplete = incomplete(self.finish).is_some();
        self.close(if incomplete { Status::Incomplete } else { Status::Completed }, out);
        let r#type = if incomplete { "response.incomplete" } else { "response.completed" };
        let mut sequence = self.sequence;
        put(self.speaks, &mut sequence, Written { r#type, response: Some(self.response(receipt)), ..Written::default() }, out);
        self.sequence = sequence;
    }

    /// An event at which OpenAI's libraries raise an error.
    pub(in super::super) fn fail(&mut self, problem: &Problem<'_>, out: &mut Vec<u8>) {
        let error = error::OpenAi::of(problem).error;
        let (code, message, param) = (problem.code, problem.message, problem.field);
        wire::event("error", &Broken { r#type: "error", sequence_number: self.sequence, code, message, param, error }, out);
        self.sequence += 1;
    }

    fn say(&mut self, kind: Kind, text: &str, out: &mut Vec<u8>) {
        if !(self.open && matches!(self.items.last(), Some(Item::Message { .. }))) {
            let id = self.item_id("msg_");
            self.begin(Item::Message { id, status: Status::InProgress, role: "assistant", content: Vec::new() }, out);
        }
        let (output_index, speaks, sequence) = (self.items.len().checked_sub(1), self.speaks, &mut self.sequence);
        let Some(Item::Message { id, content, .. }) = self.items.last_mut() else { return };
        if content.last().is_none_or(|part| part.kind() != kind) {
            end_part(id, content, output_index, speaks, sequence, out);
            content.push(Content::empty(kind));
            let (item_id, content_index) = (Some(id.as_str()), content.len().checked_sub(1));
            let part = content.last();
            let added = Written { r#type: "response.content_part.added", item_id, output_index, content_index, part, ..Written::default() };
            put(speaks, sequence, added, out);
        }
        let (item_id, content_index) = (Some(id.as_str()), content.len().checked_sub(1));
        let (r#type, logprobs) = match kind {
            Kind::Text => ("response.output_text.delta", Some([])),
            Kind::Refusal => ("response.refusal.delta", None),
        };
        put(
            speaks,
            sequence,
            Written { r#type, item_id, output_index, content_index, delta: Some(text), logprobs, ..Written::default() },
            out,
        );
        if let Some(part) = content.last_mut() {
            part.say(text);
        }
    }

    fn call(&mut self, call: &ToolCall, out: &mut Vec<u8>) {
        let id = self.item_id("fc_");
        let call_id = call_id::join(&call.id, call.signature.as_deref()).into_owned();
        let (status, arguments) = (Status::InProgress, String::new());
        self.begin(Item::FunctionCall { id, status, call_id, name: call.name.clone(), arguments }, out);
        self.arguments(&call.arguments, out);
    }

    fn arguments(&mut self, text: &str, out: &mut Vec<u8>) {
        let output_index = self.items.len().checked_sub(1);
        let Some(Item::FunctionCall { id, arguments, .. }) = self.items.last_mut() else { return };
        if text.is_empty() || !self.open {
            return;
        }
        arguments.push_str(text);
        let (r#type, item_id, delta) = ("response.function_call_arguments.delta", Some(id.as_str()), Some(text));
        put(self.speaks, &mut self.sequence, Written { r#type, item_id, output_index, delta, ..Written::default() }, out);
    }

    fn begin(&mut self, item: Item, out: &mut Vec<u8>) {
        self.close(Status::Completed, out);
        self.open = true;
        self.items.push(item);
        let (output_index, item) = (self.items.len().checked_sub(1), self.items.last());
        let r#type = "response.output_item.added";
        put(self.speaks, &mut self.sequence, Written { r#type, output_index, item, ..Written::default() }, out);
    }

    fn close(&mut self, status: Status, out: &mut Vec<u8>) {
        if !self.open {
            return;
        }
        // A call without arguments gets empty ones: clients read them as JSON.
        if matches!(self.items.last(), Some(Item::FunctionCall { arguments, .. }) if arguments.is_empty()) {
            self.arguments("{}", out);
        }
        self.open = false;
        let (output_index, speaks, sequence) = (self.items.len().checked_sub(1), self.speaks, &mut self.sequence);
        let Some(item) = self.items.last_mut() else { return };
        match item {
            Item::Message { id, content, .. } => end_part(id, content, output_index, speaks, sequence, out),
            Item::FunctionCall { id, name, arguments, .. } => {
                let (item_id, name, arguments) = (Some(id.as_str()), Some(name.as_str()), Some(arguments.as_str()));
                let r#type = "response.function_call_arguments.done";
                put(speaks, sequence, Written { r#type, item_id, output_index, name, arguments, ..Written::default() }, out);
            }
        }
        item.set(status);
        let done = Written { r#type: "response.output_item.done", output_index, item: Some(item), ..Written::default() };
        put(speaks, sequence, done, out);
    }

    fn item_id(&self, prefix: &str) -> String {
        format!("{prefix}{}_{}", self.id.trim_start_matches("resp_"), self.items.len())
    }
}

/// Ends the last part of a message, where there is one.
fn end_part(id: &str, content: &[Content], output_index: Option<usize>, speaks: bool, sequence: &mut u64, out: &mut Vec<u8>) {
    let Some(part) = content.last() else { return };
    let (item_id, content_index, said) = (Some(id), content.len().checked_sub(1), Some(part.said()));
    let done = match part.kind() {
        Kind::Text => Written { r#type: "response.output_text.done", text: said, logprobs: Some([]), ..Written::default() },
        Kind::Refusal => Written { r#type: "response.refusal.done", refusal: said, ..Written::default() },
    };
    put(speaks, sequence, Written { item_id, output_index, content_index, ..done }, out);
    let r#type = "response.content_part.done";
    put(speaks, sequence, Written { r#type, item_id, output_index, content_index, part: Some(part), ..Written::default() }, out);
}

fn put(speaks: bool, sequence: &mut u64, written: Written<'_>, out: &mut Vec<u8>) {
    if speaks {
        wire::event(written.r#type, &Written { sequence_number: *sequence, ..written }, out);
        *sequence += 1;
    }
}
