//! The source line of a place, made safe to show: no key is in it.

use crate::catalogue::keys::literal_secrets;
use crate::diagnostic::Diagnostic;
use crate::source::{Source, Sources, Span};
use crate::text::one_line;

/// The line on which a place begins, without the space around it. What a finding hides, and what has the shape of a key, is `…`.
pub(super) fn line(sources: &Sources, findings: &[Diagnostic], place: Span) -> String {
    let Some(text) = sources.get(place.file).map(Source::text) else { return String::new() };
    let begin = text.get(..place.start as usize).and_then(|text| text.rfind('\n')).map_or(0, |at| at + 1);
    let end = text.get(begin..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| begin + length);
    let mut line = text.get(begin..end).unwrap_or_default().to_owned();
    let hidden = findings.iter().flat_map(|finding| &finding.hide).filter(|span| span.file == place.file);
    let words = hidden.flat_map(|span| sources.text(*span).split(|letter: char| letter == '"' || letter.is_whitespace()));
    for word in words.filter(|word| word.len() >= 8) {
        line = line.replace(word, "…");
    }
    masked(one_line(line.trim()).trim())
}

/// A text in which what has the shape of a key is `…`.
pub(super) fn masked(text: &str) -> String {
    let mut text = text.to_owned();
    for (range, _) in literal_secrets(&text).into_iter().rev() {
        text.replace_range(range, "…");
    }
    text
}
