//! From pieces of tool calls, which may come mixed, to events in which each call is whole before the next begins.

use crate::exchange::{Event, ToolCall};
use crate::failure::Failure;

use super::Failed;

/// The most tool calls of one answer: OpenAI takes as many tools, and no model calls more at once. What looks at every call stays cheap by it.
const MOST: usize = 128;

/// The tool calls of one streamed answer.
#[derive(Debug, Default)]
pub(super) struct Calls {
    all: Vec<Call>,
    /// How many of them have begun, as far as the events tell.
    begun: usize,
    /// How many of them are not whole yet.
    open: usize,
}

#[derive(Debug)]
struct Call {
    index: Option<u64>,
    id: String,
    name: String,
    /// Arguments that are not given out yet.
    held: String,
    shape: Shape,
}

/// One piece of a tool call.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Piece<'a> {
    /// Which call of the answer.
    pub(super) index: Option<u64>,
    /// Comes once, as the name does; some servers repeat it.
    pub(super) id: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) arguments: &'a str,
}

impl Calls {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a call is not whole yet, so that what else comes now has to wait.
    pub(super) fn are_open(&self) -> bool {
        self.open > 0
    }

    /// Adds a piece. `answer` is the answer's id: where the server gives a call no id, one is made from it. Fails where a call begins without a name, or there are
    /// too many.
    pub(super) fn add(&mut self, piece: Piece<'_>, answer: &str, out: &mut Vec<Event>) -> Result<(), Failed> {
        let piece = Piece { id: piece.id.filter(|id| !id.is_empty()), name: piece.name.filter(|name| !name.is_empty()), ..piece };
        let place = self.place(piece);
        let count = self.all.len();
        let begins = place.is_none();
        if begins && count == MOST {
            return Err(Failed::of(Failure::ServerError));
        }
        let call = if let Some(call) = place.and_then(|place| self.all.get_mut(place)) {
            call
        } else {
            let name = piece.name.ok_or(Failed::of(Failure::ServerError))?.to_owned();
            let id = piece.id.map_or_else(|| made_up_id(answer, count), str::to_owned);
            self.all.push_mut(Call { index: piece.index, id, name, held: String::new(), shape: Shape::default() })
        };
        let was_open = !begins && !call.shape.is_whole();
        call.shape.read(piece.arguments);
        match (was_open, !call.shape.is_whole()) {
            (false, true) => self.open += 1,
            (true, false) => self.open = self.open.saturating_sub(1),
            _ => {}
        }
        call.held.push_str(piece.arguments);
        self.give(false, out);
        Ok(())
    }

    /// The call with this index has all its arguments; `whole` are these, for when no piece of them came.
    pub(super) fn done(&mut self, index: u64, whole: &str, out: &mut Vec<Event>) {
        if let Some(call) = self.all.iter_mut().rfind(|call| call.index == Some(index)) {
            if !call.shape.begun {
                call.held.push_str(whole);
            }
            if !call.shape.is_whole() {
                self.open = self.open.saturating_sub(1);
            }
            call.shape = Shape::WHOLE;
        }
        self.give(false, out);
    }

    /// Gives out all that is held back: the answer is over.
    pub(super) fn flush(&mut self, out: &mut Vec<Event>) {
        self.give(true, out);
    }

    /// Which call a piece is of; `None`: one that begins with it.
    fn place(&self, piece: Piece<'_>) -> Option<usize> {
        match (piece.index, piece.id) {
            // Gemini in OpenAI's shape numbers all its calls 0: another id is another call.
            (Some(index), Some(id)) => self.all.iter().rposition(|call| call.index == Some(index) && call.id == id),
            (Some(index), None) => self.all.iter().rposition(|call| call.index == Some(index)),
            (None, Some(id)) => self.all.iter().rposition(|call| call.id == id),
            (None, None) if piece.name.is_some() => None,
            (None, None) => self.all.len().checked_sub(1),
        }
    }

    /// Gives out what can be: the arguments of the call that began last, and once these are whole, the next call.
    fn give(&mut self, all: bool, out: &mut Vec<Event>) {
        loop {
            let open = self.begun.checked_sub(1).and_then(|last| self.all.get_mut(last));
            let whole = match open {
                Some(call) => {
                    if !call.held.is_empty() {
                        out.push(Event::Arguments(std::mem::take(&mut call.held)));
                    }
                    call.shape.is_whole()
                }
                None => true,
            };
            if !(whole || all) {
                return;
            }
            let Some(next) = self.all.get(self.begun) else { return };
            let (id, name) = (next.id.clone(), next.name.clone());
            out.push(Event::ToolCall(ToolCall { id, name, arguments: String::new(), signature: None }));
            self.begun += 1;
        }
    }
}

/// A name for a call that its server gave none: the same for the same answer, another for another answer.
pub(super) fn made_up_id(answer: &str, place: usize) -> String {
    let mut end: Vec<char> = answer.chars().rev().filter(char::is_ascii_alphanumeric).take(24).collect();
    end.reverse();
    let end: String = end.into_iter().collect();
    if end.is_empty() { format!("call_{place}") } else { format!("call_{end}_{place}") }
}

/// How much of a JSON object has been read: enough to tell when it is whole.
#[derive(Clone, Copy, Debug, Default)]
struct Shape {
    depth: u32,
    begun: bool,
    in_text: bool,
    escaped: bool,
}

impl Shape {
    const WHOLE: Self = Self { depth: 0, begun: true, in_text: false, escaped: false };

    fn read(&mut self, json: &str) {
        for byte in json.bytes() {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' if self.in_text => self.escaped = true,
                b'"' => self.in_text = !self.in_text,
                _ if self.in_text => {}
                b'{' | b'[' => {
                    self.depth = self.depth.saturating_add(1);
                    self.begun = true;
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn is_whole(self) -> bool {
        self.begun && self.depth == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(index: u64, arguments: &str) -> Piece<'_> {
        Piece { index: Some(index), id: None, name: Some("look"), arguments }
    }

    #[test]
    fn a_call_is_open_until_its_arguments_are_whole_or_said_to_be() {
        let (mut calls, mut out) = (Calls::default(), Vec::new());
        let mut open = |piece: Piece<'_>| {
            calls.add(piece, "a", &mut out).unwrap();
            calls.are_open()
        };
        assert!(open(piece(0, "")));
        assert!(open(piece(1, "{")));
        assert!(open(piece(0, "{}")), "the second is not");
        assert!(!open(piece(1, "}")));
        assert!(open(piece(1, "{")), "whole too early");
        assert!(!open(piece(1, "}")));
        assert!(!open(piece(2, "{}")));
        assert!(open(piece(3, "")));
        calls.done(3, "{}", &mut out);
        assert!(!calls.are_open());
        calls.done(3, "{}", &mut out);
        assert!(!calls.are_open());
    }

    #[test]
    fn nobody_makes_us_remember_calls_without_end() {
        let (mut calls, mut out) = (Calls::default(), Vec::new());
        for index in 0..128 {
            calls.add(piece(index, ""), "a", &mut out).unwrap();
        }
        calls.add(piece(127, "{}"), "a", &mut out).unwrap();
        assert_eq!(calls.add(piece(128, "{}"), "a", &mut out), Err(Failed::of(Failure::ServerError)));
    }
}
