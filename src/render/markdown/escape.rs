//! Puts text into Markdown so that it says what it said: no markup, HTML, mention or formula comes out of a policy.

use std::fmt::Write as _;

use super::super::text::one_line;

/// The longest text that is quoted whole, in characters.
const LONGEST: usize = 1_000;
/// The most lines of one text that are quoted.
const LINES: usize = 20;

/// Text on one line, in a table cell or elsewhere; what stands between backticks becomes code.
pub(super) fn prose(text: &str) -> String {
    spans(&clip(text), escape, code)
}

/// The same with its line breaks. They are tags: a line of its own could begin a list or underline a heading.
pub(super) fn lines(text: &str) -> String {
    text.lines().take(LINES).map(prose).collect::<Vec<_>>().join("<br>")
}

/// The same inside a line of HTML, where Markdown is not read.
pub(super) fn html(text: &str) -> String {
    spans(&clip(text), entities, |text| format!("<code>{}</code>", entities(text)))
}

/// Text as code. Between backticks nothing has a meaning but a backtick and, in a table, a pipe; text with these takes the tag.
pub(super) fn code(text: &str) -> String {
    let text = clip(text);
    if text.contains(['`', '|', '\\']) || text.trim().is_empty() { format!("<code>{}</code>", escape(&text)) } else { format!("`{text}`") }
}

/// Splits text at its backticks; without pairs all of it is plain.
fn spans(text: &str, plain: impl Fn(&str) -> String, code: impl Fn(&str) -> String) -> String {
    let parts: Vec<_> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        return plain(text);
    }
    let draw = |(number, part): (usize, &&str)| match (number % 2, part.is_empty()) {
        (0, _) => plain(part),
        (_, true) => plain("``"),
        (_, false) => code(part),
    };
    parts.iter().enumerate().map(draw).collect()
}

fn escape(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, char| {
        match char {
            '<' | '>' | '&' | '$' | '@' => out.push_str(&entities(char.encode_utf8(&mut [0; 4]))),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => {
                let _ = write!(out, "\\{char}");
            }
            _ => out.push(char),
        }
        out
    })
}

/// HTML entities. An empty comment keeps `@name` from calling somebody; GitHub reads mentions after entities.
fn entities(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, char| {
        match char {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '$' => out.push_str("&#36;"),
            '@' => out.push_str("@<!-- -->"),
            _ => out.push(char),
        }
        out
    })
}

fn clip(text: &str) -> String {
    let text = one_line(text);
    match text.char_indices().nth(LONGEST) {
        None => text.into_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}
