//! Long words: keys of a known form, JSON web tokens, and what stands behind `Bearer` or `--token`.

use std::ops::Range;

use super::name::{self, Kind};
use super::value;
use crate::catalogue::keys::possible_secrets;
use crate::redact::detect::bytes::{Bytes, is_alphanumeric};

/// The shortest key of a known form.
const SHORTEST: usize = 20;
/// How near to its id an AWS secret key is looked for, in bytes.
const NEAR: usize = 300;

/// Every such word.
pub(super) fn find(text: &str, add: &mut impl FnMut(Range<usize>)) {
    let bytes = Bytes(text.as_bytes());
    let (mut from, mut account) = (0, None);
    // A word of 20 has a part under every 20th byte: the rest need not be looked at.
    while let Some(&probe) = bytes.0.get(from + SHORTEST - 1) {
        if !is_inside(probe) {
            from += SHORTEST;
            continue;
        }
        let start = bytes.start_of(from + SHORTEST - 1, SHORTEST - 1, is_inside);
        if start > from {
            from = start;
            continue;
        }
        let end = bytes.end_of(from + SHORTEST, usize::MAX, is_inside);
        word(text, start..end, &mut account, add);
        from = end + 1;
    }
}

fn is_inside(byte: u8) -> bool {
    is_alphanumeric(byte) || matches!(byte, b'_' | b'-' | b'.' | b'+' | b'/' | b'=')
}

/// A word of 20 or more. `account` is where the last id of an AWS key ends.
fn word(text: &str, range: Range<usize>, account: &mut Option<usize>, add: &mut impl FnMut(Range<usize>)) {
    let bytes = Bytes(text.as_bytes());
    for (found, owner) in possible_secrets(text.get(range.clone()).unwrap_or_default()) {
        let start = range.start + found.start;
        // A form says how long a key is at least: the rest of the word is of it.
        let end = bytes.end_of(range.start + found.end, usize::MAX, |byte| is_alphanumeric(byte) || matches!(byte, b'_' | b'-'));
        if owner == "aws" {
            *account = Some(end);
        }
        add(start..end);
    }
    web_tokens(bytes, &range, add);
    let said = said(bytes, range.start).and_then(|kind| value::secret(bytes, range.start, kind));
    if let Some(said) = said {
        add(said);
    }
    // `AccountKey=` has its own way; here the key stands alone.
    let word = bytes.get(range.clone());
    let near = account.is_some_and(|account| range.start >= account && range.start - account < NEAR);
    if near && word.len() == 40 && value::is_token(word, false) {
        add(range);
    }
}

/// What the word before says: `Bearer`, `--api-key`, `-H token`.
fn said(bytes: Bytes<'_>, start: usize) -> Option<Kind> {
    let quote = bytes.start_of(start, 1, |byte| matches!(byte, b'"' | b'\'' | b'`'));
    let blank = bytes.start_of(quote, 1, |byte| byte == b' ');
    if blank == quote {
        return None;
    }
    let before = bytes.get(bytes.start_of(blank, name::LONGEST, |byte| is_alphanumeric(byte) || matches!(byte, b'-' | b'_'))..blank);
    let scheme = before.eq_ignore_ascii_case(b"bearer") || before == b"Basic" || before == b"Token" || before == b"token";
    let flag = before.starts_with(b"--") && matches!(name::judge(before), Some(Kind::Token | Kind::Password));
    (scheme || flag).then_some(Kind::Token)
}

/// The JSON web tokens in a long word, however long: three parts between full stops, or five where they are encrypted.
fn web_tokens(bytes: Bytes<'_>, word: &Range<usize>, add: &mut impl FnMut(Range<usize>)) {
    let is_part = |byte: u8| is_alphanumeric(byte) || matches!(byte, b'_' | b'-');
    let mut at = word.start;
    while at < word.end {
        let end = bytes.end_of(at, usize::MAX, is_part);
        if bytes.get(at..end).starts_with(b"eyJ") && end - at >= 16 && bytes.at(end) == b'.' {
            let mut last = end;
            let mut parts = 1;
            while bytes.at(last) == b'.' && parts < 5 {
                let next = bytes.end_of(last + 1, usize::MAX, is_part);
                // Without a signature a token ends with a full stop; after one it is the sentence's.
                if next == last + 1 && parts > 2 {
                    break;
                }
                (last, parts) = (next, parts + 1);
            }
            if parts >= 3 && last - end >= 16 {
                add(at..last);
                at = last;
                continue;
            }
        }
        at = end + 1;
    }
}
