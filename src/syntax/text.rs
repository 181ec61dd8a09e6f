//! What a string in quotes says.

use std::borrow::Cow;

/// The value of a string as written, quotes included: `\"`, `\\`, `\n`, `\t` and `\u{…}` replaced. What is no escape stands for itself.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    let inner = raw.strip_prefix('"').unwrap_or(raw);
    let inner = inner.strip_suffix('"').unwrap_or(inner);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (character, length) = escape(after).unwrap_or(('\\', 0));
        out.push(character);
        rest = after.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The character that an escape stands for, and the escape's length in bytes; `after` begins behind the backslash.
pub fn escape(after: &str) -> Option<(char, usize)> {
    let plain = |character| Some((character, 1));
    match after.chars().next()? {
        '"' => plain('"'),
        '\\' => plain('\\'),
        'n' => plain('\n'),
        't' => plain('\t'),
        'u' => {
            let digits = after.strip_prefix("u{")?.split_once('}')?.0;
            let value = (1..=6).contains(&digits.len()).then(|| u32::from_str_radix(digits, 16).ok()).flatten()?;
            Some((char::from_u32(value)?, digits.len() + 3))
        }
        _ => None,
    }
}

/// A string as it is written: quotes around it, and escapes where they are needed.
pub fn quote(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_replaced_and_others_kept() {
        assert_eq!(unescape(r#""a\"b\\c\n\t\u{e9}\q""#), "a\"b\\c\n\té\\q");
        assert_eq!(unescape("\"\\u{110000}\""), "\\u{110000}");
        assert_eq!(unescape(&quote("a\"b\\c\n\té")), "a\"b\\c\n\té");
    }
}
