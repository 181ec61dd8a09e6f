//! JSON text with the escapes of its strings resolved, and with what is found in it masked: all else stays byte for byte.

use std::ops::Range;

use serde_json::value::RawValue;

use super::mapped::Mapped;
use super::{Detector, Detectors, Found, find};

/// The text is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotJson;

/// A string or number, by its place in the text without escapes; a string without its quotes.
struct Token {
    range: Range<usize>,
    is_string: bool,
}

/// JSON text with what is found in it replaced by what `placeholder` says; `None`: nothing is found. A number becomes a string.
pub(super) fn mask(
    json: &str,
    detectors: Detectors,
    mut placeholder: impl FnMut(Detector, &str) -> String,
) -> Result<Option<String>, NotJson> {
    // Most of it holds nothing: where there are no escapes it need not even be read.
    let plain = if json.contains('\\') { None } else { Some(find(json, detectors)) };
    if plain.as_ref().is_some_and(Vec::is_empty) {
        return Ok(None);
    }
    let (flat, tokens) = flatten(json)?;
    let found = plain.unwrap_or_else(|| find(&flat.text, detectors));
    if found.is_empty() {
        return Ok(None);
    }
    let mut masked = String::with_capacity(json.len());
    let mut kept = 0;
    let mut tokens = tokens.iter().peekable();
    for Found { range, detector } in found {
        // What is found may reach over several strings: each has its own part of it.
        while let Some(token) = tokens.peek() {
            let part = range.start.max(token.range.start)..range.end.min(token.range.end);
            let (part, quote) = if token.is_string { (part, "") } else { (token.range.clone(), "\"") };
            let touched = range.start < token.range.end && token.range.start < range.end && !part.is_empty();
            let old = flat.old(part.clone());
            if touched && old.start >= kept {
                masked.push_str(json.get(kept..old.start).unwrap_or_default());
                masked.extend([quote, &placeholder(detector, flat.text.get(part).unwrap_or_default()), quote]);
                kept = old.end;
            }
            if token.range.end >= range.end {
                break;
            }
            tokens.next();
        }
    }
    masked.push_str(json.get(kept..).unwrap_or_default());
    Ok(Some(masked))
}

/// Every string and number of a JSON text as it means them, for a look at them one after the other.
pub(super) fn texts(json: &str, mut each: impl FnMut(&str)) -> Result<(), NotJson> {
    let (flat, tokens) = flatten(json)?;
    tokens.iter().filter_map(|token| flat.text.get(token.range.clone())).for_each(&mut each);
    Ok(())
}

/// The text without escapes, and its strings and numbers.
fn flatten(json: &str) -> Result<(Mapped, Vec<Token>), NotJson> {
    serde_json::from_str::<&RawValue>(json).map_err(|_| NotJson)?;
    let bytes = json.as_bytes();
    let mut flat = Mapped::with_capacity(json.len());
    let mut tokens = Vec::new();
    let (mut at, mut kept) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += 1;
                flat.keep(json.get(kept..at).unwrap_or_default());
                kept = at;
                let start = flat.text.len();
                at = string(json, at, &mut flat, &mut kept);
                tokens.push(Token { range: start..flat.text.len(), is_string: true });
                at += 1;
            }
            b'-' | b'0'..=b'9' => {
                let end = at + rest(bytes, at, |byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
                flat.keep(json.get(kept..at).unwrap_or_default());
                let start = flat.text.len();
                flat.keep(json.get(at..end).unwrap_or_default());
                tokens.push(Token { range: start..flat.text.len(), is_string: false });
                (at, kept) = (end, end);
            }
            _ => at += 1,
        }
    }
    flat.keep(json.get(kept..).unwrap_or_default());
    Ok((flat, tokens))
}

