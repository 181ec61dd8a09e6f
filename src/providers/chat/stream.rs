//! From the chunks of a chat completion to events.

use crate::exchange::{Event, Usage};
use crate::failure::Failure;
use crate::providers::calls::{Calls, Piece};
use crate::providers::{Failed, Rules, errors};

use super::reply::{Choice, Reply, finish};

/// What is known of an answer that comes in chunks.
#[derive(Debug)]
pub(in super::super) struct Stream {
    /// For errors.
    rules: Rules,
    /// The answer's id.
    id: String,
    calls: Calls,
    /// What came while a tool call was not whole.
    waiting: Vec<Event>,
    finish_reason: Option<String>,
    usage: Option<Usage>,
    done: bool,
}

impl Stream {
    /// Before the first chunk; an error is judged by these rules.
    pub(in super::super) fn new(rules: Rules) -> Self {
        Self { rules, id: String::new(), calls: Calls::default(), waiting: Vec::new(), finish_reason: None, usage: None, done: false }
    }

    /// Reads the data of one server-sent event. Their names mean nothing here.
    pub(in super::super) fn event(&mut self, _name: &str, data: &str, out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.done || data.is_empty() {
            return Ok(());
        }
        if data == "[DONE]" {
            return self.finish(out);
        }
        let chunk: Reply<'_> = serde_json::from_str(data).map_err(|_| Failed::of(Failure::ServerError))?;
        if chunk.is_error() {
            return Err(errors::inside(self.rules, data.as_bytes()));
        }
        if let (true, Some(id)) = (self.id.is_empty(), chunk.id) {
            self.id.push_str(&id);
        }
        if let Some(used) = chunk.usage {
            self.usage = Some(used.into());
        }
        for choice in chunk.choices.unwrap_or_default() {
            // One answer was asked for.
            if choice.index.unwrap_or_default() == 0 {
                self.choice(choice, out)?;
            }
        }
        Ok(())
    }

    /// Whether the end marker was seen.
    pub(in super::super) fn is_done(&self) -> bool {
        self.done
    }

    /// The body is over. Without its end marker the answer is cut off, even if it said why it ended: its usage may be missing.
    pub(in super::super) fn end(&mut self, _out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.done { Ok(()) } else { Err(Failed::of(Failure::ServerError)) }
    }

    fn choice(&mut self, choice: Choice<'_>, out: &mut Vec<Event>) -> Result<(), Failed> {
        let mut said = choice.delta.or(choice.message).unwrap_or_default();
        let (thoughts, text) = said.words();
        let refusal = said.refusal.unwrap_or_default();
        for (words, event) in [(thoughts, Event::Thinking as fn(String) -> Event), (text, Event::Text), (refusal, Event::Refusal)] {
            if !words.is_empty() {
                if self.calls.are_open() { &mut self.waiting } else { &mut *out }.push(event(words));
            }
        }
        for call in said.tool_calls.unwrap_or_default() {
            let function = call.function.unwrap_or_default();
            let arguments = function.arguments().map_err(|_| Failed::of(Failure::ServerError))?;
            let piece = Piece { index: call.index, id: call.id.as_deref(), name: function.name.as_deref(), arguments: &arguments };
            self.calls.add(piece, &self.id, out)?;
        }
        if !self.calls.are_open() {
            out.append(&mut self.waiting);
        }
        // Some servers write an empty reason while there is none.
        if let Some(reason) = choice.finish_reason.filter(|reason| !reason.is_empty()) {
            self.finish_reason = Some(reason.into_owned());
        }
        Ok(())
    }

    fn finish(&mut self, out: &mut Vec<Event>) -> Result<(), Failed> {
        self.done = true;
        let finish = finish(self.finish_reason.as_deref(), !self.calls.is_empty()).ok_or(Failed::of(Failure::ServerError))?;
        self.calls.flush(out);
        out.append(&mut self.waiting);
        out.extend(self.usage.map(Event::Usage));
        out.push(Event::Finish(finish));
        Ok(())
    }
}
