//! A whole answer.

use super::Part;

/// What a model answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Text, refusals, tool calls and thoughts, in order.
    pub parts: Vec<Part>,
    /// Why it ended.
    pub finish: Finish,
    /// What was used up.
    pub usage: Usage,
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Finish {
    /// The model was done.
    #[default]
    Stop,
    /// It was as long as it may be.
    Length,
    /// The model waits for the results of tools.
    ToolCalls,
    /// The provider cut it for what it says.
    ContentFilter,
}

/// What was used up, in tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The whole prompt, cached parts included.
    pub input: u64,
    /// The whole answer, thoughts included.
    pub output: u64,
    /// Of the prompt: read from the provider's cache.
    pub cached: u64,
    /// Of the prompt: written to the provider's cache.
    pub cache_written: u64,
    /// Of the answer: thoughts.
    pub reasoning: u64,
}
