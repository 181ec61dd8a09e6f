//! The shapes in which agents speak to byokc: requests are read, answers, streams and errors written. Pure; `serve` does the listening.
//!
//! Every shape has a folder with the same parts: `read` turns a body into an `exchange` request, `write` an answer into a body, `stream` events into
//! server-sent events. What is not understood is refused by name; no word of a request's content is repeated in what is said about it.

mod call_id;
mod chat;
mod embeddings;
mod error;
mod fields;
mod json;
mod media;
mod messages;
mod models;
mod openai;
mod responses;
mod rule;
mod stream;
mod turns;
mod wire;

pub use embeddings::{read as read_embed, write as write_embeddings};
pub use error::{Problem, error};
pub use models::{model, models};
pub use stream::Stream;

use crate::exchange::{Answer, Request};

/// The shapes, each with an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// OpenAI's `POST /v1/chat/completions`.
    Chat,
    /// OpenAI's `POST /v1/responses`.
    Responses,
    /// Anthropic's `POST /v1/messages`.
    Messages,
    /// OpenAI's `POST /v1/embeddings`. Its bodies have functions of their own; where a conversation is meant it counts as `Chat`.
    Embeddings,
}

/// What stands at the head of every answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// The request's own id: letters and digits, 32 hex digits from the server.
    pub id: &'a str,
    /// What the client asked for, in its words.
    pub model: &'a str,
    /// When the request came, in seconds since 1970.
    pub created: u64,
    /// The receipt for the step of a workflow that the answer ends: the member `byok_receipt`.
    pub receipt: Option<&'a str>,
}

impl Head<'_> {
    /// The id behind a prefix: `chatcmpl-…`.
    fn id_with(&self, prefix: &str) -> String {
        format!("{prefix}{}", self.id)
    }
}

/// Why a request was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotUnderstood {
    /// The place in the request: `messages[2].content`; empty where it is the whole.
    pub field: String,
    /// What is wrong with it, to stand behind the field's name: `is not passed on: leave it out`.
    pub why: String,
}

impl NotUnderstood {
    /// Something wrong with the value at hand.
    fn here(why: impl Into<String>) -> Self {
        Self { field: String::new(), why: why.into() }
    }

    /// The same, seen from the object that has the value under this name.
    fn inside(mut self, name: &str) -> Self {
        if !self.field.is_empty() && !self.field.starts_with('[') {
            self.field.insert(0, '.');
        }
        self.field.insert_str(0, name);
        self
    }

    /// The same, seen from the list that has the value at this index.
    fn at(self, index: usize) -> Self {
        self.inside(&format!("[{index}]"))
    }
}

/// What a client asks for.
pub fn read(shape: Shape, body: &[u8]) -> Result<Request, NotUnderstood> {
    match shape {
        Shape::Chat | Shape::Embeddings => chat::read(body),
        Shape::Responses => responses::read(body),
        Shape::Messages => messages::read(body),
    }
}

/// An answer as a JSON body.
pub fn write(shape: Shape, head: &Head<'_>, answer: &Answer) -> Vec<u8> {
    match shape {
        Shape::Chat | Shape::Embeddings => chat::write(head, answer),
        Shape::Responses => responses::write(head, answer),
        Shape::Messages => messages::write(head, answer),
    }
}

#[cfg(test)]
mod tests;
