//! Edits that add fields in the layout of what stands around them.

use crate::diagnostic::Edit;
use crate::source::{Sources, Span};

/// Adds a field behind another: on a line of its own where that one begins its line, else beside it.
pub(super) fn add_after(sources: &Sources, field: Span, keyword: &str, value: &str) -> Edit {
    let line = Line::of(sources, field);
    match line.indent() {
        Some(indent) if line.ends_after(field) => {
            let text = format!("\n{indent}{}{value}", padded(keyword, line.text_from(field)));
            Edit { span: at(field, line.end), text }
        }
        _ => Edit { span: at(field, field.end), text: format!(" {keyword} {value}") },
    }
}

/// Adds a field before another: on a line of its own where that one begins its line, else beside it.
pub(super) fn add_before(sources: &Sources, field: Span, keyword: &str, value: &str) -> Edit {
    let line = Line::of(sources, field);
    let text = match line.indent() {
        Some(indent) => format!("{}{value}\n{indent}", padded(keyword, line.text_from(field))),
        None => format!("{keyword} {value} "),
    };
    Edit { span: at(field, field.start), text }
}

/// A keyword, followed by the space that puts its value under the value of a field written as `like`.
fn padded(keyword: &str, like: &str) -> String {
    let name = like.find(char::is_whitespace).unwrap_or(like.len());
    let gap = like.get(name..).unwrap_or_default();
    let column = name + gap.len() - gap.trim_start_matches(' ').len();
    format!("{keyword:<width$}", width = column.max(keyword.len() + 1))
}

fn at(span: Span, place: u32) -> Span {
    Span { start: place, end: place, ..span }
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// The line on which a span begins.
struct Line<'s> {
    text: &'s str,
    /// Where the line ends on which the span ends.
    end: u32,
    before: &'s str,
}

impl<'s> Line<'s> {
    fn of(sources: &'s Sources, span: Span) -> Self {
        let text = sources.get(span.file).map_or("", |source| source.text());
        let begin = text.get(..span.start as usize).and_then(|text| text.rfind('\n')).map_or(0, |place| place + 1);
        let rest = text.get(span.end as usize..).unwrap_or_default();
        let tail = rest.split('\n').next().unwrap_or_default().trim_end_matches('\r');
        Self { text, end: span.end + length(tail), before: text.get(begin..span.start as usize).unwrap_or_default() }
    }

    /// The space before the span, where nothing else is.
    fn indent(&self) -> Option<&'s str> {
        self.before.trim().is_empty().then_some(self.before)
    }

    /// Whether nothing but a comment follows the span on its last line.
    fn ends_after(&self, span: Span) -> bool {
        let tail = self.text.get(span.end as usize..self.end as usize).unwrap_or_default().trim_start();
        tail.is_empty() || tail.starts_with('#')
    }

    fn text_from(&self, span: Span) -> &'s str {
        self.text.get(span.start as usize..span.end as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn edited(text: &str, field: &str, edit: fn(&Sources, Span) -> Edit) -> String {
        let sources = Sources::default();
        let file = sources.add(Source::new("a.byok", text));
        let start = text.find(field).unwrap();
        let span = Span { file, start: u32::try_from(start).unwrap(), end: u32::try_from(start + field.len()).unwrap() };
        let edit = edit(&sources, span);
        format!("{}{}{}", &text[..edit.span.start as usize], edit.text, &text[edit.span.end as usize..])
    }

    #[test]
    fn a_field_is_added_in_the_layout_of_its_neighbour() {
        let after = |sources: &Sources, span| add_after(sources, span, "fallback", "none");
        assert_eq!(edited("{\n  primary   a/b # c\n}", "primary   a/b", after), "{\n  primary   a/b # c\n  fallback  none\n}");
        assert_eq!(edited("{\r\n  primary a/b\r\n}", "primary a/b", after), "{\r\n  primary a/b\n  fallback none\r\n}");
        assert_eq!(edited("{ primary a/b retry 1 }", "primary a/b", after), "{ primary a/b fallback none retry 1 }");
        assert_eq!(edited("{\n primary a/b retry 1\n}", "primary a/b", after), "{\n primary a/b fallback none retry 1\n}");
        let before = |sources: &Sources, span| add_before(sources, span, "allow", "a/b");
        assert_eq!(edited("{\n\tprimary   a/b\n}", "primary   a/b", before), "{\n\tallow     a/b\n\tprimary   a/b\n}");
        assert_eq!(edited("{ primary a/b }", "primary a/b", before), "{ allow a/b primary a/b }");
    }
}
