//! Puts the signature that Gemini wants back with a tool call into the call's id, since the id is all that every client keeps.
//!
//! `call_1` with the signature `aB+=` becomes `call_1--sig-aB_p_e`: letters that Anthropic's ids may have, and no `-` behind the mark, so that the last
//! mark is the one that counts.

use std::borrow::Cow;
use std::fmt::Write as _;

const MARK: &str = "--sig-";

/// The id that a client sees.
pub(super) fn join<'a>(id: &'a str, signature: Option<&str>) -> Cow<'a, str> {
    // An id that has a mark of its own gets another one with nothing behind it.
    if signature.is_none() && !id.contains(MARK) {
        return Cow::Borrowed(id);
    }
    let signature = signature.unwrap_or_default();
    let mut joined = String::with_capacity(id.len() + MARK.len() + signature.len() + 16);
    joined.push_str(id);
    joined.push_str(MARK);
    for byte in signature.bytes() {
        match byte {
            b'+' => joined.push_str("_p"),
            b'/' => joined.push_str("_s"),
            b'=' => joined.push_str("_e"),
            byte if byte.is_ascii_alphanumeric() => joined.push(char::from(byte)),
            // Writing to a string does not fail.
            byte => drop(write!(joined, "_x{byte:02x}")),
        }
    }
    Cow::Owned(joined)
}

/// The id that the provider gave, and the signature. What was not written by `join` is an id.
pub(super) fn split(joined: String) -> (String, Option<String>) {
    let Some((id, tail)) = joined.rsplit_once(MARK) else { return (joined, None) };
    if tail.is_empty() {
        return (id.to_owned(), None);
    }
    match signature(tail) {
        Some(signature) => (id.to_owned(), Some(signature)),
        None => (joined, None),
    }
}

fn signature(tail: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(tail.len());
    let mut rest = tail.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'_' => match rest.next()? {
                b'p' => b'+',
                b's' => b'/',
                b'e' => b'=',
                b'x' => hex(rest.next()?)? << 4 | hex(rest.next()?)?,
                _ => return None,
            },
            byte if byte.is_ascii_alphanumeric() => byte,
            _ => return None,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_id_without_a_signature_stays_as_it_is() {
        assert_eq!(join("call_1", None), "call_1");
        assert_eq!(split(String::from("call_1")), ("call_1".to_owned(), None));
        assert_eq!(join("call_1", Some("aB+=")), "call_1--sig-aB_p_e");
    }

    #[test]
    fn what_only_looks_like_a_signature_is_part_of_the_id() {
        for id in ["call--sig-_q", "call--sig-a.b", "call--sig-_xzz", "call--sig-_xff"] {
            assert_eq!(split(String::from(id)), (id.to_owned(), None));
        }
    }

    proptest! {
        #[test]
        fn ids_and_signatures_come_back(id in "[a-zA-Z0-9_-]{0,12}(--sig-)?[a-zA-Z0-9_-]{0,12}", signature in proptest::option::of("[A-Za-z0-9+/]{1,40}={0,2}|\\PC{1,20}")) {
            let joined = join(&id, signature.as_deref()).into_owned();
            prop_assert!(joined.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'));
            prop_assert_eq!(split(joined), (id, signature));
        }
    }
}
