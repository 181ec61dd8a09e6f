//! Passwords that a sentence gives away: "the password is …", "Passwort lautet …".

use std::ops::Range;

use memchr::memmem;

use super::name::Kind;
use super::value;
use crate::redact::detect::bytes::Bytes;

/// What stands between the word and the password.
const VERBS: &[&[u8]] = &[b"is ", b"is: ", b"was ", b"ist ", b"lautet ", b"lautet: ", b"to "];

/// Every password that stands behind the word.
pub(super) fn find(bytes: Bytes<'_>, add: &mut impl FnMut(Range<usize>)) {
    for place in memmem::find_iter(bytes.0, b"assw") {
        let rest = place + 4;
        let word = bytes.end_of(rest, 8, |byte| byte.is_ascii_alphabetic());
        if !matches!(bytes.get(rest..word), b"ord" | b"d" | b"ort" | b"oord") {
            continue;
        }
        let blank = bytes.end_of(word, 16, |byte| matches!(byte, b' ' | b'\t'));
        let verb = VERBS.iter().find(|verb| bytes.get(blank..blank + verb.len()) == **verb);
        let start = bytes.end_of(blank + verb.map_or(0, |verb| verb.len()), 4, |byte| byte == b' ');
        if blank == word {
            continue;
        }
        // Without a verb only what no sentence says is a password.
        let quoted = matches!(bytes.at(start), b'"' | b'\'' | b'`');
        let Some(range) = value::secret(bytes, start, Kind::Password) else { continue };
        let said = bytes.get(range.clone());
        let has = |of: fn(&u8) -> bool| said.iter().any(of);
        let odd = has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) || quoted;
        if odd && (verb.is_some() || has(u8::is_ascii_digit)) {
            add(range);
        }
    }
}
