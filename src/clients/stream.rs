//! An answer piece by piece, in any shape.

use super::{Head, Problem, Shape, chat, messages, responses};
use crate::exchange::{Event, Request};

/// Writes server-sent events. `start` comes first, then the events, then `end` or `fail`, after which the stream is over.
#[derive(Clone, Debug)]
pub struct Stream(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Chat(chat::Stream),
    Responses(responses::Stream),
    Messages(messages::Stream),
}

impl Stream {
    /// A stream that answers a request.
    pub fn new(shape: Shape, head: &Head<'_>, request: &Request) -> Self {
        Self(match shape {
            Shape::Chat | Shape::Embeddings => Kind::Chat(chat::Stream::new(head, request)),
            Shape::Responses => Kind::Responses(responses::Stream::new(head)),
            Shape::Messages => Kind::Messages(messages::Stream::new(head)),
        })
    }

    /// Says who answers (`provider/model`), before the first event, and whether it signs its thoughts. Thoughts that are signed are shown as they
    /// come, in Anthropic's shape; no others are, for they could not be sent back.
    pub fn served_by(&mut self, target: &str, signs: bool) {
        if let Kind::Messages(stream) = &mut self.0 {
            stream.served_by(target, signs);
        }
    }

    /// What comes before everything else.
    pub fn start(&mut self, out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Chat(stream) => stream.start(out),
            Kind::Responses(stream) => stream.start(out),
            Kind::Messages(stream) => stream.start(out),
        }
    }

    /// What a client sees of an event; of some nothing.
    pub fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Chat(stream) => stream.event(event, out),
            Kind::Responses(stream) => stream.event(event, out),
            Kind::Messages(stream) => stream.event(event, out),
        }
    }

    /// Ends the answer: how it ended and the usage are those of the events before. The receipt is that for the step of a workflow which the answer ends.
    pub fn end(&mut self, receipt: Option<&str>, out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Chat(stream) => stream.end(receipt, out),
            Kind::Responses(stream) => stream.end(receipt, out),
            Kind::Messages(stream) => stream.end(receipt, out),
        }
    }

    /// Ends the stream with an error: what was sent before stays without an end.
    pub fn fail(&mut self, problem: &Problem<'_>, out: &mut Vec<u8>) {
        match &mut self.0 {
            Kind::Chat(_) => chat::Stream::fail(problem, out),
            Kind::Responses(stream) => stream.fail(problem, out),
            Kind::Messages(_) => messages::Stream::fail(problem, out),
        }
    }
}
