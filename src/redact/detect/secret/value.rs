//! Where the value behind a name stands, and whether it can be a secret.

use std::ops::Range;

use super::name::Kind;
use crate::redact::detect::bytes::{Bytes, is_alphanumeric};

/// The longest value in quotes.
const LONGEST: usize = 4096;
/// How far a value without quotes is looked at.
const FAR: usize = 512;
/// So much of a value tells what it is.
const ENOUGH: usize = 64;

/// The value that stands here, if it is a secret of this kind.
pub(super) fn secret(bytes: Bytes<'_>, at: usize, kind: Kind) -> Option<Range<usize>> {
    let (range, quoted) = stands(bytes, at)?;
    let value = bytes.get(range.clone());
    let is_secret = match kind {
        Kind::Password => is_password(value, quoted),
        Kind::Token => value.len() >= 12 && is_token(value, quoted),
        Kind::Key => value.len() >= 32 && is_token(value, false) && different(value) >= 12,
    };
    if !is_secret {
        return None;
    }
    // A value that is longer than what was looked at is secret to its end.
    let rest = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'+' | b'/' | b'=');
    Some(range.start..if value.len() == FAR { bytes.end_of(range.end, usize::MAX, rest) } else { range.end })
}

/// The value, and whether it is in quotes. The scheme of an `Authorization` is no part of it.
fn stands(bytes: Bytes<'_>, at: usize) -> Option<(Range<usize>, bool)> {
    let mut start = at;
    // In JSON within JSON quotes have backslashes before them.
    let slashed = bytes.end_of(start, 4, |byte| byte == b'\\');
    let quote = bytes.at(slashed);
    let quoted = matches!(quote, b'"' | b'\'' | b'`');
    if quoted {
        start = slashed + 1;
    }
    for scheme in [&b"bearer "[..], b"basic ", b"token ", b"apikey ", b"bot "] {
        if bytes.get(start..start + scheme.len()).eq_ignore_ascii_case(scheme) {
            start += scheme.len();
            break;
        }
    }
    let end = if quoted {
        closed(bytes, start, quote, slashed - at)?
    } else {
        let is_inside = |byte: u8| byte > b' ' && !matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>' | b';' | b',' | b'\\' | b'|');
        let end = bytes.end_of(start, FAR, is_inside);
        let end = next_field(bytes.get(start..end)).map_or(end, |field| start + field);
        // The sentence's own signs.
        start + trimmed(bytes.get(start..end))
    };
    (start < end).then_some((start..end, quoted))
}

/// Where a value in quotes ends that have so many backslashes before them. A quote with more of them, or with a letter behind it, is of the
/// value: what is looked at may be JSON with its escapes resolved. A value whose quotes are not closed in its line is none.
fn closed(bytes: Bytes<'_>, start: usize, quote: u8, slashes: usize) -> Option<usize> {
    let mut from = start;
    loop {
        let end = bytes.end_of(from, (start + LONGEST).saturating_sub(from), |byte| byte != quote && byte != b'\n');
        if bytes.at(end) != quote {
            return None;
        }
        let before = end - bytes.start_of(end, end - start, |byte| byte == b'\\');
        let escaped = if slashes == 0 { !before.is_multiple_of(2) } else { before != slashes };
        if !escaped && !is_alphanumeric(bytes.at(end + 1)) {
            return Some(end - slashes);
        }
        from = end + 1;
    }
}

/// Where in a value the next field of a query or form begins: `…&name=`.
fn next_field(value: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(place) = value.get(from..)?.iter().position(|byte| *byte == b'&').map(|place| from + place) {
        let name =
            value.get(place + 1..)?.iter().take(ENOUGH).position(|byte| !is_alphanumeric(*byte) && !matches!(byte, b'_' | b'-' | b'.'));
        if name.is_some_and(|end| end > 0 && value.get(place + 1 + end) == Some(&b'=')) {
            return Some(place);
        }
        from = place + 1;
    }
    None
}

/// How much of an unquoted value is left without the brackets and full stops behind it.
fn trimmed(value: &[u8]) -> usize {
    let mut length = value.len();
    while let Some(last) = length.checked_sub(1).and_then(|last| value.get(last)) {
        let open = |bracket: u8| value.get(..length).unwrap_or_default().contains(&bracket);
        match last {
            b'.' | b'*' | b':' => length -= 1,
            b')' if !open(b'(') => length -= 1,
            b']' if !open(b'[') => length -= 1,
            b'}' if !open(b'{') => length -= 1,
            _ => break,
        }
    }
    length
}

