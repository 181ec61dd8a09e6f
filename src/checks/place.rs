//! Places in the text of a declaration where a fix inserts a field or takes one out.

use crate::diagnostic::Edit;
use crate::source::{Sources, Span};

/// Writes a field as the first of a block, whose name stands at `name`. `None` where no brace follows the name.
pub(super) fn first_field(sources: &Sources, name: Span, field: &str) -> Option<Edit> {
    let text = sources.get(name.file)?.text().get(name.end as usize..)?;
    let brace = text.len() - text.trim_start().len();
    if !text.get(brace..)?.starts_with('{') {
        return None;
    }
    let at = name.end + u32::try_from(brace).ok()? + 1;
    let one_line = !text.get(brace + 1..)?.split('}').next()?.contains('\n');
    let text = if one_line { format!(" {field}") } else { format!("\n  {field}") };
    Some(Edit { span: Span { start: at, end: at, ..name }, text })
}

/// Takes a field out, with its line where nothing else stands on it.
pub(super) fn remove(sources: &Sources, field: Span) -> Edit {
    let whole = || {
        let text = sources.get(field.file)?.text();
        let before = text.get(..field.start as usize)?;
        let after = text.get(field.end as usize..)?;
        let indent = before.len() - before.trim_end_matches([' ', '\t']).len();
        let rest = after.len() - after.trim_start_matches([' ', '\t', '\r']).len();
        let alone = before.trim_end_matches([' ', '\t']).ends_with('\n') && after.get(rest..)?.starts_with('\n');
        let (indent, rest) = (u32::try_from(indent).ok()?, u32::try_from(rest).ok()?);
        alone.then(|| Span { start: field.start - indent, end: field.end + rest + 1, ..field })
    };
    Edit { span: whole().unwrap_or(field), text: String::new() }
}

/// From the keyword before a value to the value's end; `None` where something else stands between.
pub(super) fn with_keyword(sources: &Sources, keyword: &str, first: Span, last: Span) -> Option<Span> {
    let before = sources.get(first.file)?.text().get(..first.start as usize)?.trim_end();
    let start = before.strip_suffix(keyword)?.len();
    Some(Span { start: u32::try_from(start).ok()?, ..first }.to(last))
}
