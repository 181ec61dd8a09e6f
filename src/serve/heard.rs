//! Collects what a provider says piece by piece, for a full record.

use crate::exchange::{Event, Part, Thinking};

/// What was said so far.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) parts: Vec<Part>,
}

impl Heard {
    pub(super) fn event(&mut self, event: &Event) {
        match event {
            Event::Text(more) => match self.parts.last_mut() {
                Some(Part::Text(text)) => text.push_str(more),
                _ => self.parts.push(Part::Text(more.clone())),
            },
            Event::Refusal(more) => match self.parts.last_mut() {
                Some(Part::Refusal(text)) => text.push_str(more),
                _ => self.parts.push(Part::Refusal(more.clone())),
            },
            Event::Thinking(more) => match self.parts.last_mut() {
                Some(Part::Thinking(thinking)) => thinking.text.push_str(more),
                _ => self.parts.push(Part::Thinking(Thinking { text: more.clone(), signature: None, sealed: None, target: None })),
            },
            Event::ToolCall(call) => self.parts.push(Part::ToolCall(call.clone())),
            Event::Arguments(more) => {
                if let Some(Part::ToolCall(call)) = self.parts.last_mut() {
                    call.arguments.push_str(more);
                }
            }
            Event::ThinkingSignature(_) | Event::SealedThinking(_) | Event::Usage(_) | Event::Finish(_) => {}
        }
    }
}