/// Reads the rest of a string, from `at` to its closing quote, whose place it says.
fn string(json: &str, mut at: usize, flat: &mut Mapped, kept: &mut usize) -> usize {
    let bytes = json.as_bytes();
    loop {
        at += rest(bytes, at, |byte| !matches!(byte, b'"' | b'\\'));
        flat.keep(json.get(*kept..at).unwrap_or_default());
        *kept = at;
        if bytes.get(at) != Some(&b'\\') {
            return at;
        }
        let (letter, length) = escape(json, at);
        flat.replace(at..at + length, letter.encode_utf8(&mut [0; 4]));
        at += length;
        *kept = at;
    }
}

fn rest(bytes: &[u8], at: usize, of: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.iter().position(|byte| !of(*byte)).unwrap_or(rest.len())
}

/// The letter that an escape stands for, and how long the escape is. Half a pair stands for no letter.
fn escape(json: &str, at: usize) -> (char, usize) {
    let unit = |at: usize| {
        let digits = json.get(at..)?.strip_prefix("\\u")?.get(..4)?;
        u32::from_str_radix(digits, 16).ok()
    };
    let simple = match json.as_bytes().get(at + 1) {
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'u') => {
            let first = unit(at).unwrap_or(0xfffd);
            if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, unit(at + 6)) {
                let letter = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return (char::from_u32(letter).unwrap_or(char::REPLACEMENT_CHARACTER), 12);
            }
            return (char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), 6);
        }
        Some(other) => char::from(*other),
        None => char::REPLACEMENT_CHARACTER,
    };
    (simple, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(json: &str) -> Option<String> {
        mask(json, Detectors::ALL, |detector, value| format!("[{}:{}]", detector.label(), value.escape_debug())).unwrap()
    }

    #[test]
    fn strings_numbers_and_keys_are_masked_and_nothing_else_changes() {
        for (json, expected) in [
            (r#"{"a": "ann@example.com",  "b":[1, 2.5e3]}"#, r#"{"a": "[EMAIL:ann@example.com]",  "b":[1, 2.5e3]}"#),
            (r#"{"ann@example.com":{"a":"\u00e9\/"}}"#, r#"{"[EMAIL:ann@example.com]":{"a":"\u00e9\/"}}"#),
            (r#"{"n":4111111111111111,"m":-4111}"#, r#"{"n":"[CREDIT_CARD:4111111111111111]","m":-4111}"#),
            (r#"{"a":"x\n\u0061nn\u0040example.com \ud83d\ude00"}"#, r#"{"a":"x\n[EMAIL:ann@example.com] \ud83d\ude00"}"#),
            (r#"{"password" : "h\"unter2!"}"#, r#"{"password" : "[SECRET:h\"unter2!]"}"#),
        ] {
            assert_eq!(masked(json).as_deref(), Some(expected).filter(|expected| *expected != json), "{json}");
        }
        assert_eq!(masked(r#"{"a":"\n","b":1}"#), None);
        assert_eq!(mask("{ann@example.com", Detectors::ALL, |_, _| String::new()), Err(NotJson));
    }

    #[test]
    fn a_key_over_several_strings_is_masked_in_each() {
        let begin = ["-----BEGIN PRI", "VATE KEY-----"].concat();
        let end = ["-----END PRI", "VATE KEY-----"].concat();
        let json = format!(r#"["a","{begin}","MIIEvQIBADANBgkqhkiG9w0B","{end}","b"]"#);
        let masked = mask(&json, Detectors::ALL, |_, _| "#".to_owned()).unwrap();
        assert_eq!(masked.as_deref(), Some(r##"["a","#","#","#","b"]"##));
    }

    #[test]
    fn half_a_pair_is_no_letter() {
        let mut all = Vec::new();
        texts(r#"["\ud83d", "\ud83d\u0041", "\ud83d\ude00", 12]"#, |text| all.push(text.to_owned())).unwrap();
        assert_eq!(all, ["\u{fffd}", "\u{fffd}A", "😀", "12"]);
    }
}
