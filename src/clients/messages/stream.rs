//! Turns events into those of Anthropic's streams.

use std::borrow::Cow;

use serde::Serialize;

use super::super::{Head, Problem, error, wire};
use super::block::{Block, Used, reason};
use super::thought;
use super::write::Message;
use crate::exchange::{Event, Finish, ToolCall, Usage};

/// A stream in this shape.
#[derive(Clone, Debug)]
pub(in super::super) struct Stream {
    id: String,
    model: String,
    /// Who answers, where it signs its thoughts.
    target: Option<String>,
    /// The index of the block that is open, or comes next.
    index: usize,
    open: Open,
    refused: bool,
    finish: Finish,
    usage: Usage,
}

/// Which block is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Open {
    Nothing,
    Text,
    Thought,
    /// A call without arguments so far.
    BareCall,
    Call,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Written<'a> {
    MessageStart {
        message: Message<'a>,
    },
    ContentBlockStart {
        index: usize,
        content_block: Block<'a>,
    },
    ContentBlockDelta {
        index: usize,
        delta: Delta<'a>,
    },
    ContentBlockStop {
        index: usize,
    },
    MessageDelta {
        delta: End,
        usage: Used,
        #[serde(skip_serializing_if = "Option::is_none")]
        byok_receipt: Option<&'a str>,
    },
    MessageStop,
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Delta<'a> {
    #[serde(rename = "text_delta")]
    Text { text: &'a str },
    #[serde(rename = "input_json_delta")]
    InputJson { partial_json: &'a str },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: &'a str },
    #[serde(rename = "signature_delta")]
    Signature { signature: &'a str },
}

#[derive(Serialize)]
struct End {
    stop_reason: &'static str,
    stop_sequence: (),
}

impl Written<'_> {
    fn name(&self) -> &'static str {
        match self {
            Self::MessageStart { .. } => "message_start",
            Self::ContentBlockStart { .. } => "content_block_start",
            Self::ContentBlockDelta { .. } => "content_block_delta",
            Self::ContentBlockStop { .. } => "content_block_stop",
            Self::MessageDelta { .. } => "message_delta",
            Self::MessageStop => "message_stop",
        }
    }

    fn put(&self, out: &mut Vec<u8>) {
        wire::event(self.name(), self, out);
    }
}

impl Stream {
    pub(in super::super) fn new(head: &Head<'_>) -> Self {
        Self {
            id: head.id_with("msg_"),
            model: head.model.to_owned(),
            target: None,
            index: 0,
            open: Open::Nothing,
            refused: false,
            finish: Finish::default(),
            usage: Usage::default(),
        }
    }

    /// Says whose thoughts come, and whether they are signed.
    pub(in super::super) fn served_by(&mut self, target: &str, signs: bool) {
        self.target = signs.then(|| target.to_owned());
    }

    /// The message, empty. What the input took is not known yet: `message_delta` says it.
    pub(in super::super) fn start(&self, out: &mut Vec<u8>) {
        Written::MessageStart { message: Message::begun(&self.id, &self.model) }.put(out);
    }

    /// What a client sees of an event.
    pub(in super::super) fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Text(text) => self.say(text, out),
            Event::Refusal(text) => {
                self.refused = true;
                self.say(text, out);
            }
            Event::ToolCall(call) => self.call(call, out),
            Event::Arguments(text) => self.arguments(text, out),
            Event::Thinking(text) => self.think(text, out),
            Event::ThinkingSignature(signature) => self.sign(signature, out),
            Event::SealedThinking(sealed) => self.seal(sealed, out),
            Event::Usage(usage) => self.usage = *usage,
            Event::Finish(finish) => self.finish = *finish,
        }
    }

    /// The last events. The receipt is in that which says why the answer ended.
    pub(in super::super) fn end(&mut self, receipt: Option<&str>, out: &mut Vec<u8>) {
        self.close(out);
        let delta = End { stop_reason: reason(self.finish, self.refused), stop_sequence: () };
        Written::MessageDelta { delta, usage: Used::of(self.usage), byok_receipt: receipt }.put(out);
        Written::MessageStop.put(out);
    }

    /// An event at which Anthropic's libraries raise an error.
    pub(in super::super) fn fail(problem: &Problem<'_>, out: &mut Vec<u8>) {
        wire::event("error", &error::Anthropic::of(problem), out);
    }

    fn say(&mut self, text: &str, out: &mut Vec<u8>) {
        if self.open != Open::Text {
            self.begin(Open::Text, Block::Text { text: Cow::Borrowed("") }, out);
        }
        self.delta(Delta::Text { text }, out);
    }

    fn call(&mut self, call: &ToolCall, out: &mut Vec<u8>) {
        self.begin(Open::BareCall, Block::begun(call), out);
        self.arguments(&call.arguments, out);
    }

    fn arguments(&mut self, text: &str, out: &mut Vec<u8>) {
        if !text.is_empty() && matches!(self.open, Open::BareCall | Open::Call) {
            self.open = Open::Call;
            self.delta(Delta::InputJson { partial_json: text }, out);
        }
    }

    /// A thought goes out as it comes; should it break off, it has no signature, and no provider takes it back.
    fn think(&mut self, text: &str, out: &mut Vec<u8>) {
        if self.target.is_some() {
            self.begin_thought(out);
            self.delta(Delta::Thinking { thinking: text }, out);
        }
    }

    fn sign(&mut self, signature: &str, out: &mut Vec<u8>) {
        let Some(signature) = self.target.as_deref().map(|target| thought::mark(target, signature)) else { return };
        // A thought without words is nothing but its signature.
        self.begin_thought(out);
        self.delta(Delta::Signature { signature: &signature }, out);
        self.stop(out);
    }

    fn seal(&mut self, sealed: &str, out: &mut Vec<u8>) {
        let Some(data) = self.target.as_deref().map(|target| thought::mark(target, sealed)) else { return };
        self.begin(Open::Thought, Block::RedactedThinking { data }, out);
        self.stop(out);
    }

    fn begin_thought(&mut self, out: &mut Vec<u8>) {
        if self.open != Open::Thought {
            self.begin(Open::Thought, Block::Thinking { thinking: "", signature: String::new() }, out);
        }
    }

    fn begin(&mut self, open: Open, block: Block<'_>, out: &mut Vec<u8>) {
        self.close(out);
        self.open = open;
        Written::ContentBlockStart { index: self.index, content_block: block }.put(out);
    }

    fn delta(&self, delta: Delta<'_>, out: &mut Vec<u8>) {
        Written::ContentBlockDelta { index: self.index, delta }.put(out);
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open == Open::BareCall {
            self.arguments("{}", out);
        }
        if self.open != Open::Nothing {
            self.stop(out);
        }
    }

    fn stop(&mut self, out: &mut Vec<u8>) {
        Written::ContentBlockStop { index: self.index }.put(out);
        self.open = Open::Nothing;
        self.index += 1;
    }
}
