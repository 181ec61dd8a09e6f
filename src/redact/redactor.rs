//! Masks a whole conversation: the same value has the same placeholder everywhere in one request.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::value::RawValue;

use super::placeholder::Placeholders;
use super::texts::{Piece, find_all};
use super::{Detector, Detectors, Restorer, find, json, names};
use crate::exchange::{Embed, Message, Output, Part, Request, Thinking};

/// Why a request cannot be masked, so that it must not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It holds a picture, which detectors do not read.
    Image,
    /// It holds a file, which detectors do not read.
    File,
    /// A name or id in it (which one) holds what a detector looks for, and a placeholder cannot stand there.
    Name(&'static str),
}

/// Masks the texts of one request.
#[derive(Clone, Default)]
pub struct Redactor {
    detectors: Detectors,
    placeholders: Placeholders,
    counts: BTreeMap<Detector, u64>,
    /// Whether the answer is JSON, so that what is put back into its text has to be escaped.
    json: bool,
}

/// The values are left out: they are what must not be seen.
impl fmt::Debug for Redactor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Redactor").field("detectors", &self.detectors).field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl Redactor {
    /// One that looks for these.
    pub fn new(detectors: Detectors) -> Self {
        Self { detectors, ..Self::default() }
    }

    /// Masks a request for a completion: everything in it that can hold text. After an error it may be masked in part, and must not leave.
    /// Thoughts cannot be changed, for who thought them checks them: one in which something is found is taken out.
    pub fn request(&mut self, request: &mut Request) -> Result<(), Unreadable> {
        if self.detectors.is_empty() {
            return Ok(());
        }
        names::check(request, self.detectors)?;
        self.avoid(request);
        for message in &mut request.messages {
            self.parts(&mut message.parts);
        }
        request.messages.retain(|message| !message.parts.is_empty());
        for tool in &mut request.tools {
            tool.description.iter_mut().for_each(|text| self.text(text));
            tool.parameters.iter_mut().for_each(|schema| self.schema(schema));
        }
        if let Output::JsonSchema(schema) = &mut request.output {
            schema.description.iter_mut().for_each(|text| self.text(text));
            self.schema(&mut schema.schema);
        }
        request.stop.iter_mut().chain(&mut request.user).for_each(|text| self.text(text));
        request.metadata = std::mem::take(&mut request.metadata).into_iter().map(|(key, value)| self.note(key, value)).collect();
        self.json = !matches!(request.output, Output::Text);
        Ok(())
    }

    /// Masks texts that are to become vectors.
    pub fn texts(&mut self, request: &mut Embed) -> Result<(), Unreadable> {
        if self.detectors.is_empty() {
            return Ok(());
        }
        request.input.iter().chain(&request.user).for_each(|text| self.placeholders.avoid(text));
        request.input.iter_mut().chain(&mut request.user).for_each(|text| self.text(text));
        Ok(())
    }

    /// How many places were masked, by detector.
    pub fn counts(&self) -> BTreeMap<Detector, u64> {
        self.counts.clone()
    }

    /// What puts the values back.
    pub fn into_restorer(self) -> Restorer {
        Restorer::new(self.placeholders.into_values(), self.json)
    }

    /// Takes note of the placeholders that the request holds already, wherever one could be put.
    fn avoid(&mut self, request: &Request) {
        for Message { parts, .. } in &request.messages {
            self.avoid_parts(parts);
        }
        for tool in &request.tools {
            tool.description.iter().for_each(|text| self.placeholders.avoid(text));
            tool.parameters.iter().for_each(|schema| self.avoid_json(schema.get()));
        }
        if let Output::JsonSchema(schema) = &request.output {
            schema.description.iter().for_each(|text| self.placeholders.avoid(text));
            self.avoid_json(schema.schema.get());
        }
        let notes = request.metadata.iter().flat_map(|(key, value)| [key, value]);
        request.stop.iter().chain(&request.user).chain(notes).for_each(|text| self.placeholders.avoid(text));
    }

    fn avoid_parts(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Part::ToolCall(call) => self.avoid_json(&call.arguments),
                Part::ToolResult(result) => self.avoid_parts(&result.parts),
                Part::Text(text) | Part::Refusal(text) => self.avoid_json(text),
                Part::Image(_) | Part::File(_) | Part::Thinking(_) => {}
            }
        }
        let texts: Vec<&str> = parts.iter().filter_map(said).collect();
        if texts.len() > 1 {
            self.placeholders.avoid(&texts.concat());
        }
    }

    fn avoid_json(&mut self, text: &str) {
        self.placeholders.avoid(text);
        if text.contains("\\u") {
            // What is no JSON has no escapes.
            let _ = json::texts(text, |text| self.placeholders.avoid(text));
        }
    }

    fn placeholder(&mut self, detector: Detector, value: &str) -> String {
        *self.counts.entry(detector).or_default() += 1;
        self.placeholders.of(detector, value)
    }

    fn parts(&mut self, parts: &mut Vec<Part>) {
        let holds = |text: &str| !find(text, self.detectors).is_empty();
        parts.retain(|part| match part {
            Part::Thinking(Thinking { text, signature, sealed, .. }) => {
                // What a provider signed or sealed is noise. Whoever wrote words in its place wants them to leave.
                !holds(text) && !signature.as_deref().is_some_and(holds) && !sealed.as_deref().is_some_and(holds)
            }
            _ => true,
        });
        for part in &mut *parts {
            match part {
                Part::ToolCall(call) => self.arguments(&mut call.arguments),
                Part::ToolResult(result) => self.parts(&mut result.parts),
                Part::Text(_) | Part::Refusal(_) | Part::Thinking(_) | Part::Image(_) | Part::File(_) => {}
            }
        }
        let mut texts: Vec<&mut String> = parts.iter_mut().filter_map(said_mut).collect();
        // A tool's result often is JSON: read as such, its escapes hide nothing.
        let mut json = 0;
        for text in texts.iter_mut().filter(|text| text.trim_start().starts_with(['{', '['])) {
            json += usize::from(self.json_text(text));
        }
        if json < texts.len() || texts.len() > 1 {
            self.join(&mut texts);
        }
    }

    /// Masks texts that stand one behind the other.
    fn join(&mut self, texts: &mut [&mut String]) {
        let pieces = {
            let texts: Vec<&str> = texts.iter().map(|text| text.as_str()).collect();
            find_all(&texts, self.detectors)
        };
        if pieces.is_empty() {
            return;
        }
        let part = |text: usize, range: std::ops::Range<usize>| texts.get(text).and_then(|text| text.get(range)).unwrap_or_default();
        let mut edits: BTreeMap<usize, Vec<(std::ops::Range<usize>, String)>> = BTreeMap::new();
        for Piece { text, range, detector, more } in pieces {
            let value: String =
                std::iter::once(part(text, range.clone())).chain(more.iter().map(|(text, range)| part(*text, range.clone()))).collect();
            edits.entry(text).or_default().push((range, self.placeholder(detector, &value)));
            for (text, range) in more {
                edits.entry(text).or_default().push((range, String::new()));
            }
        }
        for (text, mut edits) in edits {
            edits.sort_by_key(|(range, _)| range.start);
            if let Some(text) = texts.get_mut(text) {
                **text = edited(text, edits.iter().map(|(range, new)| (range.clone(), new.as_str())));
            }
        }
    }

    fn text(&mut self, text: &mut String) {
        self.join(&mut [text]);
    }

    /// Arguments are JSON; where a model wrote none, they are text.
    fn arguments(&mut self, arguments: &mut String) {
        if !self.json_text(arguments) {
            self.text(arguments);
        }
    }

    /// Masks JSON; says whether it is any.
    fn json_text(&mut self, text: &mut String) -> bool {
        let detectors = self.detectors;
        let masked = json::mask(text, detectors, |detector, value| self.placeholder(detector, value));
        if let Ok(Some(masked)) = &masked {
            text.clone_from(masked);
        }
        masked.is_ok()
    }

    fn schema(&mut self, schema: &mut Box<RawValue>) {
        let detectors = self.detectors;
        let masked = json::mask(schema.get(), detectors, |detector, value| self.placeholder(detector, value));
        if let Ok(Some(masked)) = masked
            && let Ok(masked) = RawValue::from_string(masked)
        {
            *schema = masked;
        }
    }

    /// A note: its key says what its value is.
    fn note(&mut self, key: String, value: String) -> (String, String) {
        let whole = format!("{key}: {value}");
        let (end, start) = (key.len(), key.len() + 2);
        let (mut keys, mut values) = (Vec::new(), Vec::new());
        for found in find(&whole, self.detectors) {
            let (in_key, in_value) = (found.range.start..found.range.end.min(end), found.range.start.max(start)..found.range.end);
            for (range, edits, less) in [(in_key, &mut keys, 0), (in_value, &mut values, start)] {
                if range.start < range.end {
                    let placeholder = self.placeholder(found.detector, whole.get(range.clone()).unwrap_or_default());
                    edits.push((range.start - less..range.end - less, placeholder));
                }
            }
        }
        let written = |text: String, edits: &[(std::ops::Range<usize>, String)]| {
            if edits.is_empty() { text } else { edited(&text, edits.iter().map(|(range, new)| (range.clone(), new.as_str()))) }
        };
        (written(key, &keys), written(value, &values))
    }
}

/// A text with some of its parts, in order, replaced.
fn edited<'e>(text: &str, edits: impl Iterator<Item = (std::ops::Range<usize>, &'e str)>) -> String {
    let mut new = String::with_capacity(text.len());
    let mut kept = 0;
    for (range, by) in edits {
        new.push_str(text.get(kept..range.start).unwrap_or_default());
        new.push_str(by);
        kept = range.end;
    }
    new.push_str(text.get(kept..).unwrap_or_default());
    new
}

fn said(part: &Part) -> Option<&str> {
    match part {
        Part::Text(text) | Part::Refusal(text) => Some(text),
        _ => None,
    }
}

fn said_mut(part: &mut Part) -> Option<&mut String> {
    match part {
        Part::Text(text) | Part::Refusal(text) => Some(text),
        _ => None,
    }
}
