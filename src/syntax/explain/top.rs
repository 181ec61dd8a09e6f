//! What is said about declarations without braces, and about what is no declaration.

use crate::diagnostic::{Diagnostic, Grade};

use super::super::keyword::Kind;
use super::super::lex::{Kind as Sign, Token};
use super::super::recover::Place;
use super::super::rules::UNKNOWN_KEYWORD;
use super::{and_found, anywhere, error, expected_here, found, nearest, one_of, replace, shown, unknown, written_like};

/// A declaration without braces that does not fit its form.
pub(in crate::syntax) fn statement(
    place: &Place<'_>,
    kind: Kind,
    keyword: &Token<'_>,
    before: &Token<'_>,
    at: Option<&Token<'_>>,
    expected: &[&'static str],
) -> Diagnostic {
    if let Some(finding) = at.and_then(|token| anywhere(place, token, false)) {
        return finding;
    }
    let known: Vec<&str> = expected.iter().filter_map(|what| what.split(' ').next()).filter(|what| *what != "a").collect();
    let near = at.filter(|token| token.is(Sign::Word)).and_then(|token| nearest(token.text, known.iter().copied()));
    let span = at.map_or(place.span(before), |token| place.span(token));
    let before = shown(before.text);
    let finding = match one_of(expected) {
        Some(expected) => {
            error(span, format!("expected {expected} after `{before}`{}", and_found(at))).label(expected_here(&expected, at.is_some()))
        }
        None => match at {
            Some(token) => error(span, format!("unexpected {} after `{before}`", found(token))).label("does not belong here"),
            None => error(span, format!("something is missing after `{before}`")).label("nothing follows this"),
        },
    };
    match near {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), Grade::Review, replace(span, near)),
        None if kind == Kind::Assert => finding.help(format!("it is written like `{}`", assertion_like(place, keyword))),
        None => finding.help(written_like(kind)),
    }
}

/// An assertion of the form that a broken one seems to have.
fn assertion_like(place: &Place<'_>, keyword: &Token<'_>) -> &'static str {
    let line = place.text.get(keyword.start as usize..).and_then(|text| text.lines().next()).unwrap_or_default();
    let has = |words: &[&str]| line.split_whitespace().any(|word| words.contains(&word));
    if has(&["never"]) {
        "assert never restricted reaches openrouter"
    } else if has(&["every", "path", "passes"]) {
        "assert every path to tool send_email passes step review"
    } else if has(&["only"]) && has(&["serve", "serves"]) {
        "assert only anthropic/* serve review"
    } else if has(&["survives", "survive", "losing"]) {
        "assert support survives losing any 1 provider"
    } else if has(&["independent"]) {
        "assert judge independent of writer"
    } else if has(&["cost", "latency", "attempts"]) {
        "assert cost of support <= $0.60"
    } else if has(&["own", "keys"]) {
        "assert own keys on all routes"
    } else if has(&["no", "fallback"]) {
        "assert no fallback on review"
    } else {
        Kind::Assert.form()
    }
}

/// A word where a declaration should begin.
pub(in crate::syntax) fn unknown_declaration(place: &Place<'_>, token: &Token<'_>, near: Option<Kind>) -> Diagnostic {
    let (word, span) = (unknown(token.text), place.span(token));
    let finding = Diagnostic::new(&UNKNOWN_KEYWORD, span, format!("unknown declaration `{word}`")).label("no such declaration");
    if let Some(near) = near.map(Kind::as_str) {
        let wrong_case = token.text.eq_ignore_ascii_case(near);
        let help = if wrong_case { format!("keywords are written in lower case: `{near}`") } else { format!("did you mean `{near}`?") };
        return finding.help(help).fix(format!("write `{near}`"), Grade::Review, replace(span, near));
    }
    let all: Vec<_> = Kind::DECLARATIONS.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    finding.help(format!("a declaration begins with {}", all.join(", ")))
}

/// A field outside of any declaration.
pub(in crate::syntax) fn outside(place: &Place<'_>, token: &Token<'_>, kinds: &[Kind]) -> Diagnostic {
    let kinds: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    error(place.span(token), format!("`{}` stands outside of any declaration", shown(token.text)))
        .label("in no declaration")
        .note(format!("it belongs inside of {}", kinds.join(", ")))
        .help("look for a `}` too many, or a missing head, above")
}

/// Something where a declaration should begin.
pub(in crate::syntax) fn no_declaration(place: &Place<'_>, token: &Token<'_>) -> Diagnostic {
    anywhere(place, token, false).unwrap_or_else(|| {
        error(place.span(token), format!("expected a declaration, found {}", found(token))).label("no declaration begins like this")
    })
}

/// A text of another format.
pub(in crate::syntax) fn foreign(place: &Place<'_>, token: &Token<'_>, format: &str) -> Diagnostic {
    error(place.span(token), format!("this looks like {format}, not like a policy"))
        .label(format!("{format} begins like this"))
        .help(format!("a policy is made of declarations such as `{}`", Kind::Route.form()))
        .help("`byokc init` writes a policy to start from")
}
