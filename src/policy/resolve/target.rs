//! Reads targets and patterns: the owner before the first slash, and the id behind it, which may hold quoted text.

use std::borrow::Cow;

use crate::syntax::text::unescape;

/// The two parts of a target or pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts<'s> {
    /// The part before the first slash.
    pub(super) owner: &'s str,
    /// The part behind it, quotes taken off.
    pub(super) id: Cow<'s, str>,
}

/// What is wrong with a target or pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no slash, or nothing before it.
    NoOwner,
    /// The part before the slash holds `*`.
    StarOwner,
    /// A segment of the id is empty, `.` or `..`.
    Segment,
    /// A star in a target.
    Star,
    /// A star in quotes, in a pattern.
    QuotedStar,
    /// A character that has to stand in quotes.
    Character(char),
}

impl Fault {
    /// The end of "…, which", and what to do.
    pub(super) fn describe(self) -> (String, &'static str) {
        match self {
            Self::NoOwner => {
                ("names no provider".to_owned(), "write the provider, a slash and the model's id, such as `openai/gpt-6-luna`")
            }
            Self::StarOwner => {
                ("stands for any provider".to_owned(), "name the provider; only the model's id may hold `*`, as in `openai/*`")
            }
            Self::Segment => (
                "has an empty part, `.` or `..` in the model's id".to_owned(),
                "write the id as the provider does, such as `mistralai/mistral-small-2603`",
            ),
            Self::Star => ("is a pattern, not a model".to_owned(), "name one model; patterns are only for `allow`, `deny` and assertions"),
            Self::QuotedStar => {
                ("holds a `*` in quotes".to_owned(), "a pattern cannot ask for a star; take the quotes off, or the star out")
            }
            Self::Character(character) => {
                (format!("holds {character:?} in the model's id"), "put that part of the id in quotes, as in `lab/\"m4,gpu\"`")
            }
        }
    }
}

/// Reads a target, or a pattern.
pub(super) fn parts(text: &str, pattern: bool) -> Result<Parts<'_>, Fault> {
    let (owner, written) = text.split_once('/').filter(|(owner, _)| !owner.is_empty()).ok_or(Fault::NoOwner)?;
    if owner.contains('*') {
        return Err(Fault::StarOwner);
    }
    if owner.contains('"') {
        return Err(Fault::NoOwner);
    }
    let id = if written.contains('"') { Cow::Owned(unquote(written, pattern)?) } else { Cow::Borrowed(plain(written, pattern)?) };
    if id.split('/').any(|segment| matches!(segment, "" | "." | "..")) {
        return Err(Fault::Segment);
    }
    match written.chars().next() {
        Some(first) if matches!(first, '.' | '_' | ':' | '+' | '-') => Err(Fault::Character(first)),
        _ => Ok(Parts { owner, id }),
    }
}

/// Reads a target that stands outside a policy: account and id; what is wrong with it and what to do where it is none.
pub fn read_target(text: &str) -> Result<(&str, Cow<'_, str>), (String, &'static str)> {
    parts(text, false).map(|parts| (parts.owner, parts.id)).map_err(Fault::describe)
}

/// A run of an id outside quotes.
fn plain(text: &str, pattern: bool) -> Result<&str, Fault> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'_' | b':' | b'/' | b'+' | b'-');
    if text.bytes().all(good) {
        return Ok(text);
    }
    let bad = |character: &char| !(u8::try_from(*character).is_ok_and(good) || pattern && *character == '*');
    match text.chars().find(bad) {
        Some('*') => Err(Fault::Star),
        Some(character) => Err(Fault::Character(character)),
        None => Ok(text),
    }
}

/// An id with quoted text in it: the quotes taken off.
fn unquote(text: &str, pattern: bool) -> Result<String, Fault> {
    let mut id = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        id.push_str(plain(before, pattern)?);
        let end = closing(after).unwrap_or(after.len());
        let inner = unescape(after.get(..end).unwrap_or(after));
        if pattern && inner.contains('*') {
            return Err(Fault::QuotedStar);
        }
        id.push_str(&inner);
        rest = after.get(end + 1..).unwrap_or_default();
    }
    id.push_str(plain(rest, pattern)?);
    Ok(id)
}

/// The place of the quote that ends a string; `text` begins behind the one that opens it.
fn closing(text: &str) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> Result<String, Fault> {
        parts(text, false).map(|parts| parts.id.into_owned())
    }

    #[test]
    fn the_first_slash_parts_owner_and_id() {
        let parts = parts("openrouter/mistralai/mistral-small-2603", false).unwrap();
        assert_eq!((parts.owner, &*parts.id), ("openrouter", "mistralai/mistral-small-2603"));
        assert_eq!(id("groq/@cf/meta+x:free").unwrap(), "@cf/meta+x:free");
        for text in ["gpt-6", "/gpt-6", "a\"b\"/c", ""] {
            assert_eq!(id(text), Err(Fault::NoOwner), "{text}");
        }
    }

    #[test]
    fn quotes_take_any_character() {
        assert_eq!(id(r#"lab/"m4,gpu""#).unwrap(), "m4,gpu");
        assert_eq!(id(r#"lab/a"b c\"d"e"f""#).unwrap(), r#"ab c"def"#);
        assert_eq!(id(r#"lab/"*""#).unwrap(), "*");
        assert_eq!(id(r#"lab/"""#), Err(Fault::Segment));
        assert_eq!(id(r#"lab/"a/../b""#), Err(Fault::Segment));
        assert_eq!(parts(r#"lab/"a*""#, true), Err(Fault::QuotedStar));
    }

    #[test]
    fn bad_ids_say_why() {
        for text in ["lab/", "lab/a//b", "lab/a/", "lab/..", "lab/a/./b", "lab/./a"] {
            assert_eq!(id(text), Err(Fault::Segment), "{text}");
        }
        assert_eq!(id("lab/-a"), Err(Fault::Character('-')));
        assert_eq!(id("lab/..b"), Err(Fault::Character('.')));
        assert_eq!(id("lab/a~b"), Err(Fault::Character('~')));
        assert_eq!(id("lab/gpt-*"), Err(Fault::Star));
        assert_eq!(parts("*/gpt", true), Err(Fault::StarOwner));
        assert_eq!(&*parts("lab/*:free", true).unwrap().id, "*:free");
    }
}
