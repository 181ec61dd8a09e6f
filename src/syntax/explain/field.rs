//! What is said about a field.

use crate::diagnostic::{Diagnostic, Grade};
use crate::source::Span;

use super::super::keyword::{Key, Kind};
use super::super::lex::{Kind as Sign, Token};
use super::super::recover::{Owner, Place};
use super::super::rules::UNKNOWN_KEYWORD;
use super::super::scan;
use super::{anywhere, error, found, nearest, one_of, plain, replace, shown, unknown};

/// A field of a known keyword whose value is not what it should be. `at` is the first token that does not fit, `before` the one before it.
pub(in crate::syntax) fn field(
    place: &Place<'_>,
    kind: Kind,
    key: Key,
    keyword: &Token<'_>,
    before: &Token<'_>,
    at: Option<&Token<'_>>,
    expected: &[&'static str],
) -> Diagnostic {
    let (name, secret) = (key.as_str(), matches!(key, Key::Key | Key::Token | Key::Auth));
    let next_field = |token: &&Token<'_>| token.is(Sign::Close) || (token.first && token.start > keyword.start);
    let at = at.filter(|token| !next_field(token));
    let first = before.start == keyword.start;
    if let Some(sign) = at.filter(|token| first && token.is(Sign::Equals)) {
        return assigned(place, name, place.span(sign));
    }
    if let Some(finding) = at.and_then(|token| anywhere(place, token, secret)) {
        return finding;
    }
    let Some(token) = at else {
        let what = if first { String::new() } else { format!(" after `{}`", shown(before.text)) };
        let what = if secret && !first { String::new() } else { what };
        return match one_of(expected).filter(|_| !first) {
            Some(expected) => error(place.span(before), format!("`{name}` is not complete: expected {expected}{what}"))
                .label(format!("{expected} is missing after this")),
            None if first => error(place.span(before), format!("`{name}` has no value")).label("no value follows"),
            None => {
                error(place.span(before), format!("`{name}` is not complete: something is missing{what}")).label("nothing follows this")
            }
        }
        .help(format!("`{name}` takes {}", key.takes()));
    };
    let span = place.span(token);
    if kind == Kind::Defaults && key == Key::Fallback {
        return error(span, format!("in `defaults`, `fallback` can only be `none`; found {}", found(token)))
            .label("not `none`")
            .help("which targets serve is said by each route");
    }
    if secret && matches!(token.kind, Sign::Word | Sign::Text | Sign::Single) {
        let near = nearest(token.text, expected.iter().copied()).map(|near| format!("did you mean `{near}`?"));
        let mut finding = error(span, format!("`{name}` takes {}; found a value written out", key.takes())).label("not a source");
        if let Some(near) = near {
            return finding.help(near);
        }
        finding.hide.push(span);
        return finding.help("a key never stands in a policy: say where it is, and if this is a real key, revoke it");
    }
    let near = if token.is(Sign::Word) { nearest(token.text, expected.iter().copied()) } else { None };
    let finding = match one_of(expected).filter(|_| !first) {
        Some(expected) => error(span, format!("expected {expected} after `{}`, found {}", shown(before.text), found(token)))
            .label(format!("expected {expected}"))
            .help(format!("`{name}` takes {}", key.takes())),
        None => error(span, format!("`{name}` takes {}; found {}", key.takes(), found(token))).label(wanted(key)),
    };
    let unquoted = token.text.trim_matches('"');
    match near {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), Grade::Review, replace(span, near)),
        None if first && token.is(Sign::Text) && plain(unquoted) && expected.contains(&"a name") => {
            finding.help("it is written without quotes").fix("remove the quotes", Grade::Safe, replace(span, unquoted))
        }
        None if first && token.is(Sign::Word) && expected == ["a string in quotes"] => finding.label("quotes are missing"),
        None => finding,
    }
}

