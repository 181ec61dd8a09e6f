//! Turns an answer into one of Anthropic's messages.

use std::borrow::Cow;

use serde::Serialize;

use super::super::{Head, wire};
use super::block::{Block, Used, reason};
use crate::exchange::{Answer, Part, Usage};

/// A message, whole or just begun.
#[derive(Serialize)]
pub(super) struct Message<'a> {
    id: &'a str,
    r#type: &'static str,
    role: &'static str,
    model: &'a str,
    content: Vec<Block<'a>>,
    stop_reason: Option<&'static str>,
    stop_sequence: (),
    usage: Used,
    #[serde(skip_serializing_if = "Option::is_none")]
    byok_receipt: Option<&'a str>,
}

impl<'a> Message<'a> {
    /// One in which nothing is said yet.
    pub(super) fn begun(id: &'a str, model: &'a str) -> Self {
        let usage = Used::of(Usage::default());
        Self {
            id,
            r#type: "message",
            role: "assistant",
            model,
            content: Vec::new(),
            stop_reason: None,
            stop_sequence: (),
            usage,
            byok_receipt: None,
        }
    }
}

/// A whole message.
pub(in super::super) fn write(head: &Head<'_>, answer: &Answer) -> Vec<u8> {
    let mut content = Vec::with_capacity(answer.parts.len());
    let mut refused = false;
    for part in &answer.parts {
        match part {
            Part::Text(text) => say(&mut content, text),
            Part::Refusal(text) => {
                refused = true;
                say(&mut content, text);
            }
            Part::ToolCall(call) => content.push(Block::call(call)),
            Part::Thinking(thinking) => content.extend(Block::thought(thinking)),
            // Never in an answer.
            Part::Image(_) | Part::File(_) | Part::ToolResult(_) => {}
        }
    }
    let id = head.id_with("msg_");
    let stop_reason = Some(reason(answer.finish, refused));
    wire::body(&Message {
        content,
        stop_reason,
        usage: Used::of(answer.usage),
        byok_receipt: head.receipt,
        ..Message::begun(&id, head.model)
    })
}

fn say<'a>(content: &mut Vec<Block<'a>>, more: &'a str) {
    match content.last_mut() {
        Some(Block::Text { text }) => text.to_mut().push_str(more),
        _ => content.push(Block::Text { text: Cow::Borrowed(more) }),
    }
}
