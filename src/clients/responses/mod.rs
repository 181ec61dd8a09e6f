//! OpenAI's responses.

mod item;
mod output;
mod read;
mod rules;
mod stream;
mod write;

pub(super) use read::read;
pub(super) use stream::Stream;
pub(super) use write::write;

#[cfg(test)]
mod tests;
