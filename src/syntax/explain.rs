//! What is said about mistakes: every sentence of the parser. What stands where a key belongs is never repeated.

use crate::diagnostic::{Diagnostic, Edit, Grade};
use crate::source::Span;

use super::keyword::{Key, Kind};
use super::lex::{Kind as Sign, Token};
use super::recover::{Owner, Place};
use super::rules::{INVISIBLE_CHARACTER, SYNTAX_ERROR, UNKNOWN_KEYWORD};
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
    let text = text.trim_matches(['"', '\'']);
    let known =
        ["sk-", "sk_", "AIza", "ghp_", "gho_", "github_pat_", "xai-", "gsk_", "xox", "AKIA", "hf_", "r8_", "pplx-", "eyJ", "Bearer "];
    let run = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .map(str::as_bytes)
        .any(|run| run.len() >= 20 && run.iter().any(u8::is_ascii_digit) && run.iter().any(u8::is_ascii_alphabetic));
    run || known.iter().any(|start| text.starts_with(start))
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
        .note("with such characters a text can read differently from what it says, in comments too")
        .help(format!("delete it; in a string that needs it, write `\\u{{{:x}}}`", u32::from(first)))
        .fix("delete it", Grade::Review, replace(span, ""))
}

/// An escape that does not exist.
pub(super) fn escape(text: &str, span: Span) -> Diagnostic {
    let escape = shown(text.get(span.start as usize..span.end as usize).unwrap_or_default());
    error(span, format!("unknown escape `{escape}` in a string"))
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
            .help("nothing stands at the end of a field: the next one begins with its keyword")
            .fix("remove the `;`", Grade::Safe, replace(span, "")),
        Sign::Sign if matches!(token.text, "[" | "]" | "(" | ")") => {
            error(span, format!("unexpected `{}`", token.text)).help("lists are written without brackets, separated by commas: `a, b, c`")
        }
        Sign::Word if token.is_foreign_comment() => {
            let finding =
                error(place.span(token).first(2), format!("comments begin with `#`, not with `{}`", token.text.get(..2).unwrap_or("//")));
            if !token.text.starts_with("//") {
                return Some(finding.help("write `#` at the start of each line"));
            }
            finding.fix("write `#`", Grade::Safe, replace(span.first(2), "#"))
        }
        _ => return None,
    })
}