/// What a field takes, as a label, where one thing says it; else that this is not it.
fn wanted(key: Key) -> String {
    match key.takes().split_once(", such as ") {
        Some((what, example)) if !what.contains('`') && example.matches('`').count() == 2 && example.ends_with('`') => {
            format!("expected {what}")
        }
        _ => format!("`{}` does not take this", key.as_str()),
    }
}

/// `timeout = 8s`, `timeout: 8s`; the span is that of the sign.
pub(in crate::syntax) fn assigned(place: &Place<'_>, name: &str, sign: Span) -> Diagnostic {
    let text = place.text.get(sign.start as usize..sign.end as usize).unwrap_or("=");
    error(sign, format!("fields are written without `{text}`")).label(format!("remove this: the value follows `{name}` directly")).fix(
        format!("remove the `{text}`"),
        Grade::Safe,
        replace(sign, if sign_needs_space(place, sign) { " " } else { "" }),
    )
}

fn sign_needs_space(place: &Place<'_>, sign: Span) -> bool {
    place.text.as_bytes().get(sign.end as usize).is_some_and(|byte| !byte.is_ascii_whitespace())
}

/// A keyword with its value right behind it: `because"…"`.
pub(in crate::syntax) fn no_space(place: &Place<'_>, token: &Token<'_>, name: &str) -> Diagnostic {
    let span = place.span(token);
    let after = Span { start: span.start + scan::offset(name.len()), ..span }.first(0);
    error(span, format!("expected a space after `{name}`")).label(format!("stands too close to `{name}`")).fix(
        "add a space",
        Grade::Safe,
        replace(after, " "),
    )
}

/// A word where a field should begin.
pub(in crate::syntax) fn unknown_field(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    let (word, span) = (unknown(token.text), place.span(token));
    let fields = owner.kind.fields();
    let near = nearest(token.text, fields.iter().map(|key| key.as_str()));
    if let Some(near) = near {
        let wrong_case = token.text.eq_ignore_ascii_case(near);
        let finding = Diagnostic::new(&UNKNOWN_KEYWORD, span, format!("unknown field `{word}` in {owner}"));
        let help = if wrong_case { "keywords are written in lower case:" } else { "did you mean" };
        let mark = if wrong_case { "" } else { "?" };
        return finding.label("no such field").help(format!("{help} `{near}`{mark}")).fix(
            format!("write `{near}`"),
            Grade::Review,
            replace(span, near),
        );
    }
    let others: Vec<_> = Kind::DECLARATIONS
        .iter()
        .chain(&[Kind::Step])
        .filter(|kind| Key::parse(**kind, token.text).is_some())
        .map(|kind| format!("`{}`", kind.as_str()))
        .collect();
    let all: Vec<_> = fields.iter().map(|key| format!("`{}`", key.as_str())).collect();
    let finding = Diagnostic::new(
        &UNKNOWN_KEYWORD,
        span,
        if others.is_empty() { format!("unknown field `{word}` in {owner}") } else { format!("`{word}` is not a field of {owner}") },
    );
    let finding = finding.label("no such field");
    let finding = if others.is_empty() { finding } else { finding.note(format!("it is a field of {}", others.join(", "))) };
    finding.help(format!("the fields of `{}` are {}", owner.kind.as_str(), all.join(", ")))
}

/// A token where a field should begin that is no word.
pub(in crate::syntax) fn no_field(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    anywhere(place, token, false).unwrap_or_else(|| {
        error(place.span(token), format!("expected a field of {owner}, found {}", found(token))).label("no field begins like this")
    })
}

