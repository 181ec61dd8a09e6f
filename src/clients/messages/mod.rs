//! Anthropic's messages.

mod block;
mod content;
mod read;
mod rules;
mod stream;
mod thought;
mod write;

pub(super) use read::read;
pub(super) use stream::Stream;
pub(super) use write::write;

#[cfg(test)]
mod tests;
