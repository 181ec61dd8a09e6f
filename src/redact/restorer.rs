//! Puts back into an answer what its placeholders stand for, whole or piece by piece.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;

use memchr::memchr;

use crate::exchange::{Answer, Event, Part};

/// The values of one request, by placeholder.
#[derive(Clone, Default)]
pub struct Restorer {
    values: BTreeMap<String, String>,
    /// The longest placeholder, in bytes.
    longest: usize,
    /// Whether the answer is JSON.
    json: bool,
    held: String,
    of: Kind,
}

/// What kind of text is held back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    #[default]
    Text,
    Refusal,
    Arguments,
}

/// The values are left out: they are what must not be seen.
impl fmt::Debug for Restorer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Restorer").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

impl Restorer {
    pub(super) fn new(values: BTreeMap<String, String>, json: bool) -> Self {
        let longest = values.keys().map(String::len).max().unwrap_or(0);
        Self { values, longest, json, ..Self::default() }
    }

    /// Puts them back into a whole answer: text, refusals and the arguments of tool calls. Thoughts stay as they are: a provider wants them back unchanged.
    pub fn answer(&self, answer: &mut Answer) {
        for part in &mut answer.parts {
            match part {
                Part::Text(text) => self.whole(text, Kind::Text),
                Part::Refusal(text) => self.whole(text, Kind::Refusal),
                Part::ToolCall(call) => self.whole(&mut call.arguments, Kind::Arguments),
                Part::Thinking(_) | Part::Image(_) | Part::File(_) | Part::ToolResult(_) => {}
            }
        }
    }

    /// The same for the next event of a stream: what may be the start of a placeholder is kept back until the next.
    pub fn event(&mut self, event: Event, out: &mut Vec<Event>) {
        if self.values.is_empty() {
            out.push(event);
            return;
        }
        match event {
            Event::Text(text) => self.more(Kind::Text, text, out),
            Event::Refusal(text) => self.more(Kind::Refusal, text, out),
            Event::Arguments(text) => self.more(Kind::Arguments, text, out),
            Event::ToolCall(mut call) => {
                self.end(out);
                let arguments = std::mem::take(&mut call.arguments);
                (call.arguments, self.held) = self.split(arguments, Kind::Arguments);
                self.of = Kind::Arguments;
                out.push(Event::ToolCall(call));
            }
            // What was used up may be said in the middle of a text.
            Event::Usage(_) => out.push(event),
            Event::Thinking(_) | Event::ThinkingSignature(_) | Event::SealedThinking(_) | Event::Finish(_) => {
                self.end(out);
                out.push(event);
            }
        }
    }

    /// The stream is over: what was kept back.
    pub fn end(&mut self, out: &mut Vec<Event>) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            out.push(self.of.event(held));
        }
    }

    /// How many bytes are kept back.
    #[cfg(test)]
    pub(super) fn kept(&self) -> usize {
        self.held.len()
    }

    fn more(&mut self, kind: Kind, text: String, out: &mut Vec<Event>) {
        if kind != self.of {
            self.end(out);
            self.of = kind;
        }
        let text = if self.held.is_empty() { text } else { std::mem::take(&mut self.held) + &text };
        let (text, held) = self.split(text, kind);
        self.held = held;
        if !text.is_empty() {
            out.push(kind.event(text));
        }
    }

    /// A text with its values, and what at its end may be the start of a placeholder.
    fn split(&self, mut text: String, kind: Kind) -> (String, String) {
        let Some((restored, held)) = self.restore(&text, kind) else { return (text, String::new()) };
        let held = text.split_off(text.len() - held);
        (restored.unwrap_or(text), held)
    }

    /// A whole text with its values.
    fn whole(&self, text: &mut String, kind: Kind) {
        if let Some((Some(mut restored), held)) = self.restore(text, kind) {
            restored.push_str(text.get(text.len() - held..).unwrap_or_default());
            *text = restored;
        }
    }

    /// The text with its values, if there are any in it, without the bytes at its end that may be the start of a placeholder, and how many these are.
    /// `None`: nothing of the kind.
    fn restore(&self, text: &str, kind: Kind) -> Option<(Option<String>, usize)> {
        let mut new = None;
        let (mut kept, mut from) = (0, 0);
        while let Some(open) = text.as_bytes().get(from..).and_then(|rest| memchr(b'[', rest)).map(|open| from + open) {
            let rest = text.get(open..).unwrap_or_default();
            let close = memchr(b']', rest.as_bytes().get(..self.longest.min(rest.len())).unwrap_or_default());
            if let Some((placeholder, value)) = close.and_then(|close| self.values.get_key_value(rest.get(..=close)?)) {
                let new = new.get_or_insert_with(|| String::with_capacity(text.len()));
                new.push_str(text.get(kept..open).unwrap_or_default());
                self.put(new, value, kind);
                kept = open + placeholder.len();
                from = kept;
                continue;
            }
            if close.is_none() && self.may_begin(rest) {
                if let Some(new) = &mut new {
                    new.push_str(text.get(kept..open).unwrap_or_default());
                }
                return Some((new, rest.len()));
            }
            from = open + 1;
        }
        let mut new = new?;
        new.push_str(text.get(kept..).unwrap_or_default());
        Some((Some(new), 0))
    }

    /// Whether a placeholder begins with all of this.
    fn may_begin(&self, text: &str) -> bool {
        self.values
            .range::<str, _>((Bound::Included(text), Bound::Unbounded))
            .next()
            .is_some_and(|(placeholder, _)| placeholder.starts_with(text))
    }

    fn put(&self, new: &mut String, value: &str, kind: Kind) {
        let escaped = match kind {
            Kind::Arguments => true,
            Kind::Text => self.json,
            Kind::Refusal => false,
        };
        let json = if escaped { serde_json::to_string(value).ok() } else { None };
        new.push_str(json.as_deref().and_then(|json| json.strip_prefix('"')?.strip_suffix('"')).unwrap_or(value));
    }
}

impl Kind {
    fn event(self, text: String) -> Event {
        match self {
            Self::Text => Event::Text(text),
            Self::Refusal => Event::Refusal(text),
            Self::Arguments => Event::Arguments(text),
        }
    }
}