/// Something behind a complete value, on its line.
pub(in crate::syntax) fn behind(place: &Place<'_>, key: Key, list: bool, before: &str, token: &Token<'_>) -> Diagnostic {
    let span = place.span(token);
    let secret = matches!(key, Key::Key | Key::Token | Key::Auth);
    if let Some(finding) = anywhere(place, token, secret) {
        return finding;
    }
    let name = key.as_str();
    if secret {
        return error(span, format!("unexpected value after `{name}` and its source"))
            .label("the source ends before this")
            .help(format!("`{name}` takes {}", key.takes()));
    }
    let (before, word) = (shown(before), shown(token.text));
    let chain = matches!(key, Key::Primary | Key::Fallback);
    if chain && (token.is(Sign::Comma) || token.is_word("or") || token.is_word("and")) {
        return error(span, format!("unexpected `{word}` after `{before}`"))
            .label("one target for each field")
            .help("each alternative has a `fallback` field of its own");
    }
    if chain && before == "none" {
        return error(span, format!("unexpected `{word}` after `{before}`"))
            .label("nothing follows `none`")
            .help("`fallback none` says that there is no fallback: nothing follows it");
    }
    if token.is(Sign::Open) {
        return error(span, format!("unexpected `{{` after `{before}`"))
            .label("no braces belong here")
            .help(format!("`{name}` takes {}; a declaration of its own stands outside of all others", key.takes()));
    }
    // A word that may stand elsewhere in the field is no mistake of spelling.
    if let Some(near) = nearest(token.text, tails(key).iter().copied()).filter(|near| token.is(Sign::Word) && *near != token.text) {
        return error(span, format!("unexpected `{word}` after `{before}`"))
            .label("unknown word")
            .help(format!("did you mean `{near}`?"))
            .fix(format!("write `{near}`"), Grade::Review, replace(span, near));
    }
    if token.is(Sign::Comma) {
        return error(span, format!("unexpected `,` after `{before}`"))
            .label("one comma too many")
            .help(if list { "a list has no comma at its end" } else { "fields are not separated by commas" })
            .fix("remove the comma", Grade::Safe, replace(span, ""));
    }
    if chain && matches!(token.text, "then" | "if" | "when" | "on_error" | "on-error" | "onerror" | "for" | "after") {
        return error(span, format!("unexpected `{word}` after `{before}`"))
            .label("expected `on`")
            .help(format!("the failures after which it is called follow `on`: `{name} {before} on outage, rate_limit`"));
    }
    if list && matches!(token.kind, Sign::Word | Sign::Text) {
        let end = Span { end: token.start, ..span };
        let gap = place.text.get(..end.end as usize).unwrap_or_default().trim_end().len();
        let at = Span { start: scan::offset(gap), end: scan::offset(gap), ..span };
        return error(span, format!("expected `,` between `{before}` and `{word}`")).label("lists are separated by commas").fix(
            "add a comma",
            Grade::Review,
            replace(at, ","),
        );
    }
    error(span, format!("unexpected {} after `{before}`", found(token)))
        .label(format!("`{name}` is complete before this"))
        .help(format!("`{name}` takes {}", key.takes()))
}

/// A number and its unit with white space between them.
pub(in crate::syntax) fn in_parts(place: &Place<'_>, key: Key, whole: Span) -> Diagnostic {
    let written = place.text.get(whole.start as usize..whole.end as usize).unwrap_or_default();
    let meant: String = written.split_whitespace().collect();
    error(whole, format!("`{}` takes {}; found `{}`", key.as_str(), key.takes(), shown(written)))
        .label("a number and its unit are one word")
        .fix(format!("write `{meant}`"), Grade::Safe, replace(whole, meant))
}

/// Keywords that may follow a value that is complete without them.
fn tails(key: Key) -> &'static [&'static str] {
    match key {
        Key::Primary | Key::Fallback => &["on", "within", "up"],
        Key::Approve => &["within"],
        Key::Expect => &["says"],
        Key::Upstreams => &["except"],
        _ => &[],
    }
}

/// A list that ends with a comma and so has taken the next keyword for its last entry.
pub(in crate::syntax) fn comma_too_many(place: &Place<'_>, comma: Span, key: Key) -> Diagnostic {
    error(comma, "a list has no comma at its end".to_owned())
        .label(format!("`{}` begins the next field", key.as_str()))
        .note("only the bodies of `allow` and `pool` may end with a comma")
        .fix("remove the comma", Grade::Safe, replace(Span { file: place.id, ..comma }, ""))
}