/// A field of a known keyword whose value is not what it should be. `at` is the first token that does not fit, `before` the one before it.
pub(super) fn field(
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
            Some(expected) => error(place.span(before), format!("`{name}` is not complete: expected {expected}{what}")),
            None if first => error(place.span(before), format!("`{name}` has no value")),
            None => error(place.span(before), format!("`{name}` is not complete: something is missing{what}")),
        }
        .help(format!("`{name}` takes {}", key.takes()));
    };
    let span = place.span(token);
    if kind == Kind::Defaults && key == Key::Fallback {
        return error(span, format!("in `defaults`, `fallback` can only be `none`; found {}", found(token)))
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
            .help(format!("`{name}` takes {}", key.takes())),
        None => error(span, format!("`{name}` takes {}; found {}", key.takes(), found(token))),
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

/// `timeout = 8s`, `timeout: 8s`; the span is that of the sign.
pub(super) fn assigned(place: &Place<'_>, name: &str, sign: Span) -> Diagnostic {
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
pub(super) fn no_space(place: &Place<'_>, token: &Token<'_>, name: &str) -> Diagnostic {
    let span = place.span(token);
    let after = Span { start: span.start + scan::offset(name.len()), ..span }.first(0);
    error(span, format!("expected a space after `{name}`")).fix("add a space", Grade::Safe, replace(after, " "))
}

/// A word where a field should begin.
pub(super) fn unknown_field(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    let (word, span) = (shown(token.text), place.span(token));
    let fields = owner.kind.fields();
    let near = nearest(token.text, fields.iter().map(|key| key.as_str()));
    if let Some(near) = near {
        let wrong_case = token.text.eq_ignore_ascii_case(near);
        let finding = Diagnostic::new(&UNKNOWN_KEYWORD, span, format!("unknown field `{word}` in {owner}"));
        let help = if wrong_case { "keywords are written in lower case:" } else { "did you mean" };
        let mark = if wrong_case { "" } else { "?" };
        return finding.help(format!("{help} `{near}`{mark}")).fix(format!("write `{near}`"), Grade::Review, replace(span, near));
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
    let finding = if others.is_empty() { finding } else { finding.note(format!("it is a field of {}", others.join(", "))) };
    finding.help(format!("the fields of `{}` are {}", owner.kind.as_str(), all.join(", ")))
}

/// A token where a field should begin that is no word.
pub(super) fn no_field(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    anywhere(place, token, false)
        .unwrap_or_else(|| error(place.span(token), format!("expected a field of {owner}, found {}", found(token))))
}

/// Something behind a complete value, on its line.
pub(super) fn behind(place: &Place<'_>, key: Key, list: bool, before: &str, token: &Token<'_>) -> Diagnostic {
    let span = place.span(token);
    let secret = matches!(key, Key::Key | Key::Token | Key::Auth);
    if let Some(finding) = anywhere(place, token, secret) {
        return finding;
    }
    let name = key.as_str();
    if secret {
        return error(span, format!("unexpected value after `{name}` and its source")).help(format!("`{name}` takes {}", key.takes()));
    }
    let (before, word) = (shown(before), shown(token.text));
    let chain = matches!(key, Key::Primary | Key::Fallback);
    if chain && (token.is(Sign::Comma) || token.is_word("or") || token.is_word("and")) {
        return error(span, format!("unexpected `{word}` after `{before}`")).help("each alternative has a `fallback` field of its own");
    }
    if chain && before == "none" {
        return error(span, format!("unexpected `{word}` after `{before}`"))
            .help("`fallback none` says that there is no fallback: nothing follows it");
    }
    if token.is(Sign::Open) {
        return error(span, format!("unexpected `{{` after `{before}`"))
            .help(format!("`{name}` takes {}; a declaration of its own stands outside of all others", key.takes()));
    }
    if let Some(near) = nearest(token.text, tails(key).iter().copied()).filter(|_| token.is(Sign::Word)) {
        return error(span, format!("unexpected `{word}` after `{before}`")).help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            Grade::Review,
            replace(span, near),
        );
    }
    if token.is(Sign::Comma) {
        return error(span, format!("unexpected `,` after `{before}`"))
            .help(if list { "a list has no comma at its end" } else { "fields are not separated by commas" })
            .fix("remove the comma", Grade::Safe, replace(span, ""));
    }
    if chain && matches!(token.text, "then" | "if" | "when" | "on_error" | "on-error" | "onerror" | "for" | "after") {
        return error(span, format!("unexpected `{word}` after `{before}`"))
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
    error(span, format!("unexpected {} after `{before}`", found(token))).help(format!("`{name}` takes {}", key.takes()))
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
pub(super) fn comma_too_many(place: &Place<'_>, comma: Span, key: Key) -> Diagnostic {
    error(comma, "a list has no comma at its end".to_owned())
        .label(format!("`{}` begins the next field", key.as_str()))
        .note("only the bodies of `allow` and `pool` may end with a comma")
        .fix("remove the comma", Grade::Safe, replace(Span { file: place.id, ..comma }, ""))
}

/// A declaration inside another.
pub(super) fn nested(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>, open: Option<Span>) -> Diagnostic {
    let finding = error(place.span(token), format!("`{}` cannot stand inside of {owner}", shown(token.text)))
        .help("declarations stand side by side: close the one before with `}`");
    match open {
        Some(open) => finding.at(open, format!("{owner} begins here")),
        None => finding,
    }
}

/// A declaration that is not closed before something else begins, or before the file ends.
pub(super) fn unclosed(place: &Place<'_>, owner: &Owner<'_>, open: Span, next: Option<&Token<'_>>, name: Option<&Token<'_>>) -> Diagnostic {
    let end = place.text.trim_end().len().max(1);
    let last = place.text.get(..end).and_then(|text| text.char_indices().next_back()).map_or(0, |(at, _)| at);
    let (span, before) = match next {
        Some(token) => {
            let name = name.filter(|name| name.is(Sign::Word) && token.is(Sign::Word));
            let name = name.map_or(String::new(), |name| format!(" {}", shown(name.text)));
            (place.span(token), format!("`{}{name}`", shown(token.text)))
        }
        None => (Span { file: place.id, start: scan::offset(last), end: scan::offset(end) }, "the end of the file".to_owned()),
    };
    error(span, format!("{owner} is not closed: expected `}}` before {before}")).at(open, "opened here")
}

/// A `}` that closes nothing.
pub(super) fn stray_close(place: &Place<'_>, token: &Token<'_>) -> Diagnostic {
    error(place.span(token), "unexpected `}`: nothing is open here".to_owned()).help("remove it, or look for a `}` too many above")
}

/// A declaration without a name, or with something else in its place.
pub(super) fn no_name(place: &Place<'_>, kind: Kind, keyword: &Token<'_>, token: Option<&Token<'_>>) -> Diagnostic {
    let span = token.map_or(place.span(keyword), |token| place.span(token));
    if let Some(finding) = token.and_then(|token| anywhere(place, token, false)) {
        return finding;
    }
    let what = match kind {
        Kind::Defaults => return error(span, format!("expected `{{` after `defaults`{}", and_found(token))),
        Kind::Test => "a title in quotes",
        Kind::Model => "a target, such as `lab/my-model`",
        _ => "a name",
    };
    error(span, format!("expected {what} after `{}`{}", kind.as_str(), and_found(token))).help(written_like(kind))
}

/// A name in quotes.
pub(super) fn quoted_name(place: &Place<'_>, kind: Kind, token: &Token<'_>) -> Diagnostic {
    let (span, inner) = (place.span(token), token.text.trim_matches(['"', '\'']));
    let finding = error(span, format!("the name of a `{}` is written without quotes", kind.as_str()));
    if plain(inner) { finding.fix("remove the quotes", Grade::Safe, replace(span, inner)) } else { finding }
}

/// No `{` behind the head of a declaration.
pub(super) fn no_body(place: &Place<'_>, owner: &Owner<'_>, before: &Token<'_>, token: Option<&Token<'_>>) -> Diagnostic {
    if let Some(finding) = token.and_then(|token| anywhere(place, token, false)) {
        return finding;
    }
    let span = token.map_or(place.span(before), |token| place.span(token));
    error(span, format!("expected `{{` after {owner}{}", and_found(token))).help(written_like(owner.kind))
}

fn written_like(kind: Kind) -> String {
    format!("it is written like `{}`", kind.form())
}

/// A declaration without braces that does not fit its form.
pub(super) fn statement(
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
    let known: Vec<&str> = expected.iter().flat_map(|what| what.split(' ').next()).filter(|what| *what != "a").collect();
    let near = at.filter(|token| token.is(Sign::Word)).and_then(|token| nearest(token.text, known.iter().copied()));
    let span = at.map_or(place.span(before), |token| place.span(token));
    let before = shown(before.text);
    let finding = match one_of(expected) {
        Some(expected) => error(span, format!("expected {expected} after `{before}`{}", and_found(at))),
        None => match at {
            Some(token) => error(span, format!("unexpected {} after `{before}`", found(token))),
            None => error(span, format!("something is missing after `{before}`")),
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

/// `except` with nothing behind it.
pub(super) fn no_exception(place: &Place<'_>, token: &Token<'_>) -> Diagnostic {
    error(place.span(token), "`except` has no patterns".to_owned())
        .help(format!("it is written like `{}`", "allow production { openai/* except openai/*-pro }"))
}

/// A word where a declaration should begin.
pub(super) fn unknown_declaration(place: &Place<'_>, token: &Token<'_>, near: Option<Kind>) -> Diagnostic {
    let (word, span) = (shown(token.text), place.span(token));
    let finding = Diagnostic::new(&UNKNOWN_KEYWORD, span, format!("unknown declaration `{word}`"));
    if let Some(near) = near.map(Kind::as_str) {
        let wrong_case = token.text.eq_ignore_ascii_case(near);
        let help = if wrong_case { format!("keywords are written in lower case: `{near}`") } else { format!("did you mean `{near}`?") };
        return finding.help(help).fix(format!("write `{near}`"), Grade::Review, replace(span, near));
    }
    let all: Vec<_> = Kind::DECLARATIONS.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    finding.help(format!("a declaration begins with {}", all.join(", ")))
}

/// A field outside of any declaration.
pub(super) fn outside(place: &Place<'_>, token: &Token<'_>, kinds: &[Kind]) -> Diagnostic {
    let kinds: Vec<_> = kinds.iter().map(|kind| format!("`{}`", kind.as_str())).collect();
    error(place.span(token), format!("`{}` stands outside of any declaration", shown(token.text)))
        .note(format!("it belongs inside of {}", kinds.join(", ")))
        .help("look for a `}` too many, or a missing head, above")
}

/// Something where a declaration should begin.
pub(super) fn no_declaration(place: &Place<'_>, token: &Token<'_>) -> Diagnostic {
    anywhere(place, token, false).unwrap_or_else(|| error(place.span(token), format!("expected a declaration, found {}", found(token))))
}

/// A text of another format.
pub(super) fn foreign(place: &Place<'_>, token: &Token<'_>, format: &str) -> Diagnostic {
    error(place.span(token), format!("this looks like {format}, not like a policy"))
        .help(format!("a policy is made of declarations such as `{}`", Kind::Route.form()))
        .help("`byokc import` turns the configuration of other runtimes into a policy, `byokc init` writes one to start from")
}

/// An entry of an `allow` or `pool` body that is none.
pub(super) fn entry(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    if let Some(finding) = anywhere(place, token, false) {
        return finding;
    }
    let (span, inner) = (place.span(token), token.text.trim_matches('"'));
    let what = if owner.kind == Kind::Pool { "targets" } else { "patterns" };
    if token.is(Sign::Text) {
        let finding = error(span, format!("{what} are written without quotes"));
        return if plain(inner) { finding.fix("remove the quotes", Grade::Safe, replace(span, inner)) } else { finding };
    }
    error(span, format!("{owner} holds {what}; found {}", found(token))).help(written_like(owner.kind))
}

/// `stop draft { … }` in a workflow.
pub(super) fn unknown_step(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    let span = place.span(token);
    Diagnostic::new(&UNKNOWN_KEYWORD, span, format!("unknown field `{}` in {owner}", shown(token.text))).help("did you mean `step`?").fix(
        "write `step`",
        Grade::Review,
        replace(span, "step"),
    )
}

/// Something in a workflow that is no step.
pub(super) fn no_step(place: &Place<'_>, owner: &Owner<'_>, token: &Token<'_>) -> Diagnostic {
    anywhere(place, token, false)
        .unwrap_or_else(|| error(place.span(token), format!("{owner} holds steps; found {}", found(token))))
        .help(written_like(Kind::Step))
}

/// The last finding of a file that has too many.
pub(super) fn too_many(span: Span, most: usize) -> Diagnostic {
    error(span, format!("more than {most} mistakes: those that follow are not shown"))
}
