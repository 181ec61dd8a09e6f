//! What is said about mistakes: every sentence of the parser. What stands where a key belongs is never repeated.

mod block;
mod field;
mod top;

pub(super) use block::{
    entry, nested, no_body, no_exception, no_name, no_step, quoted_name, stray_close, unclosed, unknown_step, unreadable,
};
pub(super) use field::{assigned, behind, comma_too_many, field, in_parts, no_field, no_space, unknown_field};
pub(super) use top::{foreign, no_declaration, outside, statement, unknown_declaration};

use crate::diagnostic::{Diagnostic, Edit, Grade};
use crate::source::Span;

use super::keyword::Kind;
use super::lex::{Kind as Sign, Token};
use super::recover::Place;
use super::rules::{INVISIBLE_CHARACTER, SYNTAX_ERROR};
use super::scan;

/// A text as a message shows it: on one line, not too long, and never when it could be a key.
pub(super) fn shown(text: &str) -> String {
    let odd = |character: char| character.is_control() || scan::name(character).is_some();
    let short: String = text.chars().filter(|character| !odd(*character)).take(41).collect();
    if looks_secret(text) {
        "…".to_owned()
    } else if short.chars().count() > 40 {
        short.chars().take(40).chain(['…']).collect()
    } else {
        short
    }
}

