//! Puts back into an answer what its placeholders stand for, whole or piece by piece.

use crate::exchange::{Answer, Event};

/// The values of one request, by placeholder.
#[derive(Clone, Debug, Default)]
pub struct Restorer {}

impl Restorer {
    /// Puts them back into a whole answer: text, refusals and the arguments of tool calls. Thoughts stay as they are: a provider wants them back unchanged.
    pub fn answer(&self, _answer: &mut Answer) {}

    /// The same for the next event of a stream: what may be the start of a placeholder is kept back until the next.
    pub fn event(&mut self, event: Event, out: &mut Vec<Event>) {
        out.push(event);
    }

    /// The stream is over: what was kept back.
    pub fn end(&mut self, _out: &mut Vec<Event>) {}
}
