//! What is said about the head and the braces of a declaration, and about what it holds besides fields.

use crate::diagnostic::{Diagnostic, Grade};
use crate::source::Span;

use super::super::keyword::Kind;
use super::super::lex::{Kind as Sign, Token};
use super::super::recover::{Owner, Place};
use super::super::rules::UNKNOWN_KEYWORD;
use super::super::scan;
use super::{and_found, anywhere, error, expected_here, found, plain, replace, shown, written_like};

/// A declaration inside another.
pub(in crate::syntax) fn nested(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>, open: Option<Span>) -> Diagnostic {
    let finding = error(place.span(token), format!("`{}` cannot stand inside of {owner}", shown(token.text)))
        .label("a declaration of its own")
        .help("declarations stand side by side: close the one before with `}`");
    match open {
        Some(open) => finding.at(open, format!("{owner} begins here")),
        None => finding,
    }
}

/// A declaration that is not closed before something else begins, or before the file ends.
pub(in crate::syntax) fn unclosed(
    place: &Place<'_>,
    owner: &Owner<'_>,
    open: Span,
    next: Option<&Token<'_>>,
    name: Option<&Token<'_>>,
) -> Diagnostic {
    let end = place.text.trim_end().len().max(1);
    let last = place.text.get(..end).and_then(|text| text.char_indices().next_back()).map_or(0, |(at, _)| at);
    let (span, before, label) = match next {
        Some(token) => {
            let name = name.filter(|name| name.is(Sign::Word) && token.is(Sign::Word));
            let name = name.map_or(String::new(), |name| format!(" {}", shown(name.text)));
            (place.span(token), format!("`{}{name}`", shown(token.text)), "`}` is missing before this")
        }
        None => (
            Span { file: place.id, start: scan::offset(last), end: scan::offset(end) },
            "the end of the file".to_owned(),
            "the file ends here",
        ),
    };
    error(span, format!("{owner} is not closed: expected `}}` before {before}")).label(label).at(open, "opened here")
}

/// A `}` that closes nothing.
pub(in crate::syntax) fn stray_close(place: &Place<'_>, token: &Token<'_>) -> Diagnostic {
    error(place.span(token), "unexpected `}`: nothing is open here".to_owned())
        .label("closes nothing")
        .help("remove it, or look for a `}` too many above")
}

/// A declaration without a name, or with something else in its place.
pub(in crate::syntax) fn no_name(place: &Place<'_>, kind: Kind, keyword: &Token<'_>, token: Option<&Token<'_>>) -> Diagnostic {
    let span = token.map_or(place.span(keyword), |token| place.span(token));
    if let Some(finding) = token.and_then(|token| anywhere(place, token, false)) {
        return finding;
    }
    let what = match kind {
        Kind::Defaults => {
            return error(span, format!("expected `{{` after `defaults`{}", and_found(token))).label(expected_here("`{`", token.is_some()));
        }
        Kind::Test => "a title in quotes",
        Kind::Model => "a target, such as `lab/my-model`",
        _ => "a name",
    };
    let short = what.split(',').next().unwrap_or(what);
    error(span, format!("expected {what} after `{}`{}", kind.as_str(), and_found(token)))
        .label(expected_here(short, token.is_some()))
        .help(written_like(kind))
}

/// A name in quotes.
pub(in crate::syntax) fn quoted_name(place: &Place<'_>, kind: Kind, token: &Token<'_>) -> Diagnostic {
    let (span, inner) = (place.span(token), token.text.trim_matches(['"', '\'']));
    let finding = error(span, format!("the name of a `{}` is written without quotes", kind.as_str())).label("in quotes");
    if plain(inner) { finding.fix("remove the quotes", Grade::Safe, replace(span, inner)) } else { finding }
}

/// No `{` behind the head of a declaration.
pub(in crate::syntax) fn no_body(place: &Place<'_>, owner: &Owner<'_>, before: &Token<'_>, token: Option<&Token<'_>>) -> Diagnostic {
    if let Some(finding) = token.and_then(|token| anywhere(place, token, false)) {
        return finding;
    }
    let span = token.map_or(place.span(before), |token| place.span(token));
    error(span, format!("expected `{{` after {owner}{}", and_found(token)))
        .label(expected_here("`{`", token.is_some()))
        .help(written_like(owner.kind))
}

/// `except` with nothing behind it.
pub(in crate::syntax) fn no_exception(place: &Place<'_>, token: &Token<'_>) -> Diagnostic {
    error(place.span(token), "`except` has no patterns".to_owned())
        .label("no pattern follows")
        .help(format!("it is written like `{}`", "allow production { openai/* except openai/*-pro }"))
}

/// An entry of an `allow` or `pool` body that is none.
pub(in crate::syntax) fn entry(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    if let Some(finding) = anywhere(place, token, false) {
        return finding;
    }
    let (span, inner) = (place.span(token), token.text.trim_matches('"'));
    let what = if owner.kind == Kind::Pool { "targets" } else { "patterns" };
    if token.is(Sign::Text) {
        let finding = error(span, format!("{what} are written without quotes")).label("in quotes");
        return if plain(inner) { finding.fix("remove the quotes", Grade::Safe, replace(span, inner)) } else { finding };
    }
    error(span, format!("{owner} holds {what}; found {}", found(token)))
        .label(format!("not a {}", what.trim_end_matches('s')))
        .help(written_like(owner.kind))
}

/// A declaration that the grammar refuses, though none of its parts seems wrong.
pub(in crate::syntax) fn unreadable(place: &Place<'_>, owner: &Owner<'_>, keyword: &Token<'_>) -> Diagnostic {
    error(place.span(keyword), format!("{owner} cannot be read"))
        .label("something in this declaration does not fit")
        .help(written_like(owner.kind))
}

/// `stop draft { … }` in a workflow.
pub(in crate::syntax) fn unknown_step(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    let span = place.span(token);
    Diagnostic::new(&UNKNOWN_KEYWORD, span, format!("unknown field `{}` in {owner}", shown(token.text)))
        .label("no such field")
        .help("did you mean `step`?")
        .fix("write `step`", Grade::Review, replace(span, "step"))
}

/// Something in a workflow that is no step.
pub(in crate::syntax) fn no_step(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    anywhere(place, token, false)
        .unwrap_or_else(|| error(place.span(token), format!("{owner} holds steps; found {}", found(token))).label("not a step"))
        .help(written_like(Kind::Step))
}
