//! From the events of a response's stream to events of an answer.

use crate::exchange::Event;
use crate::failure::Failure;
use crate::providers::calls::{Calls, Piece};
use crate::providers::{Failed, Rules, errors};

use super::reply::{Happened, Item, Reply};

/// What is known of a response that comes in events.
#[derive(Debug, Default)]
pub(in super::super) struct Stream {
    calls: Calls,
    /// What came while a tool call was not whole.
    waiting: Vec<Event>,
    done: bool,
}

impl Stream {
    /// Reads one server-sent event. Its data has its name too.
    pub(in super::super) fn event(&mut self, name: &str, data: &str, out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.done || data.is_empty() || data == "[DONE]" {
            return Ok(());
        }
        let happened: Happened<'_> = serde_json::from_str(data).map_err(|_| broken())?;
        let text = happened.delta.unwrap_or_default();
        match happened.kind.as_deref().unwrap_or(name) {
            "response.output_text.delta" => self.say(Event::Text, text, out),
            "response.refusal.delta" => self.say(Event::Refusal, text, out),
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => self.say(Event::Thinking, text, out),
            "response.output_item.added" => {
                let item: Item<'_> = happened.item.and_then(|item| serde_json::from_str(item.get()).ok()).ok_or_else(broken)?;
                if item.kind == "function_call" {
                    let arguments = item.arguments.unwrap_or_default();
                    let (id, name) = (item.call_id.as_deref(), item.name.as_deref());
                    self.calls.add(Piece { index: happened.output_index, id, name, arguments: &arguments }, "", out)?;
                }
            }
            "response.function_call_arguments.delta" => {
                self.calls.add(Piece { index: happened.output_index, arguments: &text, ..Piece::default() }, "", out)?;
            }
            "response.function_call_arguments.done" => {
                let index = happened.output_index.ok_or_else(broken)?;
                self.calls.done(index, happened.arguments.as_deref().unwrap_or_default(), out);
                self.release(out);
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                self.done = true;
                let reply: Reply<'_> = happened.response.and_then(|reply| serde_json::from_str(reply.get()).ok()).ok_or_else(broken)?;
                let finish = reply.finish(!self.calls.is_empty())?;
                self.calls.flush(out);
                out.append(&mut self.waiting);
                out.push(Event::Usage(reply.usage()));
                out.push(Event::Finish(finish));
            }
            "error" => return Err(errors::inside(Rules::OpenAi, data.as_bytes())),
            // The rest repeats what the deltas said, or is of tools that were not offered.
            _ => {}
        }
        Ok(())
    }

    /// Whether the last event was seen.
    pub(in super::super) fn is_done(&self) -> bool {
        self.done
    }

    /// The body is over: without its last event the answer is cut off.
    pub(in super::super) fn end(&mut self, _out: &mut Vec<Event>) -> Result<(), Failed> {
        if self.done { Ok(()) } else { Err(broken()) }
    }

    fn say(&mut self, event: fn(String) -> Event, words: String, out: &mut Vec<Event>) {
        if !words.is_empty() {
            if self.calls.are_open() { &mut self.waiting } else { out }.push(event(words));
        }
    }

    fn release(&mut self, out: &mut Vec<Event>) {
        if !self.calls.are_open() {
            out.append(&mut self.waiting);
        }
    }
}

fn broken() -> Failed {
    Failed::of(Failure::ServerError)
}