/// Whether a person may have chosen this: six characters or more that are no plain word and no piece of a program.
fn is_password(value: &[u8], quoted: bool) -> bool {
    if !(6..=128).contains(&value.len()) {
        return false;
    }
    let count = |of: fn(&u8) -> bool| value.iter().filter(|byte| of(byte)).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80));
    let signs = value.len() - digits - letters;
    let odd = value.iter().any(|byte| matches!(byte, b'!' | b'#' | b'%' | b'^' | b'&' | b'*' | b'+' | b'?' | b'@' | b'$' | b'~' | b'='));
    let words = value.iter().filter(|byte| matches!(byte, b'-' | b' ' | b'.' | b'_')).count();
    // `correct-horse-battery-staple`.
    let phrase = quoted && words >= 3 && value.len() >= 20 && !value.contains(&b' ');
    different(value) >= 4 && (digits > 0 || odd || phrase) && (digits + letters >= 3 || signs >= 6) && !is_code(value, quoted)
}

/// Whether this is random: letters and digits mixed within words, not words and numbers side by side. In quotes there may be signs in it.
pub(super) fn is_token(value: &[u8], quoted: bool) -> bool {
    let start = value.get(..ENOUGH).unwrap_or(value);
    let is_inside = |byte: u8| {
        let sign = quoted && byte.is_ascii_graphic() && !matches!(byte, b'{' | b'}' | b'<' | b'>' | b'`');
        is_alphanumeric(byte) || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=' | b'~' | b'%' | b'|' | b':') || sign
    };
    different(start) >= 8
        && is_random(start)
        && !is_code(start, quoted)
        && value.iter().filter(|byte| matches!(byte, b':')).nth(1).is_none()
        && value.iter().all(|byte| is_inside(*byte))
}

/// Whether one word of a value is mixed, or several short ones are: `9EDKK-VFRH4-Q266V`.
fn is_random(value: &[u8]) -> bool {
    let words = || value.split(|byte| matches!(byte, b'_' | b'-' | b'.' | b'/' | b':'));
    let holds = |word: &[u8], of: fn(&u8) -> bool| word.iter().any(of);
    let short = |word: &&[u8]| word.len() >= 4 && holds(word, u8::is_ascii_digit) && holds(word, u8::is_ascii_alphabetic);
    words().any(is_mixed) || words().filter(short).nth(2).is_some()
}

/// Whether a word mixes letters and digits: `abc12def`, but not `v2`, `sha256` or `2024`.
fn is_mixed(word: &[u8]) -> bool {
    let changes = word.windows(2).filter(|two| matches!(two, [a, b] if a.is_ascii_digit() != b.is_ascii_digit())).count();
    word.len() >= 6 && (changes >= 2 || (changes == 1 && word.len() >= 12))
}

/// How many different bytes there are.
pub(super) fn different(value: &[u8]) -> usize {
    let mut seen = [false; 256];
    for byte in value {
        if let Some(seen) = seen.get_mut(usize::from(*byte)) {
            *seen = true;
        }
    }
    seen.iter().filter(|seen| **seen).count()
}

/// Whether this is where a value comes from rather than one: an expression, a variable, a path, a stand-in.
fn is_code(value: &[u8], quoted: bool) -> bool {
    let starts = |start: &&[u8]| value.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    let holds = |part: &&[u8]| value.windows(part.len()).any(|window| window == *part);
    STARTS.iter().any(starts) || PARTS.iter().any(holds) || (!quoted && value.contains(&b'(')) || is_variable(value) || is_path(value)
}

/// What code, templates and stand-ins begin with.
const STARTS: &[&[u8]] = &[b"{", b"<", b"[", b"%(", b"./", b"~/", b"process.env", b"os.environ", b"env.", b"self.", b"this.", b"config."];

/// What is within them, and in addresses.
const PARTS: &[&[u8]] = &[b"://", b"${", b"{{", b"::"];

/// `$NAME`.
fn is_variable(value: &[u8]) -> bool {
    value.strip_prefix(b"$").is_some_and(|name| name.iter().all(|byte| is_alphanumeric(*byte) || *byte == b'_'))
}

/// Base64 may begin with a slash; a path has words behind its slashes.
fn is_path(value: &[u8]) -> bool {
    let is_word = |part: &[u8]| !part.is_empty() && part.iter().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.'));
    value.first() == Some(&b'/') && value.split(|byte| *byte == b'/').skip(1).take(2).all(is_word)
}