/// Long runs of letters and digits mixed, and the well-known beginnings of keys.
fn looks_secret(text: &str) -> bool {
    let known =
        ["sk-", "sk_", "AIza", "ghp_", "gho_", "github_pat_", "xai-", "gsk_", "xox", "AKIA", "hf_", "r8_", "pplx-", "eyJ", "Bearer"];
    let mut parts = text.split(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_')));
    parts.any(|part| {
        let has = |kind: fn(&u8) -> bool| part.as_bytes().iter().any(kind);
        let mixed = has(u8::is_ascii_digit) && (has(u8::is_ascii_uppercase) || !part.contains(['-', '_'])) && has(u8::is_ascii_alphabetic);
        (part.len() >= 20 && mixed) || known.iter().any(|start| part.starts_with(start))
    })
}

/// A word that is no keyword, as a message shows it: without what is assigned to it.
fn unknown(word: &str) -> String {
    match word.split_once(':') {
        Some((name, value)) if !value.is_empty() => format!("{}:…", shown(name)),
        _ => shown(word),
    }
}

/// A token as the object of "found …".
fn found(token: &Token<'_>) -> String {
    match token.kind {
        Sign::Text => format!("the string `{}`", shown(token.text)),
        _ => format!("`{}`", shown(token.text)),
    }
}

/// `, found …`, where something was found.
fn and_found(token: Option<&Token<'_>>) -> String {
    token.map_or(String::new(), |token| format!(", found {}", found(token)))
}

/// The known word nearest to one that is not known.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > 40 {
        return None;
    }
    let word = word.to_ascii_lowercase().replace('-', "_");
    let most = (word.chars().count() / 3).clamp(1, 3);
    let distance = |known: &str| {
        let begun = word.len() >= 4 && (known.starts_with(&word) || word.starts_with(known));
        strsim::damerau_levenshtein(&word, known).min(if begun { 1 } else { usize::MAX })
    };
    let near = known.into_iter().map(|known| (distance(known), known));
    near.filter(|(distance, known)| *distance <= most && *distance < known.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

fn error(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(&SYNTAX_ERROR, span, message)
}

fn replace(span: Span, text: impl Into<String>) -> Vec<Edit> {
    vec![Edit { span, text: text.into() }]
}

/// A character that cannot be seen.
pub(super) fn invisible(text: &str, span: Span) -> Diagnostic {
    let run = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    let first = run.chars().next().unwrap_or_default();
    let what = format!("U+{:04X} ({})", u32::from(first), scan::name(first).unwrap_or("control character"));
    let more = run.chars().count() - 1;
    let what = if more == 0 { format!("character {what}") } else { format!("characters: {what} and {more} more") };
    Diagnostic::new(&INVISIBLE_CHARACTER, span, format!("invisible {what}"))
        .label("cannot be seen")
        .note("with such characters a text can read differently from what it says, in comments too")
        .help(format!("delete it; in a string that needs it, write `\\u{{{:x}}}`", u32::from(first)))
        .fix("delete it", Grade::Review, replace(span, ""))
}

/// Those that are too many to be shown one by one.
pub(super) fn more_invisible(span: Span, count: usize) -> Diagnostic {
    Diagnostic::new(&INVISIBLE_CHARACTER, span, format!("invisible characters in {count} more places, from here on"))
        .label("the first of these")
}

/// An escape that does not exist.
pub(super) fn escape(text: &str, span: Span) -> Diagnostic {
    let escape = shown(text.get(span.start as usize..span.end as usize).unwrap_or_default());
    error(span, format!("unknown escape `{escape}` in a string"))
        .label("no such escape")
        .help("the escapes are `\\\"`, `\\\\`, `\\n`, `\\t` and `\\u{…}` with up to six hexadecimal digits; a backslash is written `\\\\`")
}

/// Mistakes that look the same wherever they stand: signs of other languages, strings that are not closed.
pub(super) fn anywhere(place: &Place<'_>, token: &Token<'_>, secret: bool) -> Option<Diagnostic> {
    let span = place.span(token);
    Some(match token.kind {
        Sign::Unclosed => error(span, "this string is not closed".to_owned())
            .label("it begins here")
            .help("a string ends with `\"` on the line on which it begins"),
        Sign::Single => {
            let finding = error(span, "strings are written in double quotes".to_owned()).label("in single quotes");
            let inner = token.text.trim_matches('\'');
            if secret || inner.contains(['"', '\\']) {
                return Some(finding);
            }
            finding.fix("use double quotes", Grade::Safe, replace(span, format!("\"{inner}\"")))
        }
        Sign::Sign if token.text == ";" => error(span, "unexpected `;`".to_owned())
            .label("not needed")
            .help("nothing stands at the end of a field: the next one begins with its keyword")
            .fix("remove the `;`", Grade::Safe, replace(span, "")),
        Sign::Sign if matches!(token.text, "[" | "]" | "(" | ")") => error(span, format!("unexpected `{}`", token.text))
            .label("brackets mean nothing here")
            .help("lists are written without brackets, separated by commas: `a, b, c`"),
        Sign::Word if token.is_foreign_comment() => {
            let finding =
                error(place.span(token).first(2), format!("comments begin with `#`, not with `{}`", token.text.get(..2).unwrap_or("//")))
                    .label("not the sign of a comment");
            if !token.text.starts_with("//") {
                return Some(finding.help("write `#` at the start of each line"));
            }
            finding.fix("write `#`", Grade::Safe, replace(span.first(2), "#"))
        }
        _ => return None,
    })
}

/// Whether a text is a word by itself.
fn plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./*:@$".contains(&byte))
}

/// Up to three things that would have been right.
fn one_of(expected: &[&'static str]) -> Option<String> {
    let quoted: Vec<String> =
        expected.iter().map(|what| if what.starts_with("a ") { (*what).to_owned() } else { format!("`{what}`") }).collect();
    match quoted.as_slice() {
        [one] => Some(one.clone()),
        [one, two] => Some(format!("{one} or {two}")),
        [one, two, three] => Some(format!("{one}, {two} or {three}")),
        _ => None,
    }
}

/// The label at what stands in the place of something else, or at what it should follow.
fn expected_here(what: &str, found: bool) -> String {
    if found { format!("expected {what}") } else { format!("{what} is missing after this") }
}

fn written_like(kind: Kind) -> String {
    format!("it is written like `{}`", kind.form())
}

/// The last finding of a file that has too many.
pub(super) fn too_many(span: Span, most: usize) -> Diagnostic {
    error(span, format!("more than {most} mistakes: those that follow are not shown")).label("the last one that is shown")
}
