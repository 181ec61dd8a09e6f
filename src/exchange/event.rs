//! An answer piece by piece.

use super::{Finish, ToolCall, Usage};

/// A piece of an answer. The pieces of one part follow each other; a tool call's arguments follow its start.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// More text.
    Text(String),
    /// More of a refusal in words.
    Refusal(String),
    /// More of what the model thinks, in words.
    Thinking(String),
    /// The thought is over; what the provider wants back with it.
    ThinkingSignature(String),
    /// A whole sealed thought.
    SealedThinking(String),
    /// A tool call begins: what is known of its arguments is in it, usually nothing.
    ToolCall(ToolCall),
    /// More of the arguments of the tool call that began last.
    Arguments(String),
    /// What was used up so far, all told: the last one counts.
    Usage(Usage),
    /// The answer is over.
    Finish(Finish),
}

impl Event {
    /// Whether a client sees something of it: before the first such event another attempt can still take over.
    pub fn is_content(&self) -> bool {
        !matches!(self, Self::Usage(_))
    }
}
