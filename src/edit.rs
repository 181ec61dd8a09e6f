//! Edits of fixes that add a field in the layout of what stands around it, or take one out; and the text that edits make of another.

use crate::diagnostic::Edit;
use crate::source::{Sources, Span};

/// Adds a field behind another: on a line of its own where that one begins its line, else beside it.
pub fn add_after(sources: &Sources, field: Span, keyword: &str, value: &str) -> Edit {
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
pub fn add_before(sources: &Sources, field: Span, keyword: &str, value: &str) -> Edit {
    let line = Line::of(sources, field);
    let text = match line.indent() {
        Some(indent) => format!("{}{value}\n{indent}", padded(keyword, line.text_from(field))),
        None => format!("{keyword} {value} "),
    };
    Edit { span: at(field, field.start), text }
}

/// Writes a field as the first of a block, whose name stands at `name`. `None` where no brace follows the name.
pub fn add_first(sources: &Sources, name: Span, field: &str) -> Option<Edit> {
    let text = sources.get(name.file)?.text().get(name.end as usize..)?;
    let (space, body) = text.split_once('{').filter(|(space, _)| space.trim().is_empty())?;
    let one_line = !body.split('}').next()?.contains('\n');
    let text = if one_line { format!(" {field}") } else { format!("\n  {field}") };
    Some(Edit { span: at(name, name.end + length(space) + 1), text })
}

/// Takes a field or a declaration out, with its lines where nothing else stands on them.
pub fn remove(sources: &Sources, field: Span) -> Edit {
    let line = Line::of(sources, field);
    let span = match line.indent() {
        Some(indent) if line.tail(field).is_empty() => Span { start: field.start - length(indent), end: line.next, ..field },
        _ => field,
    };
    Edit { span, text: String::new() }
}

/// The place of an item of a list, with the comma that goes with it.
pub fn item(sources: &Sources, span: Span) -> Span {
    let text = sources.get(span.file).map_or("", |source| source.text());
    let behind = text.get(span.end as usize..).unwrap_or_default();
    let before = text.get(..span.start as usize).unwrap_or_default();
    if let Some(rest) = behind.trim_start().strip_prefix(',') {
        // With the space behind the comma, so that the next item takes its place.
        let end = span.end + length(behind) - length(rest.trim_start_matches(' '));
        return Span { end, ..span };
    }
    match before.trim_end().strip_suffix(',') {
        Some(rest) => Span { start: length(rest), ..span },
        None => span,
    }
}

/// A text with edits of it made; they must not overlap. Of edits at one place the first comes first.
pub fn applied(text: &str, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        out.push_str(text.get(at..edit.span.start as usize).unwrap_or_default());
        out.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// From the keyword before a value to the value's end; `None` where something else stands between.
pub fn with_keyword(sources: &Sources, keyword: &str, first: Span, last: Span) -> Option<Span> {
    let before = sources.get(first.file)?.text().get(..first.start as usize)?.trim_end();
    Some(Span { start: length(before.strip_suffix(keyword)?), ..first }.to(last))
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
    /// Where the next one begins.
    next: u32,
    before: &'s str,
}

impl<'s> Line<'s> {
    fn of(sources: &'s Sources, span: Span) -> Self {
        let text = sources.get(span.file).map_or("", |source| source.text());
        let begin = text.get(..span.start as usize).and_then(|text| text.rfind('\n')).map_or(0, |place| place + 1);
        let rest = text.get(span.end as usize..).unwrap_or_default();
        let tail = rest.split_inclusive('\n').next().unwrap_or_default();
        let (end, next) = (span.end + length(tail.trim_end_matches(['\r', '\n'])), span.end + length(tail));
        Self { text, end, next, before: text.get(begin..span.start as usize).unwrap_or_default() }
    }

    /// The space before the span, where nothing else is.
    fn indent(&self) -> Option<&'s str> {
        self.before.trim().is_empty().then_some(self.before)
    }

    /// What follows the span on its last line.
    fn tail(&self, span: Span) -> &'s str {
        self.text.get(span.end as usize..self.end as usize).unwrap_or_default().trim()
    }

    /// Whether nothing but a comment follows the span on its last line.
    fn ends_after(&self, span: Span) -> bool {
        let tail = self.tail(span);
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

    #[test]
    fn a_field_goes_with_its_line() {
        assert_eq!(edited("{\n  retry 1 \r\n  primary a/b\n}", "retry 1", remove), "{\n  primary a/b\n}");
        assert_eq!(edited("{\n  retry 1 # once\n}", "retry 1", remove), "{\n   # once\n}");
        assert_eq!(edited("{ retry 1 primary a/b }", "retry 1", remove), "{  primary a/b }");
    }

    #[test]
    fn a_field_is_the_first_of_its_block() {
        let first = |sources: &Sources, name| add_first(sources, name, "key env K").unwrap();
        assert_eq!(edited("provider a { region eu }", "a ", first), "provider a { key env K region eu }");
        assert_eq!(edited("provider a\n{\n  region eu\n}", "a\n", first), "provider a\n{\n  key env K\n  region eu\n}");
        let sources = Sources::default();
        let file = sources.add(Source::new("a.byok", "provider a"));
        assert_eq!(add_first(&sources, Span { file, start: 9, end: 10 }, "key env K"), None);
    }
}
