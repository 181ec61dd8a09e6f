//! What is asked of a model and what it answers, in no company's shape: `clients` reads requests and writes answers, `providers` the other way round.
//!
//! A request is one that is understood whole: what has no place here is refused when it is read, so nothing is sent on unseen.

mod answer;
mod embedding;
mod event;
mod request;

pub use answer::{Answer, Finish, Usage};
pub use embedding::{Embed, Embedded, Embeddings, Encoding};
pub use event::Event;
pub use request::{
    Effort, File, Image, Message, Output, Part, Request, Role, Sampling, Schema, Thinking, Tool, ToolCall, ToolChoice, ToolResult,
};
