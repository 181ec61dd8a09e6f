//! Reads a streamed message, event by event.

use std::borrow::Cow;
use std::mem::take;

use serde::Deserialize;

use super::answer::{Block, Counts, arguments, broken, call, finish, some};
use crate::exchange::{Event, Finish};
use crate::providers::Failed;
use crate::providers::errors::anthropic::in_stream;

/// What of a stream has to be remembered.
#[derive(Debug, Default)]
pub(in crate::providers) struct Stream {
    /// The block that is open, and its number.
    open: Option<(u64, Open)>,
    counts: Counts,
    finish: Option<Finish>,
    done: bool,
}

#[derive(Debug)]
enum Open {
    Text,
    /// What the arguments are, should no piece of them follow.
    Tool(Option<String>),
    /// The signature so far.
    Thinking(String),
    /// A block that is not read.
    Other,
}

/// An event, flat: its type says which members count.
#[derive(Debug, Deserialize)]
struct Data<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    index: Option<u64>,
    message: Option<Start>,
    #[serde(borrow)]
    content_block: Option<Block<'a>>,
    #[serde(borrow)]
    delta: Option<Delta<'a>>,
    usage: Option<Counts>,
}

#[derive(Debug, Deserialize)]
struct Start {
    usage: Option<Counts>,
}

#[derive(Debug, Deserialize)]
struct Delta<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    text: Option<String>,
    partial_json: Option<String>,
    thinking: Option<String>,
    signature: Option<String>,
    stop_reason: Option<String>,
}

/// The type alone.
#[derive(Debug, Deserialize)]
struct Kind<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

/// The events that are read. Others may appear at any time and mean nothing here.
const READ: [&str; 7] =
    ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta", "message_stop", "error"];

impl Stream {
    /// Reads an event and adds what it says to `out`. Fails where it says that the answer failed, or breaks the protocol.
    pub(in crate::providers) fn event(&mut self, name: &str, data: &str, out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.done {
            return Ok(());
        }
        let Ok(event) = serde_json::from_str::<Data<'_>>(data) else {
            // An unknown event may have any shape.
            return match serde_json::from_str::<Kind<'_>>(data) {
                Ok(Kind { kind }) if !READ.contains(&&*kind) => Ok(()),
                Ok(Kind { kind }) if kind == "error" => Err(in_stream(data)),
                _ => Err(broken()),
            };
        };
        let kind = if event.kind.is_empty() { name } else { &event.kind };
        match kind {
            "error" => return Err(in_stream(data)),
            "message_start" => self.count(event.message.and_then(|message| message.usage), out),
            "content_block_start" => {
                self.close(out);
                let block = event.content_block.ok_or_else(broken)?;
                self.open = Some((event.index.ok_or_else(broken)?, open(block, out)?));
            }
            "content_block_delta" => match (&mut self.open, event.index, event.delta) {
                (Some((index, open)), Some(of), Some(delta)) if *index == of => piece(open, delta, out)?,
                _ => return Err(broken()),
            },
            "content_block_stop" => self.close(out),
            "message_delta" => {
                if let Some(reason) = event.delta.and_then(|delta| delta.stop_reason) {
                    self.finish = Some(finish(&reason)?);
                }
                self.count(event.usage, out);
            }
            "message_stop" => {
                self.done = true;
                self.close(out);
                out.push(Event::Finish(self.finish.ok_or_else(broken)?));
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the last event was seen.
    pub(in crate::providers) fn is_done(&self) -> bool {
        self.done
    }

    /// The body is over. Without its last event it was cut off.
    pub(in crate::providers) fn end(&mut self, _out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.done { Ok(()) } else { Err(broken()) }
    }

    fn count(&mut self, counts: Option<Counts>, out: &mut Vec<Event>) {
        if let Some(counts) = counts {
            self.counts = counts.over(self.counts);
            out.push(Event::Usage(self.counts.usage()));
        }
    }

    fn close(&mut self, out: &mut Vec<Event>) {
        match take(&mut self.open) {
            Some((_, Open::Tool(Some(whole)))) => out.push(Event::Arguments(whole)),
            Some((_, Open::Thinking(signature))) if !signature.is_empty() => out.push(Event::ThinkingSignature(signature)),
            _ => {}
        }
    }
}

fn open(block: Block<'_>, out: &mut Vec<Event>) -> Result<Open, Failed> {
    Ok(match &*block.kind {
        "text" => {
            out.extend(block.text.and_then(some).map(Event::Text));
            Open::Text
        }
        "tool_use" => {
            out.push(Event::ToolCall(call(block.id, block.name)?));
            Open::Tool(Some(arguments(block.input)?.to_owned()))
        }
        "thinking" => {
            out.extend(block.thinking.and_then(some).map(Event::Thinking));
            Open::Thinking(block.signature.unwrap_or_default())
        }
        "redacted_thinking" => {
            out.push(Event::SealedThinking(block.data.ok_or_else(broken)?));
            Open::Other
        }
        _ => Open::Other,
    })
}

fn piece(open: &mut Open, delta: Delta<'_>, out: &mut Vec<Event>) -> Result<(), Failed> {
    match (open, &*delta.kind) {
        (Open::Other, _) => {}
        (Open::Text, "text_delta") => out.extend(some(delta.text.ok_or_else(broken)?).map(Event::Text)),
        (Open::Tool(whole), "input_json_delta") => {
            // The first piece is always empty, and tells nothing.
            if let Some(json) = delta.partial_json.and_then(some) {
                *whole = None;
                out.push(Event::Arguments(json));
            }
        }
        (Open::Thinking(_), "thinking_delta") => out.extend(some(delta.thinking.ok_or_else(broken)?).map(Event::Thinking)),
        (Open::Thinking(signature), "signature_delta") => signature.push_str(&delta.signature.ok_or_else(broken)?),
        (_, "text_delta" | "input_json_delta" | "thinking_delta" | "signature_delta") => return Err(broken()),
        _ => {}
    }
    Ok(())
}
